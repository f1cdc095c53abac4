//! Tasks that take too long for the page, as texts that go to a worker and return: a search, a minimisation, an
//! explanation, measures of a series of runs, delays that keep a protocol undecided.
//!
//! The worker depends only on the text that it receives. It can be terminated at any moment and tested without a
//! browser.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{MeasuredRow, SEEDS_TRIED, state::edits, text};
use crate::{
    diagram::explain,
    formats::{
        Problem, measure, parse, scenario,
        search::{self, Asked, Found},
    },
    kernel::{Kind, Property, Scenario},
    runs::{Outcome, measure::Measures},
    search::{Finding, Method, Objective, Search, Target, Workers, adversary, minimise},
};

/// A task for a worker.
#[derive(Clone, Debug)]
pub enum Errand {
    /// A search.
    Search(Box<Asked>),
    /// A search in two parts: first inside the protocol's model, then with broken assumptions for the properties of
    /// which the first part found no violation.
    Break(Box<Asked>),
    /// Minimisation of a scenario that violates this property.
    Shrink(Box<Scenario>, &'static Property),
    /// Explanation of a violation.
    Explain(Box<Scenario>, &'static Property),
    /// Delays that keep a liveness property undecided.
    Adversary(Box<Scenario>, &'static Property),
    /// Measures of a series of runs of a scenario: the dimension that varies, with its values (`seed=1..20`).
    Measure(Box<Scenario>, String),
}

/// Largest number of values of a series that is measured.
const MOST_VALUES: usize = SEEDS_TRIED as usize;
/// Number of runs for each value of a parameter, with one seed each.
const SEEDS: u64 = 10;

/// Largest limit of the first part of a search in two parts: the reader waits for the second one.
const INSIDE_RUNS: u64 = 10_000;

/// Largest number of messages that the adversary delays.
pub const MOST_DELAYS: usize = 1000;

#[derive(Serialize)]
struct Written<'a> {
    r#do: &'static str,
    property: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    over: Option<&'a str>,
    with: Json,
}

impl Errand {
    /// Returns the text to send; empty if the part [`edits`](mod@edits), which makes errands, is not here.
    #[must_use]
    pub fn write(&self) -> String {
        edits::here().map(|edits| (edits.write_errand)(self)).unwrap_or_default()
    }

    pub(super) fn write_now(&self) -> String {
        let json = |text: String| parse(&text).expect("what is written is JSON");
        let written = match self {
            Self::Search(asked) => Written {
                r#do: "search",
                property: None,
                over: None,
                with: json(search::write_asked(asked)),
            },
            Self::Break(asked) => Written {
                r#do: "break",
                property: None,
                over: None,
                with: json(search::write_asked(asked)),
            },
            Self::Shrink(given, property) => Written {
                r#do: "shrink",
                property: Some(property.name),
                over: None,
                with: json(scenario::write(given)),
            },
            Self::Explain(given, property) => Written {
                r#do: "explain",
                property: Some(property.name),
                over: None,
                with: json(scenario::write(given)),
            },
            Self::Adversary(given, property) => Written {
                r#do: "adversary",
                property: Some(property.name),
                over: None,
                with: json(scenario::write(given)),
            },
            Self::Measure(given, over) => Written {
                r#do: "measure",
                property: None,
                over: Some(over),
                with: json(scenario::write(given)),
            },
        };
        serde_json::to_string(&written).expect("texts and JSON always serialise")
    }

    /// Reads the text that was sent.
    ///
    /// # Errors
    /// The first problem in the text.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let value = parse(text)?;
        let with = value.get("with").cloned().unwrap_or_default();
        let what = value.get("do").and_then(Json::as_str).unwrap_or_default();
        if what == "search" || what == "break" {
            let asked = search::asked(&with.to_string()).map(Box::new)?;
            return Ok(if what == "search" { Self::Search(asked) } else { Self::Break(asked) });
        }
        let given = scenario::from_json(&with)?;
        if what == "measure" {
            let over = value.get("over").and_then(Json::as_str).unwrap_or_default();
            return Ok(Self::Measure(Box::new(given), over.to_owned()));
        }
        let protocol = crate::formats::catalogue::find("protocol", &given.protocol)?;
        let name = value.get("property").and_then(Json::as_str).unwrap_or_default();
        let property = search::property("property", protocol, name)?;
        match what {
            "shrink" => Ok(Self::Shrink(Box::new(given), property)),
            "explain" => Ok(Self::Explain(Box::new(given), property)),
            "adversary" if property.kind == Kind::Liveness => {
                Ok(Self::Adversary(Box::new(given), property))
            }
            "adversary" => {
                Err(Problem::new("property", format!("\"{name}\""), text::errand::LIVENESS))
            }
            _ => Err(Problem::new("do", format!("\"{what}\""), text::errand::TASK)),
        }
    }
}

/// Part of a search in two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchPart {
    /// All assumptions of the protocol hold.
    Inside,
    /// Assumptions may be broken.
    Beyond,
}

