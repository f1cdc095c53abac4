//! What becomes of a message, decided when it is sent.
//!
//! Faults are known beforehand, so a message's whole way is: how long it takes, and what it runs into.
//! Only whether its receiver is up is seen on arrival.

use std::collections::BTreeMap;

use super::{
    Delay, Fault, Loss, MessageName, NodeId, NodeSet, Order, PerMillion, Scenario, Side, Time,
    choices::{Purpose, below, mix},
};

/// The network of a scenario: what never changes while it runs.
#[derive(Clone, Debug)]
pub(super) struct Network {
    size: usize,
    order: Order,
    loss: PerMillion,
    duplicate: PerMillion,
    /// By link.
    links: Vec<Link>,
    drops: BTreeMap<MessageName, usize>,
    delays: BTreeMap<MessageName, Vec<(usize, Time)>>,
    duplicates: BTreeMap<MessageName, Vec<(usize, Time)>>,
    /// In the scenario's order.
    obstacles: Vec<Obstacle>,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    /// What its messages' draws depend on, beside their number.
    key: u64,
    delay: Delay,
}

/// What changes on a link while a run goes on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LinkState {
    /// How many messages it has carried.
    pub(super) sent: u32,
    /// When the last of them arrives: on a FIFO link none comes sooner.
    last_arrival: Time,
}

/// A stretch of time in which some links are dead.
#[derive(Clone, Debug)]
struct Obstacle {
    fault: usize,
    at: Time,
    until: Time,
    what: Blocked,
}

#[derive(Clone, Debug)]
enum Blocked {
    Between(Vec<NodeSet>),
    Link(NodeId, NodeId),
    Sender(NodeId),
    Receiver(NodeId),
}

/// The way of one copy of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// When it ends, in virtual ms.
    pub(super) at: Time,
    /// Why it ends without having arrived, if it does.
    pub(super) lost: Option<Loss>,
}

