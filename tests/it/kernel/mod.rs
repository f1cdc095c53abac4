//! The kernel: runs, faults, the network and time travel.

mod cases;
mod checkpoints;
mod determinism;
mod effects;
mod faults;
mod moments;
mod network;
mod observer;
mod renaming;
