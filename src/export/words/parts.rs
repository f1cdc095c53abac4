//! Parts of sentences and their bounds.

use crate::kernel::{Time, count_of, joined};

/// A line of a run in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Moment that it tells, in virtual ms; none for the summary and the verdicts.
    pub at: Option<Time>,
    /// Its sentences.
    pub said: String,
}

/// Largest number of names, faults or messages in one list.
pub(super) const MOST_LISTED: usize = 12;
/// Greatest length of a clause about one event, in characters.
const LONGEST: usize = 240;

/// Joins things, at most [`MOST_LISTED`] of them: `a, b and 3 further nodes`.
pub(super) fn listed(mut things: Vec<String>, one: &str) -> String {
    let more = things.len().saturating_sub(MOST_LISTED);
    if more > 0 {
        things.truncate(MOST_LISTED);
        things.push(count_of(more, &format!("further {one}")));
    }
    joined(&things)
}

/// Returns the beginning of a text that is too long.
pub(super) fn clipped(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
