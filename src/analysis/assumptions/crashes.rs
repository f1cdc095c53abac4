//! Assumptions on crashes and recoveries.

use super::{Breach, Examined, fault_path};
use crate::{
    analysis::Repair,
    kernel::{
        Detector, Event, EventId, EventKind, Failures, Fault, NodeSet, ParameterName, Scenario,
        SortedMap, Trace,
    },
};

/// Processes that receive a request stay up.
pub(super) fn requesters_stay_up(run: Examined) -> Vec<Breach> {
    let crashed = crashed_when_asked(run.trace);
    crashed.into_iter().take(run.most).map(|event| crash(run, "", event)).collect()
}

/// Processes that receive this request are up when the run ends.
pub(super) fn requesters_recover(run: Examined, request: &str) -> Vec<Breach> {
    let gone = stay_down(run.scenario, run.trace, request).into_iter().take(run.most);
    let breaches = gone.map(|event| crash(run, "", event)).map(|mut breach| {
        breach.why.push_str(", and never recovered");
        breach
    });
    breaches.collect()
}

/// No crash separates a write from its request or from the indication that follows it.
pub(super) fn no_crash_at_writes(run: Examined) -> Vec<Breach> {
    let crashed = crashed_at_a_write(run.trace).into_iter().take(run.most);
    crashed.map(|event| crash(run, ", in the middle of its writes,", event)).collect()
}

/// No process crashes.
pub(super) fn no_crashes(run: Examined) -> Vec<Breach> {
    all_crashes(run.trace).take(run.most).map(|event| crash(run, "", event)).collect()
}

/// Routers stay up.
pub(super) fn no_router_crashes(run: Examined) -> Vec<Breach> {
    let routers = run.scenario.network.topology.routers();
    let is_router = |event: &EventId| routers.contains(run.trace.events[*event].node);
    let crashed = all_crashes(run.trace).filter(is_router).take(run.most);
    crashed.map(|event| crash(run, ", a router,", event)).collect()
}

/// At most as many processes crash as the parameter says.
pub(super) fn at_most_crashes(run: Examined, parameter: ParameterName) -> Vec<Breach> {
    let limit = run.integer(parameter) as usize;
    too_many(run, limit, |crashed| format!("{crashed} crashed, at most {limit} may"))
}

/// A majority of the processes is correct.
pub(super) fn majority_correct(run: Examined) -> Vec<Breach> {
    let size = run.scenario.nodes.len();
    let limit = size.div_ceil(2) - 1;
    too_many(run, limit, |crashed| format!("{crashed} crashed, {} of {size}", crashed.len()))
}

/// Every crash is detected.
pub(super) fn crashes_are_detected(run: Examined) -> Vec<Breach> {
    if run.scenario.network.detector != Detector::None {
        return Vec::new();
    }
    let first = all_crashes(run.trace).next().map(|event| {
        let node = run.trace.events[event].node;
        let why = format!("{node} crashed, and no failure detector reports it");
        let culprit = "network.detector".to_owned();
        let repair = Some(Repair::Detector);
        Breach { repair, ..Breach::at(run.rule, event, culprit, why) }
    });
    first.into_iter().collect()
}

/// No process recovers.
pub(super) fn no_recoveries(run: Examined) -> Vec<Breach> {
    let events = run.trace.events.iter().enumerate();
    let back = events.filter(|(_, event)| event.kind == EventKind::Recover);
    let breaches = back.map(|(id, event)| {
        let why = format!("{} recovered at {} ms", event.node, event.time);
        by(run, id, why)
    });
    breaches.take(run.most).collect()
}

/// The breach by a crash; `role` describes the node.
fn crash(run: Examined, role: &str, event: EventId) -> Breach {
    let Event { node, time, .. } = &run.trace.events[event];
    by(run, event, format!("{node}{role} crashed at {time} ms"))
}

/// The breach by a crash, a recovery or a treason.
pub(super) fn by(run: Examined, event: EventId, why: String) -> Breach {
    let fault = struck(run.scenario, run.trace, event);
    let repair = fault.map(Repair::Without);
    Breach { repair, ..Breach::at(run.rule, event, fault_path(fault), why) }
}

/// Returns the fault that caused a crash, a recovery, a pause or a treason. If several strike at one moment, each
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

fn all_crashes(trace: &Trace) -> impl Iterator<Item = EventId> {
    let events = trace.events.iter().enumerate();
    events.filter(|(_, event)| event.kind == EventKind::Crash).map(|(id, _)| id)
}

/// Crashes of nodes that had received a request.
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

/// Crashes within a step that separate a request from its write, or a write from the indication that follows it.
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

/// Last crash of each node that received this request and is down when the run ends.
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

/// Crashes of more nodes than the limit. The last one is first, since it exceeded the limit; the repair of any other
/// one would help as well.
///
/// If nodes can recover, only those fail that stay down.
fn too_many(run: Examined, limit: usize, said: impl Fn(NodeSet) -> String) -> Vec<Breach> {
    let trace = run.trace;
    let comes_back = |event: EventId| {
        let node = trace.events[event].node;
        let mut later = trace.events[event..].iter();
        later.any(|it| it.node == node && it.kind == EventKind::Recover)
    };
    let recovers = run.protocol.failures == Failures::CrashRecovery;
    let fails = |event: &EventId| !recovers || !comes_back(*event);
    let mut crashed = NodeSet::EMPTY;
    let mut first =
        all_crashes(trace).filter(fails).filter(|event| crashed.insert(trace.events[*event].node));
    let within: Vec<EventId> = first.by_ref().take(limit).collect();
    let Some(last) = first.next() else { return Vec::new() };
    let counted = within.iter().chain([&last]).map(|event| trace.events[*event].node);
    let why = said(counted.collect());
    let all = [last].into_iter().chain(within).take(run.most);
    all.map(|event| Breach { from: last, ..by(run, event, why.clone()) }).collect()
}
