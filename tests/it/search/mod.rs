//! The searches: their findings, and the reduction.

mod adversary;
mod livelock;
mod reduction;
mod reduction_random;
