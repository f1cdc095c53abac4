//! What is said about one run: every property's verdict, what was broken, and the run's class.

use std::{cell::OnceCell, fmt};

use super::{Breach, Cause, assumptions::relied_on, chain};
use crate::kernel::{
    EventId, Kind, Monitor, Observation, Pasts, Property, Protocol, Rule, Scenario, Seen, Setting,
    Time, Trace, Verdict,
};

/// What is said about one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Which.
    pub property: &'static Property,
    /// Whether the protocol promises it.
    pub promised: bool,
    /// What is said.
    pub verdict: Verdict,
}

/// All that is said about a run in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Every property, in the protocol's order.
    pub judgements: Vec<Judgement>,
    /// The assumptions that the run broke, in the protocol's order.
    pub breaches: Vec<Breach>,
    /// The fault-tolerance class; none while a promise is undecided.
    pub class: Option<Class>,
    /// By the places of the properties: what was found about the causes of the violations. Empty before they were
    /// sought, since that takes many runs.
    pub causes: OnceCell<Vec<Option<Cause>>>,
}

/// How wrong a run went, by the promises that it kept (note 001; Arora and Gouda 1993).
#[derive(Clone, Copy, Debug, PartialEq, Eq, derive_more::Display)]
pub enum Class {
    /// Safe and live.
    #[display("masking")]
    Masking,
    /// Safe, not live.
    #[display("fail-safe")]
    FailSafe,
    /// Live, not safe.
    #[display("non-masking")]
    NonMasking,
    /// Neither.
    #[display("intolerant")]
    Intolerant,
}

impl Class {
    /// The class of a run that kept its safety, its liveness, both or neither.
    #[must_use]
    pub const fn of(safe: bool, live: bool) -> Self {
        match (safe, live) {
            (true, true) => Self::Masking,
            (true, false) => Self::FailSafe,
            (false, true) => Self::NonMasking,
            (false, false) => Self::Intolerant,
        }
    }
}

/// Judges the first `events` events of a run; all of them, and it is judged as it is in the end.
#[must_use]
pub fn judge(
    protocol: &Protocol,
    scenario: &Scenario,
    trace: &Trace,
    events: EventId,
) -> Vec<Judgement> {
    let mut judging = Judging::new(protocol, scenario);
    judging.advance(trace, events);
    judging.say(trace)
}

/// Monitors that watch a run, event by event.
#[derive(Clone)]
pub struct Watching {
    monitors: Vec<Box<dyn Monitor>>,
    /// Only where a monitor asks for it.
    pasts: Option<Pasts>,
    seen: EventId,
    /// See [`Setting::time_to_serve`].
    time_to_serve: Option<Time>,
    /// The time of the last crash or recovery.
    last_failure: Time,
}

impl Watching {
    /// Before the first event of a run in this setting.
    #[must_use]
    pub fn new(monitors: Vec<Box<dyn Monitor>>, setting: &Setting) -> Self {
        let needs_past = monitors.iter().any(|monitor| monitor.needs().past);
        Self {
            monitors,
            pasts: needs_past.then(|| Pasts::new(setting.nodes)),
            seen: 0,
            time_to_serve: setting.time_to_serve,
            last_failure: 0,
        }
    }

    /// Looks on, until so many events of the trace were looked at.
    pub fn advance(&mut self, trace: &Trace, until: EventId) {
        let until = until.min(trace.events.len());
        while self.seen < until {
            let (id, event) = (self.seen, &trace.events[self.seen]);
            self.seen += 1;
            let past = self.pasts.as_mut().map(|pasts| pasts.next(event));
            let Some(seen) = Observation::of(id, event) else { continue };
            if matches!(seen.what, Seen::Crash | Seen::Recover) {
                self.last_failure = seen.time;
            }
            for monitor in &mut self.monitors {
                match past {
                    Some(past) => monitor.observe_after(&seen, past),
                    None => monitor.observe(&seen),
                }
            }
        }
    }

