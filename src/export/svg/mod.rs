//! A run as a picture in a file: SVG that stands alone.
//!
//! It shows what the page shows when the run is over, from the same geometry (`diagram`) and the same style sheet.

mod elements;
mod legend;
mod markup;
mod measure;
mod options;
mod parts;
mod sheet;
mod theme;

pub use parts::heading;
pub use theme::Theme;

use elements::Drawing;
pub(super) use markup::escaped;
use markup::title;
#[cfg(not(target_arch = "wasm32"))]
pub(super) use markup::wrapped;
use measure::{MARGIN, Measures};
use options::Extent;
pub use options::SvgOptions;
pub(super) use sheet::{colour, tokens};

use super::words::words;
use crate::{
    diagram::{Layout, Point, path::px},
    runs::Outcome,
};

/// Address of the licence of a picture: CC BY 4.0.
pub const LICENCE: &str = "https://creativecommons.org/licenses/by/4.0/";

/// Returns a run as an SVG document: one picture of the whole run when it is over, with its text alternative, licence and
/// link. The same run and options give the same bytes.
///
/// Its classes are confined to the picture, and it has no ids, so that several can stand in one page of HTML.
/// Elements of events have the attribute `data-event`; those of messages `data-message`, `data-sent` and `data-ended`, which are
/// events as well; others `data-since`, the event since which they are there.
#[must_use]
pub fn svg(run: &Outcome, options: &SvgOptions) -> String {
    let extent = if options.bare { Extent::Diagram } else { Extent::Whole };
    document(run, options, &Measures::of(run, options.width), extent, words(run).trim_end())
}

/// The picture of a run within a page that says the rest: with legend and numbers of captions.
pub(super) struct Figure {
    /// The picture.
    pub(super) svg: String,
    /// Positions in it; those of its group `wl-diagram`.
    pub(super) layout: Layout,
    /// Length of a line across the diagram.
    pub(super) breadth: f64,
}

impl Figure {
    /// Draws a run.
    pub(super) fn of(run: &Outcome, options: &SvgOptions) -> Self {
        let measures = Measures::of(run, options.width);
        let extent = if options.bare { Extent::Diagram } else { Extent::Figure };
        let svg = document(run, options, &measures, extent, "Its text alternative follows it.");
        let Measures { layout, scene, .. } = measures;
        let breadth = layout.unpoint(Point { x: scene.width, y: scene.height }).1;
        Self { svg, layout, breadth }
    }
}

fn document(
    run: &Outcome,
    options: &SvgOptions,
    measures: &Measures,
    extent: Extent,
    description: &str,
) -> String {
    let drawing = Drawing { run, scene: &measures.scene, layout: &measures.layout };
    let (body, width, height) = parts::body(&drawing, measures, options, extent);
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
    svg += &format!("\n<desc>{}</desc>\n", escaped(description));
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
