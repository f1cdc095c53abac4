//! The static pages of the permanent addresses, `p/` beside the page.

use std::fs;

use crate::process::Program;
use crate::workspace::Workspace;

/// Name of their folder in `dist/`.
const FOLDER: &str = "p";

/// Writes the pages into `dist/`. With `base`, the address of the page, they also have the absolute addresses that cards and
/// search engines ask for.
///
/// # Errors
/// If the command line does not compile, or cannot write them.
pub(crate) fn put(workspace: &Workspace, base: Option<&str>) -> Result<(), String> {
    let folder = workspace.dist().join(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    }
    let command = Program::new("cargo").words("run --quiet --bin worldlines -- pages").arg(folder);
    let command = match base {
        Some(base) => command.arg("--base").arg(base),
        None => command,
    };
    command.within(workspace.root()).run()
}
