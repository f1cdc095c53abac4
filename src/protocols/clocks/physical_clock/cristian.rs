//! Cristian's algorithm: once in every period a process asks the time server, the first node, and sets its clock by the
//! answer. An answer that took longer than 2U is ignored.

use serde::Serialize;

use super::{
    PhysicalClock,
    exchange::{Algorithm, Sample, SoftwareClock},
};
use crate::kernel::{Context, NodeId};

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Cristian {}

impl Algorithm for Cristian {
    fn on_sample(
        &mut self,
        clock: &mut SoftwareClock,
        _ctx: &mut Context<PhysicalClock>,
        _from: NodeId,
        sample: Sample,
    ) {
        clock.asked = None;
        clock.set(sample);
    }
}
