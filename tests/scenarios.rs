//! What is said of every bundled scenario, by a table written by hand.

mod common;

use std::collections::BTreeSet;

use common::{bundled, protocol};
use worldlines::{
    formats,
    kernel::{Class, Report, Rule, Scenario, Trace, Verdict, report, run},
};

/// What is expected of one scenario. Every property that is not named holds.
struct Expected {
    path: &'static str,
    violated: &'static [&'static str],
    class: Class,
    /// What was relied on and broken, in the protocol's order.
    broke: &'static [Rule],
}

const fn holds(path: &'static str) -> Expected {
    Expected { path, violated: &[], class: Class::Masking, broke: &[] }
}

const EXPECTED: &[Expected] = &[
    Expected {
        path: "ordering/causal-multicast/concurrent-messages",
        violated: &["total order"],
        class: Class::Masking,
        broke: &[],
    },
    Expected {
        path: "ordering/causal-multicast/question-never-comes",
        violated: &["agreement"],
        class: Class::FailSafe,
        broke: &[Rule::RequestersStayUp],
    },
    holds("ordering/causal-multicast/reply-overtakes"),
    holds("reliable/best-effort-broadcast/receiver-crashes"),
    Expected {
        path: "reliable/best-effort-broadcast/sender-crashes-half-way",
        violated: &["agreement", "uniform agreement"],
        class: Class::FailSafe,
        broke: &[Rule::RequestersStayUp],
    },
    Expected {
        path: "reliable/reliable-broadcast/delivered-but-not-relayed",
        violated: &["uniform agreement"],
        class: Class::Masking,
        broke: &[],
    },
    Expected {
        path: "reliable/reliable-broadcast/lost-copies",
        violated: &["agreement", "uniform agreement"],
        class: Class::FailSafe,
        broke: &[Rule::ReliableChannels],
    },
    Expected {
        path: "reliable/reliable-broadcast/more-crashes-than-hops",
        violated: &["agreement", "uniform agreement"],
        class: Class::FailSafe,
        broke: &[Rule::AtMostCrashes("max-crashes")],
    },
    holds("reliable/reliable-broadcast/sender-crashes-half-way"),
    holds("reliable/uniform-broadcast/crash-is-detected"),
    holds("reliable/uniform-broadcast/majority-goes-on"),
    holds("reliable/uniform-broadcast/nobody-delivers-too-early"),
    Expected {
        path: "reliable/uniform-broadcast/waits-for-ever",
        violated: &["validity"],
        class: Class::FailSafe,
        broke: &[Rule::CrashesAreDetected],
    },
];

/// The catalogue's column *breaks when*: protocol, property, and the assumption that is broken for it;
/// none where the protocol never promised it.
const BREAKS_WHEN: &[(&str, &str, Option<Rule>)] = &[
    ("best-effort-broadcast", "agreement", Some(Rule::RequestersStayUp)),
    ("reliable-broadcast", "uniform agreement", None),
    ("reliable-broadcast", "agreement", Some(Rule::AtMostCrashes("max-crashes"))),
    ("reliable-broadcast", "agreement", Some(Rule::ReliableChannels)),
    ("uniform-broadcast", "validity", Some(Rule::CrashesAreDetected)),
    ("causal-multicast", "total order", None),
];

fn outcome(path: &str, text: &str) -> (Scenario, Trace, Report) {
    let scenario =
        formats::scenario::read(text).unwrap_or_else(|problem| panic!("{path}: {problem:?}"));
    let protocol = protocol(&scenario.protocol);
    let trace = run(protocol, &scenario).expect("the reader has checked the requests");
    let report = report(protocol, &scenario, &trace);
    (scenario, trace, report)
}

#[test]
fn every_bundled_scenario_has_the_verdicts_of_the_table() {
    let bundled = bundled();
    let paths: Vec<&str> = bundled.iter().map(|(path, _)| path.as_str()).collect();
    let expected: Vec<&str> = EXPECTED.iter().map(|expected| expected.path).collect();
    assert_eq!(paths, expected, "the table lists every bundled scenario, sorted");
    for ((path, text), expected) in bundled.iter().zip(EXPECTED) {
        let (_, trace, report) = outcome(path, text);
        assert!(trace.quiescent, "{path} ends before it is at rest");
        for judgement in &report.judgements {
            let named = expected.violated.contains(&judgement.property.name);
            let status = judgement.verdict.status();
            let wanted = if named { "violated" } else { "holds" };
            assert_eq!(status, wanted, "{path}: {judgement:?}");
        }
        let judged: Vec<_> = report.judgements.iter().map(|it| it.property.name).collect();
        assert!(expected.violated.iter().all(|name| judged.contains(name)), "{path}: {judged:?}");
        assert_eq!(report.class, Some(expected.class), "{path}");
        let broke: Vec<_> = report.breaches.iter().map(|breach| breach.rule).collect();
        assert_eq!(broke, expected.broke, "{path}: {:?}", report.breaches);
    }
}

#[test]
fn a_violated_promise_is_put_down_to_a_broken_assumption() {
    for (path, text) in bundled() {
        let (_, trace, report) = outcome(&path, &text);
        for judgement in &report.judgements {
            let violated = matches!(judgement.verdict, Verdict::Violated { .. });
            if violated && judgement.promised {
                let breach = report.broke(judgement, &trace);
                assert!(breach.is_some_and(|it| !it.culprit.is_empty()), "{path}: {judgement:?}");
            }
        }
    }
}

#[test]
fn every_way_to_break_of_the_catalogue_has_its_scenario() {
    let outcomes: Vec<_> = bundled().iter().map(|(path, text)| outcome(path, text)).collect();
    for (id, property, rule) in BREAKS_WHEN {
        let shown = outcomes.iter().any(|(scenario, _, report)| {
            let violated = report.judgements.iter().any(|judgement| {
                judgement.property.name == *property && judgement.verdict.is_violated()
            });
            let broke = report.breaches.first().map(|breach| breach.rule);
            scenario.protocol == *id && violated && broke == *rule
        });
        assert!(shown, "no scenario shows {property} of {id} broken by {rule:?}");
    }
}

#[test]
fn every_bundled_scenario_says_what_to_look_at() {
    for (path, text) in bundled() {
        let (scenario, trace, _) = outcome(&path, &text);
        assert!(!scenario.title.is_empty() && !scenario.captions.is_empty(), "{path}");
        assert!(trace.unused_faults.is_empty(), "{path} has a fault that meets nothing");
        assert!(trace.unused_requests.is_empty(), "{path} has a request that meets nothing");
        let times: BTreeSet<_> = trace.events.iter().map(|event| event.time).collect();
        for caption in &scenario.captions {
            assert!(caption.at <= scenario.until, "{path}: {caption:?}");
        }
        let last = times.last().copied().unwrap_or(0);
        assert!(scenario.until <= 2 * last, "{path} goes on long after its last event");
        let parts: Vec<_> = path.split('/').collect();
        assert_eq!(
            parts.get(1),
            Some(&scenario.protocol.as_str()),
            "{path} is in the wrong folder"
        );
    }
}
