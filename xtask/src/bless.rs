//! `cargo xtask bless`: the golden files of the tests, rewritten.

use crate::arguments::Arguments;
use crate::process::Program;
use crate::workspace::Workspace;

/// The variable that makes the golden tests write what they would compare.
const VARIABLE: &str = "UPDATE_GOLDEN";

/// Runs the native tests with the variable set, then shows what changed. Commit only what you
/// understand: a golden file is a promise to the links that readers have kept.
///
/// # Errors
/// Where a test fails although it was allowed to rewrite what it expects.
pub(crate) fn bless(workspace: &Workspace, arguments: Arguments) -> Result<(), String> {
    arguments.finish()?;
    Program::new("cargo")
        .words("test --quiet")
        .env(VARIABLE, "1")
        .within(workspace.root())
        .run()?;
    Program::new("git").words("status --short tests docs").within(workspace.root()).run()
}
