//! Analysis of a finished or growing trace, independent of the protocol.
//!
//! - Order of events: causes and effects ([`chain`], [`way`]), past and future (the cones of an event), logical clocks
//!   ([`Stamps`]), cuts ([`Frontier`]), and a [`deadlock`] at the end.
//! - Verdicts on a run: judgements on properties ([`Judgement`]), broken assumptions ([`Breach`]), and causes of
//!   violations ([`Cause`]), found by repeating the run with one thing repaired.
//! - The [`difference`] of two states.

mod assumptions;
mod causality;
mod cause;
mod cone;
mod deadlock;
mod difference;
mod frontier;
mod inquiry;
mod judgement;
mod repair;
mod report;
mod stamps;

pub use assumptions::Breach;
pub use causality::{Chain, cause, chain, effects, is_effect, trigger, way};
pub use cause::Cause;
pub use cone::{Places, Reached, cone, counted, counts, outcome_of};
pub use deadlock::deadlock;
pub use difference::{common_ends, difference};
pub use frontier::{Crossing, Frontier, Lines};
pub use inquiry::{Inquiry, MOST_TESTED, find_causes};
pub use judgement::{Judgement, Judging, Watching, judge};
use repair::Repair;
use repair::Repaired;
pub use report::{Class, Report, Reporting, report};
pub use stamps::Stamps;
