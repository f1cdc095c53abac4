//! Bad input: the line or the path, what was found, and what was expected.

use worldlines::import::{Imported, MAX_IMPORT, Options, import, import_with};

use crate::common::command_line::{HALF_WAY, file, refused, worldlines};

fn refusal(text: &str) -> String {
    import(text).err().map_or_else(|| "imported".to_owned(), |problem| problem.to_string())
}

/// Texts of no format and logs, with a part of the answer.
const LOGS: [(&str, &str); 13] = [
    ("", "line 1: found nothing, expected a log with vector clocks"),
    ("\n\nhello\n", "line 3: found hello, expected a log with vector clocks"),
    ("{\"a\": 1", "found a syntax error"),
    ("{\"a\": 1}", "found {\"a\":1}, expected a log"),
    ("a {\"a\":1}\nx\na {\"a\":1", "line 3: found a {\"a\":1 and no further line"),
    ("a {\"a\":1}\nx\nb\ny\n", "line 3: found b, expected a host and its vector clock"),
    (
        "a {\"a\":1}\nx\na {\"a\":3}\ny\n",
        "line 3: found event 3 of a without the one before it, expected event 2 of a",
    ),
    (
        "a {\"a\":1}\nx\na {\"a\":1}\ny\n",
        "line 3: found event 1 of a again, expected each event once",
    ),
    ("a {\"b\":1}\nx\n", "line 1: found a clock without a, expected a in its own clock, from 1"),
    (
        "a {\"a\":1,\"b\":2}\nx\nb {\"b\":1}\ny\n",
        "line 1: found b at 2 in the clock, expected an event 2 of b in the log",
    ),
    (
        "a {\"a\":1,\"b\":1}\nx\nb {\"b\":1,\"a\":1}\ny\n",
        "found event 1 of a, which happens before itself, expected clocks of a run",
    ),
    (
        "(?<host>\\S+) (?<clock>{.*})\n\nx\n",
        "expression: found (?<host>\\S+) (?<clock>{.*}), expected a group (?<event>…)",
    ),
    ("(?<host>(\n\nx\n", "expression: found (?<host>( ("),
];

/// Histories, states and traces, with a part of the answer.
const OTHERS: [(&str, &str); 20] = [
    (
        "{:type :invoke, :process 0, :f :read, :value nil\n",
        "line 1: found the end of the text within a form",
    ),
    (
        "{:type :invoke, :process 0, :f :read}\n{:type :began, :process 0, :f :read}\n",
        "line 2: type: found \"began\", expected \"invoke\", \"ok\", \"fail\" or \"info\"",
    ),
    (
        "{:type :ok, :process 0, :f :read, :value 1}\n",
        "line 1: found the end of an operation of process 0 that was not invoked",
    ),
    (
        "{:type :invoke, :process 0, :f :read}\n{:type :invoke, :process 0, :f :read}\n",
        "line 2: found an operation of process 0 before the end of its read",
    ),
    (
        "{\"type\":\"invoke\",\"process\":0,\"f\":\"read\"}\n{\"type\":\"ok\",\"process\":0,\"f\":\"write\"}\n",
        "line 2: found write, expected the end of read, which process 0 has invoked",
    ),
    (
        "{\"type\":\"invoke\",\"process\":0,\"f\":\"read\"}\n{\"type\":\"ok\"\n",
        "line 2: found a syntax error",
    ),
    (
        "[{\"ClientId\":0,\"Call\":5,\"Return\":1}]",
        "[0].return: found 1 before the call at 5, expected a time after the call",
    ),
    ("[{\"ClientId\":0,\"Call\":\"x\"}]", "[0].call: found \"x\", expected a whole number"),
    (
        "[{\"ClientId\":0,\"Kind\":\"return\",\"Id\":4}]",
        "[0]: found the return of 4, which was not called",
    ),
    ("{\"vars\":[],\"states\":[]}", "found no state in this ITF trace"),
    ("{\"states\":[3]}", "states[0]: found 3, expected a state: an object of variables"),
    ("{\"state\":[[1]]}", "state[0]: found [1], expected [number, state]"),
    ("{\"protocol\":null,\"events\":[]}", "version: found nothing, expected 1"),
    (
        "{\"version\":1,\"protocol\":null,\"nodes\":[\"a\"],\"events\":[{\"time\":0,\"node\":\"b\",\"kind\":\"crash\"}]}",
        "events[0].node: found \"b\", expected a name of \"nodes\"",
    ),
    (
        "{\"version\":1,\"protocol\":null,\"nodes\":[\"a\"],\"events\":[{\"time\":0,\"node\":\"a\",\"kind\":\"receive\",\"message\":\"b>a#1\"}]}",
        "events[0].message: found \"b>a#1\", expected a message that was sent to this node",
    ),
    (
        "{\"version\":1,\"protocol\":null,\"nodes\":[\"a\"],\"events\":[{\"time\":18446744073709551615,\"node\":\"a\",\"kind\":\"crash\"}]}",
        "events[0].time: found 18446744073709551615, expected a whole number of ms",
    ),
    (
        "[{\"ClientId\":0,\"Kind\":\"call\",\"Id\":4,\"Value\":\"read\"},{\"ClientId\":0,\"Kind\":\"call\",\"Id\":4,\"Value\":\"read\"}]",
        "[1]: found a second call of 4 before its return, expected one call for each id",
    ),
    ("[{:type :invoke, :process 0, :f :read}\n", "line 1: found the end of the text within a form"),
    ("[{:type :invoke, :process 0, :f :read} \u{1}]", "line 1: found"),
    ("{\"protocol\":\"paxos\"}", "version: found nothing, expected"),
];

