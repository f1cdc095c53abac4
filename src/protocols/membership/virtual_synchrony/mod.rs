//! Virtual synchrony.
//!
//! A group lives through a sequence of *views*, which its members install one after the other. A view change is a barrier
//! that no multicast passes. A message is delivered in the view in which it was sent. All members that install the next
//! view together have delivered the same messages in this one.
//!
//! Members deliver a message as it comes, and keep a copy until it is **stable**: all members are known to have it. A
//! member that learns of a change (a crash is detected, a process asks to join, a member leaves) sends no new messages.
//! It multicasts its copies of unstable messages, then a **flush** that names the change. It installs the next
//! view when it has a flush *for this very change* from every remaining member. Suppose that one member has
//! delivered a message that another one lacks. The copy then reaches the other one before the flush, and so before it
//! installs the view. The same holds for a member's own messages: its flush proves to the others that they have all of
//! them. So a link that loses a message and delivers a later one breaks **virtual synchrony**.
//!
//! *No coordinator.* A flush may tell of a crash, join or leave that its receiver has not heard of. The receiver adds it
//! to the change and flushes anew. So a crash during a flush only makes the change larger. The change that a member
//! flushes only grows, and no member flushes for a view that is over. So of two changes of one view, only one can be
//! flushed by all. A view's number counts the joins, leaves and crashes so far: no two views have the same number.
//!
//! *Left behind.* A member that crashes in the middle of its flushes may leave one member with every flush that it needs
//! and another one without. The first installs the view, and keeps the copies that the other may lack. The other flushes again,
//! now without the crashed member. As that view is over for the first, it answers with the copies and the next view.
//!
//! *Joins and leaves.* A process that joins asks all others. If all that heard it crash, it has to ask again. Each member
//! that has installed a view with it sends it the state: the messages delivered before. It waits for all of
//! them: a view that only crashed members have installed may never be installed by the others. A member that leaves
//! flushes its own departure, and is out.
//!
//! Without the flush (a parameter), a member installs a new view at once. A message that a crashed member has sent to some
//! members then reaches the others too late or never: **virtual synchrony** breaks.
//!
//! No majority is needed, and every report of the detector is believed. A process that is suspected but up is expelled
//! without notice and stays in its old view. In a partition each side expels the other and continues, with views
//! of the same numbers: **view agreement** breaks.
//!
//! Where it departs from the papers: only the messages of one sender are ordered, where ISIS has CBCAST; and the flush
//! names the next view, while note 004 multicasts it first.

mod joins;
mod stability;
#[cfg(test)]
mod tests;
mod view_change;

