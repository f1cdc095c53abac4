//! Scenarios are read and written as described in docs/scenario.md.
//!
//! Refusals are tested in `refusals.rs`.

use worldlines::{
    formats::{bundled, scenario},
    kernel::{
        Caption, Delay, Detector, Fault, LinkSpec, MAX_BIT, MAX_RATE, MAX_TIME, Medium,
        MessageName, NodeId, NodeSet, Order, ParameterValue, PerMillion, RequestSpec, Scenario,
        Side, Strategy, Timing, Topology,
    },
};

use crate::common::chance::Chance;

/// The example of docs/scenario.md.
const EXAMPLE: &str = r#"{
  "version": 1,
  "title": "The sender crashes half-way",
  "protocol": "best-effort-broadcast",
  "params": {},
  "nodes": ["Alice", "Bob", "Carol"],
  "seed": 7,
  "network": {
    "timing": "asynchronous",
    "delay": [10, 30],
    "order": "any",
    "loss": 0.0, "duplicate": 0.0, "corrupt": 0.0,
    "links": [{"from": "Alice", "to": "Carol", "delay": [80, 80]}]
  },
  "requests": [{"at": 10, "node": "Alice", "do": "broadcast", "with": "m1"}],
  "faults": [{"crash": {"node": "Alice", "at": 10, "after_sends": 1}}],
  "until": 500,
  "captions": [{"at": 10, "node": "Alice", "text": "Bob gets it, Carol never does."}]
}"#;

fn read(text: &str) -> Scenario {
    scenario::read(text).unwrap_or_else(|problem| panic!("{problem}\n{text}"))
}

/// The scenario as read, and as written again.
fn canonical(text: &str) -> String {
    scenario::write(&read(text))
}

