//! Consensus: all processes decide, and decide the same value, though some crash.

pub mod paxos;

super::family!("consensus", "Consensus", [paxos]);
