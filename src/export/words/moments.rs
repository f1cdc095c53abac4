//! The moments of a run: a line for each, with a sentence for what each node does.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    choice::{Choice, MOST_TOLD},
    parts::{Line, MOST_LISTED, clipped, listed},
    statement::statement,
};
use crate::{
    diagram::{Clause, event_clause, fault_sentence},
    kernel::{
        Carried, Event, EventId, EventKind, Fate, Fault, Loss, Message, MessageId, MessageName,
        NodeId, Packet, Time, sentence, spell, visible,
    },
    runs::Outcome,
};

/// Number of messages up to which texts are compared to find out which are ambiguous. In longer runs each message has
/// its name beside its text.
const COMPARED: usize = 20_000;

/// A run, and data for the clauses about its messages.
pub(super) struct Moments<'a> {
    run: &'a Outcome,
    /// Links and texts of which there are several messages.
    ambiguous: BTreeSet<(NodeId, NodeId, String)>,
    /// Delays and duplicates by faults that took effect.
    faults: BTreeMap<MessageName, Vec<String>>,
}

/// A statement before the first event of a moment, or after its last one.
struct Aside {
    at: Time,
    said: String,
}

/// A lost message: text and sender, the reason; and the receiver.
struct LossWords {
    what: [String; 2],
    to: String,
}

/// Message that a sentence has named last: its text, and the application's message that it carries, if known.
type Named = Option<(String, Option<Carried>)>;

impl<'a> Moments<'a> {
    pub(super) fn new(run: &'a Outcome) -> Self {
        let (mut once, mut ambiguous) = (BTreeSet::new(), BTreeSet::new());
        if run.trace.messages.len() <= COMPARED {
            for message in &run.trace.messages {
                let MessageName { from, to, .. } = message.name;
                let key = (from, to, message.packet.to_string());
                if !once.insert(key.clone()) {
                    ambiguous.insert(key);
                }
            }
        }
        let mut faults: BTreeMap<MessageName, Vec<String>> = BTreeMap::new();
        for (place, fault) in run.scenario.faults.iter().enumerate() {
            let (message, said) = match fault {
                Fault::Delay { message, by } => (*message, format!("delayed by {by} ms")),
                Fault::Duplicate { message, after } => {
                    (*message, format!("duplicated {after} ms later"))
                }
                _ => continue,
            };
            if !run.trace.unused_faults.contains(&place) {
                faults.entry(message).or_default().push(said);
            }
        }
        Self { run, ambiguous, faults }
    }

    /// Returns a line for each moment at which something is told.
    pub(super) fn tell(&self, choice: &Choice) -> Vec<Line> {
        let events = &self.run.trace.events;
        let mut begins = self.begins().into_iter().peekable();
        let mut captions = self.captions().into_iter().peekable();
        let mut rest = &choice.told[..];
        let mut lines = Vec::new();
        loop {
            let next = rest.first().map(|id| events[*id].time);
            let asides = [begins.peek(), captions.peek()].map(|aside| aside.map(|it| it.at));
            let Some(time) = asides.into_iter().chain([next]).flatten().min() else { break };
            let mut said = Vec::new();
            while let Some(begin) = begins.next_if(|it| it.at == time) {
                said.push(begin.said);
            }
            let now = rest.iter().take_while(|id| events[**id].time == time).count();
            let gap = choice.gap.map(|(first, left_out)| (choice.told.len() - first, left_out));
            let (moment, later) = rest.split_at(now);
            match gap.filter(|(after, _)| (later.len() + 1..=rest.len()).contains(after)) {
                Some((after, left_out)) => {
                    let (before, after) = moment.split_at(rest.len() - after);
                    said.extend(self.moment(before));
                    said.push(format!("(Here {left_out} successive events are left out.)"));
                    said.extend(self.moment(after));
                }
                None => said.extend(self.moment(moment)),
            }
            rest = later;
            if !said.is_empty() {
                let said = format!("At {time} ms {}", said.join(" "));
                lines.push(Line { at: Some(time), said });
            }
            while let Some(caption) = captions.next_if(|it| it.at == time) {
                lines.push(Line { at: Some(time), said: caption.said });
            }
        }
        lines
    }

