//! A request made by hand: the fields that its value takes, and the value that is made of what a reader types.

use serde_json::{Map, Value as Json};

use super::{Edit, text};
use crate::kernel::{NodeId, Protocol, RequestKind, RequestSpec, Scenario, Time, With, sort};

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What is filled in: `message`, `to`.
    pub label: &'static str,
    /// How.
    pub input: Input,
    /// What stands there before the reader touches it.
    pub offered: String,
}

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// By any text.
    Text,
    /// By a whole number of these; without a unit it is empty.
    Number(&'static str),
    /// By choosing one of these.
    Words(Vec<String>),
}

/// The shapes that a request's value may have: a form for each.
#[must_use]
pub fn shapes(kind: &'static RequestKind) -> &'static [With] {
    match &kind.with {
        With::Either(shapes) => shapes,
        one => std::slice::from_ref(one),
    }
}

/// The fields of a shape, for somebody who asks `node`.
#[must_use]
pub fn fields(with: With, scenario: &Scenario, node: NodeId) -> Vec<Field> {
    let field = |input, offered| vec![Field { label: with.label(), input, offered }];
    match with {
        With::Nothing => Vec::new(),
        With::Text { label } => field(Input::Text, offered_text(label, scenario)),
        With::Number { unit, default, .. } => field(Input::Number(unit), default.to_string()),
        With::Node { .. } => {
            let names = &scenario.nodes;
            let other = names.iter().enumerate().find(|(index, _)| *index != node.index());
            let offered = other.map_or(&names[0], |(_, name)| name).clone();
            field(Input::Words(names.clone()), offered)
        }
        With::Choice { words, .. } => {
            let words: Vec<_> = words.iter().map(|&word| word.to_owned()).collect();
            let offered = words.first().cloned().unwrap_or_default();
            field(Input::Words(words), offered)
        }
        With::Record(parts) => {
            parts.iter().flat_map(|part| fields(*part, scenario, node)).collect()
        }
        With::Either(shapes) => {
            shapes.first().map_or_else(Vec::new, |shape| fields(*shape, scenario, node))
        }
    }
}

/// What things are called that are named again and again; other texts are new every time.
const NAMES: [&str; 2] = ["key", "label"];

/// The name that was used last, or else a text that no request has.
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

/// The numbers of the texts m1, m2… in a value.
fn numbers(value: &Json, taken: &mut Vec<u64>) {
    match value {
        Json::String(text) => {
            let number = text.strip_prefix('m').and_then(|number| number.parse::<u64>().ok());
            // As it is written: m01 is another text than m1.
            taken.extend(number.filter(|number| *number > 0 && *text == format!("m{number}")));
        }
        Json::Object(fields) => fields.values().for_each(|it| numbers(it, taken)),
        _ => {}
    }
}

/// The request that is made of what stands in a form's fields.
///
/// # Errors
/// Why the protocol, or a scenario, does not take it.
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
    edit.apply(scenario).map_err(|problem| problem.to_string())?;
    Ok(request)
}

/// A value of this shape, of the next of what was typed; none where nothing need be given, and is not. What is
/// no number stays a text, for the protocol to refuse.
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
