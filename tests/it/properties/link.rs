//! Properties of links.

use std::collections::BTreeMap;

use worldlines::{
    abstractions::{
        Value,
        link::{
            Deliver, EXACTLY_ONCE_EFFECT, FIFO_DELIVERY, NO_CREATION, NO_DUPLICATION,
            RELIABLE_DELIVERY, Send,
        },
    },
    kernel::{NodeId, Request},
};

use crate::common::{
    chance::Chance,
    node,
    scene::{At, Case, Scene, case, compare, says, says_so_far},
};

pub(crate) const CASES: &[Case] = &[
    case(&NO_CREATION, no_creation),
    case(&NO_DUPLICATION, no_duplication),
    case(&RELIABLE_DELIVERY, reliable_delivery),
    case(&FIFO_DELIVERY, fifo_delivery),
    case(&EXACTLY_ONCE_EFFECT, exactly_once_effect),
];

/// A message that was sent.
struct Sent {
    at: usize,
    from: NodeId,
    to: NodeId,
    seq: u32,
    payload: Value,
}

impl Sent {
    /// True if a delivery is one of this message, by its name.
    fn names(&self, told: &At<Deliver<Value>>) -> bool {
        (self.from, self.to, self.seq) == (told.it.from, told.node, told.it.seq)
            && self.at < told.at
    }
}

fn sent(scene: &Scene) -> Vec<Sent> {
    let asked = scene.asked::<Send<Value>>();
    let earlier = |one: &At<Send<Value>>| {
        asked
            .iter()
            .filter(|it| it.node == one.node && it.it.to == one.it.to && it.at <= one.at)
            .count()
    };
    asked
        .iter()
        .map(|one| Sent {
            at: one.at,
            from: one.node,
            to: one.it.to,
            seq: earlier(one) as u32,
            payload: one.it.payload.clone(),
        })
        .collect()
}

fn told(scene: &Scene) -> Vec<At<Deliver<Value>>> {
    scene.told()
}

fn no_creation(scene: &Scene) -> bool {
    told(scene).iter().all(|told| {
        sent(scene).iter().any(|sent| sent.names(told) && sent.payload == told.it.payload)
    })
}

fn twice(one: &At<Deliver<Value>>, two: &At<Deliver<Value>>) -> bool {
    one.at < two.at
        && one.node == two.node
        && (one.it.from, one.it.seq) == (two.it.from, two.it.seq)
}

fn no_duplication(scene: &Scene) -> bool {
    let told = told(scene);
    !told.iter().any(|one| told.iter().any(|two| twice(one, two)))
}

fn reliable_delivery(scene: &Scene) -> bool {
    let (told, correct) = (told(scene), scene.correct());
    let binds = |sent: &&Sent| correct.contains(sent.from) && correct.contains(sent.to);
    sent(scene)
        .iter()
        .filter(binds)
        .all(|sent| told.iter().any(|told| sent.names(told) && sent.payload == told.it.payload))
}

fn fifo_delivery(scene: &Scene) -> bool {
    let (told, sent) = (told(scene), sent(scene));
    sent.iter().all(|one| {
        let same_link = |two: &&Sent| (one.from, one.to) == (two.from, two.to) && one.at < two.at;
        sent.iter().filter(same_link).all(|two| {
            told.iter()
                .filter(|told| two.names(told))
                .all(|later| told.iter().any(|earlier| one.names(earlier) && earlier.at < later.at))
        })
    })
}

fn exactly_once_effect(scene: &Scene) -> bool {
    let told = told(scene);
    let run_twice =
        told.iter().any(|one| told.iter().any(|two| twice(one, two) && !two.it.idempotent));
    // The state of each receiver: the values that are set.
    let state = |runs: &[&At<Deliver<Value>>]| -> BTreeMap<(NodeId, String), String> {
        let set = |run: &&At<Deliver<Value>>| {
            let text = run.it.payload.to_string();
            let words: Vec<&str> =
                text.split([' ', ':', '=']).filter(|it| !it.is_empty()).collect();
            let (value, thing) = words.split_last().expect("nothing empty is sent");
            ((run.node, thing.join(" ")), (*value).to_owned())
        };
        runs.iter().map(set).collect()
    };
    let runs: Vec<_> = told.iter().filter(|run| run.it.idempotent).collect();
    let is_first = |run: &&&At<Deliver<Value>>| !told.iter().any(|one| twice(one, run));
    let once: Vec<_> = runs.iter().filter(is_first).copied().collect();
    no_creation(scene) && !run_twice && reliable_delivery(scene) && state(&runs) == state(&once)
}

