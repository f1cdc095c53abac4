//! The diagram and what a reader does on it: drag an arrow, click an arrow, click a line.

use std::{cell::RefCell, rc::Rc};

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::{
    Send, changes,
    cone::cone,
    cut,
    keyboard::{HINT, hint, keep_focus, keys, use_seen},
    menu,
    overlay::{lasso_button, overlay},
    overview,
    parts::Parts,
    path::path,
    picture::Picture,
    pointer::{Drag, Hands, Pointer},
    portion::{Portion, RULER, room_of_names, sized, weight},
    present::Present,
    second::{self, parting, run_name, shared},
    svg::px,
    timestamps,
};
use crate::{
    analysis::Stamps,
    app::{
        Action, Area, Changes, Compare, CutLine, Filled, Lens, Playhead, Room, Run, Selection,
        Shared, Showing, Shown, text,
    },
    diagram::{
        Arrow, Clocks, Detail, Emphasis, Features, Layout, Mark, Orientation, Point, STRIP, Scene,
        Window, strips,
    },
    kernel::{NodeId, Time, sort},
    runs::Outcome,
    web::{self, Element, Style, Viewport},
};

/// Pause after a zoom before the picture is drawn in full again, in real milliseconds.
const SETTLED: u32 = 140;
/// Width of the menu, as in the style sheet.
const MENU: f64 = 290.0;
/// Smallest and largest width of the nodes' names.
const NAMES: (f64, f64) = (92.0, 190.0);
/// The parts of the picture that are for dragging, as a selector.
const DRAGGED: &str =
    ".cut-handle, .grip, .mark.receipt, .mark.movable, .wall .hit, .strip, .arming";
