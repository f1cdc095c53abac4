//! Differences between two runs: removed, new and moved items, and the first moment at which the runs differ.

use std::{cmp::Ordering, ops::Range};

use super::{Wait, event_sentence, mark_shape};
use crate::kernel::{
    Event, EventId, EventKind, Fate, MAX_NODES, Message, MessageId, MessageName, NodeId, Scenario,
    Time, Trace, count_of, sentence, sort, sort_by_number, spell,
};

/// Largest number of events named in a sentence.
const NAMED: usize = 3;

/// A run as pictures and sentences need it.
pub type Told<'a> = (&'a Scenario, &'a Trace);

/// Difference between two runs. Messages are matched by name. Events are matched by node, kind, text, and number
/// among equal events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Changed messages, in the order of sending.
    pub messages: Vec<Change>,
    /// Changed events of some weight: not sends, receipts and losses, which are covered by the messages, nor frequent
    /// events such as timers and notes.
    pub events: Vec<Change>,
}

/// A changed message or event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Place in the trace before; none if it is new.
    pub before: Option<usize>,
    /// Place in the trace after; none if it is gone.
    pub after: Option<usize>,
    /// Kind of the change.
    pub how: How,
}

/// Kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Only in the run before.
    Gone,
    /// Only in the run after.
    New,
    /// Lost now, received before.
    Lost,
    /// Received now, lost before.
    Arrives,
    /// Different content.
    Says,
    /// Different number of copies.
    Copies,
    /// Later.
    Later,
    /// Earlier.
    Earlier,
}

impl Difference {
    /// Compares two runs.
    #[must_use]
    pub fn between(before: &Trace, after: &Trace) -> Self {
        let mut difference = Self::default();
        difference.add([before, after], 0..MAX_NODES);
        difference.in_time([before, after])
    }

    /// Adds the changes of events at these nodes, and of the messages that they send; of two runs, the first of which is
    /// the one before. For long runs, which are compared in steps.
    pub fn add(&mut self, [before, after]: [&Trace; 2], nodes: Range<usize>) {
        self.messages.extend(messages(before, after, &nodes));
        self.events.extend(marks(before, after, &nodes));
    }

    /// Returns all the changes that were added, in the order of time.
    #[must_use]
    pub fn in_time(mut self, [before, after]: [&Trace; 2]) -> Self {
        let event = |trace: &Trace, id: Option<EventId>| id.map(|id| trace.events[id].time);
        let sent = |trace: &Trace, id: Option<MessageId>| {
            event(trace, id.map(|id| trace.messages[id].sent))
        };
        sort_by_number(&mut self.messages, |it| {
            sent(after, it.after).or_else(|| sent(before, it.before)).unwrap_or_default()
        });
        sort_by_number(&mut self.events, |it| {
            event(after, it.after).or_else(|| event(before, it.before)).unwrap_or_default()
        });
        self
    }

    /// True if nothing is different.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.events.is_empty()
    }

    /// Describes the difference in a sentence: `2 messages gone, 3 new; Carol no longer delivers m1.`
    #[must_use]
    pub fn sentence(&self, before: Told, after: Told) -> String {
        let counted = self.counted();
        let weighty = |change: &&Change| matches!(change.how, How::Gone | How::New);
        let (first, rest): (Vec<_>, Vec<_>) = self.events.iter().partition(weighty);
        let named = first.iter().chain(&rest).take(NAMED);
        let mut named: Vec<_> = named.map(|change| words(change, before, after)).collect();
        if self.events.len() > NAMED {
            named.push(format!("and {} more", self.events.len() - NAMED));
        }
        match (counted.is_empty(), named.is_empty()) {
            (true, true) => "The run is the same.".to_owned(),
            (true, false) => sentence(named.join("; ")),
            (false, true) => sentence(counted),
            (false, false) => sentence(format!("{counted}; {}", named.join("; "))),
        }
    }

    fn counted(&self) -> String {
        const WORDS: [(How, &str); 8] = [
            (How::Gone, "gone"),
            (How::New, "new"),
            (How::Lost, "lost now"),
            (How::Arrives, "no longer lost"),
            (How::Says, "with other content"),
            (How::Copies, "with other copies"),
            (How::Later, "later"),
            (How::Earlier, "earlier"),
        ];
        let mut parts: Vec<String> = Vec::new();
        for (how, word) in WORDS {
            let count = self.messages.iter().filter(|change| change.how == how).count();
            if count == 0 {
                continue;
            }
            let number =
                if parts.is_empty() { count_of(count, "message") } else { count.to_string() };
            parts.push(format!("{number} {word}"));
        }
        parts.join(", ")
    }
}

