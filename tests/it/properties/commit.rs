//! Properties of atomic commit.

use worldlines::{
    abstractions::commit::{
        COMMIT_AGREEMENT, COMMIT_VALIDITY, CommitIndication, Outcome, STABILITY, TERMINATION,
        Transaction, Vote,
    },
    kernel::Request,
};

use crate::common::{
    chance::Chance,
    scene::{At, Case, Scene, case, compare, says, says_so_far},
};

pub(crate) const CASES: &[Case] = &[
    case(&COMMIT_AGREEMENT, commit_agreement),
    case(&COMMIT_VALIDITY, commit_validity),
    case(&STABILITY, stability),
    case(&TERMINATION, termination),
];

const COMMIT: Outcome = Outcome::Commit {};
const ABORT: Outcome = Outcome::Abort {};
const NO: Transaction = Transaction::Vote(Vote::No);
const YES: Transaction = Transaction::Vote(Vote::Yes);

const fn decide(outcome: Outcome) -> CommitIndication {
    CommitIndication::Decided(outcome)
}

const fn vote(vote: Vote) -> CommitIndication {
    CommitIndication::Vote { vote }
}

fn outcomes(scene: &Scene) -> Vec<At<Outcome>> {
    let told = scene.told::<CommitIndication>().into_iter();
    let outcomes = told.filter_map(|At { at, node, it }| match it {
        CommitIndication::Decided(it) => Some(At { at, node, it }),
        CommitIndication::Vote { .. } => None,
    });
    outcomes.collect()
}

/// First vote of every node before this place.
fn votes(scene: &Scene, at: usize) -> Vec<Option<Vote>> {
    let told = scene.told::<CommitIndication>();
    let first = |node| {
        told.iter().filter(|it| it.node == node && it.at < at).find_map(|it| match it.it {
            CommitIndication::Vote { vote } => Some(vote),
            CommitIndication::Decided(_) => None,
        })
    };
    scene.everyone().into_iter().map(first).collect()
}

fn asked(scene: &Scene, what: Transaction) -> Vec<At<Transaction>> {
    scene.asked().into_iter().filter(|it: &At<Transaction>| it.it == what).collect()
}

fn commit_agreement(scene: &Scene) -> bool {
    let all = outcomes(scene);
    let first =
        |it: &&At<Outcome>| all.iter().all(|other| other.node != it.node || other.at >= it.at);
    let firsts: Vec<_> = all.iter().filter(first).collect();
    firsts.iter().all(|one| firsts.iter().all(|two| one.it == two.it))
}

fn commit_validity(scene: &Scene) -> bool {
    let all_yes = |at| votes(scene, at).iter().all(|vote| *vote == Some(Vote::Yes));
    outcomes(scene).iter().filter(|it| it.it == COMMIT).all(|commit| all_yes(commit.at))
}

fn stability(scene: &Scene) -> bool {
    let all = outcomes(scene);
    all.iter().all(|one| all.iter().all(|two| one.node != two.node || one.it == two.it))
}

fn termination(scene: &Scene) -> bool {
    let decided = |node| outcomes(scene).iter().any(|it| it.node == node);
    asked(scene, Transaction::Begin).is_empty() || scene.correct().into_iter().all(decided)
}

fn random(chance: &mut Chance) -> Scene {
    let wild = [0, 20][chance.below(2)];
    let voting = chance.between(2, 6) as usize;
    Scene::random(chance, 16, |scene, chance, me| match chance.between(1, 100) {
        1..=10 => scene.ask(me, if chance.percent(15 + wild) { NO } else { YES }),
        11..=25 => scene.ask(me, Transaction::Begin),
        26..=35 => scene.tell(me, vote(if chance.percent(wild) { Vote::No } else { Vote::Yes })),
        _ if scene.steps.len() < voting => scene.tell(me, vote(Vote::Yes)),
        _ => {
            let abort = votes(&scene, scene.steps.len()).iter().any(|it| *it != Some(Vote::Yes));
            let abort = abort ^ chance.percent(wild);
            scene.tell(me, decide(if abort { ABORT } else { COMMIT }))
        }
    })
}

#[test]
fn commit_monitors_agree_with_the_definitions_on_random_histories() {
    compare(61, CASES, random);
}

#[test]
fn commit_monitors_judge_small_histories() {
    let begun = Scene::new(2).ask(0, Transaction::Begin).ask(1, YES);
    let begun = begun.tell(0, vote(Vote::Yes)).tell(1, vote(Vote::Yes)).tell(0, decide(COMMIT));
    let blocked = Some(("Alice began the transaction and Bob never decided", &[0][..]));
    says(&TERMINATION, &begun, blocked);
    says_so_far(&TERMINATION, &begun, "Alice began the transaction, Bob has not decided yet");
    let done = begun.clone().tell(1, decide(COMMIT));
    for case in CASES {
        says(case.property, &done, None);
    }
    let split = begun.tell(1, decide(ABORT));
    says(&COMMIT_AGREEMENT, &split, Some(("Alice decided commit, Bob decided abort", &[4, 5])));
    let turned = split.tell(1, decide(COMMIT));
    says(&STABILITY, &turned, Some(("Bob decided to abort and then to commit", &[5, 6])));
}

#[test]
fn vote_counts_from_the_moment_it_is_told() {
    let begun = Scene::new(2).ask(0, Transaction::Begin).tell(0, vote(Vote::Yes));
    // Asked after the beginning, and before its vote.
    let against = begun.clone().ask(1, NO).tell(1, vote(Vote::No)).tell(0, decide(COMMIT));
    says(&COMMIT_VALIDITY, &against, Some(("Alice committed, though Bob voted no", &[3, 4])));
    let too_late = begun.clone().tell(1, vote(Vote::Yes)).ask(1, NO).tell(0, decide(COMMIT));
    says(&COMMIT_VALIDITY, &too_late, None);
    let revoked = too_late.tell(1, vote(Vote::No)).tell(1, decide(COMMIT));
    says(&COMMIT_VALIDITY, &revoked, None);
    let silent = begun.tell(0, decide(COMMIT));
    says(&COMMIT_VALIDITY, &silent, Some(("Alice committed, though Bob had not voted", &[2])));
}

#[test]
fn vote_of_a_request_is_read() {
    let read = |json: Option<serde_json::Value>| Transaction::read("vote", json.as_ref(), &[]);
    assert_eq!([read(None), read(Some("no".into()))], [Ok(YES), Ok(NO)]);
    assert_eq!(read(Some("maybe".into())), Err("\"yes\" or \"no\"".to_owned()));
    assert_eq!(Transaction::read("begin", None, &[]), Ok(Transaction::Begin));
}
