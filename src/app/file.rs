//! A file beside the page that the address asks for (`?src=FILE`): a way to open a scenario that is too large for a
//! link.

use super::{Refused, State, state::load};
use crate::{
    formats::{Problem, link},
    kernel::visible,
};

/// Number of characters shown of a file that is not a scenario.
const SHOWN: usize = 40;

/// True if a file's address, as written after `?src=`, leads to the page's own host. Browsers read a backslash as a
/// slash, and ignore tabs and line breaks.
#[must_use]
pub fn is_of_this_host(file: &str) -> bool {
    let strange = |c: char| c.is_control() || matches!(c, ':' | '\\');
    !file.contains(strange) && !file.trim_start().starts_with("//")
}

impl State {
    /// Returns the state of a page that waits for the file that its address asks for, with the opening example in its
    /// place.
    #[must_use]
    pub fn awaiting_file() -> Self {
        Self { stands_in: true, playing: false, ..Self::opening() }
    }
}

/// Opens the file that was fetched, or reports that it could not be fetched.
pub(super) fn open_file(state: State, file: &str, text: Option<&str>) -> State {
    let quoted = |text: &str| format!("\"{text}\"");
    let problem = match text {
        _ if !is_of_this_host(file) => {
            Problem::new("src", quoted(file), "a file of this page's own host, such as large.json")
        }
        None => {
            let found = format!("no file {}", quoted(file));
            Problem::new("src", found, "the file of a scenario beside this page")
        }
        Some(text) if text.trim_start().starts_with('{') || link::is_link(text) => {
            return load(state, text);
        }
        Some(text) => {
            let beginning: String = text.chars().take(SHOWN).collect();
            let found = quoted(&visible(&beginning));
            Problem::new(file, found, "the JSON of a scenario")
        }
    };
    let refused = Some(Refused { text: String::new(), why: problem.to_string() });
    State { refused, refusals: state.refusals + 1, ..state }
}
