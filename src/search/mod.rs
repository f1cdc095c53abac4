//! Looks for runs that break a promise; makes them small; explains them.

mod adversary;
mod aim;
mod crew;
mod explore;
mod goal;
mod ground;
mod ids;
mod livelock;
mod local;
mod moves;
mod nearest;
mod orders;
mod outlook;
mod quest;
mod realise;
mod reduce;
mod roam;
mod shrink;
mod smaller;
mod stroll;
mod sweep;
mod target;
mod world;

pub use crate::kernel::{BadBudget, Budget, KINDS, MOST, counted_kind};
pub use adversary::{Decided, Inevitable, Since, Undecided, adversary};
pub use aim::Aim;
pub use crew::Crew;
pub use explore::{Explore, Sighting};
pub use goal::{Attempt, aim_of, attempt};
pub use nearest::{Difference, Nearest, Tried, nearest};
pub use orders::{Ordered, is_all_orders};
pub use quest::{Coverage, Finding, LIMIT, Progress, Quest, STATES, Shard, Stage, Task, Way};
pub use shrink::{Shrunk, shrink, size};
pub use target::{Target, Telling};
pub use world::Unfit;