fn broadcast(fields: &str) -> String {
    format!(r#"{{"version":1,"protocol":"best-effort-broadcast","nodes":3{fields}}}"#)
}

#[test]
fn canonical_scenario_omits_defaults() {
    let expected = concat!(
        r#"{"version":1,"title":"The sender crashes half-way","protocol":"best-effort-broadcast","#,
        r#""nodes":["Alice","Bob","Carol"],"seed":7,"#,
        r#""network":{"links":[{"from":"Alice","to":"Carol","delay":[80,80]}]},"#,
        r#""requests":[{"at":10,"node":"Alice","do":"broadcast","with":"m1"}],"#,
        r#""faults":[{"crash":{"node":"Alice","at":10,"after_sends":1}}],"until":500,"#,
        r#""captions":[{"at":10,"node":"Alice","text":"Bob gets it, Carol never does."}]}"#,
    );
    assert_eq!(canonical(EXAMPLE), expected);
    assert_eq!(read(expected), read(EXAMPLE));
    assert_eq!(canonical(&broadcast("")), broadcast(""));
}

#[test]
fn scenario_of_the_documentation_is_the_tested_one() {
    let page = include_str!("../../../docs/scenario.md");
    assert!(page.contains(EXAMPLE));
    let mut faults: Vec<&str> = page.split("| `{\"").skip(1).collect();
    faults.iter_mut().for_each(|row| *row = row.split('"').next().unwrap_or_default());
    let refused = scenario::read(&broadcast(r#","faults":[{"":0}]"#)).expect_err("no fault's name");
    let known = refused.expected.replace(" or ", ", ").replace('"', "");
    assert_eq!(faults.join(", "), known);
}

#[test]
fn scenario_with_written_defaults_is_the_same() {
    let fields = concat!(
        r#","title":"","params":{},"seed":0,"until":1000,"requests":[],"faults":[],"captions":[],"#,
        r#""network":{"timing":"asynchronous","delay":[10,30],"order":"any","loss":0,"#,
        r#""duplicate":0.0,"corrupt":0e9,"detector":"none","links":[]}"#,
    );
    assert_eq!(read(&broadcast(fields)), read(&broadcast("")));
    assert_eq!(read(&broadcast("")), Scenario::new("best-effort-broadcast", Scenario::numbered(3)));
    let quorum =
        r#"{"version":1,"protocol":"uniform-broadcast","params":{"quorum":"everyone"},"nodes":3}"#;
    assert_eq!(canonical(quorum), r#"{"version":1,"protocol":"uniform-broadcast","nodes":3}"#);
}

#[test]
fn canonical_scenario_numbers_nodes_with_default_names() {
    let named = r#"{"version":1,"protocol":"best-effort-broadcast","nodes":["P1","P2","P3"]}"#;
    assert_eq!(canonical(named), broadcast(""));
    let shifted = r#"{"version":1,"protocol":"best-effort-broadcast","nodes":["P2","P1","P3"]}"#;
    assert_eq!(canonical(shifted), shifted);
    assert_eq!(read(&broadcast("").replace('3', "128")).nodes[127], "P128");
}

/// Each spelling of a field, and the one that is canonical.
#[test]
fn canonical_scenario_has_one_spelling_for_each_value() {
    for (spelt, expected) in [
        (r#""network":{"detector":{"perfect":50}}"#, r#""network":{"detector":"perfect"}"#),
        (r#""network":{"detector":{"perfect":9}}"#, r#""network":{"detector":{"perfect":9}}"#),
        (
            r#""network":{"timing":{"synchronous":5e1}}"#,
            r#""network":{"timing":{"synchronous":50}}"#,
        ),
        (r#""network":{"loss":1.0}"#, r#""network":{"loss":1}"#),
        (r#""network":{"loss":0.050000}"#, r#""network":{"loss":0.05}"#),
        (r#""network":{"duplicate":1e-6}"#, r#""network":{"duplicate":0.000001}"#),
        (
            r#""network":{"order":"fifo","delay":[7,7]}"#,
            r#""network":{"delay":[7,7],"order":"fifo"}"#,
        ),
        (r#""seed":7.0"#, r#""seed":7"#),
        (
            r#""requests":[{"with":1e1,"do":"broadcast","node":"P1","at":0}]"#,
            r#""requests":[{"at":0,"node":"P1","do":"broadcast","with":10}]"#,
        ),
        (
            r#""faults":[{"partition":{"until":9,"at":0,"groups":[["P3","P1"],["P2"]]}}]"#,
            r#""faults":[{"partition":{"groups":[["P1","P3"],["P2"]],"at":0,"until":9}}]"#,
        ),
        (
            r##""faults":[{"drift":{"node":"P1","rate":1.010,"offset":0}}]"##,
            r##""faults":[{"drift":{"node":"P1","rate":1.01}}]"##,
        ),
        (
            r#""faults":[{"drift":{"node":"P1","rate":2.0,"offset":5e0}}]"#,
            r#""faults":[{"drift":{"node":"P1","rate":2,"offset":5}}]"#,
        ),
        (
            r#""faults":[{"traitor":{"strategy":"scripted","node":"P1"}}]"#,
            r#""faults":[{"traitor":{"node":"P1"}}]"#,
        ),
        (
            r#""network":{"topology":{"routers":["P3","P2"],"links":[["P2","P1"]]}}"#,
            r#""network":{"topology":{"links":[["P1","P2"]],"routers":["P2","P3"]}}"#,
        ),
        (r#""title":"caf\u00e9 \/""#, r#""title":"café /""#),
    ] {
        let spelt =
            format!(r#"{{"version":1,"protocol":"best-effort-broadcast","nodes":3,{spelt}}}"#);
        let written = canonical(&spelt);
        assert!(written.contains(expected), "{spelt} became {written}");
        assert_eq!(canonical(&written), written);
        assert_eq!(read(&written), read(&spelt));
    }
}

#[test]
fn bundled_scenario_is_read_and_found() {
    let all = bundled::bundled();
    assert!(all.is_sorted_by_key(|bundled| bundled.path()));
    for one in &all {
        let path = one.path();
        let scenario = one.scenario().unwrap_or_else(|problem| panic!("{path}: {problem}"));
        assert_eq!(scenario.protocol, one.protocol, "{path} is filed under another protocol");
        assert_eq!(scenario.title, one.title(), "{path}");
        assert!(!scenario.title.is_empty(), "{path} has no title");
        assert_eq!(bundled::find(&path), Some(*one));
        assert_eq!(read(&scenario::write(&scenario)), scenario, "{path}");
    }
    let families: Vec<_> = worldlines::protocols::catalogue()
        .map(|(family, protocol)| (family.id, protocol.id))
        .collect();
    for one in all {
        let filed = (one.family, one.protocol);
        assert!(families.contains(&filed), "{} is filed under no such protocol", one.path());
    }
    assert_eq!(bundled::find("reliable/best-effort-broadcast"), None);
}

#[test]
fn random_scenario_is_read_as_it_was_written() {
    let mut kinds = std::collections::BTreeSet::new();
    for seed in 0..500 {
        let scenario = Generator(Chance::new(seed)).scenario();
        kinds.extend(scenario.faults.iter().map(Fault::kind));
        let written = scenario::write(&scenario);
        assert_eq!(read(&written), scenario, "{written}");
        assert_eq!(canonical(&written), written);
    }
    assert_eq!(
        kinds.len(),
        12,
        "but for forge, the generator makes faults of every kind: {kinds:?}"
    );
}

/// Draws scenarios of every form that the format has.
struct Generator(Chance);

impl Generator {
    /// Draws a number below `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        self.0.between(0, bound - 1)
    }

    fn heads(&mut self) -> bool {
        self.below(2) == 1
    }

    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        self.0.one_of(choices)
    }

    /// Mostly small, sometimes at the bounds.
    fn time(&mut self) -> u64 {
        let small = self.below(100);
        self.one_of(&[small, small, 0, MAX_TIME - 1])
    }

    fn text(&mut self) -> String {
        let texts = ["", "m1", "é\"\\/", "<script>", "日本語", "a b  c", "{}", "\u{1F600}"];
        self.one_of(&texts).to_owned()
    }

    fn node(&mut self, nodes: u64) -> NodeId {
        NodeId::new(self.below(nodes) as usize)
    }

    fn message(&mut self, nodes: u64) -> MessageName {
        let (from, to) = self.pair(nodes);
        let number = 1 + self.below(u64::from(u32::MAX)) as u32;
        MessageName { from, to, number }
    }

    fn pair(&mut self, nodes: u64) -> (NodeId, NodeId) {
        let from = self.below(nodes);
        let to = (from + 1 + self.below(nodes - 1)) % nodes;
        (NodeId::new(from as usize), NodeId::new(to as usize))
    }

    fn delay(&mut self) -> Delay {
        let min = self.time();
        Delay { min, max: min + self.below(MAX_TIME - min + 1).min(50) }
    }

    fn fault(&mut self, nodes: u64) -> Fault {
        let (message, node, at) = (self.message(nodes), self.node(nodes), self.time());
        let until = self.one_of(&[at + 1, (at + 100).min(MAX_TIME), MAX_TIME]);
        match self.below(12) {
            0 => Fault::Drop { message },
            1 => Fault::Delay { message, by: at },
            2 => Fault::Duplicate { message, after: at },
            3 if self.heads() => {
                Fault::CrashWriting { node, at, after_writes: self.one_of(&[0, 1, u32::MAX]) }
            }
            3 => Fault::Crash {
                node,
                at,
                after_sends: self.one_of(&[None, Some(0), Some(u32::MAX)]),
            },
            4 => Fault::Recover { node, at },
            5 => Fault::Pause { node, at, until },
            6 => {
                let mut groups = vec![NodeSet::EMPTY; 2];
                for node in 0..nodes {
                    if let Some(group) = groups.get_mut(self.below(3) as usize) {
                        group.insert(NodeId::new(node as usize));
                    }
                }
                Fault::Partition { groups, at, until }
            }
            7 => Fault::Corrupt {
                message,
                bits: self.one_of(&[vec![0], vec![MAX_BIT, 7], (0..64).collect()]),
            },
            8 => Fault::Traitor { node, strategy: self.one_of(&Strategy::ALL) },
            9 => Fault::Drift {
                node,
                rate: PerMillion(self.one_of(&[500_000, 1_000_000, 1_010_000, 2_000_000])),
                offset: self.one_of(&[0, 5, MAX_TIME]),
            },
            10 => Fault::Cut { from: message.from, to: message.to, at, until },
            _ => Fault::Omit { node, side: self.one_of(&[Side::Send, Side::Receive]), at, until },
        }
    }

    fn scenario(&mut self) -> Scenario {
        let nodes = 2 + self.below(4);
        let names = match self.heads() {
            true => Scenario::numbered(nodes as usize),
            false => (0..nodes).map(|node| format!("Nœud \"{node}\"")).collect(),
        };
        let mut scenario = Scenario::new("reliable-broadcast", names);
        scenario.title = self.text();
        scenario.seed = self.one_of(&[0, 7, (1 << 53) - 1]);
        scenario.until = self.one_of(&[1, 1000, MAX_TIME]);
        if self.heads() {
            let value = ParameterValue::Integer(self.below(127) as u32);
            scenario.params.insert("max-crashes".to_owned(), value);
        }
        self.network(&mut scenario, nodes);
        for _ in 0..self.below(5) {
            let with = match self.heads() {
                true => self.text().into(),
                false => self.one_of(&[0, -7, (1_i64 << 53) - 1]).into(),
            };
            let (at, node) = (self.time(), self.node(nodes));
            let request = RequestSpec { at, node, name: "broadcast".to_owned(), with: Some(with) };
            scenario.requests.push(request);
            scenario.captions.push(Caption { at, node, text: self.text() });
            scenario.faults.push(self.fault(nodes));
        }
        scenario
    }

    fn network(&mut self, scenario: &mut Scenario, nodes: u64) {
        let time = self.time();
        let odds = [0, 1, 50_000, 123_456, 999_999, 1_000_000];
        let network = &mut scenario.network;
        network.timing = self.one_of(&[Timing::Asynchronous, Timing::Synchronous(time)]);
        network.detector = self.one_of(&[
            Detector::None,
            Detector::Perfect(Detector::BOUND),
            Detector::Perfect(time),
        ]);
        network.order = self.one_of(&[Order::Any, Order::Fifo]);
        network.loss = PerMillion(self.one_of(&odds));
        network.duplicate = PerMillion(self.one_of(&odds));
        network.corrupt = PerMillion(self.one_of(&odds));
        network.medium = self.one_of(&[Medium::Links, Medium::Shared]);
        let links = (1..nodes as usize).map(|node| [NodeId::new(node - 1), NodeId::new(node)]);
        let routers = NodeId::new(0).into();
        network.topology = self.one_of(&[
            Topology::Full,
            Topology::Ring,
            Topology::Line,
            Topology::Tree,
            Topology::Links { links: links.collect(), routers },
            Topology::Links { links: Vec::new(), routers: NodeSet::EMPTY },
        ]);
        if self.heads() {
            network.delay = self.delay();
            let (from, to) = self.pair(nodes);
            let mut link = LinkSpec::new(from, to, self.delay());
            if self.heads() {
                link.rate = Some(self.one_of(&[1, 7, MAX_RATE]));
                link.queue = self.heads().then(|| self.one_of(&[0, 3, MAX_RATE]));
            }
            network.links.push(link);
        }
    }
}

#[test]
fn bundled_scenario_breaks_no_rule() {
    for one in bundled::bundled() {
        assert_eq!(scenario::read_bundled(one.text), scenario::read(one.text), "{}", one.path());
    }
}
