//! Invariants of every scenario and every run.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use worldlines::{
    analysis::report,
    diagram,
    formats::{link, scenario, search, text, trace},
    kernel::{
        EventKind, Fate, Fault, Kind, MAX_EVENTS, MessageName, NodeSet, Protocol, Scenario,
        Strategy, Trace, Verdict, run,
    },
    protocols,
    runs::Outcome,
    search::{Search, Target, Workers},
};

use super::{
    arbitrary::{self, Input},
    hostile::check_damaged,
};
use crate::common::rumour::RUMOUR;

/// Features of an input: an input is kept if it shows a new one.
pub(crate) type Features = BTreeSet<String>;

/// Result of a check.
#[derive(Clone, Default)]
pub(crate) struct Checked {
    pub(crate) features: Features,
    /// Number of events of its runs.
    pub(crate) events: usize,
}

/// Number of events that one handler may cause after the budget is spent.
const SLACK: usize = 2_000;

/// Reads an input as a scenario, runs and judges it, and asserts the invariants.
pub(crate) fn check(input: &Input) -> Checked {
    let (mut checked, bytes) = (Checked::default(), &input.bytes);
    let mut json = arbitrary::scenario(input);
    arbitrary::fit(&mut json);
    let read = match scenario::from_json(&json) {
        Ok(read) => read,
        Err(problem) => {
            assert!(!problem.expected.is_empty() && !problem.to_string().contains('\n'));
            let place: String = problem.path.chars().filter(|c| !c.is_ascii_digit()).collect();
            checked.features.insert(format!("refused {place}"));
            return checked;
        }
    };
    let written = scenario::write(&read);
    assert_eq!(scenario::read(&written).as_ref(), Ok(&read), "{written}");
    let protocol = protocols::find(&read.protocol).expect("the reader knows it");
    check_run(protocol, &read, &mut checked);
    check_way(&read, bytes);
    check_damaged(bytes, &read);

    // Again with a protocol that uses every function of a context and whose messages can be forged.
    let mut rumour = Scenario { protocol: RUMOUR.id.to_owned(), ..read };
    rumour.params.clear();
    let forge = |message: MessageName| Fault::Forge { message, with: Json::from("a lie") };
    let messages: Vec<_> = rumour.faults.iter().filter_map(Fault::message).collect();
    rumour.faults.extend(messages.into_iter().skip(1).step_by(2).map(forge));
    for (index, request) in rumour.requests.iter_mut().enumerate() {
        ["broadcast", "transmit", "look"][index % 3].clone_into(&mut request.name);
        // Some protocols read more than a text or a number.
        request.with = request.with.take().filter(|with| !with.is_object()).or(Some("m".into()));
    }
    check_run(&RUMOUR, &rumour, &mut checked);
    checked
}

fn check_run(protocol: &'static Protocol, scenario: &Scenario, checked: &mut Checked) {
    let features = &mut checked.features;
    let trace = run(protocol, scenario).expect("the requests have been read");
    checked.events += trace.events.len();
    assert_eq!(Ok(&trace), run(protocol, scenario).as_ref());
    check_times(scenario, &trace);
    check_messages(scenario, &trace);
    check_nodes(scenario, &trace);
    let report = report(protocol, scenario, &trace);
    for judgement in &report.judgements {
        let safety = judgement.property.kind == Kind::Safety;
        assert!(!(safety && matches!(judgement.verdict, Verdict::Undecided(_))), "{judgement:?}");
        if let Verdict::Violated { witness, .. } = &judgement.verdict {
            assert!(witness.iter().all(|&event| event < trace.events.len()), "{judgement:?}");
        }
        let status = judgement.verdict.status();
        features.insert(format!("{} {} {status}", protocol.id, judgement.property.name));
    }
    if trace.events.len() < 5_000 {
        let json = trace::to_json(scenario, protocol, &trace, &report);
        assert!(serde_json::from_str::<Json>(&json).is_ok());
        assert!(!text::render(scenario, protocol, &trace, &report).is_empty());
        for event in 0..trace.events.len().min(50) {
            assert!(!diagram::event_sentence(scenario, &trace, event).is_empty());
        }
        for message in 0..trace.messages.len().min(50) {
            assert!(!diagram::message_sentence(scenario, &trace, message).is_empty());
        }
    }
    for fault in scenario.faults.iter().take(50) {
        assert!(!diagram::fault_sentence(scenario, fault).is_empty());
    }
    note(protocol, scenario, &trace, features);
}

