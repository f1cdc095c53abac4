//! Elections while processes crash and come back at any moment: within the model the highest live process leads in
//! the end, and there are never two leaders at a time.

mod common;

use common::{chance::Chance, node, protocol, run_valid, scenario};
use worldlines::{
    formats,
    kernel::{Delay, Detector, Fault, LinkSpec, Scenario, Timing, report},
};

/// Crashes and recoveries, one after the other at each process, some of them just after an election begins.
fn troubled(chance: &mut Chance) -> Scenario {
    let size = chance.between(2, 5) as usize;
    let bound = chance.between(1, 60);
    let mut scenario = scenario("bully", size, 0);
    scenario.seed = chance.between(0, 1_000_000);
    scenario.until = 100_000;
    scenario.network.timing = Timing::Synchronous(bound);
    scenario.network.detector = Detector::Perfect(chance.between(0, 3 * bound));
    scenario.network.delay = Delay { min: chance.between(0, bound), max: bound };
    for from in 0..size {
        for to in (0..size).filter(|to| *to != from) {
            if chance.percent(40) {
                let (from, to) = (node(from), node(to));
                // The extremes show most: at once, or at the very bound.
                let least = [0, bound, chance.between(0, bound)][chance.below(3)];
                let delay = Delay { min: least, max: least };
                scenario.network.links.push(LinkSpec { from, to, delay });
            }
        }
    }
    let span = 12 * bound;
    for process in 0..size {
        let mut at = chance.between(0, span);
        for _ in 0..chance.between(0, 3) {
            let after_sends = chance.percent(30).then(|| chance.between(0, 3) as u32);
            scenario.faults.push(Fault::Crash { node: node(process), at, after_sends });
            at += chance.between(1, 6 * bound);
            if chance.percent(20) {
                break;
            }
            scenario.faults.push(Fault::Recover { node: node(process), at });
            at += chance.between(1, 6 * bound);
        }
    }
    for _ in 0..chance.between(1, 4) {
        scenario.ask(chance.between(0, span), node(chance.below(size)), "elect", None);
    }
    scenario
}

#[test]
fn bully_leads_rightly_whatever_crashes_and_comes_back() {
    for seed in 0..4_000 {
        let scenario = troubled(&mut Chance::new(seed));
        let trace = run_valid(&scenario);
        let report = report(protocol("bully"), &scenario, &trace);
        let text = || formats::scenario::write(&scenario);
        assert_eq!(report.breaches, [], "seed {seed}: {}", text());
        for judgement in &report.judgements {
            let status = judgement.verdict.status();
            assert_eq!(status, "holds", "seed {seed}: {judgement:?}\n{}", text());
        }
    }
}
