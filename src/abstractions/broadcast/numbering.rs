//! Broadcasts and deliveries, as monitors observe them.

use super::interface::{Broadcast, BroadcastId, Deliver, Labelled};
use crate::{
    abstractions::{
        Value,
        membership::{GroupIndication, GroupRequest},
        naming::{Mention, named},
    },
    kernel::{NodeId, Observation, Seen, SortedMap},
};

/// Event of a broadcast that monitors observe.
pub(in crate::abstractions) enum Heard<'a> {
    Broadcast(&'a Value),
    Deliver(&'a Deliver<Value>),
}

/// Returns the message that is broadcast in an event, if there is one, with its label.
pub(in crate::abstractions) fn broadcast<'a>(
    seen: &Observation<'a>,
) -> Option<(&'a Value, Option<&'a Value>)> {
    let Seen::Request(packet) = seen.what else { return None };
    if let Some(Broadcast(payload)) = packet.get::<Broadcast<Value>>() {
        return Some((payload, None));
    }
    if let Some(Broadcast(labelled)) = packet.get::<Broadcast<Labelled<Value>>>() {
        return Some((&labelled.payload, labelled.label.as_ref()));
    }
    match packet.get() {
        Some(GroupRequest::Broadcast(payload)) => Some((payload, None)),
        _ => None,
    }
}

impl<'a> Heard<'a> {
    pub(in crate::abstractions) fn of(seen: &Observation<'a>) -> Option<Self> {
        match seen.what {
            Seen::Request(_) => broadcast(seen).map(|(payload, _)| Self::Broadcast(payload)),
            Seen::Indication(packet) => match (packet.get(), packet.get()) {
                (Some(deliver), _) | (None, Some(GroupIndication::Deliver(deliver))) => {
                    Some(Self::Deliver(deliver))
                }
                _ => None,
            },
            Seen::Crash | Seen::Recover | Seen::Detect(_) | Seen::Traitor => None,
        }
    }
}

/// Broadcasts of each node so far, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::abstractions) struct Numbering(Vec<Vec<Value>>);

impl Numbering {
    pub(in crate::abstractions) fn new(nodes: usize) -> Self {
        Self(vec![Vec::new(); nodes])
    }

    /// Records a broadcast of this node, and returns its id.
    pub(in crate::abstractions) fn next(&mut self, from: NodeId, payload: &Value) -> BroadcastId {
        if self.0.len() <= from.index() {
            self.0.resize(from.index() + 1, Vec::new());
        }
        let broadcasts = &mut self.0[from.index()];
        broadcasts.push(payload.clone());
        BroadcastId { from, seq: broadcasts.len() as u32 }
    }

    /// Records the broadcast of an event, if there is one.
    pub(in crate::abstractions) fn hear(&mut self, seen: &Observation) {
        if let Some((payload, _)) = broadcast(seen) {
            self.next(seen.node, payload);
        }
    }

    /// True if a broadcast with this id is recorded.
    pub(in crate::abstractions) fn has(&self, id: BroadcastId) -> bool {
        self.0.get(id.from.index()).is_some_and(|it| (1..=it.len()).contains(&(id.seq as usize)))
    }

    /// Returns the name of a broadcast in a sentence.
    pub(in crate::abstractions) fn name(&self, id: BroadcastId, payload: &Value) -> String {
        self.mention(&id.mention(payload))
    }

    /// Returns the name of a message in a sentence.
    pub(in crate::abstractions) fn mention(&self, message: &Mention) -> String {
        let all = self.0.iter().enumerate().flat_map(|(node, all)| {
            all.iter().zip(1..).map(move |(payload, seq)| (node, seq, payload))
        });
        let (from, seq) = (message.from.index(), message.seq);
        let others = all.filter(|(node, number, _)| (*node, *number) != (from, seq));
        named(message, others.map(|(.., payload)| payload))
    }
}

/// A value for each broadcast. Broadcasts are numbered, so this is a table: a look-up by number makes judging cheaper
/// than simulating. Only values of broadcasts far ahead of the others are searched for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::abstractions) struct PerBroadcast<T> {
    /// By broadcaster: values of its first broadcasts, without a gap.
    table: Vec<Vec<T>>,
    /// Values of broadcasts after a gap.
    ahead: SortedMap<BroadcastId, T>,
}

impl<T> PerBroadcast<T> {
    pub(in crate::abstractions) fn new(nodes: usize) -> Self {
        Self { table: (0..nodes).map(|_| Vec::new()).collect(), ahead: SortedMap::new() }
    }

    pub(in crate::abstractions) fn get(&self, id: BroadcastId) -> Option<&T> {
        let place = (id.seq as usize).wrapping_sub(1);
        self.table[id.from.index()].get(place).or_else(|| self.ahead.get(&id))
    }

    /// Returns the value of a broadcast; inserts the result of `make` if there is none.
    pub(in crate::abstractions) fn get_or_insert_with(
        &mut self,
        id: BroadcastId,
        make: impl FnOnce() -> T,
    ) -> &mut T {
        let row = &mut self.table[id.from.index()];
        let place = (id.seq as usize).wrapping_sub(1);
        if place > row.len() {
            return self.ahead.entry(id).or_insert_with(make);
        }
        if place == row.len() {
            let known = if self.ahead.is_empty() { None } else { self.ahead.remove(&id) };
            row.push(known.unwrap_or_else(make));
        }
        &mut row[place]
    }

    pub(in crate::abstractions) fn values(&self) -> impl Iterator<Item = &T> {
        self.table.iter().flatten().chain(self.ahead.values())
    }
}
