//! A node's physical clock.

use std::cell::Cell;

use super::{Fault, NodeId, PerMillion, Scenario, Time};

/// A clock that may run fast or slow and may have been set wrongly. It computes in whole numbers: the time
/// that it shows is rounded down to a millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    /// Advance of the clock while a million virtual ms pass, in ms.
    rate: PerMillion,
    /// Time that it shows when the run begins, in ms.
    offset: Time,
    /// Index of the fault that set its rate or offset.
    pub(super) fault: Option<usize>,
}

impl Clock {
    /// Returns every node's clock. The first drift of a node counts.
    pub(super) fn all(scenario: &Scenario) -> Vec<Self> {
        let right = Self { rate: PerMillion::ONE, offset: 0, fault: None };
        let mut clocks = vec![right; scenario.nodes.len()];
        for (index, fault) in scenario.faults.iter().enumerate().rev() {
            if let Fault::Drift { node, rate, offset } = *fault {
                clocks[NodeId::index(node)] = Self { rate, offset, fault: Some(index) };
            }
        }
        clocks
    }

    /// Returns the time that it shows at a virtual moment.
    pub(super) fn shows(self, now: Time) -> Time {
        self.offset.saturating_add(self.elapsed(now))
    }

    /// Returns its advance from the start of the run to a virtual moment.
    fn elapsed(self, now: Time) -> Time {
        let passed = u128::from(now) * u128::from(self.rate.0) / u128::from(PerMillion::ONE.0);
        Time::try_from(passed).unwrap_or(Time::MAX)
    }

    /// Returns the first virtual moment at which it has advanced by `after` ms.
    pub(super) fn due(self, now: Time, after: Time) -> Time {
        let shown = u128::from(self.elapsed(now).saturating_add(after));
        let due = (shown * u128::from(PerMillion::ONE.0)).div_ceil(u128::from(self.rate.0.max(1)));
        Time::try_from(due).unwrap_or(Time::MAX).max(now)
    }
}

/// A clock as a handler sees it, with a mark that the handler has read it. A drift of a clock that no handler
/// reads has no effect.
#[derive(Clone, Copy, Debug)]
pub struct Watch<'a> {
    pub(super) shows: Time,
    pub(super) looked: &'a Cell<bool>,
}

impl Watch<'_> {
    /// Returns the time that it shows, in ms.
    pub(super) fn read(self) -> Time {
        self.looked.set(true);
        self.shows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(rate: u32, offset: Time) -> Clock {
        Clock { rate: PerMillion(rate), offset, fault: None }
    }

    #[test]
    fn correct_clock_shows_virtual_time() {
        let right = clock(1_000_000, 0);
        for now in [0, 1, 999, 1_000_000_000] {
            assert_eq!(right.shows(now), now);
            assert_eq!(right.due(now, 7), now + 7);
        }
    }

    #[test]
    fn fast_clock_is_ahead_and_its_timers_expire_early() {
        let fast = clock(1_010_000, 5);
        assert_eq!([0, 99, 100, 1000].map(|now| fast.shows(now)), [5, 104, 106, 1015]);
        assert_eq!(fast.due(0, 101), 100);
    }

    #[test]
    fn timer_expires_at_the_first_moment_that_reaches_its_clock_time() {
        for rate in [500_000, 700_001, 999_999, 1_000_001, 1_333_333, 2_000_000] {
            let clock = clock(rate, 3);
            for now in [0, 1, 2, 3, 17, 1000] {
                for after in [0, 1, 2, 10, 99] {
                    let due = clock.due(now, after);
                    assert!(due >= now && clock.shows(due) >= clock.shows(now) + after);
                    let sooner = due > now && clock.shows(due - 1) >= clock.shows(now) + after;
                    assert!(!sooner, "rate {rate}, at {now}, in {after}");
                }
            }
        }
    }

    #[test]
    fn clock_with_the_longest_span_does_not_overflow() {
        assert_eq!(clock(500_000, 0).due(1_000_000_000, Time::MAX), Time::MAX);
        assert_eq!(clock(2_000_000, Time::MAX).shows(Time::MAX), Time::MAX);
    }
}
