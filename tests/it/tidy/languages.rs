//! Each language beside English has all texts of the page, and no others.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    expect_none,
    source::{Kind, Source, read_texts},
    sources,
};

/// The catalogue's folder.
const CATALOGUE: &str = "src/app/text/en/";

/// Texts of the catalogue that are the same in each language: names of nodes, and the name of the language.
const NO_TEXTS: [&str; 13] = [
    "Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi", "Ivan", "Judy", "Niaj",
    "Olivia", "en-001",
];

/// Things that are counted outside the catalogue, with their plural: `src/app/hunt.rs`, `src/search/budget.rs`.
const COUNTED: [(&str, &str); 15] = [
    ("corrupted message", "corrupted messages"),
    ("crash", "crashes"),
    ("cut", "cuts"),
    ("delay", "delays"),
    ("drifting clock", "drifting clocks"),
    ("drop", "drops"),
    ("duplicate", "duplicates"),
    ("fault", "faults"),
    ("forged message", "forged messages"),
    ("omission", "omissions"),
    ("partition", "partitions"),
    ("pause", "pauses"),
    ("recovery", "recoveries"),
    ("request", "requests"),
    ("traitor", "traitors"),
];

/// Texts of other layers around numbers of things: the joint of an enumeration (`kernel::joined`), the words of a budget
/// (`src/search/budget.rs`).
const BESIDE: [&str; 4] =
    [" and ", "no faults", "1 fault (of {kinds})", "{count} faults (of {kinds})"];

/// A language's table, `static/languages/`.
struct Table {
    path: String,
    same: Vec<String>,
    texts: Vec<(String, String)>,
}

fn tables() -> Vec<Table> {
    let read = |source: Source| {
        let table: Value = serde_json::from_str(&source.text).expect("a table is JSON");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let same = table["same"].as_array().expect("a list").iter().map(text).collect();
        let texts = table["texts"].as_object().expect("a map").iter();
        let texts = texts.map(|(english, other)| (english.clone(), text(other))).collect();
        Table { path: source.path, same, texts }
    };
    let tables: Vec<_> =
        read_texts(&["static/languages"], &[".json"]).into_iter().map(read).collect();
    assert!(!tables.is_empty(), "the tables were found");
    tables
}

/// Names of the values in a template, sorted.
fn values(template: &str) -> Vec<&str> {
    let mut names: Vec<_> = template
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
        .filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        .collect();
    names.sort_unstable();
    names
}

/// True of a text that has words beside its values.
fn has_words(template: &str) -> bool {
    let mut rest = template.to_owned();
    for name in values(template) {
        rest = rest.replace(&format!("{{{name}}}"), "");
    }
    rest.chars().any(char::is_alphabetic)
}

/// A string literal as the program has it.
fn without_escapes(literal: &str) -> String {
    let mut lines = literal.split("\\\n");
    let mut text = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        text.push_str(line.trim_start());
    }
    text.replace("\\\"", "\"").replace("\\\\", "\\")
}

fn plural(one: &str) -> String {
    worldlines::kernel::noun(2, one)
}

/// Adds the forms of a number of things.
fn add_counted(texts: &mut BTreeSet<String>, one: &str, many: &str) {
    texts.insert(format!("1 {one}"));
    texts.insert(format!("{{count}} {many}"));
}

/// Every text that a part of the catalogue can show, with its values in braces.
fn texts_of_catalogue(sources: &[Source]) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for source in sources.iter().filter(|source| source.path.starts_with(CATALOGUE)) {
        let mut is_counted = false;
        for token in &source.tokens {
            match &token.kind {
                // The last argument of `count_of` is one of what is counted.
                Kind::Word(word) if word == "count_of" => is_counted = true,
                Kind::Sign(';' | '}') => is_counted = false,
                Kind::Text(literal) => {
                    let text = without_escapes(literal);
                    if is_counted && !text.contains('{') {
                        add_counted(&mut texts, &text, &plural(&text));
                        is_counted = false;
                    } else if has_words(&text) && !NO_TEXTS.contains(&text.as_str()) {
                        texts.insert(text);
                    }
                }
                _ => {}
            }
        }
    }
    texts
}