/// A violation that a worker found.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundRun {
    /// Name of the property.
    pub property: String,
    /// The minimised scenario.
    pub scenario: Box<Scenario>,
    /// Explanation of the violation, in a paragraph.
    pub explanation: String,
    /// Assumption that the run breaks, if it breaks one.
    pub broke: Option<String>,
}

/// A message from the worker.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// Progress of the task.
    Progress {
        /// Stage: `runs`, `orders`, `walks`, `chance`.
        stage: String,
        /// The property, if the stage treats one at a time.
        property: Option<String>,
        /// Number of runs, states and walks so far.
        explored: u64,
        /// Number of entries in the queue.
        queue: u64,
        /// Depth of the search.
        depth: u64,
    },
    /// This part of a search begins.
    Part(SearchPart),
    /// A violation.
    Found(FoundRun),
    /// Coverage for this property, of which no violation was found.
    Covered(String, String),
    /// The minimised scenario.
    Small(Box<Scenario>),
    /// A property and the paragraph that explains its violation.
    Explained(String, String),
    /// The measures of one value of a series.
    Measured(MeasuredRow),
    /// The task failed.
    Failed(String),
    /// The task has ended.
    Done,
}

/// Returns the text of a message, from the names and values of its parts.
fn said(parts: &[(&str, Json)]) -> String {
    let mut fields = serde_json::Map::new();
    // A `collect` would sort, with code of its own.
    for (name, value) in parts {
        fields.insert((*name).to_owned(), value.clone());
    }
    Json::Object(fields).to_string()
}

fn json_of(scenario: &Scenario) -> Json {
    parse(&scenario::write(scenario)).expect("what is written is JSON")
}

/// Returns the messages of a worker that could not begin.
#[must_use]
pub fn failed(why: &str) -> [String; 2] {
    [said(&[("failed", why.into())]), said(&[("done", true.into())])]
}

/// Names of the parts of a search in a worker's messages.
const INSIDE: &str = "inside";
const BEYOND: &str = "beyond";

/// Number of steps of a search between two reports of progress.
const SAID_EVERY: u32 = 4;

/// Runs a task, and reports its results, one text at a time.
pub fn run_errand(text: &str, say: &mut dyn FnMut(String)) {
    match Errand::read(text) {
        Ok(Errand::Search(asked)) => {
            run_search(&asked, say);
        }
        Ok(Errand::Break(asked)) => run_break(*asked, say),
        Ok(Errand::Shrink(given, property)) => {
            let protocol = crate::protocols::find(&given.protocol).expect("it was read");
            let objective = Objective::at(Target::Violation(property));
            match minimise(protocol, &objective, &given, given.until) {
                Some(shrunk) => say(said(&[("small", json_of(&shrunk.scenario))])),
                None => {
                    let why = text::errand::holds_later(property.name);
                    say(said(&[("failed", why.into())]));
                }
            }
        }
        Ok(Errand::Explain(given, property)) => {
            let explanation = Outcome::of(*given)
                .ok()
                .and_then(|outcome| explain(&outcome, &Target::Violation(property)));
            let none = || text::errand::not_violated(property.name);
            let text = explanation.map_or_else(none, |it| it.text());
            say(said(&[("explained", text.into()), ("property", property.name.into())]));
        }
        Ok(Errand::Adversary(given, property)) => {
            let protocol = crate::protocols::find(&given.protocol).expect("it was read");
            let name: Json = property.name.into();
            say(match adversary(protocol, &given, property, MOST_DELAYS) {
                Ok(kept) => said(&[
                    ("found", name),
                    ("scenario", json_of(&kept.scenario)),
                    ("explanation", kept.to_string().into()),
                ]),
                Err(why) => said(&[("covered", name), ("sentence", why.to_string().into())]),
            });
        }
        Ok(Errand::Measure(given, over)) => {
            if let Err(problem) = run_series(&given, &over, say) {
                say(said(&[("failed", problem.to_string().into())]));
            }
        }
        Err(problem) => say(said(&[("failed", problem.to_string().into())])),
    }
    say(said(&[("done", true.into())]));
}

