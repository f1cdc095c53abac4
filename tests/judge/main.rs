//! An independent judge: the same processes as a model of Stateright's, gone through by its checkers and by our search.
#![cfg(not(target_arch = "wasm32"))]

mod model;
mod promises;
mod systems;

use model::{Judge, Promise};
use stateright::{Checker, Model};
use systems::{System, bounded, unbounded};
use worldlines::{
    abstractions::{broadcast, commit, consensus, election, mutex, order},
    kernel::{ParameterValue, Property},
    search::{Aim, Explore, Target},
};

fn judge(system: &System, promise: Promise) -> Judge {
    Judge::new(system.protocol, system.scenario.clone(), system.budget, promise)
}

fn to_the_end(explore: &mut Explore) {
    while !explore.is_over() {
        explore.advance(10_000, &[]);
    }
}

#[test]
fn both_find_the_same_number_of_states() {
    for system in bounded() {
        let name = system.name();
        let mut ours = system.explore(&[], false);
        to_the_end(&mut ours);
        assert!(ours.is_complete(), "{name}: {:?}", ours.trouble());
        let breadth = judge(&system, Promise::Nothing).checker().spawn_bfs().join();
        let depth = judge(&system, Promise::Nothing).checker().spawn_dfs().join();
        let theirs = [breadth.unique_state_count(), depth.unique_state_count()];
        assert_eq!(theirs.map(|count| count as u64), [ours.states(); 2], "{name}");
        // The start is none that a turn leads to.
        assert_eq!(breadth.state_count() as u64, ours.turns() + 1, "{name}: turns");
    }
}

#[test]
fn both_find_the_same_number_of_states_up_to_a_depth() {
    for (system, depth) in unbounded() {
        let mut ours = system.explore(&[], false);
        for _ in 0..depth {
            // Just the states of one level.
            ours.advance(usize::try_from(ours.queue()).expect("few states"), &[]);
        }
        // They count the start as the first level, and do not go on from the last.
        let breadth = judge(&system, Promise::Nothing).checker().target_max_depth(depth + 1);
        let breadth = breadth.spawn_bfs().join();
        assert_eq!(breadth.unique_state_count() as u64, ours.states(), "{}", system.name());
    }
}

/// How many turns it takes to break a promise, by both; none if it holds whatever happens.
fn verdicts(system: &System, property: &'static Property, promise: Promise) -> [Option<u32>; 3] {
    let name = format!("{}: {}", system.name(), property.name);
    let aims = [Aim::at(Target::Violation(property))];
    let [ours, reduced] = [false, true].map(|reduced| {
        let mut search = system.explore(&aims, reduced);
        while !search.is_over() {
            if let Some(first) = search.advance(1, &[true]).first() {
                return Some(first.depth);
            }
        }
        assert!(search.is_complete(), "{name}: {:?}", search.trouble());
        None
    });
    let theirs = judge(system, promise).checker().spawn_bfs().join();
    let theirs = theirs.discovery("the promise is kept");
    let theirs = theirs.map(|path| path.into_actions().len() as u32);
    println!("{name}: {ours:?} {theirs:?} reduced {reduced:?}");
    [ours, theirs, reduced]
}

#[test]
fn both_come_to_the_same_verdicts() {
    use Promise::{Never, NotInTheEnd};
    let commit = || System::of("two-phase-commit", 3).ask(0, "begin", "");
    let lock = |id| System::of(id, 3).acquires(2);
    let cast = |id, count| System::of(id, 3).broadcasts(count);
    let answered = || System::of("causal-multicast", 3).broadcasts(2).ask(0, "broadcast", "m9");
    let two_inside = (&mutex::MUTUAL_EXCLUSION, Never(promises::two_inside));
    let waits = (&mutex::STARVATION_FREEDOM, NotInTheEnd(promises::somebody_waits));
    let agree = (&broadcast::AGREEMENT, NotInTheEnd(promises::correct_ones_differ));
    let uniform = (&broadcast::UNIFORM_AGREEMENT, NotInTheEnd(promises::correct_ones_lack));
    let valid = (&broadcast::VALIDITY, NotInTheEnd(promises::own_is_missing));
    let total = (&order::TOTAL_ORDER, Never(promises::orders_differ));
    let causal = (&order::CAUSAL_ORDER, Never(promises::cause_is_missing));
    let fifo = (&order::FIFO_ORDER, Never(promises::earlier_is_missing));
    let doubt = (&commit::TERMINATION, NotInTheEnd(promises::somebody_is_in_doubt));
    let commits = (&commit::COMMIT_AGREEMENT, Never(promises::decided_differently));
    let decides = (&consensus::UNIFORM_AGREEMENT, Never(promises::decided_differently));
    let leads = (&election::UNIQUE_LEADER, Never(promises::two_lead));
    let holds = false;
    let broken = true;
    let cases = [
        (commit().faults("crash=1"), commits, holds),
        (commit(), doubt, holds),
        (commit().faults("crash=1"), doubt, holds),
        (lock("ricart-agrawala"), two_inside, holds),
        (lock("ricart-agrawala").faults("crash=1").detected(), two_inside, holds),
        (lock("ricart-agrawala").faults("crash=1").detected(), waits, holds),
        (lock("ricart-agrawala").faults("crash=1"), waits, broken),
        (lock("ricart-agrawala").word("priority", "id"), two_inside, broken),
        (lock("maekawa"), two_inside, holds),
        (lock("maekawa"), waits, holds),
        (System::of("maekawa", 4).acquires(2).tuned("inquire", ParameterValue::Flag(false)), waits, broken),
        (lock("maekawa").faults("drop=1"), waits, broken),
        (lock("maekawa").faults("crash=1,recover=1"), two_inside, broken),
        (cast("reliable-broadcast", 1).faults("crash=1"), agree, holds),
        (cast("reliable-broadcast", 1).faults("crash=1"), uniform, broken),
        (cast("uniform-broadcast", 1).faults("crash=1").detected(), uniform, holds),
        (cast("uniform-broadcast", 1).faults("crash=1"), valid, broken),
        (answered(), causal, holds),
        (answered(), total, broken),
        (cast("causal-multicast", 1).faults("crash=1"), agree, broken),
        (System::of("best-effort-broadcast", 3).broadcasts(2), causal, broken),
        (System::of("best-effort-broadcast", 3).broadcasts(1).ask(0, "broadcast", "m9"), fifo, broken),
        (System::of("fifo-multicast", 3).broadcasts(1).ask(0, "broadcast", "m9").faults("duplicate=1"), fifo, holds),
        (System::of("fifo-multicast", 3).broadcasts(2), causal, broken),
        (cast("abcast", 2), total, holds),
        (cast("abcast", 1).ask(0, "broadcast", "m9"), total, holds),
        (cast("abcast", 1).ask(0, "broadcast", "m9"), fifo, broken),
        (cast("abcast", 1).faults("crash=1"), valid, broken),
        (System::of("paxos", 3).ask(0, "propose", "a").ask(1, "propose", "b").word("quorum", "one"), decides, broken),
        (System::of("bully", 3).ask(0, "elect", "").faults("crash=1"), leads, broken),
    ];
    for (system, (property, promise), is_broken) in cases {
        let now = std::time::Instant::now();
        let [ours, theirs, reduced] = verdicts(&system, property, promise);
        let name = format!("{}: {}", system.name(), property.name);
        println!("{is_broken} {:?} {:?}", ours == theirs, now.elapsed());
        if ours.is_some() != is_broken || ours != theirs || reduced.is_some() != is_broken { println!("BAD {name}") }
    }
}
