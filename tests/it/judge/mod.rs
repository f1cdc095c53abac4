//! An independent judge: the same processes as a model for Stateright, explored by its checkers and by our search.
#![cfg(not(target_arch = "wasm32"))]

mod model;
mod promises;
mod reductions;
mod systems;
mod verdicts;

use model::{Judge, Promise};
use stateright::{Checker, Model};
use systems::{System, bounded, unbounded};

fn judge(system: &System, promise: Promise) -> Judge {
    Judge::new(system.protocol, system.scenario.clone(), system.budget, promise)
}

#[test]
fn search_and_stateright_find_the_same_number_of_states() {
    for system in bounded() {
        let name = system.name();
        let ours = system.explored(None);
        assert!(ours.is_complete(), "{name}: {:?}", ours.unfit());
        let breadth = judge(&system, Promise::Nothing).checker().spawn_bfs().join();
        let depth = judge(&system, Promise::Nothing).checker().spawn_dfs().join();
        let theirs = [breadth.unique_state_count(), depth.unique_state_count()];
        assert_eq!(theirs.map(|count| count as u64), [ours.states(); 2], "{name}");
        // The start is not reached by a turn.
        assert_eq!(breadth.state_count() as u64, ours.transitions() + 1, "{name}: turns");
    }
}

#[test]
fn search_and_stateright_find_the_same_number_of_states_up_to_a_depth() {
    for (system, depth) in unbounded() {
        let ours = system.explored(Some(depth));
        // They count the start as the first level, and do not extend the last.
        let breadth = judge(&system, Promise::Nothing).checker().target_max_depth(depth + 1);
        let breadth = breadth.spawn_bfs().join();
        assert_eq!(breadth.unique_state_count() as u64, ours.states(), "{}", system.name());
    }
}
