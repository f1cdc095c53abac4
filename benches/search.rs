//! Speed of the search of all orders, beside Stateright's checkers on the model of `tests/it/judge/`, and what it leaves
//! out.
//!
//! `cargo xtask bench` runs it natively and in the browser and prints both side by side; `cargo bench --bench search`
//! runs it natively alone. In the browser there is our side only. `tests/search_memory.rs` counts the memory.

mod common;
#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/it/judge/model.rs"]
mod model;
#[path = "../tests/it/judge/systems.rs"]
mod systems;

use common::{best_of, tell, tell_text};
use systems::{System, large, reducible};
use worldlines::search::{Objective, Target};

const RATE: &str = "million states/s";

/// States that are different, per second and thread: ours with every order tried, and Stateright's.
fn side_by_side() {
    for (system, depth) in large() {
        let name = system.name();
        let states = system.explored(depth).states();
        tell_text(&format!("{name}: states"), &states.to_string(), "states");
        let ours = best_of(5, || system.explored(depth));
        tell(&format!("{name}: ours"), states as f64 / ours / 1e3, RATE);
        theirs(&system, depth, states);
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn theirs(system: &System, depth: Option<usize>, states: u64) {
    use stateright::{Checker, Model};

    let checker = || {
        let scenario = system.scenario.clone();
        let promise = model::Promise::Nothing;
        let judge = model::Judge::new(system.protocol, scenario, system.budget, promise);
        let checker = judge.checker();
        depth.into_iter().fold(checker, |it, depth| it.target_max_depth(depth + 1))
    };
    let found = checker().spawn_bfs().join().unique_state_count();
    assert_eq!(found as u64, states, "{}", system.name());
    let name = system.name();
    let breadth = best_of(3, || checker().spawn_bfs().join());
    tell(&format!("{name}: Stateright, breadth first"), states as f64 / breadth / 1e3, RATE);
    // With a depth limit, a state met first far from the start is not extended.
    if depth.is_none() {
        let deep = best_of(3, || checker().spawn_dfs().join());
        tell(&format!("{name}: Stateright, depth first"), states as f64 / deep / 1e3, RATE);
    }
}

/// It runs threads: not in the browser.
#[cfg(target_arch = "wasm32")]
fn theirs(system: &System, depth: Option<usize>, _states: u64) {
    let name = system.name();
    tell_text(&format!("{name}: Stateright, breadth first"), "–", RATE);
    if depth.is_none() {
        tell_text(&format!("{name}: Stateright, depth first"), "–", RATE);
    }
}

/// Reduction of the number of states if equivalent orders are left out, and its cost.
fn with_orders_left_out() {
    for (system, property, _) in reducible() {
        let name = format!("{}, {}", system.name(), property.name);
        let search = |reduced| {
            let mut search = system.explore(&[Objective::at(Target::Violation(property))], reduced);
            while !search.is_over() {
                search.advance(10_000, &[true]);
            }
            search.states()
        };
        let (all, few) = (search(false), search(true));
        tell_text(&format!("{name}: all states"), &all.to_string(), "states");
        tell_text(&format!("{name}: with orders left out"), &few.to_string(), "states");
        tell(&format!("{name}: times fewer"), all as f64 / few as f64, "times");
        tell(&format!("{name}: all of them"), best_of(3, || search(false)), "ms");
        tell(&format!("{name}: those left"), best_of(3, || search(true)), "ms");
    }
}

fn everything() {
    side_by_side();
    with_orders_left_out();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    everything();
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    fn measures() {
        super::everything();
    }
}

/// The tests' runner calls [`browser::measures`] instead.
#[cfg(target_arch = "wasm32")]
fn main() {}
