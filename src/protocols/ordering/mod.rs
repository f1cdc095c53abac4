//! Ordering: all processes deliver messages in an order that has a meaning for the application.

pub mod abcast;
pub mod causal_multicast;
pub mod fifo_multicast;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family = Family {
    id: "ordering",
    name: "Ordering",
    protocols: &[fifo_multicast::PROTOCOL, causal_multicast::PROTOCOL, abcast::PROTOCOL],
};
