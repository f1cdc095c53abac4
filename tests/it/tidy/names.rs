//! Names that belong to one place: the browser's, Yew's, the protocols', and floating point's.

use std::{collections::BTreeSet, ops::RangeInclusive};

use worldlines::{formats::bundled, protocols};

use super::{
    expect_none,
    source::{Kind, Source, Token},
    sources,
};

/// Every word that begins with one of `beginnings` in a file outside the layers that own them.
fn words_outside(sources: &[Source], owners: &[&str], beginnings: &[&str]) -> Vec<String> {
    let mut complaints = Vec::new();
    let is_owner = |source: &Source| source.layer().is_some_and(|layer| owners.contains(&layer));
    for source in sources.iter().filter(|source| !is_owner(source)) {
        for token in &source.tokens {
            let Some(word) = token.word() else { continue };
            if beginnings.iter().any(|beginning| word.starts_with(beginning)) {
                let what = format!("{word}: only {} may name it", owners.join(" and "));
                complaints.push(source.complain(token.line, &what));
            }
        }
    }
    complaints
}

const BROWSER: [&str; 5] =
    ["web_sys", "js_sys", "wasm_bindgen", "serde_wasm_bindgen", "gloo_events"];
const YEW: [&str; 3] = ["yew", "gloo_timers", "yewdux"];

#[test]
fn only_web_and_the_npm_module_name_the_browser() {
    expect_none(&words_outside(sources(), &["web", "module"], &BROWSER));
}

#[test]
fn only_ui_names_yew() {
    expect_none(&words_outside(sources(), &["ui"], &YEW));
}

#[test]
fn browser_name_outside_web_is_found() {
    let sources = [
        Source::new("src/web/a.rs", "use web_sys::Window;"),
        Source::new("src/ui/b.rs", "// web_sys\nuse wasm_bindgen_futures::spawn_local;"),
        Source::new("src/bin/c.rs", "fn main() { js_sys::eval() }"),
    ];
    assert_eq!(words_outside(&sources, &["web"], &BROWSER).len(), 2);
}

/// Layers to which all protocols are alike.
const BLIND: [&str; 5] = ["kernel", "analysis", "diagram", "app", "ui"];

/// The one file of them that names bundled scenarios, each once: what a newcomer is shown.
const TOUR: &str = "src/app/tour.rs";

/// Every literal that contains a protocol's id, in a layer that must not know one; `paths` are those of the
/// bundled scenarios, which the tour may name.
fn protocol_ids(sources: &[Source], ids: &[&str], paths: &[String]) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut stops = BTreeSet::new();
    for source in sources {
        let Some(layer) = source.layer().filter(|layer| BLIND.contains(layer)) else { continue };
        for token in &source.tokens {
            let Kind::Text(text) = &token.kind else { continue };
            let Some(id) = ids.iter().find(|id| holds_id(text, id)) else { continue };
            let is_stop = source.path == TOUR && paths.contains(text);
            if !is_stop || !stops.insert(text) {
                complaints.push(source.complain(token.line, &format!("{layer} knows {id}")));
            }
        }
    }
    complaints
}

/// True if an id stands in a text by itself, not inside a longer id.
fn holds_id(text: &str, id: &str) -> bool {
    let part_of_id = |next: char| next.is_ascii_alphanumeric() || next == '-';
    text.split(|next| !part_of_id(next)).any(|word| word == id)
}

/// True if a word is the name of an indication or a request, as `snapshot` is: a protocol may be named
/// after what it is for, and the word is in general use.
fn is_shared(sources: &[Source], word: &str) -> bool {
    let shared = sources.iter().filter(|source| source.layer() == Some("abstractions"));
    let mut tokens = shared.flat_map(|source| &source.tokens);
    tokens.any(|token| matches!(&token.kind, Kind::Text(text) if text == word))
}

#[test]
fn word_of_an_abstraction_is_no_protocol_name() {
    let source = |path: &str| [Source::new(path, "match self { Self::Cut => \"snapshot\" }")];
    assert!(is_shared(&source("src/abstractions/a.rs"), "snapshot"));
    assert!(!is_shared(&source("src/abstractions/a.rs"), "snap"));
    assert!(!is_shared(&source("src/protocols/a/b.rs"), "snapshot"));
}

#[test]
fn kernel_diagram_app_and_ui_know_no_protocol() {
    let mut ids: Vec<&str> = protocols::catalogue().map(|(_, protocol)| protocol.id).collect();
    ids.retain(|id| !is_shared(sources(), id));
    let paths: Vec<String> = bundled::bundled().into_iter().map(bundled::Bundled::path).collect();
    assert!(ids.contains(&"best-effort-broadcast") && !paths.is_empty());
    expect_none(&protocol_ids(sources(), &ids, &paths));
}

#[test]
fn protocol_name_in_a_lower_layer_is_found() {
    let ids = ["gossip", "reliable-broadcast"];
    let paths = ["reliable/reliable-broadcast/lost".to_owned()];
    let found =
        |path: &str, text: &str| protocol_ids(&[Source::new(path, text)], &ids, &paths).len();
    assert_eq!(found("src/ui/a.rs", "if id == \"gossip\" {}"), 1);
    assert_eq!(found("src/kernel/a.rs", "r#\"a gossip\"#"), 1);
    assert_eq!(found("src/ui/a.rs", "\"gossip-like\" /* \"gossip\" */"), 0);
    assert_eq!(found("src/formats/a.rs", "\"gossip\""), 0, "formats may keep aliases");
    assert_eq!(found(TOUR, "\"reliable/reliable-broadcast/lost\""), 0);
    assert_eq!(found(TOUR, "\"reliable/reliable-broadcast/found\""), 1);
    assert_eq!(found("src/app/a.rs", "\"reliable/reliable-broadcast/lost\""), 1);
    assert_eq!(found("src/ui/a.rs", "\"reliable/reliable-broadcast/lost\""), 1);
    let twice = "\"reliable/reliable-broadcast/lost\" \"reliable/reliable-broadcast/lost\"";
    assert_eq!(found(TOUR, twice), 1);
}

