//! Budgets of faults, as readers write them.

use super::{Problem, problem::quoted};
use crate::search::{BadBudget, Budget, KINDS, MOST};

/// Reads a budget of faults, such as `crash=1,drop=2`.
///
/// # Errors
/// The first error in it.
pub fn budget(path: &str, text: &str) -> Result<Budget, Problem> {
    Budget::read(text).map_err(|bad| match bad {
        BadBudget::Kind(kind) => {
            let known = KINDS.into_iter().chain(["all"]);
            if known.clone().any(|it| it == kind) {
                let expected = format!("a number after it: {kind}=1");
                return Problem::new(path, format!("{} alone", quoted(&kind)), expected);
            }
            let expected = "kinds of faults, each with a number: crash=1,drop=2";
            Problem::new(path, quoted(&kind), expected).with_closest(&kind, known)
        }
        BadBudget::Count(kind, count) => {
            let found = quoted(&format!("{kind}={count}"));
            Problem::new(path, found, format!("a whole number from 0 to {MOST} after {kind}="))
        }
    })
}
