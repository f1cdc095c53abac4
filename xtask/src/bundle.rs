//! The page's files: the program compiled, bound and made small, and everything beside it, in one folder that is
//! named by its content.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::markup::{self, PROGRAM};
use crate::process::Program;
use crate::rust::WASM;
use crate::workspace::Workspace;
use crate::{hash, process};

/// The page's program.
pub(crate) const MAIN: &str = "playground";

/// Options of wasm-opt for the page's program; `www/index.html` has the same for Trunk.
const SMALL: &str = "-Oz -lmu --flatten --rereloop -Oz -Oz --dealign --reorder-functions-by-name \
                     --strip-producers --strip-target-features";
/// Options of wasm-opt for a part, which shares the memory of the program and has few functions.
const PART: &str =
    "-Oz --flatten --rereloop -Oz -Oz --dealign --strip-producers --strip-target-features";
/// Parts whose speed matters more than their size, and the options for them.
const FAST: (&[&str], &str) = (&["search"], "-O3 --strip-producers --strip-target-features");
/// Features of WebAssembly that the compiler uses and all browsers have. Merged modules do not list them.
const FEATURES: &str = "--enable-mutable-globals --enable-sign-ext --enable-reference-types \
                        --enable-multivalue --enable-bulk-memory --enable-bulk-memory-opt \
                        --enable-nontrapping-float-to-int";

/// Files that keep their address beside `index.html`, since other pages or the browser name them.
const BESIDE: [&str; 7] = [
    EMBED,
    "sw.js",
    "manifest.webmanifest",
    "icon-180.png",
    "icon-192.png",
    "icon-512.png",
    "icon-maskable.png",
];
/// The script that other pages name.
const EMBED: &str = "embed.js";
/// List of the files of a build, for the service worker (`www/sw.js`): a line has the size in bytes and the path from the
/// build's folder.
const LIST: &str = "files.txt";

/// Number of earlier builds whose files are kept.
const KEPT: usize = 3;
/// List of the folders of builds, the latest first.
const BUILDS: &str = "builds.txt";

/// A way to build the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As it is published: small, in parts that are fetched when they are needed.
    Page,
    /// As small, in one part: for packages.
    Whole,
    /// For `cargo xtask serve`: soon there.
    Serve,
    /// With debug assertions.
    Dev,
}

impl Profile {
    /// Returns the name of Cargo's profile.
    fn name(self) -> &'static str {
        match self {
            Self::Page | Self::Whole => "page",
            Self::Serve => "serve",
            Self::Dev => "dev",
        }
    }

    /// Returns the name of the folder in which its files are made.
    fn bundle(self) -> &'static str {
        if self == Self::Whole { "whole" } else { self.name() }
    }

    /// Returns the name of the folder in Cargo's target folder.
    fn folder(self) -> &'static str {
        if self == Self::Dev { "debug" } else { self.name() }
    }
}

/// Returns the command that compiles the page's program.
pub(crate) fn compile(workspace: &Workspace, profile: Profile) -> Program {
    compile_program(workspace, profile, features(profile), MAIN)
}

/// Returns the command that compiles a program for the browser.
pub(crate) fn compile_program(
    workspace: &Workspace,
    profile: Profile,
    features: &str,
    program: &str,
) -> Program {
    let cargo = Program::new("cargo").words("build --target").arg(WASM).arg("--profile");
    let cargo = cargo.arg(profile.name()).arg("--features").arg(features);
    cargo.arg("--bin").arg(program).within(workspace.root())
}

/// Makes the glue and the small program of a program that was compiled to be [`Whole`](Profile::Whole).
///
/// # Errors
/// If a tool fails.
pub(crate) fn bind_small(
    workspace: &Workspace,
    bundler: &Path,
    program: &str,
    made: &Path,
) -> Result<(), String> {
    let linked = workspace.target().join(WASM).join(Profile::Whole.folder());
    let linked = linked.join(format!("{program}.wasm"));
    Program::new(bundler).arg("bind").arg(linked).arg(made).run()?;
    let job = Job { name: format!("{program}_bg"), options: SMALL, merged: Vec::new() };
    job.run(workspace, made, made)
}

