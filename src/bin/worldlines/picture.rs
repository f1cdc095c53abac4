//! Options of `run --svg` and of the forms that are made of it.

use clap::{Args, ValueEnum};
use worldlines::{
    app::Sharing,
    export::{Embedded, SvgOptions, Theme, heading, html, snippet_with_picture, svg},
    formats::link,
    runs::Outcome,
};

use crate::{
    input::about_named,
    too_long,
    usage::{address, whole},
};

/// Options of a picture.
#[derive(Args)]
pub(crate) struct PictureArgs {
    /// Colours of a picture; auto follows the reader's system.
    #[arg(long, value_enum)]
    theme: Option<Colours>,
    /// Width of a picture in pixels, 240 to 20000; by default as wide as its marks need.
    #[arg(long, value_name = "PX", value_parser = width, allow_negative_numbers = true)]
    width: Option<u64>,
    /// Draw the diagram alone: no title, captions, verdicts or legend.
    #[arg(long)]
    bare: bool,
    /// Address of a playground, with which the picture's link to the run begins; --embed needs it.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    base: Option<String>,
    /// Pixels of a PNG for each pixel of the picture, 0.1 to 16; by default 2.
    #[arg(long, value_name = "N", value_parser = scale, allow_negative_numbers = true)]
    scale: Option<f32>,
    /// A font file for the characters that the fonts of the command line lack, in a PNG; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) font: Vec<String>,
}

/// Reads a scale.
fn scale(text: &str) -> Result<f32, String> {
    let scale = text.parse().ok().filter(|scale| (0.1..=16.0).contains(scale));
    scale.ok_or_else(|| "a number from 0.1 to 16".to_owned())
}

/// Reads a width.
fn width(text: &str) -> Result<u64, String> {
    whole(text, 240..=20_000)
}

#[derive(Clone, Copy, ValueEnum)]
enum Colours {
    Light,
    Dark,
    Auto,
}

impl PictureArgs {
    /// Refuses options that the form of the output does not have: those of any picture, and those of pixels.
    pub(crate) fn check(&self, is_picture: bool, is_png: bool) -> Result<(), String> {
        let of_pictures = [
            ("--theme", self.theme.is_some()),
            ("--width", self.width.is_some()),
            ("--bare", self.bare),
            ("--base", self.base.is_some()),
        ];
        let mut wrong = of_pictures.iter().filter(|(_, is_given)| *is_given && !is_picture);
        if let Some((option, _)) = wrong.next() {
            return Err(format!(
                "{option}: expected one of --svg, --png, --html and --embed beside it"
            ));
        }
        let of_pixels = [("--scale", self.scale.is_some()), ("--font", !self.font.is_empty())];
        if let Some((option, _)) = of_pixels.iter().find(|(_, is_given)| *is_given && !is_png) {
            return Err(format!("{option}: expected --png beside it"));
        }
        Ok(())
    }

    /// Pixels of a PNG for each pixel of the picture.
    pub(crate) fn scale(&self) -> f32 {
        self.scale.unwrap_or(2.0)
    }

    /// Returns the run as SVG.
    pub(crate) fn svg(&self, run: &Outcome) -> String {
        svg(run, &self.options(run))
    }

    /// Returns the run as HTML.
    pub(crate) fn html(&self, run: &Outcome) -> String {
        html(run, &self.options(run))
    }

    /// Returns the HTML that embeds the run, with its picture.
    pub(crate) fn embed(&self, source: &str, run: &Outcome) -> Result<String, String> {
        let Some(page) = self.base.as_deref() else {
            return Err(
                "--embed: expected --base beside it, the address of a playground".to_owned()
            );
        };
        if run.protocol.id.is_empty() {
            let found = "found an imported run, expected one that a link can hold";
            return Err(format!("--embed: {}", about_named(source, found)));
        }
        let fragment = run.fragment();
        if fragment.len() > link::MAX_LINK {
            return Err(about_named(source, &too_long(&fragment)));
        }
        let embedded = Embedded { page, fragment: &fragment, title: &heading(run), now: 0 };
        let form = Sharing::default().embed;
        let options = SvgOptions { link: Some(format!("{page}{fragment}")), ..self.options(run) };
        Ok(snippet_with_picture(&embedded, &form, &svg(run, &options)) + "\n")
    }

    /// Returns the form of the picture, with the link to the run.
    pub(crate) fn options(&self, run: &Outcome) -> SvgOptions {
        let theme = match self.theme {
            Some(Colours::Light) => Theme::Light,
            Some(Colours::Dark) => Theme::Dark,
            Some(Colours::Auto) | None => Theme::Auto,
        };
        let fragment = run.fragment();
        // An imported run has no protocol, which a link would have to name.
        let fits = !run.protocol.id.is_empty() && fragment.len() <= link::MAX_LINK;
        let link = fits.then(|| format!("{}{fragment}", self.base.as_deref().unwrap_or_default()));
        SvgOptions { theme, width: self.width.map(|width| width as f64), bare: self.bare, link }
    }
}
