//! Budget of faults: how many a search may add to a scenario.

use std::fmt;

use crate::kernel::{Assumption, Fault, Protocol, Rule, joined};

/// The kinds of faults, by the names that scenarios call them, in the order in which a search tries them.
pub const KINDS: [&str; 13] = [
    "crash",
    "recover",
    "drop",
    "delay",
    "duplicate",
    "corrupt",
    "pause",
    "partition",
    "cut",
    "omit",
    "traitor",
    "forge",
    "drift",
];

/// Largest number of faults that a scenario may have, of each kind and in all.
///
/// As text it is `crash=1,drop=2`; with `all=2` there are at most two faults in all, whichever they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// By kind, in the order of [`KINDS`].
    of_kind: [u32; KINDS.len()],
    all: u32,
}

/// Largest number that a budget may have of one kind, and in all.
pub const MOST: u32 = 100;

impl Budget {
    /// Nothing goes wrong.
    pub const NONE: Self = Self { of_kind: [0; KINDS.len()], all: 0 };

    /// A budget of these kinds only: a number of faults of each.
    #[must_use]
    pub fn of(kinds: &[(&str, u32)]) -> Self {
        let mut budget = Self::NONE;
        for (kind, count) in kinds {
            budget.of_kind[place(kind).expect("a kind of fault")] = *count;
        }
        budget.all = budget.of_kind.iter().sum();
        budget
    }

    /// Reads a budget as a reader writes it.
    ///
    /// # Errors
    /// If the text is no budget.
    pub fn read(text: &str) -> Result<Self, BadBudget> {
        let mut budget = Self::NONE;
        let mut all = None;
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (kind, count) = part.split_once('=').ok_or_else(|| BadBudget::of(part))?;
            let (kind, count) = (kind.trim(), count.trim());
            let number = count.parse().ok().filter(|count| *count <= MOST);
            let number = number.ok_or_else(|| BadBudget::Count(kind.into(), count.into()))?;
            match (kind, place(kind)) {
                ("all", _) => all = Some(number),
                (_, Some(place)) => budget.of_kind[place] = number,
                _ => return Err(BadBudget::of(kind)),
            }
        }
        let sum = budget.of_kind.iter().sum::<u32>();
        Ok(Self { all: all.map_or(sum, |all| sum.min(all)), ..budget })
    }

    /// Largest number of faults of this kind.
    #[must_use]
    pub fn allows(&self, kind: &str) -> u32 {
        place(kind).map_or(0, |place| self.of_kind[place]).min(self.all)
    }

    /// Largest number of faults in all.
    #[must_use]
    pub const fn all(&self) -> u32 {
        self.all
    }

    /// True if these faults are within the budget.
    #[must_use]
    pub fn covers<'a>(&self, faults: impl IntoIterator<Item = &'a Fault>) -> bool {
        let mut spent = [0; KINDS.len()];
        for fault in faults {
            spent[place(fault.kind()).expect("every fault has its kind")] += 1;
        }
        spent.iter().sum::<u32>() <= self.all
            && spent.iter().zip(&self.of_kind).all(|(spent, most)| spent <= most)
    }

    /// Bound on faults of this kind alone, whatever the bound on all of them.
    #[must_use]
    pub fn of_kind(&self, kind: &str) -> u32 {
        place(kind).map_or(0, |place| self.of_kind[place])
    }

    /// The same budget with another bound on a kind. A budget without a bound on all faults gets none.
    #[must_use]
    pub fn with(&self, kind: &str, count: u32) -> Self {
        let mut next = self.clone();
        let binds = self.all < self.of_kind.iter().sum();
        if let Some(place) = place(kind) {
            next.of_kind[place] = count;
        }
        let sum = next.of_kind.iter().sum();
        Self { all: if binds { self.all.min(sum) } else { sum }, ..next }
    }

    /// The same budget with this bound on all faults.
    #[must_use]
    pub fn with_all(&self, all: u32) -> Self {
        Self { all: all.min(self.of_kind.iter().sum()), ..self.clone() }
    }

    /// The budget as [`Self::read`] reads it: `crash=2,drop=2,all=3`.
    #[must_use]
    pub fn written(&self) -> String {
        let counted = KINDS.iter().zip(&self.of_kind).filter(|(_, count)| **count > 0);
        let kinds = counted.map(|(kind, count)| format!("{kind}={count}"));
        let less = self.all < self.of_kind.iter().sum();
        let all = less.then(|| format!("all={}", self.all));
        kinds.chain(all).collect::<Vec<_>>().join(",")
    }

    /// The budgets that are smaller by one fault: each lacks one of another kind, or one in all.
    #[must_use]
    pub fn smaller(&self) -> Vec<Self> {
        let sum = self.of_kind.iter().sum::<u32>();
        if self.all < sum {
            return self
                .all
                .checked_sub(1)
                .map(|all| Self { all, ..self.clone() })
                .into_iter()
                .collect();
        }
        let less = |place: usize| {
            let mut budget = self.clone();
            budget.of_kind[place] = budget.of_kind[place].checked_sub(1)?;
            budget.all = sum - 1;
            Some(budget)
        };
        (0..KINDS.len()).filter_map(less).collect()
    }

    /// Returns the budget where a reader gives none: some faults of most kinds, at most three in all. Flipped bits are
    /// among them only if the protocol bounds their number: no other protocol claims to notice them.
    #[must_use]
    pub fn usual(protocol: &Protocol) -> Self {
        let bounds_flips = |it: &Assumption| matches!(it.rule, Rule::FlipsAtMost(_));
        let flips = if protocol.model.iter().any(bounds_flips) { 2 } else { 0 };
        Self::of(&[
            ("crash", 2),
            ("recover", 1),
            ("drop", 2),
            ("delay", 3),
            ("duplicate", 1),
            ("corrupt", flips),
            ("pause", 1),
            ("partition", 1),
            ("traitor", 1),
            ("forge", 2),
            ("drift", 2),
        ])
        .with_all(3)
    }
}

