//! States of the past: what is asked of snapshots and checkpoints, what they tell, and what they may promise.
//!
//! Properties: Chandy and Lamport 1985, *Distributed Snapshots: Determining Global States of Distributed
//! Systems*; Elnozahy, Alvisi, Wang and Johnson 2002, *A Survey of Rollback-Recovery Protocols*.
//!
//! The application is a bank: what a process does is to transfer money to others. Its indications carry how
//! much it has sent and received, since that is what consistency is about.

use std::fmt;

use serde::Serialize;
use serde_json::Value as Json;

use super::watch::{Violation, Watch, WatchCorrect, fields, named, safety, safety_of_correct};
use crate::kernel::{
    Carried, EventId, Indication, Kind, Needs, NodeId, Observation, Property, Request, RequestKind,
    Seen, SortedMap, With, sort,
};

/// To send money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("transfer {amount} to {to}")]
pub struct Transfer {
    /// To whom.
    pub to: NodeId,
    /// How much.
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

/// What is asked of a bank whose global state can be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum SnapshotRequest {
    /// To send money.
    Transfer(Transfer),
    /// To record a global state.
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

/// What is asked of a bank whose nodes save their states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum CheckpointRequest {
    /// To send money.
    Transfer(Transfer),
    /// To save the state of this process.
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

/// One process's part of a global state: how much went to and came from every other node.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Ledger {
    /// How much this process has.
    pub balance: u64,
    /// By node: how much was sent to it.
    pub sent: Vec<u64>,
    /// By node: how much was received from it.
    pub received: Vec<u64>,
    /// By node: how much was recorded as being on its way from it.
    pub in_flight: Vec<u64>,
}

/// `70`, or, with what was in flight to it, `70 + 30`.
impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.balance)?;
        match self.in_flight.iter().fold(0_u64, |sum, amount| sum.saturating_add(*amount)) {
            0 => Ok(()),
            in_flight => write!(f, " + {in_flight}"),
        }
    }
}

/// What is told of states.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum Recorded {
    /// This process has recorded its own state; what is in flight to it, it does not know yet. A global state
    /// runs across the processes through these moments.
    #[display("record {snapshot}: {balance}")]
    Record {
        /// Of which global state.
        snapshot: u32,
        /// How much it has.
        balance: u64,
    },
    /// This process's part of a global state is complete.
    #[display("snapshot {snapshot}: {state}")]
    Snapshot {
        /// Of which global state.
        snapshot: u32,
        /// The part.
        state: Ledger,
    },
    /// The state was saved.
    #[display("checkpoint {index}")]
    Checkpoint {
        /// The how-manieth of this process it is.
        index: u32,
    },
    /// The process goes on from an earlier state.
    #[display("rollback to checkpoint {index}")]
    Rollback {
        /// The checkpoint that it started from.
        index: u32,
        /// By node: how many of its transfers to it are left, the first ones, those replayed from a
        /// log included.
        sent: Vec<u32>,
        /// By node: how many transfers from it are left, the first ones, those replayed from a log
        /// included.
        received: Vec<u32>,
    },
    /// A transfer has come.
    #[display("deliver {amount}")]
    Receive {
        /// From whom.
        from: NodeId,
        /// The how-manieth transfer of `from` to this node it is, from 1.
        seq: u32,
        /// How much.
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
/// Of any two parts of one global state: what one has received or records as in flight is what the other has
/// sent. So no money is there twice, and none is missing.
pub const CONSISTENT_CUT: Property = Property {
    name: "consistent cut",
    kind: Kind::Safety,
    statement: "If a recorded state contains the receipt of a message, it contains its sending; and \
                what was sent and not received is recorded as being in its channel.",
    monitor: |_| safety(ConsistentCut::default()),
};

/// No orphan message.
///
/// A violation lasts only until whoever has received the message rolls back as well.
pub const NO_ORPHAN_MESSAGE: Property = Property {
    name: "no orphan message",
    kind: Kind::Safety,
    statement: "After a rollback, no process's state contains the receipt of a message whose \
                sending was undone.",
    monitor: |_| safety_of_correct(NoOrphan::default()),
};

fn recorded<'a>(seen: &Observation<'a>) -> Option<&'a Recorded> {
    let Seen::Indication(packet) = seen.what else { return None };
    packet.get()
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct ConsistentCut {
    /// By global state: its parts so far.
    parts: SortedMap<u32, SortedMap<NodeId, (EventId, Ledger)>>,
    /// By global state and process: when it recorded its own state.
    records: SortedMap<(u32, NodeId), EventId>,
    /// By link: what was asked to be sent on it.
    asked: SortedMap<Link, Vec<EventId>>,
    /// By link: what has come on it, with its number and its amount.
    received: SortedMap<Link, Vec<(u32, u64, EventId)>>,
}

