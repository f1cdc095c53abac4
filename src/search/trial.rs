//! What a search goes over: the scenario, what is looked for, and one try at it.

use std::hash::{Hash, Hasher};

use super::{Budget, Objective, injections::injections, objective::longer};
use crate::{
    analysis::Watching,
    kernel::{
        Event, EventKind, Fault, Fingerprinter, Protocol, Scenario, Setting, Time, Trace, run,
    },
};

/// How many runs are tried at most between two looks at what came of them, and about how many events they have
/// together.
const BATCH: usize = 256;
const BATCH_EVENTS: usize = 100_000;

/// A scenario that is searched.
#[derive(Clone)]
pub(super) struct Setup {
    pub(super) protocol: &'static Protocol,
    /// As it is given.
    pub(super) given: Scenario,
    /// The same with the time to come to rest, whatever is delayed; if it ever comes to rest.
    pub(super) extended: Scenario,
    pub(super) objectives: Vec<Objective>,
    /// By objective: whether it is still looked for.
    pub(super) pending: Vec<bool>,
    pub(super) budget: Budget,
    /// Up to when faults strike, in virtual ms.
    window: Time,
    /// How many runs are tried between two looks at what came of them: fewer of long ones.
    pub(super) batch: usize,
}

/// A find: which objective, and with which faults added.
pub(super) type Hit = (usize, Vec<Fault>);

/// One run with some faults added.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    /// What tells it from runs in which other things happen or in another order.
    pub(super) behaviour: u64,
    /// The objectives that it reaches, by their places.
    pub(super) reached: Vec<usize>,
}

impl Setup {
    /// None if the protocol cannot read one of the requests.
    pub(super) fn new(
        protocol: &'static Protocol,
        given: Scenario,
        objectives: Vec<Objective>,
        budget: Budget,
    ) -> Option<Self> {
        // Who never comes to rest by itself is judged at the horizon.
        let until = if protocol.perpetual.is_some() { given.until } else { longer(given.until) };
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

    /// The scenario with these faults added, with the time to come to rest.
    pub(super) fn with(&self, added: &[Fault]) -> Scenario {
        let mut scenario = self.extended.clone();
        scenario.faults.extend_from_slice(added);
        scenario
    }

    /// What may go wrong next in the run with these faults added.
    pub(super) fn injections(&self, added: &[Fault]) -> Vec<Fault> {
        let scenario = self.with(added);
        let trace = run(self.protocol, &scenario).expect("its requests were read");
        injections(self.protocol, &scenario, &trace, &self.budget, self.window)
    }

    /// The run with these faults added.
    pub(super) fn trial(&self, added: &[Fault]) -> Trial {
        let scenario = self.with(added);
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

/// What happened in which order, whenever it did: two runs of one fingerprint are the same to all that do not look
/// at a clock.
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

/// What tells a set of faults from others, in whichever order they were added.
pub(super) fn fault_set(faults: &[Fault]) -> u64 {
    let mut each: Vec<String> = faults.iter().map(|fault| format!("{fault:?}")).collect();
    each.sort_unstable();
    let mut taken = Fingerprinter::new();
    each.hash(&mut taken);
    taken.finish()
}
