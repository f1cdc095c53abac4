//! The cut that the reader draws across the lines: handles to drag it by, and the messages that cross it.

use std::{cell::RefCell, rc::Rc};

use yew::prelude::*;

use super::{
    Send,
    svg::{self, line, px},
};
use crate::{
    app::{Action, Ask, CutLine, Move, Post, Run, Shared, text},
    diagram::{Layout, Orientation, Point, Window, cut_along, cut_at, event_sentence},
    kernel::{MessageId, NodeId},
    web::{self, Place},
};

/// Largest number of messages of a kind that are drawn.
const MOST: usize = 50;
/// Largest number of nodes with handles that are larger than they look.
const FEW: usize = 40;
/// Distance of the whole cut's handle from the edge.
const EDGE: f64 = 11.0;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) layout: Shared<Layout>,
    pub(super) window: Window,
    /// The drawing that it is in.
    pub(super) picture: NodeRef,
    pub(super) cut: Shared<CutLine>,
    pub(super) send: Send,
}

/// The part of the cut that a handle moves.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Held {
    One(NodeId),
    Whole,
}

/// A drag: from where along the time axis, and where the posts were.
type Grip = Rc<RefCell<Option<(f64, Vec<f64>)>>>;

/// The cut.
#[component]
pub(super) fn Cut(props: &Props) -> Html {
    let Props { layout, cut, .. } = props;
    let grip: Grip = use_mut_ref(|| None);
    let alongs = alongs(layout, cut);
    let posts = alongs
        .iter()
        .enumerate()
        .map(|(node, along)| layout.point(*along, layout.across(NodeId::new(node))));
    let posts: Vec<_> = posts.collect();
    let (first, last) =
        (alongs.first().copied().unwrap_or(0.0), alongs.last().copied().unwrap_or(0.0));
    let (top, bottom) = (layout.point(first, EDGE), layout.point(last, layout.breadth()));
    let corners = std::iter::once(&top).chain(&posts).chain([&bottom]);
    let mut d = String::new();
    for (place, corner) in corners.enumerate() {
        let letter = if place == 0 { 'M' } else { 'L' };
        d.push_str(&format!("{letter}{} {}", px(corner.x), px(corner.y)));
    }
    let consistent = cut.crossing.is_consistent();
    html! {
        <g class={classes!("cutline", if consistent { "consistent" } else { "inconsistent" })}>
            { for cut.crossing.in_transit.iter().take(MOST).map(|message| crossing(props, *message, "in-transit")) }
            { for cut.crossing.orphans.iter().take(MOST).map(|message| crossing(props, *message, "orphan")) }
            <path class="rim" d={d.clone()} />
            <path class="spine" {d} />
            { handle(props, &grip, Held::Whole, top) }
            { for posts.iter().enumerate().map(|(node, at)| handle(props, &grip, Held::One(NodeId::new(node)), *at)) }
        </g>
    }
}

fn alongs(layout: &Layout, cut: &CutLine) -> Vec<f64> {
    let posts = cut.posts.iter().enumerate();
    let along = |(node, post): (usize, &Post)| {
        cut_along(layout, &cut.lines, NodeId::new(node), post.places, post.time)
    };
    posts.map(along).collect()
}

/// A message that crosses the cut: an orphan crosses it backwards.
fn crossing(props: &Props, message: MessageId, class: &'static str) -> Html {
    let Props { run, layout, .. } = props;
    let it = &run.trace.messages[message];
    let from = layout.event_point(&run.trace, it.sent);
    let Some(end) = it.overall().event() else { return html! {} };
    let to = match class {
        "orphan" => layout.event_point(&run.trace, end),
        // A lost message does not end at an event of its receiver.
        _ => layout.point(layout.along_event(end), layout.across(it.name.to)),
    };
    let middle = Point { x: (from.x + to.x) / 2.0, y: (from.y + to.y) / 2.0 };
    html! {
        <g {class} aria-hidden="true">
            <path d={line(from, to)} />
            if class == "orphan" {
                <path class="head" d={svg::head(from, to)} />
                <circle cx={px(middle.x)} cy={px(middle.y)} r="9" />
                <text x={px(middle.x)} y={px(middle.y)}>{ "!" }</text>
            }
        </g>
    }
}

