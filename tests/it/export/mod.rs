//! A run in forms that other tools read.

mod beginning;
mod csv;
mod film;
mod gallery;
mod html;
mod mermaid;
mod origin;
mod pages;
mod share;
mod shiviz;
mod svg;
mod tikz;
mod words;

use worldlines::{
    formats::{bundled, scenario},
    runs::Outcome,
};

/// The runs of all bundled scenarios, with their paths.
fn runs() -> impl Iterator<Item = (String, Outcome)> {
    bundled::bundled().into_iter().map(|it| (it.path().to_string(), it.outcome().expect("it runs")))
}

/// A run with names and payloads that other formats would take for their own signs.
fn hostile() -> Outcome {
    let text = r##"{ "version": 1, "protocol": "best-effort-broadcast", "nodes": ["=A,\"1", "B C", "B_C", "end;&"],
        "requests": [{ "at": 0, "node": "B C", "do": "broadcast", "with": "x\": {;}%%<b>#1, end" }] }"##;
    Outcome::of(scenario::read(text).expect("it is a scenario")).expect("it runs")
}
