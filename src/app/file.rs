//! A file beside the page that the address asks for (`?src=FILE`): a way to open a scenario that is too large for a
//! link.

use super::{Refused, State, state::load_variant, text};
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

/// Sign before the key of a student in the name of a file: `exercise.json&v=s123`.
const KEY: &str = "&v=";

/// Opens the file that was fetched, or reports that it could not be fetched. The name may end in the key of a student,
/// which picks a variant of an exercise.
pub(super) fn open_file(state: State, file: &str, found: Option<&str>) -> State {
    let (file, key) = file.split_once(KEY).map_or((file, None), |(file, key)| (file, Some(key)));
    let quoted = |text: &str| format!("\"{text}\"");
    let problem = match found {
        _ if !is_of_this_host(file) => Problem::new("src", quoted(file), text::file::OF_THIS_HOST),
        None => Problem::new("src", text::file::missing(&quoted(file)), text::file::BESIDE_PAGE),
        Some(found) if found.trim_start().starts_with('{') || link::is_link(found) => {
            return load_variant(state, found, key);
        }
        Some(found) => {
            let beginning: String = found.chars().take(SHOWN).collect();
            let found = quoted(&visible(&beginning));
            Problem::new(file, found, text::file::SCENARIO)
        }
    };
    let refused = Some(Refused { text: String::new(), why: problem.to_string() });
    State { refused, refusals: state.refusals + 1, ..state }
}
