//! The slot for a failure detector: a protocol that takes [`Detection`]s takes them from any detector.
//!
//! [`protocol::<P>()`](protocol) registers a protocol `P` with a parameter `detector`: either the detector that the
//! scenario provides reports crashes, or a [`HeartbeatDetector`] that runs beside `P` on every node. `P` itself has no
//! code for it: its reports come to [`Process::on_detection`]. Its model says [`Rule::CrashesAreDetected`]; with
//! heartbeats it relies on the assumptions of a perfect heartbeat detector instead.

use derive_more::Display;
use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    abstractions::detection::Notice,
    kernel::{
        Carried, Choice, Context, Detection, Group, Indication, Keys, Layer, NodeId, NodeSet, Over,
        Process, Protocol, Provision, Request, RoundMessage, Rule, Serving, Time,
    },
    protocols::membership::heartbeat_detector::{
        self, Heartbeat, HeartbeatDetector, time_to_suspect,
    },
};

crate::parameters! {
    /// Parameters of the failure detector.
    pub struct Parameters {
        /// Failure detector that reports crashes.
        detector: Detector = Oracle;
        /// Time between two heartbeats of a process; used only with heartbeats.
        period: u32 = 100, in 10..=10_000 "ms";
        /// Time without a heartbeat after which a process is suspected; used only with heartbeats.
        timeout: u32 = 180, in 10..=20_000 "ms";
    }
    /// Failure detector that reports crashes.
    pub enum Detector {
        /// The detector that the scenario provides.
        Oracle = "oracle",
        /// A heartbeat detector on every node.
        Heartbeats = "heartbeats",
    }
}

/// Returns the protocol of a process with its failure detector, with all other descriptions empty.
pub const fn protocol<P>() -> Protocol
where
    P: Process<Request: Request, Indication: Indication>,
{
    Protocol {
        provision: Some(Provision {
            rule: Rule::CrashesAreDetected,
            without: (Parameters::detector, "oracle"),
            with: HEARTBEATS,
            layer: &[
                Rule::NoLoss,
                Rule::Synchrony,
                Rule::TimeoutCovers(Parameters::timeout, Parameters::period),
                Rule::NoDrift,
            ],
        }),
        ..Protocol::over::<Detected<P>, HeartbeatDetector>()
    }
}

/// Returns the same for a process that uses the layer `L` as well.
pub const fn over<P, L>() -> Protocol
where
    P: Process<Request: Request, Indication: Indication> + Over<L>,
    L: Layer,
    P::Message: From<L::Message>,
    P::Timer: From<L::Timer>,
{
    Protocol { uses: const { &[L::ID, HeartbeatDetector::ID] }, ..protocol::<P>() }
}

/// The choice of heartbeats. With them a protocol never rests.
pub const HEARTBEATS: Choice = (Parameters::detector, "heartbeats");

/// Returns the time after which every process has a report of a crash.
pub fn time_to_detect(serving: &Serving) -> Time {
    match serving.is(Parameters::detector, "heartbeats") {
        true => time_to_suspect(serving),
        false => serving.detection(),
    }
}

/// A process with the failure detector that reports to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(bound(serialize = "P: Process"))]
pub struct Detected<P: Process> {
    #[serde(flatten)]
    process: P,
    /// The detector; without heartbeats it does nothing, and is not shown.
    #[serde(skip_serializing_if = "HeartbeatDetector::has_heard_nothing")]
    heartbeats: HeartbeatDetector,
}

/// A message of the process or of its detector.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message<M> {
    /// The detector's.
    Heartbeat(Heartbeat),
    /// The process's own.
    #[serde(untagged)]
    Own(M),
}

impl<M> From<Heartbeat> for Message<M> {
    fn from(heartbeat: Heartbeat) -> Self {
        Self::Heartbeat(heartbeat)
    }
}

/// A timer of the process or of its detector.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[serde(untagged)]
pub enum Timer<T> {
    /// The detector's.
    Heartbeats(heartbeat_detector::Timer),
    /// The process's own.
    Own(T),
}

