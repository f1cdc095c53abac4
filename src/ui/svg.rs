//! Pieces of SVG: lengths, texts, lines, heads of arrows.

use yew::prelude::*;

use crate::diagram::{Label, Point};

/// Length of an arrow's head.
const HEAD: f64 = 9.0;

/// A text in the picture, with a halo that keeps it readable where lines pass behind it.
pub(super) fn text(label: &Label) -> Html {
    html! { <text class="label" x={px(label.at.x)} y={px(label.at.y)}>{ &label.text }</text> }
}

/// A length, rounded to what a screen can show. By hand: the general way of writing a float weighs more
/// than all of the diagram.
pub(super) fn px(length: f64) -> String {
    let mut text = String::new();
    push_px(&mut text, length);
    text
}

/// Adds such a length to a text.
pub(super) fn push_px(text: &mut String, length: f64) {
    let tenths = (length * 10.0).round() as i64;
    if tenths < 0 {
        text.push('-');
    }
    let tenths = tenths.unsigned_abs();
    let (mut rest, mut digits, mut at) = (tenths / 10, [b'0'; 20], 19);
    while rest >= 10 {
        digits[at] = b'0' + (rest % 10) as u8;
        (rest, at) = (rest / 10, at - 1);
    }
    digits[at] = b'0' + rest as u8;
    digits[at..].iter().for_each(|digit| text.push(char::from(*digit)));
    if !tenths.is_multiple_of(10) {
        text.push('.');
        text.push(char::from(b'0' + (tenths % 10) as u8));
    }
}

/// A rectangle with these two opposite corners.
pub(super) fn rect(one: Point, other: Point) -> Html {
    let (x, y) = (one.x.min(other.x), one.y.min(other.y));
    let (width, height) = ((one.x - other.x).abs(), (one.y - other.y).abs());
    html! { <rect x={px(x)} y={px(y)} width={px(width)} height={px(height)} /> }
}

/// A line between two points.
pub(super) fn line(from: Point, to: Point) -> String {
    format!("M{} {}L{} {}", px(from.x), px(from.y), px(to.x), px(to.y))
}

/// A line that is straight at first and jagged then: bits flip in transit.
pub(super) fn jagged(from: Point, to: Point) -> String {
    let direction = Direction::new(from, to);
    let length = (to.x - from.x).hypot(to.y - from.y);
    let (mut d, mut along, mut side) =
        (format!("M{} {}", px(from.x), px(from.y)), length * 0.3, 0.0);
    while along < length - HEAD {
        let at = direction.back(from, -along);
        d.push_str(&format!(
            "L{} {}",
            px(at.x - direction.y * side),
            px(at.y + direction.x * side)
        ));
        side = if side > 0.0 { -3.0 } else { 3.0 };
        along += 6.0;
    }
    d.push_str(&format!("L{} {}", px(to.x), px(to.y)));
    d
}

/// The head of a line that comes from one point to another.
pub(super) fn head(from: Point, tip: Point) -> String {
    Direction::new(from, tip).head(tip)
}

/// Two strokes through a point.
pub(super) fn cross(at: Point, half: f64) -> String {
    let (left, right) = (px(at.x - half), px(at.x + half));
    let (top, bottom) = (px(at.y - half), px(at.y + half));
    format!("M{left} {top}L{right} {bottom}M{left} {bottom}L{right} {top}")
}

/// Direction of an arrow: a vector of length 1.
pub(super) struct Direction {
    x: f64,
    y: f64,
}

impl Direction {
    pub(super) fn new(from: Point, to: Point) -> Self {
        let (x, y) = (to.x - from.x, to.y - from.y);
        let length = x.hypot(y).max(1.0);
        Self { x: x / length, y: y / length }
    }

    pub(super) fn back(&self, from: Point, by: f64) -> Point {
        Point { x: from.x - self.x * by, y: from.y - self.y * by }
    }

    /// A triangle with its tip at a point.
    pub(super) fn head(&self, tip: Point) -> String {
        let base = self.back(tip, HEAD);
        let (dx, dy) = (-self.y * HEAD * 0.42, self.x * HEAD * 0.42);
        format!(
            "M{} {}L{} {}L{} {}Z",
            px(tip.x),
            px(tip.y),
            px(base.x + dx),
            px(base.y + dy),
            px(base.x - dx),
            px(base.y - dy)
        )
    }
}
