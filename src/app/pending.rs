//! Long runs: a run that takes too long to compute at once is computed in parts, while the previous one is shown.
//!
//! An action that needs a long run leaves the state unchanged, except for a [`Pending`]: the scenario to run, and the
//! action. The caller runs it in parts ([`Work`]) and returns the outcome. Then the action is repeated, from the state
//! at that time, and finds its run. No other module has to handle the wait.

use super::{Action, Run, Shared, State, reduce};
use crate::{formats::Problem, kernel::Scenario, runs::Work};

/// Number of events computed at once: well below the time of a frame, on a phone too.
const AT_ONCE: usize = 10_000;
/// Number of events computed between two checks of that limit.
const PART: usize = 1_000;

/// A run that has to be computed before an action can be done.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The scenario to run.
    pub scenario: Scenario,
    /// The action that needs the run.
    action: Action,
    /// The runs computed for it before.
    known: Vec<Run>,
}

/// Runs scenarios for an action, as long as that is fast.
#[derive(Debug, Default)]
pub(super) struct Runner {
    known: Vec<Run>,
    /// The scenario that would have taken too long.
    pub(super) wanted: Option<Scenario>,
}

impl Runner {
    /// Returns the run of a scenario; none if it takes too long.
    pub(super) fn run(&mut self, scenario: Scenario) -> Result<Option<Run>, Problem> {
        if let Some(known) = self.known.iter().find(|run| run.scenario == scenario) {
            return Ok(Some(known.clone()));
        }
        let mut work = Work::new(scenario)?;
        for _ in 0..AT_ONCE / PART {
            if work.advance(PART) {
                return Ok(Some(Run::of(work.finish())));
            }
        }
        self.wanted = Some(work.into_scenario());
        Ok(None)
    }
}

impl State {
    /// Returns the runner for the action in progress.
    pub(super) fn runner(&self) -> Runner {
        Runner { known: self.computed.clone(), wanted: None }
    }

    /// Returns the state that waits for the runner's scenario.
    pub(super) fn waits(self, runner: Runner) -> Self {
        Self { wanted: runner.wanted.map(Shared::new), ..self }
    }
}

/// Returns the result of an action: if it needs a long run, the state before it with the run pending.
pub(super) fn done(before: &State, action: &Action, after: State) -> State {
    let Some(scenario) = &after.wanted else {
        // A pending run is discarded when another run is shown.
        let pending = after.pending.filter(|_| after.run == before.run);
        let stands_in = after.stands_in && pending.is_some();
        return State { computed: Vec::new(), stands_in, pending, ..after };
    };
    let (scenario, action) = (Scenario::clone(scenario), action.clone());
    let pending = Pending { scenario, action, known: before.computed.clone() };
    State { pending: Some(Shared::new(pending)), computed: Vec::new(), ..before.clone() }
}

/// Continues with the run that was pending; a run that is no longer pending is dropped.
pub(super) fn go_on(state: State, pending: &Shared<Pending>, run: Run) -> State {
    if state.pending.as_ref() != Some(pending) {
        return state;
    }
    let computed = pending.known.iter().cloned().chain([run]).collect();
    reduce(&State { pending: None, computed, ..state }, pending.action.clone())
}

/// Ends a drag whose last step was not computed yet: a change like any other.
pub(super) fn settled(state: &State) -> Option<State> {
    let pending = state.pending.as_ref()?;
    let Action::Adjust(edit) = &pending.action else { return None };
    let waiting = State { pending: None, ..state.clone() };
    Some(reduce(&waiting, Action::Apply(edit.clone())))
}
