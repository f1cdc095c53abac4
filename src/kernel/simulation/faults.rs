//! Faults that strike nodes: crashes, recoveries, pauses, traitors.

use super::{Simulation, doom::Action};
use crate::kernel::{
    Detection, EventKind, Fault, Loss, NodeId, NodeSet, Plan, Strategy, Time,
    agenda::{Occurrence, Phase},
    log::Log,
};

impl Simulation {
    pub(super) fn strike(&mut self, plan: &Plan, log: &mut Log, index: usize) {
        match plan.scenario.faults[index] {
            Fault::Crash { node, at, after_sends: Some(sends) } => {
                self.doom((node, at), Action::Send, index, sends);
            }
            Fault::CrashWriting { node, at, after_writes } => {
                self.doom((node, at), Action::Write, index, after_writes);
            }
            Fault::Crash { node, .. } => self.crash(plan, log, node, index),
            Fault::Recover { node, .. } => self.recover(plan, log, node, index),
            Fault::Pause { node, until, .. } => self.pause(log, node, until, index),
            Fault::Traitor { node, strategy } => self.turn(log, node, strategy, index),
            _ => {}
        }
    }

    pub(super) fn crash(&mut self, plan: &Plan, log: &mut Log, node: NodeId, fault: usize) {
        let state = &mut self.nodes[node.index()];
        if !state.up {
            return;
        }
        self.met[fault] = true;
        state.up = false;
        state.doomed = [None; 2];
        state.life += 1;
        state.timers.clear();
        state.suspects = NodeSet::EMPTY;
        state.paused = None;
        // Items that waited for the end of the pause are lost with it, even if the node recovers at this very
        // moment.
        for item in std::mem::take(&mut state.waiting) {
            if let Occurrence::Arrive { message, copy, .. } = item.occurrence {
                let lost = Occurrence::Arrive { message, copy, lost: Some(Loss::Crashed) };
                self.agenda.schedule(item.at(self.now).with(lost));
            }
        }
        log.record(self.now, node, EventKind::Crash);
        for other in plan.group(node).others() {
            self.report(plan, other, Detection::Suspect(node));
        }
    }

    fn recover(&mut self, plan: &Plan, log: &mut Log, node: NodeId, fault: usize) {
        let state = &mut self.nodes[node.index()];
        if state.up {
            return;
        }
        self.met[fault] = true;
        state.up = true;
        state.machine = state.machine.recovered(state.stored.as_deref());
        let life = state.life;
        log.record(self.now, node, EventKind::Recover);
        self.schedule(
            self.now,
            Phase::Start,
            node.index() as u64,
            Occurrence::Start { node, life },
        );
        for other in plan.group(node).others() {
            self.report(plan, other, Detection::Restore(node));
            // It has missed the reports made while it was down.
            if !self.nodes[other.index()].up {
                self.report(plan, node, Detection::Suspect(other));
            }
        }
    }

    fn pause(&mut self, log: &mut Log, node: NodeId, until: Time, fault: usize) {
        let state = &mut self.nodes[node.index()];
        if !state.up || state.paused.is_some_and(|already| already >= until) {
            return;
        }
        self.met[fault] = true;
        if state.paused.replace(until).is_none() {
            log.record(self.now, node, EventKind::Pause);
        }
        self.schedule(
            until,
            Phase::Fault,
            node.index() as u64 | 1 << 32,
            Occurrence::Resume { node },
        );
    }

    pub(super) fn resume(&mut self, log: &mut Log, node: NodeId) {
        let state = &mut self.nodes[node.index()];
        if state.paused != Some(self.now) {
            return;
        }
        state.paused = None;
        log.record(self.now, node, EventKind::Resume);
        // Items that waited for it happen now.
        for item in std::mem::take(&mut state.waiting) {
            self.agenda.schedule(item.at(self.now));
        }
    }

    /// Makes a node a traitor, unless it is one.
    fn turn(&mut self, log: &mut Log, node: NodeId, strategy: Strategy, fault: usize) {
        let state = &mut self.nodes[node.index()];
        if !state.traitor {
            state.traitor = true;
            self.met[fault] = true;
            log.record(self.now, node, EventKind::Traitor(strategy));
        }
    }
}