use derive_more::{Display, From};
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{BroadcastId, NO_CREATION, NO_DUPLICATION, Sent, VALIDITY, one_broadcast},
        clock::VectorClock,
        membership::{
            CRASHED_MEMBERS_LEAVE, FAILURE_ORDER, GroupIndication, GroupRequest, JOIN_COMPLETION,
            PRIMARY_PARTITION, SAME_VIEW_DELIVERY, SELF_INCLUSION, VIEW_AGREEMENT,
            VIRTUAL_SYNCHRONY, View, ViewChange,
        },
        stability::Stability,
    },
    cost,
    kernel::{
        Break, Carried, Context, Detection, Drawn, Group, Measured, Metric, Never, NodeId, NodeSet,
        Process, Protocol, Rule, Scenario, SortedMap, SortedSet, TimeToServe,
    },
    protocols::detected::{self, Detected, time_to_detect},
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "virtual-synchrony",
    name: "Virtual synchrony",
    summary: "Members that install the next view together have delivered the same messages in this one.",
    source: "Birman and Joseph 1987, Exploiting Virtual Synchrony in Distributed Systems; note 004, focus 23",
    example: "survivors-agree",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::FifoChannels.always(),
        Rule::CrashesAreDetected.always().for_liveness(),
        Rule::NoRecoveries.always(),
        Parameters::flush.is("true").always(),
    ],
    promises: &[
        VALIDITY,
        NO_DUPLICATION,
        NO_CREATION,
        VIEW_AGREEMENT,
        SELF_INCLUSION,
        SAME_VIEW_DELIVERY,
        VIRTUAL_SYNCHRONY,
        FAILURE_ORDER,
        JOIN_COMPLETION,
        CRASHED_MEMBERS_LEAVE,
    ],
    beyond: &[PRIMARY_PARTITION],
    breaks: &[
        Break {
            when: "the flush is off: 2 and 3 deliver m, 1 does not",
            scenario: "without-a-flush",
            violates: &[VIRTUAL_SYNCHRONY],
            broken: &[Parameters::flush.is("true")],
        },
        Break {
            when: "a flush overtakes a message",
            scenario: "overtaken",
            violates: &[VIRTUAL_SYNCHRONY],
            broken: &[Rule::FifoChannels],
        },
        Break {
            when: "a member crashes while flushing, and the crash is not detected",
            scenario: "nobody-tells",
            violates: &[VALIDITY, CRASHED_MEMBERS_LEAVE],
            broken: &[Rule::CrashesAreDetected],
        },
        Break {
            when: "a crashed process recovers and has forgotten the number of its broadcasts",
            scenario: "forgetful",
            violates: &[NO_DUPLICATION, NO_CREATION, SAME_VIEW_DELIVERY],
            broken: &[Rule::NoRecoveries],
        },
        Break {
            when: "a request to join is lost",
            scenario: "join-lost",
            violates: &[JOIN_COMPLETION],
            broken: &[Rule::ReliableChannels],
        },
        Break {
            when: "the network is partitioned",
            scenario: "both-sides-go-on",
            violates: &[VIEW_AGREEMENT, PRIMARY_PARTITION],
            broken: &[Rule::ReliableChannels, Rule::NoLoss],
        },
    ],
    unbreakable: &[(SELF_INCLUSION, "no node installs a view that does not contain it")],
    costs: &[
        cost!("one broadcast, acknowledged by later ones", n >= 2 => n - 1, |scenario| {
            one_broadcast(with_acks(scenario, "piggybacked"));
        }),
        cost!("one broadcast, acknowledged at once", n >= 2 => n * (n - 1), |scenario| {
            one_broadcast(with_acks(scenario, "at-once"));
        }),
        cost!("one join of the last node", n >= 2 => n * (n - 1), |scenario| {
            let last = scenario.nodes.len() - 1;
            scenario.set(Parameters::members, last as u32);
            with_acks(scenario, "piggybacked").ask(0, NodeId::new(last), "join", None);
        }),
        cost!("one leave", n >= 2 => (n - 1).pow(2), |scenario| {
            with_acks(scenario, "piggybacked").ask(0, NodeId::new(0), "leave", None);
        }),
    ],
    metrics: &[
        Metric {
            name: "view",
            unit: "number",
            help: "Number of the view that the node is in.",
            drawn: Drawn::Band,
            value: |node| process(node).view.map_or(0, |view| view.number.into()),
        },
        Metric {
            name: "unstable messages",
            unit: "messages",
            help: "Number of messages of which the node keeps copies, since some member may lack them.",
            drawn: Drawn::Curve,
            value: |node| process(node).stability.unstable() as i64,
        },
    ],
    perpetual: Some(TimeToServe {
        only: None,
        statement: "the detection of a crash, and six times the longest delay for each change",
        bound: |serving| {
            let changes = serving.crashes() + serving.requests(&["join", "leave"]);
            let flushes = serving.delay().saturating_mul(6 * (1 + changes));
            time_to_detect(serving).saturating_add(flushes)
        },
    }),
    ..detected::protocol::<VirtualSynchrony>()
};

/// Sets how messages are acknowledged.
fn with_acks<'a>(scenario: &'a mut Scenario, acks: &str) -> &'a mut Scenario {
    scenario.set(Parameters::acks, acks);
    scenario
}

fn process<'a>(node: &Measured<'a>) -> &'a VirtualSynchrony {
    node.process::<Detected<VirtualSynchrony>>().process()
}

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Number of nodes, the first of the scenario, in the first view; the others may join.
        members: u32 = 128, in 1..=128 "nodes";
        /// True if unstable messages are flushed before a new view is installed.
        flush: bool = true;
        /// Way in which members acknowledge messages.
        acks: Acks = Piggybacked;
    }
    /// Way in which members acknowledge messages.
    pub enum Acks {
        /// On the messages that they send anyway.
        Piggybacked = "piggybacked",
        /// In a separate message to all members, as soon as they have a new message.
        AtOnce = "at-once",
    }
}

/// A process that is in the group, or may join.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct VirtualSynchrony {
    /// Processes that the detector suspects.
    crashed: NodeSet,
    /// The view that this node is in; none while it is outside.
    view: Option<View>,
    /// The application's state: the messages that have been delivered. A process that joins receives it.
    state: Messages,
    sent: Sent,
    /// By sender: the last of its messages that this node has.
    received: VectorClock,
    /// Copies of messages that some member may lack.
    stability: Stability,
    /// Members of the previous view that have sent nothing in this one yet.
    behind: NodeSet,
    /// The view change that is being flushed.
    change: Option<ViewChange>,
    /// By member: the last change that it has flushed.
    flushed: SortedMap<NodeId, ViewChange>,
    /// Messages from members that are in a later view already.
    early: Vec<(NodeId, Message)>,
    /// Broadcasts that wait for the next view.
    blocked: Vec<(BroadcastId, Value)>,
    /// True if this node leaves after the next view is installed.
    leaving: bool,
    /// Processes that have asked to join and are not members yet.
    joining: NodeSet,
    /// While this node asks to join: by member, its answer.
    welcomes: Option<SortedMap<NodeId, Welcome>>,
}

