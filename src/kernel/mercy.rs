//! Mercies of the network on single messages and links, by which the cause of a violation is found.

use super::{MessageName, NodeId, SortedMap, SortedSet, Time};

/// How the network is kinder to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mercy {
    /// Chance does not lose it.
    Arrives,
    /// Chance does not duplicate it.
    Once,
    /// Chance flips none of its bits.
    Intact,
    /// It takes no longer than this, in virtual ms.
    Within(Time),
}

/// Messages and links to which the network is kinder in a repaired run; none in any other.
#[derive(Clone, Debug, Default)]
pub struct Spared {
    messages: SortedMap<MessageName, Vec<Mercy>>,
    links: SortedSet<(NodeId, NodeId)>,
}

impl Spared {
    /// Makes the network kinder to a message.
    pub fn spare(&mut self, name: MessageName, mercy: Mercy) {
        self.messages.entry(name).or_default().push(mercy);
    }

    /// Keeps the messages of a link in order, whatever the network's order is.
    pub fn keep_in_order(&mut self, from: NodeId, to: NodeId) {
        self.links.insert((from, to));
    }

    /// True if the network is kinder to nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.links.is_empty()
    }

    /// Returns the mercies on a message.
    fn mercies(&self, name: MessageName) -> &[Mercy] {
        self.messages.get(&name).map_or(&[], Vec::as_slice)
    }

    /// True if the network has this mercy on a message.
    pub(super) fn has(&self, name: MessageName, mercy: Mercy) -> bool {
        self.mercies(name).contains(&mercy)
    }

    /// The longest time that a message may take, where that is bounded.
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
