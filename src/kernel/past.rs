//! The past of each event of a run, for monitors that ask for it.

use super::{Event, EventKind, NodeId};

/// The past of an event, itself included (Lamport 1978): for each node, the number of its events that
/// happened before. An event e happened before an event f if the past of f contains as many events of e's
/// node as the past of e.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Past(Vec<u32>);

impl Past {
    /// Returns the number of a node's events in this past.
    #[must_use]
    pub fn reaches(&self, node: NodeId) -> u32 {
        self.0[node.index()]
    }
}

/// Computes pasts, event by event.
#[derive(Clone, Debug)]
pub struct Pasts {
    nodes: Vec<Past>,
    /// For each message, the past of its send event.
    sent: Vec<Past>,
}

impl Pasts {
    /// Returns the state before the first event of a run with this number of nodes.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self { nodes: vec![Past(vec![0; nodes]); nodes], sent: Vec::new() }
    }

    /// Returns the past of the next event of the trace.
    pub fn next(&mut self, event: &Event) -> &Past {
        let past = &mut self.nodes[event.node.index()];
        past.0[event.node.index()] += 1;
        match event.kind {
            // Messages are numbered as they are sent.
            EventKind::Send(_) => self.sent.push(past.clone()),
            EventKind::Receive(message) => {
                for (mine, other) in past.0.iter_mut().zip(&self.sent[message].0) {
                    *mine = (*mine).max(*other);
                }
            }
            _ => {}
        }
        past
    }
}
