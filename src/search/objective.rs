//! The objective of a search.

use std::iter;

use crate::{
    analysis::{Report, Watching, report},
    kernel::{
        EventId, Failures, Fate, Kind, MAX_TIME, Monitor, Needs, Protocol, Rule, Scenario, Setting,
        Time, Trace, Verdict, run,
    },
};

use super::Target;

/// A target, and the assumptions that a run may break to reach it.
#[derive(Clone)]
pub struct Objective {
    /// The target.
    pub target: Target,
    /// The assumptions that may be broken; none if all may.
    pub breaking: Option<Vec<Rule>>,
}

impl Objective {
    /// Returns an objective that allows any assumption to be broken.
    #[must_use]
    pub const fn at(target: Target) -> Self {
        Self { target, breaking: None }
    }

    /// Returns the monitor that is *violated* when a run reaches the target.
    #[must_use]
    pub fn monitor(&self, setting: &Setting) -> Box<dyn Monitor> {
        self.target.monitor(setting)
    }

    /// Returns what the monitor depends on.
    #[must_use]
    pub fn needs(&self) -> Needs {
        let alone = Setting { nodes: 1, failures: Failures::CrashStop, time_to_serve: None };
        self.monitor(&alone).needs()
    }

    /// True if only the end of a run reaches the target.
    #[must_use]
    pub fn is_liveness(&self) -> bool {
        self.target.kind() == Kind::Liveness
    }

    /// True if a run's own events reach the target.
    #[must_use]
    pub fn is_reached_in(&self, setting: &Setting, trace: &Trace) -> bool {
        let mut watching = Watching::new(vec![self.monitor(setting)], setting);
        watching.advance(trace, usize::MAX);
        watching.say(trace).any(|verdict| verdict.is_violated())
    }

    /// True if the target's monitor holds at the end of a run: the run passes.
    #[must_use]
    pub fn is_refuted(&self, setting: &Setting, trace: &Trace) -> bool {
        let mut watching = Watching::new(vec![self.monitor(setting)], setting);
        watching.advance(trace, usize::MAX);
        watching.say(trace).all(|verdict| verdict == Verdict::Holds)
    }

    /// True if a scenario's run reaches the target for good, and breaks only assumptions that it may break.
    ///
    /// In a run that is not at rest, a pending obligation may still be met. So such a run is repeated with more than
    /// twice the time. Then the target must be reached at the end, or again and again.
    #[must_use]
    pub fn is_reached(&self, protocol: &'static Protocol, scenario: &Scenario) -> bool {
        let Ok(trace) = run(protocol, scenario) else { return false };
        self.is_reached_by(protocol, scenario, &trace)
    }

    /// Like [`is_reached`](Self::is_reached), for a known run.
    #[must_use]
    pub fn is_reached_by(
        &self,
        protocol: &'static Protocol,
        scenario: &Scenario,
        trace: &Trace,
    ) -> bool {
        let setting = Setting::of(protocol, scenario);
        if !self.is_reached_in(&setting, trace) || !self.may_break(protocol, scenario, trace) {
            return false;
        }
        if !self.is_liveness() || trace.quiescent {
            return true;
        }
        // Messages in transit at the end get the time to arrive.
        let fates = trace.messages.iter().flat_map(|it| iter::once(&it.fate).chain(&it.copies));
        let dues = fates.filter_map(|fate| match *fate {
            Fate::InTransit { due } => Some(due),
            _ => None,
        });
        let last = match protocol.rests(scenario) {
            true => dues.fold(scenario.until, Time::max),
            false => scenario.until,
        };
        let longer = Scenario { until: longer(last), ..scenario.clone() };
        run(protocol, &longer).is_ok_and(|trace| self.persists(&setting, &trace))
    }

    /// True if the target is reached at the end, or again and again in the second half.
    fn persists(&self, setting: &Setting, trace: &Trace) -> bool {
        let mut watching = Watching::new(vec![self.monitor(setting)], setting);
        let (mut shown, mut recurrences) = (false, 0);
        for place in trace.events_until(trace.end / 2)..trace.events.len() {
            watching.advance(trace, place);
            let now = watching.if_it_ended(trace).any(|verdict| verdict.is_violated());
            recurrences += usize::from(now && !shown);
            shown = now;
        }
        watching.advance(trace, usize::MAX);
        recurrences > MOST_RECURRENCES || watching.say(trace).any(|verdict| verdict.is_violated())
    }

    fn may_break(&self, protocol: &'static Protocol, scenario: &Scenario, trace: &Trace) -> bool {
        let Some(allowed) = &self.breaking else { return true };
        let report = report(protocol, scenario, trace);
        // A safety violation is judged by the assumptions broken when it was completed.
        let completing_event = (!self.is_liveness())
            .then(|| self.completing_event(&Setting::of(protocol, scenario), trace));
        let mut breaches = report.breaches_of(self.target.kind());
        breaches.all(|breach| {
            let counts = completing_event.flatten().is_none_or(|event| breach.is_present_at(event));
            !counts || allowed.contains(&breach.rule)
        })
    }

    /// Returns the event that completes the violation in a run.
    fn completing_event(&self, setting: &Setting, trace: &Trace) -> Option<EventId> {
        let mut watching = Watching::new(vec![self.monitor(setting)], setting);
        watching.advance(trace, usize::MAX);
        watching.say(trace).find_map(|verdict| match verdict {
            Verdict::Violated { witness, .. } => witness.into_iter().max(),
            _ => None,
        })
    }

    /// Returns the verdict in a report, if the report has one.
    #[must_use]
    pub fn verdict(&self, report: &Report) -> Option<Verdict> {
        let name = self.target.property()?.name;
        let mut judgements = report.judgements.iter();
        judgements.find(|it| it.property.name == name).map(|it| it.verdict.clone())
    }
}

/// An intermittent violation must begin more often than this.
const MOST_RECURRENCES: usize = 2;

/// Twice the time and a constant.
pub(super) const fn longer(until: Time) -> Time {
    let longer = until * 2 + 1000;
    if longer < MAX_TIME { longer } else { MAX_TIME }
}
