//! The pending items of a run, in the fixed order.
//!
//! Items of one moment are ordered by a fixed rule: faults in the scenario's order; starts and restarts by
//! node; the failure detector's reports, by the node that they are about, then by the node that is told;
//! receipts and losses by message name (sender, receiver, number); timers by node, then in the order in which
//! they were set; requests in the scenario's order. An item that a handler causes at the same moment takes
//! its place in that order among the pending ones.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
    rc::Rc,
};

use super::{Detection, Loss, MessageId, MessageName, NodeId, Time, sort};

/// The pending items of a run.
#[derive(Clone, Debug)]
pub(super) struct Agenda {
    /// Items that the scenario asks for, in order. The list never changes; all copies of an agenda share it.
    foreseen: Rc<[Item]>,
    /// Number of those that have happened.
    passed: usize,
    /// Items that the run has caused.
    arisen: BinaryHeap<Reverse<Item>>,
}

impl Agenda {
    /// Returns an agenda with the items that are known before the run.
    pub(super) fn new(mut foreseen: Vec<Item>) -> Self {
        sort(&mut foreseen);
        Self { foreseen: foreseen.into(), passed: 0, arisen: BinaryHeap::new() }
    }

    /// Adds an item.
    pub(super) fn schedule(&mut self, item: Item) {
        self.arisen.push(Reverse(item));
    }

    /// Returns the next item.
    pub(super) fn next(&self) -> Option<&Item> {
        let foreseen = self.foreseen.get(self.passed);
        let arisen = self.arisen.peek().map(|Reverse(item)| item);
        foreseen.into_iter().chain(arisen).min()
    }

    /// Removes and returns the next item.
    pub(super) fn take(&mut self) -> Option<Item> {
        let foreseen = self.foreseen.get(self.passed);
        if let Some(foreseen) = foreseen
            && self.arisen.peek().is_none_or(|Reverse(arisen)| foreseen < arisen)
        {
            self.passed += 1;
            return Some(*foreseen);
        }
        self.arisen.pop().map(|Reverse(item)| item)
    }

    /// Returns all items, in no order.
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        let arisen = self.arisen.iter().map(|Reverse(item)| item);
        self.foreseen[self.passed..].iter().chain(arisen)
    }
}

/// A pending item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    /// Time at which it is due, in virtual ms.
    pub(super) time: Time,
    /// Its place among the items of one moment: see [`Phase`].
    order: u64,
    pub(super) occurrence: Occurrence,
}

impl Item {
    /// Returns an item for this time; `detail` is its place within its phase.
    pub(super) const fn new(time: Time, phase: Phase, detail: u64, occurrence: Occurrence) -> Self {
        Self { time, order: phase.order(detail), occurrence }
    }

    /// Returns the same item at another time.
    pub(super) const fn at(self, time: Time) -> Self {
        Self { time, ..self }
    }

    /// Returns an item with another occurrence in its place.
    pub(super) const fn with(self, occurrence: Occurrence) -> Self {
        Self { occurrence, ..self }
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Item {}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.time, self.order).cmp(&(other.time, other.order))
    }
}

/// An occurrence that an item stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Occurrence {
    Fault(usize),
    Resume {
        node: NodeId,
    },
    Detect {
        node: NodeId,
        detection: Detection,
        /// Number of crashes of the node that is told, and of the one that it is about, when the report was
        /// scheduled.
        lives: [u32; 2],
    },
    /// Start of the node, at the beginning of the run or after a crash.
    Start {
        node: NodeId,
        life: u32,
    },
    Arrive {
        message: MessageId,
        copy: usize,
        lost: Option<Loss>,
    },
    Timer {
        node: NodeId,
        serial: u32,
    },
    Request {
        index: usize,
    },
    /// End of a moment at which the node was to crash after a number of sends or writes.
    Doom {
        node: NodeId,
    },
}

/// Classes of the fixed rule, in its order.
#[derive(Clone, Copy)]
pub(super) enum Phase {
    Fault = 0,
    Start,
    Detection,
    Arrival,
    Timer,
    Request,
    Doom,
}

/// Returns the place of a report among the failure detector's reports of one moment. Reports of one node to
/// another come in the order of its crashes and recoveries.
pub(super) fn report_order(told: Detection, to: NodeId, life: u32) -> u64 {
    let change = u64::from(life) << 1 | u64::from(matches!(told, Detection::Restore(_)));
    (told.node().index() as u64) << 53 | (to.index() as u64) << 46 | change
}

/// Returns the place of one copy of a message among all arrivals.
pub(super) const fn arrival_order(name: MessageName, copy: usize) -> u64 {
    let link = (name.from.index() as u64) << 53 | (name.to.index() as u64) << 46;
    link | (name.number as u64) << 14 | copy as u64
}

impl Phase {
    const fn order(self, detail: u64) -> u64 {
        debug_assert!(detail < 1 << 60, "a place within a phase leaves the phase its bits");
        (self as u64) << 60 | detail
    }
}