fn note(protocol: &Protocol, scenario: &Scenario, trace: &Trace, features: &mut Features) {
    let id = protocol.id;
    let mut kinds = BTreeSet::new();
    for event in &trace.events {
        kinds.insert(event.kind.name());
        if let EventKind::Lose(_, loss) = event.kind {
            features.insert(format!("{id} lose {}", loss.why()));
        }
    }
    for (index, fault) in scenario.faults.iter().enumerate() {
        let met = !trace.unused_faults.contains(&index);
        features.insert(format!("{id} {} {met}", fault.kind()));
        if let Fault::Traitor { strategy, .. } = fault {
            features.insert(format!("{id} {}", strategy.name()));
        }
        if met {
            let kinds = kinds.iter();
            features.extend(kinds.map(|kind| format!("{id} {kind} with {}", fault.kind())));
        }
    }
    features.extend(kinds.iter().map(|kind| format!("{id} {kind}")));
    features.insert(format!("{id} rest {} {}", trace.quiescent, trace.exhausted));
    features.insert(format!("{id} 2^{} events", trace.events.len().max(1).ilog2()));
    let odd = |what, is: bool| is.then(|| format!("{id} {what}"));
    let messages = &trace.messages;
    features.extend(odd("lie", messages.iter().any(|it| it.truth().is_some())));
    features.extend(odd("damage", messages.iter().any(|it| it.damaged().is_some())));
    features.extend(odd("copies", messages.iter().any(|it| !it.copies.is_empty())));
    features.extend(odd("transmission", messages.iter().any(|it| it.transmission.is_some())));
}

fn check_times(scenario: &Scenario, trace: &Trace) {
    assert!(trace.events.len() <= MAX_EVENTS + SLACK);
    assert!(trace.events.is_sorted_by_key(|event| event.time));
    assert!(trace.events.last().is_none_or(|event| event.time <= trace.end));
    assert!(trace.end <= scenario.until && !(trace.quiescent && trace.exhausted));
    assert!(trace.unused_faults.iter().all(|&fault| fault < scenario.faults.len()));
    assert!(trace.unused_requests.iter().all(|&request| request < scenario.requests.len()));
}

fn check_messages(scenario: &Scenario, trace: &Trace) {
    let neighbours = scenario.network.topology.neighbours(scenario.nodes.len());
    let mut last = BTreeMap::new();
    for (id, message) in trace.messages.iter().enumerate() {
        let MessageName { from, to, number } = message.name;
        assert!(from != to && last.insert((from, to), number).unwrap_or(0) < number);
        assert_eq!(trace.events[message.sent].kind, EventKind::Send(id));
        for fate in std::iter::once(&message.fate).chain(&message.copies) {
            let expected = match *fate {
                Fate::InTransit { due } => {
                    assert!(due >= trace.end || !trace.quiescent);
                    continue;
                }
                Fate::Received(event) => (event, EventKind::Receive(id)),
                Fate::Lost(event, loss) => (event, EventKind::Lose(id, loss)),
            };
            let event = &trace.events[expected.0];
            assert_eq!((&event.kind, event.node), (&expected.1, to));
            assert!(expected.0 > message.sent);
            let linked = neighbours[from.index()].contains(to);
            let received = matches!(fate, Fate::Received(_));
            assert!(linked || !received);
        }
    }
    assert!(trace.sends() <= trace.messages.len());
}

