//! Reliable multicast: all correct processes deliver a message, or none does, even if nodes crash.

pub mod best_effort_broadcast;
pub mod nack_multicast;
pub mod reliable_broadcast;
pub mod uniform_broadcast;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family = Family {
    id: "reliable",
    name: "Reliable multicast",
    protocols: &[
        best_effort_broadcast::PROTOCOL,
        reliable_broadcast::PROTOCOL,
        uniform_broadcast::PROTOCOL,
        nack_multicast::PROTOCOL,
    ],
};
