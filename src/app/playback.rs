//! The playhead: how much of a run is told.

use super::interesting_end;
use crate::formats::Outcome;

/// The speeds that a reader can choose from, in virtual ms per second.
pub const SPEEDS: [u32; 12] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/// How many seconds a run takes at the speed that fits it.
const FITTING_SECONDS: u64 = 7;

/// How much of a run has happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Playhead {
    /// The moment, in virtual ms.
    pub time: f64,
    /// How many events have happened. Of those of one moment it may be a part, when a reader steps.
    pub cursor: usize,
}

impl Playhead {
    /// Before the first event.
    #[must_use]
    pub const fn start() -> Self {
        Self { time: 0.0, cursor: 0 }
    }

    /// At this moment, all of its events included.
    #[must_use]
    pub fn at(run: &Outcome, time: f64) -> Self {
        let time = time.max(0.0);
        Self { time, cursor: run.trace.events_until(time as u64) }
    }

    /// After the first `cursor` events.
    #[must_use]
    pub fn after(run: &Outcome, cursor: usize) -> Self {
        let cursor = cursor.min(run.trace.events.len());
        let time = cursor.checked_sub(1).map_or(0, |last| run.trace.events[last].time);
        Self { time: time as f64, cursor }
    }

    /// Whether nothing is left to happen.
    #[must_use]
    pub fn is_at_end(&self, run: &Outcome) -> bool {
        self.cursor == run.trace.events.len()
    }
}

/// The speed at which a run takes some seconds, in virtual ms per second.
#[must_use]
pub fn fitting_speed(run: &Outcome) -> u32 {
    let wanted = interesting_end(run) / FITTING_SECONDS;
    let slow_enough = SPEEDS.into_iter().rev().find(|&speed| u64::from(speed) <= wanted);
    slow_enough.unwrap_or(SPEEDS[0])
}
