//! Properties of snapshots: consistent cut, complete state, completion.

use super::{
    interface::Recorded,
    moments::{Link, Moments, recorded},
};
use crate::{
    abstractions::watch::{Await, Owed, Violation, Watch, liveness, safety},
    kernel::{EventId, Kind, Needs, NodeId, Observation, Property, Roster, SortedMap},
};

/// Consistent cut.
///
/// The cut is made of the moments at which the processes record their own states, whatever becomes of the
/// channels. A process that records twice for one snapshot counts with its first record. Of a snapshot that
/// is incomplete, those processes are compared that have recorded.
pub const CONSISTENT_CUT: Property = Property {
    name: "consistent cut",
    kind: Kind::Safety,
    statement: "If a recorded state contains the receipt of a message, then the recorded state of its \
                sender contains its sending.",
    monitor: |_| safety(ConsistentCut::default()),
};

/// Recorded state complete.
///
/// A channel is judged once its receiver's part of the snapshot is complete: a part that never completes is
/// no violation of safety. A message that is lost was not received, so that it need not be in any state.
pub const RECORDED_STATE_COMPLETE: Property = Property {
    name: "recorded state complete",
    kind: Kind::Safety,
    statement: "The recorded state of a channel contains each message that was sent before the cut and \
                received after it exactly once, and no other message.",
    monitor: |_| safety(StateComplete::default()),
};

/// Snapshot completion.
///
/// Each process is bound by its own record. If its neighbours never hear of the snapshot, its own part stays
/// open as well, so that nothing has to be said of processes that record nothing.
pub const SNAPSHOT_COMPLETION: Property = Property {
    name: "snapshot completion",
    kind: Kind::Liveness,
    statement: "If a correct process records its state for a snapshot, then its part of that snapshot \
                is eventually complete.",
    monitor: |setting| {
        liveness(SnapshotCompletion { roster: Roster::new(setting), open: SortedMap::new() })
    },
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct ConsistentCut(Moments);

impl ConsistentCut {
    /// A transfer that is received before the cut and sent after it.
    fn orphan(&self, snapshot: u32, link: Link) -> Option<Violation> {
        let (sender, receiver) = self.0.of(snapshot, link)?;
        let (from, to) = link;
        let later = self.0.receipts(link).rev();
        let later = later.take_while(|(number, _)| !sender.had_sent(to, *number));
        let orphans = later.filter(|(_, receipt)| *receipt < receiver.event);
        let (number, receipt) = orphans.last()?;
        let why = format!(
            "{to} recorded the receipt of {from}'s transfer {number} to it, which {from} had not sent \
             when it recorded its own state"
        );
        Some(Violation::new(why, [sender.event, receiver.event, receipt]))
    }
}

impl Watch for ConsistentCut {
    const NEEDS: Needs = Needs { requests: false, ..Needs::SEQUENCE };

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let me = seen.node;
        match recorded(seen)? {
            Recorded::Receive { from, seq, .. } => {
                self.0.receive((*from, me), *seq, seen.id);
                None
            }
            Recorded::Record { snapshot, sent, .. } => {
                if !self.0.record(*snapshot, seen, sent) {
                    return None;
                }
                let mut others = self.0.others(*snapshot, me).into_iter();
                others.find_map(|peer| {
                    let here = self.orphan(*snapshot, (peer, me));
                    here.or_else(|| self.orphan(*snapshot, (me, peer)))
                })
            }
            _ => None,
        }
    }
}

/// By node: the numbers of the transfers that were recorded in its channel.
type Channels = Vec<Vec<u32>>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct StateComplete {
    moments: Moments,
    /// By snapshot and process: the event that completed its part, and its channels.
    parts: SortedMap<(u32, NodeId), (EventId, Channels)>,
}

