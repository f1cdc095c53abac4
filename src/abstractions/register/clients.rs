//! The operations of clients, with their answers.

use super::interface::{Access, Operation, Reply};
use crate::{
    abstractions::Value,
    kernel::{EventId, NodeId, Observation, Packet, Seen, SortedMap},
};

/// Returns the operation that a request asks for.
pub(super) fn operation(packet: &Packet) -> Option<Operation> {
    let access = || packet.get().cloned().map(Access::into);
    packet.get().cloned().or_else(access)
}

/// An event of a client, as it concerns its operations.
pub(super) enum Call<'a> {
    /// It has invoked an operation.
    Invoked(Operation),
    /// It has the first answer to the operation that it invoked in this event.
    Answered(EventId, Operation, Option<&'a Value>),
    /// It has crashed, and these operations get no answer.
    Abandoned(Vec<(EventId, Operation)>),
}

/// Operations whose answers are awaited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Clients {
    /// Number of requests at each node since it last started.
    counts: SortedMap<NodeId, u32>,
    pub(super) awaited: SortedMap<(NodeId, u32), (EventId, Operation)>,
}

impl Clients {
    pub(super) fn hear<'a>(&mut self, seen: &Observation<'a>) -> Option<Call<'a>> {
        let node = seen.node;
        match seen.what {
            Seen::Request(packet) => {
                let operation = operation(packet)?;
                let count = self.counts.entry(node).or_default();
                *count += 1;
                self.awaited.insert((node, *count), (seen.id, operation.clone()));
                Some(Call::Invoked(operation))
            }
            Seen::Indication(packet) => {
                let Reply::Respond { request, value } = packet.get()? else { return None };
                let (event, operation) = self.awaited.remove(&(node, *request))?;
                Some(Call::Answered(event, operation, value.as_ref()))
            }
            Seen::Crash => {
                self.counts.remove(&node);
                let mut lost = Vec::new();
                self.awaited.retain(|(client, _), call| {
                    let stays = *client != node;
                    if !stays {
                        lost.push(call.clone());
                    }
                    stays
                });
                Some(Call::Abandoned(lost))
            }
            _ => None,
        }
    }
}
