//! The registry's entry of a protocol.

use serde_json::Value as Json;

use super::{
    Assumption, Carried, Choice, Cost, Failures, Group, Indication, Keys, Layer, Machine, Metric,
    NodeId, Over, Packet, Parameter, ParameterValues, Parameters, Process, Property, Request,
    RequestKind, RoundMessage, Rule, Scenario, TimeToServe, machine,
};

/// A protocol: a `const` of its file. Menu, documentation, command line and tests are made from it.
#[derive(Clone, Copy, Debug)]
pub struct Protocol {
    /// Its name in a scenario. Never renamed: links live for ever.
    pub id: &'static str,
    /// Its name in the catalogue.
    pub name: &'static str,
    /// Its purpose and method, in one sentence.
    pub summary: &'static str,
    /// The paper, book or note that it comes from.
    pub source: &'static str,
    /// Name of the bundled scenario that shows it best; empty for the first.
    pub example: &'static str,
    /// The failure model of its paper. It says which nodes are correct.
    pub failures: Failures,
    /// Assumptions that it relies on. A scenario may break them, and the verdict then says so.
    pub model: &'static [Assumption],
    /// Properties that it promises as long as its assumptions hold. They determine a run's class.
    pub promises: &'static [Property],
    /// Properties that it does not promise, judged all the same because they distinguish it from related
    /// protocols.
    pub beyond: &'static [Property],
    /// Properties of `beyond` that hold with a probability, each in a certain situation.
    pub probable: &'static [Probable],
    /// The ways to break it, each with the bundled scenario that shows it: the catalogue's "breaks when".
    pub breaks: &'static [Break],
    /// Properties that no scenario violates, each with the reason.
    pub unbreakable: &'static [(Property, &'static str)],
    /// Failure-free costs of its operations, where there are formulas.
    pub costs: &'static [Cost],
    /// Metrics of its runs.
    pub metrics: &'static [Metric],
    /// Time to serve of a protocol that never rests, for example because of heartbeats; none if its runs
    /// become quiescent. A run that never rests ends at its horizon, and liveness is judged there: an
    /// obligation that is younger than this is undecided.
    pub perpetual: Option<TimeToServe>,
    /// Ids of the protocols that it uses as layers.
    pub uses: &'static [&'static str],
    /// The assumption that a layer may meet, if a parameter chooses so.
    pub provision: Option<Provision>,
    /// The code that runs it.
    pub behaviour: Behaviour,
}

impl Protocol {
    /// Returns the protocol of a process, with all descriptions empty: a registration states the differences.
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
            example: "",
            failures: Failures::CrashStop,
            model: &[],
            promises: &[],
            beyond: &[],
            probable: &[],
            breaks: &[],
            unbreakable: &[],
            costs: &[],
            metrics: &[],
            perpetual: None,
            uses: &[],
            provision: None,
            behaviour: Behaviour::of::<P>(),
        }
    }

    /// Returns the protocol of a process that uses the layer `L`, with all other descriptions empty.
    #[must_use]
    pub const fn over<P, L>() -> Self
    where
        P: Process<Request: Request, Indication: Indication> + Over<L>,
        L: Layer,
        P::Message: From<L::Message>,
        P::Timer: From<L::Timer>,
    {
        Self { uses: const { &[L::ID] }, ..Self::of::<P>() }
    }

    /// Returns the assumptions of the model. Where a layer may meet one of them, those of the layer follow it.
    pub fn assumptions(&self) -> impl Iterator<Item = Assumption> + use<> {
        let provision = self.provision;
        self.model.iter().flat_map(move |assumption| {
            let provided = provision.filter(|it| it.rule == assumption.rule);
            let own = match provided {
                Some(Provision { without: (parameter, value), .. }) => {
                    assumption.where_(parameter, value)
                }
                None => *assumption,
            };
            let layer = provided.into_iter().flat_map(move |it| {
                let (parameter, value) = it.with;
                let relied_on = Assumption { kind: None, ..*assumption };
                let relied_on = relied_on.where_(parameter, value);
                it.layer.iter().map(move |rule| Assumption { rule: *rule, ..relied_on })
            });
            std::iter::once(own).chain(layer)
        })
    }

    /// True if the runs of this scenario become quiescent.
    #[must_use]
    pub fn rests(&self, scenario: &Scenario) -> bool {
        !self.perpetual.is_some_and(|time| time.applies(&scenario.params))
    }

    /// Returns every property that its runs are judged by, each with true if it is promised.
    pub fn properties(&self) -> impl Iterator<Item = (&'static Property, bool)> + use<> {
        let promises = self.promises.iter().map(|property| (property, true));
        promises.chain(self.beyond.iter().map(|property| (property, false)))
    }
}

