//! Requests to a bank, and its indications.

use std::fmt;

use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    abstractions::watch::{fields, named},
    kernel::{Carried, Indication, NodeId, Request, RequestKind, With},
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
    /// The process continues from an earlier state.
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
