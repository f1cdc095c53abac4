//! The rules of a valid scenario, as edits apply them, are those of the reader of JSON.

use serde_json::{Value as Json, json};
use worldlines::{
    formats::{
        bundled,
        scenario::{self, MAX_CAPTION, MAX_NAME, MAX_TITLE},
    },
    kernel::{
        Caption, Delay, Detector, Fault, LinkSpec, MAX_BIT, MAX_BITS, MAX_RATE, MAX_TIME,
        MessageName, NodeSet, PerMillion, RequestSpec, Scenario, Side, Timing, Topology,
    },
    protocols,
};

use crate::common::{node, protocol};

type Change = fn(&mut Scenario);

fn message(from: usize, to: usize, number: u32) -> MessageName {
    MessageName { from: node(from), to: node(to), number }
}

fn set_param(scenario: &mut Scenario, name: &str, value: u64) {
    scenario.params.insert(name.to_owned(), (value as u32).into());
}

fn link(from: usize, to: usize) -> LinkSpec {
    let delay = Delay { min: 1, max: 2 };
    LinkSpec { from: node(from), to: node(to), delay, rate: None, queue: None }
}

/// Changes that break a rule, or only the canonical form.
const CHANGES: &[Change] = &[
    |it| it.title = "t".repeat(MAX_TITLE + 1),
    |it| it.title = "two\nlines".to_owned(),
    |it| it.title = "\u{e001}".to_owned(),
    |it| it.nodes[1] = it.nodes[0].clone(),
    |it| it.nodes[1] = String::new(),
    |it| it.nodes[1] = "A>B".to_owned(),
    |it| it.nodes[1] = "n".repeat(MAX_NAME + 1),
    |it| it.protocol = "small-talk".to_owned(),
    |it| it.seed = u64::MAX,
    |it| it.until = 0,
    |it| it.until = MAX_TIME + 1,
    |it| it.network.delay = Delay { min: 5, max: 4 },
    |it| it.network.delay = Delay { min: 5, max: MAX_TIME + 1 },
    |it| it.network.loss = PerMillion(1_000_001),
    |it| it.network.timing = Timing::Synchronous(MAX_TIME + 1),
    |it| it.network.detector = Detector::Perfect(MAX_TIME + 1),
    |it| it.network.links = vec![link(0, 0)],
    |it| it.network.links = vec![link(0, 1), link(1, 0), link(0, 1)],
    |it| it.network.links = vec![LinkSpec { queue: Some(1), ..link(0, 1) }],
    |it| it.network.links = vec![LinkSpec { rate: Some(0), ..link(0, 1) }],
    |it| {
        let queue = Some(MAX_RATE + 1);
        it.network.links = vec![LinkSpec { rate: Some(1), queue, ..link(0, 1) }];
    },
    |it| {
        let links = vec![[node(1), node(0)], [node(1), node(2)]];
        it.network.topology = Topology::Links { links, routers: NodeSet::EMPTY };
    },
    |it| {
        let links = vec![[node(0), node(1)], [node(1), node(0)]];
        it.network.topology = Topology::Links { links, routers: NodeSet::EMPTY };
    },
    |it| {
        let links = vec![[node(2), node(2)]];
        it.network.topology = Topology::Links { links, routers: NodeSet::EMPTY };
    },
    |it| it.requests[0].at = MAX_TIME + 1,
    |it| it.requests[0].name = "brodcast".to_owned(),
    |it| it.requests[0].with = None,
    |it| it.requests[0].with = Some(json!("t".repeat(5000))),
    |it| it.requests[0].with = Some(json!("\u{e001}")),
    |it| it.requests[0].with = Some(json!(0.123_456_789)),
    |it| it.faults = vec![Fault::Drop { message: message(1, 1, 1) }],
    |it| it.faults = vec![Fault::Drop { message: message(0, 1, 0) }],
    |it| it.faults = vec![Fault::Delay { message: message(0, 1, 1), by: MAX_TIME + 1 }],
    |it| it.faults = vec![Fault::Corrupt { message: message(0, 1, 1), bits: vec![] }],
    |it| it.faults = vec![Fault::Corrupt { message: message(0, 1, 1), bits: vec![3, 3] }],
    |it| it.faults = vec![Fault::Corrupt { message: message(0, 1, 1), bits: vec![MAX_BIT + 1] }],
    |it| {
        let bits = (0..=MAX_BITS as u32).collect();
        it.faults = vec![Fault::Corrupt { message: message(0, 1, 1), bits }];
    },
    |it| it.faults = vec![Fault::Forge { message: message(0, 1, 1), with: json!([7, {"a": 1}]) }],
    |it| it.faults = vec![Fault::Pause { node: node(0), at: 5, until: 5 }],
    |it| it.faults = vec![Fault::Pause { node: node(0), at: MAX_TIME, until: MAX_TIME }],
    |it| {
        it.faults =
            vec![Fault::Omit { node: node(0), side: Side::Send, at: 9, until: MAX_TIME + 1 }];
    },
    |it| it.faults = vec![Fault::Cut { from: node(1), to: node(1), at: 0, until: 5 }],
    |it| it.faults = vec![Fault::Drift { node: node(0), rate: PerMillion(1), offset: 0 }],
    |it| it.faults = vec![Fault::Drift { node: node(0), rate: PerMillion::ONE, offset: 0 }],
    |it| {
        let groups = vec![NodeSet::from(node(0)), NodeSet::first(2)];
        it.faults = vec![Fault::Partition { groups, at: 0, until: 5 }];
    },
    |it| it.captions = vec![Caption { at: MAX_TIME + 1, node: node(0), text: "a".to_owned() }],
    |it| {
        it.captions = vec![Caption { at: 0, node: node(0), text: "a".repeat(MAX_CAPTION + 1) }];
    },
    |it| set_param(it, "max-crashes", 1_000),
    |it| set_param(it, "no-such-parameter", 1),
    |it| it.goal = Some(Json::from("no goal")),
];

