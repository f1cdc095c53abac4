//! Assumptions on parameters and on the number of nodes.

use super::{Breach, Examined};
use crate::{
    analysis::Repair,
    kernel::{Domain, ParameterName, ParameterValue, count_of, value_of},
};

/// The parameter has this value.
pub(super) fn parameter_is(run: Examined, parameter: ParameterName, value: &str) -> Option<Breach> {
    let found = value_of(&run.scenario.params, parameter);
    let why = format!("{parameter} is {found}");
    let breach = || run.misfit(format!("params.{parameter}"), why, parsed(parameter, value));
    (found != value).then(breach)
}

/// A timeout is at least a period and the delay bound together.
pub(super) fn timeout_covers(
    run: Examined,
    timeout: ParameterName,
    period: ParameterName,
) -> Option<Breach> {
    // Without a bound, the assumption of synchrony is broken instead.
    let bound = run.scenario.network.timing.bound()?;
    let (found, least) = (u64::from(run.integer(timeout)), u64::from(run.integer(period)));
    (found < least + bound).then(|| {
        let why = format!(
            "{timeout} is {found} ms, less than {period} ({least}) and the delay bound ({bound}) \
             together"
        );
        run.misfit(format!("params.{timeout}"), why, admitted(timeout, least + bound))
    })
}

/// There are more than so many times as many nodes as the parameter says.
pub(super) fn more_nodes_than(
    run: Examined,
    times: u32,
    parameter: ParameterName,
) -> Option<Breach> {
    let (size, count) = (run.scenario.nodes.len(), run.integer(parameter));
    let needed = u64::from(times) * u64::from(count);
    (size as u64 <= needed).then(|| {
        let are = if size == 1 { "is" } else { "are" };
        let why = format!("{} {are} not more than {times} × {count}", count_of(size, "node"));
        let most = (size as u64).saturating_sub(1) / u64::from(times.max(1));
        run.misfit("nodes".to_owned(), why, admitted(parameter, most))
    })
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
