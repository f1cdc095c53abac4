//! Point-to-point delivery: one process sends, one delivers, and the network between them loses messages.

pub mod checksummed_link;
pub mod deduplicated_link;
pub mod fifo_link;
pub mod fire_and_forget;
pub mod retransmit_until_ack;
pub mod sliding_window;

super::family!(
    "link",
    "Point-to-point delivery",
    [
        fire_and_forget,
        retransmit_until_ack,
        deduplicated_link,
        fifo_link,
        sliding_window,
        checksummed_link
    ]
);
