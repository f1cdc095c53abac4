//! Rules of a valid scenario, stated once: the reader of JSON and every edit apply them.
//!
//! The reader turns JSON into a [`Scenario`] as far as the types go. These rules do the rest: ranges, names, uniqueness,
//! and what the protocol understands. A broken rule names the path in the scenario's JSON, the value there, and the value
//! expected.

use serde_json::Value as Json;

use super::{
    MAX_CAPTION, MAX_CAPTIONS, MAX_TITLE,
    bounds::{
        ANOTHER_NODE, ENDS, ODDS, QUEUES, RATES, SEEDS, TIMES, at_most, broken, count, different,
        rate, whole,
    },
    faults::check_fault,
    goal::{goal_json, goal_of},
    names::node_names,
    variants, writer,
};
use crate::{
    formats::{
        catalogue,
        json::{MAX_NESTING, MAX_TEXT, Place},
        problem::{Problem, alternatives, quoted, shown},
    },
    kernel::{
        Delay, Detector, Fault, LinkSpec, MAX_FAULTS, MAX_REQUESTS, MAX_TIME, NetworkSpec,
        Parameter, ParameterValue, Protocol, Scenario, SortedSet, Timing, Topology, has_reserved,
    },
};

/// Number of requests, faults and captions up to which a scenario is far from too long to be written.
const SHORT: usize = 50;

impl Scenario {
    /// Returns the scenario in canonical form: what its JSON holds, without parameters that have their defaults.
    ///
    /// Nodes that it names must be among its own.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(self) -> Result<Self, Problem> {
        checked(self, writer::to_json)
    }
}

/// Checks a scenario; `json` is called for the value at the path of a broken rule.
pub(super) fn checked(
    mut scenario: Scenario,
    json: impl FnOnce(&Scenario) -> Json,
) -> Result<Scenario, Problem> {
    let checked = tidy_values(&mut scenario).and_then(|()| rules(&scenario));
    match checked {
        Ok(protocol) => Ok(canonical(variants::canonical(scenario), protocol)),
        Err(problem) if problem.found.is_empty() => Err(found_in(problem, &json(&scenario))),
        Err(problem) => Err(problem),
    }
}

/// Completes a problem with the value at its path.
pub(super) fn found_in(problem: Problem, json: &Json) -> Problem {
    let found = value_at(json, &problem.path);
    Problem { found: found.map_or("nothing".to_owned(), shown), ..problem }
}

/// Returns the canonical form of a scenario that breaks no rule.
pub(super) fn canonical(mut scenario: Scenario, protocol: &Protocol) -> Scenario {
    protocol.id.clone_into(&mut scenario.protocol);
    let params = std::mem::take(&mut scenario.params);
    let is_default = |name: &str, value: &ParameterValue| {
        parameter(protocol, name).is_some_and(|parameter| parameter.default() == *value)
    };
    scenario.params.extend(params.into_iter().filter(|(name, value)| !is_default(name, value)));
    if let Topology::Links { links, .. } = &mut scenario.network.topology {
        // A link has no direction: each has one spelling.
        for [one, other] in links {
            (*one, *other) = ((*one).min(*other), (*one).max(*other));
        }
    }
    scenario.goal = goal_of(&scenario).as_ref().map(goal_json);
    scenario
}

/// Value at a path such as `faults[2].crash.node`, all of whose names are plain.
fn value_at<'a>(json: &'a Json, path: &str) -> Option<&'a Json> {
    let mut steps = path.split(['.', '[']);
    steps.try_fold(json, |json, step| match step.strip_suffix(']') {
        Some(place) => json.get(place.parse::<usize>().ok()?),
        None => json.get(step),
    })
}

/// Passes values on to the protocol only as JSON can hold them, whatever wrote them.
fn tidy_values(scenario: &mut Scenario) -> Result<(), Problem> {
    for (place, request) in scenario.requests.iter_mut().enumerate() {
        if let Some(with) = &mut request.with {
            *with = Place::at(format!("requests[{place}].with"), with).freely(MAX_NESTING - 3)?;
        }
    }
    for (place, fault) in scenario.faults.iter_mut().enumerate() {
        if let Fault::Forge { with, .. } = fault {
            let path = format!("faults[{place}].forge.with");
            *with = Place::at(path, with).freely(MAX_NESTING - 4)?;
        }
    }
    Ok(())
}

fn rules(scenario: &Scenario) -> Result<&'static Protocol, Problem> {
    let protocol = catalogue::find("protocol", &scenario.protocol)?;
    let names = &scenario.nodes;
    node_names(names)?;
    line(|| "title".to_owned(), &scenario.title, MAX_TITLE)?;
    for (name, value) in scenario.params.iter() {
        let Some(parameter) = parameter(protocol, name) else {
            return Err(unknown_parameter(&format!("params.{name}"), protocol, name));
        };
        if !parameter.admits(value) {
            let problem = broken(format!("params.{name}"), parameter.expected());
            let word = match value {
                ParameterValue::Choice(word) => word.as_str(),
                _ => "",
            };
            return Err(problem.with_closest(word, words(parameter)));
        }
    }
    let most = (protocol.behaviour.most_nodes)(&scenario.params);
    if names.len() > most {
        let expected = format!("at most {most} nodes with these parameters");
        return Err(broken("nodes", expected));
    }
    whole(|| "seed".to_owned(), scenario.seed, SEEDS)?;
    network(&scenario.network)?;
    whole(|| "until".to_owned(), scenario.until, ENDS)?;
    at_most("requests", scenario.requests.len(), MAX_REQUESTS)?;
    at_most("faults", scenario.faults.len(), MAX_FAULTS)?;
    at_most("captions", scenario.captions.len(), MAX_CAPTIONS)?;
    requests(scenario, protocol)?;
    for (place, fault) in scenario.faults.iter().enumerate() {
        check_fault(place, fault, (protocol, names))?;
    }
    for (place, caption) in scenario.captions.iter().enumerate() {
        whole(|| format!("captions[{place}].at"), caption.at, TIMES)?;
        line(|| format!("captions[{place}].text"), &caption.text, MAX_CAPTION)?;
    }
    variants::variants_of(scenario)?;
    let size = scenario.requests.len() + scenario.faults.len() + scenario.captions.len();
    match (size > SHORT).then(|| writer::length(scenario)) {
        Some(length) if length > MAX_TEXT => {
            Err(Problem::new("", format!("{length} bytes"), format!("at most {MAX_TEXT}")))
        }
        _ => Ok(protocol),
    }
}

