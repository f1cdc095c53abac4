//! Checksummed link: redundant bits against bits that flip in transit.
//!
//! A message is sent as a frame: its content, its number and its kind as bits, with redundant bits that depend on them.
//! The receiver tests whether the redundant bits fit. Below is the link that sends a message again until it is
//! acknowledged, and acks are frames, too.
//!
//! | code | redundant bits | distance | flips that it takes |
//! |---|---|---|---|
//! | none | 0 | 1 | 0 |
//! | parity | 1 for a frame | 2 | 1 detected |
//! | CRC | 16 for a frame | 4 | 3 detected |
//! | Hamming(7,4) | 3 for each 4 bits | 3 | 1 in each 7 bits corrected |
//!
//! *Why it works*: two valid frames differ in at least d bits, the distance of the code. Fewer than d flips turn no valid
//! frame into another, so they can be detected. With fewer than d/2 flips the frame that was sent is the nearest valid one,
//! so they can be corrected. One flip changes the parity: d = 2. The polynomial of the CRC is x + 1 times a primitive
//! polynomial, which gives d = 4 for frames of up to 32,767 bits. In Hamming's code each position is covered by its own set
//! of checks, so the checks that fail spell the number of the flipped bit: d = 3.
//!
//! A frame in which an error is **detected** is discarded. To the link below it is a lost message, so it is sent again after
//! the timeout. An error that is **corrected** costs no time and no message, but 7 bits are sent for every 4. The
//! first is right where errors are rare, the second where a repetition is dear.
//!
//! More flips than the code takes make another valid frame: the receiver delivers what its sender did not send, and acknowledges it.
//! **No creation** breaks, and **reliable delivery** with it. Two flips pass the parity, and two flips in one word of the
//! Hamming code lead to the correction of a third bit. Without a code one flip is enough.
//!
//! Where it departs from the papers: each paper has one code, and here a parameter chooses among them.

use derive_more::Display;
use serde::Serialize;

use super::retransmit_until_ack::{self, Operation, RetransmitUntilAck, Timer};
use crate::{
    abstractions::{
        Value,
        link::{Deliver, NO_CREATION, RELIABLE_DELIVERY, Send, one_send},
    },
    cost,
    kernel::{
        Break, Carried, Context, Drawn, Group, Metric, NodeId, Over, Process, Protocol, Rule,
    },
};

mod codes;
#[cfg(test)]
mod tests;

use codes::{Checked, decode, encode};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "checksummed-link",
    name: "Checksummed link",
    summary: "Redundant bits tell the receiver that bits flipped in transit, or even which one.",
    source: "Hamming 1950, Error Detecting and Error Correcting Codes; Peterson and Brown 1961, Cyclic Codes for \
             Error Detection; note 001",
    example: "crc-detects",
    model: &[
        Rule::FairLossChannels.always().for_liveness(),
        Rule::NoRecoveries.always(),
        Rule::FlipsAtMost(0).where_(Parameters::code, "none"),
        Rule::FlipsAtMost(1).where_(Parameters::code, "parity"),
        Rule::FlipsAtMost(3).where_(Parameters::code, "crc"),
        Rule::FlipsAtMost(1).where_(Parameters::code, "hamming"),
    ],
    promises: &[NO_CREATION, RELIABLE_DELIVERY],
    breaks: &[
        Break {
            when: "there is no code, and a bit flips",
            scenario: "no-code",
            violates: &[NO_CREATION, RELIABLE_DELIVERY],
            broken: &[Rule::FlipsAtMost(0)],
        },
        Break {
            when: "the code is a parity bit, and two bits flip",
            scenario: "parity-two-flips",
            violates: &[NO_CREATION, RELIABLE_DELIVERY],
            broken: &[Rule::FlipsAtMost(1)],
        },
        Break {
            when: "the code is Hamming(7,4), and two bits of one word flip",
            scenario: "hamming-two-flips",
            violates: &[NO_CREATION, RELIABLE_DELIVERY],
            broken: &[Rule::FlipsAtMost(1)],
        },
    ],
    costs: &[cost!("one message", n >= 2 => 2, one_send)],
    metrics: &[
        Metric {
            name: "discarded",
            unit: "messages",
            help: "Received messages in which an error was detected.",
            drawn: Drawn::Curve,
            value: |node| node.process::<ChecksummedLink>().discarded.into(),
        },
        Metric {
            name: "corrected",
            unit: "messages",
            help: "Received messages in which an error was corrected.",
            drawn: Drawn::Curve,
            value: |node| node.process::<ChecksummedLink>().corrected.into(),
        },
    ],
    ..Protocol::over::<ChecksummedLink, RetransmitUntilAck<Value>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Redundant bits of a message.
        code: Code = Crc;
        /// Time to wait for acks before the messages in the send buffer are sent again.
        timeout: u32 = 60, in 10..=10_000 "ms";
    }
    /// Redundant bits of a message.
    pub enum Code {
        /// None: every flip goes unnoticed.
        None = "none",
        /// One bit: the number of ones is even.
        Parity = "parity",
        /// 16 bits: the remainder of a division by a polynomial.
        Crc = "crc",
        /// Hamming(7,4): 3 bits for each 4 bits, by which one flip in 7 bits is corrected.
        Hamming = "hamming",
    }
}

