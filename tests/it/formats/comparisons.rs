//! Links that compare runs: each run opens as it was, older decoders open the first, and damage is refused in one line.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use miniz_oxide::{deflate::compress_to_vec, inflate::decompress_to_vec_with_limit};
use serde_json::{Value as Json, json};
use worldlines::{
    app::{Edit, next_name},
    formats::{
        MAX_TEXT, MOST_COMPARED, bundled,
        link::{self, Compared},
        scenario,
    },
    kernel::{Fault, MessageName, NodeId, Scenario},
    runs::Outcome,
};

use crate::common::chance::Chance;

fn plain() -> Scenario {
    Scenario::new("best-effort-broadcast", Scenario::numbered(3))
}

fn compared(scenario: Scenario, digest: Option<&str>) -> Compared {
    Compared { scenario, digest: digest.map(str::to_owned) }
}

/// A link of the plain scenario with these differences beside it.
fn with(differences: impl AsRef<[u8]>) -> String {
    let packed = URL_SAFE_NO_PAD.encode(compress_to_vec(differences.as_ref(), 9));
    format!("{}&c=deflate.{packed}", link::fragment(&plain(), None))
}

fn read(link: &str) -> Vec<Compared> {
    link::decode(link).unwrap_or_else(|problem| panic!("{problem}\n{link}")).compared
}

fn refusal(link: &str) -> String {
    match link::decode(link) {
        Ok(decoded) => panic!("{link} was read as {decoded:?}"),
        Err(problem) => problem.to_string(),
    }
}

/// Scenarios that differ from this one in each field.
fn others(scenario: &Scenario) -> Vec<Scenario> {
    let message = MessageName { from: NodeId::new(0), to: NodeId::new(1), number: 1 };
    let edits = [
        Edit::AddFault(Fault::Drop { message }),
        Edit::Seed(scenario.seed + 1),
        Edit::Until(scenario.until + 100),
        Edit::Nodes(scenario.nodes.len() + 1),
        Edit::Rename(NodeId::new(0), next_name(&scenario.nodes)),
        Edit::Protocol("uniform-broadcast"),
        Edit::RemoveRequest(0),
    ];
    edits.into_iter().filter_map(|edit| edit.apply(scenario).ok()).collect()
}

#[test]
fn comparison_in_a_link_holds_each_run_as_it_was() {
    for bundled in bundled::bundled() {
        let first = bundled.scenario().expect("bundled scenarios are valid");
        let first = scenario::without_variants(first);
        let fragment = link::fragment(&first, Some("0123456789abcdef"));
        let runs: Vec<_> =
            others(&first).into_iter().map(|it| compared(it, Some("89abcdef"))).collect();
        assert!(runs.len() > 2, "{}", bundled.path());
        let link = link::with_comparison(&fragment, &first, &runs).expect("it fits");
        assert!(link.starts_with(&fragment) && link.contains("&c=deflate."));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "#=&._-".contains(c);
        assert!(link.chars().all(is_plain), "{link}");
        let decoded = link::decode(&format!("https://example.org/{link}).")).expect("it opens");
        assert_eq!((&decoded.scenario, &decoded.compared), (&first, &runs), "{}", bundled.path());
        assert_eq!(decoded.digest.as_deref(), Some("01234567"));
    }
}

/// Reads a link as the first release did: it knows the fields `s`, `d` and `v`, and ignores all others. Returns the text of
/// the scenario, and the digest.
fn first_release(link: &str) -> (String, Option<String>) {
    let (_, fragment) = link.split_once('#').expect("it has a fragment");
    let field = |name: &str| {
        let mut values = fragment.split('&').filter_map(|field| field.strip_prefix(name));
        let value = values.next().map(str::to_owned);
        assert_eq!(values.next(), None, "one field {name}");
        value
    };
    assert_eq!(field("v="), None);
    let value = field("s=").expect("it has a scenario");
    let data = value.strip_prefix("deflate.").expect("it is compressed");
    let bytes = URL_SAFE_NO_PAD.decode(data).expect("it is base64url");
    let bytes = decompress_to_vec_with_limit(&bytes, MAX_TEXT).expect("it is DEFLATE");
    (String::from_utf8(bytes).expect("it is text"), field("d="))
}

