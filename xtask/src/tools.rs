//! The programs that turn Rust into a page: Trunk, wasm-bindgen and wasm-opt.
//!
//! Trunk would download the other two as prebuilt binaries from a code host. They come from the package
//! registries instead (through cargo and npm), in versions that the lock files pin. They are put first on
//! Trunk's search path, where it prefers them.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::process::{self, Program};
use crate::progress::Progress;
use crate::workspace::Workspace;
use crate::{node, rust};

/// Number of steps that [`Toolbox::fill`] announces.
pub(crate) const STEPS: usize = 4;

/// The version of Trunk that `Trunk.toml` is written for.
const TRUNK: &str = "0.21.14";

/// The installed tools.
pub(crate) struct Toolbox {
    path: OsString,
}

impl Toolbox {
    /// Finds every tool that builds the page, and installs missing ones.
    ///
    /// # Errors
    /// If one is missing and cannot be installed.
    pub(crate) fn fill(workspace: &Workspace, progress: &mut Progress) -> Result<Self, String> {
        progress.step("Rust for the browser", || rust::ensure_wasm_target(workspace))?;
        progress.step("Packages from npm", || node::ensure_packages(workspace))?;
        let trunk = Crate {
            package: "trunk",
            version: TRUNK.to_owned(),
            programs: &["trunk"],
            locked: true,
            minutes: "4 to 8",
        };
        let bindgen = Crate {
            package: "wasm-bindgen-cli",
            // The program and the library must have exactly the same version.
            version: workspace.locked_version("wasm-bindgen")?,
            programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
            // The package carries no lock file.
            locked: false,
            minutes: "2 to 4",
        };
        let trunk = progress.step("Trunk, which bundles the page", || trunk.ensure())?;
        let bindgen =
            progress.step("wasm-bindgen, which binds Rust to JavaScript", || bindgen.ensure())?;
        let folders = [workspace.node_programs()].into_iter().chain(trunk).chain(bindgen);
        Ok(Self { path: process::path_with(folders) })
    }

    /// Returns a program that finds the tools on its search path.
    pub(crate) fn program(&self, name: &str) -> Program {
        Program::new(name).env("PATH", self.path.clone())
    }
}

/// A tool that cargo installs.
struct Crate {
    package: &'static str,
    version: String,
    /// Programs that it installs; the first is asked for its version.
    programs: &'static [&'static str],
    /// True if the package is built with the lock file that it carries.
    locked: bool,
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

    fn is_right(&self, program: &std::path::Path) -> bool {
        Program::new(program)
            .arg("--version")
            .answer()
            .is_some_and(|answer| answer.split_whitespace().nth(1) == Some(self.version.as_str()))
    }

    /// Installs into a folder of its own: the reader's other projects may need another version.
    fn install(&self, root: &std::path::Path) -> Result<(), String> {
        let install = Program::new("cargo").words("install --force --root").arg(root);
        let install = if self.locked { install.arg("--locked") } else { install };
        install
            .arg("--version")
            .arg(format!("={}", self.version))
            .arg(self.package)
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
