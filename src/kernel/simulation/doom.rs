//! Crashes in the middle of a moment: after a number of sends or writes of the node.

use super::Simulation;
use crate::kernel::{
    NodeId, Plan, Time,
    agenda::{Occurrence, Phase},
    log::Log,
};

/// An action of a node that is counted towards its crash.
#[derive(Clone, Copy)]
pub(super) enum Action {
    Send = 0,
    Write = 1,
}

impl Simulation {
    /// Schedules a crash of a node that is up: at this moment, after `left` actions of this kind.
    pub(super) fn doom(
        &mut self,
        (node, at): (NodeId, Time),
        action: Action,
        fault: usize,
        left: u32,
    ) {
        let state = &mut self.nodes[node.index()];
        if !state.up {
            return;
        }
        // Of two crashes at one moment the earlier in the scenario counts.
        let doomed = &mut state.doomed[action as usize];
        if doomed.is_none_or(|(_, other)| left < other) {
            *doomed = Some((fault, left));
        }
        self.schedule(at, Phase::Doom, node.index() as u64, Occurrence::Doom { node });
    }

    /// Crashes a node that has no action of this kind left. True if it does.
    pub(super) fn stops(
        &mut self,
        plan: &Plan,
        log: &mut Log,
        node: NodeId,
        action: Action,
    ) -> bool {
        let doomed = self.nodes[node.index()].doomed[action as usize];
        if let Some((fault, 0)) = doomed {
            self.crash(plan, log, node, fault);
        }
        matches!(doomed, Some((_, 0)))
    }

    /// Counts an action of a node that is to crash after some of them. True if it was the last.
    pub(super) fn stops_after(
        &mut self,
        plan: &Plan,
        log: &mut Log,
        node: NodeId,
        action: Action,
    ) -> bool {
        if let Some((_, left)) = &mut self.nodes[node.index()].doomed[action as usize] {
            *left -= 1;
        }
        self.stops(plan, log, node, action)
    }
}
