//! The views of a run: they are not part of the scenario.

use super::text;

/// A tab of the workbench beside or below the diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The verdict on every property, the run's class, and facts about the protocol.
    Verdicts,
    /// Searches for a violation, minimises it, explains it.
    Break,
    /// The requests and faults of the run, each removable.
    Changes,
    /// The protocol's parameters, the nodes, the network.
    Settings,
    /// Further contents of the diagram: time stamps, cuts, a second run; and its legend.
    View,
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
    pub const ALL: [Self; 12] = [
        Self::Verdicts,
        Self::Break,
        Self::Changes,
        Self::Settings,
        Self::View,
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
            Self::Verdicts => text::view::VERDICTS,
            Self::Break => text::view::BREAK,
            Self::Changes => text::view::CHANGES,
            Self::Settings => text::view::SETTINGS,
            Self::View => text::view::VIEW,
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
