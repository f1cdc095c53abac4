//! Groups: who is up, who is a member, and what members that come and go can rely on.

pub mod heartbeat_detector;
pub mod virtual_synchrony;

super::family!("membership", "Groups", [heartbeat_detector, virtual_synchrony]);
