//! Memory of a state in our search and in Stateright's: counted, and compared with a bound.
#![cfg(not(target_arch = "wasm32"))]

#[path = "it/judge/model.rs"]
mod model;
#[path = "it/judge/systems.rs"]
mod systems;

use model::{Judge, Promise};
use peak_alloc::PeakAlloc;
use stateright::{Checker, Model};
use systems::large;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Largest amount of memory in use during a computation, in bytes.
fn peak<T>(work: impl FnOnce() -> T) -> (usize, T) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let done = work();
    (MEMORY.peak_usage() - before, done)
}

#[test]
fn search_state_takes_no_more_memory_than_in_stateright() {
    println!("| system | states | bytes per state | Stateright's breadth-first |");
    println!("|---|---:|---:|---:|");
    for (system, depth) in large() {
        let (ours, explore) = peak(|| system.explored(depth));
        let states = explore.states() as usize;
        drop(explore);
        // The largest are for `cargo xtask bench`.
        if cfg!(debug_assertions) && states > 100_000 {
            continue;
        }
        let (theirs, checked) = peak(|| {
            let scenario = system.scenario.clone();
            let judge = Judge::new(system.protocol, scenario, system.budget, Promise::Nothing);
            let checker = judge.checker();
            let checker =
                depth.into_iter().fold(checker, |it, depth| it.target_max_depth(depth + 1));
            checker.spawn_bfs().join()
        });
        assert_eq!(checked.unique_state_count(), states, "{}", system.name());
        let [ours, theirs] = [ours, theirs].map(|bytes| bytes / states);
        println!("| {} | {states} | {ours} | {theirs} |", system.name());
        assert!(ours <= theirs, "{}", system.name());
    }
}
