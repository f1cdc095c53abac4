//! What is looked for in a run.

use std::iter;

use crate::{
    analysis::{Report, Watching, report},
    kernel::{
        EventId, Failures, Fate, Kind, MAX_TIME, Monitor, Needs, Protocol, Rule, Scenario, Setting,
        Time, Trace, Verdict, run,
    },
};

use super::Target;

/// What a run has to show, and what it may break to show it.
#[derive(Clone)]
pub struct Objective {
    /// What is looked for.
    pub target: Target,
    /// What the run may break; none if it may break anything.
    pub breaking: Option<Vec<Rule>>,
}

impl Objective {
    /// A target, whatever is broken.
    #[must_use]
    pub const fn at(target: Target) -> Self {
        Self { target, breaking: None }
    }

    /// The monitor that says *violated* of a run that shows it.
    #[must_use]
    pub fn monitor(&self, setting: &Setting) -> Box<dyn Monitor> {
        self.target.monitor(setting)
    }

    /// What its monitor goes by.
    #[must_use]
    pub fn needs(&self) -> Needs {
        let alone = Setting { nodes: 1, failures: Failures::CrashStop, time_to_serve: None };
        self.monitor(&alone).needs()
    }

    /// Whether only the end of a run shows it.
    #[must_use]
    pub fn is_liveness(&self) -> bool {
        self.target.kind() == Kind::Liveness
    }

    /// Whether a run shows it, as far as its own events go.
    #[must_use]
    pub fn is_shown(&self, setting: &Setting, trace: &Trace) -> bool {
        let mut watching = Watching::new(vec![self.monitor(setting)], setting);
        watching.advance(trace, usize::MAX);
        watching.say(trace).any(|verdict| verdict.is_violated())
    }

    /// True if a run shows the contrary: what is violated in a run that shows the objective holds in this one.
    #[must_use]
    pub fn is_refuted(&self, setting: &Setting, trace: &Trace) -> bool {
        let mut watching = Watching::new(vec![self.monitor(setting)], setting);
        watching.advance(trace, usize::MAX);
        watching.say(trace).all(|verdict| verdict == Verdict::Holds)
    }

    /// Whether a scenario's run shows it for good, and breaks nothing that it may not break.
    ///
    /// What is missing at the end of a run that is not at rest might still come. So such a run is given more than
    /// twice the time, in which it has to be missing to the end, or again and again.
    #[must_use]
    pub fn is_reached(&self, protocol: &'static Protocol, scenario: &Scenario) -> bool {
        let Ok(trace) = run(protocol, scenario) else { return false };
        self.is_reached_by(protocol, scenario, &trace)
    }

    /// The same, of a run that is known.
    #[must_use]
    pub fn is_reached_by(
        &self,
        protocol: &'static Protocol,
        scenario: &Scenario,
        trace: &Trace,
    ) -> bool {
        let setting = Setting::of(protocol, scenario);
        if !self.is_shown(&setting, trace) || !self.may_break(protocol, scenario, trace) {
            return false;
        }
        if !self.is_liveness() || trace.quiescent {
            return true;
        }
        // What is on its way at the end has the time to arrive.
        let fates = trace.messages.iter().flat_map(|it| iter::once(&it.fate).chain(&it.copies));
        let dues = fates.filter_map(|fate| match *fate {
            Fate::InFlight { due } => Some(due),
            _ => None,
        });
        let last = match protocol.perpetual {
            None => dues.fold(scenario.until, Time::max),
            Some(_) => scenario.until,
        };
        let longer = Scenario { until: longer(last), ..scenario.clone() };
        run(protocol, &longer).is_ok_and(|trace| self.lasts(&setting, &trace))
    }

    /// Whether it is shown in the end, or again and again in the second half.
    fn lasts(&self, setting: &Setting, trace: &Trace) -> bool {
        let mut watching = Watching::new(vec![self.monitor(setting)], setting);
        let (mut shown, mut begun) = (false, 0);
        for place in trace.events_until(trace.end / 2)..trace.events.len() {
            watching.advance(trace, place);
            let now = watching.if_it_ended(trace).any(|verdict| verdict.is_violated());
            begun += usize::from(now && !shown);
            shown = now;
        }
        watching.advance(trace, usize::MAX);
        begun > AGAIN || watching.say(trace).any(|verdict| verdict.is_violated())
    }

    fn may_break(&self, protocol: &'static Protocol, scenario: &Scenario, trace: &Trace) -> bool {
        let Some(allowed) = &self.breaking else { return true };
        let report = report(protocol, scenario, trace);
        // A safety violation is judged by what was broken when it was completed.
        let completed =
            (!self.is_liveness()).then(|| self.completed(&Setting::of(protocol, scenario), trace));
        let mut breaches = report.breaches_of(self.target.kind());
        breaches.all(|breach| {
            let counts = completed.flatten().is_none_or(|event| breach.stands_at(event));
            !counts || allowed.contains(&breach.rule)
        })
    }

    /// The event that completes it in a run.
    fn completed(&self, setting: &Setting, trace: &Trace) -> Option<EventId> {
        let mut watching = Watching::new(vec![self.monitor(setting)], setting);
        watching.advance(trace, usize::MAX);
        watching.say(trace).find_map(|verdict| match verdict {
            Verdict::Violated { witness, .. } => witness.into_iter().max(),
            _ => None,
        })
    }

    /// The verdict on it in a report, if the report has one.
    #[must_use]
    pub fn verdict(&self, report: &Report) -> Option<Verdict> {
        let name = self.target.property()?.name;
        let mut judgements = report.judgements.iter();
        judgements.find(|it| it.property.name == name).map(|it| it.verdict.clone())
    }
}

/// How often what comes and goes has to come at least.
const AGAIN: usize = 2;

/// Twice the time, and some more.
pub(super) const fn longer(until: Time) -> Time {
    let longer = until * 2 + 1000;
    if longer < MAX_TIME { longer } else { MAX_TIME }
}
