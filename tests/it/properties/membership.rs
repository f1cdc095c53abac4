//! Properties of group membership.

use std::collections::BTreeSet;

use worldlines::{
    abstractions::{
        Value,
        broadcast::{BroadcastId, Deliver, VALIDITY},
        detection::Notice,
        membership::{
            CRASHED_MEMBERS_LEAVE, FAILURE_ORDER, GroupIndication, GroupRequest, JOIN_COMPLETION,
            PRIMARY_PARTITION, SAME_VIEW_DELIVERY, SELF_INCLUSION, VIEW_AGREEMENT,
            VIRTUAL_SYNCHRONY,
        },
    },
    kernel::{NodeId, NodeSet, Property},
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
    case(&JOIN_COMPLETION, join_completion),
    case(&CRASHED_MEMBERS_LEAVE, crashed_members_leave),
];

/// Every broadcast is delivered or refused by the nodes that stay up.
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
    let within = |it: &At<BroadcastId>| view(scene, it.node, it.at).map(|it| it.it);
    deliveries
        .iter()
        .all(|one| deliveries.iter().all(|two| one.it != two.it || within(one) == within(two)))
}

fn virtual_synchrony(scene: &Scene) -> bool {
    // Node that moved from one view to another, and its deliveries in the first.
    let steps: Vec<_> = views(scene)
        .iter()
        .filter_map(|next| {
            let previous = view(scene, next.node, next.at)?;
            let delivered: BTreeSet<_> = deliveries(scene)
                .iter()
                .filter(|it| it.node == next.node && previous.at < it.at && it.at < next.at)
                .map(|it| it.it)
                .collect();
            Some(((previous.it, next.it), delivered))
        })
        .collect();
    steps.iter().all(|one| steps.iter().all(|two| one.0 != two.0 || one.1 == two.1))
}

/// Notice to a node about another: that it failed, or that it is present.
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

/// Each step of a node from a view to another one.
fn steps(scene: &Scene, until: usize) -> Vec<At<[(u32, NodeSet); 2]>> {
    let views = views(scene).into_iter().filter(|it| it.at <= until);
    views
        .filter_map(|next| {
            let previous = view(scene, next.node, next.at)?;
            let it = [previous.it, next.it];
            (it[0] != it[1]).then_some(At { at: next.at, node: next.node, it })
        })
        .collect()
}

/// All views that are reached from a view along these links.
fn reached(from: (u32, NodeSet), links: &[[(u32, NodeSet); 2]]) -> BTreeSet<(u32, NodeSet)> {
    let mut found = BTreeSet::from([from]);
    for _ in links {
        let next = links.iter().filter(|[one, _]| found.contains(one)).map(|[_, two]| *two);
        found.extend(next.collect::<Vec<_>>());
    }
    found
}

fn primary_partition(scene: &Scene) -> bool {
    let all = steps(scene, scene.steps.len());
    let first = |step: &At<[(u32, NodeSet); 2]>| all.iter().find(|it| it.it[1] == step.it[1]);
    let is_first = |step: &&At<[(u32, NodeSet); 2]>| first(step).is_some_and(|it| it.at == step.at);
    all.iter().filter(is_first).all(|new| {
        let links: Vec<_> = steps(scene, new.at).iter().map(|it| it.it).collect();
        let backward: Vec<_> = links.iter().map(|[one, two]| [*two, *one]).collect();
        let either: Vec<_> = links.iter().chain(&backward).copied().collect();
        let [_, view] = new.it;
        all.iter().filter(|old| old.at < new.at).all(|old| {
            let [_, other] = old.it;
            reached(view, &links).contains(&other)
                || reached(view, &backward).contains(&other)
                || !reached(view, &either).contains(&other)
                || !other.1.and(view.1).is_empty()
        })
    })
}

/// A join is answered by a view or a refusal if a correct process was a member then and still is.
fn join_completion(scene: &Scene) -> bool {
    let asked = scene.asked::<GroupRequest>();
    let told = scene.told::<GroupIndication>();
    let end = scene.steps.len();
    let joins = asked.iter().filter(|it| matches!(it.it, GroupRequest::Join));
    joins.filter(|join| scene.correct().contains(join.node)).all(|join| {
        let answered = told.iter().filter(|it| it.node == join.node && it.at > join.at).any(|it| {
            match &it.it {
                GroupIndication::View { .. } => true,
                // A refusal answers the last request; if that is one to join as well, it is refused for both.
                GroupIndication::Refuse { .. } => {
                    let last = asked.iter().rfind(|ask| ask.node == it.node && ask.at < it.at);
                    last.is_some_and(|last| matches!(last.it, GroupRequest::Join))
                }
                _ => false,
            }
        });
        let stays = |host: NodeId| {
            view(scene, host, join.at).is_some_and(|before| {
                !scene.crashes_between(host, before.at, end)
                    && !leaves_between(scene, host, before.at, end)
            })
        };
        let hosts = scene.correct().without(join.node.into());
        answered || !hosts.into_iter().any(stays)
    })
}

