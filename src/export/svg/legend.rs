//! Legend of a picture: each kind of element that occurs, drawn small, with its meaning.

use super::{
    elements::{disc, rect},
    markup::{path, text, width},
};
use crate::{
    app::meaning,
    diagram::{
        Sign,
        key::{KEY_SIZE, KeyElement, key},
        path::px,
    },
    runs::Outcome,
};

/// Distance between a sign's picture and its words, height of a row, and distance between two entries.
const GAP: f64 = 6.0;
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
        let wide = KEY_SIZE.0 + GAP + width(&words, SIZE);
        if x > 0.0 && x + wide > room {
            (x, y) = (0.0, y + ROW);
        }
        out += &format!("<g transform=\"translate({} {})\">", px(x), px(y));
        out += &drawn(&key(*sign));
        out += &text("wl-soft", KEY_SIZE.0 + GAP, 15.0, &words);
        out += "</g>\n";
        x += wide + APART;
    }
    (out, if signs.is_empty() { 0.0 } else { y + ROW })
}

/// Returns the picture of a sign.
fn drawn(elements: &[KeyElement]) -> String {
    let element = |element: &KeyElement| match element {
        KeyElement::Group(class, inner) => format!("<g class=\"{class}\">{}</g>", drawn(inner)),
        KeyElement::Path(class, d) => path(class, d),
        KeyElement::Disc(class, at, radius) => disc(class, *at, *radius),
        KeyElement::Rect(from, to) => rect(*from, *to),
    };
    elements.iter().map(element).collect()
}
