//! The network at one moment: the nodes' states, their last indications, and the messages in transit.

use super::{
    Graph, Label, LaneState, Point,
    labels::{Placed, elide_to, half_width},
};
use crate::kernel::{
    EventId, EventKind, Fate, Fault, Loss, MessageId, NodeId, NodeSet, Scenario, Time, Trace, spell,
};

/// Number of events between two checkpoints of the messages in transit.
const STEP: usize = 1_024;
/// Largest number of messages in a checkpoint, and of messages drawn: half of them are the oldest in transit, the
/// others the newest.
const MOST: usize = 512;
/// Largest number of messages drawn one by one; the others are drawn as one path.
const ALONE: usize = 80;
/// Largest number of nodes at which a node has room for its last indication.
const WIDE: usize = 40;
/// Number of events before the playhead that are searched for losses.
const RECENT: usize = 256;
/// Start of a message on its link, as a share of the link: beside the sender's sign.
const START: f64 = 0.14;
/// End of a message on its link: beside the receiver's sign.
const END: f64 = 0.86;
/// Place on its link of a message lost in transit.
const MIDDLE: f64 = 0.5;
/// Distance between a message and the middle of its link.
const BESIDE: f64 = 7.0;
/// Time for which the cross of a lost message is shown: one of this many parts of the run.
const STAYS: u64 = 24;
/// Largest number of characters written of a text.
const LENGTH: usize = 16;
/// Sizes of a node's sign and of a message's.
const SIGNS: (f64, f64) = (26.0, 14.0);

/// A message and the number of a copy of it: 0 is the original.
type Copy = (MessageId, usize);

/// Index of a run for showing any moment of its network quickly.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// Messages in transit after every [`STEP`] events.
    under_way: Vec<UnderWay>,
    /// By node: the events at which it crashes, pauses and resumes.
    turns: Vec<Vec<(EventId, LaneState)>>,
    /// By node: its indications.
    told: Vec<Vec<EventId>>,
    /// Messages in transit after the indexed events, and the number of these.
    flying: Flying,
    seen: EventId,
}

/// Messages in transit at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnderWay {
    /// Number of copies in transit.
    pub count: usize,
    /// At most some hundreds of them, in the order of sending, each with the number of its copy.
    pub some: Vec<Copy>,
}

/// Messages in transit during a pass over a run, as a doubly linked list: removal takes constant time.
#[derive(Clone, Debug, Default)]
struct Flying {
    /// All copies sent so far, in order, each with the places of its neighbours in transit.
    all: Vec<(Copy, Neighbours)>,
    /// By message: the place of its original.
    places: Vec<usize>,
    ends: Neighbours,
    count: usize,
}

/// Places of the previous and the next item; for the whole list, of its last and its first item.
type Neighbours = (Option<usize>, Option<usize>);

impl Flying {
    fn send(&mut self, message: MessageId, copies: usize) {
        if self.places.len() <= message {
            self.places.resize(message + 1, usize::MAX);
        }
        self.places[message] = self.all.len();
        for copy in 0..=copies {
            let place = Some(self.all.len());
            let last = self.ends.0;
            self.neighbours(last).1 = place;
            self.ends.0 = place;
            self.all.push(((message, copy), (last, None)));
            self.count += 1;
        }
    }

    fn end(&mut self, message: MessageId, copy: usize) {
        let (_, (before, after)) = self.all[self.places[message] + copy];
        self.neighbours(before).1 = after;
        self.neighbours(after).0 = before;
        self.count -= 1;
    }

    /// Neighbours of the item at a place; without a place, the ends of the list.
    fn neighbours(&mut self, place: Option<usize>) -> &mut Neighbours {
        match place {
            Some(place) => &mut self.all[place].1,
            None => &mut self.ends,
        }
    }

    fn written(&self) -> UnderWay {
        let walk = |from: Option<usize>, on: fn(&Neighbours) -> Option<usize>| {
            std::iter::successors(from, move |place| on(&self.all[*place].1))
                .map(|place| self.all[place].0)
        };
        let oldest = walk(self.ends.1, |(_, after)| *after);
        if self.count <= MOST {
            return UnderWay { count: self.count, some: oldest.collect() };
        }
        let mut some: Vec<_> = oldest.take(MOST / 2).collect();
        let mut latest: Vec<_> =
            walk(self.ends.0, |(before, _)| *before).take(MOST - MOST / 2).collect();
        latest.reverse();
        some.extend(latest);
        UnderWay { count: self.count, some }
    }
}

impl Traffic {
    /// Indexes a run.
    #[must_use]
    pub fn new(trace: &Trace, nodes: usize) -> Self {
        let mut traffic = Self::begin(nodes);
        traffic.advance(trace, usize::MAX);
        traffic
    }

    /// Begins the index of a run of so many nodes.
    #[must_use]
    pub fn begin(nodes: usize) -> Self {
        let (turns, told) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
        Self { turns, told, ..Self::default() }
    }

