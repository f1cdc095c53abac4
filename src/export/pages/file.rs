//! Files of the site, and their paths.

use super::document::escaped_text;
use crate::formats::bundled::Bundled;

/// A file of the site. Its path is relative to the folder of the site, with `/` between its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFile {
    /// Path of the file.
    pub path: String,
    /// Content of the file.
    pub content: Content,
}

/// Content of a file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A text that is written as it is.
    Text(String),
    /// A picture of SVG that is to be drawn in pixels, one for each unit: the card of a page.
    Card(String),
}

/// Returns the folder of a bundled scenario's page in the site: `<protocol>/<example>/`.
pub(super) fn path_of(bundled: &Bundled) -> String {
    format!("{}/{}/", bundled.protocol, bundled.name)
}

/// Returns a link to a bundled scenario's page, from the folder of its protocol or, with `../`, of another example.
pub(super) fn link_to(bundled: &Bundled, from: &str) -> String {
    let title = match bundled.title() {
        title if title.is_empty() => bundled.name.to_owned(),
        title => title,
    };
    format!("<a href=\"{from}{}/\">{}</a>", bundled.name, escaped_text(&title))
}
