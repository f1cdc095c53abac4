//! Colours of a picture.

/// Colours of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark ink on light paper.
    Light,
    /// Light ink on dark paper.
    Dark,
    /// Those that the reader prefers (`prefers-color-scheme`); light where a program does not know.
    #[default]
    Auto,
}

impl Theme {
    /// Colours of a picture in pixels: it cannot follow a reader.
    #[must_use]
    pub const fn of_pixels(self) -> Self {
        match self {
            Self::Auto => Self::Light,
            it => it,
        }
    }

    /// Class of a picture with these colours: several pictures can stand in one page.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Light => "worldlines-light",
            Self::Dark => "worldlines-dark",
            Self::Auto => "worldlines-auto",
        }
    }
}
