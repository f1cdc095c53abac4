//! The algorithms: a folder per family, a file per protocol.
//!
//! A protocol is registered by its name in its family's `mod.rs`, a family by its line here. Menu, documentation,
//! command line and tests all go by this registry. It has two parts: the index, [`FAMILIES`], with the names of all
//! protocols, and their packs (code and examples), which the page fetches when a reader first needs them (`packs.rs`).

pub mod byzantine;
pub mod clocks;
pub mod consensus;
pub mod detected;
pub mod election;
pub mod link;
pub mod membership;
pub mod mutex;
pub mod ordering;
mod packs;
pub mod recovery;
pub mod reliable;
pub mod replication;
#[cfg(test)]
mod testing;
pub mod transport;

#[cfg(not(feature = "split"))]
pub use packs::leave_out;
pub use packs::{Bundled, Pack, fetch, is_here, packs};

use crate::kernel::Protocol;
use packs::family;

/// Protocols that solve the same problem.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// Its name in paths. Never renamed.
    pub id: &'static str,
    /// Its name in a catalogue.
    pub name: &'static str,
    /// Its protocols, in the order in which they are best learnt.
    pub protocols: &'static [IndexEntry],
}

/// A protocol in the index: its names, without its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// Its name in a scenario: [`Protocol::id`].
    pub id: &'static str,
    /// Its name in the catalogue.
    pub name: &'static str,
    /// Names of its requests as a set of bits.
    requests: u32,
}

impl IndexEntry {
    /// Returns the entry of a protocol. It is worked out by the compiler, so the index holds no code.
    const fn of(protocol: &Protocol) -> Self {
        let mut requests = 0;
        let mut place = 0;
        while place < protocol.behaviour.requests.len() {
            requests |= bit(protocol.behaviour.requests[place].name);
            place += 1;
        }
        Self { id: protocol.id, name: protocol.name, requests }
    }

    /// True if the protocol has a request of this name; it may be true by chance if it has none.
    #[must_use]
    pub const fn may_take(&self, request: &str) -> bool {
        self.requests & bit(request) != 0
    }
}

/// Returns the bit of a request's name: one of 32, by its FNV-1a hash.
const fn bit(name: &str) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    let mut place = 0;
    while place < name.len() {
        hash = (hash ^ name.as_bytes()[place] as u32).wrapping_mul(0x0100_0193);
        place += 1;
    }
    1 << (hash >> 27)
}

/// All families, in the order in which they are best learnt.
pub const FAMILIES: &[Family] = &[
    link::FAMILY,
    transport::FAMILY,
    reliable::FAMILY,
    ordering::FAMILY,
    membership::FAMILY,
    mutex::FAMILY,
    election::FAMILY,
    consensus::FAMILY,
    byzantine::FAMILY,
    recovery::FAMILY,
    replication::FAMILY,
    clocks::FAMILY,
];

/// Names that protocols had in earlier versions, each with today's: links live for ever.
pub const ALIASES: &[(&str, &str)] = &[];

/// Every protocol of the index, in its order.
pub fn index() -> impl Iterator<Item = &'static IndexEntry> {
    FAMILIES.iter().flat_map(|family| family.protocols)
}

/// The entry of this id, be it an old one.
#[must_use]
pub fn entry(id: &str) -> Option<&'static IndexEntry> {
    let today = ALIASES.iter().find(|(old, _)| *old == id).map_or(id, |(_, today)| today);
    index().find(|entry| entry.id == today)
}

/// Every protocol that is here, with its family, in the order of the index.
pub fn catalogue() -> impl Iterator<Item = (&'static Family, &'static Protocol)> {
    let all =
        FAMILIES.iter().flat_map(|family| family.protocols.iter().map(move |it| (family, it)));
    all.filter_map(|(family, entry)| Some((family, packs::pack(entry.id)?.protocol)))
}

/// The protocol of this id, be it an old one, if it is here.
#[must_use]
pub fn find(id: &str) -> Option<&'static Protocol> {
    Some(packs::pack(entry(id)?.id)?.protocol)
}

/// The bundled scenarios of a protocol, sorted by name; none if it is not here.
#[must_use]
pub fn bundled_of(id: &str) -> &'static [Bundled] {
    packs::pack(id).map_or(&[], |pack| pack.bundled)
}
