//! Foreign records of runs (`tests/corpus/import/`), imported.

mod fuzz;
mod refusals;
mod round_trips;
mod samples;

use std::fs;

use worldlines::import::{Imported, Recording, import};

use crate::common::folder;

/// The sample files: names and texts.
fn samples() -> Vec<(String, String)> {
    let entries = fs::read_dir(folder("tests/corpus/import")).expect("the samples are there");
    let mut samples: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("the entry can be read").path();
            let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("it is text"))
        })
        .collect();
    samples.sort();
    samples
}

fn sample(name: &str) -> String {
    let found = samples().into_iter().find(|(it, _)| it == name);
    found.unwrap_or_else(|| panic!("no sample {name}")).1
}

/// The run of a text.
fn recording(text: &str) -> Recording {
    match import(text) {
        Ok(Imported::Run(recording)) => *recording,
        Ok(Imported::Scenario(_)) => panic!("it is a scenario"),
        Err(problem) => panic!("{problem}"),
    }
}
