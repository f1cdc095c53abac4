//! Links open for ever, in any form in which chat programs leave them; other texts are refused.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use miniz_oxide::deflate::compress_to_vec;
use worldlines::{
    formats::{MAX_TEXT, bundled, link, scenario},
    kernel::Scenario,
};

use super::frozen_links::{Golden, corpus};
use crate::common::chance::Chance;

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
    // The work grows with the square of the length: these are short, and of every kind.
    let short =
        |it: &Golden| it.path.to_string_lossy().contains("written-") && it.link.len() < 1300;
    for golden in corpus().into_iter().filter(short) {
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
