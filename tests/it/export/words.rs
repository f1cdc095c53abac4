//! The run in words.

use worldlines::{
    diagram::{fault_sentence, request_sentence},
    export::{MOST_TOLD, Telling, words},
    formats::scenario,
    kernel::{EventKind, Fate, Fault, Verdict, spell},
    runs::Outcome,
};

use super::{hostile, runs};
use crate::common::prose::wrong_with;

fn run(text: &str) -> Outcome {
    Outcome::of(scenario::read(text).expect("it is a scenario")).expect("it runs")
}

/// The line of a moment.
fn line(text: &str, time: u64) -> &str {
    let begin = format!("At {time} ms ");
    text.lines().find(|line| line.starts_with(&begin)).unwrap_or_default()
}

/// The words that an event must be told with, in the line of its moment.
fn expected(run: &Outcome, id: usize) -> Vec<String> {
    let (scenario, trace) = (&run.scenario, &run.trace);
    let event = &trace.events[id];
    let node = scenario.name(event.node);
    let text = |id: usize| spell(&trace.messages[id].packet.to_string(), &scenario.nodes);
    match &event.kind {
        EventKind::Request { index, .. } => {
            let said = request_sentence(scenario, &scenario.requests[*index]);
            let said = said.strip_prefix(&format!("{node}: ")).expect("a request's sentence");
            vec![format!("is asked to {said}")]
        }
        // "It" stands for a text that the sentence has named.
        EventKind::Send(message) => {
            let to = scenario.name(trace.messages[*message].name.to);
            vec![node, "sends ".to_owned(), text(*message), to]
        }
        EventKind::Receive(message) => {
            let from = scenario.name(trace.messages[*message].name.from);
            let is_copy = trace.messages[*message].fate != Fate::Received(id);
            let which = if is_copy { "a duplicate of " } else { "" };
            vec![node, format!("receives {which}{} from {from}", text(*message))]
        }
        EventKind::Lose(message, _) => {
            let from = scenario.name(trace.messages[*message].name.from);
            vec![format!("{} from {from} to ", text(*message)), node]
        }
        EventKind::Timer(timer) => {
            vec![format!("timer “{}” expires", spell(&timer.to_string(), &scenario.nodes))]
        }
        EventKind::Crash => vec![format!("{node} "), "crashes".to_owned()],
        EventKind::Recover => vec![format!("{node} recovers")],
        EventKind::Pause => vec![node, "pauses".to_owned()],
        EventKind::Resume => vec![node, "resumes".to_owned()],
        EventKind::Persist => vec![node, "writes to stable storage".to_owned()],
        EventKind::Note(note) => vec![node, format!("notes “{}”", spell(note, &scenario.nodes))],
        EventKind::Traitor(_) => vec![format!("{node} is a traitor")],
        EventKind::Indicate { kind: "deliver", .. } => vec![node, "delivers ".to_owned()],
        EventKind::Indicate { kind: "decide", .. } => vec![node, "decides ".to_owned()],
        EventKind::Indicate { kind: "view", .. } => vec![node, "installs view ".to_owned()],
        EventKind::Indicate { .. } | EventKind::Detect(_) => vec![node],
    }
}

#[test]
fn words_tell_every_event_of_a_short_run_at_its_moment() {
    let mut events = 0;
    for (path, run) in runs() {
        let text = words(&run);
        if run.trace.events.len() > MOST_TOLD {
            continue;
        }
        for (id, event) in run.trace.events.iter().enumerate() {
            let line = line(&text, event.time);
            for part in expected(&run, id) {
                // Longer texts are cut.
                let part: String = part.chars().take(200).collect();
                // A list of more than three receivers that are all others names none of them.
                let is_all = matches!(event.kind, EventKind::Send(_))
                    && line.contains(" to all other nodes");
                assert!(
                    line.contains(&part) || is_all,
                    "{path}: {:?}: {part:?} in {line:?}",
                    event.kind
                );
            }
            events += 1;
        }
    }
    assert!(events > 2_000, "{events} events are told");
}

#[test]
fn words_tell_faults_captions_and_verdicts() {
    let mut violated = 0;
    for (path, run) in runs() {
        let text = words(&run);
        for fault in run.scenario.faults.iter().take(12) {
            let said = fault_sentence(&run.scenario, fault);
            assert!(text.contains(&said), "{path}: {said} in\n{text}");
        }
        for caption in &run.scenario.captions {
            assert!(text.contains(&caption.text), "{path}: {}", caption.text);
        }
        for judgement in &run.report.judgements {
            assert!(text.contains(judgement.property.name), "{path}");
            if let Verdict::Violated { why, .. } = &judgement.verdict {
                let why = spell(why, &run.scenario.nodes);
                let why: String = why.chars().take(200).collect();
                assert!(text.contains(&why), "{path}: {why} in\n{text}");
                violated += 1;
            }
        }
    }
    assert!(violated > 20, "{violated} properties are violated");
}

