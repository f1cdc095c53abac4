//! Groups that change.

use std::collections::BTreeSet;

use worldlines::{
    abstractions::{
        Value,
        broadcast::{BroadcastId, Deliver, VALIDITY},
        detection::Notice,
        membership::{
            FAILURE_ORDER, GroupIndication, GroupRequest, PRIMARY_PARTITION, SAME_VIEW_DELIVERY,
            SELF_INCLUSION, VIEW_AGREEMENT, VIRTUAL_SYNCHRONY,
        },
    },
    kernel::{NodeId, NodeSet},
};

use crate::common::{
    chance::Chance,
    node,
    scene::{At, Case, Scene, case, compare, says},
};

pub(crate) const CASES: &[Case] = &[
    case(&VALIDITY, validity),
    case(&VIEW_AGREEMENT, view_agreement),
    case(&SELF_INCLUSION, self_inclusion),
    case(&SAME_VIEW_DELIVERY, same_view_delivery),
    case(&VIRTUAL_SYNCHRONY, virtual_synchrony),
    case(&FAILURE_ORDER, failure_order),
    case(&PRIMARY_PARTITION, primary_partition),
];

/// What is broadcast is delivered or refused, by who stays up.
fn validity(scene: &Scene) -> bool {
    let asked = scene.asked::<GroupRequest>();
    let told = scene.told::<GroupIndication>();
    let broadcasts = |who: NodeId| {
        let mine = asked.iter().filter(move |it| it.node == who);
        mine.filter(|it| matches!(it.it, GroupRequest::Broadcast(_)))
    };
    (0..scene.nodes).map(node).filter(|it| scene.correct().contains(*it)).all(|me| {
        broadcasts(me).enumerate().all(|(count, broadcast)| {
            let next = asked.iter().find(|it| it.node == me && it.at > broadcast.at);
            let answers = told.iter().filter(|it| it.node == me && it.at > broadcast.at);
            answers.into_iter().any(|it| match &it.it {
                GroupIndication::Deliver(deliver) => {
                    deliver.from == me && deliver.seq as usize == count + 1
                }
                GroupIndication::Refuse { .. } => next.is_none_or(|next| it.at < next.at),
                _ => false,
            })
        })
    })
}

fn views(scene: &Scene) -> Vec<At<(u32, NodeSet)>> {
    let told = scene.told::<GroupIndication>().into_iter();
    told.filter_map(|it| match it.it {
        GroupIndication::View { id, members } => {
            Some(At { at: it.at, node: it.node, it: (id, members) })
        }
        _ => None,
    })
    .collect()
}

fn deliveries(scene: &Scene) -> Vec<At<BroadcastId>> {
    let told = scene.told::<GroupIndication>().into_iter();
    told.filter_map(|it| match it.it {
        GroupIndication::Deliver(deliver) => {
            Some(At { at: it.at, node: it.node, it: deliver.id() })
        }
        _ => None,
    })
    .collect()
}

fn leaves_between(scene: &Scene, who: NodeId, from: usize, to: usize) -> bool {
    let told = scene.told::<GroupIndication>();
    let leaves = told.iter().filter(|it| matches!(it.it, GroupIndication::Left { .. }));
    leaves.into_iter().any(|it| it.node == who && (from..to).contains(&it.at))
}

/// The view that the node is in just before this place.
fn view(scene: &Scene, who: NodeId, at: usize) -> Option<At<(u32, NodeSet)>> {
    let last = views(scene).into_iter().rfind(|it| it.node == who && it.at < at)?;
    (!scene.crashes_between(who, last.at, at) && !leaves_between(scene, who, last.at, at))
        .then_some(last)
}

fn view_agreement(scene: &Scene) -> bool {
    let views = views(scene);
    views.iter().all(|one| views.iter().all(|two| one.it.0 != two.it.0 || one.it.1 == two.it.1))
}

fn self_inclusion(scene: &Scene) -> bool {
    views(scene).iter().all(|it| it.it.1.contains(it.node))
}

fn same_view_delivery(scene: &Scene) -> bool {
    let deliveries = deliveries(scene);
    let within = |it: &At<BroadcastId>| view(scene, it.node, it.at).map(|it| it.it.0);
    deliveries
        .iter()
        .all(|one| deliveries.iter().all(|two| one.it != two.it || within(one) == within(two)))
}

