//! The way of a message through the network, decided when it is sent.
//!
//! Faults are known beforehand, and so is a message's whole way: its delay, and the obstacles that it meets.
//! Only on arrival is it known if the receiver is up.

use super::{
    Delay, Fault, Loss, MAX_BIT, MessageName, NodeId, NodeSet, Order, PerMillion, Scenario,
    SortedMap, Time,
    choices::{Purpose, below, mix},
    mercy::{Mercy, Spared},
    obstacles::Obstacles,
};

/// The network of a scenario: the part that never changes while it runs.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    size: usize,
    order: Order,
    loss: PerMillion,
    duplicate: PerMillion,
    corrupt: PerMillion,
    /// Neighbours of each node.
    pub(super) neighbours: Vec<NodeSet>,
    /// Links, by sender and receiver.
    links: Vec<Link>,
    drops: SortedMap<MessageName, usize>,
    delays: SortedMap<MessageName, Vec<(usize, Time)>>,
    duplicates: SortedMap<MessageName, Vec<(usize, Time)>>,
    damages: SortedMap<MessageName, (usize, Vec<u32>)>,
    obstacles: Obstacles,
    /// Exempt messages and links: none except in a repaired run.
    spared: Spared,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    /// Key of its messages' draws, beside their number: the seed and the places of the two nodes.
    key: u64,
    delay: Delay,
    rate: Option<u32>,
    queue: Option<u32>,
}

/// Unit of time of a link's rate, in virtual ms.
const SPAN: Time = 100;

/// The part of a link that changes during a run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LinkState {
    /// Number of messages made for it.
    named: u32,
    /// Time at which the last of them arrives: on a FIFO link none arrives earlier.
    last_arrival: Time,
    /// Time at which its sending side is free again, in ms divided by its rate, so that it is a whole number.
    free: Time,
}

/// The way of one copy of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// Time at which it ends, in virtual ms.
    pub(super) at: Time,
    /// Reason of the loss, if it ends before the receiver.
    pub(super) lost: Option<Loss>,
}

/// Bits that are flipped in a message's first copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Damage {
    pub(super) bits: Vec<u32>,
    /// Index of the fault; none if they were flipped by chance.
    pub(super) fault: Option<usize>,
}

impl Network {
    pub(crate) fn new(scenario: &Scenario, spared: Spared) -> Self {
        let size = scenario.nodes.len();
        let spec = &scenario.network;
        let base = mix(scenario.seed, Purpose::Link as u64);
        let mut links: Vec<Link> = (0..size * size)
            .map(|link| Link {
                key: mix(mix(base, (link / size) as u64), (link % size) as u64),
                delay: spec.delay,
                rate: None,
                queue: None,
            })
            .collect();
        for link in &spec.links {
            let one = &mut links[link.from.index() * size + link.to.index()];
            (one.delay, one.rate, one.queue) = (link.delay, link.rate, link.queue);
        }
        let mut network = Self {
            size,
            order: spec.order,
            loss: spec.loss,
            duplicate: spec.duplicate,
            corrupt: spec.corrupt,
            neighbours: spec.topology.neighbours(size),
            links,
            drops: SortedMap::new(),
            delays: SortedMap::new(),
            duplicates: SortedMap::new(),
            damages: SortedMap::new(),
            obstacles: Obstacles::new(scenario),
            spared,
        };
        for (index, fault) in scenario.faults.iter().enumerate() {
            network.add(index, fault);
        }
        network
    }

