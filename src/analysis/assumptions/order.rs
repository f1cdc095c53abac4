//! Assumptions on the order in which links deliver.

use super::{
    Breach, Examined, fault_path,
    messages::{copy_too_late, delay_of, first_of, first_receipt, loss_of, lost, original_lost},
};
use crate::{
    analysis::Repair,
    kernel::{EventId, Fate, Loss, Message, MessageName, Rule, Scenario, sort_by_key},
};

/// FIFO channels: messages that had not arrived when a later message of their link did. Their fate afterwards does not
/// matter, so a lost message leaves a gap. A message that finds its receiver down leaves none.
pub(super) fn fifo_channels(run: Examined) -> Vec<Breach> {
    let Examined { rule, scenario, trace, most, .. } = run;
    let size = scenario.nodes.len();
    let mut messages: Vec<&Message> = trace.messages.iter().collect();
    sort_by_key(&mut messages, |message| std::cmp::Reverse(message.name.number));
    // By link: the first receipt among the messages examined so far, which have greater numbers.
    let mut overtaker: Vec<Option<(EventId, MessageName)>> = vec![None; size * size];
    let mut found = Vec::new();
    for message in messages {
        let MessageName { from, to, .. } = message.name;
        let next = &mut overtaker[from.index() * size + to.index()];
        let receipt = first_receipt(message);
        if let Some((event, later)) = *next
            && receipt.or_else(|| found_receiver_down(message)).is_none_or(|own| event < own)
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
fn found_receiver_down(message: &Message) -> Option<EventId> {
    let ends = message.fates().filter_map(|way| match way {
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
        gap.why.push_str(&format!(", and {} arrived without it", scenario.message_words(later)));
        return gap;
    }
    let name = message.name;
    let why = format!("{} was overtaken", message.words(scenario));
    if let Some((_, loss)) = gone {
        return copy_too_late(loss_of(rule, scenario, event, message, loss), &why, loss);
    }
    let (culprit, repair) = match delay_of(scenario, name) {
        Some(fault) => (fault_path(Some(fault)), Repair::Without(fault)),
        None => ("network.order".to_owned(), Repair::InOrder(name.from, name.to)),
    };
    Breach { repair: Some(repair), ..Breach::at(rule, event, culprit, why) }
}
