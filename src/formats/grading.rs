//! Result codes of many students, judged one by one, and the table of their grades (docs/exercises.md).

use serde_json::json;

use super::{
    Problem, csv_row,
    exercise::{SIGN, judgement, open, tried},
    problem::quoted,
    scenario::{goal_of, variant_for},
};
use crate::{
    kernel::{Scenario, visible},
    runs::ExerciseVerdict,
};

/// Largest number of points for an exercise.
pub const MOST_POINTS: u64 = 1000;

/// Verdict on what a student handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradeVerdict {
    /// Its code reaches the goal.
    Reached,
    /// It is a code of an attempt that does not reach the goal.
    NotReached,
    /// It holds no code that can be judged.
    Unreadable,
}

impl GradeVerdict {
    /// Returns the verdict as the table has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::NotReached => "not reached",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Grade of a student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    /// Id of the student.
    pub id: String,
    /// The verdict.
    pub verdict: GradeVerdict,
    /// Reason of the verdict, in a line; empty where the goal is reached without anything to remark.
    pub why: String,
}

impl Grade {
    /// Returns the grade of a student whose work cannot be read, for this reason.
    #[must_use]
    pub fn unreadable(id: &str, why: impl Into<String>) -> Self {
        Self { id: id.to_owned(), verdict: GradeVerdict::Unreadable, why: why.into() }
    }

    /// Points for the exercise, of `points`: all or none.
    #[must_use]
    pub fn score(&self, points: u64) -> u64 {
        if self.verdict == GradeVerdict::Reached { points } else { 0 }
    }
}

/// Judges the text that a student handed in for an exercise; of one with variants, for the student's variant.
#[must_use]
pub fn grade(exercise: &Scenario, id: &str, text: &str) -> Grade {
    let judged = code_in(text).and_then(|code| judge(exercise, id, &code));
    judged.unwrap_or_else(|why| Grade::unreadable(id, why))
}

/// Judges a code.
///
/// # Errors
/// If it cannot be judged.
pub fn judge(exercise: &Scenario, id: &str, code: &str) -> Result<Grade, String> {
    let told = |problem: Problem| problem.to_string();
    let variant = variant_for(exercise, id).map_err(told)?.map(|(_, variant)| variant);
    let has_variants = variant.is_some();
    let exercise = variant.as_ref().unwrap_or(exercise);
    let goal = goal_of(exercise).ok_or("found no goal, expected an exercise")?;
    let (outcome, same) = open(exercise, code).map_err(told)?;
    let attempt = tried(exercise, &outcome.scenario).expect("it has a goal");
    let (verdict, why) = match attempt {
        // A neighbour's changes may reach the goal here as well: the digest tells whose run it was.
        _ if has_variants && !same => (GradeVerdict::NotReached, FOREIGN),
        ExerciseVerdict::Reached if same => (GradeVerdict::Reached, ""),
        ExerciseVerdict::Reached => (GradeVerdict::Reached, DIFFERENT),
        _ => {
            let why = judgement(&attempt, &goal);
            (GradeVerdict::NotReached, why.strip_prefix("not reached: ").unwrap_or(why))
        }
    };
    Ok(Grade { id: id.to_owned(), verdict, why: why.to_owned() })
}

/// Reason why a code does not count where each student has a variant.
const FOREIGN: &str = "the code was made on another variant of the exercise, or by another version";

/// Remark on a code whose run has another digest here.
pub const DIFFERENT: &str = "this version runs the try differently from the one that made the code, or the exercise is \
                             another";

/// Returns the one result code in a text, which may stand in a sentence. A mail program may have broken the code into
/// lines, if there is nothing else in the text.
fn code_in(text: &str) -> Result<String, String> {
    let is_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let expected = "a result code, which begins with w1.";
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("found an empty file, expected {expected}"));
    }
    let is_start = |at: usize| !text[..at].ends_with(is_code);
    let starts = text.match_indices(SIGN).map(|(at, _)| at).filter(|at| is_start(*at));
    let words = starts.map(|at| {
        let end = text[at..].find(|c| !is_code(c)).map_or(text.len(), |length| at + length);
        text[at..end].trim_end_matches('.')
    });
    let mut words: Vec<&str> = words.collect();
    words.dedup();
    match words[..] {
        [] => Err(format!("found {}, expected {expected}", quoted(text))),
        [_] if text.starts_with(SIGN) && text.chars().all(|c| is_code(c) || c.is_whitespace()) => {
            Ok(text.split_whitespace().collect())
        }
        [word] => Ok(word.to_owned()),
        _ => Err(format!("found {} result codes, expected one", words.len())),
    }
}

/// Returns the grades as comma-separated values: the columns `id`, `verdict`, `score` and `why`.
#[must_use]
pub fn to_csv(grades: &[Grade], points: u64) -> String {
    let mut table = csv_row(&["id", "verdict", "score", "why"].map(str::to_owned));
    for grade in grades {
        let score = grade.score(points).to_string();
        let [id, why] = [&grade.id, &grade.why].map(|text| visible(text).into_owned());
        table += &csv_row(&[id, grade.verdict.name().to_owned(), score, why]);
    }
    table
}

/// Returns the grades in a sentence: `3 of 4 reached the goal; 1 cannot be read.`
#[must_use]
pub fn summary(grades: &[Grade]) -> String {
    let count = |verdict| grades.iter().filter(|grade| grade.verdict == verdict).count();
    let (reached, unreadable) = (count(GradeVerdict::Reached), count(GradeVerdict::Unreadable));
    let rest = match unreadable {
        0 => String::new(),
        _ => format!("; {unreadable} cannot be read"),
    };
    format!("{reached} of {} reached the goal{rest}.", grades.len())
}

/// Returns the `results.json` of a Gradescope autograder: a test for each grade.
///
/// Gradescope shows it to the student whose work was graded. Where there are several students, the tests are hidden:
/// only the teacher sees them.
///
/// Source: the autograder specifications of Gradescope, "Output format".
#[must_use]
pub fn to_gradescope(grades: &[Grade], points: u64) -> String {
    let visibility = if grades.len() > 1 { "hidden" } else { "visible" };
    let tests = grades.iter().map(|grade| {
        let [id, why] = [&grade.id, &grade.why].map(|text| visible(text).into_owned());
        let output = match &why[..] {
            "" => grade.verdict.name().to_owned(),
            why => format!("{}: {why}", grade.verdict.name()),
        };
        let status = if grade.verdict == GradeVerdict::Reached { "passed" } else { "failed" };
        json!({
            "name": id, "score": grade.score(points), "max_score": points, "status": status, "output": output,
            "visibility": visibility,
        })
    });
    let tests: Vec<_> = tests.collect();
    let results = match tests[..] {
        [] => {
            json!({"score": 0, "output": "found no file, expected one with a result code", "tests": []})
        }
        _ => json!({"tests": tests}),
    };
    format!("{results:#}\n")
}