    /// Records a fault on a single message.
    fn add(&mut self, index: usize, fault: &Fault) {
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
            Fault::Corrupt { message, ref bits } => {
                self.damages.entry(message).or_insert_with(|| (index, bits.clone()));
            }
            _ => {}
        }
    }

    /// Returns the state of all links before the first message.
    pub(super) fn fresh(&self) -> Vec<LinkState> {
        vec![LinkState::default(); self.links.len()]
    }

    const fn link(&self, from: NodeId, to: NodeId) -> usize {
        from.index() * self.size + to.index()
    }

    /// Returns the name of the next message of a link.
    pub(super) fn next_name(&self, state: &[LinkState], from: NodeId, to: NodeId) -> MessageName {
        MessageName { from, to, number: state[self.link(from, to)].named + 1 }
    }

    /// Records that the message of this name has been made, whether it is sent or withheld.
    pub(super) fn take_name(&self, state: &mut [LinkState], name: MessageName) {
        state[self.link(name.from, name.to)].named = name.number;
    }

    /// Returns a random word for a message, the same in every run with this seed.
    pub(super) fn draw(&self, name: MessageName, purpose: Purpose) -> u64 {
        let link = self.links[self.link(name.from, name.to)];
        mix(mix(link.key, u64::from(name.number)), purpose as u64)
    }

    fn is_lucky(&self, name: MessageName, purpose: Purpose, odds: PerMillion) -> bool {
        odds.0 > 0
            && below(self.draw(name, purpose), u64::from(PerMillion::ONE.0)) < u64::from(odds.0)
    }

    /// True if chance does this to the message and the message is not exempt.
    fn strikes(&self, name: MessageName, purpose: Purpose, odds: PerMillion, mercy: Mercy) -> bool {
        self.is_lucky(name, purpose, odds) && !self.spared.has(name, mercy)
    }

    /// Returns a random delay of the message's link.
    fn span(&self, name: MessageName, purpose: Purpose) -> Time {
        let Delay { min, max } = self.links[self.link(name.from, name.to)].delay;
        min + below(self.draw(name, purpose), max - min + 1)
    }

    /// Hands a message to the network: appends the way of each of its copies to `ways`, and returns the
    /// damage to its first copy. Faults that had an effect on it are marked in `met`.
    pub(super) fn send(
        &self,
        state: &mut [LinkState],
        met: &mut [bool],
        now: Time,
        name: MessageName,
        ways: &mut Vec<Way>,
    ) -> Option<Damage> {
        self.take_name(state, name);
        if !self.neighbours[name.from.index()].contains(name.to) {
            ways.push(Way { at: now, lost: Some(Loss::Unlinked) });
            return None;
        }
        let Some(waits) = self.wait(state, now, name) else {
            ways.push(Way { at: now, lost: Some(Loss::Queue) });
            return None;
        };
        let alone = self.arrival(met, now, waits, name);
        let arrival = self.in_turn(state, name, alone);
        // A lost message does not wait for earlier ones.
        let midway = now + (alone - now) / 2;
        let first = match self.drops.get(&name) {
            Some(&fault) => {
                met[fault] = true;
                Way { at: midway, lost: Some(Loss::Drop(fault)) }
            }
            None if self.strikes(name, Purpose::Loss, self.loss, Mercy::Arrives) => {
                Way { at: midway, lost: Some(Loss::Luck) }
            }
            None => self.way(met, name, now, arrival),
        };
        ways.push(first);
        // A drop by hand loses every copy of the message.
        if matches!(first.lost, Some(Loss::Drop(_))) {
            return None;
        }
        // The second copy comes after the first, as if it were sent again: it never overtakes another
        // message.
        if self.strikes(name, Purpose::Duplicate, self.duplicate, Mercy::Once) {
            let arrival = arrival + self.span(name, Purpose::DuplicateDelay);
            ways.push(self.way(met, name, now, arrival));
        }
        for &(fault, after) in self.duplicates.get(&name).into_iter().flatten() {
            met[fault] = true;
            ways.push(self.way(met, name, now, arrival + after));
        }
        if first.lost.is_some() {
            return None;
        }
        self.damage(met, name)
    }

    /// Returns the time for which a message waits for its turn to leave, in virtual ms, if its link has a
    /// rate per 100 ms; none if the queue is full. A message that is lost in transit takes a turn, a message
    /// that never leaves does not.
    fn wait(&self, state: &mut [LinkState], now: Time, name: MessageName) -> Option<Time> {
        let place = self.link(name.from, name.to);
        let Link { rate: Some(rate), queue, .. } = self.links[place] else { return Some(0) };
        if self.obstacles.stops_at_once(name, now) {
            return Some(0);
        }
        let rate = Time::from(rate);
        let (state, here) = (&mut state[place], now * rate);
        let turn = state.free.max(here);
        // Waiting messages leave 100 units after each other, the last of them 100 before the link is free.
        let waiting = (turn - here).saturating_sub(1) / SPAN;
        let is_full = queue.is_some_and(|room| turn > here && waiting >= Time::from(room));
        if is_full && !self.spared.has(name, Mercy::Arrives) {
            return None;
        }
        state.free = turn + SPAN;
        Some(turn.div_ceil(rate) - now)
    }

    /// Returns the arrival time of a message that meets no obstacle and waits for no earlier message on its
    /// way.
    fn arrival(&self, met: &mut [bool], now: Time, waits: Time, name: MessageName) -> Time {
        let mut arrival = now + waits + self.span(name, Purpose::Delay);
        for &(fault, by) in self.delays.get(&name).into_iter().flatten() {
            met[fault] = true;
            arrival += by;
        }
        self.spared.within(name).map_or(arrival, |bound| arrival.min(now + bound))
    }

    /// Returns the travel time of a message after it has left, if it waits for no earlier message, in virtual
    /// ms.
    pub(crate) fn travels(&self, name: MessageName) -> Time {
        let delays = self.delays.get(&name).into_iter().flatten();
        delays.map(|(_, by)| *by).fold(self.span(name, Purpose::Delay), Time::saturating_add)
    }

    /// Returns the arrival time on a network that keeps order: not before the messages sent earlier.
    fn in_turn(&self, state: &mut [LinkState], name: MessageName, arrival: Time) -> Time {
        if self.order == Order::Any && !self.spared.in_order(name.from, name.to) {
            return arrival;
        }
        let state = &mut state[self.link(name.from, name.to)];
        state.last_arrival = state.last_arrival.max(arrival);
        state.last_arrival
    }

    /// Returns the way of a message that is to travel from `sent` to `arrival`: it ends at the first
    /// obstacle, or there.
    fn way(&self, met: &mut [bool], name: MessageName, sent: Time, arrival: Time) -> Way {
        match self.obstacles.first(name, sent, arrival) {
            Some((at, loss)) => {
                met[loss.fault().expect("an obstacle is a fault")] = true;
                Way { at, lost: Some(loss) }
            }
            None => Way { at: arrival, lost: None },
        }
    }

    fn damage(&self, met: &mut [bool], name: MessageName) -> Option<Damage> {
        if let Some((fault, bits)) = self.damages.get(&name) {
            met[*fault] = true;
            return Some(Damage { bits: bits.clone(), fault: Some(*fault) });
        }
        self.strikes(name, Purpose::Corruption, self.corrupt, Mercy::Intact).then(|| {
            let bit = below(self.draw(name, Purpose::Bit), u64::from(MAX_BIT) + 1);
            Damage { bits: vec![bit as u32], fault: None }
        })
    }
}
