//! Random runs: as long as nothing that a protocol relies on is broken, every promise is kept.

use worldlines::{
    analysis::report,
    kernel::{Kind, Protocol, Verdict},
    protocols,
};

use crate::common::{
    chance::Chance,
    random_scenario::{Weather, random_scenario},
    run_valid,
};

const RUNS: u64 = 1500;

/// Draws scenarios, and returns how many runs were inside the model for promises of safety and for all, and
/// how many of the latter with a fault that met something.
fn try_protocol(protocol: &'static Protocol) -> [usize; 3] {
    let mut counts = [0; 3];
    for seed in 0..RUNS {
        let weather = if seed % 3 == 0 { Weather::Foul } else { Weather::Fair };
        let scenario = random_scenario(protocol, &mut Chance::new(seed), weather);
        let trace = run_valid(&scenario);
        let report = report(protocol, &scenario, &trace);
        let inside = |kind| report.breaches_of(kind).next().is_none();
        let mut decided = true;
        for judgement in report.judgements.iter().filter(|judgement| judgement.promised) {
            let kept = match judgement.verdict {
                Verdict::Holds => true,
                // The horizon came before the obligation was due.
                Verdict::Undecided(_) if !trace.quiescent => {
                    decided = false;
                    true
                }
                _ => !inside(judgement.property.kind),
            };
            assert!(kept, "seed {seed}: {judgement:?} of {scenario:#?}");
        }
        let all = decided && inside(Kind::Safety) && inside(Kind::Liveness);
        let met = trace.unused_faults.len() < scenario.faults.len();
        counts[0] += usize::from(inside(Kind::Safety));
        counts[1] += usize::from(all);
        counts[2] += usize::from(all && met);
    }
    counts
}

#[test]
fn inside_its_model_a_protocol_keeps_its_promises() {
    for (_, protocol) in protocols::catalogue() {
        let [safe, all, with_faults] = try_protocol(protocol);
        let id = protocol.id;
        println!(
            "{id}: {safe} runs inside the model of safety, {all} of all, {with_faults} of these with faults"
        );
        assert!(all >= 300, "{id}: only {all} of {RUNS} are inside the model");
        assert!(with_faults >= 100, "{id}: only {with_faults} have a fault");
    }
}
