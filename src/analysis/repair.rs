//! Changes of one thing in a run, by which the cause of a violation is found.

use crate::kernel::{
    Delay, Detector, LinkSpec, Mercy, MessageName, NodeId, Order, ParameterValue, PerMillion, Plan,
    Protocol, Scenario, Spared, Time, Timing, Topology,
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

/// A repaired scenario, and the messages that the network spares in its run.
#[derive(Clone, Debug)]
pub(super) struct Repaired {
    /// The scenario: what a reader could write.
    pub scenario: Scenario,
    /// Mercies of the network, which no scenario can say.
    pub spared: Spared,
}

impl Repaired {
    /// Makes the repaired scenario ready to run.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub(super) fn plan(self, protocol: &Protocol) -> Result<Plan<'_>, (usize, String)> {
        Plan::sparing(protocol, self.scenario, self.spared)
    }

    /// Makes these repairs.
    #[must_use]
    pub(super) fn of(scenario: &Scenario, repairs: &[Repair]) -> Self {
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
            Repair::Spare(name, mercy) => spared.spare(*name, *mercy),
            Repair::InOrder(from, to) => spared.keep_in_order(*from, *to),
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

    /// The scenario with a network that does its best: what a reader can write instead of single mercies.
    #[must_use]
    pub(super) fn network_at_its_best(scenario: &Scenario, repairs: &[Repair]) -> Scenario {
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
