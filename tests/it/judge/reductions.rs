//! If equivalent orders are left out, the verdicts stay and most of the states do not.

use worldlines::{
    abstractions::{broadcast, commit, consensus, mutex},
    kernel::{ParameterValue, Property},
    search::{Exhaustive, Objective, Target},
};

use super::systems::{System, reducible};

/// Result of an exhaustive search, and true if the property is violated in any state.
fn searched(system: &System, property: &'static Property, reduced: bool) -> (Exhaustive, bool) {
    let mut search = system.explore(&[Objective::at(Target::Violation(property))], reduced);
    let mut broken = false;
    while !search.is_over() {
        broken |= !search.advance(10_000, &[true]).is_empty();
    }
    assert!(search.is_complete(), "{}: {:?}", system.name(), search.unfit());
    (search, broken)
}

#[test]
fn reduction_of_broadcasts_and_locks_leaves_out_most_states() {
    for (system, property, times) in reducible() {
        let name = format!("{}: {}", system.name(), property.name);
        let (all, broken) = searched(&system, property, false);
        let (few, still_broken) = searched(&system, property, true);
        assert_eq!(still_broken, broken, "{name}");
        let (all, few) = (all.states(), few.states());
        assert!(all >= times * few, "{name}: {few} of {all} states");
    }
}

/// If hardly anything can be left out, the reduction detects this in bounded time.
#[test]
fn reduction_costs_a_bounded_number_of_turns() {
    let objectives = [Objective::at(Target::Violation(&consensus::AGREEMENT))];
    let paxos = System::of("paxos", 3).ask(0, "propose", "a").ask(1, "propose", "b");
    let [mut all, mut few] = [false, true].map(|reduced| paxos.explore(&objectives, reduced));
    let mut vain = false;
    while few.states() < 30_000 && !few.is_over() {
        all.advance(1000, &[true]);
        few.advance(1000, &[true]);
        vain |= few.is_futile();
    }
    println!(
        "{} answers, {} states, {} turns",
        few.lookahead_work(),
        few.states(),
        few.transitions()
    );
    assert!(few.lookahead_work() < 700_000 + 2 * few.states(), "{} answers", few.lookahead_work());
    assert!(vain);
    assert_eq!((all.lookahead_work(), all.is_futile()), (0, false));
}

#[test]
fn reduction_keeps_violations() {
    let lock = |id| System::of(id, 3).acquires(2);
    let cast = |id| System::of(id, 3).broadcasts(1);
    let never = ParameterValue::Flag(false);
    let forgets = System::of("maekawa", 3).ask(1, "acquire", "").ask(2, "acquire", "");
    let commit = System::of("two-phase-commit", 3).ask(0, "begin", "");
    for (system, property) in [
        (lock("ricart-agrawala").word("priority", "id"), &mutex::MUTUAL_EXCLUSION),
        (lock("ricart-agrawala").faults("crash=1"), &mutex::STARVATION_FREEDOM),
        (System::of("maekawa", 4).acquires(4).tuned("inquire", never), &mutex::STARVATION_FREEDOM),
        (lock("maekawa").faults("drop=1"), &mutex::STARVATION_FREEDOM),
        (forgets.faults("crash=1,recover=1"), &mutex::MUTUAL_EXCLUSION),
        (cast("reliable-broadcast").faults("drop=2"), &broadcast::AGREEMENT),
        (cast("reliable-broadcast").faults("crash=2"), &broadcast::UNIFORM_AGREEMENT),
        (cast("uniform-broadcast").faults("crash=1"), &broadcast::VALIDITY),
        (commit.faults("crash=1"), &commit::TERMINATION),
    ] {
        let mut search = system.explore(&[Objective::at(Target::Violation(property))], true);
        let broken = (0..10_000).any(|_| !search.advance(1, &[true]).is_empty());
        assert!(broken, "{}: {}", system.name(), property.name);
    }
}
