//! Hand-made and random histories, by which monitors are tested.

use worldlines::{
    abstractions::{
        Value,
        broadcast::{Broadcast, BroadcastId, Deliver, Labelled},
        order::SYNC,
    },
    kernel::{Event, EventKind, Failures, NodeId, NodeSet, Observation, Packet, Property, Verdict},
};

use super::chance::Chance;

/// Observations of a run by monitors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Broadcast(NodeId, Value),
    Deliver(NodeId, Deliver<Value>),
    Crash(NodeId),
    Recover(NodeId),
}

impl Step {
    fn event(&self, time: u64) -> Event {
        let (node, kind) = match self {
            Self::Broadcast(node, payload) => {
                let payload = payload.clone();
                let packet = if is_sync(&payload) {
                    Packet::new(Broadcast(Labelled { payload, label: Some(SYNC.into()) }))
                } else {
                    Packet::new(Broadcast(payload))
                };
                (node, EventKind::Request { index: 0, packet })
            }
            Self::Deliver(node, deliver) => {
                let packet = Packet::new(deliver.clone());
                (node, EventKind::Indicate { kind: "deliver", packet })
            }
            Self::Crash(node) => (node, EventKind::Crash),
            Self::Recover(node) => (node, EventKind::Recover),
        };
        Event { time, node: *node, kind }
    }
}

/// True if this is the payload of a sync message: s1, s2 and so on.
pub(crate) fn is_sync(payload: &Value) -> bool {
    payload.to_string().starts_with('s')
}

/// A history of a group of this size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct History {
    pub(crate) nodes: usize,
    /// Failure model by which it is judged.
    pub(crate) failures: Failures,
    pub(crate) steps: Vec<Step>,
}

/// A broadcast in a history.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) at: usize,
    pub(crate) id: BroadcastId,
    pub(crate) payload: Value,
}

/// A delivery in a history.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) at: usize,
    pub(crate) node: NodeId,
    pub(crate) id: BroadcastId,
    pub(crate) payload: Value,
}

impl History {
    /// Reads `a! b:a1 -b`: node a broadcasts, b delivers a's first, b crashes; `+b`: b recovers. The first
    /// message of all is m1, the next m2 and so on; `b:a1=x` delivers x instead. `a!s` broadcasts a sync
    /// message: s1, s2 and so on.
    pub(crate) fn read(nodes: usize, text: &str) -> Self {
        let mut history = Self { nodes, failures: Failures::CrashStop, steps: Vec::new() };
        let node = |c: char| NodeId::new(c as usize - 'a' as usize);
        for word in text.split_whitespace() {
            let mut chars = word.chars();
            let first = chars.next().expect("words are not empty");
            let rest: Vec<char> = chars.collect();
            let step = match (first, rest.as_slice()) {
                ('-', [who]) => Step::Crash(node(*who)),
                ('+', [who]) => Step::Recover(node(*who)),
                (who, ['!']) => history.next_broadcast(node(who), 'm'),
                (who, ['!', 's']) => history.next_broadcast(node(who), 's'),
                (who, [':', from, seq, other @ ..]) => {
                    let id = BroadcastId {
                        from: node(*from),
                        seq: seq.to_digit(10).expect("a count is one digit"),
                    };
                    let payload = match other {
                        ['=', other @ ..] => other.iter().collect::<String>().as_str().into(),
                        _ => history.payload(id),
                    };
                    Step::Deliver(node(who), Deliver { from: id.from, seq: id.seq, payload })
                }
                _ => panic!("{word} is no step"),
            };
            history.steps.push(step);
        }
        history
    }

    /// A random history with every kind of event.
    pub(crate) fn random(chance: &mut Chance) -> Self {
        let nodes = chance.between(2, 4) as usize;
        let mut history = Self { nodes, failures: Failures::CrashStop, steps: Vec::new() };
        let length = chance.between(2, 18);
        // Wild histories violate all properties, tame ones few: both are needed.
        let wildness = [0, 5, 25][chance.below(3)];
        while history.steps.len() < length as usize {
            let node = NodeId::new(chance.below(nodes));
            let up = history.up(node);
            let step = match chance.between(1, 100) {
                1..=4 if up => Step::Crash(node),
                1..=20 if !up => Step::Recover(node),
                _ if !up => continue,
                5..=16 => history.next_broadcast(node, 's'),
                17..=30 => history.next_broadcast(node, 'm'),
                _ => match history.random_delivery(chance, node, wildness) {
                    Some(deliver) => Step::Deliver(node, deliver),
                    // Nothing is left to deliver: the node broadcasts itself.
                    None => history.next_broadcast(node, 'm'),
                },
            };
            history.steps.push(step);
        }
        history
    }

