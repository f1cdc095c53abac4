//! The progress that a reader sees: number and title of each step, and the time it took.

use std::time::Duration;

/// A clock started now. Only these commands read a clock: nothing that a run depends on may.
pub(crate) struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts at zero.
    #[expect(clippy::disallowed_methods, reason = "it times a build, no run depends on it")]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Returns the time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Returns `4.2 s` or `3 min 07 s`.
pub(crate) fn readable(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{}.{} s", seconds, time.subsec_millis() / 100)
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

/// Numbers the steps of one command.
pub(crate) struct Progress {
    steps: usize,
    begun: usize,
    whole: Stopwatch,
}

impl Progress {
    /// Returns the progress of a command with this number of steps.
    pub(crate) fn of(steps: usize) -> Self {
        Self { steps, begun: 0, whole: Stopwatch::start() }
    }

    /// Announces the next step, does it and prints the time it took; a failure is passed on.
    pub(crate) fn step<T>(
        &mut self,
        what: &str,
        work: impl FnOnce() -> Result<T, String>,
    ) -> Result<T, String> {
        self.begun += 1;
        println!("\n[{}/{}] {what}", self.begun, self.steps);
        let stopwatch = Stopwatch::start();
        let result = work();
        let verdict = if result.is_ok() { "done" } else { "FAILED" };
        println!(
            "[{}/{}] {verdict} in {} ({} in all)",
            self.begun,
            self.steps,
            readable(stopwatch.elapsed()),
            readable(self.whole.elapsed())
        );
        result
    }

    /// Returns the time since the first step.
    pub(crate) fn elapsed(&self) -> Duration {
        self.whole.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_a_person_says_them() {
        assert_eq!(readable(Duration::from_millis(4_250)), "4.2 s");
        assert_eq!(readable(Duration::from_secs(187)), "3 min 07 s");
    }

    #[test]
    fn a_failed_step_is_passed_on_and_counted() {
        let mut progress = Progress::of(2);
        assert_eq!(progress.step("fails", || Err::<(), _>("no".to_owned())), Err("no".to_owned()));
        assert_eq!(progress.step("works", || Ok(7)), Ok(7));
        assert_eq!(progress.begun, 2);
    }
}
