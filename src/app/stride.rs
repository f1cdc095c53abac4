//! What a step goes to: the next event, the next of one node, the next delivery, the next violation.

use super::{Selection, State};
use crate::{
    formats::Outcome,
    kernel::{EventKind, Kind, NodeId, Verdict},
};

/// What a step forward goes to, and a step back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stride {
    /// An event.
    #[default]
    Event,
    /// An event of this node.
    Node(NodeId),
    /// Something that the protocol tells an application: a delivery, a view, a decision…
    Delivery,
    /// The moment at which a property is violated: for safety the event that completes it; liveness is
    /// violated in the end.
    Violation,
}

impl Stride {
    /// All of them in a group of so many nodes.
    pub fn all(nodes: usize) -> impl Iterator<Item = Self> {
        let others = [Self::Event, Self::Delivery, Self::Violation];
        others.into_iter().chain((0..nodes).map(NodeId::new).map(Self::Node))
    }

    /// What it goes to, in a word or two.
    #[must_use]
    pub fn name(self, run: &Outcome) -> String {
        match self {
            Self::Event => "event".to_owned(),
            Self::Node(node) => format!("event of {}", run.scenario.name(node)),
            Self::Delivery => "delivery".to_owned(),
            Self::Violation => "violation".to_owned(),
        }
    }

    /// After how many events a step forward stops, where so many have happened: in the end, if there is
    /// nothing more to stop at.
    #[must_use]
    pub fn next(self, run: &Outcome, cursor: usize) -> usize {
        let end = run.trace.events.len();
        let later = || (cursor + 1)..=end;
        let stop = match self {
            Self::Violation => violations(run).into_iter().find(|stop| *stop > cursor),
            _ => later().find(|stop| self.stops_after(run, *stop)),
        };
        stop.unwrap_or(end)
    }

    /// The same for a step back: in the beginning, if there is nothing earlier.
    #[must_use]
    pub fn previous(self, run: &Outcome, cursor: usize) -> usize {
        let stop = match self {
            Self::Violation => violations(run).into_iter().rev().find(|stop| *stop < cursor),
            _ => (1..cursor).rev().find(|stop| self.stops_after(run, *stop)),
        };
        stop.unwrap_or(0)
    }

    /// Whether it stops after so many events, at least one. Not asked of violations.
    fn stops_after(self, run: &Outcome, cursor: usize) -> bool {
        let event = &run.trace.events[cursor - 1];
        match self {
            Self::Event | Self::Violation => true,
            // A loss happens in the network, though it is written down at the receiver.
            Self::Node(node) => event.node == node && !matches!(event.kind, EventKind::Lose(..)),
            Self::Delivery => matches!(event.kind, EventKind::Indicate { .. }),
        }
    }
}

/// After how many events a property is violated that was not before, in order.
#[must_use]
pub fn violations(run: &Outcome) -> Vec<usize> {
    let violated = run.report.judgements.iter().filter_map(|judgement| {
        let Verdict::Violated { witness, .. } = &judgement.verdict else { return None };
        match judgement.property.kind {
            Kind::Safety => witness.iter().max().map(|last| last + 1),
            Kind::Liveness => Some(run.trace.events.len()),
        }
    });
    let mut stops: Vec<_> = violated.collect();
    stops.sort_unstable();
    stops.dedup();
    stops
}

impl State {
    /// The node whose events are stepped through: the one that is picked, or steps go by, or else the one
    /// of the latest event.
    #[must_use]
    pub fn subject(&self) -> NodeId {
        let trace = &self.run.trace;
        let stepped = match self.study.stride {
            Stride::Node(node) => Some(node),
            _ => None,
        };
        let latest = || {
            let event = trace.events.get(self.playhead.cursor.saturating_sub(1));
            event.map_or(NodeId::new(0), |event| event.node)
        };
        self.picked_node().or(stepped).unwrap_or_else(latest)
    }

    fn picked_node(&self) -> Option<NodeId> {
        match self.selection? {
            Selection::Message(name) => Some(name.to),
            Selection::Event(event) => Some(self.run.trace.events.get(event)?.node),
            Selection::Moment { node, .. } => Some(node),
        }
    }
}

/// What a step came to, where that is not seen at once: that there was nothing to go to.
pub(super) fn said(run: &Outcome, stride: Stride, cursor: usize) -> String {
    let (what, end) = (stride.name(run), run.trace.events.len());
    match cursor {
        _ if stride == Stride::Event => String::new(),
        0 => format!("No earlier {what}: this is the beginning."),
        _ if cursor == end && !violations(run).contains(&end) && stride == Stride::Violation => {
            "No later violation: this is the end.".to_owned()
        }
        _ if cursor == end && stride != Stride::Violation && !stride.stops_after(run, end) => {
            format!("No later {what}: this is the end.")
        }
        _ => String::new(),
    }
}
