//! Election: they agree on one of them.

pub mod bully;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family =
    Family { id: "election", name: "Election", protocols: &[bully::PROTOCOL] };
