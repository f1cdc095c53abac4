//! Inputs from outside, each with the correct answer of the command line, and its time.

use std::time::{Duration, Instant};

use worldlines::{
    formats::{link, scenario},
    kernel::{Caption, MAX_NODES, NodeId, Scenario, is_unseen},
};

use crate::common::{
    chance::Chance,
    command_line::{file, printed, refused, worldlines},
    folder,
};

/// A case's file.
fn case(name: &str) -> String {
    folder("tests/cases").join(format!("{name}.json")).display().to_string()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a search that does not end is found by a clock")]
fn search_with_a_huge_budget_ends_and_reports_coverage() {
    let file = case("search-small-budget");
    for budget in ["1", "2", "3", "10", "1000000000"] {
        for faults in ["drop=1", "forge=2", "crash=1", "all=0", "drop=100,crash=100,all=3"] {
            let begin = Instant::now();
            let asked = ["search", &file, "--budget", budget, "--faults", faults, "--jobs", "1"];
            let output = worldlines(&asked, "");
            let said = String::from_utf8(output.stderr).expect("it prints UTF-8");
            assert_eq!(output.status.code(), Some(0), "{said}");
            let lines = said.lines().filter(|line| line.starts_with("No violation of "));
            let covered = lines.filter(|line| line.contains(" run")).count();
            assert_eq!(covered, said.lines().count(), "{budget} {faults}: {said}");
            assert!(begin.elapsed() < Duration::from_secs(60), "{budget} {faults}");
        }
    }
}

#[test]
fn search_without_possible_faults_says_so() {
    let file = case("search-small-budget");
    let output = worldlines(&["search", &file, "--budget", "1", "--faults", "drop=1"], "");
    let said = String::from_utf8(output.stderr).expect("it prints UTF-8");
    assert!(said.contains("1 run: no such fault can have an effect"), "{said}");
}

#[test]
fn run_keeps_a_payload_with_a_newline_on_one_line() {
    let file = case("newline-forges-an-event-line");
    for arguments in [&["explain", &file][..], &["run", &file], &["run", "--text", &file]] {
        let said = printed(arguments, "");
        assert!(!said.contains("999 ms  b  deliver  fake\tx"), "{said}");
        assert!(!said.lines().any(|line| line.trim_start().starts_with("999 ms")), "{said}");
        assert!(said.lines().all(|line| !line.contains(is_unseen)), "{said}");
    }
    let text = printed(&["run", "--text", &file], "");
    assert!(text.contains(r"l1\n 999 ms  b  deliver  fake\tx"), "{text}");
    assert!(text.contains(r"rtl \u202e evil") && text.contains(r"\u0000nul"), "{text}");
}

#[test]
fn command_with_a_number_out_of_range_names_the_limits() {
    let file = case("search-small-budget");
    for (option, values, range) in [
        ("--jobs", &["0", "257", "100000", "99999999999", "-1", "x", "1e3", ""][..], "1 to 256"),
        (
            "--budget",
            &["0", "1000000001", "99999999999999999999999", "-3", "many"],
            "1 to 1000000000",
        ),
        ("--seed", &["9007199254740992", "-1", "1.5", "0x1"], "0 to 9007199254740991"),
        ("--until", &["0", "250000001", "-1", "soon"], "1 to 250000000"),
    ] {
        for value in values {
            let said = refused(&["search", &file, option, value], "");
            let expected = format!(
                "worldlines: {option}: found \"{value}\", expected a whole number from {range}"
            );
            assert_eq!(said, expected);
        }
    }
    let alone = refused(&["search", &file, "--faults", "crash=1,drop"], "");
    assert!(
        alone.ends_with(r#"found "drop" alone, expected a number after it: drop=1"#),
        "{alone}"
    );
    let negative = refused(&["search", &file, "--shard", "-1/3"], "");
    assert!(negative.starts_with(r#"worldlines: --shard: found "-1/3""#), "{negative}");
    for shard in ["0/1", "2/1", "1/10001", "1", "/", "-1/2", "1/0", "99999999999/99999999999"] {
        let said = refused(&["search", &file, &format!("--shard={shard}")], "");
        assert!(
            said.contains("expected a part and the number of parts, up to 10000: 3/16"),
            "{said}"
        );
    }
    for faults in ["crash=101", "crash=-1", "crash=99999999999", "=1", "crash", "crash=1,crash=x"] {
        let said = refused(&["search", &file, &format!("--faults={faults}")], "");
        assert!(said.starts_with("worldlines: --faults: found "), "{said}");
    }
    for nodes in ["0", "129", "3..129", "4..3", "1..99999999999999999999", "a", "", "..", "-1..3"] {
        let said = refused(&["cost", "abcast", &format!("--nodes={nodes}")], "");
        let most = format!("expected two numbers from 1 to {MAX_NODES} like 3..16");
        assert!(said.contains(&most), "{said}");
    }
}

#[test]
fn command_with_a_missing_file_is_refused_in_one_line() {
    let deep = file("deep.json", "[".repeat(100_000));
    let deep_object = file("deep-object.json", "{\"a\":".repeat(100_000));
    let huge = file("huge-one.json", "x".repeat((1 << 20) + 1));
    let bytes = file("no-text.json", [b'{', 0xC3, 0x28]);
    let folder = folder("tests").display().to_string();
    for command in ["run", "link", "search", "shrink", "explain", "check", "merge"] {
        for (source, expected) in [
            ("", "\"\": "),
            ("no/such/file.json", "no/such/file.json: "),
            (folder.as_str(), "tests: "),
            (&deep, "levels of nesting"),
            (&deep_object, "levels of nesting"),
            (&huge, "expected at most 1048576"),
            (&bytes, "found no UTF-8 from byte 1 on"),
            ("-", "standard input: "),
        ] {
            let said = refused(&[command, source], "");
            assert!(said.contains(expected), "{command} {source}: {said}");
        }
    }
    for command in ["merge", "link"] {
        let said = refused(&[command, "-", "-"], "");
        assert_eq!(said, "worldlines: standard input: found twice, expected once");
    }
    let said = refused(&["variants", "-", "--students", "-"], "");
    assert_eq!(said, "worldlines: standard input: found twice, expected once");
    let said = refused(&["run", "-", "--svg", "-", "--theme", "blue\u{1b}"], "");
    let expected = "expected one of light, dark, auto";
    assert_eq!(said, format!("worldlines: --theme: found \"blue\\u001b\", {expected}"));
    assert!(refused(&["pages", ""], "").starts_with("worldlines: \"\": expected a new"));
    assert!(refused(&["open", ""], "").starts_with("worldlines: link: found \"\""));
    assert!(refused(&["open", &"a".repeat(70_000)], "").contains("expected at most 65536"));
}

#[test]
fn run_of_a_file_with_a_byte_order_mark_ignores_the_mark() {
    let text = std::fs::read_to_string(case("newline-forges-an-event-line")).expect("it is there");
    let marked = file("marked.json", format!("\u{feff}{text}"));
    assert_eq!(printed(&["run", &marked], ""), printed(&["run", "-"], &text));
}

#[test]
fn link_that_is_too_long_is_not_printed() {
    let mut scenario = Scenario::new("best-effort-broadcast", Scenario::numbered(3));
    // Random digits hardly compress.
    let mut chance = Chance::new(1);
    let mut digits = || format!("{:016x}", chance.word());
    scenario.captions = (0..1000)
        .map(|at| Caption {
            at,
            node: NodeId::new(0),
            text: (0..12).map(|_| digits()).collect::<String>(),
        })
        .collect();
    let text = scenario::write(&scenario);
    let said = refused(&["link", "-"], &text);
    assert!(said.contains("expected at most 65536") && said.contains("?src="), "{said}");
    // Of several, the first that does not fit is named.
    let first = Scenario { captions: Vec::new(), ..scenario.clone() };
    let path = file("first-of-several.json", scenario::write(&first));
    let large = file("too-different.json", &text);
    let link = link::fragment(&Scenario { seed: 3, ..first }, None);
    let said = refused(&["link", &path, &link, &large, &path], "");
    assert!(said.contains("too-different.json: run 3: found too many differences"), "{said}");
    let damaged = &link[..link.len() - 3];
    let said = refused(&["link", &path, damaged], "");
    assert!(said.starts_with("worldlines: run 2: link: found "), "{said}");
    scenario.captions.truncate(200);
    let output = worldlines(&["link", "-"], &scenario::write(&scenario));
    let printed = String::from_utf8(output.stdout).expect("it prints UTF-8");
    assert_eq!(output.status.code(), Some(0));
    assert!(printed.len() > link::LONG_LINK && link::decode(&printed).is_ok());
}

#[test]
fn command_with_wrong_arguments_is_refused_in_one_line() {
    for arguments in [
        &[][..],
        &["dance"],
        &["run"],
        &["run", "--frob", "-"],
        &["run", "--json", "--text", "-"],
        &["run", "-", "-"],
        &["search"],
        &["search", "-", "--budget"],
        &["search", "-", "--until", "3"],
        &["merge"],
        &["cost"],
        &["list", "more"],
        &["run", "--json=yes", "-"],
    ] {
        let said = refused(arguments, "");
        assert!(said.starts_with("worldlines: "), "{arguments:?}: {said}");
    }
    for help in [&["--help"][..], &["help"], &["--version"], &["search", "--help"]] {
        assert!(!printed(help, "").is_empty());
    }
}
