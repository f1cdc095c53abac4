//! The card of a page: the picture that chat programs and social networks show beside a link.

use crate::{
    export::{
        Theme,
        svg::{Figure, SvgOptions, colour, escaped, heading, wrapped},
    },
    runs::Outcome,
};

/// Width of a card in pixels, as most programs ask for.
pub(super) const WIDTH: u32 = 1200;
/// Height of a card in pixels.
pub(super) const HEIGHT: u32 = 630;
/// Space around its parts.
const MARGIN: u32 = 48;
/// Size of the title, and its greatest number of lines.
const TITLE: (u32, usize) = (44, 2);
/// Height of the lines of the title.
const LINE: u32 = 54;

/// Returns a run's card: title, protocol, and the diagram alone, all of it, as SVG.
pub(super) fn card(run: &Outcome) -> String {
    let theme = Theme::Light;
    let of = |name: &str| colour(theme, name);
    let options = SvgOptions { theme, bare: true, ..SvgOptions::default() };
    let figure = Figure::of(run, &options).svg;
    let room = f64::from(WIDTH - 2 * MARGIN);
    let mut lines = wrapped(&heading(run), f64::from(TITLE.0), room);
    if lines.len() > TITLE.1 {
        lines.truncate(TITLE.1);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    let mut y = MARGIN;
    let mut texts = String::new();
    for line in lines {
        texts += &format!(
            "<text x=\"{MARGIN}\" y=\"{}\" font-size=\"{}\" font-weight=\"700\">{}</text>\n",
            y + TITLE.0 - 6,
            TITLE.0,
            escaped(&line)
        );
        y += LINE;
    }
    texts += &format!(
        "<text x=\"{MARGIN}\" y=\"{}\" font-size=\"26\" fill=\"{}\">{} · Worldlines</text>\n",
        y + 20,
        of("soft"),
        escaped(run.protocol.name)
    );
    y += 48;
    // Its own size gives way to the room that is left.
    let (before, rest) = figure.split_once(" width=\"").unwrap_or_default();
    let (_, inner) = rest.split_once(" viewBox=").unwrap_or_default();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"DejaVu Sans\" fill=\"{}\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"{}\"/>\n{texts}\
         {before} x=\"{MARGIN}\" y=\"{y}\" width=\"{}\" height=\"{}\" viewBox={inner}</svg>\n",
        of("ink"),
        of("paper"),
        WIDTH - 2 * MARGIN,
        HEIGHT - MARGIN / 2 - y
    )
}
