//! Ordering: all processes deliver messages in an order that has a meaning for the application.

pub mod abcast;
pub mod causal_multicast;
pub mod fifo_multicast;

super::family!("ordering", "Ordering", [fifo_multicast, causal_multicast, abcast]);
