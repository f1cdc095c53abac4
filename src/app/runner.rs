//! Runs of scenarios for an action, as long as they are short.

use super::Run;
use crate::{formats::Problem, kernel::Scenario, runs::Work};

/// Number of events computed at once: well below the time of a frame, on a phone too.
const AT_ONCE: usize = 10_000;
/// Number of events computed between two checks of that limit.
const PART: usize = 1_000;

/// Number of requests from which on a run is not begun: each is an event, and most lead to several others.
const MANY: usize = 1_000;

/// Number of nodes up to which that number of events is computed.
const FEW: usize = 10;

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

    /// Returns a runner that knows this run, too.
    pub(super) fn and(mut self, run: Run) -> Self {
        self.known.push(run);
        self
    }

    /// Returns the run of a scenario; none if it takes too long.
    pub(super) fn run(&mut self, scenario: Scenario) -> Result<Option<Run>, Problem> {
        if let Some(known) = self.known.iter().find(|run| run.scenario == scenario) {
            return Ok(Some(known.clone()));
        }
        // With many nodes, an event takes longer.
        let part = PART * FEW / scenario.nodes.len().max(FEW);
        let requests = scenario.requests.iter().filter(|it| it.at <= scenario.until).count();
        let mut work = Work::new(scenario)?;
        let mut parts = if requests > MANY { AT_ONCE / PART } else { 0 };
        while parts < AT_ONCE / PART {
            if work.advance(part) {
                return Ok(Some(Run::of(work.finish())));
            }
            parts += usize::from(!work.is_judged());
        }
        self.wanted = Some(work.into_scenario());
        Ok(None)
    }
}