/// At the end no correct process is in a view with a process that is down.
fn crashed_members_leave(scene: &Scene) -> bool {
    let end = scene.steps.len();
    let down = scene.everyone().without(scene.up_in_the_end());
    scene
        .correct()
        .into_iter()
        .all(|me| view(scene, me, end).is_none_or(|view| view.it.1.and(down).is_empty()))
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
            92..=94 => scene.ask(me, GroupRequest::Join),
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
                // A different message in each view.
                let seq = if chance.percent(wild) { 1 } else { current + 1 };
                let from = if chance.percent(50) { me } else { chance.below(scene.nodes) };
                scene.tell(me, deliver(from, seq))
            }
        }
    })
}

#[test]
fn membership_monitors_agree_with_the_definitions_on_random_histories() {
    let others: Vec<Case> =
        CASES.iter().filter(|it| *it.property != PRIMARY_PARTITION).copied().collect();
    compare(71, &others, random);
    let of_views: Vec<Case> =
        CASES.iter().filter(|it| NAMED.contains(&it.property)).copied().collect();
    compare(72, &of_views, random_partitions);
}

/// The properties that distinguish views by more than their numbers.
const NAMED: [&Property; 3] = [&SAME_VIEW_DELIVERY, &VIRTUAL_SYNCHRONY, &PRIMARY_PARTITION];

/// A group that is partitioned, and whose views have few numbers.
fn random_partitions(chance: &mut Chance) -> Scene {
    let size = chance.between(2, 4) as usize;
    let everybody: Vec<usize> = (0..size).collect();
    let start =
        (0..size).fold(Scene::new(size), |scene, who| scene.tell(who, install(1, &everybody)));
    (0..chance.between(2, 14)).fold(start, |scene, _| {
        scene.random_step(chance, |scene, chance, me| {
            let current =
                view(&scene, node(me), scene.steps.len()).map_or((1, scene.everyone()), |it| it.it);
            match chance.between(1, 100) {
                1..=55 => {
                    let known = views(&scene).into_iter().map(|it| it.it);
                    let mine: Vec<_> =
                        known.filter(|it| it.1.contains(node(me)) && it.0 > current.0).collect();
                    let (id, mut members) = if mine.is_empty() || chance.percent(30) {
                        let id = current.0 + chance.between(1, 2) as u32;
                        (id, (0..size).filter(|_| chance.percent(40)).map(node).collect())
                    } else {
                        mine[chance.below(mine.len())]
                    };
                    members.insert(node(me));
                    scene.tell(me, GroupIndication::View { id, members })
                }
                56..=60 => scene.tell(me, GroupIndication::Left { id: current.0 }),
                _ => scene.tell(me, deliver(chance.below(size), current.0)),
            }
        })
    })
}

#[test]
fn view_monitors_judge_small_histories() {
    let one = Scene::new(3).tell(0, install(1, &[0, 1, 2])).tell(1, install(1, &[0, 1, 2]));
    for case in CASES {
        says(case.property, &one, None);
    }
    let other = one.clone().tell(2, install(1, &[2]));
    let differ = "Alice installed view 1 with Alice, Bob and Carol, Carol with Carol";
    says(&VIEW_AGREEMENT, &other, Some((differ, &[0, 2])));
    let outside = one.tell(2, install(2, &[0, 1]));
    says(
        &SELF_INCLUSION,
        &outside,
        Some(("Carol installed view 2, which does not contain it", &[2])),
    );
}

