//! The scene as SVG.

use yew::prelude::*;

use super::{
    arrows,
    drawing::Props,
    marks, merged, plots,
    portion::RULER,
    spans,
    svg::{line, px, rect, text},
};
use crate::{
    app::{End, acts_on_nodes, text},
    diagram::{
        Arrow, Detail, HeldBack, Lane, LaneState, Orientation, Point, Scene, Stretch, Wall,
        fault_sentence,
    },
};

/// Largest number of selected messages, or of lines, that are drawn with all their parts.
const ALONE: usize = 40;

/// The scene as SVG.
#[component]
pub(super) fn Picture(props: &Props) -> Html {
    let Scene { lanes, arrows, marks, held_back, walls, bands, .. } = &*props.scene;
    let Scene { clashes, sections, strikes, barriers, across, plots, circle, .. } = &*props.scene;
    let recedes = props.recedes();
    html! {
        <>
            { ruler(props) }
            { for bands.iter().map(|band| spans::band(props, band)) }
            { for walls.iter().map(|wall| draw_wall(props, wall)) }
            { for clashes.iter().map(|field| spans::clash(props, field)) }
            { for lanes.iter().map(|lane| draw_lane(props, lane)) }
            { for sections.iter().map(|bar| spans::section(props, bar)) }
            { for strikes.iter().map(|strike| spans::strike(props, strike)) }
            { for barriers.iter().map(|barrier| spans::barrier(props, barrier)) }
            { for across.iter().map(|it| spans::across(props, it)) }
            { for held_back.iter().map(|bar| draw_bar(props, bar)) }
            if let Some(merged) = &props.scene.merged { { merged::draw(props, merged) } }
            <g lang="en">{ for arrows.iter().map(|arrow| arrow_of(props, arrow)) }</g>
            <g lang="en">{ for marks.iter().map(|mark| marks::draw(props, mark)) }</g>
            if let Some((marks, arrows)) = &*props.picked {
                <g class="picked" lang="en">
                    { for arrows.iter().map(|arrow| match arrows.len() {
                        0..=ALONE => arrows::draw(props, arrow),
                        _ => arrows::draw_lean(props, arrow),
                    }) }
                    { for marks.iter().map(|mark| marks::draw(props, mark)) }
                </g>
            }
            { for circle.iter().map(|waiting| spans::waiting(props, waiting)) }
            { for plots.iter().map(|plot| plots::draw(props, plot)) }
            { for props.scene.flags.iter().map(|flag| {
                let (x, y) = (flag.at.x, flag.at.y);
                html! {
                    <g class={classes!("flag", recedes)} transform={format!("translate({} {})", px(x), px(y))} aria-hidden="true">
                        <circle r="8" />
                        <text>{ flag.caption + 1 }</text>
                    </g>
                }
            }) }
        </>
    }
}

/// A message: in a picture without texts, and if it only passes by, the stroke alone.
fn arrow_of(props: &Props, arrow: &Arrow) -> Html {
    let seen = |point| {
        let (along, _) = props.layout.unpoint(point);
        props.window.meets(along, along)
    };
    if props.scene.detail == Detail::Full && (seen(arrow.from) || seen(arrow.to)) {
        arrows::draw(props, arrow)
    } else {
        arrows::draw_lean(props, arrow)
    }
}

fn ruler(props: &Props) -> Html {
    let Scene { width, height, ticks, .. } = &*props.scene;
    let horizontal = props.layout.orientation() == Orientation::Horizontal;
    let tick_line = |along: f64| match horizontal {
        true => format!("M{} 0V{}", px(along), px(*height)),
        false => format!("M0 {}H{}", px(along), px(*width)),
    };
    let (from, to) = (props.window.from.max(0.0), props.window.to.min(props.layout.length()));
    let strip = match horizontal {
        true => format!("M{0} {1}H{2}V{3}H{0}Z", px(from), px(*height), px(to), px(height + RULER)),
        false => format!("M0 {0}H18V{1}H0Z", px(from), px(to)),
    };
    html! {
        <g class="ruler">
            { for ticks.iter().map(|tick| {
                let (x, y) = if horizontal { (tick.along, height + 16.0) } else { (3.0, tick.along - 4.0) };
                let anchor = if horizontal { "middle" } else { "start" };
                html! {
                    <>
                        <path class="tick" d={tick_line(tick.along)} />
                        <text x={px(x)} y={px(y)} text-anchor={anchor}>{ &tick.label }</text>
                    </>
                }
            }) }
            <path class="strip" d={strip} onpointerdown={props.press_ruler.clone()}>
                <title>{ text::picture::RULER }</title>
            </path>
        </g>
    }
}

fn draw_wall(props: &Props, wall: &Wall) -> Html {
    let fault = wall.fault;
    let fault_spec = &props.run.scenario.faults[fault];
    let sentence = fault_sentence(&props.run.scenario, fault_spec);
    let can_move = props.changeable.has(fault_spec.kind());
    let part = |end: End, class: &'static str, from: Point, to: Point| {
        let press = props.press_wall.clone();
        let onpointerdown =
            Callback::from(move |event: PointerEvent| press.emit((event, fault, end)));
        html! { <path class={classes!("hit", class)} d={line(from, to)} {onpointerdown} /> }
    };
    let (from, across) = props.layout.unpoint(wall.from);
    let (to, other) = props.layout.unpoint(wall.to);
    let at = |along: f64, by: f64| props.layout.point(along, (across + other) / 2.0 + by);
    html! {
        <g class="wall">
            <title>{ if can_move { text::picture::wall(&sentence) } else { sentence } }</title>
            { rect(wall.from, wall.to) }
            { part(End::Whole, "body", at(from, 0.0), at(to, 0.0)) }
            { part(End::Start, "edge", at(from, -12.0), at(from, 12.0)) }
            { part(End::Until, "edge", at(to, -12.0), at(to, 12.0)) }
            if let Some(label) = &wall.label { { text(label) } }
        </g>
    }
}

fn draw_lane(props: &Props, lane: &Lane) -> Html {
    let node = lane.node;
    let name = props.run.scenario.name(node);
    let onclick = props.press_lane.reform(move |event: MouseEvent| (event, node));
    let few = props.scene.lanes.len() <= ALONE;
    let [Stretch { from: first, .. }, ..] = lane.stretches[..] else { return html! {} };
    let last = lane.stretches[lane.stretches.len() - 1].to;
    let class =
        classes!("lane", lane.router.then_some("router"), lane.traitor.then_some("traitor"));
    html! {
        <g {class}>
            { for lane.stretches.iter().map(|stretch| {
                let class = match stretch.state {
                    LaneState::Up => "up",
                    LaneState::Down => "crashed",
                    LaneState::Paused => "paused",
                };
                let d = line(stretch.from, stretch.to);
                html! {
                    <>
                        <path {class} d={d.clone()} />
                        if lane.traitor { <path class="gap" {d} /> }
                    </>
                }
            }) }
            <path class="hit" d={line(first, last)} {onclick}>
                if few && acts_on_nodes(props.changeable) {
                    <title>{ text::picture::lane(&name) }</title>
                }
            </path>
        </g>
    }
}

fn draw_bar(props: &Props, bar: &HeldBack) -> Html {
    let class = props.event_class(bar.received);
    let end = match bar.delivered {
        Some(_) => text::picture::HELD_BACK,
        None => text::picture::STILL_HELD_BACK,
    };
    html! {
        <path class={classes!("held-back", class)}
            d={line(bar.from, bar.to)}>
            <title>{ end }</title>
        </path>
    }
}
