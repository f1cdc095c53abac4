//! A run in numbers: messages, bytes, durations, and metrics over time.

use std::collections::BTreeSet;

use crate::{
    app::Run,
    formats::trace::payload_text,
    kernel::{EventKind, Fate, NodeId, Packet, Time},
};

/// Number of messages measured at once, so that the page does not freeze.
const PIECE: usize = 1_500;
/// Number of messages or events counted at once.
const COUNTED: usize = 20_000;
/// The requests of the contract that end in deliveries.
const DELIVERED: [&str; 3] = ["broadcast", "send", "transfer"];

/// A run in numbers.
#[derive(Clone, Debug)]
pub struct Numbers {
    run: Run,
    /// Number of messages measured so far.
    weighed: usize,
    /// The last payload, its length and its hash. Copies of one payload to several receivers follow each other.
    last: Option<(Packet, usize, u64)>,
    /// Sender, receiver and the hash of the payload of every message measured so far.
    said: BTreeSet<(NodeId, NodeId, u64)>,
    /// Counts in progress.
    counting: Counting,
    /// Number of messages handed to the network. A transmission on a shared medium counts once.
    pub messages: usize,
    /// Number of bytes of their payloads, as the trace encodes them.
    pub bytes: usize,
    /// Number of messages whose payload the sender has sent to the same receiver before.
    pub again: usize,
    /// By node.
    pub nodes: Vec<OfNode>,
    /// Time from the sending to the receipt, of every copy that was received.
    pub latency: Option<Spread>,
    /// Time from a request to the last of its deliveries.
    pub delivery: Option<Spread>,
    /// Number of requests of the delivered kind without a delivery.
    pub undelivered: usize,
}

/// Counts in progress: first over the messages, then over the events.
#[derive(Clone, Debug, Default)]
struct Counting {
    /// True once the messages are counted, and once the events are.
    messages: bool,
    events: bool,
    /// Number of messages, or of events, that were counted.
    seen: usize,
    latencies: Vec<Time>,
    /// By sender and, from the second column on, by receiver: the times of the request and of the last delivery.
    asked: Vec<Vec<(Time, Option<Time>)>>,
}

/// Numbers of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfNode {
    /// Number of messages that it handed to the network, one for each receiver.
    pub sent: usize,
    /// Number of bytes of these messages.
    pub bytes: usize,
    /// Number of messages that it received.
    pub received: usize,
    /// Number of messages to it of which no copy has come or will come.
    pub lost: usize,
    /// Number of its deliveries.
    pub delivered: usize,
}

/// Distribution of a duration, in virtual ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// Number of measurements.
    pub count: usize,
    /// The least.
    pub least: Time,
    /// The median; of an even number of values, the lower one in the middle.
    pub median: Time,
    /// The mean, in tenths.
    pub mean_tenths: Time,
    /// The most.
    pub most: Time,
}

impl Spread {
    fn of(mut times: Vec<Time>) -> Option<Self> {
        let (&least, &most) = (times.iter().min()?, times.iter().max()?);
        let (count, sum) = (times.len(), times.iter().sum::<Time>());
        let half = count as Time / 2;
        let mean_tenths = (sum * 10 + half) / count as Time;
        let (_, &mut median, _) = times.select_nth_unstable((count - 1) / 2);
        Some(Self { count, least, median, mean_tenths, most })
    }

    /// Returns the mean as a decimal number.
    #[must_use]
    pub fn mean(&self) -> String {
        tenths(self.mean_tenths)
    }
}

