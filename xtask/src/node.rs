//! Node and the packages of `package.json`: wasm-opt, and the driver of the browser tests.

use std::fs;

use crate::process::Program;
use crate::workspace::Workspace;

/// Oldest version of Node that has what the tests use (`node --test` with its reporters, `import.meta`).
const OLDEST_NODE: u32 = 20;

/// Installs the packages of `package-lock.json`, unless exactly these are installed already.
///
/// # Errors
/// If Node is missing or too old, or npm fails.
pub(crate) fn ensure_packages(workspace: &Workspace) -> Result<(), String> {
    let version = node_version()?;
    let read = |name| fs::read_to_string(workspace.root().join(name));
    let wanted = read("package-lock.json")
        .map_err(|why| format!("package-lock.json cannot be read: {why}"))?;
    // npm leaves no reliable record of its last installation, so the lock file is kept beside it.
    let stamp = "node_modules/.installed-lock.json";
    if read(stamp).is_ok_and(|installed| installed == wanted) {
        println!("Node {version} has the packages already");
        return Ok(());
    }
    Program::script("npm").words("ci --no-audit --no-fund").within(workspace.root()).run()?;
    fs::write(workspace.root().join(stamp), wanted)
        .map_err(|why| format!("{stamp} cannot be written: {why}"))
}

/// Returns the version of Node, if it is new enough.
fn node_version() -> Result<String, String> {
    let answer = Program::new("node").arg("--version").answer().ok_or_else(|| {
        format!("Node is missing: please install Node {OLDEST_NODE} or later, with npm")
    })?;
    let version = answer.trim_start_matches('v').to_owned();
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(version),
        _ => Err(format!("Node {version} is too old: Node {OLDEST_NODE} or later is needed")),
    }
}
