//! The judges, judged: every monitor against the plain definition of its property, on histories made by hand
//! and by chance.

mod broadcast;
mod cases;
mod cases_model;
mod checkpoint;
mod clock;
mod commit;
mod consensus;
mod cost;
mod detection;
mod election;
mod fairness;
mod joined;
mod linearizability;
mod link;
mod membership;
mod mutex;
mod naming;
mod needs;
mod register;
mod snapshot_cut;

use worldlines::{kernel::Property, protocols};

/// Every property that is compared with its definition.
fn defined() -> Vec<&'static Property> {
    let broadcast = broadcast::DEFINITIONS.iter().map(|(property, _)| *property);
    let others = [
        checkpoint::CASES,
        checkpoint::SNAPSHOT_CASES,
        clock::CASES,
        commit::CASES,
        consensus::CASES,
        consensus::BYZANTINE_CASES,
        detection::CASES,
        election::CASES,
        link::CASES,
        membership::CASES,
        mutex::CASES,
        register::CASES,
    ];
    let others = others.into_iter().flatten().map(|case| case.property);
    broadcast.chain(others).chain([fairness::DEFINED]).collect()
}

#[test]
fn property_of_every_protocol_has_a_definition_in_the_tests() {
    for (_, protocol) in protocols::catalogue() {
        for (property, _) in protocol.properties() {
            let same =
                |it: &&&Property| it.name == property.name && it.statement == property.statement;
            assert!(defined().iter().any(|it| same(&it)), "{property:?}");
        }
    }
}

#[test]
fn property_statement_is_a_sentence() {
    for property in defined() {
        assert!(property.statement.starts_with(char::is_uppercase), "{property:?}");
        assert!(property.statement.ends_with('.'), "{property:?}");
        assert!(!property.statement.contains("  "), "{property:?}");
    }
}
