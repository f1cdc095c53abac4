//! Virtual time.

/// Virtual time, in whole milliseconds since the run began.
pub type Time = u64;
