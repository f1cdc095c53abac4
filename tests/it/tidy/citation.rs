//! The reference by which Worldlines is cited names the version that is cited.

/// Fields that the schema of version 1.2.0 of the Citation File Format requires.
const REQUIRED: [&str; 4] = ["authors", "cff-version", "message", "title"];

/// Every mistake in a citation file, for a crate of this version.
fn complaints(citation: &str, version: &str) -> Vec<String> {
    let value = |key: &str| {
        let mut lines = citation.lines();
        lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).map(str::trim)
    };
    let missing = REQUIRED.iter().filter(|key| value(key).is_none());
    let mut complaints: Vec<String> = missing.map(|key| format!("no field {key}")).collect();
    for (key, expected) in [("version", version), ("cff-version", "1.2.0")] {
        if value(key) != Some(expected) {
            complaints.push(format!("{key}: found {:?}, expected {expected}", value(key)));
        }
    }
    complaints
}

#[test]
fn citation_names_the_version_of_the_crate() {
    let citation = include_str!("../../../CITATION.cff");
    super::expect_none(&complaints(citation, env!("CARGO_PKG_VERSION")));
}

#[test]
fn citation_of_another_version_is_found() {
    let citation = "cff-version: 1.2.0\ntitle: A\nversion: 1.0.0\nauthors:\n";
    let found = complaints(citation, "1.1.0");
    assert_eq!(found, ["no field message", "version: found Some(\"1.0.0\"), expected 1.1.0"]);
}
