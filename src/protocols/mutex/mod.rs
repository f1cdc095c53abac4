//! Mutual exclusion: one at a time is inside, and everybody gets a turn.

pub mod maekawa;
pub mod ricart_agrawala;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family = Family {
    id: "mutex",
    name: "Mutual exclusion",
    protocols: &[ricart_agrawala::PROTOCOL, maekawa::PROTOCOL],
};