#[test]
fn comparison_in_a_link_is_ignored_by_a_decoder_without_it() {
    let runs = [compared(others(&plain())[0].clone(), Some("89abcdef"))];
    let fragment = link::fragment(&plain(), Some("01234567"));
    let link = link::with_comparison(&fragment, &plain(), &runs).expect("it fits");
    assert_eq!(first_release(&link), (scenario::write(&plain()), Some("01234567".to_owned())));
    // A field of the same name that another program added is none of ours.
    for added in [
        "&c=",
        "&c=7",
        "&c=de",
        "&c=brotli.AAAA",
        "&c=deflated.AAAA",
        "&e=0",
        "&e=..",
        "&cc=deflate.A",
    ] {
        let decoded = link::decode(&format!("{fragment}{added}")).expect("it opens");
        assert_eq!((decoded.scenario, decoded.compared), (plain(), vec![]), "{added}");
    }
    let keys = |fields: &str| read(&link.replace("&e=89abcdef", fields));
    assert_eq!(keys("&e=89ABCDEF0123"), runs);
    // Digests that are not those of all runs say nothing.
    for damaged in ["", "&e=", "&e=89abcde", "&e=89abcdef.89abcdef", "&e=89abcdeg"] {
        assert_eq!(keys(damaged), [compared(runs[0].scenario.clone(), None)], "{damaged}");
    }
    let mangled = link.replace('&', "%26").replace('=', "%3D");
    assert_eq!(read(&mangled), runs);
    for (link, holds) in [
        (&*link, true),
        (&mangled, true),
        (&fragment, false),
        (&format!("{fragment}&c=7"), false),
        (&format!("{fragment}&abc=deflate.A"), false),
        (&scenario::write(&Scenario { title: "&c=deflate".to_owned(), ..plain() }), false),
    ] {
        assert_eq!(link::holds_comparison(link), holds, "{link}");
    }
    // The key of a student changes the scenario that the differences are from; here there is none.
    assert_eq!(read(&format!("{link}&v=anna")), runs);
}

#[test]
fn link_of_an_exercise_with_variants_promises_no_digest() {
    let exercise = r#"{"version": 1, "protocol": "fifo-multicast", "nodes": 2,
        "goal": {"violate": "FIFO order", "within": "drop=1", "variants": [{"seed": 5}, {"seed": 6}]}}"#;
    let exercise = scenario::read(exercise).expect("it is valid");
    let other = Scenario { until: 70, ..scenario::without_variants(exercise.clone()) };
    let runs = [compared(other, Some("89abcdef"))];
    let fragment = Outcome::of(exercise.clone()).expect("it runs").fragment();
    assert_eq!(fragment, link::fragment(&exercise, None));
    let link = link::with_comparison(&fragment, &exercise, &runs).expect("it fits");
    assert!(!link.contains("&d=") && !link.contains("&e="), "{link}");
    // The other run follows the variant.
    let picked = link::decode(&format!("{link}&v=anna")).expect("it opens");
    assert_eq!(picked.compared[0].digest, None);
    assert_eq!(picked.compared[0].scenario.seed, picked.scenario.seed);
    let plain = scenario::without_variants(exercise);
    let fragment = Outcome::of(plain.clone()).expect("it runs").fragment();
    let link = link::with_comparison(&fragment, &plain, &runs).expect("it fits");
    assert!(link.contains("&d=") && link.ends_with("&e=89abcdef"), "{link}");
}