fn virtual_synchrony(scene: &Scene) -> bool {
    // Who moved from which view to which, and what it had delivered in the first.
    let steps: Vec<_> = views(scene)
        .iter()
        .filter_map(|next| {
            let previous = view(scene, next.node, next.at)?;
            let delivered: BTreeSet<_> = deliveries(scene)
                .iter()
                .filter(|it| it.node == next.node && previous.at < it.at && it.at < next.at)
                .map(|it| it.it)
                .collect();
            Some(((previous.it.0, next.it.0), delivered))
        })
        .collect();
    steps.iter().all(|one| steps.iter().all(|two| one.0 != two.0 || one.1 == two.1))
}

/// What a step tells a node of another: that it failed, or that it is there.
fn failed(scene: &Scene, at: usize, p: NodeId, q: NodeId) -> Option<bool> {
    let told =
        scene.told::<GroupIndication>().into_iter().find(|it| it.at == at && it.node == p)?;
    match told.it {
        GroupIndication::Notice(Notice::Suspect { node }) => (node == q).then_some(true),
        GroupIndication::Notice(Notice::Restore { node }) => (node == q).then_some(false),
        GroupIndication::View { members, .. } if members.contains(q) => Some(false),
        GroupIndication::View { .. } => {
            view(scene, p, at).filter(|before| before.it.1.contains(q)).map(|_| true)
        }
        _ => None,
    }
}

fn failure_order(scene: &Scene) -> bool {
    deliveries(scene).iter().all(|delivery| {
        let (p, q) = (delivery.node, delivery.it.from);
        let last = (0..delivery.at).rev().find_map(|at| Some((at, failed(scene, at, p, q)?)));
        !matches!(last, Some((at, true)) if !scene.crashes_between(p, at, delivery.at) && !leaves_between(scene, p, at, delivery.at))
    })
}

fn primary_partition(scene: &Scene) -> bool {
    let views = views(scene);
    views.iter().all(|new| {
        let before = || views.iter().filter(|old| old.at < new.at);
        let known = before().any(|old| old.it == new.it);
        let previous = before().map(|old| old.it.0).filter(|id| *id < new.it.0).max();
        let rivals = |old: &&At<(u32, NodeSet)>| old.it.0 == new.it.0 || Some(old.it.0) == previous;
        known || before().filter(rivals).all(|old| !old.it.1.and(new.it.1).is_empty())
    })
}

fn set(members: &[usize]) -> NodeSet {
    members.iter().map(|member| node(*member)).collect()
}

fn install(id: u32, members: &[usize]) -> GroupIndication {
    GroupIndication::View { id, members: set(members) }
}

fn deliver(from: usize, seq: u32) -> GroupIndication {
    let payload = Value::from(format!("m{seq}").as_str());
    GroupIndication::Deliver(Deliver { from: node(from), seq, payload })
}

fn random(chance: &mut Chance) -> Scene {
    let wild = [0, 10, 30][chance.below(3)];
    Scene::random(chance, 16, |scene, chance, me| {
        let at = scene.steps.len();
        let current = view(&scene, node(me), at).map_or(0, |it| it.it.0);
        match chance.between(1, 100) {
            1..=45 => {
                let id = current + 1 + u32::from(chance.percent(wild));
                let agreed = views(&scene).into_iter().find(|it| it.it.0 == id).map(|it| it.it.1);
                let random = (0..scene.nodes).filter(|_| chance.percent(60)).map(node).collect();
                let mut members: NodeSet =
                    agreed.filter(|_| !chance.percent(wild)).unwrap_or(random);
                if !chance.percent(wild) {
                    members.insert(node(me));
                }
                scene.tell(me, GroupIndication::View { id, members })
            }
            46..=48 => scene.ask(me, GroupRequest::Broadcast("m".into())),
            49 => scene.ask(me, GroupRequest::Query),
            50..=51 => scene.tell(me, GroupIndication::Refuse { why: "not a member" }),
            52..=53 => scene.tell(me, GroupIndication::Left { id: current }),
            54..=60 => {
                let about = node(chance.below(scene.nodes));
                let notice = if chance.percent(30) {
                    Notice::Suspect { node: about }
                } else {
                    Notice::Restore { node: about }
                };
                scene.tell(me, GroupIndication::Notice(notice))
            }
            _ => {
                // In each view a message of its own.
                let seq = if chance.percent(wild) { 1 } else { current + 1 };
                let from = if chance.percent(50) { me } else { chance.below(scene.nodes) };
                scene.tell(me, deliver(from, seq))
            }
        }
    })
}

#[test]
fn monitors_say_what_the_definitions_say() {
    compare(71, CASES, random);
}

