//! Logical time of any run, independent of its protocol: Lamport's clock (Lamport 1978) and vector time (Mattern 1989,
//! Fidge 1988).
//!
//! Only events that [count](super::counts) have stamps; consecutive sends of a node at one moment are one event. A
//! Lamport clock advances by one at each event and, at a receipt, beyond the sender's clock. A vector holds, by node,
//! the number of known events. One event happened before another exactly if its vector is smaller.

use std::{cell::RefCell, ops::Range, rc::Rc};

use super::cone::Rows;
use crate::kernel::{EventId, EventKind, Trace};

/// The logical time of every event of a run.
#[derive(Clone, Debug)]
pub struct Stamps {
    /// By event: Lamport's clock; 0 for an event that does not count.
    lamport: Vec<u32>,
    /// By event: the number of events of its node so far.
    own: Vec<u32>,
    vectors: RefCell<Vectors>,
}

/// Largest total length of the vectors of a stretch: 16 MB.
const STRETCH: usize = 1 << 22;
/// Largest number of stretches kept.
const KEPT: usize = 2;

/// Vectors of a few stretches of a run. All vectors of a run of a million events among 128 nodes would take hundreds
/// of megabytes, and few of them are ever shown.
#[derive(Clone, Debug)]
struct Vectors {
    /// Number of events in a stretch.
    length: usize,
    /// The kept stretches, the latest last.
    kept: Vec<Stretch>,
    pass: Pass,
}

/// Number of known events of each node.
type Known = Rc<Vec<u32>>;

/// Consecutive events, each with the knowledge of its node as of that node's last receipt.
#[derive(Clone, Debug)]
struct Stretch {
    events: Range<EventId>,
    known: Vec<Known>,
}

/// State of a pass over a run from its beginning.
#[derive(Clone, Debug)]
struct Pass {
    /// The next event.
    next: EventId,
    /// The next message to be sent.
    sent: usize,
    /// Each node's knowledge, as of its last receipt.
    known: Vec<Known>,
    /// By message that is still to be received: its sender's knowledge, and the number of receipts to come.
    under_way: Vec<Option<(Known, u32)>>,
}

impl Stamps {
    /// Computes the Lamport clocks in a pass over the run. Vectors are computed on demand.
    #[must_use]
    pub fn of(trace: &Trace, nodes: usize) -> Self {
        let count = trace.events.len();
        let (mut lamport, mut own) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut rows = Rows::new(nodes);
        // By node: its clock, and its number of events.
        let mut now = vec![(0_u32, 0_u32); nodes];
        for event in &trace.events {
            let begins = rows.begins(event);
            let here = &mut now[event.node.index()];
            here.0 += u32::from(begins);
            here.1 += u32::from(begins);
            if let EventKind::Receive(message) = event.kind {
                let sent: EventId = trace.messages[message].sent;
                here.0 = here.0.max(lamport[sent] + 1);
            }
            lamport.push(if super::counts(&event.kind) { here.0 } else { 0 });
            own.push(here.1);
        }
        let length = (STRETCH / nodes.max(1)).max(1);
        let vectors = Vectors { length, kept: Vec::new(), pass: Pass::new(trace, nodes) };
        Self { lamport, own, vectors: RefCell::new(vectors) }
    }

    /// Lamport's clock at an event; none if the event does not count.
    #[must_use]
    pub fn lamport(&self, event: EventId) -> Option<u32> {
        self.lamport.get(event).copied().filter(|stamp| *stamp > 0)
    }

    /// Vector of an event, by node; none if the event does not count. The trace must be that of the stamps.
    #[must_use]
    pub fn vector(&self, trace: &Trace, event: EventId) -> Option<Vec<u32>> {
        self.lamport(event)?;
        let known = self.vectors.borrow_mut().known(trace, &self.own, event);
        let mut vector = Rc::unwrap_or_clone(known);
        vector[trace.events[event].node.index()] = self.own[event];
        Some(vector)
    }
}

impl Vectors {
    /// Knowledge of an event's node, as of the node's last receipt.
    fn known(&mut self, trace: &Trace, own: &[u32], event: EventId) -> Known {
        if let Some(stretch) = self.kept.iter().find(|it| it.events.contains(&event)) {
            return Rc::clone(&stretch.known[event - stretch.events.start]);
        }
        let start = event / self.length * self.length;
        let events = start..(start + self.length).min(trace.events.len());
        if self.pass.next > start {
            self.pass = Pass::new(trace, self.pass.known.len());
        }
        while self.pass.next < start {
            self.pass.step(trace, own);
        }
        let mut known = Vec::with_capacity(events.len());
        while self.pass.next < events.end {
            let node = trace.events[self.pass.next].node;
            self.pass.step(trace, own);
            known.push(Rc::clone(&self.pass.known[node.index()]));
        }
        if self.kept.len() == KEPT {
            self.kept.remove(0);
        }
        let asked = Rc::clone(&known[event - start]);
        self.kept.push(Stretch { events, known });
        asked
    }
}

impl Pass {
    fn new(trace: &Trace, nodes: usize) -> Self {
        let nothing = Rc::new(vec![0; nodes]);
        let mut under_way = vec![None; trace.messages.len()];
        for event in &trace.events {
            if let EventKind::Receive(message) = event.kind {
                under_way[message].get_or_insert_with(|| (Rc::clone(&nothing), 0)).1 += 1;
            }
        }
        Self { next: 0, sent: 0, known: vec![nothing; nodes], under_way }
    }

    fn step(&mut self, trace: &Trace, own: &[u32]) {
        let event = &trace.events[self.next];
        let known = &mut self.known[event.node.index()];
        while trace.messages.get(self.sent).is_some_and(|message| message.sent <= self.next) {
            if let Some((knew, _)) = &mut self.under_way[self.sent] {
                *knew = Rc::clone(known);
            }
            self.sent += 1;
        }
        if let EventKind::Receive(id) = event.kind
            && let Some((told, left)) = &mut self.under_way[id]
        {
            let sent = trace.messages[id].sent;
            let known = Rc::make_mut(known);
            for (mine, theirs) in known.iter_mut().zip(told.iter()) {
                *mine = (*mine).max(*theirs);
            }
            let sender = &mut known[trace.events[sent].node.index()];
            *sender = (*sender).max(own[sent]);
            *left -= 1;
            if *left == 0 {
                self.under_way[id] = None;
            }
        }
        self.next += 1;
    }
}
