//! Targets of a step: the next event, the next one of a node, the next delivery, the next violation.

use super::{Playhead, Run, Selection, State, text};
use crate::{
    kernel::{EventKind, Kind, NodeId, Time, Verdict},
    runs::Outcome,
};

/// Target of a step forward or back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stride {
    /// An event.
    #[default]
    Event,
    /// An event of this node.
    Node(NodeId),
    /// A report of the protocol to an application: a delivery, a view, a decision…
    Delivery,
    /// The moment at which a property is violated: for safety after the event that completes the violation, for
    /// liveness at the end.
    Violation,
}

impl Stride {
    /// Returns all targets in a group of this number of nodes.
    pub fn all(nodes: usize) -> impl Iterator<Item = Self> {
        let others = [Self::Event, Self::Delivery, Self::Violation];
        others.into_iter().chain((0..nodes).map(NodeId::new).map(Self::Node))
    }

    /// Returns the name of the target, in a word or two.
    #[must_use]
    pub fn name(self, run: &Outcome) -> String {
        match self {
            Self::Event => text::stride::EVENT.to_owned(),
            Self::Node(node) => text::stride::event_of(&run.scenario.name(node)),
            Self::Delivery => text::stride::DELIVERY.to_owned(),
            Self::Violation => text::stride::VIOLATION.to_owned(),
        }
    }

    /// Returns the number of events after which a step forward stops, from this number of events; none if there is no
    /// further stop.
    #[must_use]
    pub fn next(self, run: &Outcome, cursor: usize) -> Option<usize> {
        let end = run.trace.events.len();
        match self {
            Self::Violation => violations(run).into_iter().find(|stop| *stop > cursor),
            _ => ((cursor + 1)..=end).find(|stop| self.stops_after(run, *stop)),
        }
    }

    /// The same for a step back.
    #[must_use]
    pub fn previous(self, run: &Outcome, cursor: usize) -> Option<usize> {
        match self {
            Self::Violation => violations(run).into_iter().rev().find(|stop| *stop < cursor),
            _ => (1..cursor).rev().find(|stop| self.stops_after(run, *stop)),
        }
    }

    /// True if it stops after this number of events, at least one. Not used for violations.
    fn stops_after(self, run: &Outcome, cursor: usize) -> bool {
        let event = &run.trace.events[cursor - 1];
        match self {
            Self::Event | Self::Violation => true,
            // A loss happens in the network, though the trace records it at the receiver.
            Self::Node(node) => event.node == node && !matches!(event.kind, EventKind::Lose(..)),
            Self::Delivery => matches!(event.kind, EventKind::Indicate { .. }),
        }
    }
}

/// Returns the numbers of events after which a property is newly violated, in order.
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
    /// Returns the node for steps from event to event of one node: the node of the selection, or else of the current
    /// target, or else of the latest event.
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

impl State {
    /// True if nothing is left to happen, in the run that is shown and in the one beside it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let second = self.compare.as_ref().is_none_or(|compare| {
            Playhead::at(&compare.run, self.playhead.time).is_at_end(&compare.run)
        });
        self.playhead.is_at_end(&self.run) && second
    }
}

/// Returns the state after a step: to the next stop of either run, or to the previous one.
pub(super) fn step(state: State, by: Stride, forward: bool) -> State {
    if forward && state.is_over() {
        return state;
    }
    let (run, Playhead { time, cursor }) = (&state.run, state.playhead);
    // The second run is shown up to the moment of the playhead.
    let beside = state.compare.as_ref().map(|compare| {
        let seen = compare.run.trace.events_until(time as Time);
        (&compare.run, seen)
    });
    let latest = |(run, seen): (&Run, usize)| {
        seen.checked_sub(1).map_or(0, |last| run.trace.events[last].time)
    };
    let now = latest((run, cursor)).max(beside.map_or(0, latest));
    let stop = match forward {
        true => by.next(run, cursor),
        // The latest event may be in the other run.
        false => by.previous(run, cursor + usize::from(latest((run, cursor)) < now)),
    };
    let mine = stop.map(|stop| Playhead::after(run, stop));
    let second = beside.and_then(|(other, seen)| {
        let stop = match forward {
            true => by.next(other, seen),
            false => {
                let before = other.trace.events.partition_point(|event| event.time < now);
                by.previous(other, before + 1)
            }
        };
        Some(Playhead::at(run, Playhead::after(other, stop?).time))
    });
    let stops = [mine, second].into_iter().flatten();
    let nearest = stops.reduce(|one, other| {
        let is_nearer = if forward { other.time < one.time } else { other.time > one.time };
        if is_nearer { other } else { one }
    });
    let playhead = nearest.unwrap_or_else(|| state.extreme(forward));
    let announcement = match nearest {
        _ if by == Stride::Event => String::new(),
        Some(_) => String::new(),
        None if forward => text::stride::none_later(&by.name(run)),
        None => text::stride::none_earlier(&by.name(run)),
    };
    State { playhead, playing: false, announcement, ..state }
}

impl State {
    /// Returns the end of both runs, or the beginning.
    fn extreme(&self, end: bool) -> Playhead {
        if !end {
            return Playhead::start();
        }
        let last = |run: &Outcome| Playhead::after(run, usize::MAX);
        let mine = last(&self.run);
        let second = self.compare.as_ref().map_or(0.0, |compare| last(&compare.run).time);
        Playhead { time: mine.time.max(second), ..mine }
    }
}
