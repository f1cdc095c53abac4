//! Metrics over time, below the lines and on their axis.

use yew::prelude::*;

use super::{
    drawing::Props,
    shapes::{self, ENDS},
    svg::{line, rect, text},
};
use crate::{
    diagram::{Curve, Orientation, Plot, Point, SINGLE_CURVES},
    kernel::NodeId,
};

/// Draws the strip of one metric.
pub(super) fn draw(props: &Props, plot: &Plot) -> Html {
    let metric = &props.run.protocol.metrics[plot.metric];
    html! {
        <g class="plot" data-metric={metric.name}>
            <title>{ format!("{} ({}): {}", metric.name, metric.unit, metric.help) }</title>
            { rect(plot.from, plot.to) }
            { for plot.grid.iter().map(|grid| html! {
                <>
                    <path class="grid" d={line(grid.from, grid.to)} />
                    { text(&grid.label) }
                </>
            }) }
            { curves(props, &plot.curves) }
        </g>
    }
}

/// The curves of one metric: of many nodes, those of one stroke are one element.
fn curves(props: &Props, curves: &[Curve]) -> Html {
    if curves.len() <= SINGLE_CURVES {
        return curves.iter().map(|curve| draw_curve(props, curve)).collect();
    }
    let strokes = 0..ENDS.len();
    strokes
        .map(|stroke| {
            let alike = curves.iter().filter(|it| it.node.index() % ENDS.len() == stroke);
            let d: String = alike.map(Curve::stroke).collect();
            html! {
                <g class={classes!("curve", format!("style-{stroke}"))}><path class="stroke" {d} /></g>
            }
        })
        .collect()
}

fn draw_curve(props: &Props, curve: &Curve) -> Html {
    let d = curve.stroke();
    html! {
        <g class={classes!("curve", style(curve.node))}>
            <title>{ props.run.scenario.name(curve.node) }</title>
            <path class="stroke" {d} />
            if let Some(&end) = curve.points.last() { { sign(curve.node, end) } }
            if let Some(label) = &curve.label { { text(label) } }
        </g>
    }
}

/// A node's curves, for the legend.
pub(super) fn key(node: NodeId) -> Html {
    html! {
        <g class={classes!("curve", style(node))}>
            <path class="stroke" d="M2 11H32" />
            { sign(node, Point { x: 28.0, y: 11.0 }) }
        </g>
    }
}

/// The class of a node's curves: their stroke.
pub(super) fn style(node: NodeId) -> String {
    format!("style-{}", node.index() % ENDS.len())
}

/// The sign at the end of a node's curves.
fn sign(node: NodeId, at: Point) -> Html {
    shapes::draw(ENDS[node.index() % ENDS.len()], at, Orientation::Horizontal)
}
