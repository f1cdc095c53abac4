//! The end of a run.

use super::{Simulation, observer::Onset};
use crate::kernel::{EventKind, Plan, Trace, agenda::Occurrence, log::Log};

impl Simulation {
    /// True if this item is still pending work: the run is not quiescent.
    fn is_pending(&self, occurrence: Occurrence) -> bool {
        match occurrence {
            Occurrence::Arrive { .. } => true,
            Occurrence::Timer { node, serial } => {
                self.nodes[node.index()].timers.iter().any(|timer| timer.serial == serial)
            }
            Occurrence::Detect { node, detection, lives } => self.is_news(node, detection, lives),
            // A paused node has not started yet.
            Occurrence::Start { node, life } => self.nodes[node.index()].life == life,
            _ => false,
        }
    }

    /// Records the end of the run.
    pub(super) fn finish(&mut self, plan: &Plan, trace: &mut Trace) {
        debug_assert!(
            self.nodes.iter().all(|node| node.up || node.is_bare()),
            "a crashed node has no timers and no pending inputs"
        );
        trace.exhausted = self.is_exhausted(trace.events.len());
        trace.end = if trace.exhausted { self.now } else { plan.scenario.until };
        for node in self.up() {
            let end = trace.end;
            self.measure(plan, &mut Log::Growing(trace), node, end, Onset::Gradual);
        }
        let waiting = self.nodes.iter().flat_map(|node| &node.waiting);
        let mut items = self.agenda.items().chain(waiting);
        trace.quiescent = !trace.exhausted && !items.any(|item| self.is_pending(item.occurrence));
        let mut asked = vec![false; plan.requests.len()];
        for event in &trace.events {
            if let EventKind::Request { index, .. } = event.kind {
                asked[index] = true;
            }
        }
        let unmet = |met: &[bool]| (0..met.len()).filter(|&index| !met[index]).collect();
        trace.unused_faults = unmet(&self.met);
        trace.unused_requests = unmet(&asked);
        if trace.quiescent {
            trace.waits_for = self.waits_for();
        }
    }
}
