//! Multicast with negative acknowledgements.
//!
//! The sender numbers its messages and sends each of them once to every member: n − 1 messages. If nothing is
//! lost, no acknowledgement is sent. A receiver that gets number 3 before number 2 has found a **gap**. It asks for
//! each missing message with a NACK, repeatedly until it has the message. It delivers in the order of the numbers.
//!
//! A gap shows only when a later message arrives, so nothing shows the loss of the **last** message. Session messages
//! solve this: a sender regularly announces its last number. Without them, a receiver that misses the last message
//! never asks for it: **agreement** breaks.
//!
//! Silence means that all is well, or that a NACK is still to come. The sender never learns that all members have a
//! message. So it can never discard a message, nor stop announcing. This is the price of its cheap sending: its
//! buffer only grows.
//!
//! If a *holder* may be asked, members keep the messages that they have delivered, and repair as the sender does.
//! If a sender is silent, the members announce its last number in its place. *Why it works*: when a correct process
//! has delivered a message, all other correct processes learn its number, ask one member after the other, and reach
//! the process that has it. If only the sender and *one* holder keep a message and both crash, others may have
//! delivered it, and no process can repair it.
//!
//! Where it departs from the notes: they name neither session messages nor retries; without retries one lost NACK is
//! never repaired. Where it departs from SRM: NACKs and repairs go to one member each. Multicasting and suppressing
//! them is feedback suppression, a separate protocol.

mod stream;
#[cfg(test)]
mod tests;

use derive_more::Display;
use serde::Serialize;

use self::stream::Stream;
use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, Broadcast, BroadcastId, Deliver, NO_CREATION, NO_DUPLICATION,
            UNIFORM_AGREEMENT, VALIDITY, one_broadcast,
        },
        order::FIFO_ORDER,
    },
    cost,
    kernel::{
        Break, Carried, Context, Drawn, Group, Metric, NodeId, Payload, Process, Protocol, Rule,
        TimeToServe,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "nack-multicast",
    name: "Multicast with negative acknowledgements",
    summary: "A receiver that finds a gap in the numbers asks for the missing messages.",
    source: "notes 002 and 004, Negative acknowledgement; session messages and holders: \
             Floyd, Jacobson, Liu, McCanne and Zhang 1997, A Reliable Multicast Framework for \
             Light-weight Sessions and Application Level Framing (SRM)",
    model: &[
        Rule::FairLossChannels.always().for_liveness(),
        Rule::RequestersStayUp.where_(Parameters::ask, "sender").for_liveness(),
        Rule::RequestersStayUp.where_(Parameters::holders, "one").for_liveness(),
        Rule::RequestersStayUp.where_(Parameters::sessions, "false").for_liveness(),
        Rule::ReliableChannels.where_(Parameters::sessions, "false").for_liveness(),
        Rule::NoRecoveries.always(),
    ],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION, AGREEMENT, FIFO_ORDER],
    beyond: &[UNIFORM_AGREEMENT],
    breaks: &[
        Break {
            when: "no session messages, and the last message is lost",
            scenario: "last-message-lost",
            violates: &[AGREEMENT, UNIFORM_AGREEMENT],
            broken: &[Rule::ReliableChannels],
        },
        Break {
            when: "the sender and the only holder crash",
            scenario: "sender-and-holder-die",
            violates: &[AGREEMENT, UNIFORM_AGREEMENT],
            broken: &[Rule::RequestersStayUp],
        },
    ],
    unbreakable: &[
        (VALIDITY, "a correct broadcaster delivers its own message at once"),
        (
            FIFO_ORDER,
            "the message that is delivered next has the next number, even after a recovery",
        ),
    ],
    costs: &[cost!("one broadcast, without session messages", n >= 2 => n - 1, |scenario| {
        scenario.set(Parameters::sessions, false);
        one_broadcast(scenario);
    })],
    metrics: &[Metric {
        name: "buffered messages",
        unit: "messages",
        help: "Messages that the node keeps for repairs; a sender keeps all that it ever sent.",
        drawn: Drawn::Curve,
        value: |node| node.process::<NackMulticast<Value>>().buffered() as i64,
    }],
    perpetual: Some(TimeToServe {
        only: None,
        statement: "for each message that the network may lose, two periods, a retry for each node \
                    that may be asked, and three times the longest delay; in addition the time for \
                    which partitions, cuts and omissions last",
        bound: |serving| {
            let askable = match (
                serving.is(Parameters::ask, "sender"),
                serving.is(Parameters::holders, "one"),
            ) {
                (true, _) => 1,
                (false, true) => 2,
                (false, false) => serving.nodes(),
            };
            let retries = askable * serving.integer(Parameters::retry);
            let waits = 2 * serving.integer(Parameters::period) + retries;
            let round = serving.delay().saturating_mul(3).saturating_add(waits);
            // The first loss is the one that has to be repaired.
            let tries = round.saturating_mul(serving.failed_tries().max(1));
            tries.saturating_add(serving.walls())
        },
    }),
    ..Protocol::of::<NackMulticast<Value>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Members that are asked for a missing message.
        ask: Ask = Sender;
        /// Members that keep delivered messages, if holders may be asked.
        holders: Holders = Everyone;
        /// True if session messages announce the last number.
        sessions: bool = true;
        /// Time of silence after which a sender announces its last number.
        period: u32 = 60, in 1..=10_000 "ms";
        /// Time to wait for a missing message before it is asked for again.
        retry: u32 = 40, in 1..=10_000 "ms";
    }
    /// Members that are asked for a missing message.
    pub enum Ask {
        /// Its sender, repeatedly.
        Sender = "sender",
        /// Its sender first, and then one holder after the other.
        Holder = "holder",
    }
    /// Members that keep delivered messages.
    pub enum Holders {
        /// Every member.
        Everyone = "everyone",
        /// Only the member after the sender, in the scenario's list.
        One = "one",
    }
}

