//! One to many: the way of a packet for a group to its members.

pub mod gossip;
pub mod hardware_multicast;
pub mod multiple_unicasts;
pub mod source_tree;

super::family!(
    "transport",
    "One to many",
    [multiple_unicasts, hardware_multicast, source_tree, gossip]
);
