//! The drift of hardware clocks.

use serde::Serialize;

use crate::kernel::Time;

/// ρ: the greatest gain or loss of a hardware clock, in millionths of the time that passes.
///
/// Clocks show whole ms, rounded down, so the difference of two readings may be 1 ms less or more than the time between
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Drift(u32);

impl Drift {
    const MILLION: Time = 1_000_000;

    /// Returns a drift in millionths.
    ///
    /// # Panics
    /// If that is a million or more: a clock that may not advance measures nothing.
    #[must_use]
    pub const fn new(per_million: u32) -> Self {
        assert!((per_million as Time) < Self::MILLION, "a clock goes on");
        Self(per_million)
    }

    /// Returns the longest time that may pass while the clock advances by `shown` ms.
    #[must_use]
    pub const fn passes_at_most(self, shown: Time) -> Time {
        ((shown + 1) * Self::MILLION).div_ceil(Self::MILLION - self.0 as Time)
    }

    /// Returns the shortest time that may pass while the clock advances by `shown` ms, and so before a timer of `shown` ms
    /// expires.
    #[must_use]
    pub const fn passes_at_least(self, shown: Time) -> Time {
        shown.saturating_sub(1) * Self::MILLION / (Self::MILLION + self.0 as Time)
    }

    /// Returns the greatest advance of the clock, in ms, while `time` passes.
    #[must_use]
    pub const fn shows_at_most(self, time: Time) -> Time {
        (time * (Self::MILLION + self.0 as Time)).div_ceil(Self::MILLION)
    }

    /// Returns the greatest drift between two clocks while `time` passes, without their rounding.
    #[must_use]
    pub const fn apart(self, time: Time) -> Time {
        (2 * self.0 as Time * time).div_ceil(Self::MILLION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the reading of a clock of this rate, rounded down as the kernel does it.
    fn shows(rate: u64, now: Time) -> Time {
        now * rate / 1_000_000
    }

    #[test]
    fn drifting_clock_stays_within_the_stated_bound() {
        for drift in [0, 1, 10_000, 100_000] {
            let bound = Drift::new(drift);
            let rates = [1_000_000 - u64::from(drift), 1_000_000, 1_000_000 + u64::from(drift)];
            for (rate, begin) in
                rates.into_iter().flat_map(|rate| (0..40).map(move |at| (rate, at)))
            {
                for time in [0, 1, 9, 10, 99, 1000] {
                    let shown = shows(rate, begin + time) - shows(rate, begin);
                    assert!(bound.passes_at_least(shown) <= time, "{drift} {rate} {begin} {time}");
                    assert!(time <= bound.passes_at_most(shown), "{drift} {rate} {begin} {time}");
                    assert!(shown <= bound.shows_at_most(time), "{drift} {rate} {begin} {time}");
                    let other = shows(2_000_000 - rate, time);
                    assert!(shows(rate, time).abs_diff(other) <= bound.apart(time) + 1);
                }
            }
        }
    }

    #[test]
    fn correct_clock_errs_only_by_rounding() {
        let right = Drift::new(0);
        let said = [right.passes_at_least(10), right.passes_at_most(10), right.shows_at_most(10)];
        assert_eq!(said, [9, 11, 10]);
        assert_eq!(right.apart(1000), 0);
    }
}
