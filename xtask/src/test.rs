//! `cargo xtask test`: every check and every test, with a count at the end.

use std::path::Path;
use std::time::Duration;

use crate::arguments::Arguments;
use crate::counts::{self, Counts};
use crate::process::{Kept, Program};
use crate::progress::{Progress, Stopwatch, readable};
use crate::rust::WASM;
use crate::tools::{self, Toolbox};
use crate::workspace::Workspace;
use crate::{browser, dist, rust};

/// One step of the whole test.
struct Step {
    /// What it is called on the command line.
    name: &'static str,
    /// What it is called in the output.
    title: &'static str,
    needs: Needs,
    work: fn(&Machine) -> Result<Option<Counts>, String>,
}

/// What a step needs beside Rust itself. Each includes those before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Needs {
    Rust,
    WasmTarget,
    Tools,
    Browser,
}

/// All steps, cheap ones first, each after what it builds on.
const STEPS: [Step; 8] = [
    Step { name: "fmt", title: "Format", needs: Needs::Rust, work: format },
    Step { name: "clippy", title: "Lints, native", needs: Needs::Rust, work: clippy_native },
    Step { name: "native", title: "Tests, native", needs: Needs::Rust, work: tests_native },
    Step {
        name: "clippy-wasm",
        title: "Lints, for the browser",
        needs: Needs::WasmTarget,
        work: clippy_wasm,
    },
    Step { name: "doc", title: "Documentation", needs: Needs::WasmTarget, work: documentation },
    Step { name: "web", title: "Tests, in the browser", needs: Needs::Browser, work: tests_web },
    Step { name: "dist", title: "The page and its size", needs: Needs::Tools, work: page },
    Step {
        name: "e2e",
        title: "Tests, as a reader of the page",
        needs: Needs::Browser,
        work: tests_e2e,
    },
];

/// What the steps work with; the tools and the browser only where a chosen step needs them.
struct Machine<'a> {
    workspace: &'a Workspace,
    tools: Option<Toolbox>,
    browser: Option<std::path::PathBuf>,
}

impl Machine<'_> {
    fn tools(&self) -> &Toolbox {
        self.tools.as_ref().expect("the step says that it needs them")
    }

    fn browser(&self) -> &Path {
        self.browser.as_ref().expect("the step says that it needs one")
    }

    fn cargo(&self, words: &str) -> Program {
        Program::new("cargo").words(words).within(self.workspace.root())
    }
}

/// How a step ended.
struct Outcome {
    title: &'static str,
    time: Duration,
    /// None for a check that runs no tests.
    counts: Option<Counts>,
    failure: Option<String>,
}

/// The names of the steps, in their order.
pub(crate) fn step_names() -> impl Iterator<Item = &'static str> {
    STEPS.iter().map(|step| step.name)
}

/// Runs all steps, or those named, each even where an earlier one failed. The last line of the
/// output counts the tests of all suites; a check that fails counts as one failed test.
///
/// # Errors
/// Where anything failed.
pub(crate) fn test(workspace: &Workspace, arguments: Arguments) -> Result<(), String> {
    let chosen = choose(&arguments.names()?)?;
    let needs = chosen.iter().map(|step| step.needs).max().unwrap_or(Needs::Rust);
    let mut progress = Progress::of(setup_steps(needs) + chosen.len());
    let outcomes = match set_up(workspace, needs, &mut progress) {
        Ok(machine) => chosen.iter().map(|step| run(step, &machine, &mut progress)).collect(),
        Err(why) => vec![Outcome {
            title: "Setting up",
            time: progress.elapsed(),
            counts: None,
            failure: Some(why),
        }],
    };
    println!("\nIn {}:", readable(progress.elapsed()));
    for outcome in &outcomes {
        println!("{}", describe(outcome));
    }
    let total = total(&outcomes);
    println!("{} passed, {} failed", total.passed, total.failed);
    // The count is the last line, so nothing is printed after it.
    if total.failed == 0 { Ok(()) } else { std::process::exit(1) }
}

