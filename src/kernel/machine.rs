//! A [`Process`] with its types erased, so that one kernel and one page serve every protocol.
//!
//! This is the only file where types are erased: kernel, search and page are compiled once, not once
//! per protocol.

use std::{any::Any, fmt, hash::Hasher, rc::Rc};

use serde_json::Value as Json;

use super::{
    Choices, Context, Detection, Effect, Group, Indication, Measured, Metric, NodeId, NodeSet,
    ParameterValues, Parameters, Payload, Process, Time, Watch, fingerprint::Identity,
    inspect::inspect,
};

/// A message, a timer, a request or an indication, whose type only its protocol knows.
#[derive(Clone)]
pub struct Packet(Rc<dyn AnyPayload>);

trait AnyPayload: Any + fmt::Display + Identity {
    fn same(&self, other: &dyn Any) -> bool;
    fn inspect(&self) -> Json;
}

impl<T: Payload> AnyPayload for T {
    fn same(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<T>() == Some(self)
    }

    fn inspect(&self) -> Json {
        inspect(self)
    }
}

impl Packet {
    /// Erases the type of a payload.
    pub fn new(payload: impl Payload) -> Self {
        Self(Rc::new(payload))
    }

    /// The payload, if it is of this type.
    #[must_use]
    pub fn get<T: Payload>(&self) -> Option<&T> {
        let any: &dyn Any = &*self.0;
        any.downcast_ref()
    }

    fn open<T: Payload>(&self) -> T {
        self.get::<T>().expect("a protocol meets only its own payloads").clone()
    }

    /// The payload as JSON, nodes as their characters (see [`NodeId`]).
    #[must_use]
    pub fn inspect(&self) -> Json {
        self.0.inspect()
    }

    /// Feeds a hasher with what tells it from others of its type.
    pub fn identify(&self, hasher: &mut dyn Hasher) {
        self.0.identify(hasher);
    }
}

impl PartialEq for Packet {
    fn eq(&self, other: &Self) -> bool {
        let other: &dyn Any = &*other.0;
        self.0.same(other)
    }
}
impl Eq for Packet {}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// As it is displayed: a packet's own `Debug` would weigh on the page for every payload there is.
impl fmt::Debug for Packet {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// An event, as the kernel hands it to a machine.
#[derive(Clone, Debug)]
pub enum Input {
    /// The run begins.
    Init,
    /// The application asks.
    Request(Packet),
    /// A message has come.
    Message {
        /// Who sent it.
        from: NodeId,
        /// What it says.
        packet: Packet,
    },
    /// A timer went off.
    Timer(Packet),
    /// The scenario's failure detector reports.
    Detection(Detection),
    /// The node is up again.
    Recovery,
}

/// An effect, as a machine hands it to the kernel. See [`Effect`].
#[derive(Clone, Debug)]
pub enum Output {
    /// One message to each of these nodes.
    Send {
        /// The receivers.
        to: NodeSet,
        /// What each of them gets.
        packet: Packet,
    },
    /// One transmission to all who can hear it.
    Transmit(Packet),
    /// An alarm.
    SetTimer {
        /// Which.
        timer: Packet,
        /// In how many ms, by the machine's own clock.
        after: Time,
    },
    /// No alarm after all.
    CancelTimer(Packet),
    /// Something for the application.
    Indicate {
        /// Its `kind` in the trace.
        kind: &'static str,
        /// The indication.
        packet: Packet,
    },
    /// The machine, as it is now, goes to stable storage.
    Store,
    /// A reason.
    Note(Rc<str>),
}

/// One running process, its types erased.
pub trait Machine: dyn_clone::DynClone + Any {
    /// Hands it an event; what it wants done is appended to `outputs`.
    fn handle(
        &mut self,
        watch: Watch,
        choices: &mut Choices,
        input: Input,
        outputs: &mut Vec<Output>,
    );
    /// The machine that starts after a crash, given what was last stored.
    fn recovered(&self, stored: Option<&dyn Machine>) -> Box<dyn Machine>;
    /// Its state as JSON, nodes as their characters.
    fn inspect(&self) -> Json;
    /// Feeds a hasher with its state.
    fn identify(&self, hasher: &mut dyn Hasher);
    /// Values of the protocol's metrics, in their order, at a virtual time and by the node's own clock.
    fn measure(&self, metrics: &[Metric], time: Time, clock: Time) -> Vec<i64>;
    /// See [`Process::waits_for`].
    fn waits_for(&self) -> NodeSet;
}
dyn_clone::clone_trait_object!(Machine);

/// Its state as JSON: its own `Debug` would weigh on the page for every protocol there is.
impl fmt::Debug for dyn Machine {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(&self.inspect(), f)
    }
}

