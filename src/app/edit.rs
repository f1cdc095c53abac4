//! Edits: every change that a reader makes is a change of the scenario.

use super::{Allowed, refusal, text};
use crate::{
    diagram::{fault_sentence, request_sentence},
    formats::{
        Problem,
        scenario::{goal_of, node_count, rename_node},
    },
    kernel::{
        Fault, Keys, NetworkSpec, NodeId, NodeSet, ParameterValue, PerMillion, Protocol,
        RequestSpec, Scenario, Time, Topology,
    },
    protocols,
    runs::Want,
};

/// One change of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Adds a fault. A fault that the scenario has already is not added again. Of some kinds there is one for each
    /// message or node: the new one replaces the old one.
    AddFault(Fault),
    /// Removes a fault, by its place.
    RemoveFault(usize),
    /// Changes a fault, by its place.
    ChangeFault(usize, Fault),
    /// Adds a request of the application.
    AddRequest(RequestSpec),
    /// Removes a request, by its place.
    RemoveRequest(usize),
    /// Changes a request, by its place.
    ChangeRequest(usize, RequestSpec),
    /// Changes the protocol, by its id. Requests that it does not accept are left out.
    Protocol(&'static str),
    /// Sets a parameter.
    Parameter(&'static str, ParameterValue),
    /// Sets the number of nodes: removes the last ones, with everything that refers to them, or adds new ones.
    Nodes(usize),
    /// Renames a node.
    Rename(NodeId, String),
    /// Changes the network.
    Network(NetworkSpec),
    /// Changes the seed.
    Seed(u64),
    /// Sets the horizon, in virtual ms.
    Until(Time),
    /// Replaces the whole scenario.
    Replace(Box<Scenario>),
}

impl Edit {
    /// Returns the kind of the change, by its name in [`Allowed`](super::Allowed).
    #[must_use]
    pub fn kind(&self, scenario: &Scenario) -> &'static str {
        match self {
            Self::AddFault(fault) | Self::ChangeFault(_, fault) => fault.kind(),
            Self::RemoveFault(place) => scenario.faults.get(*place).map_or("", Fault::kind),
            Self::AddRequest(_) | Self::RemoveRequest(_) | Self::ChangeRequest(..) => {
                Allowed::REQUEST
            }
            _ => Allowed::SETTINGS,
        }
    }

    /// Returns the scenario after the change.
    ///
    /// # Errors
    /// The problem with the changed scenario: the reader sees it, and nothing changes.
    pub fn apply(self, scenario: &Scenario) -> Result<Scenario, Problem> {
        // A link must be able to hold the result of every edit: the reader of links applies the same rules.
        self.unchecked(scenario)?.check()
    }

    /// Returns the same, and a problem as the sentence for someone who made the change by hand.
    pub(super) fn made(self, scenario: &Scenario) -> Result<Scenario, String> {
        let next = self.unchecked(scenario).map_err(|problem| refusal::said(&problem, scenario))?;
        next.clone().check().map_err(|problem| refusal::said(&problem, &next))
    }

    /// Returns the scenario after the change, which [`Scenario::check`] may refuse.
    fn unchecked(self, scenario: &Scenario) -> Result<Scenario, Problem> {
        let mut next = scenario.clone();
        match self {
            Self::AddFault(fault) => add_fault(&mut next.faults, fault),
            Self::RemoveFault(index) => {
                remove(&mut next.faults, index);
            }
            Self::ChangeFault(index, fault) => replace(&mut next.faults, index, fault),
            Self::AddRequest(request) => next.requests.push(request),
            Self::RemoveRequest(index) => {
                remove(&mut next.requests, index);
            }
            Self::ChangeRequest(index, request) => replace(&mut next.requests, index, request),
            Self::Protocol(id) => change_protocol(&mut next, id),
            Self::Parameter(name, value) => {
                next.params.insert(name.to_owned(), value);
            }
            Self::Nodes(size) => {
                node_count(size)?;
                keeps_goal(&next, size)?;
                change_nodes(&mut next, size);
            }
            Self::Rename(node, name) => rename_node(&mut next, node, name),
            Self::Network(network) => next.network = network,
            Self::Seed(seed) => next.seed = seed,
            Self::Until(until) => next.until = until,
            Self::Replace(other) => next = *other,
        }
        // The edit may refer to nodes of a run with more of them.
        forget_strangers(&mut next);
        Ok(next)
    }
}

fn remove<T>(list: &mut Vec<T>, index: usize) {
    if index < list.len() {
        list.remove(index);
    }
}

fn replace<T>(list: &mut [T], index: usize, value: T) {
    if let Some(place) = list.get_mut(index) {
        *place = value;
    }
}

fn add_fault(faults: &mut Vec<Fault>, fault: Fault) {
    // A change without effect is not a fault.
    let idle = match fault {
        Fault::Delay { by, .. } => by == 0,
        Fault::Drift { rate, offset, .. } => rate == PerMillion::ONE && offset == 0,
        _ => false,
    };
    match faults.iter().position(|other| is_instead(other, &fault)) {
        Some(place) if idle => remove(faults, place),
        Some(place) => faults[place] = fault,
        None if idle || faults.contains(&fault) => {}
        None => faults.push(fault),
    }
}

