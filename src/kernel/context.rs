//! The context of a handler: what it may read and the effects that it may ask for.

use super::{Choices, Group, NodeId, NodeSet, Process, Signed, Time, Watch};

/// Maximum length of a note, in characters; the rest of a longer one is left out.
pub(super) const MAX_NOTE: usize = 1000;

/// An effect that a handler asks for. The kernel carries it out after the handler has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect<P: Process> {
    /// One message to each of these nodes, one after the other in the scenario's order.
    Send {
        /// The receivers.
        to: NodeSet,
        /// The message to each of them.
        message: P::Message,
    },
    /// One transmission to all nodes in range.
    Transmit(P::Message),
    /// Sets a timer of this process.
    SetTimer {
        /// The timer: setting an equal one again replaces it.
        timer: P::Timer,
        /// Time until it expires, in ms of the own clock.
        after: Time,
    },
    /// Cancels a timer.
    CancelTimer(P::Timer),
    /// An indication to the layer above.
    Indicate(P::Indication),
    /// Writes the process, as it is when the handler ends, to stable storage.
    Store,
    /// A reason, shown in the diagram's margin.
    Note(String),
}

/// A handler's view of its node, and the effects that it has asked for so far.
///
/// Effects are a *list*, which the kernel carries out after the handler: so a crash can cut it after k sends.
/// Otherwise no sender could crash in the middle of a broadcast, and reliable broadcast exists for that case.
#[derive(Debug)]
pub struct Context<'a, P: Process> {
    pub(super) group: Group,
    pub(super) parameters: &'a P::Parameters,
    pub(super) watch: Watch<'a>,
    pub(super) choices: &'a mut Choices,
    pub(super) effects: Vec<Effect<P>>,
}

impl<'a, P: Process> Context<'a, P> {
    /// Returns the node that this process runs on.
    #[must_use]
    pub const fn me(&self) -> NodeId {
        self.group.me
    }

    /// Returns the group of processes.
    #[must_use]
    pub const fn group(&self) -> Group {
        self.group
    }

    /// Returns every node but this one.
    #[must_use]
    pub fn others(&self) -> NodeSet {
        self.group.others()
    }

    /// Returns the protocol's parameters, as the scenario sets them.
    #[must_use]
    pub const fn parameters(&self) -> &'a P::Parameters {
        self.parameters
    }

    /// Returns the nodes that messages of this node reach; a message to any other is lost.
    #[must_use]
    pub const fn neighbours(&self) -> NodeSet {
        self.group.neighbours
    }

    /// True if the node only forwards messages.
    #[must_use]
    pub const fn is_router(&self, node: NodeId) -> bool {
        self.group.routers.contains(node)
    }

    /// Returns the time of the own clock, in ms since the start if the clock is right.
    #[must_use]
    pub fn clock(&self) -> Time {
        self.watch.read()
    }

    /// Sends to one node. A message to oneself is handled at the same moment, right after this handler.
    pub fn send(&mut self, to: NodeId, message: P::Message) {
        self.multicast(to.into(), message);
    }

    /// Sends to all nodes, this one included, as the textbooks do.
    pub fn send_all(&mut self, message: P::Message) {
        self.multicast(self.group.everyone(), message);
    }

    /// Sends to all nodes but this one.
    pub fn send_others(&mut self, message: P::Message) {
        self.multicast(self.group.others(), message);
    }

    /// Sends to each of these nodes, one after the other in the scenario's order.
    pub fn multicast(&mut self, to: NodeSet, message: P::Message) {
        self.effects.push(Effect::Send { to, message });
    }

    /// Transmits once to all neighbours on a shared medium; each of them may miss it independently. On other
    /// networks it is [`send_others`](Self::send_others).
    pub fn transmit(&mut self, message: P::Message) {
        self.effects.push(Effect::Transmit(message));
    }

    /// Signs a value in the name of this node.
    #[must_use]
    pub const fn sign<T>(&self, value: T) -> Signed<T> {
        Signed::new(self.group.me, value)
    }

    /// Sets or resets the timer, to go off in `after` ms of the own clock.
    pub fn set_timer(&mut self, timer: P::Timer, after: Time) {
        self.effects.push(Effect::SetTimer { timer, after });
    }

    /// Cancels the timer, if it is set.
    pub fn cancel_timer(&mut self, timer: P::Timer) {
        self.effects.push(Effect::CancelTimer(timer));
    }

    /// Gives an indication to the layer above.
    pub fn indicate(&mut self, indication: P::Indication) {
        self.effects.push(Effect::Indicate(indication));
    }

    /// Writes the process, as it is when the handler ends, to stable storage.
    pub fn store(&mut self) {
        self.effects.push(Effect::Store);
    }

    /// Shows a reason in the diagram's margin.
    pub fn note(&mut self, note: impl Into<String>) {
        let mut note = note.into();
        if let Some((end, _)) = note.char_indices().nth(MAX_NOTE) {
            note.truncate(end);
        }
        self.effects.push(Effect::Note(note));
    }

    /// Returns a number below `bound`: random in a simulation, enumerated in a search.
    pub fn choose(&mut self, bound: u32) -> u32 {
        self.choices.below(bound)
    }

    /// Adopts an effect of a layer below.
    pub(super) fn adopt(&mut self, effect: Effect<P>) {
        self.effects.push(effect);
    }

    /// Hands an event to the process that this one wraps, with its parameters; adopts its effects and its indications
    /// in their order.
    pub fn wrapping<L: Process<Indication = P::Indication>>(
        &mut self,
        process: &mut L,
        parameters: &L::Parameters,
        event: impl FnOnce(&mut L, &mut Context<L>),
        message: fn(L::Message) -> P::Message,
        timer: fn(L::Timer) -> P::Timer,
    ) {
        let effects = self.effects_of(process, parameters, event).into_iter();
        let lifted = effects.map(|it| it.lift(message, timer).unwrap_or_else(Effect::Indicate));
        self.effects.extend(lifted);
    }

    /// Returns the effects of another process of this node upon an event, in their order.
    pub(super) fn effects_of<L: Process>(
        &mut self,
        process: &mut L,
        parameters: &L::Parameters,
        event: impl FnOnce(&mut L, &mut Context<L>),
    ) -> Vec<Effect<L>> {
        let mut ctx = Context {
            group: self.group,
            parameters,
            watch: self.watch,
            choices: &mut *self.choices,
            effects: Vec::new(),
        };
        event(process, &mut ctx);
        ctx.effects
    }
}

impl<L: Process> Effect<L> {
    /// Turns an effect of one process into the same effect of another, except an indication.
    pub(super) fn lift<P: Process>(
        self,
        lift_message: impl Fn(L::Message) -> P::Message,
        lift_timer: impl Fn(L::Timer) -> P::Timer,
    ) -> Result<Effect<P>, L::Indication> {
        Ok(match self {
            Self::Send { to, message } => Effect::Send { to, message: lift_message(message) },
            Self::Transmit(message) => Effect::Transmit(lift_message(message)),
            Self::SetTimer { timer, after } => Effect::SetTimer { timer: lift_timer(timer), after },
            Self::CancelTimer(timer) => Effect::CancelTimer(lift_timer(timer)),
            Self::Store => Effect::Store,
            Self::Note(note) => Effect::Note(note),
            Self::Indicate(indication) => return Err(indication),
        })
    }
}
