//! Sentences about changes by hand that are refused.
//!
//! A problem names its place by a path in the scenario's text (`faults[1].forge.with`). Someone who wrote no text has
//! seen no such path: they are told which change, request or setting it is.

use super::text;
use crate::{
    diagram::{fault_sentence, request_sentence},
    formats::Problem,
    kernel::Scenario,
};

/// Returns a sentence about a problem in a scenario that was changed by hand.
pub(super) fn said(problem: &Problem, scenario: &Scenario) -> String {
    let Problem { found, expected, suggestion, .. } = problem;
    let place = place(&problem.path, scenario);
    // Objects stand for what the reader has chosen in a form, or for a message.
    let is_object = |text: &str| text.contains('{');
    let expected = match is_object(expected) {
        true => expected.replace(['{', '}', '"'], ""),
        false => expected.clone(),
    };
    let sentence = match place {
        Some(place) if found.is_empty() || is_object(found) => {
            text::refusal::expected(&place, &expected)
        }
        Some(place) => text::refusal::found(&place, found, &expected),
        None => return problem.to_string(),
    };
    match suggestion {
        Some(name) => text::refusal::suggested(&sentence, name),
        None => sentence,
    }
}

/// Returns the words for a path; none for a path of another text than a scenario.
fn place(path: &str, scenario: &Scenario) -> Option<String> {
    let (field, rest) = path.split_at(path.find(['.', '[']).unwrap_or(path.len()));
    let index: Option<usize> =
        rest.strip_prefix('[').and_then(|rest| rest.split(']').next()?.parse().ok());
    let last = path.rsplit('.').next()?.split('[').next()?;
    // A field within a change or a request; the content of a message or a request is all of it.
    let within = |sentence: &str| match last {
        "with" | "do" => text::refusal::quoted(sentence),
        field => text::refusal::field(sentence, &field.replace('_', " ")),
    };
    Some(match (field, index) {
        ("faults", Some(index)) => match scenario.faults.get(index) {
            Some(fault) => within(&fault_sentence(scenario, fault)),
            None => text::refusal::CHANGE.to_owned(),
        },
        ("requests", Some(index)) => match scenario.requests.get(index) {
            Some(request) => within(&request_sentence(scenario, request)),
            None => text::refusal::REQUEST.to_owned(),
        },
        ("captions", Some(index)) => text::author::caption(index + 1),
        ("nodes", Some(index)) => text::settings::name_of(index + 1),
        ("nodes", None) => text::settings::NODES.to_owned(),
        ("params", _) => text::refusal::parameter(last),
        ("network", _) => text::refusal::network(last),
        ("until", _) => text::refusal::UNTIL.to_owned(),
        ("seed", _) => text::refusal::SEED.to_owned(),
        ("title", _) => text::author::TITLE.to_owned(),
        ("goal", _) => text::author::EXERCISE.to_owned(),
        ("faults", None) => text::refusal::CHANGES.to_owned(),
        ("requests", None) => text::refusal::REQUESTS.to_owned(),
        ("captions", None) => text::refusal::CAPTIONS.to_owned(),
        _ => return None,
    })
}
