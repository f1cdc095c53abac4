//! Rules for every registered protocol.

use std::collections::BTreeSet;

use serde_json::json;
use worldlines::{
    kernel::{
        Carried, EventKind, Fault, NodeId, Parameter, ParameterValue, Plan, Protocol, Scenario,
        Simulation, Trace,
    },
    protocols::{self, ALIASES, FAMILIES, Family},
};

use crate::common::{
    self, broadcast,
    budget::CONFORMANCE,
    chance::Chance,
    crash, node,
    random_scenario::{Weather, random_scenario, random_value},
    run_valid, scenario,
};

fn is_kebab_case(name: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    name.split('-').all(word)
}

fn assert_unique<'a>(names: impl IntoIterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for name in names {
        assert!(seen.insert(name), "{name} is there twice");
    }
}

#[test]
fn ids_of_protocols_and_families_are_unique_and_in_kebab_case() {
    assert_unique(protocols::catalogue().map(|(_, protocol)| protocol.id));
    assert_unique(FAMILIES.iter().map(|family| family.id));
    for (family, protocol) in protocols::catalogue() {
        assert!(is_kebab_case(protocol.id) && is_kebab_case(family.id), "{}", protocol.id);
        assert_eq!(protocols::find(protocol.id).map(|found| found.id), Some(protocol.id));
    }
    assert!(protocols::find("no-such-protocol").is_none());
}

#[test]
fn aliases_lead_to_protocols_and_hide_none() {
    for (old, today) in ALIASES {
        assert!(protocols::catalogue().all(|(_, protocol)| protocol.id != *old), "{old} is in use");
        assert_eq!(protocols::find(old).map(|protocol| protocol.id), Some(*today));
    }
}

#[test]
fn protocol_states_name_summary_source_model_and_promises() {
    for (_, protocol) in protocols::catalogue() {
        for text in [protocol.id, protocol.name, protocol.summary, protocol.source] {
            assert!(!text.is_empty(), "{}", protocol.id);
        }
        assert!(protocol.summary.ends_with('.'), "{}", protocol.summary);
        assert!(!protocol.model.is_empty() && !protocol.promises.is_empty(), "{}", protocol.id);
    }
}

#[test]
fn protocol_has_bundled_scenarios() {
    let bundled = common::bundled();
    for (family, protocol) in protocols::catalogue() {
        let folder = format!("{}/{}/", family.id, protocol.id);
        let count = bundled.iter().filter(|(path, _)| path.starts_with(&folder)).count();
        assert!(count >= 2, "{} has {count} scenarios", protocol.id);
        let example = format!("{folder}{}", protocol.example);
        let exists = bundled.iter().any(|(path, _)| *path == example);
        assert!(protocol.example.is_empty() || exists, "{example} does not exist");
    }
}

#[test]
fn protocol_judges_each_property_once_with_a_statement() {
    for (_, protocol) in protocols::catalogue() {
        assert_unique(protocol.properties().map(|(property, _)| property.name));
        for (property, _) in protocol.properties() {
            assert!(property.statement.ends_with('.'), "{}", property.name);
        }
    }
}

#[test]
fn assumption_names_existing_parameters_and_values() {
    for (_, protocol) in protocols::catalogue() {
        for assumption in protocol.assumptions() {
            assert!(!assumption.statement().is_empty());
            for (name, value) in assumption.conditions() {
                let mut parameters = protocol.behaviour.parameters.iter();
                let parameter = parameters.find(|it| it.name == name.name());
                let values = [
                    value.parse().ok().map(ParameterValue::Flag),
                    value.parse().ok().map(ParameterValue::Integer),
                    Some(ParameterValue::Choice(value.to_owned())),
                ];
                let admits = |it: &Parameter| values.iter().flatten().any(|value| it.admits(value));
                assert!(parameter.is_some_and(admits), "{name} of {}", protocol.id);
            }
        }
    }
}

#[test]
fn parameter_admits_its_default_and_has_a_help_text() {
    for (_, protocol) in protocols::catalogue() {
        let parameters = protocol.behaviour.parameters;
        assert_unique(parameters.iter().map(|parameter| parameter.name));
        for parameter in parameters {
            assert!(is_kebab_case(parameter.name), "{}", parameter.name);
            assert!(parameter.admits(&parameter.default()), "{}", parameter.name);
            assert!(parameter.help.ends_with('.'), "{}: {}", parameter.name, parameter.help);
            assert!(!parameter.expected().is_empty());
        }
    }
}

#[test]
fn parameter_written_with_its_default_changes_nothing() {
    for (_, protocol) in protocols::catalogue() {
        let mut scenario = scenario(protocol.id, 3, 10);
        if let Some(kind) = protocol.behaviour.requests.first() {
            let with = random_value(kind.with, &scenario.nodes, &mut Chance::new(1), 1);
            scenario.ask(0, node(0), kind.name, with);
        }
        let silent = run_valid(&scenario);
        let default = |it: &Parameter| (it.name.to_owned(), it.default());
        scenario.params = protocol.behaviour.parameters.iter().map(default).collect();
        assert_eq!(silent, run_valid(&scenario));
    }
}

