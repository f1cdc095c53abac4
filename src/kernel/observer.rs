//! What is seen of a run from outside, between two events: states, measures, who waits for whom.

use serde_json::{Value as Json, json};

use super::{
    NodeId, NodeSet, Plan, Simulation, Time,
    log::Log,
    simulation::{Node, Timer},
    sort_by_key,
};

/// How what a node is measured by has come to be what it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Onset {
    /// By itself, as time went by.
    Gradual,
    /// At this very moment.
    Sudden,
}

impl Simulation {
    /// Who is up.
    #[must_use]
    pub fn up(&self) -> NodeSet {
        let nodes = self.nodes.iter().enumerate();
        nodes.filter(|(_, node)| node.up).map(|(index, _)| NodeId::new(index)).collect()
    }

    /// All that there is of a node, as JSON, nodes as their characters: whether it is `up`; till when it is
    /// `paused`; its `state`, as the protocol has it; its `timers` in the order in which they go off, each
    /// with its name, its data, the virtual moment at which it is `due` and what the node's own `clock` shows
    /// then; and what it has `stored`.
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

    /// By node: of those who are up, the ones for whom it waits.
    pub(super) fn waits_for(&self) -> Vec<NodeSet> {
        let up = self.up();
        let waits_for = |node: &Node| match node.up {
            true => node.machine.waits_for().and(up),
            false => NodeSet::EMPTY,
        };
        self.nodes.iter().map(waits_for).collect()
    }

    /// Takes note of what a node is measured by, where it is not what it was: before it does something, of
    /// what has come about by itself as time went by; after it, of what it has done, which is a jump.
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
