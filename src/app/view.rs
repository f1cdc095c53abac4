//! How a run is looked at: none of it is in the scenario.

use super::text;

/// What the workbench below the diagram shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// Looks for a violation, makes it small, explains it.
    Break,
    /// Every event, in words.
    Events,
    /// What each node told its application, node beside node.
    Deliveries,
    /// The nodes and what travels between them, at the playhead.
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

    /// What stands on its tab.
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
