//! What a reader can change: everything ends up in the scenario.

use crate::{
    formats::{Problem, scenario},
    kernel::{
        Fault, NetworkSpec, NodeId, NodeSet, ParameterValue, RequestSpec, Scenario, Time, Topology,
    },
    protocols,
};

/// One change of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Something goes wrong. A fault that stands already is not added again; a message has one delay.
    AddFault(Fault),
    /// Something does not go wrong after all, by its place.
    RemoveFault(usize),
    /// Something goes wrong otherwise.
    ChangeFault(usize, Fault),
    /// The application asks for something.
    AddRequest(RequestSpec),
    /// The application does not ask after all, by its place.
    RemoveRequest(usize),
    /// The application asks otherwise.
    ChangeRequest(usize, RequestSpec),
    /// Another protocol runs, by its id. What it cannot be asked for is left out.
    Protocol(&'static str),
    /// A parameter has this value.
    Parameter(&'static str, ParameterValue),
    /// There are so many nodes: the last ones go, with all that names them, or new ones come.
    Nodes(usize),
    /// A node is called otherwise.
    Rename(NodeId, String),
    /// Messages travel otherwise.
    Network(NetworkSpec),
    /// Other luck.
    Seed(u64),
    /// The run ends then, in virtual ms.
    Until(Time),
    /// Everything is as in this scenario.
    Replace(Box<Scenario>),
}

impl Edit {
    /// The scenario after the change.
    ///
    /// # Errors
    /// What would be wrong with it: the reader is told, and nothing changes.
    pub fn apply(self, scenario: &Scenario) -> Result<Scenario, Problem> {
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
            Self::Nodes(size) => change_nodes(&mut next, size),
            Self::Rename(node, name) => next.nodes[node.index()] = name,
            Self::Network(network) => next.network = network,
            Self::Seed(seed) => next.seed = seed,
            Self::Until(until) => next.until = until,
            Self::Replace(other) => next = *other,
        }
        // What a link could not hold must not be made by hand either: one definition of what is valid.
        scenario::read(&scenario::write(&next))
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
    if let Fault::Delay { message, by } = fault {
        let same =
            |other: &Fault| matches!(other, Fault::Delay { message: m, .. } if *m == message);
        match faults.iter().position(same) {
            Some(place) if by == 0 => remove(faults, place),
            Some(place) => faults[place] = fault,
            None if by == 0 => {}
            None => faults.push(fault),
        }
    } else if let Fault::Crash { node, at, .. } = fault
        && let Some(place) = faults.iter().position(
            |other| matches!(*other, Fault::Crash { node: n, at: t, .. } if (n, t) == (node, at)),
        )
    {
        // A node stops once at a moment: this says otherwise where.
        faults[place] = fault;
    } else if !faults.contains(&fault) {
        faults.push(fault);
    }
}

fn change_protocol(scenario: &mut Scenario, id: &'static str) {
    let Some(protocol) = protocols::find(id) else { return };
    scenario.protocol = id.to_owned();
    // Put together anew: a map's code for taking out what is in its middle is longer than all of this.
    let params = std::mem::take(&mut scenario.params);
    scenario.params.extend(params.into_iter().filter(|(name, value)| {
        protocol.behaviour.parameters.iter().any(|p| p.name == name && p.admits(value))
    }));
    let read = protocol.behaviour.read_request;
    scenario.requests.retain(|request| {
        protocol.behaviour.requests.iter().any(|kind| kind.name == request.name)
            && read(&request.name, request.with.as_ref(), &scenario.nodes).is_ok()
    });
    // What a traitor was to say is no message of this protocol.
    scenario.faults.retain(|fault| !matches!(fault, Fault::Forge { .. }));
    // They told of what the other protocol did.
    scenario.captions.clear();
    scenario.title.clear();
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
    let left = NodeSet::first(size);
    let stays = |node: NodeId| left.contains(node);
    scenario.requests.retain(|request| stays(request.node));
    scenario.captions.retain(|caption| stays(caption.node));
    scenario.network.links.retain(|link| stays(link.from) && stays(link.to));
    if let Topology::Links { links, routers } = &mut scenario.network.topology {
        links.retain(|link| link.iter().all(|node| stays(*node)));
        *routers = routers.and(left);
    }
    scenario.faults.retain_mut(|fault| match fault {
        Fault::Drop { message }
        | Fault::Delay { message, .. }
        | Fault::Duplicate { message, .. }
        | Fault::Corrupt { message, .. }
        | Fault::Forge { message, .. } => stays(message.from) && stays(message.to),
        Fault::Crash { node, .. }
        | Fault::Recover { node, .. }
        | Fault::Pause { node, .. }
        | Fault::Omit { node, .. }
        | Fault::Traitor { node, .. }
        | Fault::Drift { node, .. } => stays(*node),
        Fault::Cut { from, to, .. } => stays(*from) && stays(*to),
        Fault::Partition { groups, .. } => {
            groups.iter_mut().for_each(|group| *group = group.and(left));
            groups.retain(|group| !group.is_empty());
            !groups.is_empty()
        }
    });
}

/// What one more node is called: the next of the field's customary names, or of P1, P2, P3…
#[must_use]
pub fn next_name(names: &[String]) -> String {
    const CUSTOMARY: [&str; 12] = [
        "Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi", "Ivan", "Judy", "Niaj",
        "Olivia",
    ];
    let free = |name: &String| !names.contains(name);
    let customary = CUSTOMARY.iter().map(|&name| name.to_owned());
    let numbered = (1..).map(|number| format!("P{number}"));
    let by_number = names.iter().any(|name| name == "P1");
    let mut candidates = customary.filter(|_| !by_number).chain(numbered);
    candidates.find(free).expect("there are more numbers than names")
}
