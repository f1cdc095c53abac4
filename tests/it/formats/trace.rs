//! Traces have the form of docs/trace.md, and are readable in a terminal.

use serde_json::{Value as Json, json};
use worldlines::{
    analysis::report,
    diagram::{message_sentence, message_so_far},
    formats::{bundled, scenario, text, trace},
    kernel::{Fault, Medium, MessageName, RequestSpec, Strategy, run},
    runs::Outcome,
};

use crate::common::{self, node, rumour::RUMOUR};

fn outcome(text: &str) -> Outcome {
    let scenario = scenario::read(text).unwrap_or_else(|problem| panic!("{problem}\n{text}"));
    Outcome::of(scenario).expect("what was read can be run")
}

fn json(outcome: &Outcome) -> Json {
    serde_json::from_str(&outcome.json()).expect("a trace is JSON")
}

/// The example of docs/trace.md, with fixed delays so that every moment is known.
const HALF_WAY: &str = r#"{
    "version": 1, "title": "The sender crashes half-way", "protocol": "best-effort-broadcast",
    "nodes": ["Alice", "Bob", "Carol"], "network": {"delay": [21, 21]},
    "requests": [{"at": 10, "node": "Alice", "do": "broadcast", "with": "m1"}],
    "faults": [{"crash": {"node": "Alice", "at": 10, "after_sends": 1}}], "until": 500
}"#;

#[test]
fn trace_json_of_a_half_way_crash_is_as_documented() {
    let trace = json(&outcome(HALF_WAY));
    let broke = json!({
        "assumption": "a process that receives a request does not crash", "culprit": "faults[0]", "at": 10,
        "why": "Alice crashed at 10 ms",
    });
    assert_eq!(trace["version"], 1);
    assert_eq!(trace["protocol"], "best-effort-broadcast");
    assert_eq!(trace["nodes"], json!(["Alice", "Bob", "Carol"]));
    assert_eq!((&trace["end"], &trace["quiescent"]), (&json!(500), &json!(true)));
    assert_eq!(trace.get("exhausted"), None);
    assert_eq!(
        trace["events"],
        json!([
            {"id": 0, "time": 10, "node": "Alice", "kind": "request", "name": "broadcast", "data": "m1"},
            {"id": 1, "time": 10, "node": "Alice", "kind": "send", "message": "Alice>Bob#1",
             "label": "m1", "data": {"payload": "m1", "seq": 1}},
            {"id": 2, "time": 10, "node": "Alice", "kind": "crash"},
            {"id": 3, "time": 31, "node": "Bob", "kind": "receive", "message": "Alice>Bob#1"},
            {"id": 4, "time": 31, "node": "Bob", "kind": "deliver",
             "data": {"from": "Alice", "seq": 1, "payload": "m1"}},
        ])
    );
    assert_eq!(
        trace["messages"],
        json!([{"id": "Alice>Bob#1", "from": "Alice", "to": "Bob", "label": "m1", "sent": 10,
                "received": 31, "fate": "received"}])
    );
    let verdicts = trace["verdicts"].as_array().expect("a list");
    let of = |name: &str| verdicts.iter().find(|v| v["property"] == name).expect("judged");
    assert_eq!(
        of("agreement"),
        &json!({"property": "agreement", "kind": "liveness", "promised": true, "status": "violated",
                "at": 500, "witness": [4], "why": "Bob delivered m1, Carol never did", "broke": broke,
                "cause": {"tested": true, "tried": 1, "left_out": 0, "holds_without": ["faults[0]"],
                          "holds_without_all": [],
                          "said": "Without this the property would hold in the same run."}})
    );
    assert_eq!(
        of("no duplication"),
        &json!({"property": "no duplication", "kind": "safety", "promised": true, "status": "holds",
                "at": null, "witness": [], "why": null, "broke": null})
    );
    assert_eq!(trace["class"], "fail-safe");
    assert_eq!(trace["unused"], json!([]));
    assert_eq!(trace["metrics"], json!({"messages": 1}));
}