/// Returns Cargo's command for the program that takes the protocols' code apart.
pub(crate) fn source_index(workspace: &Workspace, command: &str) -> Program {
    let cargo = Program::new("cargo").arg(command).words("--quiet --package source-index");
    cargo.within(workspace.root())
}

/// Returns the features of the page's program. Only the published page is split.
pub(crate) fn features(profile: Profile) -> &'static str {
    if profile == Profile::Page { "ui,split" } else { "ui" }
}

/// Files of a build, without a folder yet.
pub(crate) struct Files {
    folder: PathBuf,
    html: String,
}

/// Makes all files of the page from the compiled program.
///
/// # Errors
/// If a file cannot be read or written, or a tool fails.
pub(crate) fn files(
    workspace: &Workspace,
    bundler: &Path,
    profile: Profile,
) -> Result<Files, String> {
    let folder = workspace.target().join("bundle").join(profile.bundle());
    let work = folder.join("work");
    let made = folder.join("files");
    anew(&work)?;
    anew(&made)?;
    program(workspace, bundler, profile, &made, &work)?;
    let www = workspace.root().join("www");
    let source = www.join("index.html");
    let source = fs::read_to_string(&source).map_err(|why| wrong(&source, &why))?;
    let page = markup::read(&source)?;
    for file in &page.files {
        let name = markup::name(file);
        // A package is not installed.
        if profile != Profile::Whole || name == EMBED || !BESIDE.contains(&name) {
            copy(&www.join(file), &made.join(name))?;
        }
    }
    source_index(workspace, "run").arg("--").arg(made.join("source")).run()?;
    let html = page.html.replace(PROGRAM, &loading(&made));
    let html = match profile {
        Profile::Page => markup::kept_offline(&html),
        Profile::Whole => markup::without_installation(&markup::without_permanent_pages(&html)),
        Profile::Serve | Profile::Dev => markup::without_permanent_pages(&html),
    };
    let index = made.join("index.html");
    fs::write(&index, html).map_err(|why| wrong(&index, &why))?;
    if matches!(profile, Profile::Page | Profile::Whole)
        || std::env::var_os(crate::first_picture::VARIABLE).is_some()
    {
        crate::first_picture::draw(workspace, &index)?;
    }
    let html = fs::read_to_string(&index).map_err(|why| wrong(&index, &why))?;
    fs::remove_file(&index).map_err(|why| wrong(&index, &why))?;
    if profile == Profile::Page {
        let list = made.join(LIST);
        fs::write(&list, sizes(&made)?).map_err(|why| wrong(&list, &why))?;
    }
    Ok(Files { folder: made, html })
}

/// Returns the list of a build's files. Of those beside `index.html` only the one that a page may need without a network
/// is in it.
fn sizes(made: &Path) -> Result<String, String> {
    let mut list = String::new();
    for name in names(made, "")? {
        let place = match name.as_str() {
            LIST => continue,
            EMBED => "../",
            beside if BESIDE.contains(&beside) => continue,
            _ => "",
        };
        let file = made.join(&name);
        let size = fs::metadata(&file).map_err(|why| wrong(&file, &why))?.len();
        list.push_str(&format!("{size} {place}{name}\n"));
    }
    Ok(list)
}

/// Returns the elements that load the program: all its files start at once.
fn loading(made: &Path) -> String {
    let mut elements = vec!["<script type=\"module\" src=\"./start.js\"></script>".to_owned()];
    for module in [&format!("{MAIN}.js"), "parts.js"] {
        if made.join(module).is_file() {
            elements.push(format!("<link rel=\"modulepreload\" href=\"./{module}\" />"));
        }
    }
    for wasm in [&format!("{MAIN}_bg.wasm"), "shared.wasm"] {
        if made.join(wasm).is_file() {
            elements.push(format!(
                "<link rel=\"preload\" href=\"./{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin />"
            ));
        }
    }
    elements.join("\n    ")
}

/// Returns the split points of the last published page, each with the files that it loads.
///
/// # Errors
/// If the bundler's list cannot be read.
pub(crate) fn loads(workspace: &Workspace) -> Result<Vec<(String, Vec<String>)>, String> {
    let list = workspace.target().join("bundle").join(Profile::Page.name()).join("work/loads.txt");
    let list = fs::read_to_string(&list).map_err(|why| wrong(&list, &why))?;
    let point = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        Some((words.next()?, words.collect()))
    };
    Ok(list.lines().filter_map(point).collect())
}

