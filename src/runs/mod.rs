//! Runs scenarios and judges them, at once or in slices; counts costs; measures series of runs; judges attempts at exercises.

pub mod cost;
mod exercise;
mod goal;
pub mod measure;
mod outcome;
mod work;

pub use exercise::{ExerciseVerdict, judge_exercise, objective_of};
pub use goal::{Goal, Want};
pub use outcome::{Outcome, Unrunnable};
pub use work::Work;