#[derive(Clone, Debug)]
struct Typed<P: Process> {
    process: P,
    group: Group,
    parameters: Rc<P::Parameters>,
    /// Empty between two events: kept only to save allocations.
    effects: Vec<Effect<P>>,
}

/// Starts one process of a protocol.
pub(super) fn spawn<P>(group: Group, values: &ParameterValues) -> Box<dyn Machine>
where
    P: Process<Indication: Indication>,
{
    let parameters = P::Parameters::read(values);
    let process = P::new(group, &parameters);
    Box::new(Typed { process, group, parameters: Rc::new(parameters), effects: Vec::new() })
}

impl<P: Process<Indication: Indication>> Machine for Typed<P> {
    fn handle(
        &mut self,
        watch: Watch,
        choices: &mut Choices,
        input: Input,
        outputs: &mut Vec<Output>,
    ) {
        let effects = std::mem::take(&mut self.effects);
        let parameters = &*self.parameters;
        let mut ctx = Context { group: self.group, parameters, watch, choices, effects };
        let process = &mut self.process;
        match input {
            Input::Init => process.on_init(&mut ctx),
            Input::Request(request) => process.on_request(&mut ctx, request.open()),
            Input::Message { from, packet } => process.on_message(&mut ctx, from, packet.open()),
            Input::Timer(timer) => process.on_timer(&mut ctx, timer.open()),
            Input::Detection(detection) => process.on_detection(&mut ctx, detection),
            Input::Recovery => process.on_recovery(&mut ctx),
        }
        let mut effects = ctx.effects;
        for effect in effects.drain(..) {
            outputs.push(erase(effect));
        }
        self.effects = effects;
    }

    fn recovered(&self, stored: Option<&dyn Machine>) -> Box<dyn Machine> {
        let fresh = P::new(self.group, &self.parameters);
        let stored: Option<&dyn Any> = stored.map(|machine| machine as &dyn Any);
        let process = match stored.and_then(|any| any.downcast_ref::<Self>()) {
            Some(stored) => P::recover(&stored.process, fresh),
            None => fresh,
        };
        Box::new(Self { process, ..self.clone() })
    }

    fn inspect(&self) -> Json {
        inspect(&self.process)
    }

    fn identify(&self, hasher: &mut dyn Hasher) {
        self.process.identify(hasher);
    }

    fn measure(&self, metrics: &[Metric], time: Time, clock: Time) -> Vec<i64> {
        let node = Measured { process: &self.process, group: self.group, time, clock };
        metrics.iter().map(|metric| (metric.value)(&node)).collect()
    }

    fn waits_for(&self) -> NodeSet {
        self.process.waits_for(self.group)
    }
}

fn erase<P: Process<Indication: Indication>>(effect: Effect<P>) -> Output {
    match effect {
        Effect::Send { to, message } => Output::Send { to, packet: Packet::new(message) },
        Effect::Transmit(message) => Output::Transmit(Packet::new(message)),
        Effect::SetTimer { timer, after } => Output::SetTimer { timer: Packet::new(timer), after },
        Effect::CancelTimer(timer) => Output::CancelTimer(Packet::new(timer)),
        Effect::Indicate(indication) => {
            Output::Indicate { kind: indication.kind(), packet: Packet::new(indication) }
        }
        Effect::Store => Output::Store,
        Effect::Note(note) => Output::Note(note.into()),
    }
}
