//! Orders of delivery: the properties of ordered broadcasts.
//!
//! Properties: CGR, modules 3.8 (FIFO), 3.9 (causal order) and 6.1 (total order broadcast).
//!
//! A delivery counts only if its message was broadcast before. Other deliveries are judged by *no creation*, and
//! have no place in any order.

mod history;
mod real_time;
mod senders;
mod total;

pub use real_time::REAL_TIME_ORDER;
pub use senders::{CAUSAL_ORDER, FIFO_ORDER};
pub use total::{SYNC, SYNC_ORDER, TOTAL_ORDER, TOTAL_ORDER_WITHIN_LABELS, UNIFORM_TOTAL_ORDER};
