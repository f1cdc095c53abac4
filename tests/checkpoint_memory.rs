//! Memory of checkpoints. Alone in its file: the allocator counts the memory of the whole program.

#[path = "it/common/mod.rs"]
mod common;

use common::{broadcast, protocol, scenario};
use peak_alloc::PeakAlloc;
use worldlines::kernel::{Checkpoints, Plan, Scenario};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Five nodes broadcast in turn, one every 2 ms.
fn chatter(protocol: &str, requests: u64) -> Scenario {
    let mut scenario = scenario(protocol, 5, 10);
    scenario.requests =
        (0..requests).map(|number| broadcast(2 * number, number as usize % 5, "m")).collect();
    scenario.until = 2 * requests + 1000;
    scenario
}

/// Memory of the checkpoints and of the trace of a run, in bytes, and its number of events.
fn weigh(protocol_id: &str, requests: u64) -> (usize, usize, usize) {
    let scenario = chatter(protocol_id, requests);
    let plan = Plan::new(protocol(protocol_id), &scenario).expect("its requests are valid");
    let before = ALLOCATOR.current_usage();
    let (trace, checkpoints) = Checkpoints::record(&plan);
    let both = ALLOCATOR.current_usage() - before;
    let (events, count) = (trace.events.len(), checkpoints.count());
    drop(trace);
    let checkpoints_alone = ALLOCATOR.current_usage() - before;
    let trace_alone = both - checkpoints_alone;
    println!(
        "{protocol_id}: {events} events, {count} checkpoints of {} bytes in all, trace {} bytes",
        checkpoints_alone, trace_alone
    );
    (checkpoints_alone, trace_alone, events)
}

#[test]
fn checkpoints_weigh_little_beside_the_trace() {
    // A process that forgets what it has delivered: ten times the run, hardly more to keep.
    let (short, _, _) = weigh("best-effort-broadcast", 715);
    let (long, trace, events) = weigh("best-effort-broadcast", 7_143);
    assert!(events > 100_000 && long < trace / 20, "{long} bytes beside {trace}");
    assert!(
        (long as f64) < 3.2 * short as f64,
        "{short} bytes grew to {long}: more than √10 times"
    );

    // One that remembers it all: a state is as large as the run so far, and only their number is fixed.
    let (short, _, _) = weigh("uniform-broadcast", 217);
    let (long, trace, events) = weigh("uniform-broadcast", 2_174);
    assert!(events > 99_000 && long < trace, "{long} bytes beside {trace}");
    println!("{} times as much for ten times the events", long / short);
}
