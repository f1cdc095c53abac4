//! The licences of everything in the page's wasm, as one text that is published beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::arguments::Arguments;
use crate::bundle::{self, Profile};
use crate::json::Json;
use crate::process::Program;
use crate::rust::WASM;
use crate::workspace::Workspace;

/// Name of the file in `dist/`.
const FILE: &str = "third-party-licences.txt";
/// Prefixes of the files in which packages carry their licences.
const NAMES: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];
const HEAD: &str = "\
The page's WebAssembly is compiled from Worldlines and from the Rust packages listed here, each with its licence
expression and with the numbers of the licence texts below. Where a package carries no text of its own, the text is
the standard one of a licence that its expression allows.
";

/// Writes only this file, for an existing `dist/`: the command.
///
/// # Errors
/// As [`put`].
pub(crate) fn licences(workspace: &Workspace, arguments: Arguments) -> Result<(), String> {
    arguments.finish()?;
    put(workspace, &workspace.dist())
}

/// Writes the file into this folder of the page.
///
/// # Errors
/// If Cargo does not list the packages of the wasm, a licence cannot be determined, or the file cannot be
/// written.
pub(crate) fn put(workspace: &Workspace, page: &Path) -> Result<(), String> {
    let path = page.join(FILE);
    let text = text(workspace)?;
    println!("{FILE}: {} bytes", text.len());
    fs::write(&path, text).map_err(|why| format!("{}: {why}", path.display()))
}

/// A package that is compiled in.
struct Package {
    name: String,
    version: String,
    expression: String,
    folder: PathBuf,
}

/// Returns the whole file. It depends only on the lock file and the toolchain.
fn text(workspace: &Workspace) -> Result<String, String> {
    let packages = compiled_in(workspace)?;
    let apache = read(&workspace.root().join("LICENSE-APACHE"))?;
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut texts: Vec<(String, Vec<String>)> = Vec::new();
    let mut list = String::new();
    let mut enter = |title: &str, expression: &str, own: Vec<String>, note: &str| {
        let mut shown = BTreeSet::new();
        for text in own {
            let next = texts.len() + 1;
            let number = *numbers.entry(text.clone()).or_insert(next);
            if number == next {
                texts.push((text, Vec::new()));
            }
            if shown.insert(number) {
                texts[number - 1].1.push(title.to_owned());
            }
        }
        let shown: Vec<String> = shown.iter().map(ToString::to_string).collect();
        list.push_str(&format!("{title}: {expression}; texts {}{note}\n", shown.join(", ")));
    };
    let version = Program::new("rustc").arg("--version").answer();
    let version = version.ok_or("rustc does not say its version")?;
    let std = format!("Rust's standard library ({version})");
    enter(&std, "MIT OR Apache-2.0", vec![apache.clone()], "");
    for package in &packages {
        let own = own_texts(&package.folder)?;
        let title = format!("{} {}", package.name, package.version);
        if !own.is_empty() {
            enter(&title, &package.expression, own, "");
        } else if package.expression.contains("Apache-2.0") {
            enter(&title, &package.expression, vec![apache.clone()], " (none of its own)");
        } else {
            return Err(format!("{title} is under {} and carries no text", package.expression));
        }
    }
    let mut whole = format!("{HEAD}\n{list}");
    for (place, (text, titles)) in texts.iter().enumerate() {
        let line = "=".repeat(80);
        let titles = titles.join(", ");
        whole.push_str(&format!("\n{line}\nText {} ({titles})\n{line}\n\n", place + 1));
        whole.push_str(text);
        whole.push('\n');
    }
    Ok(whole)
}

/// Returns the packages that are compiled into the wasm, by name and version: neither build dependencies nor
/// tests.
fn compiled_in(workspace: &Workspace) -> Result<Vec<Package>, String> {
    let tree = cargo(workspace, "tree --edges normal,no-proc-macro --prefix none --format {p}")?;
    let name_and_version = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next()?.to_owned();
        Some((name, words.next()?.strip_prefix('v')?.to_owned()))
    };
    let mut wanted: BTreeSet<_> = tree.lines().filter_map(name_and_version).collect();
    wanted.retain(|(name, _)| name != "worldlines");
    let metadata = cargo(workspace, "metadata --format-version 1")?;
    let metadata = Json::read(&metadata).ok_or("`cargo metadata` printed no JSON")?;
    let mut packages = Vec::new();
    for package in metadata.list("packages") {
        let field = |name: &str| package.text(name).map(str::to_owned);
        let (Some(name), Some(version)) = (field("name"), field("version")) else { continue };
        if !wanted.remove(&(name.clone(), version.clone())) {
            continue;
        }
        let manifest = field("manifest_path").map(PathBuf::from);
        let folder = manifest.as_deref().and_then(Path::parent).map(Path::to_owned);
        let folder = folder.ok_or_else(|| format!("{name} has no folder"))?;
        let expression = field("license").ok_or_else(|| format!("{name} states no licence"))?;
        packages.push(Package { name, version, expression, folder });
    }
    match wanted.first() {
        Some((name, version)) => Err(format!("`cargo metadata` does not list {name} {version}")),
        None => {
            packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
            Ok(packages)
        }
    }
}

