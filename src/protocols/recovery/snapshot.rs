//! Distributed snapshots.
//!
//! Implements: GlobalSnapshot. Uses: nothing but the channels.
//! Model: nobody crashes, asynchronous, reliable FIFO channels.
//! Source: Chandy and Lamport 1985, "Distributed Snapshots: Determining Global States of Distributed Systems".
//!
//! The nodes are a bank's branches that send each other money. Nobody can look at all of them at once, yet the
//! money is to be counted, and what is on its way has to be counted too.
//!
//! Whoever starts a snapshot records its own state and sends a *marker* on each of its channels, before anything
//! else. Whoever receives a first marker does the same. From then on a node records, on each channel, what comes
//! before that channel's marker: this was in flight. When there has been a marker on all of them, its part is
//! complete. Each channel carries one marker: n(n − 1).
//!
//! Why it works: the markers divide what was sent before a node recorded its state from what was sent after. On a
//! FIFO channel nothing crosses a marker. So what was sent before is received before the marker, and is either in
//! the receiver's state or in the channel's; and what was sent after comes after the marker, when the receiver has
//! recorded its state, and is in neither. The states form a **consistent cut**, and no money is lost or counted
//! twice. They need not have been there at any one moment; but the system could have passed through them.
//!
//! Several nodes may start at once: each records its state by itself, and it is one snapshot. A node that starts one
//! counts on from the last that it knows of, and states of different snapshots are recorded side by side.
//!
//! If channels are not FIFO, a marker overtakes a transfer, which is then in no state (the money vanishes); or a
//! transfer overtakes a marker and is received, but not sent (the money is there twice).
//!
//! Where it departs from the paper: the parts are not collected, they are told where they were recorded; and
//! snapshots have numbers, so that there can be several.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::checkpoint::{
        CONSISTENT_CUT, Ledger, RECORDED_STATE_COMPLETE, Recorded, SNAPSHOT_COMPLETION,
        SnapshotRequest, Transfer,
    },
    kernel::{
        Break, Carried, Context, Group, Never, NodeId, NodeSet, Process, Protocol, Rule, SortedMap,
    },
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "snapshot",
    name: "Distributed snapshot",
    summary: "Markers divide what was sent before a global state from what was sent after.",
    source: "Chandy and Lamport 1985, Distributed Snapshots: Determining Global States of Distributed Systems",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::FifoChannels.always(),
        Rule::NobodyCrashes.always(),
    ],
    promises: &[CONSISTENT_CUT, RECORDED_STATE_COMPLETE, SNAPSHOT_COMPLETION],
    breaks: &[
        Break {
            when: "a marker overtakes a transfer",
            scenario: "marker-overtakes",
            violates: &[RECORDED_STATE_COMPLETE],
            broken: &[Rule::FifoChannels],
        },
        Break {
            when: "a transfer overtakes a marker",
            scenario: "transfer-overtakes",
            violates: &[CONSISTENT_CUT],
            broken: &[Rule::FifoChannels],
        },
        Break {
            when: "a marker is lost",
            scenario: "marker-lost",
            violates: &[SNAPSHOT_COMPLETION],
            broken: &[Rule::ReliableChannels],
        },
    ],
    costs: &[
        crate::cost!("one snapshot", n >= 2 => n * (n - 1), |scenario| scenario.ask(0, NodeId::new(0), "snapshot", None)),
    ],
    ..Protocol::of::<Snapshot>()
};

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// How much everybody has in the beginning.
        balance: u32 = 100, in 0..=1_000_000 "coins";
    }
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Snapshot {
    /// What it has, has sent and has received: its state, as far as the bank goes.
    books: Ledger,
    /// By node: how many transfers were sent to it.
    transfers: Vec<u32>,
    /// By number: its parts of the global states that it knows of.
    parts: SortedMap<u32, Part>,
}

