//! No circle of files in a module: each file can be read after those that it uses.
//!
//! A file uses another one if it names an item of it by a path (`crate::…`, `super::…`, `self::…`). A name that a
//! `mod.rs` only re-exports counts as the name of the file that defines it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    expect_none,
    source::{Kind, Source, Token},
    sources,
};

/// Layers that are one circle by design. The state of the page holds the parts of which each changes the whole
/// state, and a component of the page contains others.
const FREE: [&str; 2] = ["app", "ui"];

/// Circles that no smaller part would break, each with its reason.
const ALLOWED: [(&[&str], &str); 1] = [(
    &["kernel::context", "kernel::process"],
    "a handler of a process receives a context, whose effects have the types of that process",
)];

type Path<'a> = Vec<&'a str>;

/// A path that a file names, in full from the crate's root.
struct Named<'a> {
    path: Path<'a>,
    /// The name that it has in this file, if the path is one of a `use`.
    local: Option<&'a str>,
    is_reexport: bool,
}

/// A file as the graph sees it.
struct File<'a> {
    module: Path<'a>,
    is_folder: bool,
    named: Vec<Named<'a>>,
}

impl<'a> File<'a> {
    fn new(source: &'a Source, modules: &BTreeSet<Path<'a>>) -> Self {
        let tokens = &source.tokens[..before_tests(&source.tokens)];
        let module = source.module();
        let mut named = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let is_use = tokens[at].is_word("use");
            let start = at + usize::from(is_use);
            let begins = tokens.get(start).and_then(Token::word).is_some_and(|word| {
                let is_child = is_use && modules.contains(&joined(&module, &[word]));
                let is_path =
                    matches!(tokens.get(start + 1), Some(next) if next.kind == Kind::Path);
                is_child || is_path && ["crate", "super", "self"].contains(&word)
            });
            if !begins {
                at += 1;
                continue;
            }
            let is_reexport = is_use && at > 0 && is_public(&tokens[..at]);
            let mut paths = Vec::new();
            at = leaves(tokens, start, &[], is_use, &mut paths);
            for (path, alias) in paths {
                let local = is_use.then(|| alias.or(path.last().copied())).flatten();
                named.extend(full(&module, &path).map(|path| Named { path, local, is_reexport }));
            }
        }
        Self { module, is_folder: source.path.ends_with("/mod.rs"), named }
    }
}

/// Number of tokens before the tests of a file.
fn before_tests(tokens: &[Token]) -> usize {
    let tests = |window: &[Token]| {
        window[0].is_word("cfg") && window[2].is_word("test") && window[5].is_word("mod")
    };
    tokens.windows(6).position(tests).unwrap_or(tokens.len())
}

/// True if a `use` after these tokens is a re-export: `pub use`, `pub(super) use`.
fn is_public(before: &[Token]) -> bool {
    let statement = before.iter().rposition(|token| token.is_sign(';') || token.is_sign('}'));
    before[statement.map_or(0, |at| at + 1)..].iter().any(|token| token.is_word("pub"))
}

