//! Exercises: the code by which a reader proves that a goal was reached, and by which a teacher checks it
//! (docs/exercises.md).

use serde_json::{Map, Value as Json};

use super::{
    MAX_TEXT, Problem, catalogue,
    digest::SHORT_DIGEST,
    json::parse,
    link::{pack, unpack},
    problem::quoted,
    scenario,
};
use crate::{
    kernel::{Scenario, spell},
    runs::{ExerciseVerdict, Goal, Outcome, Want, judge_exercise},
};

/// Beginning of every code: another encoding would begin differently.
pub(super) const SIGN: &str = "w1.";

/// Returns the goal in words: `Violate uniform agreement with at most 1 crash.`
#[must_use]
pub fn sentence(scenario: &Scenario, goal: &Goal) -> String {
    let within = &goal.within;
    let with = match within.all() {
        0 => "without any fault".to_owned(),
        _ => format!("with at most {within}"),
    };
    match &goal.want {
        Want::Violate(property) => format!("Violate {property} {with}."),
        Want::Tell { node, first, then } => {
            let before = then.iter().map(|then| format!(", and only later {then}"));
            let name = scenario.name(*node);
            let text =
                format!("Make {name} indicate: {first}{}, {with}.", before.collect::<String>());
            spell(&text, &scenario.nodes)
        }
        Want::Keep(property) => format!(
            "Keep {property} and all promised properties under these faults: choose another protocol or other \
             parameters."
        ),
    }
}

/// Returns the judgement of an attempt in words.
#[must_use]
pub const fn judgement(attempt: &ExerciseVerdict, goal: &Goal) -> &'static str {
    match (attempt, &goal.want) {
        (ExerciseVerdict::Reached, _) => "reached",
        (ExerciseVerdict::NotYet, Want::Keep(_)) => {
            "not reached: the property does not hold yet, or a promised property is violated"
        }
        (ExerciseVerdict::NotYet, _) => "not reached: the run does not show it yet",
        (ExerciseVerdict::TooMuch, _) => "not reached: more faults than the goal allows",
        (ExerciseVerdict::Changed, Want::Keep(_)) => {
            "not reached: only the protocol and its parameters may be changed"
        }
        (ExerciseVerdict::Changed, _) => "not reached: only faults may be added",
    }
}

/// Judges an attempt at an exercise; none if the scenario is no exercise.
#[must_use]
pub fn tried(exercise: &Scenario, tried: &Scenario) -> Option<ExerciseVerdict> {
    let protocol = catalogue::find("protocol", &tried.protocol).ok()?;
    Some(judge_exercise(exercise, &scenario::goal_of(exercise)?, tried, protocol))
}

/// Returns the code of an attempt: its changes, and the first digits of its run's digest.
#[must_use]
pub fn code(goal: &Goal, tried: &Outcome) -> String {
    let written = parse(&scenario::write(&tried.scenario)).expect("what is written is JSON");
    let mut changes = Map::new();
    for name in changed(goal) {
        if let Some(value) = written.get(*name) {
            changes.insert((*name).to_owned(), value.clone());
        }
    }
    let packed = pack(&Json::Object(changes).to_string(), LEVEL);
    format!("{SIGN}{packed}.{}", tried.short_digest())
}

/// The same level as for links.
const LEVEL: u8 = 10;

/// Returns the fields of a scenario that an attempt may change.
const fn changed(goal: &Goal) -> &'static [&'static str] {
    match goal.want {
        Want::Keep(_) => &["protocol", "params"],
        _ => &["faults"],
    }
}

/// Decodes an attempt at an exercise of a teacher; true if its run here has the digest of the code.
///
/// # Errors
/// If it is no code, or one of another exercise.
pub fn open(exercise: &Scenario, code: &str) -> Result<(Outcome, bool), Problem> {
    let (attempt, digest) = attempt_json(exercise, code)?;
    let outcome = Outcome::of(scenario::from_json(&attempt)?)?;
    let same = digest.len() == SHORT_DIGEST && outcome.short_digest() == digest;
    Ok((outcome, same))
}

/// Decodes an attempt without running it: the JSON of its scenario, and the digits of the digest.
///
/// # Errors
/// If it is no code, or one of another exercise.
pub fn attempt_json<'a>(exercise: &Scenario, code: &'a str) -> Result<(Json, &'a str), Problem> {
    let bad = |expected: &str| Problem::new("code", quoted(code.trim()), expected);
    let goal = scenario::goal_of(exercise);
    let goal = goal.ok_or_else(|| Problem::new("goal", "nothing", "an exercise's goal"))?;
    let expected = "a result code, which begins with w1.";
    let parts = code.trim().strip_prefix(SIGN).and_then(|rest| rest.split_once('.'));
    let (packed, digest) = parts.ok_or_else(|| bad(expected))?;
    let changes = unpack(packed, MAX_TEXT).ok_or_else(|| bad("a code that was copied whole"))?;
    let Json::Object(changes) = parse(&changes)? else { return Err(bad(expected)) };
    let written = parse(&scenario::write(exercise)).expect("what is written is JSON");
    let Json::Object(mut tried) = written else { return Err(bad(expected)) };
    let allowed = changed(&goal);
    for name in allowed {
        tried.remove(*name);
    }
    for (name, value) in changes {
        if !allowed.contains(&name.as_str()) {
            return Err(bad("the code of a try at this exercise"));
        }
        tried.insert(name, value);
    }
    Ok((Json::Object(tried), digest))
}
