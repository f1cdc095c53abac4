//! The two commands, and their kin.
fn main() {}