/// Those that answer when a finger is lifted, as a selector.
const PRESSED: &str = ".arrow, .mark.receipt, .mark.movable, .wall .hit";

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) playhead: Playhead,
    pub(super) playing: bool,
    pub(super) shown_until: Time,
    pub(super) lens: Lens,
    pub(super) selection: Option<Selection>,
    /// True if the menu of the selection is open.
    pub(super) menu: bool,
    pub(super) filled: Vec<Filled>,
    pub(super) armed: bool,
    pub(super) lasso: Option<Area>,
    pub(super) called_off: u32,
    pub(super) explained: Option<&'static str>,
    /// The emphasised events and messages.
    pub(super) emphasis: Shared<Option<Emphasis>>,
    /// The logical time that is shown.
    pub(super) clocks: Option<(Clocks, Shared<Stamps>)>,
    /// The cut that the reader has drawn.
    pub(super) cut: Option<Shared<CutLine>>,
    /// True if the future is hidden.
    pub(super) hidden: bool,
    pub(super) changes: Changes,
    pub(super) compare: Option<Compare>,
    pub(super) parts: Parts,
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
    let Props { run, playhead, shown_until, selection, emphasis, send, .. } = props;
    let container = use_node_ref();
    let picture = use_node_ref();
    let viewport = use_viewport(&container);
    let names_width = names_width(run);
    let features = run.features();
    let room = Room {
        width: viewport.width,
        names: names_width,
        strips: strips(run.protocol, &run.trace),
    };
    let second = props.compare.as_ref();
    let marks = second.map_or(0, |it| it.run.features().busiest()).max(features.busiest());
    let shown = Shown { nodes: run.scenario.nodes.len(), marks, end: *shown_until };
    let frame = props.lens.frame(shown, room);
    let frame = if second.is_some() { shared(frame) } else { frame };
    let drag = use_mut_ref(|| None);
    let armed = use_mut_ref(|| false);
    *armed.borrow_mut() = props.armed;
    use_let_go(&drag, props.called_off);
    let layout = use_memo((run.clone(), frame), |(run, frame)| {
        run.features().layout(&run.trace, run.scenario.nodes.len(), *frame)
    });
    let horizontal = layout.orientation() == Orientation::Horizontal;
    let (scrolled, seen) = match horizontal {
        true => (viewport.left, viewport.width - names_width),
        false => (viewport.top, viewport.height),
    };
    let window = Window::around(scrolled, seen, layout.length());
    let layout: Shared<_> = layout.into();
    let near = use_memo((layout.clone(), window), |(layout, window)| {
        layout.near(&run.trace, *window).map(Shared::new)
    });
    let layout = (*near).clone().unwrap_or(layout);
    let zooming = use_zooming(props.lens);
    let scene = use_memo((layout.clone(), window, zooming), |(layout, window, zooming)| {
        let drawn = (run.protocol, &run.scenario, &run.trace);
        let weight = weight(run.scenario.nodes.len(), second.is_some());
        let weight = if *zooming { weight / 6 } else { weight };
        Scene::part(run.features(), drawn, layout, *window, weight)
    });
    let scene: Shared<_> = scene.into();
    let picked =
        use_memo((scene.clone(), *selection, emphasis.clone()), |(scene, selection, emphasis)| {
            (scene.detail != Detail::Full)
                .then(|| picked(run, run.features(), (&layout, window), *selection, emphasis))
        });
    // Kept from frame to frame: new callbacks would mean a new picture.
    let hands = use_memo((run.clone(), layout.clone(), window), |(run, layout, window)| {
        Hands::of(&Pointer {
            drag,
            armed,
            picture: picture.clone(),
            layout: layout.clone(),
            window: *window,
            run: run.clone(),
            send: send.clone(),
        })
    });
    let hands = (*hands).clone();
    let along = layout.playhead(playhead.cursor, playhead.time);
    let follows = horizontal && layout.length() > seen;
    use_follow(
        &container,
        layout.orientation(),
        *playhead,
        props.playing,
        follows.then_some((along, names_width)),
    );
    use_zoom(&container, &layout, &props.lens, (shown, room), send);
    use_held_touches(&picture);
    use_tips(&picture);
    use_shown(&container, props.explained);
    use_effect_with(scene.clone(), |_| web::mark("drawn"));

    let network = use_memo((run.clone(), horizontal, props.parts.clone()), |(run, wide, parts)| {
        parts.layers(|it| (it.topology)(run, *wide))
    });
    let (sheet_width, sheet_height) =
        if horizontal { (scene.width, scene.height + RULER) } else { (scene.width, scene.height) };
    let part = Portion::of(window, &layout, (sheet_width, sheet_height));
    let (size, at) = (sized(sheet_width, sheet_height), part.style());
    let place = use_memo((run.clone(), layout.clone(), *selection), |(run, layout, selection)| {
        anchor(run, layout, (*selection)?)
    });
    let ring = use_node_ref();
    use_seen(&ring, *selection);
    let menu = selection.zip(*place).filter(|_| props.menu);
    let margin = if horizontal { names_width } else { 0.0 };
    let hidden = props.hidden;
    // A picture of many marks is not drawn again at every event: the veil alone tells what is to come.
    let shown_whole = scene.detail == Detail::Full || hidden;
    let cursor = if shown_whole { playhead.cursor } else { usize::MAX };
    let cut = props.cut.as_ref().map(|cut| {
        props.parts.layers(|it| {
            (it.cut)(cut::Props {
                run: run.clone(),
                layout: layout.clone(),
                window,
                picture: picture.clone(),
                cut: cut.clone(),
                send: send.clone(),
            })
        })
    });
    // Behind the curtain there is nothing to be seen of it either.
    let (behind, before) = if hidden { (cut, None) } else { (None, cut) };
    // Reading it costs a layout of the page, so it is read only where it matters.
    let sideways = container.cast().filter(|_| menu.is_some());
    let sideways = sideways.map_or(0.0, |element| web::scrolled(&element));
    html! {
        <>
            { (*network).clone() }
            <div class="stage-frame">
                <div class={classes!("stage", if horizontal { "across" } else { "down" }, second.map(|_| "two"))} ref={container.clone()}>
                    { for second.map(|it| run_name(&it.names[0])) }
                    <div class="canvas">
                        { names((run, features), &scene, &layout, playhead.time as Time, send) }
                        <div class="sheet" data-style={size.attribute()} ~style={size.property()}>
                            <svg ref={picture.clone()} width={px(part.width)} height={px(part.height)} data-style={at.attribute()} ~style={at.property()}
                                viewBox={part.view_box()} role="application" aria-label={text::stage::LABEL}
                                aria-describedby={HINT} tabindex="0" class={props.armed.then_some("arming")}
                                onkeydown={keys(layout.orientation(), send)} onmousedown={keep_focus()}
                                onpointerdown={hands.press_ground} onpointermove={hands.moves}
                                onpointerup={hands.release} onpointercancel={hands.cancel}>
                                <title class="tip"></title>
                                if let (true, Some(found)) = (props.changes.showing != Showing::Hidden, &props.changes.found) {
                                    { props.parts.layers(|it| (it.changes)(changes::Props {
                                        run: run.clone(),
                                        layout: layout.clone(),
                                        window,
                                        found: found.clone(),
                                    })) }
                                }
                                { path(run, &layout, emphasis, playhead.cursor) }
                                { cone(&props.emphasis, &layout) }
                                <Picture run={run.clone()} {window} {picked} scene={scene.clone()} layout={layout.clone()}
                                    {cursor} {hidden} selection={*selection} emphasis={emphasis.clone()}
                                    press_arrow={hands.press_arrow} press_lane={hands.press_lane}
                                    press_ruler={hands.press_ruler} press_mark={hands.press_mark}
                                    press_wall={hands.press_wall} select={hands.select} />
                                { parting(&layout, run, second.and_then(|it| it.parting).filter(|_| !hidden), 0) }
                                if let Some((clocks, stamps)) = &props.clocks {
                                    { props.parts.layers(|it| (it.timestamps)(timestamps::Props {
                                        run: run.clone(),
                                        scene: scene.clone(),
                                        layout: layout.clone(),
                                        stamps: stamps.clone(),
                                        clocks: *clocks,
                                        told: if hidden { playhead.cursor } else { usize::MAX },
                                    })) }
                                }
                                { for behind }
                                <Present run={run.clone()} layout={layout.clone()} scene={scene.clone()}
                                    playhead={*playhead} {hidden} />
                                { for before }
                                { overlay(run, &layout, (*selection, *place), props.lasso, &ring) }
                            </svg>
                        </div>
                    </div>
                    if let Some(compare) = second {
                        { props.parts.layers(|it| (it.second)(second::Props {
                            compare: compare.clone(),
                            frame: layout.frame(),
                            scrolled,
                            seen,
                            names_width,
                            playhead: *playhead,
                            hidden,
                        })) }
                    }
                </div>
                { hint(layout.orientation()) }
                if let Some((selection, at)) = menu {
                    { menu_at(&beside(at, viewport.width, sideways - margin), props.parts.menu(|it| {
                        (it.card)(menu::Props {
                            run: run.clone(),
                            selection,
                            filled: props.filled.clone(),
                            send: send.clone(),
                        })
                    })) }
                }
            </div>
            <div class="below-stage">
                { props.parts.side(".overview", |it| (it.overview)(overview::Props {
                    run: run.clone(),
                    layout: layout.clone(),
                    along,
                    hidden,
                    container,
                    seen,
                    lens: props.lens,
                    shown,
                    room,
                    send: send.clone(),
                })) }
                { lasso_button(props.armed, send) }
            </div>
        </>
    }
}

