//! The time that a changed run needs to become quiescent.

use super::{Run, runner::Runner};
use crate::{
    kernel::{Fate, MAX_TIME, Message, Scenario},
    runs::Outcome,
};

/// Moves the horizon until a run is quiescent, if that is all it lacks: a reader who delays a message wants to see it
/// arrive. A run whose timers never stop stays unchanged.
pub(super) fn let_it_rest(run: Run, runner: &mut Runner) -> Run {
    if !run.protocol.rests(&run.scenario) {
        return run;
    }
    let due = |run: &Outcome| {
        let fates = run.trace.messages.iter().flat_map(Message::fates);
        let due = fates.filter_map(|fate| match fate {
            Fate::InTransit { due } => Some(due),
            _ => None,
        });
        due.max()
    };
    let mut tried = run.clone();
    // Each answer to a pending message may send more, and take as long again.
    for _ in 0..6 {
        if tried.trace.quiescent || tried.trace.exhausted {
            break;
        }
        let enough = due(&tried).map_or(0, |due| due + due / 10 + 10);
        let until = enough.max(tried.scenario.until * 2).min(MAX_TIME);
        match runner.run(Scenario { until, ..tried.scenario.clone() }) {
            Ok(Some(longer)) => tried = longer,
            _ => return run,
        }
    }
    if !tried.trace.quiescent {
        return run;
    }
    let last = tried.trace.events.last().map_or(0, |event| event.time);
    // The next round moment: people read scenarios.
    let rested = (last + last / 10 + 10).next_multiple_of(10);
    let until = rested.clamp(run.scenario.until, tried.scenario.until);
    let rested = runner.run(Scenario { until, ..tried.scenario.clone() });
    rested.ok().flatten().unwrap_or(run)
}
