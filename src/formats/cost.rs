//! What the operations of a protocol cost: counted, and by the formula (docs/command-line.md).

use std::{fmt::Write as _, ops::RangeInclusive, str::Chars};

use super::problem::quoted;
use crate::kernel::{self, Cost, Delay, MAX_NODES, Protocol, Scenario};

/// How long the operation may take, in virtual ms.
const HORIZON: u64 = 10_000;
/// How long a message takes, in virtual ms.
const DELAY: u64 = 10;

/// What one operation costs in a group of one size, in messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The size.
    pub nodes: usize,
    /// How many messages were sent. A transmission on a shared medium counts once.
    pub counted: usize,
    /// What the formula comes to.
    pub formula: usize,
    /// What its letters stand for, in their order.
    pub terms: Vec<(char, usize)>,
}

/// The scenario in which an operation is performed once in a group of so many, and nothing fails.
#[must_use]
pub fn scenario(protocol: &Protocol, cost: &Cost, nodes: usize) -> Scenario {
    let mut scenario = Scenario::new(protocol.id, Scenario::numbered(nodes));
    scenario.network.delay = Delay { min: DELAY, max: DELAY };
    scenario.until = HORIZON;
    (cost.perform)(&mut scenario);
    scenario
}

/// Performs an operation in a group of so many, counts, and works out the formula.
///
/// # Errors
/// Where the protocol's own `perform` asks for what the protocol cannot read, or its formula cannot be worked
/// out; a test tries them all.
pub fn measure(protocol: &Protocol, cost: &Cost, nodes: usize) -> Result<Row, String> {
    let scenario = scenario(protocol, cost, nodes);
    let trace = kernel::run(protocol, &scenario).map_err(|(_, expected)| expected)?;
    let terms: Vec<_> = cost.terms.iter().map(|term| (term.letter, (term.value)(nodes))).collect();
    let formula = evaluate(cost.formula, &[&[('n', nodes)], terms.as_slice()].concat())?;
    Ok(Row { nodes, counted: trace.sends(), formula, terms })
}

/// A table for every operation of a protocol: size of the group, messages counted, messages by the formula.
///
/// # Errors
/// If there is no formula for this protocol, or no group of these sizes has one.
pub fn to_text(protocol: &Protocol, sizes: RangeInclusive<usize>) -> Result<String, String> {
    let id = protocol.id;
    if protocol.costs.is_empty() {
        return Err(format!("{id}: there is no formula for what it costs"));
    }
    let mut text = String::new();
    for cost in protocol.costs {
        let least = cost.least.max(*sizes.start());
        if least > *sizes.end() {
            return Err(format!(
                "{id}: {} needs a group of {} nodes at least, found at most {}",
                cost.operation,
                cost.least,
                sizes.end()
            ));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "{id}: {} costs {} messages", cost.operation, cost.formula);
        for term in cost.terms {
            let _ = writeln!(text, "  {} = {}", term.letter, term.meaning);
        }
        let letters: String = cost.terms.iter().map(|term| format!("{:>6}", term.letter)).collect();
        let _ = writeln!(text, "{:>6}{letters}{:>10}{:>10}", "n", "counted", "formula");
        for nodes in least..=*sizes.end() {
            let row = measure(protocol, cost, nodes)?;
            let terms: String = row.terms.iter().map(|(_, value)| format!("{value:>6}")).collect();
            let differs = if row.counted == row.formula { "" } else { "  differs" };
            let _ =
                writeln!(text, "{nodes:>6}{terms}{:>10}{:>10}{differs}", row.counted, row.formula);
        }
    }
    Ok(text)
}

/// Reads the sizes of groups: `3..16`, both included, or one number.
///
/// # Errors
/// What was expected instead.
pub fn sizes(text: &str) -> Result<RangeInclusive<usize>, String> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let number = |text: &str| text.parse::<usize>().ok();
    let range = number(first).zip(number(last.trim_start_matches('=')));
    range
        .filter(|(first, last)| (1..=*last).contains(first) && *last <= MAX_NODES)
        .map(|(first, last)| first..=last)
        .ok_or_else(|| {
            let found = quoted(text);
            format!("found {found}, expected two numbers from 1 to {MAX_NODES} like 3..16")
        })
}

