//! Every property of every protocol is violated by something: a promise that no run can break says nothing.

mod common;

use std::collections::BTreeSet;

use common::{
    bundled,
    chance::Chance,
    protocol,
    random_scenario::{Weather, random_scenario},
    run_valid,
};
use worldlines::{
    formats,
    kernel::{Protocol, Scenario, report},
    protocols,
};

/// What no scenario can take from a protocol, and why. That these properties *can* be violated, by
/// histories made by hand, is shown in `properties`.
const UNBREAKABLE: &[(&str, &str, &str)] = &[
    ("best-effort-broadcast", "validity", "a correct broadcaster delivers its own message at once"),
    ("reliable-broadcast", "validity", "a correct broadcaster delivers its own message at once"),
    ("causal-multicast", "validity", "a correct broadcaster delivers its own message at once"),
    (
        "causal-multicast",
        "FIFO order",
        "the hold-back queue counts up from one, even after a recovery",
    ),
];

fn violated(
    protocol: &'static Protocol,
    scenario: &Scenario,
) -> impl Iterator<Item = &'static str> {
    let trace = run_valid(scenario);
    let judgements = report(protocol, scenario, &trace).judgements;
    judgements.into_iter().filter(|it| it.verdict.is_violated()).map(|it| it.property.name)
}

#[test]
fn every_property_is_violated_by_a_run_or_cannot_be() {
    for (_, protocol) in protocols::catalogue() {
        let mut broken = BTreeSet::new();
        for seed in 0..4000 {
            let mut chance = Chance::new(1_000_000 + seed);
            broken
                .extend(violated(protocol, &random_scenario(protocol, &mut chance, Weather::Foul)));
        }
        for (property, _) in protocol.properties() {
            let unbreakable = UNBREAKABLE
                .iter()
                .find(|(id, name, _)| *id == protocol.id && *name == property.name);
            let found = broken.contains(property.name);
            assert_ne!(
                found,
                unbreakable.is_some(),
                "{}: {property:?}, {unbreakable:?}",
                protocol.id
            );
        }
    }
}

#[test]
fn bundled_scenarios_never_break_the_unbreakable() {
    for (path, text) in bundled() {
        let scenario =
            formats::scenario::read(&text).unwrap_or_else(|problem| panic!("{path}: {problem:?}"));
        for name in violated(protocol(&scenario.protocol), &scenario) {
            let listed = |(id, property, _): &&(&str, &str, &str)| {
                *id == scenario.protocol && *property == name
            };
            assert!(UNBREAKABLE.iter().find(listed).is_none(), "{path}: {name}");
        }
    }
}
