//! The judges, judged: every monitor against the plain definition of its property.

mod common;

use common::{
    chance::Chance,
    history::{Asked, History, Told},
};
use worldlines::{
    abstractions::{
        broadcast::{AGREEMENT, NO_CREATION, NO_DUPLICATION, UNIFORM_AGREEMENT, VALIDITY},
        order::{CAUSAL_ORDER, FIFO_ORDER, TOTAL_ORDER},
    },
    kernel::{Kind, Property, Verdict, spell},
    protocols,
};

/// Whether a property holds of a history, said as the textbook says it: slow, and obviously right.
type Definition = fn(&History) -> bool;

const DEFINITIONS: [(&Property, Definition); 8] = [
    (&VALIDITY, validity),
    (&NO_DUPLICATION, no_duplication),
    (&NO_CREATION, no_creation),
    (&AGREEMENT, agreement),
    (&UNIFORM_AGREEMENT, uniform_agreement),
    (&FIFO_ORDER, fifo_order),
    (&CAUSAL_ORDER, causal_order),
    (&TOTAL_ORDER, total_order),
];

fn validity(history: &History) -> bool {
    let told = history.told();
    history.asked().iter().filter(|asked| history.correct().contains(asked.id.from)).all(|asked| {
        told.iter().any(|it| it.id == asked.id && it.node == asked.id.from && it.at > asked.at)
    })
}

fn no_duplication(history: &History) -> bool {
    let told = history.told();
    !told.iter().any(|one| {
        told.iter().any(|two| one.at != two.at && one.node == two.node && one.id == two.id)
    })
}

fn no_creation(history: &History) -> bool {
    let asked = history.asked();
    history.told().iter().all(|told| {
        asked
            .iter()
            .any(|asked| asked.id == told.id && asked.payload == told.payload && asked.at < told.at)
    })
}

fn agreed(history: &History, binds: impl Fn(&Told) -> bool) -> bool {
    let told = history.told();
    told.iter().filter(|one| binds(one)).all(|one| {
        let delivers = |node| told.iter().any(|two| two.node == node && two.id == one.id);
        history.correct().into_iter().all(delivers)
    })
}

fn agreement(history: &History) -> bool {
    agreed(history, |told| history.correct().contains(told.node))
}

fn uniform_agreement(history: &History) -> bool {
    agreed(history, |_| true)
}

/// Whether nobody delivers `two` unless it has already delivered `one`.
fn respects(history: &History, one: &Asked, two: &Asked) -> bool {
    let told = history.told();
    let deliveries = |asked: &Asked| -> Vec<Told> {
        let mut told = told.clone();
        told.retain(|told| told.id == asked.id && told.at > asked.at);
        told
    };
    let firsts = deliveries(one);
    deliveries(two)
        .iter()
        .all(|later| firsts.iter().any(|first| first.node == later.node && first.at < later.at))
}

fn fifo_order(history: &History) -> bool {
    let asked = history.asked();
    asked.iter().all(|one| {
        asked
            .iter()
            .filter(|two| one.id.from == two.id.from && one.at < two.at)
            .all(|two| respects(history, one, two))
    })
}

fn causal_order(history: &History) -> bool {
    let (asked, told) = (history.asked(), history.told());
    let size = asked.len();
    let direct = |one: &Asked, two: &Asked| {
        let same_broadcaster = one.id.from == two.id.from && one.at < two.at;
        let delivered_before = told.iter().any(|it| {
            it.id == one.id && it.node == two.id.from && one.at < it.at && it.at < two.at
        });
        same_broadcaster || delivered_before
    };
    let mut causes: Vec<Vec<bool>> =
        asked.iter().map(|one| asked.iter().map(|two| direct(one, two)).collect()).collect();
    for via in 0..size {
        for one in 0..size {
            for two in 0..size {
                causes[one][two] |= causes[one][via] && causes[via][two];
            }
        }
    }
    (0..size).all(|one| {
        (0..size).all(|two| !causes[one][two] || respects(history, &asked[one], &asked[two]))
    })
}