/// Every text that the page's scripts and its HTML show.
fn texts_of_scripts() -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for source in read_texts(&["www"], &["early.js", "offline.js"]) {
        // The text of an element: the second argument of `element`, an assigned content, a label.
        for before in [
            "element(\"h2\", ",
            "element(\"p\", ",
            "element(\"button\", ",
            "textContent = ",
            "\"aria-label\", ",
            "ariaLabel: ",
        ] {
            for (start, _) in source.text.match_indices(before) {
                let literal = source.text[start + before.len()..].strip_prefix('"');
                let text =
                    literal.and_then(|rest| rest.split_once('"')).map_or("", |(text, _)| text);
                if has_words(text) {
                    texts.insert(text.to_owned());
                }
            }
        }
    }
    let html = read_texts(&["www"], &["index.html"]).remove(0).text;
    let head = html.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    texts.insert(head.expect("a title").0.to_owned());
    let body = html.split_once("</noscript>\n    <!-- Hidden").expect("a body").1;
    // Texts between tags; comments hold no tags.
    for piece in body.split('<').filter_map(|piece| piece.split_once('>')) {
        let (tag, text) = piece;
        if !tag.starts_with("!--") && has_words(text) {
            texts.insert(text.to_owned());
        }
    }
    texts
}

/// Complaints about a table.
fn complaints(table: &Table, wanted: &BTreeSet<String>) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut complain = |what: String| complaints.push(format!("{}: {what}", table.path));
    let has = |english: &str| table.texts.iter().any(|(key, _)| key == english);
    for english in wanted {
        match (has(english), table.same.contains(english)) {
            (false, false) => complain(format!("{english:?} is missing")),
            (true, true) => complain(format!("{english:?} is the same and not the same")),
            _ => {}
        }
    }
    let keys = table.texts.iter().map(|(english, _)| english);
    for english in keys.chain(&table.same).filter(|english| !wanted.contains(*english)) {
        complain(format!("the page has no text {english:?}"));
    }
    for (english, other) in &table.texts {
        if english == other {
            complain(format!("{english:?} is English: name it in \"same\" if it is to be"));
        }
        if values(english) != values(other) {
            complain(format!("{english:?} has other values than {other:?}"));
        }
        let edges = |text: &str| (text.starts_with(' '), text.ends_with(' '));
        if edges(english) != edges(other) {
            complain(format!("{english:?} has other spaces at its edges than {other:?}"));
        }
    }
    complaints
}

#[test]
fn each_language_has_all_texts_of_the_page() {
    let mut wanted = texts_of_catalogue(sources());
    assert!(wanted.len() > 850, "the catalogue was found: {} texts", wanted.len());
    let of_scripts = texts_of_scripts();
    assert!(of_scripts.len() > 20, "the scripts were found: {of_scripts:?}");
    wanted.extend(of_scripts);
    for (one, many) in COUNTED {
        add_counted(&mut wanted, one, many);
        // The label of a kind of fault in the panel of the search.
        if !matches!(one, "fault" | "request") {
            wanted.insert(many.to_owned());
        }
    }
    wanted.extend(BESIDE.map(str::to_owned));
    for table in tables() {
        expect_none(&complaints(&table, &wanted));
    }
}

#[test]
fn missing_and_wrong_translations_are_noticed() {
    let code = "pub const A: &str = \"Open\"; pub fn b(c: usize) -> String { \
                format!(\"{} by {d}\", count_of(c, \"entry\")) }";
    let wanted = texts_of_catalogue(&[Source::new("src/app/text/en/a.rs", code)]);
    let expected = ["1 entry", "Open", "{count} entries", "{} by {d}"];
    assert_eq!(wanted.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    let table = |texts: &[(&str, &str)], same: &[&str]| {
        let texts = texts.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned()));
        let same = same.iter().map(|it| (*it).to_owned()).collect();
        complaints(&Table { path: String::new(), same, texts: texts.collect() }, &wanted).len()
    };
    let right = [
        ("1 entry", "1 Eintrag"),
        ("Open", "Auf"),
        ("{count} entries", "{count} Einträge"),
        ("{} by {d}", "{} von {d}"),
    ];
    assert_eq!(table(&right, &[]), 0);
    assert_eq!(table(&right[1..], &[]), 1, "one is missing");
    assert_eq!(table(&right[1..], &["1 entry"]), 0, "one is the same");
    assert_eq!(table(&right, &["Left"]), 1, "one is left over");
    for (place, wrong) in [(1, "Open"), (1, " Auf"), (3, "{} von {e}"), (3, "von {d}")] {
        let mut texts = right;
        texts[place].1 = wrong;
        assert_eq!(table(&texts, &[]), 1, "{wrong}");
    }
}
