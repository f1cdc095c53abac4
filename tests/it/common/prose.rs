//! Mistakes that no template may make: doubled marks, empty names, plurals of one, comparisons of equal sizes.

/// Nouns that sentences count.
pub(crate) const PLURALS: [&str; 24] = [
    "messages",
    "events",
    "nodes",
    "faults",
    "requests",
    "steps",
    "changes",
    "entries",
    "states",
    "runs",
    "links",
    "crashes",
    "copies",
    "moves",
    "characters",
    "members",
    "rounds",
    "sends",
    "lines",
    "orders",
    "properties",
    "drops",
    "delays",
    "duplicates",
];

/// Texts that no sentence may contain.
const NEVER: [&str; 17] = [
    "  ", " ,", " ;", ",,", "..", ".,", ",.", ";.", ":.", "?.", "!.", ": ,", ":,", "()", "“”",
    "; ;", ", ;",
];

/// First mistake of a sentence, if there is one.
pub(crate) fn wrong_with(text: &str) -> Option<String> {
    if let Some(never) = NEVER.iter().find(|never| text.contains(**never)) {
        return Some(format!("{never:?} in {text:?}"));
    }
    if text.trim() != text || text.ends_with([':', ',', ';']) || text.starts_with([',', '.', ';']) {
        return Some(format!("a part is missing: {text:?}"));
    }
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned();
    let words: Vec<String> = text.split_whitespace().map(bare).collect();
    for pair in words.windows(2) {
        if pair[0] == "1" && PLURALS.contains(&pair[1].as_str()) {
            return Some(format!("a plural of one: {text:?}"));
        }
    }
    for four in words.windows(5) {
        // "4 nodes instead of 4".
        let is_number = !four[0].is_empty() && four[0].bytes().all(|it| it.is_ascii_digit());
        if four[2] == "instead" && four[3] == "of" && four[0] == four[4] && is_number {
            return Some(format!("nothing is different: {text:?}"));
        }
    }
    None
}
