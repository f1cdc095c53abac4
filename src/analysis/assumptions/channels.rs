//! Assumptions on links, losses, order and delays, and how a run breaks them.

use std::cell::LazyCell;

use super::{Breach, failures::struck, fault_path};
use crate::{
    analysis::Repair,
    kernel::{
        Event, EventId, EventKind, Fate, Fault, LinkSpec, Loss, Mercy, Message, MessageName,
        Network, NodeId, NodeSet, PerMillion, Rule, Scenario, SortedSet, Spared, Time, Trace,
    },
};

/// Times at which nodes are down, and the traitors.
struct Failures {
    /// By node: from when on it is down, and when it is up again, in virtual ms.
    down: Vec<Vec<(Time, Time)>>,
    traitors: NodeSet,
}

impl Failures {
    fn of(scenario: &Scenario, trace: &Trace) -> Self {
        let mut down: Vec<Vec<(Time, Time)>> = vec![Vec::new(); scenario.nodes.len()];
        let mut traitors = NodeSet::EMPTY;
        for event in &trace.events {
            let spans = &mut down[event.node.index()];
            match event.kind {
                EventKind::Crash => spans.push((event.time, Time::MAX)),
                EventKind::Recover => spans.last_mut().into_iter().for_each(|it| it.1 = event.time),
                EventKind::Traitor(_) => {
                    traitors.insert(event.node);
                }
                _ => {}
            }
        }
        Self { down, traitors }
    }

    /// True if a node is down at some moment of this span.
    fn is_down(&self, node: NodeId, from: Time, to: Time) -> bool {
        self.down[node.index()].iter().any(|(crash, back)| *crash <= to && from < *back)
    }

    /// True if both ends of a link are loyal and up during all of this span.
    fn sound(&self, MessageName { from, to, .. }: MessageName, since: Time, until: Time) -> bool {
        let sound = |node| !self.traitors.contains(node) && !self.is_down(node, since, until);
        sound(from) && sound(to)
    }

    /// True if both ends of a link are loyal and never crash.
    fn never_fail(&self, name: MessageName) -> bool {
        self.sound(name, 0, Time::MAX)
    }
}

/// What became of each copy of a message, the first included.
fn ways(message: &Message) -> impl Iterator<Item = Fate> {
    std::iter::once(message.fate).chain(message.copies.iter().copied())
}

/// The event at which a message first arrived, if a copy of it did.
fn first_receipt(message: &Message) -> Option<EventId> {
    let receipts = ways(message).filter_map(|way| match way {
        Fate::Received(event) => Some(event),
        _ => None,
    });
    receipts.min()
}

/// Why the original of a message was lost, and the event at which it was; none if it found its receiver down.
fn original_lost(message: &Message) -> Option<(EventId, Loss)> {
    match message.fate {
        Fate::Lost(event, loss) if loss != Loss::Crashed => Some((event, loss)),
        _ => None,
    }
}

/// Why a message will never arrive, and the event from which on that is so; none if a copy of it arrived or may do
/// so, or if the original found its receiver down. A copy that finds it down later excuses nothing.
fn lost(message: &Message) -> Option<(EventId, Loss)> {
    let (mut last, loss) = original_lost(message)?;
    for copy in &message.copies {
        let Fate::Lost(event, _) = *copy else { return None };
        last = last.max(event);
    }
    Some((last, loss))
}

/// The first breaches of those that were found, each with the event from which on it stands: no two that the same
/// repair would undo.
fn first_of<T>(
    mut found: Vec<(EventId, T)>,
    most: usize,
    breach: impl Fn(EventId, &T) -> Breach,
) -> Vec<Breach> {
    if most == 1 {
        let first = found.iter().min_by_key(|(event, _)| *event);
        return first.map(|(event, what)| breach(*event, what)).into_iter().collect();
    }
    found.sort_by_key(|(event, _)| *event);
    let mut undone = SortedSet::new();
    let breaches = found.iter().map(|(event, what)| breach(*event, what));
    let news = breaches.filter(|breach| match breach.repair {
        Some(Repair::Without(fault)) => undone.insert((0, fault)),
        Some(Repair::InOrder(from, to)) => undone.insert((1 + from.index(), to.index())),
        Some(Repair::Links) => undone.insert((usize::MAX, 0)),
        _ => true,
    });
    news.take(most).collect()
}

