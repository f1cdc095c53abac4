//! Pieces of SVG that are elements of the page.

use yew::prelude::*;

pub(super) use crate::diagram::path::{cross, head, line, px};
use crate::diagram::{Label, Point};

/// A text in the picture, with a halo that keeps it readable where lines pass behind it.
pub(super) fn text(label: &Label) -> Html {
    html! { <text class="label" x={px(label.at.x)} y={px(label.at.y)}>{ &label.text }</text> }
}

/// A rectangle with these two opposite corners.
pub(super) fn rect(one: Point, other: Point) -> Html {
    let (x, y) = (one.x.min(other.x), one.y.min(other.y));
    let (width, height) = ((one.x - other.x).abs(), (one.y - other.y).abs());
    html! { <rect x={px(x)} y={px(y)} width={px(width)} height={px(height)} /> }
}
