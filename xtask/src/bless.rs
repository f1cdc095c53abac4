//! `cargo xtask bless`: the golden files of the tests, rewritten.

use crate::arguments::Arguments;
use crate::process::Program;
use crate::workspace::Workspace;

/// The variable that makes the golden tests write their files instead of comparing them.
const VARIABLE: &str = "UPDATE_GOLDEN";

/// The tests that write: golden traces, digests, new published links, docs/protocols.md.
const TESTS: &str = "formats::golden formats::digests formats::frozen_links protocols::page";

/// Runs the tests that write with the variable set, then shows the changes. Commit only changes that you understand: a golden
/// file is a promise to the links that readers have kept.
///
/// # Errors
/// If a test fails although it may rewrite its expectation.
pub(crate) fn bless(workspace: &Workspace, arguments: Arguments) -> Result<(), String> {
    arguments.finish()?;
    Program::new("cargo")
        .words("test --quiet --test it --")
        .words(TESTS)
        .env(VARIABLE, "1")
        .within(workspace.root())
        .run()?;
    Program::new("git").words("status --short tests docs").within(workspace.root()).run()
}
