//! Requests that a run lacks so that a property can be violated in it.

use super::{Edit, Run, fields, request, shapes, text};
use crate::{
    abstractions::needed::{By, Need, need, needs},
    diagram::request_sentence,
    kernel::{EventKind, NodeId, RequestSpec, Time, count_of, joined},
};

/// Time from one request to the next, in virtual ms.
const LATER: Time = 10;
/// Time of a first request, in virtual ms.
const FIRST: Time = 10;

/// Requests that a run lacks: no run with so few of them violates the properties.
#[derive(Clone, Debug, PartialEq)]
pub struct Lack {
    /// Reason, in a sentence.
    pub sentence: String,
    /// The request that is missing, in words, and the change that adds it, if one can be added.
    pub add: Option<(String, Edit)>,
}

/// Returns what a run lacks so that the property of this name, or any promised one, can be violated in it.
#[must_use]
pub fn lacks(run: &Run, property: Option<&str>) -> Vec<Lack> {
    if run.scenario.requests.is_empty() && !run.protocol.behaviour.requests.is_empty() {
        let first = run.protocol.behaviour.requests[0].name;
        let wanted = property.and_then(|name| needs(run.protocol, name).first().copied());
        let add = missing(run, wanted.unwrap_or(need(1, first, By::Any)));
        return vec![Lack { sentence: text::lacks::NO_REQUEST.to_owned(), add }];
    }
    let mut lacking: Vec<(Need, Vec<String>)> = Vec::new();
    for (it, promised) in run.protocol.properties() {
        if !property.map_or(promised, |property| property == it.name) {
            continue;
        }
        for need in needs(run.protocol, it.name).into_iter().filter(|need| !is_met(run, *need)) {
            match lacking.iter_mut().find(|(other, _)| *other == need) {
                Some((_, names)) => names.push(it.name.to_owned()),
                None => lacking.push((need, vec![it.name.to_owned()])),
            }
        }
    }
    let lack = |(need, names): (Need, Vec<String>)| {
        let Need { count, name, by } = need;
        let nodes = match by {
            By::Any => "",
            By::One => text::lacks::BY_ONE,
            By::Others => text::lacks::BY_OTHERS,
        };
        let requests = format!("{}{nodes}", count_of(count, name));
        let sentence = text::lacks::needs(&joined(&names), &requests);
        Lack { sentence, add: missing(run, need) }
    };
    lacking.into_iter().map(lack).collect()
}

fn asked<'a>(run: &'a Run, name: &'a str) -> impl Iterator<Item = &'a RequestSpec> {
    run.scenario.requests.iter().filter(move |request| request.name == name)
}

fn is_met(run: &Run, need: Need) -> bool {
    let by = |node: NodeId| asked(run, need.name).filter(|it| it.node == node).count();
    let nodes = || (0..run.scenario.nodes.len()).map(NodeId::new);
    match need.by {
        By::Any => asked(run, need.name).count() >= need.count,
        By::One => nodes().any(|node| by(node) >= need.count),
        By::Others => nodes().filter(|node| by(*node) > 0).count() >= need.count,
    }
}

/// Returns the request that is missing, in words, and the change that adds it.
fn missing(run: &Run, need: Need) -> Option<(String, Edit)> {
    let scenario = &run.scenario;
    let kind = run.protocol.behaviour.requests.iter().find(|kind| kind.name == need.name)?;
    let last = asked(run, need.name).max_by_key(|it| it.at).or(scenario.requests.last());
    let nodes = || (0..scenario.nodes.len()).map(NodeId::new);
    let other = |than: NodeId| nodes().find(|node| *node != than).unwrap_or(than);
    let (node, at) = match (last, need.by) {
        (None, _) => (NodeId::new(0), FIRST),
        (Some(last), By::One) => (last.node, last.at + LATER),
        (Some(last), By::Others) => {
            let node = other(last.node);
            (node, told(run, node, last.at).unwrap_or(last.at) + LATER)
        }
        (Some(last), By::Any) if last.name == need.name => (other(last.node), last.at),
        (Some(last), By::Any) => (last.node, last.at + LATER),
    };
    let shape = *shapes(kind).first()?;
    let typed: Vec<String> =
        fields(shape, scenario, node).into_iter().map(|field| field.offered).collect();
    let added = request(run.protocol, scenario, (node, at), (kind.name, shape), &typed).ok()?;
    let words = text::lacks::add(&request_sentence(scenario, &added), at);
    Some((words, Edit::AddRequest(added)))
}

/// Time at which a node first indicates something after this time, in virtual ms.
fn told(run: &Run, node: NodeId, after: Time) -> Option<Time> {
    let mut events = run.trace.events.iter();
    let is_told = |event: &&crate::kernel::Event| {
        event.node == node
            && event.time >= after
            && matches!(event.kind, EventKind::Indicate { .. })
    };
    events.find(is_told).map(|event| event.time)
}
