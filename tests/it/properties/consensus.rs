//! Consensus among correct processes and with traitors.

use std::collections::BTreeSet;

use worldlines::{
    abstractions::{
        Value,
        byzantine::{
            EPSILON_AGREEMENT, IC1, IC2, RANGE_VALIDITY, Settle, VECTOR_AGREEMENT, VECTOR_VALIDITY,
            Vector,
        },
        consensus::{
            AGREEMENT, Decide, INTEGRITY, Propose, TERMINATION, UNIFORM_AGREEMENT, VALIDITY,
        },
    },
    kernel::{NodeSet, Payload},
};

use crate::common::{
    chance::Chance,
    scene::{At, Case, Scene, case, compare, mended, says, says_so_far},
};

pub(crate) const CASES: &[Case] = &[
    case(&VALIDITY, validity),
    case(&INTEGRITY, integrity),
    mended(&AGREEMENT, agreement),
    case(&UNIFORM_AGREEMENT, uniform_agreement),
    case(&TERMINATION, termination),
];

pub(crate) const BYZANTINE_CASES: &[Case] = &[
    mended(&IC1, agreement),
    mended(&IC2, ic2),
    mended(&VECTOR_AGREEMENT, vector_agreement),
    mended(&VECTOR_VALIDITY, vector_validity),
    mended(&EPSILON_AGREEMENT, epsilon_agreement),
    mended(&RANGE_VALIDITY, range_validity),
];

fn proposals(scene: &Scene) -> Vec<At<Propose<Value>>> {
    scene.asked()
}

/// The first item of each of these nodes.
fn firsts<T: Payload>(all: Vec<At<T>>, nodes: NodeSet) -> Vec<At<T>> {
    let first = |it: &At<T>| all.iter().all(|other| other.node != it.node || other.at >= it.at);
    all.iter().filter(|it| nodes.contains(it.node) && first(it)).cloned().collect()
}

fn values(scene: &Scene, nodes: NodeSet) -> Vec<At<Decide<Value>>> {
    firsts(scene.told(), nodes)
}

fn validity(scene: &Scene) -> bool {
    scene.told::<Decide<Value>>().iter().all(|decide| {
        proposals(scene).iter().any(|it| it.it.0 == decide.it.value && it.at < decide.at)
    })
}

fn integrity(scene: &Scene) -> bool {
    let told = scene.told::<Decide<Value>>();
    let nodes: BTreeSet<_> = told.iter().map(|it| it.node).collect();
    nodes.len() == told.len()
}

fn all_same<T: PartialEq>(mut all: impl Iterator<Item = T>) -> bool {
    let first = all.next();
    all.all(|it| Some(it) == first)
}

fn agreement(scene: &Scene) -> bool {
    all_same(values(scene, scene.correct()).into_iter().map(|it| it.it.value))
}

fn uniform_agreement(scene: &Scene) -> bool {
    all_same(values(scene, scene.everyone()).into_iter().map(|it| it.it.value))
}

fn termination(scene: &Scene) -> bool {
    let correct = scene.correct();
    let proposed = proposals(scene).iter().any(|it| correct.contains(it.node));
    !proposed || values(scene, correct).len() == correct.len()
}

fn ic2(scene: &Scene) -> bool {
    let proposals = proposals(scene);
    let Some(order) = proposals.first() else { return true };
    !scene.correct().contains(order.node)
        || values(scene, scene.correct()).iter().all(|it| it.it.value == order.it.0)
}

/// IC2 needs the order: a decision without any order is judged once there is one.
fn vectors(scene: &Scene) -> Vec<At<Decide<Vector>>> {
    firsts(scene.told(), scene.correct())
}

fn vector_agreement(scene: &Scene) -> bool {
    all_same(vectors(scene).into_iter().map(|it| it.it.value))
}

fn vector_validity(scene: &Scene) -> bool {
    firsts(proposals(scene), scene.correct()).iter().all(|proposal| {
        let element = |it: &At<Decide<Vector>>| it.it.value.0.get(proposal.node.index()).cloned();
        vectors(scene).iter().all(|it| element(it) == Some(Some(proposal.it.0.clone())))
    })
}

fn settled(scene: &Scene) -> Vec<At<Settle>> {
    firsts(scene.told(), scene.correct())
}

fn epsilon_agreement(scene: &Scene) -> bool {
    let settled = settled(scene);
    let near =
        |one: &Settle, two: &Settle| one.value.abs_diff(two.value) <= one.within.max(two.within);
    settled.iter().all(|one| settled.iter().all(|two| near(&one.it, &two.it)))
}

fn range_validity(scene: &Scene) -> bool {
    let proposals = firsts(proposals(scene), scene.correct());
    settled(scene).iter().all(|it| {
        let before = |at: usize| proposals.iter().filter(move |proposal| proposal.at < at);
        let value = Value::from(it.it.value);
        before(it.at).any(|proposal| proposal.it.0 <= value)
            && before(it.at).any(|proposal| proposal.it.0 >= value)
    })
}

fn random(chance: &mut Chance) -> Scene {
    let wild = [0, 10][chance.below(2)];
    Scene::random(chance, 14, |scene, chance, me| {
        let first = proposals(&scene).first().map_or(1.into(), |it| it.it.0.clone());
        if proposals(&scene).is_empty() || chance.percent(20) {
            return scene.ask(me, Propose(Value::from(chance.between(0, 3) as i64)));
        }
        let value = if chance.percent(wild) { Value::from(2) } else { first };
        let decided = scene.told::<Decide<Value>>().iter().any(|it| it.node.index() == me);
        if decided && !chance.percent(wild) {
            return scene;
        }
        scene.tell(me, Decide { value })
    })
}

