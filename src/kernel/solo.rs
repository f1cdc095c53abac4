//! One node by itself: a simulation without time and network.
//!
//! A search that tries every order of events needs neither a calendar nor a network that decides on arrivals.
//! It needs only the node's response to an input. The machine is the same as in a simulation, and so is the
//! order of its effects.

use std::{cell::Cell, collections::VecDeque, hash::Hasher, rc::Rc};

use super::{
    Choices, Input, MAX_EVENTS, Machine, NodeId, NodeSet, Packet, Plan, Time, Watch,
    executor::{Executor, carry_out},
};

/// A node outside a simulation.
#[derive(Clone, Debug)]
pub struct Solo {
    machine: Box<dyn Machine>,
    stored: Option<Box<dyn Machine>>,
    choices: Choices,
    timers: Vec<Packet>,
    up: bool,
}

/// An effect of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Did {
    /// A message for one node, or a transmission that several hear.
    Sent {
        /// Receivers. Some may be out of its reach.
        to: NodeSet,
        /// The message.
        packet: Packet,
    },
    /// An indication to the application.
    Told(Packet),
    /// A timer that it set.
    Set {
        /// The timer.
        timer: Packet,
        /// Time until it expires, in ms of its own clock.
        after: Time,
    },
}

/// A node's response to one input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Its effects, in order.
    pub did: Vec<Did>,
    /// True if it read its clock, which does not advance here.
    pub looked: bool,
    /// True if it sent itself messages without an end.
    pub endless: bool,
}

impl Solo {
    /// Returns a node before the start of the run.
    #[must_use]
    pub fn new(plan: &Plan, me: NodeId) -> Self {
        Self {
            machine: plan.spawn(me),
            stored: None,
            choices: plan.choices(me),
            timers: Vec::new(),
            up: true,
        }
    }

    /// True if it is up.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        self.up
    }

    /// Returns the timers that are set, in the order in which they were set.
    #[must_use]
    pub fn timers(&self) -> &[Packet] {
        &self.timers
    }

    /// Returns its machine.
    #[must_use]
    pub fn machine(&self) -> &dyn Machine {
        &*self.machine
    }

    /// Feeds a hasher with its state: everything that its responses depend on, except the timers, which the
    /// caller identifies.
    pub fn identify(&self, hasher: &mut dyn Hasher) {
        hasher.write_u8(u8::from(self.up) | u8::from(self.stored.is_some()) << 1);
        // Its memory at the time of the crash is lost.
        if self.up {
            self.machine.identify(hasher);
        }
        if let Some(stored) = &self.stored {
            stored.identify(hasher);
        }
        hasher.write_u64(self.choices.count());
    }

    /// Hands it an input. With `stops_after` it crashes in the middle of its response: after this number of
    /// sends.
    pub fn handle(
        &mut self,
        plan: &Plan,
        me: NodeId,
        input: Input,
        stops_after: Option<u32>,
    ) -> Step {
        let mut step = Step::default();
        let mut left = stops_after;
        let mut inputs = VecDeque::from([input]);
        let mut handled = 0;
        while let Some(input) = inputs.pop_front() {
            handled += 1;
            step.endless |= handled > MAX_EVENTS / 1000;
            if !self.up || step.endless {
                break;
            }
            let (mut outputs, looked) = (Vec::new(), Cell::new(false));
            let watch = Watch { shows: 0, looked: &looked };
            self.machine.handle(watch, &mut self.choices, input, &mut outputs);
            step.looked |= looked.get();
            let mut acting = Acting { solo: self, left: &mut left, did: &mut step.did };
            for output in outputs {
                carry_out(&mut acting, (plan, me), output, &mut inputs);
            }
        }
        if stops_after.is_some() {
            self.crash();
        }
        step
    }

    /// Lets one of its timers go off.
    pub fn ring(
        &mut self,
        plan: &Plan,
        me: NodeId,
        timer: &Packet,
        stops_after: Option<u32>,
    ) -> Step {
        self.timers.retain(|other| other != timer);
        self.handle(plan, me, Input::Timer(timer.clone()), stops_after)
    }

    /// Crashes it.
    pub fn crash(&mut self) {
        self.up = false;
        self.timers.clear();
    }

    /// Restarts it, with its stable storage and nothing else.
    pub fn recover(&mut self, plan: &Plan, me: NodeId) -> Step {
        self.up = true;
        self.machine = self.machine.recovered(self.stored.as_deref());
        self.handle(plan, me, Input::Recovery, None)
    }
}

/// A node by itself that executes its effects.
struct Acting<'a> {
    solo: &'a mut Solo,
    /// Number of sends after which it crashes; none if it does not.
    left: &'a mut Option<u32>,
    did: &'a mut Vec<Did>,
}

impl Acting<'_> {
    /// Crashes the node if it has no send left. True if it does.
    fn stops(&mut self) -> bool {
        let stops = *self.left == Some(0);
        if stops {
            self.solo.crash();
        }
        stops
    }
}

impl Executor for Acting<'_> {
    fn is_up(&self) -> bool {
        self.solo.up
    }

    fn send(&mut self, to: NodeSet, packet: &Packet) -> bool {
        if to.is_empty() {
            return true;
        }
        if self.stops() {
            return false;
        }
        self.did.push(Did::Sent { to, packet: packet.clone() });
        if let Some(left) = self.left {
            *left -= 1;
        }
        !self.stops()
    }

    fn set_timer(&mut self, timer: Packet, after: Time) {
        self.cancel_timer(&timer);
        self.solo.timers.push(timer.clone());
        self.did.push(Did::Set { timer, after });
    }

    fn cancel_timer(&mut self, timer: &Packet) {
        self.solo.timers.retain(|other| other != timer);
    }

    fn store(&mut self) {
        self.solo.stored = Some(self.solo.machine.clone());
    }

    fn indicate(&mut self, _kind: &'static str, packet: Packet) {
        self.did.push(Did::Told(packet));
    }

    fn note(&mut self, _note: Rc<str>) {}
}