/// A process that sends, resends, tests and delivers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ChecksummedLink {
    retransmission: RetransmitUntilAck<Value>,
    /// Number of received messages in which an error was detected.
    discarded: u32,
    /// Number of received messages in which an error was corrected.
    corrected: u32,
}

type Content = retransmit_until_ack::Message<Value>;

/// A message in transit. Its bits follow from its content and the code, which all processes know.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{content}{}", codes::said(flipped))]
pub struct Frame {
    /// The message that was sent.
    content: Content,
    /// Bits of the frame that have flipped in transit; beyond its end they count on from its beginning.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flipped: Vec<u32>,
}

impl From<Content> for Frame {
    fn from(content: Content) -> Self {
        Self { content, flipped: Vec::new() }
    }
}

impl Process for ChecksummedLink {
    type Parameters = Parameters;
    type Request = Send<Value>;
    type Indication = Deliver<Value>;
    type Message = Frame;
    type Timer = Timer;

    fn new(group: Group, parameters: &Parameters) -> Self {
        let below = Self::layer_parameters(parameters);
        let retransmission = RetransmitUntilAck::new(group, &below);
        Self { retransmission, discarded: 0, corrected: 0 }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, send: Send<Value>) {
        self.ask(ctx, send);
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, frame: Frame) {
        let Frame { content, flipped } = frame;
        if flipped.is_empty() {
            return self.pass(ctx, from, content);
        }
        let code = ctx.parameters().code;
        let mut bits = code.protect(encode(&content));
        let length = bits.len();
        for bit in flipped {
            let bit = &mut bits[bit as usize % length];
            *bit = !*bit;
        }
        let (data, corrected) = match code.check(bits) {
            Checked::Valid(data) => (data, 0),
            Checked::Corrected(data) => (data, 1),
            Checked::Wrong => {
                self.discarded += 1;
                return ctx.note("the redundant bits do not fit: discarded");
            }
        };
        if corrected > 0 {
            self.corrected += corrected;
            ctx.note("the redundant bits name the flipped bit: corrected");
        }
        match decode(&data) {
            Some(content) => self.pass(ctx, from, content),
            None => ctx.note("no kind of message: ignored"),
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: Timer) {
        self.ring(ctx, timer);
    }

    fn carries(from: NodeId, frame: &Frame) -> Option<Carried> {
        let intact = frame.flipped.is_empty();
        intact.then(|| RetransmitUntilAck::carries(from, &frame.content))?
    }

    fn corrupt(frame: &Frame, bits: &[u32]) -> Option<Frame> {
        Some(Frame { content: frame.content.clone(), flipped: bits.to_vec() })
    }
}

impl Over<RetransmitUntilAck<Value>> for ChecksummedLink {
    fn layer(&mut self) -> &mut RetransmitUntilAck<Value> {
        &mut self.retransmission
    }

    fn layer_parameters(parameters: &Parameters) -> retransmit_until_ack::Parameters {
        let timeout = parameters.timeout;
        retransmit_until_ack::Parameters { operation: Operation::Increment, timeout }
    }

    fn on_layer(&mut self, ctx: &mut Context<Self>, told: Deliver<Value>) {
        ctx.indicate(told);
    }
}
