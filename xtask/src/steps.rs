//! The steps of `cargo xtask test`: their commands and their criteria of success.

use std::path::{Path, PathBuf};

use crate::counts::{self, Counts};
use crate::process::{Kept, Program};
use crate::rust::WASM;
use crate::tools::Toolbox;
use crate::workspace::Workspace;
use crate::{
    browser::{self, CHROMIUM, FIREFOX, WEBKIT},
    dist, latex, npm, process, tools,
};

/// One step of the whole test.
pub(crate) struct Step {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// Its title in the output.
    pub(crate) title: &'static str,
    /// Tools that it needs.
    pub(crate) needs: Needs,
    /// Function that does it; a step that runs tests returns their counts.
    pub(crate) work: fn(&Machine) -> Result<Option<Counts>, String>,
}

/// Tools that a step needs beside Rust itself. Each includes those before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Needs {
    /// The native toolchain.
    Rust,
    /// The compiler's target for the browser.
    WasmTarget,
    /// The bundler of the page.
    Tools,
    /// A browser for tests.
    Browser,
}

/// All steps, cheap ones first, each after the steps that it builds on.
pub(crate) const STEPS: [Step; 10] = [
    Step { name: "fmt", title: "Format", needs: Needs::Rust, work: format },
    Step { name: "clippy", title: "Lints, native", needs: Needs::Rust, work: clippy_native },
    Step { name: "native", title: "Tests, native", needs: Needs::Rust, work: tests_native },
    Step {
        name: "latex",
        title: "Exported pictures, in LaTeX",
        needs: Needs::Rust,
        work: tests_latex,
    },
    Step {
        name: "clippy-wasm",
        title: "Lints, for the browser",
        needs: Needs::WasmTarget,
        work: clippy_wasm,
    },
    Step { name: "doc", title: "Documentation", needs: Needs::WasmTarget, work: documentation },
    Step { name: "web", title: "Tests, in three browsers", needs: Needs::Browser, work: tests_web },
    Step {
        name: "npm",
        title: "The npm module, and tests of scripts",
        needs: Needs::Browser,
        work: tests_npm,
    },
    Step { name: "dist", title: "The page and its size", needs: Needs::Tools, work: page },
    Step {
        name: "e2e",
        title: "Tests, as a reader of the page",
        needs: Needs::Browser,
        work: tests_e2e,
    },
];

/// The steps of `cargo xtask test --long`.
pub(crate) const LONG_STEPS: [Step; 3] = [
    Step { name: "native", title: "Long tests, native", needs: Needs::Rust, work: long_native },
    Step { name: "dist", title: "The page and its size", needs: Needs::Tools, work: page },
    Step {
        name: "e2e",
        title: "Long walks over the page",
        needs: Needs::Browser,
        work: long_walks,
    },
];

/// The variable by which the tests know that they may take long: `tests/it/common/budget.rs` and
/// `tests/e2e/random-walk.mjs` read it.
const LONG: &str = "WORLDLINES_LONG_TESTS";

/// Tools of the steps; the bundler and the browser only if a chosen step needs them.
pub(crate) struct Machine<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) tools: Option<Toolbox>,
    pub(crate) browser: Option<PathBuf>,
}

impl Machine<'_> {
    fn tools(&self) -> &Toolbox {
        self.tools.as_ref().expect("the step says that it needs them")
    }

    fn browser(&self) -> &Path {
        self.browser.as_ref().expect("the step says that it needs one")
    }

    /// Returns a command of Cargo for the bundler, which is a workspace of its own.
    fn bundler(&self, command: &str) -> Program {
        let manifest = tools::bundler_code(self.workspace).join("Cargo.toml");
        Program::new("cargo").arg(command).arg("--manifest-path").arg(manifest)
    }

    fn cargo(&self, words: &str) -> Program {
        Program::new("cargo").words(words).within(self.workspace.root())
    }
}

