//! The command line as users run it: the binary, its output and its exit codes.

use std::{
    env,
    process::{Command, Stdio},
};

use serde_json::Value as Json;
use worldlines::{
    formats::{link, scenario},
    protocols,
    runs::Outcome,
};

use crate::common::command_line::{HALF_WAY, file, printed, refused, worldlines};

fn outcome() -> Outcome {
    Outcome::of(scenario::read(HALF_WAY).expect("it is valid")).expect("it can be run")
}

#[test]
fn run_takes_a_file_a_link_or_standard_input() {
    let (file, link) = (file("half-way.json", HALF_WAY), link::fragment(&outcome().scenario, None));
    let address = format!("https://example.org/{link}");
    for (source, input) in
        [(file.as_str(), ""), (&link, ""), (&address, ""), ("-", HALF_WAY), ("-", &link)]
    {
        assert_eq!(printed(&["run", source], input), outcome().summary());
    }
    assert_eq!(printed(&["run", "--text", "-"], HALF_WAY), outcome().text());
    assert_eq!(printed(&["run", "-", "--json"], HALF_WAY), outcome().json() + "\n");
    assert_eq!(printed(&["run", "-", "--digest"], HALF_WAY), outcome().digest() + "\n");
}

#[test]
fn link_and_open_are_inverse() {
    let link = printed(&["link", "-"], HALF_WAY);
    assert_eq!(link, link::fragment(&outcome().scenario, Some(&outcome().digest())) + "\n");
    let opened = printed(&["open", link.trim_end()], "");
    assert_eq!(opened, scenario::write(&outcome().scenario) + "\n");
    assert_eq!(printed(&["open", "-"], &link), opened);
    assert_eq!(printed(&["link", "-"], &opened), link);
}

#[test]
fn link_of_several_files_compares_their_runs() {
    let first = file("first.json", HALF_WAY);
    let later = file("later.json", HALF_WAY.replace("\"after_sends\": 1", "\"after_sends\": 2"));
    let uniform = file("uniform.json", HALF_WAY.replace("best-effort", "uniform"));
    let link = printed(&["link", &first, &later, &uniform], "");
    let alone = printed(&["link", &first], "");
    assert!(link.starts_with(alone.trim_end()) && link.contains("&c=deflate."), "{link}");
    let link = link.trim_end();
    let scenarios: String = [&first, &later, &uniform]
        .map(|path| printed(&["open", printed(&["link", path], "").trim_end()], ""))
        .concat();
    assert_eq!(printed(&["open", link], ""), scenarios);
    let summary = |path: &str| printed(&["run", path], "");
    assert_eq!(
        printed(&["run", link], ""),
        format!(
            "Run 1 of 3\n{}\nRun 2 of 3\n{}\nRun 3 of 3\n{}",
            summary(&first),
            summary(&later),
            summary(&uniform)
        )
    );
    // A link stands for its runs.
    assert_eq!(printed(&["link", link], "").trim_end(), link);
    assert_eq!(
        printed(&["link", &first, "-"], &printed(&["link", &later, &uniform], "")),
        printed(&["link", "-"], link)
    );
    let other = worldlines(&["run", &link.replace("&e=", "&e=00000000.")], "");
    assert_eq!(other.stderr, b"", "digests of another number say nothing");
    let (rest, digests) = link.split_once("&e=").expect("it has digests");
    let other = worldlines(&["run", &format!("{rest}&e=00000000{}", &digests[8..])], "");
    let said = String::from_utf8_lossy(&other.stderr);
    assert_eq!((other.status.code(), said.matches("differently").count()), (Some(0), 1), "{said}");
    assert!(said.starts_with("worldlines: run 2: this version"), "{said}");
    let text = worldlines(&["run", "--digest", link], "");
    assert_eq!(text.stdout, printed(&["run", "--digest", &first], "").as_bytes());
    let said = String::from_utf8_lossy(&text.stderr);
    assert!(
        said.starts_with("worldlines: the link compares 3 runs, and this output has the first")
    );
    let nine = vec![first.as_str(); 9];
    assert_eq!(
        refused(&[&["link"], nine.as_slice()].concat(), ""),
        "worldlines: found 9 runs, expected at most 8"
    );
    assert_eq!(
        refused(&["run", &format!("{}&c=deflate.____", alone.trim_end())], ""),
        "worldlines: c: found damaged data, expected raw DEFLATE data: a character of the link is wrong"
    );
}

