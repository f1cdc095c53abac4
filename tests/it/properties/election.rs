//! Properties of election.

use worldlines::{
    abstractions::election::{
        Elect, HIGHEST_LIVE_PROCESS_LEADS, Leader, TERMINATION, UNIQUE_LEADER,
    },
    kernel::NodeId,
};

use crate::common::{
    chance::Chance,
    node,
    scene::{At, Case, Scene, case, compare, says, says_so_far},
};

pub(crate) const CASES: &[Case] = &[
    case(&UNIQUE_LEADER, unique_leader),
    case(&HIGHEST_LIVE_PROCESS_LEADS, highest_live_process_leads),
    case(&TERMINATION, termination),
];

/// The node's leader just before this place, by its indications since its last crash.
fn leader(
    scene: &Scene,
    who: NodeId,
    at: usize,
    counts: impl Fn(&Leader) -> bool,
) -> Option<NodeId> {
    let mut told = scene.told::<Leader>();
    told.retain(|it| it.node == who && it.at < at && counts(&it.it));
    let last = told.last()?;
    (!scene.crashes_between(who, last.at, at)).then_some(last.it.leader)
}

fn unique_leader(scene: &Scene) -> bool {
    let told = scene.told::<Leader>();
    let unique_in_term = |one: &At<Leader>| {
        let same_term = |two: &&At<Leader>| one.it.term.is_some() && one.it.term == two.it.term;
        told.iter().filter(same_term).all(|two| one.it.leader == two.it.leader)
    };
    let unique_now = |one: &At<Leader>| {
        let others = scene.everyone().without(one.node.into());
        let rules = |q: NodeId| leader(scene, q, one.at, |leader| leader.term.is_none()) == Some(q);
        one.it.term.is_some() || one.it.leader != one.node || !others.into_iter().any(rules)
    };
    told.iter().all(|one| unique_in_term(one) && unique_now(one))
}

fn highest_live_process_leads(scene: &Scene) -> bool {
    let up = scene.up_in_the_end();
    let end = scene.steps.len();
    up.into_iter()
        .filter_map(|p| leader(scene, p, end, |_| true))
        .all(|leader| up.contains(leader) && up.into_iter().all(|other| other <= leader))
}

fn termination(scene: &Scene) -> bool {
    let (told, correct) = (scene.told::<Leader>(), scene.correct());
    let mut asked = scene.asked::<Elect>();
    asked.retain(|it| correct.contains(it.node));
    let learns = |p: NodeId, from: usize| told.iter().any(|it| it.node == p && it.at >= from);
    asked.iter().all(|it| learns(it.node, it.at))
        && (asked.is_empty() || correct.into_iter().all(|p| learns(p, 0)))
}

fn random(chance: &mut Chance) -> Scene {
    let wild = [0, 25][chance.below(2)];
    let terms = chance.percent(50);
    Scene::random(chance, 14, |scene, chance, me| {
        if chance.percent(25) {
            return scene.ask(me, Elect);
        }
        let highest = scene.up_in_the_end().into_iter().last().expect("the one that acts is up");
        let leader = if chance.percent(wild) { node(chance.below(scene.nodes)) } else { highest };
        let term = terms.then(|| chance.between(1, 3) as u32);
        scene.tell(me, Leader { leader, term })
    })
}

#[test]
fn election_monitors_agree_with_the_definitions_on_random_histories() {
    compare(41, CASES, random);
}

fn leads(leader: usize, term: Option<u32>) -> Leader {
    Leader { leader: node(leader), term }
}

#[test]
fn unique_leader_judges_small_histories() {
    let lagging = Scene::new(3)
        .tell(1, leads(1, None))
        .tell(0, leads(1, None))
        .crash(1)
        .tell(2, leads(2, None));
    says(&UNIQUE_LEADER, &lagging, None);
    let two = Scene::new(3).tell(1, leads(1, None)).tell(2, leads(2, None));
    says(&UNIQUE_LEADER, &two, Some(("Carol became leader while Bob was", &[0, 1])));
    let stepped_down =
        Scene::new(3).tell(1, leads(1, None)).tell(1, leads(2, None)).tell(2, leads(2, None));
    says(&UNIQUE_LEADER, &stepped_down, None);
    let terms = Scene::new(3).tell(1, leads(1, Some(1))).tell(2, leads(2, Some(2)));
    says(&UNIQUE_LEADER, &terms, None);
    let split = terms.tell(0, leads(0, Some(2)));
    says(&UNIQUE_LEADER, &split, Some(("Carol and Alice are both leaders of term 2", &[1, 2])));
}

#[test]
fn highest_live_process_leads_judges_small_histories() {
    let stale = Scene::new(3).tell(0, leads(2, None)).crash(2).tell(1, leads(1, None));
    let why = "Alice's leader at the end is Carol, not Bob";
    says(&HIGHEST_LIVE_PROCESS_LEADS, &stale, Some((why, &[0])));
    says_so_far(&HIGHEST_LIVE_PROCESS_LEADS, &stale, "Alice's leader is Carol, not Bob");
    says(&HIGHEST_LIVE_PROCESS_LEADS, &stale.tell(0, leads(1, None)), None);
}

#[test]
fn election_termination_judges_small_histories() {
    let started = Scene::new(3).ask(0, Elect).tell(0, leads(2, None)).tell(2, leads(2, None));
    let why = "an election was started, but Bob never learnt the leader";
    says(&TERMINATION, &started, Some((why, &[0])));
    says_so_far(
        &TERMINATION,
        &started,
        "an election was started, but Bob does not know the leader yet",
    );
    says(&TERMINATION, &started.clone().crash(1), None);
    let done = started.tell(1, leads(2, None));
    says(&TERMINATION, &done, None);
    let again = done.ask(1, Elect);
    says(&TERMINATION, &again, Some((why, &[4])));
}
