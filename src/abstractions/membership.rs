//! Groups that change: requests to a membership, its indications, and its properties.
//!
//! Properties: Chockler, Keidar and Vitenberg 2001, *Group Communication Specifications: A Comprehensive
//! Study*; CGR, modules 6.8 (group membership) and 6.9 (view synchrony).
//!
//! A delivery in a group is the [`Deliver`] of broadcast, and is judged by the properties of broadcast as well.

mod progress;

use serde::Serialize;
use serde_json::Value as Json;

use super::{
    Value,
    broadcast::{BroadcastId, Deliver, Numbering},
    detection::Notice,
    naming::{Mention, Sentence},
    watch::{Violation, Watch, safety},
};
pub use progress::{CRASHED_MEMBERS_LEAVE, JOIN_COMPLETION};

use crate::kernel::{
    Carried, EventId, Indication, Kind, Needs, NodeId, NodeSet, Observation, Property, Request,
    RequestKind, Seen, SortedMap, With,
};

/// A request to a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
pub enum GroupRequest {
    /// Asks to become a member.
    #[display("join")]
    Join,
    /// Asks to be a member no more.
    #[display("leave")]
    Leave,
    /// Asks for the members.
    #[display("query")]
    Query,
    /// Asks to deliver a message to all members.
    #[display("broadcast {_0}")]
    Broadcast(Value),
}

impl Request for GroupRequest {
    const KINDS: &'static [RequestKind] = &[
        RequestKind { name: "join", help: "Become a member.", with: With::Nothing },
        RequestKind { name: "leave", help: "Be a member no more.", with: With::Nothing },
        RequestKind { name: "query", help: "Ask for the members.", with: With::Nothing },
        RequestKind {
            name: "broadcast",
            help: "Send a message to all members.",
            with: With::Text { label: "message" },
        },
    ];

    fn read(name: &str, with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        match (name, with) {
            ("broadcast", with) => Value::read(with).map(Self::Broadcast),
            (_, Some(_)) => Err("nothing".to_owned()),
            ("join", None) => Ok(Self::Join),
            ("leave", None) => Ok(Self::Leave),
            (_, None) => Ok(Self::Query),
        }
    }
}

/// An indication of a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum GroupIndication {
    /// The node installs a view.
    #[display("view {id}: {members}")]
    View {
        /// Number of the view: later ones have greater numbers.
        id: u32,
        /// Its members.
        members: NodeSet,
    },
    /// The node has left: it is in no view any more.
    #[display("leave view {id}")]
    Left {
        /// Number of its last view.
        id: u32,
    },
    /// The answer to a query.
    #[display("respond {members}")]
    Respond {
        /// Members of the group.
        members: NodeSet,
    },
    /// The last request is refused.
    #[display("refuse ({why})")]
    Refuse {
        /// Reason of the refusal.
        why: &'static str,
    },
    /// The node is a member from now on: it receives every message that is broadcast later. A group in which no node
    /// knows all members, such as a multicast address, tells this in place of a view.
    #[display("joined")]
    Joined {
        /// The node itself.
        member: NodeId,
    },
    /// A message is delivered.
    Deliver(Deliver<Value>),
    /// A member is suspected, or restored.
    Notice(Notice),
}

impl Indication for GroupIndication {
    fn kind(&self) -> &'static str {
        match self {
            Self::View { .. } => "view",
            Self::Left { .. } => "leave",
            Self::Respond { .. } => "respond",
            Self::Refuse { .. } => "refuse",
            Self::Joined { .. } => "joined",
            Self::Deliver(deliver) => deliver.kind(),
            Self::Notice(notice) => notice.kind(),
        }
    }

    fn delivers(&self) -> Option<Carried> {
        match self {
            Self::Deliver(deliver) => deliver.delivers(),
            _ => None,
        }
    }
}

/// A view: the members of the group until the next view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("VIEW {number}")]
pub struct View {
    /// Number of joins, leaves and crashes before it: later views have greater numbers.
    pub number: u32,
    /// Its members.
    pub members: NodeSet,
}

/// A change from a view to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ViewChange {
    /// The view.
    pub from: View,
    /// Processes that join.
    pub joined: NodeSet,
    /// Members that have crashed or left.
    pub gone: NodeSet,
}

