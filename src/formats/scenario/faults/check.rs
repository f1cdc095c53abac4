//! Rules of faults.

use super::super::{
    bounds::{BITS, CLOCK_RATES, TIMES, at_most, broken, count, different, rate, span, whole},
    names::{ONE_GROUP, TWO_NODES, expected_message},
};
use crate::{
    formats::problem::Problem,
    kernel::{Fault, Keys, MAX_BITS, MessageName, NodeSet, Protocol},
};

/// Checks the fault at this place of the list.
pub(in crate::formats::scenario) fn check_fault(
    place: usize,
    fault: &Fault,
    (protocol, names): (&Protocol, &[String]),
) -> Result<(), Problem> {
    let path = |name: &str| format!("faults[{place}].{name}");
    match fault {
        Fault::Drop { message } => check_message(*message, names, || path("drop.message")),
        Fault::Delay { message, by } => {
            check_message(*message, names, || path("delay.message"))?;
            whole(|| path("delay.by"), *by, TIMES)
        }
        Fault::Duplicate { message, after } => {
            check_message(*message, names, || path("duplicate.message"))?;
            whole(|| path("duplicate.after"), *after, TIMES)
        }
        Fault::Corrupt { message, bits } => {
            check_message(*message, names, || path("corrupt.message"))?;
            check_bits(&path("corrupt.bits"), bits)
        }
        Fault::Forge { message, with } => {
            check_message(*message, names, || path("forge.message"))?;
            // The sender need not be a traitor here, and it may sign for every node: the run shows any mistake. So
            // undoing one fault does not make another one unreadable.
            let keys = Keys::new(message.from, NodeSet::first(names.len()));
            (protocol.behaviour.read_message)(with, names, keys)
                .map(|_| ())
                .map_err(|expected| broken(path("forge.with"), expected))
        }
        Fault::Crash { at, .. } | Fault::CrashWriting { at, .. } => {
            whole(|| path("crash.at"), *at, TIMES)
        }
        Fault::Recover { at, .. } => whole(|| path("recover.at"), *at, TIMES),
        Fault::Pause { at, until, .. } => span(&path("pause"), *at, *until),
        Fault::Partition { groups, at, until } => {
            check_groups(&path("partition.groups"), groups)?;
            span(&path("partition"), *at, *until)
        }
        Fault::Cut { from, to, at, until } => {
            different((*from, *to), || path("cut.to"))?;
            span(&path("cut"), *at, *until)
        }
        Fault::Omit { at, until, .. } => span(&path("omit"), *at, *until),
        Fault::Traitor { .. } => Ok(()),
        Fault::Drift { rate: of_clock, offset, .. } => {
            rate(|| path("drift.rate"), *of_clock, &CLOCK_RATES)?;
            whole(|| path("drift.offset"), *offset, TIMES)
        }
    }
}

fn check_message(
    message: MessageName,
    names: &[String],
    path: impl FnOnce() -> String,
) -> Result<(), Problem> {
    match message {
        MessageName { number: 0, .. } => Err(broken(path(), expected_message(names))),
        MessageName { from, to, .. } if from == to => Err(broken(path(), TWO_NODES)),
        _ => Ok(()),
    }
}

fn check_bits(path: &str, bits: &[u32]) -> Result<(), Problem> {
    if bits.is_empty() {
        return Err(broken(path, "at least one bit"));
    }
    at_most(path, bits.len(), MAX_BITS)?;
    for (place, bit) in bits.iter().enumerate() {
        count(|| format!("{path}[{place}]"), *bit, BITS)?;
        if bits[..place].contains(bit) {
            return Err(broken(format!("{path}[{place}]"), "each bit once"));
        }
    }
    Ok(())
}

fn check_groups(path: &str, groups: &[NodeSet]) -> Result<(), Problem> {
    let mut seen = NodeSet::EMPTY;
    for (group, members) in groups.iter().enumerate() {
        for (place, member) in members.into_iter().enumerate() {
            if !seen.insert(member) {
                return Err(broken(format!("{path}[{group}][{place}]"), ONE_GROUP));
            }
        }
    }
    Ok(())
}
