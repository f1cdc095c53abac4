//! Properties of snapshots and checkpoints.

use worldlines::{
    abstractions::checkpoint::{
        CONSISTENT_CUT, CheckpointRequest, Ledger, NO_ORPHAN_MESSAGE, RECORDED_STATE_COMPLETE,
        Recorded, SNAPSHOT_COMPLETION, SnapshotRequest, Transfer,
    },
    kernel::{NodeId, Request},
};

use crate::common::{
    chance::Chance,
    node,
    scene::{At, Case, Scene, case, compare, mended, says},
};

pub(crate) const CASES: &[Case] = &[mended(&NO_ORPHAN_MESSAGE, no_orphan_message)];

pub(crate) const SNAPSHOT_CASES: &[Case] = &[
    case(&CONSISTENT_CUT, consistent_cut),
    case(&RECORDED_STATE_COMPLETE, recorded_state_complete),
    case(&SNAPSHOT_COMPLETION, snapshot_completion),
];

fn transfer(to: usize, amount: u32) -> CheckpointRequest {
    CheckpointRequest::Transfer(Transfer { to: node(to), amount })
}

fn recorded(scene: &Scene) -> Vec<At<Recorded>> {
    scene.told()
}

/// A node's first record for a snapshot: its place in the history, and the number of transfers sent to each node.
fn record(scene: &Scene, number: u32, who: NodeId) -> Option<(usize, Vec<u32>)> {
    recorded(scene).into_iter().filter(|it| it.node == who).find_map(|told| match told.it {
        Recorded::Record { snapshot, sent, .. } if snapshot == number => Some((told.at, sent)),
        _ => None,
    })
}

/// A node's first part of a snapshot: the numbers that it recorded in each channel.
fn part(scene: &Scene, number: u32, who: NodeId) -> Option<Vec<Vec<u32>>> {
    recorded(scene).into_iter().filter(|it| it.node == who).find_map(|told| match told.it {
        Recorded::Snapshot { snapshot, state } if snapshot == number => Some(state.channels),
        _ => None,
    })
}

/// Place of the first receipt of a transfer.
fn receipt(scene: &Scene, (from, to): (NodeId, NodeId), number: u32) -> Option<usize> {
    recorded(scene).into_iter().find_map(|told| match told.it {
        Recorded::Receive { from: sender, seq, .. }
            if told.node == to && sender == from && seq == number =>
        {
            Some(told.at)
        }
        _ => None,
    })
}

/// True if this holds for each snapshot and the ends of each link that have both recorded, given them, the place
/// where the receiver recorded and the number of transfers that the sender had sent on the link when it recorded.
fn on_each_link(scene: &Scene, holds: impl Fn(u32, (NodeId, NodeId), usize, u32) -> bool) -> bool {
    let pairs = scene.everyone().into_iter().flat_map(|from| {
        scene.everyone().into_iter().filter(move |to| *to != from).map(move |to| (from, to))
    });
    let pairs: Vec<_> = pairs.collect();
    (1..=2).all(|snapshot| {
        pairs.iter().all(|(from, to)| {
            let (sender, receiver) = (record(scene, snapshot, *from), record(scene, snapshot, *to));
            let Some(((_, sent), (at, _))) = sender.zip(receiver) else { return true };
            holds(snapshot, (*from, *to), at, sent[to.index()])
        })
    })
}

/// Largest number of transfers on a link in a random history.
const MOST: u32 = 9;

fn consistent_cut(scene: &Scene) -> bool {
    on_each_link(scene, |_, link, cut, sent| {
        (sent + 1..=MOST).all(|number| receipt(scene, link, number).is_none_or(|at| at > cut))
    })
}

fn recorded_state_complete(scene: &Scene) -> bool {
    on_each_link(scene, |snapshot, link, cut, sent| {
        let Some(channels) = part(scene, snapshot, link.1) else { return true };
        let channel = &channels[link.0.index()];
        (1..=MOST).all(|number| {
            let count = channel.iter().filter(|it| **it == number).count();
            let receipt = receipt(scene, link, number);
            let before = receipt.is_some_and(|at| at < cut);
            match (number <= sent && !before, receipt.is_some()) {
                (true, true) => count == 1,
                (true, false) => count <= 1,
                (false, _) => count == 0,
            }
        })
    })
}

