//! What the page needs to know of a run, beside what happened in it.

use std::{cell::OnceCell, ops::Deref};

use super::Shared;
use crate::{
    analysis::{Judgement, Judging, judge},
    diagram::Features,
    kernel::Time,
    runs::Outcome,
};

/// A scenario, run and judged.
pub type Run = Shared<RunData>;

/// What came of a scenario, with what is worked out of it once, and only if it is asked for.
#[derive(Debug)]
pub struct RunData {
    outcome: Outcome,
    features: OnceCell<Features>,
}

impl RunData {
    /// What its picture is made of.
    #[must_use]
    pub fn features(&self) -> &Features {
        self.features.get_or_init(|| Features::new(self.protocol, &self.scenario, &self.trace))
    }
}

impl Deref for RunData {
    type Target = Outcome;

    fn deref(&self) -> &Outcome {
        &self.outcome
    }
}

impl Run {
    /// Shares what came of a scenario.
    #[must_use]
    pub fn of(outcome: Outcome) -> Self {
        Self::new(RunData { outcome, features: OnceCell::new() })
    }
}

/// From how many events and messages on a run is long: its digest takes longer than a frame.
const LONG: usize = 4_000;

impl Run {
    /// Whether it takes too long to go through all of it at once, in whatever is not worth waiting for.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.trace.events.len() + self.trace.messages.len() > LONG
    }
}

/// Every property's verdict once so many events have happened.
#[must_use]
pub fn judge_at(run: &Outcome, events: usize) -> Vec<Judgement> {
    judge(run.protocol, &run.scenario, &run.trace, events)
}

/// The same for a playhead that moves: from moment to moment only what happens between them is looked at.
#[derive(Debug, Default)]
pub struct Judged(Option<(Run, Judging)>);

impl Judged {
    /// Every property's verdict once so many events of this run have happened.
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

/// The last moment worth showing, in virtual ms: when everything that happens has happened, and a little
/// more.
#[must_use]
pub fn interesting_end(run: &Outcome) -> Time {
    if !run.trace.quiescent {
        return run.trace.end.max(1);
    }
    let last_event = run.trace.events.last().map_or(0, |event| event.time);
    let requests = run.scenario.requests.iter().map(|request| request.at);
    let captions = run.scenario.captions.iter().map(|caption| caption.at);
    let last = requests.chain(captions).fold(last_event, Time::max).min(run.scenario.until);
    // A tenth more, so that the end is seen to be one.
    (last + last / 10 + 2).min(run.scenario.until).max(1)
}