#[test]
fn run_of_a_link_with_another_digest_runs_it_and_says_so() {
    let link = link::fragment(&outcome().scenario, Some("00000000"));
    let output = worldlines(&["run", &link], "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stdout), outcome().summary());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("differently") && said.contains("00000000"), "{said}");
}

#[test]
fn link_that_programs_may_cut_is_named() {
    // Texts that do not compress well.
    let letter =
        |at: u32, i: u32| char::from(b'a' + ((at * 7 + i * i * 5 + at * i % 11) % 26) as u8);
    let text = |at| (0..30).map(|i| letter(at, i)).collect::<String>();
    let caption = |at| format!(r#"{{"at":{},"node":"P1","text":"{}"}}"#, at * 97, text(at));
    let captions: Vec<String> = (0..99).map(caption).collect();
    let long = format!(
        r#"{{"version":1,"protocol":"best-effort-broadcast","nodes":2,"captions":[{}]}}"#,
        captions.join(",")
    );
    let output = worldlines(&["link", "-"], &long);
    let (link, said) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0));
    assert!(link.len() > link::LONG_LINK && said.contains("some programs cut links"), "{said}");
}

#[test]
fn command_with_bad_input_is_refused_in_one_line() {
    let faulty = file("faulty.json", HALF_WAY.replace("Alice\", \"at", "Alicia\", \"at"));
    let line = format!(
        "worldlines: {faulty}: faults[0].crash.node: found \"Alicia\", \
         expected a node: \"Alice\", \"Bob\" or \"Carol\"; did you mean \"Alice\"?"
    );
    assert_eq!(refused(&["run", &faulty], ""), line);
    assert_eq!(refused(&["link", &faulty], ""), line);
    assert_eq!(
        refused(&["open", "nonsense"], ""),
        "worldlines: link: found \"nonsense\", expected a link with #s=deflate.… in it"
    );
    assert!(
        refused(&["run", "no-such-file.json"], "").starts_with("worldlines: no-such-file.json: ")
    );
    assert!(
        refused(&["run", "-"], "").starts_with("worldlines: standard input: found a syntax error")
    );
    assert!(
        refused(&["run", &file("bytes.json", [0xFF])], "")
            .ends_with("no UTF-8 from byte 0 on, expected text")
    );
    let huge = " ".repeat((1 << 20) + 1);
    assert!(refused(&["run", &file("huge.json", huge)], "").ends_with("expected at most 1048576"));
    assert_eq!(worldlines(&["run"], "").status.code(), Some(2));
    assert_eq!(worldlines(&["dance"], "").status.code(), Some(2));
    assert_eq!(worldlines(&["run", "--json", "--text", "-"], HALF_WAY).status.code(), Some(2));
}

#[test]
fn command_with_a_closed_pipe_ends_without_an_error() {
    // Far more than a pipe holds, so that the writer still writes when its reader has ended.
    let requests: Vec<String> = (0..5000)
        .map(|at| format!(r#"{{"at":{at},"node":"P1","do":"broadcast","with":"m{at}"}}"#))
        .collect();
    let long = format!(
        r#"{{"version":1,"protocol":"best-effort-broadcast","nodes":4,"requests":[{}],"until":9000}}"#,
        requests.join(",")
    );
    let mut child = Command::new(env!("CARGO_BIN_EXE_worldlines"))
        .args(["run", "--json", &file("long.json", long)])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the binary ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*said), (Some(0), ""));
}

