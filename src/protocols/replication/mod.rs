//! Replication: several copies that behave as one.

pub mod quorum_register;

use super::Family;

/// The protocols of this family.
pub const FAMILY: Family =
    Family { id: "replication", name: "Replication", protocols: &[quorum_register::PROTOCOL] };
