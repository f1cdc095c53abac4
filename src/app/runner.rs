//! Runs of scenarios for an action, as long as they are short.

use super::Run;
use crate::{formats::Problem, kernel::Scenario, runs::Work};

/// Number of events computed at once: well below the time of a frame, on a phone too.
const AT_ONCE: usize = 10_000;
/// Number of events computed between two checks of that limit.
const PART: usize = 1_000;

/// Runs scenarios for an action, as long as that is fast.
#[derive(Debug, Default)]
pub(super) struct Runner {
    known: Vec<Run>,
    /// The scenario that would have taken too long.
    pub(super) wanted: Option<Scenario>,
}

impl Runner {
    /// Returns a runner that knows these runs.
    pub(super) const fn knowing(known: Vec<Run>) -> Self {
        Self { known, wanted: None }
    }

    /// Returns the run of a scenario; none if it takes too long.
    pub(super) fn run(&mut self, scenario: Scenario) -> Result<Option<Run>, Problem> {
        if let Some(known) = self.known.iter().find(|run| run.scenario == scenario) {
            return Ok(Some(known.clone()));
        }
        let mut work = Work::new(scenario)?;
        for _ in 0..AT_ONCE / PART {
            if work.advance(PART) {
                return Ok(Some(Run::of(work.finish())));
            }
        }
        self.wanted = Some(work.into_scenario());
        Ok(None)
    }
}
