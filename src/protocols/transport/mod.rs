//! One to many: the way of a packet for a group to its members.

pub mod source_tree;

super::family!("transport", "One to many", [source_tree]);
