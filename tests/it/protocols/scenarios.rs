//! Verdicts of every bundled scenario: exactly those that its protocol's file states. A scenario that is in
//! none of the ways to break its protocol violates no property.

use std::collections::BTreeSet;

use worldlines::{
    analysis::{Class, Report, report},
    formats,
    formats::scenario::goal_of,
    kernel::{Break, Kind, Rule, Scenario, Trace, Verdict, run},
    protocols,
    runs::Want,
};

use crate::common::{bundled, protocol};

fn outcome(path: &str, text: &str) -> (Scenario, Trace, Report) {
    let scenario =
        formats::scenario::read(text).unwrap_or_else(|problem| panic!("{path}: {problem:?}"));
    let protocol = protocol(&scenario.protocol);
    let trace = run(protocol, &scenario).expect("the reader has checked the requests");
    let report = report(protocol, &scenario, &trace);
    (scenario, trace, report)
}

/// The ways to break a protocol that this scenario of it shows.
fn ways<'a>(path: &str, scenario: &Scenario) -> Vec<&'a Break> {
    let name = path.rsplit('/').next();
    let breaks = protocol(&scenario.protocol).breaks.iter();
    breaks.filter(|way| Some(way.scenario) == name).collect()
}

/// True if the first violation is the exercise: the rest is as in every scenario.
fn begins_broken(scenario: &Scenario) -> bool {
    goal_of(scenario).is_some_and(|goal| matches!(goal.want, Want::Keep(_)))
}

#[test]
fn bundled_scenario_has_exactly_the_stated_verdicts() {
    for (path, text) in bundled() {
        let (scenario, trace, report) = outcome(&path, &text);
        let protocol = protocol(&scenario.protocol);
        // Exercises that begin with a violation are in tests/it/runs/exercises.rs.
        if begins_broken(&scenario) {
            continue;
        }
        let ways = ways(&path, &scenario);
        assert!(ways.len() <= 1, "{path} is in {} ways to break", ways.len());
        let way = ways.first();
        let rests = trace.quiescent || !protocol.rests(&scenario) || way.is_some();
        assert!(rests, "{path} ends before it is at rest");
        let violated: Vec<_> = report
            .judgements
            .iter()
            .filter(|judgement| judgement.verdict.is_violated())
            .map(|judgement| judgement.property.name)
            .collect();
        let expected: Vec<_> =
            way.iter().flat_map(|way| way.violates).map(|property| property.name).collect();
        assert_eq!(violated, expected, "{path}: {:#?}", report.judgements);
        let undecided = |verdict: &Verdict| matches!(verdict, Verdict::Undecided(_));
        assert!(!report.judgements.iter().any(|it| undecided(&it.verdict)), "{path}");
        let broke: Vec<_> = report.breaches.iter().map(|breach| breach.rule).collect();
        let expected: Vec<_> = way.iter().flat_map(|way| way.broken).copied().collect();
        // An exercise may use a parameter that is a deliberate mistake.
        let broke: Vec<_> = match scenario.goal {
            Some(_) => {
                broke.into_iter().filter(|it| !matches!(it, Rule::ParameterIs(..))).collect()
            }
            None => broke,
        };
        assert_eq!(broke, expected, "{path}: {:#?}", report.breaches);
    }
}

#[test]
fn bundled_scenario_has_the_class_of_its_violated_promises() {
    for (path, text) in bundled() {
        let (scenario, _, report) = outcome(&path, &text);
        let promises = protocol(&scenario.protocol).promises;
        if begins_broken(&scenario) {
            continue;
        }
        let ways = ways(&path, &scenario);
        let broken = |kind| {
            let mut violated = ways.iter().flat_map(|way| way.violates);
            violated.any(|property| property.kind == kind && promises.contains(property))
        };
        let class = match (broken(Kind::Safety), broken(Kind::Liveness)) {
            (false, false) => Class::Masking,
            (false, true) => Class::FailSafe,
            (true, false) => Class::NonMasking,
            (true, true) => Class::Intolerant,
        };
        assert_eq!(report.class, Some(class), "{path}");
    }
}

#[test]
fn stated_break_violates_something_and_has_its_scenario() {
    let bundled: BTreeSet<_> = bundled().into_iter().map(|(path, _)| path).collect();
    for (family, protocol) in protocols::catalogue() {
        for way in protocol.breaks {
            let path = format!("{}/{}/{}", family.id, protocol.id, way.scenario);
            assert!(bundled.contains(&path), "{path}, for when {}", way.when);
            assert!(!way.violates.is_empty() && !way.when.is_empty(), "{path}");
            let promised = way.violates.iter().any(|it| protocol.promises.contains(it));
            assert_eq!(
                promised,
                !way.broken.is_empty(),
                "{path}: a promise is broken by something"
            );
        }
        let holds = bundled.iter().any(|path| {
            let mut parts = path.rsplit('/');
            let (name, id) = (parts.next(), parts.next());
            id == Some(protocol.id) && !protocol.breaks.iter().any(|it| Some(it.scenario) == name)
        });
        assert!(holds, "{} has no scenario in which all holds", protocol.id);
    }
}

#[test]
fn violated_promise_of_a_bundled_scenario_has_a_broken_assumption() {
    for (path, text) in bundled() {
        let (_, trace, report) = outcome(&path, &text);
        for judgement in &report.judgements {
            if judgement.verdict.is_violated() && judgement.promised {
                let breach = report.broke(judgement, &trace);
                assert!(breach.is_some_and(|it| !it.culprit.is_empty()), "{path}: {judgement:?}");
            }
        }
    }
}

#[test]
fn bundled_scenario_has_a_title_and_captions() {
    for (path, text) in bundled() {
        let (scenario, trace, _) = outcome(&path, &text);
        assert!(!scenario.title.is_empty() && !scenario.captions.is_empty(), "{path}");
        assert!(trace.unused_faults.is_empty(), "{path} has a fault that meets nothing");
        assert!(trace.unused_requests.is_empty(), "{path} has a request that meets nothing");
        let last = trace.events.last().map_or(0, |event| event.time);
        for caption in &scenario.captions {
            assert!(caption.at <= scenario.until, "{path}: {caption:?}");
        }
        // An exercise leaves time for a reader's faults.
        let room = if scenario.goal.is_some() { 4 } else { 2 };
        assert!(scenario.until <= room * last, "{path} goes on long after its last event");
        let parts: Vec<_> = path.split('/').collect();
        assert_eq!(
            parts.get(1),
            Some(&scenario.protocol.as_str()),
            "{path} is in the wrong folder"
        );
    }
}
