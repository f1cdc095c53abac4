//! Moves items of a scenario along time: the marks of faults and requests, and the ends of walls.

use super::Edit;
use crate::{
    kernel::{EventId, EventKind, Fault, MAX_TIME, NodeId, RequestSpec, Scenario, Time},
    runs::Outcome,
};

/// An item of the scenario with a time, held by the pointer.
#[derive(Clone, Debug, PartialEq)]
pub enum Handle {
    /// A fault: its place, its value at the start of the drag, and the part that is held.
    Fault(usize, Fault, End),
    /// A request: its place, and its value at the start of the drag.
    Request(usize, RequestSpec),
}

/// The part of a fault that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its beginning, or its only moment.
    Start,
    /// Its end.
    Until,
    /// All of it: its duration stays.
    Whole,
}

/// Returns the item behind the mark of an event, if it can be moved: the fault or the request that caused the event.
#[must_use]
pub fn handle_of(run: &Outcome, event: EventId) -> Option<Handle> {
    let event = run.trace.events.get(event)?;
    let fault = |end, is: fn(&Fault, Time) -> bool| {
        let mut faults = run.scenario.faults.iter().enumerate();
        let here = |fault: &Fault| node_of(fault) == Some(event.node) && is(fault, event.time);
        let (place, fault) = faults.find(|(_, fault)| here(fault))?;
        Some(Handle::Fault(place, fault.clone(), end))
    };
    match event.kind {
        EventKind::Request { index, .. } => {
            let request = run.scenario.requests.get(index)?;
            Some(Handle::Request(index, request.clone()))
        }
        EventKind::Crash => fault(
            End::Start,
            |fault, time| matches!(fault, Fault::Crash { at, .. } | Fault::CrashWriting { at, .. } if *at == time),
        ),
        EventKind::Recover => fault(
            End::Start,
            |fault, time| matches!(fault, Fault::Recover { at, .. } if *at == time),
        ),
        EventKind::Pause => {
            fault(End::Whole, |fault, time| matches!(fault, Fault::Pause { at, .. } if *at == time))
        }
        EventKind::Resume => fault(
            End::Until,
            |fault, time| matches!(fault, Fault::Pause { until, .. } if *until == time),
        ),
        _ => None,
    }
}

const fn node_of(fault: &Fault) -> Option<NodeId> {
    match fault {
        Fault::Crash { node, .. }
        | Fault::CrashWriting { node, .. }
        | Fault::Recover { node, .. }
        | Fault::Pause { node, .. } => Some(*node),
        _ => None,
    }
}

impl Handle {
    /// Returns a fault of a scenario, by its place.
    #[must_use]
    pub fn fault(scenario: &Scenario, place: usize, end: End) -> Option<Self> {
        Some(Self::Fault(place, scenario.faults.get(place)?.clone(), end))
    }

    /// Returns the change that moves the item by this number of virtual ms, from its time at the start of the drag.
    #[must_use]
    pub fn moved(&self, by: i64) -> Edit {
        let shift = |time: Time, least: Time, most: Time| {
            time.saturating_add_signed(by).clamp(least, most.max(least))
        };
        match self {
            Self::Request(place, request) => {
                let at = shift(request.at, 0, MAX_TIME);
                Edit::ChangeRequest(*place, RequestSpec { at, ..request.clone() })
            }
            Self::Fault(place, fault, end) => {
                let mut fault = fault.clone();
                match fault.times_mut() {
                    [Some(at), None] => *at = shift(*at, 0, MAX_TIME),
                    [Some(at), Some(until)] => {
                        let lasts = *until - *at;
                        match end {
                            End::Start => *at = shift(*at, 0, *until - 1),
                            End::Until => *until = shift(*until, *at + 1, MAX_TIME),
                            End::Whole => {
                                *at = shift(*at, 0, MAX_TIME - lasts);
                                *until = *at + lasts;
                            }
                        }
                    }
                    _ => {}
                }
                Edit::ChangeFault(*place, fault)
            }
        }
    }
}
