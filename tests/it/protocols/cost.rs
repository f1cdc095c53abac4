//! Cost of one operation without failures: counted, and by the formula.

use worldlines::{
    kernel::{Cost, Domain, ParameterValue, ParameterValues, Protocol, Trace},
    protocols,
    runs::cost,
};

use crate::common::{broadcast, run_valid, scenario};

/// Every combination of the choices of a protocol that the operation does not fix; numbers
/// and flags at their defaults.
fn variants(protocol: &Protocol, fixed: &ParameterValues) -> Vec<ParameterValues> {
    let mut variants = vec![fixed.clone()];
    for parameter in protocol.behaviour.parameters {
        let Domain::Choice { choices, .. } = parameter.domain else { continue };
        if fixed.contains_key(parameter.name) {
            continue;
        }
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

/// The operation, performed with these parameters.
fn perform(protocol: &Protocol, cost: &Cost, nodes: usize, params: ParameterValues) -> Trace {
    let mut scenario = cost::scenario(protocol, cost, nodes);
    scenario.params = params;
    run_valid(&scenario)
}

#[test]
fn operation_costs_what_its_formula_says() {
    for (_, protocol) in protocols::catalogue() {
        for cost in protocol.costs {
            for nodes in cost.least..=16 {
                let context = format!("{}: {}, {nodes} nodes", protocol.id, cost.operation);
                let row = cost::measure(protocol, cost, nodes).expect("the formula can be read");
                assert_eq!(row.counted, row.formula, "{context}");
                assert!(row.counted > 0, "{context}: nothing is sent");
                let fixed = cost::scenario(protocol, cost, nodes).params;
                for params in variants(protocol, &fixed) {
                    let trace = perform(protocol, cost, nodes, params.clone());
                    assert_eq!(trace.sends(), row.formula, "{context} {params:?}");
                }
            }
        }
    }
}

#[test]
fn cost_is_counted_in_runs_without_faults() {
    for (_, protocol) in protocols::catalogue() {
        for cost in protocol.costs {
            let scenario = cost::scenario(protocol, cost, cost.least);
            assert!(scenario.faults.is_empty(), "{}: {}", protocol.id, cost.operation);
            let trace = run_valid(&scenario);
            let at_rest = trace.quiescent || !protocol.rests(&scenario);
            assert!(at_rest && trace.unused_requests.is_empty(), "{}", protocol.id);
        }
    }
}

#[test]
fn source_tree_with_a_hop_bound_saves_messages() {
    let messages = |max_crashes: u32| {
        let mut scenario = scenario("reliable-broadcast", 4, 10);
        let value = ParameterValue::Integer(max_crashes);
        scenario.params.insert("max-crashes".to_owned(), value);
        scenario.requests = vec![broadcast(0, 0, "m")];
        run_valid(&scenario).sends()
    };
    assert_eq!(messages(0), 3, "no process relays");
    assert_eq!(
        messages(1),
        12,
        "the first copy of each process has made no hop yet, and is relayed"
    );
}
