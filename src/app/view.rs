//! The views of a run: they are not part of the scenario.

use super::text;

/// A tab of the workbench below the diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// Searches for a violation, minimises it, explains it.
    Break,
    /// Every event, in words.
    Events,
    /// The deliveries of each node to its application, side by side.
    Deliveries,
    /// The nodes and the messages in transit, at the playhead.
    Network,
    /// The nodes' states.
    State,
    /// The protocol's own code.
    Source,
    /// The run in numbers.
    Numbers,
    /// The scenario, as text that can be edited.
    Text,
}

impl Panel {
    /// All of them, in the order of their tabs.
    pub const ALL: [Self; 8] = [
        Self::Break,
        Self::Events,
        Self::Deliveries,
        Self::Network,
        Self::State,
        Self::Source,
        Self::Numbers,
        Self::Text,
    ];

    /// Returns the label of its tab.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Break => text::view::BREAK,
            Self::Events => text::view::EVENTS,
            Self::State => text::view::STATE,
            Self::Source => text::view::SOURCE,
            Self::Numbers => text::view::NUMBERS,
            Self::Deliveries => text::view::DELIVERIES,
            Self::Network => text::view::NETWORK,
            Self::Text => text::view::TEXT,
        }
    }
}
