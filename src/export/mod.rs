//! A run in forms that other tools read (ShiViz, Mermaid, TikZ, a table), in words, and as a picture.
//!
//! Each is text that is made from a finished run; nothing is read back. `scorm` has the texts of a package for a learning
//! system.

mod csv;
mod html;
mod mermaid;
mod scorm;
mod shiviz;
mod svg;
mod tikz;
mod words;

pub use csv::csv;
pub use html::{MOST_PLAYED, html};
pub use mermaid::{Drawn, MOST_DRAWN, mermaid};
pub use scorm::{EXERCISE_FILE, MANIFEST_FILE, launched, manifest, page_files};
pub use shiviz::shiviz;
pub use svg::{LICENCE, SvgOptions, Theme, heading, svg};
pub use tikz::tikz;
pub use words::{MOST_TOLD, words};

use crate::{
    diagram::event_sentence,
    kernel::{EventId, visible},
    runs::Outcome,
};

/// Describes an event in one line: `Bob delivers m1 from Alice`.
fn sentence(run: &Outcome, event: EventId) -> String {
    visible(&event_sentence(&run.scenario, &run.trace, event)).into_owned()
}