fn choose(names: &[String]) -> Result<Vec<&'static Step>, String> {
    if let Some(unknown) = names.iter().find(|name| step_names().all(|step| step != **name)) {
        let known = step_names().collect::<Vec<_>>().join(", ");
        return Err(format!("there is no step `{unknown}`; the steps are {known}"));
    }
    let wanted = |step: &&Step| names.is_empty() || names.iter().any(|name| name == step.name);
    Ok(STEPS.iter().filter(wanted).collect())
}

/// How many steps [`set_up`] announces.
fn setup_steps(needs: Needs) -> usize {
    match needs {
        Needs::Rust => 1,
        Needs::WasmTarget => 2,
        Needs::Tools => 1 + tools::STEPS,
        Needs::Browser => 2 + tools::STEPS,
    }
}

fn set_up<'a>(
    workspace: &'a Workspace,
    needs: Needs,
    progress: &mut Progress,
) -> Result<Machine<'a>, String> {
    progress.step("Rust's formatter and linter", || rust::ensure_components(workspace))?;
    let mut machine = Machine { workspace, tools: None, browser: None };
    if needs == Needs::WasmTarget {
        progress.step("Rust for the browser", || rust::ensure_wasm_target(workspace))?;
    }
    if needs >= Needs::Tools {
        machine.tools = Some(Toolbox::fill(workspace, progress)?);
    }
    if needs >= Needs::Browser {
        machine.browser = Some(progress.step("A browser", browser::ensure)?);
    }
    Ok(machine)
}

fn run(step: &Step, machine: &Machine, progress: &mut Progress) -> Outcome {
    let stopwatch = Stopwatch::start();
    let result = progress.step(step.title, || {
        let counts = (step.work)(machine).inspect_err(|why| println!("error: {why}"))?;
        match counts {
            Some(Counts { passed: 0, failed: 0 }) => Err("the suite ran no tests".to_owned()),
            counts => Ok(counts),
        }
    });
    let (counts, failure) = match result {
        Ok(counts) => (counts, None),
        Err(why) => (None, Some(why)),
    };
    Outcome { title: step.title, time: stopwatch.elapsed(), counts, failure }
}

fn describe(outcome: &Outcome) -> String {
    let result = match (outcome.counts, &outcome.failure) {
        (_, Some(why)) => format!("FAILED: {why}"),
        (Some(counts), None) if counts.failed > 0 => {
            format!("FAILED: {} of {}", counts.failed, counts.passed + counts.failed)
        }
        (Some(counts), None) => format!("{} passed", counts.passed),
        (None, None) => "passed".to_owned(),
    };
    format!("  {:<32} {:>13}   {result}", outcome.title, readable(outcome.time))
}

fn total(outcomes: &[Outcome]) -> Counts {
    let count = |outcome: &Outcome| match &outcome.failure {
        Some(_) => Counts { passed: 0, failed: 1 },
        None => outcome.counts.unwrap_or_default(),
    };
    outcomes.iter().map(count).sum()
}

/// The counts of a suite; one that failed must have failed in a test that it counted.
fn suite(
    output: &Kept,
    parse: impl FnOnce(&str) -> Option<Counts>,
) -> Result<Option<Counts>, String> {
    match parse(&output.text) {
        None => Err("the suite did not say how many tests passed".to_owned()),
        Some(Counts { failed: 0, .. }) if !output.success => {
            Err("the suite failed outside its tests".to_owned())
        }
        counts => Ok(counts),
    }
}

fn format(machine: &Machine) -> Result<Option<Counts>, String> {
    machine.cargo("fmt --all --check").run().map(|()| None)
}

fn clippy_native(machine: &Machine) -> Result<Option<Counts>, String> {
    machine.cargo("clippy --workspace --all-targets -- -D warnings").run().map(|()| None)
}

fn tests_native(machine: &Machine) -> Result<Option<Counts>, String> {
    suite(&machine.cargo("test --workspace --no-fail-fast").run_and_keep()?, counts::of_cargo)
}

fn clippy_wasm(machine: &Machine) -> Result<Option<Counts>, String> {
    let clippy = "clippy --lib --bin playground --test web --features ui --target";
    machine.cargo(clippy).arg(WASM).words("-- -D warnings").run().map(|()| None)
}

