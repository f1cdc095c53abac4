//! Parts of a run's picture that do not depend on scale, computed once for each run.

use super::{
    Clash, Cut, LaneState, Stay, Undone, View, Wait, clashes, cuts, recoveries, stable::stable,
    stays, traitors, views, waits,
};
use crate::kernel::{
    EventId, EventKind, Fate, Fault, MessageName, NodeSet, Protocol, Scenario, SortedSet, Trace,
};

/// Parts of a run's picture that depend neither on its size nor on the visible window.
#[derive(Clone, Debug)]
pub struct Features {
    /// By node: the events at which it crashes, pauses and resumes.
    pub(super) turns: Vec<Vec<(EventId, LaneState)>>,
    /// Deliveries of messages that become stable, each with the delivery that makes the message stable.
    pub(super) stable: Vec<(EventId, EventId)>,
    /// Messages that wait for their delivery.
    pub waits: Vec<Wait>,
    pub(super) stays: Vec<Stay>,
    pub(super) clashes: Vec<Clash>,
    pub(super) views: Vec<View>,
    pub(super) cuts: Vec<Cut>,
    pub(super) recoveries: Vec<Vec<Undone>>,
    pub(super) delayed: SortedSet<MessageName>,
    /// By node: the places of its samples in the trace.
    pub(super) samples: Vec<Vec<usize>>,
    /// By metric: least and greatest value.
    pub(super) extremes: Vec<(i64, i64)>,
    /// By message: the last event at which it or an earlier message ends; the run's last event if one of them is still
    /// in transit.
    pub(super) reach: Vec<EventId>,
    /// Nodes that may lie.
    pub(super) traitors: NodeSet,
    busiest: usize,
}

impl Features {
    /// Looks through a run.
    #[must_use]
    pub fn new(protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> Self {
        let size = scenario.nodes.len();
        let mut turns = vec![Vec::new(); size];
        let mut marks = vec![0; size];
        for (id, event) in trace.events.iter().enumerate() {
            let node = event.node.index();
            match event.kind {
                EventKind::Crash => turns[node].push((id, LaneState::Down)),
                EventKind::Recover | EventKind::Resume => turns[node].push((id, LaneState::Up)),
                EventKind::Pause => turns[node].push((id, LaneState::Paused)),
                _ => {}
            }
            if !matches!(event.kind, EventKind::Send(_) | EventKind::Lose(..)) {
                marks[node] += 1;
            }
        }
        let mut samples = vec![Vec::new(); size];
        let mut extremes = vec![(0, 0); protocol.metrics.len()];
        for (place, sample) in trace.samples.iter().enumerate() {
            samples[sample.node.index()].push(place);
            for ((least, greatest), &value) in extremes.iter_mut().zip(&sample.values) {
                *least = value.min(*least);
                *greatest = value.max(*greatest);
            }
        }
        let stays = stays(trace);
        Self {
            turns,
            stable: stable(protocol, scenario, trace),
            waits: waits(protocol, scenario, trace),
            clashes: clashes(&stays),
            stays,
            views: views(trace),
            cuts: cuts(trace),
            recoveries: recoveries(trace),
            delayed: delayed(scenario),
            samples,
            extremes,
            reach: reach(trace),
            traitors: traitors(trace),
            busiest: marks.into_iter().max().unwrap_or(0),
        }
    }

    /// Nodes that may lie.
    #[must_use]
    pub const fn traitors(&self) -> NodeSet {
        self.traitors
    }

    /// Largest number of marks on one line.
    #[must_use]
    pub const fn busiest(&self) -> usize {
        self.busiest
    }
}

fn reach(trace: &Trace) -> Vec<EventId> {
    let last = trace.events.len().saturating_sub(1);
    let mut reach = 0;
    let end = |fate: &Fate| fate.event().unwrap_or(last);
    let messages = trace.messages.iter().map(|message| {
        let copies = message.copies.iter().map(end).max().unwrap_or(0);
        reach = reach.max(end(&message.fate)).max(copies);
        reach
    });
    messages.collect()
}

/// Messages that faults delay.
fn delayed(scenario: &Scenario) -> SortedSet<MessageName> {
    let delayed = scenario.faults.iter().filter_map(|fault| match *fault {
        Fault::Delay { message, .. } => Some(message),
        _ => None,
    });
    delayed.collect()
}
