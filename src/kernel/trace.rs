//! Traces: the record of a run.
//!
//! Compact, since runs are long: types are erased but nothing is rendered. JSON and pictures are made from it
//! elsewhere.

use std::rc::Rc;

use super::{Detection, MessageName, NodeId, NodeSet, Packet, Scenario, Strategy, Time, spell};

/// The place of an event in [`Trace::events`].
pub type EventId = usize;
/// The place of a message in [`Trace::messages`].
pub type MessageId = usize;

/// A run, recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Events, in the order in which they happened.
    pub events: Vec<Event>,
    /// Messages, in the order in which they were sent.
    pub messages: Vec<Message>,
    /// Time at which the run ended, in virtual ms.
    pub end: Time,
    /// True if the run became quiescent: no message was in transit and no timer was set.
    pub quiescent: bool,
    /// True if the run was stopped at the event budget, neither quiescent nor at its horizon.
    pub exhausted: bool,
    /// Faults that had no effect, by their places in the scenario, in rising order.
    pub unused_faults: Vec<usize>,
    /// Requests that never happened because the node was down or the run was over, by their places in the
    /// scenario, in rising order.
    pub unused_requests: Vec<usize>,
    /// Measured values, in the order of measurement: one sample for each change at a node. Between two
    /// samples of a node its values change linearly.
    pub samples: Vec<Sample>,
    /// For each node, the nodes for which it waits at the end of a quiescent run; empty in other runs.
    pub waits_for: Vec<NodeSet>,
}

/// Values measured at a node at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Time of the measurement, in virtual ms.
    pub time: Time,
    /// Number of events that had happened by then.
    pub events: EventId,
    /// Node that was measured.
    pub node: NodeId,
    /// A value for each of the protocol's [`metrics`](super::Protocol::metrics), in their order.
    pub values: Vec<i64>,
}

impl Trace {
    /// Removes the faults that had no effect from the scenario of this run.
    pub fn remove_unused_faults(&self, scenario: &mut Scenario) {
        remove_at(&mut scenario.faults, &self.unused_faults);
    }

    /// Removes the requests that never happened from the scenario of this run.
    pub fn remove_unused_requests(&self, scenario: &mut Scenario) {
        remove_at(&mut scenario.requests, &self.unused_requests);
    }

    /// Returns the number of sends. A transmission on a shared medium counts once, whatever the number of
    /// receivers.
    #[must_use]
    pub fn sends(&self) -> usize {
        let first = |message: &MessageId| {
            let transmission = self.messages[*message].transmission;
            let before = message.checked_sub(1).and_then(|it| self.messages[it].transmission);
            transmission.is_none() || transmission != before
        };
        (0..self.messages.len()).filter(first).count()
    }

    /// Returns the number of events that have happened by the end of this moment.
    #[must_use]
    pub fn events_until(&self, time: Time) -> usize {
        self.events.partition_point(|event| event.time <= time)
    }
}

/// Removes the items at these places, which rise.
fn remove_at<T>(list: &mut Vec<T>, places: &[usize]) {
    let mut place = 0;
    list.retain(|_| {
        place += 1;
        places.binary_search(&(place - 1)).is_err()
    });
}

/// An event at one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Time of the event, in virtual ms.
    pub time: Time,
    /// Node of the event. For a loss, the receiver of the message.
    pub node: NodeId,
    /// Kind of the event, with its data.
    pub kind: EventKind,
}

/// Kinds of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A request of the application.
    Request {
        /// Its place in the scenario.
        index: usize,
        /// The request.
        packet: Packet,
    },
    /// A message was sent.
    Send(MessageId),
    /// A message, or a second copy of it, was received.
    Receive(MessageId),
    /// A message, or a second copy of it, was lost.
    Lose(MessageId, Loss),
    /// Expiry of a timer.
    Timer(Packet),
    /// The node crashed.
    Crash,
    /// The node recovered.
    Recover,
    /// The node paused.
    Pause,
    /// The node resumed.
    Resume,
    /// The node wrote to stable storage.
    Persist,
    /// The protocol gave a reason, as a note.
    Note(Rc<str>),
    /// The protocol gave an indication to its application.
    Indicate {
        /// Its `kind` in the trace.
        kind: &'static str,
        /// The indication.
        packet: Packet,
    },
    /// The scenario's failure detector reported to the node.
    Detect(Detection),
    /// The node is a traitor from the beginning of the run: its messages may be lies.
    Traitor(Strategy),
}

impl EventKind {
    /// Returns its `kind` in the trace.
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

