//! Finds LaTeX with the package that the exported pictures use, or installs them.

use crate::apt;
use crate::process::{self, Program};

/// Debian's packages: LaTeX, TikZ, and `messagepassing` with others.
const PACKAGES: &str = "texlive-latex-base texlive-pictures texlive-science";

/// Finds LaTeX, or installs Debian's. False if neither is possible on this machine: no other test needs it.
///
/// # Errors
/// If it cannot be installed where Debian's packages are.
pub(crate) fn ensure() -> Result<bool, String> {
    if is_installed() {
        println!("found LaTeX with its package messagepassing");
        return Ok(true);
    }
    if !apt::is_here() {
        println!("skipped: no LaTeX with its package messagepassing was found; TeX Live has both");
        return Ok(false);
    }
    println!("no LaTeX was found: Debian's packages are installed (about 160 MB)");
    apt::install(PACKAGES)?;
    match is_installed() {
        true => Ok(true),
        false => Err("apt-get installed no LaTeX with its package messagepassing".to_owned()),
    }
}

fn is_installed() -> bool {
    let package = || Program::new("kpsewhich").arg("messagepassing.sty").answer();
    process::find_on_path("pdflatex").is_some()
        && process::find_on_path("kpsewhich").is_some()
        && package().is_some_and(|path| !path.is_empty())
}
