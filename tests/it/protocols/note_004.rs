//! Byzantine agreement as in note 004: its table ("Focus 21") and its exercise 7.3.

use serde_json::Value as Json;
use worldlines::{
    formats,
    kernel::{EventKind, Scenario, Trace, spell},
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
