//! The place of a violation in a run, and of the broken assumption.

use super::{Action, Selection, State, reduce, text};
use crate::{
    analysis::Judgement,
    diagram::event_sentence,
    kernel::{EventId, Kind, Verdict},
    runs::Outcome,
};

/// A moment of a run: the number of events before it, and the event that matters, if any.
pub(super) type Place = (usize, Option<EventId>);

fn judgement<'a>(run: &'a Outcome, name: &str) -> Option<&'a Judgement> {
    let mut judgements = run.report.judgements.iter();
    judgements.find(|judgement| judgement.property.name == name && judgement.verdict.is_violated())
}

/// Returns the place of a violation: after the event that completes it. Liveness is violated at the end, by no event.
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

/// Returns the place at which an assumption of a violated property was broken, if an event broke it.
pub(super) fn breached_at(run: &Outcome, name: &str) -> Option<Place> {
    let breach = run.report.broke(judgement(run, name)?, &run.trace)?;
    breach.event.map(|event| (event + 1, Some(event)))
}

/// Returns the state with the playhead at this place, the event selected, and the causes of the violation emphasised.
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
            let said = event_sentence(&state.run.scenario, &state.run.trace, event);
            format!("{}.", text::marks::at(time, &said))
        },
    );
    State {
        explained: Some(name),
        selection: event.map(Selection::Event),
        announcement: said,
        ..state
    }
}