impl StateComplete {
    /// Returns the fault of the recorded state of a channel, if it has one.
    fn wrong(&self, snapshot: u32, link: Link) -> Option<Violation> {
        let (sender, receiver) = self.moments.of(snapshot, link)?;
        let (from, to) = link;
        let (complete, channels) = self.parts.get(&(snapshot, to))?;
        let channel = channels.get(from.index()).map_or(&[][..], Vec::as_slice);
        let receipt_of = |number| self.moments.received.get(&link)?.get(&number).copied();
        let violation = |number, what: String, receipt: Option<EventId>| {
            let why = format!("{from}'s transfer {number} to {to} {what}");
            let moments = [sender.event, receiver.event, *complete].into_iter();
            Violation::new(why, moments.chain(receipt).collect::<Vec<_>>())
        };
        for (place, &number) in channel.iter().enumerate() {
            let receipt = receipt_of(number);
            let what = if !sender.had_sent(to, number) {
                format!("is in the recorded state of the channel, and {from} had not sent it yet")
            } else if receipt.is_some_and(|receipt| receipt < receiver.event) {
                format!("is in the recorded state of the channel, and {to} had received it already")
            } else if channel[..place].contains(&number) {
                "is twice in the recorded state of the channel".to_owned()
            } else {
                continue;
            };
            return Some(violation(number, what, None));
        }
        let mut missing = self.moments.receipts(link).filter(|(number, receipt)| {
            sender.had_sent(to, *number) && *receipt > receiver.event && !channel.contains(number)
        });
        let (number, receipt) = missing.next()?;
        let what = "was sent before the cut and received after it, and is in no recorded state";
        Some(violation(number, what.to_owned(), Some(receipt)))
    }

    /// The same, of all channels of a process, both ways.
    fn wrong_around(&self, snapshot: u32, me: NodeId) -> Option<Violation> {
        let mut others = self.moments.others(snapshot, me).into_iter();
        others.find_map(|peer| {
            self.wrong(snapshot, (peer, me)).or_else(|| self.wrong(snapshot, (me, peer)))
        })
    }
}

impl Watch for StateComplete {
    const NEEDS: Needs = Needs { requests: false, ..Needs::SEQUENCE };

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let me = seen.node;
        match recorded(seen)? {
            Recorded::Receive { from, seq, .. } => {
                let link = (*from, me);
                // A transfer of a process to itself is in no channel.
                if *from == me || !self.moments.receive(link, *seq, seen.id) {
                    return None;
                }
                let mine = self.parts.keys().filter(|(_, node)| *node == me);
                mine.filter_map(|(snapshot, _)| self.wrong(*snapshot, link)).next()
            }
            Recorded::Record { snapshot, sent, .. } => {
                let first = self.moments.record(*snapshot, seen, sent);
                if first { self.wrong_around(*snapshot, me) } else { None }
            }
            Recorded::Snapshot { snapshot, state } => {
                let key = (*snapshot, me);
                if self.parts.contains_key(&key) {
                    return None;
                }
                self.parts.insert(key, (seen.id, state.channels.clone()));
                self.wrong_around(*snapshot, me)
            }
            _ => None,
        }
    }
}

/// The parts that are recorded and not complete.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct SnapshotCompletion {
    roster: Roster,
    /// By process and snapshot: the event of the record; none once the part is complete.
    open: SortedMap<(NodeId, u32), Option<EventId>>,
}

impl Await for SnapshotCompletion {
    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        match recorded(seen) {
            Some(Recorded::Record { snapshot, .. }) => {
                self.open.entry((seen.node, *snapshot)).or_insert(Some(seen.id));
            }
            Some(Recorded::Snapshot { snapshot, .. }) => {
                self.open.insert((seen.node, *snapshot), None);
            }
            _ => {}
        }
    }

    fn owed(&self) -> Option<Owed> {
        let correct = self.roster.correct();
        let open = self.open.iter().filter(|((node, _), _)| correct.contains(*node));
        let open = open.filter_map(|((node, snapshot), since)| Some(((*since)?, node, snapshot)));
        let (since, node, snapshot) = open.min()?;
        Some(Owed {
            since,
            never: format!(
                "{node} recorded its state for snapshot {snapshot} and its part was never complete"
            ),
            not_yet: format!(
                "{node} recorded its state for snapshot {snapshot}, its part is not complete yet"
            ),
        })
    }
}
