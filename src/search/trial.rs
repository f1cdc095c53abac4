//! Setup of a search, and a trial: one run with added faults.

use std::hash::{Hash, Hasher};

use super::{Budget, Objective, injections::injections, objective::longer};
use crate::{
    analysis::Watching,
    kernel::{
        Event, EventKind, Fault, Fingerprinter, Protocol, Scenario, Setting, Time, Trace, run,
    },
};

/// Largest number of runs in a batch, and approximate number of events of these runs together.
const BATCH: usize = 256;
const BATCH_EVENTS: usize = 100_000;

/// Setup of a search.
#[derive(Clone)]
pub(super) struct Setup {
    pub(super) protocol: &'static Protocol,
    /// The given scenario.
    pub(super) given: Scenario,
    /// The scenario with enough time to be at rest, if its protocol ever is.
    pub(super) extended: Scenario,
    pub(super) objectives: Vec<Objective>,
    /// By objective: true until it is reached or known to be unreachable.
    pub(super) pending: Vec<bool>,
    pub(super) budget: Budget,
    /// Time until which faults are injected, in virtual ms.
    window: Time,
    /// Number of runs in a batch: fewer of long ones.
    pub(super) batch: usize,
}

/// A hit: the index of an objective, and the added faults that reach it.
pub(super) type Hit = (usize, Vec<Fault>);

/// Result of a trial.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    /// Fingerprint that distinguishes runs by their events and the order of events.
    pub(super) behaviour: u64,
    /// Indices of the objectives that the run reaches.
    pub(super) reached: Vec<usize>,
}

impl Setup {
    /// Returns the setup; none if the protocol cannot read one of the requests.
    pub(super) fn new(
        protocol: &'static Protocol,
        given: Scenario,
        objectives: Vec<Objective>,
        budget: Budget,
    ) -> Option<Self> {
        // A protocol that is never at rest is judged at the horizon.
        let until = if protocol.rests(&given) { longer(given.until) } else { given.until };
        let extended = Scenario { until, ..given.clone() };
        let rest = run(protocol, &extended).ok()?;
        let window = match rest.quiescent {
            true => rest.events.last().map_or(0, |event| event.time),
            false => given.until,
        };
        let pending = vec![true; objectives.len()];
        let batch = (BATCH_EVENTS / rest.events.len().max(1)).clamp(1, BATCH);
        Some(Self { protocol, given, extended, objectives, pending, budget, window, batch })
    }

    /// Returns the extended scenario with these faults added.
    pub(super) fn with_faults(&self, added: &[Fault]) -> Scenario {
        let mut scenario = self.extended.clone();
        scenario.faults.extend_from_slice(added);
        scenario
    }

    /// Returns the faults that may be added next to the run with these faults.
    pub(super) fn injections(&self, added: &[Fault]) -> Vec<Fault> {
        let scenario = self.with_faults(added);
        let trace = run(self.protocol, &scenario).expect("its requests were read");
        injections(self.protocol, &scenario, &trace, &self.budget, self.window)
    }

    /// Runs the scenario with these faults added.
    pub(super) fn trial(&self, added: &[Fault]) -> Trial {
        debug_assert!(self.budget.covers(added), "a trial stays within the budget");
        let scenario = self.with_faults(added);
        let trace = run(self.protocol, &scenario).expect("its requests were read");
        let setting = Setting::of(self.protocol, &scenario);
        let monitors =
            self.objectives.iter().map(|objective| objective.monitor(&setting)).collect();
        let mut watching = Watching::new(monitors, &setting);
        watching.advance(&trace, usize::MAX);
        let shown = watching.say(&trace).enumerate().filter(|(_, verdict)| verdict.is_violated());
        let pending = shown.map(|(place, _)| place).filter(|place| self.pending[*place]);
        let reached = pending.filter(|place| {
            self.objectives[*place].is_reached_by(self.protocol, &scenario, &trace)
        });
        Trial { reached: reached.collect(), behaviour: behaviour(&trace) }
    }
}

/// Fingerprint of a run's events and their order, without times. Two runs with the same one are equivalent for
/// protocols that read no clock.
fn behaviour(trace: &Trace) -> u64 {
    let mut taken = Fingerprinter::new();
    for Event { node, kind, .. } in &trace.events {
        kind.name().hash(&mut taken);
        node.hash(&mut taken);
        match kind {
            EventKind::Send(message)
            | EventKind::Receive(message)
            | EventKind::Lose(message, _) => {
                let message = &trace.messages[*message];
                message.name.hash(&mut taken);
                if message.tampering.is_some() {
                    message.packet.identify(&mut taken);
                }
            }
            EventKind::Timer(packet) | EventKind::Indicate { packet, .. } => {
                packet.identify(&mut taken);
            }
            EventKind::Request { index, .. } => index.hash(&mut taken),
            _ => {}
        }
    }
    taken.finish()
}

/// Fingerprint of a set of faults, independent of their order.
pub(super) fn fault_set(faults: &[Fault]) -> u64 {
    let mut each: Vec<String> = faults.iter().map(|fault| format!("{fault:?}")).collect();
    each.sort_unstable();
    let mut taken = Fingerprinter::new();
    each.hash(&mut taken);
    taken.finish()
}
