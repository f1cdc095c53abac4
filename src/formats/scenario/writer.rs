//! Writes scenarios as canonical JSON.

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::{
    VERSION,
    faults::FaultObject,
    goal::{GoalObject, goal_of},
    written::{Odds, unless},
};
use crate::{
    kernel::{
        Delay, Detector, Medium, NetworkSpec, NodeId, Order, ParameterValue, Scenario, Time,
        Timing, Topology,
    },
    protocols,
};

/// Returns the canonical form of a scenario: fields in the order of docs/scenario.md, defaults left out, no
/// spaces. Equal scenarios have equal texts; a parameter set to its default makes no difference.
#[must_use]
pub fn write(scenario: &Scenario) -> String {
    serde_json::to_string(&Canonical::new(scenario))
        .expect("texts, numbers, lists and objects with text keys always serialise")
}

/// Returns the canonical form as JSON that has been parsed. It is made from the text: a second way to serialise a scenario
/// would weigh on the page.
pub(super) fn to_json(scenario: &Scenario) -> Json {
    serde_json::from_str(&write(scenario)).expect("the canonical form is JSON")
}

/// Returns the length of the canonical form, in bytes.
pub(super) fn length(scenario: &Scenario) -> usize {
    write(scenario).len()
}

#[derive(Serialize)]
struct Canonical<'a> {
    version: u64,
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    protocol: &'a str,
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    params: Pairs<'a>,
    nodes: Nodes<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<Network<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    requests: Vec<Request<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<FaultObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Time>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    captions: Vec<Caption<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    goal: Option<GoalObject>,
}

/// Parameters that differ from their defaults, by name.
struct Pairs<'a>(Vec<(&'a str, &'a ParameterValue)>);

impl Pairs<'_> {
    const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Nodes<'a> {
    Numbered(usize),
    Named(&'a [String]),
}

#[derive(Serialize)]
struct Network<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    timing: Option<TimingObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<[Time; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    loss: Option<Odds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate: Option<Odds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    corrupt: Option<Odds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detector: Option<DetectorObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topology: Option<TopologyObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    medium: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum TimingObject {
    Asynchronous,
    Synchronous(Time),
}

#[derive(Serialize)]
#[serde(untagged)]
enum DetectorObject {
    Word(&'static str),
    Perfect { perfect: Time },
}

#[derive(Serialize)]
#[serde(untagged)]
enum TopologyObject<'a> {
    Word(&'static str),
    Links {
        links: Vec<[&'a str; 2]>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        routers: Vec<&'a str>,
    },
}

#[derive(Serialize)]
struct Link<'a> {
    from: &'a str,
    to: &'a str,
    delay: [Time; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<u32>,
}

#[derive(Serialize)]
struct Request<'a> {
    at: Time,
    node: &'a str,
    #[serde(rename = "do")]
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    with: Option<&'a Json>,
}

#[derive(Serialize)]
struct Caption<'a> {
    at: Time,
    node: &'a str,
    text: &'a str,
}

impl<'a> Canonical<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        let name = |node: NodeId| scenario.exact_name(node);
        let numbered = scenario.nodes == Scenario::numbered(scenario.nodes.len());
        let network = (scenario.network != NetworkSpec::default()).then(|| Network::new(scenario));
        let request = |request: &'a crate::kernel::RequestSpec| Request {
            at: request.at,
            node: name(request.node),
            name: &request.name,
            with: request.with.as_ref(),
        };
        let caption = |caption: &'a crate::kernel::Caption| Caption {
            at: caption.at,
            node: name(caption.node),
            text: &caption.text,
        };
        Self {
            version: VERSION,
            title: &scenario.title,
            protocol: &scenario.protocol,
            params: Pairs::new(scenario),
            nodes: match numbered {
                true => Nodes::Numbered(scenario.nodes.len()),
                false => Nodes::Named(&scenario.nodes),
            },
            seed: unless(&0, scenario.seed),
            network,
            requests: scenario.requests.iter().map(request).collect(),
            faults: scenario.faults.iter().map(|f| FaultObject::new(f, scenario)).collect(),
            until: unless(&Scenario::UNTIL, scenario.until),
            captions: scenario.captions.iter().map(caption).collect(),
            goal: goal_of(scenario)
                .map(|goal| GoalObject::new(&goal, |node| scenario.exact_name(node).to_owned())),
        }
    }
}

impl<'a> Pairs<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        let parameters = protocols::find(&scenario.protocol)
            .map_or(&[] as &[_], |protocol| protocol.behaviour.parameters);
        let differs = |name: &str, value: &ParameterValue| {
            !parameters.iter().any(|p| p.name == name && p.default() == *value)
        };
        let pairs = scenario.params.iter().map(|(name, value)| (name.as_str(), value));
        Self(pairs.filter(|(name, value)| differs(name, value)).collect())
    }
}

impl<'a> Network<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        let default = NetworkSpec::default();
        let network = &scenario.network;
        let pair = |delay: Delay| [delay.min, delay.max];
        Self {
            timing: unless(&default.timing, network.timing).map(|timing| match timing {
                Timing::Asynchronous => TimingObject::Asynchronous,
                Timing::Synchronous(bound) => TimingObject::Synchronous(bound),
            }),
            delay: unless(&default.delay, network.delay).map(pair),
            order: unless(&default.order, network.order).map(|order: Order| order.to_string()),
            loss: unless(&default.loss, network.loss).map(Odds),
            duplicate: unless(&default.duplicate, network.duplicate).map(Odds),
            corrupt: unless(&default.corrupt, network.corrupt).map(Odds),
            detector: unless(&default.detector, network.detector).map(|detector| match detector {
                Detector::None => DetectorObject::Word("none"),
                Detector::Perfect(Detector::BOUND) => DetectorObject::Word("perfect"),
                Detector::Perfect(perfect) => DetectorObject::Perfect { perfect },
            }),
            topology: TopologyObject::new(scenario),
            medium: unless(&default.medium, network.medium).map(|medium| match medium {
                Medium::Links => "links",
                Medium::Shared => "shared",
            }),
            links: network
                .links
                .iter()
                .map(|link| Link {
                    from: scenario.exact_name(link.from),
                    to: scenario.exact_name(link.to),
                    delay: pair(link.delay),
                    rate: link.rate,
                    queue: link.queue,
                })
                .collect(),
        }
    }
}

impl<'a> TopologyObject<'a> {
    /// Returns the object of the network; none if all is as by default.
    fn new(scenario: &'a Scenario) -> Option<Self> {
        let name = |node: NodeId| scenario.exact_name(node);
        Some(match &scenario.network.topology {
            Topology::Full => return None,
            Topology::Ring => Self::Word("ring"),
            Topology::Line => Self::Word("line"),
            Topology::Tree => Self::Word("tree"),
            Topology::Links { links, routers } => Self::Links {
                links: links.iter().map(|link| link.map(name)).collect(),
                routers: routers.into_iter().map(name).collect(),
            },
        })
    }
}
