//! Byzantine agreement as in note 004: its table ("Focus 21") and its exercise 7.3.

use serde_json::Value as Json;
use worldlines::{
    diagram::{RoundRow, Rounds},
    formats,
    kernel::{EventId, EventKind, Fault, MessageName, Scenario, Trace, spell},
    protocols,
};

use crate::common::{bundled, node, run_valid};

fn scenario(name: &str) -> Scenario {
    let path = format!("byzantine/interactive-consistency/{name}");
    let bundled = bundled();
    let (_, text) = bundled.iter().find(|(it, _)| *it == path).expect("the scenario is bundled");
    formats::scenario::read(text).expect("a bundled scenario can be read")
}

/// Message that P`to` received from P`from` in this round, as JSON.
fn message(trace: &Trace, from: usize, to: usize, round: u32) -> Json {
    let mut messages = trace.messages.iter().filter(|it| it.name.to == node(to - 1));
    let message = messages.find(|it| it.name.from == node(from - 1) && it.name.number == round);
    message.expect("every node sends in each round").packet.inspect()
}

/// Values that P`to` received in the first round, as the note writes them, `-` for its own place.
fn first_round(trace: &Trace, to: usize) -> String {
    let size = trace.messages.iter().map(|it| it.name.to.index() + 1).max().unwrap_or(0);
    let value = |from| match from {
        me if me == to => "-".to_owned(),
        from => message(trace, from, to, 1).as_str().expect("a text").to_owned(),
    };
    format!("({})", (1..=size).map(value).collect::<Vec<_>>().join(", "))
}

/// A vector that was received, as the note writes it.
fn vector(said: &Json) -> String {
    let list = said.as_array().expect("a vector");
    let value = |it: &Json| it.as_str().map_or_else(|| "-".to_owned(), str::to_owned);
    format!("({})", list.iter().map(value).collect::<Vec<_>>().join(", "))
}

/// Indications and notes of P`number` at the end of a round, in order.
fn told(scenario: &Scenario, trace: &Trace, number: usize) -> Vec<String> {
    let at = trace.events.iter().filter(|event| event.node == node(number - 1));
    let text = at.filter_map(|event| match &event.kind {
        EventKind::Note(note) => Some(note.to_string()),
        EventKind::Indicate { packet, .. } => Some(packet.to_string()),
        _ => None,
    });
    text.map(|text| spell(&text, &scenario.nodes)).collect()
}

