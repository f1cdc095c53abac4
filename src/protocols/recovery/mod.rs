//! Recovery: stable storage, decisions and snapshots despite crashes.

pub mod snapshot;
pub mod two_phase_commit;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family = Family {
    id: "recovery",
    name: "Recovery",
    protocols: &[snapshot::PROTOCOL, two_phase_commit::PROTOCOL],
};