impl ViewChange {
    /// No change yet.
    #[must_use]
    pub const fn of(from: View) -> Self {
        Self { from, joined: NodeSet::EMPTY, gone: NodeSet::EMPTY }
    }

    /// Returns the change with everything that either of two members of the view knows.
    #[must_use]
    pub const fn merge(self, other: Self) -> Self {
        let (joined, gone) = (self.joined.or(other.joined), self.gone.or(other.gone));
        Self { from: self.from, joined, gone }
    }

    /// Returns the next view. If one change of a view contains another one, the results have different numbers.
    #[must_use]
    pub const fn to(self) -> View {
        View {
            number: self.from.number + (self.joined.len() + self.gone.len()) as u32,
            members: self.from.members.or(self.joined).without(self.gone),
        }
    }

    /// Returns the members that go on to the next view.
    #[must_use]
    pub const fn remaining(self) -> NodeSet {
        self.from.members.without(self.gone)
    }
}

/// View agreement.
///
/// Here a view's number is its name, as in the textbook: two views of one number with different members violate
/// it. The other properties take such views for different ones.
pub const VIEW_AGREEMENT: Property = Property {
    name: "view agreement",
    kind: Kind::Safety,
    statement: "If some process installs a view (i, M) and another process installs some view \
                (i, M'), then M = M'.",
    monitor: |_| safety(ViewAgreement::default()),
};

/// Self-inclusion.
pub const SELF_INCLUSION: Property = Property {
    name: "self-inclusion",
    kind: Kind::Safety,
    statement: "If a process p installs a view (i, M), then p is in M.",
    monitor: |_| safety(SelfInclusion),
};

/// Same-view delivery.
///
/// A delivery before any view is a delivery in none, which counts as one. Views of one number with different
/// members are different views.
pub const SAME_VIEW_DELIVERY: Property = Property {
    name: "same-view delivery",
    kind: Kind::Safety,
    statement: "If processes p and q both deliver message m, they deliver m in the same view.",
    monitor: |_| safety(SameViewDelivery::default()),
};

/// Virtual synchrony.
///
/// Views of one number with different members are different views: processes that install them do not go on
/// together.
pub const VIRTUAL_SYNCHRONY: Property = Property {
    name: "virtual synchrony",
    kind: Kind::Safety,
    statement: "If processes p and q install the same new view in the same previous view, then any \
                message delivered by p in the previous view is also delivered by q in it.",
    monitor: |_| safety(VirtualSynchrony::default()),
};

/// Failure order.
///
/// A failure notice is an indication that a node is suspected, or a view without a node of the previous view. It is taken
/// back when the node is restored, or in a view again. The notice counts even if the node has left or is up: for the
/// application that has received it, the node has failed.
pub const FAILURE_ORDER: Property = Property {
    name: "failure order",
    kind: Kind::Safety,
    statement: "No message from a failed process is delivered after the notice of its failure.",
    monitor: |_| safety(FailureOrder::default()),
};

/// Primary partition.
///
/// A view is known by its number and its members. It follows on the view that a process was in when it installed
/// it, and on all that this one follows on, by the installations so far. Two views of one group that processes
/// have gone on to are two partitions if neither follows on the other and they have no member in common,
/// whatever their numbers are and whichever was installed first. A process's first view follows on none, so
/// that it is not compared before another process goes on to it; views are of one group if installations link them.
pub const PRIMARY_PARTITION: Property = Property {
    name: "primary partition",
    kind: Kind::Safety,
    statement: "Only one partition goes on: of two views that processes go on to, one follows on the other \
                or they have a member in common.",
    monitor: |_| safety(PrimaryPartition::default()),
};

/// A view's identity: its number and its members.
type ViewName = (u32, NodeSet);

/// An event that the monitors of groups observe.
pub(super) enum Heard<'a> {
    View {
        id: u32,
        members: NodeSet,
    },
    Deliver(&'a Deliver<Value>),
    Notice(Notice),
    /// The node leaves, or its application forgets.
    Gone,
}