    fn random_delivery(
        &self,
        chance: &mut Chance,
        node: NodeId,
        wildness: u64,
    ) -> Option<Deliver<Value>> {
        let deliver = |id: BroadcastId, payload| Deliver { from: id.from, seq: id.seq, payload };
        if chance.percent(wildness) {
            let from = NodeId::new(chance.below(self.nodes));
            let id = BroadcastId { from, seq: chance.between(1, 3) as u32 };
            let payload = if chance.percent(70) { self.payload(id) } else { "wrong".into() };
            return Some(deliver(id, payload));
        }
        let told = self.told();
        let mut open = self.asked();
        open.retain(|asked| !told.iter().any(|told| told.node == node && told.id == asked.id));
        // Tame histories mostly deliver the first broadcast.
        let first = wildness == 0 && chance.percent(85);
        let place = if first { 0 } else { chance.below(open.len().max(1)) };
        open.get(place).map(|asked| deliver(asked.id, asked.payload.clone()))
    }

    fn next_broadcast(&self, node: NodeId, letter: char) -> Step {
        Step::Broadcast(node, format!("{letter}{}", self.asked().len() + 1).as_str().into())
    }

    /// Payload broadcast under this id; `?` for none.
    fn payload(&self, id: BroadcastId) -> Value {
        let asked = self.asked().into_iter().find(|asked| asked.id == id);
        asked.map_or("?".into(), |asked| asked.payload)
    }

    /// Its first steps.
    pub(crate) fn prefix(&self, steps: usize) -> Self {
        Self { steps: self.steps[..steps].to_vec(), ..*self }
    }

    /// All broadcasts.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        let mut seqs = vec![0; self.nodes];
        let steps = self.steps.iter().enumerate();
        steps
            .filter_map(|(at, step)| {
                let Step::Broadcast(from, payload) = step else { return None };
                seqs[from.index()] += 1;
                let id = BroadcastId { from: *from, seq: seqs[from.index()] };
                Some(Asked { at, id, payload: payload.clone() })
            })
            .collect()
    }

    /// All deliveries.
    pub(crate) fn told(&self) -> Vec<Told> {
        let steps = self.steps.iter().enumerate();
        steps
            .filter_map(|(at, step)| {
                let Step::Deliver(node, deliver) = step else { return None };
                let payload = deliver.payload.clone();
                Some(Told { at, node: *node, id: deliver.id(), payload })
            })
            .collect()
    }

    /// The correct nodes of its failure model: those that never crash; with recovery, those that are up for good.
    pub(crate) fn correct(&self) -> NodeSet {
        if self.failures == Failures::CrashRecovery {
            return self.up_in_the_end();
        }
        let crashed = self.steps.iter().filter_map(|step| match step {
            Step::Crash(node) => Some(*node),
            _ => None,
        });
        NodeSet::first(self.nodes).without(crashed.collect())
    }

    /// Nodes that are up at the end.
    pub(crate) fn up_in_the_end(&self) -> NodeSet {
        NodeSet::first(self.nodes).into_iter().filter(|node| self.up(*node)).collect()
    }

    fn up(&self, node: NodeId) -> bool {
        let last = self
            .steps
            .iter()
            .rev()
            .find(|step| matches!(step, Step::Crash(it) | Step::Recover(it) if *it == node));
        !matches!(last, Some(Step::Crash(_)))
    }

    /// Verdict of a property's monitor.
    pub(crate) fn judge(&self, property: &Property, over: bool) -> Verdict {
        let mut monitor = (property.monitor)(&super::in_model(self.failures, self.nodes));
        for (id, step) in self.steps.iter().enumerate() {
            let event = step.event(id as u64);
            monitor.observe(&Observation::of(id, &event).expect("monitors see all steps"));
        }
        monitor.verdict(over)
    }
}