#[test]
fn words_are_sentences() {
    for (path, run) in runs() {
        let text = words(&run);
        // A name that is a number makes a plural of one: "1 crashes".
        if run.scenario.nodes.contains(&"1".to_owned()) {
            continue;
        }
        for line in text.lines().filter(|line| !line.is_empty()) {
            // The author's words.
            if line.starts_with("Caption") {
                continue;
            }
            // A number that ends a clause counts nothing: "value 1, sends".
            let line_of_words = line.replace("1, ", "one, ").replace("message 1", "message one");
            assert_eq!(wrong_with(&line_of_words), None, "{path}");
            assert!(line.ends_with(['.', '?', '!', '…', ':', '”']), "{path}: {line}");
        }
    }
}

#[test]
fn words_join_what_a_node_does_at_one_moment() {
    let text = words(&run(r#"{ "version": 1, "protocol": "best-effort-broadcast",
        "nodes": ["Alice", "Bob", "Carol"], "until": 100, "network": { "delay": [21, 21] },
        "requests": [{ "at": 10, "node": "Alice", "do": "broadcast", "with": "m1" }] }"#));
    assert_eq!(
        line(&text, 10),
        "At 10 ms Alice is asked to broadcast m1, sends it to Bob and Carol and delivers it."
    );
    assert_eq!(
        line(&text, 31),
        "At 31 ms Bob receives m1 from Alice and delivers it. Carol receives m1 from Alice and delivers it."
    );
}

#[test]
fn words_tell_faults_of_messages_and_crashes_in_mid_broadcast() {
    let text = words(&run(r#"{ "version": 1, "protocol": "best-effort-broadcast",
        "nodes": ["Alice", "Bob", "Carol"], "until": 200, "network": { "delay": [20, 20] },
        "requests": [{ "at": 10, "node": "Alice", "do": "broadcast", "with": "m1" },
                     { "at": 50, "node": "Carol", "do": "broadcast", "with": "m1" }],
        "faults": [{ "crash": { "node": "Alice", "at": 10, "after_sends": 1 } },
                   { "delay": { "message": "Alice>Bob#1", "by": 5 } },
                   { "duplicate": { "message": "Alice>Bob#1", "after": 7 } },
                   { "drop": { "message": "Carol>Alice#1" } },
                   { "cut": { "from": "Carol", "to": "Bob", "at": 40, "until": 60 } }] }"#));
    for (time, said) in [
        (
            10,
            "Alice is asked to broadcast m1, sends it to Bob (delayed by 5 ms, duplicated 7 ms later) and crashes \
             after 1 send.",
        ),
        (35, "Bob receives m1 from Alice and delivers m1 (Alice's broadcast 1)."),
        (40, "the link from Carol to Bob is cut (until 60 ms)."),
        (42, "Bob receives a duplicate of m1 from Alice"),
        (50, "m1 from Carol to Bob is lost since the link is cut."),
    ] {
        assert!(line(&text, time).contains(said), "{time} ms: {said}\n{text}");
    }
    assert!(text.contains("m1 from Carol to Alice is dropped."), "{text}");
}

#[test]
fn words_of_a_long_run_are_bounded_and_say_what_is_left_out() {
    let requests = |count: usize| {
        let one = |at| {
            format!(r#"{{"at":{at},"node":"P{}","do":"broadcast","with":"m{at}"}}"#, at % 8 + 1)
        };
        let all: Vec<String> = (0..count).map(one).collect();
        run(&format!(
            r#"{{"version":1,"protocol":"best-effort-broadcast","nodes":8,"until":9000,"requests":[{}],
                "faults":[{{"crash":{{"node":"P8","at":500}}}}]}}"#,
            all.join(",")
        ))
    };
    // The kinds that matter least are left out.
    let some = words(&requests(100));
    assert!(
        some.contains("only the 101 most important are told; left out: 800 deliveries"),
        "{some}"
    );
    assert!(some.contains("At 99 ms P4 is asked to broadcast m99.") && some.contains("P8 crashes"));
    // Even the requests are too many.
    let many = requests(3000);
    let text = words(&many);
    assert!(text.contains(&format!("only the {MOST_TOLD} most important")), "{text}");
    let left_out = text.split("(Here ").nth(1).expect("it says where");
    let left_out: usize =
        left_out.split(' ').next().and_then(|it| it.parse().ok()).expect("a count");
    assert!(left_out > 30_000, "{left_out}");
    assert!(text.contains("m2998.") && text.contains("m0."), "the beginning and the end are told");
    assert!(text.len() < 40_000, "{} bytes", text.len());
}

#[test]
fn words_of_a_run_are_always_the_same_and_forge_no_line() {
    let one = words(&hostile());
    assert_eq!(one, words(&hostile()));
    let text = r#"{ "version": 1, "protocol": "best-effort-broadcast", "nodes": ["A\"", "B; it", "Ç  d"],
        "title": "a\u202eb", "requests": [{ "at": 0, "node": "A\"", "do": "broadcast", "with": "x\nAt 5 ms \u202e" },
                                      { "at": 1, "node": "A\"", "do": "broadcast", "with": "" }] }"#;
    let text = words(&run(text));
    assert!(!text.contains('\u{202e}') && !text.contains("\nAt 5 ms"), "{text}");
    assert!(text.contains("x\\nAt 5 ms \\u202e"), "{text}");
    assert!(text.starts_with("a\\"), "{text}");
}

