//! What happened.
//!
//! Compact, since runs are long: types are erased but nothing is rendered. JSON and pictures are made of
//! it elsewhere.

use std::rc::Rc;

use super::{Detection, MessageName, NodeId, NodeSet, Packet, Strategy, Time};

/// The place of an event in [`Trace::events`].
pub type EventId = usize;
/// The place of a message in [`Trace::messages`].
pub type MessageId = usize;

/// A run, recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// In the order in which they happened.
    pub events: Vec<Event>,
    /// In the order in which they were sent.
    pub messages: Vec<Message>,
    /// When the run ended, in virtual ms.
    pub end: Time,
    /// Whether it came to rest: nothing was in flight and no timer ran.
    pub quiescent: bool,
    /// Whether it was stopped at the event budget, neither at rest nor at its horizon.
    pub exhausted: bool,
    /// By their places in the scenario: the faults that met nothing.
    pub unused_faults: Vec<usize>,
    /// By their places in the scenario: the requests that met a node that was down, or the run's end.
    pub unused_requests: Vec<usize>,
    /// What the run is measured by, in the order in which it was taken: node by node, wherever a value is
    /// not what it was. Between two samples of a node its values go evenly from the one to the other.
    pub samples: Vec<Sample>,
    /// By node: the nodes for which it waits at the end of a run that came to rest; empty in other runs.
    pub waits_for: Vec<NodeSet>,
}

/// What a node measured by an observer comes to at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When, in virtual ms.
    pub time: Time,
    /// How many events had happened by then.
    pub events: EventId,
    /// Where.
    pub node: NodeId,
    /// A value for each of the protocol's [`metrics`](super::Protocol::metrics), in their order.
    pub values: Vec<i64>,
}

impl Trace {
    /// How often nodes handed something to the network. A transmission on a shared medium counts once,
    /// however many hear it.
    #[must_use]
    pub fn sends(&self) -> usize {
        let first = |message: &MessageId| {
            let transmission = self.messages[*message].transmission;
            let before = message.checked_sub(1).and_then(|it| self.messages[it].transmission);
            transmission.is_none() || transmission != before
        };
        (0..self.messages.len()).filter(first).count()
    }

    /// How many events have happened by the end of this moment.
    #[must_use]
    pub fn events_until(&self, time: Time) -> usize {
        self.events.partition_point(|event| event.time <= time)
    }
}

/// Something that happened at one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When, in virtual ms.
    pub time: Time,
    /// Where. For a loss, the node that the message was for.
    pub node: NodeId,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The application asked.
    Request {
        /// Its place in the scenario.
        index: usize,
        /// The request.
        packet: Packet,
    },
    /// A message was handed to the network.
    Send(MessageId),
    /// A message, or a second copy of it, came.
    Receive(MessageId),
    /// A message, or a second copy of it, will never come.
    Lose(MessageId, Loss),
    /// A timer went off.
    Timer(Packet),
    /// The node stopped.
    Crash,
    /// The node restarted.
    Recover,
    /// The node stands still.
    Pause,
    /// The node goes on.
    Resume,
    /// The node wrote to stable storage.
    Persist,
    /// The protocol said why.
    Note(Rc<str>),
    /// The protocol told its application something.
    Indicate {
        /// Its `kind` in the trace.
        kind: &'static str,
        /// The indication.
        packet: Packet,
    },
    /// The scenario's failure detector told the node something.
    Detect(Detection),
    /// The node is a traitor: from the beginning of the run, what it says may be lies.
    Traitor(Strategy),
}

impl EventKind {
    /// Its `kind` in the trace.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Request { .. } => "request",
            Self::Send(_) => "send",
            Self::Receive(_) => "receive",
            Self::Lose(..) => "lose",
            Self::Timer(_) => "timer",
            Self::Crash => "crash",
            Self::Recover => "recover",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Persist => "persist",
            Self::Note(_) => "note",
            Self::Indicate { kind, .. } => kind,
            Self::Detect(detection) => detection.kind(),
            Self::Traitor(_) => "traitor",
        }
    }

    /// The message that it is about, if it is about one.
    #[must_use]
    pub const fn message(&self) -> Option<MessageId> {
        match self {
            Self::Send(message) | Self::Receive(message) | Self::Lose(message, _) => Some(*message),
            _ => None,
        }
    }
}

