//! Linearizability, with a witness for each violation.

use super::{
    clients::{Call, Clients},
    interface::Operation,
    just_in_time::RegisterHistory,
    linearization::{Answered, Limit, Linearization, Queue, QueueOperation, RegisterOperation},
};
use crate::{
    abstractions::{
        Value,
        naming::spoken,
        watch::{Violation, answer},
    },
    kernel::{EventId, Kind, Monitor, Needs, NodeId, Observation, Property, SortedMap, Verdict},
};

/// Linearizability, of registers and of a queue.
///
/// An operation without an answer (its client may have crashed) may take effect at any time from its request on, or
/// never. A second answer to one request does not count. Equal values are not distinguished: a read may have its value
/// from any write of it. If so many operations on one key overlap that the search reaches its limit, the verdict is
/// *undecided* and says so. No other safety property can be undecided.
pub const LINEARIZABILITY: Property = Property {
    name: "linearizability",
    kind: Kind::Safety,
    statement: "Every operation appears to take effect at once, at some moment between its request \
                and its answer.",
    monitor: |_| Box::new(Linearizability::default()),
};

/// A history is linearizable if it is at every single object (Herlihy and Wing's locality), so every register has a
/// search of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Linearizability {
    clients: Clients,
    known: SortedMap<Value, Known>,
    /// For each read without an answer, by the event of its request: the last operation known when it began.
    before: SortedMap<EventId, Completed>,
    registers: SortedMap<Value, RegisterHistory>,
    queue: Linearization<Queue>,
    violated: Option<Violation>,
    /// Limit at which the search gave up, by object (a key, or none for the queue). Other objects are still judged.
    gave_up: SortedMap<Option<Value>, Limit>,
}

/// Facts about a register, from which a witness is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Known {
    /// The completed operation that began last.
    last: Option<Completed>,
    /// The last write of each value, and its answer.
    writes: SortedMap<Value, (EventId, Option<EventId>)>,
}

/// A completed operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Completed {
    asked: EventId,
    answered: EventId,
    node: NodeId,
    operation: Operation,
    /// Value of the register then.
    value: Option<Value>,
}

impl Known {
    /// Returns the events of the last write of a value.
    fn write_of(&self, value: Option<&Value>) -> impl Iterator<Item = EventId> {
        let write = value.and_then(|value| self.writes.get(value)).copied();
        write.into_iter().flat_map(|(asked, answered)| [Some(asked), answered]).flatten()
    }
}

impl Linearizability {
    /// Records a request, for the witness.
    fn note_request(&mut self, event: EventId, operation: &Operation) {
        let (Operation::Read { key } | Operation::Write { key, .. }) = operation else { return };
        let known = self.known.entry(key.clone()).or_default();
        if let Operation::Write { value, .. } = operation {
            known.writes.insert(value.clone(), (event, None));
        }
        self.before.extend(known.last.clone().map(|last| (event, last)));
    }

    /// Records an answer, for the witness.
    fn note_answer(&mut self, completed: Completed) {
        let (Operation::Read { key } | Operation::Write { key, .. }) = &completed.operation else {
            return;
        };
        self.before.remove(&completed.asked);
        let known = self.known.entry(key.clone()).or_default();
        if let Operation::Write { value, .. } = &completed.operation
            && let Some(write) = known.writes.get_mut(value)
            && write.0 == completed.asked
        {
            write.1 = Some(completed.answered);
        }
        if known.last.as_ref().is_none_or(|last| last.asked < completed.asked) {
            known.last = Some(completed);
        }
    }

