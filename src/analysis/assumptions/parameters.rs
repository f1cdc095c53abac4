//! Assumptions on parameters, nodes, links and the horizon, and how a scenario breaks them.

use super::{Breach, links::unlinked};
use crate::{
    analysis::Repair,
    kernel::{
        Domain, MAX_TIME, ParameterName, ParameterValue, ParameterValues, Rule, Scenario, Time,
        Trace, count_of, value_of,
    },
};

impl Rule {
    /// Returns the breach by parameters, nodes, links or the horizon.
    pub(super) fn misfit(self, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
        let breach = |culprit: String, why, repair| Breach {
            repair,
            ..Breach::from_the_start(self, culprit, why)
        };
        match self {
            Self::HostsAreLinked => {
                Some(breach("network.topology".to_owned(), unlinked(scenario)?, None))
            }
            Self::TimeoutCovers(timeout, period) => {
                let (why, least) = too_short(scenario, timeout, period)?;
                let repair = admitted(timeout, least);
                Some(breach(format!("params.{timeout}"), why, repair))
            }
            Self::ParameterIs(parameter, value) => {
                let found = value_of(&scenario.params, parameter);
                (found != value).then_some(())?;
                let repair = parsed(parameter, value);
                let why = format!("{parameter} is {found}");
                Some(breach(format!("params.{parameter}"), why, repair))
            }
            Self::MoreNodesThan(times, parameter) => {
                let count = integer(&scenario.params, parameter);
                let size = scenario.nodes.len();
                let why = too_few(size, times, count)?;
                let most = (size as u64).saturating_sub(1) / u64::from(times.max(1));
                let repair = admitted(parameter, most);
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
    scenario: &Scenario,
    timeout: ParameterName,
    period: ParameterName,
) -> Option<(String, Time)> {
    // Without a bound it is synchrony that is missing.
    let bound = scenario.network.timing.bound()?;
    let value = |name| u64::from(integer(&scenario.params, name));
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

/// Returns the value of a whole number; the largest there is of a parameter that is none.
pub(super) fn integer(values: &ParameterValues, parameter: ParameterName) -> u32 {
    let value = values.get(parameter.name()).cloned();
    match value.unwrap_or_else(|| parameter.parameter().default()) {
        ParameterValue::Integer(value) => value,
        _ => u32::MAX - 1,
    }
}

/// Returns the repair that sets a parameter to a value that a model names, if it is one of its values.
fn parsed(parameter: ParameterName, value: &str) -> Option<Repair> {
    let value = match parameter.parameter().domain {
        Domain::Flag { .. } => ParameterValue::Flag(value.parse().ok()?),
        Domain::Integer { .. } => ParameterValue::Integer(value.parse().ok()?),
        Domain::Choice { .. } => ParameterValue::Choice(value.to_owned()),
    };
    parameter.parameter().admits(&value).then_some(Repair::Parameter(parameter.name(), value))
}

/// Returns the repair that sets a parameter to a number, if it is one of its values.
fn admitted(parameter: ParameterName, value: u64) -> Option<Repair> {
    parsed(parameter, &value.to_string())
}
