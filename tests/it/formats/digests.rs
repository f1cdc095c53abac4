//! The digest of every bundled scenario's run. `cargo xtask bless` writes the list anew; a line that
//! changes breaks the links that readers have kept. `tests/web.rs` compares the browser's runs with
//! the same list.

use std::{env, fs, path::Path};

use worldlines::{formats::bundled, runs::Outcome};

const GOLDEN: &str = "tests/golden/digests.txt";
const BLESS: &str = "`cargo xtask bless`";

fn digest(bundled: &bundled::Bundled) -> String {
    let path = bundled.path();
    let scenario = bundled.scenario().unwrap_or_else(|why| panic!("{path}: {why:?}"));
    let outcome = Outcome::of(scenario).unwrap_or_else(|why| panic!("{path}: {why:?}"));
    format!("{path} {}\n", outcome.digest())
}

#[test]
fn bundled_scenario_has_its_golden_digest() {
    let now: String = bundled::bundled().into_iter().map(digest).collect();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &now).expect("the list can be written");
    }
    let before = fs::read_to_string(&golden).expect("the list is there: `cargo xtask bless`");
    assert!(!before.is_empty(), "there are bundled scenarios");
    let changed: Vec<&str> = now.lines().filter(|&line| !has_line(&before, line)).collect();
    assert!(changed.is_empty(), "new or changed: {changed:#?}; if so it should be, {BLESS}");
    let gone: Vec<&str> = before.lines().filter(|&line| !has_line(&now, line)).collect();
    assert!(gone.is_empty(), "no longer there: {gone:#?}; if so it should be, {BLESS}");
    assert_eq!(now, before, "in the same order");
}

fn has_line(text: &str, wanted: &str) -> bool {
    text.lines().any(|line| line == wanted)
}
