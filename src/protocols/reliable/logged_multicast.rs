//! Multicast with persistent logs.
//!
//! Sender and receivers keep a log in stable storage, and each message has a unique id.
//!
//! - The sender writes a message to its log, and sends it to all members. On timeout it sends it again to those that
//!   have not acknowledged it. Once all have, the message leaves the log.
//! - A receiver writes the message's id to its log, delivers the message, and acknowledges it. A message whose id is in
//!   the log is a duplicate: it is acknowledged again and not delivered.
//! - A process that recovers reads its log. A sender goes on with what is in it.
//!
//! *Why it works*: a message leaves the sender's log only once every member has it in its own. Until then the sender
//! tries again, after losses and after crashes of both sides, so if every crashed process recovers, all deliver the
//! message: **atomicity** over any finite downtime. A receiver acknowledges only what is in its log, so it forgets nothing
//! that its sender no longer has, and no copy that comes after a crash is delivered a second time. The price is a write
//! at each process, and 2(n − 1) messages where nothing is lost.
//!
//! With a *volatile* log the sender forgets in a crash what it has not finished: some have the message, and the others
//! never receive it. **Atomicity** breaks. A receiver forgets what it has delivered, and delivers it again.
//!
//! No process gives up. If a member stays down for ever, its sender sends for ever; if a sender stays down after it has
//! reached some members, the others wait for ever.
//!
//! Where it departs from the note: its pattern of logs and retries leaves open when a message may leave the log. Here
//! an acknowledgement from each member decides it. The number of a message and its sender are its unique id, and the log
//! of a receiver keeps ids without their messages, since a receiver passes nothing on.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{
            ATOMICITY, Broadcast, BroadcastId, Deliver, NO_CREATION, NO_DUPLICATION, Sent,
            VALIDITY, one_broadcast,
        },
        unacknowledged::{Unacknowledged, Waiting},
    },
    cost,
    kernel::{
        Break, Carried, Context, Drawn, Failures, Group, Metric, NodeId, Payload, Process,
        Protocol, Rule, SortedSet,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "logged-multicast",
    name: "Multicast with persistent logs",
    summary: "Sender and receivers write each message to a log, and the sender repeats it through \
              losses and crashes until all have it.",
    source: "note 002, Achieving atomicity; Cachin, Guerraoui and Rodrigues 2011, Introduction to Reliable and \
             Secure Distributed Programming, \"Log Delivered\" and \"Logged Basic Broadcast\"",
    example: "retried-through-downtime",
    failures: Failures::CrashRecovery,
    model: &[
        Rule::FairLossChannels.always().for_liveness(),
        Rule::RequestersRecover("broadcast").always().for_liveness(),
        Rule::NoCrashAtWrites.always(),
        Parameters::log.is("stable").always(),
    ],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION, ATOMICITY],
    breaks: &[
        Break {
            when: "the sender's log is volatile, and it crashes half-way",
            scenario: "volatile-log-at-the-sender",
            violates: &[ATOMICITY],
            broken: &[Parameters::log.is("stable")],
        },
        Break {
            when: "a receiver's log is volatile, and its ack is lost before it crashes",
            scenario: "volatile-log-at-a-receiver",
            violates: &[NO_DUPLICATION],
            broken: &[Parameters::log.is("stable")],
        },
        Break {
            when: "the sender stays down",
            scenario: "sender-stays-down",
            violates: &[ATOMICITY],
            broken: &[Rule::RequestersRecover("broadcast")],
        },
    ],
    costs: &[cost!("one broadcast", n >= 2 => 2 * (n - 1), one_broadcast)],
    metrics: &[Metric {
        name: "send log",
        unit: "messages",
        help: "Messages in the sender's log that some member has not acknowledged.",
        drawn: Drawn::Curve,
        value: |node| node.process::<LoggedMulticast<Value>>().send_log.len() as i64,
    }],
    ..Protocol::of::<LoggedMulticast<Value>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Storage of the logs.
        log: Log = Stable;
        /// Time to wait for acks before the messages in the send log are sent again.
        timeout: u32 = 60, in 10..=10_000 "ms";
    }
    /// Storage of the logs.
    pub enum Log {
        /// It survives a crash.
        Stable = "stable",
        /// It is lost in a crash.
        Volatile = "volatile",
    }
}

/// A process that broadcasts, logs, resends and delivers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct LoggedMulticast<M> {
    sent: Sent,
    /// Own messages that some member has not acknowledged.
    send_log: Unacknowledged<M>,
    /// Messages that were delivered.
    receive_log: SortedSet<BroadcastId>,
}

/// A message of the application, or its acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message<M> {
    /// The application's message.
    #[display("{payload}")]
    Data {
        /// Its unique id.
        id: BroadcastId,
        /// The application's message.
        payload: M,
    },
    /// The message with this id is in the log of the sender of this ack.
    #[display("ack {_0}")]
    Ack(BroadcastId),
}

