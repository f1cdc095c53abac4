//! Virtual synchrony.
//!
//! Implements: ViewSynchronousCommunication. Uses: PerfectFailureDetector (the scenario's, or Heartbeats below).
//! Model: crash-stop, asynchronous, reliable FIFO channels, every crash and nothing else is detected; with
//! heartbeats, what those rely on.
//! Source: Birman and Joseph 1987, "Exploiting Virtual Synchrony in Distributed Systems"; notes 003 and 004
//! (focus 23 and its implementation).
//!
//! A group lives through a sequence of *views*, which its members install one after the other. A message is
//! delivered in the view that it was sent in, and all who go on together from one view to the next have
//! delivered the same messages in it: a view change is a barrier that no multicast passes.
//!
//! Members deliver a message as it comes, and keep a copy until it is known to be **stable**: all members have
//! it. To that end each says what it has on all that it sends, or in an acknowledgement at once. When a member
//! learns of a view change (a crash is detected, somebody asks to join, or leaves) it stops sending messages,
//! multicasts to the members of the new view its copies of the unstable ones, followed by a **flush** that says
//! what the change is. It installs the new view when it has a flush *for this very change* from everybody in
//! it. So if one of them has delivered a message and another has not, the copy of the one reaches the other
//! before its flush does, and that is before the other can install the view.
//!
//! *Nobody coordinates.* A flush may tell of a change that its receiver has not heard of: they are merged, and
//! flushed anew. So whoever crashes while flushing is itself a change, and the flush begins again with one
//! member fewer. What a member flushes only grows, so those who install a view from the same one agree on
//! it. A view's number is that of the one before and a step for everybody who has come or gone: different
//! changes from one view that contain each other have different numbers.
//!
//! *A crash in the middle of its flushes* may leave one member with all that it needs and another behind. The
//! one goes on; it keeps the copies that it has not sent to everybody. The other begins its flush again, for a
//! view that is over for the one, who sends it those copies and says which view came of it.
//!
//! *Who joins* asks everybody. It gets the state from the first old member that is left, and flushes only when
//! it has it; copies that are flushed meanwhile complete it. The state is the set of messages delivered so far.
//! *Who leaves* flushes its own departure, and is out.
//!
//! Without the flush (parameter) new views are installed as soon as they are heard of. Then a message that a
//! crashed member has sent to some reaches the others too late or never: **virtual synchrony** breaks.
//!
//! There is no majority in this, so it takes the detector at its word. Where it is wrong, because the network is
//! split or slow, the suspected are expelled although they are up. Both sides of a partition install views of
//! their own and go on: **view agreement** breaks.
//!
//! Where it departs from the papers: it has FIFO channels where ISIS has CBCAST, and so no causal order;
//! the flush itself carries the new view, where note 004 multicasts a view change first, since each member
//! finds out for itself; several changes become one.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    mem,
};

use derive_more::{Display, From};
use serde::Serialize;

