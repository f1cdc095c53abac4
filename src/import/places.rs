//! Places in a text, and values from it, as a problem names them.

use serde_json::Value as Json;

use crate::kernel::visible;

/// Beginning of the path of a problem that has a line.
pub const LINE: &str = "line ";

/// Name of a line, from 1.
pub(super) fn line(number: usize) -> String {
    format!("{LINE}{number}")
}

/// Largest number of characters of a value that is repeated to the reader.
const SHOWN: usize = 60;

/// Returns the beginning of a text, with invisible characters as their code points.
pub(super) fn shortened(text: &str) -> String {
    cut(text, SHOWN)
}

/// Returns the beginning of a text of at most so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    let shown = visible(text);
    match shown.char_indices().nth(most) {
        None => shown.into_owned(),
        Some((end, _)) => format!("{}…", &shown[..end]),
    }
}

/// Returns a value as JSON, shortened.
pub(super) fn shown(json: &Json) -> String {
    shortened(&json.to_string())
}

/// Returns a value as a reader would write it: texts without quotes.
pub(super) fn plain(json: &Json) -> String {
    match json {
        Json::String(text) => visible(text).into_owned(),
        other => visible(&other.to_string()).into_owned(),
    }
}
