//! The page's own words: labels, buttons, titles, hints, messages.
//!
//! A language is a module beside `en`, with the same items: constants, and functions for sentences with values, in a
//! module per component of `ui`. This module re-exports the language that is built. Verdicts, protocols and scenarios
//! stay English in every language: the page marks their elements `lang="en"`. The language of everything else is the
//! document's own (`www/index.html`).

mod en;

pub use en::*;
