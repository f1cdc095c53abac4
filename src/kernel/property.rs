//! Properties of runs.

use std::fmt;

use super::{Detection, Event, EventId, EventKind, Identity, NodeId, Packet, Past, Setting, Time};

/// A property from the textbook, and the monitor that checks it.
#[derive(Clone, Copy)]
pub struct Property {
    /// Its name in the field's vocabulary: `uniform agreement`. Never renamed.
    pub name: &'static str,
    /// Safety or liveness.
    pub kind: Kind,
    /// The textbook's sentence.
    pub statement: &'static str,
    /// Returns a monitor of a run in this setting.
    pub monitor: fn(setting: &Setting) -> Box<dyn Monitor>,
}

impl fmt::Debug for Property {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Property {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
impl Eq for Property {}

/// Kind of a property: safety is violated by a finite prefix of a run, liveness is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, derive_more::Display)]
pub enum Kind {
    /// Something bad never happens: a finite prefix shows the violation.
    #[display("safety")]
    Safety,
    /// Something good happens in the end: no finite prefix shows a violation.
    #[display("liveness")]
    Liveness,
}

/// A monitor of a run, event by event.
///
/// It sees requests, indications and faults, never messages or states: every solution of a problem is judged
/// by the events at its application.
///
/// Its `Identity` distinguishes its states, so that a search recognises a state that it has met before.
pub trait Monitor: dyn_clone::DynClone + Identity {
    /// Observes the next event.
    fn observe(&mut self, seen: &Observation);

    /// Returns the aspects of a run that it depends on, beside the events of each node.
    fn needs(&self) -> Needs {
        Needs::SEQUENCE
    }

    /// Observes the next event together with its past: only for a monitor that needs the past.
    fn observe_after(&mut self, seen: &Observation, _past: &Past) {
        self.observe(seen);
    }

    /// Returns the verdict so far, or, when the run is `over`, the final one. Safety never answers
    /// [`Verdict::Undecided`], liveness never [`Verdict::Violated`] before the run is over.
    fn verdict(&self, over: bool) -> Verdict;
}
dyn_clone::clone_trait_object!(Monitor);

/// Aspects of a run that a monitor depends on, beside the events of each node.
///
/// A search that tries orders of events, not moments, knows no times. The fewer aspects a monitor depends on,
/// the fewer orders the search has to try. Causality is always respected: a message is delivered after it was
/// broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The requests; without it, only indications and faults.
    pub requests: bool,
    /// The order of events at one node.
    pub sequence: bool,
    /// The interleaving of concurrent events of different nodes.
    pub order: bool,
    /// The order of the ids of concurrent events of different nodes.
    pub ids: bool,
    /// The times of events.
    pub time: bool,
    /// The past of each event. It costs more than all monitors together, so it is computed only for monitors
    /// that ask for it.
    pub past: bool,
}

impl Needs {
    /// The events of each node, in any order, and nothing else.
    pub const NOTHING: Self = Self {
        requests: true,
        sequence: false,
        order: false,
        ids: false,
        time: false,
        past: false,
    };
    /// The events of each node, in their order.
    pub const SEQUENCE: Self = Self { sequence: true, ..Self::NOTHING };
    /// The interleaving of events of different nodes, too.
    pub const ORDER: Self = Self { order: true, ..Self::SEQUENCE };
    /// The interleaving of indications and faults, but no requests.
    pub const TOLD_ORDER: Self = Self { requests: false, ..Self::ORDER };
    /// The ids of events at different nodes, too.
    pub const IDS: Self = Self { ids: true, ..Self::ORDER };
    /// The times of events, too.
    pub const TIME: Self = Self { time: true, ..Self::ORDER };
    /// The past of events, too.
    pub const PAST: Self = Self { past: true, ..Self::ORDER };
}

/// A monitor's view of an event.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// Id of the event.
    pub id: EventId,
    /// Time at which it happened, in virtual ms.
    pub time: Time,
    /// Node at which it happened.
    pub node: NodeId,
    /// The event.
    pub what: Seen<'a>,
}

/// The events that monitors see.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a> {
    /// A request of the application.
    Request(&'a Packet),
    /// An indication to the application.
    Indication(&'a Packet),
    /// A crash of the node.
    Crash,
    /// A recovery of the node.
    Recover,
    /// A report of the failure detector.
    Detect(Detection),
    /// The node is a traitor, from the beginning of the run.
    Traitor,
}

impl<'a> Observation<'a> {
    /// Returns a monitor's view of this event; none if monitors do not see it.
    #[must_use]
    pub fn of(id: EventId, event: &'a Event) -> Option<Self> {
        let what = match &event.kind {
            EventKind::Request { packet, .. } => Seen::Request(packet),
            EventKind::Indicate { packet, .. } => Seen::Indication(packet),
            EventKind::Crash => Seen::Crash,
            EventKind::Recover => Seen::Recover,
            EventKind::Detect(detection) => Seen::Detect(*detection),
            EventKind::Traitor(_) => Seen::Traitor,
            _ => return None,
        };
        Some(Self { id, time: event.time, node: event.node, what })
    }
}

/// A verdict on a property. Sentences name nodes by their characters (see [`NodeId`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The property holds in the run so far.
    Holds,
    /// Something good has not happened yet; the text says what.
    Undecided(String),
    /// The property is violated.
    Violated {
        /// The violation, in one sentence.
        why: String,
        /// The events that prove it. For safety the last of them completes the violation.
        witness: Vec<EventId>,
    },
}

impl Verdict {
    /// Returns its `status` in the trace.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Undecided(_) => "undecided",
            Self::Violated { .. } => "violated",
        }
    }

    /// True if the property is violated.
    #[must_use]
    pub const fn is_violated(&self) -> bool {
        matches!(self, Self::Violated { .. })
    }
}
