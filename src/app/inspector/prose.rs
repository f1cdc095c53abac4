//! The description at the head of a protocol's file: paragraphs, lists, and what is stressed in them.

/// A part of a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// A list.
    List(Vec<Vec<Span>>),
    /// What it implements, uses, assumes, and comes from: names and what belongs to them.
    Facts(Vec<(&'static str, Vec<Span>)>),
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// As it is.
    Plain(String),
    /// In bold.
    Strong(String),
    /// In italics.
    Stressed(String),
    /// Of the code.
    Code(String),
}

const FACTS: [&str; 4] = ["Implements", "Uses", "Model", "Source"];

/// Reads a description's lines.
pub(super) fn prose(lines: &[&str]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for part in lines.split(|line| line.trim().is_empty()) {
        let first_item = part.iter().position(|line| line.starts_with("- "));
        let (text, items) = part.split_at(first_item.unwrap_or(part.len()));
        if !text.is_empty() {
            let text = text.join(" ");
            blocks.push(match text.starts_with(FACTS[0]) {
                true => Block::Facts(facts(&text)),
                false => Block::Paragraph(spans(&text)),
            });
        }
        let mut texts: Vec<String> = Vec::new();
        for line in items {
            match (line.strip_prefix("- "), texts.last_mut()) {
                (None, Some(last)) => *last = format!("{last} {}", line.trim()),
                (item, _) => texts.push(item.unwrap_or(line).to_owned()),
            }
        }
        if !texts.is_empty() {
            blocks.push(Block::List(texts.iter().map(|text| spans(text)).collect()));
        }
    }
    blocks
}

/// Takes `Implements: … Uses: … Model: …` apart.
fn facts(text: &str) -> Vec<(&'static str, Vec<Span>)> {
    let place = |name: &str| text.find(&format!("{name}: "));
    let found: Vec<_> = FACTS.into_iter().filter_map(|name| Some((place(name)?, name))).collect();
    let ends = found.iter().skip(1).map(|(start, _)| *start).chain([text.len()]);
    let fact = |(&(start, name), end): (&(usize, &'static str), usize)| {
        let said = text.get(start + name.len() + 2..end).unwrap_or_default();
        (name, spans(said.trim()))
    };
    found.iter().zip(ends).map(fact).collect()
}

type Make = fn(String) -> Span;

/// Takes a text apart: `**bold**`, `*italics*`, code between backticks, and signs behind a backslash.
fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    let marks: [(&str, Make); 3] = [("**", Span::Strong), ("*", Span::Stressed), ("`", Span::Code)];
    while let Some(first) = rest.chars().next() {
        let mark = marks.iter().find_map(|(mark, make)| {
            let inner = rest.strip_prefix(mark)?;
            let end = inner.find(mark)?;
            Some((make(unescaped(&inner[..end])), &inner[end + mark.len()..]))
        });
        if let Some((span, behind)) = mark {
            if !plain.is_empty() {
                spans.push(Span::Plain(std::mem::take(&mut plain)));
            }
            spans.push(span);
            rest = behind;
            continue;
        }
        rest = &rest[first.len_utf8()..];
        match (first, rest.chars().next()) {
            ('\\', Some(escaped)) => {
                plain.push(escaped);
                rest = &rest[escaped.len_utf8()..];
            }
            _ => plain.push(first),
        }
    }
    if !plain.is_empty() {
        spans.push(Span::Plain(plain));
    }
    spans
}

fn unescaped(text: &str) -> String {
    text.replace("\\[", "[").replace("\\]", "]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Span {
        Span::Plain(text.to_owned())
    }

    #[test]
    fn a_description_is_read_as_it_is_meant() {
        let lines = [
            "A lock.",
            "",
            "Implements: MutualExclusion. Uses: nothing.",
            "Model: nobody crashes;",
            "asynchronous. Source: note 1.",
            "",
            "Who wants in",
            "- asks *all*, and `V` as in V\\[j\\] ≤ n;",
            "  and waits;",
            "- **enters**.",
        ];
        let fact = |name, text| (name, vec![plain(text)]);
        let expected = [
            Block::Paragraph(vec![plain("A lock.")]),
            Block::Facts(vec![
                fact("Implements", "MutualExclusion."),
                fact("Uses", "nothing."),
                fact("Model", "nobody crashes; asynchronous."),
                fact("Source", "note 1."),
            ]),
            Block::Paragraph(vec![plain("Who wants in")]),
            Block::List(vec![
                vec![
                    plain("asks "),
                    Span::Stressed("all".to_owned()),
                    plain(", and "),
                    Span::Code("V".to_owned()),
                    plain(" as in V[j] ≤ n; and waits;"),
                ],
                vec![Span::Strong("enters".to_owned()), plain(".")],
            ]),
        ];
        assert_eq!(prose(&lines), expected);
    }
}
