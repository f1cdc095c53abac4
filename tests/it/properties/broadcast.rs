//! Properties of broadcasts and of their order.

use worldlines::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, ATOMICITY, Broadcast, Deliver, Labelled, NO_CREATION, NO_DUPLICATION,
            UNIFORM_AGREEMENT, VALIDITY,
        },
        membership::{GroupIndication, GroupRequest},
        order::{
            CAUSAL_ORDER, FIFO_ORDER, REAL_TIME_ORDER, SYNC_ORDER, TOTAL_ORDER,
            TOTAL_ORDER_WITHIN_LABELS, UNIFORM_TOTAL_ORDER,
        },
    },
    kernel::{Failures, Kind, NodeSet, Property, Request, Verdict, spell},
};

use crate::common::{
    chance::Chance,
    history::{Asked, History, Told, is_sync},
    node,
    scene::{self, Scene, status},
};

/// True if a property holds for a history, by the textbook's definition: slow, and obviously right.
type Definition = fn(&History) -> bool;

pub(crate) const DEFINITIONS: [(&Property, Definition); 13] = [
    (&VALIDITY, validity),
    (&NO_DUPLICATION, no_duplication),
    (&NO_CREATION, no_creation),
    (&AGREEMENT, agreement),
    (&UNIFORM_AGREEMENT, uniform_agreement),
    (&ATOMICITY, atomicity),
    (&FIFO_ORDER, fifo_order),
    (&CAUSAL_ORDER, causal_order),
    (&TOTAL_ORDER, total_order),
    (&UNIFORM_TOTAL_ORDER, uniform_total_order),
    (&TOTAL_ORDER_WITHIN_LABELS, total_order_within_labels),
    (&REAL_TIME_ORDER, real_time_order),
    (&SYNC_ORDER, sync_order),
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

fn atomicity(history: &History) -> bool {
    let told = history.told();
    told.iter().all(|one| {
        let delivers = |node| told.iter().any(|two| two.node == node && two.id == one.id);
        history.up_in_the_end().into_iter().all(delivers)
    })
}

/// True if no node delivers `two` unless it has already delivered `one`.
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

/// True if any two of these nodes deliver these messages in the same order, where both deliver both.
fn same_order(history: &History, nodes: NodeSet, compared: impl Fn(&Told, &Told) -> bool) -> bool {
    in_same_order(&history.told(), nodes, compared)
}

/// The same, for some of the deliveries.
fn in_same_order(told: &[Told], nodes: NodeSet, compared: impl Fn(&Told, &Told) -> bool) -> bool {
    let at = |node, id| told.iter().find(|it| it.node == node && it.id == id).map(|it| it.at);
    let before = |node, one, two| Some(at(node, one)? < at(node, two)?);
    let pairs = || told.iter().flat_map(|one| told.iter().map(move |two| (one, two)));
    nodes.into_iter().all(|p| {
        nodes.into_iter().all(|q| {
            pairs().filter(|(one, two)| compared(one, two)).all(|(one, two)| {
                match (before(p, one.id, two.id), before(q, one.id, two.id)) {
                    (Some(at_p), Some(at_q)) => at_p == at_q,
                    _ => true,
                }
            })
        })
    })
}

fn total_order(history: &History) -> bool {
    same_order(history, history.correct(), |_, _| true)
}

fn uniform_total_order(history: &History) -> bool {
    same_order(history, NodeSet::first(history.nodes), |_, _| true)
}

/// Sync messages have a label, and the others none. A message that is delivered before its broadcast has no place.
fn total_order_within_labels(history: &History) -> bool {
    let (asked, mut told) = (history.asked(), history.told());
    told.retain(|told| asked.iter().any(|it| it.id == told.id && it.at < told.at));
    let sync = |told: &Told| asked.iter().any(|it| it.id == told.id && is_sync(&it.payload));
    in_same_order(&told, history.correct(), |one, two| sync(one) == sync(two))
}

/// A message is a sync message once it was broadcast as one.
fn sync_order(history: &History) -> bool {
    let asked = history.asked();
    let sync = |told: &Told| asked.iter().any(|it| it.id == told.id && is_sync(&it.payload));
    same_order(history, NodeSet::first(history.nodes), |one, two| sync(one) || sync(two))
}

/// In these histories each event has a different time.
fn real_time_order(history: &History) -> bool {
    let (asked, told) = (history.asked(), history.told());
    let first = |node, one: &Asked| {
        told.iter().find(|it| it.node == node && it.id == one.id && it.at > one.at)
    };
    asked.iter().all(|one| {
        asked.iter().filter(|two| one.at < two.at).all(|two| {
            NodeSet::first(history.nodes).into_iter().all(|node| {
                match (first(node, one), first(node, two)) {
                    (Some(one), Some(two)) => one.at < two.at,
                    _ => true,
                }
            })
        })
    })
}

#[test]
fn broadcast_monitors_agree_with_the_definitions_on_every_prefix() {
    let mut chance = Chance::new(1);
    let mut counts = [[0; 2]; DEFINITIONS.len()];
    for number in 0..1500 {
        let mut history = History::random(&mut chance);
        if number % 2 == 1 {
            history.failures = Failures::CrashRecovery;
        }
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
fn safety_witness_ends_with_the_event_that_completes_the_violation() {
    let mut chance = Chance::new(2);
    let mut completed = 0;
    for _ in 0..1000 {
        let history = History::random(&mut chance);
        for (property, definition) in DEFINITIONS {
            let Verdict::Violated { witness, .. } = history.judge(property, true) else { continue };
            assert!(witness.is_sorted() && !witness.is_empty());
            // A crash changes total order: the first message among correct nodes need not be the first of all.
            let forgets = property.name.starts_with(TOTAL_ORDER.name);
            if property.kind == Kind::Safety && !forgets {
                let last = *witness.last().expect("it is not empty");
                assert!(definition(&history.prefix(last)), "{property:?}: {history:?}");
                assert!(!definition(&history.prefix(last + 1)), "{property:?}: {history:?}");
                completed += 1;
            }
        }
    }
    assert!(completed >= 500);
}

fn names() -> Vec<String> {
    ["Alice", "Bob", "Carol", "Dave"].map(str::to_owned).into()
}

/// Asserts the verdict at the end of a history.
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
fn validity_judges_small_histories() {
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
fn no_duplication_judges_small_histories() {
    says(&NO_DUPLICATION, 2, "a! a:a1 b:a1", None);
    says(&NO_DUPLICATION, 2, "a! b:a1 b:a1", Some(("Bob delivered m1 twice", &[1, 2])));
}

#[test]
fn no_creation_judges_small_histories() {
    says(&NO_CREATION, 2, "a! b:a1", None);
    let out_of_nothing = Some(("Bob delivered ?, which Alice never broadcast", &[0][..]));
    says(&NO_CREATION, 2, "b:a1 a!", out_of_nothing);
    let changed = Some(("Bob delivered x as Alice's broadcast 1, which says m1", &[0, 1][..]));
    says(&NO_CREATION, 2, "a! b:a1=x", changed);
}

#[test]
fn agreement_judges_small_histories() {
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
fn uniform_agreement_judges_small_histories() {
    says(&UNIFORM_AGREEMENT, 3, "a! -a -b", None);
    let grave = Some(("Bob delivered m1, Carol never did", &[2][..]));
    says(&UNIFORM_AGREEMENT, 3, "a! -a b:a1 -b", grave);
}

#[test]
fn fifo_order_judges_small_histories() {
    says(&FIFO_ORDER, 2, "a! a! b:a1 b:a2", None);
    let overtaken =
        Some(("Bob delivered m2 without m1, which Alice broadcast before", &[0, 1, 2][..]));
    says(&FIFO_ORDER, 2, "a! a! b:a2 b:a1", overtaken);
    says(&FIFO_ORDER, 3, "a! b:a1 b! c:b1 c:a1", None);
}

#[test]
fn causal_order_judges_small_histories() {
    says(&CAUSAL_ORDER, 3, "a! b:a1 b! c:a1 c:b1", None);
    says(&CAUSAL_ORDER, 3, "a! b! c:b1 c:a1", None);
    let reply =
        Some(("Carol delivered m2 without m1, which potentially caused it", &[0, 2, 3][..]));
    says(&CAUSAL_ORDER, 3, "a! b:a1 b! c:b1 c:a1", reply);
    let chain = Some(("Dave delivered m3 without m1, which potentially caused it", &[0, 5, 6][..]));
    says(&CAUSAL_ORDER, 4, "a! b:a1 b! c:a1 c:b1 c! d:c1", chain);
}

#[test]
fn total_order_judges_small_histories() {
    says(&TOTAL_ORDER, 2, "a! b! a:a1 b:a1 a:b1 b:b1", None);
    let swapped = Some(("Alice delivered m1 before m2, Bob m2 before m1", &[2, 3, 4, 5][..]));
    says(&TOTAL_ORDER, 2, "a! b! a:a1 b:b1 a:b1 b:a1", swapped);
    says(&TOTAL_ORDER, 2, "a! b! a:a1 b:b1 a:b1 b:a1 -b", None);
}

#[test]
fn uniform_total_order_judges_small_histories() {
    says(&UNIFORM_TOTAL_ORDER, 2, "a! b! a:a1 b:a1 a:b1 b:b1", None);
    let swapped = Some(("Alice delivered m1 before m2, Bob m2 before m1", &[2, 3, 4, 5][..]));
    says(&UNIFORM_TOTAL_ORDER, 2, "a! b! a:a1 b:b1 a:b1 b:a1 -b", swapped);
}

#[test]
fn total_order_within_labels_judges_small_histories() {
    says(&TOTAL_ORDER_WITHIN_LABELS, 2, "a! b!s a:a1 b:b1 a:b1 b:a1", None);
    let swapped = Some(("Alice delivered s1 before s2, Bob s2 before s1", &[2, 3, 4, 5][..]));
    says(&TOTAL_ORDER_WITHIN_LABELS, 2, "a!s b!s a:a1 b:b1 a:b1 b:a1", swapped);
    says(&TOTAL_ORDER_WITHIN_LABELS, 2, "a!s b!s a:a1 b:b1 a:b1 b:a1 -b", None);
    says(&TOTAL_ORDER_WITHIN_LABELS, 2, "a!s b!s -b a:a1 b:b1 a:b1 b:a1", None);
    let first = Some(("Alice delivered m1 before m2, Bob m2 before m1", &[4, 5, 6, 7][..]));
    let twice = "a! b! a!s b!s a:a1 b:b1 a:b1 b:a1 a:a2 b:b2 a:b2 b:a2";
    says(&TOTAL_ORDER_WITHIN_LABELS, 2, twice, first);
    // The verdict names the violation that is complete first, whichever label was delivered first.
    let later = Some(("Alice delivered s3 before s4, Bob s4 before s3", &[5, 6, 7, 8][..]));
    let twice = "a! b! a!s b!s a:a1 a:a2 b:b2 a:b2 b:a2 b:b1 a:b1 b:a1";
    says(&TOTAL_ORDER_WITHIN_LABELS, 2, twice, later);
}

#[test]
fn atomicity_judges_small_histories() {
    says(&ATOMICITY, 3, "a! b:a1 -b c:a1 -a", None);
    says(&ATOMICITY, 3, "a! -a", None);
    let back = Some(("Bob delivered m1, Carol never did", &[2][..]));
    says(&ATOMICITY, 3, "a! -a b:a1 -c +c", back);
    says(&UNIFORM_AGREEMENT, 3, "a! -a b:a1 -c +c", None);
}

#[test]
fn sync_order_judges_small_histories() {
    says(&SYNC_ORDER, 2, "a! b! a!s a:a1 a:b1 a:a2 b:b1 b:a1 b:a2", None);
    let crossed = Some(("Alice delivered m1 before s2, Bob s2 before m1", &[2, 3, 4, 5][..]));
    says(&SYNC_ORDER, 2, "a! a!s a:a1 a:a2 b:a2 b:a1", crossed);
    let by_the_sync = Some(("Alice delivered m1 before s2, Bob s2 before m1", &[2, 3, 4, 5][..]));
    says(&SYNC_ORDER, 2, "a! a!s b:a2 b:a1 a:a1 a:a2", by_the_sync);
}

#[test]
fn real_time_order_judges_small_histories() {
    says(&REAL_TIME_ORDER, 3, "a! b! c:a1 c:b1 b:b1", None);
    let late = Some(("Carol delivered m2 before m1, which is older", &[0, 1, 2, 3][..]));
    says(&REAL_TIME_ORDER, 3, "a! b! c:b1 c:a1", late);
    let deliver =
        |from, payload: &str| Deliver { from: node(from), seq: 1, payload: Value::from(payload) };
    let same_tick = Scene::new(3)
        .ask(0, Broadcast(Value::from("m1")))
        .ask(1, Broadcast(Value::from("m2")))
        .tell(2, deliver(1, "m2"))
        .tell(2, deliver(0, "m1"));
    scene::says(&REAL_TIME_ORDER, &same_tick, None);
}

#[test]
fn broadcast_monitors_judge_broadcasts_of_groups() {
    let deliver = Deliver { from: node(0), seq: 1, payload: "m1".into() };
    let group = Scene::new(2)
        .ask(0, GroupRequest::Broadcast(Value::from("m1")))
        .tell(1, GroupIndication::Deliver(deliver.clone()))
        .tell(1, GroupIndication::Deliver(deliver));
    scene::says(&NO_CREATION, &group, None);
    scene::says(&NO_DUPLICATION, &group, Some(("Bob delivered m1 twice", &[1, 2])));
}

#[test]
fn label_of_a_broadcast_is_read_where_there_is_one() {
    let read =
        |json: serde_json::Value| Broadcast::<Labelled<_>>::read("broadcast", Some(&json), &[]);
    let labelled = |label| Broadcast(Labelled { payload: "m".into(), label });
    assert_eq!(read(serde_json::json!("m")), Ok(labelled(None)));
    let sync = serde_json::json!({"payload": "m", "label": "sync"});
    assert_eq!(read(sync), Ok(labelled(Some("sync".into()))));
    for wrong in
        [serde_json::json!({"payload": "m"}), serde_json::json!({"payload": "m", "label": null})]
    {
        let expected = "a text, a whole number or {\"payload\": …, \"label\": …}";
        assert_eq!(read(wrong), Err(expected.to_owned()));
    }
}
