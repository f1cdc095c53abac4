//! Exercises: checks if a reader's attempt reaches the goal.

use std::io::{self, Write};

use clap::Args;
use worldlines::{
    formats::{
        exercise::{judgement, open, sentence, tried},
        grading::{DIFFERENT, Grade, judge},
        scenario::{goal_of, variant_for, variants_of, without_variants},
    },
    kernel::{Scenario, count_of},
};

use crate::{
    input::{about, about_named, decoded},
    usage::student,
};

#[derive(Args)]
pub(crate) struct Check {
    /// The exercise: a scenario's file with a goal, or its link.
    #[arg(value_name = "FILE or LINK")]
    source: String,
    /// The codes, as the page shows them when the goal is reached; without any, the goal is printed.
    #[arg(value_name = "CODE")]
    codes: Vec<String>,
    /// Id of the student, where each has a variant of the exercise.
    #[arg(long, value_name = "ID", value_parser = student)]
    student: Option<String>,
}

impl Check {
    /// Returns one line for each code.
    pub(crate) fn execute(self) -> Result<String, String> {
        let mut exercise = decoded(&self.source)?.scenario;
        let variants = variants_of(&exercise).map_err(|problem| about(&self.source, &problem))?;
        match &self.student {
            Some(id) if !variants.is_empty() => return self.of_student(id, &exercise),
            Some(_) => {
                return Err(
                    "--student: found an exercise without variants, expected one with them"
                        .to_owned(),
                );
            }
            None if !variants.is_empty() && !self.codes.is_empty() => {
                let found = format!(
                    "found {}, expected --student ID: the code belongs to one of them",
                    count_of(variants.len(), "variant")
                );
                return Err(about_named(&self.source, &found));
            }
            None => exercise = without_variants(exercise),
        }
        let Some(goal) = goal_of(&exercise) else {
            return Err(about_named(&self.source, "found no goal, expected an exercise"));
        };
        if self.codes.is_empty() {
            return Ok(sentence(&exercise, &goal) + "\n");
        }
        let mut text = String::new();
        for code in &self.codes {
            let (outcome, same) = open(&exercise, code).map_err(|problem| about("", &problem))?;
            if !same {
                let _ = writeln!(io::stderr(), "worldlines: {DIFFERENT}");
            }
            let attempt = tried(&exercise, &outcome.scenario).expect("it has a goal");
            text.push_str(judgement(&attempt, &goal));
            text.push('\n');
        }
        Ok(text)
    }

    /// Returns one line for each code of a student with a variant.
    fn of_student(&self, id: &str, exercise: &Scenario) -> Result<String, String> {
        let picked = variant_for(exercise, id).map_err(|problem| about(&self.source, &problem))?;
        let (_, variant) = picked.expect("it has variants");
        if self.codes.is_empty() {
            let goal = goal_of(&variant).expect("it is an exercise");
            return Ok(sentence(&variant, &goal) + "\n");
        }
        let mut text = String::new();
        for code in &self.codes {
            let Grade { verdict, why, .. } = judge(exercise, id, code)?;
            let why = if why.is_empty() { why } else { format!(": {why}") };
            text.push_str(&format!("{}{why}\n", verdict.name()));
        }
        Ok(text)
    }
}