#[test]
fn view_delivery_monitors_judge_small_histories() {
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
fn validity_does_not_require_delivery_of_a_refused_broadcast() {
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
fn virtual_synchrony_does_not_bind_a_member_that_left() {
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
fn failure_order_judges_small_histories() {
    let notice = GroupIndication::Notice(Notice::Suspect { node: node(0) });
    let before = Scene::new(2).tell(1, deliver(0, 1)).tell(1, notice);
    says(&FAILURE_ORDER, &before, None);
    let after = before.tell(1, deliver(0, 2));
    let late = "Bob delivered m2 after the notice that Alice failed";
    says(&FAILURE_ORDER, &after, Some((late, &[1, 2])));
    let gone = Scene::new(2).tell(1, install(1, &[0, 1])).tell(1, install(2, &[1]));
    let why = "Bob delivered m1 after the notice that Alice failed";
    says(&FAILURE_ORDER, &gone.tell(1, deliver(0, 1)), Some((why, &[1, 2])));
}

#[test]
fn primary_partition_is_violated_for_any_view_numbers() {
    let group = (0..4).fold(Scene::new(4), |scene, who| scene.tell(who, install(1, &[0, 1, 2, 3])));
    let majority = group.clone().tell(0, install(2, &[0, 1, 2]));
    says(&PRIMARY_PARTITION, &majority, None);
    for number in [2, 3, 4] {
        let both = majority.clone().tell(3, install(number, &[3]));
        let apart = format!(
            "Alice continued in view 2 of Alice, Bob and Carol and Dave in view {number} of Dave: neither view \
             follows the other, and they share no member"
        );
        says(&PRIMARY_PARTITION, &both, Some((&apart, &[4, 5])));
        let other_order = group.clone().tell(3, install(number, &[3]));
        let both = other_order.tell(0, install(2, &[0, 1, 2]));
        assert!(both.judge(&PRIMARY_PARTITION, true).is_violated());
    }
    // Dave has installed no later view.
    let alone = majority.clone().tell(0, install(3, &[0])).tell(1, install(3, &[0]));
    says(&PRIMARY_PARTITION, &alone, None);
    // Members join and leave, one at a time.
    let chain = [&[0, 1][..], &[1, 2], &[2, 3]].into_iter().zip(2..);
    let chain = chain.fold(group, |scene, (members, number)| {
        members.iter().fold(scene, |scene, who| scene.tell(*who, install(number, members)))
    });
    says(&PRIMARY_PARTITION, &chain, None);
}

#[test]
fn views_of_one_number_are_told_apart_by_their_members() {
    let group = (0..4).fold(Scene::new(4), |scene, who| scene.tell(who, install(1, &[0, 1, 2, 3])));
    let told = group.tell(0, deliver(0, 1)).tell(1, deliver(0, 1));
    let split = [0, 1].into_iter().fold(told, |scene, who| scene.tell(who, install(3, &[0, 1])));
    let split = [2, 3].into_iter().fold(split, |scene, who| scene.tell(who, install(3, &[2, 3])));
    says(&VIRTUAL_SYNCHRONY, &split, None);
    let late = split.tell(1, deliver(0, 2)).tell(2, deliver(0, 2));
    let apart = "Bob delivered m2 in view 3 of Alice and Bob, Carol in view 3 of Carol and Dave";
    says(&SAME_VIEW_DELIVERY, &late, Some((apart, &[10, 11])));
}

#[test]
fn join_completion_judges_small_histories() {
    let group = Scene::new(3).tell(0, install(1, &[0, 1])).tell(1, install(1, &[0, 1]));
    let asked = group.ask(2, GroupRequest::Join);
    let never = "Carol asked to join, but was never in a view";
    says(&JOIN_COMPLETION, &asked, Some((never, &[2])));
    says(&JOIN_COMPLETION, &asked.clone().tell(2, install(2, &[0, 1, 2])), None);
    let refuse = GroupIndication::Refuse { why: "full" };
    says(&JOIN_COMPLETION, &asked.clone().tell(2, refuse), None);
    says(&JOIN_COMPLETION, &asked.clone().crash(0), Some((never, &[2])));
    says(&JOIN_COMPLETION, &asked.clone().crash(2), None);
    let nobody_left = asked.crash(0).tell(1, GroupIndication::Left { id: 1 });
    says(&JOIN_COMPLETION, &nobody_left, None);
}

#[test]
fn crashed_members_leave_judges_small_histories() {
    let group = Scene::new(2).tell(0, install(1, &[0, 1])).tell(1, install(1, &[0, 1]));
    let crashed = group.crash(1);
    let stayed = "Bob crashed, but Alice stayed in view 1 with it";
    says(&CRASHED_MEMBERS_LEAVE, &crashed, Some((stayed, &[2])));
    says(&CRASHED_MEMBERS_LEAVE, &crashed.clone().tell(0, install(2, &[0])), None);
    says(&CRASHED_MEMBERS_LEAVE, &crashed.tell(0, GroupIndication::Left { id: 1 }), None);
}