/// Numbers of transfers sent and received on a link, just before a place.
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

/// An orphan arises from a rollback of the sender below what was received, or a receipt of more than its
/// rollback has left; a rollback of the receiver to what was left mends it.
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

/// A correct process completes each snapshot for which it has recorded its state.
fn snapshot_completion(scene: &Scene) -> bool {
    let told = scene.told::<Recorded>();
    told.iter().filter(|it| scene.correct().contains(it.node)).all(|record| {
        let Recorded::Record { snapshot, .. } = record.it else { return true };
        told.iter().any(|it| {
            let complete =
                matches!(&it.it, Recorded::Snapshot { snapshot: it, .. } if *it == snapshot);
            complete && it.node == record.node
        })
    })
}

/// Transfers of equal amounts, in any order, and the nodes' records of them: mostly correct ones.
fn random_snapshot(chance: &mut Chance) -> Scene {
    let (disorder, lies) = ([0, 10, 50][chance.below(3)], [0, 0, 15][chance.below(3)]);
    Scene::random(chance, 40, |scene, chance, me| {
        let at = scene.steps.len();
        let sent = |scene: &Scene, from: NodeId, to: usize| {
            let asked = scene.asked::<SnapshotRequest>();
            let there = |it: &SnapshotRequest| matches!(it, SnapshotRequest::Transfer(it) if it.to.index() == to);
            asked.iter().filter(|it| it.node == from && there(&it.it)).count() as u32
        };
        let snapshot = 1 + u32::from(chance.percent(20));
        match chance.between(1, 100) {
            1..=35 => {
                let to = chance.below(scene.nodes);
                if sent(&scene, node(me), to) == MOST {
                    return scene;
                }
                scene.ask(me, SnapshotRequest::Transfer(Transfer { to: node(to), amount: 10 }))
            }
            36..=75 => {
                let from = node(chance.below(scene.nodes));
                let open = (1..=sent(&scene, from, me))
                    .filter(|it| receipt(&scene, (from, node(me)), *it).is_none());
                let open: Vec<u32> = open.collect();
                if open.is_empty() {
                    return scene;
                }
                let place = if chance.percent(disorder) { chance.below(open.len()) } else { 0 };
                scene.tell(me, Recorded::Receive { from, seq: open[place], amount: 10 })
            }
            76..=88 => {
                let count = |to| {
                    let count = sent(&scene, node(me), to);
                    if chance.percent(lies) { count.saturating_sub(1) } else { count }
                };
                let sent = (0..scene.nodes).map(count).collect();
                scene.tell(me, Recorded::Record { snapshot, balance: 0, sent })
            }
            _ => {
                let Some((cut, _)) = record(&scene, snapshot, node(me)) else { return scene };
                let channel = |from: usize| {
                    let link = (node(from), node(me));
                    let sent = record(&scene, snapshot, link.0).map_or(0, |(_, sent)| sent[me]);
                    let open = (1..=sent).filter(|it| {
                        receipt(&scene, link, *it).is_none_or(|receipt| receipt > cut)
                    });
                    let mut channel: Vec<u32> = open.filter(|_| !chance.percent(lies)).collect();
                    if chance.percent(lies) {
                        channel.push(chance.between(1, 3) as u32);
                    }
                    channel
                };
                let channels = (0..scene.nodes).map(channel).collect();
                let none = vec![0; scene.nodes];
                let (sent, received, in_flight) = (none.clone(), none.clone(), none);
                let state = Ledger { balance: at as u64, sent, received, in_flight, channels };
                scene.tell(me, Recorded::Snapshot { snapshot, state })
            }
        }
    })
}