/// Returns the counts of a suite; a suite that failed must have failed in a test that it counted.
fn suite(
    output: &Kept,
    parse: impl FnOnce(&str) -> Option<Counts>,
) -> Result<Option<Counts>, String> {
    match parse(&output.text) {
        None if output.success => Err("the suite did not say how many tests passed".to_owned()),
        None => Err("the suite failed before it had counted its tests".to_owned()),
        Some(Counts { failed: 0, .. }) if !output.success => {
            Err("the suite failed outside its tests".to_owned())
        }
        counts => Ok(counts),
    }
}

fn format(machine: &Machine) -> Result<Option<Counts>, String> {
    machine.cargo("fmt --all --check").run()?;
    machine.bundler("fmt").arg("--check").run().map(|()| None)
}

fn clippy_native(machine: &Machine) -> Result<Option<Counts>, String> {
    machine.cargo("clippy --workspace --all-targets -- -D warnings").run().map(|()| None)
}

/// Runs all native tests. The tests that draw the page run apart: they need the feature of the first picture,
/// and no other test does.
fn tests_native(machine: &Machine) -> Result<Option<Counts>, String> {
    let words = ["test --workspace --no-fail-fast", "test --features picture --test drawn"];
    let run = |words| suite(&machine.cargo(words).run_and_keep()?, counts::of_cargo);
    let [all, drawn] = words.map(run);
    Ok(Some([all?, drawn?].into_iter().flatten().sum()))
}

/// Compiles the exported pictures of all bundled scenarios; without LaTeX `native` checks their text only.
fn tests_latex(machine: &Machine) -> Result<Option<Counts>, String> {
    if !latex::ensure()? {
        return Ok(None);
    }
    let tests = machine.cargo("test --test it export::tikz").env("WORLDLINES_LATEX", "1");
    suite(&tests.run_and_keep()?, counts::of_cargo)
}

/// The integration tests with their long budgets, and those that are ignored otherwise, but for the one that changes
/// the corpus. In a release build: they would take hours without optimisation.
fn long_native(machine: &Machine) -> Result<Option<Counts>, String> {
    let words = "test --release --test it -- --include-ignored --skip fuzz::search";
    suite(&machine.cargo(words).env(LONG, "1").run_and_keep()?, counts::of_cargo)
}

/// The page in one part and in several, and the npm module: each has code that the others lack.
fn clippy_wasm(machine: &Machine) -> Result<Option<Counts>, String> {
    for features in ["ui", "split"] {
        let clippy = machine.cargo("clippy --lib --bin playground --test web --target").arg(WASM);
        clippy.arg("--features").arg(features).words("-- -D warnings").run()?;
    }
    let module = machine.cargo("clippy --lib --bin worldlines-module --features module --target");
    module.arg(WASM).words("-- -D warnings").run()?;
    Ok(None)
}

/// Runs once for the host and once for the browser: each has modules that the other lacks.
fn documentation(machine: &Machine) -> Result<Option<Counts>, String> {
    let doc = |words| machine.cargo(words).env("RUSTDOCFLAGS", "-D warnings");
    doc("doc --workspace --no-deps").run()?;
    doc("doc --lib --no-deps --features ui --target").arg(WASM).run().map(|()| None)
}

/// The runner to which Cargo passes a program that is compiled for the browser.
pub(crate) const WASM_RUNNER: &str = "node tests/e2e/wasm-runner.mjs";

/// Returns the variable that sets this runner.
pub(crate) fn runner_variable() -> String {
    format!("CARGO_TARGET_{}_RUNNER", WASM.to_uppercase().replace('-', "_"))
}

/// Returns the program with WebKit's driver for its tests, where there is one.
fn with_webkit(program: Program) -> Result<Program, String> {
    Ok(match browser::webkit()? {
        Some(driver) => program.env(WEBKIT.variable, driver),
        None => program,
    })
}

