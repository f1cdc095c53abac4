//! Templates of messages: what is counted is counted by `count_of`, which knows the plural of one.

use super::{
    expect_none,
    source::{Kind, Source},
    sources,
};

/// The nouns that messages count. Those that are verbs as well (crashes, runs, writes) cannot be told apart here.
const PLURALS: [&str; 20] = [
    "messages",
    "events",
    "nodes",
    "faults",
    "requests",
    "steps",
    "changes",
    "entries",
    "states",
    "links",
    "copies",
    "members",
    "rounds",
    "receipts",
    "lines",
    "orders",
    "properties",
    "drops",
    "delays",
    "duplicates",
];

/// Every template in which a place is followed by a plural, whatever number stands in it. A bound (`at most {most}
/// nodes`) and a formula are no counts.
fn plurals_of_anything(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources {
        for token in &source.tokens {
            let Kind::Text(text) = &token.kind else { continue };
            let mut words = text.split(' ').peekable();
            let mut before = "";
            while let Some(word) = words.next() {
                let next = words
                    .peek()
                    .map_or("", |next| next.trim_end_matches(['.', ',', ';', ':', ')']));
                // A constant is known to be many.
                let is_constant = word.chars().nth(1).is_some_and(char::is_uppercase);
                let is_place = word.starts_with('{') && word.ends_with('}') && !is_constant;
                if is_place
                    && PLURALS.contains(&next)
                    && !matches!(before, "most" | "least" | "of" | "than" | "costs")
                {
                    complaints
                        .push(source.complain(token.line, &format!("{word} {next}: count_of")));
                }
                before = word;
            }
        }
    }
    complaints
}

#[test]
fn counts_in_messages_know_the_plural_of_one() {
    expect_none(&plurals_of_anything(sources()));
}

#[test]
fn plural_after_a_variable_number_is_found() {
    let complaints = |text: &str| {
        let code = format!("fn f() {{ format!(\"{text}\") }}");
        plurals_of_anything(&[Source::new("src/app/a.rs", &code)]).len()
    };
    assert_eq!(complaints("after {count} steps"), 1);
    assert_eq!(complaints("{} messages, {} events."), 2);
    assert_eq!(complaints("at most {most} nodes"), 0);
    assert_eq!(complaints("{} of {}"), 0);
}
