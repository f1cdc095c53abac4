//! Summaries of what a node may do.

use crate::kernel::NodeId;

/// Envelopes that may be delivered to a node, sorted; the last bit of each is set if it may be delivered more than
/// once.
pub(in crate::search) type Inbox = Vec<u32>;

/// Summary of what a node may do.
#[derive(Clone, Debug, Default)]
pub(in crate::search) struct Summary {
    /// Envelopes that the node may send.
    pub(super) sent: Inbox,
    /// Receivers of these envelopes, as a bit set.
    pub(in crate::search) to: u128,
    /// True if the node may take a visible step: one that an objective's monitor observes.
    pub(in crate::search) visible: bool,
    /// True if the node may do anything, since the lookahead reached a limit.
    pub(in crate::search) unbounded: bool,
    /// For a deferred transition: true if it commutes with everything that may come before it, and true if it may be
    /// visible.
    pub(in crate::search) commutes: bool,
    pub(in crate::search) deferred_visible: bool,
}

impl Summary {
    pub(super) fn anything() -> Self {
        Self { to: u128::MAX, visible: true, unbounded: true, ..Self::default() }
    }
}

/// A deferred transition: its node, its effect, and true if the node may crash before it.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct Deferred {
    pub(in crate::search) node: NodeId,
    pub(in crate::search) effect: u32,
    pub(in crate::search) crashes: bool,
}

/// Adds an envelope to an inbox.
pub(in crate::search) fn add(inbox: &mut Inbox, code: u32) {
    let place = inbox.partition_point(|it| it >> 1 < code >> 1);
    match inbox.get_mut(place) {
        Some(it) if *it >> 1 == code >> 1 => *it |= 1,
        _ => inbox.insert(place, code),
    }
}
