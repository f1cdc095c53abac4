//! Assumptions on which nodes are linked.

use super::{Breach, Examined};
use crate::kernel::{Medium, NodeId, NodeSet, Scenario};

/// Hosts are linked, directly or by routers, which are one network.
pub(super) fn hosts_are_linked(run: Examined) -> Option<Breach> {
    let why = unlinked(run.scenario)?;
    Some(run.misfit("network.topology".to_owned(), why, None))
}

/// The medium is shared, and every node is in range of every other.
pub(super) fn shared_medium(run: Examined) -> Option<Breach> {
    let size = run.scenario.nodes.len();
    let misfit = |culprit: &str, why| Some(run.misfit(culprit.to_owned(), why, None));
    if run.scenario.network.medium != Medium::Shared {
        return misfit("network.medium", "the nodes share no medium".to_owned());
    }
    let neighbours = run.scenario.network.topology.neighbours(size);
    let far =
        |one: NodeId| NodeSet::first(size).without(neighbours[one.index()]).without(one.into());
    let mut pairs = (0..size).map(NodeId::new).filter_map(|one| Some((one, far(one).lowest()?)));
    let (one, other) = pairs.next()?;
    misfit("network.topology", format!("{one} and {other} are not linked"))
}

/// Describes two nodes that should be linked and are not: routers of hosts, or hosts one of which has no router.
fn unlinked(scenario: &Scenario) -> Option<String> {
    let topology = &scenario.network.topology;
    let (size, routers) = (scenario.nodes.len(), topology.routers());
    let neighbours = topology.neighbours(size);
    let around = |nodes: NodeSet| {
        nodes.into_iter().fold(nodes, |all, node| all.or(neighbours[node.index()]))
    };
    let hosts = NodeSet::first(size).without(routers);
    let gateways = around(hosts).and(routers);
    let first = gateways.lowest();
    let mut network = first.map_or(NodeSet::EMPTY, NodeSet::from);
    for _ in routers {
        network = around(network).and(routers);
    }
    let attached = around(network);
    let linked = |one: NodeId, other| {
        neighbours[one.index()].contains(other)
            || NodeSet::from(one).or(other.into()).is_subset(attached)
    };
    let stray = gateways.without(network).lowest();
    let mut pairs = hosts.into_iter().flat_map(|one| hosts.into_iter().map(move |it| (one, it)));
    let pair = first.zip(stray).or_else(|| pairs.find(|(a, b)| a < b && !linked(*a, *b)));
    pair.map(|(one, other)| format!("{one} and {other} are not linked"))
}