impl<'a> Heard<'a> {
    pub(super) fn of(seen: &Observation<'a>) -> Option<Self> {
        let packet = match seen.what {
            Seen::Indication(packet) => packet,
            Seen::Crash => return Some(Self::Gone),
            _ => return None,
        };
        let plain = || packet.get().map(Self::Deliver);
        let notice = || packet.get().copied().map(Self::Notice);
        match packet.get() {
            Some(GroupIndication::View { id, members }) => {
                Some(Self::View { id: *id, members: *members })
            }
            Some(GroupIndication::Deliver(deliver)) => Some(Self::Deliver(deliver)),
            Some(GroupIndication::Notice(notice)) => Some(Self::Notice(*notice)),
            Some(GroupIndication::Left { .. }) => Some(Self::Gone),
            Some(
                GroupIndication::Respond { .. }
                | GroupIndication::Refuse { .. }
                | GroupIndication::Joined { .. },
            ) => None,
            None => plain().or_else(notice),
        }
    }
}

/// The nodes that a broadcast binds: all; or, once a node has been told that it has joined, the members.
///
/// A node is a member from the indication that it has joined until it asks to leave or crashes. It is not bound by
/// messages that were broadcast before it joined, or that it may have left before they came.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Members {
    /// By node: the event since which it has been a member. None as long as no node has joined.
    since: Option<Vec<Option<EventId>>>,
    /// By node: the events in which it broadcast.
    broadcasts: Vec<Vec<EventId>>,
}

impl Members {
    pub(super) fn new(nodes: usize) -> Self {
        Self { since: None, broadcasts: vec![Vec::new(); nodes] }
    }

    pub(super) fn observe(&mut self, seen: &Observation) {
        let (node, nodes) = (seen.node.index(), self.broadcasts.len());
        let gone = match seen.what {
            Seen::Request(packet) => match packet.get() {
                Some(GroupRequest::Broadcast(_)) => {
                    self.broadcasts[node].push(seen.id);
                    false
                }
                Some(GroupRequest::Leave) => true,
                _ => false,
            },
            Seen::Indication(packet) => {
                if let Some(GroupIndication::Joined { .. }) = packet.get() {
                    let since = self.since.get_or_insert_with(|| vec![None; nodes]);
                    since[node].get_or_insert(seen.id);
                }
                false
            }
            Seen::Crash => true,
            _ => false,
        };
        if let Some(since) = self.since.as_mut().filter(|_| gone) {
            since[node] = None;
        }
    }

    /// Returns the nodes that a broadcast binds.
    pub(super) fn bound_by(&self, id: BroadcastId) -> NodeSet {
        let nodes = NodeSet::first(self.broadcasts.len());
        let Some(since) = &self.since else { return nodes };
        let events = &self.broadcasts[id.from.index()];
        let asked = events.get((id.seq as usize).wrapping_sub(1));
        let bound = |node: &NodeId| since[node.index()].is_some_and(|it| Some(&it) < asked);
        nodes.into_iter().filter(bound).collect()
    }
}

/// By number of a view: the node that installed it first, the event and the members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct ViewAgreement(SortedMap<u32, (NodeId, EventId, NodeSet)>);

impl Watch for ViewAgreement {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let Heard::View { id, members } = Heard::of(seen)? else { return None };
        let (node, event, first) = *self.0.entry(id).or_insert((seen.node, seen.id, members));
        let why = format!("{node} installed view {id} with {first}, {} with {members}", seen.node);
        (first != members).then(|| Violation::new(why, [event, seen.id]))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct SelfInclusion;

impl Watch for SelfInclusion {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let Heard::View { id, members } = Heard::of(seen)? else { return None };
        let why = format!("{} installed view {id}, which it is not in", seen.node);
        (!members.contains(seen.node)).then(|| Violation::new(why, [seen.id]))
    }
}

