//! Reducer: the one way from a state to the next.

use super::{
    super::{
        Edit, Hand, Playhead, SPEEDS, Stride,
        breaking::{breached_at, broken_at, visit},
        changes, compare, derived,
        draft::restore,
        fetching,
        file::open_file,
        hands, measuring, menu,
        pending::{done, go_on},
        picks::held,
        searching, stride, study,
        tour::{change_protocol, open_protocol},
        words::ChangeOrigin,
    },
    Action, State,
    change::{abandon, apply, apply_as, redo, settle, undo},
    opening::{digested, load, open, open_path},
    playing::{tick, toggle},
};

/// Returns the state after an action.
#[must_use]
pub fn reduce(state: &State, action: Action) -> State {
    if let Some(waits) = fetching::waits(state, &action) {
        return waits;
    }
    match action {
        Action::Fetch(action) => fetching::reduce(state, action),
        Action::Computed(pending, run) => go_on(state.clone(), &pending, run),
        Action::Cancel => State { awaited: None, pending: None, stands_in: false, ..state.clone() },
        Action::Hand(Hand::Make(edit)) => menu::make(state, edit),
        Action::Hand(Hand::Submit(form, typed)) => menu::submit(state, form, typed),
        action => {
            let passing = changes::is_passing(&action);
            let next = act(state.clone(), action.clone());
            let next = compare::follow(state, changes::follow(state, next, passing));
            derived::follow(state, held(state, done(state, &action, next)))
        }
    }
}

fn act(state: State, action: Action) -> State {
    match action {
        Action::Open(bundled) => open(state, bundled),
        Action::Example(path) => open_path(state, path),
        Action::Load(text) => load(state, &text),
        Action::File(file, text) => open_file(state, &file, text.as_deref()),
        Action::Protocol(id) => open_protocol(state, id),
        Action::Apply(Edit::Protocol(id)) => change_protocol(state, id),
        Action::Apply(edit @ Edit::Replace(_)) => {
            let loads = state.loads + 1;
            apply(State { loads, ..state }, edit)
        }
        Action::Apply(edit) => apply(state, edit),
        Action::Adjust(edit) => apply_as(state, edit, true, ChangeOrigin::ByHand),
        Action::Settle => settle(state),
        Action::Abandon => abandon(state),
        Action::Undo if state.adjusting => hands::reduce(state, Hand::Escape),
        Action::Redo if state.adjusting => state,
        Action::Undo => undo(state),
        Action::Redo => redo(state),
        Action::Reset => reset(state),
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
        Action::Hand(hand) => hands::reduce(state, hand),
        Action::Explain(explained) => State { explained, ..state },
        Action::Break(name) => visit(state, name, broken_at),
        Action::Breach(name) => visit(state, name, breached_at),
        Action::Study(ask) => study::ask(state, ask),
        Action::Look(lens) => State { lens, ..state },
        Action::Show(panel) => State { panel, ..state },
        Action::Inspect(inspected) => State { inspected, ..state },
        Action::Indications(indications) => State { indications, ..state },
        Action::SeekCauses => State { causes_wanted: true, ..state },
        Action::Filter(filter) => State { filter, ..state },
        Action::Digested(digest) => digested(state, &digest),
        Action::Differ(showing) => changes::show(state, showing),
        Action::Since(since) => changes::since(state, since),
        Action::Compare(against) => compare::compare(state, against),
        Action::Search(action) => searching::reduce(state, action),
        Action::Measure(action) => measuring::reduce(state, action),
        Action::Restore(draft) => restore(state, &draft),
        Action::Computed(..) | Action::Cancel | Action::Fetch(_) => state,
        Action::Dismiss => State { refused: None, ..state },
    }
}

/// Goes back to the scenario as it was opened.
fn reset(state: State) -> State {
    let origin = Box::new((*state.origin).clone());
    apply_as(state, Edit::Replace(origin), false, ChangeOrigin::Opened)
}
