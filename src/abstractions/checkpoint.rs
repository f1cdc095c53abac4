//! Snapshots and checkpoints: requests, indications and properties.
//!
//! Properties: Chandy and Lamport 1985, *Distributed Snapshots: Determining Global States of Distributed
//! Systems*; Elnozahy, Alvisi, Wang and Johnson 2002, *A Survey of Rollback-Recovery Protocols*.
//!
//! The application is a bank: processes transfer money to each other. A transfer is identified by its sender, its receiver
//! and its number on that link, never by its amount.

use std::fmt;

use serde::Serialize;
use serde_json::Value as Json;

use super::watch::{
    Await, Owed, Violation, Watch, WatchCorrect, fields, liveness, named, safety, safety_of_correct,
};
use crate::kernel::{
    Carried, EventId, Indication, Kind, Needs, NodeId, Observation, Property, Request, RequestKind,
    Roster, Seen, SortedMap, With,
};

/// A request to send money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("transfer {amount} to {to}")]
pub struct Transfer {
    /// Its receiver.
    pub to: NodeId,
    /// Amount of money.
    pub amount: u32,
}

impl Transfer {
    const KIND: RequestKind = RequestKind {
        name: "transfer",
        help: "Send money.",
        with: With::Record(&[
            With::Node { label: "to" },
            With::Number { label: "amount", unit: "", default: 10, optional: false },
        ]),
    };

    fn read(with: Option<&Json>, nodes: &[String]) -> Result<Self, String> {
        let expected = || "{\"to\": a node, \"amount\": a whole number}".to_owned();
        let object = fields(with, &["to", "amount"]).ok_or_else(expected)?;
        let amount = object["amount"].as_u64().and_then(|it| u32::try_from(it).ok());
        let to = named(&object["to"], nodes).ok_or_else(expected)?;
        Ok(Self { to, amount: amount.ok_or_else(expected)? })
    }
}

/// A request to a bank whose global state can be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum SnapshotRequest {
    /// Asks to send money.
    Transfer(Transfer),
    /// Asks to record a global state.
    #[display("snapshot")]
    Snapshot,
}

impl Request for SnapshotRequest {
    const KINDS: &'static [RequestKind] = &[
        Transfer::KIND,
        RequestKind { name: "snapshot", help: "Record a global state.", with: With::Nothing },
    ];

    fn read(name: &str, with: Option<&Json>, nodes: &[String]) -> Result<Self, String> {
        match (name, with) {
            ("transfer", with) => Transfer::read(with, nodes).map(Self::Transfer),
            (_, Some(_)) => Err("nothing".to_owned()),
            (_, None) => Ok(Self::Snapshot),
        }
    }
}

/// A request to a bank whose nodes save their states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum CheckpointRequest {
    /// Asks to send money.
    Transfer(Transfer),
    /// Asks to save the state of this process.
    #[display("checkpoint")]
    Checkpoint,
}

impl Request for CheckpointRequest {
    const KINDS: &'static [RequestKind] = &[
        Transfer::KIND,
        RequestKind {
            name: "checkpoint",
            help: "Save the state of this node.",
            with: With::Nothing,
        },
    ];

    fn read(name: &str, with: Option<&Json>, nodes: &[String]) -> Result<Self, String> {
        match (name, with) {
            ("transfer", with) => Transfer::read(with, nodes).map(Self::Transfer),
            (_, Some(_)) => Err("nothing".to_owned()),
            (_, None) => Ok(Self::Checkpoint),
        }
    }
}

/// A process's part of a global state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Ledger {
    /// Money of this process.
    pub balance: u64,
    /// By node: money sent to it.
    pub sent: Vec<u64>,
    /// By node: money received from it.
    pub received: Vec<u64>,
    /// By node: money recorded as in transit from it.
    pub in_flight: Vec<u64>,
    /// By node: numbers of the transfers recorded as in transit from it.
    pub channels: Vec<Vec<u32>>,
}

