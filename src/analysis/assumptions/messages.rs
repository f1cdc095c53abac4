//! Fates of messages, for assumptions on links and delays.

use super::{Breach, fault_path};
use crate::{
    analysis::Repair,
    kernel::{
        EventId, EventKind, Fate, Fault, Loss, Mercy, Message, MessageName, NodeId, NodeSet, Rule,
        Scenario, SortedSet, Time, Trace, sort_by_key,
    },
};

/// Times at which nodes are down, and the traitors.
pub(super) struct Downtime {
    /// By node: the times of its crashes and of the recoveries that follow, in virtual ms.
    down: Vec<Vec<(Time, Time)>>,
    traitors: NodeSet,
}

impl Downtime {
    pub(super) fn of(scenario: &Scenario, trace: &Trace) -> Self {
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
    pub(super) fn is_down(&self, node: NodeId, from: Time, to: Time) -> bool {
        self.down[node.index()].iter().any(|(crash, back)| *crash <= to && from < *back)
    }

    /// True if both ends of a link are loyal and up during all of this span.
    pub(super) fn sound(
        &self,
        MessageName { from, to, .. }: MessageName,
        since: Time,
        until: Time,
    ) -> bool {
        let sound = |node| !self.traitors.contains(node) && !self.is_down(node, since, until);
        sound(from) && sound(to)
    }

    /// True if both ends of a link are loyal and never crash.
    pub(super) fn never_fail(&self, name: MessageName) -> bool {
        self.sound(name, 0, Time::MAX)
    }
}

/// The event at which a message first arrived, if a copy of it did.
pub(super) fn first_receipt(message: &Message) -> Option<EventId> {
    let receipts = message.fates().filter_map(|way| match way {
        Fate::Received(event) => Some(event),
        _ => None,
    });
    receipts.min()
}

/// Loss of the original of a message, and its event; none if the original found its receiver down.
pub(super) fn original_lost(message: &Message) -> Option<(EventId, Loss)> {
    match message.fate {
        Fate::Lost(event, loss) if loss != Loss::Crashed => Some((event, loss)),
        _ => None,
    }
}

/// Loss of a message with all its copies, and the event of the last loss. None if a copy arrived or can still arrive,
/// or if the original found its receiver down. A duplicate that finds the receiver down later is no excuse.
pub(super) fn lost(message: &Message) -> Option<(EventId, Loss)> {
    let (mut last, loss) = original_lost(message)?;
    for copy in &message.copies {
        let Fate::Lost(event, _) = *copy else { return None };
        last = last.max(event);
    }
    Some((last, loss))
}

/// The first breaches among those found, each with the event from which on it stands: no two with the same repair.
pub(super) fn first_of<T>(
    mut found: Vec<(EventId, T)>,
    most: usize,
    breach: impl Fn(EventId, &T) -> Breach,
) -> Vec<Breach> {
    if most == 1 {
        let first = found.iter().min_by_key(|(event, _)| *event);
        return first.map(|(event, what)| breach(*event, what)).into_iter().collect();
    }
    sort_by_key(&mut found, |(event, _)| *event);
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

/// The breach by the loss of a message.
pub(super) fn loss_of(
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
            // With all links there would be no routers.
            let routed = !scenario.network.topology.routers().is_empty();
            ("network.topology".to_owned(), (!routed).then_some(Repair::Links))
        }
        (Loss::Queue, _) => {
            let path = link_path(scenario, name, "queue");
            (path, Some(Repair::Spare(name, Mercy::Arrives)))
        }
        _ => ("network.loss".to_owned(), Some(Repair::Spare(name, Mercy::Arrives))),
    };
    let why = format!("{} was lost ({})", message.words(scenario), loss.why());
    Breach { repair, ..Breach::at(rule, event, culprit, why) }
}

/// The breach by a duplicate that arrives too late for its lost original. The loss is to blame, since a duplicate is
/// always later.
pub(super) fn copy_too_late(lost: Breach, why: &str, loss: Loss) -> Breach {
    Breach { why: format!("{why}: its original was lost ({})", loss.why()), ..lost }
}

/// The fault with the longest delay of a message.
pub(super) fn delay_of(scenario: &Scenario, name: MessageName) -> Option<usize> {
    let delays = scenario.faults.iter().enumerate().filter_map(|(fault, it)| match *it {
        Fault::Delay { message, by } if message == name && by > 0 => Some((by, fault)),
        _ => None,
    });
    delays.rev().max_by_key(|(by, _)| *by).map(|(_, fault)| fault)
}

/// Path of a field of a link, or of the network if the link has no value of its own.
pub(super) fn link_path(scenario: &Scenario, name: MessageName, field: &str) -> String {
    let links = &scenario.network.links;
    let own = links.iter().rposition(|link| (link.from, link.to) == (name.from, name.to));
    own.map_or_else(|| format!("network.{field}"), |link| format!("network.links[{link}].{field}"))
}
