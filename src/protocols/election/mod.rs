//! Election: they agree on one of them.

pub mod bully;

super::family!("election", "Election", [bully]);
