//! Multicast with negative acknowledgements.
//!
//! Implements: ReliableBroadcast, in the order of each sender. Uses: fair-loss links.
//! Model: crash-stop, asynchronous; any finite number of losses. The sender stays up where it alone is asked,
//! where it and one holder are, and where there are no session messages.
//! Source: notes 002 and 004 ("Negative acknowledgement"); session messages, and holders that repair in the
//! sender's stead: Floyd, Jacobson, Liu, McCanne and Zhang 1997, "A Reliable Multicast Framework for
//! Light-weight Sessions and Application Level Framing" (SRM).
//!
//! The sender numbers its messages and sends each of them once to every member: n − 1 messages, and where
//! nothing is lost not one acknowledgement comes back. A receiver that gets number 3 before number 2 has found
//! a **gap**. It asks for each missing message with a NACK, again and again until it has it, and delivers in the
//! order of the numbers.
//!
//! A gap shows only when something comes after it, so nothing betrays the loss of the **last** message. That
//! is what session messages are for: now and then a sender announces its last number. Without them whoever
//! misses the last message never asks, and **agreement** breaks.
//!
//! Silence means that all is well, or that the NACK is still to come: the sender never learns that everybody
//! has a message. So it can never forget one, nor stop announcing; that is the price of its cheap sending, and
//! its buffer only grows.
//!
//! Where a *holder* may be asked, members keep what they have delivered, and repair as well as the sender. If a
//! sender falls silent, who has heard from it announces its last number for it. So when a correct process has
//! delivered a message, everybody else learns that there is one, asks round, and comes to the one who has it.
//! If only the sender and *one* holder keep a message and both die, others may have delivered it, and none of
//! them can help who has not.
//!
//! Where it departs from the notes: they name neither session messages nor a second try, without which one
//! lost NACK is never made good. Where it departs from SRM: NACKs and repairs go to one member each. To
//! multicast and to suppress them is feedback suppression, a protocol of its own.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, Broadcast, BroadcastId, Deliver, NO_CREATION, NO_DUPLICATION,
            UNIFORM_AGREEMENT, VALIDITY, one_broadcast,
        },
        order::FIFO_ORDER,
    },
    kernel::{
        Break, Carried, Context, Drawn, Group, Metric, NodeId, ParameterValue, Payload, Process,
        Protocol, Rule, SortedMap, Time, TimeToServe,
    },
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "nack-multicast",
    name: "Multicast with negative acknowledgements",
    summary: "Whoever finds a gap in the numbers asks for what is missing.",
    source: "notes 002 and 004; Floyd, Jacobson, Liu, McCanne and Zhang 1997, A Reliable Multicast \
             Framework for Light-weight Sessions and Application Level Framing",
    model: &[
        Rule::FairLossChannels.always().for_liveness(),
        Rule::RequestersStayUp.where_(Parameters::ask, "sender").for_liveness(),
        Rule::RequestersStayUp.where_(Parameters::holders, "one").for_liveness(),
        Rule::RequestersStayUp.where_(Parameters::sessions, "false").for_liveness(),
        Rule::ReliableChannels.where_(Parameters::sessions, "false").for_liveness(),
        Rule::NobodyRecovers.always(),
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
            when: "the sender and the only holder die",
            scenario: "sender-and-holder-die",
            violates: &[AGREEMENT, UNIFORM_AGREEMENT],
            broken: &[Rule::RequestersStayUp],
        },
    ],
    unbreakable: &[
        (VALIDITY, "who broadcasts and stays up delivers its own message at once"),
        (FIFO_ORDER, "what is delivered next is what has the next number, even after a recovery"),
    ],
    costs: &[crate::cost!("one broadcast, without session messages", n >= 2 => n - 1, |scenario| {
        scenario.params.insert("sessions".to_owned(), ParameterValue::Flag(false));
        one_broadcast(scenario);
    })],
    metrics: &[Metric {
        name: "buffered messages",
        unit: "messages",
        help: "What the node keeps in case somebody asks for it: a sender, all that it ever sent.",
        drawn: Drawn::Curve,
        value: |node| {
            node.process::<NackMulticast<Value>>()
                .streams
                .iter()
                .map(|stream| stream.kept.len() as i64)
                .sum()
        },
    }],
    perpetual: Some(TimeToServe {
        statement: "two periods, a retry for each node that may be asked, and three of the longest delays, all \
                    that for each message that the network may lose; and the time for which partitions, cuts and \
                    omissions last",
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
    /// What can be tuned.
    pub struct Parameters {
        /// Who is asked for a missing message.
        ask: Ask = Sender;
        /// Who keeps what it has delivered, where holders may be asked.
        holders: Holders = Everyone;
        /// Whether session messages announce the last number.
        sessions: bool = true;
        /// How long after its last word a sender announces its last number.
        period: u32 = 60, in 1..=10_000 "ms";
        /// How long to wait for a missing message before asking again.
        retry: u32 = 40, in 1..=10_000 "ms";
    }
    /// Who is asked for a missing message.
    pub enum Ask {
        /// Its sender, over and over again.
        Sender = "sender",
        /// Its sender first, and then one holder after the other.
        Holder = "holder",
    }
    /// Who keeps what it has delivered.
    pub enum Holders {
        /// Every member.
        Everyone = "everyone",
        /// Only the member after the sender, in the scenario's list.
        One = "one",
    }
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct NackMulticast<M> {
    ask: Ask,
    holders: Holders,
    sessions: bool,
    period: Time,
    retry: Time,
    /// By sender.
    streams: Vec<Stream<M>>,
}

/// The messages of one sender. They are numbered from 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Stream<M> {
    /// The number of the last one that has been delivered.
    delivered: u32,
    /// The greatest number that has been seen or announced.
    last: u32,
    /// Those after a gap.
    held_back: SortedMap<u32, M>,
    /// Those that have been delivered, all from the first on; nothing at those who keep none.
    kept: Vec<M>,
    /// By the number of a missing message: number of times that it was asked for. Each message is asked for on
    /// its own, at its sender first, however long others have been missing.
    asked: SortedMap<u32, usize>,
}

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message<M> {
    /// A message, be it for the first time or as a repair.
    #[display("{}: {payload}", id.seq)]
    Data {
        /// Which.
        id: BroadcastId,
        /// What is broadcast.
        payload: M,
    },
    /// A negative acknowledgement: this one is missing.
    #[display("NACK {}: {}", _0.from, _0.seq)]
    Nack(BroadcastId),
    /// An announcement: this is the last one of its sender.
    #[display("session {}: {}", _0.from, _0.seq)]
    Session(BroadcastId),
}

/// Alarms, each by the sender or the message that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Timer {
    /// Its last number is to be announced.
    #[display("announce {_0}")]
    Announce(NodeId),
    /// This message, if it is still missing, is to be asked for again.
    #[display("retry {}: {}", _0.from, _0.seq)]
    Retry(BroadcastId),
}

