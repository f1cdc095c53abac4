//! What is wrong with what a reader gave us.

use std::fmt;

use serde_json::Value as Json;

use crate::kernel::{push_visible, visible};

/// How much of a value, in characters, is repeated to the reader.
const SHOWN: usize = 60;
/// How many of the known names are listed before the list is cut.
const LISTED: usize = 16;
/// Up to which length, in characters, a closest name is looked for: the search takes the product of two.
const COMPARED: usize = 64;

/// Why a scenario or a link cannot be used: where, what is there, and what should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where in the scenario: `faults[2].crash.node`; `link` for a link; empty for the whole.
    pub path: String,
    /// What is there, shortened.
    pub found: String,
    /// What should be there.
    pub expected: String,
    /// The closest name that is known, where one is close.
    pub suggestion: Option<String>,
    /// Where in the text, if it is no JSON: the line, and the byte in it, both from 1.
    pub at: Option<(usize, usize)>,
}

impl Problem {
    /// A problem without a suggestion.
    #[must_use]
    pub fn new(
        path: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        let (path, found, expected) = (path.into(), found.into(), expected.into());
        Self { path, found, expected, suggestion: None, at: None }
    }

    /// The same, with the closest of these names to what was written.
    #[must_use]
    pub(super) fn with_closest<'a>(
        self,
        written: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self { suggestion: closest(written, known).map(str::to_owned), ..self }
    }

    /// The same, with this path where it has none: a problem of the text as a whole.
    #[must_use]
    pub(super) fn of(self, path: &str) -> Self {
        if self.path.is_empty() { Self { path: path.to_owned(), ..self } } else { self }
    }
}

/// One line, whatever the reader wrote.
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

/// A value as JSON, cut to what fits a line.
pub(super) fn shown(value: &Json) -> String {
    shortened(&value.to_string())
}

/// A text in quotes, its control characters escaped, cut to what fits a line.
pub(super) fn quoted(text: &str) -> String {
    shortened(&Json::from(text).to_string())
}

/// A text, cut to what fits a line; characters that nobody would see are spelt out.
pub(super) fn shortened(text: &str) -> String {
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

/// `"a"`, `"a" or "b"`, `"a", "b" or "c"`; a long list is cut.
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

/// The known name that a reader most likely meant, if any is close: it differs in no more than a third
/// of its letters, or goes on where the reader stopped.
pub(super) fn closest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = written.chars().count();
    if length == 0 || length > COMPARED {
        return None;
    }
    // Only ASCII: the tables of all the other letters weigh more than the page's own text.
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
    fn the_closest_name_is_the_one_that_was_meant() {
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
    fn a_problem_is_one_line_whatever_was_written() {
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
