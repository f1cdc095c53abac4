//! Every property of every protocol is violated by some run: a property that no run can violate is empty.
//! A protocol's file states the properties that no scenario can violate, with reasons; that these properties *can* be
//! violated, by hand-made histories, is shown in `properties`.

use std::collections::BTreeSet;

use worldlines::{
    analysis::report,
    formats,
    kernel::{Protocol, Scenario},
    protocols,
};

use crate::common::{
    budget::UNBREAKABLE,
    bundled,
    chance::Chance,
    random_scenario::{Weather, random_scenario},
    run_valid,
};

fn violated(
    protocol: &'static Protocol,
    scenario: &Scenario,
) -> impl Iterator<Item = &'static str> + use<> {
    let trace = run_valid(scenario);
    let judgements = report(protocol, scenario, &trace).judgements;
    judgements.into_iter().filter(|it| it.verdict.is_violated()).map(|it| it.property.name)
}

/// Number of runs within which every violable property is violated. Few protocols need more than a handful; some properties are
/// violated only by a rare coincidence.
const AT_MOST: u64 = 60_000;

/// Properties that a protocol's bundled scenarios violate.
fn violated_in_bundled(protocol: &'static Protocol) -> BTreeSet<&'static str> {
    let of_protocol = |path: &str| path.split('/').nth(1) == Some(protocol.id);
    let bundled = bundled().into_iter().filter(|(path, _)| of_protocol(path));
    let read = |(path, text): (String, String)| {
        formats::scenario::read(&text).unwrap_or_else(|problem| panic!("{path}: {problem:?}"))
    };
    bundled.map(read).flat_map(|scenario| violated(protocol, &scenario)).collect()
}

#[test]
fn property_is_violated_by_a_run_or_stated_as_unbreakable() {
    for (_, protocol) in protocols::catalogue() {
        let is_unbreakable =
            |name: &str| protocol.unbreakable.iter().any(|(other, _)| other.name == name);
        let names: Vec<_> = protocol.properties().map(|(property, _)| property.name).collect();
        let mut broken = violated_in_bundled(protocol);
        for seed in 0..AT_MOST {
            let all = names.iter().all(|name| broken.contains(name) || is_unbreakable(name));
            if all && (seed >= UNBREAKABLE.runs() || protocol.unbreakable.is_empty()) {
                break;
            }
            let mut chance = Chance::new(1_000_000 + seed);
            let scenario = random_scenario(protocol, &mut chance, Weather::Foul);
            broken.extend(violated(protocol, &scenario));
        }
        for name in names {
            let id = protocol.id;
            assert_ne!(broken.contains(name), is_unbreakable(name), "{id}: {name}");
        }
    }
}

#[test]
fn unbreakable_property_is_judged_and_has_a_reason() {
    for (_, protocol) in protocols::catalogue() {
        for (property, why) in protocol.unbreakable {
            assert!(protocol.properties().any(|(judged, _)| judged == property), "{property:?}");
            assert!(!why.is_empty(), "{}: {property:?}", protocol.id);
        }
    }
}
