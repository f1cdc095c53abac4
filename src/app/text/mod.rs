//! The page's own words: labels, buttons, titles, hints, messages.
//!
//! The catalogue has constants, and functions for sentences with values, in a module per component of `ui`. The program
//! has them in English only. Each text is the key of its translations in `static/languages/`, which `www/language.js`
//! puts in its place in the document; so a new text needs an entry there. A sentence with values is best one template: a
//! translation cannot join what the program has joined, and two texts that differ in meaning must differ in English.
//! Verdicts, protocols and scenarios stay English in every language: the page marks their elements `lang="en"`. The
//! language of everything else is the document's own.

mod en;

pub use en::*;