    /// Indexes so many further events. True once all are indexed.
    pub fn advance(&mut self, trace: &Trace, events: usize) -> bool {
        let until = self.seen.saturating_add(events).min(trace.events.len());
        for id in self.seen..until {
            self.see(trace, id);
        }
        self.seen = until;
        until == trace.events.len()
    }

    /// True if all events are indexed.
    #[must_use]
    pub fn is_whole(&self, trace: &Trace) -> bool {
        self.seen == trace.events.len()
    }

    fn see(&mut self, trace: &Trace, id: EventId) {
        if id.is_multiple_of(STEP) {
            self.under_way.push(self.flying.written());
        }
        let event = &trace.events[id];
        let node = event.node.index();
        match event.kind {
            EventKind::Send(message) => {
                self.flying.send(message, trace.messages[message].copies.len());
            }
            EventKind::Receive(message) | EventKind::Lose(message, _) => {
                let copies = 0..=trace.messages[message].copies.len();
                for copy in copies {
                    if fate(trace, message, copy).event() == Some(id) {
                        self.flying.end(message, copy);
                    }
                }
            }
            EventKind::Crash => self.turns[node].push((id, LaneState::Down)),
            EventKind::Pause => self.turns[node].push((id, LaneState::Paused)),
            EventKind::Recover | EventKind::Resume => self.turns[node].push((id, LaneState::Up)),
            EventKind::Indicate { .. } => self.told[node].push(id),
            _ => {}
        }
    }

    /// Returns the messages in transit after the first `cursor` events.
    #[must_use]
    pub fn under_way(&self, trace: &Trace, cursor: usize) -> UnderWay {
        let cursor = cursor.min(trace.events.len());
        let written = (cursor / STEP).min(self.under_way.len().saturating_sub(1));
        let Some(UnderWay { mut count, some }) = self.under_way.get(written).cloned() else {
            return UnderWay::default();
        };
        let is_over = |&(message, copy): &Copy| {
            fate(trace, message, copy).event().is_some_and(|event| event < cursor)
        };
        let mut some: Vec<_> = some.into_iter().filter(|copy| !is_over(copy)).collect();
        for (id, event) in trace.events[..cursor].iter().enumerate().skip(written * STEP) {
            match event.kind {
                EventKind::Send(message) => {
                    let copies = trace.messages[message].copies.len();
                    count += copies + 1;
                    some.extend((0..=copies).map(|copy| (message, copy)).filter(|it| !is_over(it)));
                }
                EventKind::Receive(message) | EventKind::Lose(message, _) => {
                    let copies = 0..=trace.messages[message].copies.len();
                    let ended = copies.filter(|&it| fate(trace, message, it).event() == Some(id));
                    count -= ended.count();
                }
                _ => {}
            }
        }
        if some.len() > MOST {
            some.drain(MOST / 2..some.len() - (MOST - MOST / 2));
        }
        UnderWay { count, some }
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

fn fate(trace: &Trace, message: MessageId, copy: usize) -> Fate {
    let message = &trace.messages[message];
    if copy == 0 { message.fate } else { message.copies[copy - 1] }
}

/// The network at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenery {
    /// Nodes, in the order of the graph's places.
    pub nodes: Vec<NodeNow>,
    /// Messages that are drawn one by one.
    pub flights: Vec<Flight>,
    /// Start and present place of the other messages: at most some hundreds.
    pub others: Vec<(Point, Point)>,
    /// Number of messages in transit.
    pub under_way: usize,
    /// Links that no message can pass, by their places in the graph.
    pub cut: Vec<usize>,
    /// Groups of the network while it is partitioned.
    pub sides: Vec<NodeSet>,
}

/// A node at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeNow {
    /// The node.
    pub node: NodeId,
    /// Its state.
    pub state: LaneState,
    /// Its last indication to its application.
    pub said: Option<EventId>,
    /// Text of that indication, if there is room.
    pub label: Option<Label>,
}

/// A message at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Flight {
    /// The message.
    pub message: MessageId,
    /// Place of its sender.
    pub from: Point,
    /// Its present place.
    pub at: Point,
    /// True if it was lost there a moment ago.
    pub lost: bool,
    /// Its text, if there is room.
    pub label: Option<Label>,
}