#[test]
fn request_of_every_kind_is_read_and_written() {
    let nodes = Scenario::numbered(3);
    let mut chance = Chance::new(1);
    for (_, protocol) in protocols::catalogue() {
        for kind in protocol.behaviour.requests {
            assert!(is_kebab_case(kind.name) && kind.help.ends_with('.'), "{kind:?}");
            let read = protocol.behaviour.read_request;
            for number in 1..=30 {
                let with = random_value(kind.with, &nodes, &mut chance, number);
                let packet = read(kind.name, with.as_ref(), &nodes);
                let packet = packet.unwrap_or_else(|why| panic!("{kind:?} of {with:?}: {why}"));
                assert!(packet.to_string().starts_with(kind.name), "{packet}");
            }
            let refused = read(kind.name, Some(&json!({"no": "such value"})), &nodes);
            assert!(refused.is_err_and(|expected| !expected.is_empty()), "{kind:?}");
        }
    }
}

#[test]
fn states_and_payloads_serialise_at_every_moment() {
    for (_, protocol) in protocols::catalogue() {
        for seed in 0..CONFORMANCE.runs() {
            let scenario = random_scenario(protocol, &mut Chance::new(seed), Weather::Foul);
            let plan = Plan::new(protocol, &scenario).expect("random requests are valid");
            let (mut simulation, mut trace) = (Simulation::new(&plan), Trace::default());
            while simulation.step(&plan, &mut trace) {
                for index in 0..scenario.nodes.len() {
                    assert!(simulation.inspect(node(index)).is_object());
                }
            }
            for message in &trace.messages {
                assert!(!message.packet.inspect().is_null());
                assert!(!message.packet.to_string().is_empty());
            }
            for event in &trace.events {
                if let EventKind::Indicate { kind, packet } = &event.kind {
                    assert!(!packet.inspect().is_null() && packet.to_string().starts_with(kind));
                }
            }
        }
    }
}

/// The protocols that carry broadcasts, and nothing else.
fn broadcasts() -> impl Iterator<Item = (&'static Family, &'static Protocol)> {
    protocols::catalogue().filter(|(_, protocol)| {
        let requests = protocol.behaviour.requests;
        requests.len() == 1 && requests[0].name == "broadcast"
    })
}

#[test]
fn protocol_samples_its_stated_metrics() {
    for (_, protocol) in protocols::catalogue() {
        assert_unique(protocol.metrics.iter().map(|metric| metric.name));
        let mut samples = 0;
        for seed in 0..CONFORMANCE.runs() {
            let scenario = random_scenario(protocol, &mut Chance::new(seed), Weather::Foul);
            for sample in run_valid(&scenario).samples {
                assert_eq!(sample.values.len(), protocol.metrics.len(), "{}", protocol.id);
                samples += 1;
            }
        }
        assert_eq!(samples == 0, protocol.metrics.is_empty(), "{}", protocol.id);
        for metric in protocol.metrics {
            assert!(metric.help.ends_with('.') && !metric.unit.is_empty(), "{metric:?}");
        }
    }
}

/// Protocols with messages that carry several broadcasts, of which `carries` tells none.
const CARRY_SEVERAL: [&str; 1] = ["gossip"];

#[test]
fn broadcast_protocol_delivers_only_received_broadcasts() {
    for (_, protocol) in broadcasts().filter(|it| !CARRY_SEVERAL.contains(&it.1.id)) {
        let mut delivered = 0;
        for seed in 0..CONFORMANCE.runs() {
            let mut scenario = random_scenario(protocol, &mut Chance::new(seed), Weather::Fair);
            scenario.faults.clear();
            let trace = run_valid(&scenario);
            let mut came: BTreeSet<(NodeId, Carried)> = BTreeSet::new();
            let mut asked = vec![0; scenario.nodes.len()];
            for event in &trace.events {
                let at = event.node;
                match &event.kind {
                    EventKind::Request { .. } => {
                        asked[at.index()] += 1;
                        came.insert((at, (at, asked[at.index()])));
                    }
                    EventKind::Receive(message) => {
                        let message = &trace.messages[*message];
                        let carries = protocol.behaviour.carries;
                        let carried = carries(message.name.from, &message.packet);
                        came.extend(carried.map(|carried| (at, carried)));
                    }
                    EventKind::Indicate { packet, .. } => {
                        let Some(carried) = (protocol.behaviour.delivers)(packet) else { continue };
                        assert!(came.contains(&(at, carried)), "{}: {carried:?}", protocol.id);
                        delivered += 1;
                    }
                    _ => {}
                }
            }
        }
        assert!(delivered > 50, "{} delivered {delivered} messages", protocol.id);
    }
}

#[test]
fn broadcast_protocol_after_recovery_delivers_again() {
    for (_, protocol) in broadcasts() {
        let mut scenario = scenario(protocol.id, 3, 10);
        for index in 0..3 {
            scenario.requests.push(broadcast(0, index, "before"));
            scenario.faults.push(crash(50, index, None));
            scenario.faults.push(Fault::Recover { node: node(index), at: 60 });
        }
        scenario.requests.push(broadcast(70, 0, "after"));
        let trace = run_valid(&scenario);
        let delivered = |event: &&worldlines::kernel::Event| {
            event.time >= 70 && matches!(event.kind, EventKind::Indicate { .. })
        };
        let by: BTreeSet<_> =
            trace.events.iter().filter(delivered).map(|event| event.node).collect();
        assert_eq!(by.len(), 3, "{}: all nodes deliver again", protocol.id);
        assert!(trace.unused_faults.is_empty() && trace.unused_requests.is_empty());
    }
}
