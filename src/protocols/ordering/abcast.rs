//! ABCAST, the totally ordered multicast of ISIS.
//!
//! Implements: TotalOrderBroadcast. Uses: perfect links.
//! Model: asynchronous, reliable channels; nobody crashes.
//! Source: Birman and Joseph 1987, "Reliable Communication in the Presence of Failures", the ABCAST
//! primitive; note 003.
//!
//! The sender sends its message to everybody. A receiver puts it into its priority queue, tagged
//! *undeliverable*, with a priority larger than that of any message that was ever in there, and tells the
//! sender that priority. The sender takes the largest of all, and sends it to everybody as the final one: a
//! receiver gives the message this priority and tags it *deliverable*. What is at the head of the queue is
//! delivered as soon as it is deliverable. Equal numbers are told apart by who proposed them.
//!
//! It works because a final priority is at least as large as what each receiver proposed. Whatever is still
//! undeliverable in a queue, or has not even come, will thus get a priority that is larger than that of a
//! deliverable message at the head: nothing can come to stand before it any more. So everybody delivers in
//! the order of the final priorities, which are the same for all. A deliverable message *behind* an
//! undeliverable one has to wait, since that one's priority may still turn out to be the smaller.
//!
//! It takes three rounds and 3(n − 1) messages. A sender waits for the priorities of all: let one member
//! crash before it has proposed, and the message stays undeliverable at the head of every queue, with all
//! that comes behind it. Nobody delivers anything any more: **validity** breaks for everyone.
//!
//! Messages may have labels. With `labels` there is a queue for each, and the messages of one label are
//! ordered among themselves only.
//!
//! Neither FIFO nor causal order is promised. Where channels are FIFO both hold: who broadcasts m2 after it
//! has broadcast or delivered m1 proposes more for m2 than for m1 itself, or more than m1's final priority,
//! and so do all others who got m1 first. Where m2 overtakes m1 on a channel, its final priority can be the
//! smaller one.
//!
//! Where it departs from the paper: in ISIS the sender does not wait for who is known to have failed, and
//! another takes over for a sender that has. Here failures are not handled, which is the protocol of the
//! note; `gbcast` and `consensus-multicast` are about those.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, Broadcast, BroadcastId, Deliver, Labelled, NO_CREATION, NO_DUPLICATION,
            VALIDITY, one_broadcast,
        },
        order::{CAUSAL_ORDER, FIFO_ORDER, TOTAL_ORDER, TOTAL_ORDER_WITHIN_LABELS},
    },
    kernel::{
        Break, Carried, Context, Group, Keys, Never, NodeId, Payload, Process, Protocol, Rule,
        SortedMap,
    },
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "abcast",
    name: "ABCAST",
    summary: "Every receiver proposes a place in the order, and the sender takes the last of them.",
    source: "Birman and Joseph 1987, Reliable Communication in the Presence of Failures",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::NobodyCrashes.always().for_liveness(),
        Rule::NobodyRecovers.always(),
        // Total order across labels is what they give up; within each it is kept.
        Parameters::labels.is("false").always().for_safety(),
    ],
    promises: &[
        VALIDITY,
        NO_DUPLICATION,
        NO_CREATION,
        AGREEMENT,
        TOTAL_ORDER,
        TOTAL_ORDER_WITHIN_LABELS,
    ],
    beyond: &[FIFO_ORDER, CAUSAL_ORDER],
    breaks: &[
        Break {
            when: "one member crashes",
            scenario: "one-member-crashes",
            violates: &[VALIDITY],
            broken: &[Rule::NobodyCrashes],
        },
        Break {
            when: "a message overtakes another of its sender",
            scenario: "second-overtakes-first",
            violates: &[FIFO_ORDER, CAUSAL_ORDER],
            broken: &[],
        },
        Break {
            when: "there is a queue for each label",
            scenario: "labels-keep-apart",
            violates: &[TOTAL_ORDER],
            broken: &[Parameters::labels.is("false")],
        },
    ],
    costs: &[crate::cost!("one broadcast", n >= 2 => 3 * (n - 1), one_broadcast)],
    ..Protocol::of::<Abcast<Value>>()
};

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// A queue for each label, so that messages with different labels have no order; otherwise one queue for all.
        labels: bool = false;
    }
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Abcast<M> {
    members: usize,
    labels: bool,
    /// How many messages this node has broadcast.
    sent: u32,
    /// Of those, the ones whose priority is not final: what each member has proposed.
    proposals: SortedMap<u32, Vec<Priority>>,
    /// One for each label that was met; a single one where `labels` is off.
    queues: Vec<Queue<M>>,
}

