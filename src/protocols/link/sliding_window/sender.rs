//! The sending side: which segments may be in transit (RFC 5681), and when one is sent again (RFC 6298).

use serde::Serialize;

use super::{Ctx, Message, Timer, Timing, estimate::Estimate};
use crate::kernel::{NodeId, Payload, Time};

/// Number of duplicate acks that are taken for a loss.
const DUPLICATES: u32 = 3;

/// Segments to one receiver. Numbers count segments, from 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Sender<M> {
    /// Segments that are not acknowledged, from `unacknowledged` on.
    segments: Vec<M>,
    /// SND.UNA: number of the oldest segment that is not acknowledged.
    unacknowledged: u32,
    /// SND.NXT: number of the next segment to send.
    next: u32,
    /// Number of the first segment that was never sent.
    fresh: u32,
    /// cwnd: congestion window, in segments.
    window: u32,
    /// ssthresh: the window at which slow start ends; none as long as nothing was lost.
    threshold: Option<u32>,
    /// Number of acknowledged segments that have not made the window larger yet, in congestion avoidance.
    acknowledged: u32,
    /// Number of acks in a row that acknowledged nothing new.
    duplicates: u32,
    /// True from a fast retransmission to the next ack of new segments.
    recovering: bool,
    /// Segment whose round trip is measured, and the time at which it was sent.
    measured: Option<(u32, Time)>,
    /// The last segment that was sent again by the timer.
    resent: Option<u32>,
    estimate: Estimate,
}

impl<M: Payload> Sender<M> {
    pub(super) const fn new(timeout: Time) -> Self {
        Self {
            segments: Vec::new(),
            unacknowledged: 1,
            next: 1,
            fresh: 1,
            window: 1,
            threshold: None,
            acknowledged: 0,
            duplicates: 0,
            recovering: false,
            measured: None,
            resent: None,
            estimate: Estimate::new(timeout),
        }
    }

    /// The congestion window, in segments.
    pub(super) const fn window(&self) -> u32 {
        self.window
    }

    /// Number of segments that were sent and not acknowledged.
    const fn in_flight(&self) -> u32 {
        self.next - self.unacknowledged
    }

    /// Adds a segment, and sends it if the windows allow it.
    pub(super) fn push(&mut self, ctx: &mut Ctx<M>, to: NodeId, payload: M) {
        self.segments.push(payload);
        self.send_allowed(ctx, to);
    }

    /// Sends what the congestion window and the receiver's window allow.
    fn send_allowed(&mut self, ctx: &mut Ctx<M>, to: NodeId) {
        let allowed = self.window.min(ctx.parameters().window);
        let end = self.unacknowledged + self.segments.len() as u32;
        while self.next < end && self.in_flight() < allowed {
            // RFC 6298, rule 5.1.
            if self.in_flight() == 0 {
                self.start_timer(ctx, to);
            }
            // Karn's algorithm (rule 3): a segment that was sent twice is not measured.
            if self.next == self.fresh {
                self.fresh += 1;
                self.measured.get_or_insert((self.next, ctx.clock()));
            }
            self.transmit(ctx, to, self.next);
            self.next += 1;
        }
    }

    fn transmit(&self, ctx: &mut Ctx<M>, to: NodeId, seq: u32) {
        let payload = self.segments[(seq - self.unacknowledged) as usize].clone();
        ctx.send(to, Message::Segment { seq, payload });
    }

    fn start_timer(&self, ctx: &mut Ctx<M>, to: NodeId) {
        let parameters = ctx.parameters();
        let timeout = match parameters.timing {
            Timing::Adaptive => self.estimate.timeout(),
            Timing::Fixed => parameters.timeout.into(),
        };
        ctx.set_timer(Timer::Retransmit(to), timeout);
    }

    /// Upon an ack that says which segment the receiver expects next.
    pub(super) fn on_ack(&mut self, ctx: &mut Ctx<M>, to: NodeId, expected: u32) {
        if expected > self.fresh || expected < self.unacknowledged {
            return; // A later ack has overtaken it, or it acknowledges what was sent before a crash.
        }
        if expected == self.unacknowledged {
            self.on_duplicate(ctx, to);
        } else {
            self.on_progress(ctx, to, expected);
        }
        self.send_allowed(ctx, to);
    }

    fn on_progress(&mut self, ctx: &mut Ctx<M>, to: NodeId, expected: u32) {
        let count = expected - self.unacknowledged;
        self.segments.drain(..count as usize);
        self.unacknowledged = expected;
        self.next = self.next.max(expected);
        self.duplicates = 0;
        if let Some((_, sent)) = self.measured.take_if(|(seq, _)| *seq < expected) {
            self.estimate.measure(ctx.clock() - sent);
        }
        match self.threshold {
            // Fast recovery ends: section 3.2, step 6.
            Some(threshold) if self.recovering => self.window = threshold,
            // Congestion avoidance: one segment more for each window that is acknowledged (equation 3).
            Some(threshold) if self.window >= threshold => {
                self.acknowledged += count;
                if self.acknowledged >= self.window {
                    self.acknowledged -= self.window;
                    self.window += 1;
                }
            }
            // Slow start: one segment more for each ack (equation 2).
            _ => self.window += 1,
        }
        self.recovering = false;
        // RFC 6298, rules 5.2 and 5.3.
        if self.in_flight() == 0 {
            ctx.cancel_timer(Timer::Retransmit(to));
        } else {
            self.start_timer(ctx, to);
        }
    }

    fn on_duplicate(&mut self, ctx: &mut Ctx<M>, to: NodeId) {
        if self.in_flight() == 0 {
            return;
        }
        self.duplicates += 1;
        if self.recovering {
            // Section 3.2, step 4: a segment has left the network.
            self.window += 1;
        } else if self.duplicates == DUPLICATES {
            // Fast retransmission: steps 2 and 3.
            let threshold = self.half_the_flight();
            self.recovering = true;
            self.window = threshold + DUPLICATES;
            self.acknowledged = 0;
            self.measured = self.measured.filter(|(seq, _)| *seq != self.unacknowledged);
            self.transmit(ctx, to, self.unacknowledged);
        }
    }

    /// Sets and returns the threshold after a loss (equation 4).
    fn half_the_flight(&mut self) -> u32 {
        *self.threshold.insert((self.in_flight() / 2).max(2))
    }

    /// RFC 6298, rules 5.4 to 5.6; RFC 5681, section 3.1: the window is one segment, and all are sent again from the
    /// oldest on, as acks come in.
    pub(super) fn on_timeout(&mut self, ctx: &mut Ctx<M>, to: NodeId) {
        if self.resent != Some(self.unacknowledged) {
            self.half_the_flight();
        }
        self.resent = Some(self.unacknowledged);
        self.window = 1;
        self.acknowledged = 0;
        self.duplicates = 0;
        self.recovering = false;
        self.measured = None;
        self.estimate.back_off();
        self.next = self.unacknowledged;
        self.send_allowed(ctx, to);
    }
}
