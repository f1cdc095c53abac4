//! The adversary of Fischer, Lynch and Paterson (1985, "Impossibility of Distributed Consensus with One Faulty
//! Process"): it only delays messages, and keeps a protocol undecided for as long as the run goes on.
//!
//! It takes the first decision of the run and looks at the messages that led to it, from the last one back. One of
//! these it holds back, and whatever would then decide in its place; and it lets each of them come as soon as it does
//! no harm any more, just after a later event of its receiver. Then it takes the next decision, and so on. Every delay
//! is finite: what is held back comes while still nobody has decided. What decides by a timer, by a request or by a
//! report about a crash it cannot hinder.

use std::fmt;

use super::objective::longer;
use crate::{
    analysis::{cause, trigger},
    kernel::{
        EventId, EventKind, Fate, Fault, Fingerprinter, MAX_FAULTS, MAX_TIME, MessageName,
        Property, Protocol, Scenario, Setting, Time, Trace, run, spell,
    },
};

/// How many of the messages that led to a decision are tried, from the last one back.
const LEVELS: usize = 4;
/// How many later events of its receiver a message is held back past at most, each in turn.
const NEXT: usize = 24;

/// How many messages are held back at once at most, where nothing else helps.
const MOST_HELD: usize = 60;

/// A protocol that is kept undecided.
#[derive(Clone, Debug, PartialEq)]
pub struct Undecided {
    /// The scenario, whose added faults are delays only.
    pub scenario: Scenario,
    /// What is waited for.
    pub property: &'static Property,
    /// How many messages are delayed.
    pub delays: usize,
    /// By how much at most, in virtual ms.
    pub longest: Time,
    /// How many of them come after the end of the run.
    pub late: usize,
    /// When the last of the delayed messages comes, in virtual ms.
    pub last: Time,
    /// What is decided if nothing is delayed.
    pub otherwise: Option<Decided>,
}

/// Why a protocol could not be kept undecided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inevitable {
    /// What is decided.
    pub decided: Decided,
    /// How many messages were delayed by then.
    pub delays: usize,
    /// Why that could not be put off.
    pub since: DecisionCause,
}

/// A decision: the first thing told that a liveness property takes note of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Who decides, by name.
    pub who: String,
    /// What it tells its application.
    pub what: String,
    /// When, in virtual ms.
    pub at: Time,
}

/// Why a decision could not be put off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionCause {
    /// It is the answer to a timer, or, if what led to it is held back, another decision is.
    Timer(Option<Decided>),
    /// It is the answer to the failure detector, or another decision is.
    Detector(Option<Decided>),
    /// It is the answer to what the application asks for, or the protocol's beginning; or another decision is.
    Asked(Option<Decided>),
    /// It is the answer to a message, and there is no later moment at which one of those that led to it does no harm.
    Message(String),
    /// It would take more delays than are allowed.
    Most,
}

/// The first decision of a run.
#[derive(Clone, Copy)]
struct FirstDecision {
    event: EventId,
    at: Time,
}

/// A scenario in which a decision comes later, if at all.
struct Postponement {
    scenario: Scenario,
    /// When it decides; the horizon if it does not.
    decides: Time,
    /// By how much messages are delayed in all.
    cost: Time,
}

/// How far messages are held back.
#[derive(Clone, Copy)]
struct HoldBounds {
    /// Past which moment a decision is put off.
    past: Time,
    /// How many are held back at once at most.
    most: usize,
}

struct Adversary<'a> {
    protocol: &'static Protocol,
    given: &'a Scenario,
    property: &'static Property,
    /// How far runs are looked at, in virtual ms.
    horizon: Time,
}

/// Delays messages of a scenario so that nothing which this liveness property waits for is told before its end.
///
/// # Errors
/// Why that does not go.
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
            return Ok(adversary.kept(now, otherwise));
        };
        otherwise.get_or_insert_with(|| adversary.decided(&trace, first));
        let delays = adversary.added(&now).count();
        let next =
            adversary.put_off(&now, &trace, first).ok_or_else(|| adversary.since(&now, first));
        let since = match next {
            Ok(next) if adversary.added(&next).count() <= most => {
                now = next;
                continue;
            }
            Ok(_) => DecisionCause::Most,
            Err(since) => since,
        };
        let decided = adversary.decided(&trace, first);
        return Err(Box::new(Inevitable { decided, delays, since }));
    }
}