/// The losses on links on which everything is lost from then on.
pub(super) fn unfair(rule: Rule, scenario: &Scenario, trace: &Trace, most: usize) -> Vec<Breach> {
    let certain = |odds: PerMillion| odds >= PerMillion::ONE;
    let for_ever = |loss: Loss| match loss {
        Loss::Unlinked => true,
        Loss::Luck => certain(scenario.network.loss),
        Loss::Corrupt(None) => certain(scenario.network.corrupt),
        _ => loss.fault().is_some_and(|fault| match scenario.faults[fault] {
            Fault::Partition { until, .. }
            | Fault::Cut { until, .. }
            | Fault::Omit { until, .. } => until >= scenario.until,
            _ => false,
        }),
    };
    let failures = Failures::of(scenario, trace);
    let found = trace.messages.iter().filter_map(|message| {
        let (event, loss) = lost(message)?;
        let counts = for_ever(loss) && failures.never_fail(message.name);
        counts.then_some((event, (message, loss)))
    });
    first_of(found.collect(), most, |event, (message, loss)| {
        let mut breach = loss_of(rule, scenario, event, message, *loss);
        breach.why.push_str(", as is all that follows on its link");
        breach
    })
}

/// What is wrong with a message that a reliable channel would have delivered once, as it was sent.
enum Trouble {
    Lost(Loss),
    Damaged,
    /// It arrived again, by this further copy.
    Twice(usize),
}

/// The losses, damages and second receipts that count.
///
/// A loss counts unless an end of the link fails before the message was due: what happens later cannot be why the
/// message was lost. Nothing may arrive twice, whatever fails.
pub(super) fn unreliable(
    rule: Rule,
    scenario: &Scenario,
    trace: &Trace,
    most: usize,
) -> Vec<Breach> {
    let failures = Failures::of(scenario, trace);
    let network = LazyCell::new(|| Network::new(scenario, Spared::default()));
    let mut found = Vec::new();
    for message in &trace.messages {
        let sent = trace.events[message.sent].time;
        let counts = |due: Time| match rule {
            Rule::NothingIsLost => !failures.is_down(message.name.to, due, due),
            _ => failures.sound(message.name, sent, due),
        };
        if let Some((event, loss)) = lost(message) {
            if counts(was_due(&network, trace, message)) {
                found.push((event, (message, Trouble::Lost(loss))));
            }
            continue;
        }
        if let Fate::Received(event) = message.fate
            && message.damaged().is_some()
            && counts(trace.events[event].time)
        {
            found.push((event, (message, Trouble::Damaged)));
        }
        if message.copies.is_empty() {
            continue;
        }
        let Some(first) = first_receipt(message) else { continue };
        for (copy, fate) in message.copies.iter().enumerate() {
            if let Fate::Received(event) = *fate
                && event != first
            {
                found.push((event, (message, Trouble::Twice(copy))));
            }
        }
    }
    first_of(found, most, |event, (message, trouble)| match trouble {
        Trouble::Lost(loss) => loss_of(rule, scenario, event, message, *loss),
        Trouble::Damaged => damage_of(rule, scenario, event, message),
        Trouble::Twice(copy) => duplicate_of(rule, scenario, event, message, *copy),
    })
}

/// When the lost original of a message would have arrived, as far as its loss tells: what is dropped is lost midway,
/// rounded down.
fn was_due(network: &Network, trace: &Trace, message: &Message) -> Time {
    let sent = trace.events[message.sent].time;
    let Some((lost, loss)) = original_lost(message) else { return sent };
    let lost = trace.events[lost].time;
    match loss {
        Loss::Drop(_) | Loss::Luck => {
            let twice = 2 * (lost - sent);
            let is_odd = network.travels(message.name) == twice + 1;
            sent + twice + Time::from(is_odd)
        }
        _ => lost,
    }
}

