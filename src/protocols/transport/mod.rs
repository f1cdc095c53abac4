//! One to many: the way of a packet for a group to its members.

pub mod source_tree;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family =
    Family { id: "transport", name: "One to many", protocols: &[source_tree::PROTOCOL] };
