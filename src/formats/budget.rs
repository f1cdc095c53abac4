//! Budgets of faults, as readers write them.

use super::{Problem, problem::quoted};
use crate::search::{BadBudget, Budget, KINDS, MOST};

/// A budget of faults, as `crash=1,drop=2`.
///
/// # Errors
/// What is wrong with it.
pub fn budget(path: &str, text: &str) -> Result<Budget, Problem> {
    Budget::read(text).map_err(|bad| match bad {
        BadBudget::Kind(kind) => {
            let known = KINDS.into_iter().chain(["all"]);
            if known.clone().any(|it| it == kind) {
                let expected = format!("a number behind it: {kind}=1");
                return Problem::new(path, format!("{} alone", quoted(&kind)), expected);
            }
            let expected = "kinds of faults, each with how many: crash=1,drop=2";
            Problem::new(path, quoted(&kind), expected).with_closest(&kind, known)
        }
        BadBudget::Count(kind, count) => {
            let found = quoted(&format!("{kind}={count}"));
            Problem::new(path, found, format!("a whole number from 0 to {MOST} behind {kind}="))
        }
    })
}