/// Returns Cargo's output on the page's packages. They are downloaded already, since the page was built from
/// them.
fn cargo(workspace: &Workspace, words: &str) -> Result<String, String> {
    let platform = if words.starts_with("tree") { "--target" } else { "--filter-platform" };
    Program::new("cargo")
        .words(words)
        .words("--offline --locked --features")
        .words(bundle::features(Profile::Page))
        .arg(platform)
        .arg(WASM)
        .within(workspace.root())
        .answer()
        .ok_or_else(|| format!("`cargo {words}` failed"))
}

/// Returns the licence texts that a package carries, by the names of their files.
fn own_texts(folder: &Path) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|it| it.ok().map(|it| it.path())).collect();
    paths.sort();
    let is_licence = |path: &&PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let name = name.to_uppercase();
        path.is_file() && NAMES.iter().any(|known| name.starts_with(known))
    };
    paths.iter().filter(is_licence).map(|path| read(path)).collect()
}

/// Reads a text, with normalised line endings and without blank lines around it.
fn read(path: &Path) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|why| format!("{}: {why}", path.display()))?;
    Ok(text.replace("\r\n", "\n").trim_matches('\n').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the packages that the page's program reaches by ordinary dependencies, by Cargo's resolved
    /// graph: an independent computation, without `cargo tree`. Optional dependencies of libraries are left out: in this
    /// graph, tests and the command line turn on features that the page does without.
    fn reached(workspace: &Workspace) -> BTreeSet<(String, String)> {
        let metadata = cargo(workspace, "metadata --format-version 1").expect("Cargo answers");
        let metadata = Json::read(&metadata).expect("it is JSON");
        let id = |it: &Json, name: &str| it.text(name).expect("it is a text").to_owned();
        let is_macro = |package: &Json| {
            let targets = package.list("targets").iter();
            let kinds = targets.flat_map(|target| target.list("kind"));
            kinds.into_iter().any(|kind| *kind == Json::Text("proc-macro".to_owned()))
        };
        let packages: BTreeMap<String, &Json> =
            metadata.list("packages").iter().map(|it| (id(it, "id"), it)).collect();
        let resolve = metadata.get("resolve").expect("it is resolved");
        let nodes: BTreeMap<String, &Json> =
            resolve.list("nodes").iter().map(|it| (id(it, "id"), it)).collect();
        let (root, _) =
            packages.iter().find(|(_, it)| it.text("name") == Some("worldlines")).expect("root");
        let (mut open, mut seen) = (vec![root.clone()], BTreeSet::new());
        while let Some(next) = open.pop() {
            if !seen.insert(next.clone()) {
                continue;
            }
            for dependency in nodes[&next].list("deps") {
                let ordinary = |kind: &Json| kind.get("kind") == Some(&Json::Word("null".into()));
                let package = id(dependency, "pkg");
                let normal = dependency.list("dep_kinds").iter().any(ordinary);
                let name = packages[&package].text("name");
                let mut declared = packages[&next].list("dependencies").iter();
                let is_needed = |it: &Json| {
                    it.text("name") == name
                        && it.get("optional") == Some(&Json::Word("false".into()))
                };
                let needed = next == *root || declared.any(is_needed);
                if normal && needed && !is_macro(packages[&package]) {
                    open.push(package);
                }
            }
        }
        seen.remove(root);
        seen.iter().map(|it| (id(packages[it], "name"), id(packages[it], "version"))).collect()
    }

    #[test]
    fn every_package_of_the_wasm_is_listed_with_a_text() {
        let workspace = Workspace::of_this_checkout();
        let whole = text(&workspace).expect("every licence can be told");
        let listed: Vec<&str> = whole.lines().take_while(|line| !line.starts_with("===")).collect();
        let reached = reached(&workspace);
        assert!(reached.len() > 30, "{reached:?}");
        for (name, version) in &reached {
            let begin = format!("{name} {version}: ");
            let line = listed.iter().find(|line| line.starts_with(&begin));
            let line = line.unwrap_or_else(|| panic!("{begin} is not listed"));
            let (_, numbers) = line.split_once("; texts ").expect("it has texts");
            for number in numbers.trim_end_matches(" (none of its own)").split(", ") {
                assert!(whole.contains(&format!("\nText {number} (")), "{line}");
            }
        }
        assert!(listed.iter().any(|line| line.starts_with("Rust's standard library")));
        assert_eq!(whole, text(&workspace).expect("again"), "it is the same each time");
    }
}
