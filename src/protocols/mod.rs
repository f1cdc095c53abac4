//! The algorithms: a folder per family, a file per protocol.
//!
//! A protocol is registered by its line in its family's `mod.rs`, a family by its line here. Menu,
//! documentation, command line and tests all go by this registry.

pub mod byzantine;
pub mod clocks;
pub mod consensus;
pub mod detected;
pub mod election;
pub mod link;
pub mod membership;
pub mod mutex;
pub mod ordering;
pub mod recovery;
pub mod reliable;
pub mod replication;
#[cfg(test)]
mod testing;
pub mod transport;

use crate::kernel::Protocol;

/// Protocols that solve the same problem.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// Its name in paths. Never renamed.
    pub id: &'static str,
    /// Its name in a catalogue.
    pub name: &'static str,
    /// Its protocols, in the order in which they are best learnt.
    pub protocols: &'static [Protocol],
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

/// Every protocol, with its family.
pub fn catalogue() -> impl Iterator<Item = (&'static Family, &'static Protocol)> {
    FAMILIES
        .iter()
        .flat_map(|family| family.protocols.iter().map(move |protocol| (family, protocol)))
}

/// The protocol of this id, be it an old one.
#[must_use]
pub fn find(id: &str) -> Option<&'static Protocol> {
    let today = ALIASES.iter().find(|(old, _)| *old == id).map_or(id, |(_, today)| today);
    catalogue().map(|(_, protocol)| protocol).find(|protocol| protocol.id == today)
}
