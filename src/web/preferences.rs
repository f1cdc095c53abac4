//! Preferences of the reader, from the browser and from the page.

use super::{storage::storage, window};

const KEY: &str = "worldlines-theme";

/// Colour theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    const fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Returns the other theme.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }
}

fn media(query: &str) -> bool {
    let list = window().and_then(|window| window.match_media(query).ok().flatten());
    list.is_some_and(|list| list.matches())
}

/// Returns the theme of the page, which `www/early.js` has chosen before anything was drawn: the reader's, that of the page around an embed,
/// or the system's.
#[must_use]
pub fn theme() -> Theme {
    let root = window().and_then(|window| window.document()?.document_element());
    let shown = root.and_then(|root| root.get_attribute("data-theme"));
    if shown.as_deref() == Some("dark") { Theme::Dark } else { Theme::Light }
}

/// Shows the page in this theme.
pub fn show_theme(theme: Theme) {
    let root = window().and_then(|window| window.document()?.document_element());
    if let Some(root) = root {
        let _ = root.set_attribute("data-theme", theme.word());
    }
}

/// Stores the theme that the reader chose, where storage is allowed.
pub fn keep_theme(theme: Theme) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(KEY, theme.word());
    }
}

/// True if the reader asked the system for less motion.
#[must_use]
pub fn prefers_reduced_motion() -> bool {
    media("(prefers-reduced-motion: reduce)")
}
