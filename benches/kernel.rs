//! How fast the kernel runs: events per second, with the trace recorded, and with the verdicts too.
//!
//! `cargo bench --bench kernel`. Machines are noisy: compare rows of one run, not of two.
#![allow(
    clippy::disallowed_methods,
    reason = "a benchmark reads a clock; nothing that a run depends on does"
)]

use std::{hint::black_box, time::Instant};

use worldlines::{
    kernel::{Delay, NetworkSpec, NodeId, RequestSpec, Scenario, report, run},
    protocols,
};

/// A scenario in which nodes broadcast in turn, one each millisecond, until there are so many events.
fn chatter(protocol: &str, nodes: usize, events_per_request: usize, events: usize) -> Scenario {
    let mut scenario = Scenario::new(protocol, Scenario::numbered(nodes));
    let requests = events / events_per_request;
    scenario.requests = (0..requests)
        .map(|index| RequestSpec {
            at: index as u64,
            node: NodeId::new(index % nodes),
            name: "broadcast".to_owned(),
            with: Some(format!("m{index}").into()),
        })
        .collect();
    scenario.network = NetworkSpec { delay: Delay { min: 10, max: 30 }, ..NetworkSpec::default() };
    scenario.until = requests as u64 + 1_000;
    scenario
}

/// The best of several tries, in nanoseconds: what the machine can do when it is left alone.
fn best_of<T>(tries: usize, mut work: impl FnMut() -> T) -> f64 {
    let times = (0..tries).map(|_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed().as_nanos() as f64
    });
    times.fold(f64::INFINITY, f64::min)
}

fn main() {
    println!(
        "{:<24}{:>6}{:>10}{:>18}{:>18}",
        "protocol", "nodes", "events", "run, ev/s", "and judged, ev/s"
    );
    let broadcast = |nodes: usize| 3 * nodes - 1;
    let relayed = |nodes: usize| 1 + 2 * nodes * (nodes - 1) + nodes;
    for (id, nodes, per_request) in [
        ("best-effort-broadcast", 5, broadcast(5)),
        ("best-effort-broadcast", 50, broadcast(50)),
        ("best-effort-broadcast", 128, broadcast(128)),
        ("reliable-broadcast", 5, relayed(5)),
        ("uniform-broadcast", 5, relayed(5)),
        ("causal-multicast", 5, broadcast(5)),
    ] {
        let protocol = protocols::find(id).expect("it is in the catalogue");
        let scenario = chatter(id, nodes, per_request, 100_000);
        let trace = run(protocol, &scenario).expect("its requests are valid");
        let events = trace.events.len();
        let running = best_of(7, || run(protocol, &scenario));
        let judging = best_of(7, || report(protocol, &scenario, &trace));
        let rate = |nanoseconds: f64| events as f64 / nanoseconds * 1e9;
        println!(
            "{id:<24}{nodes:>6}{events:>10}{:>18.0}{:>18.0}",
            rate(running),
            rate(running + judging)
        );
    }
}