fn random(chance: &mut Chance) -> Scene {
    Scene::random(chance, 24, |scene, chance, me| {
        let (nodes, at) = (scene.nodes, scene.steps.len());
        let peer = chance.below(nodes);
        match chance.between(1, 100) {
            1..=45 => scene.ask(me, transfer(peer, 1)),
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
fn checkpoint_monitors_agree_with_the_definitions_on_random_histories() {
    compare(81, CASES, random);
    compare(82, SNAPSHOT_CASES, random_snapshot);
}

fn note(sent: [u32; 2]) -> Recorded {
    Recorded::Record { snapshot: 1, balance: 0, sent: sent.to_vec() }
}

/// A complete part, with what it has recorded on the channel from Alice.
fn complete(channel: &[u32]) -> Recorded {
    let zeros = || vec![0; 2];
    let (sent, received, in_flight) = (zeros(), zeros(), zeros());
    let channels = vec![channel.to_vec(), Vec::new()];
    let state = Ledger { balance: 0, sent, received, in_flight, channels };
    Recorded::Snapshot { snapshot: 1, state }
}

fn receive(seq: u32) -> Recorded {
    Recorded::Receive { from: node(0), seq, amount: 10 }
}

#[test]
fn recorded_state_with_equal_amounts_sees_an_orphan() {
    // Alice's state has the first transfer, Bob's has the second: the same amount.
    let cut = Scene::new(2).tell(0, note([0, 1])).tell(1, receive(2)).tell(1, note([0, 0]));
    let why = "Bob recorded the receipt of Alice's transfer 2 to it, which Alice had not sent when it \
               recorded its own state";
    says(&CONSISTENT_CUT, &cut, Some((why, &[0, 1, 2])));
    let consistent = Scene::new(2).tell(0, note([0, 1])).tell(1, receive(1)).tell(1, note([0, 0]));
    says(&CONSISTENT_CUT, &consistent, None);
    let incomplete = Scene::new(2).tell(1, receive(2)).tell(1, note([0, 0]));
    says(&CONSISTENT_CUT, &incomplete, None);
    says(&CONSISTENT_CUT, &incomplete.tell(0, note([0, 0])), Some((why, &[0, 1, 2])));
}

#[test]
fn recorded_channel_has_messages_sent_before_the_cut_and_received_after() {
    let cut = Scene::new(2).tell(0, note([0, 2])).tell(1, receive(1)).tell(1, note([0, 0]));
    let says = |scene: &Scene, expected| says(&RECORDED_STATE_COMPLETE, scene, expected);
    says(&cut.clone().tell(1, receive(2)).tell(1, complete(&[2])), None);
    // It may still arrive, or be lost.
    let vanished = cut.clone().tell(1, complete(&[]));
    says(&vanished, None);
    let why = "Alice's transfer 2 to Bob was sent before the cut and received after it, and is in no recorded state";
    says(&vanished.tell(1, receive(2)), Some((why, &[0, 2, 3, 4])));
    let early = cut.clone().tell(1, complete(&[2, 3]));
    let why = "Alice's transfer 3 to Bob is in the recorded state of the channel, and Alice had not sent it yet";
    says(&early, Some((why, &[0, 2, 3])));
    let had = cut.clone().tell(1, complete(&[1, 2]));
    let why = "Alice's transfer 1 to Bob is in the recorded state of the channel, and Bob had received it already";
    says(&had, Some((why, &[0, 2, 3])));
    let twice = cut.tell(1, complete(&[2, 2]));
    let why = "Alice's transfer 2 to Bob is twice in the recorded state of the channel";
    says(&twice, Some((why, &[0, 2, 3])));
}

fn back(sent: [u32; 2], received: [u32; 2]) -> Recorded {
    Recorded::Rollback { index: 0, sent: sent.to_vec(), received: received.to_vec() }
}

#[test]
fn no_orphan_message_judges_small_histories() {
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
fn transfer_of_a_request_is_read() {
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
fn recorded_part_tells_balance_and_messages_in_flight() {
    let part = |in_flight: [u64; 2]| {
        let none = || vec![0; 2];
        let (sent, received, in_flight) = (none(), none(), in_flight.to_vec());
        let state = Ledger { balance: 70, sent, received, in_flight, channels: Vec::new() };
        Recorded::Snapshot { snapshot: 2, state }.to_string()
    };
    assert_eq!(part([0, 0]), "snapshot 2: 70");
    assert_eq!(part([10, 20]), "snapshot 2: 70 + 30");
}

#[test]
fn snapshot_completion_judges_small_histories() {
    let recorded = Scene::new(2).tell(0, note([0, 0])).tell(1, note([0, 0])).tell(1, complete(&[]));
    let never = "Alice recorded its state for snapshot 1 and its part was never complete";
    says(&SNAPSHOT_COMPLETION, &recorded, Some((never, &[0])));
    says(&SNAPSHOT_COMPLETION, &recorded.clone().tell(0, complete(&[])), None);
    says(&SNAPSHOT_COMPLETION, &recorded.crash(0), None);
}
