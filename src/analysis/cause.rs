//! The cause of a violation, in words.

use super::{Breach, Repair};
use crate::kernel::Time;

/// The cause of a violation, as far as repairs showed one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// Breaches of assumptions without each of which the property would hold: the one to blame first.
    pub breaches: Vec<Breach>,
    /// By their places in the scenario: other faults without each of which it would hold.
    pub faults: Vec<usize>,
    /// If there is no such breach: breaches of one assumption without all of which together the property would hold.
    pub together: Vec<Breach>,
    /// By their places in the scenario: unused faults that have to be undone with a single breach since they would
    /// strike
    /// in its place.
    pub unused: Vec<usize>,
    /// If the property then holds only later than at the run's horizon: a sufficient horizon, in virtual ms.
    pub until: Option<Time>,
    /// Number of broken assumptions that the violation may be due to.
    pub broken: usize,
    /// Number of repairs that were tried, one at a time.
    pub tried: usize,
    /// Number of repairs that were not tried, or whose run was too long.
    pub left_out: usize,
}

impl Cause {
    /// Broken assumption that is the cause; none if no repair shows one.
    #[must_use]
    pub fn culprit(&self) -> Option<&Breach> {
        self.breaches.first().or(self.together.first())
    }

    /// Paths in the scenario of all items without each of which, alone, the property would hold.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        let breaches = self.breaches.iter().map(|breach| breach.culprit.clone());
        let faults = self.faults.iter().map(|fault| format!("faults[{fault}]"));
        distinct(breaches.chain(faults))
    }

    /// Paths in the scenario of the items that have to be undone together, if no single one is enough.
    #[must_use]
    pub fn paths_together(&self) -> Vec<String> {
        let breaches = self.together.iter().map(|breach| breach.culprit.clone());
        distinct(breaches.chain(self.unused.iter().map(|fault| format!("faults[{fault}]"))))
    }

    /// Returns the cause in one or two sentences; `fault` describes a fault. Nodes are their characters.
    #[must_use]
    pub fn said(&self, fault: impl Fn(usize) -> String) -> String {
        let first = self.breaches.first();
        let is_longer = |breach: &Breach| matches!(breach.repair, Some(Repair::Until(_)));
        let more = self.breaches.iter().skip(1).filter(|breach| {
            first.is_some_and(|first| first.repair != breach.repair) && !is_longer(breach)
        });
        let more = more.map(|breach| match breach.repair {
            Some(Repair::Without(place)) => fault(place),
            _ => breach.why.clone(),
        });
        let others = distinct(more.chain(self.faults.iter().map(|it| fault(*it))));
        let together = self.together.iter().map(|breach| breach.why.clone());
        let unused = self.unused.iter().map(|place| fault(*place));
        let together = distinct(together.chain(unused));
        let mut said = self.verdict(others.is_empty(), &some(&together));
        let also = if first.is_some() || !self.together.is_empty() { "also " } else { "" };
        match &others[..] {
            [] => {}
            [one] => said.push_str(&format!(" It would {also}hold without this: {one}.")),
            _ => said.push_str(&format!(
                " It would {also}hold without any one of these: {}.",
                some(&others)
            )),
        }
        let longer = self.breaches.iter().skip(1).find_map(|breach| match breach.repair {
            Some(Repair::Until(until)) => Some(until),
            _ => None,
        });
        if let Some(until) = longer {
            said.push_str(&format!(" It would also hold if the run went on until {until} ms."));
        }
        match self.left_out {
            0 => {}
            1 => said.push_str(" One more repair was not tested."),
            left => said.push_str(&format!(" {left} more repairs were not tested.")),
        }
        said
    }

    /// Returns the first sentence.
    fn verdict(&self, alone: bool, together: &str) -> String {
        if let Some(first) = self.breaches.first() {
            return match (&first.repair, self.until) {
                (Some(Repair::Until(until)), _) => {
                    format!("The property would hold if the run went on until {until} ms.")
                }
                (_, Some(until)) => format!(
                    "Without this the property would hold later: in the same run, but until {until} ms."
                ),
                _ => "Without this the property would hold in the same run.".to_owned(),
            };
        }
        let tried = match self.tried {
            1 => "the only repair was tried".to_owned(),
            many => format!("{many} repairs were tried, one at a time"),
        };
        match (self.together.is_empty(), self.broken, self.tried) {
            (false, ..) => format!(
                "The property would hold if all breaches of this assumption were undone together ({together})."
            ),
            (_, 0, 0) => "No assumption is broken, and no fault has an effect.".to_owned(),
            (_, _, 0) => "The cause was not tested: it cannot be undone by a change.".to_owned(),
            (_, 0, _) if alone => {
                format!("No assumption is broken, and no fault alone is the cause: {tried}.")
            }
            (_, 0, _) => "No assumption is broken.".to_owned(),
            _ if alone => {
                format!(
                    "No single breach or fault is the cause: {tried}, and the property is violated each time."
                )
            }
            _ => "No single breach of an assumption is the cause.".to_owned(),
        }
    }
}

/// Removes duplicate texts.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in texts {
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// Some of these texts, and the number of the others.
fn some(texts: &[String]) -> String {
    const MOST: usize = 8;
    let said = texts[..texts.len().min(MOST)].join("; ");
    match texts.len().saturating_sub(MOST) {
        0 => said,
        more => format!("{said}; and {more} more"),
    }
}
