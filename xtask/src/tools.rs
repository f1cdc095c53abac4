//! The programs that turn Rust into a page: our bundler, wasm-opt from npm, and (only if asked for) Trunk.
//!
//! Tools are compiled once, into a folder that all checkouts share, each under its version. Cargo and npm fetch
//! them from the package registries, in versions that the lock files pin.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{self, Program};
use crate::progress::Progress;
use crate::workspace::Workspace;
use crate::{hash, node, rust};

/// Number of steps that [`Toolbox::fill`] announces.
pub(crate) const STEPS: usize = 3;

/// The version of Trunk that `Trunk.toml` is written for.
const TRUNK: &str = "0.21.14";

/// The installed tools.
pub(crate) struct Toolbox {
    /// Our tool that makes the page's files from the linked program.
    pub(crate) bundler: PathBuf,
    path: OsString,
}

impl Toolbox {
    /// Finds every tool that builds the published page, and installs missing ones.
    ///
    /// # Errors
    /// If one is missing and cannot be installed.
    pub(crate) fn fill(workspace: &Workspace, progress: &mut Progress) -> Result<Self, String> {
        progress.step("Rust for the browser", || rust::ensure_wasm_target(workspace))?;
        progress.step("Packages from npm", || node::ensure_packages(workspace))?;
        let bundler = progress
            .step("The bundler, which makes the page's files", || bundler(workspace, true))?;
        Ok(Self { bundler, path: process::path_with([workspace.node_programs()]) })
    }

    /// Returns a program that finds the tools on its search path.
    pub(crate) fn program(&self, name: &str) -> Program {
        Program::new(name).env("PATH", self.path.clone())
    }
}

/// Returns our bundler, compiled if its code or a library of it has changed. Only with `split` it can divide the
/// program into parts; without, it is compiled in half the time.
///
/// # Errors
/// If it cannot be compiled.
pub(crate) fn bundler(workspace: &Workspace, split: bool) -> Result<PathBuf, String> {
    let key = bundler_key(workspace)?;
    let program = |split: bool| -> Result<PathBuf, String> {
        let name = if split { "bundler" } else { "binder" };
        Ok(tools_folder()?.join(format!("{name}-{key}")))
    };
    let file = format!("bundler{}", std::env::consts::EXE_SUFFIX);
    // The whole one does what the smaller one does.
    for root in [program(true)?, program(split)?] {
        let bundler = root.join("bin").join(&file);
        if bundler.is_file() {
            println!("found it in {}", root.display());
            return Ok(bundler);
        }
    }
    let root = program(split)?;
    println!("it is compiled once, for about a minute, into {}", root.display());
    let install = Program::new("cargo")
        .words("install --quiet --locked --no-track --force --debug --root")
        .arg(&root)
        .arg("--path")
        .arg(bundler_code(workspace))
        .arg("--target-dir")
        .arg(bundler_target(workspace))
        .without_env("CARGO_BUILD_TARGET")
        .without_env("RUSTFLAGS");
    let install = if split { install } else { install.arg("--no-default-features") };
    install.within(workspace.root()).run()?;
    Ok(root.join("bin").join(file))
}

/// Returns the folder of the bundler's code.
pub(crate) fn bundler_code(workspace: &Workspace) -> PathBuf {
    workspace.root().join("xtask/bundler")
}

/// Returns the folder in which the bundler is compiled.
pub(crate) fn bundler_target(workspace: &Workspace) -> PathBuf {
    workspace.target().join("bundler")
}

/// Returns a hash of all that the bundler is compiled from: its code, its libraries and the toolchain.
fn bundler_key(workspace: &Workspace) -> Result<String, String> {
    let folder = bundler_code(workspace);
    let entries = fs::read_dir(folder.join("src")).map_err(|why| why.to_string())?;
    let mut files: Vec<PathBuf> = entries.filter_map(|it| Some(it.ok()?.path())).collect();
    files.sort();
    let others = [folder.join("Cargo.toml"), folder.join("Cargo.lock")];
    files.extend(others.into_iter().chain([workspace.root().join("rust-toolchain.toml")]));
    let mut hash = hash::of(b"");
    for file in files {
        let content = fs::read(&file).map_err(|why| format!("{}: {why}", file.display()))?;
        hash = hash::extended(hash, &content);
    }
    Ok(format!("{hash:016x}"))
}

