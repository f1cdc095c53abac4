//! Replication: several copies that behave as one.

pub mod quorum_register;

super::family!("replication", "Replication", [quorum_register]);