/// A node's part of a global state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Part {
    state: Ledger,
    /// Those on whose channels there was no marker yet.
    open: NodeSet,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// Money.
    #[display("{amount}")]
    Transfer {
        /// The how-manieth transfer on this channel it is, from 1.
        seq: u32,
        /// How much.
        amount: u32,
    },
    /// What was sent before it belongs to the global state of this number, what is sent after does not.
    #[display("marker {_0}")]
    Marker(u32),
}

impl Process for Snapshot {
    type Parameters = Parameters;
    type Request = SnapshotRequest;
    type Indication = Recorded;
    type Message = Message;
    type Timer = Never;

    fn new(group: Group, parameters: &Parameters) -> Self {
        let zeros = || vec![0; group.size];
        let balance = parameters.balance.into();
        Self {
            books: Ledger {
                balance,
                sent: zeros(),
                received: zeros(),
                in_flight: zeros(),
                channels: vec![Vec::new(); group.size],
            },
            transfers: vec![0; group.size],
            parts: SortedMap::new(),
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, request: SnapshotRequest) {
        match request {
            SnapshotRequest::Transfer(transfer) => self.transfer(ctx, transfer),
            SnapshotRequest::Snapshot => {
                let last = self.parts.last_key_value().map_or(0, |(number, _)| *number);
                self.record(ctx, last + 1);
            }
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        match message {
            Message::Transfer { seq, amount } => self.on_transfer(ctx, from, seq, amount),
            Message::Marker(snapshot) => self.on_marker(ctx, from, snapshot),
        }
    }

    fn carries(from: NodeId, message: &Message) -> Option<Carried> {
        match message {
            Message::Transfer { seq, .. } => Some((from, *seq)),
            Message::Marker(_) => None,
        }
    }
}

impl Snapshot {
    fn transfer(&mut self, ctx: &mut Context<Self>, Transfer { to, amount }: Transfer) {
        if u64::from(amount) > self.books.balance {
            ctx.note(format!("{amount} is more than {}", self.books.balance));
        } else if to != ctx.me() && !ctx.neighbours().contains(to) {
            ctx.note(format!("there is no channel to {to}"));
        } else {
            self.books.balance -= u64::from(amount);
            self.books.sent[to.index()] += u64::from(amount);
            self.transfers[to.index()] += 1;
            ctx.send(to, Message::Transfer { seq: self.transfers[to.index()], amount });
        }
    }

    fn on_transfer(&mut self, ctx: &mut Context<Self>, from: NodeId, seq: u32, amount: u32) {
        self.books.balance += u64::from(amount);
        self.books.received[from.index()] += u64::from(amount);
        for part in self.parts.values_mut().filter(|part| part.open.contains(from)) {
            part.state.in_flight[from.index()] += u64::from(amount);
            part.state.channels[from.index()].push(seq);
        }
        ctx.indicate(Recorded::Receive { from, seq, amount });
    }

    fn on_marker(&mut self, ctx: &mut Context<Self>, from: NodeId, snapshot: u32) {
        if !self.parts.contains_key(&snapshot) {
            self.record(ctx, snapshot);
        }
        let part = self.parts.get_mut(&snapshot).expect("it has just been recorded");
        if part.open.contains(from) {
            part.open.remove(from);
            self.tell_if_complete(ctx, snapshot);
        }
    }

    /// Records the node's own state, and starts to record what is in flight to it.
    fn record(&mut self, ctx: &mut Context<Self>, snapshot: u32) {
        let (balance, sent) = (self.books.balance, self.transfers.clone());
        ctx.indicate(Recorded::Record { snapshot, balance, sent });
        let part = Part { state: self.books.clone(), open: ctx.neighbours() };
        self.parts.insert(snapshot, part);
        ctx.multicast(ctx.neighbours(), Message::Marker(snapshot));
        self.tell_if_complete(ctx, snapshot);
    }

    fn tell_if_complete(&self, ctx: &mut Context<Self>, snapshot: u32) {
        let part = &self.parts[&snapshot];
        if part.open.is_empty() {
            ctx.indicate(Recorded::Snapshot { snapshot, state: part.state.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        analysis::report,
        kernel::{
            Delay, EventKind, Fault, MessageName, Order, Scenario, Time, Topology, run, spell,
        },
        protocols::testing::{group, node, slow},
    };

    /// So many nodes on FIFO channels.
    fn bank(size: usize) -> Scenario {
        let mut scenario = group(&PROTOCOL, size);
        scenario.network.order = Order::Fifo;
        scenario
    }

    fn transfer(scenario: &mut Scenario, at: Time, from: usize, to: usize, amount: u32) {
        let with = json!({"to": scenario.nodes[to - 1], "amount": amount});
        scenario.ask(at, node(from), "transfer", Some(with));
    }

    fn snapshot(scenario: &mut Scenario, at: Time, number: usize) {
        scenario.ask(at, node(number), "snapshot", None);
    }

    /// What is told of global states: `20 P2 record 1: 100`.
    fn told(scenario: &Scenario) -> Vec<String> {
        let trace = run(&PROTOCOL, scenario).expect("its requests can be read");
        let told = trace.events.iter().filter_map(|event| match &event.kind {
            EventKind::Indicate { kind: "record" | "snapshot", packet } => {
                let text = format!("{} {} {packet}", event.time, event.node);
                Some(spell(&text, &scenario.nodes))
            }
            _ => None,
        });
        told.collect()
    }

    /// By global state: how much there is in its parts and between them, and how many parts there are.
    fn counted(scenario: &Scenario) -> SortedMap<u32, (u64, usize)> {
        let trace = run(&PROTOCOL, scenario).expect("its requests can be read");
        let mut counted = SortedMap::new();
        for event in &trace.events {
            let EventKind::Indicate { packet, .. } = &event.kind else { continue };
            if let Some(Recorded::Snapshot { snapshot, state }) = packet.get() {
                let (sum, parts) = counted.entry(*snapshot).or_insert((0, 0));
                *sum += state.balance + state.in_flight.iter().sum::<u64>();
                *parts += 1;
            }
        }
        counted
    }

    #[test]
    fn what_is_between_two_states_is_in_flight() {
        let mut scenario = bank(2);
        transfer(&mut scenario, 5, 2, 1, 30);
        snapshot(&mut scenario, 10, 1);
        transfer(&mut scenario, 12, 1, 2, 70);
        let expected = [
            "10 P1 record 1: 100",
            "20 P2 record 1: 70",
            "20 P2 snapshot 1: 70",
            "30 P1 snapshot 1: 100 + 30",
        ];
        assert_eq!(told(&scenario), expected);
    }

    /// The paper's section 2.2: the states that are recorded are of different moments, and never were all there
    /// at one of them.
    #[test]
    fn the_recorded_state_need_never_have_been() {
        let mut scenario = bank(2);
        snapshot(&mut scenario, 10, 1);
        transfer(&mut scenario, 11, 1, 2, 100);
        transfer(&mut scenario, 12, 2, 1, 100);
        // P1 has 100 until 11, P2 has 0 from 12 on.
        let expected = [
            "10 P1 record 1: 100",
            "20 P2 record 1: 0",
            "20 P2 snapshot 1: 0",
            "30 P1 snapshot 1: 100 + 100",
        ];
        assert_eq!(told(&scenario), expected);
    }

    #[test]
    fn money_is_conserved_whatever_is_on_its_way() {
        for seed in 0..60 {
            let mut scenario = bank(4);
            scenario.seed = seed;
            scenario.network.delay = Delay { min: 0, max: 40 };
            for at in 0..40 {
                let (from, to) = ((at * 7 + seed) % 4, (at * 5 + seed / 4) % 4);
                transfer(&mut scenario, at * 3, from as usize + 1, to as usize + 1, 9 + at as u32);
            }
            for (at, number) in [(20, 1), (25, 3), (60, 2), (100, 4), (101, 4)] {
                snapshot(&mut scenario, at, number);
            }
            let counted = counted(&scenario);
            assert!(counted.len() >= 3, "seed {seed}");
            assert!(counted.values().all(|counts| *counts == (400, 4)), "seed {seed}: {counted:?}");
        }
    }

    #[test]
    fn who_starts_at_once_starts_one_snapshot() {
        let mut scenario = bank(3);
        for number in 1..=3 {
            snapshot(&mut scenario, 10, number);
        }
        assert_eq!(counted(&scenario), SortedMap::from([(1, (300, 3))]));
        let trace = run(&PROTOCOL, &scenario).expect("its requests can be read");
        assert_eq!(trace.sends(), 6, "a marker on each channel");
    }

    #[test]
    fn snapshots_are_recorded_side_by_side() {
        let mut scenario = bank(3);
        scenario.network.links = vec![slow(1, 3, 50)];
        snapshot(&mut scenario, 0, 1);
        transfer(&mut scenario, 5, 1, 3, 10);
        // Before P1's own marker is at P3.
        snapshot(&mut scenario, 20, 2);
        let counted = counted(&scenario);
        assert_eq!(counted, SortedMap::from([(1, (300, 3)), (2, (300, 3))]));
        let expected = ["50 P3 snapshot 1: 100", "80 P3 snapshot 2: 100 + 10"];
        let told = told(&scenario);
        assert!(expected.iter().all(|it| told.iter().any(|line| line == it)), "{told:?}");
    }

    #[test]
    fn channels_are_those_of_the_topology() {
        let mut scenario = bank(4);
        scenario.network.topology = Topology::Ring;
        transfer(&mut scenario, 5, 1, 3, 10);
        transfer(&mut scenario, 5, 1, 2, 10);
        snapshot(&mut scenario, 10, 3);
        assert_eq!(counted(&scenario), SortedMap::from([(1, (400, 4))]));
        let trace = run(&PROTOCOL, &scenario).expect("its requests can be read");
        assert_eq!(trace.sends(), 1 + 8, "nothing is sent where there is no channel");
    }

    #[test]
    fn nobody_sends_more_than_it_has() {
        let mut scenario = bank(2);
        transfer(&mut scenario, 5, 1, 2, 101);
        transfer(&mut scenario, 6, 1, 2, 100);
        transfer(&mut scenario, 7, 1, 2, 1);
        snapshot(&mut scenario, 50, 2);
        assert_eq!(counted(&scenario), SortedMap::from([(1, (200, 2))]));
        let trace = run(&PROTOCOL, &scenario).expect("its requests can be read");
        assert_eq!(trace.sends(), 1 + 2);
    }

    #[test]
    fn without_fifo_channels_money_vanishes_or_is_there_twice() {
        let overtaken = |marker_first: bool| {
            let mut scenario = bank(2);
            scenario.network.order = Order::Any;
            let (paid, asked) = if marker_first { (20, 10) } else { (10, 20) };
            transfer(&mut scenario, paid, 1, 2, 30);
            snapshot(&mut scenario, asked, 1);
            let message = MessageName { from: node(1), to: node(2), number: 1 };
            scenario.faults = vec![Fault::Delay { message, by: 40 }];
            let trace = run(&PROTOCOL, &scenario).expect("its requests can be read");
            let judgements = report(&PROTOCOL, &scenario, &trace).judgements;
            let violated = judgements.iter().filter(|it| it.verdict.is_violated());
            let expected = if marker_first { "consistent cut" } else { "recorded state complete" };
            assert_eq!(violated.map(|it| it.property.name).collect::<Vec<_>>(), [expected]);
            counted(&scenario)[&1].0
        };
        assert_eq!(overtaken(false), 170);
        assert_eq!(overtaken(true), 230);
    }
}