impl Network {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let size = scenario.nodes.len();
        let spec = &scenario.network;
        let hashes = scenario.name_hashes();
        let base = mix(scenario.seed, Purpose::Link as u64);
        let mut links: Vec<Link> = (0..size * size)
            .map(|link| Link {
                key: mix(mix(base, hashes[link / size]), hashes[link % size]),
                delay: spec.delay,
            })
            .collect();
        for link in &spec.links {
            links[link.from.index() * size + link.to.index()].delay = link.delay;
        }
        let mut network = Self {
            size,
            order: spec.order,
            loss: spec.loss,
            duplicate: spec.duplicate,
            links,
            drops: BTreeMap::new(),
            delays: BTreeMap::new(),
            duplicates: BTreeMap::new(),
            obstacles: Vec::new(),
        };
        for (index, fault) in scenario.faults.iter().enumerate() {
            network.add(index, fault);
        }
        network
    }

    fn add(&mut self, index: usize, fault: &Fault) {
        let mut obstacle = |at, until, what| {
            self.obstacles.push(Obstacle { fault: index, at, until, what });
        };
        match *fault {
            Fault::Drop { message } => {
                self.drops.entry(message).or_insert(index);
            }
            Fault::Delay { message, by } => {
                self.delays.entry(message).or_default().push((index, by));
            }
            Fault::Duplicate { message, after } => {
                self.duplicates.entry(message).or_default().push((index, after));
            }
            Fault::Partition { ref groups, at, until } => {
                obstacle(at, until, Blocked::Between(groups.clone()));
            }
            Fault::Cut { from, to, at, until } => obstacle(at, until, Blocked::Link(from, to)),
            Fault::Omit { node, side: Side::Send, at, until } => {
                obstacle(at, until, Blocked::Sender(node));
            }
            Fault::Omit { node, side: Side::Receive, at, until } => {
                obstacle(at, until, Blocked::Receiver(node));
            }
            Fault::Crash { .. } | Fault::Recover { .. } | Fault::Pause { .. } => {}
        }
    }

    /// The state of all links before the first message.
    pub(super) fn fresh(&self) -> Vec<LinkState> {
        vec![LinkState::default(); self.links.len()]
    }

    /// Hands a message to the network: its name, and the way of each of its copies. Faults that had a
    /// part in it are marked in `met`.
    pub(super) fn send(
        &self,
        state: &mut [LinkState],
        met: &mut [bool],
        now: Time,
        from: NodeId,
        to: NodeId,
        ways: &mut Vec<Way>,
    ) -> MessageName {
        let index = from.index() * self.size + to.index();
        let (link, state) = (self.links[index], &mut state[index]);
        state.sent += 1;
        let name = MessageName { from, to, number: state.sent };
        let key = mix(link.key, u64::from(name.number));
        let draw = |purpose: Purpose| mix(key, purpose as u64);
        let lucky = |purpose, odds: PerMillion| {
            odds.0 > 0 && below(draw(purpose), u64::from(PerMillion::ONE.0)) < u64::from(odds.0)
        };
        let span =
            |purpose| link.delay.min + below(draw(purpose), link.delay.max - link.delay.min + 1);

        let mut arrival = now + span(Purpose::Delay);
        for &(fault, by) in self.delays.get(&name).into_iter().flatten() {
            met[fault] = true;
            arrival += by;
        }
        if self.order == Order::Fifo {
            arrival = arrival.max(state.last_arrival);
            state.last_arrival = arrival;
        }
        let midway = now + (arrival - now) / 2;
        let mut end = |arrival| self.obstruct(met, name, now, arrival);
        ways.push(match self.drops.get(&name) {
            Some(&fault) => Way { at: midway, lost: Some(Loss::Drop(fault)) },
            None if lucky(Purpose::Loss, self.loss) => Way { at: midway, lost: Some(Loss::Luck) },
            None => end(arrival),
        });
        // A second copy comes after the first, as if it were sent again: it never overtakes anything.
        let by_luck = lucky(Purpose::Duplicate, self.duplicate)
            .then(|| arrival + span(Purpose::DuplicateDelay));
        let by_hand = self.duplicates.get(&name).into_iter().flatten();
        for arrival in by_luck.into_iter().chain(by_hand.clone().map(|&(_, after)| arrival + after))
        {
            ways.push(end(arrival));
        }
        for &fault in self.drops.get(&name).into_iter().chain(by_hand.map(|(fault, _)| fault)) {
            met[fault] = true;
        }
        name
    }

    /// Where a message ends that is to travel from `sent` to `arrival`: at the first obstacle that it
    /// runs into, or there.
    fn obstruct(&self, met: &mut [bool], name: MessageName, sent: Time, arrival: Time) -> Way {
        let mut way = Way { at: arrival, lost: None };
        for obstacle in &self.obstacles {
            let Some((at, loss)) = obstacle.hits(name, sent, arrival) else { continue };
            met[obstacle.fault] = true;
            if way.lost.is_none() || at < way.at {
                way = Way { at, lost: Some(loss) };
            }
        }
        way
    }
}

impl Obstacle {
    /// When and how the message runs into it.
    fn hits(&self, name: MessageName, sent: Time, arrival: Time) -> Option<(Time, Loss)> {
        let during = |moment| (self.at..self.until).contains(&moment);
        // A wall stops whatever is between its sides while it stands.
        let meets = self.at.max(sent);
        let stands = meets <= arrival && meets < self.until;
        match &self.what {
            Blocked::Between(groups) => {
                let apart = !groups
                    .iter()
                    .any(|group| group.contains(name.from) && group.contains(name.to));
                (apart && stands).then_some((meets, Loss::Partition(self.fault)))
            }
            Blocked::Link(from, to) => ((name.from, name.to) == (*from, *to) && stands)
                .then_some((meets, Loss::Cut(self.fault))),
            Blocked::Sender(node) => {
                (name.from == *node && during(sent)).then_some((sent, Loss::Omission(self.fault)))
            }
            Blocked::Receiver(node) => (name.to == *node && during(arrival))
                .then_some((arrival, Loss::Omission(self.fault))),
        }
    }
}
