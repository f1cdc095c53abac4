//! Rust source in tokens, without comments: as far as the rules need it.

use std::{fs, path::Path};

use proc_macro2::{Delimiter, Group, Spacing, Span, TokenStream, TokenTree};

/// A file of `src/`.
pub(crate) struct Source {
    /// Its path in the checkout, with `/`.
    pub(crate) path: String,
    /// Its whole text.
    pub(crate) text: String,
    /// Its code in pieces, without comments.
    pub(crate) tokens: Vec<Token>,
}

/// A piece of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// The line that it is on, from 1.
    pub(crate) line: usize,
    /// Kind of the piece.
    pub(crate) kind: Kind,
}

/// Kinds of pieces of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Word(String),
    /// A number, with its suffix.
    Number(String),
    /// The content of a string literal, escapes as they are written.
    Text(String),
    /// `::`
    Path,
    /// Any other character.
    Sign(char),
}

impl Token {
    fn at(span: Span, kind: Kind) -> Self {
        Self { line: span.start().line, kind }
    }

    /// True if this is that word.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(own) if own == word)
    }

    /// The word, if it is one.
    pub(crate) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// True if this is that sign.
    pub(crate) fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }
}

impl Source {
    /// Takes a text apart.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let stream: TokenStream =
            text.parse().unwrap_or_else(|why| panic!("{path} is not Rust: {why}"));
        let mut tokens = Vec::new();
        take_apart(stream, &mut tokens);
        Self { path: path.to_owned(), text: text.to_owned(), tokens }
    }

    /// The module that the file is: `["kernel", "trace"]`; empty for `lib.rs` and for programs.
    pub(crate) fn module(&self) -> Vec<&str> {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        if path == "lib" || path.starts_with("bin/") {
            return Vec::new();
        }
        path.trim_end_matches("/mod").split('/').collect()
    }

    /// The module of `lib.rs` that the file belongs to, if it does.
    pub(crate) fn layer(&self) -> Option<&str> {
        self.module().first().copied()
    }

    /// A complaint about a line.
    pub(crate) fn complain(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// Every Rust file below `src/`, sorted by path.
pub(crate) fn read_all() -> Vec<Source> {
    let texts = read_texts(&["src"], &[".rs"]);
    texts.into_iter().map(|it| Source::new(&it.path, &it.text)).collect()
}

/// Every file below these folders whose name has one of these endings, sorted by path and not taken apart.
pub(crate) fn read_texts(folders: &[&str], endings: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    let mut folders: Vec<String> = folders.iter().map(|it| (*it).to_owned()).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).expect("the folder can be read") {
            let entry = entry.expect("the folder can be read");
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(path);
            } else if endings.iter().any(|ending| path.ends_with(ending)) {
                let text = fs::read_to_string(entry.path()).expect("the file can be read");
                sources.push(Source { path, text, tokens: Vec::new() });
            }
        }
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    sources
}

/// Adds the pieces of a stream to a list. A doc comment is an attribute here, and is left out like other comments.
fn take_apart(stream: TokenStream, tokens: &mut Vec<Token>) {
    let trees: Vec<_> = stream.into_iter().collect();
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        at += match &trees[at..] {
            [TokenTree::Punct(hash), TokenTree::Group(group), ..]
                if hash.as_char() == '#' && is_doc(group) =>
            {
                2
            }
            [TokenTree::Punct(hash), TokenTree::Punct(_), TokenTree::Group(group), ..]
                if hash.as_char() == '#' && is_doc(group) =>
            {
                3
            }
            // A lifetime.
            [TokenTree::Punct(quote), ..] if quote.as_char() == '\'' => 2,
            [TokenTree::Punct(one), TokenTree::Punct(other), ..]
                if (one.as_char(), one.spacing(), other.as_char())
                    == (':', Spacing::Joint, ':') =>
            {
                tokens.push(Token::at(one.span(), Kind::Path));
                2
            }
            _ => {
                piece(tree, tokens);
                1
            }
        };
    }
}