impl<M: Payload> Process for NackMulticast<M> {
    type Parameters = Parameters;
    type Request = Broadcast<M>;
    type Indication = Deliver<M>;
    type Message = Message<M>;
    type Timer = Timer;

    fn new(group: Group, parameters: &Parameters) -> Self {
        let &Parameters { ask, holders, sessions, period, retry } = parameters;
        let (period, retry) = (period.into(), retry.into());
        let stream = Stream {
            delivered: 0,
            last: 0,
            held_back: SortedMap::new(),
            kept: Vec::new(),
            asked: SortedMap::new(),
        };
        Self { ask, holders, sessions, period, retry, streams: vec![stream; group.size] }
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
                let last = BroadcastId { from: sender, seq: self.stream(sender).last };
                ctx.send_others(Message::Session(last));
                self.announce_in_time(ctx, sender);
            }
            Timer::Retry(missing) => self.ask_for(ctx, missing),
        }
    }

    fn carries(_from: NodeId, message: &Message<M>) -> Option<Carried> {
        match message {
            Message::Data { id, .. } => Some((id.from, id.seq)),
            Message::Nack(_) | Message::Session(_) => None,
        }
    }
}

impl<M: Payload> NackMulticast<M> {
    fn stream(&mut self, sender: NodeId) -> &mut Stream<M> {
        &mut self.streams[sender.index()]
    }

