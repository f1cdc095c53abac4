//! `cargo xtask dist`: the page as it is published, and its size.

use std::fs;
use std::path::{Path, PathBuf};

use crate::arguments::Arguments;
use crate::bundle::{self, MAIN, Profile};
use crate::bytes::{self, Bytes};
use crate::licences;
use crate::pages;
use crate::progress::Progress;
use crate::tools::{self, Toolbox};
use crate::workspace::Workspace;

/// Greatest size of the first program, in bytes of brotli: see docs/size.md.
const FIRST_PROGRAM: u64 = 324_000;
/// Greatest size of everything that is fetched before a reader can act on the opening page.
const BEFORE_ACTING: u64 = 438_000;
/// Greatest size of a file that is fetched later.
const PART: u64 = 30_000;
/// Greatest size of a file that several parts share.
const SHARED_PART: u64 = 45_000;
/// Greatest sizes of the few files that may be larger, by their names without an ending.
const LARGER_PARTS: &[(&str, u64)] =
    &[("search", 90_000), ("edits", 40_000), ("sharing_dialog", 39_000), ("import_texts", 113_000)];
/// Greatest size of the table of a language, which only its readers fetch.
const LANGUAGE: u64 = 30_000;
/// Greatest size of all programs together, with their glue.
const ALL_PROGRAMS: u64 = 1_420_000;
/// Styles and scripts that the opening page does not load.
const LATER: &[&str] = &[
    "noscript.css",
    "embed.css",
    "print.css",
    "report.js",
    "embedded.js",
    "source.js",
    "embed.js",
    "offline.js",
    "picture.js",
    "voice.js",
    "language.js",
];
/// The parts that the opening page needs before a reader can act; each is the name of a split point. They are
/// fetched while the program is in transit.
pub(crate) const OPENING: &[&str] = &["best_effort_broadcast", "menus"];
/// The parts that a page needs which a link opens.
pub(crate) const LINKED: &[&str] = &["links", "edits"];

/// Builds the page into `dist/`: the command.
///
/// # Errors
/// If a tool cannot be installed, the page does not build, or it is over a budget.
pub(crate) fn dist(workspace: &Workspace, mut arguments: Arguments) -> Result<(), String> {
    let keep = arguments.value("--keep")?.map(PathBuf::from);
    let whole = arguments.value("--whole")?.map(PathBuf::from);
    let base = arguments.value("--base")?;
    arguments.finish()?;
    let mut progress = Progress::of(tools::STEPS + 1);
    let tools = Toolbox::fill(workspace, &mut progress)?;
    if let Some(folder) = whole {
        return progress.step("The page in one part", || build_whole(workspace, &tools, &folder));
    }
    progress
        .step("The page", || build_and_keep(workspace, &tools, keep.as_deref(), base.as_deref()))
}

/// Builds `dist/` anew and checks its size.
///
/// # Errors
/// If it does not build or is over a budget.
pub(crate) fn build(workspace: &Workspace, tools: &Toolbox) -> Result<(), String> {
    build_and_keep(workspace, tools, None, None)
}

/// Builds the page in one part into this folder: for packages, in which each request is slow (`worldlines scorm`).
///
/// # Errors
/// If it does not build.
pub(crate) fn build_whole(
    workspace: &Workspace,
    tools: &Toolbox,
    folder: &Path,
) -> Result<(), String> {
    let made = folder.join("index.html");
    let is_page = fs::read_to_string(made).is_ok_and(|html| html.contains("data-files="));
    let is_empty = fs::read_dir(folder).map_or(!folder.exists(), |mut it| it.next().is_none());
    if !is_page && !is_empty {
        return Err(format!("{} holds something else: name an empty folder", folder.display()));
    }
    bundle::compile(workspace, Profile::Whole).run()?;
    let files = bundle::files(workspace, &tools.bundler, Profile::Whole)?;
    files.publish(folder, None)?;
    licences::put(workspace, folder)
}

