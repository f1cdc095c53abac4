//! A protocol's own file, read just far enough to be shown: its description, the layers that it uses, and the
//! handler of an event. The files are written in one style, which is what this goes by.

use std::ops::Range;

use super::{
    prose::{Block, prose},
    source_file,
};

/// A file of `src/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Its lines.
    pub lines: Vec<String>,
    /// What its header says.
    pub description: Vec<Block>,
    /// Where its code begins, behind the header, and where it ends, before its tests.
    pub code: Range<usize>,
    /// The files of the layers that it uses, below `src/`.
    pub layers: Vec<String>,
}

/// A handler of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handler {
    /// The run begins.
    Init,
    /// The application asks.
    Request,
    /// A message has come.
    Message,
    /// A timer went off.
    Timer,
    /// The failure detector reports.
    Detection,
    /// The node is up again.
    Recovery,
}

impl Handler {
    /// Its name in the code.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Init => "on_init",
            Self::Request => "on_request",
            Self::Message => "on_message",
            Self::Timer => "on_timer",
            Self::Detection => "on_detection",
            Self::Recovery => "on_recovery",
        }
    }
}

impl Listing {
    /// Reads a file.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let header = lines.iter().take_while(|line| line.starts_with("//!"));
        let header: Vec<&str> =
            header.map(|line| line["//!".len()..].strip_prefix(' ').unwrap_or("")).collect();
        let mut start = header.len();
        while lines.get(start).is_some_and(String::is_empty) {
            start += 1;
        }
        let tests = lines.windows(2).position(|two| two == ["#[cfg(test)]", "mod tests {"]);
        let mut end = tests.unwrap_or(lines.len()).max(start);
        while end > start && lines[end - 1].is_empty() {
            end -= 1;
        }
        Self { description: prose(&header), code: start..end, layers: layers(text), lines }
    }

    /// The lines of a handler with its comment, from 0. Without one of its own, a recovery is handled as the
    /// start is; nothing happens otherwise.
    #[must_use]
    pub fn handler(&self, handler: Handler) -> Option<Range<usize>> {
        let is_process = |line: &String| line.starts_with("impl") && line.contains(" Process for ");
        let start = self.lines.iter().position(is_process)?;
        let length = self.lines[start..].iter().position(|line| line == "}")?;
        let found = self.function(handler.name(), start..start + length);
        match handler {
            Handler::Recovery => found.or_else(|| self.handler(Handler::Init)),
            _ => found,
        }
    }

    /// The lines of a method of this name with its comment, within these lines.
    #[must_use]
    pub fn function(&self, name: &str, within: Range<usize>) -> Option<Range<usize>> {
        let lines = &self.lines;
        let begins = format!("fn {name}");
        let is_it = |line: &String| {
            let Some(inner) = line.strip_prefix("    ").filter(|inner| !inner.starts_with(' '))
            else {
                return false;
            };
            let behind = inner.split_once(&begins).map(|(_, behind)| behind);
            behind.is_some_and(|behind| behind.starts_with(['(', '<'])) && !inner.starts_with("//")
        };
        let first = within.start + lines[within.clone()].iter().position(is_it)?;
        // Its own lines are not indented further; nor is the end of an empty one.
        let is_own = |line: &String| !line.starts_with("     ");
        let is_end = |line: &String| is_own(line) && line.ends_with('}');
        let last = first + lines[first..within.end].iter().position(is_end)?;
        let belongs = |line: &&String| line.starts_with("    ///") || line.starts_with("    #[");
        let above = lines[within.start..first].iter().rev().take_while(belongs).count();
        Some(first - above..last + 1)
    }

    /// Of a handler's lines those that deal with one variant, if it can be told by its name.
    #[must_use]
    pub fn arm(&self, handler: Range<usize>, variant: &str) -> Option<Range<usize>> {
        let pattern = format!("::{variant}");
        let start = handler.clone().find(|&line| {
            // The handler's own line says what it takes, not what it does.
            let line = self.lines[line].strip_prefix("        ").unwrap_or_default();
            let Some(place) = line.find(&pattern) else { return false };
            let behind = line[place + pattern.len()..].chars().next();
            let whole = behind.is_none_or(|next| !next.is_alphanumeric() && next != '_');
            // What stands behind the arrow is made, not met.
            whole && line.find("=>").is_none_or(|arrow| place < arrow)
        })?;
        let (mut depth, mut met) = (0_i32, self.lines[start].contains(" let "));
        for line in start..handler.end {
            let text = &self.lines[line];
            met |= text.contains("=>");
            depth += text.matches(['(', '[', '{']).count() as i32;
            depth -= text.matches([')', ']', '}']).count() as i32;
            if met && depth <= 0 && text.ends_with([',', '}', ';']) {
                return Some(start..line + 1);
            }
        }
        None
    }

    /// The methods of this file that these lines call: their names and lines.
    #[must_use]
    pub fn calls(&self, lines: &Range<usize>) -> Vec<(String, Range<usize>)> {
        let mut calls: Vec<(String, Range<usize>)> = Vec::new();
        for line in &self.lines[lines.clone()] {
            for behind in line.split("self.").skip(1) {
                let name: String =
                    behind.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if !behind[name.len()..].starts_with('(')
                    || calls.iter().any(|(known, _)| *known == name)
                {
                    continue;
                }
                let found = self.function(&name, self.code.clone());
                calls.extend(found.filter(|it| !lines.contains(&it.start)).map(|it| (name, it)));
            }
        }
        calls
    }
}