    fn on_data(&mut self, ctx: &mut Context<Self>, id: BroadcastId, payload: M) {
        let stream = self.stream(id.from);
        if id.seq > stream.delivered {
            stream.held_back.insert(id.seq, payload);
        }
        if stream.asked.remove(&id.seq).is_some() {
            ctx.cancel_timer(Timer::Retry(id));
        }
        self.learn(ctx, id);
        self.deliver_in_order(ctx, id.from);
        self.announce_in_time(ctx, id.from);
    }

    fn on_session(&mut self, ctx: &mut Context<Self>, last: BroadcastId) {
        self.learn(ctx, last);
        // Whoever announces less than is known here does not announce it for this node.
        if last.seq == self.stream(last.from).last {
            self.announce_in_time(ctx, last.from);
        }
    }

    /// There is a message of this number: if that is news, whatever is missing up to it is asked for.
    fn learn(&mut self, ctx: &mut Context<Self>, last: BroadcastId) {
        let stream = self.stream(last.from);
        if last.seq > stream.last {
            let known = std::mem::replace(&mut stream.last, last.seq);
            for seq in stream.missing_after(known) {
                self.ask_for(ctx, BroadcastId { from: last.from, seq });
            }
        }
    }

    /// Asks the next in turn for a missing message, the sender being the first.
    fn ask_for(&mut self, ctx: &mut Context<Self>, missing: BroadcastId) {
        let askable = self.askable(ctx, missing.from);
        let times = self.stream(missing.from).asked.entry(missing.seq).or_default();
        ctx.send(askable[*times % askable.len()], Message::Nack(missing));
        *times += 1;
        ctx.set_timer(Timer::Retry(missing), self.retry);
    }

    /// Who can be asked for a message of this sender: it first, then whoever may keep it, in turn.
    fn askable(&self, ctx: &Context<Self>, sender: NodeId) -> Vec<NodeId> {
        let size = ctx.group().size;
        let after = |steps| NodeId::new((sender.index() + steps) % size);
        let members = (0..size).map(after).filter(|member| *member != ctx.me());
        members.filter(|member| self.keeps(ctx, *member, sender)).collect()
    }

    /// Whether a member keeps what it has delivered of this sender.
    fn keeps(&self, ctx: &Context<Self>, member: NodeId, sender: NodeId) -> bool {
        let next = (sender.index() + 1) % ctx.group().size;
        let holds = self.holders == Holders::Everyone || member.index() == next;
        member == sender || self.ask == Ask::Holder && holds
    }

    fn deliver_in_order(&mut self, ctx: &mut Context<Self>, sender: NodeId) {
        let keeps = self.keeps(ctx, ctx.me(), sender);
        let stream = self.stream(sender);
        while let Some(payload) = stream.held_back.remove(&(stream.delivered + 1)) {
            stream.delivered += 1;
            if keeps {
                stream.kept.push(payload.clone());
            }
            ctx.indicate(Deliver { from: sender, seq: stream.delivered, payload });
        }
    }

    /// A sender announces its last number when it has been silent for a period; where holders may be asked,
    /// the others do so for it, should they hear nothing of it for two.
    fn announce_in_time(&mut self, ctx: &mut Context<Self>, sender: NodeId) {
        if self.sessions && sender == ctx.me() {
            ctx.set_timer(Timer::Announce(sender), self.period);
        } else if self.sessions && self.ask == Ask::Holder {
            ctx.set_timer(Timer::Announce(sender), 2 * self.period);
        }
    }
}

