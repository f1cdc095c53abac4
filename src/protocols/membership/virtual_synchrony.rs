//! Virtual synchrony.
//!
//! Implements: ViewSynchronousCommunication. Uses: PerfectFailureDetector (the scenario's, or Heartbeats below).
//! Model: crash-stop, asynchronous, reliable FIFO channels without gaps: what a member sends later arrives only after
//! what it sent before, also if it crashes after that; every crash and nothing else is detected (with heartbeats:
//! what those rely on).
//! Source: Birman and Joseph 1987, "Exploiting Virtual Synchrony in Distributed Systems"; note 004, focus 23.
//!
//! A group lives through a sequence of *views*, which its members install one after the other. A view change
//! is a barrier that no multicast passes: a message is delivered in the view that it was sent in, and all who
//! go on together from one view to the next have delivered the same messages in it.
//!
//! Members deliver a message as it comes, and keep a copy until it is known to be **stable**: all members have
//! it. They say what they have on all that they send, or in an acknowledgement at once. Who learns of a change
//! (a crash is detected, somebody asks to join or leaves) sends no more messages, but multicasts its copies of
//! the unstable ones, followed by a **flush** that says what the change is. It installs the next view when it
//! has a flush *for this very change* from everybody who goes on. So if one has delivered a message that
//! another lacks, the copy comes to the other before the flush does, and so before it installs the view. The same
//! goes for what a member has sent itself: its flush proves to others that they have all of that, so a link that
//! loses one message and delivers a later one breaks **virtual synchrony**.
//!
//! *Nobody coordinates.* A flush may tell of something that its receiver has not heard of: it is added to the
//! change, which is flushed anew. So a crash while flushing only makes the change larger. What one flushes
//! only grows, and nobody flushes for a view that is over: so of two changes after one view only one can be
//! flushed by all. A view's number counts who has come and gone, so that no two views have the same.
//!
//! *Left behind.* Who crashes in the middle of its flushes may leave one member with all that it needs and
//! another without. The one goes on, and keeps the copies that the other may lack. The other flushes again,
//! now without the crashed; as that view is over for the one, it answers with those copies and the next view.
//!
//! *In and out.* Who joins asks everybody; should all who heard it crash, it has to ask again. All members tell
//! it when they have installed a view with it, and their state: the messages delivered before. It waits for all
//! of them, since nobody else may get to a view that only those installed who crashed then. Who leaves flushes
//! its own departure, and is out.
//!
//! Without the flush (a parameter) a new view is installed as soon as it is heard of, and what a crashed member
//! has sent to some comes too late or never to the others: **virtual synchrony** breaks.
//!
//! No majority is asked for, the detector is taken at its word. Who is suspected but up is expelled and not
//! told, and stays in its old view. When the network splits, each side expels the other and goes on, with views
//! of the same numbers: **view agreement** breaks.
//!
//! Where it departs from the papers: only the messages of one sender are ordered, where ISIS has CBCAST; and
//! the flush says what the next view is, where note 004 multicasts that first. It may be several changes at once.

use std::{cmp::Ordering, mem};

use derive_more::{Display, From};
use serde::Serialize;