/// Marks and arrows of the selection, where the picture is too coarse to show them.
fn picked(
    run: &Outcome,
    features: &Features,
    place: (&Layout, Window),
    selection: Option<Selection>,
    emphasis: &Option<Emphasis>,
) -> (Vec<Mark>, Vec<Arrow>) {
    let standing_out = emphasis.as_ref().map(Emphasis::standing_out);
    let (mut events, mut messages) = standing_out.unwrap_or_default();
    match selection {
        Some(Selection::Event(event)) => events.push(event),
        Some(Selection::Message(name)) => {
            messages.extend(run.trace.messages.iter().position(|message| message.name == name));
        }
        _ => {}
    }
    for picked in [&mut events, &mut messages] {
        sort(picked);
        picked.dedup();
    }
    Scene::picked(features, (&run.scenario, &run.trace), place, &events, &messages)
}

/// Place of the selection's menu: beside it, within the diagram's width.
fn beside(at: Point, width: f64, scrolled: f64) -> Style {
    let left = (at.x - scrolled + 16.0).min(width - MENU - 8.0).max(4.0);
    format!("left:{}px;top:{}px", px(left), px(at.y + 18.0)).into()
}

fn menu_at(place: &Style, menu: Html) -> Html {
    html! { <div class="menu-place" data-style={place.attribute()} ~style={place.property()}>{ menu }</div> }
}

