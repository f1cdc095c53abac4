//! The network at one moment: who is up, what each node said last, and what travels where.

use super::{
    Graph, Label, LaneState, Point,
    labels::{Placed, elide_to},
};
use crate::kernel::{
    EventId, EventKind, Fate, Fault, Loss, MessageId, NodeId, NodeSet, Scenario, Time, Trace, spell,
};

/// After how many events it is written down what is under way.
const STEP: usize = 256;
/// Where on its link a message starts and ends: beside the nodes' signs. Where one is lost on the way.
const START: f64 = 0.14;
/// See [`START`].
const END: f64 = 0.86;
/// See [`START`].
const MIDDLE: f64 = 0.5;
/// How far beside the middle of its link a message travels.
const BESIDE: f64 = 7.0;
/// How long the cross of a lost message stays, in parts of the run.
const STAYS: u64 = 24;
/// How many characters of a text are written.
const LENGTH: usize = 16;
/// How much room a node's sign takes, and a message's.
const SIGNS: (f64, f64) = (26.0, 14.0);

/// What is to be known of a run to show any moment of its network quickly.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// Every so many events: what is under way then, with the number of its copy.
    under_way: Vec<Vec<(MessageId, usize)>>,
    /// By node: when it stops, stands still and goes on.
    turns: Vec<Vec<(EventId, LaneState)>>,
    /// By node: what it tells its application.
    told: Vec<Vec<EventId>>,
}

impl Traffic {
    /// Looks through a run.
    #[must_use]
    pub fn new(trace: &Trace, nodes: usize) -> Self {
        let mut traffic = Self {
            under_way: Vec::new(),
            turns: vec![Vec::new(); nodes],
            told: vec![Vec::new(); nodes],
        };
        let mut flying = Vec::new();
        for (id, event) in trace.events.iter().enumerate() {
            if id % STEP == 0 {
                traffic.under_way.push(flying.clone());
            }
            fly(trace, id, &mut flying);
            let node = event.node.index();
            match event.kind {
                EventKind::Crash => traffic.turns[node].push((id, LaneState::Down)),
                EventKind::Pause => traffic.turns[node].push((id, LaneState::Paused)),
                EventKind::Recover | EventKind::Resume => {
                    traffic.turns[node].push((id, LaneState::Up));
                }
                EventKind::Indicate { .. } => traffic.told[node].push(id),
                _ => {}
            }
        }
        traffic
    }

    /// The messages that are under way once so many events have happened, each with the number of its copy, in
    /// the order in which they were sent.
    #[must_use]
    pub fn under_way(&self, trace: &Trace, cursor: usize) -> Vec<(MessageId, usize)> {
        let written = (cursor / STEP).min(self.under_way.len().saturating_sub(1));
        let Some(mut flying) = self.under_way.get(written).cloned() else { return Vec::new() };
        for event in written * STEP..cursor {
            fly(trace, event, &mut flying);
        }
        flying
    }

    fn state(&self, node: NodeId, cursor: usize) -> LaneState {
        let turns = &self.turns[node.index()];
        let so_far = turns.partition_point(|(event, _)| *event < cursor);
        so_far.checked_sub(1).map_or(LaneState::Up, |last| turns[last].1)
    }

    fn said(&self, node: NodeId, cursor: usize) -> Option<EventId> {
        let told = &self.told[node.index()];
        let so_far = told.partition_point(|event| *event < cursor);
        so_far.checked_sub(1).map(|last| told[last])
    }
}

/// What an event changes in what is under way.
fn fly(trace: &Trace, id: EventId, flying: &mut Vec<(MessageId, usize)>) {
    match trace.events[id].kind {
        EventKind::Send(message) => {
            flying.extend((0..=trace.messages[message].copies.len()).map(|copy| (message, copy)));
        }
        EventKind::Receive(_) | EventKind::Lose(..) => {
            flying.retain(|&(message, copy)| fate(trace, message, copy).event() != Some(id));
        }
        _ => {}
    }
}

fn fate(trace: &Trace, message: MessageId, copy: usize) -> Fate {
    let message = &trace.messages[message];
    if copy == 0 { message.fate } else { message.copies[copy - 1] }
}

/// The network at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenery {
    /// The nodes, in the order of the graph's places.
    pub nodes: Vec<NodeNow>,
    /// What travels.
    pub flights: Vec<Flight>,
    /// Links that nothing passes, by their places in the graph.
    pub cut: Vec<usize>,
    /// Who is together while the network is split.
    pub sides: Vec<NodeSet>,
}

/// A node at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeNow {
    /// Which.
    pub node: NodeId,
    /// What it does.
    pub state: LaneState,
    /// The last that it told its application.
    pub said: Option<EventId>,
    /// The same, where there is room.
    pub label: Option<Label>,
}

/// A message at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Flight {
    /// Which.
    pub message: MessageId,
    /// Where it comes from.
    pub from: Point,
    /// Where it is.
    pub at: Point,
    /// Whether it was lost there a moment ago.
    pub lost: bool,
    /// What it says, where there is room.
    pub label: Option<Label>,
}

