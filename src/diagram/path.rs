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
    push_digits(text, nearest(length * 10.0), true);
}

/// Adds a length in whole pixels to a text.
pub fn push_whole(text: &mut String, length: f64) {
    push_digits(text, nearest(length), false);
}

/// The nearest whole number. Not `round`, which is no instruction of wasm: long paths have thousands of lengths.
fn nearest(number: f64) -> i32 {
    (number + 0.5).floor() as i32
}

/// Adds a number, or tenths, to a text.
fn push_digits(text: &mut String, number: i32, tenths: bool) {
    let (mut rest, mut digits, mut from) = (number.unsigned_abs(), [b'0'; 16], 16);
    if tenths {
        let last = rest % 10;
        rest /= 10;
        if last > 0 {
            digits[14..].copy_from_slice(&[b'.', b'0' + last as u8]);
            from = 14;
        }
    }
    loop {
        from -= 1;
        digits[from] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        from -= 1;
        digits[from] = b'-';
    }
    text.push_str(str::from_utf8(&digits[from..]).unwrap_or_default());
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
