//! Recovery: what is left after a crash is enough to go on from.

pub mod two_phase_commit;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family =
    Family { id: "recovery", name: "Recovery", protocols: &[two_phase_commit::PROTOCOL] };
