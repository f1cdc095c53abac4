//! Shapes of marks and signs, as elements of the page.

use yew::prelude::*;

use super::svg::px;
pub(super) use crate::diagram::shapes::{ENDS, HOST, ROUTER, TWICE, of_mark, of_oddity};
use crate::diagram::{
    Orientation, Point,
    shapes::{Placed, ShapePart},
};

/// Draws a shape around a point, turned where time runs down.
pub(super) fn draw(parts: &[ShapePart], at: Point, orientation: Orientation) -> Html {
    let draw = |part: &ShapePart| match part.at(at, orientation) {
        Placed::Disc(class, radius) => {
            html! { <circle {class} cx={px(at.x)} cy={px(at.y)} r={px(radius)} /> }
        }
        Placed::Path(class, d) => html! { <path {class} {d} /> },
    };
    parts.iter().map(draw).collect()
}