/// A message that was handed to the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What links call it.
    pub name: MessageName,
    /// What it says.
    pub packet: Packet,
    /// The event of its sending.
    pub sent: EventId,
    /// What became of its original: of the message as a whole, see [`overall`](Self::overall).
    pub fate: Fate,
    /// What became of further copies of it.
    pub copies: Vec<Fate>,
    /// The transmission that it is a part of, where one is heard by many: they are counted from 1.
    pub transmission: Option<u32>,
    /// How it is not what the sender's code meant it to be, or not what comes to the receiver.
    pub tampering: Option<Box<Tampering>>,
}

/// What was done to a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tampering {
    /// What the correct code would have said, where a traitor said something else.
    pub truth: Option<Packet>,
    /// What its first copy is when it comes, where bits of it flipped on the way.
    pub damaged: Option<Packet>,
}

impl Message {
    /// What became of each of its copies, the original first.
    pub fn fates(&self) -> impl Iterator<Item = Fate> {
        std::iter::once(self.fate).chain(self.copies.iter().copied())
    }

    /// What became of it as a whole: received with the first copy that was; else in flight while a copy is; else
    /// lost as its original was.
    #[must_use]
    pub fn overall(&self) -> Fate {
        if self.copies.is_empty() {
            return self.fate;
        }
        let received = self.fates().filter_map(|fate| match fate {
            Fate::Received(event) => Some(event),
            _ => None,
        });
        let under_way = self.fates().filter_map(|fate| match fate {
            Fate::InFlight { due } => Some(due),
            _ => None,
        });
        let still = || under_way.min().map(|due| Fate::InFlight { due });
        received.min().map(Fate::Received).or_else(still).unwrap_or(self.fate)
    }

    /// What is known of it as a whole once so many events have happened: none while a copy may still come.
    #[must_use]
    pub fn known(&self, events: EventId) -> Option<Fate> {
        let is_known = |fate: &Fate| fate.event().is_some_and(|end| end < events);
        match self.overall() {
            fate @ Fate::Received(_) => Some(fate).filter(is_known),
            fate => self.fates().all(|it| is_known(&it)).then_some(fate),
        }
    }

    /// What the correct code would have said, where a traitor said something else.
    #[must_use]
    pub fn truth(&self) -> Option<&Packet> {
        self.tampering.as_ref()?.truth.as_ref()
    }

    /// What it is when it comes, where bits of it flipped on the way.
    #[must_use]
    pub fn damaged(&self) -> Option<&Packet> {
        self.tampering.as_ref()?.damaged.as_ref()
    }
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// On its way when the run ended.
    InFlight {
        /// When it would arrive, in virtual ms.
        due: Time,
    },
    /// Received.
    Received(EventId),
    /// Lost.
    Lost(EventId, Loss),
}

impl Fate {
    /// The event that ended its way.
    #[must_use]
    pub const fn event(self) -> Option<EventId> {
        match self {
            Self::InFlight { .. } => None,
            Self::Received(event) | Self::Lost(event, _) => Some(event),
        }
    }
}

/// Why a message was lost, and by which of the scenario's faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// By the network's own bad luck.
    Luck,
    /// By hand.
    Drop(usize),
    /// It ran into a partition.
    Partition(usize),
    /// It ran into a dead link.
    Cut(usize),
    /// Its sender or its receiver failed to handle it.
    Omission(usize),
    /// Its receiver was down.
    Crashed,
    /// Bits of it flipped on the way, by hand or by the network's bad luck, and the link's checksum told.
    Corrupt(Option<usize>),
    /// There is no link to its receiver.
    Unlinked,
    /// There was no room in its link's queue.
    Queue,
}

impl Loss {
    /// Its `why` in the trace.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Luck => "loss",
            Self::Drop(_) => "drop",
            Self::Partition(_) => "partition",
            Self::Cut(_) => "cut",
            Self::Omission(_) => "omission",
            Self::Crashed => "crashed",
            Self::Corrupt(_) => "corrupt",
            Self::Unlinked => "unlinked",
            Self::Queue => "queue",
        }
    }

    /// The fault that did it, by its place in the scenario.
    #[must_use]
    pub const fn fault(self) -> Option<usize> {
        match self {
            Self::Drop(fault)
            | Self::Partition(fault)
            | Self::Cut(fault)
            | Self::Omission(fault) => Some(fault),
            Self::Corrupt(fault) => fault,
            Self::Luck | Self::Crashed | Self::Unlinked | Self::Queue => None,
        }
    }
}
