//! Judges assumptions: how a run breaks what its protocol relies on.

mod breach;
mod channels;
mod clocks;
mod failures;
mod links;
mod parameters;
mod requests;

use channels::{late, overtaking, unfair, unreliable};
use clocks::{ahead, drift};
use failures::{betrayals, comebacks, crashes};
use parameters::integer;
use requests::late_requests;

pub use breach::Breach;

use crate::kernel::{Assumption, Protocol, Rule, Scenario, Trace};

impl Rule {
    /// Returns the first way in which a run breaks it.
    #[must_use]
    pub fn breach(self, protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
        self.breaches(protocol, scenario, trace, 1).into_iter().next()
    }

    /// Returns the ways in which a run breaks it, in the order of events: at most so many, and no two that the same
    /// repair undoes.
    #[must_use]
    pub fn breaches(
        self,
        protocol: &Protocol,
        scenario: &Scenario,
        trace: &Trace,
        most: usize,
    ) -> Vec<Breach> {
        let limit = |parameter| integer(&scenario.params, parameter);
        match self {
            Self::ReliableChannels | Self::NothingIsLost => unreliable(self, scenario, trace, most),
            Self::FairLossChannels => unfair(self, scenario, trace, most),
            Self::FifoChannels => overtaking(self, scenario, trace, most),
            Self::Synchrony => late(self, scenario, trace, most),
            Self::ClocksRunTrue => drift(self, scenario, trace, 0, most),
            Self::ClocksSetRight => ahead(self, scenario, trace, most),
            Self::DriftAtMost(parameter) => drift(self, scenario, trace, limit(parameter), most),
            Self::NobodyRecovers => comebacks(self, scenario, trace, most),
            Self::RequestersStayUp
            | Self::RequestersComeBack(_)
            | Self::NoCutAtWrites
            | Self::NobodyCrashes
            | Self::RoutersStayUp
            | Self::AtMostCrashes(_)
            | Self::MajorityStaysUp
            | Self::CrashesAreDetected => crashes(self, protocol, scenario, trace, most),
            Self::NobodyLies => betrayals(self, scenario, trace, 0, most),
            Self::AtMostTraitors(parameter) => {
                betrayals(self, scenario, trace, limit(parameter) as usize, most)
            }
            Self::TraitorsBelowThird => {
                betrayals(self, scenario, trace, (scenario.nodes.len() - 1) / 3, most)
            }
            Self::RequestsBefore(parameter) => {
                late_requests(self, trace, limit(parameter).into(), most)
            }
            Self::HostsAreLinked
            | Self::TimeoutCovers(..)
            | Self::ParameterIs(..)
            | Self::MoreNodesThan(..)
            | Self::RunsToRest => self.misfit(scenario, trace).into_iter().collect(),
        }
    }
}

impl Assumption {
    /// Returns the first way in which a run breaks it.
    #[must_use]
    pub fn breach(
        &self,
        protocol: &Protocol,
        scenario: &Scenario,
        trace: &Trace,
    ) -> Option<Breach> {
        self.breaches(protocol, scenario, trace, 1).into_iter().next()
    }

    /// Returns the ways in which a run breaks it: see [`Rule::breaches`].
    #[must_use]
    pub fn breaches(
        &self,
        protocol: &Protocol,
        scenario: &Scenario,
        trace: &Trace,
        most: usize,
    ) -> Vec<Breach> {
        let mut breaches = self.rule.breaches(protocol, scenario, trace, most);
        breaches.iter_mut().for_each(|breach| breach.kind = self.kind);
        breaches
    }
}

/// Path of a fault in the scenario; empty for none.
pub(super) fn fault_path(fault: Option<usize>) -> String {
    fault.map(|index| format!("faults[{index}]")).unwrap_or_default()
}

/// All assumptions of a scenario, in the order in which they are blamed.
pub(super) fn relied_on(protocol: &Protocol, scenario: &Scenario) -> Vec<Assumption> {
    let relied_on = protocol.model.iter().filter(|a| a.applies(&scenario.params));
    // A protocol that does not say how many traitors it tolerates, tolerates none.
    let tolerates_traitors = protocol.model.iter().any(|it| it.rule.is_on_traitors());
    let nobody_lies = (!tolerates_traitors).then(|| Rule::NobodyLies.always());
    // A protocol that goes on for ever is judged at the horizon.
    let rests = protocol.perpetual.is_none().then(|| Rule::RunsToRest.always().for_liveness());
    relied_on.copied().chain(nobody_lies).chain(rests).collect()
}
