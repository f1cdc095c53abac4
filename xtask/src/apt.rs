//! Debian's packages.

use crate::process::{self, Program};

/// True if Debian's packages can be installed.
pub(crate) fn is_here() -> bool {
    process::find_on_path("apt-get").is_some()
}

/// Installs packages, separated by spaces, as root or through sudo, which asks for the password on the terminal.
///
/// # Errors
/// If they cannot be installed.
pub(crate) fn install(packages: &str) -> Result<(), String> {
    apt("update")?;
    apt(&format!("install --yes --no-install-recommends {packages}"))
}

fn apt(words: &str) -> Result<(), String> {
    let apt = if is_root() {
        Program::new("apt-get")
    } else {
        println!("that needs root: sudo may ask for your password");
        Program::new("sudo").words("--preserve-env=DEBIAN_FRONTEND apt-get")
    };
    apt.words(words).env("DEBIAN_FRONTEND", "noninteractive").run()
}

fn is_root() -> bool {
    Program::new("id").arg("-u").answer().is_some_and(|user| user == "0")
}
