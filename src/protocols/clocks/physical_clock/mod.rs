//! Physical clocks, and three algorithms that synchronise them.
//!
//! A node's *hardware* clock H runs at its own rate, between 1 − ρ and 1 + ρ, and starts with any value. Its *software*
//! clock is H and an adjustment, and that is what the node reads. All three algorithms rest on one exchange of a question
//! and an answer (`exchange.rs`). It estimates the offset of another clock, and bounds the error of the estimate:
//!
//! - **Cristian** (`cristian.rs`): each node sets its clock by the answer of a time server.
//! - **NTP** (`ntp.rs`): the same, but the best of the last few answers counts.
//! - **Berkeley** (`berkeley.rs`): a coordinator asks all nodes and tells each how far its clock is from the average.
//!
//! Each reading promises a bound on the skew, twice the error bound of the clock. The bound grows with the time since the
//! exchange.
//!
//! *What breaks it.* The exchange measures the sum of both delays and not each of them. If they are **asymmetric** beyond
//! the bound U, as 5 ms and 55 ms where U is 30, the sum is within 2U and the estimate is wrong by 25 ms: the **skew
//! bound** breaks. With `none` no clock is ever set: the promise is that of a clock that has just been set, and **drift
//! alone** breaks it.
//!
//! Where it departs from the papers: a clock is set at once and may go back, where they slow it down; the least delay is
//! taken to be 0; an exchange that failed is repeated in the next period, and no new coordinator is elected; NTP has one
//! server, so there is no selection, and its poll interval is fixed.

mod berkeley;
mod cristian;
mod exchange;
mod ntp;
#[cfg(test)]
mod tests;

use derive_more::Display;
use serde::Serialize;

use self::{
    berkeley::Berkeley,
    cristian::Cristian,
    exchange::{Algorithm, Sample, SoftwareClock},
    ntp::Ntp,
};
use crate::{
    abstractions::clock::{ClockRequest, Reading, Received, SKEW_BOUND, Stamp},
    cost,
    kernel::{
        Break, Context, Drawn, Failures, Group, Metric, NodeId, ParameterName, Process, Protocol,
        Rule, Scenario, SortedMap, Time, TimeToServe,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "physical-clock",
    name: "Physical clocks",
    summary: "Drifting clocks are synchronised by Cristian's algorithm, the Berkeley algorithm or NTP.",
    source: "Cristian 1989, Probabilistic Clock Synchronization; Gusella and Zatti 1989, The Accuracy of the \
             Clock Synchronization Achieved by TEMPO in Berkeley UNIX 4.3BSD; Mills 1991, Internet Time \
             Synchronization: The Network Time Protocol; RFC 5905",
    example: "cristian-answer-lost",
    failures: Failures::CrashRecovery,
    model: &[
        Rule::NoDrift.where_(WAY, "none"),
        Rule::ClocksStartCorrect.where_(WAY, "none"),
        Rule::Synchrony.where_(WAY, "cristian"),
        Rule::Synchrony.where_(WAY, "berkeley"),
        Rule::Synchrony.where_(WAY, "ntp"),
        Rule::DriftAtMost(Parameters::max_drift).where_(WAY, "cristian"),
        Rule::DriftAtMost(Parameters::max_drift).where_(WAY, "berkeley"),
        Rule::DriftAtMost(Parameters::max_drift).where_(WAY, "ntp"),
    ],
    promises: &[SKEW_BOUND],
    breaks: &[
        Break {
            when: "delays are asymmetric beyond the bound",
            scenario: "asymmetric-delay",
            violates: &[SKEW_BOUND],
            broken: &[Rule::Synchrony],
        },
        Break {
            when: "nothing synchronises clocks that drift",
            scenario: "drift-alone",
            violates: &[SKEW_BOUND],
            broken: &[Rule::NoDrift],
        },
    ],
    costs: &[
        cost!("one synchronisation of all nodes (Cristian)", n >= 2 => 2 * (n - 1), |scenario| {
            once(scenario, "cristian");
        }),
        cost!("one synchronisation of all nodes (NTP)", n >= 2 => 2 * (n - 1), |scenario| {
            once(scenario, "ntp");
        }),
        cost!("one synchronisation of all nodes (Berkeley)", n >= 2 => 3 * (n - 1), |scenario| {
            once(scenario, "berkeley");
        }),
    ],
    metrics: &[Metric {
        name: "clock error",
        unit: "ms",
        help: "Lead of the software clock over virtual time; the distance of two curves is their skew.",
        drawn: Drawn::Curve,
        value: |node| {
            let adjustment = node.process::<PhysicalClock>().clock.adjustment;
            node.clock as i64 + adjustment - node.time as i64
        },
    }],
    perpetual: Some(TimeToServe::NOTHING_IS_OWED),
    ..Protocol::of::<PhysicalClock>()
};

const WAY: ParameterName = Parameters::synchronisation;

/// Has all clocks synchronised when the run begins, and not again before it ends.
fn once(scenario: &mut Scenario, way: &str) {
    let period = u32::try_from(2 * scenario.until).unwrap_or(u32::MAX);
    scenario.set(Parameters::period, period);
    scenario.set(WAY, way);
}

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Algorithm that keeps the clocks together.
        synchronisation: Synchronisation = Cristian;
        /// Time from one synchronisation to the next, by the clock of the node that begins it.
        period: u32 = 500, in 50..=1_000_000 "ms";
        /// ρ: greatest gain or loss of a clock, in millionths of the time that passes.
        max_drift: u32 = 10_000, in 0..=100_000 "ppm";
        /// NTP: number of samples of which the best counts.
        samples: u32 = 4, in 1..=8 "samples";
        /// Berkeley: greatest difference of clocks that are averaged.
        tolerance: u32 = 200, in 0..=1_000_000 "ms";
    }
    /// Algorithm that keeps the clocks together.
    pub enum Synchronisation {
        /// None.
        None = "none",
        /// Each node asks a time server, and sets its clock by the answer.
        Cristian = "cristian",
        /// A coordinator asks all nodes, and tells each how far its clock is from the average.
        Berkeley = "berkeley",
        /// Each node asks a time server, and sets its clock by the best of the last answers.
        Ntp = "ntp",
    }
}