/// Describes a changed event.
fn words(change: &Change, before: Told, after: Told) -> String {
    let told = |(scenario, trace): Told, event: EventId, what: &str| {
        let node = scenario.name(trace.events[event].node);
        let sentence = event_sentence(scenario, trace, event);
        let rest = sentence.strip_prefix(&*node).and_then(|rest| rest.strip_prefix(' '));
        rest.map_or_else(|| format!("{what}: {sentence}"), |rest| format!("{node} {what} {rest}"))
    };
    match (change.before, change.after) {
        (Some(event), None) => told(before, event, "no longer"),
        (None, Some(event)) => told(after, event, "now"),
        (Some(then), Some(now)) => {
            let (was, is) = (before.1.events[then].time, after.1.events[now].time);
            let sentence = event_sentence(after.0, after.1, now);
            let side = if is > was { "later" } else { "earlier" };
            format!("{sentence} {} ms {side}", is.abs_diff(was))
        }
        (None, None) => String::new(),
    }
}

/// Number of equal events at the beginnings of two runs.
fn beginning(before: &Trace, after: &Trace) -> usize {
    let events = before.events.iter().zip(&after.events);
    events.take_while(|(one, other)| alike((before, one), (after, other))).count()
}

/// True if two events of two runs are equal.
fn alike((before, one): (&Trace, &Event), (after, other): (&Trace, &Event)) -> bool {
    let name = |trace: &Trace, message: MessageId| trace.messages[message].name;
    (one.time, one.node) == (other.time, other.node)
        && match (&one.kind, &other.kind) {
            (EventKind::Send(a), EventKind::Send(b)) => {
                let (a, b) = (&before.messages[*a], &after.messages[*b]);
                a.name == b.name && a.packet == b.packet
            }
            (EventKind::Receive(a), EventKind::Receive(b)) => name(before, *a) == name(after, *b),
            (EventKind::Lose(a, why), EventKind::Lose(b, other)) => {
                name(before, *a) == name(after, *b) && why.why() == other.why()
            }
            // The index of a request changes if an earlier request is removed.
            (EventKind::Request { packet, .. }, EventKind::Request { packet: other, .. }) => {
                packet == other
            }
            (one, other) => one == other,
        }
}

/// Changes of the messages that these nodes send.
fn messages(before: &Trace, after: &Trace, senders: &Range<usize>) -> Vec<Change> {
    let sent = |trace: &Trace| {
        let all = trace.messages.iter().enumerate();
        let sent = all.filter(|(_, it)| senders.contains(&it.name.from.index()));
        let mut sent: Vec<(u64, MessageId)> = sent.map(|(id, it)| (number(it.name), id)).collect();
        sort_by_number(&mut sent, |(name, _)| *name);
        sent
    };
    let pairs = matched(&sent(before), &sent(after));
    let changes = pairs.into_iter().filter_map(|(then, now)| {
        let how = match (then, now) {
            (Some(then), Some(now)) => {
                became((before, &before.messages[then]), (after, &after.messages[now]))?
            }
            (Some(_), None) => How::Gone,
            _ => How::New,
        };
        Some(Change { before: then, after: now, how })
    });
    changes.collect()
}

/// A message's name as a number, in the order of names.
fn number(MessageName { from, to, number }: MessageName) -> u64 {
    let [from, to] = [from, to].map(|node| node.index() as u64);
    (from << 48) | (to << 32) | u64::from(number)
}

/// Change of a message, if there is one.
fn became((before, one): (&Trace, &Message), (after, other): (&Trace, &Message)) -> Option<How> {
    let end = |trace: &Trace, fate: Fate| match fate {
        Fate::InTransit { due } => due,
        Fate::Received(event) | Fate::Lost(event, _) => trace.events[event].time,
    };
    let is_lost = |message: &Message| matches!(message.overall(), Fate::Lost(..));
    let said = |message: &Message| (message.packet.clone(), message.tampering.clone());
    let times = |trace: &Trace, message: &Message| {
        (end(trace, message.overall()), trace.events[message.sent].time)
    };
    let (then, now) = (times(before, one), times(after, other));
    Some(match () {
        () if !is_lost(one) && is_lost(other) => How::Lost,
        () if is_lost(one) && !is_lost(other) => How::Arrives,
        () if said(one) != said(other) => How::Says,
        () if one.copies.len() != other.copies.len() => How::Copies,
        () if now > then => How::Later,
        () if now < then => How::Earlier,
        () => return None,
    })
}