/// The breach by the loss of a message.
fn loss_of(
    rule: Rule,
    scenario: &Scenario,
    event: EventId,
    message: &Message,
    loss: Loss,
) -> Breach {
    let name = message.name;
    let (culprit, repair) = match (loss, loss.fault()) {
        (_, Some(fault)) => (fault_path(Some(fault)), Some(Repair::Without(fault))),
        (Loss::Corrupt(_), _) => {
            ("network.corrupt".to_owned(), Some(Repair::Spare(name, Mercy::Intact)))
        }
        (Loss::Unlinked, _) => {
            // Routers are what they are by the links.
            let routed = !scenario.network.topology.routers().is_empty();
            ("network.topology".to_owned(), (!routed).then_some(Repair::Links))
        }
        (Loss::Queue, _) => {
            let path = link_path(scenario, name, "queue");
            (path, Some(Repair::Spare(name, Mercy::Arrives)))
        }
        _ => ("network.loss".to_owned(), Some(Repair::Spare(name, Mercy::Arrives))),
    };
    let why = format!("{} was lost ({})", scenario.message_name(name), loss.why());
    Breach { repair, ..Breach::at(rule, event, culprit, why) }
}

/// The breach by the flipped bits of a message.
fn damage_of(rule: Rule, scenario: &Scenario, event: EventId, message: &Message) -> Breach {
    let name = message.name;
    let mut faults = scenario.faults.iter();
    // Of several the first one counts.
    let by_hand =
        faults.position(|it| matches!(it, Fault::Corrupt { message, .. } if *message == name));
    let (culprit, repair) = match by_hand {
        Some(fault) => (fault_path(Some(fault)), Repair::Without(fault)),
        None => ("network.corrupt".to_owned(), Repair::Spare(name, Mercy::Intact)),
    };
    let why = format!("bits of {} flipped on the way", scenario.message_name(name));
    Breach { repair: Some(repair), ..Breach::at(rule, event, culprit, why) }
}

/// The breach by a further copy of a message.
fn duplicate_of(
    rule: Rule,
    scenario: &Scenario,
    event: EventId,
    message: &Message,
    copy: usize,
) -> Breach {
    let name = message.name;
    let faults = scenario.faults.iter().enumerate();
    let by_hand = faults
        .filter(|(_, it)| matches!(it, Fault::Duplicate { message, .. } if *message == name))
        .map(|(fault, _)| fault);
    let by_hand: Vec<usize> = by_hand.collect();
    // The copy that chance makes comes first.
    let by_chance = message.copies.len().saturating_sub(by_hand.len());
    let fault = copy.checked_sub(by_chance).and_then(|place| by_hand.get(place));
    let (culprit, repair) = match fault {
        Some(&fault) => (fault_path(Some(fault)), Repair::Without(fault)),
        None => ("network.duplicate".to_owned(), Repair::Spare(name, Mercy::Once)),
    };
    let why = format!("{} arrived twice", scenario.message_name(name));
    Breach { repair: Some(repair), ..Breach::at(rule, event, culprit, why) }
}

/// The messages that a later one of their link overtakes: it arrives while they have not. What becomes of them
/// afterwards changes nothing, so a message that is lost on the way leaves a gap. One that finds its receiver down
/// leaves none.
pub(super) fn overtaking(
    rule: Rule,
    scenario: &Scenario,
    trace: &Trace,
    most: usize,
) -> Vec<Breach> {
    let size = scenario.nodes.len();
    let mut messages: Vec<&Message> = trace.messages.iter().collect();
    messages.sort_by_key(|message| std::cmp::Reverse(message.name.number));
    // By link: the first receipt of a message with a greater number than those still to be looked at.
    let mut overtaker: Vec<Option<(EventId, MessageName)>> = vec![None; size * size];
    let mut found = Vec::new();
    for message in messages {
        let MessageName { from, to, .. } = message.name;
        let next = &mut overtaker[from.index() * size + to.index()];
        let receipt = first_receipt(message);
        if let Some((event, later)) = *next
            && receipt.or_else(|| met_nobody(message)).is_none_or(|own| event < own)
        {
            found.push((event, (message, later)));
        }
        if let Some(receipt) = receipt
            && next.is_none_or(|(event, _)| receipt < event)
        {
            *next = Some((receipt, message.name));
        }
    }
    first_of(found, most, |event, (message, later)| {
        overtaken(rule, scenario, event, message, *later)
    })
}