impl Adversary<'_> {
    fn run(&self, scenario: &Scenario) -> Trace {
        run(self.protocol, scenario).expect("its requests were read")
    }

    /// The first thing told that makes a difference to the property.
    fn first(&self, trace: &Trace) -> Option<FirstDecision> {
        let mut monitor = (self.property.monitor)(&Setting::of(self.protocol, self.given));
        for (event, it) in trace.events.iter().enumerate() {
            let Some(seen) = crate::kernel::Observation::of(event, it) else { continue };
            let print = |monitor: &dyn crate::kernel::Monitor| {
                let mut taken = Fingerprinter::new();
                monitor.identify(&mut taken);
                taken.fingerprint()
            };
            let before = print(&*monitor);
            monitor.observe(&seen);
            if matches!(it.kind, EventKind::Indicate { .. }) && print(&*monitor) != before {
                return Some(FirstDecision { event, at: it.time });
            }
        }
        None
    }

    /// A decision put off: of all ways the one that wins most time for the least delay.
    ///
    /// Where those that decide are out of step with each other, what is held back for one is let go only while something
    /// is held back for another: then it is tried to get past the end at once.
    fn put_off(&self, now: &Scenario, trace: &Trace, first: FirstDecision) -> Option<Scenario> {
        let few = HoldBounds { past: first.at, most: self.most_held() };
        let many = HoldBounds { past: self.given.until, most: MOST_HELD };
        let moves = |hold: HoldBounds| {
            let held =
                (0..LEVELS).filter_map(move |level| self.hold(now, trace, first, level, hold));
            held.collect::<Vec<Postponement>>()
        };
        let moves = match moves(few) {
            none if none.is_empty() => moves(many),
            some => some,
        }
        .into_iter();
        let best = moves.reduce(|one, other| {
            let won = |it: &Postponement| u128::from(it.decides - first.at);
            let better = won(&other) * u128::from(one.cost) > won(&one) * u128::from(other.cost);
            if better { other } else { one }
        });
        best.map(|it| it.scenario)
    }

    /// Holds back the message at this place of those that led to the decision, and whatever decides instead; and lets
    /// them come as soon as they do no harm.
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
        let mut hindered = (first, None::<Trace>);
        while held.len() < most {
            let trace = hindered.1.as_ref().unwrap_or(trace);
            let (name, came) = *led_to(trace, hindered.0.event).get(level)?;
            if held.iter().any(|(other, _)| *other == name) {
                return None;
            }
            held.push((name, came));
            delay(&mut scenario, name, self.horizon);
            let trace = self.run(&scenario);
            let next = self.first(&trace);
            if next.is_none_or(|next| next.at > past)
                && let Some(found) = self.release(scenario.clone(), &held, past)
            {
                return Some(found);
            }
            hindered = (next?, Some(trace));
        }
        None
    }

    /// Lets each of the messages that are held back come just after a later event of its receiver, the earliest after
    /// which nobody decides for it; none if there is none.
    fn release(
        &self,
        mut scenario: Scenario,
        held: &[(MessageName, Time)],
        since: Time,
    ) -> Option<Postponement> {
        let mut cost = 0;
        let mut decides = None;
        for (name, came) in held {
            let trace = self.run(&scenario);
            let limit = self.first(&trace).map_or(self.horizon, |first| first.at);
            let own = trace.events.iter().filter(|event| event.node == name.to);
            let mut times: Vec<Time> = own
                .map(|event| event.time + 1)
                .filter(|at| (came + 1..limit).contains(at))
                .collect();
            times.dedup();
            let found = times.into_iter().take(NEXT).find_map(|at| {
                let mut other = scenario.clone();
                sooner(&mut other, *name, self.horizon - (at - came));
                let first = self.first(&self.run(&other));
                let later = first.is_none_or(|first| first.at > since.max(at));
                later.then_some((other, at, first))
            });
            let (other, at, first) = found?;
            scenario = other;
            cost += at - came;
            decides = first;
        }
        let decides = decides.map_or(self.horizon, |first| first.at);
        Some(Postponement { scenario, decides, cost })
    }

    /// What was reached, without what is not needed.
    fn kept(&self, mut now: Scenario, otherwise: Option<Decided>) -> Undecided {
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
            let comes = match met.map(crate::kernel::Message::overall) {
                Some(Fate::Received(event) | Fate::Lost(event, _)) => trace.events[event].time,
                Some(Fate::InFlight { due }) => due,
                None => continue,
            };
            late += usize::from(comes > until);
            last = last.max(comes);
        }
        let delays = self.added(&now).count();
        // What was said of the run before is no longer true.
        let scenario = Scenario { until, ..now };
        Undecided { scenario, property, delays, longest, late, last, otherwise }
    }

    /// The delays that were not given.
    fn added<'b>(&'b self, now: &'b Scenario) -> impl Iterator<Item = (&'b MessageName, &'b Time)> {
        let new = now.faults.iter().filter(|fault| !self.given.faults.contains(fault));
        new.filter_map(|fault| match fault {
            Fault::Delay { message, by } => Some((message, by)),
            _ => None,
        })
    }

    fn decided(&self, trace: &Trace, first: FirstDecision) -> Decided {
        let event = &trace.events[first.event];
        let what = match &event.kind {
            EventKind::Indicate { packet, .. } => spell(&packet.to_string(), &self.given.nodes),
            _ => String::new(),
        };
        Decided { who: self.given.name(event.node), what, at: first.at }
    }

    /// Why a decision could not be put off: what comes if the last message before it, and whatever decides instead, is
    /// held back.
    fn since(&self, now: &Scenario, first: FirstDecision) -> DecisionCause {
        let mut scenario = now.clone();
        let mut awaited = None;
        for _ in 0..self.most_held() {
            let trace = self.run(&scenario);
            let Some(next) = self.first(&trace) else { break };
            let answered = trigger(&trace, next.event).map(|event| &trace.events[event].kind);
            let instead = || {
                (next.event != first.event || next.at != first.at)
                    .then(|| self.decided(&trace, next))
            };
            match answered {
                Some(EventKind::Timer(_)) => return DecisionCause::Timer(instead()),
                Some(EventKind::Detect(_)) => return DecisionCause::Detector(instead()),
                Some(EventKind::Receive(message)) => {
                    let message = &trace.messages[*message];
                    let said = spell(&message.packet.to_string(), &self.given.nodes);
                    let name = self.given.message_name(message.name);
                    awaited.get_or_insert_with(|| format!("{name} ({said})"));
                    delay(&mut scenario, message.name, self.horizon);
                }
                _ => return DecisionCause::Asked(instead()),
            }
        }
        DecisionCause::Message(awaited.unwrap_or_default())
    }

    /// So many messages are held back at once at most: those of everybody to everybody, in small groups.
    fn most_held(&self) -> usize {
        let nodes = self.given.nodes.len();
        (nodes * nodes).min(4 * nodes)
    }
}