/// Makes the glue and the program, and its parts where it is split.
fn program(
    workspace: &Workspace,
    bundler: &Path,
    profile: Profile,
    made: &Path,
    work: &Path,
) -> Result<(), String> {
    if profile == Profile::Whole {
        return bind_small(workspace, bundler, MAIN, made);
    }
    let linked = workspace.target().join(WASM).join(profile.folder());
    let linked = linked.join(format!("{MAIN}.wasm"));
    if profile != Profile::Page {
        return Program::new(bundler).arg("bind").arg(linked).arg(made).run();
    }
    let split = Program::new(bundler).arg("split").arg(linked).arg(made).arg(work);
    let needed = [crate::dist::OPENING, crate::dist::LINKED];
    needed.iter().fold(split, |split, parts| split.arg(parts.join(","))).run()?;
    let mut jobs = parts(work)?;
    jobs.push_front(Job { name: format!("{MAIN}_bg"), options: SMALL, merged: Vec::new() });
    println!("{} files are made small", jobs.len());
    in_parallel(jobs, |job| job.run(workspace, made, work))
}

/// A file for wasm-opt.
struct Job {
    name: String,
    options: &'static str,
    /// Modules that are merged first; none if the file is there already.
    merged: Vec<String>,
}

impl Job {
    fn run(&self, workspace: &Workspace, made: &Path, work: &Path) -> Result<(), String> {
        let path = process::path_with([workspace.node_programs()]);
        let wasm = made.join(format!("{}.wasm", self.name));
        if !self.merged.is_empty() {
            let mut merge = Program::script("wasm-merge").env("PATH", path.clone());
            for module in &self.merged {
                // The name under which the others import from it.
                let name = if module == "base" { "__wasm_split" } else { module };
                merge = merge.arg(work.join(format!("{module}.wasm"))).arg(name);
            }
            merge.words(FEATURES).arg("-o").arg(&wasm).within(workspace.root()).quietly()?;
            let whole = fs::read(&wasm).map_err(|why| wrong(&wasm, &why))?;
            let whole = without_exports(&whole).ok_or("wasm-merge has written no module")?;
            fs::write(&wasm, whole).map_err(|why| wrong(&wasm, &why))?;
        }
        let opt = Program::script("wasm-opt").env("PATH", path).words(self.options).arg(&wasm);
        let opt = if self.merged.is_empty() { opt } else { opt.words(FEATURES) };
        opt.arg("-o").arg(&wasm).within(workspace.root()).quietly()
    }
}

/// Reads the bundler's plan of the files: the name of each and the modules that it is merged from.
fn parts(work: &Path) -> Result<VecDeque<Job>, String> {
    let plan = work.join("plan.txt");
    let plan = fs::read_to_string(&plan).map_err(|why| wrong(&plan, &why))?;
    let job = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        let name = words.next()?;
        let options = if FAST.0.contains(&name.as_str()) { FAST.1 } else { PART };
        Some(Job { name, options, merged: words.collect() })
    };
    Ok(plan.lines().filter_map(job).collect())
}

/// Returns a module without its exports: the parts are reached through the table only. None if it is no module.
fn without_exports(wasm: &[u8]) -> Option<Vec<u8>> {
    const EXPORTS: u8 = 7;
    let mut kept = wasm.get(..8)?.to_vec();
    let mut at = 8;
    while at < wasm.len() {
        let (mut size, mut shift, mut end) = (0_usize, 0, at + 1);
        loop {
            let byte = *wasm.get(end)?;
            end += 1;
            size |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let section = wasm.get(at..end + size)?;
        if wasm[at] != EXPORTS {
            kept.extend_from_slice(section);
        }
        at = end + size;
    }
    Some(kept)
}

/// Does jobs in their order, one on each processor.
fn in_parallel<T: Send>(
    jobs: VecDeque<T>,
    work: impl Fn(T) -> Result<(), String> + Sync,
) -> Result<(), String> {
    let jobs = Mutex::new(jobs);
    let next = || jobs.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let started: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(|| {
                    while let Some(job) = next() {
                        work(job)?;
                    }
                    Ok(())
                })
            })
            .collect();
        let ended =
            started.into_iter().map(|it| it.join().map_err(|_| "a thread panicked".to_owned())?);
        ended.collect::<Vec<Result<(), String>>>().into_iter().collect()
    })
}