use super::heartbeat_detector::{self, Heartbeat, HeartbeatDetector, Timer, time_to_detect};
use crate::{
    abstractions::{
        Value,
        broadcast::{BroadcastId, Deliver, NO_CREATION, NO_DUPLICATION, VALIDITY, one_broadcast},
        clock::VectorClock,
        membership::{
            CRASHED_MEMBERS_LEAVE, FAILURE_ORDER, GroupIndication, GroupRequest, JOIN_COMPLETION,
            PRIMARY_PARTITION, SAME_VIEW_DELIVERY, SELF_INCLUSION, VIEW_AGREEMENT,
            VIRTUAL_SYNCHRONY, View, ViewChange,
        },
        stability::{Kept, Stability},
    },
    kernel::{
        Break, Carried, Context, Detection, Drawn, Group, Metric, NodeId, NodeSet, ParameterValue,
        Process, Protocol, Rule, Scenario, SortedMap, SortedSet, TimeToServe,
    },
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "virtual-synchrony",
    name: "Virtual synchrony",
    summary: "Whoever goes on together to the next view has delivered the same messages in this one.",
    source: "Birman and Joseph 1987, Exploiting Virtual Synchrony in Distributed Systems",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::FifoChannels.always(),
        Rule::CrashesAreDetected.where_(Parameters::detector, "oracle").for_liveness(),
        Rule::NothingIsLost.where_(Parameters::detector, "heartbeats"),
        Rule::Synchrony.where_(Parameters::detector, "heartbeats"),
        Rule::TimeoutCovers(Parameters::timeout, Parameters::period)
            .where_(Parameters::detector, "heartbeats"),
        Rule::ClocksRunTrue.where_(Parameters::detector, "heartbeats"),
        Rule::NobodyRecovers.always(),
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
            when: "a member crashes while flushing, and nobody tells",
            scenario: "nobody-tells",
            violates: &[VALIDITY, CRASHED_MEMBERS_LEAVE],
            broken: &[Rule::CrashesAreDetected],
        },
        Break {
            when: "who has crashed comes back, and has forgotten how often it has spoken",
            scenario: "forgetful",
            violates: &[NO_DUPLICATION, NO_CREATION, SAME_VIEW_DELIVERY],
            broken: &[Rule::NobodyRecovers],
        },
        Break {
            when: "a request to join is lost",
            scenario: "join-lost",
            violates: &[JOIN_COMPLETION],
            broken: &[Rule::ReliableChannels],
        },
        Break {
            when: "the network splits",
            scenario: "both-sides-go-on",
            violates: &[VIEW_AGREEMENT, PRIMARY_PARTITION],
            broken: &[Rule::ReliableChannels, Rule::NothingIsLost],
        },
    ],
    unbreakable: &[(SELF_INCLUSION, "a view that does not name a node is not installed by it")],
    costs: &[
        crate::cost!("one broadcast, acknowledged by later ones", n >= 2 => n - 1, |scenario| {
            one_broadcast(with_acks(scenario, "piggybacked"));
        }),
        crate::cost!("one broadcast, acknowledged at once", n >= 2 => n * (n - 1), |scenario| {
            one_broadcast(with_acks(scenario, "at-once"));
        }),
        crate::cost!("one join of the last node", n >= 2 => n * (n - 1), |scenario| {
            let last = scenario.nodes.len() - 1;
            let members = ParameterValue::Integer(last as u32);
            scenario.params.insert("members".to_owned(), members);
            with_acks(scenario, "piggybacked").ask(0, NodeId::new(last), "join", None);
        }),
        crate::cost!("one leave", n >= 2 => (n - 1).pow(2), |scenario| {
            with_acks(scenario, "piggybacked").ask(0, NodeId::new(0), "leave", None);
        }),
    ],
    metrics: &[
        Metric {
            name: "view",
            unit: "number",
            help: "The number of the view that the node is in.",
            drawn: Drawn::Band,
            value: |node| {
                node.process::<VirtualSynchrony>().view.map_or(0, |view| view.number.into())
            },
        },
        Metric {
            name: "unstable messages",
            unit: "messages",
            help: "What the node keeps copies of, since not all members are known to have it.",
            drawn: Drawn::Curve,
            value: |node| node.process::<VirtualSynchrony>().stability.unstable() as i64,
        },
    ],
    perpetual: Some(TimeToServe {
        statement: "the detection of a crash, and six of the longest delays for each change",
        bound: |serving| {
            let changes = serving.crashes() + serving.requests(&["join", "leave"]);
            let flushes = serving.delay().saturating_mul(6 * (1 + changes));
            time_to_detect(serving, Parameters::detector).saturating_add(flushes)
        },
    }),
    ..Protocol::of::<VirtualSynchrony>()
};

