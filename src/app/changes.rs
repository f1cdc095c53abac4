//! What an edit changed: the run before it, and how it differs from the one that is shown.

use std::rc::Rc;

use super::{Action, Run, Shared, State, pending::Runner};
use crate::{diagram::Difference, kernel::Scenario};

/// Which run a changed one is held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Since {
    /// The one before the last change; while something is dragged, the one at the start of the drag.
    #[default]
    Change,
    /// The one of the scenario as it was opened.
    Opening,
}

/// Whether what changed is drawn over the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Showing {
    /// It is not.
    #[default]
    Hidden,
    /// For a moment, after a change.
    Briefly,
    /// Until the reader has seen it.
    Pinned,
}

/// What the last change changed, or all of them did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// What the run is held against.
    pub since: Since,
    /// Whether it is drawn.
    pub showing: Showing,
    /// What is different; none where there is nothing to hold the run against.
    pub found: Option<Found>,
    /// True if the runs have too many events to be held against each other.
    pub too_long: bool,
    /// The run before the last change.
    pub(super) last: Option<Run>,
}

/// Number of events up to which a run is held against an earlier one: with more it would take seconds.
pub const MOST_HELD: usize = 100_000;

/// What is different from an earlier run.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The earlier run.
    pub before: Run,
    /// What is different.
    pub difference: Shared<Difference>,
    /// The same, in a sentence.
    pub sentence: Shared<String>,
}

impl Changes {
    /// What pressing the switch leads to.
    #[must_use]
    pub const fn toggled(&self) -> Showing {
        match self.showing {
            Showing::Pinned => Showing::Hidden,
            Showing::Hidden | Showing::Briefly => Showing::Pinned,
        }
    }
}

impl Found {
    fn between(before: &Run, after: &Run) -> Self {
        let difference = Difference::between(&before.trace, &after.trace);
        let sentence =
            difference.sentence((&before.scenario, &before.trace), (&after.scenario, &after.trace));
        Self {
            before: before.clone(),
            difference: Shared::new(difference),
            sentence: Shared::new(sentence),
        }
    }
}

/// Whether an action leaves alone what a reader who wants nothing to move by itself is shown.
pub(super) const fn is_passing(action: &Action) -> bool {
    matches!(
        action,
        Action::Tick(_)
            | Action::Select(None)
            | Action::Look(_)
            | Action::Settle
            | Action::Show(_)
            | Action::Search(_)
    )
}

/// Keeps what has changed true to the run, after an action.
pub(super) fn follow(state: &State, mut next: State, passing: bool) -> State {
    if next.run == state.run {
        let seen = next.calm && !passing && next.changes == state.changes;
        if seen && next.changes.showing == Showing::Briefly {
            next.changes.showing = Showing::Hidden;
        }
        return next;
    }
    let pinned = next.changes.showing == Showing::Pinned;
    // A scenario that is opened again is no change of it.
    let opened_once = Rc::ptr_eq(&next.origin, &state.origin);
    let comparable = opened_once && next.run.protocol.id == state.run.protocol.id;
    next.changes.last = match (comparable, state.adjusting) {
        (false, _) => None,
        (true, true) => state.changes.last.clone(),
        (true, false) => Some(state.run.clone()),
    };
    // The runs at hand are the earlier state's: the next state may show another run altogether.
    let mut runner = state.runner();
    find(&mut next, &mut runner);
    if runner.wanted.is_some() {
        return next.waits(runner);
    }
    let changed = comparable && next.changes.found.is_some();
    next.changes.showing = match (pinned, changed) {
        (true, _) => Showing::Pinned,
        (false, true) => Showing::Briefly,
        (false, false) => Showing::Hidden,
    };
    let told = !next.adjusting && !next.study.future_hidden;
    if let (Some(found), true, true) = (&next.changes.found, comparable, told) {
        let sentence: &str = &found.sentence;
        next.announcement = match next.announcement.as_str() {
            "" => sentence.to_owned(),
            said => format!("{said} {sentence}"),
        };
    }
    next
}

/// Shows what has changed, or hides it.
pub(super) fn show(mut state: State, showing: Showing) -> State {
    // The work of an earlier visit has a past whose runs are gone.
    if showing != Showing::Hidden && state.changes.found.is_none() {
        let mut runner = state.runner();
        find(&mut state, &mut runner);
        if runner.wanted.is_some() {
            return state.waits(runner);
        }
    }
    State { changes: Changes { showing, ..state.changes }, ..state }
}

/// Holds the run against another one.
pub(super) fn since(mut state: State, since: Since) -> State {
    state.changes.since = since;
    let mut runner = state.runner();
    find(&mut state, &mut runner);
    if runner.wanted.is_some() { state.waits(runner) } else { state }
}

fn find(state: &mut State, runner: &mut Runner) {
    let is_long = |run: &Run| run.trace.events.len() > MOST_HELD;
    let mut before = None;
    if !is_long(&state.run) {
        before = earlier(state, state.changes.since, runner);
    }
    state.changes.too_long = is_long(before.as_ref().unwrap_or(&state.run));
    before = before.filter(|before| !is_long(before));
    state.changes.found = before.map(|before| Found::between(&before, &state.run));
}

/// An earlier run of the scenario that is shown; none where it was not changed, has become another protocol's, or the
/// runner has to be waited for.
pub(super) fn earlier(state: &State, since: Since, runner: &mut Runner) -> Option<Run> {
    let mut run = |scenario: &Scenario| {
        let same = scenario.protocol == state.run.scenario.protocol;
        same.then(|| runner.run(scenario.clone()).ok().flatten())?
    };
    match since {
        Since::Opening if state.is_edited() => run(&state.origin),
        Since::Opening => None,
        Since::Change => state.changes.last.clone().or_else(|| {
            let page = state.undo.last()?;
            (page.origin == state.origin).then(|| run(&page.scenario))?
        }),
    }
}
