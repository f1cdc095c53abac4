//! Prose of the page stands in the catalogue (`src/app/text/`): neither components nor the state hold any, and each
//! text is used.

use super::{
    expect_none,
    source::{Kind, Source, Token},
    sources,
};

/// Attributes whose values are no prose, although they may hold spaces and capitals, and a lint's reason.
const ATTRIBUTES: [&str; 5] = ["class", "d", "preserveAspectRatio", "reason", "viewBox"];

/// Classes that are combined in one literal outside an attribute.
const CLASSES: [&str; 4] = ["row wrap", "group row wrap", "here message", "here moment"];

/// Names of keys, as a browser spells them or as they are printed on a keyboard.
const KEYS: [&str; 16] = [
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ContextMenu",
    "Ctrl",
    "End",
    "Enter",
    "Esc",
    "Escape",
    "Home",
    "Menu",
    "PageDown",
    "PageUp",
    "Shift",
    "Space",
];

/// Parts of texts that other layers write: the state recognises them and does not show them.
const RECOGNISED: [&str; 3] = ["deliver ", "nothing: ", " at line {line}, column {column}"];

/// Macros and functions whose texts are for programmers.
const FOR_PROGRAMMERS: [&str; 2] = ["expect", "panic"];

/// The catalogue's folder.
const CATALOGUE: &str = "src/app/text/";

/// Every text of a component or of the state that reads as prose: it begins with a capitalised word, or holds a word
/// and a space. Tests at the end of a file may hold prose.
fn prose_outside_catalogue(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    let is_checked = |source: &&Source| {
        let folders = ["src/ui/", "src/app/"];
        folders.iter().any(|folder| source.path.starts_with(folder))
            && !source.path.starts_with(CATALOGUE)
    };
    for source in sources.iter().filter(is_checked) {
        let is_test = |pair: &[Token]| pair[0].is_word("mod") && pair[1].is_word("tests");
        let end = source.tokens.windows(2).position(is_test).unwrap_or(source.tokens.len());
        for (place, token) in source.tokens[..end].iter().enumerate() {
            let Kind::Text(text) = &token.kind else { continue };
            if reads_as_prose(text) && !is_excepted(text, &source.tokens[..place]) {
                let complaint = format!("{text:?} belongs into {CATALOGUE}");
                complaints.push(source.complain(token.line, &complaint));
            }
        }
    }
    complaints
}

fn reads_as_prose(text: &str) -> bool {
    let text = without_places(text);
    let begins_with_capital =
        text.split_whitespace().next().is_some_and(|word| is_word(word) && is_capitalised(word));
    let is_selector = text.starts_with(['.', '#']);
    let has_word = text.split_whitespace().any(|word| is_word(word) && word != "ms");
    begins_with_capital || (has_word && text.contains(' ') && !is_selector)
}

/// A template with a digit in each of its places.
fn without_places(text: &str) -> String {
    let mut rest = String::new();
    let mut depth = 0;
    for next in text.chars() {
        match next {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                rest.push('0');
            }
            _ if depth == 0 => rest.push(next),
            _ => {}
        }
    }
    rest
}

/// True of two letters or more, with nothing beside them but punctuation of sentences.
fn is_word(word: &str) -> bool {
    let word = word
        .trim_start_matches(['(', '“'])
        .trim_end_matches(['.', ',', ':', ';', '…', '?', ')', '”']);
    word.chars().count() > 1 && word.chars().all(char::is_alphabetic)
}

fn is_capitalised(word: &str) -> bool {
    word.chars().any(char::is_lowercase) && word.starts_with(char::is_uppercase)
}

fn is_excepted(text: &str, before: &[Token]) -> bool {
    let last = |back: usize| before.len().checked_sub(back).and_then(|place| before.get(place));
    let is_sign = |back, sign| last(back).is_some_and(|token: &Token| token.is_sign(sign));
    let is_one_of = |back, words: &[&str]| {
        last(back).and_then(Token::word).is_some_and(|word| words.contains(&word))
    };
    let is_call = is_sign(1, '(')
        && (is_one_of(2, &FOR_PROGRAMMERS) || (is_sign(2, '!') && is_one_of(3, &FOR_PROGRAMMERS)));
    let is_attribute = is_sign(1, '=') && is_one_of(2, &ATTRIBUTES);
    let excepted: [&[&str]; 3] = [&KEYS, &CLASSES, &RECOGNISED];
    is_call || is_attribute || excepted.iter().any(|texts| texts.contains(&text))
}

/// True if a block begins at this place.
fn opens(source: &Source, place: usize) -> bool {
    source.tokens.get(place).is_some_and(|token| token.is_sign('{'))
}

/// Every item of the catalogue that no other file names.
fn unused_texts(sources: &[Source]) -> Vec<String> {
    let (catalogue, others): (Vec<_>, Vec<_>) =
        sources.iter().partition(|source| source.path.starts_with(CATALOGUE));
    let code: String = others.iter().map(|source| source.text.as_str()).collect();
    let mut complaints = Vec::new();
    for source in catalogue {
        let mut module = "";
        for (place, token) in source.tokens.iter().enumerate() {
            let next = source.tokens.get(place + 1).and_then(Token::word);
            match (token.word(), next) {
                (Some("mod"), Some(name)) if opens(source, place + 2) => module = name,
                (Some("const" | "fn"), Some(name)) => {
                    let within = if module.is_empty() { "" } else { "::" };
                    let path = format!("text::{module}{within}{name}");
                    let is_named = code.match_indices(&path).any(|(start, _)| {
                        let rest = &code[start + path.len()..];
                        !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')
                    });
                    if !is_named {
                        complaints.push(source.complain(token.line, &format!("{path} is unused")));
                    }
                }
                _ => {}
            }
        }
    }
    complaints
}

#[test]
fn components_and_state_hold_no_prose() {
    expect_none(&prose_outside_catalogue(sources()));
}

#[test]
fn each_text_of_the_page_is_used() {
    expect_none(&unused_texts(sources()));
}

#[test]
fn prose_is_noticed_and_names_are_not() {
    let complaints = |code: &str| {
        let code = format!("fn f() {{ {code} }}");
        let found = |path| prose_outside_catalogue(&[Source::new(path, &code)]).len();
        assert_eq!(found("src/app/text/en/a.rs"), 0, "{code}");
        assert_eq!(found("src/app/a.rs"), found("src/ui/a.rs"), "{code}");
        found("src/ui/a.rs")
    };
    for prose in [
        "\"Open\"",
        "\"drop it\"",
        "title=\"Open\"",
        "format!(\"{count} more\")",
        "format!(\"At {at} ms: \")",
        "\" so far\"",
    ] {
        assert_eq!(complaints(prose), 1, "{prose}");
    }
    for name in [
        "\"row\"",
        "class=\"row wrap\"",
        "\"currentColor\"",
        "\"ArrowLeft\"",
        "\" ms \"",
        "format!(\"M{} {}H{}Z\")",
        "\".sheet > svg\"",
        "f.expect(\"it is there\")",
        "panic!(\"on purpose\")",
        "} mod tests { \"a text\"; ",
    ] {
        assert_eq!(complaints(name), 0, "{name}");
    }
}

#[test]
fn unused_text_is_noticed() {
    let catalogue = "pub mod a { pub const USED: &str = \"\"; pub fn unused() {} }";
    let sources = [
        Source::new("src/app/text/en/a.rs", catalogue),
        Source::new("src/ui/a.rs", "const A: &str = text::a::USED;"),
    ];
    assert_eq!(unused_texts(&sources).len(), 1);
}
