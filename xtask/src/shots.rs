//! `cargo xtask shots`: the documentation's pictures of the page, made anew.

use crate::arguments::Arguments;
use crate::progress::Progress;
use crate::tools::{self, Toolbox};
use crate::workspace::Workspace;
use crate::{browser::CHROMIUM, dist};

/// Builds the page and takes a picture of each of its states that the documentation shows.
///
/// # Errors
/// If a tool or the browser cannot be installed, the page does not build, or a state is not reached.
pub(crate) fn shots(workspace: &Workspace, arguments: Arguments) -> Result<(), String> {
    arguments.finish()?;
    let mut progress = Progress::of(tools::STEPS + 3);
    let tools = Toolbox::fill(workspace, &mut progress)?;
    let browser = progress.step("A browser", || CHROMIUM.ensure())?;
    progress.step("The page", || dist::build(workspace, &tools))?;
    progress.step("Pictures", || {
        tools
            .program("node")
            .words("tests/e2e/shots.mjs")
            .env(CHROMIUM.variable, &browser)
            .within(workspace.root())
            .run()
    })
}
