//! Two runs side by side: the one that is shown, and the same scenario under another protocol or before a change.

use super::{
    Run, Shared, Since, State,
    changes::earlier,
    interesting_end,
    runner::Runner,
    text,
    tour::{others, under},
};
use crate::{
    analysis::Judgement,
    diagram::{Parting, Seen, parting, parting_sentence},
    kernel::{Scenario, Time},
    protocols,
    runs::Outcome,
};

/// The run for the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// The same scenario under another protocol, by its id.
    Protocol(&'static str),
    /// An earlier run.
    Earlier(Since),
}

/// A second run beside the one that is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Compare {
    /// Its kind.
    pub against: Against,
    /// The run.
    pub run: Run,
    /// The first difference between the runs, if they differ.
    pub parting: Option<Parting>,
    /// The same, in a sentence.
    pub sentence: Shared<String>,
    /// Names of the runs, the shown one first.
    pub names: [String; 2],
}

/// Returns the runs that can be compared with the one that is shown, each with its name; `origin` is the scenario as it
/// was opened.
#[must_use]
pub fn offers(run: &Outcome, origin: &Scenario) -> Vec<(&'static str, &'static str)> {
    others(run, origin).into_iter().map(|entry| (entry.id, entry.name)).collect()
}

/// The judgement of a property in each run, none where it is not judged.
pub type Pair<'a> = [Option<&'a Judgement>; 2];

impl Compare {
    /// Returns none, too, if the run takes long to compute.
    fn of(state: &State, against: Against, runner: &mut Runner) -> Option<Self> {
        let (run, seen, names) = match against {
            Against::Protocol(id) => {
                let protocol = protocols::find(id)?;
                let run = under(&state.run, &state.origin, protocol, runner)?;
                let names = [state.run.protocol, protocol].map(|it| text::compare::under(it.name));
                (run, Seen::Application, names)
            }
            Against::Earlier(since) => {
                let before = match since {
                    Since::Change => text::compare::BEFORE_CHANGE,
                    Since::Opening => text::compare::AS_OPENED,
                };
                let names = [text::compare::THIS_RUN, before].map(str::to_owned);
                (earlier(state, since, runner)?, Seen::Messages, names)
            }
        };
        if runner.wanted.is_some() {
            return None;
        }
        let parting = parting([&state.run.trace, &run.trace], seen);
        let runs = [&state.run, &run];
        let waits = runs.map(|run| &run.features().waits);
        let sentence = parting_sentence(
            parting,
            runs.map(|run| (&run.scenario, &run.trace)),
            [&names[0], &names[1]],
            waits.map(|waits| &waits[..]),
        );
        Some(Self { against, run, parting, sentence: Shared::new(sentence), names })
    }

    /// Returns every property that is judged in at least one of the runs.
    #[must_use]
    pub fn verdicts<'a>(&'a self, shown: &'a Outcome) -> Vec<Pair<'a>> {
        let (mine, theirs) = (&shown.report.judgements, &self.run.report.judgements);
        let find = |list: &'a [Judgement], name: &str| {
            list.iter().find(|judgement| judgement.property.name == name)
        };
        let of_mine = mine.iter().map(|it| [Some(it), find(theirs, it.property.name)]);
        let rest = theirs.iter().filter(|it| find(mine, it.property.name).is_none());
        of_mine.chain(rest.map(|it| [None, Some(it)])).collect()
    }

    /// Returns the last moment worth showing in either run.
    #[must_use]
    fn end(&self) -> Time {
        interesting_end(&self.run)
    }
}

/// Puts a second run beside the one that is shown, or removes it.
pub(super) fn compare(state: State, against: Option<Against>) -> State {
    let mut runner = state.runner();
    let compare = against.and_then(|against| Compare::of(&state, against, &mut runner));
    if runner.wanted.is_some() {
        return state.waits(runner);
    }
    let shown_until = interesting_end(&state.run);
    let told = compare.as_ref().filter(|_| !state.study.future_hidden);
    let announcement = told.map(|it| String::clone(&it.sentence));
    let announcement = announcement.unwrap_or_else(|| state.announcement.clone());
    lengthened(State { compare, shown_until, announcement, ..state })
}

/// Updates the second run after an action.
pub(super) fn follow(state: &State, next: State) -> State {
    let changed = next.wanted.is_none() && next.run != state.run;
    let Some(compare) = next.compare.as_ref().filter(|_| changed) else {
        return next;
    };
    let against = compare.against;
    let same = !matches!(against, Against::Protocol(id) if id == next.run.protocol.id);
    let mut runner = state.runner();
    let compare = same.then(|| Compare::of(&next, against, &mut runner)).flatten();
    if runner.wanted.is_some() {
        return next.waits(runner);
    }
    lengthened(State { compare, ..next })
}

/// Makes the axis as long as the longer run, except while it must not move.
fn lengthened(state: State) -> State {
    let end = state.compare.as_ref().filter(|_| !state.adjusting).map_or(0, Compare::end);
    State { shown_until: state.shown_until.max(end), ..state }
}
