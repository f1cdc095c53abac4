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
    pub(super) const REQUEST: &str = "request";
    pub(super) const SETTINGS: &str = "settings";

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
        let missing = |from: &Scenario, to: &Scenario| {
            let mut gone = from.faults.iter().filter(|fault| !to.faults.contains(fault));
            gone.all(|fault: &Fault| self.has(fault.kind()))
        };
        let rest = Scenario {
            faults: before.faults.clone(),
            requests: before.requests.clone(),
            ..after.clone()
        };
        missing(before, after)
            && missing(after, before)
            && (before.requests == after.requests || self.has(Self::REQUEST))
            && (rest == *before || self.has(Self::SETTINGS))
    }
}