fn random(chance: &mut Chance) -> Scene {
    let wild = [0, 35][chance.below(2)];
    let eager = [30, 50][chance.below(2)];
    Scene::random(chance, 14, |scene, chance, me| {
        let sends = sent(&scene);
        if chance.percent(eager) {
            let to = node(chance.below(2));
            let number = sends.len() as i64;
            let texts = ["x := 1", "x := 2", "y := 2", "lamp on", "lamp off"];
            let text = texts[chance.below(texts.len())];
            let payload = if chance.percent(30) { number.into() } else { text.into() };
            return scene.ask(me, Send { to, payload });
        }
        if chance.percent(wild) {
            let (from, seq) = (node(chance.below(scene.nodes)), chance.between(1, 2) as u32);
            let payload = Value::from("x := 1");
            return scene.tell(me, Deliver { from, seq, payload, idempotent: chance.percent(50) });
        }
        let delivered = told(&scene);
        let mut open: Vec<_> = sends.iter().filter(|it| it.to == node(me)).collect();
        let again = chance.percent(wild);
        open.retain(|sent| again || !delivered.iter().any(|told| sent.names(told)));
        let place = if chance.percent(50) { 0 } else { chance.below(open.len().max(1)) };
        match open.get(place) {
            None => scene,
            Some(Sent { from, seq, payload, .. }) => {
                // Numbers are added, texts are set.
                let idempotent = matches!(payload, Value::Text(_));
                let payload = payload.clone();
                scene.tell(me, Deliver { from: *from, seq: *seq, payload, idempotent })
            }
        }
    })
}

#[test]
fn link_monitors_agree_with_the_definitions_on_random_histories() {
    compare(11, CASES, random);
}

fn send(scene: Scene, from: usize, to: usize, payload: impl Into<Value>) -> Scene {
    scene.ask(from, Send { to: node(to), payload: payload.into() })
}

/// A node delivers: a number is to be added, a text to be set.
fn deliver(scene: Scene, to: usize, from: usize, seq: u32, payload: impl Into<Value>) -> Scene {
    let payload = payload.into();
    let idempotent = matches!(payload, Value::Text(_));
    scene.tell(to, Deliver { from: node(from), seq, payload, idempotent })
}

/// Alice sends "a", 1 and "b" to Bob.
fn three() -> Scene {
    send(send(send(Scene::new(3), 0, 1, "a"), 0, 1, 1), 0, 1, "b")
}

#[test]
fn link_monitors_judge_small_histories() {
    let all = deliver(deliver(deliver(three(), 1, 0, 1, "a"), 1, 0, 2, 1), 1, 0, 3, "b");
    for case in CASES {
        says(case.property, &all, None);
    }
    let text_twice = deliver(all.clone(), 1, 0, 3, "b");
    says(&NO_DUPLICATION, &text_twice, Some(("Bob delivered b twice", &[5, 6])));
    says(&EXACTLY_ONCE_EFFECT, &text_twice, None);
    let text_again = deliver(all.clone(), 1, 0, 1, "a");
    let undone = "Bob ran a again after b, and so undid b";
    says(&EXACTLY_ONCE_EFFECT, &text_again, Some((undone, &[6])));
    let number_twice = deliver(all, 1, 0, 2, 1);
    says(&EXACTLY_ONCE_EFFECT, &number_twice, Some(("Bob ran 1 twice", &[6])));

    let skipping = deliver(three(), 1, 0, 2, 1);
    says(
        &FIFO_DELIVERY,
        &skipping,
        Some(("Bob delivered 1 without a, which Alice sent before", &[0, 1, 3])),
    );
    let lost = Some(("Alice sent a to Bob, which never delivered it", &[0][..]));
    says(&RELIABLE_DELIVERY, &skipping, lost);
    says(&EXACTLY_ONCE_EFFECT, &skipping, lost);
    says_so_far(
        &RELIABLE_DELIVERY,
        &skipping,
        "Alice sent a to Bob, which has not delivered it yet",
    );
    says(&RELIABLE_DELIVERY, &skipping.crash(0), None);
}

