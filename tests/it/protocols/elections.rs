//! Elections while processes crash and recover at any moment: within the model the highest live process leads in
//! the end, and there are never two leaders at a time.

use worldlines::{
    analysis::report,
    formats,
    kernel::{Delay, Detector, Fault, LinkSpec, Scenario, Timing},
};

use crate::common::{chance::Chance, node, protocol, run_valid, scenario};

/// Crashes and recoveries, one after the other at each process, and elections, all within a few message delays: so
/// that a message of one process is in transit while another crashes or recovers.
fn troubled(chance: &mut Chance) -> Scenario {
    let size = [2, 3, 3, 4][chance.below(4)];
    let bound = [2, 20, 60][chance.below(3)];
    let mut scenario = scenario("bully", size, 0);
    scenario.seed = chance.between(0, 1_000_000);
    scenario.until = 100_000;
    scenario.network.timing = Timing::Synchronous(bound);
    scenario.network.detector = Detector::Perfect(chance.between(0, 2 * bound));
    scenario.network.delay = Delay { min: 0, max: bound };
    for from in 0..size {
        for to in (0..size).filter(|to| *to != from) {
            if chance.percent(80) {
                let (from, to) = (node(from), node(to));
                // The extremes show most: nearly at once, or exactly at the bound.
                let least = [bound / 4, bound][chance.below(2)];
                let delay = Delay { min: least, max: least };
                scenario.network.links.push(LinkSpec::new(from, to, delay));
            }
        }
    }
    for process in 0..size {
        // The higher a process is, the more depends on it.
        if !chance.percent(30 + 70 * process as u64 / size as u64) {
            continue;
        }
        let mut at = chance.between(0, 4 * bound);
        for _ in 0..chance.between(1, 2) {
            scenario.faults.push(Fault::Crash { node: node(process), at, after_sends: None });
            at += chance.between(1, 4 * bound);
            if chance.percent(20) {
                break;
            }
            scenario.faults.push(Fault::Recover { node: node(process), at });
            at += chance.between(1, 4 * bound);
        }
    }
    for _ in 0..chance.between(1, 4) {
        scenario.ask(chance.between(0, 6 * bound), node(chance.below(size)), "elect", None);
    }
    scenario
}

#[test]
fn bully_with_crashes_and_recoveries_elects_the_highest_live_process() {
    let mut wrong = Vec::new();
    for seed in 0..10_000 {
        let scenario = troubled(&mut Chance::new(seed));
        let trace = run_valid(&scenario);
        let report = report(protocol("bully"), &scenario, &trace);
        assert_eq!(report.breaches, [], "seed {seed}");
        for judgement in &report.judgements {
            if judgement.verdict.status() != "holds" {
                let text = formats::scenario::write(&scenario);
                wrong.push(format!("seed {seed}: {judgement:?}\n{text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them, as {}", wrong.len(), wrong[0]);
}
