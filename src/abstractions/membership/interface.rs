//! Requests to a group, and its indications.

use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    abstractions::{Value, broadcast::Deliver, detection::Notice},
    kernel::{Carried, Indication, NodeId, NodeSet, Request, RequestKind, With},
};

/// A request to a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
pub enum GroupRequest {
    /// Asks to become a member.
    #[display("join")]
    Join,
    /// Asks to be a member no more.
    #[display("leave")]
    Leave,
    /// Asks for the members.
    #[display("query")]
    Query,
    /// Asks to deliver a message to all members.
    #[display("broadcast {_0}")]
    Broadcast(Value),
}

impl Request for GroupRequest {
    const KINDS: &'static [RequestKind] = &[
        RequestKind { name: "join", help: "Join the group.", with: With::Nothing },
        RequestKind { name: "leave", help: "Leave the group.", with: With::Nothing },
        RequestKind { name: "query", help: "Ask for the members.", with: With::Nothing },
        RequestKind {
            name: "broadcast",
            help: "Send a message to all members.",
            with: With::Text { label: "message" },
        },
    ];

    fn read(name: &str, with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        match (name, with) {
            ("broadcast", with) => Value::read(with).map(Self::Broadcast),
            (_, Some(_)) => Err("nothing".to_owned()),
            ("join", None) => Ok(Self::Join),
            ("leave", None) => Ok(Self::Leave),
            (_, None) => Ok(Self::Query),
        }
    }
}

/// An indication of a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum GroupIndication {
    /// The node installs a view.
    #[display("view {id}: {members}")]
    View {
        /// Number of the view: later ones have greater numbers.
        id: u32,
        /// Its members.
        members: NodeSet,
    },
    /// The node has left: it is in no view any more.
    #[display("leave view {id}")]
    Left {
        /// Number of its last view.
        id: u32,
    },
    /// The answer to a query.
    #[display("respond {members}")]
    Respond {
        /// Members of the group.
        members: NodeSet,
    },
    /// The last request is refused.
    #[display("refuse ({why})")]
    Refuse {
        /// Reason of the refusal.
        why: &'static str,
    },
    /// The node is a member from now on: it receives every message that is broadcast later. A group in which no node
    /// knows all members, such as a multicast address, tells this in place of a view.
    #[display("joined")]
    Joined {
        /// The node itself.
        member: NodeId,
    },
    /// A message is delivered.
    Deliver(Deliver<Value>),
    /// A member is suspected, or restored.
    Notice(Notice),
}

impl Indication for GroupIndication {
    fn kind(&self) -> &'static str {
        match self {
            Self::View { .. } => "view",
            Self::Left { .. } => "leave",
            Self::Respond { .. } => "respond",
            Self::Refuse { .. } => "refuse",
            Self::Joined { .. } => "joined",
            Self::Deliver(deliver) => deliver.kind(),
            Self::Notice(notice) => notice.kind(),
        }
    }

    fn delivers(&self) -> Option<Carried> {
        match self {
            Self::Deliver(deliver) => deliver.delivers(),
            _ => None,
        }
    }
}
