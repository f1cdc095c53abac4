//! No lost acknowledged update.

use super::{
    clients::{Call, Clients},
    interface::Operation,
};
use crate::{
    abstractions::{
        Value,
        naming::spoken,
        watch::{Violation, Watch, answer, safety},
    },
    kernel::{EventId, Kind, Needs, Observation, Property, SortedMap},
};

/// No lost acknowledged update.
///
/// The property of a regular register (Lamport 1986, *On Interprocess Communication*). It is weaker than
/// linearizability: two reads during a write may answer the new value and then the old one.
pub const NO_LOST_ACKNOWLEDGED_UPDATE: Property = Property {
    name: "no lost acknowledged update",
    kind: Kind::Safety,
    statement: "A read that begins after a write was acknowledged answers that write's value, or \
                the value of a write that was not acknowledged before that one began.",
    monitor: |_| safety(NoLostUpdate::default()),
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct NoLostUpdate {
    clients: Clients,
    registers: SortedMap<Value, Writes>,
    /// For each read without an answer, by its event: the acknowledged write that began last before it (the event of
    /// its beginning, and its value).
    reads: SortedMap<EventId, (EventId, Value)>,
}

/// The writes to one register.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Writes {
    /// Beginning and value of the acknowledged write that began last.
    last: Option<(EventId, Value)>,
    /// For each value: number of its writes without an acknowledgement, and the last acknowledgement.
    values: SortedMap<Value, (u32, Option<EventId>)>,
}

impl Watch for NoLostUpdate {
    const NEEDS: Needs = Needs::IDS;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        match self.clients.hear(seen)? {
            Call::Invoked(Operation::Write { key, value }) => {
                let writes = self.registers.entry(key).or_default();
                writes.values.entry(value).or_default().0 += 1;
                None
            }
            Call::Invoked(Operation::Read { key }) => {
                let last = self.registers.get(&key).and_then(|writes| writes.last.clone());
                self.reads.extend(last.map(|last| (seen.id, last)));
                None
            }
            Call::Answered(event, Operation::Write { key, value }, _) => {
                let writes = self.registers.entry(key).or_default();
                let (pending, acknowledged) = writes.values.entry(value.clone()).or_default();
                *pending = pending.saturating_sub(1);
                *acknowledged = Some(seen.id);
                writes.last = writes.last.take().max(Some((event, value)));
                None
            }
            Call::Answered(event, Operation::Read { key }, value) => {
                let (began, lost) = self.reads.remove(&event)?;
                let fresh = value.is_some_and(|value| {
                    let written = self.registers.get(&key).and_then(|it| it.values.get(value));
                    written.is_some_and(|(pending, acknowledged)| {
                        *pending > 0 || acknowledged.is_some_and(|event| event > began)
                    })
                });
                let why = format!(
                    "{}'s read of {} answered {}, although {} had been acknowledged before",
                    seen.node,
                    spoken(&key),
                    answer(value),
                    spoken(&lost)
                );
                (!fresh).then(|| Violation::new(why, [began, event, seen.id]))
            }
            _ => None,
        }
    }
}
