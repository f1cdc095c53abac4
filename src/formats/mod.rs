//! Input and output: scenarios, traces, links, catalogues and text for a terminal.
//!
//! All of it is a public interface (docs/scenario.md, docs/trace.md, docs/link.md): versioned, and changed
//! only by adding, since links are pasted into course sites and must open for years.

mod budget;
pub mod bundled;
pub mod catalogue;
mod comparison;
pub mod cost;
pub mod digest;
pub mod exercise;
pub mod grading;
mod json;
pub mod lines;
pub mod link;
pub mod measure;
mod outcome;
mod problem;
pub mod scenario;
pub mod search;
mod table;
pub mod text;
pub mod trace;
pub mod variants;

pub use budget::budget;
pub use comparison::MOST_COMPARED;
pub use json::{
    MAX_TEXT, MAX_WHOLE, parse, parse_within, visible_json, without_items, without_mark,
};
pub use problem::{Problem, quoted, shortened};
pub use table::csv_row;
