//! `run --shiviz`, `--mermaid`, `--csv`, `--tikz`, `--words`: a run in forms that other tools read.

use std::{
    fs,
    io::{self, Write},
};

use worldlines::{analysis::find_causes, export::MOST_DRAWN, kernel::count_of, runs::Outcome};

pub(crate) use worldlines::export::{csv, shiviz};

use crate::input::{about_named, named};

/// Returns the run as a sequence diagram, and says on standard error what it cannot show.
pub(crate) fn mermaid(source: &str, run: &Outcome) -> Result<String, String> {
    let drawn = worldlines::export::mermaid(run);
    let drawn = drawn.map_err(|events| too_long("--mermaid", source, events))?;
    if drawn.apart > 0 {
        // With standard error closed there is no place to say it.
        let _ = writeln!(
            io::stderr(),
            "worldlines: Mermaid's arrows are level. {} of {}: a note shows the send, since the sender does something \
             before the receipt",
            drawn.apart,
            count_of(run.trace.messages.len(), "message")
        );
    }
    Ok(drawn.text)
}

/// Returns the run as a LaTeX document.
pub(crate) fn tikz(source: &str, run: &Outcome) -> Result<String, String> {
    worldlines::export::tikz(run).map_err(|events| too_long("--tikz", source, events))
}

fn too_long(option: &str, source: &str, events: usize) -> String {
    let events = count_of(events, "event");
    let found = format!("found a run of {events}, expected at most {MOST_DRAWN}");
    format!("{option}: {}", about_named(source, &found))
}

/// Returns the run in words, with the causes of violations.
pub(crate) fn words(run: &Outcome) -> String {
    find_causes(run.protocol, &run.scenario, &run.trace, &run.report);
    worldlines::export::words(run)
}

/// Writes a text into a file; for `-`, returns it for standard output.
pub(crate) fn written(out: &str, text: String) -> Result<String, String> {
    if out == "-" {
        return Ok(text);
    }
    save(out, text.as_bytes())?;
    Ok(String::new())
}

/// Writes bytes into a file.
pub(crate) fn save(out: &str, bytes: &[u8]) -> Result<(), String> {
    fs::write(out, bytes).map_err(|why| format!("{}: {why}", named(out)))
}
