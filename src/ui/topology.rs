//! Who is linked to whom, where not everybody is to everybody.

use yew::prelude::*;

use super::{
    marks::polygon,
    picture::{px, text},
    spans::line,
};
use crate::{
    app::Run,
    diagram::{Graph, Place, graph},
};

/// The scenario's network, to be folded away; nothing where it is full.
pub(super) fn topology(run: &Run) -> Html {
    let Some(graph) = graph(&run.scenario) else { return html! {} };
    let (hosts, routers): (Vec<_>, Vec<_>) = graph.places.iter().partition(|place| !place.router);
    let kinds = match (hosts.len(), routers.len()) {
        (hosts, 0) => format!("{hosts} nodes, {} links", graph.links.len()),
        (hosts, routers) => {
            format!(
                "{hosts} hosts (round), {routers} routers (square), {} links",
                graph.links.len()
            )
        }
    };
    html! {
        <details class="topology" open=true>
            <summary>{ "Who is linked to whom: " }<span>{ kinds }</span></summary>
            { picture(run, &graph) }
        </details>
    }
}

fn picture(run: &Run, graph: &Graph) -> Html {
    let (width, height) = (px(graph.width), px(graph.height));
    html! {
        <svg width={width.clone()} height={height.clone()} viewBox={format!("0 0 {width} {height}")}
            role="img" aria-label={sentence(run, graph)}>
            { for graph.links.iter().map(|link| html! {
                <path class="link" d={line(link.ends[0], link.ends[1])} />
            }) }
            { for graph.places.iter().map(|place| node(run, place)) }
        </svg>
    }
}

fn node(run: &Run, place: &Place) -> Html {
    let at = place.at;
    let square = [(-8.0, -8.0), (8.0, -8.0), (8.0, 8.0), (-8.0, 8.0)];
    html! {
        <g class={if place.router { "router" } else { "host" }}>
            <title>{ run.scenario.name(place.node) }</title>
            if place.router {
                <path d={polygon(at, &square)} />
            } else {
                <circle cx={px(at.x)} cy={px(at.y)} r="9" />
            }
            if let Some(label) = &place.label { { text(label) } }
        </g>
    }
}

/// The links, in words.
fn sentence(run: &Run, graph: &Graph) -> String {
    let name = |node| run.scenario.name(node);
    let links = graph.links.iter().map(|link| link.nodes.map(name).join(" to "));
    format!("Links: {}", links.collect::<Vec<_>>().join(", "))
}
