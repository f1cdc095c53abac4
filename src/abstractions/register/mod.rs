//! Shared objects (registers, a queue, replicas): requests, indications and properties.
//!
//! Properties: Herlihy and Wing 1990, *Linearizability: A Correctness Condition for Concurrent Objects*;
//! termination: CGR, chapter 4; convergence: Shapiro, Preguiça, Baquero and Zawirski 2011, *Conflict-Free Replicated
//! Data Types*. The search for a linearization is in [`linearization`].

mod clients;
mod interface;
pub mod just_in_time;
mod linearizable;
pub mod linearization;
mod progress;
mod updates;

pub use interface::{Access, Operation, Reply, one_read, one_write, shown};
pub use linearizable::LINEARIZABILITY;
pub use progress::{CONVERGENCE, TERMINATION};
pub use updates::NO_LOST_ACKNOWLEDGED_UPDATE;
