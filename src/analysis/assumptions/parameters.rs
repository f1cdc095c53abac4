//! Assumptions on parameters, nodes, links and the horizon, and how a scenario breaks them.

use super::{Breach, links::unlinked};
use crate::{
    analysis::Repair,
    kernel::{
        Domain, MAX_TIME, Parameter, ParameterValue, ParameterValues, Protocol, Rule, Scenario,
        Time, Trace, count_of, value_of,
    },
};

impl Rule {
    /// Returns the breach by parameters, nodes, links or the horizon.
    pub(super) fn misfit(
        self,
        protocol: &Protocol,
        scenario: &Scenario,
        trace: &Trace,
    ) -> Option<Breach> {
        let breach = |culprit: String, why, repair| Breach {
            repair,
            ..Breach::from_the_start(self, culprit, why)
        };
        match self {
            Self::HostsAreLinked => {
                Some(breach("network.topology".to_owned(), unlinked(scenario)?, None))
            }
            Self::TimeoutCovers(timeout, period) => {
                let (why, least) = too_short(protocol, scenario, timeout, period)?;
                let repair = admitted(protocol, timeout, least);
                Some(breach(format!("params.{timeout}"), why, repair))
            }
            Self::ParameterIs(parameter, value) => {
                let found = value_of(protocol, &scenario.params, parameter);
                (found != value).then_some(())?;
                let repair = parsed(protocol, parameter, value);
                let why = format!("{parameter} is {found}");
                Some(breach(format!("params.{parameter}"), why, repair))
            }
            Self::MoreNodesThan(times, parameter) => {
                let count = integer(protocol, &scenario.params, parameter);
                let size = scenario.nodes.len();
                let why = too_few(size, times, count)?;
                let most = (size as u64).saturating_sub(1) / u64::from(times.max(1));
                let repair = admitted(protocol, parameter, most);
                Some(breach("nodes".to_owned(), why, repair))
            }
            Self::RunsToRest => {
                (!trace.quiescent).then_some(())?;
                let why = format!("the run ends at {} ms, before it is at rest", trace.end);
                let longer = scenario.until.saturating_mul(2).saturating_add(1000).min(MAX_TIME);
                let repair = (longer > scenario.until).then_some(Repair::Until(longer));
                Some(breach("until".to_owned(), why, repair))
            }
            _ => None,
        }
    }
}

/// Returns why a timeout is too short, if it is, and the sum of period and delay bound.
fn too_short(
    protocol: &Protocol,
    scenario: &Scenario,
    timeout: &str,
    period: &str,
) -> Option<(String, Time)> {
    // Without a bound it is synchrony that is missing.
    let bound = scenario.network.timing.bound()?;
    let value = |name| u64::from(integer(protocol, &scenario.params, name));
    let (found, least) = (value(timeout), value(period));
    (found < least + bound).then(|| {
        let why = format!(
            "{timeout} is {found} ms, less than {period} ({least}) and the delay bound ({bound}) \
             together"
        );
        (why, least + bound)
    })
}

fn too_few(size: usize, times: u32, count: u32) -> Option<String> {
    let needed = u64::from(times) * u64::from(count);
    let are = if size == 1 { "is" } else { "are" };
    (size as u64 <= needed)
        .then(|| format!("{} {are} not more than {times} × {count}", count_of(size, "node")))
}

pub(super) fn integer(protocol: &Protocol, values: &ParameterValues, name: &str) -> u32 {
    let parameters = protocol.behaviour.parameters;
    let default = parameters.iter().find(|p| p.name == name).map(Parameter::default);
    match values.get(name).cloned().or(default) {
        Some(ParameterValue::Integer(value)) => value,
        _ => u32::MAX - 1,
    }
}

/// Returns the repair that sets a parameter to a value that a model names, if it is one of its values.
fn parsed(protocol: &Protocol, name: &'static str, value: &str) -> Option<Repair> {
    let mut parameters = protocol.behaviour.parameters.iter();
    let parameter = parameters.find(|parameter| parameter.name == name)?;
    let value = match parameter.domain {
        Domain::Flag { .. } => ParameterValue::Flag(value.parse().ok()?),
        Domain::Integer { .. } => ParameterValue::Integer(value.parse().ok()?),
        Domain::Choice { .. } => ParameterValue::Choice(value.to_owned()),
    };
    parameter.admits(&value).then_some(Repair::Parameter(name, value))
}

/// Returns the repair that sets a parameter to a number, if it is one of its values.
fn admitted(protocol: &Protocol, name: &'static str, value: u64) -> Option<Repair> {
    parsed(protocol, name, &value.to_string())
}
