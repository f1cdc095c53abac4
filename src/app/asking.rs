//! A request made by hand: the fields of its form, and the value built from the reader's input.

use serde_json::{Map, Value as Json};

use super::{Edit, text};
use crate::kernel::{NodeId, Protocol, RequestKind, RequestSpec, Scenario, Time, With, sort};

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Label of the field: `message`, `to`.
    pub label: String,
    /// True if the label is shown beside the field.
    pub is_named: bool,
    /// A hint; empty if there is none.
    pub help: &'static str,
    /// Kind of input.
    pub input: Input,
    /// Initial value of the field.
    pub offered: String,
}

/// Kind of input of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A line of text of at most this number of characters.
    Text(u32),
    /// JSON, in several lines.
    Json,
    /// A number: its unit, its bounds, and the distance between two numbers. Unit and bounds are empty if there are
    /// none.
    Number(&'static str, &'static str, &'static str, &'static str),
    /// One of these.
    Choice(Vec<Choice>),
    /// A box to check: `true` or `false`.
    Check,
}

/// A choice of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its value.
    pub value: String,
    /// Its words.
    pub words: String,
    /// True if it cannot be chosen.
    pub is_disabled: bool,
}

impl Choice {
    /// Returns a choice that is enabled.
    pub(super) fn new(value: impl Into<String>, words: impl Into<String>) -> Self {
        Self { value: value.into(), words: words.into(), is_disabled: false }
    }
}

impl Input {
    /// Returns the input of a time or a duration, with its least value: at most what a scenario may hold.
    pub(super) const fn ms(least: u8) -> Self {
        Self::Number("ms", if least == 0 { "0" } else { "1" }, MOST, "1")
    }

    fn of_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Choice(words.into_iter().map(|word| Choice::new(word, word)).collect())
    }
}

/// The greatest number that a scenario may hold.
const MOST: &str = "1000000000";

/// Returns the shapes that a request's value may have: one form for each.
#[must_use]
pub fn shapes(kind: &'static RequestKind) -> &'static [With] {
    match &kind.with {
        With::Either(shapes) => shapes,
        one => std::slice::from_ref(one),
    }
}

/// Returns the fields of a shape, for a request to `node`.
#[must_use]
pub fn fields(with: With, scenario: &Scenario, node: NodeId) -> Vec<Field> {
    let field = |input, offered| {
        let label = with.label().to_owned();
        vec![Field { label, is_named: true, help: "", input, offered }]
    };
    match with {
        With::Nothing => Vec::new(),
        With::Text { label } => field(Input::Text(200), offered_text(label, scenario)),
        With::Number { unit, default, .. } => {
            field(Input::Number(unit, "", "", "1"), default.to_string())
        }
        With::Node { .. } => {
            let names = &scenario.nodes;
            let other = names.iter().enumerate().find(|(index, _)| *index != node.index());
            let offered = other.map_or(&names[0], |(_, name)| name).clone();
            field(Input::of_words(names.iter().map(String::as_str)), offered)
        }
        With::Choice { words, .. } => {
            let offered = words.first().copied().unwrap_or_default().to_owned();
            field(Input::of_words(words.iter().copied()), offered)
        }
        With::Record(parts) => {
            parts.iter().flat_map(|part| fields(*part, scenario, node)).collect()
        }
        With::Either(shapes) => {
            shapes.first().map_or_else(Vec::new, |shape| fields(*shape, scenario, node))
        }
    }
}

/// Labels of names that are used repeatedly. Other texts are new in each request.
const NAMES: [&str; 2] = ["key", "label"];

/// Returns the name that was used last, or a text that no other request uses.
fn offered_text(label: &str, scenario: &Scenario) -> String {
    let requests = || scenario.requests.iter().filter_map(|request| request.with.as_ref());
    if NAMES.contains(&label) {
        let used = requests().filter_map(|with| with.get(label)?.as_str()).next_back();
        return used.unwrap_or("x").to_owned();
    }
    let mut taken = Vec::new();
    requests().for_each(|with| numbers(with, &mut taken));
    sort(&mut taken);
    taken.dedup();
    let gap = (1..).zip(&taken).find(|(number, taken)| number != *taken);
    format!("m{}", gap.map_or(taken.len() as u64 + 1, |(number, _)| number))
}

/// Collects the numbers of the texts m1, m2… in a value.
fn numbers(value: &Json, taken: &mut Vec<u64>) {
    match value {
        Json::String(text) => {
            let number = text.strip_prefix('m').and_then(|number| number.parse::<u64>().ok());
            // Compared as written: m01 differs from m1.
            taken.extend(number.filter(|number| *number > 0 && *text == format!("m{number}")));
        }
        Json::Object(fields) => fields.values().for_each(|it| numbers(it, taken)),
        _ => {}
    }
}

/// Returns the request built from the values of a form's fields.
///
/// # Errors
/// The reason why the protocol, or a scenario, does not accept it.
pub fn request(
    protocol: &Protocol,
    scenario: &Scenario,
    (node, at): (NodeId, Time),
    (name, with): (&str, With),
    typed: &[String],
) -> Result<RequestSpec, String> {
    let with = value(with, &mut typed.iter());
    let read = protocol.behaviour.read_request;
    read(name, with.as_ref(), &scenario.nodes).map_err(|takes| text::asking::takes(&takes))?;
    let request = RequestSpec { at, node, name: name.to_owned(), with };
    let edit = Edit::AddRequest(request.clone());
    edit.made(scenario)?;
    Ok(request)
}

/// Returns a value of this shape, built from the next typed texts; none if an optional value is missing. A text that is
/// not a number stays a text: the protocol refuses it.
fn value<'a>(with: With, typed: &mut impl Iterator<Item = &'a String>) -> Option<Json> {
    match with {
        With::Nothing => None,
        With::Record(parts) => {
            let mut record = Map::new();
            for part in parts {
                if let Some(value) = value(*part, typed) {
                    record.insert(part.label().to_owned(), value);
                }
            }
            Some(record.into())
        }
        With::Either(shapes) => value(*shapes.first()?, typed),
        With::Number { optional, .. } => match typed.next()?.trim() {
            "" if optional => None,
            number => Some(number.parse::<i64>().map_or_else(|_| number.into(), Json::from)),
        },
        With::Choice { optional: true, .. } => {
            typed.next().filter(|word| !word.is_empty()).map(|word| word.as_str().into())
        }
        With::Text { .. } | With::Node { .. } | With::Choice { .. } => {
            Some(typed.next()?.as_str().into())
        }
    }
}