/// The messages that led to an event, each with when it came: the last one first.
fn led_to(trace: &Trace, event: EventId) -> Vec<(MessageName, Time)> {
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

/// Delays a message by so much more.
fn delay(scenario: &mut Scenario, name: MessageName, more: Time) {
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

/// Delays a message by so much less.
fn sooner(scenario: &mut Scenario, name: MessageName, less: Time) {
    for fault in &mut scenario.faults {
        if let Fault::Delay { message, by } = fault
            && *message == name
        {
            *by = by.saturating_sub(less).max(1);
        }
    }
}

/// In a sentence: `4 delays, none longer than 90 ms: every delayed message comes, and nobody decides before 1000 ms.`
impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { scenario, property, delays, longest, late, last, otherwise } = self;
        let until = scenario.until;
        let Some(otherwise) = otherwise else {
            return write!(
                f,
                "Nobody tells what {} waits for before {until} ms, even if nothing is delayed.",
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
            ["decide ", "commit", "abort"].iter().any(|it| otherwise.what.starts_with(it));
        let open = match decides {
            true => "nobody decides".to_owned(),
            false => format!("nobody tells what {} waits for", property.name),
        };
        write!(f, "and {open} before {until} ms. Without them {otherwise}.")
    }
}

/// `P1 tells decide red at 50 ms`.
impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { who, what, at } = self;
        write!(f, "{who} tells its application \"{what}\" at {at} ms")
    }
}

/// In a sentence: `It cannot be kept undecided: …`.
impl fmt::Display for Inevitable {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { decided, delays, since } = self;
        let plural = if *delays == 1 { "" } else { "s" };
        if *since == DecisionCause::Most {
            return write!(
                f,
                "It was not kept undecided: after {delays} delay{plural} {decided}, and to put that off takes more delays than are allowed."
            );
        }
        write!(
            f,
            "It cannot be kept undecided by delays found this way: after {delays} delay{plural} {decided}, "
        )?;
        let instead = |f: &mut fmt::Formatter, instead: &Option<Decided>| match instead {
            Some(Decided { who, what, at }) => {
                write!(f, "and if what led to it is held back, {who} tells \"{what}\" at {at} ms, ")
            }
            None => Ok(()),
        };
        match since {
            DecisionCause::Timer(other) => {
                instead(f, other)?;
                f.write_str("since a timer goes off there, whatever is late.")
            }
            DecisionCause::Detector(other) => {
                instead(f, other)?;
                f.write_str("since the failure detector reports, whatever is late.")
            }
            DecisionCause::Asked(other) => {
                instead(f, other)?;
                f.write_str("since it needs no message for that.")
            }
            DecisionCause::Message(message) => write!(
                f,
                "since {message} has to come some time, and nothing that happens before makes it harmless."
            ),
            DecisionCause::Most => Ok(()),
        }
    }
}

impl std::error::Error for Inevitable {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::NodeId;

    #[test]
    fn a_delay_grows_and_shrinks_in_place() {
        let mut scenario = Scenario::new("", Scenario::numbered(2));
        let name = MessageName { from: NodeId::new(0), to: NodeId::new(1), number: 1 };
        delay(&mut scenario, name, 20);
        delay(&mut scenario, name, 30);
        sooner(&mut scenario, name, 10);
        assert_eq!(scenario.faults, [Fault::Delay { message: name, by: 40 }]);
    }
}