impl Scenery {
    /// The network after the first `cursor` events, at `time` ms.
    #[must_use]
    pub fn at(
        (scenario, trace): (&Scenario, &Trace),
        graph: &Graph,
        traffic: &Traffic,
        (cursor, time): (usize, f64),
    ) -> Self {
        let sides = sides(scenario, time as Time);
        let dead = DeadLinks::of(scenario, &sides, time as Time);
        let cut = graph.links.iter().enumerate().filter(|(_, link)| {
            let [one, other] = link.nodes;
            dead.has(one, other) || dead.has(other, one)
        });
        let cut = cut.map(|(place, _)| place).collect();
        let mut placed = Placed::new(graph.width, graph.height);
        for place in &graph.places {
            placed.block(place.at, SIGNS.0);
            if let Some(label) = &place.label {
                placed.take(half_width(&label.text), label.at);
            }
        }
        let (mut flights, others, under_way) = flights(trace, graph, traffic, (cursor, time));
        flights.iter().for_each(|flight| placed.block(flight.at, SIGNS.1));
        let nodes = graph.places.iter().map(|place| {
            let said = traffic.said(place.node, cursor);
            let label = said.filter(|_| graph.places.len() <= WIDE).and_then(|event| {
                let text = text_of(scenario, trace, event)?;
                let half = half_width(&text);
                let far = half + 14.0;
                let beside = [(0.0, 34.0), (0.0, -34.0), (far, 14.0), (-far, 14.0), (0.0, -20.0)];
                let beside =
                    beside.map(|(dx, dy)| Point { x: place.at.x + dx, y: place.at.y + dy });
                placed.place(half, beside).map(|at| Label { at, text })
            });
            NodeNow { node: place.node, state: traffic.state(place.node, cursor), said, label }
        });
        let nodes = nodes.collect();
        for flight in &mut flights {
            let text = spell(&trace.messages[flight.message].packet.to_string(), &scenario.nodes);
            let text = elide_to(&text, LENGTH);
            let half = half_width(&text);
            let far = half + 10.0;
            let beside = [(far, 0.0), (-far, 0.0), (0.0, -15.0), (0.0, 15.0)];
            let beside = beside.map(|(dx, dy)| Point { x: flight.at.x + dx, y: flight.at.y + dy });
            flight.label = placed.place(half, beside).map(|at| Label { at, text });
        }
        Self { nodes, flights, others, under_way, cut, sides }
    }
}

/// Links that no message can pass at a moment, collected in one pass over the faults.
struct DeadLinks {
    /// By sender: the receivers to which its link is cut.
    cut: Vec<NodeSet>,
    /// By node: its group while the network is partitioned. A node without one is alone.
    side: Option<Vec<Option<usize>>>,
}

impl DeadLinks {
    fn of(scenario: &Scenario, sides: &[NodeSet], time: Time) -> Self {
        let nodes = scenario.nodes.len();
        let mut cut = vec![NodeSet::EMPTY; nodes];
        for fault in &scenario.faults {
            if let Fault::Cut { from, to, at, until } = *fault
                && (at..until).contains(&time)
            {
                cut[from.index()].insert(to);
            }
        }
        let side = |node| sides.iter().position(|side| side.contains(node));
        let side = (!sides.is_empty()).then(|| (0..nodes).map(NodeId::new).map(side).collect());
        Self { cut, side }
    }

    fn has(&self, from: NodeId, to: NodeId) -> bool {
        let apart = self.side.as_ref().is_some_and(|side| {
            let (one, other) = (side[from.index()], side[to.index()]);
            one.is_none() || one != other
        });
        apart || self.cut[from.index()].contains(to)
    }
}

/// Groups of the network while it is partitioned; empty otherwise.
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

/// Messages that are drawn one by one, paths of the others, and the number of messages in transit.
fn flights(
    trace: &Trace,
    graph: &Graph,
    traffic: &Traffic,
    (cursor, time): (usize, f64),
) -> (Vec<Flight>, Vec<(Point, Point)>, usize) {
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
    let UnderWay { count, some } = traffic.under_way(trace, cursor);
    let under_way = some.into_iter().map(|(message, copy)| {
        let fate = fate(trace, message, copy);
        let since = trace.events[trace.messages[message].sent].time as f64;
        let (until, stop) = match fate {
            Fate::InTransit { due } => (due, END),
            Fate::Received(event) => (trace.events[event].time, END),
            Fate::Lost(event, loss) => (trace.events[event].time, stop(loss)),
        };
        let whole = (until as f64 - since).max(1.0);
        let share = ((time - since) / whole).clamp(0.0, 1.0);
        flight(message, START + (stop - START) * share, false)
    });
    let mut flights: Vec<_> = under_way.collect();
    let alone = if graph.places.len() > WIDE { ALONE / 4 } else { ALONE };
    let rest = flights.split_off(flights.len().min(alone));
    let rest = rest.into_iter().map(|flight| (flight.from, flight.at)).collect();
    let since = (time as Time).saturating_sub(trace.end / STAYS);
    let recent = trace.events[..cursor.min(trace.events.len())].iter().rev();
    let recent = recent.take(RECENT).take_while(|event| event.time >= since);
    let losses = recent.filter_map(|event| match event.kind {
        EventKind::Lose(message, loss) => Some(flight(message, stop(loss), true)),
        _ => None,
    });
    flights.extend(losses.take(alone));
    (flights, rest, count)
}

/// Place on its link at which a message is lost.
const fn stop(loss: Loss) -> f64 {
    match loss {
        Loss::Crashed | Loss::Omission(_) => END,
        _ => MIDDLE,
    }
}
