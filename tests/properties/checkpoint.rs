//! States of the past.

use worldlines::{
    abstractions::checkpoint::{
        CONSISTENT_CUT, CheckpointRequest, Ledger, NO_ORPHAN_MESSAGE, Recorded, SnapshotRequest,
        Transfer,
    },
    kernel::{NodeId, Request},
};

use crate::common::{
    chance::Chance,
    node,
    scene::{At, Case, Scene, case, compare, mended, says},
};

pub(crate) const CASES: &[Case] =
    &[case(&CONSISTENT_CUT, consistent_cut), mended(&NO_ORPHAN_MESSAGE, no_orphan_message)];

fn transfer(to: usize, amount: u32) -> CheckpointRequest {
    CheckpointRequest::Transfer(Transfer { to: node(to), amount })
}

fn recorded(scene: &Scene) -> Vec<At<Recorded>> {
    scene.told()
}

/// Everybody's first part of this global state.
fn parts(scene: &Scene, number: u32) -> Vec<(NodeId, Ledger)> {
    let mut parts: Vec<(NodeId, Ledger)> = Vec::new();
    for told in recorded(scene) {
        if let Recorded::Snapshot { snapshot, state } = told.it
            && snapshot == number
            && !parts.iter().any(|(node, _)| *node == told.node)
        {
            parts.push((told.node, state));
        }
    }
    parts
}

fn consistent_cut(scene: &Scene) -> bool {
    (1..=2).all(|number| {
        let parts = parts(scene, number);
        parts.iter().all(|(p, sender)| {
            parts.iter().filter(|(q, _)| p != q).all(|(q, receiver)| {
                let (p, q) = (p.index(), q.index());
                sender.sent[q] == receiver.received[p] + receiver.in_flight[p]
            })
        })
    })
}

/// How many transfers were sent on a link, and how many were received, just before a place.
fn counts(scene: &Scene, (from, to): (NodeId, NodeId), at: usize) -> (u32, u32) {
    let (mut sent, mut received) = (0, 0);
    let (all_told, all_asked) = (recorded(scene), scene.asked::<CheckpointRequest>());
    for place in 0..at {
        let here = |node| scene.steps[place].node == node;
        let told = all_told.iter().find(|it| it.at == place);
        let asked = all_asked.iter().find(|it| it.at == place);
        match (asked.map(|it| it.it), told.map(|it| it.it.clone())) {
            (Some(CheckpointRequest::Transfer(Transfer { to: peer, .. })), _)
                if here(from) && peer == to =>
            {
                sent += 1
            }
            (_, Some(Recorded::Receive { from: peer, seq, .. })) if here(to) && peer == from => {
                received = received.max(seq);
            }
            (_, Some(Recorded::Rollback { sent: left, received: kept, .. })) => {
                if here(from) {
                    sent = left[to.index()];
                }
                if here(to) {
                    received = received.min(kept[from.index()]);
                }
            }
            _ => {}
        }
    }
    (sent, received)
}

/// What makes an orphan is a rollback of the sender below what was received, or a receipt of more than its
/// rollback has left; what mends it is a rollback of the receiver to what was left.
fn no_orphan_message(scene: &Scene) -> bool {
    let links = scene
        .everyone()
        .into_iter()
        .flat_map(|from| scene.everyone().into_iter().map(move |to| (from, to)));
    let told = recorded(scene);
    links.into_iter().all(|(from, to)| {
        told.iter().all(|it| {
            let (sent, _) = counts(scene, (from, to), it.at + 1);
            let (_, before) = counts(scene, (from, to), it.at);
            let rolled_back = |at| {
                told.iter().any(|it| {
                    it.at < at && it.node == from && matches!(it.it, Recorded::Rollback { .. })
                })
            };
            let orphaned = match it.it {
                Recorded::Rollback { .. } => it.node == from && before > sent,
                Recorded::Receive { from: peer, seq, .. } => {
                    it.node == to && peer == from && rolled_back(it.at) && seq > sent
                }
                _ => false,
            };
            let mended = told
                .iter()
                .filter(|later| later.at > it.at || (later.at == it.at && from == to))
                .any(|later| {
                    matches!(&later.it, Recorded::Rollback { received, .. }
                    if later.node == to && received[from.index()] <= sent)
                });
            !orphaned || mended
        })
    })
}

fn random_cut(scene: Scene, chance: &mut Chance, me: usize, wild: u64) -> Scene {
    let nodes = scene.nodes;
    let snapshot = chance.between(1, 2) as u32;
    // What would be true of everybody: 10 sent to each, of which node n has received n from each.
    let mut state = Ledger {
        balance: 0,
        sent: vec![10; nodes],
        received: vec![me as u64; nodes],
        in_flight: vec![10 - me as u64; nodes],
    };
    if chance.percent(wild) {
        state.received[chance.below(nodes)] += 1;
    }
    scene.tell(me, Recorded::Snapshot { snapshot, state })
}

