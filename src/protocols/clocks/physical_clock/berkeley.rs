//! The Berkeley algorithm: once in every period the coordinator, the first node, asks all others. It takes the average of
//! the clocks that differ by no more than the tolerance, its own among them, and tells each node by how much to change
//! its clock. No clock is taken to be right, and a clock that is far off does not influence the others.
//!
//! The reference is the coordinator's clock, and it moves: a node that missed the round in which it moved is left behind.
//! So a promise ends before the next round can begin. That is a period after the question of this round, and the
//! question was asked no more than U before it was answered: the promise ends a period less U after the answer. A
//! coordinator that recovers has lost its adjustment, and waits for a period: until then a promise may rely on it.

use std::mem::take;

use serde::Serialize;

use super::{
    Message, PhysicalClock, Timer,
    exchange::{Algorithm, SERVER, Sample, SoftwareClock, drift, hardware, longest_exchange},
};
use crate::kernel::{Context, NodeId, SortedMap, Time, sort};

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Berkeley {
    /// At the coordinator: the leads of the clocks that have answered.
    leads: SortedMap<NodeId, i64>,
    /// The last question of the coordinator.
    answered: Option<Answered>,
}

/// A question of the coordinator that has been answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
struct Answered {
    t1: i64,
    /// Time of the answer, by the hardware clock.
    at: i64,
    /// True if the clock has been changed as the coordinator says: a duplicate must not change it again.
    adjusted: bool,
}

impl Algorithm for Berkeley {
    fn begin_round(&mut self, clock: &mut SoftwareClock, ctx: &mut Context<PhysicalClock>) {
        if ctx.me() == SERVER {
            self.close_round(clock, ctx);
            clock.ask(ctx, ctx.others());
            if let Some(longest) = longest_exchange(ctx) {
                ctx.set_timer(Timer::Close, longest + 1);
            }
        }
    }

    fn on_recovery(&mut self, _clock: &mut SoftwareClock, ctx: &mut Context<PhysicalClock>) {
        ctx.set_timer(Timer::Period, ctx.parameters().period.into());
    }

    fn on_question(&mut self, ctx: &Context<PhysicalClock>, t1: i64) {
        if self.answered.is_none_or(|last| last.t1 < t1) {
            self.answered = Some(Answered { t1, at: hardware(ctx), adjusted: false });
        }
    }

    fn on_sample(
        &mut self,
        clock: &mut SoftwareClock,
        ctx: &mut Context<PhysicalClock>,
        from: NodeId,
        sample: Sample,
    ) {
        self.leads.entry(from).or_insert(sample.offset - clock.adjustment);
        if self.leads.len() == ctx.others().len() {
            self.close_round(clock, ctx);
        }
    }

    /// Sends every node that has answered the change of its clock.
    fn close_round(&mut self, clock: &mut SoftwareClock, ctx: &mut Context<PhysicalClock>) {
        let Some(t1) = clock.asked.take() else { return };
        ctx.cancel_timer(Timer::Close);
        let leads = self.leads.values().copied().chain([0]).collect();
        let average = fault_tolerant_average(leads, ctx.parameters().tolerance.into());
        for (node, lead) in take(&mut self.leads) {
            ctx.send(node, Message::Adjust { t1, by: average - lead });
        }
        let offset = clock.adjustment + average;
        clock.set(Sample { offset, delay: 0, taken: hardware(ctx) });
    }

    /// Only the coordinator has measured the time of the exchange, so the longest is assumed.
    fn on_adjust(
        &mut self,
        clock: &mut SoftwareClock,
        ctx: &Context<PhysicalClock>,
        t1: i64,
        by: i64,
    ) {
        if let Some(answered) = &mut self.answered
            && answered.t1 == t1
            && !answered.adjusted
        {
            answered.adjusted = true;
            let delay = longest_exchange(ctx).unwrap_or_default();
            clock.set(Sample { offset: clock.adjustment + by, delay, taken: answered.at });
        }
    }

    fn error(&self, clock: &SoftwareClock, ctx: &Context<PhysicalClock>) -> Option<Time> {
        let sample = clock.set_by?;
        if ctx.me() == SERVER {
            return Some(0);
        }
        let period = drift(ctx).passes_at_least(ctx.parameters().period.into());
        let age = drift(ctx).passes_at_most(hardware(ctx).abs_diff(sample.taken));
        (age + ctx.group().delay_bound? <= period).then(|| sample.error(ctx))
    }
}

/// Returns the average of the largest set of clocks that differ by no more than the tolerance.
pub(super) fn fault_tolerant_average(mut clocks: Vec<i64>, tolerance: i64) -> i64 {
    sort(&mut clocks);
    let from = |first: usize| {
        let end = clocks.partition_point(|clock| clock - clocks[first] <= tolerance);
        &clocks[first..end]
    };
    // Of several such sets the last, which holds the fastest clocks: time should not go back.
    let largest = (0..clocks.len()).map(from).max_by_key(|set| set.len()).unwrap_or_default();
    largest.iter().sum::<i64>().div_euclid(largest.len().max(1) as i64)
}
