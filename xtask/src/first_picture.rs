//! The opening page, drawn into the page's HTML when the page is built.

use std::env;
use std::path::{Path, PathBuf};

use crate::arguments::Arguments;
use crate::bundle;
use crate::inline;
use crate::process::Program;
use crate::workspace::Workspace;

/// A variable that enables it in builds for development too: it takes longer than such a build.
pub(crate) const VARIABLE: &str = "WORLDLINES_FIRST_PICTURE";

/// The steps of a build after Trunk's, for Trunk to call: moves inline scripts of the page that it is about to
/// publish into files, adds the index of the protocols' code, and puts the first picture into the page.
///
/// # Errors
/// If Trunk does not name the page, or the picture cannot be drawn.
pub(crate) fn after_trunk(workspace: &Workspace, arguments: Arguments) -> Result<(), String> {
    arguments.finish()?;
    let staging = env::var_os("TRUNK_STAGING_DIR").ok_or("it is for Trunk to call")?;
    let staging = PathBuf::from(staging);
    inline::move_scripts(&staging)?;
    let source_index = bundle::source_index(workspace, "run");
    source_index.arg("--").arg(staging.join("source")).run()?;
    let release = env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    if !release && env::var_os(VARIABLE).is_none() {
        return Ok(());
    }
    draw(workspace, &staging.join("index.html"))
}

/// Draws the opening page into this file, and writes its styles beside it.
///
/// # Errors
/// If the program that draws it does not compile or fails.
pub(crate) fn draw(workspace: &Workspace, index: &Path) -> Result<(), String> {
    Program::new("cargo")
        .words("run --quiet --features picture --bin first-picture --")
        .arg(index)
        .within(workspace.root())
        .run()
}