    /// Faults of links and clocks, which are no events, in the order of their beginnings.
    fn begins(&self) -> Vec<Aside> {
        let Outcome { scenario, trace, .. } = self.run;
        let begins = scenario.faults.iter().enumerate().filter_map(|(place, fault)| {
            let said = clipped(fault_sentence(scenario, fault));
            let (at, said) = match fault {
                Fault::Partition { at, until, .. }
                | Fault::Cut { at, until, .. }
                | Fault::Omit { at, until, .. } => (*at, format!("{said} (until {until} ms).")),
                Fault::Drift { .. } => (0, sentence(said)),
                _ => return None,
            };
            let is_told = at <= trace.end && !trace.unused_faults.contains(&place);
            is_told.then_some(Aside { at, said })
        });
        let mut begins: Vec<Aside> = begins.take(MOST_TOLD).collect();
        begins.sort_by_key(|begin| begin.at);
        begins
    }

    /// Captions that the author wrote.
    fn captions(&self) -> Vec<Aside> {
        let captions = self.run.scenario.captions.iter().map(|caption| {
            let (node, text) = (name(self.run, caption.node), visible(&caption.text));
            Aside { at: caption.at, said: format!("Caption ({node}, {} ms): {text}", caption.at) }
        });
        let mut captions: Vec<Aside> = captions.take(MOST_TOLD).collect();
        captions.sort_by_key(|caption| caption.at);
        captions
    }

    /// Sentences on events of one moment: one for each series of events at one node.
    fn moment(&self, mut events: &[EventId]) -> Vec<String> {
        let mut said = Vec::new();
        while let Some(first) = events.first() {
            let event = self.event(*first);
            if let Some(loss) = self.loss(*first) {
                let is_same =
                    |id: &&EventId| self.loss(**id).is_some_and(|it| it.what == loss.what);
                let (series, later) = events.split_at(events.iter().take_while(is_same).count());
                let receivers = series.iter().filter_map(|id| Some(self.loss(*id)?.to)).collect();
                let [text, how] = loss.what;
                said.push(sentence(format!("{text} to {} {how}", listed(receivers, "node"))));
                events = later;
                continue;
            }
            let is_same = |id: &&EventId| {
                let next = self.event(**id);
                next.node == event.node && !matches!(next.kind, EventKind::Lose(..))
            };
            let (series, later) = events.split_at(events.iter().take_while(is_same).count());
            said.push(sentence(statement(&name(self.run, event.node), self.clauses(series))));
            events = later;
        }
        said
    }

    /// Actions of a node in a series of events.
    fn clauses(&self, mut events: &[EventId]) -> Vec<Clause> {
        let (mut clauses, mut named) = (Vec::new(), None);
        while let Some((first, others)) = events.split_first() {
            events = others;
            if let EventKind::Send(message) = self.event(*first).kind {
                let mut copies = vec![message];
                while let Some((next, others)) = events.split_first() {
                    let EventKind::Send(next) = self.event(*next).kind else { break };
                    if !self.says_the_same(message, next) {
                        break;
                    }
                    copies.push(next);
                    events = others;
                }
                clauses.push(Clause::Does(self.sends(&copies, &mut named)));
                continue;
            }
            clauses.push(match self.clause(*first, &mut named) {
                Clause::Does(what) => Clause::Does(clipped(what)),
                Clause::Its(what) => Clause::Its(clipped(what)),
            });
        }
        clauses
    }

