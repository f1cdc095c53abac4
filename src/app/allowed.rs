//! Changes that the page around an embed leaves to its readers.

use crate::kernel::{Fault, Scenario};

/// Kinds of changes that a reader may make: a set of [`names`](Self::names).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed(u32);

impl Allowed {
    /// All changes.
    pub const ALL: Self = Self(u32::MAX);
    /// No change.
    pub const NONE: Self = Self(0);
    /// Name of the requests.
    pub const REQUEST: &str = "request";
    /// Name of everything that is neither a fault nor a request.
    pub const SETTINGS: &str = "settings";

    /// Returns the set of these names, which are separated by spaces. Others are left out.
    #[must_use]
    pub fn of(names: &str) -> Self {
        Self(names.split_whitespace().fold(0, |set, name| set | Self::only(name)))
    }

    /// Names of the kinds: those of faults, requests, and everything else of a scenario.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Fault::KINDS.into_iter().chain([Self::REQUEST, Self::SETTINGS])
    }

    fn only(name: &str) -> u32 {
        Self::names().position(|it| it == name).map_or(0, |place| 1 << place)
    }

    /// True if the set has the kind of this name.
    #[must_use]
    pub fn has(self, name: &str) -> bool {
        self.0 & Self::only(name) != 0
    }

    /// True if a reader may change one scenario into the other: every kind of change between them is allowed.
    #[must_use]
    pub fn permits(self, before: &Scenario, after: &Scenario) -> bool {
        if self == Self::ALL {
            return true;
        }
        let rest = Scenario {
            faults: before.faults.clone(),
            requests: before.requests.clone(),
            ..after.clone()
        };
        self.permits_faults(&before.faults, &after.faults)
            && (before.requests == after.requests || self.has(Self::REQUEST))
            && (rest == *before || self.has(Self::SETTINGS))
    }

    fn permits_faults(self, before: &[Fault], after: &[Fault]) -> bool {
        let is_same = |(one, other): &(&Fault, &Fault)| one == other;
        let begin = before.iter().zip(after).take_while(is_same).count();
        let (before, after) = (&before[begin..], &after[begin..]);
        let end = before.iter().rev().zip(after.iter().rev()).take_while(is_same).count();
        let (before, after) = (&before[..before.len() - end], &after[..after.len() - end]);
        // Each fault that only one of them has, as often as it has it.
        let mut added: Vec<&Fault> = after.iter().collect();
        let mut removed = before.iter().filter(|fault| {
            let place = added.iter().position(|other| other == fault);
            place.map(|place| added.swap_remove(place)).is_none()
        });
        removed.all(|fault| self.has(fault.kind()))
            && added.iter().all(|fault| self.has(fault.kind()))
    }
}