/// Layers in which everything is decided, by whole numbers.
const EXACT: [&str; 4] = ["kernel", "analysis", "abstractions", "protocols"];

/// Every type and literal of floating point where a run is decided.
fn floats(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources {
        if !source.layer().is_some_and(|layer| EXACT.contains(&layer)) {
            continue;
        }
        let exempt = exempt_lines(source);
        for (at, token) in source.tokens.iter().enumerate() {
            let after_point = at > 0 && source.tokens[at - 1].is_sign('.');
            let is_exempt = exempt.iter().any(|lines| lines.contains(&token.line));
            // A serialiser must offer a method for floats, and refuses them: `_it: f64`.
            let is_ignored = at > 1
                && source.tokens[at - 1].is_sign(':')
                && matches!(&source.tokens[at - 2].kind, Kind::Word(name) if name.starts_with('_'));
            if is_float(token, after_point) && !is_exempt && !is_ignored {
                complaints.push(source.complain(token.line, "a run is decided by whole numbers"));
            }
        }
    }
    complaints
}

/// Unit tests: they may offer a float to be refused.
fn exempt_lines(source: &Source) -> Vec<RangeInclusive<usize>> {
    let tokens = &source.tokens;
    let is_exempt = |&at: &usize| tokens[at].is_word("mod") && tokens[at + 1].is_word("tests");
    let begins = (0..tokens.len().saturating_sub(1)).filter(is_exempt);
    begins.filter_map(|at| Some(tokens[at].line..=last_line(source, at)?)).collect()
}

/// The line of the brace that closes the body of the item that begins at `at`; none where it has no
/// body. A `;` inside brackets belongs to the type of an array.
fn last_line(source: &Source, at: usize) -> Option<usize> {
    let (mut braces, mut brackets) = (0_usize, 0_usize);
    for token in &source.tokens[at..] {
        match token.kind {
            Kind::Sign('{') => braces += 1,
            Kind::Sign('}') if braces <= 1 => return (braces == 1).then_some(token.line),
            Kind::Sign('}') => braces -= 1,
            Kind::Sign('[' | '(') => brackets += 1,
            Kind::Sign(']' | ')') => brackets = brackets.saturating_sub(1),
            Kind::Sign(';') if braces == 0 && brackets == 0 => return None,
            _ => {}
        }
    }
    None
}

/// `f32`, `f64`, `1.5`, `2f64`; not the field `0.1` in `pair.0.1`, nor `0x1f32`.
fn is_float(token: &Token, after_point: bool) -> bool {
    match &token.kind {
        Kind::Word(word) => word == "f32" || word == "f64",
        Kind::Number(number) => {
            let decimal = !number.starts_with("0x");
            let suffixed = number.ends_with("f32") || number.ends_with("f64");
            decimal && (suffixed || number.contains('.') && !after_point)
        }
        _ => false,
    }
}

#[test]
fn code_that_decides_a_run_uses_no_floats() {
    expect_none(&floats(sources()));
}

#[test]
fn floating_point_is_found() {
    let found = |path: &str, text: &str| floats(&[Source::new(path, text)]).len();
    assert_eq!(found("src/kernel/a.rs", "let x: f64 = 1.5 + 2f32;"), 3);
    assert_eq!(found("src/kernel/a.rs", "fn a(_it: f64, it: f32) {}"), 1, "one is ignored");
    assert_eq!(found("src/protocols/b/c.rs", "x.0.1 + 0x1f32 + 1_000 /* f64 */"), 0);
    assert_eq!(found("src/diagram/a.rs", "1.5f64"), 0);
    let tested = "fn f() { 1.0 }\nmod tests {\n fn g() { 1.5 }\n}";
    assert_eq!(found("src/kernel/scenario.rs", tested), 1);
}

/// Words that invite a second meaning: each names at most one type of the crate.
const ONCE: [&str; 10] =
    ["Attempt", "Change", "Difference", "Entry", "Kind", "Part", "Plan", "Row", "Told", "Work"];

/// Every declaration of a type whose name another type has.
fn repeated_types(sources: &[Source]) -> Vec<String> {
    let declares =
        |token: &Token| ["struct", "enum", "type", "trait"].iter().any(|it| token.is_word(it));
    let mut complaints = Vec::new();
    let mut known = BTreeSet::new();
    for source in sources.iter().filter(|source| source.layer().is_some()) {
        for pair in source.tokens.windows(2).filter(|pair| declares(&pair[0])) {
            let Some(name) = pair[1].word().filter(|name| ONCE.contains(name)) else { continue };
            if !known.insert(name) {
                complaints.push(source.complain(pair[1].line, &format!("a second type {name}")));
            }
        }
    }
    complaints
}

#[test]
fn types_with_words_of_many_meanings_have_unique_names() {
    expect_none(&repeated_types(sources()));
}

#[test]
fn second_type_of_a_name_is_found() {
    let twice = [
        Source::new("src/kernel/a.rs", "pub struct Plan;"),
        Source::new("src/app/b.rs", "enum Plan { A }"),
    ];
    assert_eq!(repeated_types(&twice).len(), 1);
    assert!(repeated_types(&twice[..1]).is_empty());
}
