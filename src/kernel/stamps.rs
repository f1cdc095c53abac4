//! Logical time: Lamport's clock (Lamport 1978) and vector time (Mattern 1989, Fidge 1988), of any run, whatever
//! its protocol does itself.
//!
//! An event is what [`counts`](super::counts); what a node sends in a row at one moment is one. A Lamport clock
//! goes on by one with each event and, at a receipt, beyond what the sender's showed. A vector counts, by node,
//! how many events are known: one event happened before another exactly if its vector is smaller.

use super::{Event, EventId, EventKind, Trace, cone::Rows};

/// The logical time of every event of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamps {
    nodes: usize,
    /// By event: Lamport's clock; 0 for what does not count.
    lamport: Vec<u32>,
    /// By event: how many its own node had.
    own: Vec<u32>,
    /// By event: which row of `known` it goes by.
    row: Vec<u32>,
    /// What nodes know of each other changes at receipts only: a row for each of those, and one for the beginning.
    known: Vec<u32>,
}

impl Stamps {
    /// Works them out: a pass over the run.
    #[must_use]
    pub fn of(trace: &Trace, nodes: usize) -> Self {
        Self::worked_out(trace, nodes, true)
    }

    /// Works out Lamport's clocks alone: of a long run among many nodes the vectors take hundreds of megabytes.
    #[must_use]
    pub fn lamport_of(trace: &Trace, nodes: usize) -> Self {
        Self::worked_out(trace, nodes, false)
    }

    fn worked_out(trace: &Trace, nodes: usize, with_vectors: bool) -> Self {
        let count = trace.events.len();
        let (mut lamport, mut own, mut row) =
            (Vec::with_capacity(count), Vec::with_capacity(count), Vec::with_capacity(count));
        let is_receipt = |event: &&Event| matches!(event.kind, EventKind::Receive(_));
        let receipts = trace.events.iter().filter(is_receipt).count();
        // Made as large as it will be: growing, it would be twice as large for a moment.
        let mut known = Vec::with_capacity(if with_vectors { (receipts + 1) * nodes } else { 0 });
        known.resize(if with_vectors { nodes } else { 0 }, 0);
        let mut rows = Rows::new(nodes);
        // By node: its clock, how many events it had, and its row.
        let mut now = vec![(0_u32, 0_u32, 0_u32); nodes];
        for event in &trace.events {
            let me = event.node.index();
            let begins = rows.begins(event);
            let here = &mut now[me];
            here.0 += u32::from(begins);
            here.1 += u32::from(begins);
            if let EventKind::Receive(message) = event.kind {
                let sent: EventId = trace.messages[message].sent;
                here.0 = here.0.max(lamport[sent] + 1);
                if with_vectors {
                    let from = trace.events[sent].node.index();
                    let (theirs, mine) = (row[sent] as usize * nodes, here.2 as usize * nodes);
                    let next = known.len();
                    for node in 0..nodes {
                        let told = if node == from { own[sent] } else { known[theirs + node] };
                        known.push(told.max(known[mine + node]));
                    }
                    here.2 = (next / nodes) as u32;
                }
            }
            let counts = super::counts(&event.kind);
            lamport.push(if counts { here.0 } else { 0 });
            own.push(here.1);
            row.push(here.2);
        }
        Self { nodes, lamport, own, row, known }
    }

    /// Lamport's clock at an event; none at what does not count.
    #[must_use]
    pub fn lamport(&self, event: EventId) -> Option<u32> {
        self.lamport.get(event).copied().filter(|stamp| *stamp > 0)
    }

    /// An event's vector, by node; none of what does not count, or where vectors were not worked out. `at` is the
    /// event's node's place.
    #[must_use]
    pub fn vector(&self, event: EventId, at: usize) -> Option<Vec<u32>> {
        self.lamport(event)?;
        let from = self.row[event] as usize * self.nodes;
        let mut vector = self.known.get(from..from + self.nodes)?.to_vec();
        vector[at] = self.own[event];
        Some(vector)
    }
}