impl Files {
    /// Writes the page into `dist`, which then holds nothing else but the folders of earlier builds of `keep`.
    /// Returns the name of the folder of this build.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub(crate) fn publish(&self, dist: &Path, keep: Option<&Path>) -> Result<String, String> {
        let names = names(&self.folder, "")?;
        let mut hash = hash::of(self.html.as_bytes());
        for name in &names {
            let file = self.folder.join(name);
            let content = fs::read(&file).map_err(|why| wrong(&file, &why))?;
            hash = hash::extended(hash::extended(hash, name.as_bytes()), &content);
        }
        let build = format!("{hash:016x}");
        // Beside it, for it may be among what is kept.
        let next = dist.with_extension("next");
        anew(&next)?;
        for name in &names {
            let beside = BESIDE.contains(&name.as_str());
            let folder = if beside { next.clone() } else { next.join(&build) };
            copy(&self.folder.join(name), &folder.join(name))?;
        }
        let mut builds = vec![build.clone()];
        for earlier in keep.map(earlier_builds).unwrap_or_default() {
            if builds.len() <= KEPT && !builds.contains(&earlier.name) {
                for name in self::names(&earlier.folder, "")? {
                    copy(&earlier.folder.join(&name), &next.join(&earlier.name).join(&name))?;
                }
                builds.push(earlier.name);
            }
        }
        fs::write(next.join(BUILDS), builds.join("\n") + "\n").map_err(|why| wrong(&next, &why))?;
        let inside: Vec<String> =
            names.into_iter().filter(|name| !BESIDE.contains(&name.as_str())).collect();
        let html = markup::with_folder(&self.html, &build, &inside);
        fs::write(next.join("index.html"), html).map_err(|why| wrong(&next, &why))?;
        if dist.exists() {
            fs::remove_dir_all(dist).map_err(|why| wrong(dist, &why))?;
        }
        fs::rename(&next, dist).map_err(|why| wrong(dist, &why))?;
        Ok(build)
    }
}

/// A build that a folder of published pages holds.
struct Earlier {
    name: String,
    folder: PathBuf,
}

/// Returns the builds in this folder, the latest first.
fn earlier_builds(dist: &Path) -> Vec<Earlier> {
    let list = fs::read_to_string(dist.join(BUILDS)).unwrap_or_default();
    let is_name = |name: &&str| name.len() == 16 && name.bytes().all(|it| it.is_ascii_hexdigit());
    let build = |name: &str| Earlier { name: name.to_owned(), folder: dist.join(name) };
    list.lines().filter(is_name).map(build).filter(|build| build.folder.is_dir()).collect()
}

/// Returns the sorted paths of all files below a folder, relative to it, with `/` between their parts.
pub(crate) fn names(folder: &Path, below: &str) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).map_err(|why| wrong(folder, &why))? {
        let entry = entry.map_err(|why| wrong(folder, &why))?;
        let name = entry.file_name().into_string().map_err(|_| "a file's name is not UTF-8")?;
        if entry.path().is_dir() {
            all.extend(names(&entry.path(), &format!("{below}{name}/"))?);
        } else {
            all.push(format!("{below}{name}"));
        }
    }
    all.sort();
    Ok(all)
}

/// Copies a file; its folder is made if it is not there.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), String> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(|why| wrong(folder, &why))?;
    }
    fs::copy(from, to).map(drop).map_err(|why| wrong(from, &why))
}

/// Makes an empty folder.
pub(crate) fn anew(folder: &Path) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|why| wrong(folder, &why))?;
    }
    fs::create_dir_all(folder).map_err(|why| wrong(folder, &why))
}