impl Ledger {
    /// The ledger of a process in a group of this size that has received and sent nothing yet.
    #[must_use]
    pub fn new(balance: u64, nodes: usize) -> Self {
        Self {
            balance,
            sent: vec![0; nodes],
            received: vec![0; nodes],
            in_flight: vec![0; nodes],
            channels: vec![Vec::new(); nodes],
        }
    }
}

/// `70`, or `70 + 30` with the money in transit to it.
impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.balance)?;
        match self.in_flight.iter().fold(0_u64, |sum, amount| sum.saturating_add(*amount)) {
            0 => Ok(()),
            in_flight => write!(f, " + {in_flight}"),
        }
    }
}

/// An indication of snapshots and checkpoints.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum Recorded {
    /// This process has recorded its own state, and not yet the messages in transit to it. These moments form the cut of a
    /// global state.
    #[display("record {snapshot}: {balance}")]
    Record {
        /// Number of the global state.
        snapshot: u32,
        /// Money of this process.
        balance: u64,
        /// By node: number of transfers that it has sent to it, which are those numbered from 1 on.
        sent: Vec<u32>,
    },
    /// This process's part of a global state is complete.
    #[display("snapshot {snapshot}: {state}")]
    Snapshot {
        /// Number of the global state.
        snapshot: u32,
        /// The part.
        state: Ledger,
    },
    /// The state was saved.
    #[display("checkpoint {index}")]
    Checkpoint {
        /// Sequence number at this process.
        index: u32,
    },
    /// The process goes on from an earlier state.
    #[display("rollback to checkpoint {index}")]
    Rollback {
        /// The checkpoint that it started from.
        index: u32,
        /// By node: number of its transfers to it that are left, the first ones, with those replayed from a log.
        sent: Vec<u32>,
        /// By node: number of transfers from it that are left, the first ones, with those replayed from a log.
        received: Vec<u32>,
    },
    /// A transfer has been received.
    #[display("deliver {amount}")]
    Receive {
        /// Its sender.
        from: NodeId,
        /// Sequence number on its link, from 1.
        seq: u32,
        /// Amount of money.
        amount: u32,
    },
}

impl Indication for Recorded {
    fn kind(&self) -> &'static str {
        match self {
            Self::Record { .. } => "record",
            Self::Snapshot { .. } => "snapshot",
            Self::Checkpoint { .. } => "checkpoint",
            Self::Rollback { .. } => "rollback",
            Self::Receive { .. } => "deliver",
        }
    }

    fn delivers(&self) -> Option<Carried> {
        match self {
            Self::Receive { from, seq, .. } => Some((*from, *seq)),
            _ => None,
        }
    }
}

/// Consistent cut.
///
/// The cut is made of the moments at which the processes record their own states, whatever becomes of the
/// channels. A process that records twice for one snapshot counts with its first record. Of a snapshot that
/// is incomplete, those processes are compared that have recorded.
pub const CONSISTENT_CUT: Property = Property {
    name: "consistent cut",
    kind: Kind::Safety,
    statement: "If a recorded state contains the receipt of a message, then the recorded state of its \
                sender contains its sending.",
    monitor: |_| safety(ConsistentCut::default()),
};

/// Recorded state complete.
///
/// A channel is judged once its receiver's part of the snapshot is complete: a part that never completes is
/// no violation of safety. A message that is lost was not received, so that it need not be in any state.
pub const RECORDED_STATE_COMPLETE: Property = Property {
    name: "recorded state complete",
    kind: Kind::Safety,
    statement: "The recorded state of a channel contains each message that was sent before the cut and \
                received after it exactly once, and no other message.",
    monitor: |_| safety(StateComplete::default()),
};

/// No orphan message.
///
/// A violation lasts only until the process that has received the message rolls back as well. A sender that
/// rolls back reuses the numbers of the transfers that it undid: an undone message that is still in transit then cannot be
/// told from the new one with its number.
pub const NO_ORPHAN_MESSAGE: Property = Property {
    name: "no orphan message",
    kind: Kind::Safety,
    statement: "After a rollback, no process's state contains the receipt of a message whose \
                sending was undone.",
    monitor: |_| safety_of_correct(NoOrphan::default()),
};

