//! Events as marks on their node's line. Every kind has a shape of its own.

use yew::prelude::*;

use super::{
    arrows::cross,
    picture::{Props, px, text},
};
use crate::{
    app::Selection,
    diagram::{Mark, MarkShape, Orientation, Point, event_sentence, sign_at},
    kernel::EventKind,
};

/// Draws an event.
pub(super) fn draw(props: &Props, mark: &Mark) -> Html {
    let run = &props.run;
    let event = mark.event;
    let time = run.trace.events[event].time;
    let mut sentence = format!("{} ms: {}", time, event_sentence(&run.scenario, &run.trace, event));
    if mark.stable.is_some() {
        sentence.push_str(", and so does every member: the message is stable");
    }
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
            if let Some(since) = mark.stable {
                { ring(mark.at, (since >= props.cursor).then_some("to-come")) }
            }
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
        MarkShape::Answer => "answer",
        MarkShape::Refusal => "refusal",
        MarkShape::View => "view",
        MarkShape::Enter | MarkShape::Exit => "bracket",
        MarkShape::Decision => "decision",
        MarkShape::Leader => "leader",
        MarkShape::Commit => "commit",
        MarkShape::Abort => "abort",
        MarkShape::Suspicion => "suspicion",
        MarkShape::Restoration => "restoration",
        MarkShape::Reading => "reading",
        MarkShape::Record => "record",
        MarkShape::Snapshot => "snapshot",
        MarkShape::Checkpoint => "checkpoint",
        MarkShape::Rollback => "rollback",
        MarkShape::Flag => "indication",
        MarkShape::Timer => "timer",
        MarkShape::Crash => "crash",
        MarkShape::Recovery => "recovery",
        MarkShape::Pause => "pause",
        MarkShape::Traitor => "two-faced",
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
        MarkShape::Answer => "answer to the application",
        MarkShape::Refusal => "request refused",
        MarkShape::View => "view installed: a barrier",
        MarkShape::Enter => "critical section entered",
        MarkShape::Exit => "critical section left",
        MarkShape::Decision => "decision",
        MarkShape::Leader => "leader known",
        MarkShape::Commit => "commit",
        MarkShape::Abort => "abort",
        MarkShape::Suspicion => "suspected of a crash",
        MarkShape::Restoration => "held to be up again",
        MarkShape::Reading => "time stamp of an event",
        MarkShape::Record => "state recorded for a snapshot",
        MarkShape::Snapshot => "part of a snapshot complete",
        MarkShape::Checkpoint => "checkpoint",
        MarkShape::Rollback => "rollback",
        MarkShape::Flag => "other indication",
        MarkShape::Timer => "timer goes off",
        MarkShape::Crash => "crash",
        MarkShape::Recovery => "recovery",
        MarkShape::Pause => "pause begins or ends",
        MarkShape::Traitor => "traitor",
        MarkShape::Storage => "written to stable storage",
        MarkShape::Note => "note",
    }
}

/// A closed line around a point.
pub(super) fn polygon(at: Point, corners: &[(f64, f64)]) -> String {
    let corners = corners.iter().map(|(dx, dy)| format!("{} {}", px(at.x + dx), px(at.y + dy)));
    format!("M{}Z", corners.collect::<Vec<_>>().join("L"))
}

/// An open line beside a point, down from a corner to the next.
fn open(at: Point, corners: &[(f64, f64)]) -> String {
    polygon(at, corners).replace('Z', "")
}

/// The second filling of a delivery's mark.
pub(super) fn ring(at: Point, class: Option<&'static str>) -> Html {
    let corners = [(0.0, -11.5), (11.5, 0.0), (0.0, 11.5), (-11.5, 0.0)];
    html! { <path class={classes!("stable", class)} d={polygon(at, &corners)} /> }
}

/// Draws a shape around a point.
pub(super) fn shape(shape: MarkShape, at: Point, orientation: Orientation) -> Html {
    let Point { x, y } = at;
    if shape.is_sign() {
        return sign(shape, at, sign_at(at, orientation));
    }
    let down = orientation == Orientation::Vertical;
    // Corners are given along the line and across it.
    let turned = |corners: &[(f64, f64)]| -> Vec<(f64, f64)> {
        let turn = |&(along, across)| if down { (across, along) } else { (along, across) };
        corners.iter().map(turn).collect()
    };
    let path = |d: String| html! { <path {d} /> };
    let filled = |corners: &[(f64, f64)]| path(polygon(at, &turned(corners)));
    match shape {
        MarkShape::Request => filled(&[(0.0, -2.0), (-5.0, -12.0), (5.0, -12.0)]),
        MarkShape::Receipt => html! { <circle cx={px(x)} cy={px(y)} r="5" /> },
        MarkShape::Delivery => filled(&[(0.0, -7.0), (7.0, 0.0), (0.0, 7.0), (-7.0, 0.0)]),
        MarkShape::View => filled(&[(-3.0, -13.0), (3.0, -13.0), (3.0, 13.0), (-3.0, 13.0)]),
        MarkShape::Enter => {
            path(open(at, &turned(&[(4.0, -9.0), (0.0, -9.0), (0.0, 9.0), (4.0, 9.0)])))
        }
        MarkShape::Exit => {
            path(open(at, &turned(&[(-4.0, -9.0), (0.0, -9.0), (0.0, 9.0), (-4.0, 9.0)])))
        }
        MarkShape::Reading => path(open(at, &turned(&[(0.0, -6.0), (0.0, 6.0)]))),
        MarkShape::Record => filled(&[(-6.0, -6.0), (6.0, -6.0), (6.0, 6.0), (-6.0, 6.0)]),
        MarkShape::Snapshot => html! {
            <>
                { filled(&[(-7.0, -7.0), (7.0, -7.0), (7.0, 7.0), (-7.0, 7.0)]) }
                { filled(&[(-3.0, -3.0), (3.0, -3.0), (3.0, 3.0), (-3.0, 3.0)]) }
            </>
        },
        MarkShape::Checkpoint => filled(&[(-6.0, -6.0), (6.0, -6.0), (6.0, 6.0), (-6.0, 6.0)]),
        MarkShape::Rollback => html! {
            <>
                { filled(&[(-8.0, 0.0), (0.0, -6.0), (0.0, 6.0)]) }
                { filled(&[(0.0, 0.0), (8.0, -6.0), (8.0, 6.0)]) }
            </>
        },
        MarkShape::Timer => filled(&[(-3.5, -4.5), (3.5, -4.5), (-3.5, 4.5), (3.5, 4.5)]),
        MarkShape::Crash => path(cross(at, 8.0)),
        MarkShape::Recovery => html! {
            <>
                <circle cx={px(x)} cy={px(y)} r="7.5" />
                <circle class="core" cx={px(x)} cy={px(y)} r="3" />
            </>
        },
        MarkShape::Pause => html! {
            <>
                { path(open(at, &turned(&[(-3.0, -7.0), (-3.0, 7.0)]))) }
                { path(open(at, &turned(&[(3.0, -7.0), (3.0, 7.0)]))) }
            </>
        },
        MarkShape::Storage => drum(at),
        _ => html! { <circle cx={px(x)} cy={px(y)} r="2.5" /> },
    }
}

