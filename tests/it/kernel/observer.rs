//! Observations of a run from outside: metrics over time, and deadlocks.

use derive_more::Display;
use serde::Serialize;
use serde_json::Value as Json;
use worldlines::{
    analysis::{deadlock, report, way},
    formats,
    kernel::{
        Context, Delay, Drawn, EventKind, Fault, Group, Indication, Metric, NodeId, NodeSet,
        PerMillion, Process, Protocol, Request, RequestKind, Scenario, Time, Trace, With, run,
    },
};

use crate::common::{crash, node};

/// Lends nothing before it has got what it has asked for itself: philosophers with one
/// fork each. What it has heard is counted; its clock's error is measured.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Philosopher {
    asked: NodeSet,
    heard: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("ask {_0}")]
struct Ask(NodeId);

impl Request for Ask {
    const KINDS: &'static [RequestKind] =
        &[RequestKind { name: "ask", help: "Asks.", with: With::Node { label: "whom" } }];

    fn read(_name: &str, with: Option<&Json>, nodes: &[String]) -> Result<Self, String> {
        let place = nodes.iter().position(|name| with.and_then(Json::as_str) == Some(name));
        place.map(|place| Self(NodeId::new(place))).ok_or_else(|| "a node".to_owned())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
enum Fork {
    #[display("please")]
    Please,
    #[display("here")]
    Here,
}

impl Indication for Fork {
    fn kind(&self) -> &'static str {
        "fork"
    }
}

impl Process for Philosopher {
    type Parameters = ();
    type Request = Ask;
    type Indication = Fork;
    type Message = Fork;
    type Timer = Fork;

    fn new(_group: Group, (): &()) -> Self {
        Self { asked: NodeSet::EMPTY, heard: 0 }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Ask(whom): Ask) {
        self.asked.insert(whom);
        ctx.send(whom, Fork::Please);
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Fork) {
        self.heard += 1;
        match message {
            Fork::Please if self.asked.is_empty() => ctx.send(from, Fork::Here),
            Fork::Please => {}
            Fork::Here => {
                self.asked.remove(from);
            }
        }
    }

