//! Differences that an edit made: the earlier run, and the comparison with the run that is shown.

use std::rc::Rc;

use super::{Action, Run, Shared, State, runner::Runner, state::edits};
use crate::{diagram::Difference, kernel::Scenario};

/// The earlier run that a changed run is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Since {
    /// The run before the last change; during a drag, the run before the drag.
    #[default]
    Change,
    /// The run of the scenario as it was opened.
    Opening,
}

/// State of the overlay that shows the differences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Showing {
    /// The overlay is hidden.
    #[default]
    Hidden,
    /// Shown for a moment, after a change.
    Briefly,
    /// Shown until the reader hides it.
    Pinned,
}

/// Differences made by the last change, or by all changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// The earlier run that is compared.
    pub since: Since,
    /// State of the overlay.
    pub showing: Showing,
    /// The differences; none without an earlier run to compare with.
    pub found: Option<Found>,
    /// The comparison that is not made yet: of long runs it takes too long for one action.
    pub wanted: Option<Comparison>,
    /// True if the runs have too many events to be compared.
    pub too_long: bool,
    /// The run before the last change.
    pub(super) last: Option<Run>,
}

/// Largest number of events of a run that is compared: more would take seconds.
pub const MOST_HELD: usize = 100_000;

/// Differences from an earlier run.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The earlier run.
    pub before: Run,
    /// The differences.
    pub difference: Shared<Difference>,
    /// The same, in a sentence.
    pub sentence: Shared<String>,
}

/// Two runs whose differences are found in steps, since they are long. The caller makes them, and returns what is found
/// as [`Action::Compared`].
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The earlier run.
    before: Run,
    /// The run that is shown.
    after: Run,
    /// True if a change has led from one to the other just now: it is told.
    is_change: bool,
    /// Changes found so far, of the first `nodes` nodes.
    found: Difference,
    nodes: usize,
}

/// Number of events that are compared in a step.
const STEP: usize = 10_000;

impl Comparison {
    fn new(before: Run, after: Run) -> Self {
        Self { before, after, is_change: false, found: Difference::default(), nodes: 0 }
    }

    /// Does the next step; returns the differences after the last one. The part [`edits`](mod@edits) does the work.
    pub fn advance(&mut self) -> Option<Found> {
        (edits::here()?.advance)(self)
    }

    pub(super) fn advance_now(&mut self) -> Option<Found> {
        let runs = [&self.before, &self.after];
        let traces = runs.map(|run| &run.trace);
        let all = runs.map(|run| run.scenario.nodes.len()).into_iter().max()?;
        if self.nodes < all {
            let events = traces.iter().map(|trace| trace.events.len()).max()?;
            let next = self.nodes + (all * STEP / events).max(1);
            self.found.add(traces, self.nodes..next.min(all));
            self.nodes = next;
            return None;
        }
        let difference = std::mem::take(&mut self.found).in_time(traces);
        Some(Found::of(&self.before, &self.after, difference))
    }
}

impl Changes {
    /// Returns the state of the overlay after the switch is pressed.
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
        Self::of(before, after, Difference::between(&before.trace, &after.trace))
    }

    fn of(before: &Run, after: &Run, difference: Difference) -> Self {
        let sentence =
            difference.sentence((&before.scenario, &before.trace), (&after.scenario, &after.trace));
        Self {
            before: before.clone(),
            difference: Shared::new(difference),
            sentence: Shared::new(sentence),
        }
    }
}

/// True if the overlay stays after this action, for a reader who prefers less motion; other actions hide it.
pub(super) const fn is_passing(action: &Action) -> bool {
    matches!(
        action,
        Action::Tick(_)
            | Action::Select(None)
            | Action::Look(_)
            | Action::Settle
            | Action::Show(_)
            | Action::Search(_)
            | Action::Compared(..)
    )
}