/// Without heartbeats, which would be counted.
fn with_acks<'a>(scenario: &'a mut Scenario, acks: &str) -> &'a mut Scenario {
    for (parameter, word) in [("detector", "oracle"), ("acks", acks)] {
        scenario.params.insert(parameter.to_owned(), ParameterValue::Choice(word.to_owned()));
    }
    scenario
}

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// How many nodes, the first of the scenario, make up the first view; the others may join.
        members: u32 = 128, in 1..=128 "nodes";
        /// Whether unstable messages are flushed before a new view is installed.
        flush: bool = true;
        /// How members tell each other what they have.
        acks: Acks = Piggybacked;
        /// Who tells of crashes.
        detector: Detector = Oracle;
        /// How often everybody sends a heartbeat, where there are any.
        period: u32 = 100, in 10..=10_000 "ms";
        /// How long a node may send no heartbeat before it is suspected.
        timeout: u32 = 180, in 10..=20_000 "ms";
    }
    /// How members tell each other what they have.
    pub enum Acks {
        /// On the messages that they send anyway.
        Piggybacked = "piggybacked",
        /// In a message of its own to all members, as soon as they have something new.
        AtOnce = "at-once",
    }
    /// Who tells of crashes.
    pub enum Detector {
        /// The scenario's failure detector.
        Oracle = "oracle",
        /// A heartbeat detector of their own.
        Heartbeats = "heartbeats",
    }
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct VirtualSynchrony {
    flush: bool,
    acks: Acks,
    detector: Detector,
    heartbeats: HeartbeatDetector,
    /// Whom the detector holds to have crashed.
    crashed: NodeSet,
    /// The view that this node is in; none while it is outside.
    view: Option<View>,
    /// What it has delivered: the application's state, which who joins gets.
    state: Messages,
    /// How many broadcasts this node has been asked for.
    sent: u32,
    /// By sender: its last message that this node has.
    received: VectorClock,
    /// Copies of what some member may lack.
    stability: Stability,
    /// Who came along from the view before, and has not been heard of in this one.
    behind: NodeSet,
    /// The view change that is being flushed.
    change: Option<ViewChange>,
    /// The last flush of everybody.
    flushed: SortedMap<NodeId, ViewChange>,
    /// What came from those who are in a later view already.
    early: Vec<(NodeId, Message)>,
    /// What is to be broadcast as soon as the next view is there.
    blocked: Vec<(BroadcastId, Value)>,
    /// Whether it is to leave then.
    leaving: bool,
    /// Who has asked to join, and is not a member yet.
    joining: NodeSet,
    /// If this node has asked itself: by member, what that has told it.
    asked: Option<SortedMap<NodeId, Welcome>>,
}

/// Messages, in the order of their senders.
type Messages = SortedSet<(BroadcastId, Value)>;

/// A message of the application on its way, from its sender or as a copy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{payload}")]
pub struct Data {
    view: u32,
    id: BroadcastId,
    payload: Value,
    /// What the node that it comes from has: an acknowledgement.
    has: VectorClock,
}

/// What a member tells who joins, once it has installed the first view with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("STATE")]
pub struct Welcome {
    view: View,
    /// Who joins with that view.
    newcomers: NodeSet,
    /// What was delivered before.
    state: Messages,
}

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display, From)]
pub enum Message {
    /// A multicast, or the copy of one.
    Data(Data),
    /// What its sender has.
    #[display("ACK")]
    #[from(skip)]
    Ack {
        /// In which view.
        view: u32,
        /// By sender: the last message.
        has: VectorClock,
    },
    /// Its sender has nothing more to say in the old view.
    #[display("FLUSH {}", _0.to().number)]
    Flush(ViewChange),
    /// This view has been installed.
    View(View),
    /// Asks to become a member.
    #[display("JOIN")]
    #[from(skip)]
    Join,
    /// For who joins.
    State(Welcome),
    /// Of the layer below.
    Heartbeat(Heartbeat),
}

impl Process for VirtualSynchrony {
    type Parameters = Parameters;
    type Request = GroupRequest;
    type Indication = GroupIndication;
    type Message = Message;
    type Timer = Timer;