/// A column of the note's table.
struct Column {
    first_round: &'static str,
    /// By sender, in the note's order.
    second_round: [(usize, &'static str); 3],
    /// None for the traitor: its decision does not matter.
    result: Option<&'static str>,
}

/// The note's table. Its `v₁⁷`, the value without a majority, is ⊥ here.
const TABLE: [Column; 4] = [
    Column {
        first_round: "(-, v₂¹, v₃¹, v₄¹)",
        second_round: [
            (2, "(v₁², -, v₃¹, v₄¹)"),
            (3, "(v₁¹, v₂¹, -, v₄¹)"),
            (4, "(v₁³, v₂¹, v₃¹, -)"),
        ],
        result: None,
    },
    Column {
        first_round: "(v₁², -, v₃¹, v₄¹)",
        second_round: [
            (3, "(v₁¹, v₂¹, -, v₄¹)"),
            (4, "(v₁³, v₂¹, v₃¹, -)"),
            (1, "(-, v₂⁴, v₃⁴, v₄⁴)"),
        ],
        result: Some("(⊥, v₂¹, v₃¹, v₄¹)"),
    },
    Column {
        first_round: "(v₁¹, v₂¹, -, v₄¹)",
        second_round: [
            (2, "(v₁², -, v₃¹, v₄¹)"),
            (4, "(v₁³, v₂¹, v₃¹, -)"),
            (1, "(-, v₂⁵, v₃⁵, v₄⁵)"),
        ],
        result: Some("(⊥, v₂¹, v₃¹, v₄¹)"),
    },
    Column {
        first_round: "(v₁³, v₂¹, v₃¹, -)",
        second_round: [
            (2, "(v₁², -, v₃¹, v₄¹)"),
            (3, "(v₁¹, v₂¹, -, v₄¹)"),
            (1, "(-, v₂⁶, v₃⁶, v₄⁶)"),
        ],
        result: Some("(⊥, v₂¹, v₃¹, v₄¹)"),
    },
];

#[test]
fn interactive_consistency_reproduces_the_table_cell_by_cell() {
    let scenario = scenario("note-004-table");
    let trace = run_valid(&scenario);
    for (column, expected) in (1..).zip(TABLE) {
        let Column { first_round: first, second_round: second, result } = expected;
        assert_eq!(first_round(&trace, column), first, "P{column}, first round");
        for (from, cell) in second {
            let said = message(&trace, from, column, 2);
            assert_eq!(vector(&said), cell, "P{column}, second round, from P{from}");
        }
        // The page shows the same.
        let told = told(&scenario, &trace, column);
        assert_eq!(told.len(), 3, "two rounds and a decision");
        assert_eq!(told[0], format!("round 1: {first}"));
        let mut cells = second;
        cells.sort_unstable();
        let cells = cells.map(|(from, cell)| format!("P{from} {cell}"));
        assert_eq!(told[1], format!("round 2: {}", cells.join("; ")));
        if let Some(result) = result {
            assert_eq!(told[2], format!("decide {result}"));
        }
    }
}

#[test]
fn interactive_consistency_answers_exercise_7_3_for_p3() {
    let scenario = scenario("exercise-7-3");
    let trace = run_valid(&scenario);
    let loyal = 3..=7;
    // (a) The first round: P1 and P2 have lied to P3.
    let first = first_round(&trace, 3);
    assert_eq!(first, "(a³, b³, -, d, e, f, g)");
    for from in [1, 2, 4, 5, 6, 7] {
        // The second round: a vector from each, in which loyal generals report what they have heard.
        let second = message(&trace, from, 3, 2);
        // The third round: from each, the vectors that it received in the second.
        let third = message(&trace, from, 3, 3);
        assert_eq!(
            third.as_array().map(|all| all.iter().flat_map(Json::as_array).count()),
            Some(6)
        );
        if !loyal.contains(&from) {
            continue;
        }
        assert_eq!(vector(&second), first_round(&trace, from));
        for about in (1..=7).filter(|about| *about != from) {
            assert_eq!(third[about - 1], message(&trace, about, from, 2), "P{from} on P{about}");
        }
    }
    let told_p3 = told(&scenario, &trace, 3);
    assert_eq!(told_p3[0], format!("round 1: {first}"));
    assert!(told_p3[1].starts_with("round 2: P1 (-, b³, c³, d³, e³, f³, g³); P2 ("));
    assert!(
        told_p3[2].starts_with("round 3: P1 (-, (") && told_p3[2].ends_with("(a⁶,b,c,d,e,-,g), -)"),
        "in full"
    );
    // (b) The result vector, after majority voting.
    for number in loyal {
        let told = told(&scenario, &trace, number);
        assert_eq!(told.last().map(String::as_str), Some("decide (⊥, ⊥, c, d, e, f, g)"));
    }
}

/// Table of what P`to` received in the first `events` events.
fn rounds(scenario: &Scenario, trace: &Trace, to: usize, events: EventId) -> Rounds {
    let protocol = protocols::find(&scenario.protocol).expect("it is registered");
    Rounds::of(protocol, scenario, trace, node(to - 1), events)
}

/// A row as the note writes a vector.
fn written(row: &RoundRow) -> String {
    let cells = row.cells.iter().map(|cell| cell.as_ref().map_or("-", |cell| &cell.value));
    format!("({})", cells.collect::<Vec<_>>().join(", "))
}

/// The values of a row that contradict others: place of the column, and the node that says something else, from 1.
fn contradicted(row: &RoundRow) -> Vec<(usize, usize, String)> {
    let cells = (1..).zip(&row.cells);
    let marked = cells.filter_map(|(column, cell)| {
        let (node, value) = cell.as_ref()?.against.clone()?;
        Some((column, node.index() + 1, value))
    });
    marked.collect()
}

#[test]
fn table_by_round_is_the_table_of_the_note() {
    let scenario = scenario("note-004-table");
    let trace = run_valid(&scenario);
    for (column, expected) in (1..).zip(TABLE) {
        let table = rounds(&scenario, &trace, column, usize::MAX);
        assert!(table.is_stated);
        let mut second = expected.second_round;
        second.sort_unstable();
        let mut rows = vec![(1, Vec::new(), expected.first_round)];
        rows.extend(second.map(|(from, cell)| (2, vec![node(from - 1)], cell)));
        let shown = table.rows.iter().map(|row| (row.round, row.tellers.clone(), written(row)));
        let rows = rows.into_iter().map(|(round, tellers, row)| (round, tellers, row.to_owned()));
        assert!(shown.eq(rows), "P{column}: {:?}", table.rows);
    }
}

#[test]
fn table_by_round_marks_the_lies_of_the_note() {
    let scenario = scenario("note-004-table");
    let trace = run_valid(&scenario);
    let table = rounds(&scenario, &trace, 3, usize::MAX);
    let marks: Vec<_> = table.rows.iter().map(contradicted).collect();
    // P1 has told every node another value of itself: no account of it has a majority. What P1 says of the others differs
    // from what the others say.
    let of_p1 = |node: usize, value: &str| (1, node, value.to_owned());
    let lies =
        [(2, "v₂¹"), (3, "v₃¹"), (4, "v₄¹")].map(|(about, truth)| (about, 2, truth.to_owned()));
    assert_eq!(marks[0], [of_p1(2, "v₁²")]);
    assert_eq!(marks[1], lies);
    assert_eq!(marks[2], [of_p1(1, "v₁¹")]);
    assert_eq!(marks[3], [of_p1(1, "v₁¹")]);
    assert_eq!(table.contradictions(), 6);
    // Nothing is told of a future that is hidden: neither values nor contradictions.
    let receipts =
        trace.events.iter().enumerate().filter(|(_, event)| {
            event.node == node(2) && matches!(event.kind, EventKind::Receive(_))
        });
    let first: Vec<_> = receipts.map(|(id, _)| id).take(4).collect();
    let early = rounds(&scenario, &trace, 3, first[2] + 1);
    assert_eq!((early.rows.len(), early.contradictions()), (1, 0));
    assert_eq!(rounds(&scenario, &trace, 3, first[3] + 1).rows.len(), 2);
    assert!(rounds(&scenario, &trace, 3, first[0]).rows.is_empty());
}

#[test]
fn table_by_round_answers_exercise_7_3_for_every_node() {
    let scenario = scenario("exercise-7-3");
    let trace = run_valid(&scenario);
    for me in 1..=7 {
        let table = rounds(&scenario, &trace, me, usize::MAX);
        let by_round = |round| table.rows.iter().filter(move |row| row.round == round);
        assert_eq!([1, 2, 3].map(|round| by_round(round).count()), [1, 6, 36]);
        assert_eq!(table.rows.len(), 43);
        let first: Vec<_> = by_round(1).map(written).collect();
        assert_eq!(first, [first_round(&trace, me)]);
        for row in by_round(2) {
            let from = row.tellers[0].index() + 1;
            assert_eq!(written(row), vector(&message(&trace, from, me, 2)), "P{from} to P{me}");
        }
        for row in by_round(3) {
            let [from, of] = [0, 1].map(|at| row.tellers[at].index() + 1);
            let said = &message(&trace, from, me, 3)[of - 1];
            assert_eq!(written(row), vector(said), "P{from} on P{of} to P{me}");
        }
    }
    // A loyal process is contradicted only by traitors, and about traitors.
    let table = rounds(&scenario, &trace, 3, usize::MAX);
    for row in &table.rows {
        let is_loyal = row.tellers.iter().all(|teller| teller.index() >= 2);
        for (about, ..) in contradicted(row) {
            assert!(!is_loyal || about <= 2, "{row:?}");
        }
    }
    assert_eq!(contradicted(&table.rows[0]), [(1, 2, "a²³".to_owned()), (2, 4, "b".to_owned())]);
}

#[test]
fn table_by_round_has_a_copy_once_and_a_lost_message_never() {
    let mut scenario = scenario("exercise-7-3");
    let whole = rounds(&scenario, &run_valid(&scenario), 3, usize::MAX);
    let named = |from, number| MessageName { from: node(from), to: node(2), number };
    scenario.faults.push(Fault::Duplicate { message: named(3, 2), after: 1 });
    let copied = rounds(&scenario, &run_valid(&scenario), 3, usize::MAX);
    assert_eq!(copied.rows.len(), whole.rows.len());
    scenario.faults.push(Fault::Drop { message: named(4, 2) });
    let lost = rounds(&scenario, &run_valid(&scenario), 3, usize::MAX);
    let of_p5 = lost.rows.iter().filter(|row| row.round == 2 && row.tellers == [node(4)]);
    assert_eq!(of_p5.count(), 0);
}

#[test]
fn table_by_round_of_any_protocol_has_each_received_message_once() {
    let mut relayed = 0;
    for (path, text) in bundled() {
        let scenario = formats::scenario::read(&text).expect("a bundled scenario can be read");
        let trace = run_valid(&scenario);
        for to in 1..=scenario.nodes.len() {
            let table = rounds(&scenario, &trace, to, usize::MAX);
            if table.is_stated {
                continue;
            }
            let mut events: Vec<_> =
                table.rows.iter().flat_map(|row| &row.cells).flatten().map(|it| it.event).collect();
            events.sort_unstable();
            let mut seen = vec![false; trace.messages.len()];
            let received =
                trace.events.iter().enumerate().filter_map(|(id, event)| match event.kind {
                    EventKind::Receive(message) if event.node == node(to - 1) => {
                        (!std::mem::replace(&mut seen[message], true)).then_some(id)
                    }
                    _ => None,
                });
            assert_eq!(events, received.collect::<Vec<_>>(), "P{to} in {path}");
            assert!(table.rows.windows(2).all(|two| two[0].round <= two[1].round), "{path}");
            assert_eq!(table.contradictions(), 0, "whole messages are not compared");
            relayed += table.rows.iter().filter(|row| !row.tellers.is_empty()).count();
        }
    }
    assert!(relayed > 0, "messages that carry another node's message are about that node");
}