/// Snapshot completion.
///
/// Each process is bound by its own record. If its neighbours never hear of the snapshot, its own part stays
/// open as well, so that nothing has to be said of processes that record nothing.
pub const SNAPSHOT_COMPLETION: Property = Property {
    name: "snapshot completion",
    kind: Kind::Liveness,
    statement: "If a correct process records its state for a snapshot, then its part of that snapshot \
                is eventually complete.",
    monitor: |setting| {
        liveness(SnapshotCompletion { roster: Roster::new(setting), open: SortedMap::new() })
    },
};

fn recorded<'a>(seen: &Observation<'a>) -> Option<&'a Recorded> {
    let Seen::Indication(packet) = seen.what else { return None };
    packet.get()
}

/// The moment at which a process recorded its own state for a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Moment {
    event: EventId,
    /// By node: number of transfers that it had sent to it.
    sent: Vec<u32>,
}

impl Moment {
    fn had_sent(&self, to: NodeId, number: u32) -> bool {
        self.sent.get(to.index()).is_some_and(|sent| number <= *sent)
    }
}

/// The recorded moments, and the receipts before and after them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Moments {
    /// By snapshot and process.
    moments: SortedMap<(u32, NodeId), Moment>,
    /// By link and number: the first receipt of a transfer.
    received: SortedMap<Link, SortedMap<u32, EventId>>,
}

impl Moments {
    /// Takes note of a receipt; false if the transfer had been received before.
    fn receive(&mut self, link: Link, number: u32, event: EventId) -> bool {
        let received = self.received.entry(link).or_default();
        let first = !received.contains_key(&number);
        received.entry(number).or_insert(event);
        first
    }

    /// Takes note of a record; false if there was one before.
    fn record(&mut self, snapshot: u32, seen: &Observation, sent: &[u32]) -> bool {
        let key = (snapshot, seen.node);
        let first = !self.moments.contains_key(&key);
        self.moments.entry(key).or_insert_with(|| Moment { event: seen.id, sent: sent.to_vec() });
        first
    }

    /// The moments of both ends of a link, once there are both.
    fn of(&self, snapshot: u32, (from, to): Link) -> Option<(&Moment, &Moment)> {
        self.moments.get(&(snapshot, from)).zip(self.moments.get(&(snapshot, to)))
    }

    /// The receipts on a link, by number.
    fn receipts(&self, link: Link) -> impl DoubleEndedIterator<Item = (u32, EventId)> {
        let receipts = self.received.get(&link).into_iter().flat_map(SortedMap::iter);
        receipts.map(|(number, event)| (*number, *event))
    }

