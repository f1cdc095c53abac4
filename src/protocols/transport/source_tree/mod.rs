//! Source-based multicast trees by reverse-path forwarding.
//!
//! A packet names its source and its group, not its receivers. A router that receives one checks whether it came by
//! the link that the router itself would use to reach the *source*. If so, it forwards the packet by all its other
//! links; if not, it discards the packet. So no packet goes round in circles, though the network has cycles: each
//! router accepts a packet from one neighbour only, and that neighbour is one step nearer to the source. These steps
//! are the tree, and each path in it is a shortest one.
//!
//! The first packet of a source goes everywhere. A **prune** goes back from a node that has no use for it: from a
//! host that is no member, from a router whose other links are all pruned, and from a router that discards it, since
//! that link is not part of the tree. From then on each link of the tree carries one copy of each packet, and no other
//! link carries any. A host that joins later sends a **graft** from hop to hop up to the tree, and receives
//! an acknowledgement. Links are FIFO, and a node that still wants packets sends no prune. So the host misses no packet after
//! the acknowledgement, and it is told that it has joined.
//!
//! A router keeps an entry for each source and each pruned link, and a header names one group, however large. With
//! *enumerate* the header lists all receivers, each router splits the list by its unicast routes, and routers keep no
//! state. But then the sender has to know the receivers. It lists all hosts, since it does not learn which have left.
//! A router is never listed, so it cannot join there; where headers name the group, it can.
//!
//! Routes and trees are made once. When a router of the tree crashes, the nodes behind it receive nothing more, even
//! where the network has another path: **agreement** breaks.
//!
//! Where it departs from the papers: a router learns its unicast routes from the lists of links of all routers, which
//! are flooded once, as in OSPF, instead of periodic distance vectors. So it knows when its routes are complete.
//! Packets that arrive earlier wait; none is lost to routes that still change. Prunes do not expire, so that the run
//! becomes quiescent. Grafts, and prunes of links outside the tree, are those of DVMRP's third version. Hosts are
//! members until they leave, and send prunes and grafts to routers instead of IGMP.

#[cfg(test)]
mod tests;
mod tree;

use std::{fmt, mem::take};

use derive_more::Display;
use serde::Serialize;

use self::tree::Tree;
use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, BroadcastId, NO_CREATION, NO_DUPLICATION, Sent, VALIDITY, one_broadcast,
        },
        membership::{GroupIndication, GroupRequest},
        routing::{LinkState, Routing},
    },
    cost,
    kernel::{
        Break, Context, Drawn, Group, Metric, Never, NodeId, NodeSet, Process, Protocol, Rule,
        Scenario, SortedMap, Topology,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "source-tree",
    name: "Source-based tree",
    summary: "A router forwards a packet only if it arrived on the router's own link towards the \
              source: these links form a tree.",
    source: "Dalal and Metcalfe 1978, Reverse Path Forwarding of Broadcast Packets; Waitzman, \
             Partridge and Deering 1988, Distance Vector Multicast Routing Protocol (RFC 1075); Deering and \
             Cheriton 1990, Multicast Routing in Datagram Internetworks and Extended LANs; notes 002 and 004",
    example: "prune-and-graft",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::FifoChannels.where_(Parameters::header, "group").for_liveness(),
        Rule::HostsAreLinked.always().for_liveness(),
        Rule::NoRouterCrashes.always().for_liveness(),
        Rule::RequestersStayUp.always().for_liveness(),
        Rule::NoRecoveries.always(),
    ],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION, AGREEMENT],
    breaks: &[Break {
        when: "a router crashes, and the tree is not repaired",
        scenario: "router-crashes",
        violates: &[AGREEMENT],
        broken: &[Rule::NoRouterCrashes],
    }],
    unbreakable: &[(VALIDITY, "a member that broadcasts delivers its own message at once")],
    costs: &[
        cost!("one broadcast, with one router between all hosts", n >= 3 => n - 1, |scenario| {
            let router = NodeId::new(scenario.nodes.len() - 1);
            let links = (0..router.index()).map(|host| [NodeId::new(host), router]).collect();
            perform(scenario, links, router.into());
        }),
        cost!(
            "one broadcast, along a line of routers that learn their routes first",
            n >= 3 => n - 1 + (n - 2) * (n - 3),
            |scenario| {
                let last = scenario.nodes.len() - 1;
                let links = (0..last).map(|node| [NodeId::new(node), NodeId::new(node + 1)]);
                perform(scenario, links.collect(), (1..last).map(NodeId::new).collect());
            }
        ),
    ],
    metrics: &[
        Metric {
            name: "router state",
            unit: "entries",
            help: "Entries that a router keeps: one for each source, and one for each link pruned from its tree.",
            drawn: Drawn::Curve,
            value: |node| {
                let router = node.group.routers.contains(node.group.me);
                if router { node.process::<SourceTree>().entries() as i64 } else { 0 }
            },
        },
        Metric {
            name: "header size",
            unit: "addresses",
            help: "Addresses in the header of the node's last packet: one stands for a whole group.",
            drawn: Drawn::Curve,
            value: |node| node.process::<SourceTree>().addresses as i64,
        },
    ],
    ..Protocol::of::<SourceTree>()
};