fn handle(props: &Props, grip: &Grip, held: Held, at: Point) -> Html {
    let Props { run, layout, cut, .. } = props;
    let said = cut.sentence();
    let (name, now, most, text) = match held {
        Held::One(node) => {
            let (post, all) = (cut.posts[node.index()], cut.lines.places(node));
            let name = run.scenario.name(node);
            let after = post.places.checked_sub(1).map_or_else(
                || text::cut::before_all(&name),
                |last| text::cut::after(&event_sentence(&run.scenario, &run.trace, all[last])),
            );
            (text::cut::post(&name), post.places, all.len(), format!("{after}. {said}"))
        }
        Held::Whole => {
            let nodes = (0..cut.posts.len()).map(NodeId::new);
            let most = nodes.map(|node| cut.lines.places(node).len()).sum();
            let now = cut.posts.iter().map(|post| post.places).sum();
            (text::cut::WHOLE.to_owned(), now, most, said)
        }
    };
    let orientation = match layout.orientation() {
        Orientation::Horizontal => "horizontal",
        Orientation::Vertical => "vertical",
    };
    let (x, y) = (px(at.x), px(at.y));
    let whole = held == Held::Whole;
    let sign = if cut.crossing.is_consistent() { "✓" } else { "✗" };
    html! {
        <g class={classes!("cut-handle", whole.then_some("whole"))} role="slider" tabindex="0" aria-label={name}
            aria-valuemin="0" aria-valuemax={most.to_string()} aria-valuenow={now.to_string()}
            aria-valuetext={text} aria-orientation={orientation}
            onpointerdown={press(props, grip)} onpointermove={drag(props, grip, held)}
            onpointerup={release(grip)} onpointercancel={release(grip)} onkeydown={keys(props, held)}>
            if cut.posts.len() <= FEW { <circle class="hit" cx={x.clone()} cy={y.clone()} r="14" /> }
            <circle class="knob" cx={x.clone()} cy={y.clone()} r={if whole { "10" } else { "7" }} />
            if whole { <text {x} {y}>{ sign }</text> }
        </g>
    }
}

/// Position of a pointer along the time axis.
fn place(props: &Props) -> impl Fn(&MouseEvent) -> Option<f64> + 'static {
    let (picture, layout, window) = (props.picture.clone(), props.layout.clone(), props.window);
    move |event| {
        let Place { x, y } = web::place_in(&picture.cast()?, event);
        let (along, _) = layout.unpoint(Point { x, y });
        Some(along + window.from.max(0.0))
    }
}

fn press(props: &Props, grip: &Grip) -> Callback<PointerEvent> {
    let (place, grip) = (place(props), Rc::clone(grip));
    let (layout, cut) = (props.layout.clone(), props.cut.clone());
    Callback::from(move |event: PointerEvent| {
        let Some(from) = place(&event).filter(|_| event.button() == 0) else { return };
        web::take_hold(&event, ".cut-handle");
        event.prevent_default();
        // It is no press on what lies below.
        event.stop_propagation();
        grip.replace(Some((from, alongs(&layout, &cut))));
    })
}

fn drag(props: &Props, grip: &Grip, held: Held) -> Callback<PointerEvent> {
    let (layout, cut, send) = (props.layout.clone(), props.cut.clone(), props.send.clone());
    let (place, grip) = (place(props), Rc::clone(grip));
    Callback::from(move |event: PointerEvent| {
        let Some((from, alongs)) = grip.borrow().clone() else { return };
        let Some(here) = place(&event) else { return };
        let by = here - from;
        let posts = cut.posts.iter().zip(&alongs).enumerate().map(|(node, (post, along))| {
            let node = NodeId::new(node);
            if held != Held::Whole && held != Held::One(node) {
                return *post;
            }
            let (places, time) = cut_at(&layout, &cut.lines, node, (along + by).max(0.0));
            Post { places, time }
        });
        let posts: Vec<_> = posts.collect();
        if posts != cut.posts {
            send.emit(Action::Study(Ask::Cut(Move::To(posts))));
        }
    })
}

fn release(grip: &Grip) -> Callback<PointerEvent> {
    let grip = Rc::clone(grip);
    Callback::from(move |_: PointerEvent| {
        grip.replace(None);
    })
}

fn keys(props: &Props, held: Held) -> Callback<KeyboardEvent> {
    let send = props.send.clone();
    Callback::from(move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => 1,
            "ArrowLeft" | "ArrowUp" => -1,
            "PageDown" => 10,
            "PageUp" => -10,
            "Home" => -(1 << 30),
            "End" => 1 << 30,
            _ => return,
        };
        event.prevent_default();
        // The page's own keys mean something else.
        event.stop_propagation();
        let how = match held {
            Held::One(node) => Move::Step(node, by),
            Held::Whole => Move::Shift(by),
        };
        send.emit(Action::Study(Ask::Cut(how)));
    })
}