fn total_order(history: &History) -> bool {
    let told = history.told();
    let correct = history.correct();
    let at = |node, id| told.iter().find(|it| it.node == node && it.id == id).map(|it| it.at);
    let before = |node, one, two| Some(at(node, one)? < at(node, two)?);
    correct.into_iter().all(|p| {
        correct.into_iter().all(|q| {
            told.iter().all(|one| {
                told.iter().all(|two| {
                    match (before(p, one.id, two.id), before(q, one.id, two.id)) {
                        (Some(at_p), Some(at_q)) => at_p == at_q,
                        _ => true,
                    }
                })
            })
        })
    })
}

/// What the verdict is to be, given whether the property holds.
fn status(kind: Kind, holds: bool, over: bool) -> &'static str {
    match (holds, kind) {
        (true, _) => "holds",
        (false, Kind::Liveness) if !over => "undecided",
        (false, _) => "violated",
    }
}

#[test]
fn monitors_say_what_the_definitions_say_of_every_prefix_of_random_histories() {
    let mut chance = Chance::new(1);
    let mut counts = [[0; 2]; DEFINITIONS.len()];
    for _ in 0..1500 {
        let history = History::random(&mut chance);
        for ((property, definition), counts) in DEFINITIONS.iter().zip(&mut counts) {
            for steps in 0..=history.steps.len() {
                let prefix = history.prefix(steps);
                let holds = definition(&prefix);
                for over in [false, true] {
                    let verdict = prefix.judge(property, over);
                    let expected = status(property.kind, holds, over);
                    assert_eq!(verdict.status(), expected, "{property:?}: {verdict:?} {prefix:?}");
                }
            }
            counts[usize::from(definition(&history))] += 1;
        }
    }
    for ((property, _), [violated, held]) in DEFINITIONS.iter().zip(counts) {
        assert!(violated >= 100 && held >= 100, "{property:?}: {violated} violated, {held} held");
    }
}

#[test]
fn the_last_event_of_a_safety_witness_completes_the_violation() {
    let mut chance = Chance::new(2);
    let mut completed = 0;
    for _ in 0..1000 {
        let history = History::random(&mut chance);
        for (property, definition) in DEFINITIONS {
            let Verdict::Violated { witness, .. } = history.judge(property, true) else { continue };
            assert!(witness.is_sorted() && !witness.is_empty());
            // A crash makes total order forget: what was first among the correct was not first of all.
            if property.kind == Kind::Safety && *property != TOTAL_ORDER {
                let last = *witness.last().expect("it is not empty");
                assert!(definition(&history.prefix(last)), "{property:?}: {history:?}");
                assert!(!definition(&history.prefix(last + 1)), "{property:?}: {history:?}");
                completed += 1;
            }
        }
    }
    assert!(completed >= 500);
}

#[test]
fn every_property_that_a_protocol_is_judged_by_has_a_definition() {
    for (_, protocol) in protocols::catalogue() {
        for (property, _) in protocol.properties() {
            assert!(DEFINITIONS.iter().any(|(defined, _)| *defined == property), "{property:?}");
        }
    }
}

fn names() -> Vec<String> {
    ["Alice", "Bob", "Carol", "Dave"].map(str::to_owned).into()
}

/// Asserts what is said of a history in the end.
#[track_caller]
fn says(property: &Property, nodes: usize, history: &str, expected: Option<(&str, &[usize])>) {
    let verdict = History::read(nodes, history).judge(property, true);
    let said = match &verdict {
        Verdict::Violated { why, witness } => Some((spell(why, &names()), witness.as_slice())),
        Verdict::Holds => None,
        Verdict::Undecided(_) => panic!("in the end nothing is undecided"),
    };
    assert_eq!(said.as_ref().map(|(why, witness)| (why.as_str(), *witness)), expected);
}

