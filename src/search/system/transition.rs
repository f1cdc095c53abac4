//! Transitions of a system, and the kinds of faults among them.

use crate::kernel::NodeId;

/// A transition of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) enum Transition {
    /// A step of a node. It removes the envelope at this place, if it is a delivery.
    Step { node: NodeId, effect: u32, place: Option<usize>, fault: Option<FaultKind> },
    /// The loss of the envelope at this place.
    Drop { place: usize },
    /// The duplication of the envelope at this place.
    Duplicate { place: usize },
}

/// Kinds of faults in the system, in the order of their counters in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) enum FaultKind {
    Crash = 0,
    Recover = 1,
    Drop = 2,
    Duplicate = 3,
}

/// Names of the [`FaultKind`]s.
pub(in crate::search) const FAULT_KINDS: [&str; 4] = ["crash", "recover", "drop", "duplicate"];

/// Layout of the word of remaining faults in a state: this number of bits for each kind, and the total above them.
pub(super) const BITS_PER_KIND: u32 = 6;
pub(in crate::search) const MAX_PER_KIND: u32 = (1 << BITS_PER_KIND) - 1;
pub(super) const TOTAL_SHIFT: u32 = BITS_PER_KIND * FAULT_KINDS.len() as u32;
