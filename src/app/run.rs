//! A run with the data that the page derives from it.

use std::{cell::OnceCell, ops::Deref};

use super::Shared;
use crate::{
    analysis::{Judgement, Judging, judge},
    diagram::{Features, Reading},
    kernel::{Event, EventKind, Time, Trace},
    runs::{Outcome, Work},
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

    /// Shares an outcome with the data for its picture.
    fn with(outcome: Outcome, features: Features) -> Self {
        Self::new(RunData { outcome, features: features.into() })
    }
}

/// A run in progress, with the data for its picture: a long one is made in slices.
#[derive(Debug)]
pub struct Making(Stage);

#[derive(Debug)]
enum Stage {
    Running(Box<Work>),
    Reading(Box<Outcome>, Box<Reading>),
    Done(Option<Run>),
}

/// Number of events that are read in the time in which one is simulated.
const FASTER: usize = 8;

impl Making {
    /// Begins with the run before its first event.
    #[must_use]
    pub fn new(work: Work) -> Self {
        Self(Stage::Running(Box::new(work)))
    }

    /// Begins with a run that is complete: only the data for its picture are missing.
    #[must_use]
    pub fn reading(outcome: Outcome) -> Self {
        let reading = Reading::new(outcome.protocol, &outcome.scenario);
        Self(Stage::Reading(Box::new(outcome), Box::new(reading)))
    }

    /// Does about as much as this number of events takes. Returns the run once it is done.
    pub fn advance(&mut self, events: usize) -> Option<Run> {
        self.0 = match std::mem::replace(&mut self.0, Stage::Done(None)) {
            Stage::Running(mut work) => {
                if !work.advance(events) {
                    self.0 = Stage::Running(work);
                    return None;
                }
                let outcome = work.finish();
                let reading = Reading::new(outcome.protocol, &outcome.scenario);
                Stage::Reading(Box::new(outcome), Box::new(reading))
            }
            Stage::Reading(outcome, mut reading) => {
                let run = (outcome.protocol, &outcome.scenario, &outcome.trace);
                match reading.advance(run, events.saturating_mul(FASTER)) {
                    false => Stage::Reading(outcome, reading),
                    true => {
                        let features = reading.finish().judged(&outcome.report.judgements);
                        Stage::Done(Some(Run::with(*outcome, features)))
                    }
                }
            }
            done @ Stage::Done(_) => done,
        };
        match &self.0 {
            Stage::Done(run) => run.clone(),
            _ => None,
        }
    }

    /// Returns the progress in thousandths, as far as it can be foreseen.
    #[must_use]
    pub fn progress(&self) -> u64 {
        match &self.0 {
            Stage::Running(work) => work.progress() * 9 / 10,
            _ => 950,
        }
    }
}

/// A run that is not needed any more: dropping a long one at once would take longer than a frame.
#[derive(Debug)]
pub struct Remains(Trace);

impl Remains {
    /// Returns what is left of a run; the run itself if it is still needed elsewhere.
    ///
    /// # Errors
    /// If it is still needed.
    pub fn of(run: Run) -> Result<Self, Run> {
        run.into_inner().map(|data| Self(data.outcome.trace))
    }

    /// Drops so many events, messages and samples. True once all are dropped.
    pub fn advance(&mut self, items: usize) -> bool {
        fn shorten<T>(list: &mut Vec<T>, items: usize) {
            list.truncate(list.len().saturating_sub(items));
        }
        let Trace { events, messages, samples, .. } = &mut self.0;
        shorten(events, items);
        shorten(messages, items);
        shorten(samples, items);
        events.is_empty() && messages.is_empty() && samples.is_empty()
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

/// Returns the number of events after which there is something to judge: the first request, message or indication has
/// happened. No run has as many if nothing happens in it.
#[must_use]
pub fn begins(run: &Outcome) -> usize {
    let is_judged = |event: &Event| {
        matches!(
            event.kind,
            EventKind::Request { .. }
                | EventKind::Send(_)
                | EventKind::Receive(_)
                | EventKind::Indicate { .. }
        )
    };
    run.trace.events.iter().position(is_judged).map_or(usize::MAX, |place| place + 1)
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
