//! The share dialog.

pub mod sharing {
    use crate::kernel::count_of;

    pub const OPEN: &str = "Share";
    pub const OPEN_HELP: &str = "Link, QR code, embed, picture and text of this run";
    pub const TITLE: &str = "Share this run";
    pub const CLOSE: &str = "Close";
    pub const CLOSE_HELP: &str = "Close (Esc)";
    pub const BY_HAND: &str =
        "The browser does not let this page copy. The text is selected: copy it with Ctrl+C or ⌘C.";

    pub const LINK: &str = "Link";
    pub const LINK_HELP: &str = "The link contains the scenario with its title and captions, so it opens exactly this run. Nothing is uploaded.";
    pub const SYSTEM: &str = "Share with another app…";
    pub const COPY_LINK: &str = "Copy link";
    pub const LINK_COPIED: &str = "Link copied";
    pub const MAKING: &str = "The link is being made…";
    pub const TOO_LARGE: &str = "This run is too large for a link.";
    pub const SHARE_FILE: &str = "Share its file instead. Save the scenario below. Put the file beside the page of Worldlines, or on a web server that lets other pages read it. Then share this address. If the file is on another host, replace its name after src= by its full address.";
    pub const FILE_ADDRESS: &str = "Address that opens the file";
    pub const COPY_ADDRESS: &str = "Copy address";
    pub const ADDRESS_COPIED: &str = "Address copied";
    pub const BOTH: &str = "It also holds the second run beside this one.";
    pub const NOT_BOTH: &str =
        "The second run does not fit into the link, which opens this run alone.";
    pub const QR: &str = "QR code of the link";

    pub const EMBED: &str = "Embed in a page";
    pub const FORM: &str = "Form";
    pub const FORM_HELP: &str =
        "The element needs a script on its page. The frame works wherever frames are allowed.";
    pub const ELEMENT: &str = "Element with a still picture";
    pub const FRAME: &str = "Plain frame (iframe)";
    pub const CONTROLS: &str = "Controls";
    pub const CONTROLS_HELP: &str = "Controls that a reader of the embed has";
    pub const FOCUS: &str = "Time, verdicts and changes";
    pub const LOCKED: &str = "Time and verdicts, no changes";
    pub const FULL: &str = "Whole page";
    pub const THEME: &str = "Theme";
    pub const THEME_HELP: &str = "Colours of the embed";
    pub const AUTO: &str = "As the page or the system";
    pub const LIGHT: &str = "Light";
    pub const DARK: &str = "Dark";
    pub const LANGUAGE: &str = "Language";
    pub const LANGUAGE_HELP: &str =
        "Language of the embed’s controls. Verdicts, protocols and scenarios are English.";
    pub const ENGLISH: &str = "English";
    pub const GERMAN: &str = "German";
    pub const START: &str = "Starts";
    pub const START_HELP: &str = "Moment at which the embedded run starts";
    pub const AT_BEGINNING: &str = "At the beginning";
    pub const PROPERTY: &str = "Verdicts";
    pub const PROPERTY_HELP: &str = "Properties whose verdicts the embed shows";
    pub const ALL_PROPERTIES: &str = "All properties";
    pub const FUTURE: &str = "Hide the future";
    pub const LOOP: &str = "Play in a loop";
    pub const FITS: &str = "As high as its content";
    pub const HEIGHT: &str = "Height in pixels";
    pub const HEIGHT_HELP: &str = "Height of the embed in CSS pixels";
    pub const SNIPPET: &str = "HTML to paste";
    pub const COPY_SNIPPET: &str = "Copy HTML";
    pub const SNIPPET_COPIED: &str = "HTML copied";
    pub const SHOW_PREVIEW: &str = "Show preview";
    pub const HIDE_PREVIEW: &str = "Hide preview";
    pub const PREVIEW: &str = "Preview of the embed";

    pub const SAVE: &str = "Save";
    pub const COLOURS: &str = "Colours of the picture";
    pub const PICTURE: &str = "Save picture (SVG)";
    pub const PICTURE_HELP: &str = "The whole run with its verdicts and legend";
    pub const SCENARIO: &str = "Save scenario (JSON)";
    pub const SCENARIO_HELP: &str = "The file that the command line and ?src= open";

