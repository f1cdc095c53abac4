//! Budgets of the tests that draw scenarios: the number of runs, every time and in `cargo xtask test --long`.
//!
//! The time of the tests for each protocol grows with the catalogue. Tests of what is below the protocols take their
//! runs from all protocols together, and their time stays the same. docs/testing.md has the projection.

use std::env;

use worldlines::protocols;

/// Number of random runs of a test for each protocol.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Each {
    every_time: u64,
    long: u64,
}

/// Number of random runs of a test for all protocols together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Together {
    every_time: u64,
    long: u64,
}

/// Runs inside a protocol's model, in which its promised properties must hold.
pub(crate) const INSIDE_MODEL: Each = Each { every_time: 300, long: 50_000 };
/// Runs from which the rate of a property with a probability is estimated.
pub(crate) const RATES: Each = Each { every_time: 1_000, long: 10_000 };
/// Runs that must not violate a protocol's unbreakable properties.
pub(crate) const UNBREAKABLE: Each = Each { every_time: 300, long: 20_000 };
/// Runs with one kind of fault, for each kind.
pub(crate) const ONE_WRONG: Each = Each { every_time: 5, long: 200 };
/// Runs outside the model, whose causes must be true.
pub(crate) const CAUSES: Each = Each { every_time: 50, long: 1_000 };
/// Runs in other orders of observation, which show the dependencies of a monitor.
pub(crate) const RETOLD: Each = Each { every_time: 40, long: 600 };
/// Runs whose states and payloads are serialised, and other conformance runs.
pub(crate) const CONFORMANCE: Each = Each { every_time: 20, long: 500 };
/// Small systems that are searched with partial-order reduction and without.
pub(crate) const REDUCED: Each = Each { every_time: 6, long: 300 };

/// Runs that are compared with a repetition or a renaming, or that definitions judge.
pub(crate) const COMPARED: Together = Together { every_time: 500, long: 50_000 };
/// Runs that are compared with the same run and one fault more.
pub(crate) const CAUSAL_FUTURE: Together = Together { every_time: 12_000, long: 100_000 };
/// Runs that are restored at many moments.
pub(crate) const SOUGHT: Together = Together { every_time: 264, long: 5_000 };
/// Runs that are drawn.
pub(crate) const DRAWN: Together = Together { every_time: 500, long: 10_000 };
/// Runs whose texts are checked for what must be escaped.
pub(crate) const ESCAPED: Together = Together { every_time: 132, long: 5_000 };

/// Number of runs and states that the search of one break explores every time, at most. Searches that take longer are
/// listed in `protocols::breaks` and left to the long tests.
pub(crate) const EXPLORED_FOR_BREAK: u64 = 20_000;

/// Number of inputs that the fuzzer tries.
pub(crate) fn fuzzed() -> u64 {
    if is_long() { 20_000 } else { 400 }
}

impl Each {
    /// Returns the number of runs of each protocol this time.
    pub(crate) fn runs(self) -> u64 {
        if is_long() { self.long } else { self.every_time }
    }
}

impl Together {
    /// Returns the number of runs of each protocol this time.
    pub(crate) fn runs(self) -> u64 {
        let all = if is_long() { self.long } else { self.every_time };
        all.div_ceil(protocols::catalogue().count() as u64)
    }
}

/// Number of times that each sample of a foreign record is damaged.
pub(crate) fn damages() -> u64 {
    if is_long() { 2_000 } else { 20 }
}

/// True if the tests may take as long as they need. `cargo xtask test --long` sets the variable.
pub(crate) fn is_long() -> bool {
    env::var_os("WORLDLINES_LONG_TESTS").is_some()
}
