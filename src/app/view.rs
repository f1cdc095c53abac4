//! How a run is looked at: none of it is in the scenario.

/// What the workbench below the diagram shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// Every event, in words.
    Events,
    /// The scenario, as text that can be edited.
    Text,
}

impl Panel {
    /// All of them, in the order of their tabs.
    pub const ALL: [Self; 2] = [Self::Events, Self::Text];

    /// What stands on its tab.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Events => "Events",
            Self::Text => "As text",
        }
    }
}
