//! The adversary of Fischer, Lynch and Paterson (1985, "Impossibility of Distributed Consensus with One Faulty
//! Process"): it delays messages, drops none, and keeps a protocol undecided until the run ends.
//!
//! The adversary takes the first decision of the run and the messages that led to it, from the last one back. It
//! holds back one of these messages, and each message that would cause a decision instead. It releases a held message
//! as soon as its delivery causes no decision: just after a later event of its receiver. Then it takes the next
//! decision, and so on. Every delay is finite: a held message is delivered while no node has decided. The adversary
//! cannot postpone a decision caused by a timer, a request or a report of the failure detector.

use std::fmt;

use super::objective::longer;
use crate::{
    analysis::{cause, trigger},
    kernel::{
        EventId, EventKind, Fate, Fault, Fingerprinter, MAX_FAULTS, MAX_TIME, MessageName,
        Property, Protocol, Scenario, Setting, Time, Trace, run, spell,
    },
};

/// Number of messages that led to a decision and are tried, from the last one back.
const LEVELS: usize = 4;
/// Number of later events of the receiver that are tried as the time of a held message.
const NEXT: usize = 24;

/// Number of messages held back at once, where nothing else helps.
const MOST_HELD: usize = 60;

/// Result of the adversary: the protocol stays undecided.
#[derive(Clone, Debug, PartialEq)]
pub struct Undecided {
    /// The scenario; its added faults are delays.
    pub scenario: Scenario,
    /// The liveness property that is not satisfied.
    pub property: &'static Property,
    /// Number of delayed messages.
    pub delays: usize,
    /// The longest delay, in virtual ms.
    pub longest: Time,
    /// Number of delayed messages that arrive after the end of the run.
    pub late: usize,
    /// Time at which the last delayed message arrives, in virtual ms.
    pub last: Time,
    /// The first decision if nothing is delayed.
    pub otherwise: Option<Decided>,
}

/// Result of the adversary: a decision that it could not postpone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inevitable {
    /// The decision.
    pub decided: Decided,
    /// Number of messages delayed by then.
    pub delays: usize,
    /// The reason.
    pub cause: DecisionCause,
}

/// A decision: the first indication that changes the state of a liveness property's monitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Name of the node that decides.
    pub node: String,
    /// The indication.
    pub indication: String,
    /// Time of the decision, in virtual ms.
    pub at: Time,
}

/// Reasons why a decision could not be postponed. A decision in a variant is the one made instead, if the messages
/// that led to the first are held back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionCause {
    /// A timer causes it.
    Timer(Option<Decided>),
    /// The failure detector causes it.
    Detector(Option<Decided>),
    /// A request, or the start of the protocol, causes it.
    Request(Option<Decided>),
    /// This message causes it, and no later delivery of the messages that led to it is harmless.
    Message(String),
    /// Postponing it takes more delays than are allowed.
    TooManyDelays,
}

/// The first decision of a run.
#[derive(Clone, Copy)]
struct FirstDecision {
    event: EventId,
    at: Time,
}

/// A scenario in which the decision comes later, or never.
struct Postponement {
    scenario: Scenario,
    /// Time of its first decision; the horizon if there is none.
    decides: Time,
    /// Sum of the added delays.
    cost: Time,
}

/// Bounds on holding messages back.
#[derive(Clone, Copy)]
struct HoldBounds {
    /// Time past which a decision is postponed.
    past: Time,
    /// Number of messages held back at once.
    most: usize,
}

struct Adversary<'a> {
    protocol: &'static Protocol,
    given: &'a Scenario,
    property: &'static Property,
    /// End of the runs that are examined, in virtual ms.
    horizon: Time,
}

