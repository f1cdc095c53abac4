//! Long runs: a run that takes too long to compute at once is computed in parts, while the previous one is shown.
//!
//! An action that needs a long run leaves the state unchanged, except for a [`Pending`]: the scenario to run, and the
//! action. The caller runs it in parts ([`Work`](crate::runs::Work)) and returns the outcome. Then the action is repeated, from the state
//! at that time, and finds its run. No other module has to handle the wait.

use super::{Action, Run, Shared, State, reduce, runner::Runner};
use crate::kernel::Scenario;

/// A run that has to be computed before an action can be done.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The scenario to run.
    pub scenario: Scenario,
    /// The action that needs the run.
    action: Action,
    /// The runs computed for it before.
    known: Vec<Run>,
    /// The action that follows.
    then: Option<Action>,
}

impl State {
    /// Returns the runner for the action in progress.
    pub(super) fn runner(&self) -> Runner {
        Runner::knowing(self.computed.clone())
    }

    /// Returns the state that waits for the runner's scenario.
    pub(super) fn waits(self, runner: Runner) -> Self {
        Self { wanted: runner.wanted.map(Shared::new), ..self }
    }
}

/// Returns the result of an action: if it needs a long run, the state before it with the run pending.
pub(super) fn done(before: &State, action: &Action, after: State) -> State {
    let Some(scenario) = &after.wanted else {
        // A pending run is discarded when another run is shown, and so is an action that waits for packs.
        let same = after.run == before.run;
        let pending = after.pending.filter(|_| same);
        let awaited = after.awaited.filter(|_| same);
        let stands_in = after.stands_in && pending.is_some();
        return State { computed: Vec::new(), stands_in, pending, awaited, ..after };
    };
    let (scenario, action) = (Scenario::clone(scenario), action.clone());
    let pending = Pending { scenario, action, known: before.computed.clone(), then: None };
    State { pending: Some(Shared::new(pending)), computed: Vec::new(), ..before.clone() }
}

/// Continues with the run that was pending; a run that is no longer pending is dropped.
pub(super) fn go_on(state: State, pending: &Shared<Pending>, run: Run) -> State {
    if state.pending.as_ref() != Some(pending) {
        return state;
    }
    let computed = pending.known.iter().cloned().chain([run]).collect();
    let next = reduce(&State { pending: None, computed, ..state }, pending.action.clone());
    match &pending.then {
        Some(then) => followed(next, then.clone()),
        None => next,
    }
}

/// Does an action once the pending run has been computed; at once if none is pending.
pub(super) fn followed(state: State, then: Action) -> State {
    match &state.pending {
        Some(pending) => {
            let pending = Pending { then: Some(then), ..Pending::clone(pending) };
            State { pending: Some(Shared::new(pending)), ..state }
        }
        None => reduce(&state, then),
    }
}

/// Ends a drag whose last step was not computed yet: a change like any other.
pub(super) fn settled(state: &State) -> Option<State> {
    let pending = state.pending.as_ref()?;
    let Action::Adjust(edit) = &pending.action else { return None };
    let waiting = State { pending: None, ..state.clone() };
    Some(reduce(&waiting, Action::Apply(edit.clone())))
}
