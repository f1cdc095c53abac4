//! Run in a browser by `cargo xtask test web`: what runs there is what runs natively, byte for byte.

#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use worldlines::{formats::bundled, runs::Outcome};

wasm_bindgen_test_configure!(run_in_browser);

/// A line for each bundled scenario, its path and its digest: `tests/it/formats/digests.rs` holds the native runs
/// to the same file.
const NATIVE: &str = include_str!("golden/digests.txt");

#[wasm_bindgen_test]
fn every_bundled_scenario_has_its_native_digest() {
    let mut native = NATIVE.lines();
    for bundled in bundled::bundled() {
        let path = bundled.path();
        let scenario = bundled.scenario().expect("a bundled scenario can be read");
        let outcome = Outcome::of(scenario).expect("a bundled scenario can be run");
        let here = format!("{path} {}", outcome.digest());
        assert_eq!(Some(here.as_str()), native.next(), "{path} runs differently in the browser");
    }
    assert_eq!(native.next(), None, "every native run has its run here");
}
