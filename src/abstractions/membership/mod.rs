//! Groups that change: requests to a membership, its indications, and its properties.
//!
//! Properties: Chockler, Keidar and Vitenberg 2001, *Group Communication Specifications: A Comprehensive
//! Study*; CGR, modules 6.8 (group membership) and 6.9 (view synchrony).
//!
//! A delivery in a group is the [`Deliver`](super::broadcast::Deliver) of broadcast, and is judged by the properties of broadcast as well.

mod failures;
mod interface;
mod members;
mod partitions;
mod progress;
mod view;
mod views;

pub use failures::FAILURE_ORDER;
pub use interface::{GroupIndication, GroupRequest};
pub(super) use members::{Heard, Members};
pub use partitions::PRIMARY_PARTITION;
pub use progress::{CRASHED_MEMBERS_LEAVE, JOIN_COMPLETION};
pub use view::{View, ViewChange};
pub use views::{SAME_VIEW_DELIVERY, SELF_INCLUSION, VIEW_AGREEMENT, VIRTUAL_SYNCHRONY};
