//! Point-to-point delivery: one process sends, one delivers, and the network between them loses messages.

pub mod retransmit_until_ack;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family = Family {
    id: "link",
    name: "Point-to-point delivery",
    protocols: &[retransmit_until_ack::PROTOCOL],
};
