//! ABCAST, the totally ordered multicast of ISIS.
//!
//! The sender sends its message to all processes. A receiver puts it into its priority queue and tags it
//! *undeliverable*. It proposes to the sender a priority larger than that of any message that was ever in the queue.
//! The sender takes the largest proposal and sends it to all as the final priority. A receiver then gives the
//! message this priority and tags it *deliverable*. The message at the head of the queue is delivered once it is
//! deliverable. Of equal numbers, the one proposed by the smaller id is the smaller priority.
//!
//! *Why it works*: a final priority is at least as large as each receiver's proposal. Consider a deliverable message
//! at the head of a queue. Each message that is still undeliverable there, or not yet received, will get a larger
//! priority. So no message can come before the head any more. All processes deliver in the order of the final
//! priorities, and these are the same for all. A deliverable message *behind* an undeliverable one has to wait, since
//! the final priority of that one may still be smaller.
//!
//! This takes three rounds and 3(n − 1) messages. A sender waits for the proposals of all members. If a member
//! crashes before it has proposed, the message stays undeliverable at the head of every queue, and all later ones wait
//! behind it: **validity** breaks for all processes.
//!
//! Messages may have labels. With `labels` there is a queue for each label, and only messages with the same label
//! are ordered among themselves.
//!
//! Neither FIFO nor causal order is promised. Both hold where channels are FIFO. Suppose that a process broadcasts m2
//! after it has broadcast or delivered m1. Then each process receives m1 first, and proposes more for m2 than for m1.
//! If m2 overtakes m1 on a channel, m2 can get the smaller final priority.
//!
//! Where it departs from the paper: in ISIS the sender does not wait for processes that are known to have failed, and
//! another process takes over for a failed sender. Here failures are not handled, as in the note.

#[cfg(test)]
mod tests;

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, Broadcast, BroadcastId, Deliver, Labelled, NO_CREATION, NO_DUPLICATION,
            Sent, VALIDITY, one_broadcast,
        },
        order::{CAUSAL_ORDER, FIFO_ORDER, TOTAL_ORDER, TOTAL_ORDER_WITHIN_LABELS},
    },
    cost,
    kernel::{
        Break, Carried, Context, Group, Keys, Never, NodeId, Payload, Process, Protocol, Rule,
        SortedMap,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "abcast",
    name: "ABCAST",
    summary: "Each receiver proposes a priority, and the sender makes the largest one final.",
    source: "Birman and Joseph 1987, Reliable Communication in the Presence of Failures, the ABCAST primitive; \
             note 003",
    example: "three-orders",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::NoCrashes.always().for_liveness(),
        Rule::NoRecoveries.always(),
        // Labels give up total order across labels; within each label it holds.
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
            broken: &[Rule::NoCrashes],
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
    costs: &[cost!("one broadcast", n >= 2 => 3 * (n - 1), one_broadcast)],
    ..Protocol::of::<Abcast<Value>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// A queue for each label, so that messages with different labels have no order; otherwise one queue for all.
        labels: bool = false;
    }
}

/// A process that broadcasts, proposes and delivers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Abcast<M> {
    sent: Sent,
    /// By number of a broadcast of this process: the proposals received, until its priority is final.
    proposals: SortedMap<u32, Vec<Priority>>,
    /// A queue for each label of a message received; a single one where `labels` is off.
    queues: Vec<Queue<M>>,
}

/// The messages of one label that are not delivered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Queue<M> {
    label: Option<Value>,
    /// Largest priority that any message ever had in this queue.
    largest: u32,
    messages: Vec<Queued<M>>,
}

/// A message in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Queued<M> {
    priority: Priority,
    deliverable: bool,
    id: BroadcastId,
    payload: M,
}

/// A place in the order of deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Display)]
#[display("{number}.{by}")]
pub struct Priority {
    number: u32,
    /// Id of the process that has proposed it.
    by: NodeId,
}

