//! Cuts of a run (Mattern 1989; Chandy and Lamport 1985): for each node, a prefix of its events.

use crate::kernel::{EventId, EventKind, MessageId, NodeId, Time, Trace};

/// Places at which each node's line can be cut, and the paths of the messages. Computed once for each run, so that
/// moving a cut costs one short pass over the messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// By node: the events after which its line can be cut.
    places: Vec<Vec<EventId>>,
    /// By node: the times of these events, in virtual ms.
    times: Vec<Vec<Time>>,
    ways: Vec<Way>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Way {
    message: MessageId,
    from: NodeId,
    to: NodeId,
    sent: EventId,
    /// First receipt; [`NEVER`] if there is none.
    received: EventId,
    /// Loss; [`NEVER`] if there is none.
    lost: EventId,
}

const NEVER: EventId = EventId::MAX;

/// A cut: by node, the number of its [places](Lines::places) that are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontier(pub Vec<usize>);

/// Messages that cross a cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crossing {
    /// Messages whose receipt is in and whose sending is not: effects without their causes. A cut without any is
    /// consistent.
    pub orphans: Vec<MessageId>,
    /// Messages whose sending is in and whose receipt is not: the state of the channels. A lost message is among them
    /// while no event in the cut is later than its loss and some events are out.
    pub in_transit: Vec<MessageId>,
}

impl Crossing {
    /// True if the cut could have been a global state: with each event, its causes are in.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        self.orphans.is_empty()
    }
}

impl Lines {
    /// Computes the lines of a run. A loss is no event of a node. A send belongs to the node's previous event at the
    /// same time: in the picture, both are one place.
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
                // The first copy carries the information.
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

    /// Number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.places.len()
    }

    /// Events of a node after which its line can be cut.
    #[must_use]
    pub fn places(&self, node: NodeId) -> &[EventId] {
        &self.places[node.index()]
    }

    /// Times of these events, in virtual ms.
    #[must_use]
    pub fn times(&self, node: NodeId) -> &[Time] {
        &self.times[node.index()]
    }

    /// Number of a node's places among the first `events` events of the run.
    #[must_use]
    pub fn among(&self, node: NodeId, events: EventId) -> usize {
        self.places(node).partition_point(|place| *place < events)
    }

    /// True if an event of a node is in a cut.
    #[must_use]
    pub fn is_in(&self, cut: &Frontier, node: NodeId, event: EventId) -> bool {
        event < self.bound(cut, node)
    }

    /// First event of a node that can be out of a cut.
    fn bound(&self, cut: &Frontier, node: NodeId) -> EventId {
        let last = cut.0[node.index()].checked_sub(1);
        last.map_or(0, |last| self.places(node)[last] + 1)
    }

    /// Returns the messages that cross a cut.
    #[must_use]
    pub fn crossing(&self, cut: &Frontier) -> Crossing {
        let bounds: Vec<_> = (0..self.nodes()).map(|it| self.bound(cut, NodeId::new(it))).collect();
        // A cut that contains all events of nodes is after every loss.
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

    /// Returns the latest consistent cut that is not after this one. Receipts without their sends are removed, with
    /// their effects, until there are none.
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
