//! Random runs: as long as nothing that a protocol relies on is broken, every promise is kept.

mod common;

use common::{
    chance::Chance,
    random_scenario::{Weather, random_scenario},
    run_valid,
};
use worldlines::{
    kernel::{Protocol, report},
    protocols,
};

const RUNS: u64 = 1500;

/// Draws scenarios, keeps those inside the model, and returns how many there were, and how many of them
/// with a fault that met something.
fn try_protocol(protocol: &'static Protocol) -> (usize, usize) {
    let (mut inside, mut with_faults) = (0, 0);
    for seed in 0..RUNS {
        let weather = if seed % 3 == 0 { Weather::Foul } else { Weather::Fair };
        let scenario = random_scenario(protocol, &mut Chance::new(seed), weather);
        let trace = run_valid(&scenario);
        let report = report(protocol, &scenario, &trace);
        if !report.breaches.is_empty() {
            continue;
        }
        inside += 1;
        with_faults += usize::from(trace.unused_faults.len() < scenario.faults.len());
        for judgement in report.judgements.iter().filter(|judgement| judgement.promised) {
            let status = judgement.verdict.status();
            assert_eq!(status, "holds", "seed {seed}: {judgement:?} of {scenario:#?}");
        }
    }
    (inside, with_faults)
}

#[test]
fn inside_its_model_a_protocol_keeps_its_promises() {
    for (_, protocol) in protocols::catalogue() {
        let (inside, with_faults) = try_protocol(protocol);
        println!("{}: {inside} runs inside the model, {with_faults} with faults", protocol.id);
        assert!(inside >= 300, "{}: only {inside} of {RUNS} are inside the model", protocol.id);
        assert!(with_faults >= 100, "{}: only {with_faults} have a fault", protocol.id);
    }
}
