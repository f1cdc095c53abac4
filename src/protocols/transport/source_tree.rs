//! Source-based multicast trees by reverse-path forwarding.
//!
//! Implements: a multicast group that hosts join and leave. Uses: reliable links; unicast routes.
//! Model: asynchronous, reliable FIFO links; routers stay up and connect all hosts, and whoever is asked for
//! something stays up. Any other host may crash.
//! Source: Dalal and Metcalfe 1978, "Reverse Path Forwarding of Broadcast Packets"; Waitzman, Partridge and
//! Deering 1988, "Distance Vector Multicast Routing Protocol" (RFC 1075); Deering and Cheriton 1990,
//! "Multicast Routing in Datagram Internetworks and Extended LANs"; notes 002 and 004.
//!
//! A packet says who sent it and to which group, not to whom it is to go. A router that gets one asks
//! whether it came by the link that the router itself would take to the *source*. If so it sends it on by all
//! its other links; if not it discards it. So no packet goes round in circles, though the network does: each
//! router accepts it from one neighbour only, and that one is a step nearer to the source. These steps are the
//! tree, and every path in it is a shortest one.
//!
//! The first packet of a source goes everywhere. A **prune** goes back to where a packet is of no use:
//! from a host that is no member; from a router whose every other link has been pruned; and from whoever
//! discards it, since that link is not of the tree. Now each link of the tree carries one copy of each packet,
//! and no other link carries any. A host that joins later sends a **graft** the same way, from hop to hop to
//! where the tree still is, and an acknowledgement comes back. From then on nothing passes the host by, and
//! it is told so: links are FIFO, and whoever still wants packets sends no prune.
//!
//! A router keeps an entry for each source and each pruned link, and a header names one group however large it
//! is. *Enumerate* is the other way: the header lists every receiver, each router splits the list by its
//! unicast routes and keeps nothing at all. But then the sender has to know whom to list. It lists all hosts,
//! since nobody tells it who has left. A router is never listed, so it cannot join there; where headers name the
//! group, it can.
//!
//! Routes and tree are made once. When a router of the tree crashes, all that is behind it gets nothing
//! more, even where the network has another way round: **agreement** breaks.
//!
//! Where it departs from the papers: a router learns its unicast routes from every other's list of links,
//! flooded once, as in OSPF, instead of periodic distance vectors. So it knows when it knows all, and what
//! comes sooner waits; no packet is lost to routes that still change. Prunes do not expire, so that the run
//! comes to rest. Grafts, and prunes of links that are not of the tree, are those of DVMRP's third version.
//! Hosts are members until they leave, and speak to routers in prunes and grafts instead of IGMP.

use std::{collections::VecDeque, fmt};

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{AGREEMENT, Deliver, NO_CREATION, NO_DUPLICATION, VALIDITY, one_broadcast},
        membership::{GroupIndication, GroupRequest},
    },
    kernel::{
        Break, Context, Drawn, Group, Metric, Never, NodeId, NodeSet, Process, Protocol, Rule,
        Scenario, SortedMap, Topology,
    },
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "source-tree",
    name: "Source-based tree",
    summary: "Routers pass a packet on if it comes by their own way back to its source: that is a tree.",
    source: "Dalal and Metcalfe 1978, Reverse Path Forwarding of Broadcast Packets; Waitzman, \
             Partridge and Deering 1988, Distance Vector Multicast Routing Protocol (RFC 1075)",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::FifoChannels.where_(Parameters::header, "group").for_liveness(),
        Rule::HostsAreLinked.always().for_liveness(),
        Rule::RoutersStayUp.always().for_liveness(),
        Rule::RequestersStayUp.always().for_liveness(),
        Rule::NobodyRecovers.always(),
    ],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION, AGREEMENT],
    breaks: &[Break {
        when: "a router crashes, and the tree is not repaired",
        scenario: "router-crashes",
        violates: &[AGREEMENT],
        broken: &[Rule::RoutersStayUp],
    }],
    unbreakable: &[(VALIDITY, "a member that broadcasts delivers its own message at once")],
    costs: &[
        crate::cost!("one broadcast, round one router", n >= 3 => n - 1, |scenario| {
            let router = NodeId::new(scenario.nodes.len() - 1);
            let links = (0..router.index()).map(|host| [NodeId::new(host), router]).collect();
            perform(scenario, links, router.into());
        }),
        crate::cost!("one broadcast, from end to end of a line of routers that learn their routes first", n >= 3 => n - 1 + (n - 2) * (n - 3), |scenario| {
            let last = scenario.nodes.len() - 1;
            let links = (0..last).map(|node| [NodeId::new(node), NodeId::new(node + 1)]);
            perform(scenario, links.collect(), (1..last).map(NodeId::new).collect());
        }),
    ],
    metrics: &[
        Metric {
            name: "router state",
            unit: "entries",
            help: "What a router keeps: an entry for each source, and one for each link pruned from its tree.",
            drawn: Drawn::Curve,
            value: |node| node.process::<SourceTree>().entries() as i64,
        },
        Metric {
            name: "header size",
            unit: "addresses",
            help: "How many addresses the last packet of a node is for: one stands for a whole group.",
            drawn: Drawn::Curve,
            value: |node| node.process::<SourceTree>().addresses as i64,
        },
    ],
    ..Protocol::of::<SourceTree>()
};