#[test]
fn list_has_every_protocol() {
    let json: Json = serde_json::from_str(&printed(&["list", "--json"], "")).expect("JSON");
    assert_eq!(json["version"], 1);
    let listed = json["protocols"].as_array().expect("a list");
    let text = printed(&["list"], "");
    assert_eq!(listed.len(), protocols::catalogue().count());
    for ((family, protocol), entry) in protocols::catalogue().zip(listed) {
        assert_eq!((&entry["id"], &entry["family"]), (&protocol.id.into(), &family.id.into()));
        for field in ["name", "summary", "source"] {
            assert!(entry[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {entry}");
        }
        for field in ["model", "parameters", "requests", "properties", "scenarios"] {
            assert!(entry[field].is_array(), "{field}: {entry}");
        }
        for property in entry["properties"].as_array().expect("a list") {
            assert!(property["promised"].is_boolean() && property["statement"].is_string());
            assert!(["safety", "liveness"].iter().any(|kind| property["kind"] == *kind));
        }
        for parameter in entry["parameters"].as_array().expect("a list") {
            let fields = parameter.as_object().expect("an object");
            for field in ["name", "default", "min", "max", "unit", "help"] {
                assert!(fields.contains_key(field), "{field}: {parameter}");
            }
            assert_eq!(parameter["default"].is_string(), parameter["choices"].is_array());
        }
        assert!(text.contains(protocol.id) && text.contains(family.name));
    }
}

#[test]
fn cost_shows_counts_beside_the_formula() {
    let table = printed(&["cost", "reliable-broadcast", "--nodes", "3..5"], "");
    let expected = "reliable-broadcast: one broadcast costs n(n − 1) messages
     n   counted   formula
     3         6         6
     4        12        12
     5        20        20
";
    assert_eq!(table, expected);
    let every_size = printed(&["cost", "causal-multicast"], "");
    assert_eq!(every_size.lines().count(), 2 + 14, "from 3 to 16 nodes");
    for (_, protocol) in protocols::catalogue().filter(|(_, it)| !it.costs.is_empty()) {
        let table = printed(&["cost", protocol.id, "--nodes", "7"], "");
        assert!(!table.contains("differs"), "{table}");
    }
}

#[test]
fn cost_that_cannot_be_counted_is_refused() {
    let said = refused(&["cost", "reliable-brodcast"], "");
    assert!(said.contains("did you mean \"reliable-broadcast\"?"), "{said}");
    let said = refused(&["cost", "reliable-broadcast", "--nodes", "5..3"], "");
    let expected =
        "worldlines: --nodes: found \"5..3\", expected two numbers from 1 to 128 like 3..16";
    assert_eq!(said, expected);
    let said = refused(&["cost", "reliable-broadcast", "--nodes", "1"], "");
    let expected = "worldlines: reliable-broadcast: one broadcast needs a group of 2 nodes at least, \
                    found at most 1";
    assert_eq!(said, expected);
}

#[test]
fn measure_prints_a_table_over_nodes_parameters_and_seeds() {
    let table = printed(&["measure", "ricart-agrawala", "--over", "nodes=2..4"], "");
    let expected = "ricart-agrawala: one entry
nodes  runs  messages  delays  violating
    2     1         2       4          0
    3     1         4       4          0
    4     1         6       4          0
";
    assert_eq!(table, expected);
    let ring = ["measure", "token-ring-lock", "--nodes", "5", "--over", "pause=5,10"];
    assert_eq!(printed(&ring, "").lines().count(), 4);
    let crash = "static/scenarios/reliable/best-effort-broadcast/sender-crashes-half-way.json";
    let json = printed(&["measure", crash, "--over", "seed=1..20", "--json"], "");
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(json["rows"].as_array().map(Vec::len), Some(20));
    assert_eq!(json["rows"][0]["violating"], 1, "agreement is violated");
}

#[test]
fn measure_of_an_unmeasurable_series_is_refused() {
    for (arguments, expected) in [
        (["measure", "paxo", "--over", "seed=1"], "did you mean \"paxos\"?"),
        (
            ["measure", "paxos", "--over", "nodes=1..300"],
            "--over: found \"nodes=1..300\", expected sizes from 1 to 128",
        ),
        (["measure", "paxos", "--over", "quorum=all"], "expected \"majority\" or \"one\""),
        (["measure", "paxos", "--over", "timeout"], "or \"back-off-time\" with values"),
        (["measure", "paxos", "--over", "seed=1..5000"], "expected at most 1000 values"),
        (
            ["measure", "abcast", "--over", "nodes=1..3"],
            "expected at least 2: one broadcast needs them",
        ),
        (["measure", "no-file.json", "--over", "seed=1"], "no-file.json"),
    ] {
        let said = refused(&arguments, "");
        assert!(said.contains(expected), "{said}");
    }
    let said = refused(&["measure", "paxos", "--over", "seed=1", "--seeds", "0"], "");
    assert!(
        said.contains("--seeds: found \"0\", expected a whole number from 1 to 1000"),
        "{said}"
    );
    let said = refused(&["measure", "paxos", "--over", "seed=1", "--operation", "one entry"], "");
    assert!(said.contains("--operation: found \"one entry\", expected \"one proposal\""), "{said}");
}
