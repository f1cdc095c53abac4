//! Series of runs and their measures, read and written (docs/command-line.md).

use std::{fmt::Write as _, ops::RangeInclusive};

use serde_json::{Value as Json, json};

use super::{
    cost::sizes,
    problem::{Problem, alternatives, quoted},
};
use crate::{
    kernel::{Domain, ParameterValue, Protocol, Scenario},
    runs::measure::{Base, Measures, Over, Series, Spread, decimal},
};

/// Most rows of a series, and most runs of a row.
pub const MAX_ROWS: u64 = 1_000;

/// Reads what varies: `nodes=2..16`, `seed=1..100`, or a parameter with its values, `timeout=10,20` or `quorum=one,majority`.
///
/// # Errors
/// Description of what may vary, or of the values of a parameter.
pub fn over(path: &str, protocol: &Protocol, text: &str) -> Result<Over, Problem> {
    let parameters = protocol.behaviour.parameters;
    let expected = || {
        let names = ["nodes", "seed"].into_iter().chain(parameters.iter().map(|it| it.name));
        format!("{} with values, like nodes=2..16 or nodes=3,5,9", alternatives(names))
    };
    let problem = |expected: String| Problem::new(path, quoted(text), expected);
    let (name, values) = text.split_once('=').ok_or_else(|| problem(expected()))?;
    let too_many = || problem(format!("at most {MAX_ROWS} values"));
    match name {
        "nodes" => {
            let parts = values.split(',').map(sizes).collect::<Result<Vec<_>, _>>();
            let parts = parts
                .map_err(|_| problem("sizes from 1 to 128, like 2..16 or 3,5,9".to_owned()))?;
            Ok(Over::Nodes(parts.into_iter().flatten().collect()))
        }
        "seed" => numbers(values)
            .ok_or_else(|| problem("whole numbers, like 1..100 or 3,5,9".to_owned()))?
            .ok_or_else(too_many)
            .map(Over::Seed),
        _ => {
            let parameter = parameters.iter().find(|it| it.name == name);
            let parameter = parameter.ok_or_else(|| problem(expected()))?;
            let wrong =
                || problem(format!("{}, several with commas between them", parameter.expected()));
            let read = |word: &str| -> Option<ParameterValue> {
                match parameter.domain {
                    Domain::Flag { .. } => word.parse().ok().map(ParameterValue::Flag),
                    Domain::Integer { .. } => word.parse().ok().map(ParameterValue::Integer),
                    Domain::Choice { .. } => Some(ParameterValue::Choice(word.to_owned())),
                }
            };
            let words: Vec<String> = match (parameter.domain, numbers(values)) {
                (Domain::Integer { .. }, Some(numbers)) => {
                    numbers.ok_or_else(too_many)?.iter().map(u64::to_string).collect()
                }
                _ => values.split(',').map(str::to_owned).collect(),
            };
            let values = words.iter().map(|word| read(word).filter(|it| parameter.admits(it)));
            let values = values.collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
            Ok(Over::Parameter(parameter.name, values))
        }
    }
}

/// Reads whole numbers, `1..100` or `3,5,9`: none if they are no numbers, none in that if there are too many.
fn numbers(text: &str) -> Option<Option<Vec<u64>>> {
    let range = |part: &str| -> Option<RangeInclusive<u64>> {
        let (first, last) = part.split_once("..").unwrap_or((part, part));
        let last = last.trim_start_matches('=').parse().ok()?;
        let first = first.parse().ok()?;
        (first <= last).then_some(first..=last)
    };
    let parts = text.split(',').map(range).collect::<Option<Vec<_>>>()?;
    let count = |part: &RangeInclusive<u64>| (part.end() - part.start()).saturating_add(1);
    let few =
        parts.iter().map(count).try_fold(0_u64, u64::checked_add).is_some_and(|it| it <= MAX_ROWS);
    Some(few.then(|| parts.into_iter().flatten().collect()))
}

