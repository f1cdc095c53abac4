//! Faults that are possible for a message or a node, and the reasons why others would have no effect.

use std::borrow::Cow;

use super::super::{Edit, text};
use crate::{
    formats::{self, trace},
    kernel::{
        EventId, EventKind, Failures, Fate, Fault, Keys, Loss, MAX_BIT, MAX_BITS, Message,
        MessageName, NodeId, NodeSet, PerMillion, Strategy, Time, capitalised, sentence, spell,
    },
    runs::Outcome,
};

/// Reason why a fault would have no effect, in a few words; none if it has an effect.
pub(super) type WhyNot = Option<Cow<'static, str>>;

/// Largest number of events of a run that is run again to test whether a wrong clock changes anything.
const TRIED: usize = 20_000;
/// Number of a node's messages that are searched for one that it could lie in.
const LOOKED_AT: usize = 500;

fn lost(message: &Message) -> Option<Loss> {
    why_lost(message.overall())
}

const fn why_lost(fate: Fate) -> Option<Loss> {
    match fate {
        Fate::Lost(_, loss) => Some(loss),
        _ => None,
    }
}

fn already(loss: Loss) -> WhyNot {
    Some(text::possible::lost(loss.why()).into())
}

/// Reason why a message cannot be dropped.
pub(super) fn why_not_drop(message: &Message) -> WhyNot {
    lost(message).and_then(already)
}

/// Reason why a message cannot be delayed: it never arrives. A message that meets a crash or an omission can be
/// delayed: it may arrive then.
pub(super) fn why_not_delay(message: &Message) -> WhyNot {
    lost(message)
        .filter(|loss| !matches!(loss, Loss::Crashed | Loss::Omission(_)))
        .and_then(already)
}

/// Reason why a message cannot be duplicated: a dropped message, or one without a link, never arrives.
pub(super) fn why_not_double(message: &Message) -> WhyNot {
    lost(message).filter(|loss| matches!(loss, Loss::Drop(_) | Loss::Unlinked)).and_then(already)
}

/// Reason why bits of a message cannot flip: its original, the only copy that can be damaged, does not get far enough.
pub(super) fn why_not_corrupt(message: &Message) -> WhyNot {
    let lost = why_lost(message.fate);
    lost.filter(|loss| !matches!(loss, Loss::Crashed | Loss::Corrupt(_))).and_then(already)
}

/// Describes the effect on a message when these bits of it flip.
pub(super) fn comes_out(run: &Outcome, message: &Message, bits: &[u32]) -> String {
    match (run.protocol.behaviour.corrupt)(&message.packet, bits) {
        Some(damaged) => {
            let text = spell(&damaged.to_string(), &run.scenario.nodes);
            text::possible::arrives_as(&text)
        }
        None => text::possible::CHECKSUM.to_owned(),
    }
}

/// Reads the numbers of bits, with any separators. Each counts once, and the first bit is 0.
///
/// # Errors
/// The problem with the input.
pub(super) fn read_bits(typed: &str) -> Result<Vec<u32>, String> {
    let mut bits = Vec::new();
    for word in typed.split([' ', ',', ';']).filter(|word| !word.is_empty()) {
        match word.parse() {
            Ok(bit) if bit <= MAX_BIT && !bits.contains(&bit) => bits.push(bit),
            Ok(bit) if bit <= MAX_BIT => return Err(text::possible::bit_twice(bit)),
            _ => return Err(text::possible::no_bit(word, MAX_BIT)),
        }
    }
    match bits.len() {
        0 => Err(text::possible::NO_BITS.to_owned()),
        1..=MAX_BITS => Ok(bits),
        _ => Err(text::possible::too_many_bits(MAX_BITS)),
    }
}

/// Returns the place of the first fault of this kind.
pub(super) fn fault_at(run: &Outcome, is: impl Fn(&Fault) -> bool) -> Option<usize> {
    run.scenario.faults.iter().position(is)
}

/// Returns the events of a node at one moment.
pub(super) fn events_at(
    run: &Outcome,
    node: NodeId,
    at: Time,
) -> impl Iterator<Item = EventId> + '_ {
    let first = run.trace.events.partition_point(|event| event.time < at);
    (first..run.trace.events_until(at)).filter(move |&id| run.trace.events[id].node == node)
}

/// Returns the sends of a node at one moment.
pub(super) fn sends_at(
    run: &Outcome,
    node: NodeId,
    at: Time,
) -> impl Iterator<Item = EventId> + '_ {
    let is_send = |&id: &EventId| matches!(run.trace.events[id].kind, EventKind::Send(_));
    events_at(run, node, at).filter(is_send)
}