/// Identity of an event apart from its time: node, kind and text.
type Key = (NodeId, &'static str, String);

fn key(trace: &Trace, event: &Event) -> Key {
    let text = match &event.kind {
        EventKind::Request { packet, .. }
        | EventKind::Indicate { packet, .. }
        | EventKind::Timer(packet) => packet.to_string(),
        EventKind::Detect(detection) => detection.to_string(),
        EventKind::Send(message) | EventKind::Receive(message) | EventKind::Lose(message, _) => {
            let Message { name, packet, .. } = &trace.messages[*message];
            format!("{} {} {packet}", name.from.index(), name.number)
        }
        EventKind::Note(note) => note.to_string(),
        _ => String::new(),
    };
    (event.node, event.kind.name(), text)
}

/// True if an event is listed by itself.
fn has_weight(event: &Event) -> bool {
    mark_shape(&event.kind).is_some()
        && !matches!(
            event.kind,
            EventKind::Receive(_) | EventKind::Timer(_) | EventKind::Note(_) | EventKind::Persist
        )
}

/// Changes of the events at these nodes.
fn marks(before: &Trace, after: &Trace, nodes: &Range<usize>) -> Vec<Change> {
    let weighty = |trace: &Trace| {
        let mut lists = vec![Vec::<EventId>::new(); nodes.len()];
        for (id, event) in trace.events.iter().enumerate() {
            if nodes.contains(&event.node.index()) && has_weight(event) {
                lists[event.node.index() - nodes.start].push(id);
            }
        }
        lists
    };
    let (old, new) = (weighty(before), weighty(after));
    let mut changes = Vec::new();
    for (old, new) in old.iter().zip(&new) {
        // As long as a node does the same, its events need no keys: these are texts.
        let pairs = old.iter().zip(new);
        let is_same = |(then, now): &(&EventId, &EventId)| {
            is_repeated(&before.events[**then].kind, &after.events[**now].kind)
        };
        let equal = pairs.take_while(is_same).count();
        let keyed = |trace: &Trace, events: &[EventId]| {
            let keyed = events.iter().map(|id| (key(trace, &trace.events[*id]), *id));
            let mut keyed: Vec<(Key, EventId)> = keyed.collect();
            sort(&mut keyed);
            keyed
        };
        let pairs = old[..equal].iter().zip(new).map(|(then, now)| (Some(*then), Some(*now)));
        let rest = matched(&keyed(before, &old[equal..]), &keyed(after, &new[equal..]));
        for (then, now) in pairs.chain(rest) {
            let how = match (then, now) {
                (Some(then), Some(now)) => {
                    match after.events[now].time.cmp(&before.events[then].time) {
                        Ordering::Equal => continue,
                        Ordering::Greater => How::Later,
                        Ordering::Less => How::Earlier,
                    }
                }
                (Some(_), None) => How::Gone,
                _ => How::New,
            };
            changes.push(Change { before: then, after: now, how });
        }
    }
    changes
}

/// True if two events of weight at one node say the same, as their keys would; false if only the keys can tell.
fn is_repeated(one: &EventKind, other: &EventKind) -> bool {
    match (one, other) {
        (EventKind::Request { packet, .. }, EventKind::Request { packet: other, .. })
        | (EventKind::Indicate { packet, .. }, EventKind::Indicate { packet: other, .. }) => {
            packet == other
        }
        (one, other) => one.message().is_none() && one == other,
    }
}

/// Matches the places of two lists, both in the order of their keys: those of equal keys by their number.
fn matched<K: Ord>(old: &[(K, usize)], new: &[(K, usize)]) -> Vec<(Option<usize>, Option<usize>)> {
    let (mut here, mut there) = (old.iter().peekable(), new.iter().peekable());
    let mut matched = Vec::new();
    loop {
        let order = match (here.peek(), there.peek()) {
            (None, None) => return matched,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((one, _)), Some((other, _))) => one.cmp(other),
        };
        let gone = here.next_if(|_| order.is_le()).map(|(_, id)| *id);
        let come = there.next_if(|_| order.is_ge()).map(|(_, id)| *id);
        matched.push((gone, come));
    }
}

/// First difference between two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parting {
    /// Its time, in virtual ms.
    pub at: Time,
    /// Event that only one of the runs has at that time.
    pub event: EventId,
    /// Index of the run that has the event: 0 or 1.
    pub run: usize,
}

