//! Traitors: they run the correct code, and their messages are rewritten.
//!
//! So a traitor can lie, contradict itself and send nothing, but it can send only as itself and, unless other
//! traitors share their keys, sign only as itself. Only its protocol knows the best lie:
//! [`Process::forge`](super::Process::forge).

use super::{
    Behaviour, Fault, Keys, MessageName, NodeId, NodeSet, Packet, Scenario, SortedMap, Strategy,
    choices::{Purpose, below},
    network::Network,
};

/// The traitors of a scenario.
#[derive(Clone, Debug)]
pub(super) struct Traitors {
    /// Strategy of each node. The first fault that makes a node a traitor counts.
    strategies: Vec<Option<Strategy>>,
    everyone: NodeSet,
    /// Half of the loyal nodes, to which colluding traitors lie.
    deceived: NodeSet,
    /// Messages that the reader writes, each with its fault.
    script: SortedMap<MessageName, (usize, Packet)>,
}

/// The words of a traitor in place of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// The message of the correct code.
    Truth,
    /// Another message.
    Lie(Packet),
    /// No message.
    Nothing,
}

impl Traitors {
    pub(super) fn new(scenario: &Scenario, behaviour: &Behaviour) -> Self {
        let size = scenario.nodes.len();
        let mut strategies = vec![None; size];
        let mut everyone = NodeSet::EMPTY;
        for fault in &scenario.faults {
            if let Fault::Traitor { node, strategy } = *fault
                && everyone.insert(node)
            {
                strategies[node.index()] = Some(strategy);
            }
        }
        let loyal = NodeSet::first(size).without(everyone);
        let deceived = loyal.into_iter().skip(loyal.len() / 2).collect();
        let mut script = SortedMap::new();
        for (index, fault) in scenario.faults.iter().enumerate() {
            if let Fault::Forge { message, with } = fault
                && everyone.contains(message.from)
                && !script.contains_key(message)
            {
                let keys = Keys::new(message.from, everyone);
                let read = (behaviour.read_message)(with, &scenario.nodes, keys);
                script.extend(read.ok().map(|packet| (*message, (index, packet))));
            }
        }
        Self { strategies, everyone, deceived, script }
    }

    /// Returns the sender's words in place of this message of its code. A message that the reader wrote takes
    /// precedence over the strategy; its fault is marked in `met`.
    pub(super) fn words(
        &self,
        behaviour: &Behaviour,
        network: &Network,
        met: &mut [bool],
        name: MessageName,
        truth: &Packet,
    ) -> Words {
        let Some(strategy) = self.strategies[name.from.index()] else { return Words::Truth };
        if let Some((fault, line)) = self.script.get(&name) {
            met[*fault] = true;
            return Words::Lie(line.clone());
        }
        let keys = Keys::new(name.from, self.everyone);
        let lie = |to: NodeId| match (behaviour.forge)(truth, to, keys) {
            Some(lie) if lie != *truth => Words::Lie(lie),
            _ => Words::Truth,
        };
        match strategy {
            Strategy::Silent => Words::Nothing,
            Strategy::Flip => lie(name.to),
            Strategy::Equivocate if place_among_others(name) % 2 == 1 => lie(name.to),
            Strategy::Random => match below(network.draw(name, Purpose::Treason), 3) {
                0 => Words::Nothing,
                1 => lie(name.to),
                _ => Words::Truth,
            },
            // The same lie to all of them: the best lie to the first.
            Strategy::Collude if self.deceived.contains(name.to) => {
                self.deceived.lowest().map_or(Words::Truth, lie)
            }
            Strategy::Scripted | Strategy::Equivocate | Strategy::Collude => Words::Truth,
        }
    }
}

/// Returns the receiver's place, from 0, among all nodes but the sender.
fn place_among_others(name: MessageName) -> usize {
    name.to.index() - usize::from(name.to > name.from)
}
