//! NTP's clock filter: a process asks the time server as in Cristian's algorithm, but sets its clock by the best of the
//! last few samples. The best is the one with the least error bound: half of its delay, and the drift since. So a slow
//! exchange does not spoil the result of a fast one.

use std::collections::VecDeque;

use serde::Serialize;

use super::{
    PhysicalClock,
    exchange::{Algorithm, Sample, SoftwareClock},
};
use crate::kernel::{Context, NodeId};

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Ntp {
    /// The last samples, the newest first.
    filter: VecDeque<Sample>,
}

impl Algorithm for Ntp {
    fn on_sample(
        &mut self,
        clock: &mut SoftwareClock,
        ctx: &mut Context<PhysicalClock>,
        _from: NodeId,
        sample: Sample,
    ) {
        clock.asked = None;
        self.filter.truncate(ctx.parameters().samples as usize - 1);
        self.filter.push_front(sample);
        let best = self.filter.iter().min_by_key(|sample| sample.error(ctx));
        clock.set(*best.unwrap_or(&sample));
    }
}
