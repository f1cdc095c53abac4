//! The systems on which two searches are compared: a scenario, and its possible faults.

#![allow(dead_code, reason = "every test file uses its own part")]

use serde_json::Value as Json;
use worldlines::{
    abstractions::{broadcast, mutex, order},
    kernel::{Detector, NodeId, Order, ParameterValue, Property, Protocol, Scenario},
    protocols,
    search::{Budget, Exhaustive, Objective},
};

/// A scenario, and its possible faults.
#[derive(Clone)]
pub(crate) struct System {
    pub(crate) protocol: &'static Protocol,
    pub(crate) scenario: Scenario,
    pub(crate) budget: &'static str,
}

impl System {
    /// A protocol with its defaults, without requests and faults.
    pub(crate) fn of(protocol: &'static str, nodes: usize) -> Self {
        let scenario = Scenario::new(protocol, Scenario::numbered(nodes));
        let protocol = protocols::find(protocol).expect("it is in the catalogue");
        Self { protocol, scenario, budget: "" }
    }

    /// With one request more, the later ones later.
    pub(crate) fn ask(mut self, node: usize, name: &str, with: &str) -> Self {
        let at = self.scenario.requests.len() as u64;
        let with = (!with.is_empty()).then(|| Json::from(with));
        self.scenario.ask(at, NodeId::new(node), name, with);
        self
    }

    /// The first nodes, this many, broadcast, each a different text.
    pub(crate) fn broadcasts(self, count: usize) -> Self {
        (0..count).fold(self, |it, node| it.ask(node, "broadcast", &format!("m{node}")))
    }

    /// The first nodes, this many, request to enter.
    pub(crate) fn acquires(self, count: usize) -> Self {
        (0..count).fold(self, |it, node| it.ask(node, "acquire", ""))
    }

