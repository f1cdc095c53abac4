//! A run as JSON and as text, and its digest.

use std::io;

use super::{Problem, catalogue, digest, link, problem::shown, text, trace};
use crate::runs::{Outcome, Unrunnable};

impl Outcome {
    /// Returns the trace as canonical JSON: see [`trace::to_json`].
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

    /// Writes the trace in slices, as JSON for a terminal: see [`trace::Slices`]. True once it is complete.
    pub fn advance_json(&self, slices: &mut trace::Slices, out: &mut String, most: usize) -> bool {
        slices.advance(out, (&self.scenario, self.protocol), (&self.trace, &self.report), most)
    }

    /// Writes the whole run as text: see [`text::write`].
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_text(&self, out: &mut impl io::Write) -> io::Result<()> {
        text::write(out, &self.scenario, self.protocol, &self.trace, &self.report)
    }

    /// Returns the digest of the run: see [`digest`](super::digest).
    #[must_use]
    pub fn digest(&self) -> String {
        link::digest((self.protocol, &self.scenario, &self.trace))
    }

    /// Returns the digits of the digest that a link carries.
    #[must_use]
    pub fn short_digest(&self) -> String {
        self.digest().chars().take(digest::SHORT_DIGEST).collect()
    }

    /// Returns the link to the run from its `#` on, with the digest: see [`link::fragment`].
    #[must_use]
    pub fn fragment(&self) -> String {
        link::fragment(&self.scenario, Some(&self.digest()))
    }

    /// Returns the whole run as text: see [`text::render`].
    #[must_use]
    pub fn text(&self) -> String {
        text::render(&self.scenario, self.protocol, &self.trace, &self.report)
    }

    /// Returns the verdicts on the run as text: see [`text::summary`].
    #[must_use]
    pub fn summary(&self) -> String {
        text::summary(&self.scenario, self.protocol, &self.trace, &self.report)
    }
}

impl From<Unrunnable> for Problem {
    fn from(why: Unrunnable) -> Self {
        match why {
            Unrunnable::Protocol(id) => catalogue::unknown("protocol", &id),
            Unrunnable::Request { index, found, expected } => {
                let found = found.as_ref().map_or("nothing".to_owned(), shown);
                Self::new(format!("requests[{index}].with"), found, expected)
            }
        }
    }
}
