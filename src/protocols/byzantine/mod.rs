//! Byzantine agreement: the loyal agree, whatever traitors say.

pub mod interactive_consistency;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family = Family {
    id: "byzantine",
    name: "Byzantine agreement",
    protocols: &[interactive_consistency::PROTOCOL],
};