/// Measures a series of runs, and reports each value when its runs are done.
fn run_series(given: &Scenario, over: &str, say: &mut dyn FnMut(String)) -> Result<(), Problem> {
    let protocol = crate::formats::catalogue::find("protocol", &given.protocol)?;
    let dimension = measure::over("values", protocol, over)?;
    if dimension.len() > MOST_VALUES {
        let expected = text::series::at_most(MOST_VALUES);
        return Err(Problem::new("values", dimension.len().to_string(), expected));
    }
    let mut series = measure::scenario(protocol, given.clone(), dimension, SEEDS)?;
    let mut reported = 0;
    loop {
        let goes_on = series.step()?;
        // The runs of the last row may not be done.
        let complete = series.rows().len() - usize::from(goes_on);
        for row in &series.rows()[reported..complete] {
            say(said(&[("measured", measured(row))]));
        }
        reported = complete;
        if !goes_on {
            return Ok(());
        }
    }
}

fn measured(row: &Measures) -> Json {
    json!({
        "value": row.value,
        "messages": row.messages.mean_in_tenths(1),
        "time": row.latency.mean_in_tenths(1),
        "violating": row.violating,
        "violated": row.violated.iter().map(|(name, count)| json!([name, count])).collect::<Vec<_>>(),
        "alike": row.alike,
        "runs": row.runs,
    })
}

/// Searches inside the model, then beyond it for the targets that were not reached.
fn run_break(asked: Asked, say: &mut dyn FnMut(String)) {
    // A protocol without a model has no assumption to break.
    let has_model = !asked.protocol.model.is_empty();
    let limit = if has_model { asked.limit.min(INSIDE_RUNS) } else { asked.limit };
    say(said(&[("part", INSIDE.into())]));
    let inside = Asked { inside_model: true, limit, ..asked.clone() };
    let found = run_search(&inside, say);
    let mut left = asked.targets.iter().zip(found).filter(|(_, found)| !found).peekable();
    if !has_model || left.peek().is_none() {
        return;
    }
    let targets = left.map(|(target, _)| target.clone()).collect();
    say(said(&[("part", BEYOND.into())]));
    run_search(&Asked { inside_model: false, targets, ..asked.clone() }, say);
}

/// Searches, and reports the findings and the coverage; returns for each target whether it was reached.
fn run_search(asked: &Asked, say: &mut dyn FnMut(String)) -> Vec<bool> {
    let mut found = vec![false; asked.targets.len()];
    let Some(mut search) = Search::new(asked.task()) else { return found };
    let mut steps = 0_u32;
    while !search.is_over() {
        for finding in search.advance(Workers::ONE) {
            found[finding.objective] = true;
            let Found { target, scenario, explanation, .. } = as_found(asked, finding);
            say(said(&[
                ("found", target.name().into()),
                ("broke", broken_by(&scenario, &target).into()),
                ("scenario", json_of(&scenario)),
                ("explanation", explanation.into()),
            ]));
        }
        if steps.is_multiple_of(SAID_EVERY) {
            let progress = search::progress_json(asked, &search.progress());
            say(said(&[("progress", parse(&progress).expect("what is written is JSON"))]));
        }
        steps += 1;
    }
    let coverage = search.coverage();
    for (place, target) in asked.targets.iter().enumerate().filter(|(place, _)| !found[*place]) {
        let sentence = search::sentence(asked, &coverage, place);
        say(said(&[("covered", target.name().into()), ("sentence", sentence.into())]));
    }
    found
}

