//! Mutual exclusion: at most one process is inside, and every process gets a turn.

pub mod maekawa;
pub mod ricart_agrawala;
pub mod token_ring_lock;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family = Family {
    id: "mutex",
    name: "Mutual exclusion",
    protocols: &[token_ring_lock::PROTOCOL, ricart_agrawala::PROTOCOL, maekawa::PROTOCOL],
};
