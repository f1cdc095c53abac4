//! The exchange on which all three algorithms rest: it compares a software clock with another one.
//!
//! A process asks at T1, by its hardware clock. The question arrives at T2 and is answered at T3, by the other clock; the
//! answer arrives at T4. The offset of the other clock and the delay of both messages are estimated as
//!
//! > θ = ((T2 − T1) + (T3 − T4)) / 2,  δ = (T4 − T1) − (T3 − T2).
//!
//! *Why the bound holds.* Let the two messages take d1 and d2. At T4 the other clock is ahead by θ, with three errors:
//! half of the difference of the delays, |d1 − d2|/2; the drift during the exchange, at most 2ρ(d1 + d2); and less than
//! 1.5 ms, since readings are whole ms. Delays are in \[0, U\], so they differ by at most U. They also differ by at most
//! d1 + d2, which the process has measured: where the network has no bound, only that counts. From then on the clocks
//! drift apart by at most 2ρ a ms. So t ms later a clock differs from its reference by at most
//!
//! > e = min(d1 + d2, U)/2 + 2ρ(d1 + d2 + t) + 2,
//!
//! with half a ms for the reading itself. Two clocks with e and e' differ by at most e + e', at most twice the greater.
//! So each promises a skew of **2e**, which it computes from its own readings. Just after the exchange that is U, the
//! drift and 4 ms. The longer ago the exchange was, because messages are lost or the server is down, the greater it is.
//! Before the first exchange nothing is promised.

use serde::Serialize;

use super::{Message, PhysicalClock, Timer};
use crate::{
    abstractions::clock::Drift,
    kernel::{Context, NodeId, NodeSet, Time},
};

/// The time server of Cristian and NTP, and the coordinator of Berkeley.
pub(super) const SERVER: NodeId = NodeId::new(0);

/// Part of one clock's bound that is due to whole ms: 1.5 ms in the exchange, and half of the error of reading two
/// clocks.
const ROUNDING: Time = 2;

/// An algorithm that keeps clocks together. By default every other node asks the server once in every period.
pub(super) trait Algorithm {
    /// Upon the start, and a period after the last round.
    fn begin_round(&mut self, clock: &mut SoftwareClock, ctx: &mut Context<PhysicalClock>) {
        if ctx.me() != SERVER {
            clock.ask(ctx, SERVER.into());
        }
    }

    /// Upon a recovery.
    fn on_recovery(&mut self, clock: &mut SoftwareClock, ctx: &mut Context<PhysicalClock>) {
        self.begin_round(clock, ctx);
    }

    /// Upon a question, which has been answered.
    fn on_question(&mut self, _ctx: &Context<PhysicalClock>, _t1: i64) {}

    /// Upon an answer that did not take too long.
    fn on_sample(
        &mut self,
        clock: &mut SoftwareClock,
        ctx: &mut Context<PhysicalClock>,
        from: NodeId,
        sample: Sample,
    );

    /// Upon the end of the time in which answers may come.
    fn close_round(&mut self, _clock: &mut SoftwareClock, _ctx: &mut Context<PhysicalClock>) {}

    /// Upon an order to change the clock.
    fn on_adjust(
        &mut self,
        _clock: &mut SoftwareClock,
        _ctx: &Context<PhysicalClock>,
        _t1: i64,
        _by: i64,
    ) {
    }

    /// e: the greatest difference of the clock from its reference; none where nothing is promised.
    fn error(&self, clock: &SoftwareClock, ctx: &Context<PhysicalClock>) -> Option<Time> {
        if ctx.me() == SERVER { Some(0) } else { clock.set_by.map(|sample| sample.error(ctx)) }
    }
}

/// A software clock: the hardware clock, which is never set, and an adjustment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(super) struct SoftwareClock {
    /// Lead of the software clock over the hardware clock, in ms.
    pub(super) adjustment: i64,
    /// The sample by which the clock was last set.
    pub(super) set_by: Option<Sample>,
    /// T1 of the question that is not answered yet.
    pub(super) asked: Option<i64>,
}

/// The result of an exchange. Readings are of the hardware clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Sample {
    /// θ: lead of the other clock.
    pub(super) offset: i64,
    /// δ: time that the two messages took.
    pub(super) delay: Time,
    /// T4: time of the exchange.
    pub(super) taken: i64,
}

/// Returns the reading of the hardware clock.
pub(super) fn hardware(ctx: &Context<PhysicalClock>) -> i64 {
    ctx.clock() as i64
}

/// ρ, the drift of a clock.
pub(super) fn drift(ctx: &Context<PhysicalClock>) -> Drift {
    Drift::new(ctx.parameters().max_drift)
}

/// Returns the longest time of an exchange, 2U, by the hardware clock; none where the network has no bound.
pub(super) fn longest_exchange(ctx: &Context<PhysicalClock>) -> Option<Time> {
    ctx.group().delay_bound.map(|bound| drift(ctx).shows_at_most(2 * bound))
}

impl SoftwareClock {
    pub(super) fn reading(&self, ctx: &Context<PhysicalClock>) -> i64 {
        hardware(ctx) + self.adjustment
    }

    /// Asks these nodes, and again a period later.
    pub(super) fn ask(&mut self, ctx: &mut Context<PhysicalClock>, nodes: NodeSet) {
        let t1 = hardware(ctx);
        self.asked = Some(t1);
        ctx.multicast(nodes, Message::Question { t1 });
        ctx.set_timer(Timer::Period, ctx.parameters().period.into());
    }

    pub(super) fn answer(&self, ctx: &mut Context<PhysicalClock>, to: NodeId, t1: i64) {
        let now = self.reading(ctx);
        ctx.send(to, Message::Answer { t1, t2: now, t3: now });
    }

    /// Returns the sample of an answer, if it answers the last question and did not take too long.
    pub(super) fn sample(
        &self,
        ctx: &mut Context<PhysicalClock>,
        from: NodeId,
        [t1, t2, t3]: [i64; 3],
    ) -> Option<Sample> {
        self.asked.filter(|asked| *asked == t1)?;
        let sample = Sample::of([t1, t2, t3], hardware(ctx));
        if longest_exchange(ctx).is_some_and(|longest| sample.delay > longest) {
            let delay = sample.delay;
            ctx.note(format!("the exchange with {from} took {delay} ms: too long to be used"));
            return None;
        }
        Some(sample)
    }

    pub(super) fn set(&mut self, sample: Sample) {
        self.adjustment = sample.offset;
        self.set_by = Some(sample);
    }
}

impl Sample {
    /// Returns the offset and the delay of the four timestamps of an exchange. If the messages take hardly any time, the
    /// drift of the clocks may make the delay negative.
    pub(super) fn of([t1, t2, t3]: [i64; 3], t4: i64) -> Self {
        let offset = ((t2 - t1) + (t3 - t4)).div_euclid(2);
        let delay = (t4 - t1) - (t3 - t2);
        Self { offset, delay: delay.max(0).unsigned_abs(), taken: t4 }
    }

    /// e: the greatest difference from its reference of a clock that was set by this sample.
    pub(super) fn error(&self, ctx: &Context<PhysicalClock>) -> Time {
        let delay = drift(ctx).passes_at_most(self.delay);
        let age = drift(ctx).passes_at_most(hardware(ctx).abs_diff(self.taken));
        let half = delay.min(ctx.group().delay_bound.unwrap_or(Time::MAX)).div_ceil(2);
        half + drift(ctx).apart(delay + age) + ROUNDING
    }
}
