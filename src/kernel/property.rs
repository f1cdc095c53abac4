//! What can be said about a run.

use std::fmt;

use super::{Detection, Event, EventId, EventKind, Identity, NodeId, Packet, Past, Setting, Time};

/// A promise of the textbook, and the state machine that watches over it.
#[derive(Clone, Copy)]
pub struct Property {
    /// Its name in the field's vocabulary: `uniform agreement`. Never renamed.
    pub name: &'static str,
    /// Whether a finite prefix shows its violation.
    pub kind: Kind,
    /// The textbook's sentence.
    pub statement: &'static str,
    /// Starts watching a run in this setting.
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

/// Whether a finite prefix of a run shows the violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, derive_more::Display)]
pub enum Kind {
    /// It does: something bad happens.
    #[display("safety")]
    Safety,
    /// It does not: something good never happens.
    #[display("liveness")]
    Liveness,
}

/// Watches a run, event by event.
///
/// It sees requests, indications and faults, never messages or states: whatever solves the problem is
/// judged by what its application sees.
///
/// It can be told from another by its [`Identity`], so that a search knows a state when it comes back to it.
pub trait Monitor: dyn_clone::DynClone + Identity {
    /// Sees the next event.
    fn observe(&mut self, seen: &Observation);

    /// What it goes by, beside what happens at each node.
    fn needs(&self) -> Needs {
        Needs::SEQUENCE
    }

    /// Sees the next event, and what happened before it: only where it needs that.
    fn observe_after(&mut self, seen: &Observation, _past: &Past) {
        self.observe(seen);
    }

    /// What can be said so far, or, when the run is `over`, in the end. Safety never answers
    /// [`Verdict::Undecided`], liveness never [`Verdict::Violated`] before the run is over.
    fn verdict(&self, over: bool) -> Verdict;
}
dyn_clone::clone_trait_object!(Monitor);

/// What a monitor goes by, beside what happens at each node.
///
/// A search that tries orders of events, not moments, can tell no times; and the less a monitor goes by, the fewer
/// orders it has to try. What caused what is not left open by this: a message is delivered after it was broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// What is asked for; without it, only what nodes tell and who fails.
    pub requests: bool,
    /// In which order things happen at one node.
    pub sequence: bool,
    /// How the events of different nodes interleave, where neither caused the other.
    pub order: bool,
    /// Which of two events at different nodes has the smaller id, where neither caused the other.
    pub ids: bool,
    /// At which times things happen.
    pub time: bool,
    /// What happened before what. To find that out costs more than all monitors together, so it is not done for
    /// those that do not ask.
    pub past: bool,
}

impl Needs {
    /// It goes by what happens at each node, in whichever order, and by nothing else.
    pub const NOTHING: Self = Self {
        requests: true,
        sequence: false,
        order: false,
        ids: false,
        time: false,
        past: false,
    };
    /// It goes by what happens at each node in which order.
    pub const SEQUENCE: Self = Self { sequence: true, ..Self::NOTHING };
    /// It minds how the events of different nodes interleave, too.
    pub const ORDER: Self = Self { order: true, ..Self::SEQUENCE };
    /// It minds how what nodes tell interleaves, and who fails, whatever they are asked.
    pub const TOLD_ORDER: Self = Self { requests: false, ..Self::ORDER };
    /// It compares the ids of events at different nodes.
    pub const IDS: Self = Self { ids: true, ..Self::ORDER };
    /// It looks at the clock.
    pub const TIME: Self = Self { time: true, ..Self::ORDER };
    /// It asks what happened before what.
    pub const PAST: Self = Self { past: true, ..Self::ORDER };
}

/// What a monitor sees of an event.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// Which event it is.
    pub id: EventId,
    /// When it happened, in virtual ms.
    pub time: Time,
    /// Where it happened.
    pub node: NodeId,
    /// What happened.
    pub what: Seen<'a>,
}

/// The events that monitors see.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a> {
    /// The application asked.
    Request(&'a Packet),
    /// The protocol told its application something.
    Indication(&'a Packet),
    /// The node stopped.
    Crash,
    /// The node restarted.
    Recover,
    /// The failure detector told the node something.
    Detect(Detection),
    /// The node is a traitor, from the beginning of the run.
    Traitor,
}

impl<'a> Observation<'a> {
    /// What a monitor sees of this event; none where that is nothing.
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

/// What is said about a property. Sentences name nodes by their characters (see [`NodeId`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds, as far as the run goes.
    Holds,
    /// Something good is still to come.
    Undecided(String),
    /// It does not hold.
    Violated {
        /// What went wrong, in one sentence.
        why: String,
        /// The events that prove it. For safety the last of them completes the violation.
        witness: Vec<EventId>,
    },
}

impl Verdict {
    /// Its `status` in the trace.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Undecided(_) => "undecided",
            Self::Violated { .. } => "violated",
        }
    }

    /// Whether it is violated.
    #[must_use]
    pub const fn is_violated(&self) -> bool {
        matches!(self, Self::Violated { .. })
    }
}
