//! Problems with a reader's input.

use std::fmt;

use serde_json::Value as Json;

use crate::kernel::{push_visible, visible};

/// Maximum length of a value, in characters, that is repeated to the reader.
const SHOWN: usize = 60;
/// Maximum number of known names that are listed.
const LISTED: usize = 16;
/// Maximum length of names, in characters, for the search for the closest: it takes the product of two
/// lengths.
const COMPARED: usize = 64;

/// A reason why a scenario or a link cannot be used: the place, the value there, and the expected value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Place in the scenario: `faults[2].crash.node`; `link` for a link; empty for the whole.
    pub path: String,
    /// The value there, shortened.
    pub found: String,
    /// Description of the expected value.
    pub expected: String,
    /// The closest known name, if one is close.
    pub suggestion: Option<String>,
    /// Place in the text, if it is no JSON: the line, and the byte in it, both from 1.
    pub at: Option<(usize, usize)>,
}

impl Problem {
    /// Returns a problem without a suggestion.
    #[must_use]
    pub fn new(
        path: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        let (path, found, expected) = (path.into(), found.into(), expected.into());
        Self { path, found, expected, suggestion: None, at: None }
    }

    /// Adds the closest of these names to the written one as a suggestion.
    #[must_use]
    pub(super) fn with_closest<'a>(
        self,
        written: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self { suggestion: closest(written, known).map(str::to_owned), ..self }
    }

    /// Sets the path, if it has none: for a problem of the text as a whole.
    #[must_use]
    pub(super) fn of(self, path: &str) -> Self {
        if self.path.is_empty() { Self { path: path.to_owned(), ..self } } else { self }
    }
}

/// One line, whatever the reader's input.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", visible(&self.path))?;
        }
        write!(f, "found {}, expected {}", visible(&self.found), visible(&self.expected))?;
        match &self.suggestion {
            Some(name) => write!(f, "; did you mean {}?", quoted(name)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

/// Returns a value as JSON, shortened to fit a line.
pub(super) fn shown(value: &Json) -> String {
    shortened(&value.to_string())
}

/// Returns a text in quotes, its control characters escaped, shortened to fit a line.
#[must_use]
pub fn quoted(text: &str) -> String {
    shortened(&Json::from(text).to_string())
}

/// Returns a text, shortened to fit a line, with invisible characters as their code points.
#[must_use]
pub fn shortened(text: &str) -> String {
    let mut short = String::new();
    for (index, c) in text.chars().enumerate() {
        if index == SHOWN {
            short.push('…');
            break;
        }
        push_visible(&mut short, c);
    }
    short
}

/// Returns `"a"`, `"a" or "b"`, `"a", "b" or "c"`; a long list is cut.
pub(super) fn alternatives<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(quoted).collect();
    match words.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        many if many.len() > LISTED => {
            format!("{} … ({} in all)", many[..LISTED].join(", "), many.len())
        }
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// Returns the known name that a reader most likely meant, if any is close: it differs in at most a third of
/// its letters, or continues the written one.
pub(super) fn closest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = written.chars().count();
    if length == 0 || length > COMPARED {
        return None;
    }
    // Only ASCII: the tables of all other letters weigh more than the page's own text.
    let written = written.to_ascii_lowercase();
    let allowed = length / 3;
    let mut best: Option<(usize, &str)> = None;
    let mut longer = None;
    for name in known {
        let distance = strsim::osa_distance(&written, &name.to_ascii_lowercase());
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
        if length >= 3 && longer.is_none() && name.to_ascii_lowercase().starts_with(&written) {
            longer = Some(name);
        }
    }
    best.map(|(_, name)| name).or(longer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestion_is_the_closest_name() {
        let known = ["loss", "links", "duplicate"];
        assert_eq!(closest("los", known), Some("loss"));
        assert_eq!(closest("Link", known), Some("links"));
        assert_eq!(closest("dup", known), Some("duplicate"));
        assert_eq!(closest("delay", known), None);
        assert_eq!(closest("P9", ["P1", "P2"]), None);
        assert_eq!(closest("p1", ["P1", "P2"]), Some("P1"));
        assert_eq!(closest("", known), None);
        assert_eq!(closest(&"l".repeat(COMPARED + 1), known), None);
    }

    #[test]
    fn problem_with_hostile_text_is_one_line() {
        let known = ["some\n"];
        let problem = Problem::new("title", quoted("a\nb"), "a line").with_closest("some", known);
        let line = r#"title: found "a\nb", expected a line; did you mean "some\n"?"#;
        assert_eq!(problem.to_string(), line);
        assert_eq!(quoted(&"é".repeat(200)).chars().count(), SHOWN + 1);
    }

    #[test]
    fn alternatives_are_listed_as_a_person_would() {
        assert_eq!(alternatives([]), "none");
        assert_eq!(alternatives(["a"]), r#""a""#);
        assert_eq!(alternatives(["a", "b", "c"]), r#""a", "b" or "c""#);
        assert!(alternatives(["a"; 128]).ends_with(r#""a" … (128 in all)"#));
    }
}
