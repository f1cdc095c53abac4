//! The diagram and what a reader does on it: drag an arrow, click an arrow, click a line.

use std::{cell::RefCell, rc::Rc};

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
    sight::{use_kept_moment, use_viewport, use_zoom, use_zooming},
    svg::px,
    timestamps,
};
use crate::{
    analysis::Stamps,
    app::{
        Action, Allowed, Area, Changes, Compare, CutLine, Filled, Lens, Playhead, Room, Run,
        Selection, Shared, Showing, Shown, acts_on_nodes, first_step, text,
    },
    diagram::{
        Arrow, Clocks, Detail, Emphasis, Features, Label, Layout, Limit, Mark, Orientation, Point,
        STRIP, Scene, Window, strips,
    },
    kernel::{NodeId, Time, sort},
    runs::Outcome,
    web::{self, Element, Style},
};

/// Height of the name of each of two runs, as in the style sheet.
const RUN_NAME: f64 = 32.0;
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
    /// Changes that the reader may make.
    pub(super) allowed: Allowed,
    /// Changes that the reader may make of the run: none of a recorded one, whose menus say so.
    pub(super) changeable: Allowed,
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
    let (viewport, sight) = use_viewport(&container);
    let names_width = names_width(run);
    let features = run.features();
    let room = Room {
        width: viewport.width,
        height: room_for_lines(viewport.height, props.compare.is_some()),
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
    let layout: Shared<_> = layout.into();
    let seen = if horizontal { viewport.width - names_width } else { viewport.height };
    let zoomed_at = use_mut_ref(|| None);
    let kept = use_kept_moment(&container, &layout, &(sight, seen), &zoomed_at);
    let viewport = kept.unwrap_or(viewport);
    let scrolled = if horizontal { viewport.left } else { viewport.top };
    let window = Window::around(scrolled, seen, layout.length());
    let near = use_memo((layout.clone(), window), |(layout, window)| {
        layout.near(&run.trace, *window).map(Shared::new)
    });
    let layout = (*near).clone().unwrap_or(layout);
    let zooming = use_zooming(props.lens);
    let scene = use_memo((layout.clone(), window, zooming), |(layout, window, zooming)| {
        let drawn = (run.protocol, &run.scenario, &run.trace);
        let weight = weight(run.scenario.nodes.len(), second.is_some());
        let limit = if *zooming { Limit::passing(weight) } else { weight.into() };
        Scene::part(run.features(), drawn, layout, *window, limit)
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
    use_zoom(&container, layout.orientation(), &props.lens, ((shown, room), zoomed_at), send);
    use_held_touches(&picture);
    use_tips(&picture, run, &scene, &layout);
    let unsaid =
        use_memo((scene.clone(), picked.clone(), *selection), |(scene, picked, selection)| {
            let (marks, arrows) =
                (**picked).as_ref().map_or((&[][..], &[][..]), |(marks, arrows)| (marks, arrows));
            let marks = scene.marks.iter().chain(marks);
            let arrows = scene.arrows.iter().chain(arrows);
            unsaid((run, &layout), marks, arrows, (*selection)?)
        });
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
                        { names((run, features), &scene, &layout, playhead.time as Time, (props.changeable, send)) }
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
                                    {cursor} {hidden} changeable={props.changeable} selection={*selection} emphasis={emphasis.clone()}
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
                                { overlay(run, &layout, (*selection, *place), props.lasso, (&ring, (*unsaid).clone())) }
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
                            only: emphasis.as_ref().map(|it| it.only.clone()).unwrap_or_default(),
                        })) }
                    }
                </div>
                { hint(layout.orientation()) }
                if let Some((selection, at)) = menu {
                    { menu_at(&beside(at, viewport.width, sideways - margin), props.parts.menu(|it| {
                        (it.card)(menu::Props {
                            run: run.clone(),
                            selection,
                            allowed: props.allowed,
                            filled: props.filled.clone(),
                            send: send.clone(),
                        })
                    })) }
                }
                <div class="below-stage">
                    { props.parts.overview(overview::Props {
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
                    }) }
                    <p class="hint">{ first_step(props.changeable) }</p>
                    if props.changeable.has("partition") { { lasso_button(props.armed, send) } }
                </div>
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

/// Height for the lines of a run, where the page gives the diagram a height: half of it if there is a second run.
fn room_for_lines(height: f64, two: bool) -> Option<f64> {
    let each = if two { height / 2.0 - RUN_NAME } else { height };
    web::fits_height().then_some(each - RULER - 2.0)
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

/// Lets go of what a hand holds when a key calls it off.
#[hook]
fn use_let_go(drag: &Rc<RefCell<Option<Drag>>>, called_off: u32) {
    let drag = Rc::clone(drag);
    use_effect_with(called_off, move |_| drop(drag.borrow_mut().take()));
}

/// Shows what the part of the picture under the pointer is.
#[hook]
fn use_tips(picture: &NodeRef, run: &Run, scene: &Shared<Scene>, layout: &Shared<Layout>) {
    let picture = picture.clone();
    use_effect_with((run.clone(), scene.clone(), layout.clone()), move |(run, scene, layout)| {
        let (run, scene, layout) = (run.clone(), scene.clone(), layout.clone());
        let text_of = move |message: Option<String>, event: Option<String>| {
            let name_of = |arrow: &Arrow| run.trace.messages[arrow.message].name;
            let named = |arrow: &&Arrow| Some(run.scenario.message_name(name_of(arrow))) == message;
            let selection = match event {
                Some(event) => Selection::Event(event.parse().ok()?),
                None => Selection::Message(name_of(scene.arrows.iter().find(named)?)),
            };
            let Label { at, text } =
                unsaid((&run, &layout), scene.marks.iter(), scene.arrows.iter(), selection)?;
            Some((text, [px(at.x), px(at.y)]))
        };
        let tips = picture.cast().map(|picture| web::show_tips(&picture, text_of));
        move || drop(tips)
    });
}

/// Text of what is picked, if it is drawn without one.
fn unsaid<'a>(
    (run, layout): (&Outcome, &Layout),
    mut marks: impl Iterator<Item = &'a Mark>,
    mut arrows: impl Iterator<Item = &'a Arrow>,
    selection: Selection,
) -> Option<Label> {
    let Outcome { scenario, trace, .. } = run;
    match selection {
        Selection::Event(event) => {
            marks.find(|it| it.event == event)?.unsaid(scenario, trace, layout)
        }
        Selection::Message(name) => {
            let arrow = arrows.find(|it| trace.messages[it.message].name == name)?;
            arrow.unsaid(scenario, trace)
        }
        Selection::Moment { .. } => None,
    }
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
    (changeable, send): (Allowed, &Send),
) -> Html {
    let can_change = acts_on_nodes(changeable);
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
                        {onclick} aria-haspopup="dialog" title={can_change.then(|| text::stage::name_help(&name, at))}>
                        <span translate="no">{ name }</span>
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
