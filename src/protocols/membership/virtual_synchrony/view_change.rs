//! Virtual synchrony from view to view: the flush.

use std::{cmp::Ordering, mem};

use super::{VirtualSynchrony, Welcome, others};
use crate::{
    abstractions::membership::{GroupIndication, View, ViewChange},
    kernel::{Context, NodeId, NodeSet, Process},
};

impl VirtualSynchrony {
    /// True for a node that the change removes. A message from it may not have reached all members: it is too late.
    pub(super) fn is_gone(&self, node: NodeId) -> bool {
        self.change.is_some_and(|change| change.gone.contains(node))
    }

    /// Starts a view change, or extends the one under way, if this node knows of a join or a crash that is not in it.
    pub(super) fn change_view(&mut self, ctx: &mut Context<Self>) {
        if let Some(view) = self.view {
            self.extend(ctx, self.change.unwrap_or(ViewChange::of(view)));
        }
    }

    /// Adds the joins and crashes that this node knows of to a change, and flushes it unless it has done so.
    pub(super) fn extend(&mut self, ctx: &mut Context<Self>, mut change: ViewChange) {
        let members = change.from.members;
        change.joined = change.joined.or(self.joining.without(members).without(self.crashed));
        change.gone = change.gone.or(self.crashed.and(members.or(change.joined)));
        if self.change == Some(change) {
            self.install_if_all_have_flushed(ctx);
        } else if change != ViewChange::of(change.from) {
            self.change = Some(change);
            match ctx.parameters().flush {
                true => self.flush(ctx, change),
                false => self.install_at_once(ctx, change),
            }
        }
    }

    fn flush(&mut self, ctx: &mut Context<Self>, change: ViewChange) {
        let remaining = others(ctx, change.remaining());
        self.send_copies(ctx, change.from, remaining);
        ctx.multicast(remaining, change.into());
        self.flushed.insert(ctx.me(), change);
        self.install_if_all_have_flushed(ctx);
    }

    /// Without a flush: the first member that remains, or the one that leaves, tells the others the next view.
    fn install_at_once(&mut self, ctx: &mut Context<Self>, change: ViewChange) {
        let (me, next) = (ctx.me(), change.to());
        if change.remaining().lowest() == Some(me) || change.gone.contains(me) {
            ctx.multicast(others(ctx, change.remaining()), next.into());
        }
        if next.members.contains(me) {
            self.install(ctx, next);
        }
    }

    pub(super) fn on_flush(
        &mut self,
        ctx: &mut Context<Self>,
        view: View,
        from: NodeId,
        change: ViewChange,
    ) {
        match change.from.number.cmp(&view.number) {
            Ordering::Equal if !self.is_gone(from) => {
                self.behind.remove(from);
                self.flushed.insert(from, change);
                self.extend(ctx, self.change.map_or(change, |mine| mine.merge(change)));
            }
            // The sender was left behind: a member crashed in the middle of its flushes.
            Ordering::Less if view.members.contains(from) => {
                self.send_copies(ctx, view, from.into());
                ctx.send(from, view.into());
            }
            // The sender flushes for the view after the next: it has installed the next.
            Ordering::Greater => {
                self.early.push((from, change.into()));
                self.catch_up(ctx, view, from, change.from);
            }
            _ => {}
        }
    }

    /// Returns the members that have not flushed this change.
    pub(super) fn missing_flushes(&self, change: ViewChange) -> NodeSet {
        let flushed = self.flushed.iter().filter(|(_, flushed)| **flushed == change);
        change.remaining().without(flushed.map(|(node, _)| *node).collect())
    }

    fn install_if_all_have_flushed(&mut self, ctx: &mut Context<Self>) {
        if let Some(change) = self.change
            && self.missing_flushes(change).is_empty()
            && !self.is_gone(ctx.me())
        {
            self.install(ctx, change.to());
        }
    }

    /// Installs the view that another member has installed, which has sent the missing messages of the view before. If
    /// this node has flushed that the other is gone, it must not: the members that remain may go on without that view.
    pub(super) fn catch_up(
        &mut self,
        ctx: &mut Context<Self>,
        view: View,
        from: NodeId,
        next: View,
    ) {
        let is_next = next.number > view.number && next.members.contains(ctx.me());
        if is_next && view.members.contains(from) && !self.is_gone(from) {
            self.install(ctx, next);
        }
    }

    pub(super) fn install(&mut self, ctx: &mut Context<Self>, view: View) {
        let View { number: id, members } = view;
        let before = self.view.replace(view).map_or(NodeSet::EMPTY, |view| view.members);
        self.behind = others(ctx, members.and(before));
        self.change = None;
        self.flushed.clear();
        self.joining = self.joining.without(members);
        self.forget_stable(ctx);
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
        self.change_view(ctx);
    }
}
