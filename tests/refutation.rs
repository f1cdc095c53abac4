//! Every property of every protocol is violated by something: a promise that no run can break says nothing.
//! What no scenario can take from a protocol, its file says, and why; that these properties *can* be
//! violated, by histories made by hand, is shown in `properties`.

mod common;

use std::collections::BTreeSet;

use common::{
    bundled,
    chance::Chance,
    random_scenario::{Weather, random_scenario},
    run_valid,
};
use worldlines::{
    formats,
    kernel::{Protocol, Scenario, report},
    protocols,
};

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
        for (path, text) in bundled() {
            if path.split('/').nth(1) == Some(protocol.id) {
                let scenario = formats::scenario::read(&text)
                    .unwrap_or_else(|problem| panic!("{path}: {problem:?}"));
                broken.extend(violated(protocol, &scenario));
            }
        }
        for (property, _) in protocol.properties() {
            let unbreakable = protocol.unbreakable.iter().find(|(other, _)| other == property);
            let found = broken.contains(property.name);
            let id = protocol.id;
            assert_ne!(found, unbreakable.is_some(), "{id}: {property:?}, {unbreakable:?}");
        }
    }
}

#[test]
fn what_is_unbreakable_is_judged_and_has_its_reason() {
    for (_, protocol) in protocols::catalogue() {
        for (property, why) in protocol.unbreakable {
            assert!(protocol.properties().any(|(judged, _)| judged == property), "{property:?}");
            assert!(!why.is_empty(), "{}: {property:?}", protocol.id);
        }
    }
}
