//! The functions of the npm module (docs/javascript.md).
//!
//! Values cross the border as JSON: it is the documented form of scenarios, traces and results, and an engine reads it
//! faster than an object can be made field by field. `npm/api.js` makes plain objects of it.

use std::ops::RangeInclusive;

use js_sys::{Error, Reflect};
use serde::Serialize;
use serde_json::Value as Json;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    app::as_found,
    diagram::{event_sentence, explain as explained},
    export::{SvgOptions, Theme, svg as drawn},
    formats::{
        Problem, catalogue, link, scenario,
        search::{self, Asked, Found, Results},
    },
    runs::Outcome,
    search::{Search, Target, Workers},
};

/// A problem as an error of JavaScript, with `path`, `found`, `expected` and `suggestion`.
fn error(problem: &Problem) -> JsValue {
    let error = Error::new(&problem.to_string());
    let fields = [
        ("path", Some(&problem.path)),
        ("found", Some(&problem.found)),
        ("expected", Some(&problem.expected)),
        ("suggestion", problem.suggestion.as_ref()),
    ];
    for (name, value) in fields {
        let value = value.map_or(JsValue::NULL, |value| value.as_str().into());
        // An error just made can be extended.
        let _ = Reflect::set(&error, &name.into(), &value);
    }
    error.into()
}

fn outcome(text: &str) -> Result<Outcome, Problem> {
    Ok(Outcome::of(scenario::read(text)?)?)
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts, numbers and lists always serialise")
}

/// Returns the catalogue (docs/command-line.md, "The catalogue as JSON").
#[wasm_bindgen]
#[must_use]
pub fn protocols() -> String {
    catalogue::to_json()
}

/// Runs a scenario and returns its trace (docs/trace.md).
///
/// # Errors
/// The first error in the scenario.
#[wasm_bindgen]
pub fn run(scenario: &str) -> Result<String, JsValue> {
    outcome(scenario).map(|outcome| outcome.json()).map_err(|problem| error(&problem))
}

/// Returns a scenario's link, from its `#` on, with the digest of its run.
///
/// # Errors
/// The first error in the scenario, or a link that would be too long to be opened.
#[wasm_bindgen]
pub fn encode(scenario: &str) -> Result<String, JsValue> {
    let encoded = outcome(scenario).and_then(|outcome| {
        let fragment = outcome.fragment();
        if fragment.len() > link::MAX_LINK {
            let found = format!("a link of {} characters", fragment.len());
            return Err(Problem::new("", found, format!("at most {}", link::MAX_LINK)));
        }
        Ok(fragment)
    });
    encoded.map_err(|problem| error(&problem))
}

/// Returns the scenario of a link, in its canonical form.
///
/// # Errors
/// The first error in the link, or in its scenario.
#[wasm_bindgen]
pub fn decode(link: &str) -> Result<String, JsValue> {
    let decoded = link::decode(link).map_err(|problem| error(&problem))?;
    Ok(scenario::write(&decoded.scenario))
}

/// An explanation as JSON.
#[derive(Serialize)]
struct ExplanationObject {
    property: &'static str,
    text: String,
    path: Vec<StepObject>,
}

/// An event on the way to a violation.
#[derive(Serialize)]
struct StepObject {
    event: usize,
    time: u64,
    text: String,
}

/// Explains the violation of a property; without a name, of the first that is violated. `null` if it is not violated.
///
/// # Errors
/// The first error in the scenario, or the name of a property that the protocol does not have.
#[wasm_bindgen]
pub fn explain(scenario: &str, property: Option<String>) -> Result<String, JsValue> {
    let object = outcome(scenario).and_then(|outcome| {
        let named = property.map(|name| search::property("property", outcome.protocol, &name));
        let violated = outcome.report.judgements.iter().filter(|it| it.verdict.is_violated());
        let Some(property) = named.transpose()?.or(violated.map(|it| it.property).next()) else {
            return Ok(None);
        };
        let Some(explanation) = explained(&outcome, &Target::Violation(property)) else {
            return Ok(None);
        };
        let step = |event: usize| StepObject {
            event,
            time: outcome.trace.events[event].time,
            text: event_sentence(&outcome.scenario, &outcome.trace, event),
        };
        Ok(Some(ExplanationObject {
            property: property.name,
            text: explanation.text(),
            path: explanation.path.iter().copied().map(step).collect(),
        }))
    });
    object.map(|object| json(&object)).map_err(|problem| error(&problem))
}

/// Returns a run as a picture.
///
/// # Errors
/// The first error in the scenario or in the options.
#[wasm_bindgen]
pub fn svg(
    scenario: &str,
    theme: Option<String>,
    width: Option<f64>,
    bare: bool,
    link: Option<String>,
) -> Result<String, JsValue> {
    let picture = outcome(scenario).and_then(|outcome| {
        let theme = match theme.as_deref() {
            None | Some("auto") => Theme::Auto,
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            Some(other) => {
                let expected = "\"light\", \"dark\" or \"auto\"";
                return Err(Problem::new("options.theme", Json::from(other).to_string(), expected));
            }
        };
        if let Some(width) = width
            && !WIDTHS.contains(&width)
        {
            let expected = format!("a number from {} to {}", WIDTHS.start(), WIDTHS.end());
            return Err(Problem::new("options.width", width.to_string(), expected));
        }
        let own = || outcome.fragment();
        let link = Some(link.unwrap_or_else(own)).filter(|link| link.len() <= link::MAX_LINK);
        Ok(drawn(&outcome, &SvgOptions { theme, width, bare, link }))
    });
    picture.map_err(|problem| error(&problem))
}

/// Widths of a picture, in CSS pixels: those of the command line.
const WIDTHS: RangeInclusive<f64> = 240.0..=20_000.0;

/// A search that is carried out in steps, so that the caller's thread is free in between.
#[wasm_bindgen]
pub struct SearchWork {
    asked: Asked,
    search: Search,
    findings: Vec<Found>,
}

#[wasm_bindgen]
impl SearchWork {
    /// Begins a search: the task as JSON (docs/search.md).
    ///
    /// # Errors
    /// The first error in the task.
    #[wasm_bindgen(constructor)]
    pub fn new(task: &str) -> Result<Self, JsValue> {
        let asked = search::asked(task).map_err(|problem| error(&problem))?;
        let search = Search::new(asked.task()).expect("its requests were read");
        Ok(Self { asked, search, findings: Vec::new() })
    }

    /// Searches for some milliseconds. True if there is more to do.
    pub fn advance(&mut self) -> bool {
        if self.search.is_over() {
            return false;
        }
        let found = self.search.advance(Workers::of(1));
        self.findings.extend(found.into_iter().map(|finding| as_found(&self.asked, finding)));
        !self.search.is_over()
    }

    /// Returns the progress.
    #[must_use]
    pub fn progress(&self) -> String {
        search::progress_json(&self.asked, &self.search.progress())
    }

    /// Returns the results so far.
    #[must_use]
    pub fn results(&self) -> String {
        let place = |found: &Found| self.asked.targets.iter().position(|it| *it == found.target);
        let mut findings = self.findings.clone();
        findings.sort_by_key(place);
        let coverage = self.search.coverage();
        search::write(&Results { asked: self.asked.clone(), findings, coverage })
    }
}
