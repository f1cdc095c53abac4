//! A run with the data that the page derives from it.

use std::{cell::OnceCell, ops::Deref};

use super::Shared;
use crate::{
    analysis::{Judgement, Judging, judge},
    diagram::Features,
    kernel::Time,
    runs::Outcome,
};

/// A scenario with its run and its verdicts.
pub type Run = Shared<RunData>;

/// Outcome of a scenario, with results that are computed once, on first use.
#[derive(Debug)]
pub struct RunData {
    outcome: Outcome,
    features: OnceCell<Features>,
}

impl RunData {
    /// Data for the picture.
    #[must_use]
    pub fn features(&self) -> &Features {
        self.features.get_or_init(|| {
            let features = Features::new(self.protocol, &self.scenario, &self.trace);
            features.judged(&self.report.judgements)
        })
    }
}

impl Deref for RunData {
    type Target = Outcome;

    fn deref(&self) -> &Outcome {
        &self.outcome
    }
}

impl Run {
    /// Shares an outcome.
    #[must_use]
    pub fn of(outcome: Outcome) -> Self {
        Self::new(RunData { outcome, features: OnceCell::new() })
    }
}

/// Number of events and messages from which a run is long: its digest takes longer than a frame.
const LONG: usize = 4_000;

impl Run {
    /// True if processing all of it at once takes too long for an optional result.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.trace.events.len() + self.trace.messages.len() > LONG
    }
}

/// Returns every property's verdict after this number of events.
#[must_use]
pub fn judge_at(run: &Outcome, events: usize) -> Vec<Judgement> {
    judge(run.protocol, &run.scenario, &run.trace, events)
}

/// The same for a moving playhead: only the events between two moments are processed.
#[derive(Debug, Default)]
pub struct Judged(Option<(Run, Judging)>);

impl Judged {
    /// Returns every property's verdict after this number of events of this run.
    pub fn at(&mut self, run: &Run, events: usize) -> Vec<Judgement> {
        let kept = self.0.take().filter(|(of, judging)| of == run && judging.seen() <= events);
        let mut judging =
            kept.map_or_else(|| Judging::new(run.protocol, &run.scenario), |(_, judging)| judging);
        judging.advance(&run.trace, events);
        let said = judging.say(&run.trace);
        self.0 = Some((run.clone(), judging));
        said
    }
}

/// Returns the last moment worth showing, in virtual ms: a little after the last event.
#[must_use]
pub fn interesting_end(run: &Outcome) -> Time {
    if !run.trace.quiescent {
        return run.trace.end.max(1);
    }
    let last_event = run.trace.events.last().map_or(0, |event| event.time);
    let requests = run.scenario.requests.iter().map(|request| request.at);
    let captions = run.scenario.captions.iter().map(|caption| caption.at);
    let last = requests.chain(captions).fold(last_event, Time::max).min(run.scenario.until);
    // A tenth more, so that the end is visible.
    (last + last / 10 + 2).min(run.scenario.until).max(1)
}
