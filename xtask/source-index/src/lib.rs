//! The code of a protocol or an abstraction, taken apart for the page: the text of its header, its lines in colour,
//! the lines of each function and of each arm in it, and the modules that it uses.
//!
//! The page fetches the index of a protocol as `source/<id>.json`, of an abstraction as `source/abstractions/<name>.json`.

mod functions;
mod shades;
mod uses;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::Serialize;

/// One module: a file, or a folder with its parts.
#[derive(Debug, Serialize)]
pub struct Index {
    /// The header of the main file, as HTML.
    pub description: String,
    /// The files, the main one first; no tests.
    pub files: Vec<File>,
    /// Number of lines of tests that are left out.
    pub tests: usize,
    /// Indexes of the modules that it uses, by the paths at which they are written: layers first.
    pub uses: Vec<String>,
}

/// A file of a module.
#[derive(Debug, Serialize)]
pub struct File {
    /// Path below `src/`.
    pub path: String,
    /// Number of the first line of code, from 1: the header is left out.
    pub first: usize,
    /// Lines of code, as HTML.
    pub lines: Vec<String>,
    /// Functions with a body.
    pub functions: Vec<Function>,
}

/// A function; lines are numbered as [`File::lines`] is, from 0, the end excluded.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Name of the handler of a process that it is, if it is one; `Leave` on a timer is a lock's `release`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handler: Option<&'static str>,
    /// Its lines, comments included.
    pub lines: [usize; 2],
    /// Arms by the variants that they match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arms: Vec<(String, [usize; 2])>,
    /// Names of functions that it calls, with the line of the first call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<(String, usize)>,
}

/// Every protocol by its id, every abstraction by `abstractions/<name>`, of the folder `src`.
///
/// # Errors
/// If a file cannot be read, or is no Rust.
pub fn all(src: &Path) -> Result<BTreeMap<String, Index>, String> {
    let mut modules: Vec<(String, Vec<PathBuf>)> = Vec::new();
    for family in entries(&src.join("protocols"))?.into_iter().filter(|path| path.is_dir()) {
        for (name, files) in modules_of(&family)? {
            modules.push((name.replace('_', "-"), files));
        }
    }
    for (name, files) in modules_of(&src.join("abstractions"))? {
        modules.push((format!("abstractions/{name}"), files));
    }
    let mut all = BTreeMap::new();
    for (name, files) in modules {
        all.insert(name, index(src, &files)?);
    }
    let names: Vec<String> = all.keys().cloned().collect();
    for (name, index) in &mut all {
        index.uses.retain(|used| used != name && names.contains(used));
    }
    Ok(all)
}

/// The modules in a folder, by name: files, and folders with a `mod.rs`.
fn modules_of(folder: &Path) -> Result<Vec<(String, Vec<PathBuf>)>, String> {
    let mut modules = Vec::new();
    for path in entries(folder)? {
        let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        if path.is_dir() {
            modules.push((name.to_owned(), files_below(&path)?));
        } else if name != "mod" {
            modules.push((name.to_owned(), vec![path.clone()]));
        }
    }
    Ok(modules)
}

/// All files below a folder, its `mod.rs` first.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut paths = entries(folder)?;
    paths.sort_by_key(|path| !path.ends_with("mod.rs"));
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() { files.append(&mut files_below(&path)?) } else { files.push(path) }
    }
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let complain = |why| format!("{}: {why}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(complain)? {
        paths.push(entry.map_err(complain)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn index(src: &Path, paths: &[PathBuf]) -> Result<Index, String> {
    let mut index =
        Index { description: String::new(), files: Vec::new(), tests: 0, uses: Vec::new() };
    let mut paths = paths.to_vec();
    let mut next = 0;
    while let Some(path) = paths.get(next).cloned() {
        next += 1;
        let complain = |why: String| format!("{}: {why}", path.display());
        let text = fs::read_to_string(&path).map_err(|why| complain(why.to_string()))?;
        if path.file_stem().is_some_and(|stem| stem == "tests") {
            index.tests += text.lines().count();
            continue;
        }
        let parsed = syn::parse_file(&text).map_err(|why| complain(why.to_string()))?;
        let (start, end) = code(&text);
        index.tests += text.lines().count().saturating_sub(end + 1);
        if index.files.is_empty() {
            index.description = description(&text);
        }
        for used in uses::uses(&parsed) {
            if !index.uses.contains(&used) {
                index.uses.push(used);
            }
        }
        // Code that wraps a protocol is a part of it.
        let wrappers = uses::wrappers(&parsed).into_iter();
        let wrappers = wrappers.map(|name| src.join(format!("protocols/{name}.rs")));
        let wrappers: Vec<_> = wrappers.filter(|path| !paths.contains(path)).collect();
        paths.extend(wrappers);
        let below = path.strip_prefix(src).unwrap_or(&path);
        index.files.push(File {
            path: below.to_string_lossy().replace('\\', "/"),
            first: start + 1,
            lines: shades::lines(&text).map_err(complain)?.drain(start..end).collect(),
            functions: functions::functions(&parsed, start, end),
        });
    }
    // Layers first.
    index.uses.sort_by_key(|used| used.starts_with("abstractions/"));
    Ok(index)
}

/// The first line of code behind the header, and the line behind the last before the tests, from 0.
fn code(text: &str) -> (usize, usize) {
    let lines: Vec<&str> = text.lines().collect();
    let is_header = |line: &&&str| line.starts_with("//!") || line.is_empty();
    let start = lines.iter().take_while(is_header).count();
    // Tests in a file of their own are only named, anywhere.
    let is_test = |two: &[&str]| two == ["#[cfg(test)]", "mod tests {"];
    let tests = lines.windows(2).position(is_test).unwrap_or(lines.len());
    let code = lines[start..tests.max(start)].iter().rposition(|line| !line.is_empty());
    (start, code.map_or(start, |last| start + last + 1))
}

/// The header as HTML.
fn description(text: &str) -> String {
    let header = text.lines().map_while(|line| line.strip_prefix("//!"));
    let header: String =
        header.flat_map(|line| [line.strip_prefix(' ').unwrap_or(line), "\n"]).collect();
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(&header));
    html
}
