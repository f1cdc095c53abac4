//! The page as it opens, drawn when it is built and put into its HTML. Trunk calls this after each build.

use std::env;
use std::path::PathBuf;

use crate::arguments::Arguments;
use crate::process::Program;
use crate::workspace::Workspace;

/// A variable that asks for it in builds for development too: it takes longer than they do.
const VARIABLE: &str = "WORLDLINES_FIRST_PICTURE";

/// Puts the first picture into the page that Trunk is about to publish.
///
/// # Errors
/// Where Trunk does not say which page, or the picture cannot be drawn.
pub(crate) fn put(workspace: &Workspace, arguments: Arguments) -> Result<(), String> {
    arguments.finish()?;
    let release = env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    if !release && env::var_os(VARIABLE).is_none() {
        return Ok(());
    }
    let staging = env::var_os("TRUNK_STAGING_DIR").ok_or("it is for Trunk to call")?;
    Program::new("cargo")
        .words("run --quiet --features picture --bin first-picture --")
        .arg(PathBuf::from(staging).join("index.html"))
        .within(workspace.root())
        .run()
}
