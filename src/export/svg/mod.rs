//! A run as a picture in a file: SVG that stands alone.
//!
//! It shows what the page shows when the run is over, from the same geometry (`diagram`) and the same style sheet.

mod elements;
mod legend;
mod markup;
mod measure;
mod parts;
mod sheet;
mod theme;

pub use parts::heading;
pub use theme::Theme;

use elements::Drawing;
pub(super) use markup::escaped;

use markup::title;
use measure::{MARGIN, Measures};

use super::words::words;
use crate::{diagram::path::px, runs::Outcome};

/// Address of the licence of a picture: CC BY 4.0.
pub const LICENCE: &str = "https://creativecommons.org/licenses/by/4.0/";

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

/// Returns a run as an SVG document: one picture of the whole run when it is over, with its text alternative, licence and
/// link. The same run and options give the same bytes.
///
/// Its classes are confined to the picture, and it has no ids, so that several can stand in one page of HTML.
/// Elements of events have the attribute `data-event`; those of messages `data-message`, `data-sent` and `data-ended`, which are
/// events as well; others `data-since`, the event since which they are there.
#[must_use]
pub fn svg(run: &Outcome, options: &SvgOptions) -> String {
    let measures = Measures::of(run, options.width);
    let drawing = Drawing { run, scene: &measures.scene, layout: &measures.layout };
    let (body, width, height) = parts::body(&drawing, &measures, options);
    let scope = options.theme.class();
    let style = sheet::sheet(options.theme, scope, &classes(&body));
    let heading = parts::heading(run);
    // Whole, so that no pixel at the edge is covered in part.
    let [width, height] = [width, height].map(|length| px((length + 2.0 * MARGIN).ceil()));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{scope}\" role=\"img\" lang=\"en\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n"
    );
    svg += &title(&heading);
    svg += &format!("\n<desc>{}</desc>\n", escaped(words(run).trim_end()));
    svg += &metadata(&heading, options.link.as_deref());
    svg += &format!("<style>\n{style}</style>\n");
    svg += &format!("<rect class=\"wl-paper\" width=\"{width}\" height=\"{height}\"/>\n");
    svg += &format!("<g transform=\"translate({MARGIN} {MARGIN})\">\n{body}</g>\n</svg>\n");
    svg
}

/// Returns the attributes with classes that occur, each once.
fn classes(elements: &str) -> Vec<&str> {
    let attributes = elements.split(" class=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut classes: Vec<_> = attributes.chain(["wl-paper"]).collect();
    classes.sort_unstable();
    classes.dedup();
    classes
}

/// Returns licence and origin in the vocabulary of Creative Commons.
fn metadata(heading: &str, link: Option<&str>) -> String {
    let source =
        link.map_or_else(String::new, |link| format!("<dc:source>{}</dc:source>", escaped(link)));
    format!(
        "<metadata><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
         xmlns:cc=\"http://creativecommons.org/ns#\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <cc:Work rdf:about=\"\"><dc:title>{}</dc:title><dc:creator>Worldlines</dc:creator>\
         <dc:format>image/svg+xml</dc:format>{source}<cc:license rdf:resource=\"{LICENCE}\"/>\
         </cc:Work></rdf:RDF></metadata>\n",
        escaped(heading)
    )
}
