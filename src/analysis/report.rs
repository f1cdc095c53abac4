//! The report on a run: every property's verdict, the broken assumptions, and the run's class.

use std::cell::OnceCell;

use super::{Breach, Cause, Judgement, Judging, assumptions::relied_on, chain, judge};
use crate::kernel::{Assumption, Kind, Protocol, Rule, Scenario, Time, Trace, Verdict};

/// Verdicts on a whole run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Every property, in the protocol's order.
    pub judgements: Vec<Judgement>,
    /// The assumptions that the run broke, in the protocol's order.
    pub breaches: Vec<Breach>,
    /// The fault-tolerance class; none while a promise is undecided.
    pub class: Option<Class>,
    /// Causes of the violations, by the places of the properties. Empty until they are sought, since that takes many
    /// runs.
    pub causes: OnceCell<Vec<Option<Cause>>>,
}

/// Fault-tolerance class of a run, by the promised properties that hold (note 001; Arora and Gouda 1993).
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

    /// Returns its meaning, as safety and liveness.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Masking => "safe and live",
            Self::FailSafe => "safe, not live",
            Self::NonMasking => "live, not safe",
            Self::Intolerant => "neither safe nor live",
        }
    }
}

/// Judges a whole run.
#[must_use]
pub fn report(protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> Report {
    let judgements = judge(protocol, scenario, trace, trace.events.len());
    let mut reporting = Reporting::new(judgements, protocol, scenario);
    while !reporting.advance((protocol, scenario, trace), usize::MAX) {}
    reporting.finish()
}

/// The report on a run whose verdicts are known, worked out in slices.
#[derive(Clone, Debug)]
pub struct Reporting {
    judgements: Vec<Judgement>,
    relied_on: Vec<Assumption>,
    /// Number of assumptions that were judged.
    judged: usize,
    breaches: Vec<Breach>,
    /// The run judged as one that goes on, where an open obligation may still be met.
    again: Option<Judging>,
}

impl Reporting {
    /// Begins the report on a run with these verdicts.
    #[must_use]
    pub fn new(judgements: Vec<Judgement>, protocol: &Protocol, scenario: &Scenario) -> Self {
        let relied_on = relied_on(protocol, scenario);
        Self { judgements, relied_on, judged: 0, breaches: Vec::new(), again: None }
    }

    /// Judges one assumption, or so many events once more. True once the report is done.
    pub fn advance(
        &mut self,
        (protocol, scenario, trace): (&Protocol, &Scenario, &Trace),
        events: usize,
    ) -> bool {
        if let Some(again) = &mut self.again {
            again.advance(trace, again.seen().saturating_add(events));
            return again.seen() == trace.events.len();
        }
        if let Some(assumption) = self.relied_on.get(self.judged) {
            self.judged += 1;
            // An assumption that is listed twice is broken once.
            let found = assumption.breach(protocol, scenario, trace).filter(|found| {
                !self.breaches.iter().any(|it| (it.rule, it.kind) == (found.rule, found.kind))
            });
            self.breaches.extend(found);
            return false;
        }
        let undecided = self.may_be_met(protocol, scenario, trace);
        self.again = undecided.then(|| Judging::new(protocol, scenario));
        !undecided
    }

    /// True if a run ends before it is at rest, of a protocol whose runs end at rest: an open obligation may still be met,
    /// so liveness is undecided unless an assumption is broken.
    fn may_be_met(&self, protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> bool {
        let matters = |breach: &Breach| breach.kind.is_none_or(|kind| kind == Kind::Liveness);
        let broken = |breach: &Breach| breach.rule != Rule::RunsToQuiescence && matters(breach);
        !trace.quiescent
            && protocol.rests(scenario)
            && !self.breaches.iter().any(broken)
            && self.judgements.iter().any(is_owed)
    }

    /// Returns the report once it is done.
    #[must_use]
    pub fn finish(self) -> Report {
        let Self { mut judgements, breaches, again, .. } = self;
        if let Some(judging) = again {
            for (judgement, verdict) in judgements.iter_mut().zip(judging.so_far()) {
                if is_owed(judgement) {
                    judgement.verdict = verdict;
                }
            }
        }
        let promised = || judgements.iter().filter(|judgement| judgement.promised);
        let kept = |kind| !promised().any(|j| j.property.kind == kind && j.verdict.is_violated());
        let decided = !promised().any(|j| matches!(j.verdict, Verdict::Undecided(_)));
        let class = decided.then(|| Class::of(kept(Kind::Safety), kept(Kind::Liveness)));
        Report { judgements, breaches, class, causes: OnceCell::new() }
    }
}

/// True for a violated liveness property.
fn is_owed(judgement: &Judgement) -> bool {
    judgement.property.kind == Kind::Liveness && judgement.verdict.is_violated()
}

impl Report {
    /// True if the run violated a property.
    #[must_use]
    pub fn is_violated(&self) -> bool {
        self.judgements.iter().any(|judgement| judgement.verdict.is_violated())
    }

    /// Time of a violation: that of the event that completed it, or, for liveness, the end of the run.
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

    /// Broken assumptions on which promised properties of this kind rely.
    pub fn breaches_of(&self, kind: Kind) -> impl Iterator<Item = &Breach> + Clone {
        self.breaches.iter().filter(move |breach| breach.kind.is_none_or(|only| only == kind))
    }

    /// Cause of a violation; none before it was sought.
    #[must_use]
    pub fn cause(&self, judgement: &Judgement) -> Option<&Cause> {
        let mut judgements = self.judgements.iter();
        let place = judgements.position(|it| it.property == judgement.property)?;
        self.causes.get()?.get(place)?.as_ref()
    }

    /// Broken assumption to which a violation is attributed: its cause, if that was sought and found; otherwise one
    /// that
    /// led to it; otherwise the first that was broken by then.
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
            relevant.filter(|breach| completed.is_some_and(|event| breach.is_present_at(event)));
        let causes =
            |breach: &&Breach| breach.event.is_some_and(|event| led_to_it.contains(&event));
        in_time.clone().find(causes).or_else(|| in_time.next())
    }
}
