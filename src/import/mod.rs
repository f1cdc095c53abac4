//! A foreign record of a run as a run of ours: logs with vector clocks, states of a model checker, histories of operations.
//!
//! The format is recognised by the content ([`import`]). An imported run has no protocol: its [`Outcome`] has one of the
//! constants of `recorded`, which no scenario can name, and whose properties are those of an abstraction. So diagram,
//! verdicts, texts and pictures need no other code for it. It cannot be run again.

mod builder;
mod edn;
mod foreign;
mod history;
mod jepsen;
mod operations;
mod order;
mod own;
mod places;
mod recorded;
mod relay;
mod states;
mod vector_log;

pub use places::LINE;
pub use recorded::{Abstraction, EVENT};
pub use relay::{Arriving, NOT_FETCHED, is_errand, run_errand, write_errand};

use serde_json::Value as Json;

use crate::{
    formats::{self, MAX_TEXT, Problem, without_mark},
    kernel::Scenario,
    runs::Outcome,
};

/// Something that was imported.
#[derive(Clone, Debug)]
pub enum Imported {
    /// A scenario of ours: it can be run.
    Scenario(Box<Scenario>),
    /// A run.
    Run(Box<Recording>),
}

/// A run that was recorded elsewhere.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The run, with the verdicts on it.
    pub outcome: Outcome,
    /// Name of the format.
    pub format: String,
    /// The meaning of a ms, and what the run does not show, in sentences.
    pub notes: Vec<String>,
    /// Abstraction by whose properties it is judged.
    pub judged_as: Abstraction,
    /// Abstractions whose requests and indications its events may be; nothing is the first.
    pub choices: &'static [Abstraction],
}

/// A reader's choices where the content alone is not enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// A regular expression with the groups `host`, `clock` and `event`, for a log of another shape.
    pub expression: Option<String>,
    /// The abstraction whose properties are judged; by default the one that the events fit.
    pub judged_as: Option<Abstraction>,
}

/// Greatest length of a text, in bytes.
pub const MAX_IMPORT: usize = 32 << 20;

/// Imports a text of any known format.
///
/// # Errors
/// The line or the path of the first item that cannot be read, the item, and the expected one.
pub fn import(text: &str) -> Result<Imported, Problem> {
    import_with(text, &Options::default())
}

/// Imports a text with a reader's choices.
///
/// # Errors
/// As for [`import`]; also if the expression is invalid, or lacks a group.
pub fn import_with(text: &str, options: &Options) -> Result<Imported, Problem> {
    if text.len() > MAX_IMPORT {
        let found = format!("{} bytes", text.len());
        return Err(Problem::new("", found, format!("at most {MAX_IMPORT}")));
    }
    let text = without_mark(text);
    if let Some(expression) = &options.expression {
        return Ok(run(vector_log::by_expression(text, expression, None)?));
    }
    let judged_as = options.judged_as;
    match Shape::of(text) {
        Shape::Json => of_json(text, judged_as),
        Shape::JsonLines => Ok(run(jepsen::of_json_lines(text, judged_as)?)),
        Shape::Edn => Ok(run(jepsen::of_edn(text, judged_as)?)),
        Shape::HistoryLines => Ok(run(jepsen::of_log(text, judged_as)?)),
        Shape::VectorLog => Ok(run(vector_log::read(text)?)),
        Shape::Unknown => Err(unknown(text)),
    }
}

fn run(recording: Recording) -> Imported {
    Imported::Run(Box::new(recording))
}

/// The outer shape of a text.
enum Shape {
    Json,
    JsonLines,
    Edn,
    HistoryLines,
    VectorLog,
    Unknown,
}

impl Shape {
    fn of(text: &str) -> Self {
        let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
        let first = lines().find(|line| !line.starts_with(';')).unwrap_or_default();
        let begins = |signs: &[char]| first.starts_with(signs);
        let is_edn =
            first.starts_with("#jepsen") || begins(&['{', '[', '(']) && text.contains(":type");
        if is_edn && !text.contains("\"type\"") {
            return Self::Edn;
        }
        if vector_log::is_log(text) {
            return Self::VectorLog;
        }
        if begins(&['{', '[']) {
            let second = lines().nth(1).is_some_and(|line| line.starts_with('{'));
            return if begins(&['{']) && first.ends_with('}') && second {
                Self::JsonLines
            } else {
                Self::Json
            };
        }
        if lines().any(jepsen::is_log_line) {
            return Self::HistoryLines;
        }
        Self::Unknown
    }
}

/// Names of all formats, for a reader whose text has none of them.
const FORMATS: &str = "a log with vector clocks (ShiViz, GoVector), a trace of states (ITF, TLC), a history of operations \
                       (Jepsen, Maelstrom, Porcupine), or a trace or a scenario of Worldlines";

/// True if a text could not be imported because it has none of the formats.
#[must_use]
pub fn is_unknown(problem: &Problem) -> bool {
    problem.expected == FORMATS
}

/// True if a text is a scenario of ours, well-formed or not.
#[must_use]
pub fn is_scenario(text: &str) -> bool {
    let text = without_mark(text);
    let is_short = text.len() <= MAX_TEXT && text.trim_start().starts_with('{');
    let json = is_short.then(|| formats::parse(text).ok()).flatten();
    json.is_some_and(|json| {
        let has = |field: &str| json.get(field).is_some();
        has("protocol") && !has("events") && !has("states")
    })
}

fn unknown(text: &str) -> Problem {
    let first = text.lines().enumerate().find(|(_, line)| !line.trim().is_empty());
    let (line, found) = first.unwrap_or((0, "nothing"));
    let path = places::line(line + 1);
    Problem::new(path, places::shortened(found.trim()), FORMATS)
}

/// Reads JSON by its fields.
fn of_json(text: &str, judged_as: Option<Abstraction>) -> Result<Imported, Problem> {
    let json = formats::parse_within(text, MAX_IMPORT)?;
    let has = |field: &str| json.get(field).is_some();
    if has("protocol") && has("events") {
        return Ok(run(own::read(&json, judged_as)?));
    }
    if has("protocol") && !has("states") {
        return Ok(Imported::Scenario(Box::new(formats::scenario::read(text)?)));
    }
    if has("states") {
        return Ok(run(states::of_itf(&json)?));
    }
    if has("state") {
        return Ok(run(states::of_tlc(&json)?));
    }
    let listed = ["history", "operations", "ops"]
        .into_iter()
        .find_map(|name| Some((name, json.get(name)?.as_array()?)));
    let (path, list) = match (&json, listed) {
        (Json::Array(list), _) => (String::new(), list),
        (_, Some((name, list))) => (name.to_owned(), list),
        // A single operation.
        (Json::Object(fields), _) if fields.contains_key("type") => {
            return Ok(run(jepsen::of_json("", std::slice::from_ref(&json), judged_as)?));
        }
        _ => return Err(Problem::new("", places::shown(&json), FORMATS)),
    };
    let first = list.iter().find_map(Json::as_object);
    let Some(first) = first else {
        return Err(Problem::new(path, places::shown(&json), FORMATS));
    };
    if first.contains_key("type") && first.contains_key("process") {
        return Ok(run(jepsen::of_json(&path, list, judged_as)?));
    }
    if operations::is_operation(first) {
        return Ok(run(operations::read(&path, list, judged_as)?));
    }
    Ok(run(states::of_list(list)?))
}