/// Returns the place of the fault that makes a node a traitor, and its strategy.
pub(super) fn treason(run: &Outcome, node: NodeId) -> Option<(usize, Strategy)> {
    run.scenario.faults.iter().enumerate().find_map(|(place, fault)| match *fault {
        Fault::Traitor { node: it, strategy } if it == node => Some((place, strategy)),
        _ => None,
    })
}

/// True if the protocol is made for traitors: its paper's failure model has them.
pub(super) fn expects_traitors(run: &Outcome) -> bool {
    run.protocol.failures == Failures::Byzantine
}

/// Returns the keys that a traitor signs with: all traitors work together.
pub(super) fn keys_of(run: &Outcome, node: NodeId) -> Keys {
    let traitors = run.scenario.faults.iter().filter_map(|fault| match *fault {
        Fault::Traitor { node, .. } => Some(node),
        _ => None,
    });
    Keys::new(node, traitors.collect::<NodeSet>())
}

/// Returns the content that the correct code sends in a message, as a reader would write it.
pub(super) fn truth(run: &Outcome, message: &Message) -> String {
    trace::data(message.truth().unwrap_or(&message.packet), &run.scenario.nodes)
}

/// Reason why the content of a message cannot be forged by hand, whichever node sends it.
pub(super) fn why_not_write(run: &Outcome, message: &Message) -> WhyNot {
    let truth = formats::parse(&truth(run, message)).ok()?;
    let everyone = Keys::new(message.name.from, NodeSet::first(run.scenario.nodes.len()));
    let read = (run.protocol.behaviour.read_message)(&truth, &run.scenario.nodes, everyone);
    let why = read.err()?;
    Some(why.strip_prefix("nothing: ").unwrap_or(&why).to_owned().into())
}

/// Returns the change that makes a traitor send the typed content.
///
/// # Errors
/// The problem with the text: it is not JSON, or not a content of the protocol's messages.
pub(super) fn forged(run: &Outcome, name: MessageName, typed: &str) -> Result<Edit, String> {
    let with =
        formats::parse(typed).map_err(|problem| sentence(capitalised(&problem.to_string())))?;
    let read = run.protocol.behaviour.read_message;
    read(&with, &run.scenario.nodes, keys_of(run, name.from))
        .map_err(|expected| sentence(text::possible::takes(&expected)))?;
    let edit = Edit::AddFault(Fault::Forge { message: name, with });
    edit.clone().made(&run.scenario)?;
    Ok(edit)
}

/// Reason why a strategy would change nothing at a node: the protocol knows no lie for any of its messages.
pub(super) fn why_not_lie(run: &Outcome, node: NodeId, strategy: Strategy) -> WhyNot {
    if matches!(strategy, Strategy::Scripted | Strategy::Silent | Strategy::Random) {
        return None;
    }
    let keys = keys_of(run, node);
    let said = run.trace.messages.iter().filter(|message| message.name.from == node);
    let forge = run.protocol.behaviour.forge;
    let knows = said.take(LOOKED_AT).any(|message| {
        let truth = message.truth().unwrap_or(&message.packet);
        forge(truth, message.name.to, keys).is_some_and(|lie| lie != *truth)
    });
    (!knows).then(|| text::possible::NO_LIE.into())
}

/// True if a node is up at a moment, as far as the run went: crashes and recoveries of this very moment count.
pub(super) fn is_up(run: &Outcome, node: NodeId, at: Time) -> bool {
    let so_far = &run.trace.events[..run.trace.events_until(at)];
    let mut turns = so_far.iter().rev().filter(|event| event.node == node);
    let last = turns.find(|it| matches!(it.kind, EventKind::Crash | EventKind::Recover));
    !last.is_some_and(|event| event.kind == EventKind::Crash)
}

/// Reason why a wrong clock at a node would change nothing: its code never reads the clock and has no timers. A second
/// run tests this.
pub(super) fn why_not_drift(run: &Outcome, node: NodeId) -> WhyNot {
    if run.trace.events.len() > TRIED {
        return None;
    }
    let drift = Fault::Drift { node, rate: PerMillion(1_010_000), offset: 1 };
    let mut scenario = run.scenario.clone();
    scenario.faults.retain(|fault| !matches!(*fault, Fault::Drift { node: it, .. } if it == node));
    scenario.faults.push(drift);
    let place = scenario.faults.len() - 1;
    let tried = Outcome::of(scenario).ok()?;
    let idle = tried.trace.unused_faults.contains(&place);
    idle.then(|| text::possible::NO_CLOCK.into())
}