    /// Returns the message that it is about, if any.
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
    /// Name of the message in scenarios and links.
    pub name: MessageName,
    /// Content of the message.
    pub packet: Packet,
    /// The send event.
    pub sent: EventId,
    /// Fate of its original; for the message as a whole, see [`overall`](Self::overall).
    pub fate: Fate,
    /// Fates of further copies of it.
    pub copies: Vec<Fate>,
    /// Number of the transmission that it belongs to, from 1, on a shared medium.
    pub transmission: Option<u32>,
    /// Differences from the message that the sender's code sent, by a lie or by damage.
    pub tampering: Option<Box<Tampering>>,
}

/// Changes of a message by a traitor or in transit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tampering {
    /// The message of the correct code, if a traitor said something else.
    pub truth: Option<Packet>,
    /// Its first copy as received, if bits of it were flipped in transit.
    pub damaged: Option<Packet>,
}

impl Message {
    /// Returns the message in words: `m1 from Alice to Bob`, with its number unless it is the first of its link.
    #[must_use]
    pub fn words(&self, scenario: &Scenario) -> String {
        let MessageName { from, to, number } = self.name;
        let (from, to) = (scenario.name(from), scenario.name(to));
        format!("{} from {from} to {to}{}", self.text(scenario), counted(number))
    }

    /// Returns its text, with the nodes' names; quoted if it is blank.
    #[must_use]
    pub fn text(&self, scenario: &Scenario) -> String {
        let text = self.packet.to_string();
        let text = if text.trim().is_empty() { format!("\"{text}\"") } else { text };
        spell(&text, &scenario.nodes)
    }

    /// Returns what tells the message from others of its link with the same text; empty for the first of them.
    #[must_use]
    pub fn number_words(&self) -> String {
        counted(self.name.number)
    }

    /// Returns the fates of all copies, the original first.
    pub fn fates(&self) -> impl Iterator<Item = Fate> {
        std::iter::once(self.fate).chain(self.copies.iter().copied())
    }

    /// Returns the fate of the message as a whole: received with the first copy that was; otherwise in transit
    /// while a copy is; otherwise lost as its original was.
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
            Fate::InTransit { due } => Some(due),
            _ => None,
        });
        let still = || under_way.min().map(|due| Fate::InTransit { due });
        received.min().map(Fate::Received).or_else(still).unwrap_or(self.fate)
    }

    /// Returns its fate as a whole after the first `events` events; none while a copy may still come.
    #[must_use]
    pub fn known(&self, events: EventId) -> Option<Fate> {
        let is_known = |fate: &Fate| fate.event().is_some_and(|end| end < events);
        match self.overall() {
            fate @ Fate::Received(_) => Some(fate).filter(is_known),
            fate => self.fates().all(|it| is_known(&it)).then_some(fate),
        }
    }

    /// Returns the message of the correct code, if a traitor said something else.
    #[must_use]
    pub fn truth(&self) -> Option<&Packet> {
        self.tampering.as_ref()?.truth.as_ref()
    }

    /// Returns the message as received, if bits of it were flipped in transit.
    #[must_use]
    pub fn damaged(&self) -> Option<&Packet> {
        self.tampering.as_ref()?.damaged.as_ref()
    }
}

/// Fate of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// In transit when the run ended.
    InTransit {
        /// Time at which it would arrive, in virtual ms.
        due: Time,
    },
    /// Received.
    Received(EventId),
    /// Lost.
    Lost(EventId, Loss),
}

impl Fate {
    /// Returns the event of its receipt or its loss.
    #[must_use]
    pub const fn event(self) -> Option<EventId> {
        match self {
            Self::InTransit { .. } => None,
            Self::Received(event) | Self::Lost(event, _) => Some(event),
        }
    }
}

/// Reason for the loss of a message, with the fault that caused it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Random loss in the network.
    Luck,
    /// A drop by hand.
    Drop(usize),
    /// A partition.
    Partition(usize),
    /// A cut link.
    Cut(usize),
    /// An omission of its sender or its receiver.
    Omission(usize),
    /// The receiver was down.
    Crashed,
    /// Flipped bits, by a fault or by chance, that the link's checksum found.
    Corrupt(Option<usize>),
    /// No link to its receiver.
    Unlinked,
    /// No room in its link's queue.
    Queue,
}

impl Loss {
    /// Returns its `why` in the trace.
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

    /// Returns the fault that caused it, by its place in the scenario.
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

/// Number of a message on its link, in words; empty for the first.
fn counted(number: u32) -> String {
    if number > 1 { format!(" (message {number})") } else { String::new() }
}
