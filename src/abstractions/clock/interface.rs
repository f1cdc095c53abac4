//! Requests to a process that has a clock, and the stamps of its events.

use std::cmp::Ordering;

use serde::Serialize;
use serde_json::Value as Json;

use super::logical::VectorClock;
use crate::{
    abstractions::watch::{fields, named},
    kernel::{Indication, NodeId, Request, RequestKind, With},
};

/// A request to a process that has a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
pub enum ClockRequest {
    /// A local event.
    #[display("step")]
    Step,
    /// The sending of a message.
    #[display("send to {to}")]
    Send {
        /// Its receiver.
        to: NodeId,
    },
}

impl Request for ClockRequest {
    const KINDS: &'static [RequestKind] = &[
        RequestKind { name: "step", help: "Let something happen here.", with: With::Nothing },
        RequestKind {
            name: "send",
            help: "Send a message.",
            with: With::Record(&[With::Node { label: "to" }]),
        },
    ];

    fn read(name: &str, with: Option<&Json>, nodes: &[String]) -> Result<Self, String> {
        match (name, with) {
            ("step", None) => Ok(Self::Step),
            ("step", Some(_)) => Err("nothing".to_owned()),
            (_, with) => {
                let object = fields(with, &["to"]);
                let to = object.and_then(|object| named(&object["to"], nodes));
                to.map(|to| Self::Send { to }).ok_or_else(|| "{\"to\": a node}".to_owned())
            }
        }
    }
}

/// The reading of a clock.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum Reading {
    /// A count, or a time in ms.
    Scalar(i64),
    /// A count for every node.
    Vector(VectorClock),
}

/// Clocks of different kinds are not comparable.
impl PartialOrd for Reading {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Scalar(one), Self::Scalar(two)) => one.partial_cmp(two),
            (Self::Vector(one), Self::Vector(two)) => one.partial_cmp(two),
            _ => None,
        }
    }
}

/// The time of an event. Each step, each sending and each receipt has one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("stamp {clock}")]
pub struct Stamp {
    /// Reading of the clock.
    pub clock: Reading,
    /// For a receipt: the message.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub received: Option<Received>,
    /// For a physical clock: the promised bound on its skew to any other clock, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skew: Option<u64>,
}

/// The name of a received message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Received {
    /// Its sender.
    pub from: NodeId,
    /// Its sequence number on the link from the sender, from 1.
    pub seq: u32,
}

impl Indication for Stamp {
    fn kind(&self) -> &'static str {
        "stamp"
    }
}