/// Delays messages of a scenario so that no indication which this liveness property waits for occurs before its end.
///
/// # Errors
///
/// The decision that could not be postponed, with the reason.
pub fn adversary(
    protocol: &'static Protocol,
    scenario: &Scenario,
    property: &'static Property,
    most_delays: usize,
) -> Result<Undecided, Box<Inevitable>> {
    let horizon = longer(scenario.until);
    let adversary = Adversary { protocol, given: scenario, property, horizon };
    let mut now = Scenario { until: horizon, captions: Vec::new(), ..scenario.clone() };
    let mut otherwise = None;
    let most = most_delays.min(MAX_FAULTS - scenario.faults.len().min(MAX_FAULTS));
    loop {
        let trace = adversary.run(&now);
        let first = adversary.first(&trace);
        let Some(first) = first.filter(|first| first.at <= scenario.until) else {
            return Ok(adversary.without_excess_delays(now, otherwise));
        };
        otherwise.get_or_insert_with(|| adversary.decided(&trace, first));
        let delays = adversary.added(&now).count();
        let next =
            adversary.postpone(&now, &trace, first).ok_or_else(|| adversary.cause(&now, first));
        let cause = match next {
            Ok(next) if adversary.added(&next).count() <= most => {
                now = next;
                continue;
            }
            Ok(_) => DecisionCause::TooManyDelays,
            Err(cause) => cause,
        };
        let decided = adversary.decided(&trace, first);
        return Err(Box::new(Inevitable { decided, delays, cause }));
    }
}