impl Scenery {
    /// The network once so many events have happened and it is `time` ms.
    #[must_use]
    pub fn at(
        (scenario, trace): (&Scenario, &Trace),
        graph: &Graph,
        traffic: &Traffic,
        (cursor, time): (usize, f64),
    ) -> Self {
        let sides = sides(scenario, time as Time);
        let dead = |from: NodeId, to: NodeId| {
            let side = |node| sides.iter().position(|side: &NodeSet| side.contains(node));
            let apart = !sides.is_empty() && (side(from) != side(to) || side(from).is_none());
            apart
                || scenario.faults.iter().any(|fault| {
                    matches!(*fault, Fault::Cut { from: a, to: b, at, until }
                if (a, b) == (from, to) && (at..until).contains(&(time as Time)))
                })
        };
        let cut = graph.links.iter().enumerate().filter(|(_, link)| {
            let [one, other] = link.nodes;
            dead(one, other) || dead(other, one)
        });
        let cut = cut.map(|(place, _)| place).collect();
        let mut placed = Placed::new(graph.width, graph.height);
        for place in &graph.places {
            placed.block(place.at, SIGNS.0);
            if let Some(label) = &place.label {
                let half = label.text.chars().count() as f64 * 3.5;
                let end = |dx: f64| Point { x: label.at.x + dx, y: label.at.y };
                placed.block_line(end(-half), end(half), 12.0);
            }
        }
        let mut flights = flights(trace, graph, traffic, (cursor, time));
        flights.iter().for_each(|flight| placed.block(flight.at, SIGNS.1));
        let nodes = graph.places.iter().map(|place| {
            let said = traffic.said(place.node, cursor);
            let label = said.and_then(|event| {
                let text = text_of(scenario, trace, event)?;
                let half = text.chars().count() as f64 * 3.5 + 14.0;
                let beside = [(0.0, 34.0), (0.0, -34.0), (half, 14.0), (-half, 14.0), (0.0, -20.0)];
                let beside =
                    beside.map(|(dx, dy)| Point { x: place.at.x + dx, y: place.at.y + dy });
                placed.place(&text, beside).map(|at| Label { at, text })
            });
            NodeNow { node: place.node, state: traffic.state(place.node, cursor), said, label }
        });
        let nodes = nodes.collect();
        for flight in &mut flights {
            let text = spell(&trace.messages[flight.message].packet.to_string(), &scenario.nodes);
            let text = elide_to(&text, LENGTH);
            let half = text.chars().count() as f64 * 3.5 + 10.0;
            let beside = [(half, 0.0), (-half, 0.0), (0.0, -15.0), (0.0, 15.0)];
            let beside = beside.map(|(dx, dy)| Point { x: flight.at.x + dx, y: flight.at.y + dy });
            flight.label = placed.place(&text, beside).map(|at| Label { at, text });
        }
        Self { nodes, flights, cut, sides }
    }
}

/// Who is together while the network is split; nobody while it is not.
fn sides(scenario: &Scenario, time: Time) -> Vec<NodeSet> {
    let mut sides = scenario.faults.iter().filter_map(|fault| match fault {
        Fault::Partition { groups, at, until } if (*at..*until).contains(&time) => {
            Some(groups.clone())
        }
        _ => None,
    });
    sides.next().unwrap_or_default()
}

fn text_of(scenario: &Scenario, trace: &Trace, event: EventId) -> Option<String> {
    let EventKind::Indicate { packet, .. } = &trace.events[event].kind else { return None };
    Some(elide_to(&spell(&packet.to_string(), &scenario.nodes), LENGTH))
}

fn flights(
    trace: &Trace,
    graph: &Graph,
    traffic: &Traffic,
    (cursor, time): (usize, f64),
) -> Vec<Flight> {
    let flight = |message: MessageId, share: f64, lost: bool| {
        let name = trace.messages[message].name;
        let end = |node: NodeId| graph.places[node.index()].at;
        let (from, to) = (end(name.from), end(name.to));
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let length = dx.hypot(dy).max(1.0);
        let (aside_x, aside_y) = (-dy / length * BESIDE, dx / length * BESIDE);
        let at = |share: f64| Point {
            x: from.x + dx * share + aside_x,
            y: from.y + dy * share + aside_y,
        };
        Flight { message, from: at(START), at: at(share), lost, label: None }
    };
    let under_way = traffic.under_way(trace, cursor).into_iter().map(|(message, copy)| {
        let fate = fate(trace, message, copy);
        let since = trace.events[trace.messages[message].sent].time as f64;
        let (until, stop) = match fate {
            Fate::InFlight { due } => (due, END),
            Fate::Received(event) => (trace.events[event].time, END),
            Fate::Lost(event, loss) => (trace.events[event].time, stop(loss)),
        };
        let whole = (until as f64 - since).max(1.0);
        let share = ((time - since) / whole).clamp(0.0, 1.0);
        flight(message, START + (stop - START) * share, false)
    });
    let mut flights: Vec<_> = under_way.collect();
    let since = (time as Time).saturating_sub(trace.end / STAYS);
    let recent = trace.events[..cursor.min(trace.events.len())].iter().rev();
    for event in recent.take(STEP).take_while(|event| event.time >= since) {
        if let EventKind::Lose(message, loss) = event.kind {
            flights.push(flight(message, stop(loss), true));
        }
    }
    flights
}

/// Where on its link a message is lost.
const fn stop(loss: Loss) -> f64 {
    match loss {
        Loss::Crashed | Loss::Omission(_) => END,
        _ => MIDDLE,
    }
}
