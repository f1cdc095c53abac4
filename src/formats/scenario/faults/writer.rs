//! Writing of faults.

use serde::Serialize;
use serde_json::Value as Json;

use super::super::written::{Odds, unless};
use crate::kernel::{Fault, NodeId, NodeSet, PerMillion, Scenario, Side, Strategy, Time};

/// A fault as it is written.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::formats::scenario) enum FaultObject<'a> {
    Drop {
        message: String,
    },
    Delay {
        message: String,
        by: Time,
    },
    Duplicate {
        message: String,
        after: Time,
    },
    Corrupt {
        message: String,
        bits: &'a [u32],
    },
    Forge {
        message: String,
        with: &'a Json,
    },
    Crash {
        node: &'a str,
        at: Time,
        #[serde(skip_serializing_if = "Option::is_none")]
        after_sends: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        after_writes: Option<u32>,
    },
    Recover {
        node: &'a str,
        at: Time,
    },
    Pause {
        node: &'a str,
        at: Time,
        until: Time,
    },
    Partition {
        groups: Vec<Vec<&'a str>>,
        at: Time,
        until: Time,
    },
    Cut {
        from: &'a str,
        to: &'a str,
        at: Time,
        until: Time,
    },
    Omit {
        node: &'a str,
        side: &'static str,
        at: Time,
        until: Time,
    },
    Traitor {
        node: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        strategy: Option<&'static str>,
    },
    Drift {
        node: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        rate: Option<Odds>,
        #[serde(skip_serializing_if = "Option::is_none")]
        offset: Option<Time>,
    },
}

impl<'a> FaultObject<'a> {
    /// Returns the object of a fault.
    pub(in crate::formats::scenario) fn new(fault: &'a Fault, scenario: &'a Scenario) -> Self {
        let name = |node: NodeId| scenario.exact_name(node);
        let names = |group: &NodeSet| group.into_iter().map(name).collect();
        match *fault {
            Fault::Drop { message } => Self::Drop { message: scenario.exact_message_name(message) },
            Fault::Delay { message, by } => {
                Self::Delay { message: scenario.exact_message_name(message), by }
            }
            Fault::Duplicate { message, after } => {
                Self::Duplicate { message: scenario.exact_message_name(message), after }
            }
            Fault::Corrupt { message, ref bits } => {
                Self::Corrupt { message: scenario.exact_message_name(message), bits }
            }
            Fault::Forge { message, ref with } => {
                Self::Forge { message: scenario.exact_message_name(message), with }
            }
            Fault::Crash { node, at, after_sends } => {
                Self::Crash { node: name(node), at, after_sends, after_writes: None }
            }
            Fault::CrashWriting { node, at, after_writes } => {
                let after_writes = Some(after_writes);
                Self::Crash { node: name(node), at, after_sends: None, after_writes }
            }
            Fault::Recover { node, at } => Self::Recover { node: name(node), at },
            Fault::Pause { node, at, until } => Self::Pause { node: name(node), at, until },
            Fault::Partition { ref groups, at, until } => {
                Self::Partition { groups: groups.iter().map(names).collect(), at, until }
            }
            Fault::Cut { from, to, at, until } => {
                Self::Cut { from: name(from), to: name(to), at, until }
            }
            Fault::Omit { node, side, at, until } => {
                let side = match side {
                    Side::Send => "send",
                    Side::Receive => "receive",
                };
                Self::Omit { node: name(node), side, at, until }
            }
            Fault::Traitor { node, strategy } => Self::Traitor {
                node: name(node),
                strategy: unless(&Strategy::Scripted, strategy).map(Strategy::name),
            },
            Fault::Drift { node, rate, offset } => Self::Drift {
                node: name(node),
                rate: unless(&PerMillion::ONE, rate).map(Odds),
                offset: unless(&0, offset),
            },
        }
    }
}
