//! The retransmission timeout that follows from measured round trips (RFC 6298).

use serde::Serialize;

use crate::kernel::Time;

/// Greatest timeout, in ms: rule 2.5 allows a bound of at least 60 seconds.
const MOST: Time = 60_000;
/// G: granularity of the clock, in ms.
const GRANULARITY: Time = 1;

/// Estimate of the round trip, in whole fractions of a ms, and the timeout that follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Estimate {
    /// SRTT, in eighths of a ms; none before the first measurement.
    smoothed: Option<Time>,
    /// RTTVAR, in quarters of a ms.
    variation: Time,
    /// RTO, in ms.
    timeout: Time,
}

impl Estimate {
    /// Rule 2.1: before the first measurement the timeout is a constant.
    pub(super) const fn new(initial: Time) -> Self {
        Self { smoothed: None, variation: 0, timeout: initial }
    }

    /// The timeout, in ms.
    pub(super) const fn timeout(&self) -> Time {
        self.timeout
    }

    /// Takes a measured round trip, in ms, into account.
    pub(super) fn measure(&mut self, round_trip: Time) {
        let smoothed = match self.smoothed {
            // Rule 2.2: SRTT := R, RTTVAR := R/2.
            None => {
                self.variation = 2 * round_trip;
                8 * round_trip
            }
            // Rule 2.3: RTTVAR := 3/4 RTTVAR + 1/4 |SRTT − R|, then SRTT := 7/8 SRTT + 1/8 R.
            Some(smoothed) => {
                let error = smoothed.abs_diff(8 * round_trip) / 8;
                self.variation = self.variation - self.variation / 4 + error;
                smoothed - smoothed / 8 + round_trip
            }
        };
        self.smoothed = Some(smoothed);
        // RTO := SRTT + max(G, 4 RTTVAR).
        self.timeout = (smoothed / 8 + self.variation.max(GRANULARITY)).min(MOST);
    }

    /// Rule 5.5: after a timeout the next one is twice as long.
    pub(super) fn back_off(&mut self) {
        self.timeout = (2 * self.timeout).min(MOST);
    }
}
