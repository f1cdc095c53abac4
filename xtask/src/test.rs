//! `cargo xtask test`: every check and every test, with a count at the end.

use std::time::Duration;

use crate::arguments::Arguments;
use crate::counts::Counts;
use crate::progress::{Progress, Stopwatch, readable};
use crate::steps::{LONG_STEPS, Machine, Needs, STEPS, Step};
use crate::tools::{self, Toolbox};
use crate::workspace::Workspace;
use crate::{browser::CHROMIUM, rust};

/// Result of a step.
struct Outcome {
    title: &'static str,
    time: Duration,
    /// Counts of its tests; none for a check that runs no tests.
    counts: Option<Counts>,
    failure: Option<String>,
}

/// Runs all steps, or those named, each even if an earlier one failed; with `--long`, the steps that take long
/// instead. The last line of the output counts the tests of all suites; a check that fails counts as one failed test.
///
/// # Errors
/// If anything failed.
pub(crate) fn test(workspace: &Workspace, mut arguments: Arguments) -> Result<(), String> {
    let steps: &[Step] = if arguments.flag("--long") { &LONG_STEPS } else { &STEPS };
    let chosen = choose(steps, &arguments.names()?)?;
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

fn choose<'a>(steps: &'a [Step], names: &[String]) -> Result<Vec<&'a Step>, String> {
    let known: Vec<_> = steps.iter().map(|step| step.name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        let known = known.join(", ");
        return Err(format!("there is no step `{unknown}`; the steps are {known}"));
    }
    let wanted = |step: &&Step| names.is_empty() || names.iter().any(|name| name == step.name);
    Ok(steps.iter().filter(wanted).collect())
}

/// Returns the number of steps that [`set_up`] announces.
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
        machine.browser = Some(progress.step("A browser", || CHROMIUM.ensure())?);
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
    fn only_known_steps_can_be_chosen() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(choose(&STEPS, &[]).expect("all").len(), STEPS.len());
        assert_eq!(choose(&STEPS, &names(&["e2e", "fmt"])).expect("known").len(), 2);
        assert!(choose(&STEPS, &names(&["everything"])).is_err());
        assert_eq!(choose(&LONG_STEPS, &names(&["e2e"])).expect("known").len(), 1);
        assert!(choose(&LONG_STEPS, &names(&["fmt"])).is_err());
    }
}
