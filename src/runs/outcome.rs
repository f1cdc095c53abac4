//! A scenario, run and judged.

use serde_json::Value as Json;

use crate::{
    analysis::{Inquiry, Report, report},
    kernel::{self, Protocol, Scenario, Trace},
    protocols,
};

/// A scenario with its run and the verdicts on it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The scenario.
    pub scenario: Scenario,
    /// The protocol that ran.
    pub protocol: &'static Protocol,
    /// Its run.
    pub trace: Trace,
    /// Verdicts on the run.
    pub report: Report,
}

impl Outcome {
    /// Runs a scenario and judges the run.
    ///
    /// # Errors
    /// If its protocol is unknown or cannot read one of its requests. Neither occurs in a scenario that
    /// `formats::scenario` has read.
    pub fn of(scenario: Scenario) -> Result<Self, Unrunnable> {
        let protocol = protocol_of(&scenario)?;
        let trace = kernel::run(protocol, &scenario);
        let trace = trace.map_err(|why| Unrunnable::request(&scenario, why))?;
        let report = report(protocol, &scenario, &trace);
        Ok(Self { scenario, protocol, trace, report })
    }

    /// True if the run was recorded elsewhere (`import`): it has no protocol of ours, so it cannot be run again.
    #[must_use]
    pub const fn is_recorded(&self) -> bool {
        self.protocol.id.is_empty()
    }

    /// Returns the search for the causes of its violations.
    #[must_use]
    pub fn inquiry(&self) -> Inquiry {
        Inquiry::new(self.protocol, &self.scenario, &self.trace, &self.report)
    }

    /// Finds the causes of its violations, however long the run is.
    pub fn find_causes(&self) {
        self.report.causes.get_or_init(|| self.inquiry().finish());
    }
}

/// Returns the protocol of a scenario.
pub(super) fn protocol_of(scenario: &Scenario) -> Result<&'static Protocol, Unrunnable> {
    let unknown = || Unrunnable::Protocol(scenario.protocol.clone());
    protocols::find(&scenario.protocol).ok_or_else(unknown)
}

/// Reason why a scenario cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unrunnable {
    /// No protocol has this id.
    Protocol(String),
    /// The protocol cannot read a request.
    Request {
        /// Place of the request in the scenario.
        index: usize,
        /// Value of the request; none if it has none.
        found: Option<Json>,
        /// Description of the valid values.
        expected: String,
    },
}

impl Unrunnable {
    /// Returns the error that the protocol cannot read the request at this place.
    pub(super) fn request(scenario: &Scenario, (index, expected): (usize, String)) -> Self {
        Self::Request { index, found: scenario.requests[index].with.clone(), expected }
    }
}
