//! Changes of one thing in a run, by which the cause of a violation is found.

use super::{
    Delay, Detector, LinkSpec, MessageName, NodeId, Order, ParameterValue, PerMillion, Plan,
    Protocol, Scenario, SortedMap, SortedSet, Time, Timing, Topology, network::Network,
};

/// A change of one thing in a run. Everything else stays as it is: the seed, the other faults, the horizon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    /// The fault at this place is not there.
    Without(usize),
    /// The network is kinder to this message.
    Spare(MessageName, Mercy),
    /// Messages of the link between these two, in this direction, stay in order.
    InOrder(NodeId, NodeId),
    /// The parameter has this value.
    Parameter(&'static str, ParameterValue),
    /// The request at this place comes at this time, in virtual ms.
    Ask(usize, Time),
    /// Every crash is reported to every node.
    Detector,
    /// Any two nodes are linked.
    Links,
    /// The network keeps this bound, in virtual ms.
    Bound(Time),
    /// The run goes on until this time, in virtual ms.
    Until(Time),
}

/// How the network is kinder to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mercy {
    /// Chance does not lose it.
    Arrives,
    /// Chance does not duplicate it.
    Once,
    /// Chance flips none of its bits.
    Intact,
    /// It takes no longer than this, in virtual ms.
    Within(Time),
}

/// What the network spares in a repaired run; nothing in any other.
#[derive(Clone, Debug, Default)]
pub(super) struct Spared {
    messages: SortedMap<MessageName, Vec<Mercy>>,
    links: SortedSet<(NodeId, NodeId)>,
}

impl Spared {
    /// The kindnesses to a message.
    fn mercies(&self, name: MessageName) -> &[Mercy] {
        self.messages.get(&name).map_or(&[], Vec::as_slice)
    }

    /// True if the network has this mercy on a message.
    pub(super) fn has(&self, name: MessageName, mercy: Mercy) -> bool {
        self.mercies(name).contains(&mercy)
    }

    /// The longest time that a message may take, where that is bounded.
    pub(super) fn within(&self, name: MessageName) -> Option<Time> {
        let bounds = self.mercies(name).iter().filter_map(|mercy| match mercy {
            Mercy::Within(bound) => Some(*bound),
            _ => None,
        });
        bounds.min()
    }

    /// True if the messages of a link stay in order whatever the network's order is.
    pub(super) fn in_order(&self, from: NodeId, to: NodeId) -> bool {
        self.links.contains(&(from, to))
    }
}

impl<'a> Plan<'a> {
    /// Makes a scenario with repairs ready.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn repaired(protocol: &'a Protocol, repaired: Repaired) -> Result<Self, (usize, String)> {
        let Repaired { scenario, spared } = repaired;
        let mut plan = Self::owned(protocol, scenario)?;
        plan.network = Network::new(plan.scenario(), spared);
        Ok(plan)
    }
}

/// A scenario with repairs made, and what the network spares in its run.
#[derive(Clone, Debug)]
pub struct Repaired {
    /// The scenario: what a reader could write.
    pub scenario: Scenario,
    /// What no scenario can say.
    pub(super) spared: Spared,
}

impl Repaired {
    /// Makes these repairs.
    #[must_use]
    pub fn of(scenario: &Scenario, repairs: &[Repair]) -> Self {
        let mut repaired = Self { scenario: scenario.clone(), spared: Spared::default() };
        let mut gone = vec![false; scenario.faults.len()];
        for repair in repairs {
            match repair {
                Repair::Without(fault) => gone[*fault] = true,
                other => repaired.make(other),
            }
        }
        let mut gone = gone.into_iter();
        repaired.scenario.faults.retain(|_| !gone.next().unwrap_or(false));
        repaired
    }

    fn make(&mut self, repair: &Repair) {
        let Self { scenario, spared } = self;
        match repair {
            Repair::Without(_) => {}
            Repair::Spare(name, mercy) => spared.messages.entry(*name).or_default().push(*mercy),
            Repair::InOrder(from, to) => {
                spared.links.insert((*from, *to));
            }
            Repair::Parameter(name, value) => {
                scenario.params.insert((*name).to_owned(), value.clone());
            }
            Repair::Ask(request, at) => scenario.requests[*request].at = *at,
            Repair::Detector => scenario.network.detector = Detector::Perfect(Detector::BOUND),
            Repair::Links => scenario.network.topology = Topology::Full,
            Repair::Bound(bound) => scenario.network.timing = Timing::Synchronous(*bound),
            Repair::Until(until) => scenario.until = *until,
        }
    }

    /// True if a scenario alone can say all of it, so that a reader can make the same repairs by hand.
    #[must_use]
    pub const fn is_written(&self) -> bool {
        self.spared.messages.is_empty() && self.spared.links.is_empty()
    }

    /// The scenario with a network that does its best: what a reader can write instead of single mercies.
    #[must_use]
    pub fn network_at_its_best(scenario: &Scenario, repairs: &[Repair]) -> Scenario {
        let mut scenario = Self::of(scenario, repairs).scenario;
        let is_of =
            |link: &LinkSpec, name: MessageName| (link.from, link.to) == (name.from, name.to);
        for repair in repairs {
            let network = &mut scenario.network;
            match repair {
                Repair::Spare(name, Mercy::Arrives) => {
                    network.loss = PerMillion(0);
                    network
                        .links
                        .iter_mut()
                        .filter(|it| is_of(it, *name))
                        .for_each(|it| it.queue = None);
                }
                Repair::Spare(_, Mercy::Once) => network.duplicate = PerMillion(0),
                Repair::Spare(_, Mercy::Intact) => network.corrupt = PerMillion(0),
                Repair::Spare(name, Mercy::Within(bound)) => {
                    let shorter = |delay: Delay| Delay {
                        min: delay.min.min(*bound),
                        max: delay.max.min(*bound),
                    };
                    network.delay = shorter(network.delay);
                    for link in &mut network.links {
                        link.delay = shorter(link.delay);
                        if is_of(link, *name) {
                            (link.rate, link.queue) = (None, None);
                        }
                    }
                }
                Repair::InOrder(..) => network.order = Order::Fifo,
                _ => {}
            }
        }
        scenario
    }
}