/// Messages, in the order of their senders.
type Messages = SortedSet<(BroadcastId, Value)>;

/// A message of the application, from its sender or as a copy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{payload}")]
pub struct Data {
    view: u32,
    id: BroadcastId,
    payload: Value,
    /// An acknowledgement: the messages that the sending node has.
    has: VectorClock,
}

/// A member's answer to a process that joins, once it has installed the first view with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("STATE")]
pub struct Welcome {
    view: View,
    /// Processes that join with that view.
    newcomers: NodeSet,
    /// Messages that were delivered before.
    state: Messages,
}

/// A message between members, or of a process that joins.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display, From)]
pub enum Message {
    /// A multicast, or the copy of one.
    Data(Data),
    /// An acknowledgement.
    #[display("ACK")]
    #[from(skip)]
    Ack {
        /// The sender's view.
        view: u32,
        /// By sender of messages: the last that is acknowledged.
        has: VectorClock,
    },
    /// The sender sends no more messages in the old view.
    #[display("FLUSH {}", _0.to().number)]
    Flush(ViewChange),
    /// The sender has installed this view.
    View(View),
    /// The sender asks to become a member.
    #[display("JOIN")]
    #[from(skip)]
    Join,
    /// The state, for a process that joins.
    State(Welcome),
}

impl Process for VirtualSynchrony {
    type Parameters = Parameters;
    type Request = GroupRequest;
    type Indication = GroupIndication;
    type Message = Message;
    type Timer = Never;

    fn new(group: Group, parameters: &Parameters) -> Self {
        let members = group.everyone().and(NodeSet::first(parameters.members as usize));
        Self {
            crashed: NodeSet::EMPTY,
            view: members.contains(group.me).then_some(View { number: 1, members }),
            state: Messages::new(),
            sent: Sent::default(),
            received: VectorClock::new(group.size),
            stability: Stability::default(),
            behind: NodeSet::EMPTY,
            change: None,
            flushed: SortedMap::new(),
            early: Vec::new(),
            blocked: Vec::new(),
            leaving: false,
            joining: NodeSet::EMPTY,
            welcomes: None,
        }
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        if let Some(View { number: id, members }) = self.view {
            ctx.indicate(GroupIndication::View { id, members });
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, request: GroupRequest) {
        let view = self.view.filter(|_| !self.leaving);
        match (request, view) {
            (GroupRequest::Join, _) => self.join(ctx),
            (GroupRequest::Query, Some(View { members, .. })) => {
                ctx.indicate(GroupIndication::Respond { members });
            }
            (GroupRequest::Leave, Some(_)) if self.change.is_some() => self.leaving = true,
            (GroupRequest::Leave, Some(view)) => self.leave(ctx, view),
            (GroupRequest::Broadcast(payload), view) => {
                let id = self.sent.next(ctx.me());
                match view {
                    None => refuse(ctx, "not a member"),
                    Some(_) if self.change.is_some() => self.blocked.push((id, payload)),
                    Some(view) => self.broadcast(ctx, view, id, payload),
                }
            }
            (GroupRequest::Query | GroupRequest::Leave, None) => refuse(ctx, "not a member"),
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        let Some(mine) = self.view else { return self.on_message_outside(ctx, from, message) };
        match message {
            Message::Data(Data { view, .. }) | Message::Ack { view, .. } if view > mine.number => {
                self.early.push((from, message));
            }
            Message::Data(data) => self.on_data(ctx, mine, from, data),
            Message::Ack { view, has } if view == mine.number => self.on_ack(ctx, from, has),
            Message::Flush(change) => self.on_flush(ctx, mine, from, change),
            Message::View(next) => self.catch_up(ctx, mine, from, next),
            Message::Join => self.on_join(ctx, mine, from),
            Message::Ack { .. } | Message::State(_) => {}
        }
    }

    fn on_detection(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        match detection {
            Detection::Suspect(node) => {
                self.crashed.insert(node);
                self.change_view(ctx);
                self.enter_if_all_have_answered(ctx);
            }
            Detection::Restore(node) => _ = self.crashed.remove(node),
        }
    }

    /// A process that recovers has lost its state: it is outside, and may join.
    fn on_recovery(&mut self, _ctx: &mut Context<Self>) {
        self.view = None;
    }

    fn waits_for(&self, _group: Group) -> NodeSet {
        self.change.map_or(NodeSet::EMPTY, |change| self.missing_flushes(change))
    }

    fn carries(_from: NodeId, message: &Message) -> Option<Carried> {
        match message {
            Message::Data(data) => Some(data.id.carried()),
            _ => None,
        }
    }
}

fn refuse(ctx: &mut Context<VirtualSynchrony>, why: &'static str) {
    ctx.indicate(GroupIndication::Refuse { why });
}

fn others(ctx: &Context<VirtualSynchrony>, nodes: NodeSet) -> NodeSet {
    nodes.without(ctx.me().into())
}