    /// The other processes that have recorded for a snapshot.
    fn others(&self, snapshot: u32, me: NodeId) -> Vec<NodeId> {
        let of_snapshot = self.moments.keys().filter(|(number, _)| *number == snapshot);
        of_snapshot.map(|(_, node)| *node).filter(|node| *node != me).collect()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct ConsistentCut(Moments);

impl ConsistentCut {
    /// A transfer that is received before the cut and sent after it.
    fn orphan(&self, snapshot: u32, link: Link) -> Option<Violation> {
        let (sender, receiver) = self.0.of(snapshot, link)?;
        let (from, to) = link;
        let later = self.0.receipts(link).rev();
        let later = later.take_while(|(number, _)| !sender.had_sent(to, *number));
        let orphans = later.filter(|(_, receipt)| *receipt < receiver.event);
        let (number, receipt) = orphans.last()?;
        let why = format!(
            "{to} recorded the receipt of {from}'s transfer {number} to it, which {from} had not sent \
             when it recorded its own state"
        );
        Some(Violation::new(why, [sender.event, receiver.event, receipt]))
    }
}

impl Watch for ConsistentCut {
    const NEEDS: Needs = Needs { requests: false, ..Needs::SEQUENCE };

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let me = seen.node;
        match recorded(seen)? {
            Recorded::Receive { from, seq, .. } => {
                self.0.receive((*from, me), *seq, seen.id);
                None
            }
            Recorded::Record { snapshot, sent, .. } => {
                if !self.0.record(*snapshot, seen, sent) {
                    return None;
                }
                let mut others = self.0.others(*snapshot, me).into_iter();
                others.find_map(|peer| {
                    let here = self.orphan(*snapshot, (peer, me));
                    here.or_else(|| self.orphan(*snapshot, (me, peer)))
                })
            }
            _ => None,
        }
    }
}

/// By node: the numbers of the transfers that were recorded in its channel.
type Channels = Vec<Vec<u32>>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct StateComplete {
    moments: Moments,
    /// By snapshot and process: the event that completed its part, and its channels.
    parts: SortedMap<(u32, NodeId), (EventId, Channels)>,
}

impl StateComplete {
    /// Returns the fault of the recorded state of a channel, if it has one.
    fn wrong(&self, snapshot: u32, link: Link) -> Option<Violation> {
        let (sender, receiver) = self.moments.of(snapshot, link)?;
        let (from, to) = link;
        let (complete, channels) = self.parts.get(&(snapshot, to))?;
        let channel = channels.get(from.index()).map_or(&[][..], Vec::as_slice);
        let receipt_of = |number| self.moments.received.get(&link)?.get(&number).copied();
        let violation = |number, what: String, receipt: Option<EventId>| {
            let why = format!("{from}'s transfer {number} to {to} {what}");
            let moments = [sender.event, receiver.event, *complete].into_iter();
            Violation::new(why, moments.chain(receipt).collect::<Vec<_>>())
        };
        for (place, &number) in channel.iter().enumerate() {
            let receipt = receipt_of(number);
            let what = if !sender.had_sent(to, number) {
                format!("is in the recorded state of the channel, and {from} had not sent it yet")
            } else if receipt.is_some_and(|receipt| receipt < receiver.event) {
                format!("is in the recorded state of the channel, and {to} had received it already")
            } else if channel[..place].contains(&number) {
                "is twice in the recorded state of the channel".to_owned()
            } else {
                continue;
            };
            return Some(violation(number, what, None));
        }
        let mut missing = self.moments.receipts(link).filter(|(number, receipt)| {
            sender.had_sent(to, *number) && *receipt > receiver.event && !channel.contains(number)
        });
        let (number, receipt) = missing.next()?;
        let what = "was sent before the cut and received after it, and is in no recorded state";
        Some(violation(number, what.to_owned(), Some(receipt)))
    }

    /// The same, of all channels of a process, both ways.
    fn wrong_around(&self, snapshot: u32, me: NodeId) -> Option<Violation> {
        let mut others = self.moments.others(snapshot, me).into_iter();
        others.find_map(|peer| {
            self.wrong(snapshot, (peer, me)).or_else(|| self.wrong(snapshot, (me, peer)))
        })
    }
}

impl Watch for StateComplete {
    const NEEDS: Needs = Needs { requests: false, ..Needs::SEQUENCE };

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let me = seen.node;
        match recorded(seen)? {
            Recorded::Receive { from, seq, .. } => {
                let link = (*from, me);
                // A transfer of a process to itself is in no channel.
                if *from == me || !self.moments.receive(link, *seq, seen.id) {
                    return None;
                }
                let mine = self.parts.keys().filter(|(_, node)| *node == me);
                mine.filter_map(|(snapshot, _)| self.wrong(*snapshot, link)).next()
            }
            Recorded::Record { snapshot, sent, .. } => {
                let first = self.moments.record(*snapshot, seen, sent);
                if first { self.wrong_around(*snapshot, me) } else { None }
            }
            Recorded::Snapshot { snapshot, state } => {
                let key = (*snapshot, me);
                if self.parts.contains_key(&key) {
                    return None;
                }
                self.parts.insert(key, (seen.id, state.channels.clone()));
                self.wrong_around(*snapshot, me)
            }
            _ => None,
        }
    }
}

/// The parts that are recorded and not complete.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct SnapshotCompletion {
    roster: Roster,
    /// By process and snapshot: the event of the record; none once the part is complete.
    open: SortedMap<(NodeId, u32), Option<EventId>>,
}