#[test]
fn refusal_names_the_line_what_was_found_and_what_was_expected() {
    for (text, expected) in LOGS.into_iter().chain(OTHERS) {
        let refusal = refusal(text);
        assert!(refusal.contains(expected), "{text:?}: {refusal}");
    }
}

#[test]
fn bounds_are_checked_before_anything_is_built() {
    assert!(refusal(&" ".repeat((32 << 20) + 1)).contains("expected at most 33554432"));
    let deep = format!("{{:type :invoke, :value {}", "[".repeat(100_000));
    assert!(refusal(&deep).contains("more than 32 levels of nesting"), "{}", refusal(&deep));
    let tags = format!("{{:type :invoke, :value {}", "#a ".repeat(100_000));
    assert!(refusal(&tags).contains("more than 32 levels of nesting"));
    let deep = format!("{{\"states\":{}", "[".repeat(100_000));
    assert!(refusal(&deep).contains("more than 32 levels of nesting"));
    let hosts: String = (0..129).map(|host| format!("h{host} {{\"h{host}\":1}}\nx\n")).collect();
    assert!(
        refusal(&hosts).contains("line 257: found one more than 128 nodes, h128"),
        "{}",
        refusal(&hosts)
    );
    // An expression may not take more memory than a log.
    let large = Options {
        expression: Some("(?<host>a{1000}{1000})(?<clock>x)(?<event>y)".to_owned()),
        judged_as: None,
    };
    let refusal = import_with("x", &large).err().map(|it| it.to_string()).unwrap_or_default();
    assert!(refusal.starts_with("expression: found "), "{refusal}");
    let long = format!("(?<host>{}", "{".repeat(1_000));
    let long = Options { expression: Some(long), judged_as: None };
    let refusal = import_with("x", &long).err().map(|it| it.to_string()).unwrap_or_default();
    assert_eq!(refusal, "expression: found 1008 bytes, expected at most 1000");
}

#[test]
fn operation_in_one_text_is_not_judged_and_one_event_over_several_lines_is_read() {
    let history = r#"[{"ClientId":0,"Input":"write 5","Output":"ok","Call":0,"Return":1},
        {"ClientId":1,"Input":"read","Output":5,"Call":2,"Return":3}]"#;
    let Ok(Imported::Run(run)) = import(history) else { panic!("it is a run") };
    assert!(
        !run.outcome.report.is_violated(),
        "a text has no type: 5 is no other value than the number"
    );
    let event = "{\n  \"type\": \"invoke\",\n  \"process\": 0,\n  \"f\": \"read\"\n}";
    assert!(import(event).is_ok(), "{}", refusal(event));
}

#[test]
fn command_line_refuses_with_one_line() {
    let said = refused(&["import", "-"], "a {\"a\":1}\nx\na {\"a\":3}\ny\n");
    assert!(said.contains("standard input: line 3: found event 3 of a"), "{said}");
    let said = refused(&["import", "-", "--as", "queue"], "");
    assert!(said.contains("--as: found \"queue\", expected one of nothing, broadcast"), "{said}");
    for (text, what) in [
        (HALF_WAY, "no --as: a scenario is judged by its own protocol"),
        ("a {\"a\":1}\nx\n", "nothing for this format: log with vector clocks"),
    ] {
        let said = refused(&["import", "-", "--as", "mutex"], text);
        assert_eq!(said, format!("worldlines: --as: found \"mutex\", expected {what}"));
    }
    // A record may be longer than a scenario.
    let long = format!("a {{\"a\":1}}\n{}\n", "x".repeat(2 << 20));
    let output = worldlines(&["import", "-", "--text"], &long);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let huge = file("too-long-to-import.log", " ".repeat(MAX_IMPORT + 1));
    let said = refused(&["import", &huge], "");
    assert!(said.ends_with("found more than 33554432 bytes, expected at most 33554432"), "{said}");
}