/// Works out a formula as textbooks write it: `n(n − 1)`, `3(K − 1)`, `n² − 1`, `n(n − 1)/2`.
///
/// # Errors
/// What cannot be read in it.
pub fn evaluate(formula: &str, letters: &[(char, usize)]) -> Result<usize, String> {
    let mut reader = Reader { rest: formula.chars(), letters, formula };
    let value = reader.sum()?;
    match reader.peek() {
        None => usize::try_from(value).map_err(|_| format!("{formula:?} is less than nothing")),
        Some(_) => Err(reader.unreadable()),
    }
}

/// Sums of products of factors.
struct Reader<'a> {
    rest: Chars<'a>,
    letters: &'a [(char, usize)],
    formula: &'a str,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        loop {
            let next = self.rest.clone().next()?;
            if next != ' ' {
                return Some(next);
            }
            self.rest.next();
        }
    }

    fn take(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        if there {
            self.rest.next();
        }
        there
    }

    fn unreadable(&self) -> String {
        format!("{:?} cannot be read from {:?} on", self.formula, self.rest.as_str())
    }

    fn sum(&mut self) -> Result<i64, String> {
        let mut sum = self.product()?;
        loop {
            if self.take('+') {
                sum += self.product()?;
            } else if self.take('−') {
                sum -= self.product()?;
            } else {
                return Ok(sum);
            }
        }
    }

    /// Factors that stand side by side are multiplied.
    fn product(&mut self) -> Result<i64, String> {
        let mut product = self.power()?;
        loop {
            match self.peek() {
                Some('·') => {
                    self.rest.next();
                    product *= self.power()?;
                }
                Some('/') => {
                    self.rest.next();
                    let divisor = self.power()?;
                    product = product.checked_div(divisor).ok_or_else(|| self.unreadable())?;
                }
                Some(next) if next == '(' || next.is_alphanumeric() => product *= self.power()?,
                _ => return Ok(product),
            }
        }
    }

    fn power(&mut self) -> Result<i64, String> {
        let base = self.factor()?;
        if self.take('²') {
            return Ok(base * base);
        }
        Ok(if self.take('³') { base * base * base } else { base })
    }

    fn factor(&mut self) -> Result<i64, String> {
        if self.take('(') {
            let sum = self.sum()?;
            return if self.take(')') { Ok(sum) } else { Err(self.unreadable()) };
        }
        let mut number = None;
        while let Some(digit) = self.rest.clone().next().and_then(|next| next.to_digit(10)) {
            self.rest.next();
            number = Some(number.unwrap_or(0) * 10 + i64::from(digit));
        }
        if let Some(number) = number {
            return Ok(number);
        }
        let next = self.peek();
        let letter = self.letters.iter().find(|(letter, _)| Some(*letter) == next);
        let Some((_, value)) = letter else { return Err(self.unreadable()) };
        self.rest.next();
        i64::try_from(*value).map_err(|_| self.unreadable())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_worked_out_as_textbooks_write_them() {
        let letters = [('n', 5), ('K', 4), ('m', 2)];
        for (formula, value) in [
            ("n − 1", 4),
            ("n(n − 1)", 20),
            ("3(K − 1)", 9),
            ("n² − 1", 24),
            ("(m + 1)n(n − 1)", 60),
            ("n(n − 1)/2", 10),
            ("2", 2),
            ("12 · n + 7", 67),
        ] {
            assert_eq!(evaluate(formula, &letters), Ok(value), "{formula}");
        }
    }

    #[test]
    fn what_is_no_formula_is_refused() {
        for formula in ["", "n −", "x", "(n", "n)", "n − 9", "n/(n − 5)", "about n"] {
            assert!(evaluate(formula, &[('n', 5)]).is_err(), "{formula}");
        }
    }

    #[test]
    fn sizes_are_a_range_or_one_number() {
        assert_eq!(sizes("3..16"), Ok(3..=16));
        assert_eq!(sizes("3..=16"), Ok(3..=16));
        assert_eq!(sizes("7"), Ok(7..=7));
        for text in ["", "..", "5..3", "0..3", "3..129", "three", "3..x"] {
            assert!(sizes(text).is_err_and(|why| why.contains(text)), "{text}");
        }
    }
}