/// A message of one of the three rounds. `seq` is the sequence number of the broadcast at its sender.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message<M> {
    /// The application's message, from its sender to all.
    #[display("{message}")]
    Abcast {
        /// Number of the broadcast.
        seq: u32,
        /// Message and label.
        message: Labelled<M>,
    },
    /// A receiver's proposal, to the sender of the broadcast.
    #[display("priority {number}")]
    Priority {
        /// Number of the broadcast.
        seq: u32,
        /// Proposed number, which makes a priority with the receiver's id.
        number: u32,
    },
    /// The largest proposal, from the sender of the broadcast to all.
    #[display("final {priority}")]
    Final {
        /// Number of the broadcast.
        seq: u32,
        /// Its final priority.
        priority: Priority,
    },
}

impl<M: Payload> Process for Abcast<M> {
    type Parameters = Parameters;
    type Request = Broadcast<Labelled<M>>;
    type Indication = Deliver<M>;
    type Message = Message<M>;
    type Timer = Never;

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        Self { sent: Sent::default(), proposals: SortedMap::new(), queues: Vec::new() }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(message): Self::Request) {
        let BroadcastId { seq, .. } = self.sent.next(ctx.me());
        self.proposals.insert(seq, Vec::new());
        ctx.send_all(Message::Abcast { seq, message });
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message<M>) {
        match message {
            Message::Abcast { seq, message } => {
                self.propose(ctx, BroadcastId { from, seq }, message)
            }
            Message::Priority { seq, number } => {
                self.collect(ctx, seq, Priority { number, by: from });
            }
            Message::Final { seq, priority } => {
                self.deliver(ctx, BroadcastId { from, seq }, priority);
            }
        }
    }

    fn carries(from: NodeId, message: &Message<M>) -> Option<Carried> {
        match message {
            Message::Abcast { seq, .. } => Some((from, *seq)),
            Message::Priority { .. } | Message::Final { .. } => None,
        }
    }

    /// A traitor tells some processes a larger final priority.
    fn forge(message: &Message<M>, _to: NodeId, _keys: Keys) -> Option<Message<M>> {
        let Message::Final { seq, mut priority } = *message else { return None };
        priority.number += 1;
        Some(Message::Final { seq, priority })
    }
}

impl<M: Payload> Abcast<M> {
    /// A receiver proposes a priority larger than any in the queue.
    fn propose(&mut self, ctx: &mut Context<Self>, id: BroadcastId, message: Labelled<M>) {
        let queue = self.queue(message.label.filter(|_| ctx.parameters().labels));
        queue.largest += 1;
        let priority = Priority { number: queue.largest, by: ctx.me() };
        queue.messages.push(Queued { priority, deliverable: false, id, payload: message.payload });
        ctx.send(id.from, Message::Priority { seq: id.seq, number: priority.number });
    }

    /// The sender makes the largest priority final once all members have proposed one.
    fn collect(&mut self, ctx: &mut Context<Self>, seq: u32, priority: Priority) {
        let Some(proposals) = self.proposals.get_mut(&seq) else { return };
        if proposals.iter().all(|proposal| proposal.by != priority.by) {
            proposals.push(priority);
        }
        if proposals.len() == ctx.group().size
            && let Some(&priority) = proposals.iter().max()
        {
            self.proposals.remove(&seq);
            ctx.send_all(Message::Final { seq, priority });
        }
    }

    /// A receiver gives the message its final priority, and delivers from the head of the queue.
    fn deliver(&mut self, ctx: &mut Context<Self>, id: BroadcastId, priority: Priority) {
        for queue in &mut self.queues {
            let Some(entry) = queue.messages.iter_mut().find(|it| it.id == id) else { continue };
            entry.priority = priority;
            entry.deliverable = true;
            queue.largest = queue.largest.max(priority.number);
            while let Some(Queued { id, payload, .. }) = queue.take() {
                ctx.indicate(id.deliver(payload));
            }
        }
    }

    /// The queue of a label.
    fn queue(&mut self, label: Option<Value>) -> &mut Queue<M> {
        let known = self.queues.iter().position(|queue| queue.label == label);
        let place = known.unwrap_or_else(|| {
            self.queues.push(Queue { label, largest: 0, messages: Vec::new() });
            self.queues.len() - 1
        });
        &mut self.queues[place]
    }
}

impl<M> Queue<M> {
    /// Removes the message of the smallest priority, if it is deliverable.
    fn take(&mut self) -> Option<Queued<M>> {
        let head = (0..self.messages.len()).min_by_key(|&place| self.messages[place].priority)?;
        self.messages[head].deliverable.then(|| self.messages.remove(head))
    }
}
