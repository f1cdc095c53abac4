//! `worldlines variants`: variants of an exercise, one for each student.

use std::io::{self, Write as _};

use clap::Args;
use worldlines::{
    formats::{
        MAX_TEXT, MAX_WHOLE, csv_row, link, quoted,
        scenario::{MAX_VARIANTS, variant_for},
        search::MOST_RUNS,
        variants::{Made, Wanted, make},
    },
    kernel::{Scenario, count_of, visible},
    runs::Outcome,
    search::{DEFAULT_RUNS, Workers},
};

use crate::{
    input::{about, about_named, check_once, contents, decoded, named},
    scenario_line, too_long,
    usage::whole,
};

/// Largest number of students in a list.
const MOST_STUDENTS: usize = 10_000;
/// Greatest length of a student's id, in characters.
const LONGEST_ID: usize = 200;

/// Arguments of `variants`.
#[derive(Args)]
pub(crate) struct VariantsArgs {
    /// The exercise: a scenario's file with a goal, or its link.
    #[arg(value_name = "EXERCISE")]
    source: String,
    /// Print the exercise with this number of variants, all of which need the same least number of faults.
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true, required_unless_present = "students")]
    count: Option<u64>,
    /// Print a table for an exercise with variants: the variant and the link of each student. The file has an id a line.
    #[arg(long, value_name = "FILE", conflicts_with = "count")]
    students: Option<String>,
    /// Seed of the choices.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = seed, allow_negative_numbers = true)]
    seed: u64,
    /// Approximate maximum of runs of each search.
    #[arg(long, value_name = "RUNS", default_value_t = DEFAULT_RUNS, value_parser = runs, allow_negative_numbers = true)]
    budget: u64,
}

fn count(text: &str) -> Result<u64, String> {
    whole(text, 1..=MAX_VARIANTS as u64)
}

fn seed(text: &str) -> Result<u64, String> {
    whole(text, 0..=MAX_WHOLE)
}

fn runs(text: &str) -> Result<u64, String> {
    whole(text, 1..=MOST_RUNS)
}

impl VariantsArgs {
    pub(crate) fn execute(self) -> Result<String, String> {
        if let Some(students) = &self.students {
            check_once(&[&self.source, students])?;
        }
        let exercise = decoded(&self.source)?.scenario;
        if let Some(students) = &self.students {
            return self.table(&exercise, students);
        }
        let wanted = Wanted {
            count: self.count.unwrap_or(1) as usize,
            seed: self.seed,
            limit: self.budget,
            workers: Workers::all_cores(),
        };
        let made = make(&exercise, &wanted).map_err(|problem| match problem.path.as_str() {
            "count" => format!("--{problem}"),
            _ => about(&self.source, &problem),
        })?;
        let _ = io::stderr().write_all(told(&made, wanted.count).as_bytes());
        Ok(scenario_line(&made.exercise))
    }

    /// Returns the variant and the link of each student.
    fn table(&self, exercise: &Scenario, students: &str) -> Result<String, String> {
        let link = link::fragment(exercise, None);
        let mut table = csv_row(&["id", "variant", "link"].map(str::to_owned));
        for id in ids(students)? {
            let picked =
                variant_for(exercise, &id).map_err(|problem| about(&self.source, &problem))?;
            let Some((number, variant)) = picked else {
                let why =
                    "found no variants, expected some: worldlines variants --count N makes them";
                return Err(about_named(&self.source, why));
            };
            let run = Outcome::of(variant).map_err(|why| about(&self.source, &why.into()))?;
            let link = link::with_key(&link, &id);
            let link = link::with_digest(&link, &run.scenario, &run.digest());
            if link.len() > link::MAX_LINK {
                return Err(about_named(&self.source, &too_long(&link)));
            }
            table += &csv_row(&[visible(&id).into_owned(), number.to_string(), link]);
        }
        Ok(table)
    }
}

/// Reads the ids of the students, one a line.
fn ids(source: &str) -> Result<Vec<String>, String> {
    let text = contents(source, MAX_TEXT)?;
    let mut ids: Vec<String> = Vec::new();
    for (line, id) in text.lines().enumerate() {
        let id = id.trim();
        let problem = |found: &str, expected: &str| {
            format!("{}: line {}: found {found}, expected {expected}", named(source), line + 1)
        };
        if id.is_empty() {
            continue;
        }
        if id.chars().count() > LONGEST_ID {
            let expected = format!("an id of at most {LONGEST_ID} characters");
            return Err(problem("a longer text", &expected));
        }
        if ids.iter().any(|other| other == id) {
            return Err(problem(&format!("{} again", quoted(id)), "each id once"));
        }
        if ids.len() == MOST_STUDENTS {
            return Err(problem("one more id", &format!("at most {MOST_STUDENTS}")));
        }
        ids.push(id.to_owned());
    }
    if ids.is_empty() {
        return Err(format!("{}: found no id, expected one a line", named(source)));
    }
    Ok(ids)
}

/// Returns what the searches showed.
fn told(made: &Made, count: usize) -> String {
    let need = match made.least {
        Some(least) => format!("each needs {} and no fewer", count_of(least as usize, "fault")),
        None => "each is solved by the same protocols".to_owned(),
    };
    let pairs = count * (count - 1) / 2;
    let shared = match (made.least, made.shared) {
        (Some(_), shared) if pairs > 0 => {
            format!(
                " In {shared} of {} the changes that solve one also solve the other, with another code.",
                count_of(pairs, "pair")
            )
        }
        _ => String::new(),
    };
    let proved = match made.proved {
        true => "",
        false => " The searches did not cover everything with fewer faults: a larger --budget may.",
    };
    format!("{}: {need}.{shared}{proved}\n", count_of(count, "variant"))
}
