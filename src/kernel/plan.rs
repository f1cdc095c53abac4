//! A scenario made ready to run.

use std::borrow::Cow;

use super::{
    Choices, Group, Machine, NodeId, NodeSet, Packet, Protocol, Scenario, Spared,
    agenda::Occurrence, clock::Clock, log::Log, network::Network, traitor::Traitors,
};

/// A scenario made ready to run: the part of a simulation that never changes.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    pub(super) scenario: Cow<'a, Scenario>,
    pub(super) protocol: &'a Protocol,
    pub(super) network: Network,
    pub(super) traitors: Traitors,
    /// Clock of each node.
    pub(super) clocks: Vec<Clock>,
    /// Content of each request, types erased.
    pub(super) requests: Vec<Packet>,
}

impl<'a> Plan<'a> {
    /// Makes a scenario ready to run.
    ///
    /// # Errors
    /// Place of a request that the protocol cannot read, and a description of the valid ones. A scenario that
    /// came through `formats::scenario` has no such request.
    pub fn new(protocol: &'a Protocol, scenario: &'a Scenario) -> Result<Self, (usize, String)> {
        Self::of(protocol, Cow::Borrowed(scenario))
    }

    /// Does the same with a scenario that the plan owns.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn owned(protocol: &'a Protocol, scenario: Scenario) -> Result<Self, (usize, String)> {
        Self::of(protocol, Cow::Owned(scenario))
    }

    /// Makes a scenario ready to run, with some messages and links exempt from faults.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn sparing(
        protocol: &'a Protocol,
        scenario: Scenario,
        spared: Spared,
    ) -> Result<Self, (usize, String)> {
        let mut plan = Self::owned(protocol, scenario)?;
        plan.network = Network::new(plan.scenario(), spared);
        Ok(plan)
    }

    /// Returns the protocol.
    #[must_use]
    pub const fn protocol(&self) -> &'a Protocol {
        self.protocol
    }

    /// Returns the scenario.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Returns the scenario, and drops the plan.
    #[must_use]
    pub fn into_scenario(self) -> Scenario {
        self.scenario.into_owned()
    }

    fn of(protocol: &'a Protocol, scenario: Cow<'a, Scenario>) -> Result<Self, (usize, String)> {
        let read = protocol.behaviour.read_request;
        let requests = scenario.requests.iter().enumerate().map(|(index, request)| {
            read(&request.name, request.with.as_ref(), &scenario.nodes).map_err(|why| (index, why))
        });
        let requests = requests.collect::<Result<_, _>>()?;
        Ok(Self {
            protocol,
            network: Network::new(&scenario, Spared::default()),
            traitors: Traitors::new(&scenario, &protocol.behaviour),
            clocks: Clock::all(&scenario),
            requests,
            scenario,
        })
    }

    /// Returns the content of a request, by its place in the scenario.
    #[must_use]
    pub fn request(&self, index: usize) -> &Packet {
        &self.requests[index]
    }

    /// Returns the nodes that a node's messages reach.
    #[must_use]
    pub fn neighbours(&self, node: NodeId) -> NodeSet {
        self.network.neighbours[node.index()]
    }

    /// Returns the group, seen from one of its nodes.
    pub(super) fn group(&self, me: NodeId) -> Group {
        Group {
            me,
            size: self.scenario.nodes.len(),
            neighbours: self.network.neighbours[me.index()],
            routers: self.scenario.network.topology.routers(),
            delay_bound: self.scenario.network.timing.bound(),
        }
    }

    pub(super) fn clock(&self, node: NodeId) -> Clock {
        self.clocks[node.index()]
    }

    /// Returns the node that must not be paused for an item to happen.
    pub(super) fn awake(&self, log: &Log, occurrence: Occurrence) -> Option<NodeId> {
        match occurrence {
            Occurrence::Start { node, .. }
            | Occurrence::Detect { node, .. }
            | Occurrence::Timer { node, .. } => Some(node),
            Occurrence::Arrive { message, lost: None, .. } => Some(log.message(message).name.to),
            Occurrence::Request { index } => Some(self.scenario.requests[index].node),
            _ => None,
        }
    }

    /// Returns a node's random choices, as they are before the run.
    pub(super) fn choices(&self, me: NodeId) -> Choices {
        Choices::new(self.scenario.seed, me)
    }

    pub(super) fn spawn(&self, me: NodeId) -> Box<dyn Machine> {
        (self.protocol.behaviour.spawn)(self.group(me), &self.scenario.params)
    }
}