/// Adds the pieces of a tree to a list.
fn piece(tree: &TokenTree, tokens: &mut Vec<Token>) {
    match tree {
        TokenTree::Ident(word) => {
            tokens.push(Token::at(word.span(), Kind::Word(word.to_string())));
        }
        TokenTree::Punct(sign) => tokens.push(Token::at(sign.span(), Kind::Sign(sign.as_char()))),
        TokenTree::Literal(literal) => {
            let kind = kind_of(&literal.to_string());
            tokens.extend(kind.map(|kind| Token::at(literal.span(), kind)));
        }
        TokenTree::Group(group) => {
            let (open, close) = match group.delimiter() {
                Delimiter::Parenthesis => ('(', ')'),
                Delimiter::Brace => ('{', '}'),
                Delimiter::Bracket => ('[', ']'),
                Delimiter::None => return take_apart(group.stream(), tokens),
            };
            tokens.push(Token::at(group.span_open(), Kind::Sign(open)));
            take_apart(group.stream(), tokens);
            tokens.push(Token::at(group.span_close(), Kind::Sign(close)));
        }
    }
}

/// True of the brackets of a doc comment.
fn is_doc(group: &Group) -> bool {
    let mut trees = group.stream().into_iter();
    matches!(
        (trees.next(), trees.next()),
        (Some(TokenTree::Ident(doc)), Some(TokenTree::Punct(equals)))
            if doc == "doc" && equals.as_char() == '='
    )
}

/// Returns the kind of a literal; none for a character.
fn kind_of(literal: &str) -> Option<Kind> {
    if literal.starts_with(|first: char| first.is_ascii_digit()) {
        return Some(Kind::Number(literal.to_owned()));
    }
    let (before, rest) = literal.split_once('"').filter(|_| !literal.ends_with('\''))?;
    let hashes = before.matches('#').count();
    Some(Kind::Text(rest[..rest.len() - hashes - 1].to_owned()))
}

fn words(text: &str) -> Vec<String> {
    let source = Source::new("src/a.rs", text);
    source.tokens.iter().filter_map(Token::word).map(str::to_owned).collect()
}

#[test]
fn comments_and_literals_contribute_no_words() {
    assert_eq!(words("a // b\nc /* d /* e */ f */ g \"h \\\" i\" 'j' k"), ["a", "c", "g", "k"]);
    assert_eq!(words("a r#\"b \" c\"# d b\"e\" '\\'' f"), ["a", "d", "f"]);
    assert_eq!(words("fn a<'b>(c: &'b str) -> '\\u{1}' { d }"), ["fn", "a", "c", "str", "d"]);
}

#[test]
fn lines_and_texts_are_known() {
    let source = Source::new("src/a/b.rs", "x\n/* y\n*/ r#\"one \"two\" \"#\n\"three\"");
    let text = |line, text: &str| Token { line, kind: Kind::Text(text.to_owned()) };
    assert_eq!(source.tokens[1..], [text(3, "one \"two\" "), text(4, "three")]);
}

#[test]
fn number_token_is_whole() {
    let numbers = |text| -> Vec<String> {
        let source = Source::new("src/a.rs", text);
        let number = |token: &Token| match &token.kind {
            Kind::Number(number) => Some(number.clone()),
            _ => None,
        };
        source.tokens.iter().filter_map(number).collect()
    };
    assert_eq!(
        numbers("1.5 + 0..5 + 7.max(2e3) + 1_000u64"),
        ["1.5", "0", "5", "7", "2e3", "1_000u64"]
    );
}

#[test]
fn file_path_gives_its_module() {
    assert_eq!(Source::new("src/kernel/mod.rs", "").module(), ["kernel"]);
    assert_eq!(
        Source::new("src/protocols/link/fifo.rs", "").module(),
        ["protocols", "link", "fifo"]
    );
    assert!(Source::new("src/lib.rs", "").module().is_empty());
    assert_eq!(Source::new("src/bin/worldlines.rs", "").layer(), None);
}
