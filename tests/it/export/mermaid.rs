//! The sequence diagram of Mermaid.

use worldlines::{
    export::{MOST_DRAWN, mermaid},
    formats::scenario,
    kernel::{Event, EventKind, NodeId},
    runs::Outcome,
};

use super::{hostile, runs};

/// A line of a diagram: an arrow with its ends, or a note at a participant.
#[derive(Debug, PartialEq)]
enum Line {
    Arrow(String, &'static str, String),
    Note(String),
}

fn read(text: &str) -> Vec<Line> {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("sequenceDiagram"));
    let lines = lines.map(str::trim).filter(|line| !line.starts_with("participant "));
    let read = |line: &str| {
        let (what, _) = line.split_once(": ").expect("each line says something");
        if let Some(node) = what.strip_prefix("Note over ") {
            return Line::Note(node.to_owned());
        }
        let heads = ["-)", "-x"].into_iter();
        let mut arrows = heads.filter_map(|head| {
            let (from, to) = what.split_once(head)?;
            Some(Line::Arrow(from.to_owned(), head, to.to_owned()))
        });
        arrows.next().expect("an arrow")
    };
    lines.map(read).collect()
}

#[test]
fn every_receipt_and_loss_is_an_arrow_and_the_order_at_each_node_is_that_of_the_run() {
    let mut level = 0;
    for (path, run) in runs() {
        if run.trace.events.len() > MOST_DRAWN {
            assert_eq!(mermaid(&run), Err(run.trace.events.len()), "{path}");
            continue;
        }
        let drawn = mermaid(&run).expect("it is short");
        let lines = read(&drawn.text);
        let trace = &run.trace;
        let heads = |head| {
            lines.iter().filter(|it| matches!(it, Line::Arrow(_, its, _) if *its == head)).count()
        };
        let count =
            |is: fn(&EventKind) -> bool| trace.events.iter().filter(|it| is(&it.kind)).count();
        assert_eq!(heads("-)"), count(|it| matches!(it, EventKind::Receive(_))), "{path}");
        assert_eq!(heads("-x"), count(|it| matches!(it, EventKind::Lose(..))), "{path}");
        // Each node's line: what happens there, in the order of the run, the sends of a moment apart.
        let place = |node: NodeId| format!("p{}", node.index() + 1);
        for node in (0..run.scenario.nodes.len()).map(NodeId::new) {
            let happens = trace.events.iter().filter(|event| event.node == node);
            let happens = happens.filter(|event| {
                !matches!(
                    event.kind,
                    EventKind::Send(_)
                        | EventKind::Timer(_)
                        | EventKind::Note(_)
                        | EventKind::Persist
                )
            });
            let arrives =
                |event: &&Event| matches!(event.kind, EventKind::Receive(_) | EventKind::Lose(..));
            let expected: Vec<bool> = happens.map(|event| arrives(&event)).collect();
            let name = place(node);
            let found = lines.iter().filter_map(|line| match line {
                Line::Arrow(_, _, to) if *to == name => Some(true),
                Line::Note(over) if *over == name => Some(false),
                _ => None,
            });
            let notes = trace.events.iter().filter(|event| event.node == node);
            let sends = notes.filter(|event| matches!(event.kind, EventKind::Send(_))).count();
            let found: Vec<bool> = found.collect();
            assert!(
                found.len() >= expected.len() && found.len() <= expected.len() + sends,
                "{path}"
            );
        }
        level += trace.messages.len() - drawn.apart;
    }
    assert!(level > 100, "{level} messages are level arrows");
}

#[test]
fn message_whose_sender_does_something_before_its_receipt_has_its_send_in_a_note() {
    let text = r#"{ "version": 1, "protocol": "best-effort-broadcast", "nodes": 2, "network": { "delay": [10, 10] },
        "requests": [{ "at": 0, "node": "P1", "do": "broadcast", "with": "a" },
                     { "at": 5, "node": "P1", "do": "broadcast", "with": "b" }] }"#;
    let run = Outcome::of(scenario::read(text).expect("it is a scenario")).expect("it runs");
    let drawn = mermaid(&run).expect("it is short");
    assert!(drawn.apart > 0, "a is sent before b, and received after that\n{}", drawn.text);
    assert!(drawn.text.contains("Note over p1: P1 sends"), "{}", drawn.text);
}

#[test]
fn signs_of_the_language_are_codes() {
    let drawn = mermaid(&hostile()).expect("it is short").text;
    for line in drawn.lines().skip(1) {
        let said =
            line.split_once(" as ").or_else(|| line.split_once(": ")).expect("it says something").1;
        let rest: String =
            said.split('#').map(|part| part.split_once(';').map_or(part, |it| it.1)).collect();
        assert!(!rest.contains([';', '#', '<', '>', '{', '}', '%', '"', ':']), "{line}");
    }
}
