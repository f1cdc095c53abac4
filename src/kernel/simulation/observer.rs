//! Observation of a run from outside, between two events: states, measured values, waiting nodes.

use serde_json::{Value as Json, json};

use super::{
    Simulation,
    node::{Node, Timer},
};
use crate::kernel::{NodeId, NodeSet, Plan, Time, log::Log, sort_by_key};

/// Manner in which a measured value has changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Onset {
    /// Gradually, with the passing of time.
    Gradual,
    /// At this moment, in a jump.
    Sudden,
}

impl Simulation {
    /// Returns the nodes that are up.
    #[must_use]
    pub fn up(&self) -> NodeSet {
        let nodes = self.nodes.iter().enumerate();
        nodes.filter(|(_, node)| node.up).map(|(index, _)| NodeId::new(index)).collect()
    }

    /// Returns the full state of a node as JSON, nodes as their characters: `up`; `paused`, the end of its
    /// pause; `state`, as the protocol has it; `timers`, in the order in which they go off; and `stored`, its
    /// stable storage. Each timer has its name, its data, the virtual moment at which it is `due` and the
    /// time that the node's own `clock` shows then.
    #[must_use]
    pub fn inspect(&self, node: NodeId) -> Json {
        let node = &self.nodes[node.index()];
        let mut timers: Vec<&Timer> = node.timers.iter().collect();
        sort_by_key(&mut timers, |timer| (timer.due, timer.serial));
        let timer = |timer: &Timer| {
            let (name, data) = (timer.packet.to_string(), timer.packet.inspect());
            json!({ "name": name, "data": data, "due": timer.due, "clock": timer.shown })
        };
        json!({
            "up": node.up,
            "paused": node.paused,
            "state": node.machine.inspect(),
            "timers": timers.into_iter().map(timer).collect::<Vec<_>>(),
            "stored": node.stored.as_ref().map(|stored| stored.inspect()),
        })
    }

    /// Returns, for each node, the nodes that are up and for which it waits.
    pub(super) fn waits_for(&self) -> Vec<NodeSet> {
        let up = self.up();
        let waits_for = |node: &Node| match node.up {
            true => node.machine.waits_for().and(up),
            false => NodeSet::EMPTY,
        };
        self.nodes.iter().map(waits_for).collect()
    }

    /// Records the measured values of a node if they have changed: before an action of the node, as gradual
    /// changes; after it, as a jump.
    pub(super) fn measure(
        &mut self,
        plan: &Plan,
        log: &mut Log,
        node: NodeId,
        now: Time,
        onset: Onset,
    ) {
        if plan.protocol.metrics.is_empty() {
            return;
        }
        let clock = plan.clock(node).shows(now);
        let state = &mut self.nodes[node.index()];
        let values = state.machine.measure(plan.protocol.metrics, now, clock);
        let (last, before) = &mut state.measured;
        if *before == values {
            return;
        }
        if onset == Onset::Sudden && *last < now {
            log.sample(now, node, before.clone());
        }
        *last = now;
        before.clone_from(&values);
        log.sample(now, node, values);
    }
}
