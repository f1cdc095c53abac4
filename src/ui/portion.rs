//! Sizes in the diagram: of the part that is drawn, of the names, of the time axis, and the number of elements.

use super::svg::px;
use crate::{
    diagram::{Layout, Orientation, Window},
    web::Style,
};

/// Largest number of elements of a picture with all its details: a page of 3 000 elements is
/// quick everywhere, and the rest of it needs some hundreds.
const WEIGHT: usize = 2_000;
/// Number of elements that each node takes beside the picture: its name, its row and its option in a list.
const OF_A_NODE: usize = 9;
/// Room that the numbers of the time axis take.
pub(super) const RULER: f64 = 26.0;

/// Largest number of elements of the picture of a group of this size, with or without a second run.
pub(super) fn weight(nodes: usize, two: bool) -> usize {
    let weight = WEIGHT.saturating_sub(OF_A_NODE * nodes).max(WEIGHT / 4);
    if two { weight / 2 } else { weight }
}

/// The part of the sheet that is drawn.
pub(super) struct Portion {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Portion {
    pub(super) fn of(window: Window, layout: &Layout, (width, height): (f64, f64)) -> Self {
        let from = window.from.max(0.0);
        let long = window.to.min(layout.length()) - from;
        match layout.orientation() {
            _ if window == Window::WHOLE => Self { left: 0.0, top: 0.0, width, height },
            Orientation::Horizontal => Self { left: from, top: 0.0, width: long, height },
            Orientation::Vertical => Self { left: 0.0, top: from, width, height: long },
        }
    }

    pub(super) fn style(&self) -> Style {
        format!("left:{}px;top:{}px", px(self.left), px(self.top)).into()
    }

    pub(super) fn view_box(&self) -> String {
        format!("{} {} {} {}", px(self.left), px(self.top), px(self.width), px(self.height))
    }
}

/// An element of this size, in CSS pixels.
pub(super) fn sized(width: f64, height: f64) -> Style {
    format!("width:{}px;height:{}px", px(width), px(height)).into()
}

/// Room of the nodes' names across the diagram's width, and of each of them along it.
pub(super) fn room_of_names(vertical: bool, width: f64, gap: f64) -> (Style, Style) {
    let side = if vertical { "width" } else { "height" };
    let all = if vertical { Style::NONE } else { format!("width:{}px", px(width)).into() };
    (all, format!("{side}:{}px", px(gap)).into())
}
