//! `src/lib.rs` lists the modules from the bottom up: each may name itself and those above it there.

use super::{
    expect_none,
    source::{Kind, Source, Token},
    sources,
};

/// The modules that `lib.rs` declares, in its order.
fn declared(lib: &Source) -> Vec<&str> {
    let declared = lib.tokens.windows(2).filter(|pair| pair[0].is_word("mod"));
    declared.filter_map(|pair| pair[1].word()).collect()
}

/// Macros are named at the crate's root wherever they are written: each with its layer.
fn exported_macros(sources: &[Source]) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for source in sources {
        let Some(layer) = source.layer() else { continue };
        let mut exported = false;
        for (at, token) in source.tokens.iter().enumerate() {
            exported |= token.is_word("macro_export");
            if exported && token.is_word("macro_rules") {
                exported = false;
                found.extend(
                    source.tokens.get(at + 2).and_then(Token::word).map(|name| (name, layer)),
                );
            }
        }
    }
    found
}

/// Items of the crate's root that a file names, each with its line.
fn named_at_root(source: &Source) -> Vec<(usize, &str)> {
    let tokens = &source.tokens;
    let mut named = Vec::new();
    let mut depth = 0_usize;
    // The braces inside which a module of the file itself is open.
    let mut inline: Vec<usize> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Sign('{') => {
                depth += 1;
                if at >= 2 && tokens[at - 2].is_word("mod") {
                    inline.push(depth);
                }
            }
            Kind::Sign('}') => {
                if inline.last() == Some(&depth) {
                    inline.pop();
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        let above = source.module().len() + inline.len();
        if let Some(after) = after_root(tokens, at, above) {
            named.extend(first_names(&tokens[after..]));
        }
    }
    named
}

/// Where `crate::`, or as many `super::` as lead to it, begins at `at`: what comes after.
fn after_root(tokens: &[Token], at: usize, above: usize) -> Option<usize> {
    let continues = |at: usize, word: &str| {
        tokens.get(at).is_some_and(|token| token.is_word(word))
            && tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Path)
    };
    if continues(at, "crate") {
        return Some(at + 2);
    }
    let begins = at < 2 || !tokens[at - 2].is_word("super") || tokens[at - 1].kind != Kind::Path;
    if !begins || above == 0 {
        return None;
    }
    (0..above).all(|step| continues(at + 2 * step, "super")).then_some(at + 2 * above)
}

/// The first name of a path, or of every path in a group of paths.
fn first_names(tokens: &[Token]) -> Vec<(usize, &str)> {
    let Some(first) = tokens.first() else { return Vec::new() };
    if !first.is_sign('{') {
        return first.word().map(|word| (first.line, word)).into_iter().collect();
    }
    let mut names = Vec::new();
    let mut depth = 0_usize;
    let mut begins = false;
    for token in tokens {
        match token.kind {
            Kind::Sign('{') => {
                depth += 1;
                begins = depth == 1;
            }
            Kind::Sign('}') if depth == 1 => break,
            Kind::Sign('}') => depth -= 1,
            Kind::Sign(',') => begins = depth == 1,
            _ => {
                names.extend(token.word().filter(|_| begins).map(|word| (token.line, word)));
                begins = false;
            }
        }
    }
    names
}

/// Every mention of a module that is further down the list than the file's own.
fn complaints(lib: &Source, sources: &[Source]) -> Vec<String> {
    let order = declared(lib);
    let macros = exported_macros(sources);
    let height = |name: &str| order.iter().position(|module| *module == name);
    let mut complaints = Vec::new();
    for source in sources {
        let Some(layer) = source.layer() else { continue };
        let Some(own) = height(layer) else {
            complaints.push(source.complain(1, "lib.rs does not list this module"));
            continue;
        };
        for (line, name) in named_at_root(source) {
            let layer_of_macro =
                macros.iter().find(|(own, _)| *own == name).map(|(_, layer)| *layer);
            let named = layer_of_macro.unwrap_or(name);
            match height(named) {
                Some(other) if other <= own => {}
                Some(_) => {
                    complaints.push(source.complain(line, &format!("{layer} names {named}")))
                }
                None => complaints.push(source.complain(line, &format!("what is crate::{name}?"))),
            }
        }
    }
    complaints
}

