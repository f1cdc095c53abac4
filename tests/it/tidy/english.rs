//! Plain technical English (CONTRIBUTING.md, "How we write"): how comments begin, and the words that are not used.

use super::{expect_none, source::Source, sources};

/// Words with which a headless clause begins: a comment names the thing first.
const HEADLESS: [&str; 9] =
    ["What", "Who", "Whose", "Whom", "Whether", "Which", "How", "Whatever", "Whoever"];

/// Words that the field does not use, each with the one that it does.
const WORDS: [(&str, &str); 26] = [
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
];

/// Text of a line's comment, doc comment or not; none if there is none.
fn comment(line: &str) -> Option<&str> {
    let (_, text) = line.trim_start().split_once("//")?;
    line.trim_start().starts_with("//").then(|| text.trim_start_matches(['/', '!']).trim_start())
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

/// Places where a word stands that the field does not use.
fn odd_words(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources {
        for (number, line) in source.text.lines().enumerate() {
            for (word, instead) in WORDS {
                if has_word(line, word) {
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

/// Number of complaints about each folder that is not revised yet: it may only fall. A folder that is not named here
/// has none.
const LEFT: [(&str, usize); 0] = [];

/// The complaints about folders with more of them than are left.
fn beyond_the_rest(complaints: Vec<String>) -> Vec<String> {
    let folder = |complaint: &String| complaint.split('/').nth(1).unwrap_or("").to_owned();
    let counted = |of: &str| complaints.iter().filter(|it| folder(it) == of).count();
    let left = |of: &str| LEFT.iter().find(|(it, _)| *it == of).map_or(0, |(_, left)| *left);
    let too_many = |it: &&String| counted(&folder(it)) > left(&folder(it));
    complaints.iter().filter(too_many).cloned().collect()
}

#[test]
fn comments_name_the_thing_first_and_words_are_those_of_the_field() {
    let complaints = [headless(&sources()), odd_words(&sources())].concat();
    expect_none(&beyond_the_rest(complaints));
}

#[test]
fn headless_comment_and_odd_word_are_found() {
    let source = |text: &str| [Source::new("src/app/a.rs", text)];
    assert_eq!(headless(&source("/// What it is.\n/// Whether it is.")).len(), 1);
    assert_eq!(headless(&source("//! The thing.\n//!\n//! Who asks?")).len(), 1);
    assert_eq!(headless(&source("/// The thing,\n/// which is.")).len(), 0);
    assert_eq!(odd_words(&source("// Whoever asks, and somebody's clock.")).len(), 2);
    assert_eq!(odd_words(&source("// The mastermind's request.")).len(), 0);
}
