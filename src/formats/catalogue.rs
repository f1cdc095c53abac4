//! The catalogue: families, protocols, their parameters, requests, properties and bundled scenarios.

use serde::Serialize;

use super::{Problem, bundled, problem::quoted};
use crate::{
    kernel::{Break, Domain, Parameter, ParameterValue, Protocol, RequestKind},
    protocols::{self, FAMILIES, Family},
};

/// The version of the format.
pub const VERSION: u64 = 1;

/// Returns the protocol of this id; `path` is the place of the id in the reader's input.
///
/// # Errors
/// If there is none; the closest id is suggested.
pub fn find(path: &str, id: &str) -> Result<&'static Protocol, Problem> {
    protocols::find(id).ok_or_else(|| unknown(path, id))
}

/// Returns the problem that no protocol has this id; it suggests the closest one.
pub(super) fn unknown(path: &str, id: &str) -> Problem {
    let known = protocols::index().map(|entry| entry.id);
    Problem::new(path, quoted(id), "the id of a protocol that `worldlines list` shows")
        .with_closest(id, known)
}

/// Returns the catalogue as JSON (docs/command-line.md).
#[must_use]
pub fn to_json() -> String {
    let protocols = protocols::catalogue();
    let protocols = protocols.map(|(family, protocol)| ProtocolObject::new(family, protocol));
    let catalogue = Catalogue { version: VERSION, protocols: protocols.collect() };
    serde_json::to_string(&catalogue).expect("texts, numbers and lists always serialise")
}

/// Returns the catalogue as text: families, and a line for each protocol.
#[must_use]
pub fn to_text() -> String {
    let width = protocols::index().map(|entry| entry.id.len()).max();
    let width = width.unwrap_or_default();
    let family = |family: &Family| {
        let protocols = family.protocols.iter().filter_map(|entry| protocols::find(entry.id));
        let lines = protocols.map(|p| format!("  {:width$}  {}\n", p.id, p.summary));
        format!("{}\n{}", family.name, lines.collect::<String>())
    };
    FAMILIES.iter().map(family).collect::<Vec<_>>().join("\n")
}

#[derive(Serialize)]
struct Catalogue {
    version: u64,
    protocols: Vec<ProtocolObject>,
}

#[derive(Serialize)]
struct ProtocolObject {
    id: &'static str,
    family: &'static str,
    name: &'static str,
    summary: &'static str,
    source: &'static str,
    uses: &'static [&'static str],
    model: Vec<String>,
    parameters: Vec<ParameterObject>,
    requests: &'static [RequestKind],
    properties: Vec<PropertyObject>,
    scenarios: Vec<ScenarioObject>,
    breaks: Vec<BreakObject>,
    costs: Vec<CostObject>,
    metrics: Vec<MetricObject>,
}

#[derive(Serialize)]
struct BreakObject {
    when: &'static str,
    scenario: &'static str,
    violates: Vec<&'static str>,
    broken: Vec<String>,
}

#[derive(Serialize)]
struct CostObject {
    operation: &'static str,
    formula: String,
}

#[derive(Serialize)]
struct MetricObject {
    name: &'static str,
    unit: &'static str,
    help: &'static str,
}

#[derive(Serialize)]
struct ParameterObject {
    name: &'static str,
    default: ParameterValue,
    min: Option<u32>,
    max: Option<u32>,
    unit: Option<&'static str>,
    help: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    choices: Option<Vec<ChoiceObject>>,
}

#[derive(Serialize)]
struct ChoiceObject {
    name: &'static str,
    help: &'static str,
}

#[derive(Serialize)]
struct PropertyObject {
    name: &'static str,
    kind: String,
    statement: &'static str,
    promised: bool,
}

#[derive(Serialize)]
struct ScenarioObject {
    name: &'static str,
    title: String,
}

impl ProtocolObject {
    fn new(family: &Family, protocol: &Protocol) -> Self {
        let properties = protocol.properties().map(|(property, promised)| PropertyObject {
            name: property.name,
            kind: property.kind.to_string(),
            statement: property.statement,
            promised,
        });
        let scenarios = bundled::of_protocol(protocol.id)
            .map(|bundled| ScenarioObject { name: bundled.name, title: bundled.title() });
        Self {
            id: protocol.id,
            family: family.id,
            name: protocol.name,
            summary: protocol.summary,
            source: protocol.source,
            uses: protocol.uses,
            model: protocol.assumptions().map(|assumption| assumption.statement()).collect(),
            parameters: protocol.behaviour.parameters.iter().map(ParameterObject::new).collect(),
            requests: protocol.behaviour.requests,
            properties: properties.collect(),
            scenarios: scenarios.collect(),
            breaks: protocol.breaks.iter().map(BreakObject::new).collect(),
            costs: protocol
                .costs
                .iter()
                .map(|it| CostObject { operation: it.operation, formula: it.formula() })
                .collect(),
            metrics: protocol
                .metrics
                .iter()
                .map(|it| MetricObject { name: it.name, unit: it.unit, help: it.help })
                .collect(),
        }
    }
}

impl BreakObject {
    fn new(way: &Break) -> Self {
        Self {
            when: way.when,
            scenario: way.scenario,
            violates: way.violates.iter().map(|property| property.name).collect(),
            broken: way.broken.iter().map(|rule| rule.statement()).collect(),
        }
    }
}

impl ParameterObject {
    fn new(parameter: &Parameter) -> Self {
        let object = Self {
            name: parameter.name,
            default: parameter.default(),
            min: None,
            max: None,
            unit: None,
            help: parameter.help,
            choices: None,
        };
        match parameter.domain {
            Domain::Flag { .. } => object,
            Domain::Integer { min, max, unit, .. } => {
                Self { min: Some(min), max: Some(max), unit: Some(unit), ..object }
            }
            Domain::Choice { choices, .. } => {
                let choice = |&(name, help): &(_, _)| ChoiceObject { name, help };
                Self { choices: Some(choices.iter().map(choice).collect()), ..object }
            }
        }
    }
}
