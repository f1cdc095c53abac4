//! Links open for ever, in any form in which chat programs leave them; other texts are refused.

use std::{env, fs, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use miniz_oxide::deflate::compress_to_vec;
use worldlines::{
    formats::{MAX_TEXT, bundled, link, scenario},
    kernel::Scenario,
    runs::Outcome,
};

use crate::common::chance::Chance;

/// A link that was published: three lines, the link, the canonical scenario, the digest of its trace.
///
/// The corpus is append only: a file may be added, its link and its scenario never change. The digest is
/// that of today's version; `BLESS=1` rewrites it alone, and every such change makes pages say that old
/// links run differently now.
struct Golden {
    path: PathBuf,
    link: String,
    scenario: String,
    digest: String,
}

fn corpus() -> Vec<Golden> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/links");
    let files = fs::read_dir(&folder).expect("the corpus is there");
    let mut paths: Vec<_> = files.map(|file| file.expect("it can be listed").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
    paths.sort();
    assert!(paths.len() >= 8, "files are missing from the corpus: {paths:?}");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("it can be read");
        let mut lines = text.lines().map(str::to_owned);
        let mut line = || lines.next().unwrap_or_else(|| panic!("{path:?} has three lines"));
        let (link, scenario, digest) = (line(), line(), line());
        Golden { path, link, scenario, digest }
    };
    paths.into_iter().map(read).collect()
}

fn decoded(text: &str) -> link::Decoded {
    link::decode(text).unwrap_or_else(|problem| panic!("{problem}\n{text}"))
}

fn refusal(text: &str) -> String {
    match link::decode(text) {
        Ok(decoded) => panic!("{text} was read as {decoded:?}"),
        Err(problem) => problem.to_string(),
    }
}

#[test]
fn links_of_every_version_open() {
    for golden in corpus() {
        let path = golden.path.display();
        let scenario = decoded(&golden.link).scenario;
        assert_eq!(scenario::write(&scenario), golden.scenario, "{path}");
        assert_eq!(scenario::read(&golden.scenario), Ok(scenario.clone()), "{path}");
        assert_eq!(decoded(&link::fragment(&scenario, None)).scenario, scenario, "{path}");
        let digest = Outcome::of(scenario).expect("what was read can be run").digest();
        if env::var_os("BLESS").is_some() {
            let text = format!("{}\n{}\n{digest}\n", golden.link, golden.scenario);
            fs::write(&golden.path, text).expect("it can be written");
        } else {
            assert_eq!(digest, golden.digest, "{path} runs differently now; see BLESS above");
        }
    }
}

#[test]
fn link_holds_only_characters_that_chat_programs_keep() {
    for one in bundled::bundled() {
        let scenario = one.scenario().expect("bundled scenarios are valid");
        let fragment = link::fragment(&scenario, Some(&"0123456789abcdef".repeat(4)));
        let value = fragment.strip_prefix("#s=").and_then(|rest| rest.strip_suffix("&d=01234567"));
        let value = value.unwrap_or_else(|| panic!("{fragment}"));
        assert!(
            value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)),
            "{value}"
        );
        assert!(fragment.len() < 800, "{} has a link of {}", one.path(), fragment.len());
        let decoded = decoded(&format!("https://example.org/page/?embed{fragment}&t=5&ui=play"));
        assert_eq!(decoded.scenario, scenario);
        assert_eq!(decoded.digest.as_deref(), Some("01234567"));
    }
}

fn plain() -> Scenario {
    Scenario::new("best-effort-broadcast", Scenario::numbered(3))
}

/// A link with any text inside.
fn deflated(text: impl AsRef<[u8]>) -> String {
    format!("#s=deflate.{}", URL_SAFE_NO_PAD.encode(compress_to_vec(text.as_ref(), 9)))
}

#[test]
fn link_with_additions_of_other_programs_is_read() {
    let whole = format!("https://example.org/{}", link::fragment(&plain(), Some("89abcdef")));
    let data = whole.split_once("#s=").expect("it is a link").1;
    let (front, back) = whole.split_at(whole.len() / 2);
    for mangled in [
        whole.clone(),
        format!("#s={data}"),
        format!("s={data}"),
        format!("#t=12&s={data}"),
        format!("  {whole}\n"),
        format!("<{whole}>"),
        format!("({whole})."),
        format!("\"{whole}\","),
        format!("{whole}…"),
        format!("{front}\r\n {back}"),
        format!("{front}\u{200B}{back}"),
        whole.replace('&', "&amp;"),
        whole.replace('&', "%26").replace('=', "%3D"),
        whole.replace("#s=", "%23s%3d"),
        whole.replace('&', "==&"),
        whole.replace("89abcdef", "89ABCDEF0123456789"),
    ] {
        let decoded = decoded(&mangled);
        assert_eq!(decoded.scenario, plain(), "{mangled}");
        assert_eq!(decoded.digest.as_deref(), Some("89abcdef"), "{mangled}");
    }
}

