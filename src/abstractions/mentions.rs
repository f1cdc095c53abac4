//! Messages that indications deliver, of all abstractions that carry messages.

use super::{Value, broadcast, link, membership::GroupIndication, naming::Mention};
use crate::kernel::{NodeId, Packet};

impl Mention {
    /// Returns the message that this indication of a node delivers, if it delivers one.
    #[must_use]
    pub fn delivered(packet: &Packet, node: NodeId) -> Option<Self> {
        if let Some(link::Deliver { from, seq, payload, .. }) = packet.get() {
            let payload = Value::clone(payload);
            return Some(Self { from: *from, to: Some(node), seq: *seq, payload });
        }
        let deliver: &broadcast::Deliver<Value> = match packet.get() {
            Some(GroupIndication::Deliver(deliver)) => deliver,
            _ => packet.get()?,
        };
        let payload = deliver.payload.clone();
        Some(Self { from: deliver.from, to: None, seq: deliver.seq, payload })
    }
}
