//! What is still to happen, in the fixed order.
//!
//! What happens at one moment is ordered by a fixed rule: faults in the scenario's order; the failure
//! detector's reports, by the node that they are about, then by the node that is told; the start of the
//! run; receipts and losses by message name (sender, receiver, number); timers by node, then in the order
//! in which they were set; requests in the scenario's order. What a handler causes at the same moment
//! takes its place in that order among what is still to come.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

use super::{Detection, Loss, MessageId, MessageName, NodeId, Time};

/// Everything that is still to happen.
#[derive(Clone, Debug, Default)]
pub(super) struct Agenda(BinaryHeap<Reverse<Item>>);

impl Agenda {
    /// Puts something on it: `detail` is its place within its phase.
    pub(super) fn schedule(&mut self, time: Time, phase: Phase, detail: u64, what: What) {
        self.put_back(Item { time, order: phase.order(detail), what });
    }

    /// Puts back what was taken.
    pub(super) fn put_back(&mut self, item: Item) {
        self.0.push(Reverse(item));
    }

    /// Takes what is next.
    pub(super) fn take(&mut self) -> Option<Item> {
        self.0.pop().map(|Reverse(item)| item)
    }

    /// All that is on it, in no order.
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.0.iter().map(|Reverse(item)| item)
    }
}

/// Something that is to happen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    /// When, in virtual ms.
    pub(super) time: Time,
    /// Its place among what happens at one moment: see [`Phase`].
    order: u64,
    pub(super) what: What,
}

impl Item {
    /// The same at another time.
    pub(super) const fn at(self, time: Time) -> Self {
        Self { time, ..self }
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

/// What it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    Fault(usize),
    Resume {
        node: NodeId,
    },
    Detect {
        node: NodeId,
        detection: Detection,
        life: u32,
    },
    Init {
        node: NodeId,
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
    /// The moment is over for a node that was to stop in the middle of it.
    Doom {
        node: NodeId,
    },
}

/// The classes of the fixed rule, in its order.
#[derive(Clone, Copy)]
pub(super) enum Phase {
    Fault = 0,
    Detection,
    Init,
    Arrival,
    Timer,
    Request,
    Doom,
}

/// The place of one copy of a message among all arrivals.
pub(super) const fn arrival_order(name: MessageName, copy: usize) -> u64 {
    let link = (name.from.index() as u64) << 53 | (name.to.index() as u64) << 46;
    link | (name.number as u64) << 14 | copy as u64
}

impl Phase {
    const fn order(self, detail: u64) -> u64 {
        (self as u64) << 60 | detail
    }
}