fn perform(scenario: &mut Scenario, links: Vec<[NodeId; 2]>, routers: NodeSet) {
    scenario.network.topology = Topology::Links { links, routers };
    one_broadcast(scenario);
}

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// How a packet says whom it is for.
        header: Header = Group;
    }
    /// How a packet says whom it is for.
    pub enum Header {
        /// By the group's address: routers look up where its members are.
        Group = "group",
        /// By a list of all receivers: routers need know nothing of groups.
        Enumerate = "enumerate",
    }
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct SourceTree {
    header: Header,
    router: bool,
    member: bool,
    /// Whether the application waits to be told that it has joined.
    joining: bool,
    /// How many messages this node has broadcast.
    sent: u32,
    /// At a router: whom each router is linked to, as far as it is known.
    links: SortedMap<NodeId, NodeSet>,
    /// By node: the neighbour that leads there. None before that is known.
    routes: Option<SortedMap<NodeId, NodeId>>,
    /// What came before that.
    early: Vec<(NodeId, Packet)>,
    /// By source.
    trees: SortedMap<NodeId, Tree>,
    /// How many grafts this node has sent.
    grafts: u32,
    /// How many addresses its last packet was for.
    addresses: usize,
}

/// What a node knows of the tree of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
struct Tree {
    standing: Standing,
    /// The neighbours that want no packets of the source from here.
    pruned: NodeSet,
    /// The neighbours whose grafts are to be acknowledged, each with the number of its graft.
    grafting: SortedMap<NodeId, u32>,
}

/// Whether a node gets the packets of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
enum Standing {
    /// It does.
    #[default]
    On,
    /// It has pruned itself.
    Off,
    /// It has sent the graft of this number, and waits for the acknowledgement.
    Grafting(u32),
}

/// What is broadcast.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Packet {
    source: NodeId,
    /// The how-manieth broadcast of its source it is, from 1.
    seq: u32,
    payload: Value,
    /// Whom it is for; none where that is the group, whoever is in it.
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

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// A router's link state: whom it is linked to. Routers tell each other.
    #[display("LSA {router}")]
    LinkState {
        /// Whose.
        router: NodeId,
        /// Its neighbours.
        to: NodeSet,
    },
    /// A packet.
    #[display("{_0}")]
    Packet(Packet),
    /// No more packets of this source by this link.
    #[display("prune {source}")]
    Prune {
        /// Which.
        source: NodeId,
    },
    /// Packets of this source again.
    #[display("graft {source}")]
    Graft {
        /// Which.
        source: NodeId,
        /// The how-manieth graft of its sender it is, from 1.
        number: u32,
    },
    /// From now on they come.
    #[display("graft ack {source}")]
    GraftAck {
        /// Which source's.
        source: NodeId,
        /// The number of the graft.
        number: u32,
    },
}

impl Process for SourceTree {
    type Parameters = Parameters;
    type Request = GroupRequest;
    type Indication = GroupIndication;
    type Message = Message;
    type Timer = Never;

    fn new(group: Group, parameters: &Parameters) -> Self {
        Self {
            header: parameters.header,
            router: group.routers.contains(group.me),
            member: false,
            joining: false,
            sent: 0,
            links: SortedMap::new(),
            routes: None,
            early: Vec::new(),
            trees: SortedMap::new(),
            grafts: 0,
            addresses: 0,
        }
    }