/// Updates the differences after an action.
pub(super) fn follow(state: &State, mut next: State, passing: bool) -> State {
    if next.run == state.run {
        let seen = next.calm && !passing && next.changes == state.changes;
        if seen && next.changes.showing == Showing::Briefly {
            next.changes.showing = Showing::Hidden;
        }
        return next;
    }
    let pinned = next.changes.showing == Showing::Pinned;
    // Opening a scenario again is not a change.
    let opened_once = Rc::ptr_eq(&next.origin, &state.origin);
    let comparable = opened_once && next.run.protocol.id == state.run.protocol.id;
    next.changes.last = match (comparable, state.adjusting) {
        (false, _) => None,
        (true, true) => state.changes.last.clone(),
        (true, false) => Some(state.run.clone()),
    };
    // The known runs belong to the earlier state: the next state may show another run.
    let mut runner = state.runner();
    find(&mut next, &mut runner);
    if runner.wanted.is_some() {
        return next.waits(runner);
    }
    next.changes.showing = if pinned { Showing::Pinned } else { Showing::Hidden };
    match &mut next.changes.wanted {
        Some(wanted) => wanted.is_change = comparable,
        None if comparable => tell(&mut next),
        None => {}
    }
    next
}

/// Shows and tells what a change has changed.
fn tell(state: &mut State) {
    let Some(found) = &state.changes.found else { return };
    if state.changes.showing == Showing::Hidden {
        state.changes.showing = Showing::Briefly;
    }
    if !state.adjusting && !state.study.future_hidden {
        let sentence: &str = &found.sentence;
        state.announcement = match state.announcement.as_str() {
            "" => sentence.to_owned(),
            said => format!("{said} {sentence}"),
        };
    }
}

/// Takes the differences of long runs, unless others are wanted by now.
pub(super) fn compared(mut state: State, of: &Shared<Comparison>, found: &Found) -> State {
    let Some(wanted) = state.changes.wanted.take_if(|wanted| **of == *wanted) else { return state };
    state.changes.found = Some(found.clone());
    if wanted.is_change {
        tell(&mut state);
    }
    state
}

/// Shows the differences, or hides them.
pub(super) fn show(mut state: State, showing: Showing) -> State {
    // In restored work, the earlier runs of the history are missing.
    let is_known = state.changes.found.is_some() || state.changes.wanted.is_some();
    if showing != Showing::Hidden && !is_known {
        let mut runner = state.runner();
        find(&mut state, &mut runner);
        if runner.wanted.is_some() {
            return state.waits(runner);
        }
    }
    State { changes: Changes { showing, ..state.changes }, ..state }
}

/// Compares the run with another earlier run.
pub(super) fn since(mut state: State, since: Since) -> State {
    state.changes.since = since;
    let mut runner = state.runner();
    find(&mut state, &mut runner);
    if runner.wanted.is_some() { state.waits(runner) } else { state }
}

/// Compares the run with the earlier one. Without the part [`edits`](mod@edits) nothing was changed.
fn find(state: &mut State, runner: &mut Runner) {
    match edits::here() {
        Some(edits) => (edits.find)(state, runner),
        None => (state.changes.found, state.changes.wanted) = (None, None),
    }
}

pub(super) fn find_now(state: &mut State, runner: &mut Runner) {
    let is_too_long = |run: &Run| run.trace.events.len() > MOST_HELD;
    let mut before = None;
    if !is_too_long(&state.run) {
        before = earlier(state, state.changes.since, runner);
    }
    state.changes.too_long = is_too_long(before.as_ref().unwrap_or(&state.run));
    before = before.filter(|before| !is_too_long(before));
    let waits = before.as_ref().is_some_and(|before| before.is_long() || state.run.is_long());
    (state.changes.found, state.changes.wanted) = match before {
        Some(before) if waits => (None, Some(Comparison::new(before, state.run.clone()))),
        Some(before) => (Some(Found::between(&before, &state.run)), None),
        None => (None, None),
    };
}

/// Returns an earlier run of the scenario that is shown; none if it was not changed, if its protocol was changed, or if
/// the run takes long to compute.
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
