//! Recovery: what is left after a crash, and states of the past that a system can go back to.

pub mod snapshot;
pub mod two_phase_commit;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family = Family {
    id: "recovery",
    name: "Recovery",
    protocols: &[snapshot::PROTOCOL, two_phase_commit::PROTOCOL],
};
