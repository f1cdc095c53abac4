//! Parts of the state that are derived from the run that is shown and from its origin: once per change, not per
//! drawing.

use std::rc::Rc;

use super::{Shared, State, Ways, state::edits};

/// Derives them again after an action that changed the run.
pub(super) fn follow(before: &State, next: State) -> State {
    let same = before.run == next.run
        && Rc::ptr_eq(&before.origin, &next.origin)
        && before.adjusting == next.adjusting;
    if same { next } else { derived(next) }
}

/// Derives them. During a drag no attempt is judged and no variant is run: the ways on stay unchanged.
pub(super) fn derived(state: State) -> State {
    let edits = edits::here();
    let (run, origin) = (&state.run, &state.origin);
    let exercise = edits.filter(|_| origin.goal.is_some());
    let exercise = exercise.and_then(|it| (it.exercise)(run, origin, state.adjusting));
    let exercise = exercise.map(Shared::new);
    let ways = match state.adjusting {
        true => state.ways.clone(),
        false => Shared::new(Ways::from(run, origin)),
    };
    State { exercise, ways, ..state }
}
