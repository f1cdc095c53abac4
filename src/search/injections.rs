//! Fault injections: the faults that could make a difference to a run.
//!
//! A fault makes a difference only where it affects an event, and two times between the same two events are
//! equivalent. So the run itself determines the faults worth trying: a crash before and within each step, the loss of
//! each message, its delay past each later event of its receiver, and so on.

use crate::kernel::{
    EventKind, Fate, Fault, Keys, MAX_TIME, Message, NodeId, NodeSet, PerMillion, Protocol, Rule,
    Scenario, Side, Strategy, Time, Timing, Trace, spell_json,
};

use super::Budget;

/// Number of later events of the receiver past which a message is delayed, one after the other.
const NEXT: usize = 6;
/// Number of start times tried for a fault that may start at any time.
const MOMENTS: usize = 12;
/// Number of times a duration is doubled.
const DOUBLINGS: u32 = 4;
/// Size of the largest group of which all bipartitions are tried.
const SPLIT: usize = 5;

/// Collector of the faults worth trying on a run.
#[derive(Debug)]
pub(super) struct Injector<'a> {
    protocol: &'static Protocol,
    scenario: &'a Scenario,
    trace: &'a Trace,
    /// Time until which faults are injected, in virtual ms.
    window: Time,
    found: Vec<Fault>,
}

/// Returns the faults worth trying on a run within the kinds of a budget, grouped by kind in the order of
/// [`KINDS`](super::KINDS). Faults strike no later than at `window`.
pub(super) fn injections(
    protocol: &'static Protocol,
    scenario: &Scenario,
    trace: &Trace,
    budget: &Budget,
    window: Time,
) -> Vec<Fault> {
    let mut injections = Injector { protocol, scenario, trace, window, found: Vec::new() };
    type Find<'a> = fn(&mut Injector<'a>);
    let kinds: [(&str, Find); 13] = [
        ("crash", Injector::crashes),
        ("recover", Injector::recoveries),
        ("drop", Injector::drops),
        ("delay", Injector::delays),
        ("duplicate", Injector::duplicates),
        ("corrupt", Injector::corruptions),
        ("pause", Injector::pauses),
        ("partition", Injector::partitions),
        ("cut", Injector::cuts),
        ("omit", Injector::omissions),
        ("traitor", Injector::traitors),
        ("forge", Injector::forgeries),
        ("drift", Injector::drifts),
    ];
    for (kind, find) in kinds {
        if budget.allows(kind) > 0 {
            find(&mut injections);
        }
    }
    injections.found
}

