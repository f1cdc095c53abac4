//! Nodes are identified by their places in `nodes`. Renaming them changes only displayed names, and
//! nothing else: no delay, no chance event, no tie, no choice of a process, no digest.

use serde_json::Value as Json;
use worldlines::{
    analysis::report,
    formats::scenario::goal_of,
    formats::{self, bundled, digest::digest},
    kernel::{Fault, Scenario},
    protocols,
    runs::Outcome,
    runs::Want,
};

use crate::common::{
    budget::COMPARED,
    chance::Chance,
    random_scenario::{Weather, random_scenario},
    run_valid,
};

/// Names whose order and spelling differ from those of P1 to Pn.
const ODD: [&str; 8] = ["z", "Ärger ✓", "\"", "0", "P1", "node 10", "ß", "node 9"];

/// The same scenario, with its nodes renamed to `names` everywhere.
fn renamed(scenario: &Scenario, names: &[&str]) -> Scenario {
    let mut renamed = scenario.clone();
    for (place, name) in renamed.nodes.iter_mut().enumerate() {
        names[place].clone_into(name);
    }
    let rename = |json: &mut Json| rename(json, &scenario.nodes, &renamed.nodes);
    for request in &mut renamed.requests {
        request.with.iter_mut().for_each(rename);
    }
    for fault in &mut renamed.faults {
        if let Fault::Forge { with, .. } = fault {
            rename(with);
        }
    }
    renamed
}

fn rename(json: &mut Json, before: &[String], after: &[String]) {
    match json {
        Json::String(text) => {
            if let Some(place) = before.iter().position(|name| name == text) {
                after[place].clone_into(text);
            }
        }
        Json::Array(values) => values.iter_mut().for_each(|it| rename(it, before, after)),
        Json::Object(fields) => fields.values_mut().for_each(|it| rename(it, before, after)),
        _ => {}
    }
}

/// Odd names in a random order, one for each node.
fn odd_names(size: usize, chance: &mut Chance) -> Vec<&'static str> {
    let mut names = ODD.to_vec();
    for place in (1..names.len()).rev() {
        names.swap(place, chance.below(place + 1));
    }
    names.truncate(size);
    names
}

#[test]
fn random_scenario_with_renamed_nodes_has_the_same_events_verdicts_and_digest() {
    for (_, protocol) in protocols::catalogue() {
        for seed in 0..COMPARED.runs() {
            let mut chance = Chance::new(seed);
            let scenario = random_scenario(protocol, &mut chance, Weather::Foul);
            let other = renamed(&scenario, &odd_names(scenario.nodes.len(), &mut chance));
            assert_ne!(scenario.nodes, other.nodes);
            let (trace, other_trace) = (run_valid(&scenario), run_valid(&other));
            // Within a run a node is its place, so the two are the same, packets included.
            assert_eq!(trace, other_trace, "{scenario:#?}");
            assert_eq!(digest(protocol, &scenario, &trace), digest(protocol, &other, &other_trace));
            let reports =
                [report(protocol, &scenario, &trace), report(protocol, &other, &other_trace)];
            let [judged, judged_other] = reports.map(|it| it.judgements);
            assert_eq!(judged, judged_other, "{scenario:#?}");
        }
    }
}

/// In JSON each name is replaced by the other.
#[test]
fn bundled_scenario_with_renamed_nodes_differs_in_names_only() {
    let names = ["Zoë", "Yan", "Xu", "Wim", "Vi", "Uwe", "Tom", "Sue"];
    for bundled in bundled::bundled() {
        let scenario = bundled.scenario().expect("a bundled scenario is read");
        if scenario.nodes.len() > names.len() || has_names_in_texts(&scenario) {
            continue;
        }
        let before = Outcome::of(scenario.clone()).expect("it runs");
        let after = Outcome::of(renamed(&scenario, &names)).expect("it runs");
        // Placeholders of one length and one order, so that only the names can differ.
        let place = |index: usize| format!("\u{E100}{index}\u{E101}");
        let neutral = |outcome: &Outcome| {
            let places: Vec<String> = (0..outcome.scenario.nodes.len()).map(place).collect();
            let mut json: Json = serde_json::from_str(&outcome.json()).expect("a trace is JSON");
            replace(&mut json, &outcome.scenario.nodes, &places);
            json
        };
        assert_eq!(neutral(&before), neutral(&after), "{}", bundled.path());
        assert_eq!(before.digest(), after.digest(), "{}", bundled.path());
    }
}

/// If a payload or a word of the run spells a node's name, a text is ambiguous.
fn has_names_in_texts(scenario: &Scenario) -> bool {
    let text = formats::scenario::write(scenario);
    scenario.nodes.iter().any(|name| name.len() < 2 || text.contains(&name.to_lowercase()))
}

fn replace(json: &mut Json, names: &[String], places: &[String]) {
    let spell = |text: &str| {
        // Longest first: `P1` is the beginning of `P10`.
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by_key(|&it| std::cmp::Reverse(names[it].len()));
        order.iter().fold(text.to_owned(), |text, &it| text.replace(&names[it], &places[it]))
    };
    match json {
        Json::String(text) => *text = spell(text),
        Json::Array(values) => values.iter_mut().for_each(|it| replace(it, names, places)),
        Json::Object(fields) => {
            *fields = std::mem::take(fields)
                .into_iter()
                .map(|(name, mut value)| {
                    replace(&mut value, names, places);
                    (spell(&name), value)
                })
                .collect();
        }
        _ => {}
    }
}

#[test]
fn scenario_with_another_title_and_no_captions_has_the_same_digest() {
    for bundled in bundled::bundled() {
        let scenario = bundled.scenario().expect("a bundled scenario is read");
        let digest = Outcome::of(scenario.clone()).expect("it runs").digest();
        let mut worded = scenario.clone();
        worded.title = "Another title".to_owned();
        worded.captions.clear();
        if !goal_of(&scenario).is_some_and(|goal| matches!(goal.want, Want::Keep(_))) {
            worded.goal = None;
        }
        let outcome = Outcome::of(worded).expect("it runs");
        assert_eq!(outcome.digest(), digest, "{}", bundled.path());
    }
}
