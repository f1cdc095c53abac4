//! The hold-back queue: messages that have been received and may not be delivered yet.

use serde::Serialize;

use crate::kernel::{NodeId, Payload};

/// Messages that wait, with their senders, in the order of receipt.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct HoldBack<M>(Vec<(NodeId, M)>);

impl<M> Default for HoldBack<M> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<M: Payload> HoldBack<M> {
    /// Adds a message.
    pub fn hold(&mut self, from: NodeId, message: M) {
        self.0.push((from, message));
    }

    /// Number of messages that wait.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// True if no message waits.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Removes the first message that is ready, in the order of receipt.
    pub fn take(&mut self, ready: impl Fn(NodeId, &M) -> bool) -> Option<(NodeId, M)> {
        let first = self.0.iter().position(|(from, message)| ready(*from, message))?;
        Some(self.0.remove(first))
    }
}
