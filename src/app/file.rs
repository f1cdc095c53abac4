//! The file that the address asks for (`?src=ADDRESS`): a way to open a scenario that is too large for a link.
//!
//! A script fetches it (`www/source.js`); here it is checked and opened.

use serde_json::Value as Json;

use super::{Refused, State, state::load_variant, text};
use crate::{
    formats::{Problem, link, without_mark},
    kernel::visible,
};

/// Number of characters shown of a file that is not a scenario.
const SHOWN: usize = 40;
/// Algorithm of a checksum, and its sign, as in the attribute `integrity` of HTML.
const SHA256: &str = "sha256-";
/// Number of characters of a SHA-256 in base64, without padding.
const DIGITS: usize = 43;

impl State {
    /// Returns the state of a page that waits for the file that its address asks for, with the opening example in its
    /// place.
    #[must_use]
    pub fn awaiting_file() -> Self {
        Self { stands_in: true, playing: false, ..Self::opening() }
    }
}

/// File as the script found it.
struct Fetched<'a> {
    /// Address, as it was asked for.
    address: &'a str,
    /// Key of a student, which picks a variant of an exercise.
    key: Option<&'a str>,
    text: &'a str,
}

impl<'a> Fetched<'a> {
    /// Reads what the script told: an object with the address, what was asked for beside it, and, if the file could not
    /// be fetched, what was found and expected.
    fn read(told: &'a Json, text: &'a str) -> Result<Self, Problem> {
        let field = |name: &str| told.get(name).and_then(Json::as_str);
        let address = field("address").unwrap_or_default();
        let problem =
            |found: String, expected: &str| Problem::new(address, found, expected.to_owned());
        if let Some((found, expected)) = field("found").zip(field("expected")) {
            return Err(problem(found.to_owned(), expected));
        }
        if let Some(wanted) = field("integrity") {
            check(wanted, text).map_err(|(found, expected)| problem(found, &expected))?;
        }
        let text = without_mark(text);
        let beginning = || {
            let beginning: String = text.chars().take(SHOWN).collect();
            quoted(&visible(&beginning))
        };
        match text.trim_start() {
            begun if begun.starts_with('{') || link::is_link(text) => {
                Ok(Self { address, key: field("v"), text })
            }
            begun if begun.starts_with('<') => {
                Err(problem(text::file::page(&beginning()), text::file::NO_PAGE))
            }
            _ => Err(problem(beginning(), text::file::SCENARIO)),
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// Checks a text against a checksum in the form of the attribute `integrity` of HTML: `sha256-` and base64, and, with
/// spaces between them, others of which one has to fit. Returns what was found and expected.
fn check(wanted: &str, text: &str) -> Result<(), (String, String)> {
    // Base64url says the same, and survives in links.
    let plain = wanted.replace('+', "-").replace('/', "_");
    let known = |word: &str| {
        let word = word.split('?').next().unwrap_or_default().trim_end_matches('=');
        let is_known = word.strip_prefix(SHA256).is_some_and(|it| it.len() == DIGITS);
        is_known.then(|| word.to_owned())
    };
    let known: Vec<String> = plain.split_whitespace().filter_map(known).collect();
    if known.is_empty() {
        return Err((text::file::integrity(&quoted(wanted)), text::file::CHECKSUM.to_owned()));
    }
    let found = link::checksum(text);
    if known.contains(&found) {
        return Ok(());
    }
    Err((text::file::differs(&found), text::file::same(&quoted(wanted))))
}

/// Returns the text of a file as the script found it, for a picture: a line of JSON, then the text.
///
/// # Errors
/// If it could not be fetched, or is not the one that was asked for.
pub fn fetched_text(told: &str) -> Result<String, Problem> {
    let (head, text) = told.split_once('\n').unwrap_or((told, ""));
    let head = serde_json::from_str(head).unwrap_or_default();
    Fetched::read(&head, text).map(|file| file.text.to_owned())
}

/// Opens the file that was fetched, or reports that it could not be fetched. The text is kept.
pub(super) fn open_file(state: State, told: &str, text: Option<&str>) -> State {
    let head: Json = serde_json::from_str(told).unwrap_or_default();
    let text = text.unwrap_or_default();
    match Fetched::read(&head, text) {
        Ok(file) => {
            let refusals = state.refusals;
            let opened = load_variant(state, file.text, file.key);
            match opened.refused {
                Some(refused) if opened.refusals > refusals => {
                    let why = format!("{}: {}", visible(file.address), refused.why);
                    State { refused: Some(Refused { why, is_file: true, ..refused }), ..opened }
                }
                refused => State { refused, ..opened },
            }
        }
        Err(problem) => {
            let (text, why) = (text.to_owned(), problem.to_string());
            let refused = Some(Refused { text, why, is_file: true, unread: None });
            State { refused, refusals: state.refusals + 1, ..state }
        }
    }
}