/// The messages of one label that have not been delivered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Queue<M> {
    label: Option<Value>,
    /// The largest number that any message ever had in here.
    largest: u32,
    messages: Vec<Entry<M>>,
}

/// A message in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Entry<M> {
    priority: Priority,
    deliverable: bool,
    id: BroadcastId,
    payload: M,
}

/// A place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Display)]
#[display("{number}.{by}")]
pub struct Priority {
    number: u32,
    /// Who has proposed it.
    by: NodeId,
}

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message<M> {
    /// What is broadcast.
    #[display("{message}")]
    Abcast {
        /// The how-manieth broadcast of its sender it is, from 1.
        seq: u32,
        /// What its application gave.
        message: Labelled<M>,
    },
    /// The priority that a receiver proposes, to the sender.
    #[display("priority {number}")]
    Priority {
        /// For which of its broadcasts.
        seq: u32,
        /// With who proposes it, a priority.
        number: u32,
    },
    /// The largest of all.
    #[display("final {priority}")]
    Final {
        /// Of which of the sender's broadcasts.
        seq: u32,
        /// What was proposed.
        priority: Priority,
    },
}

impl<M: Payload> Process for Abcast<M> {
    type Parameters = Parameters;
    type Request = Broadcast<Labelled<M>>;
    type Indication = Deliver<M>;
    type Message = Message<M>;
    type Timer = Never;

    fn new(group: Group, parameters: &Parameters) -> Self {
        Self {
            members: group.size,
            labels: parameters.labels,
            sent: 0,
            proposals: SortedMap::new(),
            queues: Vec::new(),
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(message): Self::Request) {
        self.sent += 1;
        self.proposals.insert(self.sent, Vec::new());
        ctx.send_all(Message::Abcast { seq: self.sent, message });
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message<M>) {
        match message {
            Message::Abcast { seq, message } => {
                self.on_abcast(ctx, BroadcastId { from, seq }, message)
            }
            Message::Priority { seq, number } => {
                self.on_priority(ctx, seq, Priority { number, by: from });
            }
            Message::Final { seq, priority } => {
                self.on_final(ctx, BroadcastId { from, seq }, priority);
            }
        }
    }

    fn carries(from: NodeId, message: &Message<M>) -> Option<Carried> {
        match message {
            Message::Abcast { seq, .. } => Some((from, *seq)),
            Message::Priority { .. } | Message::Final { .. } => None,
        }
    }

    /// To some it says that its message comes later.
    fn forge(message: &Message<M>, _to: NodeId, _keys: Keys) -> Option<Message<M>> {
        let Message::Final { seq, mut priority } = *message else { return None };
        priority.number += 1;
        Some(Message::Final { seq, priority })
    }
}

impl<M: Payload> Abcast<M> {
    fn queue(&mut self, label: Option<Value>) -> &mut Queue<M> {
        let known = self.queues.iter().position(|queue| queue.label == label);
        let place = known.unwrap_or_else(|| {
            self.queues.push(Queue { label, largest: 0, messages: Vec::new() });
            self.queues.len() - 1
        });
        &mut self.queues[place]
    }

    /// A receiver proposes a priority.
    fn on_abcast(&mut self, ctx: &mut Context<Self>, id: BroadcastId, message: Labelled<M>) {
        let Labelled { payload, label } = message;
        let queue = self.queue(label.filter(|_| self.labels));
        queue.largest += 1;
        let priority = Priority { number: queue.largest, by: ctx.me() };
        queue.messages.push(Entry { priority, deliverable: false, id, payload });
        ctx.send(id.from, Message::Priority { seq: id.seq, number: priority.number });
    }

    /// The sender takes the largest as soon as everybody has proposed one.
    fn on_priority(&mut self, ctx: &mut Context<Self>, seq: u32, priority: Priority) {
        let Some(proposals) = self.proposals.get_mut(&seq) else { return };
        if proposals.iter().all(|proposal| proposal.by != priority.by) {
            proposals.push(priority);
        }
        if proposals.len() == self.members
            && let Some(&priority) = proposals.iter().max()
        {
            self.proposals.remove(&seq);
            ctx.send_all(Message::Final { seq, priority });
        }
    }

