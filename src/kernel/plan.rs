//! A scenario made ready to run.

use std::borrow::Cow;

use super::{
    Choices, Group, Machine, NodeId, NodeSet, Packet, Protocol, Scenario, Spared, agenda::What,
    clock::Clock, log::Log, network::Network, traitor::Traitors,
};

/// A scenario made ready to run: what never changes while it runs.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    pub(super) scenario: Cow<'a, Scenario>,
    pub(super) protocol: &'a Protocol,
    pub(super) network: Network,
    pub(super) traitors: Traitors,
    /// By node.
    pub(super) clocks: Vec<Clock>,
    /// What each request asks, types erased.
    pub(super) requests: Vec<Packet>,
}

impl<'a> Plan<'a> {
    /// Makes a scenario ready.
    ///
    /// # Errors
    /// The place of a request that the protocol cannot read, and what it expected. A scenario that came
    /// through `formats::scenario` has none.
    pub fn new(protocol: &'a Protocol, scenario: &'a Scenario) -> Result<Self, (usize, String)> {
        Self::of(protocol, Cow::Borrowed(scenario))
    }

    /// The same, of a scenario that the plan keeps.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn owned(protocol: &'a Protocol, scenario: Scenario) -> Result<Self, (usize, String)> {
        Self::of(protocol, Cow::Owned(scenario))
    }

    /// Makes a scenario ready to run, with a network that spares some messages and links.
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

    /// The protocol that is to run.
    #[must_use]
    pub const fn protocol(&self) -> &'a Protocol {
        self.protocol
    }

    /// The scenario that it is a plan of.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The scenario that it was a plan of.
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

    /// What a request asks, by its place in the scenario.
    #[must_use]
    pub fn request(&self, index: usize) -> &Packet {
        &self.requests[index]
    }

    /// Those to whom a node's messages get.
    #[must_use]
    pub fn neighbours(&self, node: NodeId) -> NodeSet {
        self.network.neighbours[node.index()]
    }

    /// Who takes part, seen from one of them.
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

    /// The node that has to be awake for something.
    pub(super) fn awake(&self, log: &Log, what: What) -> Option<NodeId> {
        match what {
            What::Start { node, .. } | What::Detect { node, .. } | What::Timer { node, .. } => {
                Some(node)
            }
            What::Arrive { message, lost: None, .. } => Some(log.message(message).name.to),
            What::Request { index } => Some(self.scenario.requests[index].node),
            _ => None,
        }
    }

    /// A node's dice, as they lie before the run.
    pub(super) fn choices(&self, me: NodeId) -> Choices {
        Choices::new(self.scenario.seed, me)
    }

    pub(super) fn spawn(&self, me: NodeId) -> Box<dyn Machine> {
        (self.protocol.behaviour.spawn)(self.group(me), &self.scenario.params)
    }
}
