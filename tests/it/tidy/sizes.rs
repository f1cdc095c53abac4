//! Largest sizes: files of 700 lines, functions of 70.

use super::{
    expect_none,
    source::{Kind, Source},
    sources,
};

const FILE: usize = 700;
const FUNCTION: usize = 70;

/// Every file that is too long.
fn long_files(sources: &[Source]) -> Vec<String> {
    let lines = |source: &Source| source.text.lines().count();
    let long = sources.iter().filter(|source| lines(source) > FILE);
    long.map(|source| source.complain(lines(source), &format!("longer than {FILE} lines")))
        .collect()
}

/// Every function that is too long. A component of `ui` is a page of markup, and may be.
fn long_functions(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources.iter().filter(|source| source.layer() != Some("ui")) {
        for (at, token) in source.tokens.iter().enumerate() {
            let name = source.tokens.get(at + 1).and_then(|next| next.word());
            let (true, Some(name)) = (token.is_word("fn"), name) else { continue };
            let lines = last_line(source, at).map_or(0, |last| last - token.line + 1);
            if lines > FUNCTION {
                let what = format!("{name} has {lines} lines, more than {FUNCTION}");
                complaints.push(source.complain(token.line, &what));
            }
        }
    }
    complaints
}

/// The line of the brace that closes the body of the item that begins at `at`; none where it has no
/// body. A `;` inside brackets belongs to the type of an array.
pub(crate) fn last_line(source: &Source, at: usize) -> Option<usize> {
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

#[test]
fn source_files_stay_below_their_limit() {
    expect_none(&long_files(&sources()));
}

#[test]
fn functions_stay_below_their_limit() {
    expect_none(&long_functions(&sources()));
}

#[test]
fn too_long_file_or_function_is_found() {
    let file = |lines: usize| [Source::new("src/app/a.rs", &"//\n".repeat(lines))];
    assert_eq!(long_files(&file(FILE)).len(), 0);
    assert_eq!(long_files(&file(FILE + 1)).len(), 1);

    let body = |lines: usize| {
        format!("    x({{ 1 }}); // {{ {{\n    \"}}\";\n{}", "y();\n".repeat(lines - 4))
    };
    let function = |lines: usize| format!("fn f(a: [u8; 2]) {{\n{}}}\nfn g() {{}}\n", body(lines));
    let found = |path: &str, lines: usize| {
        let text = format!("trait T {{ fn h(); }}\n{}", function(lines));
        long_functions(&[Source::new(path, &text)])
    };
    assert_eq!(found("src/app/a.rs", FUNCTION), [""; 0]);
    assert_eq!(
        found("src/app/a.rs", FUNCTION + 1),
        ["src/app/a.rs:2: f has 71 lines, more than 70"]
    );
    assert_eq!(found("src/ui/a.rs", FUNCTION + 1), [""; 0]);
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
