//! What stands out in the picture of a state.

use super::{Run, Selection};
use crate::{
    analysis::{Chain, chain, way},
    diagram::Emphasis,
    kernel::{EventId, EventKind, Verdict},
    runs::Outcome,
};

/// What stands out: the witness of the violation that the reader asks about, or else what led to what is picked
/// and what came of it; nothing where neither is asked. Worked out once for each.
#[must_use]
pub fn emphasis(
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

/// How the violation that the reader asks about came about: the events that prove it, and the one that
/// broke what the protocol relies on, with all that led to them.
fn witness(run: &Outcome, name: Option<&'static str>) -> Option<Chain> {
    let mut judgements = run.report.judgements.iter();
    let judgement = judgements.find(|judgement| Some(judgement.property.name) == name)?;
    let Verdict::Violated { witness, .. } = &judgement.verdict else { return None };
    let breach = run.report.broke(judgement, &run.trace).and_then(|breach| breach.event);
    let events: Vec<_> = witness.iter().copied().chain(breach).collect();
    let mut shown = chain(&run.trace, &events);
    // No handler caused a request: what led to it is what its application knew by then.
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
