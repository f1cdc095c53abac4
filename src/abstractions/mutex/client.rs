//! The application of a lock: it asks to enter, stays inside for a while, and leaves.

use std::{collections::VecDeque, fmt, hash::Hash};

use serde::Serialize;

use super::{Access, Acquire};
use crate::kernel::{
    Context, Detection, Group, Never, NodeId, NodeSet, Over, Parameters, Payload, Process, Time,
};

/// An algorithm for mutual exclusion, below its application. It is asked for one entry at a time, and grants it by
/// [`Context::enter`]. The [`Client`] does the rest: it queues requests, measures the time inside, and indicates
/// *enter* and *exit*.
///
/// A lock is a [`Process`], whose handlers have the same names.
pub trait Lock: Clone + fmt::Debug + Eq + Hash + Serialize + 'static {
    /// Parameters of the algorithm.
    type Parameters: Parameters;
    /// Messages between processes.
    type Message: Payload;
    /// Timers of the algorithm; [`Never`] if it sets none.
    type Timer: Payload;
    /// Mark that a request carries from the moment the application makes it, such as a timestamp; `()` for none.
    type Ticket: Clone + fmt::Debug + Eq + Hash + Serialize + 'static;

    /// The state before the first event.
    fn new(group: Group, parameters: &Self::Parameters) -> Self;

    /// Upon ⟨Init⟩.
    fn on_init(&mut self, _ctx: &mut Context<Self>) {}

    /// Returns the ticket of a request that the application makes now. [`request`](Self::request) gets it back when
    /// the turn of the request comes.
    fn ticket(&mut self, ctx: &mut Context<Self>) -> Self::Ticket;

    /// Asks for the critical section.
    fn request(&mut self, ctx: &mut Context<Self>, ticket: Self::Ticket);

    /// Gives the critical section back. `next` is the ticket of the request that is asked for right afterwards.
    fn release(&mut self, ctx: &mut Context<Self>, next: Option<&Self::Ticket>);

    /// Upon the receipt of a message.
    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Self::Message);

    /// Upon ⟨Timeout⟩.
    fn on_timer(&mut self, _ctx: &mut Context<Self>, _timer: Self::Timer) {}

    /// Upon a report of the failure detector.
    fn on_detection(&mut self, _ctx: &mut Context<Self>, _detection: Detection) {}

    /// Upon ⟨Recovery⟩.
    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        Lock::on_init(self, ctx);
    }

    /// Ids of the processes from which an answer is missing: see [`Process::waits_for`].
    #[must_use]
    fn waits_for(&self, _group: Group) -> NodeSet {
        NodeSet::EMPTY
    }
}

/// Indication of the lock to its application: the entry is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("granted")]
pub struct Granted {
    token: Option<u32>,
}

impl<L: Lock> Process for L {
    type Parameters = L::Parameters;
    type Request = Never;
    type Indication = Granted;
    type Message = L::Message;
    type Timer = L::Timer;

    fn new(group: Group, parameters: &L::Parameters) -> Self {
        Lock::new(group, parameters)
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        Lock::on_init(self, ctx);
    }

    fn on_request(&mut self, _ctx: &mut Context<Self>, request: Never) {
        match request {}
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: L::Message) {
        Lock::on_message(self, ctx, from, message);
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: L::Timer) {
        Lock::on_timer(self, ctx, timer);
    }

    fn on_detection(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        Lock::on_detection(self, ctx, detection);
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        Lock::on_recovery(self, ctx);
    }

    fn waits_for(&self, group: Group) -> NodeSet {
        Lock::waits_for(self, group)
    }
}

impl<L: Lock> Context<'_, L> {
    /// Lets the application enter.
    pub fn enter(&mut self) {
        self.indicate(Granted { token: None });
    }

    /// Lets the application enter under a grant of this number, its fencing token: a later grant has a greater one.
    pub fn enter_under(&mut self, token: u32) {
        self.indicate(Granted { token: Some(token) });
    }
}

/// A lock with its application: the process that a scenario runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(bound(serialize = "L: Lock"))]
pub struct Client<L: Lock> {
    #[serde(flatten)]
    lock: L,
    /// Entries that the application wants and has not left yet; the first is the one that the lock is asked for.
    wanted: VecDeque<Wanted<L::Ticket>>,
}

/// An entry that the application wants.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Wanted<T> {
    ticket: T,
    /// Time inside, in ms.
    hold: Time,
}

/// A timer of the application or of its lock.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
pub enum Timer<T> {
    /// The application leaves.
    #[display("leave")]
    Leave,
    /// A timer of the lock.
    #[serde(untagged)]
    Lock(T),
}

impl<T> From<T> for Timer<T> {
    fn from(timer: T) -> Self {
        Self::Lock(timer)
    }
}

impl<L: Lock> Client<L> {
    /// The lock.
    #[must_use]
    pub const fn lock(&self) -> &L {
        &self.lock
    }

    /// Tickets of the entries that the application wants and has not left yet.
    pub fn tickets(&self) -> impl Iterator<Item = &L::Ticket> {
        self.wanted.iter().map(|wanted| &wanted.ticket)
    }

    /// Asks for the first entry that the application wants.
    fn request(&mut self, ctx: &mut Context<Self>) {
        if let Some(Wanted { ticket, .. }) = self.wanted.front().cloned() {
            self.down(ctx, |lock, ctx| lock.request(ctx, ticket));
        }
    }
}

impl<L: Lock> Over<L> for Client<L> {
    fn layer(&mut self) -> &mut L {
        &mut self.lock
    }

    fn layer_parameters(parameters: &L::Parameters) -> L::Parameters {
        parameters.clone()
    }

    fn on_layer(&mut self, ctx: &mut Context<Self>, Granted { token }: Granted) {
        ctx.indicate(Access::Enter { token });
        if let Some(Wanted { hold, .. }) = self.wanted.front() {
            ctx.set_timer(Timer::Leave, *hold);
        }
    }
}

impl<L: Lock> Process for Client<L> {
    type Parameters = L::Parameters;
    type Request = Acquire;
    type Indication = Access;
    type Message = L::Message;
    type Timer = Timer<L::Timer>;

    fn new(group: Group, parameters: &L::Parameters) -> Self {
        Self { lock: Lock::new(group, parameters), wanted: VecDeque::new() }
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        self.down(ctx, Lock::on_init);
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Acquire { hold }: Acquire) {
        let mut ticket = None;
        self.down(ctx, |lock, ctx| ticket = Some(lock.ticket(ctx)));
        self.wanted.extend(ticket.map(|ticket| Wanted { ticket, hold }));
        if self.wanted.len() == 1 {
            self.request(ctx);
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: L::Message) {
        self.pass(ctx, from, message);
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: Timer<L::Timer>) {
        match timer {
            Timer::Lock(timer) => self.ring(ctx, timer),
            Timer::Leave => {
                self.wanted.pop_front();
                ctx.indicate(Access::Exit {});
                let next = self.wanted.front().map(|next| next.ticket.clone());
                self.down(ctx, |lock, ctx| lock.release(ctx, next.as_ref()));
                self.request(ctx);
            }
        }
    }

    fn on_detection(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        self.down(ctx, |lock, ctx| Lock::on_detection(lock, ctx, detection));
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        self.down(ctx, Lock::on_recovery);
    }

    fn waits_for(&self, group: Group) -> NodeSet {
        Lock::waits_for(&self.lock, group)
    }
}
