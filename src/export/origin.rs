//! Origin and licence of a picture, for comments in its text and for its file.

use super::svg::{LICENCE, heading};
use crate::{formats::link, runs::Outcome};

/// Returns the lines that say where a picture of a run comes from, its licence and, unless it is long, the way back to the run.
pub(super) fn origin(run: &Outcome) -> Vec<String> {
    let mut lines = vec![licence()];
    if !run.protocol.id.is_empty() {
        let fragment = run.fragment();
        if fragment.len() <= link::LONG_LINK {
            lines.push("Append this to the address of a Worldlines page to open the run:".into());
            lines.push(fragment);
        }
    }
    lines
}

fn licence() -> String {
    format!("A run of Worldlines. Licence of the picture: CC BY 4.0, {LICENCE}")
}

/// Returns the texts of a picture in pixels, by the keys of PNG: title, program, licence and, if there is one, the link to the run.
#[must_use]
pub fn pixel_texts(run: &Outcome, link: Option<&str>) -> Vec<(&'static str, String)> {
    let texts =
        [("Title", heading(run)), ("Software", "Worldlines".into()), ("Copyright", LICENCE.into())];
    texts.into_iter().chain(link.map(|link| ("Source", link.to_owned()))).collect()
}

/// Returns the comments of an animation: title, licence and, if there is one, the link to the run.
#[must_use]
pub fn animation_comments(run: &Outcome, link: Option<&str>) -> Vec<String> {
    [heading(run), licence()].into_iter().chain(link.map(str::to_owned)).collect()
}
