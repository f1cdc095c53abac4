//! Metrics over time, below the lines and on their axis.

use yew::prelude::*;

use super::picture::{Props, px, rect, text};
use crate::{
    diagram::{Curve, Plot, Point},
    kernel::NodeId,
};

/// How many ways there are to draw a curve.
const STYLES: usize = 6;

/// Draws the strip of one metric.
pub(super) fn draw(props: &Props, plot: &Plot) -> Html {
    let metric = &props.run.protocol.metrics[plot.metric];
    html! {
        <g class="plot" data-metric={metric.name}>
            <title>{ format!("{} ({}): {}", metric.name, metric.unit, metric.help) }</title>
            { rect(plot.from, plot.to) }
            { for plot.grid.iter().map(|grid| html! {
                <>
                    <path class="grid" d={super::spans::line(grid.from, grid.to)} />
                    { text(&grid.label) }
                </>
            }) }
            { for plot.curves.iter().map(|curve| draw_curve(props, curve)) }
        </g>
    }
}

fn draw_curve(props: &Props, curve: &Curve) -> Html {
    let mut d = String::new();
    for (place, point) in curve.points.iter().enumerate() {
        let step = if place == 0 { 'M' } else { 'L' };
        d.push(step);
        d.push_str(&format!("{} {}", px(point.x), px(point.y)));
    }
    html! {
        <g class={classes!("curve", style(curve.node))}>
            <title>{ props.run.scenario.name(curve.node) }</title>
            <path class="stroke" {d} />
            if let Some(&end) = curve.points.last() { { sign(curve.node, end) } }
            if let Some(label) = &curve.label { { text(label) } }
        </g>
    }
}

/// The class of a node's curves: their stroke.
fn style(node: NodeId) -> String {
    format!("style-{}", node.index() % STYLES)
}

/// The sign at the end of a node's curves.
fn sign(node: NodeId, at: Point) -> Html {
    let (x, y) = (at.x, at.y);
    let corners: &[(f64, f64)] = match node.index() % STYLES {
        0 => return html! { <circle class="sign" cx={px(x)} cy={px(y)} r="4" /> },
        1 => &[(-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)],
        2 => &[(0.0, -5.0), (5.0, 4.0), (-5.0, 4.0)],
        3 => &[(0.0, -5.5), (5.5, 0.0), (0.0, 5.5), (-5.5, 0.0)],
        4 => &[(0.0, 5.0), (5.0, -4.0), (-5.0, -4.0)],
        _ => &[(-5.0, -2.0), (5.0, -2.0), (5.0, 2.0), (-5.0, 2.0)],
    };
    let d = super::marks::polygon(at, corners);
    html! { <path class="sign" {d} /> }
}