fn tenths(tenths: Time) -> String {
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

impl Numbers {
    /// Returns the numbers of a run; the bytes of a long one are not counted yet.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let mut numbers = Self {
            run: run.clone(),
            weighed: 0,
            last: None,
            said: BTreeSet::new(),
            counting: Counting::default(),
            messages: run.trace.sends(),
            bytes: 0,
            again: 0,
            nodes: vec![OfNode::default(); run.scenario.nodes.len()],
            latency: None,
            delivery: None,
            undelivered: 0,
        };
        // A short run is counted at once.
        for _ in 0..3 {
            numbers.go_on();
        }
        numbers
    }

    /// True once messages and deliveries are counted.
    #[must_use]
    pub const fn is_counted(&self) -> bool {
        self.counting.events
    }

    /// True if they are the numbers of this run.
    #[must_use]
    pub fn is_of(&self, run: &Run) -> bool {
        self.run == *run
    }

    /// Returns the percentage of the messages that have been measured; none once all have been.
    #[must_use]
    pub fn progress(&self) -> Option<usize> {
        let all = self.run.trace.messages.len();
        let done = self.counting.events && self.weighed == all;
        (!done).then(|| self.weighed * 100 / all.max(1))
    }

    /// Measures the next messages. Returns false once all of them have been measured.
    pub fn go_on(&mut self) -> bool {
        if !self.counting.messages {
            self.count();
            return true;
        }
        if !self.counting.events {
            self.count_deliveries();
            return true;
        }
        let run = self.run.clone();
        let messages = &run.trace.messages;
        let until = (self.weighed + PIECE).min(messages.len());
        for (id, message) in messages.iter().enumerate().take(until).skip(self.weighed) {
            let (bytes, hash) = self.weigh(&message.packet);
            let name = message.name;
            self.again += usize::from(!self.said.insert((name.from, name.to, hash)));
            self.nodes[name.from.index()].bytes += bytes;
            let before = id.checked_sub(1).and_then(|before| messages[before].transmission);
            if message.transmission.is_none() || message.transmission != before {
                self.bytes += bytes;
            }
        }
        self.weighed = until;
        until < messages.len()
    }

    fn weigh(&mut self, packet: &Packet) -> (usize, u64) {
        if let Some((last, bytes, hash)) = &self.last
            && last == packet
        {
            return (*bytes, *hash);
        }
        let text = payload_text(packet, &self.run.scenario.nodes);
        // FNV-1a: a collision of two payloads is very unlikely.
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        self.last = Some((packet.clone(), text.len(), hash));
        (text.len(), hash)
    }

    fn count(&mut self) {
        let trace = &self.run.trace;
        let counting = &mut self.counting;
        let until = (counting.seen + COUNTED).min(trace.messages.len());
        for message in &trace.messages[counting.seen..until] {
            let (from, to) = (message.name.from.index(), message.name.to.index());
            self.nodes[from].sent += 1;
            self.nodes[to].lost += usize::from(matches!(message.overall(), Fate::Lost(..)));
            for fate in message.fates() {
                if let Fate::Received(event) = fate {
                    self.nodes[to].received += 1;
                    let sent = trace.events[message.sent].time;
                    counting.latencies.push(trace.events[event].time - sent);
                }
            }
        }
        counting.seen = until;
        if until == trace.messages.len() {
            self.latency = Spread::of(std::mem::take(&mut counting.latencies));
            (counting.messages, counting.seen) = (true, 0);
        }
    }

    /// Counts the deliveries. A delivery names its message by the sender and a number, which counts the sender's
    /// requests: all of them, or, for a message to one node, those to that node.
    fn count_deliveries(&mut self) {
        let run = self.run.clone();
        let names = &run.scenario.nodes;
        let nodes = names.len();
        let mut asked = std::mem::take(&mut self.counting.asked);
        asked.resize(nodes * (nodes + 1), Vec::new());
        let until = (self.counting.seen + COUNTED).min(run.trace.events.len());
        for event in &run.trace.events[self.counting.seen..until] {
            let me = event.node.index();
            match &event.kind {
                EventKind::Request { index, .. } => {
                    let request = &run.scenario.requests[*index];
                    if !DELIVERED.contains(&request.name.as_str()) {
                        continue;
                    }
                    let to = request.with.as_ref().and_then(|with| with.get("to")?.as_str());
                    let to = to.and_then(|to| names.iter().position(|name| name == to));
                    let column = to.map_or(0, |to| to + 1);
                    asked[me * (nodes + 1) + column].push((event.time, None));
                }
                EventKind::Indicate { packet, .. } => {
                    let delivers = (run.protocol.behaviour.delivers)(packet);
                    let Some((from, number)) = delivers else { continue };
                    self.nodes[me].delivered += 1;
                    let place = (number as usize).wrapping_sub(1);
                    let row = from.index() * (nodes + 1);
                    for column in [0, me + 1] {
                        if let Some(it) = asked[row + column].get_mut(place) {
                            it.1 = Some(event.time);
                        }
                    }
                }
                _ => {}
            }
        }
        self.counting.seen = until;
        if until < run.trace.events.len() {
            self.counting.asked = asked;
            return;
        }
        self.counting.events = true;
        let all = || asked.iter().flatten();
        let times = all().filter_map(|(asked, last)| Some((*last)? - asked)).collect();
        self.delivery = Spread::of(times);
        self.undelivered = all().filter(|(_, last)| last.is_none()).count();
    }
}