    fn clause(&self, id: EventId, named: &mut Named) -> Clause {
        let Outcome { scenario, trace, protocol, .. } = self.run;
        let event = self.event(id);
        let clause = event_clause(scenario, trace, id);
        match &event.kind {
            EventKind::Request { index, .. } => {
                let with = scenario.requests[*index].with.as_ref();
                let text =
                    with.and_then(|with| with.as_str()).map(|text| visible(text).into_owned());
                *named = text.map(|text| (text, None));
                clause
            }
            EventKind::Receive(message) => Clause::Does(self.receives(id, *message, named)),
            EventKind::Crash => self.crash(event).map_or(clause, Clause::Does),
            EventKind::Indicate { packet, kind } => {
                let delivered = (protocol.behaviour.delivers)(packet);
                let same = |(text, carried): &(String, Option<Carried>)| {
                    clause == Clause::Does(format!("{kind}s {text}"))
                        && (carried.is_none() || *carried == delivered)
                };
                match delivered.is_some() && named.as_ref().is_some_and(same) {
                    true => Clause::Does(format!("{kind}s it")),
                    false => clause,
                }
            }
            _ => clause,
        }
    }

    /// Clause on the sends of one text: `sends m1 to Bob and Carol`.
    fn sends(&self, copies: &[MessageId], named: &mut Named) -> String {
        let first = self.message(copies[0]);
        let text = self.text(&first.packet);
        let (it, instead) = match (first.truth(), &named) {
            (Some(truth), _) => {
                let truth = self.text(truth);
                // Two texts may be the same though their contents differ.
                let instead = match truth == text {
                    true => " (a lie)".to_owned(),
                    false => format!(" instead of {}", quoted(&truth)),
                };
                (quoted(&text), instead)
            }
            (None, Some((known, _))) if *known == text => ("it".to_owned(), String::new()),
            _ => (quoted(&text), String::new()),
        };
        let to = |id: &MessageId| {
            let message = self.message(*id);
            let mut remarks: Vec<String> = self.distinct_name(message).into_iter().collect();
            remarks.extend(self.faults.get(&message.name).into_iter().flatten().cloned());
            let node = name(self.run, message.name.to);
            if remarks.is_empty() { node } else { format!("{node} ({})", remarks.join(", ")) }
        };
        let mut receivers: Vec<String> = copies.iter().map(to).collect();
        let plain = copies.iter().map(|id| name(self.run, self.message(*id).name.to));
        let others = self.run.scenario.nodes.len() - 1;
        let is_all =
            others > MANY && receivers.len() == others && plain.eq(receivers.iter().cloned());
        if is_all {
            receivers = vec!["all other nodes".to_owned()];
        }
        *named = first.truth().is_none().then_some((text, None));
        format!("sends {it}{instead} to {}", listed(receivers, "node"))
    }

    /// Clause on a receipt: `receives m1 from Alice`.
    fn receives(&self, id: EventId, message: MessageId, named: &mut Named) -> String {
        let message = self.message(message);
        let text = self.text(&message.packet);
        let from = name(self.run, message.name.from);
        let is_original = message.fate == Fate::Received(id);
        let which = if is_original { "" } else { "a duplicate of " };
        let distinct = self.distinct_name(message).map(|name| format!(" ({name})"));
        let damaged = message.damaged().filter(|_| is_original);
        let damage =
            damaged.map(|it| format!(", damaged in transit to {}", quoted(&self.text(it))));
        let said = quoted(&text);
        *named = match damaged {
            Some(_) => None,
            None => Some((
                text,
                (self.run.protocol.behaviour.carries)(message.name.from, &message.packet),
            )),
        };
        let tail = [distinct, damage].map(Option::unwrap_or_default).concat();
        format!("receives {which}{said} from {from}{tail}")
    }

    /// Clause on a crash in the middle of a moment: `crashes after 1 send`.
    fn crash(&self, event: &Event) -> Option<String> {
        let Outcome { scenario, trace, .. } = self.run;
        let mut faults = scenario.faults.iter().enumerate();
        let (_, fault) = faults.find(|(place, fault)| {
            let is_cut = match fault {
                Fault::Crash { node, at, after_sends: Some(_) }
                | Fault::CrashWriting { node, at, .. } => (*node, *at) == (event.node, event.time),
                _ => false,
            };
            is_cut && !trace.unused_faults.contains(place)
        })?;
        let said = fault_sentence(scenario, fault);
        said.strip_prefix(&format!("{} ", name(self.run, event.node))).map(str::to_owned)
    }

