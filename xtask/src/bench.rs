//! `cargo xtask bench`: the speed of kernel and search, natively and in the browser, side by side.

use crate::arguments::Arguments;
use crate::process::Program;
use crate::progress::Progress;
use crate::rust::WASM;
use crate::workspace::Workspace;
use crate::{browser::CHROMIUM, node, process, rust, steps, tools};

/// A place where the measurements are made: a column of the table.
struct Column {
    title: &'static str,
    profile: &'static str,
    in_browser: bool,
}

const COLUMNS: [Column; 3] = [
    Column { title: "native", profile: "release", in_browser: false },
    Column { title: "browser, for size", profile: "page", in_browser: true },
    Column { title: "browser, for speed", profile: "release", in_browser: true },
];

/// Tests that measure memory and print it.
const MEMORY: [(&str, &str); 2] =
    [("Memory of checkpoints", "checkpoint_memory"), ("Memory of a search", "search_memory")];

/// Measures everywhere, one after the other, and prints the table.
///
/// # Errors
/// If a tool or a browser cannot be installed, or a measurement fails.
pub(crate) fn bench(workspace: &Workspace, arguments: Arguments) -> Result<(), String> {
    arguments.finish()?;
    let mut progress = Progress::of(4 + COLUMNS.len() + MEMORY.len());
    progress.step("Rust for the browser", || rust::ensure_wasm_target(workspace))?;
    progress.step("Packages from npm", || node::ensure_packages(workspace))?;
    let runner = progress.step("The runner of the browser's", || tools::test_runner(workspace))?;
    let path = process::path_with(runner);
    let browser = progress.step("A browser", || CHROMIUM.ensure())?;
    let mut columns = Vec::new();
    for column in &COLUMNS {
        let program = Program::new("cargo")
            .env("PATH", path.clone())
            .words("test --bench kernel --bench search --profile")
            .arg(column.profile)
            .within(workspace.root());
        let program = if column.in_browser {
            program
                .arg("--target")
                .arg(WASM)
                .env(CHROMIUM.variable, &browser)
                .env(&steps::runner_variable(), steps::WASM_RUNNER)
        } else {
            program
        };
        columns.push(progress.step(column.title, || measure(program))?);
    }
    for (title, test) in MEMORY {
        progress.step(title, || {
            let cargo = Program::new("cargo").words("test --release --test").arg(test);
            cargo.words("-- --nocapture").within(workspace.root()).run()
        })?;
    }
    println!("\n{}", table(&columns)?);
    Ok(())
}

/// One result of a benchmark.
#[derive(Debug, PartialEq)]
struct Measured {
    name: String,
    value: String,
    unit: String,
}

fn measure(program: Program) -> Result<Vec<Measured>, String> {
    let output = program.run_and_keep()?;
    let measured = numbers(&output.text);
    match (output.success, measured.is_empty()) {
        (true, false) => Ok(measured),
        (true, true) => Err("the benchmark told no numbers".to_owned()),
        (false, _) => Err("the benchmark failed".to_owned()),
    }
}

/// Reads results from lines like `measured | a run | 1.234 | ms`. In the browser they appear twice, as they
/// are printed and in the page that collects them: the first counts.
fn numbers(output: &str) -> Vec<Measured> {
    let mut numbers: Vec<Measured> = Vec::new();
    for line in output.lines() {
        let Some((_, told)) = line.split_once("measured | ") else { continue };
        let mut fields = told.split(" | ").map(|field| field.trim().to_owned());
        let (Some(name), Some(value), Some(unit)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        if numbers.iter().all(|known| known.name != name) {
            numbers.push(Measured { name, value, unit });
        }
    }
    numbers
}

/// Returns the columns as a table in Markdown, a row for each result.
fn table(columns: &[Vec<Measured>]) -> Result<String, String> {
    let titles: Vec<_> = COLUMNS.iter().map(|column| column.title).collect();
    let mut lines = vec![
        format!("| measured | unit | {} |", titles.join(" | ")),
        format!("|---|---|{}", "---:|".repeat(COLUMNS.len())),
    ];
    for first in columns.first().into_iter().flatten() {
        let mut cells = Vec::new();
        for column in columns {
            let same = column.iter().find(|measured| measured.name == first.name);
            let same =
                same.ok_or_else(|| format!("`{}` was not measured everywhere", first.name))?;
            cells.push(same.value.clone());
        }
        lines.push(format!("| {} | {} | {} |", first.name, first.unit, cells.join(" | ")));
    }
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_wherever_they_stand_in_a_line_and_once() {
        let output = "running 1 test\n[console] measured | a, 5 nodes: run | 1.500 | ms\n\
                      measured | a, 5 nodes: run | 9.000 | ms\nmeasured | cut short\n";
        let (name, value, unit) = ("a, 5 nodes: run".into(), "1.500".into(), "ms".into());
        assert_eq!(numbers(output), [Measured { name, value, unit }]);
    }

    #[test]
    fn a_row_has_a_cell_for_every_column_or_there_is_no_table() {
        let column = |value: &str| numbers(&format!("measured | run | {value} | ms"));
        let made = table(&[column("1"), column("2"), column("3")]).expect("all are measured");
        assert_eq!(made.lines().last(), Some("| run | ms | 1 | 2 | 3 |"));
        assert!(table(&[column("1"), Vec::new(), column("3")]).is_err());
    }
}