use super::heartbeat_detector::{self, Heartbeat, HeartbeatDetector};
use crate::{
    abstractions::{
        Value,
        broadcast::{BroadcastId, Deliver, NO_CREATION, NO_DUPLICATION, VALIDITY, one_broadcast},
        clock::VectorClock,
        membership::{
            FAILURE_ORDER, GroupIndication, GroupRequest, PRIMARY_PARTITION, SAME_VIEW_DELIVERY,
            SELF_INCLUSION, VIEW_AGREEMENT, VIRTUAL_SYNCHRONY,
        },
    },
    kernel::{
        Behaviour, Carried, Context, Cost, Detection, Drawn, Group, Metric, Moment, NodeId,
        NodeSet, ParameterValue, Process, Protocol, Rule, Scenario,
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
        Rule::CrashesAreDetected.where_("detector", "oracle").for_liveness(),
        Rule::Synchrony.where_("detector", "heartbeats"),
        Rule::TimeoutCovers("timeout", "period").where_("detector", "heartbeats"),
        Rule::ClocksRunTrue.where_("detector", "heartbeats"),
        Rule::NobodyRecovers.always(),
        Rule::ParameterIs("flush", "true").always(),
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
    ],
    beyond: &[PRIMARY_PARTITION],
    breaks: &[],
    unbreakable: &[(SELF_INCLUSION, "a view that does not name a node is not installed by it")],
    costs: &[
        Cost {
            operation: "one broadcast, acknowledged with the next ones",
            formula: "n − 1",
            terms: &[],
            least: 2,
            perform: |scenario| {
                without_heartbeats(scenario);
                choose(scenario, "acks", "piggybacked");
                one_broadcast(scenario);
            },
        },
        Cost {
            operation: "one broadcast, acknowledged at once",
            formula: "n(n − 1)",
            terms: &[],
            least: 2,
            perform: |scenario| {
                without_heartbeats(scenario);
                choose(scenario, "acks", "at-once");
                one_broadcast(scenario);
            },
        },
        Cost {
            operation: "one join (all members to the joiner's question, its state, and all flushes)",
            formula: "n²",
            terms: &[],
            least: 2,
            perform: |scenario| {
                without_heartbeats(scenario);
                let members = scenario.nodes.len() - 1;
                let value = ParameterValue::Integer(members as u32);
                scenario.params.insert("members".to_owned(), value);
                scenario.ask(0, NodeId::new(members), "join", None);
            },
        },
        Cost {
            operation: "one leave",
            formula: "(n − 1)²",
            terms: &[],
            least: 2,
            perform: |scenario| {
                without_heartbeats(scenario);
                scenario.ask(0, NodeId::new(0), "leave", None);
            },
        },
    ],
    metrics: &[
        Metric {
            name: "view",
            unit: "number",
            help: "The number of the view that the node is in.",
            drawn: Drawn::Band,
        },
        Metric {
            name: "unstable messages",
            unit: "messages",
            help: "What the node keeps copies of, since not all members are known to have it.",
            drawn: Drawn::Curve,
        },
    ],
    perpetual: true,
    behaviour: Behaviour::of::<VirtualSynchrony>(),
};

fn without_heartbeats(scenario: &mut Scenario) {
    choose(scenario, "detector", "oracle");
}

fn choose(scenario: &mut Scenario, parameter: &str, word: &str) {
    scenario.params.insert(parameter.to_owned(), ParameterValue::Choice(word.to_owned()));
}

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// How many nodes, the first of the scenario, make up the first view; the others may join.
        members: u32 = 128, in 1..=128 "nodes", name "members";
        /// Whether unstable messages are flushed before a new view is installed.
        flush: bool = true, name "flush";
        /// How members tell each other what they have.
        acks: Acks = Piggybacked, name "acks";
        /// Who tells of crashes.
        detector: Detector = Oracle, name "detector";
        /// How often everybody sends a heartbeat, where there are any.
        period: u32 = 50, in 10..=10_000 "ms", name "period";
        /// How long a node may send no heartbeat before it is suspected.
        timeout: u32 = 120, in 10..=20_000 "ms", name "timeout";
        /// After how long who wants to join asks again, should nobody who heard it be left.
        retry: u32 = 300, in 10..=20_000 "ms", name "retry";
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
    retry: u32,
    /// Whom the detector holds to have crashed.
    crashed: NodeSet,
    /// The view that this node is in; none while it is outside.
    view: Option<View>,
    /// Who is known to have installed this view, or a later one.
    arrived: NodeSet,
    /// What it has delivered: the application's state, which who joins gets.
    state: Messages,
    /// How many broadcasts this node has been asked for.
    sent: u32,
    /// By sender: its last message that this node has.
    received: VectorClock,
    /// By member: what it has said that it has.
    acknowledged: BTreeMap<NodeId, VectorClock>,
    unstable: Vec<Unstable>,
    /// The view change that is being flushed.
    change: Option<Change>,
    /// The last flush of everybody.
    flushed: BTreeMap<NodeId, Change>,
    /// What came too early, from those who are in the next view already.
    early: Vec<(NodeId, Message)>,
    /// What is to be broadcast as soon as the next view is there.
    blocked: Vec<(BroadcastId, Value)>,
    /// Whether it is to leave then.
    leaving: bool,
    /// Who has asked to join, and is not a member yet.
    joining: NodeSet,
    /// To whom of them this node has sent the state.
    briefed: NodeSet,
    /// What this node, which has asked to join, waits for.
    asked: Option<Joiner>,
}

/// Messages, in the order of their senders.
type Messages = BTreeSet<(BroadcastId, Value)>;

/// A view: G₂ = {P1, P3}.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct View {
    number: u32,
    members: NodeSet,
}

