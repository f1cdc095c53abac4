//! Reliable multicast: everybody or nobody delivers, whoever crashes on the way.

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
