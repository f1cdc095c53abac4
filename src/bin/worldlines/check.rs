//! Exercises: checks if a reader's attempt reaches the goal.

use std::io::{self, Write};

use clap::Args;
use worldlines::formats::{
    exercise::{judgement, open, sentence, tried},
    grading::DIFFERENT,
    scenario::goal_of,
};

use crate::input::{Input, about, about_named};

#[derive(Args)]
pub(crate) struct Check {
    /// The exercise: a scenario's file with a goal, or its link.
    #[arg(value_name = "FILE or LINK")]
    source: String,
    /// The codes, as the page shows them when the goal is reached; without any, the goal is printed.
    #[arg(value_name = "CODE")]
    codes: Vec<String>,
}

impl Check {
    /// Returns one line for each code.
    pub(crate) fn execute(self) -> Result<String, String> {
        let exercise = Input::of(&self.source)?.scenario;
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
}
