//! The packs of protocols: code and examples, which the page fetches when a reader first needs them.
//!
//! In the page (feature `split`) each pack is a part of the program that is a file of its own, made after linking. All
//! other programs have all packs from the start.

use std::cell::RefCell;
#[cfg(feature = "split")]
use std::pin::Pin;

use super::{FAMILIES, entry};
use crate::{kernel::Protocol, split::NotFetched};

/// A protocol with its bundled scenarios.
#[derive(Debug)]
pub struct Pack {
    /// The protocol.
    pub protocol: &'static Protocol,
    /// Its bundled scenarios, sorted by name.
    pub bundled: &'static [Bundled],
}

/// A bundled scenario: `static/scenarios/<family>/<protocol>/<name>.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bundled {
    /// Id of its family.
    pub family: &'static str,
    /// Id of its protocol.
    pub protocol: &'static str,
    /// Name of its file, without `.json`.
    pub name: &'static str,
    /// Its JSON.
    pub text: &'static str,
    /// Ids of the other protocols that have a scenario of this name.
    pub namesakes: &'static [&'static str],
}

/// The packs of the protocols, each as a constant that is named like the protocol's module; made by build.rs.
pub(super) mod bundled {
    #![allow(
        non_upper_case_globals,
        reason = "a list is found by the name of its protocol's module"
    )]
    use super::Bundled;
    include!(concat!(env!("OUT_DIR"), "/bundled.rs"));
}

/// Registers the protocols of a family, each by its module: the family's part of the index, and the packs.
macro_rules! family {
    ($id:literal, $name:literal, [$($module:ident),+ $(,)?]) => {
        /// The protocols of this family.
        pub const FAMILY: super::Family = super::Family {
            id: $id,
            name: $name,
            protocols: &[$(super::IndexEntry::of(&$module::PROTOCOL)),+],
        };

        /// The packs of this family. In the page the program is split at these functions.
        pub(super) mod packs {
            use crate::protocols::packs::{Arrival, Pack, bundled};
            $(
                #[cfg_attr(feature = "split", wasm_split_helpers::wasm_split($module, fallible))]
                pub(in crate::protocols) fn $module() -> Arrival {
                    const PACK: &Pack =
                        &Pack { protocol: &super::$module::PROTOCOL, bundled: bundled::$module };
                    Ok(PACK)
                }
            )+

            /// The functions, in the order of the family.
            #[cfg(feature = "split")]
            pub(in crate::protocols) const PACKS: &[crate::protocols::packs::Fetch] =
                &[$(|| Box::pin($module())),+];
            #[cfg(not(feature = "split"))]
            pub(in crate::protocols) const PACKS: &[crate::protocols::packs::Fetch] = &[$($module),+];
        }
    };
}
pub(super) use family;

/// A pack, once it is here.
pub(super) type Arrival = Result<&'static Pack, NotFetched>;
/// Function that brings a pack.
#[cfg(feature = "split")]
pub(super) type Fetch = fn() -> Pin<Box<dyn Future<Output = Arrival>>>;
/// Function that brings a pack.
#[cfg(not(feature = "split"))]
pub(super) type Fetch = fn() -> Arrival;

/// The functions that bring the packs, in the order of [`FAMILIES`].
const PACKS: [&[Fetch]; FAMILIES.len()] = [
    super::link::packs::PACKS,
    super::transport::packs::PACKS,
    super::reliable::packs::PACKS,
    super::ordering::packs::PACKS,
    super::membership::packs::PACKS,
    super::mutex::packs::PACKS,
    super::election::packs::PACKS,
    super::consensus::packs::PACKS,
    super::byzantine::packs::PACKS,
    super::recovery::packs::PACKS,
    super::replication::packs::PACKS,
    super::clocks::packs::PACKS,
];

thread_local! {
    /// The packs that are here, in any order.
    static HERE: RefCell<Vec<&'static Pack>> = RefCell::new(at_start());
}

#[cfg(feature = "split")]
fn at_start() -> Vec<&'static Pack> {
    Vec::new()
}

#[cfg(not(feature = "split"))]
fn at_start() -> Vec<&'static Pack> {
    PACKS.iter().flat_map(|family| family.iter()).filter_map(|pack| pack().ok()).collect()
}

/// Returns the packs that are here, in the order of the index.
#[must_use]
pub fn packs() -> Vec<&'static Pack> {
    super::index().filter_map(|entry| pack(entry.id)).collect()
}

/// Returns the pack of a protocol by its present id, if it is here.
pub(super) fn pack(id: &str) -> Option<&'static Pack> {
    HERE.with_borrow(|here| here.iter().find(|pack| pack.protocol.id == id).copied())
}

/// True if the pack of this protocol is here; false, too, if there is no such protocol.
#[must_use]
pub fn is_here(id: &str) -> bool {
    entry(id).is_some_and(|entry| pack(entry.id).is_some())
}

/// Fetches the pack of a protocol, unless it is here; nothing happens if there is no such protocol.
///
/// # Errors
/// If it could not be fetched. The next call tries again.
pub async fn fetch(id: &str) -> Result<(), NotFetched> {
    let Some(entry) = entry(id).filter(|entry| pack(entry.id).is_none()) else { return Ok(()) };
    let place = |family: &super::Family| family.protocols.iter().position(|it| it.id == entry.id);
    let mut places = FAMILIES.iter().zip(PACKS).filter_map(|(it, packs)| Some(packs[place(it)?]));
    let Some(fetch) = places.next() else { return Ok(()) };
    #[cfg(feature = "split")]
    let pack = fetch().await?;
    #[cfg(not(feature = "split"))]
    let pack = fetch()?;
    HERE.with_borrow_mut(|here| {
        if here.iter().all(|other| other.protocol.id != pack.protocol.id) {
            here.push(pack);
        }
    });
    Ok(())
}

/// Removes packs from this thread, for tests of a page that has not fetched them. [`fetch`] brings them back.
#[cfg(not(feature = "split"))]
pub fn leave_out(leave_out: impl Fn(&Protocol) -> bool) {
    HERE.with_borrow_mut(|here| here.retain(|pack| !leave_out(pack.protocol)));
}