#[test]
fn link_with_a_damaged_digest_opens_without_it() {
    let link = link::fragment(&plain(), None);
    for damaged in ["", "&d=", "&d=89abcde", "&d=89abcdeg", "&d=ééééé"] {
        let decoded = decoded(&format!("{link}{damaged}"));
        assert_eq!((decoded.scenario, decoded.digest), (plain(), None), "{damaged}");
    }
}

#[test]
fn link_that_is_wrong_is_refused_in_one_line() {
    let good = link::encode(&plain());
    let faulty = r#"{"version":1,"protocol":"best-effort-broadcast","nodes":3,"sed":7}"#;
    for (text, line) in [
        ("", r#"link: found "", expected a link with #s=deflate.… in it"#.to_owned()),
        (
            "https://example.org/",
            r#"link: found "https://example.org/", expected a link with #s=deflate.… in it"#.to_owned(),
        ),
        ("#s=", r#"link: found "", expected "deflate" or "json" and a point before the data"#.to_owned()),
        (
            "#s=deflate",
            r#"link: found no data behind "deflate", expected the whole link: its end is missing"#.to_owned(),
        ),
        (
            "#s=brotli.AAAA",
            r#"link: found the unknown encoding "brotli", expected "deflate" or "json""#.to_owned(),
        ),
        (
            "#s=defalte.AAAA",
            r#"link: found the unknown encoding "defalte", expected "deflate" or "json"; did you mean "deflate"?"#.to_owned(),
        ),
        (
            &format!("#{good}&{good}"),
            "link: found two scenarios, expected a link with one".to_owned(),
        ),
        (
            "#s=deflate.a*b",
            "link: found damaged data (invalid symbol 42, offset 1.), expected base64url data: letters, digits, - and _".to_owned(),
        ),
        (
            &good[..good.len() - 6],
            "link: found data that ends too soon, expected the whole link: its end is missing".to_owned(),
        ),
        (
            "#s=deflate.____",
            "link: found damaged data, expected raw DEFLATE data: a character of the link is wrong".to_owned(),
        ),
        (
            &deflated("[".repeat(40)),
            "link: found more than 32 levels of nesting, expected at most 32".to_owned(),
        ),
        (
            &deflated([b'"', 0xFF]),
            "link: found no UTF-8 from byte 1 on, expected the text of a scenario".to_owned(),
        ),
        (
            &deflated("[]"),
            "link: found [], expected an object".to_owned(),
        ),
        (
            &deflated(faulty),
            r#"sed: found the unknown field "sed", expected "version", "title", "protocol", "params", "nodes", "seed", "network", "requests", "faults", "until", "captions" or "goal"; did you mean "seed"?"#.to_owned(),
        ),
        (
            &format!("#s=json.{}", URL_SAFE_NO_PAD.encode("{")),
            "link: found a syntax error (EOF while parsing an object) at line 1, column 1, expected JSON".to_owned(),
        ),
        (
            &format!("#{good}{}", "A".repeat(link::MAX_LINK)),
            format!("link: found {} bytes, expected at most 65536", good.len() + 1 + link::MAX_LINK),
        ),
    ] {
        assert_eq!(refusal(text), line, "{text}");
    }
}

#[test]
fn link_cannot_expand_beyond_the_longest_text() {
    let bomb = deflated(" ".repeat(20 << 20));
    assert!(bomb.len() < link::MAX_LINK, "the bomb must pass the first gate: {}", bomb.len());
    let line = "link: found more than 1048576 bytes of scenario, expected at most 1048576";
    assert_eq!(refusal(&bomb), line);
    let padded = format!("{}{}", " ".repeat(MAX_TEXT - 300), scenario::write(&plain()));
    assert_eq!(decoded(&deflated(padded)).scenario, plain());
}

/// Every input is answered: with a scenario that can be written, or with one line.
fn survives(text: &str) {
    match link::decode(text) {
        Ok(decoded) => assert!(!scenario::write(&decoded.scenario).is_empty()),
        Err(problem) => assert_eq!(problem.to_string().lines().count(), 1, "{problem}"),
    }
}

#[test]
fn damaged_link_never_makes_the_reader_panic() {
    for golden in corpus() {
        for end in (0..golden.link.len()).filter(|&end| golden.link.is_char_boundary(end)) {
            survives(&golden.link[..end]);
        }
        for place in 0..golden.link.len() {
            for bit in 0..8 {
                let mut bytes = golden.link.clone().into_bytes();
                bytes[place] ^= 1 << bit;
                survives(&String::from_utf8_lossy(&bytes));
            }
        }
    }
}

#[test]
fn random_bytes_never_make_the_reader_panic() {
    let mut chance = Chance::new(7);
    for length in 0..2000 {
        let noise: Vec<u8> = (0..length % 200).map(|_| chance.byte()).collect();
        survives(&String::from_utf8_lossy(&noise));
        for encoding in ["deflate", "json"] {
            survives(&format!("#s={encoding}.{}", URL_SAFE_NO_PAD.encode(&noise)));
        }
        survives(&deflated(&noise));
    }
}