/// A process with a clock.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PhysicalClock {
    #[serde(flatten)]
    clock: SoftwareClock,
    synchronisation: State,
    /// By receiver: number of the application's messages sent to it.
    sent: SortedMap<NodeId, u32>,
}

/// The state of the algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
enum State {
    None(Unsynchronised),
    Cristian(Cristian),
    Berkeley(Berkeley),
    Ntp(Ntp),
}

/// A message of the application or of the algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// The application's message of this number, from 1.
    #[display("m{_0}")]
    Application(u32),
    /// Asks for the time.
    #[display("time?")]
    Question {
        /// Time of the question, by the hardware clock of its sender.
        t1: i64,
    },
    /// Tells the time.
    #[display("{t3}")]
    Answer {
        /// That of the question.
        t1: i64,
        /// Time at which the question arrived.
        t2: i64,
        /// Time at which the answer was sent.
        t3: i64,
    },
    /// Orders to change the clock.
    #[display("{by:+}")]
    Adjust {
        /// That of the question.
        t1: i64,
        /// Change of the clock, in ms.
        by: i64,
    },
}

/// A timer of the algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Timer {
    /// The next synchronisation is due.
    #[display("period")]
    Period,
    /// Berkeley: the time in which answers may come is over.
    #[display("close")]
    Close,
}

impl Process for PhysicalClock {
    type Parameters = Parameters;
    type Request = ClockRequest;
    type Indication = Stamp;
    type Message = Message;
    type Timer = Timer;

    fn new(_group: Group, parameters: &Parameters) -> Self {
        let synchronisation = match parameters.synchronisation {
            Synchronisation::None => State::None(Unsynchronised {}),
            Synchronisation::Cristian => State::Cristian(Cristian::default()),
            Synchronisation::Berkeley => State::Berkeley(Berkeley::default()),
            Synchronisation::Ntp => State::Ntp(Ntp::default()),
        };
        Self { clock: SoftwareClock::default(), synchronisation, sent: SortedMap::new() }
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        let (algorithm, clock) = self.parts();
        algorithm.begin_round(clock, ctx);
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        let (algorithm, clock) = self.parts();
        algorithm.on_recovery(clock, ctx);
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, request: ClockRequest) {
        self.stamp(ctx, None);
        if let ClockRequest::Send { to } = request {
            let number = self.sent.entry(to).or_default();
            *number += 1;
            ctx.send(to, Message::Application(*number));
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        let (algorithm, clock) = self.parts();
        match message {
            Message::Application(seq) => self.stamp(ctx, Some(Received { from, seq })),
            Message::Question { t1 } => {
                clock.answer(ctx, from, t1);
                algorithm.on_question(ctx, t1);
            }
            Message::Answer { t1, t2, t3 } => {
                if let Some(sample) = clock.sample(ctx, from, [t1, t2, t3]) {
                    algorithm.on_sample(clock, ctx, from, sample);
                }
            }
            Message::Adjust { t1, by } => algorithm.on_adjust(clock, ctx, t1, by),
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: Timer) {
        let (algorithm, clock) = self.parts();
        match timer {
            Timer::Period => algorithm.begin_round(clock, ctx),
            Timer::Close => algorithm.close_round(clock, ctx),
        }
    }
}

impl PhysicalClock {
    fn parts(&mut self) -> (&mut dyn Algorithm, &mut SoftwareClock) {
        let algorithm: &mut dyn Algorithm = match &mut self.synchronisation {
            State::None(algorithm) => algorithm,
            State::Cristian(algorithm) => algorithm,
            State::Berkeley(algorithm) => algorithm,
            State::Ntp(algorithm) => algorithm,
        };
        (algorithm, &mut self.clock)
    }

    /// Tells an event, its time, and the bound on the skew.
    fn stamp(&mut self, ctx: &mut Context<Self>, received: Option<Received>) {
        let (algorithm, clock) = self.parts();
        let skew = algorithm.error(clock, ctx).map(|error| 2 * error);
        let clock = Reading::Scalar(clock.reading(ctx));
        ctx.indicate(Stamp { clock, received, skew });
    }
}

/// No algorithm: the clock is never set, and the bound is that of a clock that has just been set.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Unsynchronised {}

impl Algorithm for Unsynchronised {
    fn begin_round(&mut self, _clock: &mut SoftwareClock, _ctx: &mut Context<PhysicalClock>) {}

    fn on_sample(
        &mut self,
        _clock: &mut SoftwareClock,
        _ctx: &mut Context<PhysicalClock>,
        _from: NodeId,
        _sample: Sample,
    ) {
    }

    fn error(&self, _clock: &SoftwareClock, ctx: &Context<PhysicalClock>) -> Option<Time> {
        ctx.group().delay_bound.map(|bound| bound.div_ceil(2))
    }
}
