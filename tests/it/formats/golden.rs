//! Every bundled scenario's run as readable text. `UPDATE_GOLDEN=1 cargo test --test it golden` writes the
//! texts; read the changes before you commit them.

use std::{env, fs};

use worldlines::{analysis::report, formats, kernel::run};

use crate::common::{bundled, files, folder, protocol};

fn rendered(path: &str, text: &str) -> String {
    let scenario =
        formats::scenario::read(text).unwrap_or_else(|problem| panic!("{path}: {problem:?}"));
    let protocol = protocol(&scenario.protocol);
    let trace = run(protocol, &scenario).expect("the reader has checked the requests");
    let report = report(protocol, &scenario, &trace);
    formats::text::render(&scenario, protocol, &trace, &report)
}

#[test]
fn bundled_scenario_has_its_golden_trace() {
    let root = folder("tests/golden/traces");
    let update = env::var_os("UPDATE_GOLDEN").is_some();
    if update {
        // The trace of a removed scenario is removed.
        if root.exists() {
            fs::remove_dir_all(&root).expect("the old texts can be removed");
        }
        for (path, text) in bundled() {
            let file = root.join(format!("{path}.txt"));
            let parent = file.parent().expect("it is in a folder");
            fs::create_dir_all(parent).expect("the folder can be made");
            fs::write(&file, rendered(&path, &text)).expect("the text can be written");
        }
    }
    let golden = files(&root, ".txt");
    let bundled = bundled();
    let names = |files: &[(String, String)]| -> Vec<String> {
        files.iter().map(|(path, _)| path.clone()).collect()
    };
    assert_eq!(names(&golden), names(&bundled), "one text for every scenario: `cargo xtask bless`");
    for ((path, text), (_, golden)) in bundled.iter().zip(&golden) {
        let now = rendered(path, text);
        assert_eq!(&now, golden, "{path} runs differently: if it should, `cargo xtask bless`");
    }
}
