//! Topology of the network, where it is not complete.

use yew::prelude::*;

use super::{
    shapes,
    svg::{line, px, text},
};
use crate::{
    app::{Run, text},
    diagram::{Graph, Orientation, Place, graph},
};

/// Largest number of links that are elements of their own, and that are listed in words.
const ALONE: usize = 200;

/// The scenario's network, to be folded away; nothing where it is full.
pub(super) fn topology(run: &Run, open: bool) -> Html {
    let Some(graph) = graph(&run.scenario) else { return html! {} };
    let (hosts, routers): (Vec<_>, Vec<_>) = graph.places.iter().partition(|place| !place.router);
    let kinds = text::topology::kinds(hosts.len(), routers.len(), graph.links.len());
    html! {
        <details class="topology" {open}>
            <summary>{ text::topology::LEAD }<span>{ kinds }</span></summary>
            { picture(run, &graph) }
        </details>
    }
}

fn picture(run: &Run, graph: &Graph) -> Html {
    let (width, height) = (px(graph.width), px(graph.height));
    html! {
        <svg width={width.clone()} height={height.clone()} viewBox={format!("0 0 {width} {height}")}
            role="img" aria-label={sentence(run, graph)}>
            { links(graph) }
            { for graph.places.iter().map(|place| node(run, place)) }
        </svg>
    }
}

/// The links: of many, all are one element.
fn links(graph: &Graph) -> Html {
    let strokes = graph.links.iter().map(|link| line(link.ends[0], link.ends[1]));
    if graph.links.len() > ALONE {
        let d: String = strokes.collect();
        return html! { <path class="link" {d} /> };
    }
    strokes.map(|d| html! { <path class="link" {d} /> }).collect()
}

fn node(run: &Run, place: &Place) -> Html {
    let shape = if place.router { shapes::ROUTER } else { shapes::HOST };
    html! {
        <g class={if place.router { "router" } else { "host" }}>
            <title>{ run.scenario.name(place.node) }</title>
            { shapes::draw(shape, place.at, Orientation::Horizontal) }
            if let Some(label) = &place.label { { text(label) } }
        </g>
    }
}

/// The links, in words.
fn sentence(run: &Run, graph: &Graph) -> String {
    let name = |node| run.scenario.name(node);
    let links =
        graph.links.iter().take(ALONE).map(|link| link.nodes.map(name).join(text::topology::TO));
    let links: Vec<_> = links.collect();
    let more = match graph.links.len() - links.len() {
        0 => String::new(),
        more => text::topology::more(more),
    };
    text::topology::links(&links.join(", "), &more)
}
