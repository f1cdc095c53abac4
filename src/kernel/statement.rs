//! Statements in the messages of a protocol that works in rounds: values of nodes, told from node to node.

use super::NodeId;

/// Content of a message of a protocol that works in rounds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoundMessage {
    /// Number of the round that the message belongs to.
    pub round: u32,
    /// Values that it tells; none if it only belongs to a round.
    pub statements: Vec<Statement>,
}

/// One value in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Nodes that told the value, the sender of the message first. The last one is the node that the value is about.
    pub path: Vec<NodeId>,
    /// The value.
    pub value: String,
}
