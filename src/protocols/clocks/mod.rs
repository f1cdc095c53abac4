//! Clocks: what time it is, and what happened before what.

pub mod physical_clock;
pub mod vector_clock;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family = Family {
    id: "clocks",
    name: "Clocks",
    protocols: &[vector_clock::PROTOCOL, physical_clock::PROTOCOL],
};
