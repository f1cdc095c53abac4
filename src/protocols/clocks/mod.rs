//! Clocks: what time it is, and what happened before what.

pub mod physical_clock;
pub mod vector_clock;

super::family!("clocks", "Clocks", [vector_clock, physical_clock]);
