//! Verdicts on a run, event by event.

use std::fmt;

use crate::kernel::{
    EventId, Monitor, Observation, Pasts, Property, Protocol, Scenario, Seen, Setting, Time, Trace,
    Verdict,
};

/// Verdict on one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The property.
    pub property: &'static Property,
    /// True if the protocol promises it.
    pub promised: bool,
    /// The verdict.
    pub verdict: Verdict,
}

/// Judges the first `events` events of a run. If these are all events, the run is judged as finished.
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

    /// Observes further events, until this many of the trace were observed.
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

    /// Returns the verdict of each monitor if the run ended with the last observed event.
    pub fn if_it_ended(&self, trace: &Trace) -> impl Iterator<Item = Verdict> {
        let last = trace.events[..self.seen].last();
        let end = last.map_or(0, |event| event.time);
        self.monitors.iter().map(move |monitor| self.in_the_end(monitor.as_ref(), trace, end))
    }

    /// Returns the verdict of a monitor if the run ends at this time without being at rest. An obligation younger than
    /// the time to serve is undecided: the horizon came before it was due.
    fn in_the_end(&self, monitor: &dyn Monitor, trace: &Trace, end: Time) -> Verdict {
        let verdict = monitor.verdict(true);
        let Verdict::Violated { witness, .. } = &verdict else { return verdict };
        let Some((time_to_serve, first)) = self.time_to_serve.zip(witness.first()) else {
            return verdict;
        };
        let since = trace.events[*first].time.max(self.last_failure);
        // A final violation is one before the end, too.
        if end.saturating_sub(since) < time_to_serve { monitor.verdict(false) } else { verdict }
    }

    /// Returns the verdict of each monitor so far, or in the end, if all events were observed.
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

/// Judges a run, event by event: a long run can be judged in slices, and further as it goes on.
#[derive(Clone)]
pub struct Judging {
    /// Each with true if it is promised.
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

    /// Number of observed events.
    #[must_use]
    pub const fn seen(&self) -> EventId {
        self.watching.seen
    }

    /// Observes further events, until this many of the trace were observed.
    pub fn advance(&mut self, trace: &Trace, until: EventId) {
        self.watching.advance(trace, until);
    }

    /// Returns the verdicts so far, or in the end, if all events were observed.
    #[must_use]
    pub fn say(&self, trace: &Trace) -> Vec<Judgement> {
        let verdicts = self.properties.iter().zip(self.watching.say(trace));
        let say = |(&(property, promised), verdict)| Judgement { property, promised, verdict };
        verdicts.map(say).collect()
    }

    /// Returns the verdicts while the run goes on, even if all events were observed.
    pub(super) fn so_far(&self) -> impl Iterator<Item = Verdict> {
        self.watching.monitors.iter().map(|monitor| monitor.verdict(false))
    }
}

impl fmt::Debug for Judging {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Judging({} events)", self.seen())
    }
}