/// Returns the assumption to which a violation may be due.
fn broken_by(scenario: &Scenario, target: &Target) -> Option<String> {
    let outcome = Outcome::of(scenario.clone()).ok()?;
    let name = target.property()?.name;
    let mut judgements = outcome.report.judgements.iter();
    let judgement = judgements.find(|it| it.property.name == name)?;
    let breach = outcome.report.broke(judgement, &outcome.trace)?;
    Some(breach.rule.statement().to_owned())
}

/// Returns a finding with its explanation.
#[must_use]
pub fn as_found(asked: &Asked, finding: Finding) -> Found {
    let target = asked.targets[finding.objective].clone();
    let outcome = Outcome::of(finding.scenario.clone()).expect("it was run before");
    let mut explanation = explain(&outcome, &target).map(|it| it.text()).unwrap_or_default();
    if let Method::Livelock { stem, cycle } = finding.by {
        explanation.push_str(&text::errand::livelock(stem as usize, cycle as usize));
    }
    Found { target, scenario: finding.scenario, by: finding.by, explanation }
}

/// Reads a message from the worker; none if the text is not one.
#[must_use]
pub fn heard(text: &str) -> Option<Said> {
    (edits::here()?.hear)(text)
}

pub(super) fn heard_now(text: &str) -> Option<Said> {
    let value = parse(text).ok()?;
    let word = |name: &str| value.get(name).and_then(Json::as_str).map(str::to_owned);
    let scenario = |name: &str| scenario::from_json(value.get(name)?).ok().map(Box::new);
    if let Some(progress) = value.get("progress") {
        let number = |name: &str| progress.get(name).and_then(Json::as_u64).unwrap_or_default();
        let word = |name: &str| progress.get(name).and_then(Json::as_str).map(str::to_owned);
        return Some(Said::Progress {
            stage: word("stage")?,
            property: word("property"),
            explored: number("explored"),
            queue: number("queue"),
            depth: number("depth"),
        });
    }
    match value.get("part").and_then(Json::as_str) {
        Some(INSIDE) => return Some(Said::Part(SearchPart::Inside)),
        Some(BEYOND) => return Some(Said::Part(SearchPart::Beyond)),
        _ => {}
    }
    if let Some(property) = word("found") {
        return Some(Said::Found(FoundRun {
            property,
            scenario: scenario("scenario")?,
            explanation: word("explanation")?,
            broke: word("broke"),
        }));
    }
    if let Some(property) = word("covered") {
        return Some(Said::Covered(property, word("sentence")?));
    }
    if let Some(small) = scenario("small") {
        return Some(Said::Small(small));
    }
    if let Some(text) = word("explained") {
        return Some(Said::Explained(word("property")?, text));
    }
    if let Some(row) = value.get("measured") {
        let tenths = |name: &str| row.get(name).and_then(Json::as_i64);
        let count = |name: &str| row.get(name).and_then(Json::as_u64).unwrap_or_default();
        let violated = row.get("violated").and_then(Json::as_array);
        let violated = violated.into_iter().flatten();
        let violated =
            violated.filter_map(|it| Some((it.get(0)?.as_str()?.to_owned(), it.get(1)?.as_u64()?)));
        return Some(Said::Measured(MeasuredRow {
            value: row.get("value")?.as_str()?.to_owned(),
            messages: tenths("messages"),
            time: tenths("time"),
            violating: count("violating"),
            violated: violated.collect(),
            alike: count("alike"),
            runs: count("runs"),
        }));
    }
    if let Some(why) = word("failed") {
        return Some(Said::Failed(why));
    }
    value.get("done").map(|_| Said::Done)
}
