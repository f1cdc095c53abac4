//! The diagram and what a reader does on it: drag an arrow, click an arrow, click a line.

use yew::prelude::*;

use super::{
    Send,
    menu::Menu,
    picture::{Picture, px},
    pointer::{Hands, Pointer},
    present::Present,
    topology::topology,
};
use crate::{
    app::{Action, Playhead, Run, Selection, Shared},
    diagram::{Frame, Layout, Orientation, Point, STRIP, Scene, strips, traitors},
    formats::Outcome,
    kernel::{Chain, EventId, EventKind, NodeId, Time, Verdict, chain, way},
    web,
};

/// Below this width time runs top down, in CSS pixels.
const NARROW: f64 = 640.0;
/// How long the time axis is when time runs top down.
const TALL: f64 = 430.0;
/// How long the time axis gets at most.
const LONGEST: f64 = 40_000.0;
/// How much of the axis each mark of the busiest line needs, so that they can be told apart.
const MARK_ROOM: f64 = 17.0;
/// How much room the time axis's numbers take.
pub(super) const RULER: f64 = 26.0;
/// How wide the menu is: as in the style sheet.
const MENU: f64 = 290.0;
/// How wide the nodes' names are, at the least and at the most.
const NAMES: (f64, f64) = (92.0, 190.0);
/// Above so many marks a picture is not drawn again at every event: the veil alone tells what is to come.
const MANY: usize = 400;
/// The parts of the picture that are for dragging, as a selector.
const DRAGGED: &str = ".grip, .mark.receipt, .strip";

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) playhead: Playhead,
    pub(super) shown_until: Time,
    pub(super) selection: Option<Selection>,
    pub(super) explained: Option<&'static str>,
    pub(super) send: Send,
}

/// Brings the diagram before the reader's eyes when something in it is to be shown: on a phone the verdicts
/// are far below it.
#[hook]
fn use_shown(container: &NodeRef, explained: Option<&'static str>) {
    let container = container.clone();
    use_effect_with(explained, move |explained| {
        if let (Some(_), Some(element)) = (explained, container.cast()) {
            web::bring_into_view(&element);
        }
    });
}

/// The diagram.
#[component]
pub(super) fn Stage(props: &Props) -> Html {
    let Props { run, playhead, shown_until, selection, send, .. } = props;
    let container = use_node_ref();
    let picture = use_node_ref();
    let width = use_width(&container);
    let frame = frame(run, width, *shown_until);
    let witness = use_memo((run.clone(), props.explained), |(run, name)| witness(run, *name));
    let witness: Shared<_> = witness.into();
    let drag = use_mut_ref(|| None);
    // Kept from frame to frame: new callbacks would mean a new picture.
    let drawn = use_memo((run.clone(), frame), |(run, frame)| {
        let layout = Shared::new(Layout::new(&run.trace, run.scenario.nodes.len(), *frame));
        let scene = Scene::new(run.protocol, &run.scenario, &run.trace, &layout);
        let hands = Hands::of(&Pointer {
            drag,
            picture: picture.clone(),
            layout: layout.clone(),
            run: run.clone(),
            send: send.clone(),
        });
        (layout, Shared::new(scene), hands)
    });
    let (layout, scene, hands) = (*drawn).clone();
    let along = layout.playhead(playhead.cursor, playhead.time);
    let names_width = names_width(run);
    use_follow(&container, layout.orientation(), along, names_width);
    use_held_touches(&picture);
    use_shown(&container, props.explained);

    let horizontal = layout.orientation() == Orientation::Horizontal;
    let network = use_memo((run.clone(), horizontal), |(run, wide)| topology(run, *wide));
    let (svg_width, svg_height) =
        if horizontal { (scene.width, scene.height + RULER) } else { (scene.width, scene.height) };
    let menu = selection.and_then(|selection| Some((selection, anchor(run, &layout, selection)?)));
    let margin = if horizontal { names_width } else { 0.0 };
    let cursor = if scene.marks.len() > MANY { usize::MAX } else { playhead.cursor };
    let put_down = {
        let send = send.clone();
        Callback::from(move |event: MouseEvent| {
            if web::is_own(&event) {
                send.emit(Action::Select(None));
            }
        })
    };
    let scrolled = container.cast().map_or(0.0, |element| web::scrolled(&element));
    html! {
        <>
            { (*network).clone() }
            <div class="stage-frame">
                <div class={classes!("stage", if horizontal { "across" } else { "down" })} ref={container}>
                    <div class="canvas">
                        { names(run, &scene, &layout, playhead.time as Time, send) }
                        <div class="sheet" style={format!("width:{}px;height:{}px", px(svg_width), px(svg_height))}>
                            <svg ref={picture} width={px(svg_width)} height={px(svg_height)}
                                viewBox={format!("0 0 {} {}", px(svg_width), px(svg_height))}
                                role="group" aria-label="Space-time diagram"
                                onpointermove={hands.moves} onpointerup={hands.release}
                                onpointercancel={hands.cancel} onclick={put_down}>
                                <Picture run={run.clone()} scene={scene.clone()} layout={layout.clone()}
                                    {cursor} selection={*selection} {witness}
                                    press_arrow={hands.press_arrow} press_lane={hands.press_lane}
                                    press_ruler={hands.press_ruler} select={hands.select} />
                                <Present run={run.clone()} layout={layout.clone()} scene={scene.clone()}
                                    playhead={*playhead} />
                            </svg>
                        </div>
                    </div>
                </div>
                if let Some((selection, at)) = menu {
                    <div class="menu-place" style={beside(at, width, scrolled - margin)}>
                        <Menu run={run.clone()} {selection} send={send.clone()} />
                    </div>
                }
            </div>
        </>
    }
}

