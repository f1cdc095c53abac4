//! Cuts of a run (Mattern 1989; Chandy and Lamport 1985): by node, how much of what happened there is in.

use crate::kernel::{EventId, EventKind, MessageId, NodeId, Time, Trace};

/// What cuts of a run are made of: each node's places where one can be made, and the ways of the messages.
/// Worked out once a run, so that to move a cut costs a short pass over the messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// By node: the events after each of which it can be cut.
    places: Vec<Vec<EventId>>,
    /// By node: when they happened, in virtual ms.
    times: Vec<Vec<Time>>,
    ways: Vec<Way>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Way {
    message: MessageId,
    from: NodeId,
    to: NodeId,
    sent: EventId,
    /// What never came is on its way for ever, if it is not lost.
    received: EventId,
    /// When it was lost.
    lost: EventId,
}

const NEVER: EventId = EventId::MAX;

/// A cut: by node, how many of its [places](Lines::places) are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontier(pub Vec<usize>);

/// What is said of a cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crossing {
    /// The messages whose receipt is in and whose sending is not: effects without their causes. A cut is
    /// consistent if it has none.
    pub orphans: Vec<MessageId>,
    /// The messages whose sending is in and whose receipt is not: they are in the channels. One that is lost in
    /// the end is among them, as long as the events that are in reach no further than its loss and some are out.
    pub in_transit: Vec<MessageId>,
}

impl Crossing {
    /// Whether it could have been a global state: whatever is in, its causes are too.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        self.orphans.is_empty()
    }
}

impl Lines {
    /// Of a run. A loss is no event of a node. What a node sends belongs to what it did just before: in the
    /// picture, both are one place.
    #[must_use]
    pub fn of(trace: &Trace, nodes: usize) -> Self {
        let (mut places, mut times) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
        let mut ways: Vec<Way> = Vec::with_capacity(trace.messages.len());
        for (id, event) in trace.events.iter().enumerate() {
            let node = event.node.index();
            let (places, times): (&mut Vec<_>, &mut Vec<_>) = (&mut places[node], &mut times[node]);
            match event.kind {
                EventKind::Lose(message, _) => {
                    ways[message].lost = id;
                    continue;
                }
                EventKind::Send(message) => {
                    let to = trace.messages[message].name.to;
                    let from = event.node;
                    ways.push(Way { message, from, to, sent: id, received: NEVER, lost: NEVER });
                    if let Some(last) =
                        places.last_mut().filter(|_| times.last() == Some(&event.time))
                    {
                        *last = id;
                        continue;
                    }
                }
                // The first copy tells what the message says.
                EventKind::Receive(message) => {
                    ways[message].received = ways[message].received.min(id);
                }
                _ => {}
            }
            places.push(id);
            times.push(event.time);
        }
        Self { places, times, ways }
    }

    /// How many nodes there are.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.places.len()
    }

    /// The events of a node after each of which it can be cut.
    #[must_use]
    pub fn places(&self, node: NodeId) -> &[EventId] {
        &self.places[node.index()]
    }

    /// When they happened, in virtual ms.
    #[must_use]
    pub fn times(&self, node: NodeId) -> &[Time] {
        &self.times[node.index()]
    }

    /// How many of a node's places are among the first `events` events of the run.
    #[must_use]
    pub fn among(&self, node: NodeId, events: EventId) -> usize {
        self.places(node).partition_point(|place| *place < events)
    }

    /// Whether an event of a node is in a cut.
    #[must_use]
    pub fn is_in(&self, cut: &Frontier, node: NodeId, event: EventId) -> bool {
        event < self.bound(cut, node)
    }

    /// The first event of a node that could be out.
    fn bound(&self, cut: &Frontier, node: NodeId) -> EventId {
        let last = cut.0[node.index()].checked_sub(1);
        last.map_or(0, |last| self.places(node)[last] + 1)
    }

    /// What crosses a cut.
    #[must_use]
    pub fn crossing(&self, cut: &Frontier) -> Crossing {
        let bounds: Vec<_> = (0..self.nodes()).map(|it| self.bound(cut, NodeId::new(it))).collect();
        // In a cut that holds everything that happens at nodes, every loss is over.
        let is_whole = (0..self.nodes()).all(|it| cut.0[it] == self.places[it].len());
        let furthest = if is_whole { NEVER } else { bounds.iter().copied().max().unwrap_or(0) };
        let mut crossing = Crossing::default();
        for way in &self.ways {
            let sent = way.sent < bounds[way.from.index()];
            let received = way.received < bounds[way.to.index()];
            let gone = way.received == NEVER && way.lost < furthest;
            if received && !sent {
                crossing.orphans.push(way.message);
            } else if sent && !received && !gone {
                crossing.in_transit.push(way.message);
            }
        }
        crossing
    }

    /// The latest consistent cut that is not after this one: whatever is an effect without its cause is taken
    /// back, and what came of that, until nothing is.
    #[must_use]
    pub fn mended(&self, cut: &Frontier) -> Frontier {
        let mut cut = cut.clone();
        loop {
            let orphans = self.crossing(&cut).orphans;
            if orphans.is_empty() {
                return cut;
            }
            for message in orphans {
                let way = self.ways[message];
                let before = self.among(way.to, way.received);
                let place = &mut cut.0[way.to.index()];
                *place = before.min(*place);
            }
        }
    }
}
