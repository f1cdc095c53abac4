//! A run in forms that other tools read (ShiViz, Mermaid, TikZ, a table), in words, as a picture and as an animation; the text that embeds it in a page, and a QR code of its link.
//!
//! Each is text that is made from a finished run; nothing is read back. `scorm` has the texts of a package for a learning
//! system, `pages` the static pages of the permanent addresses.

mod beginning;
mod csv;
mod film;
#[cfg(not(target_arch = "wasm32"))]
mod gallery;
mod gif;
mod html;
mod mermaid;
mod origin;
#[cfg(not(target_arch = "wasm32"))]
mod pages;
mod qr;
mod scorm;
mod shiviz;
mod snippet;
mod svg;
mod tikz;
mod told;
mod words;

pub use beginning::beginning;
pub use csv::csv;
pub use film::{Film, MOST_FRAMES, Shot};
#[cfg(not(target_arch = "wasm32"))]
pub use gallery::gallery;
pub use gif::Animation;
pub use html::{MOST_PLAYED, html};
pub use mermaid::{Drawn, MOST_DRAWN, mermaid};
pub use origin::{animation_comments, pixel_texts};
#[cfg(not(target_arch = "wasm32"))]
pub use pages::{Content, Site, SiteFile};
pub use qr::{MOST_IN_QR, Qr, qr};
pub use scorm::{EXERCISE_FILE, MANIFEST_FILE, launched, manifest, page_files};
pub use shiviz::shiviz;
pub use snippet::{Embedded, embed_address, snippet, snippet_with_picture};
pub use svg::{LICENCE, SvgOptions, Theme, heading, svg};
pub use tikz::tikz;
pub use words::{Line, MOST_TOLD, Telling, ToldLine, words};

use crate::{
    analysis::{Judgement, Report},
    diagram::event_sentence,
    kernel::{EventId, Verdict, spell, visible},
    runs::Outcome,
};

/// Greatest length of a file's name without its ending, in characters.
const LONGEST_STEM: usize = 60;

/// Returns the name of a file for a run with this heading, without its ending: lower-case letters and digits of ASCII, and
/// hyphens; `worldlines` if nothing remains.
#[must_use]
pub fn file_stem(heading: &str) -> String {
    let words = heading.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut stem = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    stem.truncate(LONGEST_STEM);
    let stem = stem.trim_end_matches('-');
    if stem.is_empty() { "worldlines".to_owned() } else { stem.to_owned() }
}

/// Describes an event in one line: `Bob delivers m1 from Alice`.
fn sentence(run: &Outcome, event: EventId) -> String {
    visible(&event_sentence(&run.scenario, &run.trace, event)).into_owned()
}

/// Returns the sign of a property's status, and the status in words.
fn status_words(run: &Outcome, judgement: &Judgement) -> (&'static str, String) {
    match &judgement.verdict {
        Verdict::Holds => ("✓", "holds".to_owned()),
        Verdict::Undecided(why) => ("…", format!("undecided: {}", spell(why, &run.scenario.nodes))),
        Verdict::Violated { why, .. } => {
            let at = Report::violated_at(judgement, &run.trace).unwrap_or(run.trace.end);
            ("✗", format!("violated at {at} ms: {}", spell(why, &run.scenario.nodes)))
        }
    }
}
