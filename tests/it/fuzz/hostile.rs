//! Every input from outside is read or refused with one line: damaged scenarios, links, results and codes.

use serde_json::{Value as Json, json};
use worldlines::{
    formats::{self, Problem, exercise, lines, link, scenario, search, visible_json},
    kernel::{MAX_NODES, Scenario, is_unseen},
};

use crate::common::chance::Chance;

/// Pieces of scenarios that are wrong in nearly every place.
const PIECES: [&str; 26] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    ",",
    ":",
    "null",
    "-1",
    "1e999",
    "0.0000001",
    "18446744073709551616",
    "4294967295",
    "1000000000",
    "\\ud800",
    "\\u0000",
    "\u{202e}",
    "\u{200b}",
    "\u{1b}[31m",
    "\"nodes\":[]",
    "\"version\":2",
    "{\"$serde_json::private::Number\":\"x\"}",
    "P1>P2#1",
    "P1>P1#0",
    "#s=deflate.",
];

/// A text with a few places changed: characters, pieces, lengths.
fn damaged(chance: &mut Chance, text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..chance.between(1, 5) {
        let at = chance.below(bytes.len() + 1);
        match chance.below(6) {
            0 => bytes.truncate(at),
            1 if at < bytes.len() => bytes[at] = chance.below(256) as u8,
            2 if at < bytes.len() => {
                bytes.remove(at);
            }
            3 => {
                let end = (at + chance.below(40)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            _ => {
                let piece = PIECES[chance.below(PIECES.len())];
                bytes.splice(at..at, piece.bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A document with a value replaced by another that is wrong in nearly every place.
fn twisted(chance: &mut Chance, value: &mut Json) {
    let deeper = !chance.percent(25);
    match value {
        Json::Object(fields) if deeper && !fields.is_empty() => {
            let place = chance.below(fields.len());
            twisted(chance, fields.values_mut().nth(place).expect("there are so many"));
        }
        Json::Array(items) if deeper && !items.is_empty() => {
            let place = chance.below(items.len());
            twisted(chance, &mut items[place]);
        }
        other => {
            let wrong = [
                json!(null),
                json!(-1),
                json!(0),
                json!(4_294_967_295_u64),
                json!(1_000_000_000),
                json!(u64::MAX),
                json!(0.5),
                json!(""),
                json!("\u{202e}\u{200b}"),
                json!("x".repeat(5000)),
                json!([]),
                json!({}),
                json!([[[[]]]]),
                json!({"a": {"b": [1, "\n"]}}),
                json!(true),
            ];
            *other = wrong[chance.below(wrong.len())].clone();
        }
    }
}

/// A refusal is one displayable line.
fn assert_tellable(problem: &Problem) {
    let line = problem.to_string();
    assert!(!line.is_empty() && !line.contains(is_unseen), "{line:?}");
}

/// Reads damaged forms of a scenario wherever one may stand.
pub(crate) fn check_damaged(bytes: &[u8], scenario: &Scenario) {
    let seed = bytes.iter().fold(7, |sum: u64, byte| sum.wrapping_mul(31) + u64::from(*byte));
    let mut chance = Chance::new(seed);
    let text = scenario::write(scenario);
    if text.len() > 20_000 {
        return;
    }
    let mut twist: Json = serde_json::from_str(&text).expect("what is written is JSON");
    twisted(&mut chance, &mut twist);
    let results =
        json!({"version": 1, "search": {"scenario": twist}, "findings": [], "coverage": {}});
    for text in [damaged(&mut chance, &text), twist.to_string()] {
        match scenario::read(&text) {
            Ok(read) => {
                assert!(read.nodes.len() <= MAX_NODES);
                let written = scenario::write(&read);
                assert_eq!(scenario::read(&written).as_ref(), Ok(&read), "{text}");
                assert_eq!(scenario::read(&visible_json(&written)).as_ref(), Ok(&read), "{text}");
            }
            Err(problem) => {
                assert_tellable(&problem);
                let place = lines::place_of(&text, &problem.path);
                assert!(text.get(place).is_some(), "{text}");
            }
        }
        let laid = lines::laid_out(&text);
        assert!(formats::parse(&text).is_err() || formats::parse(&laid) == formats::parse(&text));
    }
    let fragment = link::fragment(scenario, None);
    let data = fragment.trim_start_matches("#s=deflate.");
    for link in [
        damaged(&mut chance, &fragment),
        format!("#s=json.{data}"),
        format!("{fragment}&s={data}"),
        damaged(&mut chance, &format!("https://example.org/a?b={fragment}&d=0123abcd")),
    ] {
        let _ = link::is_link(&link);
        let _ = link::decode(&link).map_err(|problem| assert_tellable(&problem));
    }
    for text in [results.to_string(), damaged(&mut chance, &results.to_string())] {
        let _ = search::read(&text).map_err(|problem| assert_tellable(&problem));
        let _ = search::asked(&text).map_err(|problem| assert_tellable(&problem));
    }
    let code = format!("w1.{}.0123abcd", link::pack(&damaged(&mut chance, &text), 1));
    let _ = exercise::open(scenario, &code).map_err(|problem| assert_tellable(&problem));
    let _ = exercise::open(scenario, &damaged(&mut chance, &code));
}
