//! Recorded moments, as monitors observe them.

use super::interface::Recorded;
use crate::kernel::{EventId, NodeId, Observation, Seen, SortedMap};

pub(super) fn recorded<'a>(seen: &Observation<'a>) -> Option<&'a Recorded> {
    let Seen::Indication(packet) = seen.what else { return None };
    packet.get()
}

/// The moment at which a process recorded its own state for a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Moment {
    pub(super) event: EventId,
    /// By node: number of transfers that it had sent to it.
    sent: Vec<u32>,
}

impl Moment {
    pub(super) fn had_sent(&self, to: NodeId, number: u32) -> bool {
        self.sent.get(to.index()).is_some_and(|sent| number <= *sent)
    }
}

/// The recorded moments, and the receipts before and after them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Moments {
    /// By snapshot and process.
    moments: SortedMap<(u32, NodeId), Moment>,
    /// By link and number: the first receipt of a transfer.
    pub(super) received: SortedMap<Link, SortedMap<u32, EventId>>,
}

impl Moments {
    /// Takes note of a receipt; false if the transfer had been received before.
    pub(super) fn receive(&mut self, link: Link, number: u32, event: EventId) -> bool {
        let received = self.received.entry(link).or_default();
        let first = !received.contains_key(&number);
        received.entry(number).or_insert(event);
        first
    }

    /// Takes note of a record; false if there was one before.
    pub(super) fn record(&mut self, snapshot: u32, seen: &Observation, sent: &[u32]) -> bool {
        let key = (snapshot, seen.node);
        let first = !self.moments.contains_key(&key);
        self.moments.entry(key).or_insert_with(|| Moment { event: seen.id, sent: sent.to_vec() });
        first
    }

    /// The moments of both ends of a link, once there are both.
    pub(super) fn of(&self, snapshot: u32, (from, to): Link) -> Option<(&Moment, &Moment)> {
        self.moments.get(&(snapshot, from)).zip(self.moments.get(&(snapshot, to)))
    }

    /// The receipts on a link, by number.
    pub(super) fn receipts(&self, link: Link) -> impl DoubleEndedIterator<Item = (u32, EventId)> {
        let receipts = self.received.get(&link).into_iter().flat_map(SortedMap::iter);
        receipts.map(|(number, event)| (*number, *event))
    }

    /// The other processes that have recorded for a snapshot.
    pub(super) fn others(&self, snapshot: u32, me: NodeId) -> Vec<NodeId> {
        let of_snapshot = self.moments.keys().filter(|(number, _)| *number == snapshot);
        of_snapshot.map(|(_, node)| *node).filter(|node| *node != me).collect()
    }
}

/// A link, from its sender to its receiver.
pub(super) type Link = (NodeId, NodeId);