impl Adversary<'_> {
    fn run(&self, scenario: &Scenario) -> Trace {
        run(self.protocol, scenario).expect("its requests were read")
    }

    /// Returns the first indication that changes the state of the property's monitor.
    fn first(&self, trace: &Trace) -> Option<FirstDecision> {
        let mut monitor = (self.property.monitor)(&Setting::of(self.protocol, self.given));
        for (event, it) in trace.events.iter().enumerate() {
            let Some(seen) = crate::kernel::Observation::of(event, it) else { continue };
            let fingerprint = |monitor: &dyn crate::kernel::Monitor| {
                let mut taken = Fingerprinter::new();
                monitor.identify(&mut taken);
                taken.fingerprint()
            };
            let before = fingerprint(&*monitor);
            monitor.observe(&seen);
            if matches!(it.kind, EventKind::Indicate { .. }) && fingerprint(&*monitor) != before {
                return Some(FirstDecision { event, at: it.time });
            }
        }
        None
    }

    /// Returns the scenario with the decision postponed; among the alternatives, the one with the most time gained
    /// per delay.
    ///
    /// Where nodes decide at different times, a message held for one decision is released only while another is held.
    /// Then the adversary tries to pass the end of the run at once.
    fn postpone(&self, now: &Scenario, trace: &Trace, first: FirstDecision) -> Option<Scenario> {
        let few = HoldBounds { past: first.at, most: self.most_held() };
        let many = HoldBounds { past: self.given.until, most: MOST_HELD };
        let alternatives = |hold: HoldBounds| {
            let held =
                (0..LEVELS).filter_map(move |level| self.hold(now, trace, first, level, hold));
            held.collect::<Vec<Postponement>>()
        };
        let alternatives = match alternatives(few) {
            none if none.is_empty() => alternatives(many),
            some => some,
        }
        .into_iter();
        let best = alternatives.reduce(|one, other| {
            let gained = |it: &Postponement| u128::from(it.decides - first.at);
            let better =
                gained(&other) * u128::from(one.cost) > gained(&one) * u128::from(other.cost);
            if better { other } else { one }
        });
        best.map(|it| it.scenario)
    }

    /// Holds back the message at this place among those that led to the decision, and each message that causes a
    /// decision instead; then releases them.
    fn hold(
        &self,
        now: &Scenario,
        trace: &Trace,
        first: FirstDecision,
        level: usize,
        HoldBounds { past, most }: HoldBounds,
    ) -> Option<Postponement> {
        let mut scenario = now.clone();
        let mut held = Vec::new();
        let mut last = (first, None::<Trace>);
        while held.len() < most {
            let trace = last.1.as_ref().unwrap_or(trace);
            let (name, received) = *messages_leading_to(trace, last.0.event).get(level)?;
            if held.iter().any(|(other, _)| *other == name) {
                return None;
            }
            held.push((name, received));
            lengthen_delay(&mut scenario, name, self.horizon);
            let trace = self.run(&scenario);
            let next = self.first(&trace);
            if next.is_none_or(|next| next.at > past)
                && let Some(found) = self.release(scenario.clone(), &held, past)
            {
                return Some(found);
            }
            last = (next?, Some(trace));
        }
        None
    }

    /// Delivers each held message just after a later event of its receiver, the earliest after which no decision
    /// follows; none if there is no such event.
    fn release(
        &self,
        mut scenario: Scenario,
        held: &[(MessageName, Time)],
        past: Time,
    ) -> Option<Postponement> {
        let mut cost = 0;
        let mut decides = None;
        for (name, received) in held {
            let trace = self.run(&scenario);
            let limit = self.first(&trace).map_or(self.horizon, |first| first.at);
            let own = trace.events.iter().filter(|event| event.node == name.to);
            let mut times: Vec<Time> = own
                .map(|event| event.time + 1)
                .filter(|at| (received + 1..limit).contains(at))
                .collect();
            times.dedup();
            let found = times.into_iter().take(NEXT).find_map(|at| {
                let mut other = scenario.clone();
                shorten_delay(&mut other, *name, self.horizon - (at - received));
                let first = self.first(&self.run(&other));
                let later = first.is_none_or(|first| first.at > past.max(at));
                later.then_some((other, at, first))
            });
            let (other, at, first) = found?;
            scenario = other;
            cost += at - received;
            decides = first;
        }
        let decides = decides.map_or(self.horizon, |first| first.at);
        Some(Postponement { scenario, decides, cost })
    }

    /// Returns the result without unnecessary delays.
    fn without_excess_delays(&self, mut now: Scenario, otherwise: Option<Decided>) -> Undecided {
        let own = self.given.faults.len();
        for place in (own..now.faults.len()).rev() {
            let mut fewer = now.clone();
            fewer.faults.remove(place);
            let first = self.first(&self.run(&fewer));
            if first.is_none_or(|first| first.at > self.given.until) {
                now = fewer;
            }
        }
        let trace = self.run(&now);
        let (until, property) = (self.given.until, self.property);
        let (mut longest, mut late, mut last) = (0, 0, 0);
        for (message, by) in self.added(&now) {
            longest = longest.max(*by);
            let met = trace.messages.iter().find(|it| it.name == *message);
            let arrives = match met.map(crate::kernel::Message::overall) {
                Some(Fate::Received(event) | Fate::Lost(event, _)) => trace.events[event].time,
                Some(Fate::InTransit { due }) => due,
                None => continue,
            };
            late += usize::from(arrives > until);
            last = last.max(arrives);
        }
        let delays = self.added(&now).count();
        let scenario = Scenario { until, ..now };
        Undecided { scenario, property, delays, longest, late, last, otherwise }
    }

    /// Returns the added delays.
    fn added<'b>(&'b self, now: &'b Scenario) -> impl Iterator<Item = (&'b MessageName, &'b Time)> {
        let new = now.faults.iter().filter(|fault| !self.given.faults.contains(fault));
        new.filter_map(|fault| match fault {
            Fault::Delay { message, by } => Some((message, by)),
            _ => None,
        })
    }

    fn decided(&self, trace: &Trace, first: FirstDecision) -> Decided {
        let event = &trace.events[first.event];
        let indication = match &event.kind {
            EventKind::Indicate { packet, .. } => spell(&packet.to_string(), &self.given.nodes),
            _ => String::new(),
        };
        Decided { node: self.given.name(event.node), indication, at: first.at }
    }

    /// Returns the reason why a decision could not be postponed: the cause of the decision that remains if the
    /// messages which led to it are held back.
    fn cause(&self, now: &Scenario, first: FirstDecision) -> DecisionCause {
        let mut scenario = now.clone();
        let mut awaited = None;
        for _ in 0..self.most_held() {
            let trace = self.run(&scenario);
            let Some(next) = self.first(&trace) else { break };
            let answer = trigger(&trace, next.event).map(|event| &trace.events[event].kind);
            let instead = || {
                (next.event != first.event || next.at != first.at)
                    .then(|| self.decided(&trace, next))
            };
            match answer {
                Some(EventKind::Timer(_)) => return DecisionCause::Timer(instead()),
                Some(EventKind::Detect(_)) => return DecisionCause::Detector(instead()),
                Some(EventKind::Receive(message)) => {
                    let message = &trace.messages[*message];
                    awaited.get_or_insert_with(|| message.words(self.given));
                    lengthen_delay(&mut scenario, message.name, self.horizon);
                }
                _ => return DecisionCause::Request(instead()),
            }
        }
        DecisionCause::Message(awaited.unwrap_or_default())
    }

    /// Returns the number of messages held back at once: one for each link, in small groups.
    fn most_held(&self) -> usize {
        let nodes = self.given.nodes.len();
        (nodes * nodes).min(4 * nodes)
    }
}

