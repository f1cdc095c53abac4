//! One to all: requests, indications and properties of a broadcast.
//!
//! Properties: CGR, modules 3.1 (best-effort), 3.2 (reliable) and 3.3 (uniform reliable broadcast).
//! Validity is RB1, which speaks of the broadcaster alone. That the others deliver is agreement's part, so that a
//! run in which they do not violates one property, not two.
//!
//! In a group that processes join and leave, "every process" is every process that was a member when the message
//! was broadcast and has not left since.

mod agreement;
mod integrity;
mod interface;
mod numbering;
mod validity;

pub use agreement::{AGREEMENT, ATOMICITY, UNIFORM_AGREEMENT};
pub(super) use integrity::{First, verdict_of};
pub use integrity::{NO_CREATION, NO_DUPLICATION};
pub use interface::{Broadcast, BroadcastId, Deliver, Labelled, Sent, one_broadcast};
pub(super) use numbering::{Heard, Numbering, PerBroadcast, broadcast};
pub use validity::VALIDITY;
