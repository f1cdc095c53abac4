//! Judges assumptions: how a run breaks what its protocol relies on. A function for each rule.

mod breach;
mod clocks;
mod crashes;
mod links;
mod losses;
mod messages;
mod moments;
mod order;
mod parameters;
mod synchrony;
mod traitors;

pub use breach::Breach;

use super::Repair;
use crate::kernel::{Assumption, ParameterName, ParameterValue, Protocol, Rule, Scenario, Trace};

/// A run that is examined for breaches of one rule.
#[derive(Clone, Copy)]
struct Examined<'a> {
    rule: Rule,
    protocol: &'a Protocol,
    scenario: &'a Scenario,
    trace: &'a Trace,
    /// Largest number of breaches that are sought.
    most: usize,
}

impl Examined<'_> {
    /// Returns the breaches in the order of events: no two that the same repair undoes.
    fn breaches(self) -> Vec<Breach> {
        let one = |breach: Option<Breach>| breach.into_iter().collect();
        match self.rule {
            Rule::ReliableChannels => losses::reliable_channels(self),
            Rule::FairLossChannels => losses::fair_loss_channels(self),
            Rule::LossesBelow(parameter) => losses::losses_below(self, parameter),
            Rule::NoLoss => losses::no_loss(self),
            Rule::NoDuplicates => losses::no_duplicates(self),
            Rule::FlipsAtMost(flips) => losses::flips_at_most(self, flips),
            Rule::FifoChannels => order::fifo_channels(self),
            Rule::Synchrony => synchrony::synchrony(self),
            Rule::TimeoutCovers(timeout, period) => {
                one(parameters::timeout_covers(self, timeout, period))
            }
            Rule::NoDrift => clocks::no_drift(self),
            Rule::ClocksStartCorrect => clocks::clocks_start_correct(self),
            Rule::DriftAtMost(parameter) => clocks::drift_at_most(self, parameter),
            Rule::ParameterIs(parameter, value) => {
                one(parameters::parameter_is(self, parameter, value))
            }
            Rule::RequestersStayUp => crashes::requesters_stay_up(self),
            Rule::RequestersRecover(request) => crashes::requesters_recover(self, request),
            Rule::NoCrashAtWrites => crashes::no_crash_at_writes(self),
            Rule::NoCrashes => crashes::no_crashes(self),
            Rule::NoRouterCrashes => crashes::no_router_crashes(self),
            Rule::HostsAreLinked => one(links::hosts_are_linked(self)),
            Rule::SharedMedium => one(links::shared_medium(self)),
            Rule::AtMostCrashes(parameter) => crashes::at_most_crashes(self, parameter),
            Rule::MajorityCorrect => crashes::majority_correct(self),
            Rule::CrashesAreDetected => crashes::crashes_are_detected(self),
            Rule::NoRecoveries => crashes::no_recoveries(self),
            Rule::NoTraitors => traitors::no_traitors(self),
            Rule::AtMostTraitors(parameter) => traitors::at_most_traitors(self, parameter),
            Rule::TraitorsBelowThird => traitors::traitors_below_third(self),
            Rule::MoreNodesThan(times, parameter) => {
                one(parameters::more_nodes_than(self, times, parameter))
            }
            Rule::RequestsBefore(parameter) => moments::requests_before(self, parameter),
            Rule::RunsToQuiescence => one(moments::runs_to_quiescence(self)),
        }
    }

    /// Returns the value of a parameter that is a whole number; for any other parameter the largest number.
    fn integer(self, parameter: ParameterName) -> u32 {
        let value = self.scenario.params.get(parameter.name()).cloned();
        match value.unwrap_or_else(|| parameter.parameter().default()) {
            ParameterValue::Integer(value) => value,
            _ => u32::MAX - 1,
        }
    }

    /// A breach by the scenario itself.
    fn misfit(self, culprit: String, why: String, repair: Option<Repair>) -> Breach {
        Breach { repair, ..Breach::from_the_start(self.rule, culprit, why) }
    }
}

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
        Examined { rule: self, protocol, scenario, trace, most }.breaches()
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
    let relied_on = protocol.assumptions().filter(|a| a.applies(&scenario.params));
    // A protocol without a rule on traitors tolerates none.
    let tolerates_traitors = protocol.assumptions().any(|it| it.rule.is_on_traitors());
    let no_traitors = (!tolerates_traitors).then(|| Rule::NoTraitors.always());
    // A perpetual protocol is judged at the horizon.
    let rests = protocol.rests(scenario).then(|| Rule::RunsToQuiescence.always().for_liveness());
    relied_on.chain(no_traitors).chain(rests).collect()
}
