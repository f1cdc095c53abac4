//! Pictures of the signs in a legend, for the page and for exported pictures.

use super::{
    MarkShape, Oddity, Orientation, Point, Sign,
    path::{bent, head, jagged, line, strokes},
    shapes::{ENDS, Placed, ShapePart, TWICE, name_of_mark, name_of_oddity, of_mark, of_oddity},
    sign_at,
};

/// Width and height of a sign's picture, in CSS pixels.
pub const KEY_SIZE: (f64, f64) = (34.0, 22.0);

/// An element of a sign's picture, with its class in the style sheet.
#[derive(Debug)]
pub enum KeyElement {
    /// Elements that belong together.
    Group(String, Vec<Self>),
    /// A line or a field, by its path.
    Path(&'static str, String),
    /// A disc around a point, with its radius.
    Disc(&'static str, Point, f64),
    /// A rectangle with these two corners, the upper left one first.
    Rect(Point, Point),
}
use KeyElement::{Disc, Group, Path, Rect};

/// Returns the picture of a sign.
#[must_use]
pub fn key(sign: Sign) -> Vec<KeyElement> {
    let middle = Point { x: 17.0, y: 11.0 };
    let (left, right) = (Point { x: 2.0, y: 11.0 }, Point { x: 32.0, y: 11.0 });
    let across = line(left, right);
    let up = line(Point { x: 17.0, y: 21.0 }, Point { x: 17.0, y: 1.0 });
    let rect = |x, y, wide, high| Rect(Point { x, y }, Point { x: x + wide, y: y + high });
    match sign {
        Sign::Mark(shape) => vec![group(&format!("mark {}", name_of_mark(shape)), mark(shape))],
        Sign::Stable => {
            vec![group("mark delivery", vec![group("stable", placed(TWICE, middle))])]
        }
        Sign::HeldBack => vec![path("held-back", "M7 11H27")],
        Sign::Section | Sign::Clash => {
            let class = if sign == Sign::Clash { "section clashing" } else { "section" };
            vec![group(class, vec![path("rim", "M2 11H32"), path("", "M2 11H32")])]
        }
        Sign::Band(_) => vec![
            group("band tint-1", vec![rect(2.0, 3.0, 15.0, 16.0)]),
            group("band tint-2", vec![rect(17.0, 3.0, 15.0, 16.0)]),
            group("lane", vec![path("", &across)]),
        ],
        Sign::Curve(node) => {
            let style = node.index() % ENDS.len();
            let mut elements = vec![path("stroke", "M2 11H32")];
            elements.extend(placed(ENDS[style], Point { x: 28.0, y: 11.0 }));
            vec![group(&format!("curve style-{style}"), elements)]
        }
        Sign::Cut => vec![group("crossing cut", vec![path("spine", &up)])],
        Sign::RecoveryLine => {
            let post = rect(10.0, 4.0, 14.0, 14.0);
            vec![group("crossing recovery-line", vec![path("spine", &up), post])]
        }
        Sign::Undone => vec![
            group("lane", vec![path("", &across)]),
            group("strike", vec![path("", &strokes(left, right))]),
        ],
        Sign::Lost => {
            let cross = path("cross", "M19 6L29 16M19 16L29 6");
            vec![group("arrow lost", vec![path("stroke", "M2 11H22"), cross])]
        }
        Sign::Odd(oddity) => vec![odd(oddity, left, right)],
        Sign::Wall => vec![group("wall", vec![rect(2.0, 7.0, 30.0, 9.0)])],
        Sign::Down => vec![group("lane", vec![path("crashed", &across)])],
        Sign::Router => vec![group("lane router", vec![path("up", &across)])],
        Sign::Traitor => {
            vec![group("lane traitor", vec![path("up", &across), path("gap", &across)])]
        }
        Sign::Deadlock => {
            let [from, towards, to] =
                [(6.0, 18.0), (20.0, 0.0), (28.0, 18.0)].map(|(x, y)| Point { x, y });
            let arrow =
                vec![path("stroke", &bent(from, towards, to)), path("head", &head(towards, to))];
            vec![group("waiting", arrow)]
        }
        Sign::Sheaf => vec![group("merged", vec![path("sheaf", "M3 2H15L31 20H19Z")])],
    }
}

fn group(class: &str, elements: Vec<KeyElement>) -> KeyElement {
    Group(class.to_owned(), elements)
}

fn path(class: &'static str, d: &str) -> KeyElement {
    Path(class, d.to_owned())
}

/// Returns a shape around a point.
fn placed(parts: &[ShapePart], at: Point) -> Vec<KeyElement> {
    let element = |part: &ShapePart| match part.at(at, Orientation::Horizontal) {
        Placed::Disc(class, radius) => Disc(class, at, radius),
        Placed::Path(class, d) => Path(class, d),
    };
    parts.iter().map(element).collect()
}

/// Returns the shape of a mark; a sign stands beside its line, on a pole.
fn mark(shape: MarkShape) -> Vec<KeyElement> {
    let y = match shape {
        MarkShape::Request => 17.0,
        shape if shape.is_sign() => KEY_SIZE.1,
        _ => 11.0,
    };
    let at = Point { x: 17.0, y };
    if !shape.is_sign() {
        return placed(of_mark(shape), at);
    }
    let sign = sign_at(at, Orientation::Horizontal);
    let mut elements = vec![path("pole", &line(at, sign))];
    elements.extend(placed(of_mark(shape), sign));
    elements
}

fn odd(oddity: Oddity, left: Point, right: Point) -> KeyElement {
    let straight = line(left, right);
    let seen = if oddity == Oddity::Corrupt { jagged(left, right) } else { straight.clone() };
    let mut elements = vec![path("stroke", &seen)];
    if oddity == Oddity::Forged {
        elements.push(path("gap", &straight));
    }
    elements.push(group("oddity", placed(of_oddity(oddity), Point { x: 11.0, y: 11.0 })));
    group(&format!("arrow {}", name_of_oddity(oddity)), elements)
}
