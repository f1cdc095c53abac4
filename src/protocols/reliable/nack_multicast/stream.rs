//! The messages of one sender at a member: delivered, held back, and missing.

use serde::Serialize;

use crate::kernel::{Payload, SortedMap};

/// The messages of one sender, which are numbered from 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Stream<M> {
    /// Number of the last message delivered.
    delivered: u32,
    /// Greatest number received or announced.
    pub(super) last: u32,
    /// Messages after a gap, by number.
    held_back: SortedMap<u32, M>,
    /// Messages delivered, from the first on; empty at a member that keeps none.
    pub(super) kept: Vec<M>,
    /// By number of a missing message: number of NACKs sent for it. So the sender is asked first for each message,
    /// even while others are missing.
    pub(super) asked: SortedMap<u32, usize>,
}

impl<M: Payload> Stream<M> {
    pub(super) const fn new() -> Self {
        Self {
            delivered: 0,
            last: 0,
            held_back: SortedMap::new(),
            kept: Vec::new(),
            asked: SortedMap::new(),
        }
    }

    /// Holds a message back, unless it is delivered.
    pub(super) fn hold(&mut self, seq: u32, payload: M) {
        if seq > self.delivered {
            self.held_back.insert(seq, payload);
        }
    }

    /// Returns the next message to deliver, if it is there, and keeps a copy where it is told to.
    pub(super) fn next(&mut self, keep: bool) -> Option<(u32, M)> {
        let payload = self.held_back.remove(&(self.delivered + 1))?;
        self.delivered += 1;
        if keep {
            self.kept.push(payload.clone());
        }
        Some((self.delivered, payload))
    }

    /// Numbers of the missing messages, all greater than `known`.
    pub(super) fn missing_after(&self, known: u32) -> Vec<u32> {
        (known + 1..=self.last).filter(|seq| !self.held_back.contains_key(seq)).collect()
    }

    /// Returns a message that is kept or held back.
    pub(super) fn find(&self, seq: u32) -> Option<M> {
        let kept = self.kept.get(seq as usize - 1);
        kept.or_else(|| self.held_back.get(&seq)).cloned()
    }
}