fn place(kind: &str) -> Option<usize> {
    KINDS.iter().position(|known| *known == kind)
}

/// In words: `2 crashes and 1 drop`, `3 faults (of 2 crashes, 2 drops and 1 pause)`.
impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let counted = KINDS.iter().zip(&self.of_kind).filter(|(_, count)| **count > 0);
        let words: Vec<String> = counted.map(|(kind, count)| counted_kind(kind, *count)).collect();
        let kinds = if words.is_empty() { "no faults".to_owned() } else { joined(&words) };
        if self.all < self.of_kind.iter().sum() {
            let plural = if self.all == 1 { "" } else { "s" };
            return write!(f, "{} fault{plural} (of {kinds})", self.all);
        }
        f.write_str(&kinds)
    }
}

/// `1 crash`, `2 crashes`.
#[must_use]
pub fn counted_kind(kind: &str, count: u32) -> String {
    let word = match kind {
        "recover" => "recovery",
        "forge" => "forged message",
        "corrupt" => "corrupted message",
        "omit" => "omission",
        "drift" => "drifting clock",
        other => other,
    };
    let plural = match word {
        "crash" => "crashes".to_owned(),
        "recovery" => "recoveries".to_owned(),
        other => format!("{other}s"),
    };
    format!("{count} {}", if count == 1 { word } else { &plural })
}

/// Reason why a text is no budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadBudget {
    /// No kind of fault, or none with a count.
    Kind(String),
    /// A kind whose count is no number, or too great.
    Count(String, String),
}

impl BadBudget {
    fn of(kind: &str) -> Self {
        Self::Kind(kind.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::NodeId;

    fn read(text: &str) -> Budget {
        Budget::read(text).expect("it is a budget")
    }

    #[test]
    fn search_tries_each_kind_of_faults() {
        let sorted = |mut kinds: [&'static str; KINDS.len()]| {
            kinds.sort_unstable();
            kinds
        };
        assert_eq!(sorted(KINDS), sorted(Fault::KINDS));
    }

    #[test]
    fn budget_text_reads_back_as_the_same_budget() {
        assert_eq!(read("crash=1,drop=2").to_string(), "1 crash and 2 drops");
        assert_eq!(read(" drop = 1 ").to_string(), "1 drop");
        assert_eq!(read("drop=3,crash=2,all=2").to_string(), "2 faults (of 2 crashes and 3 drops)");
        assert_eq!(read("all=9,recover=2"), read("recover=2"), "a bound that binds nothing");
        assert_eq!(read("").to_string(), "no faults");
        for text in ["", "crash=1,drop=2", "crash=2,drop=3,all=2"] {
            assert_eq!(read(text).written(), text);
        }
        assert_eq!(Budget::read("crush=1"), Err(BadBudget::of("crush")));
        assert_eq!(Budget::read("crash"), Err(BadBudget::of("crash")));
        for count in ["-1", "1.5", "101", ""] {
            let bad = BadBudget::Count("crash".to_owned(), count.to_owned());
            assert_eq!(Budget::read(&format!("crash={count}")), Err(bad));
        }
    }

    #[test]
    fn faults_are_counted_by_kind_and_in_all() {
        let crash = |index| Fault::Crash { node: NodeId::new(index), at: 0, after_sends: None };
        let pause = Fault::Pause { node: NodeId::new(0), at: 0, until: 1 };
        let budget = read("crash=2,pause=1,all=2");
        assert!(budget.covers(&[crash(0), crash(1)]));
        assert!(budget.covers(&[crash(0), pause.clone()]));
        assert!(!budget.covers(&[crash(0), crash(1), pause.clone()]), "too many in all");
        assert!(!budget.covers(&[pause.clone(), pause]), "too many of a kind");
        assert_eq!(budget.allows("drop"), 0);
        assert_eq!(read("crash=5,all=2").allows("crash"), 2);
        assert_eq!(read("crash=5,all=2").of_kind("crash"), 5);
    }

    #[test]
    fn budget_without_a_kind_keeps_the_others() {
        assert_eq!(read("crash=1").with("drop", 2), read("crash=1,drop=2"));
        assert_eq!(read("crash=2,drop=2,all=3").with("drop", 0), read("crash=2"));
        assert_eq!(read("crash=2,drop=2,all=3").with("drop", 5), read("crash=2,drop=5,all=3"));
        assert_eq!(read("crash=2,drop=2").with_all(3), read("crash=2,drop=2,all=3"));
        assert_eq!(read("crash=2").with_all(9), read("crash=2"));
    }

    #[test]
    fn smaller_budget_lacks_one_fault() {
        assert_eq!(read("crash=1,drop=2").smaller(), [read("drop=2"), read("crash=1,drop=1")]);
        assert_eq!(read("crash=2,drop=2,all=2").smaller(), [read("crash=2,drop=2,all=1")]);
        assert_eq!(Budget::NONE.smaller(), []);
    }
}
