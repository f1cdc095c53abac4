//! Inputs of nodes: starts, messages, timers, requests.

use std::{cell::Cell, collections::VecDeque};

use super::{Simulation, effects::Acting, node::Timer, observer::Onset};
use crate::kernel::{
    EventId, EventKind, Fate, Input, Loss, MAX_EVENTS, MessageId, NodeId, Plan, Watch,
    executor::carry_out, log::Log,
};

impl Simulation {
    /// Starts a node, unless it has crashed since the start was scheduled.
    pub(super) fn start(&mut self, plan: &Plan, log: &mut Log, node: NodeId, life: u32) {
        if self.nodes[node.index()].life == life {
            let input = if life == 0 { Input::Init } else { Input::Recovery };
            self.handle(plan, log, node, input);
        }
    }

    pub(super) fn arrive(
        &mut self,
        plan: &Plan,
        log: &mut Log,
        message: MessageId,
        copy: usize,
        lost: Option<Loss>,
    ) {
        let name = log.message(message).name;
        let lost = lost.or((!self.nodes[name.to.index()].up).then_some(Loss::Crashed));
        let (kind, fate): (_, fn(EventId, Loss) -> Fate) = match lost {
            Some(loss) => (EventKind::Lose(message, loss), Fate::Lost),
            None => (EventKind::Receive(message), |event, _| Fate::Received(event)),
        };
        let event = log.record(self.now, name.to, kind);
        log.end_way(message, copy, fate(event, lost.unwrap_or(Loss::Crashed)));
        if lost.is_none() {
            let message = log.message(message);
            let damaged = message.damaged().filter(|_| copy == 0);
            let packet = damaged.unwrap_or(&message.packet).clone();
            self.handle(plan, log, name.to, Input::Message { from: name.from, packet });
        }
    }

    pub(super) fn ring(&mut self, plan: &Plan, log: &mut Log, node: NodeId, serial: u32) {
        let timers = &mut self.nodes[node.index()].timers;
        // A timer that was cancelled, set anew or lost in a crash does not exist any more.
        let Some(place) = timers.iter().position(|timer| timer.serial == serial) else { return };
        let Timer { packet, due, .. } = timers.remove(place);
        debug_assert!(due <= self.now, "a timer expires no sooner than it is due");
        log.record(self.now, node, EventKind::Timer(packet.clone()));
        self.handle(plan, log, node, Input::Timer(packet));
    }

    pub(super) fn ask(&mut self, plan: &Plan, log: &mut Log, index: usize) {
        let node = plan.scenario.requests[index].node;
        if !self.nodes[node.index()].up {
            return;
        }
        let packet = plan.requests[index].clone();
        log.record(self.now, node, EventKind::Request { index, packet: packet.clone() });
        self.handle(plan, log, node, Input::Request(packet));
    }

    /// Hands an input to a node, then the messages that it sends to itself on the way.
    pub(super) fn handle(&mut self, plan: &Plan, log: &mut Log, node: NodeId, input: Input) {
        let mut inputs = VecDeque::new();
        let mut next = Some(input);
        while let Some(input) = next {
            self.steps += 1;
            let up = self.nodes[node.index()].up;
            if !up || self.steps >= MAX_EVENTS || log.events() >= MAX_EVENTS {
                return;
            }
            self.measure(plan, log, node, self.now, Onset::Gradual);
            let state = &mut self.nodes[node.index()];
            debug_assert!(state.paused.is_none(), "a paused node handles nothing");
            let mut outputs = std::mem::take(&mut self.scratch.outputs);
            let (clock, looked) = (plan.clock(node), Cell::new(false));
            let watch = Watch { shows: clock.shows(self.now), looked: &looked };
            state.machine.handle(watch, &mut state.choices, input, &mut outputs);
            if let (true, Some(fault)) = (looked.get(), clock.fault) {
                self.met[fault] = true;
            }
            let mut acting = Acting { simulation: self, plan, log, node };
            for output in outputs.drain(..) {
                carry_out(&mut acting, (plan, node), output, &mut inputs);
            }
            self.scratch.outputs = outputs;
            self.measure(plan, log, node, self.now, Onset::Sudden);
            next = inputs.pop_front();
        }
    }
}
