//! Reliable multicast: all correct processes deliver a message, or none does, even if nodes crash.

pub mod ack_multicast;
pub mod atomic_multicast;
pub mod best_effort_broadcast;
pub mod logged_multicast;
pub mod nack_multicast;
pub mod reliable_broadcast;
pub mod uniform_broadcast;

super::family!(
    "reliable",
    "Reliable multicast",
    [
        best_effort_broadcast,
        reliable_broadcast,
        uniform_broadcast,
        ack_multicast,
        nack_multicast,
        atomic_multicast,
        logged_multicast
    ]
);