/// The files of the layers that a text's `use crate::…` names, each once.
fn layers(text: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for tree in text.split("\nuse crate::").skip(1) {
        let tree = tree.split(';').next().unwrap_or_default();
        flatten(tree, "", &mut paths);
    }
    let mut files: Vec<String> = Vec::new();
    for path in paths {
        let parts: Vec<&str> = path.split("::").collect();
        let file = match parts.as_slice() {
            ["protocols", _, name, _, ..] => source_file(&name.replace('_', "-")),
            ["abstractions", name, _, ..] => format!("abstractions/{name}.rs"),
            _ => continue,
        };
        if !file.is_empty() && !files.contains(&file) {
            files.push(file);
        }
    }
    // The algorithms below first.
    let (below, others): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| file.starts_with("protocols"));
    below.into_iter().chain(others).collect()
}

/// Writes a tree of imports out: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn flatten(tree: &str, before: &str, paths: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((stem, rest)) = tree.split_once('{') else {
        if !tree.is_empty() {
            paths.push(format!("{before}{tree}"));
        }
        return;
    };
    let before = format!("{before}{}", stem.trim());
    let (mut depth, mut start) = (0, 0);
    let inner = rest.strip_suffix('}').unwrap_or(rest);
    for (place, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                flatten(&inner[start..place], &before, paths);
                start = place + 1;
            }
            _ => {}
        }
    }
    flatten(&inner[start..], &before, paths);
}

/// What a piece of code is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shade {
    /// Anything else.
    Plain,
    /// A comment.
    Comment,
    /// A text or a character.
    Text,
    /// A word of the language.
    Keyword,
}

const KEYWORDS: [&str; 34] = [
    "Self", "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "false",
    "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref",
    "return", "self", "static", "struct", "trait", "true", "type", "use", "where", "while",
];

/// Takes code apart, for its colours; pieces of one shade are one.
#[must_use]
pub fn shades(code: &str) -> Vec<(Shade, &str)> {
    let mut pieces: Vec<(Shade, &str)> = Vec::new();
    let (mut at, mut plain) = (0, 0);
    while at < code.len() {
        let (shade, length) = next_piece(&code[at..]);
        if shade != Shade::Plain {
            if plain < at {
                pieces.push((Shade::Plain, &code[plain..at]));
            }
            pieces.push((shade, &code[at..at + length]));
            plain = at + length;
        }
        at += length;
    }
    if plain < code.len() {
        pieces.push((Shade::Plain, &code[plain..]));
    }
    pieces
}

