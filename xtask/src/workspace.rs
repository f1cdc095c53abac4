//! The folders of this checkout.

use std::fs;
use std::path::{Path, PathBuf};

/// The checkout that this command was started from.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Returns the checkout that holds this crate.
    pub(crate) fn of_this_checkout() -> Self {
        // `cargo run` gives the current folder of the crate; the path compiled in serves a binary started by
        // itself.
        let xtask = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = xtask.parent().expect("xtask is a folder of the checkout").to_path_buf();
        Self { root }
    }

    /// Returns the root of the checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the folder of the built page.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Returns the folder of what Cargo and we build.
    pub(crate) fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| self.root.join("target"), |folder| self.root.join(folder))
    }

    /// Returns the folder of the programs that npm installed.
    pub(crate) fn node_programs(&self) -> PathBuf {
        self.root.join("node_modules").join(".bin")
    }

    /// Returns the version of a crate in `Cargo.lock`.
    ///
    /// # Errors
    /// If the file cannot be read or does not name the crate.
    pub(crate) fn locked_version(&self, package: &str) -> Result<String, String> {
        let path = self.root.join("Cargo.lock");
        let lock = fs::read_to_string(&path)
            .map_err(|why| format!("{} cannot be read: {why}", path.display()))?;
        version_in_lock(&lock, package)
            .ok_or_else(|| format!("{} does not name {package}", path.display()))
    }
}

/// Returns the version on the line after `name = "package"`, as Cargo writes its lock file.
fn version_in_lock(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in_lock(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in_lock(lock, "wasm"), None);
    }
}
