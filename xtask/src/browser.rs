//! Finds a Chromium or Chrome for the browser tests, or installs one.

use std::path::PathBuf;

use crate::process::{self, Program};

/// The variable that names the browser to the tests; a reader may set it to choose one.
pub(crate) const VARIABLE: &str = "WORLDLINES_BROWSER";

/// What the program is called where it is on the search path.
const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Where the browsers of a desktop live, below a root that the system gives.
const DESKTOP: [(&str, &str); 9] = [
    ("", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    ("", "/Applications/Chromium.app/Contents/MacOS/Chromium"),
    ("", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"),
    ("HOME", "Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    ("PROGRAMFILES", "Google/Chrome/Application/chrome.exe"),
    ("PROGRAMFILES(X86)", "Google/Chrome/Application/chrome.exe"),
    ("LOCALAPPDATA", "Google/Chrome/Application/chrome.exe"),
    ("PROGRAMFILES(X86)", "Microsoft/Edge/Application/msedge.exe"),
    ("PROGRAMFILES", "Microsoft/Edge/Application/msedge.exe"),
];

/// The browser to test in: the reader's choice, one that is installed, or Debian's.
///
/// # Errors
/// Where there is none and it cannot be installed.
pub(crate) fn ensure() -> Result<PathBuf, String> {
    if let Some(chosen) = std::env::var_os(VARIABLE).map(PathBuf::from) {
        return if chosen.is_file() {
            announce(chosen)
        } else {
            Err(format!("{VARIABLE} names {}, which is no file", chosen.display()))
        };
    }
    if let Some(found) = find() {
        return announce(found);
    }
    install()?;
    find()
        .map_or_else(|| Err("apt-get installed no browser that can be found".to_owned()), announce)
}

fn announce(browser: PathBuf) -> Result<PathBuf, String> {
    println!("found {}", browser.display());
    Ok(browser)
}

fn find() -> Option<PathBuf> {
    let desktop = DESKTOP.iter().filter_map(|&(root, below)| {
        let root = match root {
            "" => PathBuf::new(),
            variable => PathBuf::from(std::env::var_os(variable)?),
        };
        Some(root.join(below))
    });
    NAMES
        .iter()
        .filter_map(|name| process::find_on_path(name))
        .chain(desktop.filter(|file| file.is_file()))
        .next()
}

/// Debian's package, which is as large as a browser is.
fn install() -> Result<(), String> {
    if process::find_on_path("apt-get").is_none() {
        return Err(format!(
            "no Chromium or Chrome was found: please install one, or name it in {VARIABLE}"
        ));
    }
    println!("no Chromium or Chrome was found: Debian's package is installed (about 100 MB)");
    apt("update")?;
    apt("install --yes --no-install-recommends chromium")
}

/// As root, or through sudo, which asks for the password on the terminal.
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
