//! Runs scenarios and judges them: whole or in slices, to count costs, to try an exercise.

pub mod cost;
mod exercise;
mod goal;
mod outcome;
mod work;

pub use exercise::{ExerciseVerdict, judge_exercise, objective_of};
pub use goal::{Goal, Want};
pub use outcome::{Outcome, Unrunnable};
pub use work::Work;
