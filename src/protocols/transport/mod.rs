//! One to many: how a packet for a group gets to its members.

pub mod source_tree;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family =
    Family { id: "transport", name: "One to many", protocols: &[source_tree::PROTOCOL] };
