//! Runs deterministic processes and records a trace of events; knows no protocol.
//!
//! From the bottom up: ordered maps and sets ([`SortedMap`], [`SortedSet`]); nodes ([`NodeId`], [`NodeSet`],
//! [`Group`]); the interface of a protocol ([`Process`]) and its effects ([`Context`]); its types erased
//! ([`Machine`], [`Packet`]); its parameters ([`Parameters`]); the input of a run ([`Scenario`]); its output
//! ([`Trace`]); the simulation between the two ([`Simulation`]), and the states at any moment of it
//! ([`Checkpoints`]); one node by itself, for a search through all orders of events ([`Solo`]); and
//! properties and assumptions ([`Property`], [`Assumption`]).

mod agenda;
mod assumption;
mod checkpoints;
mod choices;
mod clock;
mod context;
mod cost;
mod detection;
mod executor;
mod fingerprint;
mod inspect;
mod layer;
mod log;
mod machine;
mod mercy;
mod metric;
mod network;
mod node;
mod obstacles;
mod parameter;
mod past;
mod plan;
mod process;
mod property;
mod protocol;
mod roster;
mod scenario;
mod serving;
mod serving_time;
mod setting;
mod signed;
mod simulation;
mod solo;
mod sorted;
mod statement;
mod time;
mod trace;
mod traitor;
mod visible;
mod wording;

pub(crate) use assumption::value_of;
pub use assumption::{Assumption, Choice, Rule};
pub use checkpoints::{Checkpoints, MAX_CHECKPOINTS, Revisited};
use choices::Choices;
pub use choices::Dice;
pub use clock::Watch;
pub use context::{Context, Effect};
pub use cost::{Cost, Term};
pub use detection::Detection;
pub use fingerprint::Fingerprinter;
use fingerprint::Identity;
pub use layer::{Layer, Over};
pub use machine::{Input, Machine, Output, Packet};
pub use mercy::{Mercy, Spared};
pub use metric::{Drawn, Measured, Metric};
pub(crate) use network::Network;
pub use node::{Group, MAX_NODES, NodeId, NodeSet, has_reserved, spell, spell_exactly, spell_json};
pub use parameter::{
    Domain, Parameter, ParameterField, ParameterName, ParameterValue, ParameterValues, Parameters,
    dashed,
};
pub use past::{Past, Pasts};
pub use plan::Plan;
pub use process::{Carried, Indication, Never, Payload, Process, Request, RequestKind, With};
pub use property::{Kind, Monitor, Needs, Observation, Property, Seen, Verdict};
pub use protocol::{Behaviour, Break, Probable, Protocol, Provision};
pub use roster::Roster;
use scenario::MAX_TIMERS;
pub use scenario::{
    Caption, Delay, Detector, Fault, LinkSpec, MAX_BIT, MAX_BITS, MAX_EVENTS, MAX_FAULTS, MAX_RATE,
    MAX_REQUESTS, MAX_TIME, Medium, MessageName, NetworkSpec, Order, PerMillion, RequestSpec,
    Scenario, Side, Strategy, Timing, Topology,
};
pub use serving::{Serving, TimeToServe};
pub use setting::{Failures, Setting};
pub use signed::{Keys, Signed};
pub use simulation::{Simulation, run};
pub use solo::{Did, Solo, Step};
pub use sorted::{Entries, Entry, SortedMap, SortedSet, sort, sort_by_key, sort_by_number};
pub use statement::{RoundMessage, Statement};
pub use time::Time;
pub use trace::{
    Event, EventId, EventKind, Fate, Loss, Message, MessageId, Sample, Tampering, Trace,
};
pub use visible::{is_unseen, push_visible, visible};
pub use wording::{capitalised, count_of, joined, noun, sentence};