impl<T> From<heartbeat_detector::Timer> for Timer<T> {
    fn from(timer: heartbeat_detector::Timer) -> Self {
        Self::Heartbeats(timer)
    }
}

impl<P: Process> Detected<P> {
    /// The process itself.
    #[must_use]
    pub const fn process(&self) -> &P {
        &self.process
    }

    fn own(&mut self, ctx: &mut Context<Self>, event: impl FnOnce(&mut P, &mut Context<P>)) {
        let (parameters, _) = ctx.parameters();
        ctx.wrapping(&mut self.process, parameters, event, Message::Own, Timer::Own);
    }
}

impl<P: Process> Over<HeartbeatDetector> for Detected<P> {
    fn layer(&mut self) -> &mut HeartbeatDetector {
        &mut self.heartbeats
    }

    fn layer_parameters((_, detector): &Self::Parameters) -> heartbeat_detector::Parameters {
        heartbeat_detector::Parameters { period: detector.period, timeout: detector.timeout }
    }

    fn on_layer(&mut self, ctx: &mut Context<Self>, notice: Notice) {
        self.own(ctx, |process, ctx| process.on_detection(ctx, notice.into()));
    }
}

impl<P: Process> Process for Detected<P> {
    type Parameters = (P::Parameters, Parameters);
    type Request = P::Request;
    type Indication = P::Indication;
    type Message = Message<P::Message>;
    type Timer = Timer<P::Timer>;

    fn new(group: Group, parameters: &Self::Parameters) -> Self {
        let heartbeats = HeartbeatDetector::new(group, &Self::layer_parameters(parameters));
        Self { process: P::new(group, &parameters.0), heartbeats }
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        self.own(ctx, P::on_init);
        if ctx.parameters().1.detector == Detector::Heartbeats {
            self.down(ctx, HeartbeatDetector::on_init);
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, request: P::Request) {
        self.own(ctx, |process, ctx| process.on_request(ctx, request));
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Self::Message) {
        match message {
            Message::Heartbeat(heartbeat) => self.pass(ctx, from, heartbeat),
            Message::Own(message) => {
                self.own(ctx, |process, ctx| process.on_message(ctx, from, message));
            }
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: Self::Timer) {
        match timer {
            Timer::Heartbeats(timer) => self.ring(ctx, timer),
            Timer::Own(timer) => self.own(ctx, |process, ctx| process.on_timer(ctx, timer)),
        }
    }

    fn on_detection(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        if ctx.parameters().1.detector == Detector::Oracle {
            self.own(ctx, |process, ctx| process.on_detection(ctx, detection));
        }
    }

    fn recover(stored: &Self, fresh: Self) -> Self {
        Self { process: P::recover(&stored.process, fresh.process), heartbeats: fresh.heartbeats }
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        self.own(ctx, P::on_recovery);
        if ctx.parameters().1.detector == Detector::Heartbeats {
            self.down(ctx, HeartbeatDetector::on_recovery);
        }
    }

    fn waits_for(&self, group: Group) -> NodeSet {
        self.process.waits_for(group)
    }

    fn carries(from: NodeId, message: &Self::Message) -> Option<Carried> {
        P::carries(from, message.own()?)
    }

    fn tells(from: NodeId, message: &Self::Message) -> Option<RoundMessage> {
        P::tells(from, message.own()?)
    }

    fn forge(message: &Self::Message, to: NodeId, keys: Keys) -> Option<Self::Message> {
        P::forge(message.own()?, to, keys).map(Message::Own)
    }

    fn read_message(with: &Json, nodes: &[String], keys: Keys) -> Result<Self::Message, String> {
        P::read_message(with, nodes, keys).map(Message::Own)
    }

    fn most_nodes((parameters, _): &Self::Parameters) -> usize {
        P::most_nodes(parameters)
    }

    fn corrupt(message: &Self::Message, bits: &[u32]) -> Option<Self::Message> {
        P::corrupt(message.own()?, bits).map(Message::Own)
    }
}

impl<M> Message<M> {
    const fn own(&self) -> Option<&M> {
        match self {
            Self::Heartbeat(_) => None,
            Self::Own(message) => Some(message),
        }
    }
}