fn frame(run: &Outcome, width: f64, end: Time) -> Frame {
    let nodes = run.scenario.nodes.len();
    let mut marks = vec![0_usize; nodes];
    for event in run.trace.events.iter().take_while(|event| event.time <= end) {
        if event.kind.message().is_none() || event.kind.name() == "receive" {
            marks[event.node.index()] += 1;
        }
    }
    let needed = marks.into_iter().max().unwrap_or(0) as f64 * MARK_ROOM;
    if width < NARROW {
        let room = width - 8.0 - strips(run.protocol, &run.trace);
        let gap = (room / nodes as f64).clamp(84.0, 160.0);
        let length = needed.clamp(TALL, LONGEST);
        Frame { orientation: Orientation::Vertical, length, gap, end }
    } else {
        let gap = (470.0 / nodes as f64).clamp(58.0, 128.0);
        let length = needed.min(LONGEST).max(width - names_width(run));
        Frame { orientation: Orientation::Horizontal, length, gap, end }
    }
}

/// How the violation that the reader asks about came about: the events that prove it, and the one that
/// broke what the protocol relies on, with all that led to them.
fn witness(run: &Outcome, name: Option<&'static str>) -> Option<Chain> {
    let mut judgements = run.report.judgements.iter();
    let judgement = judgements.find(|judgement| Some(judgement.property.name) == name)?;
    let Verdict::Violated { witness, .. } = &judgement.verdict else { return None };
    let breach = run.report.broke(judgement, &run.trace).and_then(|breach| breach.event);
    let events: Vec<_> = witness.iter().copied().chain(breach).collect();
    let mut shown = chain(&run.trace, &events);
    // No handler caused a request: what led to it is what its application knew by then.
    let asked =
        |event: &&EventId| matches!(run.trace.events[**event].kind, EventKind::Request { .. });
    for &later in witness.iter().filter(asked) {
        for &earlier in witness.iter().filter(|&&earlier| earlier < later) {
            if let Some(Chain { events, messages }) = way(&run.trace, earlier, later) {
                shown.events.extend(events);
                shown.messages.extend(messages);
            }
        }
    }
    Some(shown)
}

/// Where the menu of a selection stands: beside it, within the diagram's width.
fn beside(at: Point, width: f64, scrolled: f64) -> String {
    let left = (at.x - scrolled + 16.0).min(width - MENU - 8.0).max(4.0);
    format!("left:{}px;top:{}px", px(left), px(at.y + 18.0))
}

