//! Events as marks on their node's line. Every kind has a shape of its own.

use yew::prelude::*;

use super::{
    drawing::Props,
    shapes,
    svg::{line, px, text},
};
use crate::{
    app::{Allowed, Selection, text},
    diagram::{
        Mark, MarkShape, Orientation, Point, Role, event_sentence, shapes::name_of_mark, sign_at,
    },
    kernel::EventKind,
};

/// Draws an event.
pub(super) fn draw(props: &Props, mark: &Mark) -> Html {
    let run = &props.run;
    let event = mark.event;
    let time = run.trace.events[event].time;
    let mut sentence = text::marks::at(time, &event_sentence(&run.scenario, &run.trace, event));
    if mark.stable.is_some() {
        sentence.push_str(text::marks::STABLE);
    }
    let movable = entry(&run.trace.events[event].kind).is_some_and(|it| props.changeable.has(it));
    if movable {
        sentence.push_str(text::marks::MOVABLE);
    }
    let class = classes!(
        "mark",
        name_of_mark(mark.shape),
        movable.then_some("movable"),
        props.event_class(event)
    );
    // A receipt is its arrow's head: a press on it is a press on the message.
    let received = match run.trace.events[event].kind {
        EventKind::Receive(message) => Some(message),
        _ => None,
    };
    let onpointerdown = match received {
        Some(message) => {
            Some(props.press_arrow.reform(move |event: PointerEvent| (event, message)))
        }
        None if movable => Some(props.press_mark.reform(move |press: PointerEvent| (press, event))),
        None => None,
    };
    let onclick = match onpointerdown {
        Some(_) => None,
        None => Some(props.select.reform(move |_: MouseEvent| Selection::Event(event))),
    };
    html! {
        <g {class} key={event} role="img" aria-label={sentence} {onclick} {onpointerdown} data-event={event.to_string()}>
            { ring(props, mark) }
            { shape(mark.shape, mark.at, props.layout.orientation()) }
            if let Some(since) = mark.stable {
                { twice(mark.at, (since >= props.cursor).then_some("to-come")) }
            }
            if let Some(label) = &mark.label { { text(label) } }
        </g>
    }
}

/// Kind of the entry of the scenario that an event comes from, if it can be moved in time: by its name in [`Allowed`].
const fn entry(kind: &EventKind) -> Option<&'static str> {
    match kind {
        EventKind::Request { .. } => Some(Allowed::REQUEST),
        EventKind::Crash => Some("crash"),
        EventKind::Recover => Some("recover"),
        EventKind::Pause | EventKind::Resume => Some("pause"),
        _ => None,
    }
}

/// A ring around what led to something that is picked, and another one around what came of it.
fn ring(props: &Props, mark: &Mark) -> Html {
    let radius = match props.emphasis.as_ref().map(|it| it.of_event(mark.event)) {
        Some(Role::Itself) => "12",
        Some(Role::Past | Role::Future) => "9",
        _ => return html! {},
    };
    html! { <circle class="ring" cx={px(mark.at.x)} cy={px(mark.at.y)} r={radius} /> }
}

/// Draws a mark's shape; a sign stands beside the line, on its pole.
pub(super) fn shape(shape: MarkShape, at: Point, orientation: Orientation) -> Html {
    let parts = shapes::of_mark(shape);
    if !shape.is_sign() {
        return shapes::draw(parts, at, orientation);
    }
    let sign = sign_at(at, orientation);
    html! {
        <>
            <path class="pole" d={line(at, sign)} />
            { shapes::draw(parts, sign, Orientation::Horizontal) }
        </>
    }
}

/// The second filling of a delivery's mark.
pub(super) fn twice(at: Point, class: Option<&'static str>) -> Html {
    html! {
        <g class={classes!("stable", class)}>
            { shapes::draw(shapes::TWICE, at, Orientation::Horizontal) }
        </g>
    }
}
