//! Scenarios as JSON, version 1 (docs/scenario.md).
//!
//! Reading turns any text into a [`Scenario`](crate::kernel::Scenario) or one clear [`Problem`](super::Problem);
//! writing gives the canonical form: fixed order of fields, defaults left out, no spaces. Reading what was
//! written gives the same scenario, and writing what was read gives the same text.

mod bounds;
mod check;
mod faults;
mod goal;
mod names;
mod reader;
mod rename;
mod times;
mod variants;
mod writer;
mod written;

pub use goal::{goal_json, goal_of};
pub use names::node_count;
pub use reader::{from_json, read, read_bundled};
pub use rename::rename_node;
pub use variants::{
    MAX_VARIANTS, Variant, has_variants, key_of, variant_for, variants_of, with_variants,
    without_variants,
};
pub(super) use variants::{hashed, variant_by_key};
pub use writer::write;

/// The version of the format.
pub const VERSION: u64 = 1;
/// Greatest length of a node's name, in characters.
pub const MAX_NAME: usize = 24;
/// Greatest length of a title, in characters.
pub const MAX_TITLE: usize = 200;
/// Greatest length of a caption, in characters.
pub const MAX_CAPTION: usize = 1000;
/// Greatest number of captions of a scenario.
pub const MAX_CAPTIONS: usize = 1000;