/// Once for the host and once for the browser: each has modules that the other lacks.
fn documentation(machine: &Machine) -> Result<Option<Counts>, String> {
    let doc = |words| machine.cargo(words).env("RUSTDOCFLAGS", "-D warnings");
    doc("doc --workspace --no-deps").run()?;
    doc("doc --lib --no-deps --features ui --target").arg(WASM).run().map(|()| None)
}

fn tests_web(machine: &Machine) -> Result<Option<Counts>, String> {
    // Cargo hands the compiled test to the runner, which opens it in the browser.
    let variable = format!("CARGO_TARGET_{}_RUNNER", WASM.to_uppercase().replace('-', "_"));
    let output = machine
        .tools()
        .program("cargo")
        .words("test --no-fail-fast --test web --target")
        .arg(WASM)
        .env(&variable, "node tests/e2e/wasm-runner.mjs")
        .env(browser::VARIABLE, machine.browser())
        .within(machine.workspace.root())
        .run_and_keep()?;
    suite(&output, counts::of_cargo)
}

fn page(machine: &Machine) -> Result<Option<Counts>, String> {
    dist::build(machine.workspace, machine.tools()).map(|()| None)
}

fn tests_e2e(machine: &Machine) -> Result<Option<Counts>, String> {
    if !machine.workspace.dist().join("index.html").is_file() {
        return Err("dist/ holds no page: the step `dist` builds it".to_owned());
    }
    let mut node = machine
        .tools()
        .program("node")
        .words("--test --test-reporter=spec")
        .env(browser::VARIABLE, machine.browser())
        .within(machine.workspace.root());
    // By name: what Node makes of a folder differs between its versions.
    for file in e2e_files(machine.workspace)? {
        node = node.arg(file);
    }
    let output = node.run_and_keep()?;
    suite(&output, counts::of_node)
}

/// The files whose name ends in `.test.mjs`; the others are their helpers.
fn e2e_files(workspace: &Workspace) -> Result<Vec<String>, String> {
    let folder = "tests/e2e";
    let entries = std::fs::read_dir(workspace.root().join(folder))
        .map_err(|why| format!("{folder}: {why}"))?;
    let mut files: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".test.mjs"))
        .map(|name| format!("{folder}/{name}"))
        .collect();
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(counts: Option<Counts>, failure: Option<&str>) -> Outcome {
        let failure = failure.map(str::to_owned);
        Outcome { title: "step", time: Duration::ZERO, counts, failure }
    }

    #[test]
    fn a_failed_check_counts_as_a_failed_test() {
        let outcomes = [
            outcome(Some(Counts { passed: 3, failed: 1 }), None),
            outcome(None, None),
            outcome(None, Some("a lint")),
        ];
        assert_eq!(total(&outcomes), Counts { passed: 3, failed: 2 });
    }

    #[test]
    fn a_suite_that_ran_nothing_is_a_failure() {
        let nothing = Step {
            name: "none",
            title: "none",
            needs: Needs::Rust,
            work: |_| Ok(Some(Counts::default())),
        };
        let workspace = Workspace::of_this_checkout();
        let machine = Machine { workspace: &workspace, tools: None, browser: None };
        let outcome = run(&nothing, &machine, &mut Progress::of(1));
        assert!(outcome.failure.is_some());
    }

    #[test]
    fn a_suite_that_died_is_a_failure() {
        let died = Kept { text: String::new(), success: false };
        let one = |failed| move |_: &str| Some(Counts { passed: 1, failed });
        assert!(suite(&died, one(0)).is_err());
        assert!(suite(&died, |_| None).is_err());
        assert_eq!(suite(&died, one(1)), Ok(Some(Counts { passed: 1, failed: 1 })));
    }

    #[test]
    fn only_known_steps_can_be_chosen() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(choose(&[]).expect("all").len(), STEPS.len());
        assert_eq!(choose(&names(&["e2e", "fmt"])).expect("known").len(), 2);
        assert!(choose(&names(&["everything"])).is_err());
    }
}
