//! Finds the browsers of the tests, or installs them.

use std::path::PathBuf;

use crate::{apt, process};

/// A browser that tests run in.
pub(crate) struct Browser {
    /// Its name in messages.
    name: &'static str,
    /// The variable that passes it to the tests; a reader may set it to choose one.
    pub(crate) variable: &'static str,
    /// Its names on the search path.
    commands: &'static [&'static str],
    /// Its places on a desktop, below a folder that this variable names.
    desktop: &'static [(&'static str, &'static str)],
    /// Debian's package.
    package: &'static str,
}

/// The browser of all browser tests.
pub(crate) const CHROMIUM: Browser = Browser {
    name: "Chromium or Chrome",
    variable: "WORLDLINES_BROWSER",
    commands: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
    desktop: &[
        ("", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
        ("", "/Applications/Chromium.app/Contents/MacOS/Chromium"),
        ("", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"),
        ("HOME", "Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
        ("PROGRAMFILES", "Google/Chrome/Application/chrome.exe"),
        ("PROGRAMFILES(X86)", "Google/Chrome/Application/chrome.exe"),
        ("LOCALAPPDATA", "Google/Chrome/Application/chrome.exe"),
        ("PROGRAMFILES(X86)", "Microsoft/Edge/Application/msedge.exe"),
        ("PROGRAMFILES", "Microsoft/Edge/Application/msedge.exe"),
    ],
    package: "chromium",
};

/// The browser that compares digests: a second engine must run every scenario in the same way.
pub(crate) const FIREFOX: Browser = Browser {
    name: "Firefox",
    variable: "WORLDLINES_FIREFOX",
    commands: &["firefox-esr", "firefox"],
    desktop: &[
        ("", "/Applications/Firefox.app/Contents/MacOS/firefox"),
        ("HOME", "Applications/Firefox.app/Contents/MacOS/firefox"),
        ("PROGRAMFILES", "Mozilla Firefox/firefox.exe"),
        ("PROGRAMFILES(X86)", "Mozilla Firefox/firefox.exe"),
    ],
    package: "firefox-esr",
};

/// The third engine: that of all browsers on an iPhone. Tests drive it by its WebDriver.
pub(crate) const WEBKIT: Browser = Browser {
    name: "driver of WebKitGTK",
    variable: "WORLDLINES_WEBKIT",
    commands: &["WebKitWebDriver"],
    desktop: &[],
    // WebKitGTK needs a screen; this one is in memory.
    package: "webkit2gtk-driver xvfb",
};

/// Finds WebKit's driver, or installs Debian's. None if neither is possible on this machine: other systems have no
/// WebKitGTK, and their tests leave it out.
///
/// # Errors
/// If it cannot be installed where Debian's packages are.
pub(crate) fn webkit() -> Result<Option<PathBuf>, String> {
    let has_screen = process::find_on_path("Xvfb").is_some();
    if std::env::var_os(WEBKIT.variable).is_none() && !(has_screen && WEBKIT.find().is_some()) {
        if !apt::is_here() {
            println!("skipped in WebKit: no {} was found", WEBKIT.name);
            return Ok(None);
        }
        WEBKIT.install()?;
    }
    WEBKIT.ensure().map(Some)
}

impl Browser {
    /// Finds the browser: the reader's choice, one that is installed, or Debian's.
    ///
    /// # Errors
    /// If there is none and it cannot be installed.
    pub(crate) fn ensure(&self) -> Result<PathBuf, String> {
        if let Some(chosen) = std::env::var_os(self.variable).map(PathBuf::from) {
            return if chosen.is_file() {
                Ok(announce(chosen))
            } else {
                Err(format!("{} names {}, which is no file", self.variable, chosen.display()))
            };
        }
        if let Some(found) = self.find() {
            return Ok(announce(found));
        }
        self.install()?;
        let missing = || format!("apt-get installed no {} that can be found", self.name);
        self.find().map(announce).ok_or_else(missing)
    }

    fn find(&self) -> Option<PathBuf> {
        let desktop = self.desktop.iter().filter_map(|&(root, below)| {
            let root = match root {
                "" => PathBuf::new(),
                variable => PathBuf::from(std::env::var_os(variable)?),
            };
            Some(root.join(below))
        });
        self.commands
            .iter()
            .filter_map(|name| process::find_on_path(name))
            .chain(desktop.filter(|file| file.is_file()))
            .next()
    }

    /// Installs Debian's package.
    fn install(&self) -> Result<(), String> {
        let Self { name, variable, package, .. } = self;
        if !apt::is_here() {
            return Err(format!(
                "no {name} was found: please install one, or name it in {variable}"
            ));
        }
        println!("no {name} was found: Debian's package is installed (60 to 100 MB)");
        apt::install(package)
    }
}

fn announce(browser: PathBuf) -> PathBuf {
    println!("found {}", browser.display());
    browser
}
