//! Exemptions of single messages and links from the network's faults. They serve to find the cause of a
//! violation.

use super::{MessageName, NodeId, SortedMap, SortedSet, Time};

/// An exemption of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mercy {
    /// It is not lost by chance.
    Arrives,
    /// It is not duplicated by chance.
    Once,
    /// None of its bits is flipped by chance.
    Intact,
    /// It takes no longer than this, in virtual ms.
    Within(Time),
}

/// The exempt messages and links of a repaired run; empty in any other.
#[derive(Clone, Debug, Default)]
pub struct Spared {
    messages: SortedMap<MessageName, Vec<Mercy>>,
    links: SortedSet<(NodeId, NodeId)>,
}

impl Spared {
    /// Exempts a message.
    pub fn spare(&mut self, name: MessageName, mercy: Mercy) {
        self.messages.entry(name).or_default().push(mercy);
    }

    /// Keeps the messages of a link in order, whatever the network's order is.
    pub fn keep_in_order(&mut self, from: NodeId, to: NodeId) {
        self.links.insert((from, to));
    }

    /// True if no message or link is exempt.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.links.is_empty()
    }

    /// Returns the exemptions of a message.
    fn mercies(&self, name: MessageName) -> &[Mercy] {
        self.messages.get(&name).map_or(&[], Vec::as_slice)
    }

    /// True if the message has this exemption.
    pub(super) fn has(&self, name: MessageName, mercy: Mercy) -> bool {
        self.mercies(name).contains(&mercy)
    }

    /// Returns the longest time that a message may take, where that is bounded.
    pub(super) fn within(&self, name: MessageName) -> Option<Time> {
        let bounds = self.mercies(name).iter().filter_map(|mercy| match mercy {
            Mercy::Within(bound) => Some(*bound),
            _ => None,
        });
        bounds.min()
    }

    /// True if the messages of a link stay in order, whatever the network's order is.
    pub(super) fn in_order(&self, from: NodeId, to: NodeId) -> bool {
        self.links.contains(&(from, to))
    }
}