fn random_byzantine(chance: &mut Chance) -> Scene {
    let wild = [0, 25][chance.below(2)];
    let nodes = chance.between(2, 4) as usize;
    let mut scene = Scene::new(nodes);
    for me in 0..nodes {
        if chance.percent(90) {
            scene = scene.ask(me, Propose(Value::from(chance.between(2, 4) as i64)));
        }
    }
    let proposed = proposals(&scene);
    let vector = Vector(
        (0..nodes)
            .map(|place| {
                proposed.iter().find(|it| it.node.index() == place).map(|it| it.it.0.clone())
            })
            .collect(),
    );
    for _ in 0..chance.between(2, 10) {
        scene = scene.random_step(chance, |scene, chance, me| match chance.below(3) {
            0 => {
                let first = proposed.first().map_or(Value::from(3), |it| it.it.0.clone());
                let value = if chance.percent(wild) { Value::from(9) } else { first };
                scene.tell(me, Decide { value })
            }
            1 => {
                let mut value = vector.clone();
                if chance.percent(wild) {
                    value.0[chance.below(nodes)] = None;
                }
                scene.tell(me, Decide { value })
            }
            _ => {
                let off = if chance.percent(wild) { 2 } else { 0 };
                scene.tell(me, Settle { value: 3 + off, within: 1 })
            }
        });
    }
    scene
}

#[test]
fn consensus_monitors_agree_with_the_definitions_on_random_histories() {
    compare(51, CASES, random);
}

#[test]
fn byzantine_agreement_monitors_agree_with_the_definitions_on_random_histories() {
    compare(52, BYZANTINE_CASES, random_byzantine);
}

fn propose(scene: Scene, node: usize, value: i64) -> Scene {
    scene.ask(node, Propose(Value::from(value)))
}

fn decide(scene: Scene, node: usize, value: i64) -> Scene {
    scene.tell(node, Decide { value: Value::from(value) })
}

#[test]
fn consensus_monitors_judge_small_histories() {
    let proposed = propose(Scene::new(2), 0, 1);
    let waiting = Some(("Alice proposed and Alice and Bob never decided", &[0][..]));
    says(&TERMINATION, &proposed, waiting);
    says_so_far(&TERMINATION, &proposed, "Alice proposed, Alice and Bob have not decided yet");
    let decided = decide(decide(proposed.clone(), 0, 1), 1, 1);
    for case in CASES {
        says(case.property, &decided, None);
    }
    says(&INTEGRITY, &decide(decided, 1, 1), Some(("Bob decided 1 and then 1", &[2, 3])));
    let differs = decide(decide(proposed, 0, 1), 1, 2);
    says(&VALIDITY, &differs, Some(("Bob decided 2, which no process proposed", &[2])));
    let split = Some(("Alice decided 1, Bob decided 2", &[1, 2][..]));
    for property in [&AGREEMENT, &UNIFORM_AGREEMENT, &IC1] {
        says(property, &differs, split);
    }
    says(&IC2, &differs, Some(("Alice proposed 1, Bob decided 2", &[0, 2])));
    let crashed = differs.crash(0);
    for property in [&AGREEMENT, &IC1, &IC2] {
        says(property, &crashed, None);
    }
    says(&UNIFORM_AGREEMENT, &crashed, split);
}

#[test]
fn interactive_consistency_monitors_judge_small_histories() {
    let vector = |values: [Option<i64>; 3]| Decide {
        value: Vector(values.map(|it| it.map(Value::from)).to_vec()),
    };
    let proposed = propose(propose(Scene::new(3), 0, 1), 1, 2);
    let one = proposed.tell(0, vector([Some(1), Some(2), None]));
    says(&VECTOR_VALIDITY, &one, None);
    says(&VECTOR_AGREEMENT, &one, None);
    let other = one.tell(1, vector([None, Some(2), None]));
    let wrong = Some(("Alice proposed 1, Bob decided (⊥, 2, ⊥)", &[0, 3][..]));
    says(&VECTOR_VALIDITY, &other, wrong);
    let differ = Some(("Alice decided (1, 2, ⊥), Bob decided (⊥, 2, ⊥)", &[2, 3][..]));
    says(&VECTOR_AGREEMENT, &other, differ);
    says(&VECTOR_AGREEMENT, &other.crash(1), None);
}

#[test]
fn approximate_agreement_monitors_judge_small_histories() {
    let settle = |value| Settle { value, within: 10 };
    let proposed = propose(propose(Scene::new(3), 0, 100), 1, 130);
    let near = proposed.tell(0, settle(110)).tell(1, settle(120));
    let waiting = Some(("Alice proposed and Carol never decided", &[0][..]));
    says(&TERMINATION, &near, waiting);
    says(&TERMINATION, &near.clone().tell(2, settle(120)), None);
    says(&EPSILON_AGREEMENT, &near, None);
    says(&RANGE_VALIDITY, &near, None);
    let far = near.clone().tell(2, settle(121));
    let apart = Some(("Alice decided 110, Carol decided 121: more than 10 apart", &[2, 4][..]));
    says(&EPSILON_AGREEMENT, &far, apart);
    let outside = near.tell(2, settle(131));
    says(&RANGE_VALIDITY, &outside, Some(("Carol decided 131, outside 100 to 130", &[4])));
    let unasked = Scene::new(2).tell(0, settle(1));
    says(
        &RANGE_VALIDITY,
        &unasked,
        Some(("Alice decided 1, but no loyal process had proposed a value", &[0])),
    );
}