    fn new(group: Group, parameters: &Parameters) -> Self {
        let Parameters { members, flush, acks, detector, period, timeout } = *parameters;
        let members = group.everyone().and(NodeSet::first(members as usize));
        let layer = heartbeat_detector::Parameters { period, timeout };
        Self {
            flush,
            acks,
            detector,
            heartbeats: HeartbeatDetector::new(group, &layer),
            crashed: NodeSet::EMPTY,
            view: members.contains(group.me).then_some(View { number: 1, members }),
            state: Messages::new(),
            sent: 0,
            received: VectorClock::new(group.size),
            stability: Stability::default(),
            behind: NodeSet::EMPTY,
            change: None,
            flushed: SortedMap::new(),
            early: Vec::new(),
            blocked: Vec::new(),
            leaving: false,
            joining: NodeSet::EMPTY,
            asked: None,
        }
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        if let Some(View { number: id, members }) = self.view {
            ctx.indicate(GroupIndication::View { id, members });
        }
        if self.detector == Detector::Heartbeats {
            self.heartbeats(ctx, HeartbeatDetector::on_init);
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, request: GroupRequest) {
        let view = self.view.filter(|_| !self.leaving);
        match (request, view) {
            (GroupRequest::Join, _) if self.view.is_some() => refuse(ctx, "a member already"),
            (GroupRequest::Join, _) => {
                self.asked.get_or_insert_default();
                ctx.send_others(Message::Join);
            }
            (GroupRequest::Query, Some(View { members, .. })) => {
                ctx.indicate(GroupIndication::Respond { members });
            }
            (GroupRequest::Leave, Some(_)) if self.change.is_some() => self.leaving = true,
            (GroupRequest::Leave, Some(view)) => self.leave(ctx, view),
            (GroupRequest::Broadcast(payload), view) => {
                self.sent += 1;
                let id = BroadcastId { from: ctx.me(), seq: self.sent };
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
        if let Message::Data(Data { view, .. }) | Message::Ack { view, .. } = &message
            && self.view.is_some_and(|mine| *view > mine.number)
        {
            return self.early.push((from, message));
        }
        match (message, self.view) {
            (Message::Data(data), Some(view)) => self.on_data(ctx, view, from, data),
            (Message::Ack { view, has }, Some(mine)) if view == mine.number => {
                self.on_ack(ctx, from, has);
            }
            (Message::Flush(change), Some(view)) => self.on_flush(ctx, view, from, change),
            (Message::View(next), Some(view)) => self.catch_up(ctx, view, from, next),
            (Message::Join, Some(view)) => self.on_join(ctx, view, from),
            (Message::State(welcome), None) => self.on_state(ctx, from, welcome),
            (Message::Heartbeat(heartbeat), _) => {
                self.heartbeats(ctx, |layer, ctx| layer.on_message(ctx, from, heartbeat));
            }
            (Message::Join | Message::View(_), None) => {}
            (message, None) if self.asked.is_some() => self.early.push((from, message)),
            _ => {}
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: Timer) {
        self.heartbeats(ctx, |layer, ctx| layer.on_timer(ctx, timer));
    }

    fn on_detection(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        if self.detector == Detector::Oracle {
            self.on_notice(ctx, detection);
        }
    }

    /// Who comes back knows nothing any more: it is outside, and may join.
    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        self.view = None;
        self.on_init(ctx);
    }

    fn waits_for(&self, _group: Group) -> NodeSet {
        let Some(change) = self.change else { return NodeSet::EMPTY };
        let done = self.flushed.iter().filter(|(_, flushed)| **flushed == change);
        change.remaining().without(done.map(|(node, _)| *node).collect())
    }

    fn carries(_from: NodeId, message: &Message) -> Option<Carried> {
        match message {
            Message::Data(data) => Some((data.id.from, data.id.seq)),
            _ => None,
        }
    }
}

fn refuse(ctx: &mut Context<VirtualSynchrony>, why: &'static str) {
    ctx.indicate(GroupIndication::Refuse { why });
}

fn but_me(nodes: NodeSet, ctx: &Context<VirtualSynchrony>) -> NodeSet {
    nodes.without(ctx.me().into())
}

/// Multicasts within a view.
impl VirtualSynchrony {
    fn broadcast(&mut self, ctx: &mut Context<Self>, view: View, id: BroadcastId, payload: Value) {
        self.received[id.from] = id.seq;
        let has = self.received.clone();
        let data = Data { view: view.number, id, payload: payload.clone(), has };
        ctx.multicast(but_me(view.members, ctx), data.into());
        self.deliver(ctx, Kept { view: view.number, id, payload, shared: view.members });
        self.forget_what_is_stable(ctx);
    }

    fn deliver(&mut self, ctx: &mut Context<Self>, message: Kept) {
        let (BroadcastId { from, seq }, payload) = (message.id, message.payload.clone());
        self.state.insert((message.id, payload.clone()));
        self.stability.keep(message);
        ctx.indicate(GroupIndication::Deliver(Deliver { from, seq, payload }));
    }

    fn on_data(&mut self, ctx: &mut Context<Self>, view: View, from: NodeId, data: Data) {
        let Data { view: number, id, payload, has } = data;
        let is_new = id.seq > self.received[id.from];
        if number < view.number && is_new {
            ctx.note(format!("{payload} is too late: view {number} is over"));
        }
        if number < view.number || self.is_gone(from) {
            return;
        }
        if is_new {
            self.received[id.from] = id.seq;
            let shared = [from, id.from].into_iter().collect();
            self.deliver(ctx, Kept { view: number, id, payload, shared });
            if self.acks == Acks::AtOnce && self.change.is_none() {
                let ack = Message::Ack { view: number, has: self.received.clone() };
                ctx.multicast(but_me(view.members, ctx), ack);
            }
        } else {
            self.stability.came_again(id, from);
        }
        self.on_ack(ctx, from, has);
    }

    fn on_ack(&mut self, ctx: &Context<Self>, from: NodeId, has: VectorClock) {
        self.behind.remove(from);
        self.stability.acknowledge(from, has);
        self.forget_what_is_stable(ctx);
    }

    fn forget_what_is_stable(&mut self, ctx: &Context<Self>) {
        if let Some(View { number, members }) = self.view {
            self.stability.forget_stable(number, but_me(members, ctx), self.behind);
        }
    }
}

/// From view to view.
impl VirtualSynchrony {
    /// What a node sends that is known to have gone may not reach everybody: it comes too late.
    fn is_gone(&self, node: NodeId) -> bool {
        self.change.is_some_and(|change| change.gone.contains(node))
    }

    fn on_notice(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        match detection {
            Detection::Suspect(node) => {
                self.crashed.insert(node);
                self.review(ctx);
                self.enter_if_all_are_there(ctx);
            }
            Detection::Restore(node) => _ = self.crashed.remove(node),
        }
    }

    fn on_join(&mut self, ctx: &mut Context<Self>, view: View, from: NodeId) {
        // The question of a member that has not left has been answered already.
        if !view.members.contains(from) || self.is_gone(from) {
            self.joining.insert(from);
            self.review(ctx);
        }
    }

    /// Looks whether there is something to change.
    fn review(&mut self, ctx: &mut Context<Self>) {
        if let Some(view) = self.view {
            self.go_on(ctx, self.change.unwrap_or(ViewChange::of(view)));
        }
    }

    /// Adds what this node knows itself to a change, and flushes it if that is news.
    fn go_on(&mut self, ctx: &mut Context<Self>, mut change: ViewChange) {
        let members = change.from.members;
        change.joined = change.joined.or(self.joining.without(members).without(self.crashed));
        change.gone = change.gone.or(self.crashed.and(members.or(change.joined)));
        if self.change == Some(change) {
            self.install_if_all_have_flushed(ctx);
        } else if change != ViewChange::of(change.from) {
            self.change = Some(change);
            match self.flush {
                true => self.flush(ctx, change),
                false => self.announce(ctx, change),
            }
        }
    }

    fn flush(&mut self, ctx: &mut Context<Self>, change: ViewChange) {
        let others = but_me(change.remaining(), ctx);
        self.send_copies(ctx, change.from, others);
        ctx.multicast(others, change.into());
        self.flushed.insert(ctx.me(), change);
        self.install_if_all_have_flushed(ctx);
    }

    /// Sends these nodes what they may lack.
    fn send_copies(&mut self, ctx: &mut Context<Self>, view: View, to: NodeSet) {
        for (to, copy) in self.stability.share(view.number, to, self.behind) {
            let Kept { view, id, payload, .. } = copy;
            ctx.multicast(to, Data { view, id, payload, has: self.received.clone() }.into());
        }
    }

    /// Without a flush: the first one who remains, or who leaves, tells the others the next view.
    fn announce(&mut self, ctx: &mut Context<Self>, change: ViewChange) {
        let (me, next) = (ctx.me(), change.to());
        if change.remaining().lowest() == Some(me) || change.gone.contains(me) {
            ctx.multicast(but_me(change.remaining(), ctx), next.into());
        }
        if next.members.contains(me) {
            self.install(ctx, next);
        }
    }

    fn on_flush(&mut self, ctx: &mut Context<Self>, view: View, from: NodeId, change: ViewChange) {
        match change.from.number.cmp(&view.number) {
            Ordering::Equal if !self.is_gone(from) => {
                self.behind.remove(from);
                self.flushed.insert(from, change);
                self.go_on(ctx, self.change.map_or(change, |mine| mine.merge(change)));
            }
            // It has been left behind, since somebody crashed in the middle of its flushes.
            Ordering::Less if view.members.contains(from) => {
                self.send_copies(ctx, view, from.into());
                ctx.send(from, view.into());
            }
            Ordering::Greater => {
                // Who flushes for the view after the next has installed the next.
                self.early.push((from, change.into()));
                self.catch_up(ctx, view, from, change.from);
            }
            _ => {}
        }
    }

    fn install_if_all_have_flushed(&mut self, ctx: &mut Context<Self>) {
        let Some(change) = self.change else { return };
        let has_flushed = |node: NodeId| self.flushed.get(&node) == Some(&change);
        if change.remaining().into_iter().all(has_flushed) && !self.is_gone(ctx.me()) {
            self.install(ctx, change.to());
        }
    }

    /// A member has installed a view, and has sent this node what it lacked of the one before. If that member
    /// has gone, and this node has flushed so, the others may go on without that view: then it must not.
    fn catch_up(&mut self, ctx: &mut Context<Self>, view: View, from: NodeId, next: View) {
        let is_next = next.number > view.number && next.members.contains(ctx.me());
        if is_next && view.members.contains(from) && !self.is_gone(from) {
            self.install(ctx, next);
        }
    }

    fn install(&mut self, ctx: &mut Context<Self>, view: View) {
        let View { number: id, members } = view;
        let before = self.view.replace(view).map_or(NodeSet::EMPTY, |view| view.members);
        self.behind = but_me(members.and(before), ctx);
        self.change = None;
        self.flushed.clear();
        self.joining = self.joining.without(members);
        self.forget_what_is_stable(ctx);
        ctx.indicate(GroupIndication::View { id, members });
        let newcomers = members.without(before);
        if before.contains(ctx.me()) && !newcomers.is_empty() {
            let state = self.state.clone();
            ctx.multicast(newcomers, Welcome { view, newcomers, state }.into());
        }
        for (id, payload) in mem::take(&mut self.blocked) {
            self.broadcast(ctx, view, id, payload);
        }
        if mem::take(&mut self.leaving) {
            return self.leave(ctx, view);
        }
        for (from, message) in mem::take(&mut self.early) {
            self.on_message(ctx, from, message);
        }
        self.review(ctx);
    }
}

/// In and out.
impl VirtualSynchrony {
    fn on_state(&mut self, ctx: &mut Context<Self>, from: NodeId, welcome: Welcome) {
        if let Some(told) = &mut self.asked {
            told.insert(from, welcome);
            return self.enter_if_all_are_there(ctx);
        }
        // It has asked twice, and has left since: it leaves again.
        let leave = ViewChange { gone: ctx.me().into(), ..ViewChange::of(welcome.view) };
        ctx.multicast(but_me(welcome.view.members, ctx), leave.into());
    }

    /// Who joins waits until all old members who are up have told it of the same view: what only those have
    /// installed who crashed then, the others may never get to. It tells the others who join, since it may be
    /// the only one left who can.
    fn enter_if_all_are_there(&mut self, ctx: &mut Context<Self>) {
        let crashed = self.crashed;
        let told = self.asked.iter().flatten().filter(|(by, _)| !crashed.contains(**by));
        let Some((_, last)) = told.clone().max_by_key(|(_, told)| told.view.number) else { return };
        let there = told.filter(|(_, told)| told.view == last.view).map(|(by, _)| *by).collect();
        if last.view.members.without(last.newcomers).without(crashed).is_subset(there) {
            let welcome = last.clone();
            self.asked = None;
            self.state = welcome.state.clone();
            ctx.multicast(but_me(welcome.newcomers, ctx), welcome.clone().into());
            self.install(ctx, welcome.view);
        }
    }

    /// Flushes its own departure, and is out.
    fn leave(&mut self, ctx: &mut Context<Self>, view: View) {
        self.go_on(ctx, ViewChange { gone: ctx.me().into(), ..ViewChange::of(view) });
        ctx.indicate(GroupIndication::Left { id: view.number });
        self.view = None;
        self.change = None;
        self.flushed.clear();
        self.state.clear();
        self.stability = Stability::default();
        self.early.clear();
        self.joining = NodeSet::EMPTY;
    }

    /// Hands an event to the layer below, and takes what it tells.
    fn heartbeats(
        &mut self,
        ctx: &mut Context<Self>,
        event: impl FnOnce(&mut HeartbeatDetector, &mut Context<HeartbeatDetector>),
    ) {
        let Parameters { period, timeout, .. } = *ctx.parameters();
        let parameters = heartbeat_detector::Parameters { period, timeout };
        for notice in ctx.using(&mut self.heartbeats, &parameters, event) {
            self.on_notice(ctx, notice.into());
        }
    }
}
