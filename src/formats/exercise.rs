//! Exercises: the code by which a reader shows that a goal was reached, and by which a teacher sees that it was
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

/// What every code begins with: another way of writing it would begin otherwise.
const SIGN: &str = "w1.";

/// The goal in words: `Violate uniform agreement with at most 1 crash.`
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
            let text = format!("Make {name} tell: {first}{}, {with}.", before.collect::<String>());
            spell(&text, &scenario.nodes)
        }
        Want::Keep(property) => format!(
            "Keep {property}, and all else that is promised, whatever goes wrong here: by another protocol or other \
             parameters."
        ),
    }
}

/// What is to be said of a try.
#[must_use]
pub const fn judgement(attempt: &ExerciseVerdict, goal: &Goal) -> &'static str {
    match (attempt, &goal.want) {
        (ExerciseVerdict::Reached, _) => "reached",
        (ExerciseVerdict::NotYet, Want::Keep(_)) => {
            "not reached: it does not hold yet, or another promise is broken"
        }
        (ExerciseVerdict::NotYet, _) => "not reached: it has not happened yet",
        (ExerciseVerdict::TooMuch, _) => "not reached: more goes wrong than may",
        (ExerciseVerdict::Changed, Want::Keep(_)) => {
            "not reached: only the protocol and its parameters may be others"
        }
        (ExerciseVerdict::Changed, _) => "not reached: only what goes wrong may be changed",
    }
}

/// Judges a try at an exercise; none if that is none.
#[must_use]
pub fn tried(exercise: &Scenario, tried: &Scenario) -> Option<ExerciseVerdict> {
    let protocol = catalogue::find("protocol", &tried.protocol).ok()?;
    Some(judge_exercise(exercise, &scenario::goal_of(exercise)?, tried, protocol))
}

/// The code of a try: what it changes, and the first digits of its run's digest.
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

/// As thorough as links are.
const LEVEL: u8 = 10;

/// The fields of a scenario that a try may change.
const fn changed(goal: &Goal) -> &'static [&'static str] {
    match goal.want {
        Want::Keep(_) => &["protocol", "params"],
        _ => &["faults"],
    }
}

/// The try that a code stands for, of an exercise that a teacher has; and whether its run is here what it was there.
///
/// # Errors
/// If it is no code, or one of another exercise.
pub fn open(exercise: &Scenario, code: &str) -> Result<(Outcome, bool), Problem> {
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
    let outcome = Outcome::of(scenario::from_json(&Json::Object(tried))?)?;
    let same = digest.len() == SHORT_DIGEST && outcome.short_digest() == digest;
    Ok((outcome, same))
}
