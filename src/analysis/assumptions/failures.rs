//! Assumptions on crashes, recoveries and traitors, and how a run breaks them.

use super::{Breach, fault_path, parameters::integer};
use crate::{
    analysis::Repair,
    kernel::{
        Detector, Event, EventId, EventKind, Failures, Fault, NodeSet, Protocol, Rule, Scenario,
        SortedMap, Trace,
    },
};

/// The fault that a crash, a recovery, a pause or a treason comes of: one that struck. Of several at one moment, each
/// event has its own.
pub(super) fn struck(scenario: &Scenario, trace: &Trace, event: EventId) -> Option<usize> {
    let happened = &trace.events[event];
    let alike = |other: &&Event| {
        other.node == happened.node
            && std::mem::discriminant(&other.kind) == std::mem::discriminant(&happened.kind)
    };
    let now = trace.events[..event].iter().rev();
    let before = now.take_while(|other| other.time == happened.time).filter(alike).count();
    let (node, time) = (happened.node, happened.time);
    let causes = |fault: &Fault| match (fault, &happened.kind) {
        (
            Fault::Crash { node: it, at, .. } | Fault::CrashWriting { node: it, at, .. },
            EventKind::Crash,
        )
        | (Fault::Recover { node: it, at }, EventKind::Recover)
        | (Fault::Pause { node: it, at, .. }, EventKind::Pause) => (*it, *at) == (node, time),
        (Fault::Traitor { node: it, .. }, EventKind::Traitor(_)) => *it == node,
        _ => false,
    };
    let faults = scenario.faults.iter().enumerate();
    let met = |fault: &usize| trace.unused_faults.binary_search(fault).is_err();
    let causes = faults.filter(|(_, fault)| causes(fault)).map(|(fault, _)| fault);
    let struck: Vec<usize> = causes.filter(met).collect();
    struck.get(before).or(struck.last()).copied()
}

/// A breach by a crash, a recovery or a treason.
fn by(rule: Rule, scenario: &Scenario, trace: &Trace, event: EventId, why: String) -> Breach {
    let fault = struck(scenario, trace, event);
    let repair = fault.map(Repair::Without);
    Breach { repair, ..Breach::at(rule, event, fault_path(fault), why) }
}

/// The breaches of a rule on crashes.
pub(super) fn crashes(
    rule: Rule,
    protocol: &Protocol,
    scenario: &Scenario,
    trace: &Trace,
    most: usize,
) -> Vec<Breach> {
    let crash = |who: &str, event: EventId| {
        let Event { node, time, .. } = &trace.events[event];
        by(rule, scenario, trace, event, format!("{node}{who} crashed at {time} ms"))
    };
    let size = scenario.nodes.len();
    match rule {
        Rule::RequestersStayUp => {
            let asked = crashed_when_asked(trace);
            asked.into_iter().take(most).map(|event| crash("", event)).collect()
        }
        Rule::RequestersComeBack(request) => {
            let gone = stay_down(scenario, trace, request).into_iter().take(most);
            let breaches = gone.map(|event| crash("", event)).map(|mut breach| {
                breach.why.push_str(", and never came back");
                breach
            });
            breaches.collect()
        }
        Rule::NoCutAtWrites => {
            let before = crashed_at_a_write(trace).into_iter().take(most);
            before.map(|event| crash(", in the middle of its writes,", event)).collect()
        }
        Rule::RoutersStayUp => {
            let routers = scenario.network.topology.routers();
            let crashed = all_crashes(trace).filter(|it| routers.contains(trace.events[*it].node));
            crashed.take(most).map(|event| crash(", a router,", event)).collect()
        }
        Rule::AtMostCrashes(parameter) => {
            let limit = integer(&scenario.params, parameter) as usize;
            let breaches = TooMany { rule, failures: protocol.failures, limit };
            breaches.of(scenario, trace, most, |crashed| {
                format!("{crashed} crashed, at most {limit} may")
            })
        }
        Rule::MajorityStaysUp => {
            let limit = size.div_ceil(2) - 1;
            let breaches = TooMany { rule, failures: protocol.failures, limit };
            breaches.of(scenario, trace, most, |crashed| {
                format!("{crashed} crashed, {} of {size}", crashed.len())
            })
        }
        Rule::CrashesAreDetected if scenario.network.detector != Detector::None => Vec::new(),
        Rule::CrashesAreDetected => {
            let first = all_crashes(trace).next().map(|event| {
                let node = trace.events[event].node;
                let why = format!("{node} crashed, and no failure detector tells");
                let culprit = "network.detector".to_owned();
                let repair = Some(Repair::Detector);
                Breach { repair, ..Breach::at(rule, event, culprit, why) }
            });
            first.into_iter().collect()
        }
        _ => all_crashes(trace).take(most).map(|event| crash("", event)).collect(),
    }
}

fn all_crashes(trace: &Trace) -> impl Iterator<Item = EventId> {
    let events = trace.events.iter().enumerate();
    events.filter(|(_, event)| event.kind == EventKind::Crash).map(|(id, _)| id)
}

/// The crashes of nodes that had been asked for something.
fn crashed_when_asked(trace: &Trace) -> Vec<EventId> {
    let mut asked = NodeSet::EMPTY;
    let events = trace.events.iter().enumerate();
    let crashed = events.filter(|(_, event)| match event.kind {
        EventKind::Request { .. } => {
            asked.insert(event.node);
            false
        }
        EventKind::Crash => asked.contains(event.node),
        _ => false,
    });
    crashed.map(|(id, _)| id).collect()
}