/// What becomes of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Change {
    from: View,
    joined: NodeSet,
    /// Who has crashed or left.
    gone: NodeSet,
}

/// A message that some member may lack, for all that this node knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Unstable {
    view: u32,
    id: BroadcastId,
    payload: Value,
    /// Those whom this node has it from, or has sent it to.
    shared: NodeSet,
}

/// Who is outside and wants to get in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Joiner {
    /// By the number of a view: the state there.
    states: BTreeMap<u32, Messages>,
    /// By the number of a view: what it has flushed itself for those who are in it.
    changes: BTreeMap<u32, Change>,
}

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
    #[from(skip)]
    Flush(Change),
    /// Asks to become a member.
    #[display("JOIN")]
    #[from(skip)]
    Join,
    /// What was delivered so far, for who joins.
    #[display("STATE")]
    #[from(skip)]
    State {
        /// In which view, and before.
        view: u32,
        /// The messages.
        messages: Messages,
    },
    /// A copy of an unstable message, for who joins.
    #[display("STATE {_0}")]
    #[from(skip)]
    Addition(Data),
    /// This view has been installed.
    #[display("VIEW {}", _0.number)]
    #[from(skip)]
    View(View),
    /// Of the layer below.
    Heartbeat(Heartbeat),
}

/// Its alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display, From)]
pub enum Timer {
    /// Still not a member.
    #[display("asks again")]
    #[from(skip)]
    AskAgain,
    /// Of the layer below.
    Heartbeats(heartbeat_detector::Timer),
}

impl Process for VirtualSynchrony {
    type Parameters = Parameters;
    type Request = GroupRequest;
    type Indication = GroupIndication;
    type Message = Message;
    type Timer = Timer;

