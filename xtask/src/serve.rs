//! `cargo xtask serve`: the playground, served to this machine only and rebuilt when a file changes.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::arguments::Arguments;
use crate::bundle::{self, Profile};
use crate::process::Program;
use crate::progress::{Progress, Stopwatch, readable};
use crate::server::{self, Builds};
use crate::workspace::Workspace;
use crate::{hash, rust, tools};

/// Files and folders that the page is made of.
const WATCHED: [&str; 7] =
    ["Cargo.toml", "Cargo.lock", "build.rs", "src", "static", "www", "xtask/source-index/src"];
/// Time between two looks at them: some hundred files, so a look costs a few milliseconds and needs no library.
const LOOK: Duration = Duration::from_millis(400);

/// Builds the page and serves it until it is interrupted; rebuilds it when a file changes.
///
/// # Errors
/// If the arguments are wrong, a tool cannot be installed, the port is taken, or the first build fails.
pub(crate) fn serve(workspace: &Workspace, mut arguments: Arguments) -> Result<(), String> {
    let port = arguments.port("--port", 8080)?;
    let dev = arguments.flag("--dev");
    let trunk = arguments.flag("--trunk");
    let no_open = arguments.flag("--no-open") || std::env::var_os("CI").is_some();
    arguments.finish()?;
    // Before minutes of building.
    let listener = TcpListener::bind(("127.0.0.1", port))
        .map_err(|why| format!("port {port} cannot be used ({why}); choose another with --port"))?;
    if trunk {
        drop(listener);
        return with_trunk(workspace, port, dev, no_open);
    }
    let profile = if dev { Profile::Dev } else { Profile::Serve };
    let mut progress = Progress::of(3);
    progress.step("Rust for the browser", || rust::ensure_wasm_target(workspace))?;
    let bundler = progress.step("The program, and the tool that binds it, side by side", || {
        thread::scope(|scope| {
            let program = scope.spawn(|| compile(workspace, profile));
            let bundler = tools::bundler(workspace, false).and_then(|bundler| {
                bundle::source_index(workspace, "build").run().map(|()| bundler)
            });
            program.join().map_err(|_| "a thread panicked".to_owned())??;
            bundler
        })
    })?;
    let folder = workspace.target().join("serve");
    progress.step("The page", || publish(workspace, &bundler, profile, &folder))?;
    let address = format!("http://127.0.0.1:{port}/");
    println!("\nserving {address}; Ctrl-C ends it");
    if !no_open {
        open(&address);
    }
    let builds = Arc::new(Builds::default());
    thread::scope(|scope| {
        scope.spawn(|| server::serve(listener, &folder, &builds));
        watch(workspace, || {
            println!("\na file has changed");
            let clock = Stopwatch::start();
            let built = compile(workspace, profile)
                .and_then(|()| publish(workspace, &bundler, profile, &folder));
            match built {
                Ok(()) => {
                    println!("rebuilt in {}", readable(clock.elapsed()));
                    builds.next();
                }
                Err(why) => println!("error: {why}; the page is still the one before"),
            }
        })
    })
}

fn compile(workspace: &Workspace, profile: Profile) -> Result<(), String> {
    bundle::compile(workspace, profile).run()
}

fn publish(
    workspace: &Workspace,
    bundler: &Path,
    profile: Profile,
    folder: &Path,
) -> Result<(), String> {
    // The page that is open may still fetch files of its build.
    bundle::files(workspace, bundler, profile)?.publish(folder, Some(folder)).map(drop)
}

/// Calls back after each change of a watched file, for ever.
fn watch(workspace: &Workspace, changed: impl Fn()) -> ! {
    let mut seen = state(workspace);
    loop {
        thread::sleep(LOOK);
        let mut now = state(workspace);
        if now == seen {
            continue;
        }
        // An editor or Git writes several files in a row.
        loop {
            thread::sleep(LOOK / 2);
            let next = state(workspace);
            if next == now {
                break;
            }
            now = next;
        }
        // A change during the build is noticed at the next look.
        seen = now;
        changed();
    }
}

/// Returns a hash of the names, sizes and times of all watched files.
fn state(workspace: &Workspace) -> u64 {
    let mut open: Vec<PathBuf> = WATCHED.map(|path| workspace.root().join(path)).into();
    let mut hash = 0;
    while let Some(path) = open.pop() {
        let Ok(data) = fs::metadata(&path) else { continue };
        if data.is_dir() {
            let entries = fs::read_dir(&path).into_iter().flatten();
            let mut below: Vec<PathBuf> = entries.filter_map(|it| Some(it.ok()?.path())).collect();
            below.sort();
            open.extend(below);
        } else {
            let told = format!("{} {} {:?}", path.display(), data.len(), data.modified().ok());
            hash = hash::extended(hash, told.as_bytes());
        }
    }
    hash
}

/// Opens the address in the reader's browser, if there is one.
fn open(address: &str) {
    let program = if cfg!(windows) {
        Program::new("cmd").words("/c start")
    } else if cfg!(target_os = "macos") {
        Program::new("open")
    } else {
        Program::new("xdg-open")
    };
    if program.arg(address).answer().is_none() {
        println!("no browser could be opened: open {address} yourself");
    }
}

/// Serves the page by Trunk, as `trunk serve` does.
fn with_trunk(workspace: &Workspace, port: u16, dev: bool, no_open: bool) -> Result<(), String> {
    let mut progress = Progress::of(3);
    progress.step("Rust for the browser", || rust::ensure_wasm_target(workspace))?;
    progress.step("Packages from npm", || crate::node::ensure_packages(workspace))?;
    let trunk = progress.step("Trunk", || tools::trunk(workspace))?;
    let trunk = trunk
        .words("serve --skip-version-check --dist target/trunk --address 127.0.0.1 --port")
        .arg(port.to_string())
        // Trunk requires true or false here, where others set 1.
        .without_env("NO_COLOR")
        .within(workspace.root());
    let trunk = if dev { trunk } else { trunk.arg("--release") };
    if no_open { trunk } else { trunk.arg("--open") }.run()
}