/// A process that multicasts, asks for missing messages, and repairs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct NackMulticast<M> {
    /// By sender.
    streams: Vec<Stream<M>>,
}

/// A message of the application, a request for one, or an announcement.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message<M> {
    /// The application's message, for the first time or as a repair.
    #[display("{}: {payload}", id.seq)]
    Data {
        /// Sender and number.
        id: BroadcastId,
        /// The application's message.
        payload: M,
    },
    /// A negative acknowledgement: the message with this id is missing.
    #[display("NACK {}: {}", _0.from, _0.seq)]
    Nack(BroadcastId),
    /// An announcement: the message with this id is the last one of its sender.
    #[display("session {}: {}", _0.from, _0.seq)]
    Session(BroadcastId),
}

/// A timer for a sender or for a missing message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Timer {
    /// The last number of this sender is announced.
    #[display("announce {_0}")]
    Announce(NodeId),
    /// This message is asked for again.
    #[display("retry {}: {}", _0.from, _0.seq)]
    Retry(BroadcastId),
}

impl<M: Payload> Process for NackMulticast<M> {
    type Parameters = Parameters;
    type Request = Broadcast<M>;
    type Indication = Deliver<M>;
    type Message = Message<M>;
    type Timer = Timer;

    fn new(group: Group, _parameters: &Parameters) -> Self {
        Self { streams: vec![Stream::new(); group.size] }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(payload): Broadcast<M>) {
        let id = BroadcastId { from: ctx.me(), seq: self.stream(ctx.me()).last + 1 };
        ctx.send_others(Message::Data { id, payload: payload.clone() });
        self.on_data(ctx, id, payload);
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message<M>) {
        match message {
            Message::Data { id, payload } => self.on_data(ctx, id, payload),
            Message::Nack(id) => {
                if let Some(payload) = self.stream(id.from).find(id.seq) {
                    ctx.send(from, Message::Data { id, payload });
                }
            }
            Message::Session(last) => self.on_session(ctx, last),
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: Timer) {
        match timer {
            Timer::Announce(sender) => {
                let seq = self.stream(sender).last;
                ctx.send_others(Message::Session(BroadcastId { from: sender, seq }));
                set_session_timer(ctx, sender);
            }
            Timer::Retry(missing) => self.ask_for(ctx, missing),
        }
    }

    fn carries(_from: NodeId, message: &Message<M>) -> Option<Carried> {
        match message {
            Message::Data { id, .. } => Some(id.carried()),
            Message::Nack(_) | Message::Session(_) => None,
        }
    }
}

impl<M: Payload> NackMulticast<M> {
    fn stream(&mut self, sender: NodeId) -> &mut Stream<M> {
        &mut self.streams[sender.index()]
    }

