//! Assumptions on what links lose, damage and duplicate.

use std::cell::LazyCell;

use super::{
    Breach, Examined, fault_path,
    messages::{Downtime, first_of, first_receipt, loss_of, lost, original_lost},
};
use crate::{
    analysis::Repair,
    kernel::{
        EventId, Fate, Fault, Loss, Mercy, Message, Network, ParameterName, PerMillion, Rule,
        Scenario, Spared, Time, Trace, sort_by_key,
    },
};

/// Reliable channels. A loss counts unless an end of the link fails before the message is due: a later failure cannot
/// be the reason of the loss.
pub(super) fn reliable_channels(run: Examined) -> Vec<Breach> {
    unreliable(run, |downtime, message, due| {
        downtime.sound(message.name, run.trace.events[message.sent].time, due)
    })
}

/// No losses. A loss counts unless the receiver was down when the message was due.
pub(super) fn no_loss(run: Examined) -> Vec<Breach> {
    unreliable(run, |downtime, message, due| !downtime.is_down(message.name.to, due, due))
}

/// No duplicates: a message arrives once at most.
pub(super) fn no_duplicates(run: Examined) -> Vec<Breach> {
    let Examined { rule, scenario, trace, most, .. } = run;
    let twice = trace.messages.iter().flat_map(|message| {
        later_receipts(message).map(move |(event, copy)| (event, (message, copy)))
    });
    first_of(twice.collect(), most, |event, (message, copy)| {
        duplicate_of(rule, scenario, event, message, *copy)
    })
}

/// At most so many flipped bits: a message with more of them is received.
pub(super) fn flips_at_most(run: Examined, flips: u32) -> Vec<Breach> {
    let Examined { rule, scenario, trace, most, .. } = run;
    // By chance one bit flips.
    let flipped = |message: &Message| match damage_by_hand(scenario, message) {
        Some(fault) => match &scenario.faults[fault] {
            Fault::Corrupt { bits, .. } => bits.len(),
            _ => 0,
        },
        None => 1,
    };
    let found = trace.messages.iter().filter_map(|message| match message.fate {
        Fate::Received(event) => {
            let counts = message.damaged().is_some() && flipped(message) > flips as usize;
            counts.then_some((event, message))
        }
        _ => None,
    });
    first_of(found.collect(), most, |event, message| damage_of(rule, scenario, event, message))
}

/// Fair-loss channels: losses on links that lose all later messages as well.
pub(super) fn fair_loss_channels(run: Examined) -> Vec<Breach> {
    let Examined { rule, scenario, trace, most, .. } = run;
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
    let downtime = Downtime::of(scenario, trace);
    let found = trace.messages.iter().filter_map(|message| {
        // A message with an encoding of its own arrives damaged, which is no better.
        let damaged = || match message.fate {
            Fate::Received(event) if message.damaged().is_some() => {
                Some((event, Loss::Corrupt(None)))
            }
            _ => None,
        };
        let (event, loss) = lost(message).or_else(damaged)?;
        let counts = for_ever(loss) && downtime.never_fail(message.name);
        counts.then_some((event, (message, loss)))
    });
    first_of(found.collect(), most, |event, (message, loss)| {
        let mut breach = match message.damaged() {
            Some(_) => damage_of(rule, scenario, event, message),
            None => loss_of(rule, scenario, event, message, *loss),
        };
        breach.why.push_str(", like every later message of its link");
        breach
    })
}