/// True if a fault replaces another one: of some kinds there is only one for each message or node, and the first would
/// take effect.
fn is_instead(one: &Fault, other: &Fault) -> bool {
    match (one, other) {
        (Fault::Delay { message: one, .. }, Fault::Delay { message: other, .. })
        | (Fault::Corrupt { message: one, .. }, Fault::Corrupt { message: other, .. })
        | (Fault::Forge { message: one, .. }, Fault::Forge { message: other, .. }) => one == other,
        // A node crashes or pauses only once at a moment: the new fault replaces the old one.
        (
            Fault::Crash { node: one, at, .. } | Fault::CrashWriting { node: one, at, .. },
            Fault::Crash { node: other, at: then, .. }
            | Fault::CrashWriting { node: other, at: then, .. },
        ) => (one, at) == (other, then),
        (Fault::Traitor { node: one, .. }, Fault::Traitor { node: other, .. })
        | (Fault::Drift { node: one, .. }, Fault::Drift { node: other, .. }) => one == other,
        _ => false,
    }
}

fn change_protocol(scenario: &mut Scenario, id: &'static str) {
    let Some(protocol) = protocols::find(id) else { return };
    scenario.protocol = id.to_owned();
    // Rebuilt: the map's code for removing an entry would be larger than this.
    let params = std::mem::take(&mut scenario.params);
    scenario.params.extend(params.into_iter().filter(|(name, value)| {
        protocol.behaviour.parameters.iter().any(|p| p.name == name && p.admits(value))
    }));
    leave_out(scenario, protocol);
}

/// Removes everything that a protocol does not support.
pub(super) fn leave_out(scenario: &mut Scenario, protocol: &Protocol) {
    let nodes = &scenario.nodes;
    scenario.requests.retain(|request| takes_request(protocol, request, nodes));
    scenario.faults.retain(|fault| takes_fault(protocol, fault, nodes));
}

/// Returns the same things in sentences.
pub(super) fn to_leave_out(scenario: &Scenario, protocol: &Protocol) -> Vec<String> {
    let nodes = &scenario.nodes;
    let requests = scenario.requests.iter().filter(|it| !takes_request(protocol, it, nodes));
    let faults = scenario.faults.iter().filter(|it| !takes_fault(protocol, it, nodes));
    let requests = requests.map(|request| request_sentence(scenario, request));
    requests.chain(faults.map(|fault| fault_sentence(scenario, fault))).collect()
}

/// True if a protocol accepts this request.
pub(super) fn takes_request(protocol: &Protocol, request: &RequestSpec, nodes: &[String]) -> bool {
    let read = protocol.behaviour.read_request;
    protocol.behaviour.requests.iter().any(|kind| kind.name == request.name)
        && read(&request.name, request.with.as_ref(), nodes).is_ok()
}

/// True if a protocol supports this fault: only a traitor's message has to be one of the protocol's.
fn takes_fault(protocol: &Protocol, fault: &Fault, nodes: &[String]) -> bool {
    let Fault::Forge { message, with } = fault else { return true };
    let keys = Keys::new(message.from, NodeSet::first(nodes.len()));
    (protocol.behaviour.read_message)(with, nodes, keys).is_ok()
}

/// Refuses a group without a node that an exercise's goal refers to.
fn keeps_goal(scenario: &Scenario, size: usize) -> Result<(), Problem> {
    match goal_of(scenario).map(|goal| goal.want) {
        Some(Want::Tell { node, .. }) if node.index() >= size => {
            let least = node.index() + 1;
            let name = scenario.name(node);
            let expected = text::edit::keeps_goal(least, &name);
            Err(Problem::new("nodes", size.to_string(), expected))
        }
        _ => Ok(()),
    }
}

fn change_nodes(scenario: &mut Scenario, size: usize) {
    while scenario.nodes.len() < size {
        let name = next_name(&scenario.nodes);
        scenario.nodes.push(name);
    }
    if size >= scenario.nodes.len() {
        return;
    }
    scenario.nodes.truncate(size);
    forget_strangers(scenario);
    // Requests that refer to the removed nodes go too.
    if let Some(protocol) = protocols::find(&scenario.protocol) {
        leave_out(scenario, protocol);
    }
}

/// Removes everything that refers to nodes which the scenario does not have.
fn forget_strangers(scenario: &mut Scenario) {
    let left = NodeSet::first(scenario.nodes.len());
    let stays = |node: NodeId| left.contains(node);
    scenario.requests.retain(|request| stays(request.node));
    scenario.captions.retain(|caption| stays(caption.node));
    scenario.network.links.retain(|link| stays(link.from) && stays(link.to));
    if let Topology::Links { links, routers } = &mut scenario.network.topology {
        links.retain(|link| link.iter().all(|node| stays(*node)));
        *routers = routers.and(left);
    }
    let faults = std::mem::take(&mut scenario.faults).into_iter();
    let kept = |fault: Fault| {
        fault.with_nodes(|node| stays(node).then_some(node), |group| group.and(left))
    };
    scenario.faults = faults.filter_map(kept).collect();
}

/// Returns the name of an additional node: the next of the field's customary names, or of P1, P2, P3…
#[must_use]
pub fn next_name(names: &[String]) -> String {
    let free = |name: &String| !names.contains(name);
    let customary = text::edit::NAMES.iter().map(|&name| name.to_owned());
    let numbered = (1..).map(|number| format!("P{number}"));
    let by_number = names.iter().any(|name| name == "P1");
    let mut candidates = customary.filter(|_| !by_number).chain(numbered);
    candidates.find(free).expect("there are more numbers than names")
}
