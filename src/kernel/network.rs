//! What becomes of a message, decided when it is sent.
//!
//! Faults are known beforehand, so a message's whole way is: how long it takes, and what it runs into.
//! Only whether its receiver is up is seen on arrival.

use super::{
    Delay, Fault, Loss, MAX_BIT, MessageName, NodeId, NodeSet, Order, PerMillion, Scenario,
    SortedMap, Time,
    choices::{Purpose, below, mix},
    mercy::{Mercy, Spared},
    obstacles::Obstacles,
};

/// The network of a scenario: what never changes while it runs.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    size: usize,
    order: Order,
    loss: PerMillion,
    duplicate: PerMillion,
    corrupt: PerMillion,
    /// By node.
    pub(super) neighbours: Vec<NodeSet>,
    /// By link.
    links: Vec<Link>,
    drops: SortedMap<MessageName, usize>,
    delays: SortedMap<MessageName, Vec<(usize, Time)>>,
    duplicates: SortedMap<MessageName, Vec<(usize, Time)>>,
    damages: SortedMap<MessageName, (usize, Vec<u32>)>,
    obstacles: Obstacles,
    /// Empty but in a repaired run.
    spared: Spared,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    /// What its messages' draws depend on, beside their number: the seed and the places of its two nodes.
    key: u64,
    delay: Delay,
    rate: Option<u32>,
    queue: Option<u32>,
}

/// The span that a link's rate is about, in virtual ms.
const SPAN: Time = 100;

/// What changes on a link while a run goes on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LinkState {
    /// How many messages have been made for it.
    named: u32,
    /// When the last of them arrives: on a FIFO link none comes sooner.
    last_arrival: Time,
    /// When its sending side is free again, in ms divided by its rate, so that it is a whole number.
    free: Time,
}

/// The way of one copy of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// When it ends, in virtual ms.
    pub(super) at: Time,
    /// Why it ends without having arrived, if it does.
    pub(super) lost: Option<Loss>,
}

/// Bits that flip on the way of a message's first copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Damage {
    pub(super) bits: Vec<u32>,
    /// None if it was bad luck.
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

    /// Takes note of what happens to single messages.
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

    /// The state of all links before the first message.
    pub(super) fn fresh(&self) -> Vec<LinkState> {
        vec![LinkState::default(); self.links.len()]
    }

    const fn link(&self, from: NodeId, to: NodeId) -> usize {
        from.index() * self.size + to.index()
    }

    /// What the next message of a link will be called.
    pub(super) fn next_name(&self, state: &[LinkState], from: NodeId, to: NodeId) -> MessageName {
        MessageName { from, to, number: state[self.link(from, to)].named + 1 }
    }

    /// Takes note that the message of this name has been made, whether it is sent or withheld.
    pub(super) fn take_name(&self, state: &mut [LinkState], name: MessageName) {
        state[self.link(name.from, name.to)].named = name.number;
    }

    /// A random word for a message, the same in every run with this seed.
    pub(super) fn draw(&self, name: MessageName, purpose: Purpose) -> u64 {
        let link = self.links[self.link(name.from, name.to)];
        mix(mix(link.key, u64::from(name.number)), purpose as u64)
    }

    fn is_lucky(&self, name: MessageName, purpose: Purpose, odds: PerMillion) -> bool {
        odds.0 > 0
            && below(self.draw(name, purpose), u64::from(PerMillion::ONE.0)) < u64::from(odds.0)
    }

    /// True if chance does this to a message that is not spared it.
    fn strikes(&self, name: MessageName, purpose: Purpose, odds: PerMillion, mercy: Mercy) -> bool {
        self.is_lucky(name, purpose, odds) && !self.spared.has(name, mercy)
    }

    /// A delay of the message's link.
    fn span(&self, name: MessageName, purpose: Purpose) -> Time {
        let Delay { min, max } = self.links[self.link(name.from, name.to)].delay;
        min + below(self.draw(name, purpose), max - min + 1)
    }

    /// Hands a message to the network: appends the way of each of its copies to `ways`, and says what
    /// damage its first copy takes on it. Faults that had a part in it are marked in `met`.
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
        // What is lost waits for nothing that was sent before it.
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
        // What a reader drops is lost, however often it would have come.
        if matches!(first.lost, Some(Loss::Drop(_))) {
            return None;
        }
        // A second copy comes after the first, as if it were sent again: it never overtakes anything.
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

    /// How long a message waits for its turn to leave, in virtual ms, where its link takes only so many in 100 ms; none if
    /// there is no room in the queue. What is lost on its way took its turn, what never leaves takes none.
    fn wait(&self, state: &mut [LinkState], now: Time, name: MessageName) -> Option<Time> {
        let place = self.link(name.from, name.to);
        let Link { rate: Some(rate), queue, .. } = self.links[place] else { return Some(0) };
        if self.obstacles.stops_at_once(name, now) {
            return Some(0);
        }
        let rate = Time::from(rate);
        let (state, here) = (&mut state[place], now * rate);
        let turn = state.free.max(here);
        // Those that wait leave 100 units after each other, the last of them 100 before the link is free.
        let waiting = (turn - here).saturating_sub(1) / SPAN;
        let is_full = queue.is_some_and(|room| turn > here && waiting >= Time::from(room));
        if is_full && !self.spared.has(name, Mercy::Arrives) {
            return None;
        }
        state.free = turn + SPAN;
        Some(turn.div_ceil(rate) - now)
    }

    /// When a message would arrive that meets nothing and waits for none of those before it on its way.
    fn arrival(&self, met: &mut [bool], now: Time, waits: Time, name: MessageName) -> Time {
        let mut arrival = now + waits + self.span(name, Purpose::Delay);
        for &(fault, by) in self.delays.get(&name).into_iter().flatten() {
            met[fault] = true;
            arrival += by;
        }
        self.spared.within(name).map_or(arrival, |bound| arrival.min(now + bound))
    }

    /// How long a message travels once it has left, as long as it waits for none of those before it, in virtual ms.
    pub(crate) fn travels(&self, name: MessageName) -> Time {
        let delays = self.delays.get(&name).into_iter().flatten();
        delays.map(|(_, by)| *by).fold(self.span(name, Purpose::Delay), Time::saturating_add)
    }

    /// When it arrives where messages stay in order: not before those that were sent before it.
    fn in_turn(&self, state: &mut [LinkState], name: MessageName, arrival: Time) -> Time {
        if self.order == Order::Any && !self.spared.in_order(name.from, name.to) {
            return arrival;
        }
        let state = &mut state[self.link(name.from, name.to)];
        state.last_arrival = state.last_arrival.max(arrival);
        state.last_arrival
    }

    /// Where a message ends that is to travel from `sent` to `arrival`: at the first obstacle that it
    /// runs into, or there.
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