/// The event at which a message found its receiver down.
fn met_nobody(message: &Message) -> Option<EventId> {
    let ends = ways(message).filter_map(|way| match way {
        Fate::Lost(event, Loss::Crashed) => Some(event),
        _ => None,
    });
    ends.min()
}

fn overtaken(
    rule: Rule,
    scenario: &Scenario,
    event: EventId,
    message: &Message,
    later: MessageName,
) -> Breach {
    // A message that is lost after it was overtaken counts as overtaken.
    let gone = original_lost(message).filter(|(lost, _)| *lost < event);
    if let Some((_, loss)) = gone
        && lost(message).is_some()
    {
        let mut gap = loss_of(rule, scenario, event, message, loss);
        gap.why.push_str(&format!(", and {} arrived without it", scenario.message_name(later)));
        return gap;
    }
    let name = message.name;
    let why = format!("{} was overtaken", scenario.message_name(name));
    if let Some((_, loss)) = gone {
        return copy_too_late(loss_of(rule, scenario, event, message, loss), &why, loss);
    }
    let (culprit, repair) = match delay_of(scenario, name) {
        Some(fault) => (fault_path(Some(fault)), Repair::Without(fault)),
        None => ("network.order".to_owned(), Repair::InOrder(name.from, name.to)),
    };
    Breach { repair: Some(repair), ..Breach::at(rule, event, culprit, why) }
}

/// The breach by a copy that comes too late for its lost original: the loss is to blame, since a copy comes later by its
/// nature.
fn copy_too_late(lost: Breach, why: &str, loss: Loss) -> Breach {
    Breach { why: format!("{why}: its original was lost ({})", loss.why()), ..lost }
}

/// The longest of the delays of a message that are made by hand.
fn delay_of(scenario: &Scenario, name: MessageName) -> Option<usize> {
    let delays = scenario.faults.iter().enumerate().filter_map(|(fault, it)| match *it {
        Fault::Delay { message, by } if message == name && by > 0 => Some((by, fault)),
        _ => None,
    });
    delays.rev().max_by_key(|(by, _)| *by).map(|(_, fault)| fault)
}

/// What is not synchronous: a message that is late, by its place, or a pause, by its event.
enum Slow {
    Message(usize),
    Pause,
}

/// The messages that are late, and the pauses.
pub(super) fn late(rule: Rule, scenario: &Scenario, trace: &Trace, most: usize) -> Vec<Breach> {
    let Some(bound) = scenario.network.timing.bound() else {
        let why = "the network is asynchronous: it promises no bound".to_owned();
        let longest = scenario.network.links.iter().map(|link| link.delay.max);
        let bound = longest.fold(scenario.network.delay.max, Time::max).max(1);
        let breach = Breach::from_the_start(rule, "network.timing".to_owned(), why);
        return vec![Breach { repair: Some(Repair::Bound(bound)), ..breach }];
    };
    let failures = Failures::of(scenario, trace);
    let pauses = trace.events.iter().enumerate();
    let pauses = pauses.filter(|(_, event)| event.kind == EventKind::Pause);
    let stood_still: Vec<(NodeId, Time)> =
        pauses.clone().map(|(_, event)| (event.node, event.time)).collect();
    let mut found: Vec<_> = pauses.map(|(id, _)| (id, Slow::Pause)).collect();
    for (place, message) in trace.messages.iter().enumerate() {
        let due = trace.events[message.sent].time + bound;
        if due <= trace.end
            && missed(trace, &failures, message, due)
            && !waited(scenario, trace, &stood_still, message, due)
        {
            // It is missing from the moment on at which it should have been there.
            let since = trace.events.partition_point(|event| event.time < due);
            found.push((since, Slow::Message(place)));
        }
    }
    first_of(found, most, |event, slow| match slow {
        Slow::Pause => pause_of(rule, scenario, trace, event),
        Slow::Message(place) => lateness_of(rule, scenario, trace, bound, event, *place),
    })
}

