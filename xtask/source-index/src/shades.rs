//! Lines of code as HTML, in colour.

use std::ops::Range;

use proc_macro2::{LineColumn, TokenStream, TokenTree};

/// Lines of Rust as HTML: keywords, texts and comments each in a `span` of a class.
pub(crate) fn lines(text: &str) -> Result<Vec<String>, String> {
    let tokens: TokenStream = text.parse().map_err(|why: proc_macro2::LexError| why.to_string())?;
    let chars: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
    let mut spans: Vec<Vec<(Range<usize>, &str)>> = vec![Vec::new(); chars.len()];
    mark(tokens, &chars, &mut spans);
    for (line, spans) in chars.iter().zip(&mut spans) {
        comment(line, spans);
    }
    Ok(chars.iter().zip(spans).map(|(line, spans)| html(line, &spans)).collect())
}

/// Marks keywords and literals.
fn mark(tokens: TokenStream, chars: &[Vec<char>], spans: &mut [Vec<(Range<usize>, &'static str)>]) {
    for token in tokens {
        let (start, end) = (token.span().start(), token.span().end());
        let class = match token {
            TokenTree::Group(group) => {
                // A doc comment is a group whose text is the comment.
                if !is_comment(chars, start) {
                    mark(group.stream(), chars, spans);
                }
                continue;
            }
            TokenTree::Ident(ident) if is_keyword(&ident.to_string()) => "keyword",
            TokenTree::Literal(literal) if is_text(&literal.to_string()) => "text",
            _ => continue,
        };
        for line in start.line..=end.line {
            let from = if line == start.line { start.column } else { 0 };
            let to = if line == end.line { end.column } else { chars[line - 1].len() };
            spans[line - 1].push((from..to, class));
        }
    }
}

fn is_comment(chars: &[Vec<char>], at: LineColumn) -> bool {
    chars
        .get(at.line - 1)
        .is_some_and(|line| line[at.column.min(line.len())..].starts_with(&['/', '/']))
}

/// Marks the comment at the end of a line, if there is one outside the texts.
fn comment(line: &[char], spans: &mut Vec<(Range<usize>, &'static str)>) {
    let within =
        |place: usize| spans.iter().any(|(span, class)| *class == "text" && span.contains(&place));
    let start =
        (0..line.len()).find(|&place| line[place..].starts_with(&['/', '/']) && !within(place));
    if let Some(start) = start {
        spans.retain(|(span, _)| span.end <= start);
        spans.push((start..line.len(), "comment"));
    }
}

fn is_keyword(word: &str) -> bool {
    syn::parse_str::<syn::Ident>(word).is_err()
}

fn is_text(literal: &str) -> bool {
    literal.ends_with(['"', '\'', '#'])
}

fn html(line: &[char], spans: &[(Range<usize>, &'static str)]) -> String {
    let mut html = String::new();
    let mut at = 0;
    for (span, class) in spans {
        escape(&line[at..span.start.max(at)], &mut html);
        html.push_str(&format!("<span class=\"{class}\">"));
        escape(&line[span.clone()], &mut html);
        html.push_str("</span>");
        at = span.end;
    }
    escape(&line[at..], &mut html);
    html
}

fn escape(chars: &[char], html: &mut String) {
    for c in chars {
        match c {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            _ => html.push(*c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn lines_of_code_are_shaded_and_nothing_is_lost() {
        let code = "/// A `doc`.\nfn a<'b>() -> &'b str {\n    let c = 'd' == '\\''; // \"e\"\n    \"f // g\\\n     h\"\n}";
        let shaded = lines(code).expect("it is Rust");
        assert_eq!(shaded[0], "<span class=\"comment\">/// A `doc`.</span>");
        assert_eq!(
            shaded[1],
            "<span class=\"keyword\">fn</span> a&lt;'b&gt;() -&gt; &amp;'b str {"
        );
        assert!(shaded[2].ends_with("<span class=\"comment\">// \"e\"</span>"), "{}", shaded[2]);
        assert_eq!(shaded[3], "    <span class=\"text\">\"f // g\\</span>");
        assert_eq!(shaded[4], "<span class=\"text\">     h\"</span>");
        assert_eq!(shaded.len(), code.lines().count());
    }
}
