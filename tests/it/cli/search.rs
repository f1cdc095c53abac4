//! Searches on the command line: findings, coverage, and merged parts.

use serde_json::Value as Json;
use worldlines::{
    formats::{link, scenario, search},
    kernel::Scenario,
    runs::Outcome,
    search::{Exhaustive, size},
};

use crate::common::command_line::{HALF_WAY, file, printed, refused, worldlines};

/// A broadcast without faults.
fn plain() -> String {
    let scenario = scenario::read(HALF_WAY).expect("it is a scenario");
    scenario::write(&Scenario { faults: Vec::new(), ..scenario })
}

/// Output of a search, and its messages on standard error.
fn searched(arguments: &[&str], input: &str) -> (String, String) {
    let output = worldlines(&[&["search", "-"], arguments].concat(), input);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
    (text(output.stdout), text(output.stderr))
}

#[test]
fn search_prints_a_violation_with_explanation_scenario_and_link() {
    let faults = ["--property", "agreement", "--faults", "crash=1,drop=2"];
    let (printed, said) = searched(&faults, &plain());
    let found = scenario::read(printed.trim()).expect("it prints a scenario");
    assert_eq!(found.faults.len(), 1, "one fault is enough");
    assert!(found.captions.is_empty() && found.nodes.len() == 3 && found.requests.len() == 1);
    let outcome = Outcome::of(found).expect("it can be run");
    let judgement = outcome.report.judgements.iter().find(|it| it.property.name == "agreement");
    assert!(judgement.expect("it is judged").verdict.is_violated());
    assert!(said.starts_with("agreement is violated. "), "{said}");
    assert!(said.contains("would hold"), "the nearest run that holds is told: {said}");
    let link = said.lines().find(|line| link::is_link(line)).expect("there is a link");
    let decoded = link::decode(link).expect("it is a link");
    assert_eq!(scenario::write(&decoded.scenario), printed.trim());
}

#[test]
fn search_that_covers_everything_says_so() {
    let scenario = plain().replace("best-effort-broadcast", "reliable-broadcast");
    let (printed, said) = searched(&["--property", "agreement", "--faults", "crash=1"], &scenario);
    assert_eq!(printed, "");
    let all = "No violation of agreement within 1 crash, whatever the order of events: all ";
    assert!(said.starts_with(all) && said.ends_with(" states.\n"), "{said}");
}

#[test]
fn search_that_leaves_runs_out_says_so() {
    let scenario = plain().replace("best-effort-broadcast", "reliable-broadcast");
    let few = [
        "--property",
        "agreement",
        "--faults",
        "partition=2,crash=1",
        "--budget",
        "40",
        "--inside-model",
    ];
    let (printed, said) = searched(&few, &scenario);
    assert_eq!(printed, "");
    assert!(said.starts_with("No violation of agreement was found within "), "{said}");
    assert!(said.contains("runs with faults") && said.contains("random faults"), "{said}");
}

#[test]
fn search_of_one_seed_gives_the_same_results_with_any_number_of_workers() {
    let search = |jobs: &str| {
        let few = ["--json", "--budget", "600", "--seed", "5", "--jobs", jobs];
        searched(&few, &plain()).0
    };
    let alone = search("1");
    assert_eq!(search("2"), alone);
    assert_eq!(search("7"), alone);
    let results = search::read(&alone).expect("results are read");
    assert_eq!(search::write(&results) + "\n", alone, "as they were written");
}

#[test]
fn search_shards_are_disjoint_and_together_the_whole() {
    let faults =
        ["--property", "no creation", "--faults", "drop=2,cut=1", "--json", "--budget", "3000"];
    let whole = search::read(&searched(&faults, &plain()).0).expect("results are read");
    let parts: Vec<String> = (1..=3)
        .map(|number| {
            let shard = format!("{number}/3");
            let results = searched(&[&faults[..], &["--shard", &shard]].concat(), &plain()).0;
            file(&format!("part-{number}.json"), results)
        })
        .collect();
    let names: Vec<&str> = parts.iter().map(String::as_str).collect();
    let merged = printed(&[&["merge", "--json"], &names[..]].concat(), "");
    let merged = search::read(&merged).expect("results are read");
    let (whole, merged) = (whole.coverage, merged.coverage);
    assert!(whole.exhausted && merged.exhausted);
    assert_eq!(merged.runs, whole.runs, "each run counts in one part");
    assert_eq!(merged.orders[0].states, whole.orders[0].states);
    let refused_at = |files: &[&str]| refused(&[&["merge"], files].concat(), "");
    assert!(refused_at(&names[..2]).contains("part 3 too"));
    assert!(refused_at(&[names[0], names[1], names[1]]).contains("part 2/3 again"));
}