#[test]
fn validity_by_hand() {
    says(&VALIDITY, 2, "a! b:a1 a:a1", None);
    says(&VALIDITY, 2, "a! b:a1 -a", None);
    says(&VALIDITY, 2, "a! b:a1", Some(("Alice broadcast m1 and never delivered it", &[0])));
    let second = "a! a! a:a1";
    says(&VALIDITY, 2, second, Some(("Alice broadcast m2 and never delivered it", &[1])));
    let early = History::read(2, "a!").judge(&VALIDITY, false);
    assert!(matches!(early, Verdict::Undecided(why)
        if spell(&why, &names()) == "Alice broadcast m1, not yet delivered"));
}

#[test]
fn no_duplication_by_hand() {
    says(&NO_DUPLICATION, 2, "a! a:a1 b:a1", None);
    says(&NO_DUPLICATION, 2, "a! b:a1 b:a1", Some(("Bob delivered m1 twice", &[1, 2])));
}

#[test]
fn no_creation_by_hand() {
    says(&NO_CREATION, 2, "a! b:a1", None);
    let out_of_nothing = Some(("Bob delivered ?, which Alice never broadcast", &[0][..]));
    says(&NO_CREATION, 2, "b:a1 a!", out_of_nothing);
    let changed = Some(("Bob delivered x as Alice's broadcast 1: m1", &[0, 1][..]));
    says(&NO_CREATION, 2, "a! b:a1=x", changed);
}

#[test]
fn agreement_by_hand() {
    says(&AGREEMENT, 3, "a! -a b:a1 c:a1", None);
    says(&AGREEMENT, 3, "a! -a b:a1", Some(("Bob delivered m1, Carol never did", &[2])));
    says(&AGREEMENT, 3, "a! -a b:a1 -b", None);
    let two = Some(("Bob delivered m1, Carol and Dave never did", &[2][..]));
    says(&AGREEMENT, 4, "a! -a b:a1", two);
    let early = History::read(3, "a! -a b:a1").judge(&AGREEMENT, false);
    assert!(matches!(early, Verdict::Undecided(why)
        if spell(&why, &names()) == "Bob delivered m1, Carol has not yet"));
}

#[test]
fn uniform_agreement_by_hand() {
    says(&UNIFORM_AGREEMENT, 3, "a! -a -b", None);
    let grave = Some(("Bob delivered m1, Carol never did", &[2][..]));
    says(&UNIFORM_AGREEMENT, 3, "a! -a b:a1 -b", grave);
}

#[test]
fn fifo_order_by_hand() {
    says(&FIFO_ORDER, 2, "a! a! b:a1 b:a2", None);
    let overtaken =
        Some(("Bob delivered m2 without m1, which Alice broadcast before", &[0, 1, 2][..]));
    says(&FIFO_ORDER, 2, "a! a! b:a2 b:a1", overtaken);
    says(&FIFO_ORDER, 3, "a! b:a1 b! c:b1 c:a1", None);
}

#[test]
fn causal_order_by_hand() {
    says(&CAUSAL_ORDER, 3, "a! b:a1 b! c:a1 c:b1", None);
    says(&CAUSAL_ORDER, 3, "a! b! c:b1 c:a1", None);
    let reply = Some(("Carol delivered m2 without m1, which led to it", &[0, 2, 3][..]));
    says(&CAUSAL_ORDER, 3, "a! b:a1 b! c:b1 c:a1", reply);
    let chain = Some(("Dave delivered m3 without m1, which led to it", &[0, 5, 6][..]));
    says(&CAUSAL_ORDER, 4, "a! b:a1 b! c:a1 c:b1 c! d:c1", chain);
}

#[test]
fn total_order_by_hand() {
    says(&TOTAL_ORDER, 2, "a! b! a:a1 b:a1 a:b1 b:b1", None);
    let swapped = Some(("Alice delivered m1 before m2, Bob m2 before m1", &[2, 3, 4, 5][..]));
    says(&TOTAL_ORDER, 2, "a! b! a:a1 b:b1 a:b1 b:a1", swapped);
    says(&TOTAL_ORDER, 2, "a! b! a:a1 b:b1 a:b1 b:a1 -b", None);
}