    fn waits_for(&self, _group: Group) -> NodeSet {
        self.asked
    }
}

const HEARD: Metric = Metric {
    name: "heard",
    unit: "messages",
    help: "For this test.",
    drawn: Drawn::Curve,
    value: |node| node.process::<Philosopher>().heard,
};

const ERROR: Metric = Metric {
    name: "error",
    unit: "ms",
    help: "For this test.",
    drawn: Drawn::Curve,
    value: |node| node.clock as i64 - node.time as i64,
};

const PHILOSOPHER: Protocol = Protocol {
    id: "philosopher",
    name: "Philosopher",
    summary: "Waits.",
    source: "the kernel's tests",
    metrics: &[HEARD, ERROR],
    ..Protocol::of::<Philosopher>()
};

/// Three at a table; each pair is a request of one to another at a moment.
fn table(asks: &[(Time, usize, usize)]) -> Scenario {
    let mut scenario = Scenario::new("philosopher", Scenario::numbered(3));
    scenario.network.delay = Delay { min: 10, max: 10 };
    scenario.until = 200;
    for (at, who, whom) in asks {
        let whom = scenario.nodes[*whom].clone();
        scenario.ask(*at, node(*who), "ask", Some(whom.into()));
    }
    scenario
}

fn dine(scenario: &Scenario) -> Trace {
    run(&PHILOSOPHER, scenario).expect("its requests are in order")
}

fn places(nodes: &[NodeId]) -> Vec<usize> {
    nodes.iter().map(|node| node.index()).collect()
}

const ROUND: [(Time, usize, usize); 3] = [(0, 0, 1), (1, 1, 2), (2, 2, 0)];

#[test]
fn deadlock_is_a_cycle_of_nodes_that_wait_for_each_other() {
    assert_eq!(places(&deadlock(&dine(&table(&ROUND)))), [0, 1, 2]);
    assert_eq!(
        places(&deadlock(&dine(&table(&ROUND[..2])))),
        [0; 0],
        "Two of them only wait in line."
    );
}

#[test]
fn deadlock_ends_with_a_crash_and_needs_a_run_at_rest() {
    let mut crashed = table(&ROUND);
    crashed.faults = vec![crash(50, 1, None)];
    assert_eq!(places(&deadlock(&dine(&crashed))), [0; 0]);
    let mut early = table(&ROUND);
    early.until = 8;
    let trace = dine(&early);
    assert!(!trace.quiescent && deadlock(&trace).is_empty());
}

/// Values of a node's metric in the trace's JSON.
fn series(scenario: &Scenario, metric: &str, place: usize) -> Json {
    let trace = dine(scenario);
    let report = report(&PHILOSOPHER, scenario, &trace);
    let json = formats::trace::to_json(scenario, &PHILOSOPHER, &trace, &report);
    let json: Json = serde_json::from_str(&json).expect("a trace is JSON");
    let all = json["metrics"]["series"].as_array().expect("there are series").clone();
    let node = &scenario.nodes[place];
    let mut found = all.into_iter().filter(|it| it["metric"] == metric && it["node"] == **node);
    found.next().expect("every node has it")["points"].clone()
}

#[test]
fn metric_is_sampled_before_and_after_a_jump_and_not_while_constant() {
    let scenario = table(&[(0, 0, 1), (40, 0, 1)]);
    let points = serde_json::json!([[0, 0], [10, 0], [10, 1], [50, 1], [50, 2]]);
    assert_eq!(series(&scenario, "heard", 1), points);
    assert_eq!(series(&scenario, "heard", 2), serde_json::json!([[0, 0]]));
    assert_eq!(series(&scenario, "error", 1), serde_json::json!([[0, 0], [50, 0]]));
}

#[test]
fn metric_of_a_clock_changes_evenly_between_samples() {
    let mut scenario = table(&[(0, 0, 1), (40, 0, 1)]);
    let rate = PerMillion(1_100_000);
    scenario.faults = vec![Fault::Drift { node: node(1), rate, offset: 0 }];
    let points = serde_json::json!([[0, 0], [10, 1], [50, 5], [200, 20]]);
    assert_eq!(series(&scenario, "error", 1), points);
}

#[test]
fn deadlock_is_written_in_text_and_json() {
    let scenario = table(&ROUND);
    let trace = dine(&scenario);
    let report = report(&PHILOSOPHER, &scenario, &trace);
    let text = formats::text::summary(&scenario, &PHILOSOPHER, &trace, &report);
    let line = "Deadlock: P1 waits for P2, which waits for P3, which waits for P1\n";
    assert!(text.contains(line), "{text}");
    let json = formats::trace::to_json(&scenario, &PHILOSOPHER, &trace, &report);
    assert!(json.contains(r#""deadlock":["P1","P2","P3"]"#), "{json}");
}

/// The messages through which the request at this place of the scenario became known where a later one was made,
/// none where it was not; by their senders and receivers.
fn way_of_requests(trace: &Trace, from: usize, to: usize) -> Option<Vec<(usize, usize)>> {
    let request = |place| {
        let is =
            |kind: &EventKind| matches!(kind, EventKind::Request { index, .. } if *index == place);
        trace.events.iter().position(|event| is(&event.kind)).expect("it was made")
    };
    let way = way(trace, request(from), request(to))?;
    let ends = |message: &usize| {
        let name = trace.messages[*message].name;
        (name.from.index(), name.to.index())
    };
    Some(way.messages.iter().map(ends).collect())
}

#[test]
fn causal_path_leads_over_messages_received_in_time() {
    let trace = dine(&table(&[(0, 0, 1), (5, 1, 2), (30, 1, 2), (50, 2, 0), (60, 0, 1)]));
    assert_eq!(way_of_requests(&trace, 0, 1), None, "it has not come yet");
    assert_eq!(way_of_requests(&trace, 0, 2), Some(vec![(0, 1)]));
    assert_eq!(way_of_requests(&trace, 0, 3), Some(vec![(0, 1), (1, 2)]), "by way of a third");
    assert_eq!(way_of_requests(&trace, 0, 4), Some(vec![]), "within one node");
    assert_eq!(way_of_requests(&trace, 3, 0), None, "nothing leads back in time");
}
