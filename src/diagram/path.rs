//! Paths of SVG: lengths, lines, heads of arrows. The page and exported pictures draw with them.

use super::Point;

/// Length of an arrow's head.
const HEAD: f64 = 9.0;
/// Distance between the strokes through undone work.
const STROKES: f64 = 10.0;

/// A length, rounded to what a screen can show. By hand: the general way of writing a float weighs more
/// than all of the diagram.
#[must_use]
pub fn px(length: f64) -> String {
    let mut text = String::new();
    push_px(&mut text, length);
    text
}

/// Adds such a length to a text.
pub fn push_px(text: &mut String, length: f64) {
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

/// A line between two points.
#[must_use]
pub fn line(from: Point, to: Point) -> String {
    format!("M{} {}L{} {}", px(from.x), px(from.y), px(to.x), px(to.y))
}

/// A line that is straight at first and jagged then: bits flip in transit.
#[must_use]
pub fn jagged(from: Point, to: Point) -> String {
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
#[must_use]
pub fn head(from: Point, tip: Point) -> String {
    Direction::new(from, tip).head(tip)
}

/// Two strokes through a point.
#[must_use]
pub fn cross(at: Point, half: f64) -> String {
    let (left, right) = (px(at.x - half), px(at.x + half));
    let (top, bottom) = (px(at.y - half), px(at.y + half));
    format!("M{left} {top}L{right} {bottom}M{left} {bottom}L{right} {top}")
}

/// Direction of an arrow: a vector of length 1.
#[derive(Clone, Copy, Debug)]
pub struct Direction {
    x: f64,
    y: f64,
}

impl Direction {
    /// The direction from one point to another.
    #[must_use]
    pub fn new(from: Point, to: Point) -> Self {
        let (x, y) = (to.x - from.x, to.y - from.y);
        let length = x.hypot(y).max(1.0);
        Self { x: x / length, y: y / length }
    }

    /// Returns the point that lies so far behind another one.
    #[must_use]
    pub fn back(&self, from: Point, by: f64) -> Point {
        Point { x: from.x - self.x * by, y: from.y - self.y * by }
    }

    /// A triangle with its tip at a point.
    #[must_use]
    pub fn head(&self, tip: Point) -> String {
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

/// Short strokes through a line.
#[must_use]
pub fn strokes(from: Point, to: Point) -> String {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let count = (dx.hypot(dy) / STROKES).floor().max(1.0);
    let stroke = |place: u32| {
        let share = (f64::from(place) + 0.5) / count;
        let (x, y) = (from.x + dx * share, from.y + dy * share);
        line(Point { x: x - 4.0, y: y + 7.0 }, Point { x: x + 4.0, y: y - 7.0 })
    };
    (0..count as u32).map(stroke).collect()
}

/// A bent line: it leaves one point in the direction of another one, and ends at the third.
#[must_use]
pub fn bent(from: Point, towards: Point, to: Point) -> String {
    format!(
        "M{} {}Q{} {} {} {}",
        px(from.x),
        px(from.y),
        px(towards.x),
        px(towards.y),
        px(to.x),
        px(to.y)
    )
}