/// Place of the selection in the picture.
fn anchor(run: &Outcome, layout: &Layout, selection: Selection) -> Option<Point> {
    match selection {
        Selection::Message(name) => {
            let message = run.trace.messages.iter().find(|message| message.name == name)?;
            let from = layout.event_point(&run.trace, message.sent);
            let to =
                message.overall().event().map_or(from, |end| layout.event_point(&run.trace, end));
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

/// The visible part of an element, kept up to date. Its place changes in steps of a quarter of what is
/// seen: within one the same is drawn.
#[hook]
fn use_viewport(container: &NodeRef) -> Viewport {
    let start = || Viewport { width: web::likely_width(), height: 560.0, ..Viewport::default() };
    // Only of the view: measured in the document.
    let seen = use_state_eq(start);
    let container = container.clone();
    use_effect_with((), {
        let seen = seen.clone();
        move |()| {
            let look = move |element: &Element| {
                let now = web::viewport(element);
                let coarse = |place: f64, size: f64| {
                    let step = (size / 4.0).max(1.0);
                    (place / step).floor() * step
                };
                seen.set(Viewport {
                    left: coarse(now.left, now.width),
                    top: coarse(now.top, now.height),
                    ..now
                });
            };
            let watch = container.cast::<Element>().map(|element| {
                let (watched, scrolled) = (element.clone(), element.clone());
                let look_again = look.clone();
                let resizes = web::on_resize(&element, move || look(&watched));
                (resizes, web::on_scroll(&element, move || look_again(&scrolled)))
            });
            move || drop(watch)
        }
    });
    *seen
}

/// Lets go of what a hand holds when a key calls it off.
#[hook]
fn use_let_go(drag: &Rc<RefCell<Option<Drag>>>, called_off: u32) {
    let drag = Rc::clone(drag);
    use_effect_with(called_off, move |_| drop(drag.borrow_mut().take()));
}

/// True while the reader zooms: the pictures in between need no details.
#[hook]
fn use_zooming(lens: Lens) -> bool {
    // Only of the view: it passes by itself.
    let zooming = use_state_eq(|| false);
    let before = use_mut_ref(|| lens);
    {
        let zooming = zooming.clone();
        use_effect_with(lens, move |&lens| {
            let moved = before.replace(lens) != lens;
            if moved {
                zooming.set(true);
            }
            let timer = moved.then(|| Timeout::new(SETTLED, move || zooming.set(false)));
            move || drop(timer)
        });
    }
    *zooming
}

/// Lets Control and the wheel zoom, and keeps the moment where it is that is zoomed in on: the one under the
/// pointer, or else the one in the middle.
#[hook]
fn use_zoom(
    container: &NodeRef,
    layout: &Shared<Layout>,
    lens: &Lens,
    sizes: (Shown, Room),
    send: &Send,
) {
    let (shown, room) = sizes;
    let anchor = use_mut_ref(|| None::<f64>);
    let lens = *lens;
    {
        let (container, send, anchor) = (container.clone(), send.clone(), anchor.clone());
        let horizontal = layout.orientation() == Orientation::Horizontal;
        use_effect_with((lens, shown, room, horizontal), move |_| {
            let listener = container.cast::<Element>().map(|element| {
                web::on_zoom(&element, move |place, nearer| {
                    let at = if horizontal { place.x - room.names } else { place.y };
                    *anchor.borrow_mut() = Some(at.max(0.0));
                    let factor = if nearer { 1.25 } else { 0.8 };
                    send.emit(Action::Look(lens.zoomed(factor, shown, room)));
                })
            });
            move || drop(listener)
        });
    }
    let before = use_mut_ref(|| layout.clone());
    let container = container.clone();
    use_effect_with(layout.clone(), move |layout| {
        let before = before.replace(layout.clone());
        let anchor = anchor.borrow_mut().take();
        let Some(element) = container.cast::<Element>() else { return };
        if before.scale() == layout.scale() || before.orientation() != layout.orientation() {
            return;
        }
        let now = web::viewport(&element);
        match layout.orientation() {
            Orientation::Horizontal => {
                let at = anchor.unwrap_or((now.width - room.names) / 2.0);
                let time = before.time_at(now.left + at);
                web::scroll_to(&element, layout.along_time(time) - at, now.top);
            }
            Orientation::Vertical => {
                let at = anchor.unwrap_or(now.height / 2.0);
                let time = before.time_at(now.top + at);
                web::scroll_to(&element, now.left, layout.along_time(time) - at);
            }
        }
    });
}

/// Shows what the part of the picture under the pointer is.
#[hook]
fn use_tips(picture: &NodeRef) {
    let picture = picture.clone();
    use_effect_with((), move |()| {
        let tips = picture.cast().map(|picture| web::show_tips(&picture));
        move || drop(tips)
    });
}

/// Keeps the playhead in view where the picture is longer than the page is wide: when it moves, not when the
/// reader looks elsewhere, or nearer. A reader who has looked away while time runs is left alone.
#[hook]
fn use_follow(
    container: &NodeRef,
    orientation: Orientation,
    playhead: Playhead,
    playing: bool,
    place: Option<(f64, f64)>,
) {
    // A scroll position of the other orientation means nothing in this one.
    use_effect_with(orientation, {
        let container = container.clone();
        move |_| {
            if let Some(element) = container.cast() {
                web::scroll_to(&element, 0.0, 0.0);
            }
        }
    });
    let container = container.clone();
    let before = use_mut_ref(|| 0.0);
    use_effect_with((playhead.cursor, playhead.time as i64), move |_| {
        // Reading the visible part costs a layout of the page, so it is not read where all is visible.
        let Some((along, names)) = place else { return };
        let before = before.replace(along);
        if let Some(element) = container.cast::<Element>() {
            let now = web::viewport(&element);
            let seen = (now.left - 2.0..=now.left + now.width - names + 2.0).contains(&before);
            if seen || !playing {
                web::keep_in_view(&element, along + names, names);
            }
        }
    });
}

/// Lets a finger drag what can be dragged, where it would scroll the page otherwise.
#[hook]
fn use_held_touches(picture: &NodeRef) {
    let picture = picture.clone();
    use_effect_with((), move |()| {
        let held = picture.cast().map(|picture| {
            (web::hold_touches(&picture, DRAGGED), web::end_touches(&picture, PRESSED))
        });
        move || drop(held)
    });
}

/// Width of the nodes' names, where time runs to the right.
fn names_width(run: &Outcome) -> f64 {
    let longest = run.scenario.names().map(|name| name.chars().count()).max().unwrap_or(0);
    (longest as f64 * 9.5 + 30.0).clamp(NAMES.0, NAMES.1)
}

/// The nodes' names, always in view, and what the curves below them show. A name is a button: what can be
/// done to its node now.
fn names(
    (run, features): (&Run, &Features),
    scene: &Scene,
    layout: &Layout,
    at: Time,
    send: &Send,
) -> Html {
    let vertical = layout.orientation() == Orientation::Vertical;
    let (all, each) = room_of_names(vertical, names_width(run), layout.gap());
    let (_, strip) = room_of_names(vertical, 0.0, STRIP);
    let routers = run.scenario.network.topology.routers();
    html! {
        <div class="names" data-style={all.attribute()} ~style={all.property()}>
            { for run.scenario.names().enumerate().map(|(index, name)| {
                let node = NodeId::new(index);
                let onclick = send.reform(move |_: MouseEvent| {
                    Action::Select(Some(Selection::Moment { node, at }))
                });
                let kind = match () {
                    () if features.traitors().contains(node) => Some("traitor"),
                    () if routers.contains(node) => Some("router"),
                    () => None,
                };
                html! {
                    <button class={classes!("name", kind)} data-style={each.attribute()} ~style={each.property()}
                        {onclick} aria-haspopup="dialog" title={text::stage::name_help(&name, at)}>
                        <span>{ name }</span>
                        if let Some(kind) = kind { <small>{ kind }</small> }
                    </button>
                }
            }) }
            { for scene.plots.iter().map(|plot| {
                let metric = &run.protocol.metrics[plot.metric];
                html! {
                    <div class="metric" data-style={strip.attribute()} ~style={strip.property()} title={metric.help}>
                        <b>{ metric.name }</b><small>{ metric.unit }</small>
                    </div>
                }
            }) }
        </div>
    }
}
