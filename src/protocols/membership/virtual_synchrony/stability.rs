//! Virtual synchrony within a view: multicasts, acknowledgements, and the copies of unstable messages.

use super::{Acks, Data, Message, VirtualSynchrony, others};
use crate::{
    abstractions::{
        Value,
        broadcast::BroadcastId,
        clock::VectorClock,
        membership::{GroupIndication, View},
        stability::Kept,
    },
    kernel::{Context, NodeId, NodeSet},
};

impl VirtualSynchrony {
    pub(super) fn broadcast(
        &mut self,
        ctx: &mut Context<Self>,
        View { number: view, members }: View,
        id: BroadcastId,
        payload: Value,
    ) {
        self.received[id.from] = id.seq;
        let has = self.received.clone();
        let data = Data { view, id, payload: payload.clone(), has };
        ctx.multicast(others(ctx, members), data.into());
        self.deliver(ctx, Kept { view, id, payload, shared: members });
        self.forget_stable(ctx);
    }

    fn deliver(&mut self, ctx: &mut Context<Self>, message: Kept) {
        let (id, payload) = (message.id, message.payload.clone());
        self.state.insert((id, payload.clone()));
        self.stability.keep(message);
        ctx.indicate(GroupIndication::Deliver(id.deliver(payload)));
    }

    pub(super) fn on_data(
        &mut self,
        ctx: &mut Context<Self>,
        view: View,
        from: NodeId,
        Data { view: number, id, payload, has }: Data,
    ) {
        let is_new = id.seq > self.received[id.from];
        if number < view.number && is_new {
            ctx.note(format!("{payload} is too late: view {number} has ended"));
        }
        if number < view.number || self.is_gone(from) {
            return;
        }
        if is_new {
            self.received[id.from] = id.seq;
            let shared = [from, id.from].into_iter().collect();
            self.deliver(ctx, Kept { view: number, id, payload, shared });
            if ctx.parameters().acks == Acks::AtOnce && self.change.is_none() {
                let ack = Message::Ack { view: number, has: self.received.clone() };
                ctx.multicast(others(ctx, view.members), ack);
            }
        } else {
            self.stability.came_again(id, from);
        }
        self.on_ack(ctx, from, has);
    }

    pub(super) fn on_ack(&mut self, ctx: &Context<Self>, from: NodeId, has: VectorClock) {
        self.behind.remove(from);
        self.stability.acknowledge(from, has);
        self.forget_stable(ctx);
    }

    pub(super) fn forget_stable(&mut self, ctx: &Context<Self>) {
        if let Some(View { number, members }) = self.view {
            self.stability.forget_stable(number, others(ctx, members), self.behind);
        }
    }

    /// Sends these nodes the messages that they may lack.
    pub(super) fn send_copies(&mut self, ctx: &mut Context<Self>, view: View, to: NodeSet) {
        for (to, Kept { view, id, payload, .. }) in
            self.stability.share(view.number, to, self.behind)
        {
            ctx.multicast(to, Data { view, id, payload, has: self.received.clone() }.into());
        }
    }
}