/// A node that is down or paused does nothing; a silent traitor sends nothing.
fn check_nodes(scenario: &Scenario, trace: &Trace) {
    let mut up = NodeSet::first(scenario.nodes.len());
    let mut paused = NodeSet::EMPTY;
    let mut silent = NodeSet::EMPTY;
    let scripted: BTreeSet<_> = scenario.faults.iter().filter_map(Fault::message).collect();
    for event in &trace.events {
        let node = event.node;
        match event.kind {
            EventKind::Crash => {
                assert!(up.contains(node));
                up.remove(node);
                paused.remove(node);
            }
            EventKind::Recover => assert!(up.insert(node)),
            EventKind::Pause => assert!(up.contains(node) && paused.insert(node)),
            EventKind::Resume => {
                assert!(paused.contains(node));
                paused.remove(node);
            }
            EventKind::Traitor(Strategy::Silent) => assert!(silent.insert(node)),
            EventKind::Traitor(_) | EventKind::Lose(..) => {}
            EventKind::Send(message) => {
                let name = trace.messages[message].name;
                let shared = trace.messages[message].transmission.is_some();
                assert!(!silent.contains(node) || shared || scripted.contains(&name));
                assert!(up.contains(node) && !paused.contains(node));
            }
            _ => assert!(up.contains(node) && !paused.contains(node), "{event:?}"),
        }
    }
}

/// Number of events up to which a run is explained, and searched from, in a group of up to three: both run it again
/// many times.
const EXPLAINED: usize = 200;
const SEARCHED: usize = 120;

/// A scenario in the command line: link, open, explain, search with a small budget.
fn check_way(scenario: &Scenario, bytes: &[u8]) {
    let outcome = Outcome::of(scenario.clone()).expect("the requests have been read");
    let fragment = link::fragment(scenario, Some(&"0123456789abcdef".repeat(4)));
    if fragment.len() <= link::MAX_LINK {
        let opened = link::decode(&fragment).expect("a link that is made is read");
        assert_eq!((&opened.scenario, opened.digest.as_deref()), (scenario, Some("01234567")));
    }
    let events = outcome.trace.events.len();
    let violated = || outcome.report.judgements.iter().filter(|it| it.verdict.is_violated());
    if events <= EXPLAINED && scenario.faults.len() <= 20 {
        for judgement in violated().take(2) {
            let target = Target::Violation(judgement.property);
            let explanation = diagram::explain(&outcome, &target).expect("it is violated");
            assert!(!explanation.text().is_empty());
            assert!(explanation.path.iter().all(|event| *event < events));
        }
    }
    // One input in eight: a search runs the scenario dozens of times.
    let drawn = bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_mul(5).wrapping_add(*byte)) % 8;
    if drawn != 0 || events > SEARCHED || scenario.nodes.len() > 3 || scenario.faults.len() > 20 {
        return;
    }
    let mut asked = search::Asked::of(scenario.clone()).expect("the protocol is known");
    asked.limit = 1 + u64::from(bytes.first().copied().unwrap_or_default() % 3);
    asked.targets.truncate(1);
    let mut search = Search::new(asked.task()).expect("its requests were read");
    let mut steps = 0;
    while !search.is_over() {
        for finding in search.advance(Workers::ONE) {
            let shown = Outcome::of(finding.scenario).expect("it was run before");
            assert!(!shown.report.judgements.is_empty());
        }
        steps += 1;
        assert!(steps < 10_000, "a search with a small budget ends");
    }
    let results = search::Results { coverage: search.coverage(), asked, findings: Vec::new() };
    assert!(!search::sentence(&results.asked, &results.coverage, 0).is_empty());
    let read =
        search::read(&search::write(&results)).expect("results are read as they are written");
    assert_eq!(read.coverage, results.coverage);
}
