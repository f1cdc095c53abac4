//! What the marks mean: those that are on screen, and how to change the run.

use std::collections::BTreeSet;

use yew::prelude::*;

use super::marks;
use crate::{
    app::Run,
    diagram::{MarkShape, Orientation, Point, mark_shape, waits},
    kernel::Fate,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
}

/// What the marks of this run mean.
#[component]
pub(super) fn Legend(props: &Props) -> Html {
    let trace = &props.run.trace;
    // Not collected: that would sort them first, with 4 KB of code.
    let mut shapes = BTreeSet::new();
    shapes.extend(trace.events.iter().filter_map(|event| mark_shape(&event.kind)));
    let lost = trace.messages.iter().any(|message| matches!(message.fate, Fate::Lost(..)));
    let held_back = !waits(props.run.protocol, trace).is_empty();
    html! {
        <div class="legend">
            <ul aria-label="What the marks mean">
                { for shapes.into_iter().map(|shape| html! {
                    <li>
                        <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
                            <g class={classes!("mark", marks::name(shape))}>
                                { marks::shape(shape, place(shape), Orientation::Horizontal) }
                            </g>
                        </svg>
                        { marks::meaning(shape) }
                    </li>
                }) }
                if held_back {
                    <li>
                        <svg width="30" height="22" viewBox="0 0 30 22" aria-hidden="true">
                            <path class="held-back" d="M5 11H25" />
                        </svg>
                        { "held back" }
                    </li>
                }
                if lost {
                    <li>
                        <svg width="30" height="22" viewBox="0 0 30 22" aria-hidden="true">
                            <g class="arrow lost">
                                <path class="stroke" d="M2 11H20" />
                                <path class="cross" d="M17 6L27 16M17 16L27 6" />
                            </g>
                        </svg>
                        { "lost message" }
                    </li>
                }
            </ul>
            <p class="hint">
                <b>{ "Break it: " }</b>
                { "click a message to lose or delay it, or drag its head. Click a node's line at a moment \
                   to crash the node, to let it ask for something, or to split the network there." }
            </p>
        </div>
    }
}

/// Where a shape stands in the middle of its picture: some stand on their line.
const fn place(shape: MarkShape) -> Point {
    match shape {
        MarkShape::Request => Point { x: 11.0, y: 17.0 },
        MarkShape::Flag => Point { x: 6.0, y: 19.0 },
        _ => Point { x: 11.0, y: 11.0 },
    }
}
