//! The permanent addresses: a static page for each bundled scenario, for each protocol, and for the catalogue
//! (docs/hosting.md).
//!
//! They are plain HTML without scripts and without styles of their own, well-formed as XML too. All links within the site are
//! relative, so that it works below any path.

mod card;
mod document;
mod example;
mod file;
mod site;
mod statement;

pub use file::{Content, SiteFile};
pub use site::Site;
