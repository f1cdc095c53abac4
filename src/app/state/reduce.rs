//! Reducer: the one way from a state to the next.

use super::{
    super::{
        Allowed, Hand, Playhead, SPEEDS, Stride,
        breaking::{breached_at, broken_at, visit},
        changes, derived, fetching, hands,
        pending::{done, go_on},
        picks::held,
        stride, study,
    },
    Action, State,
    changing::{edits, needs_edits},
    opening::{digested, open, open_path},
    playing::{tick, toggle},
};

/// Returns the state after an action.
#[must_use]
pub fn reduce(state: &State, action: Action) -> State {
    if state.allowed != Allowed::ALL && is_refused(state.allowed, &action) {
        return state.clone();
    }
    if let Some(waits) = fetching::waits(state, &action) {
        return waits;
    }
    match action {
        Action::Fetch(action) => fetching::reduce(state, action),
        Action::Computed(pending, run) => go_on(state.clone(), &pending, run),
        Action::Cancel => State { awaited: None, pending: None, stands_in: false, ..state.clone() },
        Action::Hand(Hand::Make(edit)) => match edits::here() {
            Some(edits) => (edits.make)(state, edit),
            None => state.clone(),
        },
        Action::Hand(Hand::Submit(form, typed)) => match edits::here() {
            Some(edits) => (edits.submit)(state, form, typed),
            None => state.clone(),
        },
        action => {
            let passing = changes::is_passing(&action);
            let recorded = edits::here().filter(|_| state.imports.shown.is_some());
            let next = match recorded {
                Some(edits) => (edits.on_recorded)(state.clone(), action.clone()),
                None => act(state.clone(), action.clone()),
            };
            let next = changes::follow(state, next, passing);
            let next = match edits::here().filter(|_| next.compare.is_some()) {
                Some(edits) => (edits.follow)(state, next),
                None => next,
            };
            derived::follow(state, held(state, done(state, &action, next)))
        }
    }
}

/// True if the reader may not do this: it opens another run, or changes a locked one. Other changes are refused where they are
/// made.
fn is_refused(allowed: Allowed, action: &Action) -> bool {
    match action {
        Action::Open(_)
        | Action::Example(_)
        | Action::Protocol(_)
        | Action::Restore(_)
        | Action::Import(_) => true,
        _ => allowed == Allowed::NONE && action.changes_scenario(),
    }
}

pub(in super::super) fn act(state: State, action: Action) -> State {
    match action {
        Action::Open(bundled) => open(state, bundled),
        Action::Example(path) => open_path(state, &path),
        Action::Toggle => toggle(state),
        Action::Tick(real) => tick(state, real),
        Action::Step(by) if state.compare.is_some() => {
            let steps = 0..by.unsigned_abs();
            steps.fold(state, |state, _| stride::step(state, Stride::Event, by > 0))
        }
        Action::Step(by) if by > 0 && state.is_over() => state,
        Action::Step(by) => {
            let cursor = state.playhead.cursor.saturating_add_signed(by);
            State { playhead: Playhead::after(&state.run, cursor), playing: false, ..state }
        }
        Action::Stride(by, forward) => stride::step(state, by, forward),
        Action::Seek(time) => {
            let time = time.min(state.shown_until as f64);
            State { playhead: Playhead::at(&state.run, time), playing: false, ..state }
        }
        Action::Jump(cursor) => {
            let mut playhead = Playhead::after(&state.run, cursor);
            if playhead.is_at_end(&state.run) {
                playhead.time = playhead.time.max(state.shown_until as f64);
            }
            State { playhead, playing: false, ..state }
        }
        Action::Speed(speed) => {
            State { speed: speed.clamp(SPEEDS[0], SPEEDS[SPEEDS.len() - 1]), ..state }
        }
        Action::Select(selection) => hands::select(state, selection, true),
        Action::Hand(hand) if !hand.changes_scenario() => hands::reduce(state, hand),
        Action::Explain(explained) => State { explained, ..state },
        Action::Break(name) => visit(state, name, broken_at),
        Action::Breach(name) => visit(state, name, breached_at),
        Action::Study(ask) => study::ask(state, ask),
        // An open dialog names the moment that is shown: time rests meanwhile.
        Action::Share(sharing) => {
            State { sharing, playing: state.playing && !sharing.open, ..state }
        }
        Action::Gallery(open) => State { gallery: open, playing: state.playing && !open, ..state },
        // Time rests meanwhile: a new caption begins at the moment that is shown.
        Action::Author(authoring) => {
            State { authoring, playing: state.playing && !authoring, ..state }
        }
        Action::Present(presenting) => State { presenting, ..state },
        Action::Look(lens) => State { lens, ..state },
        Action::Show(panel) => State { panel, ..state },
        Action::Inspect(inspected) => State { inspected, ..state },
        Action::Indications(indications) => State { indications, ..state },
        Action::Tabulate(tables) => State { tables, ..state },
        Action::SeekCauses => State { causes_wanted: true, ..state },
        Action::Filter(filter) => State { filter, ..state },
        Action::Digested(digest) => digested(state, &digest),
        Action::Dismiss => State { refused: None, ..state },
        Action::Allow(allowed) => State { allowed, ..state },
        // It waited until the part was here.
        action => match edits::here() {
            Some(edits) if needs_edits(&action) => (edits.act)(state, action),
            _ => state,
        },
    }
}
