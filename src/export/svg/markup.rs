//! Text of SVG: escaped characters, elements, lines of words.

use crate::diagram::path::px;
pub(super) use crate::diagram::{BOLD, text_width as width};

/// Returns a text as XML has it, in an element or in an attribute. A character that XML cannot hold is replaced.
pub(in crate::export) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            '\n' => escaped.push('\n'),
            '\t' | '\r' => escaped.push(' '),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => escaped.push(char::REPLACEMENT_CHARACTER),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Returns an element's tooltip.
pub(super) fn title(words: &str) -> String {
    format!("<title>{}</title>", escaped(words))
}

/// Returns a text that begins at a point of its baseline, or lies around it, as its class says.
pub(super) fn text(class: &str, x: f64, y: f64, words: &str) -> String {
    format!("<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>", px(x), px(y), escaped(words))
}

/// Returns a path with a class; without one if it is empty.
pub(super) fn path(class: &str, d: &str) -> String {
    format!("<path{} d=\"{d}\"/>", class_attribute(class))
}

/// Returns an attribute with a class; nothing if it is empty.
pub(super) fn class_attribute(class: &str) -> String {
    if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") }
}

/// Divides a text into lines of at most this width, between words where that is possible.
pub(in crate::export) fn wrapped(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is a line");
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, size) <= most {
            *line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(String::new());
        }
        for character in word.chars() {
            let line = lines.last_mut().expect("there is a line");
            line.push(character);
            if width(line, size) > most && line.chars().count() > 1 {
                line.pop();
                lines.push(character.to_string());
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_has_no_character_of_markup() {
        assert_eq!(escaped("<a b='\"'>&\n\u{0}"), "&lt;a b=&#39;&quot;&#39;&gt;&amp;\n\u{FFFD}");
    }

    #[test]
    fn wrapped_lines_fit_and_lose_nothing() {
        let text = "Bob delivers m1 from Alice although Unaussprechlichlangername has not";
        for most in [30.0, 60.0, 100.0, 1_000.0] {
            let lines = wrapped(text, 10.0, most);
            assert!(lines.iter().all(|line| width(line, 10.0) <= most), "{lines:?}");
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(letters(&lines.concat()), letters(text));
        }
        assert_eq!(wrapped("", 10.0, 10.0), [""]);
        assert_eq!(wrapped("ab", 10.0, 1.0), ["a", "b"]);
    }
}
