//! The time to serve of a scenario's run.

use super::{Protocol, Scenario, Serving, Setting, Time};

impl<'a> Serving<'a> {
    /// Returns the time to serve of a scenario's run, in virtual ms; none if the protocol's runs become
    /// quiescent.
    #[must_use]
    pub fn time(protocol: &'a Protocol, scenario: &'a Scenario) -> Option<Time> {
        let serving = Serving { parameters: protocol.behaviour.parameters, scenario };
        let perpetual = protocol.perpetual.filter(|it| it.applies(&scenario.params))?;
        let bound = (perpetual.bound)(&serving);
        Some(serving.slowed(bound).saturating_add(serving.pauses()))
    }
}

impl Setting {
    /// Returns the setting of a scenario's run.
    #[must_use]
    pub fn of(protocol: &Protocol, scenario: &Scenario) -> Self {
        Self {
            nodes: scenario.nodes.len(),
            failures: protocol.failures,
            time_to_serve: Serving::time(protocol, scenario),
        }
    }
}
