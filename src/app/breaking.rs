//! Where a property is broken, and what it relies on.

use super::{Action, Selection, State, reduce, text};
use crate::{
    analysis::Judgement,
    diagram::event_sentence,
    kernel::{EventId, Kind, Verdict},
    runs::Outcome,
};

/// A moment of a run: after how many events, and the one that matters, if one does.
pub(super) type Place = (usize, Option<EventId>);

fn judgement<'a>(run: &'a Outcome, name: &str) -> Option<&'a Judgement> {
    let mut judgements = run.report.judgements.iter();
    judgements.find(|judgement| judgement.property.name == name && judgement.verdict.is_violated())
}

/// Where a property is violated: after the event that completes it; liveness is violated in the end, by none.
pub(super) fn broken_at(run: &Outcome, name: &str) -> Option<Place> {
    let judgement = judgement(run, name)?;
    let Verdict::Violated { witness, .. } = &judgement.verdict else { return None };
    let end = run.trace.events.len();
    match judgement.property.kind {
        Kind::Liveness => Some((end, None)),
        Kind::Safety => {
            let last = witness.iter().max().copied();
            Some((last.map_or(end, |event| event + 1), last))
        }
    }
}

/// Where what a violated property relies on was broken, if an event did it.
pub(super) fn breached_at(run: &Outcome, name: &str) -> Option<Place> {
    let breach = run.report.broke(judgement(run, name)?, &run.trace)?;
    breach.event.map(|event| (event + 1, Some(event)))
}

/// The state with the playhead there, the event picked, and what led to the violation standing out.
pub(super) fn visit(
    state: State,
    name: &'static str,
    place: impl Fn(&Outcome, &str) -> Option<Place>,
) -> State {
    let Some((cursor, event)) = place(&state.run, name) else { return state };
    let state = reduce(&state, Action::Jump(cursor));
    let said = event.map_or_else(
        || text::breaking::at_end(name),
        |event| {
            let time = state.run.trace.events[event].time;
            format!("{time} ms: {}.", event_sentence(&state.run.scenario, &state.run.trace, event))
        },
    );
    State {
        explained: Some(name),
        selection: event.map(Selection::Event),
        announcement: said,
        ..state
    }
}