/// Changes that make a scenario too large.
const TOO_LARGE: &[Change] = &[
    |it| {
        let all: Vec<RequestSpec> = vec![it.requests[0].clone(); 10_001];
        it.requests = all;
    },
    |it| {
        let text = "é".repeat(MAX_CAPTION);
        it.captions = vec![Caption { at: 0, node: node(0), text }; 900];
    },
];

/// Compares both; true if the change is refused.
fn is_refused(name: &str, whole: &Scenario, change: Change) -> bool {
    let mut next = whole.clone();
    change(&mut next);
    let read = scenario::read(&scenario::write(&next));
    let checked = next.check();
    assert_eq!(checked, read, "{name}");
    checked.is_err()
}

#[test]
fn scenario_check_gives_what_reading_its_json_gives() {
    let (mut refused, mut allowed) = (0, 0);
    for (_, protocol) in protocols::catalogue() {
        let Some(whole) = bundled::best_of(protocol) else { continue };
        let whole = whole.scenario().expect("bundled scenarios are valid");
        assert_eq!(whole.clone().check().as_ref(), Ok(&whole), "{}", protocol.id);
        if whole.nodes.len() < 3 || whole.requests.is_empty() {
            continue;
        }
        for change in CHANGES {
            let counted = match is_refused(protocol.id, &whole, *change) {
                true => &mut refused,
                false => &mut allowed,
            };
            *counted += 1;
        }
    }
    assert!(refused > 300 && allowed > 20, "{refused} refused, {allowed} allowed");
}

#[test]
fn scenario_check_refuses_what_is_too_large_for_its_json() {
    let opening = bundled::best_of(protocol("best-effort-broadcast")).expect("it is bundled");
    let whole = opening.scenario().expect("bundled scenarios are valid");
    assert!(TOO_LARGE.iter().all(|change| is_refused("too large", &whole, *change)));
}
