//! Runs and what is measured of them; exercises.

mod exercises;
mod measure;
