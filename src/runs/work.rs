//! A run in progress: a long one is done in slices, between which a page can draw and react.

use super::{Outcome, Unrunnable, outcome::protocol_of};
use crate::{
    analysis::{Judging, Reporting},
    kernel::{Plan, Protocol, Scenario, Simulation, Trace},
};

/// Number of events that are judged in the time in which one is simulated.
const FASTER: usize = 4;

/// A scenario that is being run and judged.
#[derive(Clone, Debug)]
pub struct Work {
    plan: Plan<'static>,
    protocol: &'static Protocol,
    simulation: Simulation,
    trace: Trace,
    /// The judgement in progress, once the run is over.
    judging: Option<Judging>,
    /// The report in progress, once all is judged.
    reporting: Option<Reporting>,
    is_done: bool,
}

impl Work {
    /// Returns the work before the first event.
    ///
    /// # Errors
    /// As [`Outcome::of`].
    pub fn new(scenario: Scenario) -> Result<Self, Unrunnable> {
        let protocol = protocol_of(&scenario)?;
        let plan = Plan::owned(protocol, scenario.clone());
        let plan = plan.map_err(|why| Unrunnable::request(&scenario, why))?;
        let (simulation, trace) = (Simulation::new(&plan), Trace::default());
        Ok(Self {
            plan,
            protocol,
            simulation,
            trace,
            judging: None,
            reporting: None,
            is_done: false,
        })
    }

    /// Does about as much work as this number of events takes. True once the work is done.
    pub fn advance(&mut self, events: usize) -> bool {
        let scenario = self.plan.scenario();
        if let Some(reporting) = &mut self.reporting {
            let run = (self.protocol, scenario, &self.trace);
            self.is_done = reporting.advance(run, events.saturating_mul(FASTER));
            return self.is_done;
        }
        let Some(judging) = &mut self.judging else {
            // Some steps leave no event, others hundreds.
            let most = self.trace.events.len().saturating_add(events);
            for _ in 0..events {
                if self.trace.events.len() >= most {
                    break;
                }
                if !self.simulation.step(&self.plan, &mut self.trace) {
                    self.judging = Some(Judging::new(self.protocol, scenario));
                    break;
                }
            }
            return false;
        };
        let until = judging.seen().saturating_add(events.saturating_mul(FASTER));
        judging.advance(&self.trace, until);
        if judging.seen() == self.trace.events.len() {
            let judgements = judging.say(&self.trace);
            self.reporting = Some(Reporting::new(judgements, self.protocol, scenario));
        }
        false
    }

    /// True once all is judged and only the report is missing.
    #[must_use]
    pub const fn is_judged(&self) -> bool {
        self.reporting.is_some()
    }

    /// Returns the progress in thousandths, as far as it can be foreseen.
    #[must_use]
    pub fn progress(&self) -> u64 {
        match &self.judging {
            None => 800 * self.simulation.now() / self.plan.scenario().until.max(1),
            Some(judging) => {
                800 + 200 * judging.seen() as u64 / self.trace.events.len().max(1) as u64
            }
        }
    }

    /// Returns the scenario of a run that is not needed any more.
    #[must_use]
    pub fn into_scenario(self) -> Scenario {
        self.plan.into_scenario()
    }

    /// Does the rest at once and returns the outcome.
    #[must_use]
    pub fn finish(mut self) -> Outcome {
        if !self.is_done {
            while !self.advance(usize::MAX) {}
        }
        let Self { plan, protocol, trace, reporting, .. } = self;
        let reporting =
            reporting.unwrap_or_else(|| Reporting::new(Vec::new(), protocol, plan.scenario()));
        let report = reporting.finish();
        Outcome { scenario: plan.into_scenario(), protocol, trace, report }
    }
}
