//! Monitors of the objectives as state machines.

use crate::{
    kernel::{Fingerprinter, Monitor},
    search::{
        interner::{Interner, Memo},
        transitions::{Precision, TransitionCache},
    },
};

/// The monitor of one objective as a state machine, computed on demand.
#[derive(Clone)]
pub(super) struct MonitorTable {
    pub(super) states: Interner<Box<dyn Monitor>>,
    steps: Memo,
    /// By state: true if the objective is reached at once, and true if it is reached when the run ends there.
    pub(super) reached: Vec<[bool; 2]>,
    /// True if the monitor depends on the order of ids at different nodes.
    pub(super) needs_ids: bool,
}

pub(super) fn precision(monitors: &[Box<dyn Monitor>]) -> Precision {
    if monitors.iter().any(|monitor| monitor.needs().sequence) {
        Precision::Sequence
    } else if monitors.is_empty() {
        Precision::Nothing
    } else {
        Precision::Set
    }
}

impl MonitorTable {
    pub(super) fn new(monitor: Box<dyn Monitor>) -> Self {
        let needs_ids = monitor.needs().ids;
        let mut table =
            Self { states: Interner::new(), steps: Memo::new(), reached: Vec::new(), needs_ids };
        table.number(monitor);
        table
    }

    fn number(&mut self, monitor: Box<dyn Monitor>) -> u32 {
        let mut taken = Fingerprinter::new();
        monitor.identify(&mut taken);
        let reached = [false, true].map(|over| monitor.verdict(over).is_violated());
        let number = self.states.intern(taken.fingerprint(), || monitor);
        if number as usize == self.reached.len() {
            self.reached.push(reached);
        }
        number
    }

    /// Returns the monitor's state after an event, which is the `seen`th event of the run.
    pub(super) fn step(
        &mut self,
        state: u32,
        event: u32,
        seen: usize,
        cache: &TransitionCache,
    ) -> u32 {
        // A monitor that depends on ids distinguishes the same event at different places of the run.
        if !self.needs_ids
            && let Some(next) = self.steps.get(state, event)
        {
            return next;
        }
        let seen_event = cache.events.get(event);
        let id = if self.needs_ids { seen } else { seen_event.id() };
        let mut monitor = self.states.get(state).clone();
        monitor.observe(&seen_event.observation(id));
        let next = self.number(monitor);
        if !self.needs_ids {
            self.steps.insert(state, event, next);
        }
        next
    }
}
