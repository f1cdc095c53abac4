//! Emphasis in the picture of a state.

use super::{Run, Selection};
use crate::{
    analysis::{Chain, chain, way},
    diagram::{Emphasis, Only},
    kernel::{EventId, EventKind, Verdict},
    runs::Outcome,
};

/// Returns the emphasised events: the witness of the violation that is explained, or the causes and effects of the
/// selection; and the messages that pass the reader's filter. None where none of them is shown. Computed once for each.
#[must_use]
pub fn emphasis(
    run: &Run,
    explained: Option<&'static str>,
    picked: Option<Selection>,
    only: &Only,
) -> Option<Emphasis> {
    let Some(mut emphasis) = asked(run, explained, picked) else {
        return (!only.is_open()).then(|| Emphasis::filter(only.clone()));
    };
    emphasis.only = only.clone();
    Some(emphasis)
}

fn asked(
    run: &Run,
    explained: Option<&'static str>,
    picked: Option<Selection>,
) -> Option<Emphasis> {
    if let Some(chain) = witness(run, explained) {
        return Some(Emphasis::witness(chain));
    }
    let (trace, nodes) = (&run.trace, run.scenario.nodes.len());
    match picked? {
        Selection::Event(event) if event < trace.events.len() => {
            Some(Emphasis::event(trace, nodes, event))
        }
        Selection::Message(name) => {
            let message = trace.messages.iter().position(|message| message.name == name)?;
            Some(Emphasis::message(trace, nodes, message))
        }
        _ => None,
    }
}

/// Returns the witness of a violation: the events that prove it, the event that broke an assumption, and all their
/// causes.
fn witness(run: &Outcome, name: Option<&'static str>) -> Option<Chain> {
    let mut judgements = run.report.judgements.iter();
    let judgement = judgements.find(|judgement| Some(judgement.property.name) == name)?;
    let Verdict::Violated { witness, .. } = &judgement.verdict else { return None };
    let breach = run.report.broke(judgement, &run.trace).and_then(|breach| breach.event);
    let events: Vec<_> = witness.iter().copied().chain(breach).collect();
    let mut shown = chain(&run.trace, &events);
    // No handler caused a request: its causes are the earlier events that its application knew.
    let asked =
        |event: &&EventId| matches!(run.trace.events[**event].kind, EventKind::Request { .. });
    for &later in witness.iter().filter(asked) {
        for &earlier in witness.iter().filter(|&&earlier| earlier < later) {
            if let Some(Chain { events, messages }) = way(&run.trace, earlier, later) {
                shown.events.extend(events);
                shown.messages.extend(messages);
            }
        }
    }
    Some(shown)
}
