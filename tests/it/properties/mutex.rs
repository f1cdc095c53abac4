//! Properties of mutual exclusion.

use worldlines::{
    abstractions::mutex::{
        Access, Acquire, DEFAULT_HOLD, FENCED_WRITES, MUTUAL_EXCLUSION, STARVATION_FREEDOM,
    },
    kernel::{NodeId, Request},
};

use crate::common::{
    chance::Chance,
    node,
    scene::{At, Case, Scene, case, compare, says, says_so_far},
};

pub(crate) const CASES: &[Case] = &[
    case(&MUTUAL_EXCLUSION, mutual_exclusion),
    case(&STARVATION_FREEDOM, starvation_freedom),
    case(&FENCED_WRITES, fenced_writes),
];

const ENTER: Access = Access::Enter { token: None };
const EXIT: Access = Access::Exit {};
const ACQUIRE: Acquire = Acquire { hold: DEFAULT_HOLD };

fn write(holder: usize, token: u32) -> Access {
    Access::Write { holder: node(holder), token }
}

fn is_enter(access: &At<Access>) -> bool {
    matches!(access.it, Access::Enter { .. })
}

/// True if the node is inside just before this place.
fn inside(scene: &Scene, who: NodeId, at: usize) -> bool {
    let mut told = scene.told::<Access>();
    told.retain(|it| it.node == who && it.at < at && !matches!(it.it, Access::Write { .. }));
    told.last().is_some_and(|it| is_enter(it) && !scene.crashes_between(who, it.at, at))
}

fn mutual_exclusion(scene: &Scene) -> bool {
    scene.told::<Access>().iter().filter(|it| is_enter(it)).all(|enter| {
        let others = scene.everyone().without(enter.node.into());
        !others.into_iter().any(|other| inside(scene, other, enter.at))
    })
}

/// After the last crash of a correct process no suffix has more requests than entries, and each entry has its exit.
fn starvation_freedom(scene: &Scene) -> bool {
    let (asked, told) = (scene.asked::<Acquire>(), scene.told::<Access>());
    scene.correct().into_iter().all(|p| {
        let end = scene.steps.len();
        let since = (0..end).rfind(|at| scene.crashes_between(p, *at, *at + 1)).unwrap_or(0);
        let granted = (since..end).all(|from| {
            let requests = asked.iter().filter(|it| it.node == p && it.at >= from).count();
            let entries = told.iter().filter(|it| it.node == p && it.at >= from && is_enter(it));
            requests <= entries.count()
        });
        granted && !inside(scene, p, scene.steps.len())
    })
}

fn fenced_writes(scene: &Scene) -> bool {
    let told = scene.told::<Access>();
    told.iter().all(|one| {
        told.iter().filter(|two| one.node == two.node && one.at < two.at).all(|two| {
            match (one.it, two.it) {
                (Access::Write { token: one, .. }, Access::Write { token: two, .. }) => one <= two,
                _ => true,
            }
        })
    })
}

fn random(chance: &mut Chance) -> Scene {
    let wild = [0, 20][chance.below(2)];
    Scene::random(chance, 16, |scene, chance, me| {
        let at = scene.steps.len();
        let alone = !scene.everyone().into_iter().any(|other| inside(&scene, other, at));
        let last = scene
            .told::<Access>()
            .iter()
            .filter_map(|it| match it.it {
                Access::Write { token, .. } => Some(token),
                _ => None,
            })
            .max()
            .unwrap_or(1);
        let mine = inside(&scene, node(me), at);
        match chance.between(1, 100) {
            1..=20 => scene.ask(me, ACQUIRE),
            // The first node is the resource.
            21..=45 if chance.percent(wild) => {
                scene.tell(0, write(me, chance.between(1, 4) as u32))
            }
            21..=45 => scene.tell(0, write(me, last + chance.between(0, 1) as u32)),
            _ if mine => scene.tell(me, EXIT),
            _ if alone || chance.percent(wild) => scene.tell(me, ENTER),
            _ => scene,
        }
    })
}

#[test]
fn mutex_monitors_agree_with_the_definitions_on_random_histories() {
    compare(21, CASES, random);
}

#[test]
fn mutual_exclusion_judges_small_histories() {
    let in_turn = Scene::new(2).tell(0, ENTER).tell(0, EXIT).tell(1, ENTER);
    says(&MUTUAL_EXCLUSION, &in_turn, None);
    let both = Scene::new(2).tell(0, ENTER).tell(1, ENTER);
    says(&MUTUAL_EXCLUSION, &both, Some(("Bob entered while Alice was inside", &[0, 1])));
    let after_a_crash = Scene::new(2).tell(0, ENTER).crash(0).tell(1, ENTER);
    says(&MUTUAL_EXCLUSION, &after_a_crash, None);
}

#[test]
fn starvation_freedom_judges_small_histories() {
    let asked = Scene::new(2).ask(1, ACQUIRE);
    says(&STARVATION_FREEDOM, &asked, Some(("Bob asked to enter and never did", &[0])));
    says_so_far(&STARVATION_FREEDOM, &asked, "Bob asked to enter and has not entered yet");
    says(&STARVATION_FREEDOM, &asked.clone().crash(1), None);
    let entered = asked.tell(1, ENTER);
    says(&STARVATION_FREEDOM, &entered, Some(("Bob entered and never left", &[1])));
    says(&STARVATION_FREEDOM, &entered.tell(1, EXIT), None);
}

#[test]
fn fenced_writes_judges_small_histories() {
    let fenced = Scene::new(3).tell(2, write(0, 1)).tell(2, write(0, 1)).tell(2, write(1, 2));
    says(&FENCED_WRITES, &fenced, None);
    let stale = "Carol accepted a write of Alice under grant 1 after one of Bob under grant 2";
    says(&FENCED_WRITES, &fenced.tell(2, write(0, 1)), Some((stale, &[2, 3])));
}

#[test]
fn acquire_of_a_request_is_read() {
    let read = |json: Option<serde_json::Value>| Acquire::read("acquire", json.as_ref(), &[]);
    assert_eq!(read(None), Ok(Acquire { hold: 20 }));
    assert_eq!(read(Some(7.into())), Ok(Acquire { hold: 7 }));
    assert!(read(Some("long".into())).is_err() && read(Some(u64::MAX.into())).is_err());
}
