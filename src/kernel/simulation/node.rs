//! State of a node in a simulation.

use crate::kernel::{Choices, Machine, NodeId, NodeSet, Packet, Plan, Time, agenda::Item};

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) machine: Box<dyn Machine>,
    pub(super) stored: Option<Box<dyn Machine>>,
    pub(super) choices: Choices,
    pub(super) timers: Vec<Timer>,
    pub(super) up: bool,
    /// End of its pause, in virtual ms.
    pub(super) paused: Option<Time>,
    /// Items that were due during its pause.
    pub(super) waiting: Vec<Item>,
    /// True if it has been made a traitor.
    pub(super) traitor: bool,
    /// For each kind of action: the fault that crashes the node at this moment, and the number of actions
    /// left before it.
    pub(super) doomed: [Option<(usize, u32)>; 2],
    /// Number of its crashes: it reveals a report or a start that is out of date.
    pub(super) life: u32,
    /// Nodes that the perfect detector has last reported to it as crashed.
    pub(super) suspects: NodeSet,
    /// Time of its last measurement, in virtual ms, and the values.
    pub(super) measured: (Time, Vec<i64>),
}

#[derive(Clone, Debug)]
pub(super) struct Timer {
    pub(super) packet: Packet,
    pub(super) serial: u32,
    /// Virtual time at which it expires, in ms.
    pub(super) due: Time,
    /// Time that the node's own clock shows then, in ms.
    pub(super) shown: Time,
}

impl Node {
    /// True if nothing is left that a crash removes.
    pub(super) fn is_bare(&self) -> bool {
        self.timers.is_empty()
            && self.waiting.is_empty()
            && self.paused.is_none()
            && self.doomed == [None; 2]
            && self.suspects.is_empty()
    }

    pub(super) fn new(plan: &Plan, me: NodeId) -> Self {
        Self {
            machine: plan.spawn(me),
            stored: None,
            choices: plan.choices(me),
            timers: Vec::new(),
            up: true,
            paused: None,
            waiting: Vec::new(),
            traitor: false,
            doomed: [None; 2],
            life: 0,
            suspects: NodeSet::EMPTY,
            measured: (0, Vec::new()),
        }
    }
}
