//! Origin and licence of a picture, for comments in its text.

use super::svg::LICENCE;
use crate::{formats::link, runs::Outcome};

/// Returns the lines that say where a picture of a run comes from, its licence and, unless it is long, the way back to the run.
pub(super) fn origin(run: &Outcome) -> Vec<String> {
    let mut lines =
        vec![format!("A run of Worldlines. Licence of the picture: CC BY 4.0, {LICENCE}")];
    if !run.protocol.id.is_empty() {
        let fragment = link::fragment(&run.scenario, Some(&run.digest()));
        if fragment.len() <= link::LONG_LINK {
            lines.push("Append this to the address of a Worldlines page to open the run:".into());
            lines.push(fragment);
        }
    }
    lines
}
