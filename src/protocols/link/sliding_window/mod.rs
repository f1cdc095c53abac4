//! Sliding window with congestion control, as in TCP.
//!
//! The sender numbers its segments, and sends several before the first ack: as many as the smaller of two windows allows.
//! The receiver's window is a parameter. The **congestion window** is what the sender believes that the network holds. The
//! receiver delivers in the order of the numbers, holds back what comes early, and answers each segment with a
//! **cumulative ack**: the number that it expects next.
//!
//! - *Slow start*: the window begins at 1 and grows by 1 with each ack, so it doubles in a round trip.
//! - *Congestion avoidance*: from the threshold on it grows by 1 in a round trip.
//! - *Fast retransmission*: the third duplicate ack tells of a gap. The sender sends the missing segment again at once,
//!   and goes on with half of what was in transit (additive increase, multiplicative decrease).
//! - *Timeout*: the window is 1 again, the threshold half of what was in transit. The timeout follows the measured round
//!   trips and their variation, and doubles each time that it expires.
//!
//! *Why it works*: a segment stays in the buffer until a cumulative ack covers it, and the oldest one is sent again until
//! then. So on channels that do not lose every copy, each arrives: **reliable delivery**. The receiver delivers number k + 1
//! after k and nothing twice: **FIFO delivery**, **no duplication**. Nothing of this depends on windows and timeouts. They
//! decide how fast it is, and what it costs. With a window of 1 it is stop-and-wait: one segment in a round trip.
//!
//! A *fixed* timeout below the round trip sends each segment again before its ack can be there: a **retransmission storm**,
//! in which most segments are spurious.
//!
//! Where it departs from the RFCs: a segment is one message of the application, and numbers count segments instead of
//! bytes. The first timeout is a parameter, since a run lasts no minutes (rule 2.1 of RFC 6298 says one second), and the
//! least is the clock's granularity (rule 2.4 says that it should be a second). The initial window is 1, less than section
//! 3.1 of RFC 5681 allows. Each segment is acknowledged at once, and the first two duplicate acks send nothing new: both
//! are options. There are no handshakes.

mod estimate;
mod sender;
#[cfg(test)]
mod tests;

use derive_more::Display;
use serde::Serialize;

use self::sender::Sender;
use crate::{
    abstractions::{
        Value,
        link::{
            Deliver, FIFO_DELIVERY, NO_CREATION, NO_DUPLICATION, RELIABLE_DELIVERY, Send, one_send,
        },
    },
    cost,
    kernel::{
        Carried, Context, Drawn, Group, Metric, NodeId, Payload, Process, Protocol, Rule, SortedMap,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "sliding-window",
    name: "Sliding window",
    summary: "The sender has several segments in transit, as many as the acks so far suggest that the network \
              holds.",
    source: "Allman, Paxson and Blanton 2009, TCP Congestion Control (RFC 5681); Paxson, Allman, Chu and \
             Sargent 2011, Computing TCP's Retransmission Timer (RFC 6298); Jacobson 1988, Congestion \
             Avoidance and Control; notes 001 and 004",
    example: "three-duplicate-acks",
    model: &[Rule::FairLossChannels.always().for_liveness(), Rule::NoRecoveries.always()],
    promises: &[NO_CREATION, NO_DUPLICATION, RELIABLE_DELIVERY, FIFO_DELIVERY],
    unbreakable: &[(
        FIFO_DELIVERY,
        "a receiver delivers the numbers of a sender one after the other, from one on, even after a recovery",
    )],
    costs: &[cost!("one message", n >= 2 => 2, one_send)],
    metrics: &[
        Metric {
            name: "congestion window",
            unit: "segments",
            help: "Number of segments that the sender lets be in transit; the largest, if it has several receivers.",
            drawn: Drawn::Curve,
            value: |node| {
                let senders = node.process::<SlidingWindow<Value>>().senders.values();
                senders.map(Sender::window).max().unwrap_or(0).into()
            },
        },
        Metric {
            name: "goodput",
            unit: "segments",
            help: "Segments that the node has delivered.",
            drawn: Drawn::Curve,
            value: |node| {
                let receivers = node.process::<SlidingWindow<Value>>().receivers.values();
                receivers.map(|it| i64::from(it.expected - 1)).sum()
            },
        },
        Metric {
            name: "spurious",
            unit: "retransmissions",
            help: "Segments that were sent again and arrived although the node had them already.",
            drawn: Drawn::Curve,
            value: |node| {
                let receivers = node.process::<SlidingWindow<Value>>().receivers.values();
                receivers.map(|it| i64::from(it.spurious)).sum()
            },
        },
    ],
    ..Protocol::of::<SlidingWindow<Value>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Receiver's window: greatest number of segments in transit. 1 is stop-and-wait.
        window: u32 = 16, in 1..=64 "segments";
        /// Choice of the retransmission timeout.
        timing: Timing = Adaptive;
        /// The fixed timeout, or the adaptive one before the first measurement.
        timeout: u32 = 200, in 1..=60_000 "ms";
    }
    /// Choice of the retransmission timeout.
    pub enum Timing {
        /// It follows the measured round trips.
        Adaptive = "adaptive",
        /// It is a constant.
        Fixed = "fixed",
    }
}

