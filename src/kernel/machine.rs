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

    /// Returns the payload, if it is of this type.
    #[must_use]
    pub fn get<T: Payload>(&self) -> Option<&T> {
        let any: &dyn Any = &*self.0;
        any.downcast_ref()
    }

    fn open<T: Payload>(&self) -> T {
        self.get::<T>().expect("a protocol meets only its own payloads").clone()
    }

    /// Returns the payload as JSON, nodes as their characters (see [`NodeId`]).
    #[must_use]
    pub fn inspect(&self) -> Json {
        self.0.inspect()
    }

    /// Feeds a hasher with everything that distinguishes the payload from others of its type.
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

/// The display form: a derived `Debug` of every payload type would make the page larger.
impl fmt::Debug for Packet {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// An event, as the kernel hands it to a machine.
#[derive(Clone, Debug)]
pub enum Input {
    /// Start of the run.
    Init,
    /// A request of the application.
    Request(Packet),
    /// Receipt of a message.
    Message {
        /// Sender of the message.
        from: NodeId,
        /// Content of the message.
        packet: Packet,
    },
    /// Expiry of a timer.
    Timer(Packet),
    /// A report of the scenario's failure detector.
    Detection(Detection),
    /// Recovery of the node.
    Recovery,
}

/// An effect, as a machine hands it to the kernel. See [`Effect`].
#[derive(Clone, Debug)]
pub enum Output {
    /// One message to each of these nodes.
    Send {
        /// The receivers.
        to: NodeSet,
        /// The message to each of them.
        packet: Packet,
    },
    /// One transmission to all nodes in range.
    Transmit(Packet),
    /// Sets a timer.
    SetTimer {
        /// The timer.
        timer: Packet,
        /// Time until it expires, in ms of the machine's own clock.
        after: Time,
    },
    /// Cancels a timer.
    CancelTimer(Packet),
    /// An indication to the application.
    Indicate {
        /// Its `kind` in the trace.
        kind: &'static str,
        /// The indication.
        packet: Packet,
    },
    /// Writes the machine, as it is now, to stable storage.
    Store,
    /// A reason, shown in the diagram's margin.
    Note(Rc<str>),
}

/// One running process, its types erased.
pub trait Machine: dyn_clone::DynClone + Any {
    /// Hands it an event; the effects that it asks for are appended to `outputs`.
    fn handle(
        &mut self,
        watch: Watch,
        choices: &mut Choices,
        input: Input,
        outputs: &mut Vec<Output>,
    );
    /// Returns the machine that starts after a crash, given the one last stored.
    fn recovered(&self, stored: Option<&dyn Machine>) -> Box<dyn Machine>;
    /// Returns its state as JSON, nodes as their characters.
    fn inspect(&self) -> Json;
    /// Feeds a hasher with its state.
    fn identify(&self, hasher: &mut dyn Hasher);
    /// Returns the values of the protocol's metrics, in their order, at a virtual time and a time of the
    /// node's own clock.
    fn measure(&self, metrics: &[Metric], time: Time, clock: Time) -> Vec<i64>;
    /// Returns the nodes that it waits for: see [`Process::waits_for`].
    fn waits_for(&self) -> NodeSet;
}
dyn_clone::clone_trait_object!(Machine);

/// The state as JSON: a derived `Debug` of every protocol would make the page larger.
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