/// The only timer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Timer {
    /// The messages in the send log are sent again.
    #[display("timeout")]
    Timeout,
}

impl<M: Payload> Process for LoggedMulticast<M> {
    type Parameters = Parameters;
    type Request = Broadcast<M>;
    type Indication = Deliver<M>;
    type Message = Message<M>;
    type Timer = Timer;

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        Self {
            sent: Sent::default(),
            send_log: Unacknowledged::new(),
            receive_log: SortedSet::new(),
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(payload): Broadcast<M>) {
        let id = self.sent.next(ctx.me());
        let others = ctx.others();
        if !others.is_empty() {
            if self.send_log.is_empty() {
                ctx.set_timer(Timer::Timeout, ctx.parameters().timeout.into());
            }
            self.send_log.insert(id, payload.clone(), others);
        }
        self.receive_log.insert(id);
        write_log(ctx);
        ctx.indicate(id.deliver(payload.clone()));
        ctx.send_others(Message::Data { id, payload });
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message<M>) {
        match message {
            Message::Data { id, payload } => {
                if self.receive_log.insert(id) {
                    write_log(ctx);
                    ctx.indicate(id.deliver(payload));
                }
                ctx.send(from, Message::Ack(id));
            }
            Message::Ack(id) => self.on_ack(ctx, from, id),
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, Timer::Timeout: Timer) {
        self.send_again(ctx);
    }

    fn recover(stored: &Self, _fresh: Self) -> Self {
        stored.clone()
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        if !self.send_log.is_empty() {
            self.send_again(ctx);
        }
    }

    fn carries(_from: NodeId, message: &Message<M>) -> Option<Carried> {
        match message {
            Message::Data { id, .. } => Some(id.carried()),
            Message::Ack(_) => None,
        }
    }
}

impl<M: Payload> LoggedMulticast<M> {
    fn on_ack(&mut self, ctx: &mut Context<Self>, from: NodeId, id: BroadcastId) {
        if !self.send_log.has(id) {
            return;
        }
        let is_complete = self.send_log.acknowledge(id, from).is_some();
        if is_complete && self.send_log.is_empty() {
            ctx.cancel_timer(Timer::Timeout);
        }
        write_log(ctx);
    }

    fn send_again(&self, ctx: &mut Context<Self>) {
        for (id, Waiting { kept, missing }) in self.send_log.iter() {
            ctx.multicast(*missing, Message::Data { id: *id, payload: kept.clone() });
        }
        ctx.set_timer(Timer::Timeout, ctx.parameters().timeout.into());
    }
}

/// Writes both logs to stable storage.
fn write_log<M: Payload>(ctx: &mut Context<LoggedMulticast<M>>) {
    if ctx.parameters().log == Log::Stable {
        ctx.store();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Fault, Scenario, Time, run},
        protocols::testing::{broadcast, crash, deliveries, group, node, sends},
    };

    fn recover(at: Time, number: usize) -> Fault {
        Fault::Recover { node: node(number), at }
    }

    fn one_message(size: usize) -> Scenario {
        let mut scenario = group(&PROTOCOL, size);
        scenario.requests = vec![broadcast(0, 1, "m")];
        scenario
    }

    #[test]
    fn logged_multicast_sender_finishes_after_a_crash_at_any_send() {
        for sent in 0..3 {
            let mut scenario = one_message(4);
            scenario.faults = vec![crash(0, 1, sent), recover(100, 1)];
            let trace = run(&PROTOCOL, &scenario).expect("a valid request");
            assert!(trace.quiescent, "{sent}: nothing is left in the log");
            let mut told = deliveries(&PROTOCOL, &scenario);
            told.sort_by_key(|it| it.split(' ').nth(1).map(str::to_owned));
            let at = |number: u32| if number <= sent { 10 } else { 110 };
            let others = [1, 2, 3].map(|it| format!("{} P{} m", at(it), it + 1));
            assert_eq!(told[1..], others, "after {sent} sends");
        }
    }

    #[test]
    fn logged_multicast_numbers_go_on_after_a_crash() {
        let mut scenario = one_message(2);
        scenario.requests.push(broadcast(60, 1, "m2"));
        scenario.faults = vec![crash(40, 1, 0), recover(50, 1)];
        let expected = ["0 P1 m", "10 P2 m", "60 P1 m2", "70 P2 m2"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), expected);
        // Without the log the second message has the number of the first, and is taken for its duplicate.
        scenario.set(Parameters::log, "volatile");
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["0 P1 m", "10 P2 m", "60 P1 m2"]);
    }

    #[test]
    fn logged_multicast_sends_again_only_to_those_that_have_not_acknowledged() {
        let mut scenario = one_message(3);
        scenario.faults = vec![crash(5, 3, 0), recover(65, 3)];
        let data: Vec<_> =
            sends(&PROTOCOL, &scenario).into_iter().filter(|it| !it.contains("ack")).collect();
        assert_eq!(data, ["0 P1>P2 m", "0 P1>P3 m", "60 P1>P3 m"]);
    }
}
