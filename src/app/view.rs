//! The views of a run: they are not part of the scenario.

use super::{State, text};
use crate::{diagram::states_values, kernel::NodeId};

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
    /// Tables of what the nodes delivered, of what one received by round, and of the messages that wait.
    Tables,
    /// The nodes and the messages in transit, at the playhead.
    Network,
    /// The selected event or message, and the nodes' states.
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
        Self::State,
        Self::Settings,
        Self::View,
        Self::Events,
        Self::Tables,
        Self::Network,
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
            Self::Tables => text::view::TABLES,
            Self::Network => text::view::NETWORK,
            Self::Text => text::view::TEXT,
        }
    }
}

/// A table of the tab of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// The deliveries of each node to its application, side by side.
    Deliveries,
    /// Messages that one node received, by round.
    Rounds,
    /// The messages in transit and those that are held back, at the playhead.
    Queues,
}

impl Table {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Deliveries, Self::Rounds, Self::Queues];

    /// Returns the words of its button.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deliveries => text::tables::DELIVERIES,
            Self::Rounds => text::tables::ROUNDS,
            Self::Queues => text::tables::QUEUES,
        }
    }
}

/// The reader's choices in the tab of the tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tables {
    /// Table that is shown; none for the one that suits the protocol.
    pub shown: Option<Table>,
    /// First of the nodes that the columns of a wide table are about; none for the first of all.
    pub about: Option<NodeId>,
}

impl State {
    /// Returns the table that is shown. Where messages state values of nodes, it is the one by round unless the reader chose
    /// another.
    #[must_use]
    pub fn table(&self) -> Table {
        let suits = || match states_values(self.run.protocol, &self.run.trace) {
            true => Table::Rounds,
            false => Table::Deliveries,
        };
        self.tables.shown.unwrap_or_else(suits)
    }
}