    /// A host leaves routing to its router. It is a member until it leaves.
    fn on_init(&mut self, ctx: &mut Context<Self>) {
        let (me, neighbours) = (ctx.me(), ctx.neighbours());
        if self.router {
            return self.on_link_state(ctx, me, me, neighbours);
        }
        let gateway = neighbours.and(ctx.group().routers).lowest();
        let beside = |node| (node == me || neighbours.contains(node)).then_some(node);
        let everyone = ctx.group().everyone().into_iter();
        self.routes = Some(everyone.filter_map(|it| Some((it, beside(it).or(gateway)?))).collect());
        self.member = true;
        ctx.indicate(GroupIndication::Joined { member: me });
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, request: GroupRequest) {
        let refuse = |why| GroupIndication::Refuse { why };
        match request {
            GroupRequest::Broadcast(payload) => self.broadcast(ctx, payload),
            GroupRequest::Join if self.member => ctx.indicate(refuse("a member already")),
            GroupRequest::Join if self.router && self.header == Header::Enumerate => {
                ctx.indicate(refuse("a router: headers list hosts only"));
            }
            GroupRequest::Join => self.join(ctx),
            GroupRequest::Leave if !self.member => ctx.indicate(refuse("no member")),
            GroupRequest::Leave => self.leave(ctx),
            GroupRequest::Query => ctx.indicate(refuse("nobody knows who listens to a group")),
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        match message {
            Message::LinkState { router, to } => self.on_link_state(ctx, from, router, to),
            Message::Packet(packet) => self.on_packet(ctx, from, packet),
            Message::Prune { source } => self.on_prune(ctx, from, source),
            Message::Graft { source, number } => self.on_graft(ctx, from, source, number),
            Message::GraftAck { source, number } => self.on_graft_ack(ctx, source, number),
        }
    }
}

impl SourceTree {
    /// Number of entries that a router keeps.
    fn entries(&self) -> usize {
        let entries = self.trees.values().map(|tree| 1 + tree.pruned.len()).sum();
        if self.router { entries } else { 0 }
    }

    fn broadcast(&mut self, ctx: &mut Context<Self>, payload: Value) {
        self.sent += 1;
        let to = match self.header {
            Header::Group => None,
            Header::Enumerate => Some(ctx.group().everyone().without(ctx.group().routers)),
        };
        self.on_packet(ctx, ctx.me(), Packet { source: ctx.me(), seq: self.sent, payload, to });
    }

    /// A router tells the others what it did not know, and is ready when it knows the links of every router.
    fn on_link_state(
        &mut self,
        ctx: &mut Context<Self>,
        from: NodeId,
        router: NodeId,
        to: NodeSet,
    ) {
        if self.links.insert(router, to).is_some() {
            return;
        }
        let routers = ctx.group().routers;
        let others = ctx.neighbours().and(routers).without(from.into());
        ctx.multicast(others, Message::LinkState { router, to });
        let linked = self.links.values().fold(NodeSet::EMPTY, |all, to| all.or(*to));
        if linked.and(routers).into_iter().all(|router| self.links.contains_key(&router)) {
            self.routes = Some(self.shortest_paths(ctx.me()));
            for (from, packet) in std::mem::take(&mut self.early) {
                self.on_packet(ctx, from, packet);
            }
        }
    }

    /// The first step on a shortest way from here to each node, by way of routers only.
    fn shortest_paths(&self, me: NodeId) -> SortedMap<NodeId, NodeId> {
        let mut routes = SortedMap::from([(me, me)]);
        let mut found = VecDeque::from([(me, me)]);
        while let Some((node, way)) = found.pop_front() {
            for next in self.links.get(&node).copied().unwrap_or_default() {
                routes.entry(next).or_insert_with(|| {
                    let way = if node == me { next } else { way };
                    found.push_back((next, way));
                    way
                });
            }
        }
        routes
    }

    /// The neighbour that leads to a node.
    fn route(&self, node: NodeId) -> Option<NodeId> {
        self.routes.as_ref()?.get(&node).copied()
    }

    fn tree(&mut self, source: NodeId) -> &mut Tree {
        self.trees.entry(source).or_default()
    }

