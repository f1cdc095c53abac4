//! `run --svg`: a run as a picture.

use clap::{Args, ValueEnum};
use worldlines::{
    export::{SvgOptions, Theme, svg},
    formats::link,
    runs::Outcome,
};

/// Options of a picture.
#[derive(Args)]
pub(crate) struct PictureArgs {
    /// Colours of a picture; auto follows the reader's system.
    #[arg(long, value_enum, default_value = "auto", requires = "picture")]
    theme: Colours,
    /// Width of a picture in pixels, 240 to 20000; by default as wide as its marks need.
    #[arg(long, value_name = "PX", value_parser = clap::value_parser!(u32).range(240..=20_000), requires = "picture")]
    width: Option<u32>,
    /// Draw the diagram alone: no title, captions, verdicts or legend.
    #[arg(long, requires = "picture")]
    bare: bool,
    /// Address of a playground, for the picture's link to the run.
    #[arg(long, value_name = "ADDRESS", requires = "picture")]
    base: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Colours {
    Light,
    Dark,
    Auto,
}

impl PictureArgs {
    /// Returns the run as SVG.
    pub(crate) fn svg(&self, run: &Outcome) -> String {
        svg(run, &self.options(run))
    }

    fn options(&self, run: &Outcome) -> SvgOptions {
        let theme = match self.theme {
            Colours::Light => Theme::Light,
            Colours::Dark => Theme::Dark,
            Colours::Auto => Theme::Auto,
        };
        let fragment = link::fragment(&run.scenario, Some(&run.digest()));
        let fits = fragment.len() <= link::MAX_LINK;
        let link = fits.then(|| format!("{}{fragment}", self.base.as_deref().unwrap_or_default()));
        SvgOptions { theme, width: self.width.map(f64::from), bare: self.bare, link }
    }
}
