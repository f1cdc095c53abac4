//! Scenarios as JSON, version 1 (docs/scenario.md).
//!
//! Reading turns any text into a [`Scenario`](crate::kernel::Scenario) or one clear [`Problem`](super::Problem);
//! writing gives the canonical form: fixed order of fields, defaults left out, no spaces. Reading what was
//! written gives the same scenario, and writing what was read gives the same text.

mod faults;
mod goal;
mod names;
mod reader;
mod writer;

pub use goal::{goal_json, goal_of};
pub use reader::{from_json, read};
pub use writer::write;

/// The version of the format.
pub const VERSION: u64 = 1;
/// How long a node's name may be, in characters.
pub const MAX_NAME: usize = 24;
/// How long a title may be, in characters.
pub const MAX_TITLE: usize = 200;
/// How long a caption may be, in characters.
pub const MAX_CAPTION: usize = 1000;
/// How many captions a scenario may have.
pub const MAX_CAPTIONS: usize = 1000;