/// Finds Trunk, or installs it: only for those who want it.
///
/// # Errors
/// If it is missing and cannot be installed.
pub(crate) fn trunk(workspace: &Workspace) -> Result<Program, String> {
    let trunk = Crate {
        package: "trunk",
        version: TRUNK.to_owned(),
        programs: &["trunk"],
        locked: true,
        options: "--no-default-features --features rustls",
        level: "0",
        minutes: "2 to 4",
    };
    let bindgen = test_runner(workspace)?;
    let folders = [workspace.node_programs()].into_iter().chain(trunk.ensure()?).chain(bindgen);
    Ok(Program::new("trunk").env("PATH", process::path_with(folders)))
}

/// Finds wasm-bindgen's programs, or installs them: the runner of tests in a browser, and what Trunk calls. Returns
/// the folder to put on the search path, if they are not on it already.
///
/// # Errors
/// If they are missing and cannot be installed.
pub(crate) fn test_runner(workspace: &Workspace) -> Result<Option<PathBuf>, String> {
    let bindgen = Crate {
        package: "wasm-bindgen-cli",
        // The program and the library must have exactly the same version.
        version: workspace.locked_version("wasm-bindgen")?,
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        // The package carries no lock file.
        locked: false,
        options: "",
        // It reads the tests' program of twenty megabytes.
        level: "1",
        minutes: "1 to 3",
    };
    bindgen.ensure()
}

/// A tool that cargo installs.
struct Crate {
    package: &'static str,
    version: String,
    /// Programs that it installs; the first is asked for its version.
    programs: &'static [&'static str],
    /// True if the package is built with the lock file that it carries.
    locked: bool,
    /// More options of `cargo install`.
    options: &'static str,
    /// Level of optimisation: compiling it takes longer than it ever runs.
    level: &'static str,
    /// Time of the installation, on a machine with two to eight cores.
    minutes: &'static str,
}

impl Crate {
    /// Returns the folder to put on the search path; none if the tool is on it already.
    fn ensure(&self) -> Result<Option<PathBuf>, String> {
        if self.programs.iter().all(|program| self.is_right(&PathBuf::from(program))) {
            println!("found {} {} on the search path", self.package, self.version);
            return Ok(None);
        }
        let root = tools_folder()?.join(format!("{}-{}", self.package, self.version));
        let bin = root.join("bin");
        if self.programs.iter().all(|program| self.is_right(&bin.join(program))) {
            println!("found {} {} in {}", self.package, self.version, bin.display());
            return Ok(Some(bin));
        }
        println!(
            "{} {} is compiled once, for {} minutes, into {}",
            self.package,
            self.version,
            self.minutes,
            root.display()
        );
        self.install(&root)?;
        Ok(Some(bin))
    }

    fn is_right(&self, program: &Path) -> bool {
        Program::new(program)
            .arg("--version")
            .answer()
            .is_some_and(|answer| answer.split_whitespace().nth(1) == Some(self.version.as_str()))
    }

    /// Installs into a folder of its own: the reader's other projects may need another version.
    fn install(&self, root: &Path) -> Result<(), String> {
        let install = Program::new("cargo").words("install --force --root").arg(root);
        let install = if self.locked { install.arg("--locked") } else { install };
        install
            .words(self.options)
            .arg("--version")
            .arg(format!("={}", self.version))
            .arg(self.package)
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.level)
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            // Its build must neither land among ours nor be affected by our settings.
            .without_env("CARGO_TARGET_DIR")
            .without_env("CARGO_BUILD_TARGET")
            .without_env("RUSTFLAGS")
            .within(&std::env::temp_dir())
            .run()
    }
}

/// Returns a folder that all checkouts of this machine share, so that a second clone need not wait again.
fn tools_folder() -> Result<PathBuf, String> {
    let cargo_home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    cargo_home
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .map(|folder| folder.join("worldlines"))
        .ok_or_else(|| "neither CARGO_HOME nor a home directory is known".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundler_binds_with_the_version_that_the_program_is_compiled_with() {
        let workspace = Workspace::of_this_checkout();
        let version = workspace.locked_version("wasm-bindgen").expect("it is locked");
        let lock = fs::read_to_string(bundler_code(&workspace).join("Cargo.lock"));
        let entry = format!("name = \"wasm-bindgen-cli-support\"\nversion = \"{version}\"");
        assert!(lock.expect("it is there").contains(&entry), "{entry}");
        assert!(bundler_key(&workspace).is_ok());
    }
}