fn wrong(file: &Path, why: &std::io::Error) -> String {
    format!("{}: {why}", file.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &str) -> String {
        let workspace = Workspace::of_this_checkout();
        fs::read_to_string(workspace.root().join(path)).expect("it is there")
    }

    #[test]
    fn trunk_optimises_calls_and_names_as_we_do() {
        let index = text("www/index.html");
        let (level, rest) = SMALL.split_once(' ').expect("the level comes first");
        assert!(index.contains(&format!("data-wasm-opt-params=\"{rest}\"")), "{rest}");
        assert!(index.contains(&format!("data-wasm-opt=\"{}\"", level.trim_start_matches("-O"))));
        assert!(index.contains(&format!("data-bin=\"{MAIN}\"")));
        assert!(
            index.contains(&format!("data-cargo-profile-release=\"{}\"", Profile::Page.name()))
        );
        let trunk = text("Trunk.toml");
        assert!(
            trunk.contains("target = \"www/index.html\"") && trunk.contains("filehash = false")
        );
        // `main` knows this command.
        assert!(trunk.contains("\"first-picture\"]"));
    }

    #[test]
    fn a_module_without_exports_has_its_other_sections() {
        // Sections 1 (empty) and 7 with two bytes, then 10 with one.
        let wasm = [b"\0asm\x01\0\0\0", &[1, 0, 7, 2, 9, 9, 10, 1, 0][..]].concat();
        let kept = [b"\0asm\x01\0\0\0", &[1, 0, 10, 1, 0][..]].concat();
        assert_eq!(without_exports(&wasm), Some(kept));
        assert_eq!(without_exports(&wasm[..12]), None);
        assert_eq!(without_exports(b"\0as"), None);
    }

    #[test]
    fn jobs_are_done_once_each_and_a_failure_is_passed_on() {
        let done = Mutex::new(Vec::new());
        let work = |job: u32| {
            done.lock().expect("nobody panicked").push(job);
            if job == 3 { Err("three".to_owned()) } else { Ok(()) }
        };
        assert_eq!(in_parallel([1, 2].into(), work), Ok(()));
        assert_eq!(in_parallel([3].into(), work), Err("three".to_owned()));
        let mut done = done.into_inner().expect("nobody panicked");
        done.sort_unstable();
        assert_eq!(done, [1, 2, 3]);
    }

    #[test]
    fn list_of_files_has_sizes_and_leaves_out_what_is_beside_the_page() {
        let made = std::env::temp_dir().join(format!("worldlines-list-{}", std::process::id()));
        anew(&made.join("source")).expect("a folder");
        for (name, content) in [
            ("a.js", "1"),
            ("embed.js", "22"),
            ("source/b.json", "333"),
            ("sw.js", "4"),
            (LIST, "5"),
        ] {
            fs::write(made.join(name), content).expect("a file");
        }
        assert_eq!(sizes(&made).as_deref(), Ok("1 a.js\n2 ../embed.js\n3 source/b.json\n"));
        fs::remove_dir_all(&made).expect("it is removed");
    }

    #[test]
    fn a_published_page_keeps_the_last_three_builds() {
        let root = std::env::temp_dir().join(format!("worldlines-keep-{}", std::process::id()));
        let (made, dist) = (root.join("made"), root.join("dist"));
        let mut published = Vec::new();
        for build in 0..6 {
            anew(&made).expect("a folder");
            fs::write(made.join("a.js"), format!("{build}")).expect("a file");
            fs::write(made.join("sw.js"), "it keeps its address").expect("a file");
            let html = "<html data-files=\"./\"><script src=\"a.js\"></script>".to_owned();
            let files = Files { folder: made.clone(), html };
            published.push(files.publish(&dist, Some(&dist)).expect("it is published"));
        }
        published.reverse();
        let list = fs::read_to_string(dist.join(BUILDS)).expect("it is there");
        assert_eq!(list.lines().collect::<Vec<_>>(), published[..KEPT + 1]);
        let mut there = names(&dist, "").expect("a folder");
        there.retain(|name| name.ends_with("a.js"));
        assert_eq!(there.len(), KEPT + 1);
        assert!(dist.join("sw.js").is_file());
        let html = fs::read_to_string(dist.join("index.html")).expect("it is there");
        assert!(html.contains(&format!("src=\"./{}/a.js\"", published[0])), "{html}");
        fs::remove_dir_all(&root).expect("it is removed");
    }
}
