//! Damaged samples: whatever the text is, the answer is a run within the bounds or one line.

use worldlines::{
    export::words,
    import::{Imported, Options, import, import_with},
    kernel::MAX_NODES,
};

use super::samples;
use crate::common::{budget, chance::Chance};

/// Pieces that change the meaning of what is around them.
const PIECES: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\\",
    ":",
    ",",
    "#",
    ";",
    "\n",
    "null",
    "-1",
    "99999999999999999999",
    "1e9",
    "{\"a\":1}",
    "(?<host>",
    "#a ",
    "\u{202e}",
    "\u{e000}",
    "[\"k\" 1]",
    "0",
];

/// Changes a text in some places.
fn damaged(text: &str, chance: &mut Chance) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for _ in 0..chance.between(1, 6) {
        let at = chance.below(text.len().max(1)).min(text.len());
        let end = (at + chance.below(12)).min(text.len());
        match chance.below(5) {
            0 => drop(text.drain(at..end)),
            1 => {
                let piece = chance.one_of(&PIECES);
                drop(text.splice(at..at, piece.chars()));
            }
            2 => {
                let piece: Vec<char> = text[at..end].to_vec();
                let to = chance.below(text.len() + 1);
                drop(text.splice(to..to, piece));
            }
            3 => {
                let digit = char::from(b'0' + chance.below(10) as u8);
                if let Some(place) = text.get_mut(at).filter(|it| it.is_ascii_digit()) {
                    *place = digit;
                }
            }
            _ => text.truncate(end),
        }
        if text.is_empty() {
            break;
        }
    }
    text.into_iter().collect()
}

fn check(text: &str, options: &Options) -> bool {
    match import_with(text, options) {
        Err(problem) => {
            let line = problem.to_string();
            assert!(!line.contains('\n') && line.contains("expected "), "{line:?}");
            false
        }
        Ok(Imported::Scenario(_)) => true,
        Ok(Imported::Run(recording)) => {
            let run = &recording.outcome;
            assert!((1..=MAX_NODES).contains(&run.scenario.nodes.len()));
            assert!(run.trace.events.is_sorted_by_key(|event| event.time));
            assert!(run.trace.events.last().is_none_or(|event| event.time <= run.trace.end));
            // The texts that are made of it fail on nothing.
            let (json, told) = (run.json(), words(run));
            assert!(json.starts_with('{') && !told.is_empty());
            assert!(!told.contains('\u{202e}'));
            true
        }
    }
}

#[test]
fn damaged_samples_are_imported_or_refused_in_one_line() {
    let samples = samples();
    let mut chance = Chance::new(14);
    let (mut imported, mut refused) = (0, 0);
    for _ in 0..budget::damages() {
        for (_, text) in &samples {
            let text = damaged(text, &mut chance);
            match check(&text, &Options::default()) {
                true => imported += 1,
                false => refused += 1,
            }
        }
    }
    assert!(imported > 50 && refused > 50, "{imported} are imported, {refused} refused");
}

#[test]
fn two_samples_in_one_text_are_imported_or_refused() {
    let samples = samples();
    for (_, one) in &samples {
        for (_, other) in &samples {
            check(&format!("{one}\n{other}"), &Options::default());
        }
    }
}

#[test]
fn import_is_always_the_same() {
    for (name, text) in samples() {
        let json = || match import(&text) {
            Ok(Imported::Run(recording)) => recording.outcome.json(),
            _ => String::new(),
        };
        assert_eq!(json(), json(), "{name}");
    }
}