#[test]
fn trace_json_of_the_documentation_is_the_tested_one() {
    let page = include_str!("../../../docs/trace.md");
    let example = page.split("```").nth(1).and_then(|block| block.strip_prefix("json"));
    let mut shown: Json = serde_json::from_str(example.expect("an example")).expect("JSON");
    let mut trace = json(&outcome(HALF_WAY));
    let shown_verdict = shown["verdicts"][0].take();
    let verdicts = trace["verdicts"].take();
    assert!(verdicts.as_array().expect("a list").contains(&shown_verdict), "{verdicts:#}");
    shown["verdicts"] = Json::Null;
    assert_eq!(shown, trace);
}

#[test]
fn trace_json_has_its_fields_in_the_documented_order() {
    let text = outcome(HALF_WAY).json();
    let starts = r#"{"version":1,"protocol":"best-effort-broadcast","nodes":["Alice","Bob","Carol"],"end":500,"quiescent":true,"events":[{"id":0,"time":10,"node":"Alice","kind":"request","name":"broadcast","data":"m1"},{"id":1,"time":10,"node":"Alice","kind":"send","message":"Alice>Bob#1","label":"m1","data":{"payload":"m1","seq":1}},"#;
    assert!(text.starts_with(starts), "{text}");
    let message = r#""messages":[{"id":"Alice>Bob#1","from":"Alice","to":"Bob","label":"m1","sent":10,"received":31,"fate":"received"}],"verdicts":[{"property":"#;
    assert!(text.contains(message), "{text}");
    assert!(
        text.ends_with(r#""class":"fail-safe","unused":[],"metrics":{"messages":1}}"#),
        "{text}"
    );
}

/// Every kind of event and of fate that these protocols can show.
const EVERYTHING: &str = r#"{
    "version": 1, "protocol": "uniform-broadcast", "nodes": ["Alice", "Bob", "Carol"],
    "network": {"delay": [20, 20], "detector": {"perfect": 30}},
    "requests": [{"at": 10, "node": "Alice", "do": "broadcast", "with": "m1"},
                 {"at": 200, "node": "Carol", "do": "broadcast", "with": "too late"}],
    "faults": [{"drop": {"message": "Alice>Carol#1"}}, {"duplicate": {"message": "Alice>Bob#1", "after": 7}},
               {"pause": {"node": "Bob", "at": 12, "until": 40}}, {"crash": {"node": "Carol", "at": 20}},
               {"recover": {"node": "Carol", "at": 100}}, {"crash": {"node": "Carol", "at": 150}},
               {"drop": {"message": "Alice>Carol#9"}},
               {"cut": {"from": "Bob", "to": "Alice", "at": 45, "until": 46}}],
    "until": 300
}"#;

#[test]
fn trace_json_has_the_fields_of_every_kind_of_event() {
    let trace = json(&outcome(EVERYTHING));
    let events = trace["events"].as_array().expect("a list");
    let first = |kind: &str| events.iter().find(|event| event["kind"] == kind);
    let found = |kind: &str| first(kind).unwrap_or_else(|| panic!("no {kind} in {trace:#}"));
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event["id"], index);
    }
    for (kind, node) in
        [("crash", "Carol"), ("recover", "Carol"), ("pause", "Bob"), ("resume", "Bob")]
    {
        assert_eq!(found(kind)["node"], node);
    }
    assert_eq!(
        found("lose"),
        &json!({"id": found("lose")["id"], "time": 20, "node": "Carol", "kind": "lose",
                "message": "Alice>Carol#1", "why": "drop"})
    );
    assert_eq!(found("suspect")["data"], json!({"node": "Carol"}));
    assert_eq!(found("restore")["data"], json!({"node": "Carol"}));
    let messages = trace["messages"].as_array().expect("a list");
    let twice = messages.iter().find(|message| message["id"] == "Alice>Bob#1").expect("sent");
    assert_eq!(
        (&twice["received"], &twice["copies"]),
        (
            &json!(40),
            &json!([{"received": 40, "fate": "received"}, {"received": 40, "fate": "received"}])
        )
    );
    let lost = messages.iter().find(|message| message["id"] == "Alice>Carol#1").expect("sent");
    assert_eq!(
        (&lost["fate"], &lost["why"], lost.get("received")),
        (&json!("lost"), &json!("drop"), None)
    );
    assert_eq!(trace["unused"], json!(["faults[6]", "requests[1]"]));
}

