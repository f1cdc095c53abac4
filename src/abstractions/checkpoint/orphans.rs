//! No orphan message.

use super::{
    interface::{CheckpointRequest, Recorded, Transfer},
    moments::{Link, recorded},
};
use crate::{
    abstractions::watch::{Violation, WatchCorrect, safety_of_correct},
    kernel::{EventId, Kind, Needs, NodeId, Observation, Property, Seen, SortedMap},
};

/// No orphan message.
///
/// A violation lasts only until the process that has received the message rolls back as well. A sender that
/// rolls back reuses the numbers of the transfers that it undid: an undone message that is still in transit then cannot be
/// told from the new one with its number.
pub const NO_ORPHAN_MESSAGE: Property = Property {
    name: "no orphan message",
    kind: Kind::Safety,
    statement: "After a rollback, no process's state contains the receipt of a message whose \
                sending was undone.",
    monitor: |_| safety_of_correct(NoOrphan::default()),
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct NoOrphan {
    /// By link: number of transfers sent and not undone.
    sent: SortedMap<Link, u32>,
    /// By link: the greatest number of a transfer that was received and not undone.
    received: SortedMap<Link, (u32, EventId)>,
    /// By process that has rolled back: the event of its last rollback.
    rollbacks: SortedMap<NodeId, EventId>,
    /// By link whose receiver has received a transfer that was undone: the rollback, and the number of transfers to which
    /// the receiver has to roll back.
    orphans: SortedMap<Link, (EventId, u32, EventId)>,
}

impl NoOrphan {
    fn roll_back(&mut self, seen: &Observation, sent: &[u32], received: &[u32]) {
        let me = seen.node;
        self.rollbacks.insert(me, seen.id);
        for (index, &left) in sent.iter().enumerate() {
            let link = (me, NodeId::new(index));
            self.sent.insert(link, left);
            if let Some(&(number, receipt)) = self.received.get(&link)
                && number > left
            {
                let orphan = self.orphans.entry(link).or_insert((seen.id, left, receipt));
                orphan.1 = orphan.1.min(left);
            }
        }
        for (index, &left) in received.iter().enumerate() {
            let link = (NodeId::new(index), me);
            if let Some((number, _)) = self.received.get_mut(&link) {
                *number = (*number).min(left);
            }
            if self.orphans.get(&link).is_some_and(|(_, valid, _)| left <= *valid) {
                self.orphans.remove(&link);
            }
        }
    }
}

impl WatchCorrect for NoOrphan {
    const NEEDS: Needs = Needs::ORDER;

    fn observe(&mut self, seen: &Observation) {
        if let Seen::Request(packet) = seen.what
            && let Some(CheckpointRequest::Transfer(Transfer { to, .. })) = packet.get()
        {
            *self.sent.entry((seen.node, *to)).or_default() += 1;
        }
        match recorded(seen) {
            Some(Recorded::Rollback { sent, received, .. }) => {
                self.roll_back(seen, sent, received);
            }
            Some(Recorded::Receive { from, seq, .. }) => {
                let link = (*from, seen.node);
                let last = self.received.entry(link).or_insert((0, seen.id));
                *last = (*last).max((*seq, seen.id));
                let sent = self.sent.get(&link).copied().unwrap_or(0);
                // It was in transit when its sender rolled back.
                if let Some(rollback) = self.rollbacks.get(from)
                    && *seq > sent
                {
                    let orphan = self.orphans.entry(link).or_insert((*rollback, sent, seen.id));
                    orphan.1 = orphan.1.min(sent);
                }
            }
            _ => {}
        }
    }

    fn violated(&self) -> Option<Violation> {
        let orphans = self.orphans.iter();
        let ((from, to), (rollback, _, receipt)) =
            orphans.min_by_key(|(_, (rollback, _, receipt))| rollback.max(receipt))?;
        let why = format!("{to} has received a message of {from} whose sending was undone");
        Some(Violation::new(why, [*receipt, *rollback]))
    }
}