#[test]
fn exactly_once_effect_compares_the_final_states() {
    // Alice sends these to Bob, who runs them, and then these numbers again.
    let run = |operations: &[&str], again: &[u32]| {
        let scene = operations.iter().fold(Scene::new(2), |scene, it| send(scene, 0, 1, *it));
        let all = 1..=operations.len() as u32;
        all.chain(again.iter().copied())
            .fold(scene, |scene, seq| deliver(scene, 1, 0, seq, operations[seq as usize - 1]))
    };
    let holds = |scene| says(&EXACTLY_ONCE_EFFECT, &scene, None);
    let undone = |scene, why: &str, event| {
        says(&EXACTLY_ONCE_EFFECT, &scene, Some((why, &[event])));
    };
    let why = "Bob ran x := 1 again after x := 2, and so undid x := 2";
    undone(run(&["x := 1", "x := 2"], &[1]), why, 4);
    // It is another variable, or the same value, or is set again afterwards.
    holds(run(&["x := 1", "y := 2"], &[1]));
    holds(run(&["x := 1", "x := 1"], &[1]));
    holds(run(&["x := 1", "x := 2"], &[1, 2]));
    holds(run(&["x=1", "x := 1"], &[1]));
    // Values set by words.
    holds(run(&["lamp on", "door shut"], &[1]));
    let why = "Bob ran lamp on again after lamp off, and so undid lamp off";
    undone(run(&["lamp on", "lamp off"], &[1]), why, 4);
    // The first run of each message counts, in any order.
    let two = send(send(Scene::new(2), 0, 1, "x := 1"), 0, 1, "x := 2");
    let overtaken = deliver(deliver(two, 1, 0, 2, "x := 2"), 1, 0, 1, "x := 1");
    says(&EXACTLY_ONCE_EFFECT, &overtaken, None);
    let why = "Bob ran x := 2 again after x := 1, and so undid x := 1";
    undone(deliver(overtaken, 1, 0, 2, "x := 2"), why, 4);
    // Another sender sets the same variable.
    let other = send(send(Scene::new(3), 0, 1, "x := 1"), 2, 1, "x := 2");
    let other = deliver(deliver(other, 1, 0, 1, "x := 1"), 1, 2, 1, "x := 2");
    let why = "Bob ran x := 1 again after x := 2, and so undid x := 2";
    undone(deliver(other, 1, 0, 1, "x := 1"), why, 4);
}

#[test]
fn link_no_creation_judges_small_histories() {
    let misdirected = deliver(three(), 2, 0, 1, "a");
    says(
        &NO_CREATION,
        &misdirected,
        Some((
            "Carol delivered a (Alice's message 1 to Carol), which Alice never sent to it",
            &[3],
        )),
    );
    let changed = deliver(three(), 1, 0, 1, "x");
    says(&NO_CREATION, &changed, Some(("Bob delivered x, but Alice had sent a", &[0, 3])));
}

#[test]
fn send_of_a_request_is_read() {
    let nodes = ["Alice".to_owned(), "Bob".to_owned()];
    let read = |json| Send::read("send", Some(&json), &nodes);
    let good = serde_json::json!({"to": "Bob", "payload": "m"});
    assert_eq!(read(good), Ok(Send { to: node(1), payload: "m".into() }));
    for wrong in [
        serde_json::json!("m"),
        serde_json::json!({"to": "Bob"}),
        serde_json::json!({"to": "Eve", "payload": "m"}),
        serde_json::json!({"to": "Bob", "payload": "m", "more": 1}),
        serde_json::json!({"to": "Bob", "payload": null}),
    ] {
        assert!(read(wrong).is_err());
    }
}