#[test]
fn trace_json_calls_a_message_received_if_a_copy_is() {
    let twice = HALF_WAY.replace("\"faults\": [", "\"faults\": [{\"duplicate\": {\"message\": \"Alice>Bob#1\", \"after\": 9}}, {\"cut\": {\"from\": \"Alice\", \"to\": \"Bob\", \"at\": 0, \"until\": 9}}, ");
    let twice = twice.replace("{\"delay\": [21, 21]}", "{\"delay\": [21, 21], \"loss\": 1}");
    let outcome = outcome(&twice);
    let trace = json(&outcome);
    assert_eq!(
        trace["messages"][0],
        json!({"id": "Alice>Bob#1", "from": "Alice", "to": "Bob", "label": "m1", "sent": 10,
               "received": 40, "fate": "received",
               "copies": [{"fate": "lost", "why": "loss"}, {"received": 40, "fate": "received"}]})
    );
    let said = message_sentence(&outcome.scenario, &outcome.trace, 0);
    assert!(said.contains("received at 40 ms"), "{said}");
    let said = message_so_far(&outcome.scenario, &outcome.trace, 0, 4);
    assert!(said.contains("in transit"), "the original is lost by then, a copy is not: {said}");
}

#[test]
fn trace_json_tells_lies_corruption_and_transmissions() {
    let mut scenario = common::scenario("rumour", 3, 10);
    scenario.nodes = ["Alice", "Bob", "Carol"].map(str::to_owned).into();
    scenario.network.medium = Medium::Shared;
    let name = "transmit".to_owned();
    scenario.requests = vec![RequestSpec { at: 0, node: node(0), name, with: Some("yes".into()) }];
    let message = MessageName { from: node(0), to: node(2), number: 1 };
    scenario.faults = vec![
        Fault::Traitor { node: node(0), strategy: Strategy::Flip },
        Fault::Corrupt { message, bits: vec![0] },
    ];
    let run = run(&RUMOUR, &scenario).expect("rumours understand");
    let report = report(&RUMOUR, &scenario, &run);
    let json = trace::to_json(&scenario, &RUMOUR, &run, &report);
    let told: Json = serde_json::from_str(&json).expect("a trace is JSON");
    assert_eq!(
        told["events"][0],
        json!({"id": 0, "time": 0, "node": "Alice", "kind": "traitor", "name": "flip"})
    );
    assert_eq!(
        told["messages"][0],
        json!({"id": "Alice>Bob#1", "from": "Alice", "to": "Bob", "label": "not yes", "truth": "yes",
               "transmission": 1, "sent": 0, "received": 10, "fate": "received"})
    );
    assert_eq!(told["messages"][1]["damaged"], "oot yes");
    let events = told["events"].as_array().expect("a list");
    let receipt = |message: &str| {
        let receives = |event: &&Json| event["kind"] == "receive" && event["message"] == message;
        events.iter().find(receives).unwrap_or_else(|| panic!("{message} was received"))
    };
    assert_eq!(receipt("Alice>Bob#1").get("label"), None, "what came is what was sent");
    assert_eq!(receipt("Alice>Carol#1")["label"], "oot yes");
    assert_eq!(receipt("Alice>Carol#1")["data"]["text"], "oot yes");
    let many = told["messages"].as_array().map(Vec::len);
    let relays = many.map(|many| many - 2);
    assert_eq!(told["metrics"]["messages"].as_u64(), relays.map(|relays| relays as u64 + 1));
    let story = text::render(&scenario, &RUMOUR, &run, &report);
    assert!(story.contains("not yes (instead of yes)"), "{story}");
    assert!(story.contains("oot yes (was not yes)"), "{story}");
}

