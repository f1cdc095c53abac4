//! Looks for runs that break a promise; makes them small; explains them.

mod aim;
mod budget;
mod crew;
mod ground;
mod known;
mod moves;
mod quest;
mod roam;
mod shrink;
mod smaller;
mod sweep;
mod target;

pub use aim::Aim;
pub use budget::{BadBudget, Budget, KINDS, MOST, counted_kind};
pub use crew::Crew;
pub use quest::{Finding, LIMIT, Quest, Task};
pub use shrink::{Shrunk, shrink, size};
pub use target::{Target, Telling};
