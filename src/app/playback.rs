//! The playhead: the part of a run that has happened.

use super::interesting_end;
use crate::runs::Outcome;

/// The speeds that a reader can choose from, in hundredths of the one that fits the run.
pub const SPEEDS: [u32; 13] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

/// The speed that fits the run.
pub const FITTING: u32 = 100;

/// Duration of a run at the speed that fits it, in seconds.
const FITTING_SECONDS: f64 = 7.0;

/// Part of a run that has happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Playhead {
    /// The moment, in virtual ms.
    pub time: f64,
    /// Number of events that have happened. When a reader steps, it can include only some of the events of one moment.
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

    /// True if nothing is left to happen.
    #[must_use]
    pub fn is_at_end(&self, run: &Outcome) -> bool {
        self.cursor == run.trace.events.len()
    }
}

/// The pace at which a run takes some seconds, in virtual ms per second.
#[must_use]
pub fn fitting_pace(run: &Outcome) -> f64 {
    interesting_end(run) as f64 / FITTING_SECONDS
}

/// Returns the label of a speed: `×1/100`, `×1`, `×100`.
#[must_use]
pub fn speed_name(speed: u32) -> String {
    match speed {
        0..FITTING => format!("×1/{}", FITTING / speed.max(1)),
        _ => format!("×{}", speed / FITTING),
    }
}

/// Returns the speed this number of places further up the list.
#[must_use]
pub fn faster(speed: u32, by: isize) -> u32 {
    let here = SPEEDS.iter().position(|each| *each >= speed).unwrap_or(SPEEDS.len() - 1);
    SPEEDS[here.saturating_add_signed(by).min(SPEEDS.len() - 1)]
}