/// The first node broadcasts in a network of these links.
fn perform(scenario: &mut Scenario, links: Vec<[NodeId; 2]>, routers: NodeSet) {
    scenario.network.topology = Topology::Links { links, routers };
    one_broadcast(scenario);
}

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Form in which a packet names its receivers.
        header: Header = Group;
    }
    /// Form in which a packet names its receivers.
    pub enum Header {
        /// The group's address: routers look up where its members are.
        Group = "group",
        /// A list of all receivers: routers know nothing of groups.
        Enumerate = "enumerate",
    }
}

/// A host that broadcasts and delivers, or a router that forwards.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct SourceTree {
    routing: Routing,
    /// By source.
    trees: SortedMap<NodeId, Tree>,
    member: bool,
    /// True while the application waits to be told that it has joined.
    joining: bool,
    sent: Sent,
    /// Number of grafts sent.
    grafts: u32,
    /// Packets received before the routes were known, each with the neighbour that sent it.
    early: Vec<(NodeId, Packet)>,
    /// Number of addresses in the header of the last packet sent.
    addresses: usize,
}

/// A message of the application with its header.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Packet {
    source: NodeId,
    /// Sequence number at the source, from 1.
    seq: u32,
    payload: Value,
    /// The receivers; none where the header names the group.
    to: Option<NodeSet>,
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.to {
            None => write!(f, "{}", self.payload),
            Some(to) => write!(f, "{} to {to}", self.payload),
        }
    }
}

/// A message between neighbours.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// A router's links.
    #[display("{_0}")]
    LinkState(LinkState),
    /// A packet.
    #[display("{_0}")]
    Packet(Packet),
    /// The sender wants no more packets of this source by this link.
    #[display("prune {source}")]
    Prune {
        /// The source.
        source: NodeId,
    },
    /// The sender wants packets of this source again.
    #[display("graft {source}")]
    Graft {
        /// The source.
        source: NodeId,
        /// Number of the graft at its sender, from 1.
        number: u32,
    },
    /// The packets of this source will arrive by this link from now on.
    #[display("graft ack {source}")]
    GraftAck {
        /// The source.
        source: NodeId,
        /// Number of the graft that is acknowledged.
        number: u32,
    },
}

impl From<LinkState> for Message {
    fn from(state: LinkState) -> Self {
        Self::LinkState(state)
    }
}

impl Process for SourceTree {
    type Parameters = Parameters;
    type Request = GroupRequest;
    type Indication = GroupIndication;
    type Message = Message;
    type Timer = Never;

    fn new(group: Group, _parameters: &Parameters) -> Self {
        Self {
            routing: Routing::new(group),
            trees: SortedMap::new(),
            member: false,
            joining: false,
            sent: Sent::default(),
            grafts: 0,
            early: Vec::new(),
            addresses: 0,
        }
    }