impl<M: Payload> Stream<M> {
    /// The numbers after this one that there are and that have not come.
    fn missing_after(&self, known: u32) -> Vec<u32> {
        (known + 1..=self.last).filter(|seq| !self.held_back.contains_key(seq)).collect()
    }

    fn find(&self, seq: u32) -> Option<M> {
        let kept = self.kept.get(seq as usize - 1);
        kept.or_else(|| self.held_back.get(&seq)).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Fault, MessageName, Scenario, run},
        protocols::testing::{at, broadcast, crash, deliveries, group, node, sends},
    };

    /// The first of so many nodes broadcasts m1 at 0 and m2 at 20.
    fn two_broadcasts(size: usize) -> Scenario {
        let mut scenario = group(&PROTOCOL, size);
        scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(20, 1, "m2")];
        scenario.until = 400;
        scenario
    }

    fn with(mut scenario: Scenario, name: &str, word: &str) -> Scenario {
        scenario.params.insert(name.to_owned(), ParameterValue::Choice(word.to_owned()));
        scenario
    }

    fn drop(from: usize, to: usize, number: u32) -> Fault {
        Fault::Drop { message: MessageName { from: node(from), to: node(to), number } }
    }

    /// What is sent that begins so, and when: `30 P2>P1 NACK P1: 1`.
    fn sent(scenario: &Scenario, beginning: &str) -> Vec<String> {
        let mut sent = sends(&PROTOCOL, scenario);
        sent.retain(|line| line.splitn(3, ' ').nth(2).is_some_and(|it| it.starts_with(beginning)));
        sent
    }

    /// Name of the first message to a node that carries this text.
    fn sent_to(scenario: &Scenario, to: usize, text: &str) -> MessageName {
        let trace = run(&PROTOCOL, scenario).expect("broadcasts are valid requests");
        let carries = |it: &str| it.ends_with(&format!(": {text}"));
        let mut messages = trace.messages.iter().filter(|it| it.name.to == node(to));
        messages.find(|it| carries(&it.packet.to_string())).expect("it is sent").name
    }

    /// What each node keeps in the end.
    fn buffers(scenario: &Scenario) -> Vec<i64> {
        let trace = run(&PROTOCOL, scenario).expect("broadcasts are valid requests");
        let mut buffers = vec![0; scenario.nodes.len()];
        for sample in trace.samples {
            buffers[sample.node.index()] = sample.values[0];
        }
        buffers
    }

    #[test]
    fn nobody_asks_as_long_as_nothing_is_missing() {
        assert_eq!(sent(&two_broadcasts(4), "NACK"), [""; 0]);
    }

    #[test]
    fn a_gap_is_asked_for_and_holds_back_what_is_after_it() {
        let mut scenario = two_broadcasts(3);
        scenario.faults = vec![drop(1, 3, 1)];
        assert_eq!(sent(&scenario, "NACK"), ["30 P3>P1 NACK P1: 1"]);
        assert_eq!(at(3, deliveries(&PROTOCOL, &scenario)), ["50 P3 m1", "50 P3 m2"]);
    }

    #[test]
    fn a_lost_nack_and_a_lost_repair_are_made_good_by_asking_again() {
        let mut scenario = two_broadcasts(2);
        scenario.faults = vec![drop(1, 2, 1), drop(2, 1, 1), drop(1, 2, 3)];
        let asked = ["30 P2>P1 NACK P1: 1", "70 P2>P1 NACK P1: 1", "110 P2>P1 NACK P1: 1"];
        assert_eq!(sent(&scenario, "NACK"), asked);
        let expected = ["0 P1 m1", "20 P1 m2", "130 P2 m1", "130 P2 m2"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), expected);
    }

    #[test]
    fn only_a_session_message_betrays_the_loss_of_the_last_one() {
        let mut scenario = two_broadcasts(2);
        scenario.faults = vec![drop(1, 2, 2)];
        let expected = ["0 P1 m1", "10 P2 m1", "20 P1 m2", "110 P2 m2"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), expected, "announced at 80, asked for at 90");
        scenario.params.insert("sessions".to_owned(), ParameterValue::Flag(false));
        assert_eq!(deliveries(&PROTOCOL, &scenario), expected[..3]);
    }

    #[test]
    fn a_sender_keeps_all_that_it_ever_sent_and_holders_do_too() {
        let by_sender = two_broadcasts(4);
        assert_eq!(buffers(&by_sender), [2, 0, 0, 0]);
        let by_holder = with(by_sender, "ask", "holder");
        assert_eq!(buffers(&by_holder), [2, 2, 2, 2]);
        assert_eq!(buffers(&with(by_holder, "holders", "one")), [2, 2, 0, 0]);
    }

    #[test]
    fn holders_are_asked_in_turn_until_one_answers() {
        let mut scenario = with(two_broadcasts(4), "ask", "holder");
        scenario.faults = vec![drop(1, 4, 1), crash(25, 1, 0), crash(25, 2, 0)];
        let asked = ["30 P4>P1 NACK P1: 1", "70 P4>P2 NACK P1: 1", "110 P4>P3 NACK P1: 1"];
        assert_eq!(sent(&scenario, "NACK"), asked);
        let last = deliveries(&PROTOCOL, &scenario);
        assert_eq!(last[last.len() - 2..], ["130 P4 m1", "130 P4 m2"]);
    }

    #[test]
    fn every_gap_is_asked_for_at_the_sender_first() {
        let mut scenario = with(two_broadcasts(4), "ask", "holder");
        scenario.requests.extend([broadcast(200, 1, "m3"), broadcast(220, 1, "m4")]);
        // The first gap takes three tries, the second, long after, begins with the sender again.
        scenario.faults = vec![drop(1, 4, 1), drop(4, 1, 1), drop(4, 2, 1)];
        let m3 = sent_to(&scenario, 4, "m3");
        scenario.faults.push(Fault::Drop { message: m3 });
        let asked = [
            "30 P4>P1 NACK P1: 1",
            "70 P4>P2 NACK P1: 1",
            "110 P4>P3 NACK P1: 1",
            "230 P4>P1 NACK P1: 3",
        ];
        assert_eq!(sent(&scenario, "NACK"), asked);
    }

    #[test]
    fn a_later_gap_neither_delays_nor_hastens_the_retry_of_an_earlier_one() {
        let mut scenario = with(two_broadcasts(3), "ask", "holder");
        scenario.requests.extend([broadcast(40, 1, "m3"), broadcast(50, 1, "m4")]);
        // P3 lacks m1, known at 30, and m3, known at 60; its first NACKs are lost.
        scenario.faults = vec![drop(1, 3, 1), drop(1, 3, 3), drop(3, 1, 1), drop(3, 1, 2)];
        let asked = [
            "30 P3>P1 NACK P1: 1",
            "60 P3>P1 NACK P1: 3",
            "70 P3>P2 NACK P1: 1",
            "100 P3>P2 NACK P1: 3",
        ];
        assert_eq!(sent(&scenario, "NACK"), asked);
    }

    #[test]
    fn others_announce_for_a_sender_only_once_it_is_silent() {
        let mut scenario = with(two_broadcasts(3), "ask", "holder");
        let by_others = |scenario: &Scenario| {
            let mut sessions = sent(scenario, "session");
            sessions.retain(|line| !line.contains(" P1>"));
            sessions
        };
        assert_eq!(by_others(&scenario), [""; 0]);
        // It dies half-way: P3 has never heard of the second message, and knows of no more than one.
        scenario.faults = vec![crash(20, 1, 1)];
        let expected = [
            "130 P3>P1 session P1: 1",
            "130 P3>P2 session P1: 1",
            "150 P2>P1 session P1: 2",
            "150 P2>P3 session P1: 2",
        ];
        assert_eq!(by_others(&scenario)[..4], expected);
        let expected = ["0 P1 m1", "10 P2 m1", "10 P3 m1", "30 P2 m2", "220 P3 m2"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), expected, "P1 is asked at 160, P2 at 200");
    }
}
