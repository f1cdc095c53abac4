//! Assumptions on the times of requests and on the end of the run.

use super::{Breach, Examined};
use crate::{
    analysis::Repair,
    kernel::{EventKind, MAX_TIME, ParameterName, Time},
};

/// Every request comes before the time in the parameter.
pub(super) fn requests_before(run: Examined, parameter: ParameterName) -> Vec<Breach> {
    let deadline = Time::from(run.integer(parameter));
    let events = run.trace.events.iter().enumerate();
    let late = events.filter_map(|(id, event)| match event.kind {
        EventKind::Request { index, .. } if event.time >= deadline => {
            let why = format!(
                "{} received a request at {} ms, not before {deadline}",
                event.node, event.time
            );
            let repair = deadline.checked_sub(1).map(|before| Repair::Ask(index, before));
            let culprit = format!("requests[{index}]");
            Some(Breach { repair, ..Breach::at(run.rule, id, culprit, why) })
        }
        _ => None,
    });
    late.take(run.most).collect()
}

/// The run is at rest when it ends.
pub(super) fn runs_to_quiescence(run: Examined) -> Option<Breach> {
    (!run.trace.quiescent).then(|| {
        let why = format!("the run ends at {} ms, before it is at rest", run.trace.end);
        let until = run.scenario.until;
        let longer = until.saturating_mul(2).saturating_add(1000).min(MAX_TIME);
        let repair = (longer > until).then_some(Repair::Until(longer));
        run.misfit("until".to_owned(), why, repair)
    })
}
