//! Texts of strangers in LaTeX.

use crate::kernel::visible;

/// Returns a text that LaTeX shows as it is. Characters outside of ASCII and Western European letters are arguments of
/// `\othercharacter`, or symbols of mathematics.
pub(super) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in visible(text).chars() {
        push(&mut shown, character);
    }
    if shown.trim().is_empty() { "\\textvisiblespace{}".to_owned() } else { shown }
}

fn push(shown: &mut String, character: char) {
    let word = match character {
        '\\' => "\\textbackslash{}",
        '{' => "\\{",
        '}' => "\\}",
        '$' => "\\$",
        '&' => "\\&",
        '#' => "\\#",
        '%' => "\\%",
        '_' => "\\_",
        '^' => "\\textasciicircum{}",
        '~' => "\\textasciitilde{}",
        '<' => "\\textless{}",
        '>' => "\\textgreater{}",
        '|' => "\\textbar{}",
        '`' => "\\textasciigrave{}",
        '\'' => "\\textquotesingle{}",
        // In text, a pair of hyphens would be a dash.
        '-' => "-{}",
        '–' => "\\textendash{}",
        '—' => "\\textemdash{}",
        '…' => "\\dots{}",
        '“' => "\\textquotedblleft{}",
        '”' => "\\textquotedblright{}",
        '’' => "\\textquoteright{}",
        '⊥' => "$\\bot$",
        '−' => "$-$",
        '→' => "$\\to$",
        '≤' => "$\\le$",
        '≥' => "$\\ge$",
        '≠' => "$\\ne$",
        '∅' => "$\\emptyset$",
        '∞' => "$\\infty$",
        '·' => "$\\cdot$",
        '×' => "$\\times$",
        '⁰' | '¹' | '²' | '³' | '⁴' | '⁵' | '⁶' | '⁷' | '⁸' | '⁹' => {
            return push_digit(shown, character, "⁰¹²³⁴⁵⁶⁷⁸⁹", '^');
        }
        '₀' | '₁' | '₂' | '₃' | '₄' | '₅' | '₆' | '₇' | '₈' | '₉' => {
            return push_digit(shown, character, "₀₁₂₃₄₅₆₇₈₉", '_');
        }
        plain if plain == ' ' || plain.is_ascii_graphic() || is_western(plain) => {
            return shown.push(plain);
        }
        other => {
            let code = u32::from(other);
            return shown.push_str(&format!("\\othercharacter{{{code:04X}}}{{{other}}}"));
        }
    };
    shown.push_str(word);
}

/// Appends a small digit above or below.
fn push_digit(shown: &mut String, character: char, digits: &str, mark: char) {
    let digit = digits.chars().position(|it| it == character).unwrap_or_default();
    shown.push_str(&format!("${mark}{digit}$"));
}

/// True for letters that every encoding of LaTeX can compose.
const fn is_western(character: char) -> bool {
    matches!(character, 'À'..='ÿ') && !matches!(character, 'Ð' | 'ð' | 'Þ' | 'þ' | '×' | '÷')
}

/// Returns a text as a comment in one line.
pub(super) fn comment(text: &str) -> String {
    format!("% {}", visible(text))
}