    /// What each would say if the run ended with the last event that was looked at.
    pub fn if_it_ended(&self, trace: &Trace) -> impl Iterator<Item = Verdict> {
        let last = trace.events[..self.seen].last();
        let end = last.map_or(0, |event| event.time);
        self.monitors.iter().map(move |monitor| self.in_the_end(monitor.as_ref(), trace, end))
    }

    /// What a monitor says if the run ends at this time without being at rest. What is owed for less than the
    /// time to serve is undecided: the horizon came before it was due.
    fn in_the_end(&self, monitor: &dyn Monitor, trace: &Trace, end: Time) -> Verdict {
        let verdict = monitor.verdict(true);
        let Verdict::Violated { witness, .. } = &verdict else { return verdict };
        let Some((time_to_serve, first)) = self.time_to_serve.zip(witness.first()) else {
            return verdict;
        };
        let since = trace.events[*first].time.max(self.last_failure);
        // What is violated for good is so before the end, too.
        if end.saturating_sub(since) < time_to_serve { monitor.verdict(false) } else { verdict }
    }

    /// What each says so far, or in the end, if all events were looked at.
    pub fn say(&self, trace: &Trace) -> impl Iterator<Item = Verdict> {
        let over = self.seen == trace.events.len() && !trace.exhausted;
        self.monitors.iter().map(move |monitor| {
            if over && !trace.quiescent {
                self.in_the_end(monitor.as_ref(), trace, trace.end)
            } else {
                monitor.verdict(over)
            }
        })
    }
}

/// Who judges a run, event by event: so that a long run can be judged in parts, and further as it goes on.
#[derive(Clone)]
pub struct Judging {
    /// Each with whether it is promised.
    properties: Vec<(&'static Property, bool)>,
    watching: Watching,
}

impl Judging {
    /// Before the first event of a scenario's run.
    #[must_use]
    pub fn new(protocol: &Protocol, scenario: &Scenario) -> Self {
        let setting = Setting::of(protocol, scenario);
        let monitors = protocol.properties().map(|(property, _)| (property.monitor)(&setting));
        let watching = Watching::new(monitors.collect(), &setting);
        Self { properties: protocol.properties().collect(), watching }
    }

    /// How many events were looked at.
    #[must_use]
    pub const fn seen(&self) -> EventId {
        self.watching.seen
    }

    /// Looks on, until so many events of the trace were looked at.
    pub fn advance(&mut self, trace: &Trace, until: EventId) {
        self.watching.advance(trace, until);
    }

    /// What is said so far, or in the end, if all events were looked at.
    #[must_use]
    pub fn say(&self, trace: &Trace) -> Vec<Judgement> {
        let verdicts = self.properties.iter().zip(self.watching.say(trace));
        let say = |(&(property, promised), verdict)| Judgement { property, promised, verdict };
        verdicts.map(say).collect()
    }
}

impl fmt::Debug for Judging {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Judging({} events)", self.seen())
    }
}

