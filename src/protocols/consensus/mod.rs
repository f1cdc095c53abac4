//! Consensus: all processes decide, and decide the same value, though some crash.

pub mod paxos;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family =
    Family { id: "consensus", name: "Consensus", protocols: &[paxos::PROTOCOL] };
