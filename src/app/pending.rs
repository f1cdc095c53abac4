//! Long runs: what takes too long to be computed at once is asked for, while what was shown stays.
//!
//! An action that needs a long run leaves the state as it was, but for a [`Pending`]: the scenario that has to be
//! run, and the action. Whoever can wait runs it in parts ([`Work`]) and gives the outcome back; then the
//! action is done again, from the state as it is by then, and finds its run. So nothing else has to know of it.

use super::{Action, Run, Shared, State, reduce};
use crate::{formats::Problem, kernel::Scenario, runs::Work};

/// How much is computed at once, in events: well below the time of a frame, on a phone too.
const AT_ONCE: usize = 10_000;
/// How much is computed between two looks at how much that was.
const PART: usize = 1_000;

/// A run that has to be computed before an action can be done.
#[derive(Clone, Debug)]
pub struct Pending {
    /// What has to be run.
    pub scenario: Scenario,
    /// What it is for.
    action: Action,
    /// What was computed for it before.
    known: Vec<Run>,
}

/// Runs scenarios for an action, as far as that takes no time.
#[derive(Debug, Default)]
pub(super) struct Runner {
    known: Vec<Run>,
    /// What would have taken too long.
    pub(super) wanted: Option<Scenario>,
}

impl Runner {
    /// The run of a scenario; none if that takes too long.
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
    /// What runs scenarios for the action that is being done.
    pub(super) fn runner(&self) -> Runner {
        Runner { known: self.computed.clone(), wanted: None }
    }

    /// The state in which a run is waited for.
    pub(super) fn waits(self, runner: Runner) -> Self {
        Self { wanted: runner.wanted.map(Shared::new), ..self }
    }
}

/// What an action came to: where it wants a run that takes long, nothing but that.
pub(super) fn done(before: &State, action: &Action, after: State) -> State {
    let Some(scenario) = &after.wanted else {
        // A run that nothing waits for any more is forgotten, and so is a wait that another run ended.
        let pending = after.pending.filter(|_| after.run == before.run);
        let stands_in = after.stands_in && pending.is_some();
        return State { computed: Vec::new(), stands_in, pending, ..after };
    };
    let (scenario, action) = (Scenario::clone(scenario), action.clone());
    let pending = Pending { scenario, action, known: before.computed.clone() };
    State { pending: Some(Shared::new(pending)), computed: Vec::new(), ..before.clone() }
}

/// The run that was waited for is there; one that is waited for no longer is dropped.
pub(super) fn go_on(state: State, pending: &Shared<Pending>, run: Run) -> State {
    if state.pending.as_ref() != Some(pending) {
        return state;
    }
    let computed = pending.known.iter().cloned().chain([run]).collect();
    reduce(&State { pending: None, computed, ..state }, pending.action.clone())
}

/// A drag ends before its last step was computed: that is a change like any other.
pub(super) fn settled(state: &State) -> Option<State> {
    let pending = state.pending.as_ref()?;
    let Action::Adjust(edit) = &pending.action else { return None };
    let waiting = State { pending: None, ..state.clone() };
    Some(reduce(&waiting, Action::Apply(edit.clone())))
}
