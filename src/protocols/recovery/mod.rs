//! Recovery: states of the past that a system can go back to.

pub mod snapshot;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family =
    Family { id: "recovery", name: "Recovery", protocols: &[snapshot::PROTOCOL] };
