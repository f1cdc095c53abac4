//! Rules that the compiler does not check: permitted uses between modules, sizes, and plain English.
//!
//! Each rule is a function from sources to complaints. Beside each, a test shows it a source that
//! breaks it: a rule that cannot complain is worth nothing.

mod circles;
mod citation;
mod english;
mod languages;
mod layers;
mod names;
mod page_text;
mod protocols;
mod sizes;
mod source;
mod styles;
mod wording;

use std::sync::LazyLock;

use source::Source;

/// Fails with every complaint, a line each.
fn expect_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// All of `src/`, read once for all rules.
fn sources() -> &'static [Source] {
    static ALL: LazyLock<Vec<Source>> = LazyLock::new(source::read_all);
    let has = |path: &str| ALL.iter().any(|source| source.path == path);
    assert!(has("src/lib.rs") && has("src/kernel/mod.rs"), "the sources were found");
    &ALL
}