/// Returns the names of two views in a sentence: with their members if they have the same number.
fn in_views(views: [Option<ViewName>; 2]) -> [String; 2] {
    let [one, two] = views;
    let namesakes = one != two && one.map(|(id, _)| id) == two.map(|(id, _)| id);
    views.map(|view| match view {
        None => "no view".to_owned(),
        Some((id, members)) if namesakes => format!("view {id} of {members}"),
        Some((id, _)) => format!("view {id}"),
    })
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct SameViewDelivery {
    numbering: Numbering,
    views: SortedMap<NodeId, ViewName>,
    /// By message: its first delivery.
    delivered: SortedMap<BroadcastId, (NodeId, EventId, Option<ViewName>)>,
}

impl Watch for SameViewDelivery {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn go_on(&mut self, seen: &Observation) {
        self.numbering.hear(seen);
    }

    fn name(&self, message: &Mention) -> String {
        self.numbering.mention(message)
    }

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        self.numbering.hear(seen);
        match Heard::of(seen)? {
            Heard::View { id, members } => {
                self.views.insert(seen.node, (id, members));
                None
            }
            Heard::Gone => {
                self.views.remove(&seen.node);
                None
            }
            Heard::Notice(_) => None,
            Heard::Deliver(deliver) => {
                let view = self.views.get(&seen.node).copied();
                let first = (seen.node, seen.id, view);
                let (node, event, first) = *self.delivered.entry(deliver.id()).or_insert(first);
                if first == view {
                    return None;
                }
                let [there, here] = in_views([first, view]);
                let why = Sentence::new(format!("{node} delivered "))
                    .message(deliver.id().mention(&deliver.payload))
                    .words(format!(" in {there}, {} in {here}", seen.node));
                Some(Violation::new(why, [event, seen.id]))
            }
        }
    }
}

/// Equality is transitive, so a node that goes on from a view to another is compared with the first that did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct VirtualSynchrony {
    numbering: Numbering,
    /// By node: its current view, and the messages that it has delivered there.
    current: SortedMap<NodeId, (ViewName, Delivered)>,
    /// By two successive views: the first node that went on from one to the other, the event, and its deliveries.
    steps: SortedMap<(ViewName, ViewName), (NodeId, EventId, Delivered)>,
}

/// Delivered messages, each with the event of its delivery.
type Delivered = SortedMap<BroadcastId, (EventId, Value)>;

impl Watch for VirtualSynchrony {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn go_on(&mut self, seen: &Observation) {
        self.numbering.hear(seen);
    }

    fn name(&self, message: &Mention) -> String {
        self.numbering.mention(message)
    }

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        self.numbering.hear(seen);
        match Heard::of(seen)? {
            Heard::View { id, members } => {
                let next = (id, members);
                let (previous, delivered) =
                    self.current.insert(seen.node, (next, Delivered::new()))?;
                self.step(seen, (previous, next), delivered)
            }
            Heard::Deliver(deliver) => {
                let (_, delivered) = self.current.get_mut(&seen.node)?;
                delivered.entry(deliver.id()).or_insert_with(|| (seen.id, deliver.payload.clone()));
                None
            }
            Heard::Gone => {
                self.current.remove(&seen.node);
                None
            }
            Heard::Notice(_) => None,
        }
    }
}

