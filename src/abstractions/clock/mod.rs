//! Time: vector clocks, the drift of clocks, requests to a clock, its indications, and its properties.
//!
//! Properties: Lamport 1978, *Time, Clocks, and the Ordering of Events in a Distributed System* (the clock
//! condition); Mattern 1989 (its converse); Coulouris et al. (2012), section 14.2 (skew).
//!
//! The stamps themselves give the order of events: the stamps of a node follow each other, and the stamp of a receipt
//! names the message.

mod conditions;
mod drift;
mod interface;
mod logical;

pub use conditions::{CLOCK_CONDITION, SKEW_BOUND, STRONG_CLOCK_CONDITION};
pub use drift::Drift;
pub use interface::{ClockRequest, Reading, Received, Stamp};
pub use logical::{LamportClock, Timestamp, VectorClock};
