//! Assumptions on the speed of messages and processes.

use super::{
    Breach, Examined,
    crashes::struck,
    fault_path,
    messages::{
        Downtime, copy_too_late, delay_of, first_of, first_receipt, link_path, loss_of,
        original_lost,
    },
};
use crate::{
    analysis::Repair,
    kernel::{
        Event, EventId, EventKind, Fate, LinkSpec, Mercy, Message, MessageName, NodeId, Rule,
        Scenario, Time, Trace,
    },
};

/// A breach of synchrony: a message that is late, by its place, or a pause, by its event.
enum Slow {
    Message(usize),
    Pause,
}

/// Synchrony: the messages that are late, and the pauses.
pub(super) fn synchrony(run: Examined) -> Vec<Breach> {
    let Examined { rule, scenario, trace, most, .. } = run;
    let Some(bound) = scenario.network.timing.bound() else {
        let why = "the network is asynchronous: it has no delay bound".to_owned();
        let longest = scenario.network.links.iter().map(|link| link.delay.max);
        let bound = longest.fold(scenario.network.delay.max, Time::max).max(1);
        let breach = Breach::from_the_start(rule, "network.timing".to_owned(), why);
        return vec![Breach { repair: Some(Repair::Bound(bound)), ..breach }];
    };
    let downtime = Downtime::of(scenario, trace);
    let pauses = trace.events.iter().enumerate();
    let pauses = pauses.filter(|(_, event)| event.kind == EventKind::Pause);
    let stood_still: Vec<(NodeId, Time)> =
        pauses.clone().map(|(_, event)| (event.node, event.time)).collect();
    let mut found: Vec<_> = pauses.map(|(id, _)| (id, Slow::Pause)).collect();
    for (place, message) in trace.messages.iter().enumerate() {
        let due = trace.events[message.sent].time + bound;
        if due <= trace.end
            && missed(trace, &downtime, message, due)
            && !waited(scenario, trace, &stood_still, message, due)
        {
            // It is late from the moment on at which it was due.
            let since = trace.events.partition_point(|event| event.time < due);
            found.push((since, Slow::Message(place)));
        }
    }
    first_of(found, most, |event, slow| match slow {
        Slow::Pause => pause_of(rule, scenario, trace, event),
        Slow::Message(place) => lateness_of(rule, scenario, trace, bound, event, *place),
    })
}

/// True if a message was still in transit when it was due. Its later fate does not matter. A node that was down then
/// missed nothing.
fn missed(trace: &Trace, downtime: &Downtime, message: &Message, due: Time) -> bool {
    if let Some(receipt) = first_receipt(message) {
        return trace.events[receipt].time > due;
    }
    let ends = message.fates().map(|way| match way {
        Fate::InTransit { due } => due,
        Fate::Received(event) | Fate::Lost(event, _) => trace.events[event].time,
    });
    ends.max().is_some_and(|end| end > due) && !downtime.is_down(message.name.to, due, due)
}

/// True if a message received late may have arrived in time and waited for its paused receiver to resume.
fn waited(
    scenario: &Scenario,
    trace: &Trace,
    pauses: &[(NodeId, Time)],
    message: &Message,
    due: Time,
) -> bool {
    let Some(receipt) = first_receipt(message) else { return false };
    let (node, time) = (message.name.to, trace.events[receipt].time);
    let since = pauses.iter().filter(|(who, at)| *who == node && *at <= time);
    let Some((_, since)) = since.max_by_key(|(_, at)| *at) else { return false };
    let resumed = trace.events[..receipt].iter().rev();
    let mut resumed = resumed.take_while(|event| event.time == time);
    *since <= due
        && resumed.any(|event| event.node == node && event.kind == EventKind::Resume)
        && delay_of(scenario, message.name).is_none()
}

fn pause_of(rule: Rule, scenario: &Scenario, trace: &Trace, event: EventId) -> Breach {
    let fault = struck(scenario, trace, event);
    let Event { node, time, .. } = &trace.events[event];
    let why = format!("{node} paused at {time} ms");
    let repair = fault.map(Repair::Without);
    Breach { repair, ..Breach::at(rule, event, fault_path(fault), why) }
}

fn lateness_of(
    rule: Rule,
    scenario: &Scenario,
    trace: &Trace,
    bound: Time,
    since: EventId,
    place: usize,
) -> Breach {
    let message = &trace.messages[place];
    let (name, sent) = (message.name, trace.events[message.sent].time);
    let written = message.words(scenario);
    let why = match first_receipt(message) {
        Some(event) => {
            format!("{written} took {} ms, more than {bound}", trace.events[event].time - sent)
        }
        None => format!("{written}, sent at {sent} ms, had not arrived {bound} ms later"),
    };
    // A message that is lost after it was due counts as late.
    let gone = original_lost(message).filter(|(lost, _)| trace.events[*lost].time <= sent + bound);
    let breach = match (gone, delay_of(scenario, name)) {
        (Some((_, loss)), _) => {
            copy_too_late(loss_of(rule, scenario, since, message, loss), &why, loss)
        }
        (None, Some(fault)) => {
            let repair = Some(Repair::Without(fault));
            Breach { repair, ..Breach::at(rule, since, fault_path(Some(fault)), why) }
        }
        (None, None) => {
            let repair = Some(Repair::Spare(name, Mercy::Within(bound)));
            Breach { repair, ..Breach::at(rule, since, slow_path(scenario, name, bound), why) }
        }
    };
    let event = (since < trace.events.len()).then_some(since);
    Breach { event, due: Some(sent + bound), ..breach }
}

/// Path of the setting that makes a link's messages slow: its delay, or its rate if no delay is longer than the bound.
fn slow_path(scenario: &Scenario, name: MessageName, bound: Time) -> String {
    let is_own = |link: &&LinkSpec| (link.from, link.to) == (name.from, name.to);
    let own = scenario.network.links.iter().rfind(is_own);
    let by_rate = own.is_some_and(|link| link.rate.is_some() && link.delay.max <= bound);
    link_path(scenario, name, if by_rate { "rate" } else { "delay" })
}