    /// A receiver gives the message its place, and delivers from the head of the queue.
    fn on_final(&mut self, ctx: &mut Context<Self>, id: BroadcastId, priority: Priority) {
        for queue in &mut self.queues {
            let Some(entry) = queue.messages.iter_mut().find(|it| it.id == id) else { continue };
            entry.priority = priority;
            entry.deliverable = true;
            queue.largest = queue.largest.max(priority.number);
            while let Some(Entry { id: BroadcastId { from, seq }, payload, .. }) = queue.take() {
                ctx.indicate(Deliver { from, seq, payload });
            }
        }
    }
}

impl<M> Queue<M> {
    /// Takes out the message of the smallest priority, if it is deliverable.
    fn take(&mut self) -> Option<Entry<M>> {
        let head = (0..self.messages.len()).min_by_key(|&place| self.messages[place].priority)?;
        self.messages[head].deliverable.then(|| self.messages.remove(head))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        analysis::report,
        kernel::{Delay, ParameterValue, RequestSpec, run},
        protocols::testing::{at, broadcast, crash, deliveries, group, late, slow},
    };

    #[test]
    fn three_rounds_and_everybody_delivers_at_the_final_priority() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.requests = vec![broadcast(0, 1, "m")];
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["20 P1 m", "30 P2 m", "30 P3 m"]);
    }

    /// P1's m1 gets its final priority after P2's m2; at P3 it came first, so that it may still be smaller.
    #[test]
    fn what_is_deliverable_waits_behind_what_is_not() {
        let mut scenario = group(&PROTOCOL, 4);
        scenario.network.links = vec![slow(4, 1, 60)];
        scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(5, 2, "m2")];
        let at_p3 = at(3, deliveries(&PROTOCOL, &scenario));
        assert_eq!(at_p3, ["80 P3 m1", "80 P3 m2"], "m2 has been deliverable since 35");
    }

    /// Everybody but P3 proposes 1 for m1 and 2 for m2; to P3 they come the other way round.
    #[test]
    fn equal_numbers_are_told_apart_by_who_proposed_them() {
        let mut scenario = group(&PROTOCOL, 4);
        scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(2, 2, "m2")];
        scenario.faults = vec![late(1, 2, 1, 5), late(1, 3, 1, 5)];
        let order = |number| {
            let told = at(number, deliveries(&PROTOCOL, &scenario));
            told.iter().filter_map(|it| it.split(' ').nth(2).map(str::to_owned)).collect::<Vec<_>>()
        };
        // m1 gets 2.P3, and m2 gets 2.P4.
        assert!((1..=4).all(|number| order(number) == ["m1", "m2"]));
    }

    #[test]
    fn a_second_message_that_overtakes_the_first_can_be_the_first() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(1, 1, "m2")];
        scenario.faults = vec![late(1, 2, 1, 5)];
        // P2 proposes 1 for m2 and 2 for m1: m1 gets 2.P2, and m2 gets P1's own 2.P1.
        assert_eq!(at(2, deliveries(&PROTOCOL, &scenario)), ["31 P2 m2", "35 P2 m1"]);
    }

    #[test]
    fn one_that_crashes_blocks_all() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(50, 2, "m2")];
        scenario.faults = vec![crash(10, 3, 0)];
        assert_eq!(deliveries(&PROTOCOL, &scenario), [""; 0]);
    }

    fn labelled(time: u64, number: usize, payload: &str, label: &str) -> RequestSpec {
        let with = Some(json!({"payload": payload, "label": label}));
        RequestSpec { with, ..broadcast(time, number, payload) }
    }

    #[test]
    fn each_label_has_its_order_and_waits_for_no_other() {
        for seed in 0..200 {
            let mut scenario = group(&PROTOCOL, 4);
            scenario.network.delay = Delay { min: 1, max: 90 };
            scenario.seed = seed;
            scenario.params.insert("labels".to_owned(), ParameterValue::Flag(true));
            let labels = ["x", "y", "x", "y", "x", "y"].into_iter().zip(1_usize..);
            scenario.requests = labels
                .map(|(label, place)| labelled(0, place % 4 + 1, &format!("m{place}"), label))
                .collect();
            let trace = run(&PROTOCOL, &scenario).expect("labelled broadcasts are valid requests");
            for judgement in report(&PROTOCOL, &scenario, &trace).judgements {
                let across = [TOTAL_ORDER, FIFO_ORDER, CAUSAL_ORDER].contains(judgement.property);
                assert!(across || judgement.verdict.status() == "holds", "{seed}: {judgement:?}");
            }
        }
    }
}
