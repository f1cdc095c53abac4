//! Form of a picture.

use super::theme::Theme;

/// Form of a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SvgOptions {
    /// Colours.
    pub theme: Theme,
    /// Width in CSS pixels, into which the whole run is drawn; none for the width at which marks can be told apart. Many
    /// nodes may need more.
    pub width: Option<f64>,
    /// True for the diagram alone: no title, captions, verdicts or legend.
    pub bare: bool,
    /// Link to the run: an address, or its part from `#` on. In the picture it stands in the metadata; an address also
    /// below the diagram.
    pub link: Option<String>,
}

impl SvgOptions {
    /// The link, if it is an address that a reader can follow.
    pub(in crate::export) fn address(&self) -> Option<&str> {
        let link = self.link.as_deref();
        link.filter(|it| it.starts_with("https://") || it.starts_with("http://"))
    }
}

/// Parts of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The diagram alone.
    Diagram,
    /// The diagram with the numbers of captions, and its legend.
    Figure,
    /// Also the heading, the captions, the verdicts and the origin.
    Whole,
}
