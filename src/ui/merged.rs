//! Marks and messages that merge, as SVG: one path for each kind of them.

use yew::prelude::*;

use super::{
    drawing::Props,
    svg::{push_px, text},
};
use crate::{
    app::text,
    diagram::{Apart, Heap, MarkShape, Merged, Orientation, Point, Sheaf},
};

/// Instructions of a path, in whole pixels.
#[derive(Default)]
struct Path(String);

impl Path {
    fn number(&mut self, sign: char, number: f64) -> &mut Self {
        self.0.push(sign);
        push_px(&mut self.0, number.round());
        self
    }

    fn point(&mut self, sign: char, at: Point) -> &mut Self {
        self.number(sign, at.x).number(' ', at.y)
    }

    /// Adds instructions that begin at a place.
    fn shape(&mut self, at: Point, instructions: &str) {
        self.point('M', at).0.push_str(instructions);
    }
}

/// Draws what merges, and the signs of what does not.
pub(super) fn draw(props: &Props, merged: &Merged) -> Html {
    let mut strokes = Path::default();
    for (from, to) in &merged.strokes {
        strokes.point('M', *from).point('L', *to);
    }
    let mut bars = Path::default();
    let horizontal = props.layout.orientation() == Orientation::Horizontal;
    for Heap { at, count } in &merged.bars {
        // As high as the number has binary digits.
        let half = f64::from(2 + 2 * (32 - count.leading_zeros()).min(8));
        match horizontal {
            true => bars.number('M', at.x).number(' ', at.y - half).number('v', 2.0 * half),
            false => bars.number('M', at.x - half).number(' ', at.y).number('h', 2.0 * half),
        };
    }
    html! {
        <g class="merged">
            { for merged.sheaves.iter().map(|sheaf| draw_sheaf(props, sheaf)) }
            <path class="strokes" d={strokes.0} />
            <path class="bars" d={bars.0} />
            { for SIGNS.iter().map(|sign| draw_signs(merged, sign)) }
            { signs("losses", "m-3 -3l6 6m0 -6l-6 6", merged.losses.iter()) }
            { signs("violations", "m-7 0a7 7 0 1 0 14 0a7 7 0 1 0 -14 0", merged.violations.iter()) }
            { for merged.sheaves.iter().filter_map(|sheaf| sheaf.label.as_ref()).map(text) }
        </g>
    }
}

/// Signs for marks that never merge: shapes, class, and how they are drawn.
const SIGNS: [(&[MarkShape], &str, &str); 5] = [
    (&[MarkShape::Crash, MarkShape::Traitor], "crashes", "m-5 -5l10 10m0 -10l-10 10"),
    (&[MarkShape::Recovery], "recoveries", "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0"),
    (&[MarkShape::Pause, MarkShape::Rollback], "pauses", "m-2 -5v10m4 -10v10"),
    (&[MarkShape::View], "views", "m0 -14v28"),
    (
        &[MarkShape::Decision, MarkShape::Leader, MarkShape::Commit, MarkShape::Abort],
        "decisions",
        "v-14h7l-2 3l2 3h-7",
    ),
];

fn draw_signs(merged: &Merged, (shapes, class, d): &(&[MarkShape], &'static str, &str)) -> Html {
    let of_them = merged.signs.iter().filter(|(shape, _)| shapes.contains(shape));
    signs(class, d, of_them.map(|(_, sign)| sign))
}

fn signs<'a>(
    class: &'static str,
    instructions: &str,
    signs: impl Iterator<Item = &'a Apart>,
) -> Html {
    let mut path = Path::default();
    signs.for_each(|sign| path.shape(sign.at, instructions));
    match path.0.as_str() {
        "" => html! {},
        _ => html! { <path {class} d={path.0} /> },
    }
}

fn draw_sheaf(props: &Props, sheaf: &Sheaf) -> Html {
    let mut outline = Path::default();
    for (place, corner) in sheaf.corners.iter().enumerate() {
        outline.point(if place == 0 { 'M' } else { 'L' }, *corner);
    }
    let name = |node| props.run.scenario.name(node);
    let names = (name(sheaf.from), name(sheaf.to));
    let title = text::picture::sheaf((&names.0, &names.1), sheaf.count, sheaf.lost, sheaf.forged);
    html! {
        <path class="sheaf" d={outline.0}><title>{ title }</title></path>
    }
}
