//! Reports of the perfect failure detector and their receivers: docs/scenario.md has the rule.

use super::Simulation;
use crate::kernel::{
    Detection, Detector, EventKind, Input, NodeId, Plan,
    agenda::{Occurrence, Phase, report_order},
    log::Log,
};

impl Simulation {
    /// Schedules the perfect detector's reports of a crash or a recovery, if there is such a detector.
    pub(super) fn report(&mut self, plan: &Plan, node: NodeId, detection: Detection) {
        let Detector::Perfect(bound) = plan.scenario().network.detector else { return };
        if !self.nodes[node.index()].up {
            return;
        }
        let lives = [node, detection.node()].map(|node| self.nodes[node.index()].life);
        let order = report_order(detection, node, lives[1]);
        let report = Occurrence::Detect { node, detection, lives };
        self.schedule(self.now + bound, Phase::Detection, order, report);
    }

    pub(super) fn detect(
        &mut self,
        plan: &Plan,
        log: &mut Log,
        node: NodeId,
        told: Detection,
        lives: [u32; 2],
    ) {
        if self.is_news(node, told, lives) {
            let suspects = &mut self.nodes[node.index()].suspects;
            match told {
                Detection::Suspect(about) => _ = suspects.insert(about),
                Detection::Restore(about) => _ = suspects.remove(about),
            }
            log.record(self.now, node, EventKind::Detect(told));
            self.handle(plan, log, node, Input::Detection(told));
        }
    }

    /// True if a report is to be delivered. It reaches only a node that has been up since the report was
    /// scheduled. A perfect detector suspects no node that is up, so a crash from which its node has
    /// recovered by now is not reported. It withdraws every suspicion, also that of a node that has crashed
    /// again meanwhile, and nothing else.
    pub(super) fn is_news(&self, node: NodeId, told: Detection, lives: [u32; 2]) -> bool {
        let state = &self.nodes[node.index()];
        let about = &self.nodes[told.node().index()];
        let suspected = state.suspects.contains(told.node());
        state.up
            && state.life == lives[0]
            && match told {
                Detection::Suspect(_) => !suspected && !about.up && about.life == lives[1],
                Detection::Restore(_) => suspected,
            }
    }
}
