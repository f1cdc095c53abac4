//! What the workbench tells of a run: the nodes' states, the code that ran, numbers.

mod listing;
mod past;
mod prose;
mod source;
mod tree;
mod workings;

pub use listing::{Handler, Listing, Shade, shades};
pub use past::{NodeState, Past, Payload, Status, Subject};
pub use prose::{Block, Span};
pub use source::{Ran, last_ran, ran, source_file};
pub use tree::{Branch, Difference};
pub use workings::Workings;
