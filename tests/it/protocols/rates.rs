//! Properties that hold with a probability: the rate over seeds, with its confidence interval.

use worldlines::{
    analysis::report,
    kernel::{Probable, Protocol, Scenario, Verdict},
    protocols,
};

use crate::common::{budget::RATES, run_valid};

/// Quantile of the normal distribution for 99.9 % on one side.
const Z: f64 = 3.09;

/// Wilson's interval for the rate of `held` among `runs`.
fn interval(held: u64, runs: u64) -> (f64, f64) {
    let (held, runs) = (held as f64, runs as f64);
    let (rate, z2) = (held / runs, Z * Z / runs);
    let half = Z * (rate * (1.0 - rate) / runs + z2 / (4.0 * runs)).sqrt();
    let (middle, scale) = (rate + z2 / 2.0, 1.0 + z2);
    ((middle - half) / scale, (middle + half) / scale)
}

/// True if the property holds in the run with this seed.
fn holds(protocol: &'static Protocol, it: &Probable, seed: u64) -> bool {
    let mut scenario = Scenario::new(protocol.id, Vec::new());
    (it.perform)(&mut scenario);
    scenario.seed = seed;
    let report = report(protocol, &scenario, &run_valid(&scenario));
    let judged =
        report.judgements.iter().find(|judgement| judgement.property.name == it.property.name);
    judged.is_some_and(|judgement| judgement.verdict == Verdict::Holds)
}

#[test]
fn property_with_a_probability_holds_in_its_part_of_the_runs() {
    let runs = RATES.runs();
    let all = protocols::catalogue()
        .flat_map(|(_, protocol)| protocol.probable.iter().map(move |it| (protocol, it)));
    let mut complaints = Vec::new();
    for (protocol, it) in all {
        let held = (0..runs).filter(|seed| holds(protocol, it, *seed)).count() as u64;
        let (least, most) = interval(held, runs);
        let found = format!(
            "{}, {}: {} in {held} of {runs} runs, 99.9 % interval {least:.4} to {most:.4}, stated {} %",
            protocol.id, it.situation, it.property.name, it.percent
        );
        println!("{found}");
        assert!(protocol.beyond.iter().any(|own| own.name == it.property.name), "{found}");
        if least < f64::from(it.percent) / 100.0 {
            complaints.push(found);
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn wilson_interval_has_the_values_of_its_formula() {
    // 3.09² is 9.5481: (1 + 4.77405 / 100 ± …) / 1.095481 for 100 of 100.
    let (least, most) = interval(100, 100);
    assert!((least - 1.0 / 1.095_481).abs() < 1e-6 && (most - 1.0).abs() < 1e-9, "{least} {most}");
    let (least, most) = interval(50, 100);
    assert!((least + most - 1.0).abs() < 1e-9 && least > 0.35 && least < 0.36, "{least}");
}