/// Events of two runs that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Events that the applications see, and faults: all that two protocols have in common.
    Application,
    /// These, and messages.
    Messages,
}

impl Seen {
    fn sees(self, event: &Event) -> bool {
        match event.kind {
            EventKind::Timer(_) | EventKind::Note(_) | EventKind::Persist => false,
            EventKind::Send(_) | EventKind::Receive(_) | EventKind::Lose(..) => {
                self == Self::Messages
            }
            _ => true,
        }
    }
}

/// Returns the first moment at which two runs differ, and an event that only one of them has then. Events that the
/// application sees are preferred to messages.
#[must_use]
pub fn parting(runs: [&Trace; 2], seen: Seen) -> Option<Parting> {
    let same = beginning(runs[0], runs[1]);
    let [one, other] = runs.map(|run| run.events.get(same).map(|event| event.time));
    // Events of one moment may be in different orders.
    let moment = one.into_iter().chain(other).min()?;
    let mut from = runs.map(|run| run.events.partition_point(|event| event.time < moment));
    loop {
        let next = |run: usize| {
            let mut rest = runs[run].events[from[run]..].iter();
            rest.find(|event| seen.sees(event)).map(|event| event.time)
        };
        let at = match (next(0), next(1)) {
            (None, None) => return None,
            (Some(one), Some(other)) => one.min(other),
            (one, other) => one.or(other)?,
        };
        let [one, other] = [0, 1].map(|run| {
            let start = from[run];
            let until = runs[run].events_until(at);
            from[run] = until.max(start);
            let now = start..until.max(start);
            let now = now.filter(|&event| {
                let event = &runs[run].events[event];
                event.time == at && seen.sees(event)
            });
            let mut now: Vec<_> =
                now.map(|event| (key(runs[run], &runs[run].events[event]), event)).collect();
            sort(&mut now);
            now
        });
        if one.iter().map(|it| &it.0).eq(other.iter().map(|it| &it.0)) {
            continue;
        }
        // Both are sorted, since a moment may have a hundred thousand events.
        let only = |list: &[(Key, EventId)], others: &[(Key, EventId)], run: usize| {
            let alone = list.chunk_by(|one, next| one.0 == next.0).filter(|same| {
                let from = others.partition_point(|other| other.0 < same[0].0);
                let until = others.partition_point(|other| other.0 <= same[0].0);
                same.len() > until - from
            });
            let alone = alone.flatten().map(|(_, event)| {
                let message = runs[run].events[*event].kind.message().is_some();
                (message, *event, run)
            });
            alone.min()
        };
        let found = [only(&one, &other, 0), only(&other, &one, 1)];
        let (_, event, run) = found.into_iter().flatten().min_by_key(|it| (it.0, it.2))?;
        return Some(Parting { at, event, run });
    }
}

/// Describes the first difference between two runs. Each run has its name, as in `under FIFO multicast`, and its
/// waits.
#[must_use]
pub fn parting_sentence(
    parting: Option<Parting>,
    runs: [Told; 2],
    names: [&str; 2],
    waits: [&[Wait]; 2],
) -> String {
    let Some(Parting { at, event, run }) = parting else {
        let [one, other] = runs.map(|(_, trace)| trace.end);
        let until = if one == other { "to the end" } else { "until the shorter one ends" };
        return format!("Both runs are the same {until}.");
    };
    let (scenario, trace) = runs[run];
    let (_, theirs) = runs[1 - run];
    let its = &trace.events[event];
    let sought = key(trace, its);
    let later = theirs.events.iter().enumerate().skip(theirs.events_until(at));
    let mut later = later.filter(|(_, other)| {
        other.node == its.node
            && other.kind.name() == its.kind.name()
            && key(theirs, other) == sought
    });
    let later = later.next().map(|(id, event)| (id, event.time));
    let mut waiting = waits[1 - run].iter();
    let waits = waiting.any(|wait| {
        let since = theirs.events[wait.received].time;
        wait.node == its.node
            && since <= at
            && later.is_some()
            && wait.delivered == later.map(|it| it.0)
    });
    let otherwise = match (later, waits) {
        (Some((_, then)), true) => format!("it waits until {then} ms"),
        (Some((_, then)), false) => format!("this happens only at {then} ms"),
        (None, _) => "this never happens".to_owned(),
    };
    let sentence = spell(&event_sentence(scenario, trace, event), &scenario.nodes);
    format!(
        "Until {at} ms both runs are the same; then, {}, {sentence}; {} {otherwise}.",
        names[run],
        names[1 - run]
    )
}