/// As [`build`], with the files of earlier builds: a page that was opened before finds its parts still. `base` is the address
/// at which the page is published, if it is known.
fn build_and_keep(
    workspace: &Workspace,
    tools: &Toolbox,
    keep: Option<&Path>,
    base: Option<&str>,
) -> Result<(), String> {
    bundle::compile(workspace, Profile::Page).run()?;
    let files = bundle::files(workspace, &tools.bundler, Profile::Page)?;
    let folder = files.publish(&workspace.dist(), keep)?;
    licences::put(workspace, &workspace.dist())?;
    pages::put(workspace, base)?;
    let compressed = bytes::compress(&workspace.dist())?;
    let measured = bytes::measure(&workspace.dist(), &folder)?;
    print!("{}{compressed}", bytes::table(&measured));
    let loads = bundle::loads(workspace)?;
    let mut over = Vec::new();
    for (what, size, budget) in sums(&measured, &loads) {
        println!("{what}: {size} bytes in brotli (budget {budget})");
        if size > budget {
            over.push(format!("{what}: {} bytes over its budget", size - budget));
        }
    }
    if over.is_empty() { Ok(()) } else { Err(over.join("; ")) }
}

/// Returns what has a budget: its name, its size in brotli and its budget.
fn sums(measured: &[Bytes], loads: &[(String, Vec<String>)]) -> Vec<(String, u64, u64)> {
    let of = |wanted: &dyn Fn(&str) -> bool| {
        measured.iter().filter(|it| wanted(&it.name)).map(|it| it.brotli).sum::<u64>()
    };
    let program = format!("{MAIN}_bg.wasm");
    let opening: Vec<String> = loads
        .iter()
        .filter(|(point, _)| OPENING.contains(&point.as_str()))
        .flat_map(|(_, files)| files.iter().map(|file| format!("{file}.wasm")))
        .collect();
    // Everything else is fetched when it is asked for, or after the page can be used.
    let before = |name: &str| {
        let early = name == "index.html" || name.ends_with(".css") || name.ends_with(".js");
        (early && !LATER.contains(&name))
            || name == program
            || name == "shared.wasm"
            || opening.iter().any(|it| it == name)
    };
    let is_program = |name: &str| name.ends_with(".wasm") || name.ends_with(".js");
    let mut sums = vec![
        ("The first program".to_owned(), of(&|name| name == program), FIRST_PROGRAM),
        ("Everything before a reader can act".to_owned(), of(&before), BEFORE_ACTING),
        ("All programs".to_owned(), of(&is_program), ALL_PROGRAMS),
    ];
    let is_table =
        |name: &&Bytes| matches!(name.name.strip_suffix(".json"), Some(it) if it.len() == 2);
    for table in measured.iter().filter(is_table) {
        sums.push((table.name.clone(), table.brotli, LANGUAGE));
    }
    for file in measured.iter().filter(|it| it.name != program) {
        let Some(name) = file.name.strip_suffix(".wasm") else { continue };
        let larger = LARGER_PARTS.iter().find(|(part, _)| *part == name);
        let usual = if name.starts_with("common-") { SHARED_PART } else { PART };
        let budget = larger.map_or(usual, |(_, budget)| *budget);
        sums.push((file.name.clone(), file.brotli, budget));
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_count_what_comes_before_a_reader_can_act() {
        let sizes = [
            ("index.html", 1),
            ("playground.js", 10),
            ("playground_bg.wasm", 100),
            ("p_x.wasm", 1_000),
            ("noscript.css", 10_000),
            ("report.js", 20_000),
            ("de.json", 7),
            ("icon.svg", 100_000),
        ];
        let file =
            |(name, brotli): (&str, u64)| Bytes { name: name.into(), raw: 0, gzip: 0, brotli };
        let measured: Vec<Bytes> = sizes.map(file).into();
        let sums = sums(&measured, &[("p_x".to_owned(), vec!["p_x".to_owned()])]);
        let sizes: Vec<u64> = sums.iter().map(|(_, size, _)| *size).collect();
        assert_eq!(sizes, [100, 111, 21_110, 7, 1_000]);
    }
}
