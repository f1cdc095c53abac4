//! What the registry knows of a protocol.

use serde_json::Value as Json;

use super::{
    Assumption, Carried, Cost, Failures, Group, Indication, Keys, Machine, Metric, NodeId, Packet,
    Parameter, ParameterValues, Parameters, Process, Property, Request, RequestKind, Rule,
    TimeToServe, machine,
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
    /// The failure model of its paper. It says which nodes are correct.
    pub failures: Failures,
    /// What it relies on. A scenario may break it, and the verdict then says so.
    pub model: &'static [Assumption],
    /// What it promises as long as nothing that it relies on is broken. These make up a run's class.
    pub promises: &'static [Property],
    /// What it does not promise, judged all the same since it is what sets its kin apart.
    pub beyond: &'static [Property],
    /// The ways to break it, each with the bundled scenario that shows it: the catalogue's "breaks when".
    pub breaks: &'static [Break],
    /// What no scenario whatever can take from it, and why.
    pub unbreakable: &'static [(Property, &'static str)],
    /// What its operations cost when nothing fails, where there are formulas.
    pub costs: &'static [Cost],
    /// What its runs are measured by.
    pub metrics: &'static [Metric],
    /// The time to serve of a protocol that goes on for ever by itself, by heartbeats for example; none if it
    /// comes to rest. A run that goes on for ever ends at its horizon, and liveness is judged there: an
    /// obligation that is younger than this is undecided.
    pub perpetual: Option<TimeToServe>,
    /// How to run it.
    pub behaviour: Behaviour,
}

impl Protocol {
    /// The protocol of a process, with nothing said of it yet: a registration says what differs.
    /// `..Protocol::of::<Paxos>()` stands at its end.
    #[must_use]
    pub const fn of<P>() -> Self
    where
        P: Process<Request: Request, Indication: Indication>,
    {
        Self {
            id: "",
            name: "",
            summary: "",
            source: "",
            failures: Failures::CrashStop,
            model: &[],
            promises: &[],
            beyond: &[],
            breaks: &[],
            unbreakable: &[],
            costs: &[],
            metrics: &[],
            perpetual: None,
            behaviour: Behaviour::of::<P>(),
        }
    }

    /// Every property that its runs are judged by, and whether it is promised.
    pub fn properties(&self) -> impl Iterator<Item = (&'static Property, bool)> + use<> {
        let promises = self.promises.iter().map(|property| (property, true));
        promises.chain(self.beyond.iter().map(|property| (property, false)))
    }
}

/// A way to break a protocol.
#[derive(Clone, Copy, Debug)]
pub struct Break {
    /// When it breaks, in a few words: `the sender crashes half-way`.
    pub when: &'static str,
    /// The bundled scenario of this protocol that shows it, by its file's name. A bundled scenario that is in
    /// no entry keeps every property.
    pub scenario: &'static str,
    /// Everything that is violated in it, in the order of [`Protocol::properties`].
    pub violates: &'static [Property],
    /// Everything that is relied on and broken in it, in the order of the model; nothing where what is
    /// violated was never promised.
    pub broken: &'static [Rule],
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
    pub read_message: ReadMessage,
    /// See [`Process::most_nodes`].
    pub most_nodes: fn(values: &ParameterValues) -> usize,
    /// See [`Process::corrupt`].
    pub corrupt: fn(message: &Packet, bits: &[u32]) -> Option<Packet>,
}

/// Makes a request of what a scenario says: see [`Request::read`].
pub type ReadRequest = fn(&str, Option<&Json>, &[String]) -> Result<Packet, String>;
/// Makes a message of what a scenario has a traitor say: see [`Process::read_message`].
pub(super) type ReadMessage =
    fn(with: &Json, nodes: &[String], keys: Keys) -> Result<Packet, String>;

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
            most_nodes: |values| P::most_nodes(&P::Parameters::read(values)),
            corrupt: |message, bits| P::corrupt(message.get()?, bits).map(Packet::new),
        }
    }
}
