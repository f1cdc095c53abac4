//! The one function through which text reaches a reader: nothing in it can hide, or change how the rest is
//! read.
//!
//! Payloads, names and titles may come from strangers. A line break in one would forge a line of a report,
//! ESC would control the terminal, a bidirectional override would turn the words around (Boucher and Anderson
//! 2021, "Trojan Source"), and characters without width would make two different texts look alike. Each is
//! shown as its code point: `\u202e`. Everything else stays as it is, the backslash too. JSON keeps texts
//! exact instead (`formats::json`).

use std::borrow::Cow;

/// True if a character is invisible by itself or changes how its neighbours are shown: control and format
/// characters, fillers, variation selectors, tags, separators of lines and paragraphs, private use,
/// noncharacters.
#[must_use]
pub const fn is_unseen(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1F}'
        | '\u{7F}'..='\u{9F}'
        | '\u{AD}' // soft hyphen
        | '\u{34F}'
        | '\u{61C}'
        | '\u{115F}'..='\u{1160}' // Hangul fillers
        | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' // no width, and marks of direction
        | '\u{2028}'..='\u{202E}' // separators, embeddings, overrides
        | '\u{2060}'..='\u{206F}' // joiner, invisible operators, isolates
        | '\u{2800}' // Braille without a dot
        | '\u{3164}'
        | '\u{E000}'..='\u{F8FF}' // private use
        | '\u{FE00}'..='\u{FE0F}' // variation selectors
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}' // interlinear annotations
        | '\u{FFFE}'..='\u{FFFF}'
        | '\u{13430}'..='\u{1343F}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{10FFFF}' // tags, more selectors, more private use
    )
}

/// Returns a text as shown to a reader: one line, each unseen character as its code point.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_visible(&mut shown, c);
    }
    Cow::Owned(shown)
}

/// Appends one character as [`visible`] shows it.
pub fn push_visible(shown: &mut String, c: char) {
    if is_unseen(c) {
        push_code(shown, c);
    } else {
        shown.push(c);
    }
}

/// Returns the name of a node as shown to a reader. Names differ by their characters, so invisible white
/// space is shown too: at either end, next to other white space, or other than the common space.
#[must_use]
pub(super) fn visible_name(name: &str) -> Cow<'_, str> {
    let unseen = |c: char| is_unseen(c) || (c.is_whitespace() && c != ' ');
    let spaced = name.starts_with(' ') || name.ends_with(' ') || name.contains("  ");
    if !spaced && !name.contains(unseen) {
        return Cow::Borrowed(name);
    }
    let letter = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && !is_unseen(c));
    let mut shown = String::with_capacity(name.len() + 16);
    let mut before = None;
    let mut rest = name.chars();
    while let Some(c) = rest.next() {
        let between = letter(before) && letter(rest.clone().next());
        if unseen(c) || (c == ' ' && !between) {
            push_code(&mut shown, c);
        } else {
            shown.push(c);
        }
        before = Some(c);
    }
    Cow::Owned(shown)
}

/// Appends `\n`, `\r` and `\t`, or four hexadecimal digits, or more in braces.
fn push_code(shown: &mut String, c: char) {
    let short = match c {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => "",
    };
    shown.push_str(short);
    if !short.is_empty() {
        return;
    }
    let code = c as u32;
    let digits = |shown: &mut String, count: u32| {
        for place in (0..count).rev() {
            shown.extend(char::from_digit(code >> (4 * place) & 0xF, 16));
        }
    };
    shown.push_str("\\u");
    if code <= 0xFFFF {
        digits(shown, 4);
    } else {
        shown.push('{');
        digits(shown, if code > 0xF_FFFF { 6 } else { 5 });
        shown.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visible_shows_each_kind_of_unseen_character_as_its_code() {
        for (text, shown) in [
            ("a\nb\tc\r", "a\\nb\\tc\\r"),
            ("\u{1b}[31m\u{7}\u{7f}\u{9b}", "\\u001b[31m\\u0007\\u007f\\u009b"),
            ("\u{202e}evil\u{2066}\u{2069}", "\\u202eevil\\u2066\\u2069"),
            ("\u{200b}\u{200d}\u{feff}\u{2060}\u{ad}", "\\u200b\\u200d\\ufeff\\u2060\\u00ad"),
            ("\u{2028}\u{2029}\u{85}", "\\u2028\\u2029\\u0085"),
            ("\u{e0041}\u{e0101}\u{10ffff}", "\\u{e0041}\\u{e0101}\\u{10ffff}"),
            ("❤\u{fe0f}\u{3164}\u{2800}", "❤\\ufe0f\\u3164\\u2800"),
        ] {
            assert_eq!(visible(text), shown);
            assert_eq!(visible(shown), shown, "what is visible stays as it is");
        }
    }

    #[test]
    fn visible_text_stays_unchanged() {
        for text in ["m1", "", "Zürich", "été – 日本 🐦", "שלום", "\\alpha", "a  b", "1\u{202f}000"]
        {
            assert!(matches!(visible(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn visible_name_shows_invisible_white_space() {
        for (name, shown) in [
            ("Bob", "Bob"),
            ("Node 7", "Node 7"),
            ("Bob ", "Bob\\u0020"),
            (" ", "\\u0020"),
            ("a  b", "a\\u0020\\u0020b"),
            ("a\u{a0}b", "a\\u00a0b"),
            ("\u{200b}", "\\u200b"),
            ("\u{202e}ecilA", "\\u202eecilA"),
        ] {
            assert_eq!(visible_name(name), shown);
        }
    }
}