    /// Returns the violation of a wrong answer. Its witness is the write of the answered value, and the operation that
    /// shows a later state.
    fn violation(
        &self,
        seen: &Observation,
        asked: EventId,
        called: (&Operation, Option<&Value>),
    ) -> Violation {
        let (operation, value) = called;
        let mut why = format!(
            "{}'s {} answered {}, which no order of the operations explains",
            seen.node,
            operation.spoken(),
            answer(value)
        );
        let mut witness = vec![asked, seen.id];
        if let Operation::Read { key } = operation
            && let Some(known) = self.known.get(key)
        {
            witness.extend(known.write_of(value));
            if let Some(last) = self.before.get(&asked).filter(|it| it.value.as_ref() != value) {
                witness.extend([last.asked, last.answered]);
                witness.extend(known.write_of(last.value.as_ref()));
                let said = last.operation.spoken();
                // Two operations of one node may be equal.
                let same = last.node == seen.node && last.operation == *operation;
                let earlier = if same { "earlier " } else { "" };
                let (node, held) = (last.node, answer(last.value.as_ref()));
                why += &match last.operation {
                    Operation::Read { .. } => {
                        format!(": {node}'s {earlier}{said} had answered {held} before")
                    }
                    _ => format!(": {node}'s {earlier}{said} had completed before"),
                };
            }
        }
        witness.retain(|event| *event <= seen.id);
        Violation::new(why, witness)
    }

    fn invoke(&mut self, event: EventId, operation: &Operation) {
        match operation.clone() {
            Operation::Read { key } => {
                self.registers.entry(key).or_default().invoke(event, RegisterOperation::Read);
            }
            Operation::Write { key, value } => {
                let operation = RegisterOperation::Write(value);
                self.registers.entry(key).or_default().invoke(event, operation);
            }
            Operation::Enqueue(value) => self.queue.invoke(event, QueueOperation::Enqueue(value)),
            Operation::Dequeue => self.queue.invoke(event, QueueOperation::Dequeue),
        }
    }

    fn answer(&mut self, event: EventId, operation: &Operation, value: Option<&Value>) -> Answered {
        match operation {
            Operation::Read { key } | Operation::Write { key, .. } => {
                self.registers.entry(key.clone()).or_default().answer(event, value)
            }
            Operation::Enqueue(_) | Operation::Dequeue => self.queue.answer(event, value),
        }
    }

    fn abandon(&mut self, event: EventId, operation: &Operation) {
        match operation {
            Operation::Read { key } | Operation::Write { key, .. } => {
                self.registers.entry(key.clone()).or_default().abandon(event);
            }
            Operation::Enqueue(_) | Operation::Dequeue => self.queue.abandon(event),
        }
    }
}

impl Monitor for Linearizability {
    fn observe(&mut self, seen: &Observation) {
        if self.violated.is_some() {
            return;
        }
        match self.clients.hear(seen) {
            None => {}
            Some(Call::Invoked(operation) | Call::Answered(_, operation, _))
                if self.gave_up.contains_key(&operation.key().cloned()) => {}
            Some(Call::Invoked(operation)) => {
                self.note_request(seen.id, &operation);
                self.invoke(seen.id, &operation);
            }
            Some(Call::Abandoned(lost)) => {
                for (event, operation) in lost {
                    self.before.remove(&event);
                    self.abandon(event, &operation);
                }
            }
            Some(Call::Answered(event, operation, value)) => {
                match self.answer(event, &operation, value) {
                    Answered::Possible => {
                        let held = match &operation {
                            Operation::Write { value, .. } => Some(value.clone()),
                            _ => value.cloned(),
                        };
                        let (asked, answered, node) = (event, seen.id, seen.node);
                        self.note_answer(Completed {
                            asked,
                            answered,
                            node,
                            operation,
                            value: held,
                        });
                    }
                    Answered::GaveUp(limit) => {
                        self.gave_up.insert(operation.key().cloned(), limit);
                    }
                    Answered::Impossible => {
                        self.violated = Some(self.violation(seen, event, (&operation, value)));
                    }
                }
            }
        }
    }

    fn needs(&self) -> Needs {
        Needs::ORDER
    }

    fn verdict(&self, _over: bool) -> Verdict {
        match &self.violated {
            Some(violation) => violation.clone().into(),
            None => self.gave_up.first_key_value().map_or(Verdict::Holds, |(key, limit)| {
                let object = key.as_ref().map_or("the queue".to_owned(), spoken);
                Verdict::Undecided(match limit {
                    Limit::Configurations(limit) => format!(
                        "the operations on {object} overlap in too many ways: the search for their \
                         order stopped at its limit of {limit} configurations"
                    ),
                    Limit::Open(limit) => format!(
                        "more than {limit} operations on {object} have no answer at one moment, which \
                         is the limit of the search for their order"
                    ),
                })
            }),
        }
    }
}
