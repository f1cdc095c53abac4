//! A breach of an assumption: what a run broke, how, and what would undo it.

use crate::{
    analysis::Repair,
    kernel::{EventId, Kind, Rule, Time, Trace},
};

/// An assumption that a run broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The assumption that is broken.
    pub rule: Rule,
    /// The kind of promises that rely on it; none if all do.
    pub kind: Option<Kind>,
    /// One sentence that says how it is broken; nodes are their characters.
    pub why: String,
    /// Path in the scenario: `faults[2]`, `network.loss`.
    pub culprit: String,
    /// Number of events before the assumption is broken: 0 if it is from the start.
    pub from: EventId,
    /// Event that breaks it; none where no event does.
    pub event: Option<EventId>,
    /// Moment of the breach, in virtual ms, where it precedes the event: a message is late before anything happens.
    pub due: Option<Time>,
    /// Change that undoes this breach alone; none where there is none.
    pub repair: Option<Repair>,
}

impl Breach {
    /// A breach by an event, without a repair.
    pub(super) const fn at(rule: Rule, event: EventId, culprit: String, why: String) -> Self {
        let (kind, from, event, due, repair) = (None, event, Some(event), None, None);
        Self { rule, kind, why, culprit, from, event, due, repair }
    }

    /// A breach by the scenario itself, without a repair.
    pub(super) const fn from_the_start(rule: Rule, culprit: String, why: String) -> Self {
        let (kind, event, due, repair) = (None, None, None, None);
        Self { rule, kind, why, culprit, from: 0, event, due, repair }
    }

    /// Moment of the breach, in virtual ms.
    #[must_use]
    pub fn since(&self, trace: &Trace) -> Time {
        let by_event = || self.event.map(|_| trace.events[self.from].time);
        self.due.or_else(by_event).unwrap_or_default()
    }

    /// True if the assumption is broken at or before this event.
    #[must_use]
    pub const fn is_present_at(&self, event: EventId) -> bool {
        self.from <= event
    }
}
