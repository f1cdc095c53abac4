//! Two runs side by side: the one that is shown, and the same scenario under another protocol, or as it was
//! before.

use super::{
    Run, Shared, Since, State,
    changes::earlier,
    interesting_end,
    pending::Runner,
    text,
    tour::{others, under},
};
use crate::{
    analysis::Judgement,
    diagram::{Parting, Seen, parting, parting_sentence, waits},
    kernel::{Protocol, Scenario, Time},
    protocols,
    runs::Outcome,
};

/// What the run is compared with.
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
    /// What it is.
    pub against: Against,
    /// The run.
    pub run: Run,
    /// Where the two part, if they do.
    pub parting: Option<Parting>,
    /// The same, in a sentence.
    pub sentence: Shared<String>,
    /// What the two are called, the shown one first.
    pub names: [String; 2],
}

/// Runs to compare a scenario with that was opened as `origin`, each with its name.
#[must_use]
pub fn offers(run: &Outcome, origin: &Scenario) -> Vec<(&'static str, &'static str)> {
    others(run, origin)
        .into_iter()
        .map(|protocol: &Protocol| (protocol.id, protocol.name))
        .collect()
}

/// A property's judgement in either run, as far as it is judged there.
pub type Pair<'a> = [Option<&'a Judgement>; 2];

impl Compare {
    /// None, too, if the runner has to be waited for.
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
        let waits = runs.map(|run| waits(run.protocol, &run.scenario, &run.trace));
        let sentence = parting_sentence(
            parting,
            runs.map(|run| (&run.scenario, &run.trace)),
            [&names[0], &names[1]],
            [&waits[0], &waits[1]],
        );
        Some(Self { against, run, parting, sentence: Shared::new(sentence), names })
    }

    /// Every property that is judged in one of the two runs.
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

    /// The last moment that is worth showing of either.
    #[must_use]
    fn end(&self) -> Time {
        interesting_end(&self.run)
    }
}

/// Puts a second run beside the one that is shown, or takes it away.
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

/// Keeps the second run true to the one that is shown, after an action.
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

/// The axis is as long as the longer run, unless it must not move.
fn lengthened(state: State) -> State {
    let end = state.compare.as_ref().filter(|_| !state.adjusting).map_or(0, Compare::end);
    State { shown_until: state.shown_until.max(end), ..state }
}
