//! The failure-free cost of an operation: the textbook's formula, as an expression that is both worked out and
//! shown. Made by [`cost!`](crate::cost).

use super::Scenario;

/// The failure-free cost of one operation, in messages.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// The operation: `one broadcast`.
    pub operation: &'static str,
    /// The formula as Rust spells it; [`formula`](Self::formula) is how it is shown.
    pub expression: &'static str,
    /// The formula's value in a group of n nodes.
    pub value: fn(n: usize) -> usize,
    /// Meaning of its other letters.
    pub terms: &'static [Term],
    /// Smallest group that the formula is true of.
    pub least: usize,
    /// Performs the operation once, in a scenario that has only its nodes and a network on which every
    /// message takes 10 virtual ms.
    pub perform: fn(&mut Scenario),
}

/// A letter of a formula.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// The letter.
    pub letter: &'static str,
    /// Its meaning: `members of a voting set`.
    pub meaning: &'static str,
    /// Its value in a group of n nodes.
    pub value: fn(n: usize) -> usize,
}

impl Cost {
    /// Returns the formula as textbooks write it: `3(K − 1)`, `n² − 1`.
    #[must_use]
    pub fn formula(&self) -> String {
        let mut formula = String::new();
        let mut rest = self.expression;
        while let Some(next) = rest.chars().next() {
            let token = rest.split_at(next.len_utf8()).0;
            let (shown, length) = match () {
                () if rest.starts_with(".pow(2)") => ("²", 7),
                () if rest.starts_with(".pow(3)") => ("³", 7),
                () if rest.starts_with(" / ") => ("/", 3),
                // Factors stand side by side, except a number after another factor.
                () if rest.starts_with(" * ") => {
                    let number = rest[3..].starts_with(|c: char| c.is_ascii_digit());
                    (if number { " · " } else { "" }, 3)
                }
                () if next == '-' => ("−", 1),
                () => (token, token.len()),
            };
            formula.push_str(shown);
            rest = &rest[length..];
        }
        formula
    }
}

/// The cost of an operation: its name, the formula for a group of n nodes, the function that has it performed, and
/// the meaning and value of the formula's other letters. What is counted, shown and worked out is one expression.
///
/// ```
/// use worldlines::{cost, kernel::{Cost, NodeId}};
///
/// const ENTRY: Cost = cost!(
///     "one entry",
///     n >= 2 => 3 * (K - 1),
///     |scenario| scenario.ask(0, NodeId::new(0), "acquire", None),
///     K = n.isqrt() => "members of a voting set"
/// );
/// assert_eq!((ENTRY.formula().as_str(), (ENTRY.value)(9)), ("3(K − 1)", 6));
/// ```
#[macro_export]
macro_rules! cost {
    ($operation:literal, $n:ident => $($rest:tt)+) => {
        $crate::cost!($operation, $n >= 1 => $($rest)+)
    };
    (
        $operation:literal, $n:ident >= $least:literal => $value:expr, $perform:expr
        $(, $letter:ident = $term:expr => $meaning:literal)* $(,)?
    ) => {
        $crate::kernel::Cost {
            operation: $operation,
            expression: stringify!($value),
            #[allow(non_snake_case, unused_variables)]
            value: |$n: usize| {
                $( let $letter: usize = $term; )*
                $value
            },
            terms: &[$(
                $crate::kernel::Term {
                    letter: stringify!($letter),
                    meaning: $meaning,
                    #[allow(unused_variables)]
                    value: |$n: usize| $term,
                },
            )*],
            least: $least,
            perform: $perform,
        }
    };
}

#[cfg(test)]
mod tests {
    use super::Cost;

    #[test]
    fn cost_formula_is_shown_as_textbooks_write_it() {
        let costs: [(Cost, &str, usize); 8] = [
            (cost!("a", n => n - 1, |_| {}), "n − 1", 4),
            (cost!("b", n => n * (n - 1), |_| {}), "n(n − 1)", 20),
            (cost!("c", n => 3 * (K - 1), |_| {}, K = n - 1 => "k"), "3(K − 1)", 9),
            (cost!("d", n >= 2 => n.pow(2) - 1, |_| {}), "n² − 1", 24),
            (cost!("e", n => (m + 1) * n * (n - 1), |_| {}, m = 2 => "m"), "(m + 1)n(n − 1)", 60),
            (cost!("f", n => n * (n - 1) / 2, |_| {}), "n(n − 1)/2", 10),
            (cost!("g", n => 2, |_| {}), "2", 2),
            (cost!("h", n => 12 * n + n * 7, |_| {}), "12n + n · 7", 95),
        ];
        for (cost, shown, value) in costs {
            assert_eq!((cost.formula().as_str(), (cost.value)(5)), (shown, value));
        }
    }
}