/// A property that holds in at least a certain part of the runs of one situation, which differ by their seeds.
#[derive(Clone, Copy, Debug)]
pub struct Probable {
    /// The property.
    pub property: Property,
    /// The situation: `push among 16 nodes with fanout 2`.
    pub situation: &'static str,
    /// Least part of the runs in which the property holds, in percent.
    pub percent: u32,
    /// Makes a scenario this situation.
    pub perform: fn(&mut Scenario),
}

/// An assumption of a protocol that a layer meets where a parameter has a certain value.
#[derive(Clone, Copy, Debug)]
pub struct Provision {
    /// The rule that the layer meets.
    pub rule: Rule,
    /// Value of the parameter without the layer: the network has to meet the rule.
    pub without: Choice,
    /// Value of the parameter with the layer.
    pub with: Choice,
    /// Rules that the layer relies on instead.
    pub layer: &'static [Rule],
}

/// A way to break a protocol.
#[derive(Clone, Copy, Debug)]
pub struct Break {
    /// Condition under which it breaks, in a few words: `the sender crashes half-way`.
    pub when: &'static str,
    /// File name of the bundled scenario of this protocol that shows it. In a bundled scenario without an
    /// entry every property holds.
    pub scenario: &'static str,
    /// All properties that are violated in it, in the order of [`Protocol::properties`].
    pub violates: &'static [Property],
    /// All assumptions that are broken in it, in the order of the model; empty if the violated properties are
    /// not promised.
    pub broken: &'static [Rule],
}

/// A [`Process`] with its types erased.
#[derive(Clone, Copy, Debug)]
pub struct Behaviour {
    /// Parameters of the protocol.
    pub parameters: &'static [Parameter],
    /// Kinds of its requests.
    pub requests: &'static [RequestKind],
    /// Reads a request: see [`Request::read`].
    pub read_request: ReadRequest,
    /// Starts a process.
    pub spawn: fn(group: Group, values: &ParameterValues) -> Box<dyn Machine>,
    /// See [`Process::carries`].
    pub carries: fn(from: NodeId, message: &Packet) -> Option<Carried>,
    /// See [`Indication::delivers`].
    pub delivers: fn(indication: &Packet) -> Option<Carried>,
    /// See [`Process::tells`].
    pub tells: fn(from: NodeId, message: &Packet) -> Option<RoundMessage>,
    /// See [`Process::forge`].
    pub forge: fn(message: &Packet, to: NodeId, keys: Keys) -> Option<Packet>,
    /// See [`Process::read_message`].
    pub read_message: ReadMessage,
    /// See [`Process::most_nodes`].
    pub most_nodes: fn(values: &ParameterValues) -> usize,
    /// See [`Process::corrupt`].
    pub corrupt: fn(message: &Packet, bits: &[u32]) -> Option<Packet>,
}

/// Reads a request of a scenario: see [`Request::read`].
pub(super) type ReadRequest = fn(&str, Option<&Json>, &[String]) -> Result<Packet, String>;
/// Reads a message that a scenario has a traitor say: see [`Process::read_message`].
pub(super) type ReadMessage =
    fn(with: &Json, nodes: &[String], keys: Keys) -> Result<Packet, String>;

impl Behaviour {
    /// Returns the behaviour of a process.
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
            tells: |from, message| P::tells(from, message.get()?),
            forge: |message, to, keys| P::forge(message.get()?, to, keys).map(Packet::new),
            read_message: |with, nodes, keys| P::read_message(with, nodes, keys).map(Packet::new),
            most_nodes: |values| P::most_nodes(&P::Parameters::read(values)),
            corrupt: |message, bits| P::corrupt(message.get()?, bits).map(Packet::new),
        }
    }
}