/// Fewer messages between correct nodes are lost than the parameter says. The loss that reaches it comes first; the
/// repair of any other one would help as well.
pub(super) fn losses_below(run: Examined, parameter: ParameterName) -> Vec<Breach> {
    let Examined { rule, scenario, trace, most, .. } = run;
    let limit = run.integer(parameter) as usize;
    let downtime = Downtime::of(scenario, trace);
    let lost = trace.messages.iter().filter_map(|message| {
        let (event, loss) = lost(message)?;
        downtime.never_fail(message.name).then_some((event, message, loss))
    });
    let mut lost: Vec<_> = lost.collect();
    sort_by_key(&mut lost, |(event, ..)| *event);
    lost.truncate(limit);
    let Some((last, ..)) = lost.last().copied().filter(|_| lost.len() == limit) else {
        return Vec::new();
    };
    let mut breaches: Vec<Breach> = Vec::new();
    // The last one first, then the others in their order.
    lost.rotate_right(1);
    for (event, message, loss) in lost {
        let mut breach = Breach { from: last, ..loss_of(rule, scenario, event, message, loss) };
        breach.why.push_str(&format!("; fewer than {limit} may be"));
        if breaches.len() < most && breaches.iter().all(|it| it.repair != breach.repair) {
            breaches.push(breach);
        }
    }
    breaches
}

/// Error of an unreliable channel on one message.
enum Trouble {
    Lost(Loss),
    Damaged,
    /// It arrived again; the number is that of the duplicate.
    Twice(usize),
}

/// Losses and damages that count for the time at which the message was due, and all duplicate receipts: a message
/// must not arrive twice even if nodes fail.
fn unreliable(run: Examined, counts: impl Fn(&Downtime, &Message, Time) -> bool) -> Vec<Breach> {
    let Examined { rule, scenario, trace, most, .. } = run;
    let downtime = Downtime::of(scenario, trace);
    let network = LazyCell::new(|| Network::new(scenario, Spared::default()));
    let mut found = Vec::new();
    for message in &trace.messages {
        let counts = |due| counts(&downtime, message, due);
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
        let twice = later_receipts(message);
        found.extend(twice.map(|(event, copy)| (event, (message, Trouble::Twice(copy)))));
    }
    first_of(found, most, |event, (message, trouble)| match trouble {
        Trouble::Lost(loss) => loss_of(rule, scenario, event, message, *loss),
        Trouble::Damaged => damage_of(rule, scenario, event, message),
        Trouble::Twice(copy) => duplicate_of(rule, scenario, event, message, *copy),
    })
}

/// Receipts of a message but the first, each with the number of the duplicate.
fn later_receipts(message: &Message) -> impl Iterator<Item = (EventId, usize)> {
    let first = if message.copies.is_empty() { None } else { first_receipt(message) };
    message.copies.iter().enumerate().filter_map(move |(copy, fate)| match *fate {
        Fate::Received(event) if first.is_some_and(|first| event != first) => Some((event, copy)),
        _ => None,
    })
}

/// Time at which the lost original of a message would have arrived, inferred from its loss: a dropped message is lost
/// midway, rounded down.
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

/// Place of the fault that flips bits of a message; none if they flip by chance.
fn damage_by_hand(scenario: &Scenario, message: &Message) -> Option<usize> {
    let name = message.name;
    let mut faults = scenario.faults.iter();
    // If there are several, the first one counts.
    faults.position(|it| matches!(it, Fault::Corrupt { message, .. } if *message == name))
}

/// The breach by the flipped bits of a message.
fn damage_of(rule: Rule, scenario: &Scenario, event: EventId, message: &Message) -> Breach {
    let name = message.name;
    let (culprit, repair) = match damage_by_hand(scenario, message) {
        Some(fault) => (fault_path(Some(fault)), Repair::Without(fault)),
        None => ("network.corrupt".to_owned(), Repair::Spare(name, Mercy::Intact)),
    };
    let why = format!("bits of {} flipped in transit", message.words(scenario));
    Breach { repair: Some(repair), ..Breach::at(rule, event, culprit, why) }
}

/// The breach by a duplicate of a message.
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
    // The duplicate made by chance comes first.
    let by_chance = message.copies.len().saturating_sub(by_hand.len());
    let fault = copy.checked_sub(by_chance).and_then(|place| by_hand.get(place));
    let (culprit, repair) = match fault {
        Some(&fault) => (fault_path(Some(fault)), Repair::Without(fault)),
        None => ("network.duplicate".to_owned(), Repair::Spare(name, Mercy::Once)),
    };
    let why = format!("{} arrived twice", message.words(scenario));
    Breach { repair: Some(repair), ..Breach::at(rule, event, culprit, why) }
}