/// Runs the tests in three engines: a digest must not depend on the reader's browser.
fn tests_web(machine: &Machine) -> Result<Option<Counts>, String> {
    let firefox = FIREFOX.ensure()?;
    let runner = tools::test_runner(machine.workspace)?;
    let output = with_webkit(Program::new("cargo"))?
        .env("PATH", process::path_with(runner))
        .words("test --no-fail-fast --test web --target")
        .arg(WASM)
        .env(&runner_variable(), WASM_RUNNER)
        .env(CHROMIUM.variable, machine.browser())
        .env(FIREFOX.variable, firefox)
        .within(machine.workspace.root())
        .run_and_keep()?;
    suite(&output, counts::of_cargo)
}

/// The page in parts and in one, after lints and tests of the tool that makes its files: its libraries are compiled by now.
fn page(machine: &Machine) -> Result<Option<Counts>, String> {
    let target = tools::bundler_target(machine.workspace);
    let cargo = |command| machine.bundler(command).arg("--target-dir").arg(&target);
    cargo("clippy").words("--quiet --all-targets -- -D warnings").run()?;
    let counts = suite(&cargo("test").arg("--quiet").run_and_keep()?, counts::of_cargo)?;
    dist::build(machine.workspace, machine.tools())?;
    // Of it the tests make a package for a learning system.
    let whole = machine.workspace.target().join("whole");
    dist::build_whole(machine.workspace, machine.tools(), &whole).map(|()| counts)
}

/// Tests of the npm module, of the scripts that are not Rust, and of packages that the command line makes.
fn tests_npm(machine: &Machine) -> Result<Option<Counts>, String> {
    npm::build(machine.workspace, machine.tools())?;
    let files = test_files(machine.workspace, "tests/npm")?;
    let node = with_command(machine, e2e_program(machine))?
        .env("WORLDLINES_MODULE", npm::folder(machine.workspace));
    let output = files.into_iter().fold(node, Program::arg).run_and_keep()?;
    suite(&output, counts::of_node)
}

/// Builds the command and tells the tests where it is.
fn with_command(machine: &Machine, program: Program) -> Result<Program, String> {
    machine.cargo("build --quiet --bin worldlines").run()?;
    let command = machine.workspace.target().join("debug").join("worldlines");
    let command = command.with_extension(std::env::consts::EXE_EXTENSION);
    Ok(program.env("WORLDLINES_COMMAND", command))
}

fn tests_e2e(machine: &Machine) -> Result<Option<Counts>, String> {
    let files = test_files(machine.workspace, "tests/e2e")?;
    let node = with_command(machine, with_webkit(e2e_program(machine))?)?;
    let node = node.env(FIREFOX.variable, FIREFOX.ensure()?);
    node_tests(machine, files.into_iter().fold(node, Program::arg))
}

/// The tests of the page whose length the variable decides.
fn long_walks(machine: &Machine) -> Result<Option<Counts>, String> {
    node_tests(machine, e2e_program(machine).env(LONG, "1").arg("tests/e2e/robust.test.mjs"))
}

/// Node's test runner, without files.
fn e2e_program(machine: &Machine) -> Program {
    machine
        .tools()
        .program("node")
        .words("--test --test-reporter=spec")
        .env(CHROMIUM.variable, machine.browser())
        .within(machine.workspace.root())
}

fn node_tests(machine: &Machine, node: Program) -> Result<Option<Counts>, String> {
    if !machine.workspace.dist().join("index.html").is_file() {
        return Err("dist/ holds no page: the step `dist` builds it".to_owned());
    }
    let output = node.run_and_keep()?;
    suite(&output, counts::of_node)
}

/// Returns the files of a folder whose name ends in `.test.mjs`; the others are their helpers. Node gets them by name,
/// since its versions treat a folder differently.
fn test_files(workspace: &Workspace, folder: &str) -> Result<Vec<String>, String> {
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

    #[test]
    fn a_suite_that_died_is_a_failure() {
        let died = Kept { text: String::new(), success: false };
        let one = |failed| move |_: &str| Some(Counts { passed: 1, failed });
        assert!(suite(&died, one(0)).is_err());
        assert!(suite(&died, |_| None).is_err());
        assert_eq!(suite(&died, one(1)), Ok(Some(Counts { passed: 1, failed: 1 })));
    }
}