#[test]
fn words_tell_only_faults_that_had_an_effect_in_the_moments() {
    let run = run(r#"{ "version": 1, "protocol": "best-effort-broadcast", "nodes": 2,
        "faults": [{ "partition": { "groups": [["P1"], ["P2"]], "at": 5, "until": 9 } }] }"#);
    assert!(matches!(run.scenario.faults[0], Fault::Partition { .. }));
    let text = words(&run);
    assert!(text.contains("from 5 ms to 9 ms (without effect)."), "{text}");
    assert_eq!(line(&text, 5), "", "{text}");
}

/// The lines that are told after so many events, joined.
fn told_after(run: &Outcome, telling: &Telling, events: usize, is_future_hidden: bool) -> String {
    let now = events.checked_sub(1).map_or(0, |last| run.trace.events[last].time);
    let told = telling.told(run, events, now, is_future_hidden);
    let lines = told.into_iter().flatten().map(|(_, line)| line.said);
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn words_with_a_hidden_future_tell_the_shown_events_and_no_other() {
    let (mut shown, mut hidden, mut cuts) = (0, 0, 0);
    for (path, run) in runs().filter(|(_, run)| run.trace.events.len() <= MOST_TOLD) {
        let (telling, trace) = (Telling::of(&run), &run.trace);
        for events in 0..trace.events.len() {
            let text = told_after(&run, &telling, events, true);
            for id in 0..events {
                let line = line(&text, trace.events[id].time);
                for part in expected(&run, id) {
                    let part: String = part.chars().take(200).collect();
                    let is_told = line.contains(&part) || line.contains(" to all other nodes");
                    assert!(is_told, "{path} after {events}: {part:?} in {line}");
                    shown += 1;
                }
            }
            // A later event of the same moment is untold if none before it has the same words.
            let next = &trace.events[events];
            let line = line(&text, next.time);
            let words = |id: usize| expected(&run, id).join(" … ");
            let is_new = |id: usize| (0..events).all(|before| words(before) != words(id));
            if line.is_empty() {
                hidden += 1;
            } else if matches!(next.kind, EventKind::Crash | EventKind::Recover) && is_new(events) {
                let name = run.scenario.name(next.node);
                let does = if next.kind == EventKind::Crash { "crashes" } else { "recovers" };
                assert!(!line.contains(&format!("{name} {does}")), "{path} after {events}: {line}");
                cuts += 1;
            }
        }
    }
    assert!(shown > 10_000 && hidden > 500 && cuts > 5, "{shown} {hidden} {cuts}");
}

#[test]
fn words_of_a_moment_grow_event_by_event_where_the_future_is_hidden() {
    let text = r#"{ "version": 1, "protocol": "best-effort-broadcast", "nodes": ["Alice", "Bob", "Carol"],
        "network": { "delay": [21, 21] }, "requests": [{ "at": 10, "node": "Alice", "do": "broadcast", "with": "m1" }] }"#;
    let run = run(text);
    let telling = Telling::of(&run);
    let of_31 = |events: usize| {
        let text = told_after(&run, &telling, events, true);
        line(&text, 31).to_owned()
    };
    let first = run.trace.events.iter().position(|event| event.time == 31).expect("receipts");
    assert_eq!(of_31(first), "");
    assert_eq!(of_31(first + 1), "At 31 ms Bob receives m1 from Alice.");
    assert_eq!(of_31(first + 2), "At 31 ms Bob receives m1 from Alice and delivers it.");
    let whole = of_31(first + 4);
    assert!(whole.contains("Carol receives m1 from Alice and delivers it."), "{whole}");
    // Events to come are told where the picture shows them.
    assert_eq!(line(&told_after(&run, &telling, first + 1, false), 31), whole);
}

#[test]
fn words_tell_the_end_of_a_run_once_it_is_shown() {
    for (path, run) in runs() {
        let (telling, end) = (Telling::of(&run), run.trace.events.len());
        let all = words(&run);
        let all = all.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        assert_eq!(told_after(&run, &telling, end, false), all, "{path}");
        let first = all.lines().next().unwrap_or_default();
        for hidden in [false, true] {
            let before = told_after(&run, &telling, end - 1, hidden);
            for word in
                [" is violated", " holds.", " hold.", "The run is ", " sent: ", "The run ends"]
            {
                let lines = before.lines().filter(|line| !line.starts_with("At "));
                let mut lines = lines.filter(|line| !line.starts_with("Caption ("));
                assert!(lines.all(|line| !line.contains(word)), "{path}: {word:?} in {before}");
            }
            let opening = before.lines().next().unwrap_or_default();
            assert!(first.starts_with(opening) && !opening.is_empty(), "{path}: {opening}");
        }
        // A voice reads each line in its place.
        let lines = telling.aloud(true);
        let told = telling.told(&run, end, u64::MAX, false).concat();
        assert_eq!(lines.len(), told.len());
        assert!(told.into_iter().all(|(place, line)| lines[place] == line), "{path}");
    }
}
