//! Groups: who is up, who is a member, and what members that come and go can rely on.

pub mod heartbeat_detector;
pub mod virtual_synchrony;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family = Family {
    id: "membership",
    name: "Groups",
    protocols: &[heartbeat_detector::PROTOCOL, virtual_synchrony::PROTOCOL],
};
