//! Snapshots and checkpoints: requests, indications and properties.
//!
//! Properties: Chandy and Lamport 1985, *Distributed Snapshots: Determining Global States of Distributed
//! Systems*; Elnozahy, Alvisi, Wang and Johnson 2002, *A Survey of Rollback-Recovery Protocols*.
//!
//! The application is a bank: processes transfer money to each other. A transfer is identified by its sender, its receiver
//! and its number on that link, never by its amount.

mod interface;
mod moments;
mod orphans;
mod snapshots;

pub use interface::{CheckpointRequest, Ledger, Recorded, SnapshotRequest, Transfer};
pub use orphans::NO_ORPHAN_MESSAGE;
pub use snapshots::{CONSISTENT_CUT, RECORDED_STATE_COMPLETE, SNAPSHOT_COMPLETION};
