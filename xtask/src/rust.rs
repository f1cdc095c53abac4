//! Additions to the toolchain that `rust-toolchain.toml` pins, made by rustup.

use std::path::PathBuf;

use crate::process::Program;
use crate::workspace::Workspace;

/// The target that a page is compiled for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Adds the wasm target if the toolchain lacks it.
///
/// # Errors
/// If it is missing and rustup cannot add it.
pub(crate) fn ensure_wasm_target(workspace: &Workspace) -> Result<(), String> {
    if has_wasm_target(workspace) {
        println!("the toolchain has {WASM}");
        return Ok(());
    }
    println!("the toolchain lacks {WASM} (a download of about 20 MB)");
    Program::new("rustup").words("target add").arg(WASM).within(workspace.root()).run()
}

/// Adds rustfmt and clippy if the toolchain lacks them.
///
/// # Errors
/// If one is missing and rustup cannot add it.
pub(crate) fn ensure_components(workspace: &Workspace) -> Result<(), String> {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        let version = Program::new("cargo").arg(subcommand).arg("--version");
        match version.within(workspace.root()).answer() {
            Some(version) => println!("the toolchain has {version}"),
            None => Program::new("rustup")
                .words("component add")
                .arg(component)
                .within(workspace.root())
                .run()?,
        }
    }
    Ok(())
}

/// Asks the compiler, not rustup: a toolchain of another origin works as well.
fn has_wasm_target(workspace: &Workspace) -> bool {
    Program::new("rustc")
        .words("--print target-libdir --target")
        .arg(WASM)
        .within(workspace.root())
        .answer()
        .is_some_and(|folder| PathBuf::from(folder).is_dir())
}