    /// Words on the loss of a message; none for other events.
    fn loss(&self, id: EventId) -> Option<LossWords> {
        let EventKind::Lose(message, loss) = self.event(id).kind else { return None };
        let message = self.message(message);
        let MessageName { from, to, .. } = message.name;
        let [from, node] = [from, to].map(|node| name(self.run, node));
        let why = match loss {
            Loss::Luck => "is lost by chance".to_owned(),
            Loss::Drop(_) => "is dropped".to_owned(),
            Loss::Partition(_) => "is lost since the network is partitioned".to_owned(),
            Loss::Cut(_) => "is lost since the link is cut".to_owned(),
            Loss::Omission(fault) => {
                let scenario = &self.run.scenario;
                format!("is lost since {}", fault_sentence(scenario, &scenario.faults[fault]))
            }
            Loss::Crashed => format!("is lost since {node} is down"),
            Loss::Corrupt(_) => "is lost since the link finds that it is damaged".to_owned(),
            Loss::Unlinked => "is lost since there is no link".to_owned(),
            Loss::Queue => "is lost since the queue of the link is full".to_owned(),
        };
        let distinct = self.distinct_name(message).map(|name| format!(" ({name})"));
        let text = quoted(&self.text(&message.packet));
        let what = [format!("{text} from {from}"), why];
        Some(LossWords { what, to: node + &distinct.unwrap_or_default() })
    }

    /// Messages that are in transit when the run ends.
    pub(super) fn in_transit(&self) -> Option<String> {
        let messages = self.run.trace.messages.iter();
        let messages = messages.filter(|it| matches!(it.overall(), Fate::InTransit { .. }));
        let said = messages.enumerate().map(|(place, message)| {
            if place >= MOST_LISTED {
                return String::new();
            }
            let MessageName { from, to, .. } = message.name;
            let [from, to] = [from, to].map(|node| name(self.run, node));
            let distinct = self.distinct_name(message).map(|name| format!(" ({name})"));
            let text = quoted(&self.text(&message.packet));
            format!("{text} from {from} to {to}{}", distinct.unwrap_or_default())
        });
        let said: Vec<String> = said.collect();
        let verb = if said.len() == 1 { "is" } else { "are" };
        (!said.is_empty())
            .then(|| format!("When the run ends, {} {verb} in transit.", listed(said, "message")))
    }

    /// True if two messages can be told as one send to two nodes.
    fn says_the_same(&self, one: MessageId, other: MessageId) -> bool {
        let [one, other] = [one, other].map(|id| self.message(id));
        let truth = |message: &Message| message.truth().map(|truth| self.text(truth));
        self.text(&one.packet) == self.text(&other.packet) && truth(one) == truth(other)
    }

    /// Number at its link of a message whose text is not enough to tell it from others there: `message 2`.
    fn distinct_name(&self, message: &Message) -> Option<String> {
        let MessageName { from, to, number } = message.name;
        let key = || (from, to, message.packet.to_string());
        let is_unclear =
            self.run.trace.messages.len() > COMPARED || self.ambiguous.contains(&key());
        is_unclear.then(|| format!("message {number}"))
    }

    fn text(&self, packet: &Packet) -> String {
        spell(&packet.to_string(), &self.run.scenario.nodes)
    }

    fn event(&self, id: EventId) -> &Event {
        &self.run.trace.events[id]
    }

    fn message(&self, id: MessageId) -> &Message {
        &self.run.trace.messages[id]
    }
}

/// Name of a node.
fn name(run: &Outcome, node: NodeId) -> String {
    run.scenario.name(node)
}

/// Largest number of receivers that are named when a message goes to all other nodes.
const MANY: usize = 3;

/// Text of a message in a sentence: quoted if it is blank.
fn quoted(text: &str) -> String {
    let text = clipped(text.to_owned());
    if text.trim().is_empty() { format!("“{text}”") } else { text }
}
