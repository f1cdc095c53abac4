//! The elements of the picture, in the language of the diagram.

use super::{
    Across, Arrow, Band, Bar, Barrier, Field, Layout, Mark, Plot, Point, Strike, Wait, Waiting,
    Wall, arrows,
    cuts::{self, recoveries},
    deadlock,
    labels::Placed,
    marks::{self, Urgency},
    measures,
    sections::{self, stays},
    views, waits, walls,
};
use crate::kernel::{EventId, EventKind, NodeId, NodeSet, Protocol, Scenario, Trace};

/// How wide the sign of a caption is, in CSS pixels, and how far it is from the moment that it is tied to.
const FLAG: f64 = 18.0;

/// Everything that is drawn of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// How wide the picture is, in CSS pixels.
    pub width: f64,
    /// How high.
    pub height: f64,
    /// The nodes' lines.
    pub lanes: Vec<Lane>,
    /// The numbers behind them: rounds, terms, views.
    pub bands: Vec<Band>,
    /// The curves below them.
    pub plots: Vec<Plot>,
    /// Who waits for whom in the end, where it is a circle.
    pub circle: Vec<Waiting>,
    /// The messages.
    pub arrows: Vec<Arrow>,
    /// The events.
    pub marks: Vec<Mark>,
    /// The messages that wait between receipt and delivery.
    pub held_back: Vec<HeldBack>,
    /// The partitions and dead links.
    pub walls: Vec<Wall>,
    /// The views.
    pub barriers: Vec<Barrier>,
    /// The stays in the critical section.
    pub sections: Vec<Bar>,
    /// Those of two nodes at once.
    pub clashes: Vec<Field>,
    /// The work that was undone.
    pub strikes: Vec<Strike>,
    /// The recorded global states and the recovery lines.
    pub across: Vec<Across>,
    /// The captions' places.
    pub flags: Vec<Flag>,
    /// The time axis.
    pub ticks: Vec<Tick>,
}

/// A node's line.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Whose.
    pub node: NodeId,
    /// Its pieces, one after the other.
    pub stretches: Vec<Stretch>,
    /// Whether it only passes things on.
    pub router: bool,
    /// Whether it may lie.
    pub traitor: bool,
}

/// A piece of a node's line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Where it starts.
    pub from: Point,
    /// Where it ends.
    pub to: Point,
    /// What the node does meanwhile.
    pub state: LaneState,
}

/// What a node does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneState {
    /// It runs.
    Up,
    /// It has crashed.
    Down,
    /// It stands still.
    Paused,
}

/// A text and its centre.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where its centre is.
    pub at: Point,
    /// What it says.
    pub text: String,
}

/// A message that waits between its receipt and its delivery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeldBack {
    /// The receipt.
    pub received: EventId,
    /// The delivery; none if it is still waiting in the end.
    pub delivered: Option<EventId>,
    /// Where the bar starts.
    pub from: Point,
    /// Where it ends.
    pub to: Point,
}

/// Where a caption belongs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flag {
    /// Which caption, by its place in the scenario.
    pub caption: usize,
    /// Where.
    pub at: Point,
}

/// A moment on the time axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// How far along the axis it is.
    pub along: f64,
    /// Its name, in virtual ms.
    pub label: String,
}

