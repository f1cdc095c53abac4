//! Broadcasts in a group whose members get an indication when they have joined, and leave.

use worldlines::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, ATOMICITY, BroadcastId, Deliver, NO_CREATION, UNIFORM_AGREEMENT, VALIDITY,
        },
        membership::{GroupIndication, GroupRequest},
    },
    kernel::{NodeId, NodeSet},
};

use crate::common::{
    chance::Chance,
    node,
    scene::{At, Case, Scene, case, compare, says, says_so_far},
};

const CASES: &[Case] = &[
    case(&VALIDITY, validity),
    case(&AGREEMENT, agreement),
    case(&UNIFORM_AGREEMENT, uniform_agreement),
    case(&ATOMICITY, atomicity),
];

fn asked(scene: &Scene) -> Vec<At<BroadcastId>> {
    let broadcasts = |it: &At<GroupRequest>| matches!(it.it, GroupRequest::Broadcast(_));
    let mut counts = vec![0; scene.nodes];
    let asked = scene.asked::<GroupRequest>().into_iter().filter(broadcasts);
    asked
        .map(|At { at, node, .. }| {
            counts[node.index()] += 1;
            At { at, node, it: BroadcastId { from: node, seq: counts[node.index()] } }
        })
        .collect()
}

fn delivered(scene: &Scene) -> Vec<At<BroadcastId>> {
    let told = scene.told::<GroupIndication>().into_iter();
    let deliveries = told.filter_map(|At { at, node, it }| match it {
        GroupIndication::Deliver(deliver) => Some(At { at, node, it: deliver.id() }),
        _ => None,
    });
    deliveries.collect()
}

fn joined(scene: &Scene) -> Vec<At<()>> {
    let told = scene.told::<GroupIndication>().into_iter();
    let joined = told.filter(|it| matches!(it.it, GroupIndication::Joined { .. }));
    joined.map(|At { at, node, .. }| At { at, node, it: () }).collect()
}

/// True if the node was a member when the message was broadcast, and stays one until the end.
fn is_bound(scene: &Scene, who: NodeId, message: BroadcastId) -> bool {
    let joined = joined(scene);
    let Some(broadcast) = asked(scene).into_iter().find(|it| it.it == message) else {
        return joined.is_empty();
    };
    let stays = |since: usize| {
        let leaves = scene
            .asked::<GroupRequest>()
            .into_iter()
            .any(|it| it.node == who && it.at > since && matches!(it.it, GroupRequest::Leave));
        !leaves && !scene.crashes_between(who, since, scene.steps.len())
    };
    joined.is_empty()
        || joined.iter().any(|it| it.node == who && it.at < broadcast.at && stays(it.at))
}

fn validity(scene: &Scene) -> bool {
    let told = delivered(scene);
    let owed = asked(scene).into_iter().filter(|asked| {
        scene.correct().contains(asked.node) && is_bound(scene, asked.node, asked.it)
    });
    owed.into_iter().all(|asked| {
        told.iter().any(|it| it.it == asked.it && it.node == asked.node && it.at > asked.at)
    })
}

/// True if every bound node of these has every message that a node of those has delivered.
fn agreed(scene: &Scene, binding: NodeSet, bound: NodeSet) -> bool {
    let told = delivered(scene);
    told.iter().filter(|it| binding.contains(it.node)).all(|one| {
        let has = |who| told.iter().any(|two| two.node == who && two.it == one.it);
        bound.into_iter().all(|who| has(who) || !is_bound(scene, who, one.it))
    })
}

fn agreement(scene: &Scene) -> bool {
    agreed(scene, scene.correct(), scene.correct())
}

fn uniform_agreement(scene: &Scene) -> bool {
    agreed(scene, scene.everyone(), scene.correct())
}

fn atomicity(scene: &Scene) -> bool {
    agreed(scene, scene.everyone(), scene.up_in_the_end())
}

fn broadcast() -> GroupRequest {
    GroupRequest::Broadcast(Value::from("m"))
}

fn join(member: usize) -> GroupIndication {
    GroupIndication::Joined { member: node(member) }
}

fn deliver(from: usize, seq: u32) -> GroupIndication {
    GroupIndication::Deliver(Deliver { from: node(from), seq, payload: Value::from("m") })
}

#[test]
fn monitors_with_joins_agree_with_the_definitions_on_random_histories() {
    compare(72, CASES, |chance: &mut Chance| {
        Scene::random(chance, 18, |scene, chance, me| match chance.between(1, 100) {
            1..=25 => scene.tell(me, join(me)),
            26..=35 => scene.ask(me, GroupRequest::Leave),
            36..=40 => scene.ask(me, GroupRequest::Join),
            41..=60 => scene.ask(me, broadcast()),
            _ => {
                let from = chance.below(scene.nodes);
                scene.tell(me, deliver(from, chance.between(1, 2) as u32))
            }
        })
    });
}

#[test]
fn broadcast_binds_the_members_at_its_moment() {
    let group = Scene::new(3).tell(0, join(0)).ask(0, broadcast()).tell(0, deliver(0, 1));
    // Bob has never joined, and Carol joins too late.
    let late = group.clone().tell(2, join(2));
    says(&AGREEMENT, &late, None);
    let second = late.ask(0, broadcast()).tell(0, deliver(0, 2));
    says_so_far(&AGREEMENT, &second, "Alice delivered m (Alice's broadcast 2), Carol has not yet");
    says(
        &AGREEMENT,
        &second,
        Some(("Alice delivered m (Alice's broadcast 2), Carol never did", &[5])),
    );
    says(&AGREEMENT, &second.ask(2, GroupRequest::Leave), None);
    says(&NO_CREATION, &group, None);
}

#[test]
fn broadcast_of_a_non_member_need_not_be_delivered_by_it() {
    let outside = Scene::new(2).tell(0, join(0)).ask(1, broadcast());
    says(&VALIDITY, &outside, None);
    let inside = outside.ask(0, broadcast());
    let never = "Alice broadcast m (Alice's broadcast 1) and never delivered it";
    says(&VALIDITY, &inside, Some((never, &[2])));
    says(&VALIDITY, &inside.ask(0, GroupRequest::Leave), None);
}
