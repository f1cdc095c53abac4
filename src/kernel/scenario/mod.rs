//! Scenarios: the only input of a run.
//!
//! `formats::scenario` reads and writes their JSON, with errors that name the path; a scenario here is
//! already valid.

mod fault;
mod network;
mod per_million;

pub use fault::{Fault, MessageName, Side, Strategy};
pub use network::{Delay, Detector, LinkSpec, Medium, NetworkSpec, Order, Timing, Topology};
pub use per_million::PerMillion;

use serde_json::Value as Json;

use super::{NodeId, ParameterName, ParameterValue, ParameterValues, Time, visible::visible_name};

/// Maximum number of requests in a scenario.
pub const MAX_REQUESTS: usize = 10_000;
/// Maximum number of faults in a scenario.
pub const MAX_FAULTS: usize = 10_000;
/// Maximum number of bits of a message that a fault may flip.
pub const MAX_BITS: usize = 64;
/// Last bit of a message that can be named.
pub const MAX_BIT: u32 = 65_535;
/// Maximum number of timers at a node: a run that exceeds it stops and says so.
pub(super) const MAX_TIMERS: usize = 10_000;
/// Number of events after which a run stops and says so.
pub const MAX_EVENTS: usize = 1_000_000;
/// Largest rate and longest queue of a link.
pub const MAX_RATE: u32 = 1_000_000;
/// Latest moment, and longest span, that a scenario may name, in virtual ms: about eleven days.
pub const MAX_TIME: Time = 1_000_000_000;

/// Protocol, parameters, nodes, network, requests, faults and seed: together they determine a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Title of the scenario; may be empty.
    pub title: String,
    /// The id of the protocol.
    pub protocol: String,
    /// Values of parameters that differ from their defaults.
    pub params: ParameterValues,
    /// The nodes' names, unique.
    pub nodes: Vec<String>,
    /// Seed of all random draws, which also depend on the places of the nodes in `nodes`, never on their
    /// names.
    pub seed: u64,
    /// The network: delays, losses, links.
    pub network: NetworkSpec,
    /// Requests of the application.
    pub requests: Vec<RequestSpec>,
    /// Faults.
    pub faults: Vec<Fault>,
    /// Horizon: the end of the run, in virtual ms.
    pub until: Time,
    /// Notes on moments of the run.
    pub captions: Vec<Caption>,
    /// Goal of an exercise as JSON, nodes as their characters; none if the scenario is no exercise. It has no
    /// effect on the run, and the kernel does not read it.
    pub goal: Option<Json>,
}

impl Scenario {
    /// The default of [`until`](Self::until).
    pub const UNTIL: Time = 1000;

    /// True if this scenario has the same run as another one: they differ at most in title, captions and
    /// goal.
    #[must_use]
    pub fn same_run(&self, other: &Self) -> bool {
        let words = other.clone();
        let (title, captions, goal) = (words.title, words.captions, words.goal);
        Self { title, captions, goal, ..self.clone() } == *other
    }

    /// Returns a scenario with all defaults, no requests and no faults.
    #[must_use]
    pub fn new(protocol: impl Into<String>, nodes: Vec<String>) -> Self {
        Self {
            title: String::new(),
            protocol: protocol.into(),
            params: ParameterValues::new(),
            nodes,
            seed: 0,
            network: NetworkSpec::default(),
            requests: Vec::new(),
            faults: Vec::new(),
            until: Self::UNTIL,
            captions: Vec::new(),
            goal: None,
        }
    }

    /// Returns P1 to Pn: the names of nodes if the scenario gives only their number.
    #[must_use]
    pub fn numbered(size: usize) -> Vec<String> {
        (1..=size).map(|number| format!("P{number}")).collect()
    }

    /// Returns the name of a node, as shown to a reader.
    #[must_use]
    pub fn name(&self, node: NodeId) -> String {
        visible_name(self.exact_name(node)).into_owned()
    }

    /// Returns the names of all nodes, as shown to a reader.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.nodes.iter().map(|name| visible_name(name).into_owned())
    }

    /// Returns the name of a node with every character as it is: for JSON, and for comparisons.
    #[must_use]
    pub fn exact_name(&self, node: NodeId) -> &str {
        &self.nodes[node.index()]
    }

    /// Returns the name of a message, `Alice>Carol#1`, as shown to a reader.
    #[must_use]
    pub fn message_name(&self, message: MessageName) -> String {
        format!("{}>{}#{}", self.name(message.from), self.name(message.to), message.number)
    }

    /// Returns a message in words, without its text: `message 1 from Alice to Carol`.
    #[must_use]
    pub fn message_words(&self, message: MessageName) -> String {
        let MessageName { from, to, number } = message;
        format!("message {number} from {} to {}", self.name(from), self.name(to))
    }

    /// Returns the name of a message with every character as it is: for JSON, and for comparisons.
    #[must_use]
    pub fn exact_message_name(&self, message: MessageName) -> String {
        let MessageName { from, to, number } = message;
        format!("{}>{}#{number}", self.exact_name(from), self.exact_name(to))
    }

    /// Sets a parameter.
    pub fn set(&mut self, parameter: ParameterName, value: impl Into<ParameterValue>) {
        self.params.insert(parameter.name().to_owned(), value.into());
    }

    /// Adds a request, at a virtual moment in ms.
    pub fn ask(&mut self, at: Time, node: NodeId, name: &str, with: Option<Json>) {
        self.requests.push(RequestSpec { at, node, name: name.to_owned(), with });
    }
}

/// A request of the application.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestSpec {
    /// Time of the request, in virtual ms.
    pub at: Time,
    /// Node that receives it.
    pub node: NodeId,
    /// The request's name.
    pub name: String,
    /// Its value, if it carries one.
    pub with: Option<Json>,
}

impl Eq for RequestSpec {}

/// A note on a moment of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    /// Time of that moment, in virtual ms.
    pub at: Time,
    /// Node of that moment.
    pub node: NodeId,
    /// Text of the note.
    pub text: String,
}