    /// Number of messages kept.
    fn buffered(&self) -> usize {
        self.streams.iter().map(|stream| stream.kept.len()).sum()
    }

    fn on_data(&mut self, ctx: &mut Context<Self>, id: BroadcastId, payload: M) {
        let stream = self.stream(id.from);
        stream.hold(id.seq, payload);
        if stream.asked.remove(&id.seq).is_some() {
            ctx.cancel_timer(Timer::Retry(id));
        }
        self.learn(ctx, id);
        self.deliver_in_order(ctx, id.from);
        set_session_timer(ctx, id.from);
    }

    fn on_session(&mut self, ctx: &mut Context<Self>, last: BroadcastId) {
        self.learn(ctx, last);
        // An announcement of a smaller number does not replace that of this node.
        if last.seq == self.stream(last.from).last {
            set_session_timer(ctx, last.from);
        }
    }

    /// Asks for all messages that are missing up to this number, if the number is new.
    fn learn(&mut self, ctx: &mut Context<Self>, last: BroadcastId) {
        let stream = self.stream(last.from);
        if last.seq > stream.last {
            let known = std::mem::replace(&mut stream.last, last.seq);
            for seq in stream.missing_after(known) {
                self.ask_for(ctx, BroadcastId { from: last.from, seq });
            }
        }
    }

    /// Asks the next member in turn for a missing message.
    fn ask_for(&mut self, ctx: &mut Context<Self>, missing: BroadcastId) {
        let members = askable(ctx, missing.from);
        let times = self.stream(missing.from).asked.entry(missing.seq).or_default();
        ctx.send(members[*times % members.len()], Message::Nack(missing));
        *times += 1;
        ctx.set_timer(Timer::Retry(missing), ctx.parameters().retry.into());
    }

    fn deliver_in_order(&mut self, ctx: &mut Context<Self>, sender: NodeId) {
        let keeps = keeps(ctx, ctx.me(), sender);
        let stream = self.stream(sender);
        while let Some((seq, payload)) = stream.next(keeps) {
            ctx.indicate(Deliver { from: sender, seq, payload });
        }
    }
}

/// Members that can be asked for a message of this sender: the sender first, then those that keep it, in turn.
fn askable<M: Payload>(ctx: &Context<NackMulticast<M>>, sender: NodeId) -> Vec<NodeId> {
    let size = ctx.group().size;
    let members = (0..size).map(|steps| NodeId::new((sender.index() + steps) % size));
    members.filter(|it| *it != ctx.me() && keeps(ctx, *it, sender)).collect()
}

/// True if a member keeps the messages of this sender that it has delivered.
fn keeps<M: Payload>(ctx: &Context<NackMulticast<M>>, member: NodeId, sender: NodeId) -> bool {
    let next = (sender.index() + 1) % ctx.group().size;
    let &Parameters { ask, holders, .. } = ctx.parameters();
    let holds = holders == Holders::Everyone || member.index() == next;
    member == sender || ask == Ask::Holder && holds
}

/// Sets the timer after which a silent sender announces its last number. If holders may be asked, the other members
/// announce it in its place after two periods.
fn set_session_timer<M: Payload>(ctx: &mut Context<NackMulticast<M>>, sender: NodeId) {
    let &Parameters { ask, sessions, period, .. } = ctx.parameters();
    let own = sender == ctx.me();
    if sessions && (own || ask == Ask::Holder) {
        let periods = if own { 1 } else { 2 };
        ctx.set_timer(Timer::Announce(sender), (periods * period).into());
    }
}
