//! Distributed snapshots.
//!
//! The nodes are branches of a bank that send each other money. No process sees all branches at once, yet the money is to
//! be counted, and the money in transit has to be counted too.
//!
//! A process that starts a snapshot records its own state and sends a *marker* on each of its channels, before any other
//! message. A process that receives its first marker does the same. From then on it records, on each channel, the
//! messages that come before that channel's marker: these were in transit. Once a marker has come on every channel, its
//! part is complete. Each channel carries one marker: n(n − 1).
//!
//! Why it works: the markers divide the messages sent before a process recorded its state from those sent after. On a
//! FIFO channel no message crosses a marker. A message sent before is received before the marker, and is either in the
//! receiver's state or in the channel's. A message sent after comes after the marker, when the receiver has recorded its
//! state, and is in neither. The states form a **consistent cut**, and no money is lost or counted twice. They need not
//! have existed at any one moment, but the system could have passed through them.
//!
//! Several processes may start at once: each records its state by itself, and it is one snapshot. A process that starts a
//! snapshot numbers it after the last that it knows of, and states of different snapshots are recorded side by side.
//!
//! If channels are not FIFO, a marker may overtake a transfer, which is then in no state: the money vanishes. Or a
//! transfer overtakes a marker and is received but not sent: the money is counted twice.
//!
//! Where it departs from the paper: the parts are not collected but told where they were recorded; and snapshots have
//! numbers, so that there can be several.

#[cfg(test)]
mod tests;

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::checkpoint::{
        CONSISTENT_CUT, Ledger, RECORDED_STATE_COMPLETE, Recorded, SNAPSHOT_COMPLETION,
        SnapshotRequest, Transfer,
    },
    cost,
    kernel::{
        Break, Carried, Context, Group, Never, NodeId, NodeSet, Process, Protocol, Rule, SortedMap,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "snapshot",
    name: "Distributed snapshot",
    summary: "Markers divide the messages sent before a global state from those sent after it.",
    source: "Chandy and Lamport 1985, Distributed Snapshots: Determining Global States of Distributed Systems",
    example: "money-in-flight",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::FifoChannels.always(),
        Rule::NoCrashes.always(),
    ],
    promises: &[CONSISTENT_CUT, RECORDED_STATE_COMPLETE, SNAPSHOT_COMPLETION],
    breaks: &[
        Break {
            when: "a marker overtakes a transfer",
            scenario: "marker-overtakes",
            violates: &[RECORDED_STATE_COMPLETE],
            broken: &[Rule::FifoChannels],
        },
        Break {
            when: "a transfer overtakes a marker",
            scenario: "transfer-overtakes",
            violates: &[CONSISTENT_CUT],
            broken: &[Rule::FifoChannels],
        },
        Break {
            when: "a marker is lost",
            scenario: "marker-lost",
            violates: &[SNAPSHOT_COMPLETION],
            broken: &[Rule::ReliableChannels],
        },
    ],
    costs: &[cost!("one snapshot", n >= 2 => n * (n - 1), |scenario| {
        scenario.ask(0, NodeId::new(0), "snapshot", None);
    })],
    ..Protocol::of::<Snapshot>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Money that every branch has at the beginning.
        balance: u32 = 100, in 0..=1_000_000 "coins";
    }
}

/// A branch of the bank.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Snapshot {
    /// The state of this process.
    state: Ledger,
    /// By node: number of transfers sent to it.
    transfers: Vec<u32>,
    /// By snapshot: this process's part of the global state.
    parts: SortedMap<u32, Part>,
}

/// A process's part of a global state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Part {
    state: Ledger,
    /// Processes from which no marker has come yet: the messages on their channels are recorded.
    open: NodeSet,
}

/// A message on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// Money.
    #[display("{amount}")]
    Transfer {
        /// Sequence number on this channel, from 1.
        seq: u32,
        /// Amount of money.
        amount: u32,
    },
    /// Messages sent before it belong to the global state of this number, messages sent after it do not.
    #[display("marker {_0}")]
    Marker(u32),
}

impl Process for Snapshot {
    type Parameters = Parameters;
    type Request = SnapshotRequest;
    type Indication = Recorded;
    type Message = Message;
    type Timer = Never;

    fn new(group: Group, parameters: &Parameters) -> Self {
        Self {
            state: Ledger::new(parameters.balance.into(), group.size),
            transfers: vec![0; group.size],
            parts: SortedMap::new(),
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, request: SnapshotRequest) {
        match request {
            SnapshotRequest::Transfer(transfer) => self.transfer(ctx, transfer),
            SnapshotRequest::Snapshot => {
                let last = self.parts.last_key_value().map_or(0, |(number, _)| *number);
                self.record(ctx, last + 1);
            }
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        match message {
            Message::Transfer { seq, amount } => {
                self.state.balance += u64::from(amount);
                self.state.received[from.index()] += u64::from(amount);
                for part in self.parts.values_mut().filter(|part| part.open.contains(from)) {
                    part.state.in_flight[from.index()] += u64::from(amount);
                    part.state.channels[from.index()].push(seq);
                }
                ctx.indicate(Recorded::Receive { from, seq, amount });
            }
            Message::Marker(snapshot) => {
                if !self.parts.contains_key(&snapshot) {
                    self.record(ctx, snapshot);
                }
                self.close(ctx, snapshot, from);
            }
        }
    }

    fn carries(from: NodeId, message: &Message) -> Option<Carried> {
        match message {
            Message::Transfer { seq, .. } => Some((from, *seq)),
            Message::Marker(_) => None,
        }
    }
}

impl Snapshot {
    fn transfer(&mut self, ctx: &mut Context<Self>, Transfer { to, amount }: Transfer) {
        if u64::from(amount) > self.state.balance {
            ctx.note(format!("{amount} is more than {}", self.state.balance));
        } else if to != ctx.me() && !ctx.neighbours().contains(to) {
            ctx.note(format!("there is no channel to {to}"));
        } else {
            self.state.balance -= u64::from(amount);
            self.state.sent[to.index()] += u64::from(amount);
            self.transfers[to.index()] += 1;
            ctx.send(to, Message::Transfer { seq: self.transfers[to.index()], amount });
        }
    }

    /// Records the state of this process, sends the markers, and starts to record the channels.
    fn record(&mut self, ctx: &mut Context<Self>, snapshot: u32) {
        let (balance, sent) = (self.state.balance, self.transfers.clone());
        ctx.indicate(Recorded::Record { snapshot, balance, sent });
        let part = Part { state: self.state.clone(), open: ctx.neighbours() };
        ctx.multicast(part.open, Message::Marker(snapshot));
        self.parts.insert(snapshot, part);
        self.tell_if_complete(ctx, snapshot);
    }

    /// Stops recording the channel from a process, whose marker has come.
    fn close(&mut self, ctx: &mut Context<Self>, snapshot: u32, from: NodeId) {
        if self.parts.get_mut(&snapshot).is_some_and(|part| part.open.remove(from)) {
            self.tell_if_complete(ctx, snapshot);
        }
    }

    fn tell_if_complete(&self, ctx: &mut Context<Self>, snapshot: u32) {
        if let Some(part) = self.parts.get(&snapshot).filter(|part| part.open.is_empty()) {
            ctx.indicate(Recorded::Snapshot { snapshot, state: part.state.clone() });
        }
    }
}
