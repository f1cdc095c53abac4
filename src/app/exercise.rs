//! Exercise that was opened, and the judgement of the reader's attempt.

use super::Run;
use crate::{
    formats::{
        exercise::{code, judgement, sentence, tried},
        scenario::goal_of,
    },
    kernel::{Scenario, capitalised, sentence as full_stop},
    runs::ExerciseVerdict,
};

/// Exercise, and how far the reader has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// Goal, in a sentence.
    pub task: String,
    /// Judgement of the attempt, in a sentence; none before anything was tried, and during a drag.
    pub judgement: Option<String>,
    /// Code that shows a teacher that the goal was reached.
    pub code: Option<String>,
}

impl Exercise {
    pub(super) fn of(run: &Run, origin: &Scenario, adjusting: bool) -> Option<Self> {
        let goal = goal_of(origin)?;
        let attempt = if adjusting { None } else { tried(origin, &run.scenario) };
        let reached = attempt == Some(ExerciseVerdict::Reached);
        let is_changed = *origin != run.scenario;
        let judgement = attempt
            .filter(|_| is_changed && !reached)
            .map(|attempt| full_stop(capitalised(judgement(&attempt, &goal))));
        let code = reached.then(|| code(&goal, run));
        Some(Self { task: sentence(origin, &goal), judgement, code })
    }
}
