//! Properties of clocks.

use std::cmp::Ordering;

use worldlines::{
    abstractions::clock::{
        CLOCK_CONDITION, ClockRequest, Reading, Received, SKEW_BOUND, STRONG_CLOCK_CONDITION,
        Stamp, VectorClock,
    },
    kernel::NodeId,
};

use crate::common::{
    chance::Chance,
    node,
    scene::{At, Case, Scene, case, compare, says},
};

pub(crate) const CASES: &[Case] = &[
    case(&CLOCK_CONDITION, clock_condition),
    case(&STRONG_CLOCK_CONDITION, strong_clock_condition),
    case(&SKEW_BOUND, skew_bound),
];

/// The stamps of sends, each with its receiver and its number. In these histories a send is stamped in
/// the step after its request.
fn sendings(scene: &Scene) -> Vec<(At<Stamp>, NodeId, u32)> {
    let stamps = scene.told::<Stamp>();
    let mut sendings: Vec<(At<Stamp>, NodeId, u32)> = Vec::new();
    for asked in scene.asked::<ClockRequest>() {
        let ClockRequest::Send { to } = asked.it else { continue };
        let Some(stamp) = stamps.iter().find(|it| it.at == asked.at + 1) else { continue };
        let same_link =
            |(it, other, _): &&(At<Stamp>, NodeId, u32)| it.node == stamp.node && *other == to;
        let number = sendings.iter().filter(same_link).count() as u32 + 1;
        sendings.push((stamp.clone(), to, number));
    }
    sendings
}

/// Lamport's relation on the stamps.
fn happened_before(scene: &Scene) -> Vec<Vec<bool>> {
    let (stamps, sendings) = (scene.told::<Stamp>(), sendings(scene));
    let direct = |a: &At<Stamp>, b: &At<Stamp>| {
        let message = b.it.received.is_some_and(|Received { from, seq }| {
            sendings.iter().any(|(send, to, number)| {
                send.at == a.at && a.node == from && *to == b.node && *number == seq && a.at < b.at
            })
        });
        message || (a.node == b.node && a.at < b.at)
    };
    let mut before: Vec<Vec<bool>> =
        stamps.iter().map(|a| stamps.iter().map(|b| direct(a, b)).collect()).collect();
    for via in 0..stamps.len() {
        for a in 0..stamps.len() {
            for b in 0..stamps.len() {
                before[a][b] |= before[a][via] && before[via][b];
            }
        }
    }
    before
}

fn all_pairs(scene: &Scene, fine: impl Fn(bool, bool) -> bool) -> bool {
    let (stamps, before) = (scene.told::<Stamp>(), happened_before(scene));
    (0..stamps.len()).all(|a| {
        (0..stamps.len()).all(|b| {
            let (one, two) = (&stamps[a].it.clock, &stamps[b].it.clock);
            fine(before[a][b], one.partial_cmp(two) == Some(Ordering::Less))
        })
    })
}

fn clock_condition(scene: &Scene) -> bool {
    all_pairs(scene, |before, less| !before || less)
}

fn strong_clock_condition(scene: &Scene) -> bool {
    all_pairs(scene, |before, less| before == less)
}

fn skew_bound(scene: &Scene) -> bool {
    let stamps = scene.told::<Stamp>();
    stamps.iter().all(|a| {
        stamps
            .iter()
            .filter(|b| a.node != b.node && scene.steps[a.at].time == scene.steps[b.at].time)
            .all(|b| match (&a.it, &b.it) {
                (
                    Stamp { clock: Reading::Scalar(one), skew: Some(mine), .. },
                    Stamp { clock: Reading::Scalar(two), skew: Some(theirs), .. },
                ) => one.abs_diff(*two) <= *mine.max(theirs),
                _ => true,
            })
    })
}

/// Kinds of clocks of a random history.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clocks {
    Lamport,
    Vector,
    Physical,
}

