//! Length of files: at most 700 lines. Clippy's `too_many_lines` limits functions (clippy.toml).

use super::{expect_none, source::Source, sources};

const FILE: usize = 700;

/// Every file that is too long.
fn long_files(sources: &[Source]) -> Vec<String> {
    let lines = |source: &Source| source.text.lines().count();
    let long = sources.iter().filter(|source| lines(source) > FILE);
    long.map(|source| source.complain(lines(source), &format!("longer than {FILE} lines")))
        .collect()
}

#[test]
fn source_files_stay_below_their_limit() {
    expect_none(&long_files(sources()));
}

#[test]
fn too_long_file_is_found() {
    let file = |lines: usize| [Source::new("src/app/a.rs", &"//\n".repeat(lines))];
    assert_eq!(long_files(&file(FILE)).len(), 0);
    assert_eq!(long_files(&file(FILE + 1)).len(), 1);
}

#[test]
fn style_sheet_braces_are_balanced() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/www/styles");
    for file in std::fs::read_dir(folder).expect("there are style sheets") {
        let path = file.expect("it can be listed").path();
        let text = std::fs::read_to_string(&path).expect("it is text");
        let mut depth = 0_usize;
        for (number, line) in text.lines().enumerate() {
            // A rule begins where the one before it has ended: rules are not nested but in `@media`.
            let top = !line.starts_with(' ') && !line.starts_with('}');
            assert!(!top || line.is_empty() || depth == 0, "{}:{}", path.display(), number + 1);
            depth += line.matches('{').count();
            depth = depth.checked_sub(line.matches('}').count()).expect("no brace too many");
        }
        assert_eq!(depth, 0, "{}", path.display());
    }
}
