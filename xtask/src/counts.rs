//! Numbers of tests that passed and failed, read from the output of the test programs.
//!
//! A suite that ran nothing, or whose output cannot be read, is a failure: silence is not success.

use std::iter::Sum;

/// Tests that passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Number of tests that passed.
    pub(crate) passed: u64,
    /// Number of tests that failed.
    pub(crate) failed: u64,
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, next| Self {
            passed: sum.passed + next.passed,
            failed: sum.failed + next.failed,
        })
    }
}

/// Reads the output of `cargo test` and wasm-bindgen's runner, with a line for each test binary: `test
/// result: ok. 12 passed; 0 failed; 0 ignored; …`.
pub(crate) fn of_cargo(output: &str) -> Option<Counts> {
    let lines = output.lines().filter_map(|line| line.trim().strip_prefix("test result: "));
    let suites: Option<Vec<Counts>> = lines
        .map(|line| {
            let (_, counts) = line.split_once(". ")?;
            let number = |what: &str| {
                counts.split("; ").find_map(|part| part.strip_suffix(what)?.trim().parse().ok())
            };
            Some(Counts { passed: number(" passed")?, failed: number(" failed")? })
        })
        .collect();
    suites.filter(|suites| !suites.is_empty()).map(|suites| suites.into_iter().sum())
}

/// Reads the end of the output of `node --test`: `ℹ pass 3`, `ℹ fail 0`, `ℹ cancelled 0`. A cancelled test
/// did not pass.
pub(crate) fn of_node(output: &str) -> Option<Counts> {
    let number = |what: &str| {
        output.lines().rev().find_map(|line| {
            let line = line.trim_start_matches(|mark: char| !mark.is_ascii_alphabetic());
            line.strip_prefix(what)?.strip_prefix(' ')?.trim().parse::<u64>().ok()
        })
    };
    Some(Counts { passed: number("pass")?, failed: number("fail")? + number("cancelled")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARGO: &str = "\
running 2 tests
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s
test it ... FAILED
test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s
";

    #[test]
    fn cargo_suites_are_added_up() {
        assert_eq!(of_cargo(CARGO), Some(Counts { passed: 5, failed: 1 }));
    }

    #[test]
    fn cargo_output_without_a_result_is_not_a_success() {
        assert_eq!(of_cargo("error: could not compile"), None);
        assert_eq!(of_cargo("test result: ok. some passed; 0 failed"), None);
        assert_eq!(of_cargo(""), None);
    }

    #[test]
    fn node_counts_cancelled_tests_as_failed() {
        let output = "✔ the page loads\nℹ tests 4\nℹ suites 0\nℹ pass 2\nℹ fail 1\n\
                      ℹ cancelled 1\nℹ skipped 0\nℹ todo 0\nℹ duration_ms 12\n";
        assert_eq!(of_node(output), Some(Counts { passed: 2, failed: 2 }));
        let tap = "# tests 4\n# pass 3\n# fail 1\n# cancelled 0\n";
        assert_eq!(of_node(tap), Some(Counts { passed: 3, failed: 1 }));
    }

    #[test]
    fn node_output_that_breaks_off_is_not_a_success() {
        assert_eq!(of_node("ℹ tests 4\nℹ pass 2\n"), None);
        assert_eq!(of_node("ℹ pass many\nℹ fail 0\nℹ cancelled 0"), None);
    }
}