/// Where the thing that is picked is in the picture.
fn anchor(run: &Outcome, layout: &Layout, selection: Selection) -> Option<Point> {
    match selection {
        Selection::Message(name) => {
            let message = run.trace.messages.iter().find(|message| message.name == name)?;
            let from = layout.event_point(&run.trace, message.sent);
            let to = message.fate.event().map_or(from, |end| layout.event_point(&run.trace, end));
            Some(Point { x: (from.x + to.x) / 2.0, y: (from.y + to.y) / 2.0 })
        }
        Selection::Event(event) => {
            (event < run.trace.events.len()).then(|| layout.event_point(&run.trace, event))
        }
        Selection::Moment { node, at } => {
            Some(layout.point(layout.along_time(at as f64), layout.across(node)))
        }
    }
}

/// The width of an element, kept true while it changes.
#[hook]
fn use_width(container: &NodeRef) -> f64 {
    let width = use_state_eq(web::likely_width);
    let container = container.clone();
    use_effect_with((), {
        let width = width.clone();
        move |()| {
            let watch = container.cast().and_then(|element| {
                let measured = container.clone();
                web::on_resize(&element, move || {
                    if let Some(element) = measured.cast() {
                        width.set(web::size_of(&element).0);
                    }
                })
            });
            move || drop(watch)
        }
    });
    *width
}

/// Keeps the playhead in view where the picture is longer than the page is wide.
#[hook]
fn use_follow(container: &NodeRef, orientation: Orientation, along: f64, names: f64) {
    // What was scrolled to in the other orientation is no place in this one.
    use_effect_with(orientation, {
        let container = container.clone();
        move |_| {
            if let Some(element) = container.cast() {
                web::keep_in_view(&element, 0.0, 0.0);
            }
        }
    });
    let container = container.clone();
    use_effect_with(along as i64, move |_| {
        if let Some(element) = container.cast()
            && orientation == Orientation::Horizontal
        {
            web::keep_in_view(&element, along + names, names);
        }
    });
}

/// Lets a finger drag what can be dragged, where it would scroll the page otherwise.
#[hook]
fn use_held_touches(picture: &NodeRef) {
    let picture = picture.clone();
    use_effect_with((), move |()| {
        let held = picture.cast().map(|picture| web::hold_touches(&picture, DRAGGED));
        move || drop(held)
    });
}

/// How wide the nodes' names are, where time runs to the right.
fn names_width(run: &Outcome) -> f64 {
    let longest = run.scenario.nodes.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    (longest as f64 * 9.5 + 30.0).clamp(NAMES.0, NAMES.1)
}

/// The nodes' names, always in view, and what the curves below them show. A name is a button: what can be
/// done to its node now.
fn names(run: &Run, scene: &Scene, layout: &Layout, at: Time, send: &Send) -> Html {
    let vertical = layout.orientation() == Orientation::Vertical;
    let side = if vertical { "width" } else { "height" };
    let routers = run.scenario.network.topology.routers();
    let traitors = traitors(&run.trace);
    html! {
        <div class="names" style={(!vertical).then(|| format!("width:{}px", px(names_width(run))))}>
            { for run.scenario.nodes.iter().enumerate().map(|(index, name)| {
                let node = NodeId::new(index);
                let onclick = send.reform(move |_: MouseEvent| {
                    Action::Select(Some(Selection::Moment { node, at }))
                });
                let kind = match () {
                    () if traitors.contains(node) => Some("traitor"),
                    () if routers.contains(node) => Some("router"),
                    () => None,
                };
                html! {
                    <button class={classes!("name", kind)} style={format!("{side}:{}px", px(layout.gap()))}
                        {onclick} aria-haspopup="dialog" title={format!("What {name} does or suffers at {at} ms")}>
                        <span>{ name }</span>
                        if let Some(kind) = kind { <small>{ kind }</small> }
                    </button>
                }
            }) }
            { for scene.plots.iter().map(|plot| {
                let metric = &run.protocol.metrics[plot.metric];
                html! {
                    <div class="metric" style={format!("{side}:{}px", px(STRIP))} title={metric.help}>
                        <b>{ metric.name }</b><small>{ metric.unit }</small>
                    </div>
                }
            }) }
        </div>
    }
}