#[test]
fn comparison_that_is_wrong_is_refused_in_one_line() {
    let link = with(r#"[{"seed":7}]"#);
    assert_eq!(read(&link), [compared(Scenario { seed: 7, ..plain() }, None)]);
    let field = link.split_once("&c=").expect("it has one").1;
    let many = |count: usize| Json::from(vec![json!({}); count]).to_string();
    assert_eq!(read(&with(many(MOST_COMPARED))).len(), MOST_COMPARED);
    for (link, line) in [
        (format!("{link}&c={field}"), "c: found two comparisons, expected a link with one"),
        (
            with(""),
            "c: found a syntax error (EOF while parsing a value) at line 1, column 0, expected JSON",
        ),
        (with("{}"), "c: found {}, expected a list of differences"),
        (with("[]"), "c: found 0 runs beside the first, expected 1 to 7"),
        (with(many(8)), "c: found 8 runs beside the first, expected 1 to 7"),
        (with("[{},1]"), "c[1]: found 1, expected an object of differences"),
        (
            with(r#"[{"nodes":null}]"#),
            "c[0].nodes: found nothing, expected a list of 1 to 128 names",
        ),
        (
            with(r#"[{"protocol":"best-effort-brodcast"}]"#),
            r#"c[0].protocol: found "best-effort-brodcast", expected the id of a protocol"#,
        ),
        (with(r#"[{"sed":7}]"#), r#"c[0].sed: found the unknown field "sed", expected "version""#),
        (
            with(format!(r#"[{{"title":{}}}]"#, "[".repeat(40))),
            "c: found more than 32 levels of nesting, expected at most 32",
        ),
        (
            link.split("&c=").next().map(|it| format!("{it}&c=deflate")).unwrap_or_default(),
            "c: found no data behind \"deflate\", expected the whole link: its end is missing",
        ),
        (
            link[..link.len() - 3].to_owned(),
            "c: found data that ends too soon, expected the whole link: its end is missing",
        ),
        (
            with(" ".repeat(MAX_TEXT + 1)),
            "c: found more than 1048576 bytes of scenario, expected at most 1048576",
        ),
    ] {
        let said = refusal(&link);
        assert!(said.starts_with(line), "{said}\n{line}");
        assert_eq!(said.lines().count(), 1);
    }
}

#[test]
fn comparison_that_does_not_fit_is_not_written() {
    let fragment = link::fragment(&plain(), None);
    let runs = |count: usize| vec![compared(plain(), None); count];
    let written = |runs: &[Compared]| link::with_comparison(&fragment, &plain(), runs);
    assert!(written(&runs(MOST_COMPARED)).is_some());
    assert_eq!(written(&runs(MOST_COMPARED + 1)), None);
    assert_eq!(written(&[]), None);
    let mut chance = Chance::new(3);
    let faults = (0..9000).map(|_| {
        let at = u64::from(chance.byte()) * 1_000_000 + chance.below(1_000_000) as u64;
        let until = at + 1 + chance.below(1_000_000) as u64;
        Fault::Pause { node: NodeId::new(0), at, until }
    });
    let large = Scenario { faults: faults.collect(), ..plain() };
    assert_eq!(written(&[compared(large, None)]), None);
}

/// Every input is answered: with scenarios that can be written, or with one line.
fn survives(text: &str) {
    match link::decode(text) {
        Ok(decoded) => {
            for other in decoded.compared {
                assert!(!scenario::write(&other.scenario).is_empty());
            }
        }
        Err(problem) => assert_eq!(problem.to_string().lines().count(), 1, "{problem}"),
    }
    let _ = link::texts(text);
}

#[test]
fn damaged_comparison_never_makes_the_reader_panic() {
    let runs: Vec<_> =
        others(&plain()).into_iter().map(|it| compared(it, Some("01234567"))).collect();
    let fragment = link::fragment(&plain(), Some("89abcdef"));
    let link = link::with_comparison(&fragment, &plain(), &runs[..2]).expect("it fits");
    for end in 0..link.len() {
        survives(&link[..end]);
    }
    for place in 0..link.len() {
        for bit in 0..8 {
            let mut bytes = link.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            survives(&String::from_utf8_lossy(&bytes));
        }
    }
    let mut chance = Chance::new(11);
    let values = ["null", "[]", "{}", "1e999", "-1", "\"\"", "[[]]", "{\"a\":{\"b\":null}}"];
    let fields = ["version", "protocol", "nodes", "network", "faults", "requests", "goal", "x", ""];
    for length in 0..600 {
        let noise: Vec<u8> = (0..length % 100).map(|_| chance.byte()).collect();
        survives(&with(&noise));
        let data = URL_SAFE_NO_PAD.encode(&noise);
        survives(&format!("{fragment}&c=deflate.{data}&e={data}"));
        let (field, value) = (chance.one_of(&fields), chance.one_of(&values));
        let (other, more) = (chance.one_of(&fields), chance.one_of(&values));
        survives(&with(format!(r#"[{{"{field}":{value},"{other}":{more}}},{more}]"#)));
    }
}