    /// A router floods its links. A host is a member until it leaves.
    fn on_init(&mut self, ctx: &mut Context<Self>) {
        if ctx.is_router(ctx.me()) {
            self.routing.flood(ctx);
            return;
        }
        self.member = true;
        ctx.indicate(GroupIndication::Joined { member: ctx.me() });
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, request: GroupRequest) {
        let listed = ctx.parameters().header == Header::Enumerate;
        let refuse = |why| GroupIndication::Refuse { why };
        match request {
            GroupRequest::Broadcast(payload) => self.broadcast(ctx, payload),
            GroupRequest::Join if self.member => ctx.indicate(refuse("already a member")),
            GroupRequest::Join if listed && ctx.is_router(ctx.me()) => {
                ctx.indicate(refuse("a router: headers list hosts only"));
            }
            GroupRequest::Join => self.join(ctx),
            GroupRequest::Leave if !self.member => ctx.indicate(refuse("not a member")),
            GroupRequest::Leave => self.leave(ctx),
            GroupRequest::Query => ctx.indicate(refuse("no node knows the members of a group")),
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        match message {
            Message::LinkState(state) => self.on_link_state(ctx, from, state),
            Message::Packet(packet) => self.on_packet(ctx, from, packet),
            Message::Prune { source } => self.on_prune(ctx, from, source),
            Message::Graft { source, number } => self.on_graft(ctx, from, source, number),
            Message::GraftAck { source, number } => self.on_graft_ack(ctx, source, number),
        }
    }
}

impl SourceTree {
    /// Number of entries in the trees.
    fn entries(&self) -> usize {
        self.trees.values().map(|tree| 1 + tree.pruned.len()).sum()
    }

    /// A router handles the packets that waited once its routes are known.
    fn on_link_state(&mut self, ctx: &mut Context<Self>, from: NodeId, state: LinkState) {
        if self.routing.on_link_state(ctx, from, state) {
            for (from, packet) in take(&mut self.early) {
                self.on_packet(ctx, from, packet);
            }
        }
    }

    fn broadcast(&mut self, ctx: &mut Context<Self>, payload: Value) {
        let BroadcastId { from: source, seq } = self.sent.next(ctx.me());
        let to = match ctx.parameters().header {
            Header::Group => None,
            Header::Enumerate => Some(ctx.group().everyone().without(ctx.group().routers)),
        };
        self.on_packet(ctx, source, Packet { source, seq, payload, to });
    }

    fn on_packet(&mut self, ctx: &mut Context<Self>, from: NodeId, packet: Packet) {
        let Packet { source, seq, to, .. } = packet;
        if !self.routing.is_known() {
            return self.early.push((from, packet));
        }
        // The reverse-path check.
        if to.is_none() && self.routing.next_hop(source) != Some(from) {
            ctx.note(format!("discarded: not from the route to {source}"));
            return ctx.send(from, Message::Prune { source });
        }
        if self.member && to.is_none_or(|to| to.contains(ctx.me())) {
            let deliver = BroadcastId { from: source, seq }.deliver(packet.payload.clone());
            ctx.indicate(GroupIndication::Deliver(deliver));
        }
        match to {
            None => self.forward(ctx, packet),
            Some(to) => self.split(ctx, packet, to),
        }
    }

    /// Sends a packet down the tree of its source.
    fn forward(&mut self, ctx: &mut Context<Self>, packet: Packet) {
        let source = packet.source;
        self.tree(source);
        let branches = self.branches(ctx, source);
        if !branches.is_empty() {
            self.addresses = 1;
        }
        ctx.multicast(branches, Message::Packet(packet));
        self.prune_if_useless(ctx, source);
    }

    /// Sends one copy to each next hop, with a list of the receivers behind it.
    fn split(&mut self, ctx: &mut Context<Self>, packet: Packet, to: NodeSet) {
        for neighbour in ctx.neighbours() {
            let is_behind = |node: &NodeId| self.routing.next_hop(*node) == Some(neighbour);
            let behind: NodeSet = to.into_iter().filter(is_behind).collect();
            if !behind.is_empty() {
                self.addresses = behind.len();
                let packet = Packet { to: Some(behind), ..packet.clone() };
                ctx.send(neighbour, Message::Packet(packet));
            }
        }
    }

    fn leave(&mut self, ctx: &mut Context<Self>) {
        (self.member, self.joining) = (false, false);
        let sources: Vec<NodeId> = self.trees.keys().copied().collect();
        for source in sources {
            self.prune_if_useless(ctx, source);
        }
    }

    fn join(&mut self, ctx: &mut Context<Self>) {
        (self.member, self.joining) = (true, true);
        self.graft_all(ctx);
        self.tell_if_joined(ctx);
    }

    /// A host has joined once all its grafts are acknowledged.
    fn tell_if_joined(&mut self, ctx: &mut Context<Self>) {
        if self.joining && !self.trees.values().any(Tree::is_grafting) {
            self.joining = false;
            ctx.indicate(GroupIndication::Joined { member: ctx.me() });
        }
    }
}
