//! `cargo xtask npm`: the npm module, from the same program as the page.

use std::fs;
use std::path::PathBuf;

use crate::arguments::Arguments;
use crate::bundle::{self, Profile};
use crate::licences;
use crate::progress::Progress;
use crate::tools::{self, Toolbox};
use crate::workspace::Workspace;

/// The program of the module.
const PROGRAM: &str = "worldlines-module";
/// Version in `npm/package.json`, in whose place that of the crate is written.
const PLACE: &str = "\"version\": \"0.0.0\"";

/// Builds the module: the command.
///
/// # Errors
/// If a tool cannot be installed, or it does not build.
pub(crate) fn npm(workspace: &Workspace, arguments: Arguments) -> Result<(), String> {
    arguments.finish()?;
    let mut progress = Progress::of(tools::STEPS + 1);
    let tools = Toolbox::fill(workspace, &mut progress)?;
    progress.step("The npm module", || build(workspace, &tools))
}

/// Returns the folder of the module.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target().join("npm").join("worldlines")
}

/// Builds the module into its folder.
///
/// # Errors
/// If it does not build.
pub(crate) fn build(workspace: &Workspace, tools: &Toolbox) -> Result<(), String> {
    let folder = folder(workspace);
    bundle::compile_program(workspace, Profile::Whole, "module", PROGRAM).run()?;
    bundle::anew(&folder)?;
    bundle::bind_small(workspace, &tools.bundler, PROGRAM, &folder)?;
    let source = workspace.root().join("npm");
    for name in bundle::names(&source, "")? {
        bundle::copy(&source.join(&name), &folder.join(&name))?;
    }
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        bundle::copy(&workspace.root().join(name), &folder.join(name))?;
    }
    let manifest = folder.join("package.json");
    let read = |path| fs::read_to_string(path).map_err(|why| format!("package.json: {why}"));
    let text = read(&manifest)?;
    let version = workspace.locked_version("worldlines")?;
    let text = text.replacen(PLACE, &format!("\"version\": \"{version}\""), 1);
    fs::write(&manifest, text).map_err(|why| format!("package.json: {why}"))?;
    licences::put(workspace, &folder)?;
    println!("it is in {}", folder.display());
    Ok(())
}
