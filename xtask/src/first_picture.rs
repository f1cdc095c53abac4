//! Steps of the page's build after Trunk's: the index of the protocols' code for the source view, and the
//! opening page, drawn into its HTML. Trunk calls this after each build.

use std::env;
use std::path::PathBuf;

use crate::arguments::Arguments;
use crate::inline;
use crate::process::Program;
use crate::workspace::Workspace;

/// A variable that enables it in builds for development too: it takes longer than such a build.
const VARIABLE: &str = "WORLDLINES_FIRST_PICTURE";

/// Moves inline scripts of the page that Trunk is about to publish into files, and puts the first picture
/// into it.
///
/// # Errors
/// If Trunk does not name the page, or the picture cannot be drawn.
pub(crate) fn put(workspace: &Workspace, arguments: Arguments) -> Result<(), String> {
    arguments.finish()?;
    let staging = env::var_os("TRUNK_STAGING_DIR").ok_or("it is for Trunk to call")?;
    let staging = PathBuf::from(staging);
    inline::move_scripts(&staging)?;
    Program::new("cargo")
        .words("run --quiet --package source-index --")
        .arg(staging.join("source"))
        .within(workspace.root())
        .run()?;
    let release = env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    if !release && env::var_os(VARIABLE).is_none() {
        return Ok(());
    }
    Program::new("cargo")
        .words("run --quiet --features picture --bin first-picture --")
        .arg(staging.join("index.html"))
        .within(workspace.root())
        .run()
}
