//! The npm module: its functions are those of `worldlines::module`.

// The exported functions are linked because the library is named.
use worldlines as _;

fn main() {}
