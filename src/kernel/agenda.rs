//! What is still to happen, in the fixed order.
//!
//! What happens at one moment is ordered by a fixed rule: faults in the scenario's order; starts and restarts by
//! node; the failure detector's reports, by the node that they are about, then by the node that is told; receipts
//! and losses by message name (sender, receiver, number); timers by node, then in the order in which they were
//! set; requests in the scenario's order. What a handler causes at the same moment takes its place in that order
//! among what is still to come.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
    rc::Rc,
};

use super::{Detection, Loss, MessageId, MessageName, NodeId, Time, sort};

/// Everything that is still to happen.
#[derive(Clone, Debug)]
pub(super) struct Agenda {
    /// What the scenario asks for, in order: it never changes, and all copies of an agenda share it.
    foreseen: Rc<[Item]>,
    /// How much of that has happened.
    passed: usize,
    /// What the run brought about.
    arisen: BinaryHeap<Reverse<Item>>,
}

impl Agenda {
    /// An agenda with what is known before the run.
    pub(super) fn new(mut foreseen: Vec<Item>) -> Self {
        sort(&mut foreseen);
        Self { foreseen: foreseen.into(), passed: 0, arisen: BinaryHeap::new() }
    }

    /// Puts something on it.
    pub(super) fn schedule(&mut self, item: Item) {
        self.arisen.push(Reverse(item));
    }

    /// What is next.
    pub(super) fn next(&self) -> Option<&Item> {
        let foreseen = self.foreseen.get(self.passed);
        let arisen = self.arisen.peek().map(|Reverse(item)| item);
        foreseen.into_iter().chain(arisen).min()
    }

    /// Takes what is next.
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

    /// All that is on it, in no order.
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        let arisen = self.arisen.iter().map(|Reverse(item)| item);
        self.foreseen[self.passed..].iter().chain(arisen)
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
    /// Something at this time: `detail` is its place within its phase.
    pub(super) const fn new(time: Time, phase: Phase, detail: u64, what: What) -> Self {
        Self { time, order: phase.order(detail), what }
    }

    /// The same at another time.
    pub(super) const fn at(self, time: Time) -> Self {
        Self { time, ..self }
    }

    /// Something else in its place.
    pub(super) const fn instead(self, what: What) -> Self {
        Self { what, ..self }
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
        /// Number of crashes of the node that is told, and of the one that it is about, when this was settled.
        lives: [u32; 2],
    },
    /// The node begins to run, at the start of the run or after a crash.
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
    /// The moment is over for a node that was to stop in the middle of it.
    Doom {
        node: NodeId,
    },
}

/// The classes of the fixed rule, in its order.
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

/// The place of a report among all of the failure detector's. Reports of one node to another come in the order of its
/// crashes and recoveries.
pub(super) fn report_order(told: Detection, to: NodeId, life: u32) -> u64 {
    let change = u64::from(life) << 1 | u64::from(matches!(told, Detection::Restore(_)));
    (told.node().index() as u64) << 53 | (to.index() as u64) << 46 | change
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
