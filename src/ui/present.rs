//! The present: the playhead, the messages under way, and a veil over what is still to come.

use yew::prelude::*;

use super::svg::px;
use crate::{
    app::{Playhead, Run, Shared, text},
    diagram::{Arrow, Layout, Orientation, Point, Scene},
};

/// Largest number of messages in transit that are elements of their own.
const ALONE: usize = 100;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) layout: Shared<Layout>,
    pub(super) scene: Shared<Scene>,
    pub(super) playhead: Playhead,
    /// True if the future is hidden.
    pub(super) hidden: bool,
}

/// The present.
#[component]
pub(super) fn Present(props: &Props) -> Html {
    let Props { run, layout, scene, playhead, hidden } = props;
    let along = layout.playhead(playhead.cursor, playhead.time);
    let horizontal = layout.orientation() == Orientation::Horizontal;
    let (width, height) = (scene.width, scene.height);
    let veil = match horizontal {
        true => format!("M{} 0H{}V{}H{0}Z", px(along), px(width), px(height)),
        false => format!("M0 {}V{}H{}V{0}Z", px(along), px(height), px(width)),
    };
    let line = match horizontal {
        true => format!("M{} 0V{}", px(along), px(height)),
        false => format!("M0 {}H{}", px(along), px(width)),
    };
    let over = playhead.is_at_end(run);
    html! {
        <g class="present" aria-hidden="true">
            <path class={classes!("veil", over.then_some("lifted"), hidden.then_some("curtain"))} d={veil}>
                if *hidden && !over { <title>{ text::present::HIDDEN }</title> }
            </path>
            <path class="playhead" d={line} />
            { dots(scene.arrows.iter().filter_map(|arrow| under_way(layout, arrow, along)).collect()) }
        </g>
    }
}

/// The messages under way: of many, the dots are one element.
fn dots(dots: Vec<Point>) -> Html {
    if dots.len() > ALONE {
        let d: String = dots.iter().map(|at| format!("M{} {}h0", px(at.x), px(at.y))).collect();
        return html! { <path class="under-way many" {d} /> };
    }
    let circle =
        |at: Point| html! { <circle class="under-way" cx={px(at.x)} cy={px(at.y)} r="4.5" /> };
    dots.into_iter().map(circle).collect()
}

/// Position of a message that is in transit at the playhead.
fn under_way(layout: &Layout, arrow: &Arrow, along: f64) -> Option<Point> {
    let (from, _) = layout.unpoint(arrow.from);
    let (to, _) = layout.unpoint(arrow.to);
    if along <= from || along >= to {
        return None;
    }
    let share = (along - from) / (to - from);
    let (dx, dy) = (arrow.to.x - arrow.from.x, arrow.to.y - arrow.from.y);
    Some(Point { x: arrow.from.x + dx * share, y: arrow.from.y + dy * share })
}
