//! Effects of nodes in a simulation: messages, timers, writes, indications.

use std::rc::Rc;

use super::{Simulation, doom::Action, node::Timer};
use crate::kernel::{
    EventKind, Fate, Loss, MAX_EVENTS, MAX_TIMERS, Message, MessageName, NodeId, NodeSet, Packet,
    Plan, Tampering, Time,
    agenda::{Occurrence, Phase, arrival_order},
    executor::Executor,
    log::Log,
    traitor::Words,
};

/// A node of a simulation that executes its effects.
pub(super) struct Acting<'a, 'log> {
    pub(super) simulation: &'a mut Simulation,
    pub(super) plan: &'a Plan<'a>,
    pub(super) log: &'a mut Log<'log>,
    pub(super) node: NodeId,
}

impl Acting<'_, '_> {
    fn record(&mut self, kind: EventKind) {
        self.log.record(self.simulation.now, self.node, kind);
    }
}

impl Executor for Acting<'_, '_> {
    fn is_up(&self) -> bool {
        self.simulation.nodes[self.node.index()].up
    }

    fn send(&mut self, to: NodeSet, packet: &Packet) -> bool {
        self.simulation.send(self.plan, self.log, self.node, to, packet)
    }

    fn set_timer(&mut self, timer: Packet, after: Time) {
        self.simulation.set_timer(self.plan, self.node, timer, after);
    }

    fn cancel_timer(&mut self, timer: &Packet) {
        let timers = &mut self.simulation.nodes[self.node.index()].timers;
        timers.retain(|other| other.packet != *timer);
    }

    fn store(&mut self) {
        if self.simulation.stops(self.plan, self.log, self.node, Action::Write) {
            return;
        }
        let state = &mut self.simulation.nodes[self.node.index()];
        state.stored = Some(state.machine.clone());
        self.record(EventKind::Persist);
        self.simulation.stops_after(self.plan, self.log, self.node, Action::Write);
    }

    fn indicate(&mut self, kind: &'static str, packet: Packet) {
        self.record(EventKind::Indicate { kind, packet });
    }

    fn note(&mut self, note: Rc<str>) {
        self.record(EventKind::Note(note));
    }
}

impl Simulation {
    fn set_timer(&mut self, plan: &Plan, node: NodeId, packet: Packet, after: Time) {
        self.timers_set += 1;
        let (serial, clock) = (self.timers_set, plan.clock(node));
        if let Some(fault) = clock.fault {
            self.met[fault] = true;
        }
        let due = clock.due(self.now, after);
        let timers = &mut self.nodes[node.index()].timers;
        timers.retain(|other| other.packet != packet);
        timers.push(Timer { packet, serial, due, shown: clock.shows(due) });
        if timers.len() > MAX_TIMERS {
            // No protocol needs as many timers: the run is stopped as one that never rests.
            self.steps = MAX_EVENTS;
        }
        let detail = (node.index() as u64) << 32 | u64::from(serial);
        self.schedule(due, Phase::Timer, detail, Occurrence::Timer { node, serial });
    }

    /// Hands a message for one node, or a transmission that several hear, to the network. False if its sender
    /// crashes just before or after.
    fn send(
        &mut self,
        plan: &Plan,
        log: &mut Log,
        from: NodeId,
        to: NodeSet,
        packet: &Packet,
    ) -> bool {
        let Some(first) = to.lowest() else { return true };
        let name = plan.network.next_name(&self.links, from, first);
        let behaviour = &plan.protocol.behaviour;
        // All receivers hear the same, so a transmission is rewritten as the message to the first of them.
        let words = plan.traitors.words(behaviour, &plan.network, &mut self.met, name, packet);
        if words == Words::Nothing {
            for to in to {
                let name = plan.network.next_name(&self.links, from, to);
                plan.network.take_name(&mut self.links, name);
            }
            return true;
        }
        if self.stops(plan, log, from, Action::Send) {
            return false;
        }
        let transmission = (to.len() > 1).then(|| {
            self.transmissions += 1;
            self.transmissions
        });
        for to in to {
            let name = plan.network.next_name(&self.links, from, to);
            self.dispatch(plan, log, name, packet, &words, transmission);
        }
        !self.stops_after(plan, log, from, Action::Send)
    }

    /// Dispatches one message.
    fn dispatch(
        &mut self,
        plan: &Plan,
        log: &mut Log,
        name: MessageName,
        truth: &Packet,
        words: &Words,
        transmission: Option<u32>,
    ) {
        let mut ways = std::mem::take(&mut self.scratch.ways);
        let (links, met) = (&mut self.links, &mut self.met);
        let damage = plan.network.send(links, met, self.now, name, &mut ways);
        debug_assert!(
            ways.iter().all(|way| self.now <= way.at),
            "no message arrives before it is sent"
        );
        let (packet, truth) = match words {
            Words::Lie(lie) => (lie, Some(truth.clone())),
            _ => (truth, None),
        };
        let damaged = damage.and_then(|damage| {
            let damaged = (plan.protocol.behaviour.corrupt)(packet, &damage.bits);
            if damaged.is_none() {
                ways[0].lost = Some(Loss::Corrupt(damage.fault));
            }
            damaged
        });
        let tampered = truth.is_some() || damaged.is_some();
        let tampering = tampered.then(|| Box::new(Tampering { truth, damaged }));
        let message = log.messages();
        let sent = log.record(self.now, name.from, EventKind::Send(message));
        let mut fates = ways.iter().map(|way| Fate::InTransit { due: way.at });
        let fate = fates.next().expect("every message has a way");
        let (copies, packet) = (fates.collect(), packet.clone());
        log.send(Message { name, packet, sent, fate, copies, transmission, tampering });
        for (copy, way) in ways.drain(..).enumerate() {
            let arrival = Occurrence::Arrive { message, copy, lost: way.lost };
            self.schedule(way.at, Phase::Arrival, arrival_order(name, copy), arrival);
        }
        self.scratch.ways = ways;
    }
}