#[test]
fn module_names_only_modules_above_it_in_the_list() {
    let sources = sources();
    let lib = sources.iter().find(|source| source.path == "src/lib.rs").expect("it is there");
    assert_eq!(declared(lib).first(), Some(&"kernel"));
    expect_none(&complaints(lib, sources));
}

#[test]
fn programs_use_only_the_top_layers() {
    let command_line =
        &["analysis", "app", "diagram", "export", "formats", "import", "kernel", "runs", "search"]
            [..];
    let programs = [("playground", &["ui"][..]), ("worldlines/", command_line)];
    let sources = sources();
    for (program, layers) in programs {
        let begins = format!("src/bin/{program}");
        let its = sources.iter().filter(|source| source.path.starts_with(&begins));
        let complaints: Vec<String> =
            its.clone().flat_map(|source| foreign_to_program(source, layers)).collect();
        assert!(its.count() > 0, "{begins} is there");
        expect_none(&complaints);
    }
}

/// Every mention of a module of the library other than `layers`.
fn foreign_to_program(source: &Source, layers: &[&str]) -> Vec<String> {
    let tokens = &source.tokens;
    let library = (0..tokens.len().saturating_sub(1))
        .filter(|&at| tokens[at].is_word("worldlines") && tokens[at + 1].kind == Kind::Path);
    library
        .flat_map(|at| first_names(&tokens[at + 2..]))
        .filter(|(_, name)| !layers.contains(name))
        .map(|(line, name)| source.complain(line, &format!("this program names {name}")))
        .collect()
}

#[test]
fn program_that_uses_a_lower_layer_is_found() {
    let program =
        Source::new("src/bin/a.rs", "use worldlines::{ui, web::x};\nworldlines::app::y();");
    assert_eq!(
        foreign_to_program(&program, &["ui"]),
        ["src/bin/a.rs:1: this program names web", "src/bin/a.rs:2: this program names app"]
    );
}

fn complaints_about(path: &str, text: &str) -> Vec<String> {
    let lib = Source::new("src/lib.rs", "pub mod low;\n#[cfg(x)]\npub mod middle;\npub mod high;");
    let shout = "#[macro_export]\nmacro_rules! shout { () => {} }";
    complaints(&lib, &[Source::new("src/high/shout.rs", shout), Source::new(path, text)])
}

#[test]
fn naming_upwards_is_found_however_it_is_written() {
    let found = |text: &str| complaints_about("src/middle/part.rs", text);
    assert_eq!(found("use crate::high::X;"), ["src/middle/part.rs:1: middle names high"]);
    assert_eq!(found("\nfn f() { crate::high::g() }"), ["src/middle/part.rs:2: middle names high"]);
    assert_eq!(
        found("use crate::{low::{a, b},\nhigh};"),
        ["src/middle/part.rs:2: middle names high"]
    );
    assert_eq!(found("use super::super::high::X;"), ["src/middle/part.rs:1: middle names high"]);
    assert_eq!(found("use super::super::{low, high};").len(), 1);
    assert_eq!(found("mod t { use super::super::super::high::X; }").len(), 1);
    assert_eq!(found("crate::shout!();").len(), 1, "a macro belongs to where it is written");
    assert_eq!(found("use crate::elsewhere;").len(), 1);
    assert_eq!(complaints_about("src/stray.rs", "").len(), 1);
}

#[test]
fn naming_downwards_and_sideways_is_no_matter() {
    let text = "use crate::{low::{self, high}, middle::X};\nuse super::{high, Y};\n\
                use super::super::low::Z;\n// crate::high\nmod t { use super::super::high; }";
    expect_none(&complaints_about("src/middle/part.rs", text));
    expect_none(&complaints_about("src/high/part.rs", "crate::shout!(); use crate::low;"));
}
