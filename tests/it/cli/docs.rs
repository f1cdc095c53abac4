//! The commands in the documentation work unchanged, in the root of the repository.

use std::{fs, path::Path, process::Command};

use crate::common::folder;

/// The lines of a document's shell blocks that call `worldlines`, each with its folder.
fn commands(text: &str) -> Vec<(String, String)> {
    let (mut found, mut shell, mut place) = (Vec::new(), false, String::from("."));
    for line in text.lines() {
        if let Some(language) = line.strip_prefix("```") {
            shell = language == "sh";
            place = String::from(".");
            continue;
        }
        let line = line.split(" #").next().unwrap_or_default().trim();
        let line = line.strip_prefix("$ ").unwrap_or(line);
        if let Some(folder) = line.strip_prefix("cd ").filter(|_| shell) {
            place = folder.to_owned();
        }
        // A template that a scheduler fills in is no command yet.
        if shell && line.starts_with("worldlines ") && !line.contains(['$', '\\']) {
            found.push((place.clone(), line.to_owned()));
        }
    }
    found
}

#[test]
fn documented_command_prints_what_the_documentation_says() {
    let docs = fs::read_dir(folder("docs")).expect("the documentation is there");
    let mut pages: Vec<_> = docs.map(|it| it.expect("it is listed").path()).collect();
    pages.push(folder("README.md"));
    pages.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    let mut ran = 0;
    for page in pages {
        for (place, line) in commands(&fs::read_to_string(&page).expect("it is text")) {
            let output = Command::new(env!("CARGO_BIN_EXE_worldlines"))
                .args(line.split_whitespace().skip(1))
                .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(place))
                .output()
                .expect("the binary starts");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{}: {line}: {said}", page.display());
            assert!(!output.stdout.is_empty() || !said.is_empty(), "{line} says nothing");
            ran += 1;
        }
    }
    assert!(ran >= 6, "only {ran} commands were found");
}