/// Returns the series of an operation, by its name in the catalogue or the protocol's first.
///
/// # Errors
/// If the protocol has no such operation, or the operation needs a larger group.
pub fn operation(
    protocol: &'static Protocol,
    name: Option<&str>,
    nodes: Option<usize>,
    over: Over,
    seeds: u64,
) -> Result<Series, Problem> {
    let names = || alternatives(protocol.costs.iter().map(|it| it.operation));
    let found = protocol.costs.iter().find(|it| name.is_none_or(|name| it.operation == name));
    let cost = found.ok_or_else(|| match protocol.costs {
        [] => Problem::new(
            "PROTOCOL",
            quoted(protocol.id),
            "a protocol whose operations have a cost, or a scenario's file",
        ),
        _ => Problem::new("--operation", quoted(name.unwrap_or_default()), names()),
    })?;
    let least = match &over {
        Over::Nodes(sizes) => sizes.iter().copied().min(),
        _ => nodes,
    };
    if let Some(least) = least.filter(|least| *least < cost.least) {
        let expected = format!("at least {}: {} needs them", cost.least, cost.operation);
        let path = if matches!(over, Over::Nodes(_)) { "--over" } else { "--nodes" };
        return Err(Problem::new(path, least.to_string(), expected));
    }
    let nodes = nodes.unwrap_or_else(|| cost.least.max(4));
    Ok(Series::new(protocol, Base::Operation { cost, nodes }, over, seeds))
}

/// Returns the series of a scenario.
///
/// # Errors
/// If the number of nodes is to vary: a scenario names its nodes.
pub fn scenario(
    protocol: &'static Protocol,
    scenario: Scenario,
    over: Over,
    seeds: u64,
) -> Result<Series, Problem> {
    if matches!(over, Over::Nodes(_)) {
        let expected = "a parameter or the seed: a scenario names its nodes";
        return Err(Problem::new("--over", quoted("nodes"), expected));
    }
    Ok(Series::new(protocol, Base::Scenario(Box::new(scenario)), over, seeds))
}

/// Returns the measures as a table: means over the runs of each row, with one decimal.
#[must_use]
pub fn to_text(series: &Series) -> String {
    let mut text = format!("{}: {}\n", series.protocol().id, of(series));
    let metrics = series.protocol().metrics;
    let mut heads = vec![name(series).to_owned(), "runs".to_owned(), "messages".to_owned()];
    let in_delays =
        !series.rows().is_empty() && series.rows().iter().all(|row| row.delay.is_some());
    heads.push(if in_delays { "delays" } else { "ms" }.to_owned());
    heads.extend(metrics.iter().map(|metric| metric.name.to_owned()));
    heads.push("violating".to_owned());
    let mut table = vec![heads];
    for row in series.rows() {
        let unit = row.delay.filter(|_| in_delays).unwrap_or(1);
        let latency = row.latency.mean_in_tenths(unit);
        let mut cells = vec![row.value.clone(), row.runs.to_string()];
        cells.push(decimal(row.messages.mean_in_tenths(1)));
        cells.push(decimal(latency));
        cells.extend(row.metrics.iter().map(|metric| decimal(metric.mean_in_tenths(1))));
        cells.push(row.violating.to_string());
        table.push(cells);
    }
    let width = |column: usize| table.iter().map(|cells| cells[column].chars().count()).max();
    let widths: Vec<_> = (0..table[0].len()).map(|column| width(column).unwrap_or(0)).collect();
    for cells in &table {
        let line: Vec<_> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}")).collect();
        let _ = writeln!(text, "{}", line.join("  "));
    }
    text
}

/// Returns the measures as JSON: least, greatest and sum of each over the runs of a row.
#[must_use]
pub fn to_json(series: &Series) -> Json {
    let metrics = series.protocol().metrics;
    let row = |row: &Measures| {
        let metrics: serde_json::Map<String, Json> = metrics
            .iter()
            .zip(&row.metrics)
            .map(|(it, spread)| (it.name.to_owned(), span(spread)))
            .collect();
        json!({
            "value": row.value,
            "runs": row.runs,
            "messages": span(&row.messages),
            "ms": span(&row.latency),
            "delay": row.delay,
            "metrics": metrics,
            "violating": row.violating,
        })
    };
    json!({
        "protocol": series.protocol().id,
        "of": of(series),
        "over": name(series),
        "rows": series.rows().iter().map(row).collect::<Vec<_>>(),
    })
}

fn span(spread: &Spread) -> Json {
    if spread.runs == 0 {
        return Json::Null;
    }
    json!({"runs": spread.runs, "least": spread.least, "most": spread.most, "total": spread.total})
}

/// The operation or the title of the scenario that is measured.
fn of(series: &Series) -> String {
    match series.base() {
        Base::Operation { cost, .. } => cost.operation.to_owned(),
        Base::Scenario(scenario) if scenario.title.is_empty() => "a scenario".to_owned(),
        Base::Scenario(scenario) => scenario.title.clone(),
    }
}

/// The name of what varies.
const fn name(series: &Series) -> &str {
    match series.over() {
        Over::Nodes(_) => "nodes",
        Over::Seed(_) => "seed",
        Over::Parameter(name, _) => name,
    }
}
