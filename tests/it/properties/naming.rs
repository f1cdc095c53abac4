//! The names of messages in verdicts: each denotes one message, whatever the texts are.

use worldlines::{
    abstractions::{
        Value,
        broadcast::{self, BroadcastId, Deliver},
        membership, naming, order,
    },
    kernel::{Property, Verdict},
};

use crate::common::{
    chance::Chance,
    history::{History, Step},
};

/// All properties of broadcasts whose sentences name messages.
const PROPERTIES: [&Property; 16] = [
    &broadcast::VALIDITY,
    &broadcast::NO_DUPLICATION,
    &broadcast::NO_CREATION,
    &broadcast::AGREEMENT,
    &broadcast::UNIFORM_AGREEMENT,
    &broadcast::ATOMICITY,
    &order::FIFO_ORDER,
    &order::CAUSAL_ORDER,
    &order::TOTAL_ORDER,
    &order::UNIFORM_TOTAL_ORDER,
    &order::TOTAL_ORDER_WITHIN_LABELS,
    &order::REAL_TIME_ORDER,
    &order::SYNC_ORDER,
    &membership::SAME_VIEW_DELIVERY,
    &membership::VIRTUAL_SYNCHRONY,
    &membership::FAILURE_ORDER,
];

/// A random history in which few texts are broadcast, some of them empty or like numbers.
fn with_few_texts(chance: &mut Chance) -> History {
    let mut history = History::random(chance);
    let texts: [Value; 6] =
        ["ok".into(), "".into(), "1".into(), 1.into(), "m n".into(), "s1".into()];
    let mut renamed: Vec<(BroadcastId, Value)> = Vec::new();
    let mut counts = vec![0; history.nodes];
    for step in &mut history.steps {
        if let Step::Broadcast(from, payload) = step {
            counts[from.index()] += 1;
            *payload = texts[chance.below(texts.len())].clone();
            renamed.push((BroadcastId { from: *from, seq: counts[from.index()] }, payload.clone()));
        }
    }
    for step in &mut history.steps {
        if let Step::Deliver(_, deliver) = step {
            let Deliver { from, seq, .. } = *deliver;
            let original = renamed.iter().find(|(id, _)| *id == BroadcastId { from, seq });
            deliver.payload = original.map_or_else(|| "wrong".into(), |(_, it)| it.clone());
        }
    }
    history
}

/// The names that denote a broadcast of this history: its text if it is unique, otherwise with its number.
fn names(history: &History) -> Vec<String> {
    let asked = history.asked();
    let text = |at: usize| naming::spoken(&asked[at].payload);
    let name = |at: usize| {
        let id = asked[at].id;
        let alone = (0..asked.len()).all(|other| other == at || text(other) != text(at));
        if alone { text(at) } else { format!("{} ({}'s broadcast {})", text(at), id.from, id.seq) }
    };
    (0..asked.len()).map(name).collect()
}

/// The text without the broadcasts that are named in it.
fn without_names(why: &str, names: &[String]) -> String {
    let mut rest = why.to_owned();
    for name in names.iter().filter(|name| name.ends_with(')')) {
        rest = rest.replace(name.as_str(), "<>");
    }
    rest
}

#[test]
fn verdict_names_each_message_unambiguously() {
    let mut chance = Chance::new(1501);
    let mut ambiguous = 0;
    for _ in 0..4000 {
        let history = with_few_texts(&mut chance);
        let (asked, names) = (history.asked(), names(&history));
        for property in PROPERTIES {
            for over in [false, true] {
                let why = match history.judge(property, over) {
                    Verdict::Holds => continue,
                    Verdict::Violated { why, .. } | Verdict::Undecided(why) => why,
                };
                let rest = without_names(&why, &names);
                ambiguous += usize::from(rest != why);
                // A bare text that is left is the text of one broadcast only.
                for it in &asked {
                    let text = naming::spoken(&it.payload);
                    let bare = rest.split([' ', ',']).any(|word| word == text)
                        || text.contains(' ') && rest.contains(&text);
                    let count =
                        asked.iter().filter(|it| naming::spoken(&it.payload) == text).count();
                    assert!(!bare || count == 1, "{property:?}: {why}: {history:?}");
                }
            }
        }
    }
    assert!(ambiguous > 1000, "{ambiguous}");
}
