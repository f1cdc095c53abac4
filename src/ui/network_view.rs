//! The nodes and what travels between them, at the playhead.

use yew::prelude::*;

use super::{
    inspector::{Worked, use_work},
    shapes,
    svg::{cross, head, line, px, text},
};
use crate::{
    app::{Playhead, Run, text},
    diagram::{
        Flight, Graph, LaneState, NodeNow, Orientation, Place, Point, Scenery, event_sentence,
        roomy_graph,
    },
    kernel::{NodeSet, spell},
    web::Style,
};

/// Largest number of messages that are listed one by one.
const NAMED: usize = 6;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) playhead: Playhead,
    pub(super) worked: Worked,
}

/// The nodes and what travels between them.
#[component]
pub(super) fn NetworkView(props: &Props) -> Html {
    let Props { run, playhead, worked } = props;
    // Worked out once a run; a moment of it costs what is under way then.
    let graph = use_memo(run.clone(), |run| roomy_graph(&run.scenario));
    worked.borrow_mut().index_traffic(run);
    use_work(run, worked, |worked, run| (!worked.index_traffic(run)).then_some(0));
    let worked = worked.borrow();
    let Some(traffic) = worked.traffic(run) else {
        return html! { <p class="hint">{ text::network_view::COMPUTING }</p> };
    };
    let traitors = run.features().traitors();
    let graph = &*graph;
    let told = (&run.scenario, &run.trace);
    let now = Scenery::at(told, graph, traffic, (playhead.cursor, playhead.time));
    let (width, height) = (px(graph.width), px(graph.height));
    let (least, most) = (px(graph.width.min(620.0) * 0.55), px(graph.width * 1.35));
    let widths = Style::from(format!("min-width:{least}px;max-width:{most}px"));
    html! {
        <div class="network-view">
            <p class="now">{ summary(run, &now, playhead) }</p>
            <div class="scroll" tabindex="0" role="group" aria-label={text::network_view::LABEL}>
                <svg lang="en" viewBox={format!("0 0 {width} {height}")} role="img" aria-label={sentence(run, &now, playhead)}
                    data-style={widths.attribute()} ~style={widths.property()}>
                    { links(graph, &now.cut) }
                    { others(&now.others) }
                    { for now.flights.iter().map(|flight| draw_flight(run, flight)) }
                    { for graph.places.iter().zip(&now.nodes).map(|(place, node)| {
                        draw_node(run, place, node, traitors, &now.sides)
                    }) }
                </svg>
            </div>
        </div>
    }
}

/// All links, in a few elements however many they are.
fn links(graph: &Graph, cut: &[usize]) -> Html {
    let (mut whole, mut dead, mut bars) = (String::new(), String::new(), String::new());
    let mut cut = cut.iter().copied().peekable();
    for (place, link) in graph.links.iter().enumerate() {
        let [one, other] = link.ends;
        if cut.next_if_eq(&place).is_some() {
            dead.push_str(&line(one, other));
            let middle = Point { x: (one.x + other.x) / 2.0, y: (one.y + other.y) / 2.0 };
            bars.push_str(&cross(middle, 5.0));
        } else {
            whole.push_str(&line(one, other));
        }
    }
    html! {
        <>
            <g class="link"><path d={whole} /></g>
            if !dead.is_empty() {
                <g class="link cut"><path d={dead} /><path class="bar" d={bars} /></g>
            }
        </>
    }
}

/// The messages that there are too many of to draw each by itself.
fn others(others: &[(Point, Point)]) -> Html {
    if others.is_empty() {
        return html! {};
    }
    let (mut trails, mut dots) = (String::new(), String::new());
    for (from, at) in others {
        trails.push_str(&line(*from, *at));
        // A stroke of no length has round ends.
        dots.push_str(&format!("M{} {}h0", px(at.x), px(at.y)));
    }
    html! {
        <g class="flights" aria-hidden="true">
            <path class="trail" d={trails} />
            <path class="dots" d={dots} />
        </g>
    }
}

