//! A promised property holds in all runs or is violated after a number of turns: both checkers agree.

use stateright::{Checker, Model};
use worldlines::{
    abstractions::{broadcast, commit, consensus, election, mutex, order},
    kernel::{Delay, Fault, NodeId, ParameterValue, Property},
    search::{Objective, Target},
};

use super::{
    judge,
    model::Promise::{self, Never, NotInTheEnd},
    promises,
    systems::System,
};

/// A property, and its independent statement.
type Claim = (&'static Property, Promise);

/// Number of turns after which our search finds it violated; none if it holds.
fn ours(system: &System, property: &'static Property, reduced: bool) -> Option<u32> {
    let mut search = system.explore(&[Objective::at(Target::Violation(property))], reduced);
    while !search.is_over() {
        if let Some(first) = search.advance(1, &[true]).first() {
            return Some(first.depth);
        }
    }
    assert!(search.is_complete(), "{}: {:?}", system.name(), search.unfit());
    None
}

/// The same, by Stateright.
fn theirs(system: &System, promise: Promise) -> Option<u32> {
    let checked = judge(system, promise).checker().spawn_bfs().join();
    let broken = checked.discovery("the promise is kept")?;
    Some(broken.into_actions().len().try_into().expect("a short path"))
}

/// Number of turns after which it is violated, by both.
fn verdict(system: &System, (property, promise): Claim) -> Option<u32> {
    let turns = ours(system, property, false);
    assert_eq!(turns, theirs(system, promise), "{}: {}", system.name(), property.name);
    turns
}

fn holds(claim: Claim, systems: &[System]) {
    for system in systems {
        assert_eq!(verdict(system, claim), None, "{}: {}", system.name(), claim.0.name);
    }
}

fn breaks(claim: Claim, systems: &[System]) {
    for system in systems {
        assert_ne!(verdict(system, claim), None, "{}: {}", system.name(), claim.0.name);
    }
}

fn lock(id: &'static str) -> System {
    System::of(id, 3).acquires(2)
}

fn cast(id: &'static str, count: usize) -> System {
    System::of(id, 3).broadcasts(count)
}

/// With one more broadcast of the first node.
fn again(system: System) -> System {
    system.ask(0, "broadcast", "m9")
}

#[test]
fn search_and_stateright_agree_on_commit() {
    let agreement = (&commit::COMMIT_AGREEMENT, Never(promises::decided_differently));
    let termination = (&commit::TERMINATION, NotInTheEnd(promises::somebody_is_in_doubt));
    let one = || System::of("two-phase-commit", 3).ask(0, "begin", "");
    holds(agreement, &[one().faults("crash=1"), one().ask(1, "vote", "no")]);
    holds(termination, &[one()]);
    breaks(termination, &[one().faults("crash=1"), one().faults("drop=2")]);
}

#[test]
fn search_and_stateright_agree_on_locks() {
    let exclusion = (&mutex::MUTUAL_EXCLUSION, Never(promises::two_inside));
    let starvation = (&mutex::STARVATION_FREEDOM, NotInTheEnd(promises::somebody_waits));
    let forgets = System::of("maekawa", 3).ask(1, "acquire", "").ask(2, "acquire", "");
    let never = ParameterValue::Flag(false);
    let circle = System::of("maekawa", 4).acquires(4).tuned("inquire", never);
    holds(exclusion, &[lock("ricart-agrawala"), lock("maekawa"), lock("maekawa").faults("drop=1")]);
    holds(starvation, &[lock("ricart-agrawala").faults("crash=1").detected(), lock("maekawa")]);
    breaks(exclusion, &[lock("ricart-agrawala").word("priority", "id")]);
    breaks(exclusion, &[forgets.faults("crash=1,recover=1")]);
    breaks(starvation, &[lock("ricart-agrawala").faults("crash=1"), circle]);
    breaks(starvation, &[lock("maekawa").faults("drop=1")]);
}

#[test]
fn search_and_stateright_agree_on_broadcasts() {
    let agreement = (&broadcast::AGREEMENT, NotInTheEnd(promises::correct_ones_differ));
    let uniform = (&broadcast::UNIFORM_AGREEMENT, NotInTheEnd(promises::correct_ones_lack));
    let validity = (&broadcast::VALIDITY, NotInTheEnd(promises::own_is_missing));
    let everyone = || cast("uniform-broadcast", 1);
    holds(agreement, &[cast("reliable-broadcast", 1).faults("crash=2")]);
    holds(uniform, &[everyone().faults("crash=1").detected()]);
    holds(uniform, &[everyone().word("quorum", "majority").faults("crash=1")]);
    breaks(agreement, &[cast("causal-multicast", 1).faults("crash=1")]);
    breaks(agreement, &[cast("reliable-broadcast", 1).faults("drop=2")]);
    breaks(uniform, &[cast("reliable-broadcast", 1).faults("crash=2")]);
    breaks(validity, &[everyone().faults("crash=1"), cast("abcast", 1).faults("crash=1")]);
}

/// A node that is down while all copies arrive, and recovers before its crash is reported.
#[test]
fn search_and_stateright_agree_on_messages_to_a_node_that_is_down() {
    let validity = (&broadcast::VALIDITY, NotInTheEnd(promises::own_is_missing));
    let system = cast("uniform-broadcast", 1).faults("crash=1,recover=1").detected();
    let (node, mut scenario) = (NodeId::new(1), system.scenario.clone());
    scenario.network.delay = Delay { min: 10, max: 10 };
    scenario.faults =
        vec![Fault::Crash { node, at: 5, after_sends: None }, Fault::Recover { node, at: 45 }];
    let objective = Objective::at(Target::Violation(validity.0));
    assert!(objective.is_reached(system.protocol, &scenario), "a run shows it");
    breaks(validity, &[system]);
}

#[test]
fn search_and_stateright_agree_on_orders() {
    let fifo = (&order::FIFO_ORDER, Never(promises::earlier_is_missing));
    let causal = (&order::CAUSAL_ORDER, Never(promises::cause_is_missing));
    let total = (&order::TOTAL_ORDER, Never(promises::orders_differ));
    holds(fifo, &[again(cast("fifo-multicast", 1)).faults("duplicate=1")]);
    holds(causal, &[cast("causal-multicast", 2), again(cast("causal-multicast", 1))]);
    holds(total, &[cast("abcast", 2), again(cast("abcast", 1)).faults("drop=1")]);
    breaks(fifo, &[again(cast("best-effort-broadcast", 1)), again(cast("abcast", 1))]);
    breaks(causal, &[cast("best-effort-broadcast", 2), cast("fifo-multicast", 2)]);
    breaks(total, &[cast("causal-multicast", 2)]);
}

#[test]
fn search_and_stateright_agree_on_consensus_and_election() {
    let agreement = (&consensus::UNIFORM_AGREEMENT, Never(promises::decided_differently));
    let unique = (&election::UNIQUE_LEADER, Never(promises::two_lead));
    let two = System::of("paxos", 3).ask(0, "propose", "a").ask(1, "propose", "b");
    breaks(agreement, &[two.word("quorum", "one")]);
    breaks(unique, &[System::of("bully", 3).ask(0, "elect", "")]);
    breaks(unique, &[System::of("bully", 3).ask(0, "elect", "").faults("crash=1").detected()]);
}
