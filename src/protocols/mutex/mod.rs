//! Mutual exclusion: at most one process is inside, and every process gets a turn.

pub mod maekawa;
pub mod ricart_agrawala;
pub mod token_ring_lock;

super::family!("mutex", "Mutual exclusion", [token_ring_lock, ricart_agrawala, maekawa]);
