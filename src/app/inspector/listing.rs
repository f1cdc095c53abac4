//! A protocol's own code, as the page's build has taken it apart (`xtask/source-index`): its description, its files,
//! the modules that it uses, and the handler that ran at an event.

use std::ops::Range;

use serde_json::Value as Json;

use super::{Handler, Ran};

/// The code of a protocol or of a module that it uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The header of the main file, as HTML.
    pub description: String,
    /// The files, the main one first.
    pub files: Vec<SourceFile>,
    /// Number of lines of tests that are left out.
    pub tests: usize,
    /// Paths of the listings of the modules that it uses, below `source/` and without `.json`.
    pub uses: Vec<String>,
}

/// A file of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path below `src/`.
    pub path: String,
    /// Number of the first line, from 1.
    pub first: usize,
    /// Lines as HTML.
    pub lines: Vec<String>,
    functions: Vec<Function>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Function {
    name: String,
    handler: Option<String>,
    lines: Range<usize>,
    arms: Vec<(String, Range<usize>)>,
    calls: Vec<(String, usize)>,
}

/// Lines of a file of a listing: [`SourceFile::lines`] from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the file.
    pub file: usize,
    /// The lines.
    pub lines: Range<usize>,
}

/// The code that ran at an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    /// Name of the function.
    pub name: String,
    /// The function.
    pub handler: Place,
    /// Its arm for the variant that it was handed.
    pub arm: Option<Range<usize>>,
    /// Functions of the listing that it calls, each once.
    pub calls: Vec<(String, Place)>,
}

impl Listing {
    /// Reads a listing; none if it is damaged.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let json: Json = serde_json::from_str(text).ok()?;
        Some(Self {
            description: json["description"].as_str()?.to_owned(),
            files: all(&json["files"], file)?,
            tests: number(&json["tests"])?,
            uses: all(&json["uses"], word)?,
        })
    }

    /// The code that ran: a handler of the process, of one that wraps it, or what a lock does for its application. Without
    /// a handler of its own a recovery is handled as the start is; nothing runs otherwise.
    #[must_use]
    pub fn marks(&self, ran: &Ran) -> Option<Marks> {
        // A lock's part of a timeout of its application has the timer's name.
        let lock = ran.variants.iter().find_map(|variant| self.handler(variant, &[]));
        let own = || self.handler(ran.handler.name(), &ran.variants);
        let recovery = || {
            (ran.handler == Handler::Recovery).then(|| self.handler(Handler::Init.name(), &[]))?
        };
        let (file, function) = lock.or_else(own).or_else(recovery)?;
        let arm = ran.variants.iter().find_map(|variant| {
            function.arms.iter().find(|(name, _)| name == variant).map(|(_, lines)| lines.clone())
        });
        let within = arm.clone().unwrap_or_else(|| function.lines.clone());
        let calls = function.calls.iter().filter(|(_, line)| within.contains(line));
        let calls = calls.filter_map(|(name, _)| Some((name.clone(), self.function(file, name)?)));
        Some(Marks {
            name: function.name.clone(),
            handler: Place { file, lines: function.lines.clone() },
            arm,
            calls: calls.filter(|(_, it)| it.file != file || it.lines != function.lines).collect(),
        })
    }

    fn functions(&self) -> impl Iterator<Item = (usize, &Function)> {
        let files = self.files.iter().enumerate();
        files.flat_map(|(file, it)| it.functions.iter().map(move |function| (file, function)))
    }

    /// The handler of this name: the first that names one of the variants, or else the first.
    fn handler(&self, name: &str, variants: &[String]) -> Option<(usize, &Function)> {
        let handlers = || self.functions().filter(|(_, it)| it.handler.as_deref() == Some(name));
        let named =
            |(_, it): &(usize, &Function)| it.arms.iter().any(|(arm, _)| variants.contains(arm));
        handlers().find(named).or_else(|| handlers().next())
    }

    /// The function of this name, in this file if there is one.
    fn function(&self, file: usize, name: &str) -> Option<Place> {
        let named = || self.functions().filter(|(_, function)| function.name == name);
        let (file, function) = named().find(|it| it.0 == file).or_else(|| named().next())?;
        Some(Place { file, lines: function.lines.clone() })
    }
}

fn file(json: &Json) -> Option<SourceFile> {
    Some(SourceFile {
        path: word(&json["path"])?,
        first: number(&json["first"])?,
        lines: all(&json["lines"], word)?,
        functions: all(&json["functions"], function)?,
    })
}

fn function(json: &Json) -> Option<Function> {
    Some(Function {
        name: word(&json["name"])?,
        handler: word(&json["handler"]),
        lines: range(&json["lines"])?,
        arms: optional(&json["arms"], |arm| Some((word(&arm[0])?, range(&arm[1])?)))?,
        calls: optional(&json["calls"], |call| Some((word(&call[0])?, number(&call[1])?)))?,
    })
}

fn all<T>(json: &Json, read: fn(&Json) -> Option<T>) -> Option<Vec<T>> {
    json.as_array()?.iter().map(read).collect()
}

fn optional<T>(json: &Json, read: fn(&Json) -> Option<T>) -> Option<Vec<T>> {
    if json.is_null() { Some(Vec::new()) } else { all(json, read) }
}

fn word(json: &Json) -> Option<String> {
    json.as_str().map(str::to_owned)
}

fn number(json: &Json) -> Option<usize> {
    json.as_u64()?.try_into().ok()
}

fn range(json: &Json) -> Option<Range<usize>> {
    Some(number(&json[0])?..number(&json[1])?)
}