impl ConsistentCut {
    /// What proves that the parts of a sender and a receiver do not agree, beside the parts: the two moments
    /// at which they recorded their states, and the transfers that are on the wrong side of one of them.
    fn proof(&self, snapshot: u32, (p, sender): (NodeId, &Ledger), q: NodeId) -> Vec<EventId> {
        let record = |node| self.records.get(&(snapshot, node)).copied();
        let mut proof: Vec<_> = [record(p), record(q)].into_iter().flatten().collect();
        let (Some(sent_till), Some(received_till)) = (record(p), record(q)) else { return proof };
        let mut received = self.received.get(&(p, q)).cloned().unwrap_or_default();
        sort(&mut received);
        let recorded = sender.sent.get(q.index()).copied().unwrap_or(0);
        let mut sum = 0_u64;
        let mut in_time = 0;
        for (_, amount, receipt) in received {
            sum = sum.saturating_add(amount);
            let early = receipt < received_till;
            in_time += usize::from(early);
            // Received before the line and sent behind it, or the other way round.
            if early == (sum > recorded) {
                proof.push(receipt);
            }
        }
        let asked = self.asked.get(&(p, q)).into_iter().flatten();
        proof.extend(asked.copied().filter(|event| *event < sent_till).skip(in_time));
        proof
    }
}

/// Compares what went from `p` to `q`, by their parts.
fn compare(p: NodeId, sender: &Ledger, q: NodeId, receiver: &Ledger) -> Option<String> {
    let of = |amounts: &[u64], node: NodeId| amounts.get(node.index()).copied().unwrap_or(0);
    let sent = of(&sender.sent, q);
    let received = of(&receiver.received, p);
    let in_flight = of(&receiver.in_flight, p);
    (sent != received.saturating_add(in_flight)).then(|| {
        format!(
            "by the snapshot {p} has sent {sent} to {q}, which has received {received}, {in_flight} \
             being in flight"
        )
    })
}

impl Watch for ConsistentCut {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let me = seen.node;
        if let Seen::Request(packet) = seen.what
            && let Some(SnapshotRequest::Transfer(Transfer { to, .. })) = packet.get()
        {
            self.asked.entry((me, *to)).or_default().push(seen.id);
        }
        let (snapshot, state) = match recorded(seen)? {
            Recorded::Snapshot { snapshot, state } => (*snapshot, state),
            Recorded::Record { snapshot, .. } => {
                self.records.entry((*snapshot, me)).or_insert(seen.id);
                return None;
            }
            Recorded::Receive { from, seq, amount } => {
                let received = self.received.entry((*from, me)).or_default();
                received.push((*seq, u64::from(*amount), seen.id));
                return None;
            }
            _ => return None,
        };
        let parts = self.parts.entry(snapshot).or_default();
        if parts.contains_key(&me) {
            return None;
        }
        parts.insert(me, (seen.id, state.clone()));
        let parts = self.parts.get(&snapshot)?;
        let mut others = parts.iter().filter(|(peer, _)| **peer != me);
        others.find_map(|(&peer, (event, theirs))| {
            let there = compare(peer, theirs, me, state).map(|why| (why, (peer, theirs), me));
            let back = || compare(me, state, peer, theirs).map(|why| (why, (me, state), peer));
            let (why, sender, receiver) = there.or_else(back)?;
            let mut witness = self.proof(snapshot, sender, receiver);
            witness.extend([*event, seen.id]);
            Some(Violation::new(why, witness))
        })
    }
}

/// A link, from its sender to its receiver.
type Link = (NodeId, NodeId);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct NoOrphan {
    /// By link: how many transfers were sent, less what was undone.
    sent: SortedMap<Link, u32>,
    /// By link: the greatest number among the transfers received, less what was undone.
    received: SortedMap<Link, (u32, EventId)>,
    /// Who has rolled back, in which event last.
    rollbacks: SortedMap<NodeId, EventId>,
    /// By link: since which rollback its receiver has received what was never sent, and up to where it is
    /// to roll back.
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
                // It was on its way when its sender rolled back.
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