    fn on_packet(&mut self, ctx: &mut Context<Self>, from: NodeId, packet: Packet) {
        let Packet { source, seq, to, .. } = packet;
        if self.routes.is_none() {
            return self.early.push((from, packet));
        }
        // The reverse-path check.
        if to.is_none() && self.route(source) != Some(from) {
            ctx.note(format!("not by the way back to {source}: discarded"));
            return ctx.send(from, Message::Prune { source });
        }
        if self.member && to.is_none_or(|to| to.contains(ctx.me())) {
            let payload = packet.payload.clone();
            ctx.indicate(GroupIndication::Deliver(Deliver { from: source, seq, payload }));
        }
        match to {
            None => self.send_down_the_tree(ctx, packet),
            Some(to) => self.split(ctx, packet, to),
        }
    }

    fn send_down_the_tree(&mut self, ctx: &mut Context<Self>, packet: Packet) {
        let source = packet.source;
        self.tree(source);
        let branches = self.branches(ctx, source);
        if !branches.is_empty() {
            self.addresses = 1;
        }
        ctx.multicast(branches, Message::Packet(packet));
        self.prune_if_useless(ctx, source);
    }

    /// One copy for each next hop, with a list of those to whom it leads.
    fn split(&mut self, ctx: &mut Context<Self>, packet: Packet, to: NodeSet) {
        for neighbour in ctx.neighbours() {
            let behind = to.into_iter().filter(|node| self.route(*node) == Some(neighbour));
            let behind: NodeSet = behind.collect();
            if !behind.is_empty() {
                self.addresses = behind.len();
                let packet = Packet { to: Some(behind), ..packet.clone() };
                ctx.send(neighbour, Message::Packet(packet));
            }
        }
    }

    /// To whom packets of a source go on from here. Hosts pass nothing on.
    fn branches(&self, ctx: &Context<Self>, source: NodeId) -> NodeSet {
        if !self.router && source != ctx.me() {
            return NodeSet::EMPTY;
        }
        let pruned = self.trees.get(&source).map_or(NodeSet::EMPTY, |tree| tree.pruned);
        let upstream = self.route(source).map_or(NodeSet::EMPTY, NodeSet::from);
        ctx.neighbours().without(pruned).without(upstream)
    }

    /// Tells the neighbour upstream when nobody from here on wants packets of a source.
    fn prune_if_useless(&mut self, ctx: &mut Context<Self>, source: NodeId) {
        let useful = source == ctx.me() || self.member || !self.branches(ctx, source).is_empty();
        let Some(upstream) = self.route(source).filter(|_| !useful) else { return };
        if self.tree(source).standing != Standing::Off {
            self.tree(source).standing = Standing::Off;
            ctx.send(upstream, Message::Prune { source });
        }
    }

    fn on_prune(&mut self, ctx: &mut Context<Self>, from: NodeId, source: NodeId) {
        let tree = self.tree(source);
        tree.pruned.insert(from);
        tree.grafting.remove(&from);
        self.prune_if_useless(ctx, source);
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
        let off =
            |(source, tree): (&NodeId, &Tree)| (tree.standing == Standing::Off).then_some(*source);
        let sources: Vec<NodeId> = self.trees.iter().filter_map(off).collect();
        for source in sources {
            self.graft(ctx, source);
        }
        self.tell_if_joined(ctx);
    }

    fn graft(&mut self, ctx: &mut Context<Self>, source: NodeId) {
        let Some(upstream) = self.route(source) else { return };
        self.grafts += 1;
        let number = self.grafts;
        self.tree(source).standing = Standing::Grafting(number);
        ctx.send(upstream, Message::Graft { source, number });
    }

    fn on_graft(&mut self, ctx: &mut Context<Self>, from: NodeId, source: NodeId, number: u32) {
        let tree = self.tree(source);
        tree.pruned.remove(from);
        match tree.standing {
            Standing::On => ctx.send(from, Message::GraftAck { source, number }),
            standing => {
                tree.grafting.insert(from, number);
                if standing == Standing::Off {
                    self.graft(ctx, source);
                }
            }
        }
    }

    fn on_graft_ack(&mut self, ctx: &mut Context<Self>, source: NodeId, number: u32) {
        let tree = self.tree(source);
        if tree.standing != Standing::Grafting(number) {
            return;
        }
        tree.standing = Standing::On;
        for (neighbour, number) in std::mem::take(&mut tree.grafting) {
            ctx.send(neighbour, Message::GraftAck { source, number });
        }
        self.tell_if_joined(ctx);
    }

