//! Unicast routes by link-state routing, as in OSPF.
//!
//! Each router floods its list of links once. A router computes the shortest paths when it knows the links of all
//! routers. A host sends through its router.

use std::collections::VecDeque;

use derive_more::Display;
use serde::Serialize;

use crate::kernel::{Context, Group, NodeId, NodeSet, Process, SortedMap};

/// A router's link state, which routers pass on to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("LSA {router}")]
pub struct LinkState {
    /// The router.
    pub router: NodeId,
    /// Its neighbours.
    pub to: NodeSet,
}

/// The routes of a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Routing {
    /// At a router: the neighbours of each router whose links are known.
    links: SortedMap<NodeId, NodeSet>,
    /// By node: the neighbour on a shortest path to it. None until the links of all routers are known.
    next_hops: Option<SortedMap<NodeId, NodeId>>,
}

impl Routing {
    /// The routes before the first event: those of a host are known.
    pub fn new(group: Group) -> Self {
        let gateway = group.neighbours.and(group.routers).lowest();
        let is_near = |node| node == group.me || group.neighbours.contains(node);
        let hop = |node| if is_near(node) { Some(node) } else { gateway };
        let hops = || group.everyone().into_iter().filter_map(|it| Some((it, hop(it)?))).collect();
        let is_host = !group.routers.contains(group.me);
        Self { links: SortedMap::new(), next_hops: is_host.then(hops) }
    }

    /// True if the routes are known.
    pub const fn is_known(&self) -> bool {
        self.next_hops.is_some()
    }

    /// The neighbour on a shortest path to a node.
    pub fn next_hop(&self, node: NodeId) -> Option<NodeId> {
        self.next_hops.as_ref()?.get(&node).copied()
    }

    /// A router begins to flood its links; a host does nothing. Returns true if the routes are known by this.
    pub fn flood<P: Process>(&mut self, ctx: &mut Context<P>) -> bool
    where
        P::Message: From<LinkState>,
    {
        let own = LinkState { router: ctx.me(), to: ctx.neighbours() };
        ctx.is_router(ctx.me()) && self.on_link_state(ctx, ctx.me(), own)
    }

    /// Passes a new link state on to the other routers. Returns true if it was new, and the routes are known now.
    pub fn on_link_state<P: Process>(
        &mut self,
        ctx: &mut Context<P>,
        from: NodeId,
        state: LinkState,
    ) -> bool
    where
        P::Message: From<LinkState>,
    {
        if !self.learn(ctx.group(), state) {
            return false;
        }
        let others = ctx.neighbours().and(ctx.group().routers).without(from.into());
        ctx.multicast(others, state.into());
        self.is_known()
    }

    /// Learns the links of a router; returns true if they were unknown.
    fn learn(&mut self, group: Group, state: LinkState) -> bool {
        if self.links.insert(state.router, state.to).is_some() {
            return false;
        }
        let linked = self.links.values().fold(NodeSet::EMPTY, |all, it| all.or(*it));
        if linked.and(group.routers).into_iter().all(|router| self.links.contains_key(&router)) {
            self.next_hops = Some(self.shortest_paths(group.me));
        }
        true
    }

    /// The first hop on a shortest path from here to each node, by breadth-first search. Only routers pass packets on.
    fn shortest_paths(&self, me: NodeId) -> SortedMap<NodeId, NodeId> {
        let mut hops = SortedMap::from([(me, me)]);
        let mut found = VecDeque::from([(me, me)]);
        while let Some((node, hop)) = found.pop_front() {
            for next in self.links.get(&node).copied().unwrap_or_default() {
                hops.entry(next).or_insert_with(|| {
                    let hop = if node == me { next } else { hop };
                    found.push_back((next, hop));
                    hop
                });
            }
        }
        hops
    }
}