/// A small drum, as disks are drawn.
fn drum(at: Point) -> Html {
    let (left, right) = (px(at.x - 4.5), px(at.x + 4.5));
    let (top, bottom) = (px(at.y - 4.0), px(at.y + 4.0));
    let body =
        format!("M{left} {top}A4.5 2 0 0 1 {right} {top}V{bottom}A4.5 2 0 0 1 {left} {bottom}Z");
    let lid = format!("M{left} {top}A4.5 2 0 0 0 {right} {top}");
    html! { <><path d={body} /><path d={lid} /></> }
}

/// A sign on its pole: `at` is on the line, `c` in the middle of the sign.
fn sign(shape: MarkShape, at: Point, c: Point) -> Html {
    let disc = || html! { <circle class="plate" cx={px(c.x)} cy={px(c.y)} r="7" /> };
    let plate = |corners: &[(f64, f64)]| html! { <path class="plate" d={polygon(c, corners)} /> };
    let stroke = |corners: &[(f64, f64)]| html! { <path class="sign" d={open(c, corners)} /> };
    let board = match shape {
        MarkShape::Answer => plate(&[
            (-8.0, -6.0),
            (8.0, -6.0),
            (8.0, 3.0),
            (1.0, 3.0),
            (-3.0, 7.0),
            (-3.0, 3.0),
            (-8.0, 3.0),
        ]),
        MarkShape::Refusal => html! { <>{ disc() }{ stroke(&[(-4.0, 0.0), (4.0, 0.0)]) }</> },
        MarkShape::Decision => {
            plate(&[(-7.0, -7.0), (8.0, -7.0), (4.5, -2.0), (8.0, 3.0), (-7.0, 3.0)])
        }
        MarkShape::Leader => plate(&[
            (-8.0, 5.0),
            (-8.0, -6.0),
            (-3.5, -1.0),
            (0.0, -7.0),
            (3.5, -1.0),
            (8.0, -6.0),
            (8.0, 5.0),
        ]),
        MarkShape::Commit => html! {
            <>
                { plate(&[(-7.0, -7.0), (7.0, -7.0), (7.0, 7.0), (-7.0, 7.0)]) }
                { stroke(&[(-4.0, 0.0), (-1.0, 3.5), (4.0, -4.0)]) }
            </>
        },
        MarkShape::Abort => html! {
            <>
                { plate(&[
                    (-3.0, -7.0), (3.0, -7.0), (7.0, -3.0), (7.0, 3.0), (3.0, 7.0), (-3.0, 7.0), (-7.0, 3.0),
                    (-7.0, -3.0),
                ]) }
                <path class="sign" d={cross(c, 3.2)} />
            </>
        },
        MarkShape::Suspicion => html! {
            <>
                { disc() }
                { stroke(&[(-2.5, -2.5), (-1.0, -4.3), (1.5, -4.0), (2.6, -2.3), (1.8, -0.8), (0.0, 0.4), (0.0, 1.6)]) }
                { stroke(&[(0.0, 3.3), (0.0, 4.7)]) }
            </>
        },
        MarkShape::Restoration => html! {
            <>
                { disc() }
                { stroke(&[(0.0, 4.5), (0.0, -4.0)]) }
                { stroke(&[(-3.2, -1.0), (0.0, -4.2), (3.2, -1.0)]) }
            </>
        },
        MarkShape::Traitor => two_faced(c, 7.0),
        _ => plate(&[(-5.0, -7.0), (8.0, -3.0), (-5.0, 1.0)]),
    };
    html! { <><path class="pole" d={super::spans::line(at, c)} />{ board }</> }
}

/// A disc of which one half is dark.
pub(super) fn two_faced(at: Point, radius: f64) -> Html {
    let half = format!(
        "M{0} {1}A{2} {2} 0 0 1 {0} {3}Z",
        px(at.x),
        px(at.y - radius),
        px(radius),
        px(at.y + radius)
    );
    html! {
        <>
            <circle class="plate" cx={px(at.x)} cy={px(at.y)} r={px(radius)} />
            <path class="dark" d={half} />
        </>
    }
}