impl Await for SnapshotCompletion {
    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        match recorded(seen) {
            Some(Recorded::Record { snapshot, .. }) => {
                self.open.entry((seen.node, *snapshot)).or_insert(Some(seen.id));
            }
            Some(Recorded::Snapshot { snapshot, .. }) => {
                self.open.insert((seen.node, *snapshot), None);
            }
            _ => {}
        }
    }

    fn owed(&self) -> Option<Owed> {
        let correct = self.roster.correct();
        let open = self.open.iter().filter(|((node, _), _)| correct.contains(*node));
        let open = open.filter_map(|((node, snapshot), since)| Some(((*since)?, node, snapshot)));
        let (since, node, snapshot) = open.min()?;
        Some(Owed {
            since,
            never: format!(
                "{node} recorded its state for snapshot {snapshot} and its part was never complete"
            ),
            not_yet: format!(
                "{node} recorded its state for snapshot {snapshot}, its part is not complete yet"
            ),
        })
    }
}

/// A link, from its sender to its receiver.
type Link = (NodeId, NodeId);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct NoOrphan {
    /// By link: number of transfers sent and not undone.
    sent: SortedMap<Link, u32>,
    /// By link: the greatest number of a transfer that was received and not undone.
    received: SortedMap<Link, (u32, EventId)>,
    /// By process that has rolled back: the event of its last rollback.
    rollbacks: SortedMap<NodeId, EventId>,
    /// By link whose receiver has received a transfer that was undone: the rollback, and the number of transfers to which
    /// the receiver has to roll back.
    orphans: SortedMap<Link, (EventId, u32, EventId)>,
}

impl NoOrphan {
    fn roll_back(&mut self, seen: &Observation, sent: &[u32], received: &[u32]) {
        let me = seen.node;
        self.rollbacks.insert(me, seen.id);
        for (index, &left) in sent.iter().enumerate() {
            let link = (me, NodeId::new(index));
            self.sent.insert(link, left);
            if let Some(&(number, receipt)) = self.received.get(&link)
                && number > left
            {
                let orphan = self.orphans.entry(link).or_insert((seen.id, left, receipt));
                orphan.1 = orphan.1.min(left);
            }
        }
        for (index, &left) in received.iter().enumerate() {
            let link = (NodeId::new(index), me);
            if let Some((number, _)) = self.received.get_mut(&link) {
                *number = (*number).min(left);
            }
            if self.orphans.get(&link).is_some_and(|(_, valid, _)| left <= *valid) {
                self.orphans.remove(&link);
            }
        }
    }
}

impl WatchCorrect for NoOrphan {
    const NEEDS: Needs = Needs::ORDER;

    fn observe(&mut self, seen: &Observation) {
        if let Seen::Request(packet) = seen.what
            && let Some(CheckpointRequest::Transfer(Transfer { to, .. })) = packet.get()
        {
            *self.sent.entry((seen.node, *to)).or_default() += 1;
        }
        match recorded(seen) {
            Some(Recorded::Rollback { sent, received, .. }) => {
                self.roll_back(seen, sent, received);
            }
            Some(Recorded::Receive { from, seq, .. }) => {
                let link = (*from, seen.node);
                let last = self.received.entry(link).or_insert((0, seen.id));
                *last = (*last).max((*seq, seen.id));
                let sent = self.sent.get(&link).copied().unwrap_or(0);
                // It was in transit when its sender rolled back.
                if let Some(rollback) = self.rollbacks.get(from)
                    && *seq > sent
                {
                    let orphan = self.orphans.entry(link).or_insert((*rollback, sent, seen.id));
                    orphan.1 = orphan.1.min(sent);
                }
            }
            _ => {}
        }
    }

    fn violated(&self) -> Option<Violation> {
        let orphans = self.orphans.iter();
        let ((from, to), (rollback, _, receipt)) =
            orphans.min_by_key(|(_, (rollback, _, receipt))| rollback.max(receipt))?;
        let why = format!("{to} has received a message of {from} whose sending was undone");
        Some(Violation::new(why, [*receipt, *rollback]))
    }
}