/// Checks a text of one line that can be drawn.
fn line(path: impl FnOnce() -> String, text: &str, most: usize) -> Result<(), Problem> {
    // The reader's own rule, on a value that is a text.
    let fits = text.chars().count() <= most && !text.chars().any(char::is_control);
    if fits && !has_reserved(text) {
        return Ok(());
    }
    let json = Json::from(text);
    Place::at(path(), &json).line(most).map(|_| ())
}

/// Parameter of a protocol.
pub(super) fn parameter(protocol: &Protocol, name: &str) -> Option<&'static Parameter> {
    protocol.behaviour.parameters.iter().find(|parameter| parameter.name == name)
}

/// Problem of a parameter that the protocol does not have.
pub(super) fn unknown_parameter(path: &str, protocol: &Protocol, name: &str) -> Problem {
    let known = protocol.behaviour.parameters.iter().map(|parameter| parameter.name);
    let found = format!("the unknown parameter {}", quoted(name));
    Problem::new(path, found, alternatives(known.clone())).with_closest(name, known)
}

/// Words that a parameter takes, where it takes words.
pub(super) fn words(parameter: &Parameter) -> impl Iterator<Item = &'static str> + use<> {
    let choices = match parameter.domain {
        crate::kernel::Domain::Choice { choices, .. } => choices,
        _ => &[],
    };
    choices.iter().map(|(word, _)| *word)
}

fn delay(path: &str, delay: Delay) -> Result<(), Problem> {
    whole(|| format!("{path}[0]"), delay.min, TIMES)?;
    whole(|| format!("{path}[1]"), delay.max, delay.min..=MAX_TIME)
}

fn network(network: &NetworkSpec) -> Result<(), Problem> {
    if let Timing::Synchronous(bound) = network.timing {
        whole(|| "network.timing.synchronous".to_owned(), bound, TIMES)?;
    }
    delay("network.delay", network.delay)?;
    let odds =
        [("loss", network.loss), ("duplicate", network.duplicate), ("corrupt", network.corrupt)];
    for (name, value) in odds {
        rate(|| format!("network.{name}"), value, &ODDS)?;
    }
    if let Detector::Perfect(within) = network.detector {
        whole(|| "network.detector.perfect".to_owned(), within, TIMES)?;
    }
    if let Topology::Links { links, .. } = &network.topology {
        let mut seen = SortedSet::new();
        for (place, [one, other]) in links.iter().copied().enumerate() {
            if one == other {
                let path = format!("network.topology.links[{place}][1]");
                return Err(broken(path, ANOTHER_NODE));
            }
            if !seen.insert([one.min(other), one.max(other)]) {
                return Err(broken(format!("network.topology.links[{place}]"), "each pair once"));
            }
        }
    }
    let mut seen = SortedSet::new();
    for (place, link) in network.links.iter().enumerate() {
        check_link(place, link)?;
        if !seen.insert((link.from, link.to)) {
            return Err(broken(format!("network.links[{place}]"), "each link once"));
        }
    }
    Ok(())
}

fn check_link(place: usize, link: &LinkSpec) -> Result<(), Problem> {
    let path = |name: &str| format!("network.links[{place}].{name}");
    different((link.from, link.to), || path("to"))?;
    if let Some(rate) = link.rate {
        count(|| path("rate"), rate, RATES)?;
    }
    if let Some(queue) = link.queue {
        count(|| path("queue"), queue, QUEUES)?;
        if link.rate.is_none() {
            let expected = "a rate, too: without one no message waits";
            return Err(broken(path("queue"), expected));
        }
    }
    delay(&path("delay"), link.delay)
}

/// Names of the requests that a protocol takes.
pub(super) fn request_names(protocol: &Protocol) -> impl Iterator<Item = &'static str> + Clone {
    protocol.behaviour.requests.iter().map(|kind| kind.name)
}

fn requests(scenario: &Scenario, protocol: &Protocol) -> Result<(), Problem> {
    for (place, request) in scenario.requests.iter().enumerate() {
        whole(|| format!("requests[{place}].at"), request.at, TIMES)?;
        let known = request_names(protocol);
        if !known.clone().any(|name| name == request.name) {
            let problem = broken(format!("requests[{place}].do"), alternatives(known.clone()));
            return Err(problem.with_closest(&request.name, known));
        }
        let read = protocol.behaviour.read_request;
        read(&request.name, request.with.as_ref(), &scenario.nodes)
            .map_err(|expected| broken(format!("requests[{place}].with"), expected))?;
    }
    Ok(())
}
