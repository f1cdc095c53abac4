//! A scenario, run and judged.

use std::io;

use super::{Problem, catalogue, digest, text, trace};
use crate::{
    analysis::{Inquiry, MOST_TESTED, Report, report},
    kernel::{self, Protocol, Scenario, Trace},
};

/// What comes of a scenario.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The scenario.
    pub scenario: Scenario,
    /// The protocol that ran.
    pub protocol: &'static Protocol,
    /// What happened.
    pub trace: Trace,
    /// What is said about it.
    pub report: Report,
}

impl Outcome {
    /// Runs a scenario and judges the run.
    ///
    /// # Errors
    /// If its protocol is unknown or cannot read one of its requests. A scenario that
    /// [`scenario::read`](super::scenario::read) returned has neither fault.
    pub fn of(scenario: Scenario) -> Result<Self, Problem> {
        let protocol = catalogue::find("protocol", &scenario.protocol)?;
        let trace = kernel::run(protocol, &scenario).map_err(|why| unreadable(&scenario, why))?;
        let report = report(protocol, &scenario, &trace);
        Ok(Self { scenario, protocol, trace, report })
    }

    /// The search for the causes of its violations.
    #[must_use]
    pub fn inquiry(&self) -> Inquiry {
        Inquiry::new(self.protocol, &self.scenario, &self.trace, &self.report)
    }

    /// Finds the causes of its violations, however long the run is.
    pub fn find_causes(&self) {
        self.report.causes.get_or_init(|| self.inquiry().finish());
    }

    /// The trace as canonical JSON: see [`trace::to_json`].
    #[must_use]
    pub fn json(&self) -> String {
        trace::to_json(&self.scenario, self.protocol, &self.trace, &self.report)
    }

    /// Writes the trace as JSON for a terminal: see [`trace::write_json`].
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_json(&self, out: &mut impl io::Write) -> io::Result<()> {
        trace::write_json(out, &self.scenario, self.protocol, &self.trace, &self.report)
    }

    /// Writes everything for a person to read: see [`text::write`].
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_text(&self, out: &mut impl io::Write) -> io::Result<()> {
        text::write(out, &self.scenario, self.protocol, &self.trace, &self.report)
    }

    /// The digest of the run: see [`digest`](super::digest).
    #[must_use]
    pub fn digest(&self) -> String {
        digest::digest(self.protocol, &self.scenario, &self.trace)
    }

    /// As much of the digest as a link carries.
    #[must_use]
    pub fn short_digest(&self) -> String {
        self.digest()[..digest::SHORT_DIGEST].to_owned()
    }

    /// Everything, for a person to read: see [`text::render`].
    #[must_use]
    pub fn text(&self) -> String {
        text::render(&self.scenario, self.protocol, &self.trace, &self.report)
    }

    /// What is said about the run, for a person to read: see [`text::summary`].
    #[must_use]
    pub fn summary(&self) -> String {
        text::summary(&self.scenario, self.protocol, &self.trace, &self.report)
    }
}

/// Finds the causes of a run's violations, unless it is so long that this is done on request only.
pub(super) fn find_causes(
    scenario: &Scenario,
    protocol: &'static Protocol,
    trace: &Trace,
    report: &Report,
) {
    if trace.events.len() <= MOST_TESTED {
        let inquire = || Inquiry::new(protocol, scenario, trace, report).finish();
        report.causes.get_or_init(inquire);
    }
}

/// The request at this place cannot be read; the protocol expected something else.
pub(super) fn unreadable(scenario: &Scenario, (index, expected): (usize, String)) -> Problem {
    let with = scenario.requests[index].with.as_ref();
    let found = with.map_or("nothing".to_owned(), super::problem::shown);
    Problem::new(format!("requests[{index}].with"), found, expected)
}
