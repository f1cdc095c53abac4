//! Assumptions on when requests come, and how a run breaks them.

use super::Breach;
use crate::{
    analysis::Repair,
    kernel::{EventKind, Rule, Time, Trace},
};

/// The requests that come at this time or later.
pub(super) fn late_requests(rule: Rule, trace: &Trace, deadline: Time, most: usize) -> Vec<Breach> {
    let late = trace.events.iter().enumerate().filter_map(|(id, event)| match event.kind {
        EventKind::Request { index, .. } if event.time >= deadline => {
            let why =
                format!("{} was asked at {} ms, not before {deadline}", event.node, event.time);
            let repair = deadline.checked_sub(1).map(|before| Repair::Ask(index, before));
            Some(Breach { repair, ..Breach::at(rule, id, format!("requests[{index}]"), why) })
        }
        _ => None,
    });
    late.take(most).collect()
}