/// True if a message was still on its way when it was due. What becomes of it later changes nothing, but a node that
/// was down by then missed nothing.
fn missed(trace: &Trace, failures: &Failures, message: &Message, due: Time) -> bool {
    if let Some(receipt) = first_receipt(message) {
        return trace.events[receipt].time > due;
    }
    let ends = ways(message).map(|way| match way {
        Fate::InFlight { due } => due,
        Fate::Received(event) | Fate::Lost(event, _) => trace.events[event].time,
    });
    ends.max().is_some_and(|end| end > due) && !failures.is_down(message.name.to, due, due)
}

/// True if a message that was received late may have been there in time, and waited for its receiver to go on.
fn waited(
    scenario: &Scenario,
    trace: &Trace,
    pauses: &[(NodeId, Time)],
    message: &Message,
    due: Time,
) -> bool {
    let Some(receipt) = first_receipt(message) else { return false };
    let (node, time) = (message.name.to, trace.events[receipt].time);
    let since = pauses.iter().filter(|(who, at)| *who == node && *at <= time);
    let Some((_, since)) = since.max_by_key(|(_, at)| *at) else { return false };
    let resumed = trace.events[..receipt].iter().rev();
    let mut resumed = resumed.take_while(|event| event.time == time);
    *since <= due
        && resumed.any(|event| event.node == node && event.kind == EventKind::Resume)
        && delay_of(scenario, message.name).is_none()
}

fn pause_of(rule: Rule, scenario: &Scenario, trace: &Trace, event: EventId) -> Breach {
    let fault = struck(scenario, trace, event);
    let Event { node, time, .. } = &trace.events[event];
    let why = format!("{node} stood still from {time} ms on");
    let repair = fault.map(Repair::Without);
    Breach { repair, ..Breach::at(rule, event, fault_path(fault), why) }
}

fn lateness_of(
    rule: Rule,
    scenario: &Scenario,
    trace: &Trace,
    bound: Time,
    since: EventId,
    place: usize,
) -> Breach {
    let message = &trace.messages[place];
    let (name, sent) = (message.name, trace.events[message.sent].time);
    let written = scenario.message_name(name);
    let why = match first_receipt(message) {
        Some(event) => {
            format!("{written} took {} ms, more than {bound}", trace.events[event].time - sent)
        }
        None => format!("{written}, sent at {sent} ms, had not arrived {bound} ms later"),
    };
    // A message that is lost after it was due counts as late.
    let gone = original_lost(message).filter(|(lost, _)| trace.events[*lost].time <= sent + bound);
    let breach = match (gone, delay_of(scenario, name)) {
        (Some((_, loss)), _) => {
            copy_too_late(loss_of(rule, scenario, since, message, loss), &why, loss)
        }
        (None, Some(fault)) => {
            let repair = Some(Repair::Without(fault));
            Breach { repair, ..Breach::at(rule, since, fault_path(Some(fault)), why) }
        }
        (None, None) => {
            let repair = Some(Repair::Spare(name, Mercy::Within(bound)));
            Breach { repair, ..Breach::at(rule, since, slow_path(scenario, name, bound), why) }
        }
    };
    let event = (since < trace.events.len()).then_some(since);
    Breach { event, due: Some(sent + bound), ..breach }
}

/// The path of what makes a link's messages slow by chance: its delay; or its rate, where no delay is as long as that.
fn slow_path(scenario: &Scenario, name: MessageName, bound: Time) -> String {
    let is_own = |link: &&LinkSpec| (link.from, link.to) == (name.from, name.to);
    let own = scenario.network.links.iter().rfind(is_own);
    let by_rate = own.is_some_and(|link| link.rate.is_some() && link.delay.max <= bound);
    link_path(scenario, name, if by_rate { "rate" } else { "delay" })
}

/// The path of something that a link has of its own, or of what all links have.
fn link_path(scenario: &Scenario, name: MessageName, field: &str) -> String {
    let links = &scenario.network.links;
    let own = links.iter().rposition(|link| (link.from, link.to) == (name.from, name.to));
    own.map_or_else(|| format!("network.{field}"), |link| format!("network.links[{link}].{field}"))
}
