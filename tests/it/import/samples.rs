//! Each sample is imported without a question; every form of a run works on it.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use worldlines::{
    export::{csv, mermaid, shiviz, svg, tikz, words},
    formats::scenario,
    import::{Abstraction, Imported, Options, import, import_with},
    kernel::{EventKind, Verdict},
    runs::Outcome,
};

use super::{recording, sample, samples};
use crate::common::command_line::{printed, worldlines};

/// Events of a run: time, node and text.
fn told(run: &Outcome) -> Vec<(u64, String, String)> {
    let events = run.trace.events.iter().filter_map(|event| match &event.kind {
        EventKind::Indicate { packet, .. } => {
            Some((event.time, run.scenario.name(event.node), packet.to_string()))
        }
        _ => None,
    });
    events.collect()
}

/// Ends of the messages of a run.
fn messages(run: &Outcome) -> Vec<String> {
    run.trace.messages.iter().map(|it| run.scenario.message_name(it.name)).collect()
}

fn status(run: &Outcome, property: &str) -> &'static str {
    let judgement = run.report.judgements.iter().find(|it| it.property.name == property);
    judgement.map_or("not judged", |it| it.verdict.status())
}

#[test]
fn every_sample_is_recognised_by_its_content() {
    let mut formats = BTreeSet::new();
    let samples = samples();
    assert!(samples.len() >= 20, "{} samples", samples.len());
    for (name, text) in samples {
        match import(&text).unwrap_or_else(|problem| panic!("{name}: {problem}")) {
            Imported::Scenario(_) => assert_eq!(name, "worldlines-scenario.json"),
            Imported::Run(recording) => {
                let expected = match name.split(['-', '.']).next().expect("it has a name") {
                    "shiviz" | "govector" | "event" | "one" | "tsviz" | "two" => {
                        "log with vector clocks"
                    }
                    "quint" | "apalache" => "ITF trace",
                    "tlc" => "TLC trace",
                    "jepsen" | "maelstrom" => "Jepsen history",
                    "porcupine" => "list of operations",
                    _ => "trace of Worldlines",
                };
                assert_eq!(recording.format, expected, "{name}");
                assert!(!recording.notes.is_empty(), "{name}");
                formats.insert(recording.format);
            }
        }
    }
    assert_eq!(formats.len(), 6, "{formats:?}");
}

