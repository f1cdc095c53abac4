//! Legend of a picture: each kind of element that occurs, drawn small, with its meaning.

use super::{
    elements::{bent_arrow, curve_class, curve_sign, mark_shape, oddity_sign, twice},
    markup::{path, text, width},
};
use crate::{
    app::meaning,
    diagram::{
        MarkShape, Oddity, Orientation, Point, Sign,
        path::{jagged, line, px, strokes},
        shapes::{name_of_mark, name_of_oddity},
    },
    runs::Outcome,
};

/// Width of a sign's picture, height of a row, and distance between two entries.
const SIGN: f64 = 34.0;
const ROW: f64 = 24.0;
const APART: f64 = 22.0;
/// Size of the words.
const SIZE: f64 = 12.0;

/// Returns the legend within this width, and its height.
pub(super) fn legend(run: &Outcome, signs: &[Sign], room: f64) -> (String, f64) {
    let mut out = String::new();
    let (mut x, mut y) = (0.0, 0.0);
    for sign in signs {
        let words = meaning(run, *sign);
        let wide = SIGN + 6.0 + width(&words, SIZE);
        if x > 0.0 && x + wide > room {
            (x, y) = (0.0, y + ROW);
        }
        out += &format!("<g transform=\"translate({} {})\">", px(x), px(y));
        out += &drawn(*sign);
        out += &text("wl-soft", SIGN + 6.0, 15.0, &words);
        out += "</g>\n";
        x += wide + APART;
    }
    (out, if signs.is_empty() { 0.0 } else { y + ROW })
}

/// Returns the picture of a sign.
fn drawn(sign: Sign) -> String {
    let (left, right) = (Point { x: 2.0, y: 11.0 }, Point { x: 32.0, y: 11.0 });
    let across = line(left, right);
    let up = line(Point { x: 17.0, y: 21.0 }, Point { x: 17.0, y: 1.0 });
    let group = |class: &str, elements: &str| format!("<g class=\"{class}\">{elements}</g>");
    match sign {
        Sign::Mark(shape) => group(
            &format!("mark {}", name_of_mark(shape)),
            &mark_shape(shape, place(shape), Orientation::Horizontal),
        ),
        Sign::Stable => group("mark delivery", &twice(Point { x: 17.0, y: 11.0 }, "")),
        Sign::HeldBack => path("held-back", "M7 11H27"),
        Sign::Section => group("section", &(path("rim", "M2 11H32") + &path("", "M2 11H32"))),
        Sign::Clash => {
            group("section clashing", &(path("rim", "M2 11H32") + &path("", "M2 11H32")))
        }
        Sign::Band(_) => {
            group("band tint-1", "<rect x=\"2\" y=\"3\" width=\"15\" height=\"16\"/>")
                + &group("band tint-2", "<rect x=\"17\" y=\"3\" width=\"15\" height=\"16\"/>")
                + &group("lane", &path("", &across))
        }
        Sign::Curve(node) => {
            let end = curve_sign(node, Point { x: 28.0, y: 11.0 });
            group(&curve_class(node), &(path("stroke", "M2 11H32") + &end))
        }
        Sign::Cut => group("crossing cut", &path("spine", &up)),
        Sign::RecoveryLine => {
            let post = "<rect x=\"10\" y=\"4\" width=\"14\" height=\"14\"/>";
            group("crossing recovery-line", &(path("spine", &up) + post))
        }
        Sign::Undone => {
            group("lane", &path("", &across)) + &group("strike", &path("", &strokes(left, right)))
        }
        Sign::Lost => {
            let cross = path("cross", "M19 6L29 16M19 16L29 6");
            group("arrow lost", &(path("stroke", "M2 11H22") + &cross))
        }
        Sign::Odd(oddity) => odd(oddity, left, right),
        Sign::Wall => group("wall", "<rect x=\"2\" y=\"7\" width=\"30\" height=\"9\"/>"),
        Sign::Down => group("lane", &path("crashed", &across)),
        Sign::Router => group("lane router", &path("up", &across)),
        Sign::Traitor => group("lane traitor", &(path("up", &across) + &path("gap", &across))),
        Sign::Deadlock => {
            let [from, towards, to] =
                [(6.0, 18.0), (20.0, 0.0), (28.0, 18.0)].map(|(x, y)| Point { x, y });
            group("waiting", &bent_arrow(from, towards, to))
        }
        Sign::Sheaf => group("merged", &path("sheaf", "M3 2H15L31 20H19Z")),
    }
}

fn odd(oddity: Oddity, left: Point, right: Point) -> String {
    let straight = line(left, right);
    let seen = if oddity == Oddity::Corrupt { jagged(left, right) } else { straight.clone() };
    let mut elements = path("stroke", &seen);
    if oddity == Oddity::Forged {
        elements += &path("gap", &straight);
    }
    elements += &oddity_sign(oddity, Point { x: 11.0, y: 11.0 });
    format!("<g class=\"arrow {}\">{elements}</g>", name_of_oddity(oddity))
}

/// Place of a shape in the middle of its picture: some stand on their line.
const fn place(shape: MarkShape) -> Point {
    let y = match shape {
        MarkShape::Request => 17.0,
        shape if shape.is_sign() => 22.0,
        _ => 11.0,
    };
    Point { x: 17.0, y }
}