    fn new(group: Group, parameters: &Parameters) -> Self {
        let Parameters { members, flush, acks, detector, period, timeout, retry } = *parameters;
        let members = group.everyone().and(NodeSet::first(members as usize));
        let first = View { number: 1, members };
        Self {
            flush,
            acks,
            detector,
            heartbeats: HeartbeatDetector::new(
                group,
                &heartbeat_detector::Parameters { period, timeout },
            ),
            retry,
            crashed: NodeSet::EMPTY,
            view: members.contains(group.me).then_some(first),
            arrived: NodeSet::EMPTY,
            state: BTreeSet::new(),
            sent: 0,
            received: VectorClock::new(group.size),
            acknowledged: BTreeMap::new(),
            unstable: Vec::new(),
            change: None,
            flushed: BTreeMap::new(),
            early: Vec::new(),
            blocked: Vec::new(),
            leaving: false,
            joining: NodeSet::EMPTY,
            briefed: NodeSet::EMPTY,
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
        match request {
            GroupRequest::Join => self.join(ctx),
            GroupRequest::Leave => match self.change {
                _ if self.view.is_none() || self.leaving => refuse(ctx, "not a member"),
                Some(_) => self.leaving = true,
                None => self.leave(ctx),
            },
            GroupRequest::Query => match self.view {
                Some(View { members, .. }) => ctx.indicate(GroupIndication::Respond { members }),
                None => refuse(ctx, "not a member"),
            },
            GroupRequest::Broadcast(payload) => {
                self.sent += 1;
                let id = BroadcastId { from: ctx.me(), seq: self.sent };
                match self.change {
                    _ if self.view.is_none() || self.leaving => refuse(ctx, "not a member"),
                    Some(_) => self.blocked.push((id, payload)),
                    None => self.broadcast(ctx, id, payload),
                }
            }
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        match message {
            Message::Data(data) => self.on_data(ctx, from, data),
            Message::Addition(data) => self.on_addition(from, data),
            Message::Ack { view, has } => self.on_ack(ctx, from, view, has),
            Message::Flush(change) => self.on_flush(ctx, from, change),
            Message::Join => self.on_join(ctx, from),
            Message::State { view, messages } => self.on_state(ctx, view, messages),
            Message::View(view) => self.on_view(ctx, from, view),
            Message::Heartbeat(heartbeat) => {
                self.heartbeats(ctx, |layer, ctx| layer.on_message(ctx, from, heartbeat));
            }
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: Timer) {
        match timer {
            Timer::AskAgain => self.ask(ctx),
            Timer::Heartbeats(timer) => {
                self.heartbeats(ctx, |layer, ctx| layer.on_timer(ctx, timer));
            }
        }
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

    fn measure(&self, _at: Moment) -> Vec<i64> {
        let view = self.view.map_or(0, |view| view.number);
        vec![view.into(), self.unstable.len() as i64]
    }

    fn waits_for(&self) -> NodeSet {
        let Some(change) = self.change else { return NodeSet::EMPTY };
        let done = self.flushed.iter().filter(|(_, flushed)| **flushed == change);
        change.to().members.without(done.map(|(node, _)| *node).collect())
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

impl Change {
    /// No change yet.
    const fn of(from: View) -> Self {
        Self { from, joined: NodeSet::EMPTY, gone: NodeSet::EMPTY }
    }

    /// All that has happened to the same view, as far as two of its members know.
    const fn merge(self, other: Self) -> Self {
        let (joined, gone) = (self.joined.or(other.joined), self.gone.or(other.gone));
        Self { from: self.from, joined, gone }
    }

    /// The next view.
    const fn to(self) -> View {
        View {
            number: self.from.number + (self.joined.len() + self.gone.len()) as u32,
            members: self.from.members.or(self.joined).without(self.gone),
        }
    }

    /// The members who go on to the next view.
    const fn remaining(self) -> NodeSet {
        self.from.members.without(self.gone)
    }
}

/// Multicasts within a view.
impl VirtualSynchrony {
    fn broadcast(&mut self, ctx: &mut Context<Self>, id: BroadcastId, payload: Value) {
        let Some(View { number: view, members }) = self.view else { return };
        self.received[id.from] = id.seq;
        let data = Data { view, id, payload: payload.clone(), has: self.received.clone() };
        ctx.multicast(but_me(members, ctx), Message::Data(data));
        self.deliver(ctx, Unstable { view, id, payload, shared: members });
    }

    fn deliver(&mut self, ctx: &mut Context<Self>, message: Unstable) {
        let (BroadcastId { from, seq }, payload) = (message.id, message.payload.clone());
        self.keep(message);
        ctx.indicate(GroupIndication::Deliver(Deliver { from, seq, payload }));
        self.forget_what_all_have(ctx);
    }

    fn keep(&mut self, message: Unstable) {
        self.state.insert((message.id, message.payload.clone()));
        self.unstable.push(message);
    }

    fn on_data(&mut self, ctx: &mut Context<Self>, from: NodeId, data: Data) {
        match (self.view, self.basis()) {
            (None, Some(basis)) if data.view <= basis.number => self.on_addition(from, data),
            (None, _) if self.asked.is_some() => self.early.push((from, Message::Data(data))),
            (Some(view), _) if data.view > view.number => {
                self.early.push((from, Message::Data(data)));
            }
            (Some(view), _) if data.view == view.number => {
                if !self.is_gone(from) {
                    self.receive(ctx, from, data);
                }
            }
            (Some(_), _) if data.id.seq > self.received[data.id.from] => {
                ctx.note(format!("{} is too late: view {} is over", data.payload, data.view));
            }
            _ => {}
        }
    }

    fn receive(&mut self, ctx: &mut Context<Self>, from: NodeId, data: Data) {
        let Data { view, id, payload, has } = data;
        if id.seq > self.received[id.from] {
            self.received[id.from] = id.seq;
            self.deliver(
                ctx,
                Unstable { view, id, payload, shared: [from, id.from].into_iter().collect() },
            );
            if let (Acks::AtOnce, None, Some(View { number: view, members })) =
                (self.acks, self.change, self.view)
            {
                ctx.multicast(
                    but_me(members, ctx),
                    Message::Ack { view, has: self.received.clone() },
                );
            }
        } else if let Some(copy) = self.unstable.iter_mut().find(|copy| copy.id == id) {
            copy.shared.insert(from);
        }
        self.on_ack(ctx, from, view, has);
    }

    fn on_ack(&mut self, ctx: &mut Context<Self>, from: NodeId, view: u32, has: VectorClock) {
        if self.view.is_some_and(|mine| mine.number == view) {
            self.arrived.insert(from);
            match self.acknowledged.get_mut(&from) {
                Some(known) => known.join(&has),
                None => drop(self.acknowledged.insert(from, has)),
            }
            self.forget_what_all_have(ctx);
        }
    }

    /// What is stable need not be kept, unless somebody who is about to join may lack it. A message of an
    /// earlier view is kept for those who may not have got here yet, but not for those whom this node has it
    /// from or has sent it to.
    fn forget_what_all_have(&mut self, ctx: &Context<Self>) {
        let Some(View { number, members }) = self.view else { return };
        let others = but_me(members, ctx);
        let newcomers = self.change.map_or(NodeSet::EMPTY, |change| change.joined);
        let (acknowledged, arrived) = (&self.acknowledged, self.arrived);
        self.unstable.retain(|&Unstable { view, id, shared, .. }| {
            let has =
                |node: NodeId| acknowledged.get(&node).is_some_and(|has| has[id.from] >= id.seq);
            let stable = match view == number {
                true => others.into_iter().all(has) && newcomers.is_subset(shared),
                false => others.is_subset(shared.or(arrived)),
            };
            !stable
        });
    }
}

/// From view to view.
impl VirtualSynchrony {
    /// The view whose change this node takes part in: its own, or that of those whom it joins.
    fn basis(&self) -> Option<View> {
        self.view.or_else(|| self.change.map(|change| change.from))
    }

    /// What a node sends that is known to have gone may not reach everybody: it is too late.
    fn is_gone(&self, node: NodeId) -> bool {
        self.change.is_some_and(|change| change.gone.contains(node))
    }

    fn on_notice(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        match detection {
            Detection::Suspect(node) => {
                self.crashed.insert(node);
                if self.asked.is_some() {
                    self.follow(ctx);
                } else {
                    self.review(ctx);
                }
            }
            Detection::Restore(node) => self.crashed.remove(node),
        }
    }

    fn on_join(&mut self, ctx: &mut Context<Self>, from: NodeId) {
        let Some(basis) = self.basis() else { return };
        // The question of a member that has not left has been answered already.
        if !basis.members.contains(from) || self.is_gone(from) {
            self.joining.insert(from);
            self.review(ctx);
        }
    }

    /// Looks whether there is something to change.
    fn review(&mut self, ctx: &mut Context<Self>) {
        if let Some(basis) = self.basis() {
            self.go_on(ctx, self.change.unwrap_or(Change::of(basis)));
        }
    }

    /// Adds what this node knows itself to a change, and flushes it if there is something new in it.
    fn go_on(&mut self, ctx: &mut Context<Self>, mut change: Change) {
        let members = change.from.members;
        if self.view.is_some() {
            let joining = self.joining.without(members).without(self.crashed);
            change.joined = change.joined.or(joining);
        }
        change.gone = change.gone.or(self.crashed.and(members.or(change.joined)));
        if self.change == Some(change) {
            self.install_if_all_have_flushed(ctx);
        } else if change != Change::of(change.from) {
            self.begin(ctx, change);
        }
    }

    fn begin(&mut self, ctx: &mut Context<Self>, change: Change) {
        self.change = Some(change);
        if !self.flush {
            return self.announce(ctx, change);
        }
        // Who joins has nothing to flush before it has the state.
        if self.view.is_some() || self.is_briefed(change) {
            let others = but_me(change.to().members, ctx);
            self.brief_who_joins(ctx, change);
            self.send_copies(ctx, others, change.joined);
            ctx.multicast(others, Message::Flush(change));
            self.flushed.insert(ctx.me(), change);
            if let Some(joiner) = &mut self.asked {
                joiner.changes.insert(change.from.number, change);
            }
            self.install_if_all_have_flushed(ctx);
        }
    }

    /// Without a flush: the first one who remains, or who leaves, tells the others the next view.
    fn announce(&mut self, ctx: &mut Context<Self>, change: Change) {
        let (me, next) = (ctx.me(), change.to());
        if change.remaining().lowest() == Some(me) || change.gone.contains(me) {
            self.brief_who_joins(ctx, change);
            ctx.multicast(but_me(next.members, ctx), Message::View(next));
        }
        if next.members.contains(me) {
            self.install(ctx, next);
        }
    }

    fn brief_who_joins(&mut self, ctx: &mut Context<Self>, change: Change) {
        let newcomers = change.joined.without(change.gone).without(self.briefed);
        if change.remaining().lowest() == Some(ctx.me()) && !newcomers.is_empty() {
            self.briefed = self.briefed.or(newcomers);
            for copy in &mut self.unstable {
                copy.shared = copy.shared.or(newcomers);
            }
            let (view, messages) = (change.from.number, self.state.clone());
            ctx.multicast(newcomers, Message::State { view, messages });
        }
    }

    /// Sends these nodes what they may lack.
    fn send_copies(&mut self, ctx: &mut Context<Self>, to: NodeSet, newcomers: NodeSet) {
        // Who joins may have copies from those who have crashed, of a view that went another way.
        let only = self.view.is_none().then_some(self.change).flatten();
        for Unstable { view, id, payload, shared } in &mut self.unstable {
            if only.is_some_and(|change| change.from.number != *view) {
                continue;
            }
            let to = to.without(*shared);
            let data =
                Data { view: *view, id: *id, payload: payload.clone(), has: self.received.clone() };
            *shared = shared.or(to);
            ctx.multicast(to.without(newcomers), Message::Data(data.clone()));
            ctx.multicast(to.and(newcomers), Message::Addition(data));
        }
    }

    fn on_flush(&mut self, ctx: &mut Context<Self>, from: NodeId, change: Change) {
        let Some(view) = self.view else { return self.on_flush_outside(ctx, from, change) };
        match change.from.number.cmp(&view.number) {
            Ordering::Greater => self.catch_up(ctx, from, change),
            Ordering::Equal if self.is_gone(from) => {}
            Ordering::Equal => {
                self.arrived.insert(from);
                self.flushed.insert(from, change);
                self.go_on(ctx, self.change.map_or(change, |mine| mine.merge(change)));
            }
            Ordering::Less => {
                // It has been left behind, since somebody crashed in the middle of its flushes.
                if view.members.contains(from) {
                    self.send_copies(ctx, from.into(), NodeSet::EMPTY);
                    ctx.send(from, Message::View(view));
                }
            }
        }
    }

    fn install_if_all_have_flushed(&mut self, ctx: &mut Context<Self>) {
        let Some(change) = self.change else { return };
        let next = change.to();
        let has_flushed = |node: NodeId| self.flushed.get(&node) == Some(&change);
        // Where no old member remains, the group has ceased to be.
        let goes_on = next.members.contains(ctx.me()) && !change.remaining().is_empty();
        if goes_on && next.members.into_iter().all(has_flushed) {
            self.take_state(ctx, change.from.number);
            self.install(ctx, next);
        }
    }

    fn install(&mut self, ctx: &mut Context<Self>, view: View) {
        let View { number: id, members } = view;
        self.view = Some(view);
        self.arrived = NodeSet::EMPTY;
        self.change = None;
        self.flushed.clear();
        self.briefed = NodeSet::EMPTY;
        self.joining = self.joining.without(members);
        self.forget_what_all_have(ctx);
        ctx.indicate(GroupIndication::View { id, members });
        for (id, payload) in mem::take(&mut self.blocked) {
            self.broadcast(ctx, id, payload);
        }
        if mem::take(&mut self.leaving) {
            return self.leave(ctx);
        }
        for (from, message) in mem::take(&mut self.early) {
            self.on_message(ctx, from, message);
        }
        self.review(ctx);
    }

    /// Somebody has installed a view that this node takes part in, and has sent it what it lacked of the one
    /// before.
    fn on_view(&mut self, ctx: &mut Context<Self>, from: NodeId, view: View) {
        // Who joins knows the view before from the sender's last flush.
        let flushed = self.flushed.get(&from).map(|change| change.from.number);
        let before = match self.view {
            Some(mine) => Some(mine.number),
            None if self.flush => flushed,
            None => self.asked.is_some().then_some(0),
        };
        // If the sender has gone, and this node has flushed so, others may go on without that view.
        if let Some(before) = before.filter(|before| view.number > *before)
            && view.members.contains(ctx.me())
            && !self.is_gone(from)
        {
            self.take_state(ctx, before);
            self.install(ctx, view);
        }
    }

    /// Who flushes for the view after the next has installed the next one.
    fn catch_up(&mut self, ctx: &mut Context<Self>, from: NodeId, change: Change) {
        self.on_view(ctx, from, change.from);
        if self.view.is_some_and(|view| view.number >= change.from.number) {
            self.on_flush(ctx, from, change);
        }
    }
}

/// In and out.
impl VirtualSynchrony {
    fn join(&mut self, ctx: &mut Context<Self>) {
        if self.view.is_some() {
            return refuse(ctx, "a member already");
        }
        if self.asked.is_some() {
            return refuse(ctx, "has asked already");
        }
        self.asked = Some(Joiner::default());
        self.ask(ctx);
    }

    fn ask(&self, ctx: &mut Context<Self>) {
        ctx.send_others(Message::Join);
        ctx.set_timer(Timer::AskAgain, self.retry.into());
    }

    fn on_state(&mut self, ctx: &mut Context<Self>, view: u32, messages: Messages) {
        let Some(joiner) = &mut self.asked else { return };
        joiner.states.insert(view, messages);
        if let Some(change) = self.change.filter(|change| change.from.number == view) {
            self.begin(ctx, change);
        }
    }

    /// It was for the members to deliver; who joins takes it into its state.
    fn on_addition(&mut self, from: NodeId, data: Data) {
        let Data { view, id, payload, .. } = data;
        match self.unstable.iter_mut().find(|copy| copy.id == id) {
            _ if self.asked.is_none() => {}
            Some(copy) => drop(copy.shared.insert(from)),
            None => {
                let shared = [from, id.from].into_iter().collect();
                self.unstable.push(Unstable { view, id, payload, shared });
            }
        }
    }

    fn on_flush_outside(&mut self, ctx: &mut Context<Self>, from: NodeId, change: Change) {
        if self.asked.is_none() {
            return;
        }
        if change.joined.contains(ctx.me()) {
            self.flushed.insert(from, change);
            self.follow(ctx);
        } else {
            self.catch_up(ctx, from, change);
        }
    }

    /// Who joins goes with those who have got furthest, and with the others again if all of these have crashed:
    /// where they were nobody else will ever be.
    fn follow(&mut self, ctx: &mut Context<Self>) {
        let (me, crashed) = (ctx.me(), self.crashed);
        let theirs = self.flushed.iter().filter(|(by, _)| **by != me && !crashed.contains(**by));
        let theirs = theirs.map(|(_, change)| *change);
        let Some(furthest) = theirs.clone().max_by_key(|change| change.from.number) else { return };
        let number = furthest.from.number;
        let mine = self.asked.as_ref().and_then(|joiner| joiner.changes.get(&number)).copied();
        let all = theirs.filter(|change| change.from.number == number).chain(mine);
        let change = all.fold(furthest, Change::merge);
        if self.change.is_some_and(|before| before.from.number != number) {
            self.change = None;
        }
        self.go_on(ctx, change);
    }

    fn is_briefed(&self, change: Change) -> bool {
        self.asked.as_ref().is_some_and(|joiner| joiner.states.contains_key(&change.from.number))
    }

    /// The state that a view was left with is the one in which a member found it, and what has come since.
    fn take_state(&mut self, ctx: &mut Context<Self>, view: u32) {
        let Some(mut joiner) = self.asked.take() else { return };
        ctx.cancel_timer(Timer::AskAgain);
        self.state = joiner.states.remove(&view).unwrap_or_default();
        self.unstable.retain(|copy| copy.view == view);
        let additions = self.unstable.iter().map(|copy| (copy.id, copy.payload.clone()));
        self.state.extend(additions);
    }

    fn leave(&mut self, ctx: &mut Context<Self>) {
        let Some(view) = self.view else { return };
        self.begin(ctx, Change { gone: ctx.me().into(), ..Change::of(view) });
        ctx.indicate(GroupIndication::Left { id: view.number });
        self.view = None;
        self.change = None;
        self.flushed.clear();
        self.state.clear();
        self.unstable.clear();
        self.early.clear();
        self.joining = NodeSet::EMPTY;
        self.briefed = NodeSet::EMPTY;
    }

    /// Hands an event to the layer below, and takes what it tells.
    fn heartbeats(
        &mut self,
        ctx: &mut Context<Self>,
        event: impl FnOnce(&mut HeartbeatDetector, &mut Context<HeartbeatDetector>),
    ) {
        for notice in ctx.using(&mut self.heartbeats, event) {
            self.on_notice(ctx, notice.into());
        }
    }
}

fn but_me(nodes: NodeSet, ctx: &Context<VirtualSynchrony>) -> NodeSet {
    nodes.without(ctx.me().into())
}
