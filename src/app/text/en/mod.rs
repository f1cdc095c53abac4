//! English.

mod canvas;
mod frame;
mod judging;
mod menus;
mod panels;
mod shared;
mod told;

pub use canvas::*;
pub use frame::*;
pub use judging::*;
pub use menus::*;
pub use panels::*;
pub use shared::*;
pub use told::*;

/// The language of the page's own words, for elements inside English ones: English as the world writes it. The other
/// name tells `www/language.js` that these words are in the catalogue.
pub const LANGUAGE: &str = "en-001";
