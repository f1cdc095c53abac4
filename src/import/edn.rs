//! Clojure's data notation (EDN), read as JSON with the lines of its forms.

use clojure_reader::{
    edn::{Edn, read},
    error::Code,
};
use serde_json::{Map, Value as Json};

use super::places::line;
use crate::formats::Problem;

/// Deepest nesting of collections, and longest row of tags.
const MAX_NESTING: usize = 32;

/// Returns the forms of a text, each with its line. A single list is taken apart.
///
/// # Errors
/// The line of the first form that cannot be read or nests too deeply.
pub(super) fn forms(text: &str) -> Result<Vec<(usize, Json)>, Problem> {
    if let Some(number) = too_deep(text) {
        let found = format!("more than {MAX_NESTING} levels of nesting");
        return Err(Problem::new(line(number), found, format!("at most {MAX_NESTING}")));
    }
    let mut forms = Vec::new();
    let whole = without_blank(text);
    // The forms in a list have lines of their own.
    let inner = match whole.strip_prefix(['[', '(']) {
        Some(inner) => inner,
        None => whole,
    };
    let is_list = inner.len() < whole.len();
    let (mut rest, mut seen, mut number) = (inner, 0, 1);
    let offset = text.len() - inner.len();
    loop {
        rest = without_blank(rest);
        if rest.is_empty() && is_list {
            let found = fault(&Code::UnexpectedEOF);
            return Err(Problem::new(line(number), found, "Clojure's data notation (EDN)"));
        }
        if rest.is_empty() || (is_list && rest.starts_with([']', ')'])) {
            return Ok(forms);
        }
        let place = offset + inner.len() - rest.len();
        number += text[seen..place].matches('\n').count();
        seen = place;
        let (form, after) = read(rest).map_err(|why| {
            // A form without an end is named by its beginning.
            let is_open = why.code == Code::UnexpectedEOF;
            let at = if is_open { number } else { number + why.line.unwrap_or(1) - 1 };
            Problem::new(line(at), fault(&why.code), "Clojure's data notation (EDN)")
        })?;
        if after.len() == rest.len() {
            return Err(Problem::new(
                line(number),
                "a character that begins no form",
                "Clojure's data notation (EDN)",
            ));
        }
        rest = after;
        forms.push((number, json(&form)));
    }
}

/// Skips spaces, commas and comments.
fn without_blank(mut text: &str) -> &str {
    loop {
        text = text.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        match text.strip_prefix(';') {
            Some(comment) => text = comment.split_once('\n').map_or("", |(_, rest)| rest),
            None => return text,
        }
    }
}

fn fault(code: &Code) -> String {
    match code {
        Code::UnexpectedEOF => "the end of the text within a form".to_owned(),
        Code::UnmatchedDelimiter(sign) => format!("{sign} that closes nothing"),
        Code::HashMapDuplicateKey => "the same key twice".to_owned(),
        Code::SetDuplicateKey => "the same member twice".to_owned(),
        Code::InvalidNumber => "a number that cannot be read".to_owned(),
        _ => "a form that cannot be read".to_owned(),
    }
}

/// Line of the first place that nests too deeply, in brackets or in tags; found without building.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut tags, mut number) = (0_usize, 0_usize, 1);
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\n' => number += 1,
            // A character: `\{`.
            '\\' => {
                signs.next();
            }
            ';' => number += usize::from(signs.by_ref().any(|it| it == '\n')),
            '"' => {
                tags = 0;
                while let Some(inside) = signs.next() {
                    match inside {
                        '\n' => number += 1,
                        '\\' => {
                            signs.next();
                        }
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '#' | '^' | '\'' | '@' | '`' | '~' => tags += 1,
            '[' | '(' | '{' => {
                depth += 1;
                tags = 0;
            }
            ']' | ')' | '}' => {
                depth = depth.saturating_sub(1);
                tags = 0;
            }
            _ => {}
        }
        if depth > MAX_NESTING || tags > MAX_NESTING {
            return Some(number);
        }
    }
    None
}

/// Returns a form as JSON: keywords and symbols as texts, sets and lists as lists. Tags are left out.
fn json(form: &Edn) -> Json {
    match form {
        Edn::Vector(forms) | Edn::List(forms) => forms.iter().map(json).collect(),
        Edn::Set(forms) => forms.iter().map(json).collect(),
        Edn::Map(fields) => {
            let mut map = Map::new();
            for (name, value) in fields {
                let name = match json(name) {
                    Json::String(name) => name,
                    other => other.to_string(),
                };
                map.insert(name, json(value));
            }
            Json::Object(map)
        }
        Edn::Key(text) | Edn::Symbol(text) => Json::from(text.strip_prefix(':').unwrap_or(text)),
        Edn::Str(text) => Json::from(&**text),
        Edn::Int(number) => Json::from(*number),
        Edn::Tagged(_, form) => json(form),
        Edn::Rational((over, under)) => Json::from(format!("{over}/{under}")),
        Edn::Char(sign) => Json::from(sign.to_string()),
        Edn::Bool(truth) => Json::from(*truth),
        Edn::Nil => Json::Null,
        // Numbers with a fraction, and what later versions add.
        other => Json::from(other.to_string()),
    }
}