fn joined<'a>(path: &[&'a str], more: &[&'a str]) -> Path<'a> {
    [path, more].concat()
}

/// Collects the paths of a tree such as `a::{b, c::d as e}`, each with its alias. Returns the place after it.
fn leaves<'a>(
    tokens: &'a [Token],
    mut at: usize,
    prefix: &[&'a str],
    is_use: bool,
    found: &mut Vec<(Path<'a>, Option<&'a str>)>,
) -> usize {
    let mut path = prefix.to_vec();
    loop {
        match tokens.get(at).map(|token| &token.kind) {
            Some(Kind::Word(word)) => path.push(word),
            Some(Kind::Sign('{')) if is_use => {
                at += 1;
                while tokens.get(at).is_some_and(|token| !token.is_sign('}')) {
                    at = leaves(tokens, at, &path, is_use, found);
                    at += usize::from(tokens.get(at).is_some_and(|token| token.is_sign(',')));
                }
                return at + 1;
            }
            Some(Kind::Sign('*')) => {}
            _ => {
                found.push((path, None));
                return at + 1;
            }
        }
        at += 1;
        if tokens.get(at).is_some_and(|token| token.kind == Kind::Path) {
            at += 1;
            continue;
        }
        let renamed = is_use && tokens.get(at).is_some_and(|token| token.is_word("as"));
        let alias = renamed.then(|| tokens.get(at + 1).and_then(Token::word)).flatten();
        // `self` in braces stands for the module before it.
        if path.last() == Some(&"self") && path.len() > 1 {
            path.pop();
        }
        found.push((path, alias));
        return at + 2 * usize::from(renamed);
    }
}

/// The path from the crate's root; none for one that begins elsewhere.
fn full<'a>(module: &[&'a str], path: &[&'a str]) -> Option<Path<'a>> {
    let (first, mut rest) = path.split_first()?;
    let mut base = module.to_vec();
    match *first {
        "crate" => base.clear(),
        "self" => {}
        "super" => {
            base.pop()?;
            while let Some((&"super", after)) = rest.split_first() {
                base.pop()?;
                rest = after;
            }
        }
        _ => rest = path,
    }
    Some(joined(&base, rest))
}

/// The file that defines what a path names.
fn owner<'a>(
    path: &[&'a str],
    files: &[File<'a>],
    reexports: &BTreeMap<(Path<'a>, &'a str), Path<'a>>,
    depth: usize,
) -> Option<Path<'a>> {
    let module = (1..=path.len())
        .rev()
        .map(|length| &path[..length])
        .find(|module| files.iter().any(|file| file.module == **module))?;
    let next = path.get(module.len());
    match next.and_then(|next| reexports.get(&(module.to_vec(), *next))) {
        Some(target) if depth < 8 => {
            owner(&joined(target, &path[module.len() + 1..]), files, reexports, depth + 1)
        }
        _ => Some(module.to_vec()),
    }
}

/// By file: the files of its layer that it uses.
fn uses(sources: &[Source]) -> BTreeMap<String, BTreeSet<String>> {
    let modules: BTreeSet<Path> = sources.iter().map(Source::module).collect();
    let sources = sources.iter().filter(|source| !source.module().is_empty());
    let files: Vec<File> = sources.map(|source| File::new(source, &modules)).collect();
    let mut reexports = BTreeMap::new();
    for file in &files {
        for named in &file.named {
            let key = named.local.map(|local| (file.module.clone(), local));
            reexports.extend(key.map(|key| (key, named.path.clone())));
        }
    }
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in &files {
        let own = file.named.iter().filter(|named| !(file.is_folder && named.is_reexport));
        for named in own {
            let Some(used) = owner(&named.path, &files, &reexports, 0) else { continue };
            if used != file.module && used.first() == file.module.first() {
                uses.entry(file.module.join("::")).or_default().insert(used.join("::"));
            }
        }
    }
    uses
}

/// The files that a file reaches by one use or more.
fn reach(from: &str, uses: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut pending = vec![from.to_owned()];
    while let Some(file) = pending.pop() {
        for used in uses.get(&file).into_iter().flatten() {
            if reached.insert(used.clone()) {
                pending.push(used.clone());
            }
        }
    }
    reached
}

/// Every circle that is not allowed, as the list of its files.
fn circles(sources: &[Source]) -> Vec<String> {
    let uses = uses(sources);
    let is_free = |file: &&String| FREE.contains(&file.split(':').next().unwrap_or_default());
    let reached: BTreeMap<&String, BTreeSet<String>> =
        uses.keys().filter(|file| !is_free(file)).map(|file| (file, reach(file, &uses))).collect();
    let mut circles = BTreeSet::new();
    for (file, others) in &reached {
        let back = |other: &&String| reached.get(other).is_some_and(|it| it.contains(*file));
        let circle: Vec<&str> = others.iter().filter(back).map(String::as_str).collect();
        if circle.len() > 1 && !ALLOWED.iter().any(|(allowed, _)| *allowed == circle.as_slice()) {
            circles.insert(format!("a circle of files: {}", circle.join(", ")));
        }
    }
    circles.into_iter().collect()
}

#[test]
fn files_of_a_module_form_no_circle() {
    expect_none(&circles(sources()));
}

#[test]
fn allowed_circles_exist() {
    let uses = uses(sources());
    for (circle, why) in ALLOWED {
        let is_closed = circle.iter().all(|file| reach(file, &uses).contains(*file));
        assert!(is_closed, "{circle:?} is no circle any more ({why}): take it off the list");
    }
}

#[test]
fn circle_of_files_is_found() {
    let found = |texts: [(&str, &str); 3]| {
        let sources = texts.map(|(path, text)| Source::new(path, text));
        circles(&sources)
    };
    let folder = "mod one; mod two; pub use one::One;";
    let two = ("src/low/two.rs", "use super::{one, One as First};\nfn f() { one::g() }");
    let closed = ["a circle of files: low::one, low::two"];
    assert_eq!(
        found([("src/low/mod.rs", folder), ("src/low/one.rs", "use super::two::Two;"), two]),
        closed
    );
    let inline = "fn f() { crate::low::two::g() }";
    assert_eq!(found([("src/low/mod.rs", folder), ("src/low/one.rs", inline), two]), closed);
    let tested = "#[cfg(test)]\nmod tests { use super::super::two::Two; }";
    assert_eq!(found([("src/low/mod.rs", folder), ("src/low/one.rs", tested), two]), [""; 0]);
    // A folder's own code counts.
    let uses_one = "mod one; mod two; use one::One; pub struct Base;";
    let one = ("src/low/one.rs", "use super::Base;");
    let closed = ["a circle of files: low, low::one"];
    assert_eq!(found([("src/low/mod.rs", uses_one), one, ("src/low/two.rs", "")]), closed);
}
