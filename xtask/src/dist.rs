//! `cargo xtask dist`: the page as it is published, and its size.

use std::fs;
use std::path::{Path, PathBuf};

use crate::arguments::Arguments;
use crate::licences;
use crate::process::Program;
use crate::progress::Progress;
use crate::tools::{self, Toolbox};
use crate::workspace::Workspace;

/// Maximum size of the page's wasm as a server sends it (brotli), in bytes: see docs/size.md.
const BUDGET: u64 = 618_500;
/// Maximum size of the worker's wasm, which is fetched when a reader first needs it.
const SEARCHER_BUDGET: u64 = 347_500;

/// Builds the page into `dist/`: the command.
///
/// # Errors
/// If a tool cannot be installed, the page does not build, or it is over the budget.
pub(crate) fn dist(workspace: &Workspace, arguments: Arguments) -> Result<(), String> {
    arguments.finish()?;
    let mut progress = Progress::of(tools::STEPS + 1);
    let tools = Toolbox::fill(workspace, &mut progress)?;
    progress.step("The page", || build(workspace, &tools))
}

/// Builds `dist/` anew and checks its size.
///
/// # Errors
/// If it does not build or is over the budget.
pub(crate) fn build(workspace: &Workspace, tools: &Toolbox) -> Result<(), String> {
    trunk(workspace, tools, "build", true).run()?;
    for (program, budget) in [("playground", BUDGET), ("searcher", SEARCHER_BUDGET)] {
        let wasm = the_wasm(&workspace.dist(), program)?;
        let raw = fs::metadata(&wasm).map_err(|why| format!("{}: {why}", wasm.display()))?.len();
        let brotli = brotli_size(&wasm)?;
        println!("{program}: {raw} bytes raw, {brotli} bytes in brotli (budget {budget})");
        if brotli > budget {
            return Err(format!("{program} is {} bytes over its budget", brotli - budget));
        }
    }
    licences::put(workspace)
}

/// Returns Trunk's `command`; `release` is the published build: small, and slow to compile. `www/index.html`
/// names its profile.
pub(crate) fn trunk(
    workspace: &Workspace,
    tools: &Toolbox,
    command: &str,
    release: bool,
) -> Program {
    let trunk = tools
        .program("trunk")
        .arg(command)
        // Without it, Trunk would ask a registry for a newer version.
        .arg("--skip-version-check")
        // Trunk requires true or false here, where others set 1.
        .without_env("NO_COLOR")
        .within(workspace.root());
    if release { trunk.arg("--release") } else { trunk }
}

/// Returns the only wasm file of one of the page's programs, by the program's name.
fn the_wasm(dist: &Path, program: &str) -> Result<PathBuf, String> {
    let entries = fs::read_dir(dist).map_err(|why| format!("{}: {why}", dist.display()))?;
    let is_its = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with(program) && name.ends_with(".wasm")
    };
    let mut found = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).filter(is_its);
    match (found.next(), found.next()) {
        (Some(wasm), None) => Ok(wasm),
        (None, _) => Err(format!("{} holds no wasm of {program}", dist.display())),
        (Some(_), Some(_)) => Err(format!("{} holds more than one of {program}", dist.display())),
    }
}

/// Returns the size as a server would send it: Node has the compressor.
fn brotli_size(file: &Path) -> Result<u64, String> {
    let script = "const fs = require('fs'), zlib = require('zlib');\
                  console.log(zlib.brotliCompressSync(fs.readFileSync(process.argv[1])).length)";
    Program::new("node")
        .arg("--eval")
        .arg(script)
        .arg(file)
        .answer()
        .and_then(|size| size.parse().ok())
        .ok_or_else(|| format!("Node could not compress {}", file.display()))
}