fn reading(
    scene: &Scene,
    chance: &mut Chance,
    clocks: Clocks,
    me: usize,
    received: Option<Received>,
) -> Reading {
    let stamps = scene.told::<Stamp>();
    let own = stamps.iter().rfind(|it| it.node == node(me)).map(|it| it.it.clock.clone());
    let sendings = sendings(scene);
    let theirs = received.and_then(|Received { from, seq }| {
        let send = sendings
            .iter()
            .find(|(it, to, number)| it.node == from && *to == node(me) && *number == seq);
        send.map(|(it, ..)| it.it.clock.clone())
    });
    let known = [own, theirs].into_iter().flatten();
    match clocks {
        Clocks::Physical => Reading::Scalar(100 + chance.between(0, 6) as i64),
        Clocks::Lamport => {
            let counts = known.filter_map(|it| match it {
                Reading::Scalar(count) => Some(count),
                Reading::Vector(_) => None,
            });
            Reading::Scalar(counts.max().unwrap_or(0) + 1)
        }
        Clocks::Vector => {
            let mut clock = VectorClock::new(scene.nodes);
            for other in known {
                if let Reading::Vector(other) = other {
                    clock.join(&other);
                }
            }
            clock[node(me)] += 1;
            Reading::Vector(clock)
        }
    }
}

fn random(chance: &mut Chance) -> Scene {
    let clocks = [Clocks::Lamport, Clocks::Vector, Clocks::Physical][chance.below(3)];
    let wild = [0, 10][chance.below(2)];
    Scene::random(chance, 10, |scene, chance, me| {
        let arrived: Vec<_> = scene
            .told::<Stamp>()
            .iter()
            .filter(|it| it.node == node(me))
            .filter_map(|it| it.it.received)
            .collect();
        let mut open: Vec<_> = sendings(&scene)
            .into_iter()
            .filter(|(_, to, _)| *to == node(me))
            .map(|(send, _, seq)| Received { from: send.node, seq })
            .collect();
        open.retain(|message| !arrived.contains(message));
        let received =
            (!open.is_empty() && chance.percent(60)).then(|| open[chance.below(open.len())]);
        let mut clock = reading(&scene, chance, clocks, me, received);
        if chance.percent(wild) {
            clock = Reading::Scalar(1);
        }
        let skew = (clocks == Clocks::Physical).then_some(5);
        let scene = match received {
            Some(_) => scene,
            None if chance.percent(50) => scene.ask(me, ClockRequest::Step),
            None => {
                let to = node(chance.below(scene.nodes));
                scene.ask(me, ClockRequest::Send { to })
            }
        };
        scene.tell(me, Stamp { clock, received, skew }).wait(chance.between(0, 1))
    })
}

#[test]
fn clock_monitors_agree_with_the_definitions_on_random_histories() {
    compare(91, CASES, random);
}

fn scalar(count: i64) -> Stamp {
    Stamp { clock: Reading::Scalar(count), received: None, skew: None }
}

#[test]
fn logical_clock_monitors_judge_small_histories() {
    let receipt = |count| {
        let received = Some(Received { from: node(0), seq: 1 });
        Stamp { received, ..scalar(count) }
    };
    let sent = Scene::new(3).ask(0, ClockRequest::Send { to: node(1) }).tell(0, scalar(3));
    let good = sent.clone().tell(1, receipt(4));
    says(&CLOCK_CONDITION, &good, None);
    says(&STRONG_CLOCK_CONDITION, &good, None);
    let behind = sent.tell(1, receipt(3));
    let why = "Alice's 3 happened before Bob's 3, but is not less";
    says(&CLOCK_CONDITION, &behind, Some((why, &[1, 2])));
    says(&STRONG_CLOCK_CONDITION, &behind, Some((why, &[1, 2])));
    let concurrent = good.ask(2, ClockRequest::Step).tell(2, scalar(1));
    says(&CLOCK_CONDITION, &concurrent, None);
    let why = "neither of Alice's 3 and Carol's 1 happened before the other";
    says(&STRONG_CLOCK_CONDITION, &concurrent, Some((why, &[1, 4])));
}

#[test]
fn skew_judges_small_histories() {
    let shows = |count, skew| Stamp { skew: Some(skew), ..scalar(count) };
    let near = Scene::new(2).tell(0, shows(100, 5)).tell(1, shows(105, 5));
    says(&SKEW_BOUND, &near, None);
    let far = Scene::new(2).tell(0, shows(100, 5)).tell(1, shows(106, 5));
    let why = "Alice's clock showed 100, Bob's 106: more than 5 apart";
    says(&SKEW_BOUND, &far, Some((why, &[0, 1])));
    let later = Scene::new(2).tell(0, shows(100, 5)).wait(1).tell(1, shows(106, 5));
    says(&SKEW_BOUND, &later, None);
}
