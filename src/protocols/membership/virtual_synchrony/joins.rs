//! Virtual synchrony: processes that join and leave.

use super::{Message, VirtualSynchrony, Welcome, others, refuse};
use crate::{
    abstractions::{
        membership::{GroupIndication, View, ViewChange},
        stability::Stability,
    },
    kernel::{Context, NodeId, NodeSet},
};

impl VirtualSynchrony {
    pub(super) fn join(&mut self, ctx: &mut Context<Self>) {
        if self.view.is_some() {
            return refuse(ctx, "already a member");
        }
        self.welcomes.get_or_insert_default();
        ctx.send_others(Message::Join);
    }

    /// The request of a member that has not left is answered already.
    pub(super) fn on_join(&mut self, ctx: &mut Context<Self>, view: View, from: NodeId) {
        if !view.members.contains(from) || self.is_gone(from) {
            self.joining.insert(from);
            self.change_view(ctx);
        }
    }

    pub(super) fn on_message_outside(
        &mut self,
        ctx: &mut Context<Self>,
        from: NodeId,
        message: Message,
    ) {
        match message {
            Message::State(welcome) => self.on_state(ctx, from, welcome),
            Message::Join | Message::View(_) => {}
            early if self.welcomes.is_some() => self.early.push((from, early)),
            _ => {}
        }
    }

    fn on_state(&mut self, ctx: &mut Context<Self>, from: NodeId, welcome: Welcome) {
        if let Some(welcomes) = &mut self.welcomes {
            welcomes.insert(from, welcome);
            return self.enter_if_all_have_answered(ctx);
        }
        // This node has asked twice, and has left since: it leaves again.
        let leave = ViewChange { gone: ctx.me().into(), ..ViewChange::of(welcome.view) };
        ctx.multicast(others(ctx, welcome.view.members), leave.into());
    }

    /// Installs the first view once all old members that are up have answered with the same view: a view that only
    /// crashed members have installed may never be installed by the others. The other newcomers are told, since this
    /// node may be the only one left that can.
    pub(super) fn enter_if_all_have_answered(&mut self, ctx: &mut Context<Self>) {
        let crashed = self.crashed;
        let up = self.welcomes.iter().flatten().filter(|(by, _)| !crashed.contains(**by));
        let Some((_, last)) = up.clone().max_by_key(|(_, it)| it.view.number) else { return };
        let agreed = up.filter(|(_, it)| it.view == last.view).map(|(by, _)| *by).collect();
        if last.view.members.without(last.newcomers).without(crashed).is_subset(agreed) {
            let welcome = last.clone();
            self.welcomes = None;
            self.state = welcome.state.clone();
            ctx.multicast(others(ctx, welcome.newcomers), welcome.clone().into());
            self.install(ctx, welcome.view);
        }
    }

    /// Flushes the departure of this node, which is then outside.
    pub(super) fn leave(&mut self, ctx: &mut Context<Self>, view: View) {
        self.extend(ctx, ViewChange { gone: ctx.me().into(), ..ViewChange::of(view) });
        ctx.indicate(GroupIndication::Left { id: view.number });
        self.view = None;
        self.change = None;
        self.flushed.clear();
        self.state.clear();
        self.stability = Stability::default();
        self.early.clear();
        self.joining = NodeSet::EMPTY;
    }
}
