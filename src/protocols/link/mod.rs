//! Point-to-point delivery: one process sends, one delivers, and the network between them loses messages.

pub mod retransmit_until_ack;

super::family!("link", "Point-to-point delivery", [retransmit_until_ack]);
