//! Ordering: everybody delivers, and in an order that means something.

pub mod causal_multicast;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family =
    Family { id: "ordering", name: "Ordering", protocols: &[causal_multicast::PROTOCOL] };
