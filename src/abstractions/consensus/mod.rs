//! Consensus: requests, indications and properties.
//!
//! Properties: CGR, modules 5.1 (consensus) and 5.2 (uniform consensus). The decision of a process is its first one:
//! a second one is judged by *integrity*.

mod agreement;
mod interface;
mod termination;

pub use agreement::{AGREEMENT, INTEGRITY, UNIFORM_AGREEMENT, VALIDITY};
pub(super) use agreement::{Agreement, Decision, Decisions, proposal};
pub use interface::{Decide, Propose, one_proposal};
pub use termination::TERMINATION;