impl Scene {
    /// Draws a run.
    #[must_use]
    pub fn new(protocol: &Protocol, scenario: &Scenario, trace: &Trace, layout: &Layout) -> Self {
        let breadth = layout.breadth() + measures::strips(protocol, trace);
        let size = layout.point(layout.length(), breadth);
        let mut placed = Placed::new(size.x, size.y);
        let mut marks = marks::marks(protocol, scenario, trace, layout, &mut placed);
        let flags = flags(scenario, layout);
        for flag in &flags {
            placed.block(flag.at, FLAG);
        }
        let barriers = views::barriers(scenario, trace, layout, &mut placed);
        let mut label = |urgency, placed: &mut Placed| {
            marks::label(&mut marks, urgency, scenario, trace, layout, placed);
        };
        label(Urgency::First, &mut placed);
        label(Urgency::Second, &mut placed);
        let lanes = lanes(scenario, trace, layout);
        let mut bands = measures::bands(protocol, trace, &lanes, layout);
        measures::label_bands(&mut bands, layout, &mut placed);
        let plots = measures::plots(protocol, scenario, trace, layout, &mut placed);
        let arrows = arrows::arrows(scenario, trace, layout, &mut placed);
        let walls = walls::walls(scenario, layout, &mut placed);
        label(Urgency::Last, &mut placed);
        let (stays, recoveries) = (stays(trace), recoveries(trace));
        Self {
            width: size.x,
            height: size.y,
            lanes,
            bands,
            plots,
            circle: deadlock::circle(trace, layout),
            arrows,
            marks,
            held_back: held_back(protocol, scenario, trace, layout),
            walls,
            barriers,
            sections: sections::bars(&stays, layout),
            clashes: sections::fields(&stays, layout),
            strikes: cuts::strikes(&recoveries, layout),
            across: cuts::across(&cuts::cuts(trace), &recoveries, trace, layout),
            flags,
            ticks: ticks(layout),
        }
    }
}

/// Who may lie: a run begins with saying so.
#[must_use]
pub fn traitors(trace: &Trace) -> NodeSet {
    let turned = trace.events.iter().filter(|event| matches!(event.kind, EventKind::Traitor(_)));
    turned.map(|event| event.node).collect()
}

fn lanes(scenario: &Scenario, trace: &Trace, layout: &Layout) -> Vec<Lane> {
    let traitors = traitors(trace);
    (0..scenario.nodes.len())
        .map(NodeId::new)
        .map(|node| {
            let at = |along| layout.point(along, layout.across(node));
            let (mut from, mut state) = (0.0, LaneState::Up);
            let mut stretches = Vec::new();
            for (id, event) in trace.events.iter().enumerate().filter(|(_, e)| e.node == node) {
                let next = match event.kind {
                    EventKind::Crash => LaneState::Down,
                    EventKind::Recover | EventKind::Resume => LaneState::Up,
                    EventKind::Pause => LaneState::Paused,
                    _ => continue,
                };
                let to = layout.along_event(id);
                stretches.push(Stretch { from: at(from), to: at(to), state });
                (from, state) = (to, next);
            }
            stretches.push(Stretch { from: at(from), to: at(layout.length()), state });
            let router = scenario.network.topology.routers().contains(node);
            Lane { node, stretches, router, traitor: traitors.contains(node) }
        })
        .collect()
}

fn held_back(
    protocol: &Protocol,
    scenario: &Scenario,
    trace: &Trace,
    layout: &Layout,
) -> Vec<HeldBack> {
    let end = layout.along_time(layout.end() as f64);
    let bar = |Wait { node, received, delivered }| {
        let to = delivered.map_or(end, |event| layout.along_event(event));
        HeldBack {
            received,
            delivered,
            from: layout.event_point(trace, received),
            to: layout.point(to, layout.across(node)),
        }
    };
    waits(protocol, scenario, trace).into_iter().map(bar).collect()
}

fn flags(scenario: &Scenario, layout: &Layout) -> Vec<Flag> {
    let captions = scenario.captions.iter().enumerate().filter(|(_, c)| c.at <= layout.end());
    captions
        .map(|(caption, at)| Flag {
            caption,
            at: layout.point(layout.along_time(at.at as f64) - FLAG, layout.across(at.node) - FLAG),
        })
        .collect()
}

/// Round moments, some 90 pixels apart.
fn ticks(layout: &Layout) -> Vec<Tick> {
    let steps = (0..9).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)));
    let wide = |step: &u64| layout.along_time(*step as f64) - layout.along_time(0.0) >= 70.0;
    let step = steps.into_iter().find(wide).unwrap_or(layout.end().max(1));
    (0..=layout.end() / step)
        .map(|count| count * step)
        .map(|time| Tick { along: layout.along_time(time as f64), label: format!("{time}") })
        .collect()
}
