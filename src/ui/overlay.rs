//! Overlay of the picture: a ring around the selection, the lasso and its words.

use yew::prelude::*;

use super::{
    Send,
    svg::{px, rect},
};
use crate::{
    app::{Action, Area, Hand, Run, Selection, text},
    diagram::{Label, Layout, Orientation, Point},
};

/// Radius of the ring.
const RING: f64 = 13.0;
/// Distance by which a lasso goes beyond the lines that it encloses, in lines.
const BEYOND: f64 = 0.42;

/// The ring around what is picked, the texts that the picture has no room for (of what the pointer is at, and
/// `unsaid` of what is picked), and the lasso.
pub(super) fn overlay(
    run: &Run,
    layout: &Layout,
    (selection, at): (Option<Selection>, Option<Point>),
    lasso: Option<Area>,
    (ring, unsaid): (&NodeRef, Option<Label>),
) -> Html {
    let around = |at: Point| {
        let class = match selection {
            Some(Selection::Message(_)) => "here message",
            Some(Selection::Moment { .. }) => "here moment",
            _ => "here",
        };
        html! { <circle ref={ring} {class} cx={px(at.x)} cy={px(at.y)} r={px(RING)} /> }
    };
    html! {
        <g class="overlay" aria-hidden="true">
            { for at.map(around) }
            <text class="label pointed"></text>
            { for unsaid.iter().map(super::svg::text) }
            { for lasso.map(|area| draw(run, layout, area)) }
        </g>
    }
}

fn draw(run: &Run, layout: &Layout, area: Area) -> Html {
    let fails = area.partition(&run.scenario).is_err();
    let (from, to) = (layout.along_time(area.at as f64), layout.along_time(area.until as f64));
    // The nodes need not be beside each other: each line has a rectangle, and those of neighbours touch.
    let half = layout.gap() * (BEYOND + 0.08);
    let words = area.words(&run.scenario);
    let first = area.nodes.lowest().map_or(0.0, |node| layout.across(node) - half);
    let at = match layout.orientation() {
        Orientation::Horizontal => layout.point((from + to) / 2.0, (first - 8.0).max(12.0)),
        Orientation::Vertical => layout.point((from - 10.0).max(12.0), layout.breadth() / 2.0),
    };
    html! {
        <g class={classes!("lasso", fails.then_some("fails"))}>
            { for area.nodes.into_iter().map(|node| {
                let across = layout.across(node);
                rect(layout.point(from, across - half), layout.point(to, across + half))
            }) }
            <text class="label" x={px(at.x)} y={px(at.y)}>{ words }</text>
        </g>
    }
}

/// The button that has a finger draw a lasso where it would scroll the page, and says how the mouse does.
pub(super) fn lasso_button(armed: bool, send: &Send) -> Html {
    let onclick = send.reform(move |_: MouseEvent| Action::Hand(Hand::Arm(!armed)));
    html! {
        <button type="button" id="lasso" class="lasso-button" aria-pressed={armed.to_string()} {onclick}
            title={text::overlay::HELP}>
            { if armed { text::overlay::ARMED } else { text::overlay::ARM } }
        </button>
    }
}