/// The crashes within a step that part a request from its write, or a write from what is told of it.
fn crashed_at_a_write(trace: &Trace) -> Vec<EventId> {
    let is_cut = |crash: &EventId| {
        let Event { node, time, .. } = trace.events[*crash];
        let now = trace.events[..*crash].iter().rev().take_while(|event| event.time == time);
        let mut own = now.filter(|event| event.node == node);
        let last = own.find(|event| {
            !matches!(event.kind, EventKind::Send(_) | EventKind::Timer(_) | EventKind::Note(_))
        });
        last.is_some_and(|event| {
            matches!(event.kind, EventKind::Request { .. } | EventKind::Persist)
        })
    };
    all_crashes(trace).filter(is_cut).collect()
}

/// The last crash of each node that was asked for this and is down in the end.
fn stay_down(scenario: &Scenario, trace: &Trace, request: &str) -> Vec<EventId> {
    let mut asked = NodeSet::EMPTY;
    let mut down = SortedMap::new();
    for (id, event) in trace.events.iter().enumerate() {
        match event.kind {
            EventKind::Request { index, .. } if scenario.requests[index].name == request => {
                asked.insert(event.node);
            }
            EventKind::Crash => {
                down.insert(event.node, id);
            }
            EventKind::Recover => {
                down.remove(&event.node);
            }
            _ => {}
        }
    }
    let gone = down.into_iter().filter(|(node, _)| asked.contains(*node));
    let mut gone: Vec<EventId> = gone.map(|(_, crash)| crash).collect();
    gone.sort_unstable();
    gone
}

/// A bound on the number of nodes that fail by crashing.
struct TooMany {
    rule: Rule,
    failures: Failures,
    limit: usize,
}

impl TooMany {
    /// The crashes of so many different nodes that one of them is too many: the last first, since it is the one that
    /// was too many; without any other of them there would be one less, too.
    ///
    /// Where nodes recover, only those fail that stay down.
    fn of(
        &self,
        scenario: &Scenario,
        trace: &Trace,
        most: usize,
        said: impl Fn(NodeSet) -> String,
    ) -> Vec<Breach> {
        let comes_back = |event: EventId| {
            let node = trace.events[event].node;
            let mut later = trace.events[event..].iter();
            later.any(|it| it.node == node && it.kind == EventKind::Recover)
        };
        let fails =
            |event: &EventId| self.failures != Failures::CrashRecovery || !comes_back(*event);
        let mut crashed = NodeSet::EMPTY;
        let mut first = all_crashes(trace)
            .filter(fails)
            .filter(|event| crashed.insert(trace.events[*event].node));
        let within: Vec<EventId> = first.by_ref().take(self.limit).collect();
        let Some(last) = first.next() else { return Vec::new() };
        let counted = within.iter().chain([&last]).map(|event| trace.events[*event].node);
        let why = said(counted.collect());
        let all = [last].into_iter().chain(within).take(most);
        let by = |event| by(self.rule, scenario, trace, event, why.clone());
        all.map(|event| Breach { from: last, ..by(event) }).collect()
    }
}

/// The nodes that come back.
pub(super) fn comebacks(
    rule: Rule,
    scenario: &Scenario,
    trace: &Trace,
    most: usize,
) -> Vec<Breach> {
    let events = trace.events.iter().enumerate();
    let back = events.filter(|(_, event)| event.kind == EventKind::Recover);
    let breaches = back.map(|(id, event)| {
        let why = format!("{} came back at {} ms without its memory", event.node, event.time);
        by(rule, scenario, trace, id, why)
    });
    breaches.take(most).collect()
}

/// The faulty nodes where they are too many, the last first: traitors, or, for those who tolerate traitors, nodes
/// that crash.
pub(super) fn betrayals(
    rule: Rule,
    scenario: &Scenario,
    trace: &Trace,
    limit: usize,
    most: usize,
) -> Vec<Breach> {
    let only_lies = rule == Rule::NobodyLies;
    let (mut traitors, mut crashed) = (NodeSet::EMPTY, NodeSet::EMPTY);
    let mut counted = Vec::new();
    for (id, event) in trace.events.iter().enumerate() {
        let counts = match event.kind {
            EventKind::Traitor(_) => traitors.insert(event.node),
            EventKind::Crash if !only_lies && !traitors.contains(event.node) => {
                crashed.insert(event.node)
            }
            _ => false,
        };
        if counts {
            counted.push(id);
        }
        if counted.len() > limit {
            break;
        }
    }
    let Some(&last) = counted.get(limit) else { return Vec::new() };
    let turned = match traitors.len() {
        0 => None,
        1 => Some(format!("{traitors} is a traitor")),
        _ => Some(format!("{traitors} are traitors")),
    };
    let fell = (!crashed.is_empty()).then(|| format!("{crashed} crashed"));
    let bound = || format!("at most {limit} of {} may be faulty", scenario.nodes.len());
    let said = turned.into_iter().chain(fell).chain((!only_lies).then(bound));
    let why = said.collect::<Vec<_>>().join(", ");
    let all = counted.into_iter().rev().take(most);
    all.map(|event| Breach { from: last, ..by(rule, scenario, trace, event, why.clone()) })
        .collect()
}
