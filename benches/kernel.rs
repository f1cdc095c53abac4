//! Speed of the kernel: events per second, its growth, and the waiting times of a reader.
//!
//! `cargo xtask bench` runs it natively and in the browser and prints both side by side; `cargo bench
//! --bench kernel` runs it natively alone. Machines are noisy: compare rows of one run, not of two.

mod common;

use common::{best_of, tell};
use worldlines::{
    analysis::report,
    app::judge_at,
    formats::scenario,
    kernel::{
        Checkpoints, Delay, NetworkSpec, NodeId, Plan, Protocol, RequestSpec, Scenario, Trace, run,
    },
    protocols,
    runs::Outcome,
};

/// A scenario in which nodes broadcast in turn, one each millisecond, until there are so many events.
fn chatter(protocol: &Protocol, nodes: usize, events: usize) -> Scenario {
    let per_request = match protocol.id {
        // The request; for every copy a send and a receipt; a delivery everywhere.
        "reliable-broadcast" | "uniform-broadcast" => 1 + 2 * nodes * (nodes - 1) + nodes,
        _ => 1 + 2 * (nodes - 1) + nodes,
    };
    let mut scenario = Scenario::new(protocol.id, Scenario::numbered(nodes));
    let requests = events / per_request;
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

fn protocol(id: &str) -> &'static Protocol {
    protocols::find(id).expect("it is in the catalogue")
}

fn run_of(protocol: &Protocol, scenario: &Scenario) -> Trace {
    run(protocol, scenario).expect("its requests are the protocol's")
}

/// The protocols that carry broadcasts and nothing else: all can be asked for the same.
fn broadcasts() -> impl Iterator<Item = &'static Protocol> {
    protocols::catalogue().map(|(_, protocol)| protocol).filter(|protocol| {
        let requests = protocol.behaviour.requests;
        requests.len() == 1 && requests[0].name == "broadcast" && protocol.perpetual.is_none()
    })
}

/// Events per second, every broadcast alike, with the trace recorded; and with the verdicts too.
fn protocols_side_by_side() {
    for protocol in broadcasts() {
        let scenario = chatter(protocol, 5, 100_000);
        let trace = run_of(protocol, &scenario);
        let events = trace.events.len() as f64;
        let running = best_of(9, || run_of(protocol, &scenario));
        let judging = best_of(9, || report(protocol, &scenario, &trace));
        let million_a_second = |milliseconds: f64| events / milliseconds / 1e3;
        let id = protocol.id;
        tell(&format!("{id}, 5 nodes: run"), million_a_second(running), "million events/s");
        tell(
            &format!("{id}, 5 nodes: run and judged"),
            million_a_second(running + judging),
            "million events/s",
        );
    }
}

/// Cost of an event as nodes and events grow: the same in every row if growth is linear.
fn growth() {
    let protocol = protocol("best-effort-broadcast");
    for nodes in [5, 50, 128] {
        for (events, tries) in [(10_000, 30), (100_000, 7), (990_000, 3)] {
            let scenario = chatter(protocol, nodes, events);
            let mut count = 0;
            let milliseconds = best_of(tries, || {
                let trace = run_of(protocol, &scenario);
                count = trace.events.len();
                report(protocol, &scenario, &trace)
            });
            let name = format!("{nodes} nodes, {}k events: run and judged", events / 1000);
            tell(&name, milliseconds * 1e6 / count as f64, "ns/event");
        }
    }
}

/// Cost of time travel: while the run is recorded, and when a reader jumps.
fn time_travel() {
    // The one forgets what it has delivered, the other's state grows with the run.
    for protocol in ["best-effort-broadcast", "uniform-broadcast"].map(protocol) {
        for events in [10_000, 100_000, 990_000] {
            let scenario = chatter(protocol, 5, events);
            let plan = Plan::new(protocol, &scenario).expect("its requests are the protocol's");
            let (trace, checkpoints) = Checkpoints::record(&plan);
            let name = |what| format!("{}, {}k events: {what}", protocol.id, events / 1000);
            if events == 100_000 {
                let plain = best_of(7, || run_of(protocol, &scenario));
                let recorded = best_of(7, || Checkpoints::record(&plan));
                tell(&name("run"), plain, "ms");
                tell(&name("run with checkpoints"), recorded, "ms");
            }
            // Evenly spread over the run, and all at different distances from a checkpoint.
            let places = (1..200).map(|index| trace.events.len() * index / 199);
            let seeks: Vec<f64> =
                places.map(|place| best_of(3, || checkpoints.seek(&plan, &trace, place))).collect();
            tell(&name("seek, mean"), seeks.iter().sum::<f64>() / seeks.len() as f64, "ms");
            tell(&name("seek, longest"), seeks.iter().copied().fold(0.0, f64::max), "ms");
        }
    }
}

/// Waiting time of a reader after a change of the run: the page reads the scenario only when it opens a link,
/// but an author's editor does so at every change.
fn an_edit() {
    for protocol in ["best-effort-broadcast", "uniform-broadcast"].map(protocol) {
        let scenario = chatter(protocol, 5, 10_000);
        let text = scenario::write(&scenario);
        let outcome = || {
            let scenario = scenario::read(&text).expect("it was just written");
            Outcome::of(scenario).expect("it is valid")
        };
        let name = |what| format!("{}, 10k events: {what}", protocol.id);
        tell(&name("read, run and judge"), best_of(20, outcome), "ms");
        let outcome = outcome();
        let half = outcome.trace.events.len() / 2;
        tell(&name("judge half of it"), best_of(20, || judge_at(&outcome, half)), "ms");
        tell(&name("digest, for the link"), best_of(5, || outcome.digest()), "ms");
    }
}

fn everything() {
    protocols_side_by_side();
    growth();
    time_travel();
    an_edit();
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