    pub const SIZE: &str = "Size in pixels";
    pub const SIZE_HELP: &str = "Size of the picture in pixels, and of the animation";
    pub const OF_WIDTH: &str = "Fixed width";
    pub const WIDTH: &str = "Width in pixels";
    pub const WIDTH_HELP: &str = "Width of the picture in pixels, and of the animation";
    pub const PIXELS: &str = "Save picture (PNG)";
    pub const PIXELS_HELP: &str = "The picture is light unless you choose dark: pixels cannot follow the colours of the reader’s system";
    pub const PRINT: &str = "Print or save as PDF";
    pub const PRINT_HELP: &str = "Prints the picture on one sheet, or the page where it shows more than the picture. The browser’s dialog can save a PDF.";
    pub const SPEED: &str = "Speed of the animation";
    pub const SPEED_HELP: &str = "At ×1 the run takes seven seconds";
    pub const ANIMATION: &str = "Save animation (GIF)";
    pub const ANIMATION_HELP: &str = "The diagram as it is played, for slides";
    pub const CANCEL: &str = "Cancel";
    pub const PROGRESS: &str = "Frames of the animation";
    pub const DRAWING: &str = "The picture is being drawn…";
    pub const NOT_DRAWN: &str =
        "This browser could not draw the picture. Save it as SVG, or use the command line.";

    pub const FILE: &str = "File for another program";
    pub const FILE_HELP: &str = "The command line writes the same files";
    pub const SAVE_FILE: &str = "Save file";
    pub const WRITING: &str = "The file is being written…";
    pub const HTML: &str = "Page that plays the run (HTML)";
    pub const TIKZ: &str = "LaTeX document (TikZ)";
    pub const SHIVIZ: &str = "ShiViz log";
    pub const MERMAID: &str = "Mermaid diagram";
    pub const CSV: &str = "Table of events (CSV)";
    pub const TRACE: &str = "Trace of the run (JSON)";

    pub const WORDS: &str = "Run in words";
    pub const COPY_WORDS: &str = "Copy text";
    pub const WORDS_COPIED: &str = "Text copied";

    /// The choice to start at the moment that is shown.
    #[must_use]
    pub fn at_moment(now: u64) -> String {
        format!("At the moment shown ({now} ms)")
    }

    /// The warning beside a long link.
    #[must_use]
    pub fn long(characters: usize) -> String {
        format!(
            "This link has {characters} characters. Some programs truncate links above 2000 characters."
        )
    }

    /// The message in the place of a QR code.
    #[must_use]
    pub fn no_qr(length: usize, most: usize) -> String {
        format!(
            "The link is too long for a QR code: it has {}, and a phone reads at most {most}.",
            count_of(length, "character")
        )
    }

    /// The message if a run is too long for a file.
    #[must_use]
    pub fn too_long(most: usize) -> String {
        format!(
            "This run has too many events for this kind of file, which can have at most {most}. Choose another kind."
        )
    }

    /// The message if a picture is too large.
    #[must_use]
    pub fn too_large(size: &str) -> String {
        format!(
            "A picture of {size} pixels is too large for this browser. Choose a smaller size, or save it as SVG."
        )
    }

    /// The message if the frames of an animation are too large.
    #[must_use]
    pub fn film_too_large(size: &str, most: usize) -> String {
        format!(
            "Frames of {size} pixels are too large for an animation: a frame can have {most} pixels. Choose a smaller size."
        )
    }

    /// The message after a file was given to the browser.
    #[must_use]
    pub fn saved(name: &str) -> String {
        format!("The browser saves {name}.")
    }
}

/// Refusals of an embed's choices.
pub mod embed {
    /// The speed that an author chose is none of the page's.
    #[must_use]
    pub fn no_speed(found: &str, all: &str) -> String {
        format!("speed: found \"{found}\", expected one of {all}")
    }
}

/// Refusals of the frame that draws still pictures.
pub mod pictures {
    /// The protocol of the run could not be fetched.
    pub const NOT_FETCHED: &str = "the protocol could not be fetched";
}