    /// A host has joined once every graft of its own is acknowledged.
    fn tell_if_joined(&mut self, ctx: &mut Context<Self>) {
        let grafted = self.trees.values().all(|it| !matches!(it.standing, Standing::Grafting(_)));
        if self.joining && grafted {
            self.joining = false;
            ctx.indicate(GroupIndication::Joined { member: ctx.me() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        analysis::{Class, report},
        kernel::{Order, ParameterValue, RequestSpec, Time, Trace, run},
        protocols::testing::{at, broadcast, crash, group, indications, node, sends, slow},
    };

    /// Routers P1 to P4 in a ring, each with a host: P5 to P8. P5 broadcasts m1 at 100 and m2 at 200.
    fn ring() -> Scenario {
        let mut scenario = group(&PROTOCOL, 8);
        let links = [[1, 2], [2, 3], [3, 4], [4, 1], [1, 5], [2, 6], [3, 7], [4, 8]];
        scenario.network.topology = Topology::Links {
            links: links.map(|link| link.map(node)).into(),
            routers: (1..=4).map(node).collect(),
        };
        scenario.network.order = Order::Fifo;
        scenario.requests = vec![broadcast(100, 5, "m1"), broadcast(200, 5, "m2")];
        scenario
    }

    fn ask(at: Time, number: usize, name: &str) -> RequestSpec {
        RequestSpec { at, node: node(number), name: name.to_owned(), with: None }
    }

    fn trace(scenario: &Scenario) -> Trace {
        run(&PROTOCOL, scenario).expect("the requests are a group's")
    }

    /// What is sent that is labelled so, and when: `110 P1>P2`.
    fn sent(scenario: &Scenario, label: &str) -> Vec<String> {
        let sent = sends(&PROTOCOL, scenario).into_iter();
        sent.filter_map(|line| Some(line.strip_suffix(label)?.trim_end().to_owned())).collect()
    }

    /// What the applications are told, but for what hosts are told in the beginning: `130 P7 deliver m1`.
    fn told(scenario: &Scenario) -> Vec<String> {
        let mut told = indications(&PROTOCOL, scenario);
        told.retain(|line| !line.starts_with("0 "));
        told
    }

    #[test]
    fn a_packet_is_accepted_by_the_way_back_to_its_source_alone() {
        // P3 and P4 send each other a copy, which both discard: that link is not of the tree.
        let first = [
            "100 P5>P1",
            "110 P1>P2",
            "110 P1>P4",
            "120 P2>P3",
            "120 P2>P6",
            "120 P4>P3",
            "120 P4>P8",
            "130 P3>P4",
            "130 P3>P7",
        ];
        assert_eq!(sent(&ring(), "m1"), first);
        assert_eq!(sent(&ring(), "prune P5"), ["130 P3>P4", "140 P4>P3"]);
        // From then on there is one copy on each link of the tree, and none on any other.
        let later = [
            "200 P5>P1",
            "210 P1>P2",
            "210 P1>P4",
            "220 P2>P3",
            "220 P2>P6",
            "220 P4>P8",
            "230 P3>P7",
        ];
        assert_eq!(sent(&ring(), "m2"), later);
        let expected =
            ["100 P5", "130 P6", "130 P8", "140 P7"].map(|it| format!("{it} deliver m1"));
        assert_eq!(told(&ring())[..4], expected, "and one for each member");
    }

    #[test]
    fn the_tree_is_of_shortest_paths_be_they_slow() {
        let mut scenario = ring();
        let chord = |links: &mut Vec<[NodeId; 2]>| links.push([1, 3].map(node));
        if let Topology::Links { links, .. } = &mut scenario.network.topology {
            chord(links);
        }
        scenario.network.links = vec![slow(1, 3, 45)];
        let to_p3 = |label| {
            let mut copies = sent(&scenario, label);
            copies.retain(|copy| copy.ends_with(">P3"));
            copies
        };
        assert_eq!(to_p3("m1"), ["110 P1>P3", "120 P2>P3", "120 P4>P3"]);
        assert_eq!(to_p3("m2"), ["210 P1>P3"]);
    }

    #[test]
    fn a_branch_without_members_is_pruned_link_by_link() {
        let mut scenario = ring();
        scenario.requests.extend([ask(150, 7, "leave"), ask(160, 6, "leave")]);
        // Hosts to their routers, and so on up to the first that is still of use.
        let prunes = ["150 P7>P3", "160 P3>P2", "160 P6>P2", "170 P2>P1"];
        assert_eq!(sent(&scenario, "prune P5")[2..], prunes);
        assert_eq!(sent(&scenario, "m2"), ["200 P5>P1", "210 P1>P4", "220 P4>P8"]);
    }

    #[test]
    fn whoever_joins_is_told_when_the_graft_has_reached_the_tree() {
        let mut scenario = ring();
        scenario.requests = vec![
            ask(10, 7, "leave"),
            ask(10, 6, "leave"),
            broadcast(100, 5, "m1"),
            ask(180, 7, "join"),
            broadcast(240, 5, "m2"),
        ];
        assert_eq!(sent(&scenario, "graft P5"), ["180 P7>P3", "190 P3>P2", "200 P2>P1"]);
        assert_eq!(sent(&scenario, "graft ack P5"), ["210 P1>P2", "220 P2>P3", "230 P3>P7"]);
        let expected =
            ["240 P7 joined", "240 P5 deliver m2", "270 P8 deliver m2", "280 P7 deliver m2"];
        let told = told(&scenario);
        assert_eq!(told[told.len() - 4..], expected);
    }

    #[test]
    fn an_acknowledgement_of_an_earlier_graft_is_not_taken_for_one_of_the_last() {
        let mut scenario = ring();
        scenario.requests = vec![
            ask(10, 7, "leave"),
            ask(10, 6, "leave"),
            broadcast(100, 5, "m1"),
            ask(180, 7, "join"),
            ask(235, 7, "leave"),
            ask(236, 7, "join"),
            broadcast(255, 5, "m2"),
        ];
        // The first acknowledgement comes at 240, when P3 has not even heard that P7 left. Then m2 comes to P1
        // just between the prune and the second graft, and so does not bind P7.
        assert_eq!(at(7, told(&scenario)), ["296 P7 joined"]);
        let report = report(&PROTOCOL, &scenario, &trace(&scenario));
        assert_eq!((report.class, report.breaches.len()), (Some(Class::Masking), 0));
    }

    #[test]
    fn what_comes_before_the_routes_are_known_waits() {
        let mut scenario = ring();
        scenario.requests = vec![broadcast(0, 5, "m1")];
        // P1 learns the links of P3, the last of the four, at 20.
        assert_eq!(sent(&scenario, "m1")[..3], ["0 P5>P1", "20 P1>P2", "20 P1>P4"]);
        assert_eq!(
            told(&scenario),
            ["40 P6", "40 P8", "50 P7"].map(|it| format!("{it} deliver m1"))
        );
    }

    #[test]
    fn an_enumerated_header_costs_addresses_and_a_group_state() {
        let measured = |scenario: &Scenario| {
            let samples = trace(scenario).samples;
            let most = |place: usize| {
                let values = samples.iter().map(|sample| sample.values[place]);
                values.max().expect("something is measured")
            };
            (most(0), most(1))
        };
        let mut scenario = ring();
        // P3 and P4 know the source and have pruned the link between them.
        assert_eq!(measured(&scenario), (2, 1));
        let word = ParameterValue::Choice("enumerate".to_owned());
        scenario.params.insert("header".to_owned(), word);
        assert_eq!(measured(&scenario), (0, 3));
        assert_eq!(sent(&scenario, "m1 to P6, P7 and P8"), ["100 P5>P1"]);
        assert_eq!(sent(&scenario, "m1 to P6 and P7"), ["110 P1>P2"]);
    }

    #[test]
    fn a_host_that_crashes_takes_nobody_with_it() {
        let mut scenario = ring();
        scenario.faults = vec![crash(150, 6, 0)];
        let told = told(&scenario);
        assert_eq!(told[told.len() - 2..], ["230 P8 deliver m2", "240 P7 deliver m2"]);
    }

    #[test]
    fn the_unfit_are_refused() {
        let mut scenario = ring();
        scenario.requests = vec![ask(10, 6, "join"), ask(20, 1, "leave"), ask(30, 6, "query")];
        let expected = [
            "10 P6 refuse (a member already)",
            "20 P1 refuse (no member)",
            "30 P6 refuse (nobody knows who listens to a group)",
        ];
        assert_eq!(told(&scenario), expected);
    }
}
