//! Failure detection.

use worldlines::{
    abstractions::detection::{
        EVENTUAL_STRONG_ACCURACY, Notice, STRONG_ACCURACY, STRONG_COMPLETENESS,
    },
    kernel::{Detection, NodeId},
};

use crate::common::{
    chance::Chance,
    node,
    scene::{At, Case, Scene, What, case, compare, says, says_so_far},
};

pub(crate) const CASES: &[Case] = &[
    case(&STRONG_COMPLETENESS, strong_completeness),
    case(&STRONG_ACCURACY, strong_accuracy),
    case(&EVENTUAL_STRONG_ACCURACY, eventual_strong_accuracy),
];

fn notices(scene: &Scene) -> Vec<At<Notice>> {
    scene.all(|what| match what {
        What::Tell(_, packet) => packet.get().copied(),
        What::Detect(detection) => Some((*detection).into()),
        _ => None,
    })
}

/// True if `p` suspects `q` at the end.
fn suspects(scene: &Scene, p: NodeId, q: NodeId) -> bool {
    let about = |it: &&At<Notice>| {
        let (Notice::Suspect { node } | Notice::Restore { node }) = it.it;
        it.node == p && node == q
    };
    let notices = notices(scene);
    let last = notices.iter().rfind(about);
    last.is_some_and(|it| matches!(it.it, Notice::Suspect { .. }))
}

fn strong_completeness(scene: &Scene) -> bool {
    let down = scene.everyone().without(scene.up_in_the_end());
    down.into_iter().all(|q| scene.correct().into_iter().all(|p| suspects(scene, p, q)))
}

fn strong_accuracy(scene: &Scene) -> bool {
    notices(scene).iter().all(|it| match it.it {
        Notice::Suspect { node } => !scene.up(node, it.at),
        Notice::Restore { .. } => true,
    })
}

fn eventual_strong_accuracy(scene: &Scene) -> bool {
    let correct = scene.correct();
    correct.into_iter().all(|p| correct.into_iter().all(|q| !suspects(scene, p, q)))
}

fn random(chance: &mut Chance) -> Scene {
    let wild = [0, 15][chance.below(2)];
    Scene::random(chance, 16, |scene, chance, me| {
        // The property is about crashes.
        if chance.percent(10) {
            return scene.crash(me);
        }
        let about = node(chance.below(scene.nodes));
        let down = !scene.up(about, scene.steps.len()) ^ chance.percent(wild);
        let told = if down { Detection::Suspect(about) } else { Detection::Restore(about) };
        if chance.percent(50) { scene.detect(me, told) } else { scene.tell(me, Notice::from(told)) }
    })
}

#[test]
fn detection_monitors_agree_with_the_definitions_on_random_histories() {
    compare(31, CASES, random);
}

#[test]
fn detection_monitors_judge_small_histories() {
    let suspect = |node_| Detection::Suspect(node(node_));
    let crashed = Scene::new(3).crash(0).detect(1, suspect(0));
    let blind = Some(("Alice crashed, but Carol does not suspect it at the end", &[0][..]));
    says(&STRONG_COMPLETENESS, &crashed, blind);
    says_so_far(&STRONG_COMPLETENESS, &crashed, "Alice crashed, but Carol does not suspect it");
    let all = crashed.tell(2, Notice::from(suspect(0)));
    says(&STRONG_COMPLETENESS, &all, None);
    says(&STRONG_ACCURACY, &all, None);

    let wrong = all.tell(2, Notice::Suspect { node: node(1) });
    says(&STRONG_ACCURACY, &wrong, Some(("Carol suspected Bob, which was up", &[3])));
    let for_ever = Some(("Carol still suspects Bob, which is up, at the end", &[3][..]));
    says(&EVENTUAL_STRONG_ACCURACY, &wrong, for_ever);
    says_so_far(&EVENTUAL_STRONG_ACCURACY, &wrong, "Carol suspects Bob, which is up");
    let settled = wrong.tell(2, Notice::Restore { node: node(1) });
    says(&EVENTUAL_STRONG_ACCURACY, &settled, None);
}
