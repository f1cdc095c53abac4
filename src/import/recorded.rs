//! The protocols of imported runs: none that a scenario can name, one for each abstraction that can be judged.

use serde::Serialize;

use super::foreign::Foreign;
use crate::{
    abstractions::{Value, broadcast, consensus, mutex, order, register},
    kernel::{Behaviour, Context, Group, Indication, Never, NodeId, Packet, Process, Protocol},
};

/// An abstraction by whose properties an imported run is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abstraction {
    /// None: the run is only drawn.
    Nothing,
    /// Requests `broadcast`, indications `deliver`.
    Broadcast,
    /// Requests `propose`, indications `decide`.
    Consensus,
    /// Requests `acquire`, indications `enter` and `exit`.
    MutualExclusion,
    /// Requests `read` and `write`, `enqueue` and `dequeue`, indications `respond`.
    Register,
}

impl Abstraction {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Nothing, Self::Broadcast, Self::Consensus, Self::MutualExclusion, Self::Register];

    /// Those that the operations of clients may be of.
    pub(super) const OF_CLIENTS: [Self; 3] = [Self::Nothing, Self::MutualExclusion, Self::Register];

    /// Returns the one with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Returns its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Broadcast => "broadcast",
            Self::Consensus => "consensus",
            Self::MutualExclusion => "mutex",
            Self::Register => "register",
        }
    }

    /// Returns the protocol of imported runs that are judged by this abstraction. Its id is empty.
    #[must_use]
    pub const fn protocol(self) -> &'static Protocol {
        match self {
            Self::Nothing => &NOTHING,
            Self::Broadcast => &BROADCAST,
            Self::Consensus => &CONSENSUS,
            Self::MutualExclusion => &MUTUAL_EXCLUSION,
            Self::Register => &REGISTER,
        }
    }
}

/// Returns the list of so many abstractions that a run can be judged by.
pub(super) const fn choices(count: usize) -> &'static [Abstraction] {
    match count {
        5 => &Abstraction::ALL,
        3 => &Abstraction::OF_CLIENTS,
        _ => &[Abstraction::Nothing],
    }
}

const NOTHING: Protocol = Protocol {
    name: "Imported run",
    summary: "A run that was recorded elsewhere.",
    ..Protocol::of::<Recorded>()
};

const BROADCAST: Protocol = Protocol {
    beyond: &[
        broadcast::VALIDITY,
        broadcast::NO_DUPLICATION,
        broadcast::NO_CREATION,
        broadcast::AGREEMENT,
        broadcast::UNIFORM_AGREEMENT,
        order::FIFO_ORDER,
        order::CAUSAL_ORDER,
        order::TOTAL_ORDER,
    ],
    behaviour: Behaviour {
        delivers: |packet: &Packet| packet.get::<broadcast::Deliver<Value>>()?.delivers(),
        ..Behaviour::of::<Recorded>()
    },
    ..NOTHING
};

const CONSENSUS: Protocol = Protocol {
    beyond: &[
        consensus::VALIDITY,
        consensus::INTEGRITY,
        consensus::AGREEMENT,
        consensus::UNIFORM_AGREEMENT,
        consensus::TERMINATION,
    ],
    ..NOTHING
};

const MUTUAL_EXCLUSION: Protocol =
    Protocol { beyond: &[mutex::MUTUAL_EXCLUSION, mutex::STARVATION_FREEDOM], ..NOTHING };

const REGISTER: Protocol =
    Protocol { beyond: &[register::LINEARIZABILITY, register::TERMINATION], ..NOTHING };

/// A process that does nothing: an imported run is never run again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Recorded;

impl Process for Recorded {
    type Parameters = ();
    type Request = Never;
    type Indication = Foreign;
    type Message = Never;
    type Timer = Never;

    fn new(_group: Group, (): &()) -> Self {
        Self
    }

    fn on_request(&mut self, _ctx: &mut Context<Self>, request: Never) {
        match request {}
    }

    fn on_message(&mut self, _ctx: &mut Context<Self>, _from: NodeId, message: Never) {
        match message {}
    }
}

impl Indication for Foreign {
    fn kind(&self) -> &'static str {
        EVENT
    }
}

/// Kind of an event that has only a text.
pub const EVENT: &str = "event";
