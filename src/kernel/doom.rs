//! Crashes in the middle of what a node does at a moment: after so many sends or writes.

use super::{
    NodeId, Plan, Simulation, Time,
    agenda::{Phase, What},
    log::Log,
};

/// Something that a node does, after which it may crash in the middle of a moment.
#[derive(Clone, Copy)]
pub(super) enum Deed {
    Send = 0,
    Write = 1,
}

impl Simulation {
    /// Lets a node that is up stop at this moment after so many of its deeds.
    pub(super) fn doom(&mut self, (node, at): (NodeId, Time), deed: Deed, fault: usize, left: u32) {
        let state = &mut self.nodes[node.index()];
        if !state.up {
            return;
        }
        // Of two crashes at one moment the one that comes first counts.
        let doomed = &mut state.doomed[deed as usize];
        if doomed.is_none_or(|(_, other)| left < other) {
            *doomed = Some((fault, left));
        }
        self.schedule(at, Phase::Doom, node.index() as u64, What::Doom { node });
    }

    /// Stops a node that has no deed of this kind left. True if it does.
    pub(super) fn stops(&mut self, plan: &Plan, log: &mut Log, node: NodeId, deed: Deed) -> bool {
        let doomed = self.nodes[node.index()].doomed[deed as usize];
        if let Some((fault, 0)) = doomed {
            self.crash(plan, log, node, fault);
        }
        matches!(doomed, Some((_, 0)))
    }

    /// Counts a deed of a node that is to stop after some of them. True if it was the last.
    pub(super) fn stops_after(
        &mut self,
        plan: &Plan,
        log: &mut Log,
        node: NodeId,
        deed: Deed,
    ) -> bool {
        if let Some((_, left)) = &mut self.nodes[node.index()].doomed[deed as usize] {
            *left -= 1;
        }
        self.stops(plan, log, node, deed)
    }
}