impl Injector<'_> {
    fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.scenario.nodes.len()).map(NodeId::new)
    }

    /// Returns the distinct times of a node's events.
    fn moments(&self, node: NodeId) -> Vec<Time> {
        let own = self.trace.events.iter().filter(|event| event.node == node);
        let mut times: Vec<Time> =
            own.map(|event| event.time).take_while(|time| *time <= self.window).collect();
        times.dedup();
        times
    }

    /// Returns some of these times, evenly spread.
    fn some(mut moments: Vec<Time>) -> Vec<Time> {
        moments.sort_unstable();
        moments.dedup();
        let count = moments.len();
        if count <= MOMENTS {
            return moments;
        }
        (0..MOMENTS).map(|place| moments[place * (count - 1) / (MOMENTS - 1)]).collect()
    }

    /// Returns the longest delay of a message: the unit of all durations.
    fn unit(&self) -> Time {
        let network = &self.scenario.network;
        let links = network.links.iter().map(|link| link.delay.max);
        let bound = match network.timing {
            Timing::Synchronous(bound) => bound,
            Timing::Asynchronous => 0,
        };
        links.fold(network.delay.max.max(bound), Time::max).max(1)
    }

    /// Returns durations, each twice the one before.
    fn spans(&self) -> impl Iterator<Item = Time> + use<> {
        let unit = self.unit();
        (0..DOUBLINGS).map(move |doubling| unit << doubling)
    }

    /// Returns the delays that make a difference to something received by a node at a time.
    fn delays_from(&self, node: NodeId, time: Time) -> Vec<Time> {
        let from = self.trace.events_until(time);
        let later = self.trace.events[from..].iter().filter(|event| event.node == node);
        let mut by: Vec<Time> = Vec::with_capacity(NEXT);
        for event in later {
            let past = event.time + 1 - time;
            if by.last() != Some(&past) {
                by.push(past);
            }
            if by.len() == NEXT {
                break;
            }
        }
        by.extend(self.spans());
        // After every other event.
        let last = self.trace.events.last().map_or(0, |event| event.time);
        by.push((last.min(self.window) + 1).saturating_sub(time));
        by.retain(|by| (1..=MAX_TIME).contains(by));
        by.sort_unstable();
        by.dedup();
        by
    }

    /// Returns the messages received while faults may still strike, each with the time of its first receipt.
    fn received(&self) -> impl Iterator<Item = (&Message, Time)> {
        self.trace.messages.iter().filter_map(|message| {
            let Fate::Received(event) = message.overall() else { return None };
            let sent = self.trace.events[message.sent].time;
            (sent <= self.window).then(|| (message, self.trace.events[event].time))
        })
    }

    /// Crashes before each event of a node, after each of its sends, and after the last event.
    fn crashes(&mut self) {
        for node in self.nodes() {
            let moments = self.moments(node);
            for &at in &moments {
                let now = at.checked_sub(1).map_or(0, |before| self.trace.events_until(before))
                    ..self.trace.events_until(at);
                let own = self.trace.events[now].iter().filter(|event| event.node == node);
                let sends = own.clone().filter(|event| matches!(event.kind, EventKind::Send(_)));
                // After the last send of a step an indication may still follow.
                let sends = sends.count() as u32;
                let writes = own.filter(|event| event.kind == EventKind::Persist).count() as u32;
                let cuts = (0..=sends).filter(|_| sends > 0).map(Some);
                self.found.extend(
                    std::iter::once(None).chain(cuts).map(|after_sends| Fault::Crash {
                        node,
                        at,
                        after_sends,
                    }),
                );
                let cuts = (0..=writes).filter(|_| writes > 0);
                let writing = |after_writes| Fault::CrashWriting { node, at, after_writes };
                self.found.extend(cuts.map(writing));
            }
            let over = moments.last().map_or(0, |last| last + 1);
            self.found.push(Fault::Crash { node, at: over, after_sends: None });
        }
    }

    /// Recoveries of a crashed node: just before an event that it misses, and after the last event.
    fn recoveries(&mut self) {
        for node in self.nodes() {
            let own = self.trace.events.iter().rev().filter(|event| event.node == node);
            let mut transitions =
                own.filter(|it| matches!(it.kind, EventKind::Crash | EventKind::Recover));
            let Some(last) = transitions.next().filter(|last| last.kind == EventKind::Crash) else {
                continue;
            };
            let down = last.time;
            let missed = self.trace.events.iter().filter(|event| {
                event.node == node
                    && event.time > down
                    && matches!(event.kind, EventKind::Lose(_, crate::kernel::Loss::Crashed))
            });
            let asked = self.scenario.requests.iter().filter(|it| it.node == node && it.at > down);
            let over = self.trace.events.last().map_or(down, |event| event.time) + 1;
            let moments = missed
                .map(|event| event.time)
                .chain(asked.map(|request| request.at))
                .chain(self.spans().map(|span| down + span))
                .chain([over]);
            let moments = Self::some(moments.collect());
            self.found.extend(moments.into_iter().map(|at| Fault::Recover { node, at }));
        }
    }

    fn drops(&mut self) {
        let drops = self.received().map(|(message, _)| Fault::Drop { message: message.name });
        self.found.extend(drops.collect::<Vec<_>>());
    }

    fn delays(&mut self) {
        let delays = self.received().flat_map(|(message, came)| {
            let name = message.name;
            let delayed = self.delays_from(name.to, came).into_iter();
            delayed.map(move |by| Fault::Delay { message: name, by })
        });
        self.found.extend(delays.collect::<Vec<_>>());
    }

    fn duplicates(&mut self) {
        let duplicates = self.received().flat_map(|(message, came)| {
            let name = message.name;
            let later = self.delays_from(name.to, came).into_iter();
            later.map(move |after| Fault::Duplicate { message: name, after })
        });
        self.found.extend(duplicates.collect::<Vec<_>>());
    }

    fn corruptions(&mut self) {
        let corrupt = self.protocol.behaviour.corrupt;
        let corruptions = self.received().flat_map(|(message, _)| {
            // A message without an encoding is lost, be it one bit or two.
            let encoded = corrupt(&message.packet, &[0]).is_some();
            let flips = [Some(vec![0]), encoded.then(|| vec![0, 1])];
            let name = message.name;
            flips.into_iter().flatten().map(move |bits| Fault::Corrupt { message: name, bits })
        });
        self.found.extend(corruptions.collect::<Vec<_>>());
    }

    fn pauses(&mut self) {
        for node in self.nodes() {
            for at in Self::some(self.moments(node)) {
                let pauses = self.spans().map(|span| Fault::Pause { node, at, until: at + span });
                self.found.extend(pauses);
            }
        }
    }

    /// Returns some times of sends, each with every duration.
    fn walls(&self) -> Vec<(Time, Time)> {
        let sends = self.trace.events.iter().filter(|it| matches!(it.kind, EventKind::Send(_)));
        let times = sends.map(|event| event.time).take_while(|time| *time <= self.window);
        let end = self.scenario.until;
        Self::some(times.collect())
            .into_iter()
            .flat_map(|at| {
                let ends = self.spans().map(move |span| at + span).chain([end.max(at + 1)]);
                ends.map(move |until| (at, until))
            })
            .collect()
    }

    /// Partitions: every bipartition of a small group; of a large one each node alone, and halves.
    fn partitions(&mut self) {
        let size = self.scenario.nodes.len();
        let everyone = NodeSet::first(size);
        let mut sides: Vec<NodeSet> = if size <= SPLIT {
            let nodes: Vec<NodeId> = self.nodes().skip(1).collect();
            let chosen = |bits: u32| -> NodeSet {
                let those = nodes.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1);
                those.map(|(_, node)| *node).collect()
            };
            (1..1_u32 << nodes.len()).map(chosen).collect()
        } else {
            self.nodes().map(NodeSet::from).chain([NodeSet::first(size / 2)]).collect()
        };
        sides.retain(|side| !side.is_empty() && *side != everyone);
        let walls = self.walls();
        for side in sides {
            let groups = vec![everyone.without(side), side];
            self.found.extend(walls.iter().map(|&(at, until)| Fault::Partition {
                groups: groups.clone(),
                at,
                until,
            }));
        }
    }

    fn cuts(&mut self) {
        let walls = self.walls();
        let mut links: Vec<_> = self
            .trace
            .messages
            .iter()
            .map(|message| (message.name.from, message.name.to))
            .collect();
        links.sort_unstable();
        links.dedup();
        for (from, to) in links {
            self.found.extend(walls.iter().map(|&(at, until)| Fault::Cut { from, to, at, until }));
        }
    }

    fn omissions(&mut self) {
        let walls = self.walls();
        for node in self.nodes() {
            for side in [Side::Send, Side::Receive] {
                self.found.extend(walls.iter().map(|&(at, until)| Fault::Omit {
                    node,
                    side,
                    at,
                    until,
                }));
            }
        }
    }

    /// Traitors: each node by each strategy; strategies that forge only where the protocol can forge messages.
    fn traitors(&mut self) {
        let known =
            |fault: &Fault, node| matches!(*fault, Fault::Traitor { node: it, .. } if it == node);
        for node in self.nodes() {
            if self.scenario.faults.iter().any(|fault| known(fault, node)) {
                continue;
            }
            let keys = Keys::new(node, self.traitors_of_scenario());
            let said = self.trace.messages.iter().filter(|message| message.name.from == node);
            let forgeries = said.clone().any(|message| {
                let forge = self.protocol.behaviour.forge;
                forge(&message.packet, message.name.to, keys).is_some_and(|it| it != message.packet)
            });
            let speaks = said.clone().next().is_some();
            let tried = Strategy::ALL.into_iter().filter(|strategy| match strategy {
                Strategy::Silent => speaks,
                _ => forgeries,
            });
            self.found.extend(tried.map(|strategy| Fault::Traitor { node, strategy }));
        }
    }

    fn traitors_of_scenario(&self) -> NodeSet {
        let traitors = self.scenario.faults.iter().filter_map(|fault| match *fault {
            Fault::Traitor { node, .. } => Some(node),
            _ => None,
        });
        traitors.collect()
    }

    /// Forged messages of a traitor: for each message, the protocol's forgery for each of the nodes.
    fn forgeries(&mut self) {
        let traitors = self.traitors_of_scenario();
        let behaviour = &self.protocol.behaviour;
        let names = &self.scenario.nodes;
        let mut forgeries = Vec::new();
        for message in &self.trace.messages {
            if !traitors.contains(message.name.from) {
                continue;
            }
            let keys = Keys::new(message.name.from, traitors);
            let truth = message.truth().unwrap_or(&message.packet);
            for to in self.nodes() {
                let Some(lie) = (behaviour.forge)(truth, to, keys) else { continue };
                let with = spell_json(&lie.inspect(), names);
                let read = (behaviour.read_message)(&with, names, keys);
                let fault = Fault::Forge { message: message.name, with };
                if read.is_ok_and(|read| read == lie && lie != *truth)
                    && !forgeries.contains(&fault)
                {
                    forgeries.push(fault);
                }
            }
        }
        self.found.extend(forgeries);
    }

    /// Clock drifts: small, large and extreme, fast and slow; and wrong offsets.
    fn drifts(&mut self) {
        let one = PerMillion::ONE.0;
        let limits = self.protocol.assumptions().any(|it| matches!(it.rule, Rule::DriftAtMost(_)));
        let rates = [one + one / 100, one - one / 100, one + one / 10, one - one / 10]
            .into_iter()
            .map(PerMillion)
            .chain([Fault::MAX_RATE, Fault::MIN_RATE])
            // Small drifts within the model's bound.
            .chain(
                limits
                    .then_some([PerMillion(one + one / 1000), PerMillion(one - one / 1000)])
                    .into_iter()
                    .flatten(),
            );
        let rates: Vec<_> = rates.collect();
        let unit = self.unit();
        for node in self.nodes() {
            self.found.extend(rates.iter().map(|&rate| Fault::Drift { node, rate, offset: 0 }));
            self.found.push(Fault::Drift { node, rate: PerMillion::ONE, offset: unit });
        }
    }
}