/// A process that sends and receives, with a window for each other process.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct SlidingWindow<M> {
    senders: SortedMap<NodeId, Sender<M>>,
    receivers: SortedMap<NodeId, Receiver<M>>,
}

/// The receiving side for one sender.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Receiver<M> {
    /// RCV.NXT: number of the segment that is delivered next.
    expected: u32,
    /// Segments that arrived too early, by their numbers.
    early: SortedMap<u32, M>,
    /// Number of segments that arrived and were there already.
    spurious: u32,
}

/// A segment or an ack.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message<M> {
    /// A message of the application.
    #[display("{payload}")]
    Segment {
        /// Number among the segments of this sender to this receiver, from 1.
        seq: u32,
        /// The application's message.
        payload: M,
    },
    /// All segments before this one are there.
    #[display("ack {_0}")]
    Ack(u32),
}

/// The only kind of timer: one for each receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Timer {
    /// The oldest segment to this receiver is not acknowledged in time.
    #[display("timeout for {_0}")]
    Retransmit(NodeId),
}

type Ctx<'a, M> = Context<'a, SlidingWindow<M>>;

impl<M: Payload> Process for SlidingWindow<M> {
    type Parameters = Parameters;
    type Request = Send<M>;
    type Indication = Deliver<M>;
    type Message = Message<M>;
    type Timer = Timer;

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        Self { senders: SortedMap::new(), receivers: SortedMap::new() }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Send { to, payload }: Send<M>) {
        let timeout = ctx.parameters().timeout.into();
        let sender = self.senders.entry(to).or_insert_with(|| Sender::new(timeout));
        sender.push(ctx, to, payload);
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message<M>) {
        match message {
            Message::Segment { seq, payload } => self.on_segment(ctx, from, seq, payload),
            Message::Ack(expected) => {
                if let Some(sender) = self.senders.get_mut(&from) {
                    sender.on_ack(ctx, from, expected);
                }
            }
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, Timer::Retransmit(to): Timer) {
        if let Some(sender) = self.senders.get_mut(&to) {
            sender.on_timeout(ctx, to);
        }
    }

    fn carries(from: NodeId, message: &Message<M>) -> Option<Carried> {
        match message {
            Message::Segment { seq, .. } => Some((from, *seq)),
            Message::Ack(_) => None,
        }
    }
}

impl<M: Payload> SlidingWindow<M> {
    fn on_segment(&mut self, ctx: &mut Ctx<M>, from: NodeId, seq: u32, payload: M) {
        let receiver = self.receivers.entry(from).or_insert_with(|| Receiver {
            expected: 1,
            early: SortedMap::new(),
            spurious: 0,
        });
        if seq < receiver.expected || receiver.early.insert(seq, payload).is_some() {
            receiver.spurious += 1;
        }
        while let Some(payload) = receiver.early.remove(&receiver.expected) {
            let seq = receiver.expected;
            ctx.indicate(Deliver { from, seq, payload, idempotent: false });
            receiver.expected += 1;
        }
        ctx.send(from, Message::Ack(receiver.expected));
    }
}