/// What code begins with, and how long that is in bytes; never 0.
fn next_piece(code: &str) -> (Shade, usize) {
    let mut chars = code.char_indices();
    let first = chars.next().map_or(' ', |(_, c)| c);
    let until = |ends: &dyn Fn(char) -> bool| code.find(ends).unwrap_or(code.len());
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    match first {
        '/' if code.starts_with("//") => (Shade::Comment, until(&|c| c == '\n')),
        '"' => {
            let mut escaped = false;
            let end = chars.find(|&(_, c)| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            (Shade::Text, end.map_or(code.len(), |(place, _)| place + 1))
        }
        '\'' => {
            // A character, or else a lifetime.
            let skip = usize::from(code[1..].starts_with('\\'));
            let close = chars.nth(skip + 1).filter(|(_, c)| *c == '\'');
            close.map_or((Shade::Plain, 1), |(place, _)| (Shade::Text, place + 1))
        }
        _ if in_word(first) => {
            let length = until(&|c| !in_word(c));
            let keyword = KEYWORDS.contains(&&code[..length]);
            (if keyword { Shade::Keyword } else { Shade::Plain }, length)
        }
        _ => (Shade::Plain, first.len_utf8()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
//! A thing.
//!
//! Why it works.

use crate::{
    abstractions::{Value, broadcast::{Deliver, VALIDITY}, clock::VectorClock},
    kernel::Process,
    protocols::reliable::best_effort_broadcast::{BestEffortBroadcast, Data},
};

impl<M: Payload> Process for Thing<M> {
    fn on_request(&mut self, ctx: &mut Context<Self>, _: Never) {}

    /// What comes.
    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        match message {
            Message::Ask => ctx.send(from, Message::Answer { yes: true }),
            Message::Answer { yes } if yes => {
                self.count(from);
            }
            Message::AnswerAll
            | Message::Never => self.count(from),
        }
    }
}

impl<M> Thing<M> {
    fn count(&mut self, from: NodeId) {
        self.counted.insert(from);
    }
}

#[cfg(test)]
mod tests {}
";

    fn shown(listing: &Listing, lines: Option<Range<usize>>) -> Vec<&str> {
        lines.map_or(Vec::new(), |it| listing.lines[it].iter().map(|line| line.trim()).collect())
    }

    #[test]
    fn a_handler_is_found_with_its_comment() {
        let listing = Listing::read(FILE);
        assert_eq!(listing.lines[listing.code.start], "use crate::{");
        assert_eq!(listing.lines[listing.code.end - 1], "}");
        let lines = shown(&listing, listing.handler(Handler::Message));
        assert_eq!((lines[0], lines[lines.len() - 1]), ("/// What comes.", "}"));
        assert_eq!(shown(&listing, listing.handler(Handler::Request)).len(), 1);
        assert_eq!(listing.handler(Handler::Recovery), None);
    }

    #[test]
    fn a_variant_is_found_where_it_is_met_and_not_where_it_is_made() {
        let listing = Listing::read(FILE);
        let handler = listing.handler(Handler::Message).expect("there is one");
        let arm = |variant| shown(&listing, listing.arm(handler.clone(), variant));
        assert_eq!(arm("Ask"), ["Message::Ask => ctx.send(from, Message::Answer { yes: true }),"]);
        assert_eq!(arm("Answer").len(), 3);
        assert_eq!(arm("AnswerAll").len(), 2);
        assert_eq!(arm("Nothing"), [""; 0]);
        let calls = listing.calls(&handler);
        assert_eq!(calls.len(), 1);
        assert_eq!(shown(&listing, Some(calls[0].1.clone()))[1], "self.counted.insert(from);");
    }

    #[test]
    fn the_layers_are_those_of_the_imports() {
        let expected = [
            "protocols/reliable/best_effort_broadcast.rs",
            "abstractions/broadcast.rs",
            "abstractions/clock.rs",
        ];
        assert_eq!(Listing::read(FILE).layers, expected);
    }

    #[test]
    fn code_is_coloured_and_nothing_of_it_lost() {
        let code = "let a: &'b str = \"c \\\" // d\"; // e 'f'\nif x == '\\'' || y == 'z' { é }";
        let pieces = shades(code);
        assert_eq!(pieces.iter().map(|(_, text)| *text).collect::<String>(), code);
        let of =
            |shade| pieces.iter().filter(|it| it.0 == shade).map(|it| it.1).collect::<Vec<_>>();
        assert_eq!(of(Shade::Keyword), ["let", "if"]);
        assert_eq!(of(Shade::Text), ["\"c \\\" // d\"", "'\\''", "'z'"]);
        assert_eq!(of(Shade::Comment), ["// e 'f'"]);
    }
}
