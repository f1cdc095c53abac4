//! Kinds of faults, which tests demand to have seen.

use worldlines::kernel::{Fault, PerMillion, Side, Strategy};

/// All kinds of faults. A new kind must be added to [`kind_of`], otherwise that does not compile, and here.
pub(crate) const FAULTS: [&str; 23] = [
    "drop",
    "delay",
    "duplicate",
    "corrupt",
    "forge",
    "crash",
    "crash after sends",
    "crash after writes",
    "recover",
    "pause",
    "partition",
    "cut",
    "omit sends",
    "omit receipts",
    "scripted traitor",
    "silent traitor",
    "random traitor",
    "equivocating traitor",
    "flipping traitor",
    "colluding traitor",
    "slow clock",
    "fast clock",
    "clock set wrongly",
];

/// Returns the kind of a fault.
pub(crate) const fn kind_of(fault: &Fault) -> &'static str {
    match fault {
        Fault::Drop { .. } => "drop",
        Fault::Delay { .. } => "delay",
        Fault::Duplicate { .. } => "duplicate",
        Fault::Corrupt { .. } => "corrupt",
        Fault::Forge { .. } => "forge",
        Fault::Crash { after_sends: None, .. } => "crash",
        Fault::Crash { after_sends: Some(_), .. } => "crash after sends",
        Fault::CrashWriting { .. } => "crash after writes",
        Fault::Recover { .. } => "recover",
        Fault::Pause { .. } => "pause",
        Fault::Partition { .. } => "partition",
        Fault::Cut { .. } => "cut",
        Fault::Omit { side: Side::Send, .. } => "omit sends",
        Fault::Omit { side: Side::Receive, .. } => "omit receipts",
        Fault::Traitor { strategy, .. } => match strategy {
            Strategy::Scripted => "scripted traitor",
            Strategy::Silent => "silent traitor",
            Strategy::Random => "random traitor",
            Strategy::Equivocate => "equivocating traitor",
            Strategy::Flip => "flipping traitor",
            Strategy::Collude => "colluding traitor",
        },
        Fault::Drift { rate, .. } if rate.0 < PerMillion::ONE.0 => "slow clock",
        Fault::Drift { rate, .. } if rate.0 > PerMillion::ONE.0 => "fast clock",
        Fault::Drift { .. } => "clock set wrongly",
    }
}