#[test]
fn trace_of_a_run_that_is_not_at_rest_says_so() {
    let short = HALF_WAY.replace("500", "20");
    let trace = json(&outcome(&short));
    assert_eq!(trace["quiescent"], false);
    assert_eq!(trace["messages"][0]["fate"], "in flight");
    assert!(outcome(&short).summary().contains("not yet at rest at 20 ms"));
}

#[test]
fn trace_text_tells_the_events_in_sentences() {
    let expected = "\
The sender crashes half-way
best-effort-broadcast: Alice, Bob, Carol; at rest at 500 ms

10 ms  Alice  request               broadcast m1
10 ms  Alice  send     Alice>Bob#1  m1
10 ms  Alice  crash
31 ms  Bob    receive  Alice>Bob#1  m1
31 ms  Bob    deliver               m1 (from Alice, seq 1)

Promised
  validity           liveness  holds
  no duplication     safety    holds
  no creation        safety    holds
  agreement          liveness  violated at 500 ms: Bob delivered m1, Carol never did
                               broken by faults[0]: Alice crashed at 10 ms; assumed: a process that receives a request does not crash
                               cause: Without this the property would hold in the same run.
                               witness: 31 ms  Bob  deliver  m1 (from Alice, seq 1)
Beyond the promise
  uniform agreement  liveness  violated at 500 ms: Bob delivered m1, Carol never did
                               broken by faults[0]: Alice crashed at 10 ms; assumed: a process that receives a request does not crash
                               cause: Without this the property would hold in the same run.
                               witness: 31 ms  Bob  deliver  m1 (from Alice, seq 1)
Class: fail-safe (safe, not live)
Messages: 1
";
    assert_eq!(outcome(HALF_WAY).text(), expected);
    let summary = outcome(HALF_WAY).summary();
    let told: Vec<&str> = summary.lines().filter(|line| !line.is_empty()).collect();
    let is_event = |line: &&str| line.contains("ms  ");
    let expected: Vec<&str> =
        expected.lines().filter(|line| !line.is_empty() && !is_event(line)).collect();
    assert_eq!(told, expected);
}

#[test]
fn trace_text_keeps_a_payload_on_one_line() {
    let broken = HALF_WAY.replace("m1", r"m\n1\u001b[31m");
    let text = outcome(&broken).text();
    assert!(text.contains(r"broadcast m\n1\u001b[31m"), "{text}");
    assert_eq!(text.lines().count(), outcome(HALF_WAY).text().lines().count());
}

#[test]
fn trace_text_has_names_in_place_of_nodes() {
    let text = outcome(EVERYTHING).json();
    assert!(!worldlines::kernel::has_reserved(&text), "{text}");
    assert!(!worldlines::kernel::has_reserved(&outcome(EVERYTHING).text()));
}

#[test]
fn trace_in_slices_is_the_whole_trace_whatever_their_size() {
    let hostile = HALF_WAY.replace("m1", r#"\"events\":[],\"messages\":[],\"series\":[]"#);
    let bundled = bundled::bundled().into_iter().map(|it| it.outcome().expect("it runs"));
    let runs = bundled.chain([HALF_WAY, EVERYTHING, &hostile].map(outcome));
    let mut with_series = 0;
    for (place, run) in runs.enumerate() {
        let mut whole = Vec::new();
        run.write_json(&mut whole).expect("memory takes all");
        let (mut slices, mut text, mut count) = (trace::Slices::default(), String::new(), 0);
        let most = [1, 7, 50, usize::MAX][place % 4];
        while !run.advance_json(&mut slices, &mut text, most) {
            count += 1;
        }
        assert_eq!(text.as_bytes(), whole, "{}", run.scenario.title);
        let items = run.trace.events.len() + run.trace.messages.len();
        assert!(count >= items / most, "{count} slices of {most} for {items}");
        with_series += usize::from(!run.protocol.metrics.is_empty());
    }
    assert!(with_series > 5);
}
