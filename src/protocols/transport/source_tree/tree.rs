//! The tree of each source: prunes cut a branch off, grafts attach it again.

use std::mem::take;

use serde::Serialize;

use super::{Message, SourceTree};
use crate::kernel::{Context, NodeId, NodeSet, SortedMap};

/// A node's part of the tree of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Tree {
    upstream: Upstream,
    /// Neighbours that want no packets of the source from this node.
    pub(super) pruned: NodeSet,
    /// Neighbours whose grafts are not acknowledged yet, with the numbers of the grafts.
    grafting: SortedMap<NodeId, u32>,
}

/// State of the link towards the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
enum Upstream {
    /// Packets arrive by it.
    #[default]
    Attached,
    /// This node has pruned it.
    Pruned,
    /// This node has sent the graft with this number, and waits for the acknowledgement.
    Grafting(u32),
}

impl Tree {
    /// True if this node waits for the acknowledgement of a graft.
    pub(super) const fn is_grafting(&self) -> bool {
        matches!(self.upstream, Upstream::Grafting(_))
    }
}

impl SourceTree {
    pub(super) fn tree(&mut self, source: NodeId) -> &mut Tree {
        self.trees.entry(source).or_default()
    }

    /// Neighbours to which this node forwards the packets of a source. A host forwards only its own.
    pub(super) fn branches(&self, ctx: &Context<Self>, source: NodeId) -> NodeSet {
        if !ctx.is_router(ctx.me()) && source != ctx.me() {
            return NodeSet::EMPTY;
        }
        let pruned = self.trees.get(&source).map_or(NodeSet::EMPTY, |tree| tree.pruned);
        let upstream = self.routing.next_hop(source).map_or(NodeSet::EMPTY, NodeSet::from);
        ctx.neighbours().without(pruned).without(upstream)
    }

    /// Prunes the link towards a source if neither this node nor one of its branches wants the packets.
    pub(super) fn prune_if_useless(&mut self, ctx: &mut Context<Self>, source: NodeId) {
        let useful = source == ctx.me() || self.member || !self.branches(ctx, source).is_empty();
        let Some(upstream) = self.routing.next_hop(source).filter(|_| !useful) else { return };
        let tree = self.tree(source);
        if tree.upstream != Upstream::Pruned {
            tree.upstream = Upstream::Pruned;
            ctx.send(upstream, Message::Prune { source });
        }
    }

    pub(super) fn on_prune(&mut self, ctx: &mut Context<Self>, from: NodeId, source: NodeId) {
        let tree = self.tree(source);
        tree.pruned.insert(from);
        tree.grafting.remove(&from);
        self.prune_if_useless(ctx, source);
    }

    /// Attaches this node to the trees of all sources again.
    pub(super) fn graft_all(&mut self, ctx: &mut Context<Self>) {
        let pruned = self.trees.iter().filter(|(_, tree)| tree.upstream == Upstream::Pruned);
        let sources: Vec<NodeId> = pruned.map(|(source, _)| *source).collect();
        for source in sources {
            self.graft(ctx, source);
        }
    }

    fn graft(&mut self, ctx: &mut Context<Self>, source: NodeId) {
        let Some(upstream) = self.routing.next_hop(source) else { return };
        self.grafts += 1;
        let number = self.grafts;
        self.tree(source).upstream = Upstream::Grafting(number);
        ctx.send(upstream, Message::Graft { source, number });
    }

    /// A graft is acknowledged by a node that is attached; others pass it on first.
    pub(super) fn on_graft(
        &mut self,
        ctx: &mut Context<Self>,
        from: NodeId,
        source: NodeId,
        number: u32,
    ) {
        let tree = self.tree(source);
        tree.pruned.remove(from);
        if tree.upstream == Upstream::Attached {
            return ctx.send(from, Message::GraftAck { source, number });
        }
        tree.grafting.insert(from, number);
        if tree.upstream == Upstream::Pruned {
            self.graft(ctx, source);
        }
    }

    pub(super) fn on_graft_ack(&mut self, ctx: &mut Context<Self>, source: NodeId, number: u32) {
        let tree = self.tree(source);
        if tree.upstream != Upstream::Grafting(number) {
            return;
        }
        tree.upstream = Upstream::Attached;
        for (neighbour, number) in take(&mut tree.grafting) {
            ctx.send(neighbour, Message::GraftAck { source, number });
        }
        self.tell_if_joined(ctx);
    }
}
