//! The second of two runs, on the time axis of the first: to be looked at only.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    picture::Picture,
    portion::{Portion, RULER, room_of_names, sized, weight},
    present::Present,
    svg::px,
};
use crate::{
    app::{Allowed, Compare, Playhead, Run, Shared, text},
    diagram::{Emphasis, Frame, Layout, Only, Orientation, Parting, Scene, Window},
    web,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) compare: Compare,
    /// Frame of the first run: both have one axis.
    pub(super) frame: Frame,
    /// Scroll position of both along the axis, and length of the visible part.
    pub(super) scrolled: f64,
    pub(super) seen: f64,
    pub(super) names_width: f64,
    /// Playhead of the first run.
    pub(super) playhead: Playhead,
    pub(super) hidden: bool,
    /// Filter on the messages.
    pub(super) only: Only,
}

/// The second of two runs.
#[component]
pub(super) fn Second(props: &Props) -> Html {
    let Props { compare, frame, hidden, .. } = props;
    let run = &compare.run;
    let nodes = run.scenario.nodes.len();
    let layout = use_memo((run.clone(), *frame), |(run, frame)| {
        run.features().layout(&run.trace, nodes, *frame)
    });
    let window = Window::around(props.scrolled, props.seen, layout.length());
    let layout: Shared<_> = layout.into();
    let near = use_memo((layout.clone(), window), |(layout, window)| {
        layout.near(&run.trace, *window).map(Shared::new)
    });
    let layout = (*near).clone().unwrap_or(layout);
    let scene = use_memo((layout.clone(), window), |(layout, window)| {
        let drawn = (run.protocol, &run.scenario, &run.trace);
        Scene::part(run.features(), drawn, layout, *window, weight(nodes, true))
    });
    let scene: Shared<_> = scene.into();
    // Nothing is done to this run; kept from frame to frame, so that the picture is not drawn anew.
    let idle = use_memo((), |()| {
        let (arrow, lane, ruler) = (Callback::noop(), Callback::noop(), Callback::noop());
        let (mark, wall, select) = (Callback::noop(), Callback::noop(), Callback::noop());
        ((arrow, lane, ruler), (mark, wall, select), Rc::new(None))
    });
    let emphasis = use_memo(props.only.clone(), |only| {
        (!only.is_open()).then(|| Emphasis::filter(only.clone()))
    });
    let emphasis: Shared<_> = emphasis.into();
    let playhead = Playhead::at(run, props.playhead.time);
    let horizontal = layout.orientation() == Orientation::Horizontal;
    let (width, height) =
        if horizontal { (scene.width, scene.height + RULER) } else { (scene.width, scene.height) };
    let part = Portion::of(window, &layout, (width, height));
    let (size, at) = (sized(width, height), part.style());
    let ((press_arrow, press_lane, press_ruler), (press_mark, press_wall, select), picked) =
        (*idle).clone();
    html! {
        <>
        { run_name(&compare.names[1]) }
        <div class="canvas second" role="img" aria-label={text::second::label(&compare.names[1])}>
            { names(run, &layout, props.names_width) }
            <div class="sheet" data-style={size.attribute()} ~style={size.property()}>
                <svg inert={true} width={px(part.width)} height={px(part.height)} data-style={at.attribute()} ~style={at.property()}
                    viewBox={part.view_box()}>
                    <Picture run={run.clone()} {window} {picked} scene={scene.clone()} layout={layout.clone()}
                        cursor={playhead.cursor} {hidden} changeable={Allowed::NONE} selection={None} {emphasis}
                        {press_arrow} {press_lane} {press_ruler} {press_mark} {press_wall} {select} />
                    { parting(&layout, run, compare.parting.filter(|_| !*hidden), 1) }
                    <Present run={run.clone()} layout={layout.clone()} scene={scene.clone()} {playhead} {hidden} />
                </svg>
            </div>
        </div>
        </>
    }
}

/// Name of the run that a picture shows.
pub(super) fn run_name(name: &str) -> Html {
    html! { <div class="run-name" aria-hidden="true">{ name }</div> }
}

/// The nodes' names, in line with those of the first run.
fn names(run: &Run, layout: &Layout, width: f64) -> Html {
    let vertical = layout.orientation() == Orientation::Vertical;
    let (all, each) = room_of_names(vertical, width, layout.gap());
    html! {
        <div class="names" data-style={all.attribute()} ~style={all.property()}>
            { for run.scenario.names().map(|name| html! {
                <div class="name" data-style={each.attribute()} ~style={each.property()}><span translate="no">{ name }</span></div>
            }) }
        </div>
    }
}

/// The first difference of the two runs: a line across all nodes of either.
pub(super) fn parting(layout: &Layout, run: &Run, parting: Option<Parting>, which: usize) -> Html {
    let Some(Parting { at, event, run: whose }) = parting else { return html! {} };
    let along = if whose == which && event < run.trace.events.len() {
        layout.along_event(event)
    } else {
        layout.along_time(at as f64)
    };
    let (from, to) = (layout.point(along, 0.0), layout.point(along, layout.breadth()));
    html! {
        <g class="parting" aria-hidden="true">
            <path d={format!("M{} {}L{} {}", px(from.x), px(from.y), px(to.x), px(to.y))} />
            <text x={px(from.x + 4.0)} y={px(from.y + 13.0)}>{ text::second::DIFFERENCE }</text>
        </g>
    }
}

/// A frame with room for two runs: one below the other, or beside it where time runs down.
pub(super) fn shared(frame: Frame) -> Frame {
    let (share, least) = match frame.orientation {
        // The frame was made for half of the diagram's height.
        Orientation::Horizontal if web::fits_height() => (1.0, 54.0),
        Orientation::Horizontal => (0.7, 54.0),
        Orientation::Vertical => (0.5, 58.0),
    };
    Frame { gap: (frame.gap * share).max(least), ..frame }
}