#[test]
fn search_shards_find_what_the_whole_finds() {
    let parts: Vec<String> = (1..=2)
        .map(|number| {
            let shard = format!("{number}/2");
            let all = ["--faults", "crash=1", "--json", "--shard", &shard];
            file(&format!("half-{number}.json"), searched(&all, &plain()).0)
        })
        .collect();
    let output = worldlines(&["merge", &parts[0], &parts[1]], "");
    let merged = String::from_utf8(output.stdout).expect("it prints UTF-8");
    let (whole, _) = searched(&["--faults", "crash=1"], &plain());
    let sizes = |text: &str| -> Vec<_> {
        let read = |line| scenario::read(line).expect("it prints scenarios");
        text.lines().map(|line| size(&read(line)).0).collect()
    };
    assert_eq!(sizes(&merged), sizes(&whole));
}

#[test]
fn explain_minimises_a_scenario_made_by_hand() {
    let mut scenario = scenario::read(HALF_WAY).expect("it is a scenario");
    scenario.nodes = Scenario::numbered(6);
    scenario.ask(137, worldlines::kernel::NodeId::new(3), "broadcast", Some("m2".into()));
    let text = scenario::write(&scenario);
    let small = printed(&["shrink", "-", "--property", "agreement"], &text);
    let small = scenario::read(small.trim()).expect("it prints a scenario");
    assert_eq!((small.nodes.len(), small.requests.len(), small.faults.len()), (3, 1, 1));
    assert!(small.until <= 100 && small.requests[0].at == 0, "{}", scenario::write(&small));
}

#[test]
fn explain_uses_the_names_of_nodes() {
    let said = printed(&["explain", "-"], HALF_WAY);
    let (paragraph, path) = said.split_once('\n').expect("a paragraph, and the events");
    for part in [
        "Alice crashes after 1 send (10 ms).",
        "Bob delivered m1, Carol never did.",
        "relies on this",
        "If Alice had crashed after 2 sends, agreement would hold: then Carol delivers m1",
    ] {
        assert!(paragraph.contains(part), "{part}: {paragraph}");
    }
    let steps = ["Alice: broadcast m1", "Alice crashes", "Bob receives m1", "Bob delivers m1"];
    let places: Vec<_> = steps.iter().map(|step| path.find(step)).collect();
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{path}");
}

#[test]
fn search_with_wrong_arguments_is_refused_in_one_line() {
    let plain = plain();
    for (arguments, expected) in [
        (&["--property", "agrement"][..], "did you mean \"agreement\"?"),
        (&["--faults", "crush=1"], "did you mean \"crash\"?"),
        (&["--faults", "crash=x"], "expected a whole number from 0 to 100 after crash="),
        (&["--shard", "4/3"], "--shard: found \"4/3\", expected a part and the number of parts"),
        (&["--budget", "0"], "--budget: found \"0\", expected a whole number from 1"),
    ] {
        let said = refused(&[&["search", "-"], arguments].concat(), &plain);
        assert!(said.contains(expected), "{said}");
    }
    let said = refused(&["explain", "-"], &plain);
    assert!(said.contains("a run without violations"), "{said}");
    let said = refused(&["shrink", "-", "--property", "agreement"], &plain);
    assert!(said.contains("which holds in this run"), "{said}");
    let wrong = file("wrong.json", r#"{"version": 1, "search": {"scenario": {"version": 1}}}"#);
    let said = refused(&["merge", &wrong], "");
    assert!(said.contains("search.scenario.protocol"), "{said}");
}

#[test]
fn search_prints_results_as_json() {
    let all = ["--faults", "crash=1", "--property", "agreement", "--json"];
    let (printed, said) = searched(&all, &plain());
    assert_eq!(said, "");
    let results: Json = serde_json::from_str(&printed).expect("it is JSON");
    assert_eq!(results["version"], 1);
    assert_eq!(results["findings"][0]["property"], "agreement");
    assert_eq!(results["findings"][0]["scenario"]["protocol"], "best-effort-broadcast");
    assert_eq!(results["search"]["faults"], "crash=1");
}

#[test]
fn search_counts_faults_of_the_scenario_apart() {
    let scenario = plain().replace("best-effort-broadcast", "reliable-broadcast");
    let scenario = scenario.replace("\"Carol\"", "\"Carol\",\"Dave\"");
    let text = ["--property", "agreement", "--faults", "crash=1", "--budget", "300", "--json"];
    let results = search::read(&searched(&text, &scenario).0).expect("results are read");
    let [orders] = &results.coverage.orders[..] else { panic!("there is one property") };
    assert!(orders.complete && orders.reduced, "too many states, and few that are left in");
    let asked = &results.asked;
    let patient = Scenario { until: asked.scenario.until * 2 + 1000, ..asked.scenario.clone() };
    let mut fewer =
        Exhaustive::new(asked.protocol, patient, &asked.objectives(), &asked.budget, true)
            .expect("it can be searched");
    while !fewer.is_over() {
        assert!(fewer.advance(100, &[true]).is_empty());
    }
    assert_eq!(orders.states, fewer.states());
}
