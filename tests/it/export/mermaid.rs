//! The sequence diagram of Mermaid.

use worldlines::{
    export::{MOST_DRAWN, mermaid},
    formats::scenario,
    kernel::{EventKind, MessageId, NodeId},
    runs::Outcome,
};

use super::{hostile, runs};

/// A line of a diagram: an arrow with its ends and its head, or a note at a participant with its text.
#[derive(Debug, PartialEq)]
enum Line {
    Arrow(NodeId, &'static str, NodeId),
    Note(NodeId, String),
}

fn participant(name: &str) -> NodeId {
    let number = name.strip_prefix('p').and_then(|number| number.parse::<usize>().ok());
    NodeId::new(number.expect("a participant") - 1)
}

fn read(text: &str) -> Vec<Line> {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("sequenceDiagram"));
    let is_drawn = |line: &&str| !line.starts_with("participant ") && !line.starts_with("%% ");
    let lines = lines.map(str::trim).filter(is_drawn);
    let read = |line: &str| {
        let (what, said) = line.split_once(": ").expect("each line says something");
        if let Some(node) = what.strip_prefix("Note over ") {
            return Line::Note(participant(node), said.to_owned());
        }
        let arrow = |head| {
            let (from, to) = what.split_once(head)?;
            Some(Line::Arrow(participant(from), head, participant(to)))
        };
        ["-)", "-x"].into_iter().find_map(arrow).expect("an arrow")
    };
    lines.map(read).collect()
}

/// The place in the diagram of each event that has one, if the diagram has them in the order of the run; and the messages
/// without a note for their send.
fn places(path: &str, run: &Outcome, lines: &[Line]) -> (Vec<Option<usize>>, Vec<MessageId>) {
    let trace = &run.trace;
    let (mut at, mut level) = (0, Vec::new());
    let mut places = Vec::new();
    for event in &trace.events {
        let ends = |message: MessageId| {
            let name = trace.messages[message].name;
            (name.from, name.to)
        };
        let expected = match event.kind {
            EventKind::Timer(_) | EventKind::Note(_) | EventKind::Persist => {
                places.push(None);
                continue;
            }
            EventKind::Send(message) => {
                let (_, to) = ends(message);
                let number = trace.messages[message].name.number;
                let name = match number {
                    1 => format!(" to {}", run.scenario.name(to)),
                    _ => format!(" to {} (message {number})", run.scenario.name(to)),
                };
                let is_note = matches!(lines.get(at), Some(Line::Note(node, said))
                    if *node == event.node && said.contains(" sends ") && said.ends_with(&name));
                if !is_note {
                    assert_ne!(to, event.node, "{path}: a node sends itself nothing");
                    level.push(message);
                    places.push(None);
                    continue;
                }
                None
            }
            EventKind::Receive(message) => Some((ends(message), "-)")),
            EventKind::Lose(message, _) => Some((ends(message), "-x")),
            _ => None,
        };
        match (&lines[at], expected) {
            (Line::Arrow(from, head, to), Some((ends, sign))) => {
                assert_eq!(((*from, *to), *head), (ends, sign), "{path}: line {at}");
            }
            (Line::Note(node, _), None) => assert_eq!(*node, event.node, "{path}: line {at}"),
            (line, _) => panic!("{path}: {line:?} for {:?}", event.kind),
        }
        places.push(Some(at));
        at += 1;
    }
    assert_eq!(at, lines.len(), "{path}: every line is an event");
    (places, level)
}

#[test]
fn order_at_each_node_is_that_of_the_run() {
    let mut arrows = 0;
    for (path, run) in runs() {
        let trace = &run.trace;
        if trace.events.len() > MOST_DRAWN {
            assert_eq!(mermaid(&run), Err(trace.events.len()), "{path}");
            continue;
        }
        let drawn = mermaid(&run).expect("it is short");
        let lines = read(&drawn.text);
        let (places, level) = places(&path, &run, &lines);
        assert_eq!(level.len(), trace.messages.len() - drawn.apart, "{path}");
        // A level arrow is a send, too: what its sender does later comes below it. Sends of one moment are in no order.
        for message in level {
            let sent = &trace.events[trace.messages[message].sent];
            let ends = trace.events.iter().enumerate().filter(|(_, event)| {
                matches!(event.kind, EventKind::Receive(its) | EventKind::Lose(its, _) if its == message)
            });
            let ends: Vec<usize> = ends.filter_map(|(id, _)| places[id]).collect();
            assert!(!ends.is_empty(), "{path}: an arrow shows the send");
            for (id, event) in
                trace.events.iter().enumerate().skip(trace.messages[message].sent + 1)
            {
                let is_multicast =
                    matches!(event.kind, EventKind::Send(_)) && event.time == sent.time;
                let place = places[id].filter(|_| event.node == sent.node && !is_multicast);
                assert!(
                    place.is_none_or(|place| ends.iter().all(|end| *end < place)),
                    "{path}: {id}"
                );
            }
            arrows += ends.len();
        }
    }
    assert!(arrows > 100, "{arrows} sends are arrows");
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
    let is_drawn = |line: &&str| !line.starts_with("    %% ");
    for line in drawn.lines().skip(1).filter(is_drawn) {
        let said = line.split_once(" as ").or_else(|| line.split_once(": ")).expect("text").1;
        let codes = said.split('#').map(|part| part.split_once(';').map_or(part, |it| it.1));
        let rest: String = codes.collect();
        assert!(!rest.contains([';', '#', '<', '>', '{', '}', '%', '"', ':']), "{line}");
    }
}