/// Returns the messages that led to an event, each with the time of its delivery, the last one first.
fn messages_leading_to(trace: &Trace, event: EventId) -> Vec<(MessageName, Time)> {
    let mut found = Vec::new();
    let mut at = Some(event);
    while let Some(event) = at {
        if let EventKind::Receive(message) = trace.events[event].kind {
            found.push((trace.messages[message].name, trace.events[event].time));
        }
        at = cause(trace, event);
    }
    found
}

/// Increases a message's delay.
fn lengthen_delay(scenario: &mut Scenario, name: MessageName, more: Time) {
    for fault in &mut scenario.faults {
        if let Fault::Delay { message, by } = fault
            && *message == name
        {
            *by = (*by + more).min(MAX_TIME);
            return;
        }
    }
    scenario.faults.push(Fault::Delay { message: name, by: more.min(MAX_TIME) });
}

/// Decreases a message's delay.
fn shorten_delay(scenario: &mut Scenario, name: MessageName, less: Time) {
    for fault in &mut scenario.faults {
        if let Fault::Delay { message, by } = fault
            && *message == name
        {
            *by = by.saturating_sub(less).max(1);
        }
    }
}

/// A sentence: `4 delays, none longer than 90 ms: every delayed message arrives, and no process decides before 1000 ms.`
impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { scenario, property, delays, longest, late, last, otherwise } = self;
        let until = scenario.until;
        let Some(otherwise) = otherwise else {
            return write!(
                f,
                "Nothing that {} waits for happens before {until} ms, even without delays.",
                property.name
            );
        };
        let plural = if *delays == 1 { "" } else { "s" };
        write!(f, "{delays} delay{plural}, none longer than {longest} ms: ")?;
        match late {
            0 => write!(f, "every delayed message arrives, the last at {last} ms, ")?,
            late => write!(
                f,
                "every delayed message arrives, {late} of them only after the end of the run, the last at {last} ms, "
            )?,
        }
        let decides =
            ["decide ", "commit", "abort"].iter().any(|it| otherwise.indication.starts_with(it));
        let open = match decides {
            true => "no process decides".to_owned(),
            false => format!("nothing that {} waits for happens", property.name),
        };
        write!(f, "and {open} before {until} ms. Without them {otherwise}.")
    }
}

/// `P1 indicates "decide red" at 50 ms`.
impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { node, indication, at } = self;
        write!(f, "{node} indicates \"{indication}\" at {at} ms")
    }
}

/// A sentence: `It cannot be kept undecided by delays found this way: …`.
impl fmt::Display for Inevitable {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { decided, delays, cause } = self;
        let plural = if *delays == 1 { "" } else { "s" };
        if *cause == DecisionCause::TooManyDelays {
            return write!(
                f,
                "It was not kept undecided: after {delays} delay{plural} {decided}, and more delays than allowed are needed to postpone that."
            );
        }
        write!(
            f,
            "It cannot be kept undecided by delays found this way: after {delays} delay{plural} {decided}, "
        )?;
        let instead = |f: &mut fmt::Formatter, instead: &Option<Decided>| match instead {
            Some(Decided { node, indication, at }) => {
                write!(
                    f,
                    "and if the message that led to it is delayed, {node} indicates \"{indication}\" at {at} ms, "
                )
            }
            None => Ok(()),
        };
        match cause {
            DecisionCause::Timer(other) => {
                instead(f, other)?;
                f.write_str("since a timer expires there, whatever is delayed.")
            }
            DecisionCause::Detector(other) => {
                instead(f, other)?;
                f.write_str("since the failure detector reports, whatever is delayed.")
            }
            DecisionCause::Request(other) => {
                instead(f, other)?;
                f.write_str("since this needs no message.")
            }
            DecisionCause::Message(message) => write!(
                f,
                "since {message} must arrive eventually, and no earlier event makes it harmless."
            ),
            DecisionCause::TooManyDelays => Ok(()),
        }
    }
}

impl std::error::Error for Inevitable {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::NodeId;

    #[test]
    fn delay_fault_lengthened_twice_stays_one_fault() {
        let mut scenario = Scenario::new("", Scenario::numbered(2));
        let name = MessageName { from: NodeId::new(0), to: NodeId::new(1), number: 1 };
        lengthen_delay(&mut scenario, name, 20);
        lengthen_delay(&mut scenario, name, 30);
        shorten_delay(&mut scenario, name, 10);
        assert_eq!(scenario.faults, [Fault::Delay { message: name, by: 40 }]);
    }
}