fn random(chance: &mut Chance) -> Scene {
    let wild = [0, 40][chance.below(2)];
    Scene::random(chance, 24, |scene, chance, me| {
        let (nodes, at) = (scene.nodes, scene.steps.len());
        let peer = chance.below(nodes);
        match chance.between(1, 100) {
            1..=15 => random_cut(scene, chance, me, wild),
            16..=45 => scene.ask(me, transfer(peer, 1)),
            46..=80 => {
                let (sent, received) = counts(&scene, (node(peer), node(me)), at);
                if received >= sent {
                    return scene;
                }
                scene.tell(me, Recorded::Receive { from: node(peer), seq: received + 1, amount: 1 })
            }
            _ => {
                let keep =
                    |count: u32, chance: &mut Chance| count - count.min(chance.below(2) as u32);
                let all = |own: bool, chance: &mut Chance| -> Vec<u32> {
                    (0..nodes)
                        .map(|other| {
                            let link =
                                if own { (node(me), node(other)) } else { (node(other), node(me)) };
                            let (sent, received) = counts(&scene, link, at);
                            keep(if own { sent } else { received }, chance)
                        })
                        .collect()
                };
                let (sent, received) = (all(true, chance), all(false, chance));
                scene.tell(me, Recorded::Rollback { index: 1, sent, received })
            }
        }
    })
}

#[test]
fn monitors_say_what_the_definitions_say() {
    compare(81, CASES, random);
}

fn part(sent: u64, received: u64, in_flight: u64) -> Recorded {
    let both = |amount| vec![amount; 2];
    let state = Ledger {
        balance: 0,
        sent: both(sent),
        received: both(received),
        in_flight: both(in_flight),
    };
    Recorded::Snapshot { snapshot: 1, state }
}

#[test]
fn consistent_cut_by_hand() {
    let good = Scene::new(2).tell(0, part(10, 0, 5)).tell(1, part(5, 7, 3));
    says(&CONSISTENT_CUT, &good, None);
    let from_nothing = Scene::new(2).tell(0, part(0, 0, 0)).tell(1, part(0, 7, 0));
    let why = "by the snapshot Alice has sent 0 to Bob, which has received 7, 0 being in flight";
    says(&CONSISTENT_CUT, &from_nothing, Some((why, &[0, 1])));
    let vanished = Scene::new(2).tell(0, part(9, 0, 0)).tell(1, part(0, 7, 0));
    let why = "by the snapshot Alice has sent 9 to Bob, which has received 7, 0 being in flight";
    says(&CONSISTENT_CUT, &vanished, Some((why, &[0, 1])));
}

fn back(sent: [u32; 2], received: [u32; 2]) -> Recorded {
    Recorded::Rollback { index: 0, sent: sent.to_vec(), received: received.to_vec() }
}

#[test]
fn no_orphan_message_by_hand() {
    let receive = Recorded::Receive { from: node(0), seq: 1, amount: 5 };
    let sent = Scene::new(2).ask(0, transfer(1, 5));
    let undone = sent.clone().tell(1, receive.clone()).tell(0, back([0, 0], [0, 0]));
    let orphan = "Bob has received a message of Alice whose sending was undone";
    says(&NO_ORPHAN_MESSAGE, &undone, Some((orphan, &[1, 2])));
    says(&NO_ORPHAN_MESSAGE, &undone.clone().tell(1, back([0, 0], [0, 0])), None);
    says(&NO_ORPHAN_MESSAGE, &undone.tell(1, back([0, 0], [1, 0])), Some((orphan, &[1, 2])));
    let replayed = sent.clone().tell(1, receive.clone()).tell(0, back([0, 1], [0, 0]));
    says(&NO_ORPHAN_MESSAGE, &replayed, None);
    let on_its_way = sent.tell(0, back([0, 0], [0, 0])).tell(1, receive);
    says(&NO_ORPHAN_MESSAGE, &on_its_way, Some((orphan, &[1, 2])));
}

#[test]
fn a_transfer_is_read() {
    let nodes = ["Alice".to_owned(), "Bob".to_owned()];
    let read = |json| CheckpointRequest::read("transfer", Some(&json), &nodes);
    let good = serde_json::json!({"to": "Bob", "amount": 5});
    assert_eq!(read(good.clone()), Ok(transfer(1, 5)));
    assert!(read(serde_json::json!({"to": "Bob", "amount": -5})).is_err());
    assert!(read(serde_json::json!({"to": "Eve", "amount": 5})).is_err());
    let same = SnapshotRequest::read("transfer", Some(&good), &nodes);
    assert_eq!(same, Ok(SnapshotRequest::Transfer(Transfer { to: node(1), amount: 5 })));
}

#[test]
fn a_part_says_what_it_has_and_what_was_in_flight() {
    let part = |in_flight: [u64; 2]| {
        let none = || vec![0; 2];
        let (sent, received, in_flight) = (none(), none(), in_flight.to_vec());
        let state = Ledger { balance: 70, sent, received, in_flight };
        Recorded::Snapshot { snapshot: 2, state }.to_string()
    };
    assert_eq!(part([0, 0]), "snapshot 2: 70");
    assert_eq!(part([10, 20]), "snapshot 2: 70 + 30");
}
