//! Rust source, read just far enough for the rules: what is code, what is a comment, what is a literal.

use std::{fs, path::Path};

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
        Self { path: path.to_owned(), text: text.to_owned(), tokens: Lexer::new(text).tokens() }
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

struct Lexer {
    rest: Vec<char>,
    at: usize,
    line: usize,
}

impl Lexer {
    fn new(text: &str) -> Self {
        Self { rest: text.chars().collect(), at: 0, line: 1 }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(next == '\n');
        Some(next)
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(next) = self.peek(0).filter(|&next| belongs(next)) {
            taken.push(next);
            self.next();
        }
        taken
    }

    fn tokens(mut self) -> Vec<Token> {
        let mut tokens = Vec::new();
        while let Some(first) = self.peek(0) {
            let line = self.line;
            if let Some(kind) = self.token(first) {
                tokens.push(Token { line, kind });
            }
        }
        tokens
    }

    /// The next piece; none where it was a comment, a blank, a character or a lifetime.
    fn token(&mut self, first: char) -> Option<Kind> {
        match (first, self.peek(1)) {
            ('/', Some('/')) => {
                self.take_while(|next| next != '\n');
                None
            }
            ('/', Some('*')) => {
                self.block_comment();
                None
            }
            ('"', _) => Some(Kind::Text(self.string())),
            ('\'', _) => {
                self.character_or_lifetime();
                None
            }
            (':', Some(':')) => {
                self.at += 2;
                Some(Kind::Path)
            }
            _ if first.is_ascii_digit() => Some(Kind::Number(self.number())),
            _ if first.is_alphabetic() || first == '_' => Some(self.word_or_raw_string()),
            _ => self.next().filter(|sign| !sign.is_whitespace()).map(Kind::Sign),
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        loop {
            match (self.next(), self.peek(0)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => return,
                _ => continue,
            }
            self.next();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) -> String {
        self.next();
        let mut content = String::new();
        while let Some(next) = self.next() {
            match next {
                '"' => break,
                '\\' => {
                    content.extend(self.next().map(|escaped| ['\\', escaped]).into_iter().flatten())
                }
                _ => content.push(next),
            }
        }
        content
    }

    fn character_or_lifetime(&mut self) {
        self.next();
        if self.peek(0) == Some('\\') {
            self.next();
            self.next();
            self.take_while(|next| next != '\'');
            self.next();
        } else if self.peek(1) == Some('\'') {
            self.next();
            self.next();
        } else {
            self.take_while(|next| next.is_alphanumeric() || next == '_');
        }
    }

    /// A point belongs to a number only before a digit: `0..5` and `7.max(x)` are other things.
    fn number(&mut self) -> String {
        let belongs = |next: char| next.is_alphanumeric() || next == '_';
        let mut number = self.take_while(belongs);
        if self.peek(0) == Some('.') && self.peek(1).is_some_and(|next| next.is_ascii_digit()) {
            self.next();
            number.push('.');
            number.push_str(&self.take_while(belongs));
        }
        number
    }

    fn word_or_raw_string(&mut self) -> Kind {
        let word = self.take_while(|next| next.is_alphanumeric() || next == '_');
        let hashes = (0..).take_while(|&ahead| self.peek(ahead) == Some('#')).count();
        let is_raw = matches!(word.as_str(), "r" | "br" | "cr") && self.peek(hashes) == Some('"');
        if !is_raw {
            return Kind::Word(word);
        }
        for _ in 0..=hashes {
            self.next();
        }
        let mut content = String::new();
        while let Some(next) = self.next() {
            if next == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                for _ in 0..hashes {
                    self.next();
                }
                break;
            }
            content.push(next);
        }
        Kind::Text(content)
    }
}

fn words(text: &str) -> Vec<String> {
    let source = Source::new("src/a.rs", text);
    source.tokens.iter().filter_map(Token::word).map(str::to_owned).collect()
}

#[test]
fn comments_and_literals_contribute_no_words() {
    assert_eq!(words("a // b\nc /* d /* e */ f */ g \"h \\\" i\" 'j' k"), ["a", "c", "g", "k"]);
    assert_eq!(words("a r#\"b \" c\"# d b\"e\" '\\'' f"), ["a", "d", "b", "f"]);
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