impl VirtualSynchrony {
    fn step(
        &mut self,
        seen: &Observation,
        (previous, next): (ViewName, ViewName),
        mine: Delivered,
    ) -> Option<Violation> {
        let Some((peer, moved, theirs)) = self.steps.get(&(previous, next)) else {
            self.steps.insert((previous, next), (seen.node, seen.id, mine));
            return None;
        };
        let only = |here: &Delivered, there: &Delivered, node: NodeId, other: NodeId| {
            let lacks = here.iter().find(|(id, _)| !there.contains_key(id));
            lacks.map(|(id, (event, payload))| (*event, id.mention(payload), node, other))
        };
        let (event, message, node, other) = only(theirs, &mine, *peer, seen.node)
            .or_else(|| only(&mine, theirs, seen.node, *peer))?;
        let [here, there] = in_views([Some(previous), Some(next)]);
        let why = Sentence::new(format!("{node} delivered "))
            .message(message)
            .words(format!(" in {here}, {other} went on to {there} without it"));
        Some(Violation::new(why, [event, *moved, seen.id]))
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct FailureOrder {
    numbering: Numbering,
    members: SortedMap<NodeId, NodeSet>,
    /// By the node that was told and the node that failed.
    notices: SortedMap<(NodeId, NodeId), EventId>,
}

impl Watch for FailureOrder {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn go_on(&mut self, seen: &Observation) {
        self.numbering.hear(seen);
    }

    fn name(&self, message: &Mention) -> String {
        self.numbering.mention(message)
    }

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        self.numbering.hear(seen);
        let node = seen.node;
        match Heard::of(seen)? {
            Heard::View { members, .. } => {
                let before = self.members.insert(node, members).unwrap_or_default();
                for gone in before.without(members) {
                    self.notices.entry((node, gone)).or_insert(seen.id);
                }
                for member in members {
                    self.notices.remove(&(node, member));
                }
                None
            }
            Heard::Notice(Notice::Suspect { node: about }) => {
                self.notices.entry((node, about)).or_insert(seen.id);
                None
            }
            Heard::Notice(Notice::Restore { node: about }) => {
                self.notices.remove(&(node, about));
                None
            }
            Heard::Gone => {
                self.members.remove(&node);
                self.notices.retain(|(told, _), _| *told != node);
                None
            }
            Heard::Deliver(deliver) => {
                let from = deliver.from;
                let notice = *self.notices.get(&(node, from))?;
                let why = Sentence::new(format!("{node} delivered "))
                    .message(deliver.id().mention(&deliver.payload))
                    .words(format!(" after it was told that {from} failed"));
                Some(Violation::new(why, [notice, seen.id]))
            }
        }
    }
}

/// The views of a run and their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct PrimaryPartition {
    views: Vec<Followed>,
    places: SortedMap<ViewName, usize>,
    /// By node: the place of the view that it is in.
    current: SortedMap<NodeId, usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Followed {
    name: ViewName,
    /// The first process that went on to it, and the event.
    reached: Option<(NodeId, EventId)>,
    /// The views that it follows on immediately.
    before: Vec<usize>,
    /// The views that follow on it immediately.
    after: Vec<usize>,
    /// The same for all views that are linked.
    group: usize,
}

impl PrimaryPartition {
    fn place(&mut self, name: ViewName) -> usize {
        let place = *self.places.entry(name).or_insert(self.views.len());
        if place == self.views.len() {
            let (before, after) = (Vec::new(), Vec::new());
            self.views.push(Followed { name, reached: None, before, after, group: place });
        }
        place
    }

    /// Takes note that a process went on from one view to another.
    fn link(&mut self, from: usize, to: usize) {
        if self.views[to].before.contains(&from) {
            return;
        }
        self.views[to].before.push(from);
        self.views[from].after.push(to);
        let (one, other) = (self.views[from].group, self.views[to].group);
        if one != other {
            self.views.iter_mut().filter(|it| it.group == other).for_each(|it| it.group = one);
        }
    }

    /// Marks the view and everything that is reached from it in one direction.
    fn mark(&self, from: usize, related: &mut [bool], next: impl Fn(&Followed) -> &Vec<usize>) {
        let mut seen = vec![false; self.views.len()];
        let mut open = vec![from];
        while let Some(place) = open.pop() {
            if std::mem::replace(&mut seen[place], true) {
                continue;
            }
            related[place] = true;
            open.extend(next(&self.views[place]));
        }
    }

    /// The first view that goes on beside this one.
    fn rival(&self, place: usize) -> Option<&Followed> {
        let (_, members) = self.views[place].name;
        let group = self.views[place].group;
        let apart = |it: &Followed| {
            it.reached.is_some() && it.group == group && it.name.1.and(members).is_empty()
        };
        if !self.views.iter().any(apart) {
            return None;
        }
        let mut related = vec![false; self.views.len()];
        self.mark(place, &mut related, |it| &it.before);
        self.mark(place, &mut related, |it| &it.after);
        let mut views = self.views.iter().zip(related);
        views.find(|(it, related)| !related && apart(it)).map(|(it, _)| it)
    }
}

impl Watch for PrimaryPartition {
    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let node = seen.node;
        let name = match Heard::of(seen)? {
            Heard::View { id, members } => (id, members),
            Heard::Gone => {
                self.current.remove(&node);
                return None;
            }
            Heard::Deliver(_) | Heard::Notice(_) => return None,
        };
        let place = self.place(name);
        let from = self.current.insert(node, place)?;
        if from == place {
            return None;
        }
        self.link(from, place);
        if self.views[place].reached.is_some() {
            return None;
        }
        self.views[place].reached = Some((node, seen.id));
        let rival = self.rival(place)?;
        let (other, event) = rival.reached?;
        let ((mine, members), (theirs, others)) = (name, rival.name);
        let why = format!(
            "{other} went on in view {theirs} of {others} and {node} in view {mine} of {members}: neither \
             view follows on the other, and they have no member in common"
        );
        Some(Violation::new(why, [event, seen.id]))
    }
}
