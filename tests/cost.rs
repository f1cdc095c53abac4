//! What one operation costs when nothing fails, counted.

mod common;

use common::{broadcast, run_valid, scenario};
use worldlines::{
    kernel::{Domain, ParameterValue, ParameterValues, Protocol},
    protocols,
};

/// The formulas of the catalogue, by what they say.
fn formula(text: &str) -> fn(usize) -> usize {
    match text {
        "n − 1" => |n| n - 1,
        "n(n − 1)" => |n| n * n - n,
        _ => panic!("{text}: add this formula to the test"),
    }
}

/// Every combination of the words that a protocol can be tuned by; numbers and flags at their defaults.
fn variants(protocol: &Protocol) -> Vec<ParameterValues> {
    let mut variants = vec![ParameterValues::new()];
    for parameter in protocol.behaviour.parameters {
        let Domain::Choice { choices, .. } = parameter.domain else { continue };
        let with = |values: &ParameterValues, word: &str| {
            let mut values = values.clone();
            values.insert(parameter.name.to_owned(), ParameterValue::Choice(word.to_owned()));
            values
        };
        variants = variants
            .iter()
            .flat_map(|values| choices.iter().map(|(word, _)| with(values, word)))
            .collect();
    }
    variants
}

#[test]
fn one_broadcast_costs_what_the_formula_says() {
    for (_, protocol) in protocols::catalogue() {
        let Some(cost) = protocol.cost else { continue };
        for params in variants(protocol) {
            for nodes in 2..=9 {
                let mut scenario = scenario(protocol.id, nodes, 10);
                scenario.params = params.clone();
                scenario.requests = vec![broadcast(0, nodes - 1, "m")];
                let trace = run_valid(&scenario);
                assert!(trace.quiescent);
                let context = format!("{} {params:?}, {nodes} nodes", protocol.id);
                assert_eq!(trace.sends(), (cost.messages)(nodes), "{context}");
                assert_eq!(trace.sends(), formula(cost.formula)(nodes), "{context}");
            }
        }
    }
}

#[test]
fn a_bound_on_the_hops_saves_messages() {
    let messages = |max_crashes: u32| {
        let mut scenario = scenario("reliable-broadcast", 4, 10);
        let value = ParameterValue::Integer(max_crashes);
        scenario.params.insert("max-crashes".to_owned(), value);
        scenario.requests = vec![broadcast(0, 0, "m")];
        run_valid(&scenario).sends()
    };
    assert_eq!(messages(0), 3, "nobody relays");
    assert_eq!(messages(1), 12, "everybody's first copy has made no hop yet, and is relayed");
}
