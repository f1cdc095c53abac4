//! Own messages that some members have not acknowledged.

use serde::Serialize;

use crate::{
    abstractions::broadcast::BroadcastId,
    kernel::{NodeId, NodeSet, SortedMap},
};

/// Own messages that some members have not acknowledged, each with what its sender keeps of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Unacknowledged<T>(SortedMap<BroadcastId, Waiting<T>>);

/// A message that waits for acknowledgements.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Waiting<T> {
    /// The part of it that its sender keeps.
    pub kept: T,
    /// Members that have not acknowledged it.
    pub missing: NodeSet,
}

impl<T> Unacknowledged<T> {
    /// No message waits.
    #[must_use]
    pub const fn new() -> Self {
        Self(SortedMap::new())
    }

    /// Number of messages that wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if no message waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if this message waits.
    #[must_use]
    pub fn has(&self, id: BroadcastId) -> bool {
        self.0.contains_key(&id)
    }

    /// Messages that wait, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (&BroadcastId, &Waiting<T>)> {
        self.0.iter()
    }

    /// Has a message wait for these members.
    pub fn insert(&mut self, id: BroadcastId, kept: T, missing: NodeSet) {
        self.0.insert(id, Waiting { kept, missing });
    }

    /// Returns a message that waits.
    pub fn get_mut(&mut self, id: BroadcastId) -> Option<&mut Waiting<T>> {
        self.0.get_mut(&id)
    }

    /// Removes a message, acknowledged or not.
    pub fn remove(&mut self, id: BroadcastId) -> Option<Waiting<T>> {
        self.0.remove(&id)
    }

    /// Records a member's acknowledgement. Removes the message and returns it if this was the last that it waited for.
    pub fn acknowledge(&mut self, id: BroadcastId, member: NodeId) -> Option<T> {
        let waiting = self.0.get_mut(&id)?;
        waiting.missing.remove(member);
        let is_last = waiting.missing.is_empty();
        if is_last { self.0.remove(&id).map(|it| it.kept) } else { None }
    }
}

impl<T> Default for Unacknowledged<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unacknowledged_message_leaves_with_the_last_acknowledgement() {
        let [one, two, three] = [0, 1, 2].map(NodeId::new);
        let id = BroadcastId { from: one, seq: 1 };
        let mut messages = Unacknowledged::new();
        messages.insert(id, "m", NodeSet::from(two).or(three.into()));
        assert_eq!(messages.acknowledge(id, two), None);
        assert_eq!(messages.acknowledge(id, two), None, "a duplicate does not count");
        assert_eq!(messages.acknowledge(id, three), Some("m"));
        assert_eq!(messages.acknowledge(id, three), None, "it has left");
        assert_eq!(messages.len(), 0);
    }
}
