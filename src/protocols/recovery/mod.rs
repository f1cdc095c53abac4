//! Recovery: stable storage, decisions and snapshots despite crashes.

pub mod snapshot;
pub mod two_phase_commit;

super::family!("recovery", "Recovery", [snapshot, two_phase_commit]);
