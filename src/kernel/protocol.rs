//! What the registry knows of a protocol.

use serde_json::Value as Json;

use super::{
    Assumption, Carried, Group, Indication, Keys, Machine, NodeId, Packet, Parameter,
    ParameterValues, Parameters, Process, Property, Request, RequestKind, machine,
};

/// One protocol: a `const` of its file. Menu, documentation, command line and tests are made of it.
#[derive(Clone, Copy, Debug)]
pub struct Protocol {
    /// Its name in a scenario. Never renamed: links live for ever.
    pub id: &'static str,
    /// What a catalogue calls it.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// The paper, book or note that it comes from.
    pub source: &'static str,
    /// What it relies on. A scenario may break it, and the verdict then says so.
    pub model: &'static [Assumption],
    /// What it promises as long as nothing that it relies on is broken. These make up a run's class.
    pub promises: &'static [Property],
    /// What it does not promise, judged all the same since it is what sets its kin apart.
    pub beyond: &'static [Property],
    /// What one operation costs when nothing fails, where there is a formula.
    pub cost: Option<Cost>,
    /// How to run it.
    pub behaviour: Behaviour,
}

impl Protocol {
    /// Every property that its runs are judged by, and whether it is promised.
    pub fn properties(&self) -> impl Iterator<Item = (&'static Property, bool)> + use<> {
        let promises = self.promises.iter().map(|property| (property, true));
        promises.chain(self.beyond.iter().map(|property| (property, false)))
    }
}

/// The failure-free cost of one operation, in messages.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// The formula as the textbook writes it.
    pub formula: &'static str,
    /// The formula for a group of `n` nodes.
    pub messages: fn(n: usize) -> usize,
}

/// A [`Process`] with its types erased.
#[derive(Clone, Copy, Debug)]
pub struct Behaviour {
    /// What can be tuned.
    pub parameters: &'static [Parameter],
    /// What can be asked for.
    pub requests: &'static [RequestKind],
    /// Reads a request: see [`Request::read`].
    pub read_request: ReadRequest,
    /// Starts a process.
    pub spawn: fn(group: Group, values: &ParameterValues) -> Box<dyn Machine>,
    /// See [`Process::carries`].
    pub carries: fn(from: NodeId, message: &Packet) -> Option<Carried>,
    /// See [`Indication::delivers`].
    pub delivers: fn(indication: &Packet) -> Option<Carried>,
    /// See [`Process::forge`].
    pub forge: fn(message: &Packet, to: NodeId, keys: Keys) -> Option<Packet>,
    /// See [`Process::read_message`].
    pub read_message: fn(with: &Json, nodes: &[String], keys: Keys) -> Option<Packet>,
    /// See [`Process::corrupt`].
    pub corrupt: fn(message: &Packet, bits: &[u32]) -> Option<Packet>,
}

/// Makes a request of what a scenario says: see [`Request::read`].
pub type ReadRequest = fn(&str, Option<&Json>, &[String]) -> Result<Packet, String>;

impl Behaviour {
    /// The behaviour of a process.
    #[must_use]
    pub const fn of<P>() -> Self
    where
        P: Process<Request: Request, Indication: Indication>,
    {
        Self {
            parameters: P::Parameters::PARAMETERS,
            requests: P::Request::KINDS,
            read_request: |name, with, nodes| P::Request::read(name, with, nodes).map(Packet::new),
            spawn: machine::spawn::<P>,
            carries: |from, message| P::carries(from, message.get()?),
            delivers: |indication| indication.get::<P::Indication>()?.delivers(),
            forge: |message, to, keys| P::forge(message.get()?, to, keys).map(Packet::new),
            read_message: |with, nodes, keys| P::read_message(with, nodes, keys).map(Packet::new),
            corrupt: |message, bits| P::corrupt(message.get()?, bits).map(Packet::new),
        }
    }
}
