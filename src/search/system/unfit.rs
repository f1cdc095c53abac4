//! Reasons against a search: scenarios without a system.

use crate::kernel::{Monitor, Scenario};

/// Reasons why a scenario has no asynchronous system that can be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The protocol cannot read a request.
    Request,
    /// The scenario has faults.
    Faults,
    /// The network loses, duplicates or corrupts messages at random, or has bounded queues.
    Randomness,
    /// The objective depends on times or on the happened-before relation.
    Time,
    /// The protocol reads its clock.
    Clock,
    /// A node sends messages to itself without end.
    Endless,
    /// Group membership: the members that a property binds depend on times.
    Members,
}

impl Unfit {
    /// All reasons.
    pub const ALL: [Self; 7] = [
        Self::Request,
        Self::Faults,
        Self::Randomness,
        Self::Time,
        Self::Clock,
        Self::Endless,
        Self::Members,
    ];

    /// Name in the JSON of results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Faults => "faults",
            Self::Randomness => "luck",
            Self::Time => "time",
            Self::Clock => "clock",
            Self::Endless => "endless",
            Self::Members => "members",
        }
    }
}

pub(super) fn unfit(scenario: &Scenario, monitors: &[Box<dyn Monitor>]) -> Option<Unfit> {
    let network = &scenario.network;
    if !scenario.faults.is_empty() {
        return Some(Unfit::Faults);
    }
    let overflows = network.links.iter().any(|link| link.queue.is_some());
    if overflows || network.loss.0 + network.duplicate.0 + network.corrupt.0 > 0 {
        return Some(Unfit::Randomness);
    }
    let needs_times = monitors.iter().any(|monitor| monitor.needs().time || monitor.needs().past);
    needs_times.then_some(Unfit::Time)
}
