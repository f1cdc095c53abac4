//! Promised properties, stated again as predicates on what was seen at each node, independent of the monitors.

use std::{collections::BTreeSet, sync::Arc};

use worldlines::kernel::NodeId;

use super::model::{Heard, Logs};

/// Indications of a node while it was up.
fn told(log: &[Heard]) -> impl Iterator<Item = &Arc<str>> {
    log.iter().filter_map(|heard| match heard {
        Heard::Told(what) => Some(what),
        _ => None,
    })
}

/// Requests of a node.
fn asked(log: &[Heard]) -> impl Iterator<Item = &Arc<str>> {
    log.iter().filter_map(|heard| match heard {
        Heard::Asked(what) => Some(what),
        _ => None,
    })
}

/// True if a node never crashed.
fn is_correct(log: &[Heard]) -> bool {
    !log.contains(&Heard::Crash)
}

fn correct(logs: &Logs) -> impl Iterator<Item = &Vec<Heard>> + Clone {
    logs.iter().filter(|log| is_correct(log))
}

fn is_inside(log: &[Heard]) -> bool {
    let last = log.iter().rev().find(|heard| !matches!(heard, Heard::Asked(_) | Heard::Recovery));
    matches!(last, Some(Heard::Told(what)) if &**what == "enter")
}

/// Mutual exclusion: two are inside.
pub(crate) fn two_inside(logs: &Logs) -> bool {
    logs.iter().filter(|log| is_inside(log)).count() > 1
}

/// Starvation freedom: a correct node has asked more often than it has entered, or never comes out.
pub(crate) fn somebody_waits(logs: &Logs) -> bool {
    correct(logs).any(|log| {
        let entered = told(log).filter(|what| &***what == "enter").count();
        asked(log).count() > entered || is_inside(log)
    })
}

/// The decisions of a node: all its indications except its own vote.
fn decisions(log: &[Heard]) -> impl Iterator<Item = &Arc<str>> {
    told(log).filter(|what| !what.starts_with("vote "))
}

/// Agreement on a decision under any crashes: first decisions differ.
pub(crate) fn decided_differently(logs: &Logs) -> bool {
    let first: BTreeSet<_> = logs.iter().filter_map(|log| decisions(log).next()).collect();
    first.len() > 1
}

/// Termination of a transaction: it has begun, and a correct node has not decided.
pub(crate) fn somebody_is_in_doubt(logs: &Logs) -> bool {
    let begun = logs.iter().flat_map(|log| asked(log)).any(|what| &**what == "begin");
    begun && correct(logs).any(|log| decisions(log).next().is_none())
}

fn is_delivered(log: &[Heard], what: &Arc<str>) -> bool {
    told(log).any(|told| told == what)
}

/// Agreement on broadcasts: a correct node has delivered a message that another correct one has not.
pub(crate) fn correct_ones_differ(logs: &Logs) -> bool {
    let mut delivered = correct(logs).flat_map(|log| told(log));
    delivered.any(|what| correct(logs).any(|log| !is_delivered(log, what)))
}

/// Uniform agreement on broadcasts: a node has delivered a message that a correct node has not.
pub(crate) fn correct_ones_lack(logs: &Logs) -> bool {
    let mut delivered = logs.iter().flat_map(|log| told(log));
    delivered.any(|what| correct(logs).any(|log| !is_delivered(log, what)))
}

/// Validity of broadcasts: a correct node has not delivered its own broadcast.
pub(crate) fn own_is_missing(logs: &Logs) -> bool {
    correct(logs).any(|log| {
        let mut own = asked(log).map(|asked| asked.replace("broadcast", "deliver").into());
        own.any(|what| !is_delivered(log, &what))
    })
}

/// Total order: two correct nodes have delivered two messages in different orders.
pub(crate) fn orders_differ(logs: &Logs) -> bool {
    correct(logs).any(|one| {
        correct(logs).any(|other| {
            let both =
                |log| told(log).filter(|it| is_delivered(one, it) && is_delivered(other, it));
            both(one).ne(both(other))
        })
    })
}

/// FIFO and causal order: a node has delivered a message without those that its sender had broadcast, or delivered, before it
/// broadcast that.
pub(crate) fn cause_is_missing(logs: &Logs) -> bool {
    logs.iter().any(|log| {
        let mut before = BTreeSet::new();
        told(log).any(|what| {
            before.insert(what.to_string());
            !causes(logs, what).is_subset(&before)
        })
    })
}

/// FIFO order: a node has delivered a message without those that its sender had broadcast before.
pub(crate) fn earlier_is_missing(logs: &Logs) -> bool {
    logs.iter().any(|log| {
        let mut before = BTreeSet::new();
        told(log).any(|what| {
            before.insert(what.to_string());
            let sender = logs.iter().find(|log| asked(log).any(|it| is_of(it, what)));
            let sent = sender.into_iter().flat_map(|log| asked(log));
            let mut earlier = sent.take_while(|it| !is_of(it, what));
            earlier.any(|it| !before.contains(&it.replace("broadcast", "deliver")))
        })
    })
}

fn is_of(broadcast: &str, delivery: &str) -> bool {
    broadcast.replace("broadcast", "deliver") == delivery
}

/// The deliveries that may have caused the message of this one.
fn causes(logs: &Logs, delivery: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let sender = logs.iter().find(|log| asked(log).any(|it| is_of(it, delivery)));
    for heard in sender.into_iter().flatten() {
        let cause = match heard {
            Heard::Asked(what) if is_of(what, delivery) => break,
            Heard::Asked(what) => what.replace("broadcast", "deliver"),
            Heard::Told(what) => what.to_string(),
            Heard::Crash | Heard::Recovery => continue,
        };
        if all.insert(cause.clone()) {
            all.extend(causes(logs, &cause));
        }
    }
    all
}

/// Unique leader: two nodes that are up both consider themselves leader. A leader is identified by its name.
pub(crate) fn two_lead(logs: &Logs) -> bool {
    let leads = |(node, log): (usize, &Vec<Heard>)| {
        let last = log.iter().rev().find(|it| matches!(it, Heard::Told(_) | Heard::Crash));
        let itself = format!("leader {}", NodeId::new(node));
        matches!(last, Some(Heard::Told(what)) if **what == *itself)
    };
    logs.iter().enumerate().filter(|it| leads(*it)).count() > 1
}
