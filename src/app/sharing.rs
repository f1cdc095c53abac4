//! The state of the share dialog: open or closed, and the choices for embed and picture.

use super::FITTING;

/// The share dialog and the choices in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// True while the dialog is open.
    pub open: bool,
    /// Form of the embed.
    pub embed: EmbedForm,
    /// True if the embed is shown below its text.
    pub preview: bool,
    /// Colours of the picture that is saved.
    pub picture: Colours,
    /// Size of pictures in pixels.
    pub size: PictureSize,
    /// Width of pictures in pixels, if that is the size.
    pub width: u64,
    /// Speed of an animation: one of [`SPEEDS`](super::SPEEDS).
    pub speed: u32,
    /// Kind of the file that is saved for another program.
    pub file: FileKind,
}

/// Form of an embed (docs/embedding.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmbedForm {
    /// True for an `iframe`; false for the element `<world-lines>`.
    pub plain_frame: bool,
    /// Controls that the reader of the embed has.
    pub controls: Controls,
    /// Colours of the embed.
    pub theme: Colours,
    /// True if the embed's own words are German, false if they are English.
    pub german: bool,
    /// True if the embed begins at the moment that is shown, false if at the beginning.
    pub from_here: bool,
    /// Property whose verdict alone is shown; none for all verdicts.
    pub property: Option<&'static str>,
    /// True if what has not happened yet is hidden.
    pub future_hidden: bool,
    /// True if the run starts over at its end.
    pub loops: bool,
    /// True if the element is as high as its content. A frame cannot be.
    pub fits: bool,
    /// Height otherwise, in CSS pixels.
    pub height: u64,
}

/// Controls that the reader of an embed has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controls {
    /// Diagram, time and verdicts; messages and nodes can be changed.
    Focus,
    /// The same, and nothing can be changed.
    Locked,
    /// The whole page.
    Full,
}

/// Colours of an embed or a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    /// Those of the page around it, or of its reader's system.
    Auto,
    /// Dark ink on light paper.
    Light,
    /// Light ink on dark paper.
    Dark,
}

/// Size of pictures in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureSize {
    /// So many pixels for each CSS pixel.
    Times(u8),
    /// A width in pixels.
    Wide,
}

/// Kind of a file for another program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A page of HTML that opens from the disk and plays the run.
    Html,
    /// A LaTeX document.
    Tikz,
    /// A log for ShiViz.
    Shiviz,
    /// A sequence diagram for Mermaid.
    Mermaid,
    /// A table of the events, as comma-separated values.
    Csv,
    /// The trace, as JSON (docs/trace.md).
    Trace,
    /// The run in words.
    Words,
}

/// Least and greatest height of an embed, in CSS pixels.
pub const EMBED_HEIGHTS: [u64; 2] = [100, 5000];
/// Least and greatest width of pictures, in pixels.
pub const PICTURE_WIDTHS: [u64; 2] = [100, 16_000];

impl Default for Sharing {
    fn default() -> Self {
        let embed = EmbedForm {
            plain_frame: false,
            controls: Controls::Focus,
            theme: Colours::Auto,
            german: false,
            from_here: false,
            property: None,
            future_hidden: false,
            loops: false,
            fits: true,
            height: 450,
        };
        Self {
            open: false,
            embed,
            preview: false,
            picture: Colours::Auto,
            size: PictureSize::Times(2),
            width: 1920,
            speed: FITTING,
            file: FileKind::Html,
        }
    }
}

impl PictureSize {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Times(1), Self::Times(2), Self::Times(3), Self::Wide];

    /// Name by which the page's menu knows it.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Times(1) => "1",
            Self::Times(2) => "2",
            Self::Times(_) => "3",
            Self::Wide => "wide",
        }
    }
}

impl Controls {
    /// All of them, the usual one first.
    pub const ALL: [Self; 3] = [Self::Focus, Self::Locked, Self::Full];

    /// Value of the attribute.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Focus => "focus",
            Self::Locked => "locked",
            Self::Full => "full",
        }
    }
}

impl Colours {
    /// All of them, the usual one first.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// Value of the attribute.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl FileKind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Html, Self::Tikz, Self::Shiviz, Self::Mermaid, Self::Csv, Self::Trace, Self::Words];

    /// Name by which the page's menu knows it.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Tikz => "tikz",
            Self::Shiviz => "shiviz",
            Self::Mermaid => "mermaid",
            Self::Csv => "csv",
            Self::Trace => "trace",
            Self::Words => "words",
        }
    }
}