#[test]
fn every_form_works_on_an_imported_run() {
    for (name, text) in samples() {
        let Ok(Imported::Run(recording)) = import(&text) else { continue };
        let run = recording.outcome;
        let json: Json = serde_json::from_str(&run.json()).expect("it is JSON");
        assert_eq!((&json["protocol"], &json["class"]), (&Json::Null, &Json::Null), "{name}");
        assert_eq!(json["events"].as_array().map(Vec::len), Some(run.trace.events.len()), "{name}");
        // No cause was sought, since the run cannot be repeated.
        assert!(!run.json().contains("more than"), "{name}");
        assert_eq!(run.digest().len(), 64);
        assert!(run.text().contains("Imported run: "), "{name}");
        assert!(words(&run).contains("Imported run with "), "{name}");
        assert_eq!(csv(&run).lines().count(), run.trace.events.len() + 1, "{name}");
        assert!(mermaid(&run).is_ok() && tikz(&run).is_ok(), "{name}");
        assert!(shiviz(&run).starts_with("(?<event>"), "{name}");
        assert!(svg(&run, &worldlines::export::SvgOptions::default()).contains("</svg>"), "{name}");
        // A scenario of ours may have these names.
        let nodes = serde_json::to_string(&run.scenario.nodes).expect("they are texts");
        let with_names =
            format!(r#"{{"version":1,"protocol":"best-effort-broadcast","nodes":{nodes}}}"#);
        assert!(
            scenario::read(&with_names).is_ok() || run.scenario.nodes.len() == 1,
            "{name}: {nodes}"
        );
    }
}

#[test]
fn log_with_clocks_gives_the_messages_that_its_clocks_show() {
    let run = recording(&sample("shiviz-with-head.log")).outcome;
    let expected = ["client>primary#1", "primary>backup#1", "backup>primary#1", "primary>client#1"];
    assert_eq!(messages(&run), expected);
    let events = told(&run);
    assert_eq!(events.len(), 11);
    assert_eq!(events[4], (20, "primary".to_owned(), "Receive put k=1".to_owned()));
    for name in ["govector.log", "one-line.log"] {
        assert_eq!(messages(&recording(&sample(name)).outcome).len(), 2, "{name}");
    }
    assert_eq!(messages(&recording(&sample("event-before-clock.log")).outcome).len(), 1);
}

#[test]
fn log_in_any_order_of_lines_gives_the_same_run() {
    // As several hosts' logs one after the other.
    let log = sample("govector.log");
    let lines: Vec<&str> = log.lines().collect();
    let mut entries: Vec<&[&str]> = lines.chunks(2).collect();
    entries.reverse();
    let reversed = entries.concat().join("\n");
    let (one, other) = (recording(&log).outcome, recording(&reversed).outcome);
    assert_eq!(told(&one).len(), told(&other).len());
    let times = |run: &Outcome| {
        let mut events = told(run);
        events.sort();
        events
    };
    assert_eq!(times(&one), times(&other));
}

#[test]
fn log_of_several_runs_says_what_is_left_out() {
    let recording = recording(&sample("two-runs.log"));
    assert_eq!(told(&recording.outcome).len(), 2);
    assert!(recording.notes.concat().contains("1 run is left out"), "{:?}", recording.notes);
}

#[test]
fn log_of_another_shape_is_read_by_an_expression() {
    let text = "[10:02] node a | started | {\"a\": 1}\nnoise\n[10:03] node b | heard | {\"b\": 1, \"a\": 1}\n";
    let expression = r"^\[.*\] node (?<host>\w+) \| (?<event>.*) \| (?<clock>{.*})$".to_owned();
    let options = Options { expression: Some(expression), judged_as: None };
    let Ok(Imported::Run(recording)) = import_with(text, &options) else { panic!("it is a run") };
    assert_eq!(messages(&recording.outcome), ["a>b#1"]);
    assert!(recording.notes.concat().contains("1 line is not matched"), "{:?}", recording.notes);
}

#[test]
fn states_are_taken_apart_by_the_nodes_of_their_functions() {
    let run = recording(&sample("quint.itf.json")).outcome;
    let events = told(&run);
    assert_eq!(run.scenario.nodes, ["r1", "r2", "state"]);
    let expected = (10, "r1".to_owned(), "prepare: rmState: working → prepared".to_owned());
    assert!(events.contains(&expected), "{events:?}");
    let run = recording(&sample("tlc-counterexample.json")).outcome;
    let expected = (30, "p1".to_owned(), "Enter(p1): pc: wait → cs".to_owned());
    assert!(told(&run).contains(&expected), "{:?}", told(&run));
    let looping = recording(&sample("apalache-counter.itf.json"));
    assert!(looping.notes.concat().contains("state 0 again"), "{:?}", looping.notes);
    assert!(told(&looping.outcome)[1].2.contains("crossings: 0 → 1"));
}

#[test]
fn histories_of_registers_queues_and_locks_are_judged() {
    let judged = |name: &str, property: &str| {
        let run = recording(&sample(name)).outcome;
        status(&run, property)
    };
    assert_eq!(judged("jepsen-register.edn", "linearizability"), "violated");
    assert_eq!(judged("jepsen-util.log", "linearizability"), "holds");
    assert_eq!(judged("jepsen.jsonl", "linearizability"), "holds");
    assert_eq!(judged("porcupine-operations.json", "linearizability"), "violated");
    // A read of the initial value beside the write.
    assert_eq!(judged("porcupine-events.json", "linearizability"), "holds");
    assert_eq!(judged("jepsen-lock.json", "mutual exclusion"), "violated");
    // Two registers: one read misses the write that has completed, the other was never written.
    assert_eq!(judged("jepsen-records.edn", "linearizability"), "holds");
    assert_eq!(judged("maelstrom-broadcast.edn", "linearizability"), "not judged");
    assert_eq!(judged("worldlines-trace.json", "agreement"), "violated");
    assert_eq!(judged("worldlines-trace.json", "validity"), "holds");
}

#[test]
fn failed_operation_is_no_request_and_one_without_an_answer_may_have_taken_place() {
    let history = |last: &str| {
        format!(
            "{{:type :invoke, :process 0, :f :write, :value 1}}\n\
             {{:type {last}, :process 0, :f :write, :value 1}}\n\
             {{:type :invoke, :process 1, :f :read, :value nil}}\n\
             {{:type :ok, :process 1, :f :read, :value 1}}\n"
        )
    };
    for (last, expected) in [(":fail", "violated"), (":info", "holds"), (":ok", "holds")] {
        let run = recording(&history(last)).outcome;
        assert_eq!(status(&run, "linearizability"), expected, "{last}");
    }
}

#[test]
fn reader_chooses_the_abstraction() {
    let text = sample("jepsen-register.edn");
    let options = Options { expression: None, judged_as: Some(Abstraction::Nothing) };
    let Ok(Imported::Run(recording)) = import_with(&text, &options) else { panic!("it is a run") };
    assert!(recording.outcome.report.judgements.is_empty());
    let names: Vec<&str> = Abstraction::ALL.iter().map(|it| it.name()).collect();
    assert_eq!(names, ["nothing", "broadcast", "consensus", "mutex", "register"]);
}

#[test]
fn verdicts_of_an_imported_run_name_its_nodes() {
    let run = recording(&sample("jepsen-register.edn")).outcome;
    let judgement = &run.report.judgements[0];
    let Verdict::Violated { why, witness } = &judgement.verdict else { panic!("it is violated") };
    let why = worldlines::kernel::spell(why, &run.scenario.nodes);
    assert_eq!(
        why,
        "client 1's read of x answered 1, which no order of the operations explains: client 0's write of 2 to x had \
         completed before"
    );
    assert!(witness.len() >= 3);
}

#[test]
fn command_line_prints_an_imported_run_as_a_trace() {
    let output = worldlines(&["import", "-"], &sample("govector.log"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(
        said.starts_with("worldlines: standard input: log with vector clocks. Times are logical"),
        "{said}"
    );
    let json: Json = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    assert_eq!(json["nodes"], serde_json::json!(["peer-1", "peer-2"]));
    assert_eq!(json["protocol"], Json::Null);
    // A scenario is run.
    let trace = printed(&["import", "-"], &sample("worldlines-scenario.json"));
    assert_eq!(trace, printed(&["run", "-", "--json"], &sample("worldlines-scenario.json")));
    let text = worldlines(&["import", "-", "--as", "nothing", "--text"], &sample("jepsen.jsonl"));
    assert!(String::from_utf8_lossy(&text.stdout).contains("enqueue"));
}
