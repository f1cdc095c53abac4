//! Runs, measures and exercises.

mod exercises;
mod measure;
