//! Plain technical English (CONTRIBUTING.md, "How we write"): how comments begin, and the words that are not used.

use std::{fs, path::Path};

use super::{
    expect_none,
    source::{Source, read_texts},
    sources,
};

/// Words with which a headless clause begins: a comment names the thing first.
const HEADLESS: [&str; 9] =
    ["What", "Who", "Whose", "Whom", "Whether", "Which", "How", "Whatever", "Whoever"];

/// Words that the field does not use, each with the one that it does.
const WORDS: [(&str, &str); 43] = [
    ("how-manieth", "n-th"),
    ("whoever", "a process that"),
    ("somebody", "a process"),
    ("everybody", "every process"),
    ("anybody", "any process"),
    ("deaf", "a node that omits receptions"),
    ("dumb", "a node that omits sends"),
    ("master", "coordinator, primary or leader"),
    ("slave", "participant, backup or follower"),
    ("comes to rest", "is at rest"),
    ("come to rest", "be at rest"),
    ("falls silent", "crashes or omits"),
    ("by luck", "by chance"),
    ("comes to the same", "is equivalent"),
    ("overtakes by luck", "reorders"),
    ("as it stands", "at the horizon"),
    ("quest", "search"),
    ("sweep", "systematic search"),
    ("roam", "random search"),
    ("stroll", "PCT"),
    ("outlook", "lookahead"),
    ("crew", "workers"),
    ("had back", "restored"),
    ("takes away", "drops"),
    ("is had", "holds"),
    ("gone on from", "extended"),
    ("nobody", "no process"),
    ("come to the same", "are equivalent"),
    ("in flight", "in transit"),
    ("on its way", "in transit"),
    ("comes back", "recovers or returns"),
    ("come back", "recover or return"),
    ("came back", "recovered or returned"),
    ("stands still", "is paused"),
    ("stand still", "be paused"),
    ("goes off", "expires"),
    ("the dead", "crashed processes"),
    ("is dead", "has crashed"),
    ("for dead", "to have crashed"),
    ("who leads", "the leader"),
    ("follows on", "follows"),
    ("put forward", "proposed"),
    ("puts forward", "proposes"),
];

/// Values of the trace's format, which never change.
const VALUES: [&str; 2] = ["\"in flight\"", "`in flight`"];

/// Text of a line's comment, doc comment or not; none if there is none.
fn comment(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let text = line.strip_prefix("/**").or_else(|| line.strip_prefix("//"))?;
    Some(text.trim_start_matches(['/', '!']).trim_start())
}

/// Comments that begin with a headless clause: the first line of each block of comments.
fn headless(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources {
        let mut before = None;
        for (number, line) in source.text.lines().enumerate() {
            let text = comment(line);
            let first = text.and_then(|text| text.split([' ', ',', ':']).next()).unwrap_or("");
            if before.unwrap_or("").is_empty() && HEADLESS.contains(&first) {
                let what = format!("a comment begins with {first:?}: name the thing first");
                complaints.push(source.complain(number + 1, &what));
            }
            before = text;
        }
    }
    complaints
}

/// Places with a word that the field does not use. Of code outside `src/` only the comments are read: its texts are data.
fn odd_words(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources {
        let is_code = [".rs", ".mjs"].iter().any(|ending| source.path.ends_with(ending));
        let is_data = is_code && !source.path.starts_with("src/");
        for (number, line) in source.text.lines().enumerate() {
            if is_data && comment(line).is_none() {
                continue;
            }
            let line = VALUES.iter().fold(line.to_owned(), |line, value| line.replace(value, ""));
            for (word, instead) in WORDS {
                if has_word(&line, word) {
                    let what = format!("{word:?}: say {instead}");
                    complaints.push(source.complain(number + 1, &what));
                }
            }
        }
    }
    complaints
}

/// True if the line has these words, whole, in small letters or with a capital.
fn has_word(line: &str, word: &str) -> bool {
    let line = line.to_lowercase();
    let is_letter =
        |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-');
    line.match_indices(word).any(|(place, _)| {
        let behind = line[place + word.len()..].chars().next();
        !is_letter(line[..place].chars().next_back()) && !is_letter(behind)
    })
}

/// Tests, benchmarks, scenarios and documentation.
fn other_texts() -> Vec<Source> {
    let folders = ["tests/it", "tests/e2e", "tests/cases", "benches", "docs", "static/scenarios"];
    let mut texts = read_texts(&folders, &[".rs", ".mjs", ".md", ".json"]);
    for path in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = fs::read_to_string(file).expect("the file can be read");
        texts.push(Source { path: path.to_owned(), text, tokens: Vec::new() });
    }
    let has = |ending: &str| texts.iter().any(|text| text.path.ends_with(ending));
    assert!(
        has("three-orders.json") && has("trace.md") && has("golden.rs"),
        "the texts were found"
    );
    texts.retain(|text| !text.path.ends_with("tidy/english.rs"));
    texts
}

#[test]
fn comments_name_the_thing_first_and_words_are_those_of_the_field() {
    expect_none(&[headless(sources()), odd_words(sources())].concat());
}

#[test]
fn tests_scenarios_and_documentation_follow_the_rules_on_words_and_comments() {
    let texts = other_texts();
    let code: Vec<Source> =
        other_texts().into_iter().filter(|it| !it.path.ends_with(".md")).collect();
    expect_none(&[headless(&code), odd_words(&texts)].concat());
}

#[test]
fn headless_comment_and_odd_word_are_found() {
    let source = |text: &str| [Source::new("src/app/a.rs", text)];
    assert_eq!(headless(&source("/// What it is.\n/// Whether it is.")).len(), 1);
    assert_eq!(headless(&source("//! The thing.\n//!\n//! Who asks?")).len(), 1);
    assert_eq!(headless(&source("/// The thing,\n/// which is.")).len(), 0);
    assert_eq!(odd_words(&source("// Whoever asks, and somebody's clock.")).len(), 2);
    assert_eq!(odd_words(&source("// The mastermind's request.")).len(), 0);
    assert_eq!(odd_words(&source("/// A fate: `in flight`.")).len(), 0);
    let test = |text: &str| [Source::new("tests/it/app/a.rs", text)];
    assert_eq!(odd_words(&test("let nobody = 1; // It is")).len(), 0);
    assert_eq!(odd_words(&test("// Nobody asks.")).len(), 1);
    assert_eq!(headless(&source("/** What it is. */")).len(), 1);
}