#[test]
fn views_by_hand() {
    let one = Scene::new(3).tell(0, install(1, &[0, 1, 2])).tell(1, install(1, &[0, 1, 2]));
    for case in CASES {
        says(case.property, &one, None);
    }
    let other = one.clone().tell(2, install(1, &[2]));
    let differ = "Alice installed view 1 with Alice, Bob and Carol, Carol with Carol";
    says(&VIEW_AGREEMENT, &other, Some((differ, &[0, 2])));
    let outside = one.tell(2, install(2, &[0, 1]));
    says(&SELF_INCLUSION, &outside, Some(("Carol installed view 2, which it is not in", &[2])));
}

#[test]
fn deliveries_in_views_by_hand() {
    let one = Scene::new(2).tell(0, install(1, &[0, 1])).tell(1, install(1, &[0, 1]));
    let late =
        one.clone().tell(0, deliver(0, 1)).tell(1, install(2, &[0, 1])).tell(1, deliver(0, 1));
    let apart = Some(("Alice delivered m1 in view 1, Bob in view 2", &[2, 4][..]));
    says(&SAME_VIEW_DELIVERY, &late, apart);
    let unsynchronised = late.tell(0, install(2, &[0, 1]));
    let alone = "Alice delivered m1 in view 1, Bob went on to view 2 without it";
    says(&VIRTUAL_SYNCHRONY, &unsynchronised, Some((alone, &[2, 3, 5])));
    let together = one.tell(0, deliver(0, 1)).tell(1, deliver(0, 1));
    let moved = together.tell(0, install(2, &[0, 1])).tell(1, install(2, &[0, 1]));
    says(&VIRTUAL_SYNCHRONY, &moved, None);
    says(&SAME_VIEW_DELIVERY, &moved, None);
}

#[test]
fn what_is_refused_need_not_be_delivered() {
    let asked = Scene::new(2).ask(0, GroupRequest::Broadcast("m".into()));
    let never = "Alice broadcast m and never delivered it";
    says(&VALIDITY, &asked, Some((never, &[0])));
    let refuse = GroupIndication::Refuse { why: "not a member" };
    says(&VALIDITY, &asked.clone().tell(0, refuse.clone()), None);
    says(&VALIDITY, &asked.clone().tell(1, refuse.clone()), Some((never, &[0])));
    let other = asked.ask(0, GroupRequest::Query).tell(0, refuse);
    says(&VALIDITY, &other, Some((never, &[0])));
}

#[test]
fn who_has_left_is_in_no_view() {
    let back = |away: Option<GroupIndication>| {
        let both = Scene::new(2).tell(0, install(1, &[0, 1])).tell(1, install(1, &[0, 1]));
        let told = both.tell(0, deliver(0, 1));
        let away = away.into_iter().fold(told, |scene, left| scene.tell(1, left));
        away.tell(0, install(2, &[0, 1])).tell(1, install(2, &[0, 1]))
    };
    let alone = "Alice delivered m1 in view 1, Bob went on to view 2 without it";
    says(&VIRTUAL_SYNCHRONY, &back(None), Some((alone, &[2, 3, 4])));
    says(&VIRTUAL_SYNCHRONY, &back(Some(GroupIndication::Left { id: 1 })), None);
    let outside = back(Some(GroupIndication::Left { id: 1 }));
    let late = outside.tell(1, GroupIndication::Left { id: 2 }).tell(1, deliver(0, 1));
    let apart = "Alice delivered m1 in view 1, Bob in no view";
    says(&SAME_VIEW_DELIVERY, &late, Some((apart, &[2, 7])));
}

#[test]
fn failure_order_by_hand() {
    let notice = GroupIndication::Notice(Notice::Suspect { node: node(0) });
    let before = Scene::new(2).tell(1, deliver(0, 1)).tell(1, notice);
    says(&FAILURE_ORDER, &before, None);
    let after = before.tell(1, deliver(0, 2));
    let late = "Bob delivered m2 after it was told that Alice failed";
    says(&FAILURE_ORDER, &after, Some((late, &[1, 2])));
    let gone = Scene::new(2).tell(1, install(1, &[0, 1])).tell(1, install(2, &[1]));
    let why = "Bob delivered m1 after it was told that Alice failed";
    says(&FAILURE_ORDER, &gone.tell(1, deliver(0, 1)), Some((why, &[1, 2])));
}

#[test]
fn primary_partition_by_hand() {
    let majority = Scene::new(4).tell(0, install(1, &[0, 1, 2, 3])).tell(0, install(2, &[0, 1, 2]));
    says(&PRIMARY_PARTITION, &majority, None);
    let both = majority.tell(3, install(2, &[3]));
    let apart = "view 2 of Dave has no member in common with view 2 of Alice, Bob and Carol";
    says(&PRIMARY_PARTITION, &both, Some((apart, &[1, 2])));
}