/// Judges a whole run.
#[must_use]
pub fn report(protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> Report {
    let judgements = judge(protocol, scenario, trace, trace.events.len());
    report_of(judgements, protocol, scenario, trace)
}

/// The same, its verdicts being known.
#[must_use]
pub fn report_of(
    judgements: Vec<Judgement>,
    protocol: &Protocol,
    scenario: &Scenario,
    trace: &Trace,
) -> Report {
    let mut breaches: Vec<Breach> = relied_on(protocol, scenario)
        .into_iter()
        .filter_map(|assumption| assumption.breach(protocol, scenario, trace))
        .collect();
    // What is relied on for two reasons is broken once.
    let mut said = Vec::new();
    breaches.retain(|breach| {
        let news = !said.contains(&(breach.rule, breach.kind));
        said.push((breach.rule, breach.kind));
        news
    });
    let judgements = decided_only_if_over(judgements, &breaches, protocol, scenario, trace);
    let promised = || judgements.iter().filter(|judgement| judgement.promised);
    let kept = |kind| !promised().any(|j| j.property.kind == kind && j.verdict.is_violated());
    let decided = !promised().any(|j| matches!(j.verdict, Verdict::Undecided(_)));
    let class = decided.then(|| Class::of(kept(Kind::Safety), kept(Kind::Liveness)));
    Report { judgements, breaches, class, causes: OnceCell::new() }
}

/// The verdicts on a run that is cut before it is at rest, of a protocol that comes to rest: what is still owed then
/// may yet be met, so that it is undecided unless something that it relies on is broken.
fn decided_only_if_over(
    mut judgements: Vec<Judgement>,
    breaches: &[Breach],
    protocol: &Protocol,
    scenario: &Scenario,
    trace: &Trace,
) -> Vec<Judgement> {
    let matters = |breach: &Breach| breach.kind.is_none_or(|kind| kind == Kind::Liveness);
    let broken = |breach: &Breach| breach.rule != Rule::RunsToRest && matters(breach);
    let owed = |it: &Judgement| it.property.kind == Kind::Liveness && it.verdict.is_violated();
    let rests = protocol.perpetual.is_none();
    if trace.quiescent || !rests || breaches.iter().any(broken) || !judgements.iter().any(owed) {
        return judgements;
    }
    let mut judging = Judging::new(protocol, scenario);
    judging.advance(trace, trace.events.len());
    let so_far = judging.watching.monitors.iter().map(|monitor| monitor.verdict(false));
    for (judgement, verdict) in judgements.iter_mut().zip(so_far) {
        if owed(judgement) {
            judgement.verdict = verdict;
        }
    }
    judgements
}

impl Report {
    /// When a violated property was: at the event that completed it, or, for liveness, at the end.
    #[must_use]
    pub fn violated_at(judgement: &Judgement, trace: &Trace) -> Option<Time> {
        match (&judgement.verdict, judgement.property.kind) {
            (Verdict::Violated { witness, .. }, Kind::Safety) => {
                witness.iter().max().map(|&event| trace.events[event].time)
            }
            (Verdict::Violated { .. }, Kind::Liveness) => Some(trace.end),
            _ => None,
        }
    }

    /// The broken assumptions that promises of this kind rely on.
    pub fn breaches_of(&self, kind: Kind) -> impl Iterator<Item = &Breach> + Clone {
        self.breaches.iter().filter(move |breach| breach.kind.is_none_or(|only| only == kind))
    }

    /// What was found about the cause of a violation; none before it was sought.
    #[must_use]
    pub fn cause(&self, judgement: &Judgement) -> Option<&Cause> {
        let mut judgements = self.judgements.iter();
        let place = judgements.position(|it| it.property == judgement.property)?;
        self.causes.get()?.get(place)?.as_ref()
    }

    /// The broken assumption that a violation is put down to: its cause, where that was sought and found; or else one
    /// that led to it; or else the first that was broken by then.
    #[must_use]
    pub fn broke(&self, judgement: &Judgement, trace: &Trace) -> Option<&Breach> {
        let Verdict::Violated { witness, .. } = &judgement.verdict else { return None };
        if let Some(culprit) = self.cause(judgement).and_then(Cause::culprit) {
            return Some(culprit);
        }
        let mut relevant = self.breaches_of(judgement.property.kind);
        if judgement.property.kind == Kind::Liveness {
            return relevant.next();
        }
        let completed = witness.iter().max().copied();
        let led_to_it = chain(trace, witness).events;
        let mut in_time =
            relevant.filter(|breach| completed.is_some_and(|event| breach.stands_at(event)));
        let causes =
            |breach: &&Breach| breach.event.is_some_and(|event| led_to_it.contains(&event));
        in_time.clone().find(causes).or_else(|| in_time.next())
    }
}
