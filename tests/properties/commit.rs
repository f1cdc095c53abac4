//! All or nothing.

use worldlines::{
    abstractions::commit::{
        COMMIT_AGREEMENT, COMMIT_VALIDITY, Outcome, STABILITY, TERMINATION, Transaction, Vote,
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

fn outcomes(scene: &Scene) -> Vec<At<Outcome>> {
    scene.told()
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
    let begins = asked(scene, Transaction::Begin);
    let in_time = |no: &At<Transaction>| begins.iter().all(|begin| no.at < begin.at);
    outcomes(scene)
        .iter()
        .filter(|it| it.it == COMMIT)
        .all(|commit| !asked(scene, NO).iter().any(|no| no.at < commit.at && in_time(no)))
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
    Scene::random(chance, 14, |scene, chance, me| match chance.between(1, 100) {
        1..=10 => scene.ask(me, if chance.percent(15 + wild) { NO } else { YES }),
        11..=25 => scene.ask(me, Transaction::Begin),
        _ => {
            let abort = !asked(&scene, NO).is_empty() ^ chance.percent(wild);
            scene.tell(me, if abort { ABORT } else { COMMIT })
        }
    })
}

#[test]
fn monitors_say_what_the_definitions_say() {
    compare(61, CASES, random);
}

#[test]
fn commitment_by_hand() {
    let begun = Scene::new(2).ask(0, Transaction::Begin).ask(1, YES).tell(0, COMMIT);
    let blocked = Some(("Alice began the transaction and Bob never decided", &[0][..]));
    says(&TERMINATION, &begun, blocked);
    says_so_far(&TERMINATION, &begun, "Alice began the transaction, Bob has not decided yet");
    let done = begun.clone().tell(1, COMMIT);
    for case in CASES {
        says(case.property, &done, None);
    }
    let split = begun.tell(1, ABORT);
    says(&COMMIT_AGREEMENT, &split, Some(("Alice decided commit, Bob decided abort", &[2, 3])));
    let turned = split.tell(1, COMMIT);
    says(&STABILITY, &turned, Some(("Bob decided to abort and then to commit", &[3, 4])));
    let against = Scene::new(2).ask(1, NO).ask(0, Transaction::Begin).tell(0, COMMIT);
    says(&COMMIT_VALIDITY, &against, Some(("Alice committed, though Bob voted no", &[0, 2])));
    let too_late = Scene::new(2).ask(0, Transaction::Begin).ask(1, NO).tell(0, COMMIT);
    says(&COMMIT_VALIDITY, &too_late, None);
}

#[test]
fn a_vote_is_read() {
    let read = |json: Option<serde_json::Value>| Transaction::read("vote", json.as_ref(), &[]);
    assert_eq!([read(None), read(Some("no".into()))], [Ok(YES), Ok(NO)]);
    assert_eq!(read(Some("maybe".into())), Err("\"yes\" or \"no\"".to_owned()));
    assert_eq!(Transaction::read("begin", None, &[]), Ok(Transaction::Begin));
}
