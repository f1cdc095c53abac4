//! The searches: what they find, and what the reduction leaves out.

mod adversary;
mod livelock;
mod reduction;
mod reduction_random;