fn draw_flight(run: &Run, flight: &Flight) -> Html {
    let oddity = run.trace.messages[flight.message].truth().is_some().then_some("forged");
    let class = classes!("flight", flight.lost.then_some("lost"), oddity);
    html! {
        <g {class} data-message={run.scenario.message_name(run.trace.messages[flight.message].name)}>
            <path class="trail" d={line(flight.from, flight.at)} />
            if flight.lost {
                <path class="cross" d={cross(flight.at, 6.0)} />
            } else {
                <path class="head" d={head(flight.from, flight.at)} />
                <circle cx={px(flight.at.x)} cy={px(flight.at.y)} r="4" />
            }
            if let Some(label) = &flight.label { { text(label) } }
        </g>
    }
}

fn draw_node(
    run: &Run,
    place: &Place,
    node: &NodeNow,
    traitors: NodeSet,
    sides: &[NodeSet],
) -> Html {
    let shape = if place.router { shapes::ROUTER } else { shapes::HOST };
    let state = match node.state {
        LaneState::Up => None,
        LaneState::Down => Some("crashed"),
        LaneState::Paused => Some("paused"),
    };
    let traitor = traitors.contains(place.node).then_some("traitor");
    let side = sides.iter().position(|side| side.contains(place.node));
    let side =
        (!sides.is_empty()).then(|| side.map_or("–".to_owned(), |side| (side + 1).to_string()));
    let class = classes!(if place.router { "router" } else { "host" }, state, traitor);
    let (x, y) = (place.at.x, place.at.y);
    html! {
        <g {class} data-node={run.scenario.name(place.node)}>
            { shapes::draw(shape, place.at, Orientation::Horizontal) }
            if let Some(side) = side { <text class="side" x={px(x)} y={px(y + 0.5)}>{ side }</text> }
            if state == Some("crashed") { <path class="cross" d={cross(place.at, 9.0)} /> }
            if state == Some("paused") {
                <path class="pause" d={format!("M{} {}v9M{} {1}v9", px(x - 2.5), px(y - 4.5), px(x + 2.5))} />
            }
            if let Some(traitor) = traitor { <text class="what" x={px(x)} y={px(y - 16.0)}>{ traitor }</text> }
            if let Some(label) = &place.label {
                <text class="label who" x={px(label.at.x)} y={px(label.at.y)}>{ &label.text }</text>
            }
            if let Some(label) = &node.label { <g class="said">{ text(label) }</g> }
        </g>
    }
}

fn summary(run: &Run, now: &Scenery, playhead: &Playhead) -> String {
    let alone = now.flights.iter().filter(|flight| !flight.lost).count();
    let drawn = alone + now.others.len();
    let drawn = (drawn < now.under_way).then(|| text::network_view::drawn(drawn));
    let split = (!now.sides.is_empty()).then(|| {
        let sides = now.sides.iter().map(|side| spell(&side.to_string(), &run.scenario.nodes));
        text::network_view::partition(&sides.collect::<Vec<_>>().join(" | "))
    });
    let (drawn, split) = (drawn.unwrap_or_default(), split.unwrap_or_default());
    let rest = format!("{drawn}{split}");
    text::network_view::summary(playhead.time as u64, now.under_way, &rest)
}

/// The same moment in words, for screen readers.
fn sentence(run: &Run, now: &Scenery, playhead: &Playhead) -> String {
    let mut said = vec![summary(run, now, playhead)];
    for node in &now.nodes {
        let name = run.scenario.name(node.node);
        match node.state {
            LaneState::Up => {}
            LaneState::Down => said.push(text::network_view::down(&name)),
            LaneState::Paused => said.push(text::network_view::paused(&name)),
        }
        if let Some(event) = node.said {
            said.push(text::network_view::last(&event_sentence(&run.scenario, &run.trace, event)));
        }
    }
    for flight in now.flights.iter().take(NAMED) {
        let message = &run.trace.messages[flight.message];
        let (from, to) = (run.scenario.name(message.name.from), run.scenario.name(message.name.to));
        let text = spell(&message.packet.to_string(), &run.scenario.nodes);
        said.push(text::network_view::flight(flight.lost, &text, &from, &to));
    }
    said.join("; ")
}
