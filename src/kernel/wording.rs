//! Wording that depends on the content of a sentence: plurals, and the mark at the end.

/// Returns a number of things: `1 message`, `2 messages`, `3 crashes`, `0 entries`. `one` is the word for one
/// thing.
#[must_use]
pub fn count_of(count: usize, one: &str) -> String {
    format!("{count} {}", noun(count, one))
}

/// Returns the word for this many things: `message`, or else `messages`.
#[must_use]
pub fn noun(count: usize, one: &str) -> String {
    if count == 1 {
        return one.to_owned();
    }
    match one.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if ["s", "x", "sh", "ch"].iter().any(|end| one.ends_with(end)) => format!("{one}es"),
        _ => format!("{one}s"),
    }
}

/// Returns a text as a sentence: with a full stop, unless it ends with a mark already.
#[must_use]
pub fn sentence(mut text: String) -> String {
    if !text.ends_with(['.', '?', '!', '…']) {
        text.push('.');
    }
    text
}

/// Returns a text with its first letter as a capital, if that is a letter of ASCII.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Joins the parts of an enumeration: `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn count_of_one_is_singular_and_others_plural() {
        let of =
            |count| ["message", "crash", "entry", "copy", "delay"].map(|it| count_of(count, it));
        assert_eq!(of(1), ["1 message", "1 crash", "1 entry", "1 copy", "1 delay"]);
        assert_eq!(of(0), ["0 messages", "0 crashes", "0 entries", "0 copies", "0 delays"]);
    }

    #[test]
    fn first_letter_becomes_a_capital_and_the_rest_stays() {
        let texts = ["", "a", "crash of Bob", "Bob", "5 ms", "émile"];
        let capitals = ["", "A", "Crash of Bob", "Bob", "5 ms", "émile"];
        assert_eq!(texts.map(capitalised), capitals);
    }

    #[test]
    fn sentence_ends_with_one_mark() {
        assert_eq!(sentence("It ends".to_owned()), "It ends.");
        for whole in ["It ends.", "Does it?", "It does!", "And so on…"] {
            assert_eq!(sentence(whole.to_owned()), whole);
        }
    }
}