    pub(crate) fn tuned(mut self, name: &str, value: ParameterValue) -> Self {
        self.scenario.params.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn word(self, name: &str, word: &str) -> Self {
        self.tuned(name, ParameterValue::Choice(word.to_owned()))
    }

    pub(crate) const fn faults(mut self, budget: &'static str) -> Self {
        self.budget = budget;
        self
    }

    pub(crate) const fn fifo(mut self) -> Self {
        self.scenario.network.order = Order::Fifo;
        self
    }

    pub(crate) const fn detected(mut self) -> Self {
        self.scenario.network.detector = Detector::Perfect(Detector::BOUND);
        self
    }

    /// Identity in words.
    pub(crate) fn name(&self) -> String {
        let Scenario { nodes, requests, network, params, .. } = &self.scenario;
        let mut name = format!("{} n={} k={}", self.protocol.id, nodes.len(), requests.len());
        for (parameter, value) in params {
            name.push_str(&format!(" {parameter}={value}"));
        }
        if network.order == Order::Fifo {
            name.push_str(" fifo");
        }
        if network.detector != Detector::None {
            name.push_str(" detected");
        }
        if !self.budget.is_empty() {
            name.push_str(&format!(" {}", self.budget));
        }
        name
    }

    /// Our search of it.
    pub(crate) fn explore(&self, objectives: &[Objective], reduced: bool) -> Exhaustive {
        let budget = Budget::read(self.budget).expect("it is a budget");
        let scenario = self.scenario.clone();
        let explore = Exhaustive::new(self.protocol, scenario, objectives, &budget, reduced);
        explore.unwrap_or_else(|unfit| panic!("{}: {unfit:?}", self.name()))
    }

    /// The same search, exhaustive or down to a depth.
    pub(crate) fn explored(&self, depth: Option<usize>) -> Exhaustive {
        let mut explore = self.explore(&[], false);
        for _ in 0..depth.unwrap_or(usize::MAX) {
            if explore.is_over() {
                break;
            }
            // Only the states of one level, and one more attempt if there are none.
            explore.advance(usize::try_from(explore.queue()).expect("few states").max(1), &[]);
        }
        explore
    }
}

/// Finite systems of all families.
pub(crate) fn bounded() -> Vec<System> {
    let commit = || System::of("two-phase-commit", 3).ask(0, "begin", "");
    let lock = |id| System::of(id, 3).acquires(2);
    let cast = |id, count| System::of(id, 3).broadcasts(count);
    vec![
        commit(),
        commit().faults("crash=1"),
        commit().ask(1, "vote", "no"),
        commit().faults("drop=1"),
        lock("ricart-agrawala"),
        System::of("ricart-agrawala", 3).acquires(3),
        lock("ricart-agrawala").faults("crash=1").detected(),
        lock("ricart-agrawala").word("priority", "id").faults("drop=1"),
        lock("maekawa"),
        lock("maekawa").faults("crash=1,recover=1"),
        lock("maekawa").fifo().faults("duplicate=1"),
        cast("reliable-broadcast", 1).faults("crash=1"),
        cast("reliable-broadcast", 2),
        cast("reliable-broadcast", 1).faults("crash=1,drop=1,duplicate=1,all=2"),
        cast("uniform-broadcast", 1).faults("crash=1").detected(),
        cast("uniform-broadcast", 1).word("quorum", "majority").faults("crash=2"),
        cast("causal-multicast", 2),
        cast("causal-multicast", 2).ask(0, "broadcast", "m9").faults("drop=1"),
        cast("fifo-multicast", 2).ask(0, "broadcast", "m9").fifo().faults("duplicate=1"),
        cast("abcast", 2),
        cast("abcast", 2).faults("drop=1"),
        cast("abcast", 1).faults("crash=1,recover=1").detected(),
    ]
}

/// Infinite or very large systems, each to a depth.
pub(crate) fn unbounded() -> Vec<(System, usize)> {
    let paxos = || System::of("paxos", 3).ask(0, "propose", "a").ask(1, "propose", "b");
    let bully = || System::of("bully", 3).ask(0, "elect", "");
    vec![
        (paxos(), 7),
        (paxos().word("quorum", "one").faults("crash=1"), 5),
        (paxos().faults("crash=1,recover=1"), 5),
        (bully(), 8),
        (bully().detected().faults("crash=1,recover=1"), 6),
    ]
}

/// Larger systems of the same families, with a depth if they are infinite.
pub(crate) fn large() -> Vec<(System, Option<usize>)> {
    let commit = System::of("two-phase-commit", 3).ask(0, "begin", "").ask(1, "vote", "no");
    let two = System::of("paxos", 3).ask(0, "propose", "a").ask(1, "propose", "b");
    let bully = System::of("bully", 3).ask(0, "elect", "").detected();
    vec![
        (commit.faults("crash=1"), None),
        (System::of("ricart-agrawala", 4).acquires(3), None),
        (System::of("maekawa", 5).acquires(3), None),
        (two, Some(8)),
        (bully.faults("crash=1"), Some(10)),
        (System::of("reliable-broadcast", 3).broadcasts(2).faults("crash=1"), None),
        (System::of("uniform-broadcast", 3).broadcasts(2).faults("crash=1"), None),
        (System::of("causal-multicast", 3).broadcasts(3).ask(0, "broadcast", "m9"), None),
        (System::of("abcast", 3).broadcasts(3), None),
    ]
}

/// Systems of useful size of the families of broadcasts and locks, each with its property, and the least factor by which
/// the reduction decreases the number of states.
pub(crate) fn reducible() -> Vec<(System, &'static Property, u64)> {
    let cast = |id, nodes| System::of(id, nodes).broadcasts(1);
    let casts = |id, nodes, count| System::of(id, nodes).broadcasts(count);
    let majority = |nodes| cast("uniform-broadcast", nodes).word("quorum", "majority");
    let lock = |id, nodes| System::of(id, nodes).acquires(2);
    vec![
        (cast("reliable-broadcast", 4), &broadcast::AGREEMENT, 300),
        (cast("reliable-broadcast", 4).faults("crash=1"), &broadcast::AGREEMENT, 200),
        (casts("reliable-broadcast", 3, 2).faults("crash=1"), &broadcast::AGREEMENT, 15),
        (cast("uniform-broadcast", 4), &broadcast::UNIFORM_AGREEMENT, 200),
        (majority(4).faults("crash=1"), &broadcast::UNIFORM_AGREEMENT, 100),
        (casts("fifo-multicast", 4, 2), &order::FIFO_ORDER, 10),
        (casts("causal-multicast", 4, 2), &order::CAUSAL_ORDER, 12),
        (casts("causal-multicast", 4, 3), &order::CAUSAL_ORDER, 15),
        // The node that numbers the messages, and their order, show at every node: fewer orders are equivalent.
        (casts("abcast", 4, 2), &order::TOTAL_ORDER, 5),
        (lock("ricart-agrawala", 4), &mutex::MUTUAL_EXCLUSION, 80),
        (lock("ricart-agrawala", 5), &mutex::MUTUAL_EXCLUSION, 500),
        (lock("ricart-agrawala", 6), &mutex::MUTUAL_EXCLUSION, 5000),
        (lock("ricart-agrawala", 6), &mutex::STARVATION_FREEDOM, 5000),
        (System::of("ricart-agrawala", 4).acquires(3), &mutex::MUTUAL_EXCLUSION, 80),
        (lock("maekawa", 5), &mutex::MUTUAL_EXCLUSION, 40),
        (lock("maekawa", 5), &mutex::STARVATION_FREEDOM, 60),
    ]
}
