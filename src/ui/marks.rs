//! Events as marks on their node's line. Every kind has a shape of its own.

use yew::prelude::*;

use super::{
    arrows::cross,
    picture::{Props, px, text},
};
use crate::{
    app::Selection,
    diagram::{Mark, MarkShape, Orientation, Point, event_sentence},
    kernel::EventKind,
};

/// Draws an event.
pub(super) fn draw(props: &Props, mark: &Mark) -> Html {
    let run = &props.run;
    let event = mark.event;
    let time = run.trace.events[event].time;
    let sentence = format!("{} ms: {}", time, event_sentence(&run.scenario, &run.trace, event));
    let class = classes!("mark", name(mark.shape), props.event_class(event));
    // A receipt is its arrow's head: whoever takes hold of it means the message.
    let received = match run.trace.events[event].kind {
        EventKind::Receive(message) => Some(message),
        _ => None,
    };
    let onpointerdown = received
        .map(|message| props.press_arrow.reform(move |event: PointerEvent| (event, message)));
    let onclick = match received {
        Some(_) => None,
        None => Some(props.select.reform(move |_: MouseEvent| Selection::Event(event))),
    };
    html! {
        <g {class} {onclick} {onpointerdown} data-event={event.to_string()}>
            <title>{ sentence }</title>
            { shape(mark.shape, mark.at, props.layout.orientation()) }
            if let Some(label) = &mark.label { { text(label) } }
        </g>
    }
}

/// The name of a shape, for the style sheet.
pub(super) const fn name(shape: MarkShape) -> &'static str {
    match shape {
        MarkShape::Request => "request",
        MarkShape::Receipt => "receipt",
        MarkShape::Delivery => "delivery",
        MarkShape::Flag => "indication",
        MarkShape::Timer => "timer",
        MarkShape::Crash => "crash",
        MarkShape::Recovery => "recovery",
        MarkShape::Pause => "pause",
        MarkShape::Storage => "storage",
        MarkShape::Note => "note",
    }
}

/// What a shape stands for, in words.
pub(super) const fn meaning(shape: MarkShape) -> &'static str {
    match shape {
        MarkShape::Request => "request by the application",
        MarkShape::Receipt => "message received",
        MarkShape::Delivery => "delivered to the application",
        MarkShape::Flag => "indication",
        MarkShape::Timer => "timer goes off",
        MarkShape::Crash => "crash",
        MarkShape::Recovery => "recovery",
        MarkShape::Pause => "pause begins or ends",
        MarkShape::Storage => "written to stable storage",
        MarkShape::Note => "note",
    }
}

/// Draws a shape around a point.
pub(super) fn shape(shape: MarkShape, at: Point, orientation: Orientation) -> Html {
    let Point { x, y } = at;
    let path = |d: String| html! { <path {d} /> };
    let polygon = |points: &[(f64, f64)]| {
        let corners = points.iter().map(|(dx, dy)| format!("{} {}", px(x + dx), px(y + dy)));
        path(format!("M{}Z", corners.collect::<Vec<_>>().join("L")))
    };
    match shape {
        MarkShape::Request if orientation == Orientation::Horizontal => {
            polygon(&[(0.0, -2.0), (-5.0, -12.0), (5.0, -12.0)])
        }
        MarkShape::Request => polygon(&[(-2.0, 0.0), (-12.0, -5.0), (-12.0, 5.0)]),
        MarkShape::Receipt => html! { <circle cx={px(x)} cy={px(y)} r="5" /> },
        MarkShape::Delivery => polygon(&[(0.0, -7.0), (7.0, 0.0), (0.0, 7.0), (-7.0, 0.0)]),
        MarkShape::Flag => {
            polygon(&[(0.0, 0.0), (0.0, -15.0), (11.0, -11.0), (1.5, -7.0), (1.5, 0.0)])
        }
        MarkShape::Timer => polygon(&[(-5.0, -6.0), (5.0, -6.0), (-5.0, 6.0), (5.0, 6.0)]),
        MarkShape::Crash => path(cross(at, 8.0)),
        MarkShape::Recovery => html! {
            <>
                <circle cx={px(x)} cy={px(y)} r="7.5" />
                <circle class="core" cx={px(x)} cy={px(y)} r="3" />
            </>
        },
        MarkShape::Pause => path(format!(
            "M{0} {2}V{3}M{1} {2}V{3}",
            px(x - 3.0),
            px(x + 3.0),
            px(y - 7.0),
            px(y + 7.0)
        )),
        MarkShape::Storage => polygon(&[(-5.0, -5.0), (5.0, -5.0), (5.0, 5.0), (-5.0, 5.0)]),
        MarkShape::Note => html! { <circle cx={px(x)} cy={px(y)} r="2.5" /> },
    }
}
