//! Requests that a run lacks so that a property can be violated in it.

use worldlines::{
    app::{Action, Edit, State, lacks, reduce},
    formats::{bundled, scenario, search::Asked},
    kernel::{Protocol, Scenario},
    protocols,
    runs::Outcome,
    search::{Budget, Search, Target, Workers},
};

use crate::common::protocol;

fn opened(scenario: Scenario) -> State {
    reduce(&State::opening(), Action::Apply(Edit::Replace(Box::new(scenario))))
}

/// Names of the violated properties.
fn violated(outcome: &Outcome) -> impl Iterator<Item = &'static str> {
    let judgements = outcome.report.judgements.iter();
    judgements.filter(|it| it.verdict.is_violated()).map(|it| it.property.name)
}

fn all_properties(protocol: &'static Protocol) -> impl Iterator<Item = &'static str> {
    protocol.properties().map(|(property, _)| property.name)
}

#[test]
fn run_that_violates_a_property_lacks_nothing_for_it() {
    let mut checked = 0;
    for bundled in bundled::bundled() {
        let Ok(scenario) = bundled.scenario() else { continue };
        let Ok(outcome) = Outcome::of(scenario.clone()) else { continue };
        if outcome.trace.events.len() > 5_000 {
            continue;
        }
        let names: Vec<_> = violated(&outcome).collect();
        if names.is_empty() {
            continue;
        }
        let state = opened(scenario);
        for name in names {
            let lacking = lacks(&state.run, Some(name));
            assert!(lacking.is_empty(), "{}, {name}: {lacking:?}", bundled.path());
            checked += 1;
        }
    }
    assert!(checked > 50, "only {checked} violations");
}

#[test]
fn offered_requests_add_what_a_run_lacks() {
    let mut added = 0;
    for (_, protocol) in protocols::catalogue() {
        let Some(best) = bundled::best_of(protocol) else { continue };
        let mut bare = best.scenario().expect("it is a scenario");
        (bare.requests, bare.faults, bare.captions, bare.goal) = <_>::default();
        for property in all_properties(protocol) {
            let mut state = opened(bare.clone());
            for round in 0.. {
                let lacking = lacks(&state.run, Some(property));
                let Some(lack) = lacking.first() else { break };
                assert!(round < 4, "{} still lacks something: {lack:?}", protocol.id);
                let (words, edit) = lack.add.clone().expect("it can be added");
                assert!(words.starts_with("Add "), "{words}");
                let next = reduce(&state, Action::Apply(edit));
                assert!(next.refused.is_none(), "{}: {words}", protocol.id);
                assert_eq!(next.undo.len(), state.undo.len() + 1, "it is undone like any change");
                state = next;
                added += 1;
            }
        }
        let lacking = lacks(&opened(bare).run, None);
        let has_requests = !protocol.behaviour.requests.is_empty();
        assert_eq!(lacking.len(), usize::from(has_requests), "{}", protocol.id);
    }
    assert!(added > 50, "only {added} requests");
}

#[test]
fn causal_order_is_violated_only_after_the_lacking_broadcast_was_added() {
    let given = r#"{"version": 1, "protocol": "fifo-multicast", "nodes": ["Alice", "Bob", "Carol"],
        "requests": [{"at": 10, "node": "Alice", "do": "broadcast", "with": "m1"}]}"#;
    let state = opened(scenario::read(given).expect("it is a scenario"));
    let lacking = lacks(&state.run, Some("causal order"));
    let [lack] = lacking.as_slice() else { panic!("{lacking:?}") };
    assert_eq!(
        lack.sentence,
        "A violation of causal order needs 2 broadcasts at different nodes, which this run lacks."
    );
    let (_, edit) = lack.add.clone().expect("it can be added");
    let found = |state: &State| {
        let mut asked = Asked::of(state.scenario().clone()).expect("its protocol is known");
        let properties = protocol("fifo-multicast").properties().map(|(property, _)| property);
        let causal = properties.filter(|it| it.name == "causal order").map(Target::Violation);
        (asked.targets, asked.limit, asked.inside_model) = (causal.collect(), 2_000, true);
        asked.budget = Budget::read("delay=1").expect("it is a budget");
        let mut search = Search::new(asked.task()).expect("it can be searched");
        let mut found = false;
        while !search.is_over() {
            found |= !search.advance(Workers::ONE).is_empty();
        }
        found
    };
    assert!(!found(&state));
    assert!(found(&reduce(&state, Action::Apply(edit))));
}
