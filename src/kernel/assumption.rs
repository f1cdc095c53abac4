//! Assumptions that protocols rely on. `analysis` judges which of them a run breaks.

use super::{Kind, ParameterName, ParameterValues};

/// A parameter and one of its values.
pub type Choice = (ParameterName, &'static str);

/// An assumption that a protocol relies on, perhaps only for certain values of parameters, or only for
/// properties of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// The rule that is assumed.
    pub rule: Rule,
    /// Values that parameters must have for the protocol to rely on it; none if it always does.
    pub only: [Option<Choice>; 2],
    /// Kind of promised properties that rely on it; none if all do. Many protocols are safe in every run, and
    /// live only if the assumption holds.
    pub kind: Option<Kind>,
}

/// Rules that protocols rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Perfect (quasi-reliable) links: a message from a correct node to a correct node arrives exactly once.
    ReliableChannels,
    /// Fair-loss links: no link between correct nodes loses every message from some moment on.
    FairLossChannels,
    /// The number of lost messages between correct nodes is less than this parameter.
    LossesBelow(ParameterName),
    /// A message to a node that is up arrives exactly once, even if its sender crashes later. Protocols that
    /// take silence for a crash, or in which nodes recover, rely on it.
    NoLoss,
    /// No link duplicates a message: what is sent once arrives at most once.
    NoDuplicates,
    /// At most this number of bits of a message flip in transit.
    FlipsAtMost(u32),
    /// FIFO links: messages of one link arrive in the order in which they were sent, without gaps.
    FifoChannels,
    /// A message takes at most the bound of `network.timing`, and no process is paused.
    Synchrony,
    /// The first parameter, a timeout, is at least the second, a period, plus the bound of `network.timing`.
    /// Then a process that sends once in a period is always heard in time.
    TimeoutCovers(ParameterName, ParameterName),
    /// Every clock runs at the rate of virtual time.
    NoDrift,
    /// Every clock is correct when the run begins.
    ClocksStartCorrect,
    /// No clock gains or loses more than this parameter, in millionths of the elapsed time.
    DriftAtMost(ParameterName),
    /// The parameter has this value: its other values are deliberate mistakes.
    ParameterIs(ParameterName, &'static str),
    /// A process that receives a request does not crash.
    RequestersStayUp,
    /// A process that receives this request recovers if it crashes.
    RequestersRecover(&'static str),
    /// A process does not crash within a step between a request and the write that stores it, or between a
    /// write and the next indication.
    NoCrashAtWrites,
    /// No process crashes.
    NoCrashes,
    /// Routers, which only forward messages, do not crash.
    NoRouterCrashes,
    /// Any two nodes that are not routers are linked, directly or by routers. The routers form one connected
    /// network.
    HostsAreLinked,
    /// The medium is shared and reaches all nodes: a message to all is one transmission.
    SharedMedium,
    /// At most as many nodes crash as this parameter says.
    AtMostCrashes(ParameterName),
    /// More than half of the nodes are correct: they never crash or, if nodes recover, they are up for good
    /// from some moment on.
    MajorityCorrect,
    /// Every crash is reported to every process.
    CrashesAreDetected,
    /// Crash-stop: a process that has crashed does not recover.
    NoRecoveries,
    /// No process is a traitor: each sends only what its code says. A protocol without a rule on traitors
    /// relies on it implicitly.
    NoTraitors,
    /// At most as many nodes are faulty as this parameter says. Faulty nodes are traitors and crashed nodes:
    /// a crash is the mildest kind of treason.
    AtMostTraitors(ParameterName),
    /// More than two thirds of the nodes are loyal and never crash (n ≥ 3m + 1: Lamport, Shostak and Pease
    /// 1982).
    TraitorsBelowThird,
    /// There are more than k times as many nodes as the parameter says; k is the number given here.
    MoreNodesThan(u32, ParameterName),
    /// Every request comes before the time that this parameter gives, in ms.
    RequestsBefore(ParameterName),
    /// The run goes on until it is quiescent. Every liveness property relies on it.
    RunsToQuiescence,
}

impl Rule {
    /// Returns the assumption of this rule, relied on for all values of the parameters.
    #[must_use]
    pub const fn always(self) -> Assumption {
        Assumption { rule: self, only: [None; 2], kind: None }
    }

    /// Returns the assumption of this rule, relied on only where the parameter has this value.
    ///
    /// # Panics
    /// While compiling, if the parameter takes no such value.
    #[must_use]
    pub const fn where_(self, parameter: ParameterName, value: &'static str) -> Assumption {
        self.always().where_(parameter, value)
    }

    /// Returns the rule in words.
    #[must_use]
    pub fn statement(self) -> String {
        match self {
            Self::ReliableChannels => {
                "a message between correct nodes arrives exactly once (reliable channels)".to_owned()
            }
            Self::FairLossChannels => {
                "if a correct node sends to a correct node again and again, some messages arrive \
                 (fair-loss channels)"
                    .to_owned()
            }
            Self::LossesBelow(parameter) => {
                format!("the number of lost messages between correct nodes is less than {parameter}")
            }
            Self::NoLoss => {
                "a message to a node that is up arrives exactly once (no loss)".to_owned()
            }
            Self::NoDuplicates => "no message is duplicated in transit".to_owned(),
            Self::FlipsAtMost(0) => "no bit of a message flips in transit".to_owned(),
            Self::FlipsAtMost(1) => "at most 1 bit of a message flips in transit".to_owned(),
            Self::FlipsAtMost(most) => {
                format!("at most {most} bits of a message flip in transit")
            }
            Self::FifoChannels => {
                "the messages of one link arrive in order and without gaps (FIFO channels)"
                    .to_owned()
            }
            Self::Synchrony => {
                "no message takes longer than the bound, and no node pauses (synchrony)"
                    .to_owned()
            }
            Self::TimeoutCovers(timeout, period) => {
                format!("{timeout} is at least {period} plus the delay bound")
            }
            Self::NoDrift => "no clock drifts".to_owned(),
            Self::ClocksStartCorrect => "every clock is correct when the run begins".to_owned(),
            Self::DriftAtMost(parameter) => {
                format!("no clock drifts by more than {parameter}")
            }
            Self::ParameterIs(parameter, value) => format!("{parameter} is {value}"),
            Self::RequestersStayUp => "a process that receives a request does not crash".to_owned(),
            Self::RequestersRecover(request) => {
                format!("a process that is asked to {request} recovers if it crashes")
            }
            Self::NoCrashAtWrites => {
                "no crash separates a write to stable storage from the request before or the indication after it".to_owned()
            }
            Self::NoCrashes => "no node crashes".to_owned(),
            Self::NoRouterCrashes => "no router crashes".to_owned(),
            Self::HostsAreLinked => "routers link all hosts that are not neighbours".to_owned(),
            Self::SharedMedium => "all nodes share one medium".to_owned(),
            Self::AtMostCrashes(parameter) => format!("the number of nodes that crash is at most {parameter}"),
            Self::MajorityCorrect => "a majority of the nodes is correct".to_owned(),
            Self::CrashesAreDetected => "every crash is detected".to_owned(),
            Self::NoRecoveries => "no node recovers (crash-stop)".to_owned(),
            Self::NoTraitors => "no node is a traitor".to_owned(),
            Self::AtMostTraitors(parameter) => {
                format!("the number of nodes that are traitors or crash is at most {parameter}")
            }
            Self::TraitorsBelowThird => {
                "more than two thirds of the nodes neither are traitors nor crash".to_owned()
            }
            Self::MoreNodesThan(times, parameter) => {
                format!("the number of nodes is more than {times} × {parameter}")
            }
            Self::RequestsBefore(parameter) => {
                format!("every request is made before {parameter} has passed")
            }
            Self::RunsToQuiescence => "the run goes on until it is at rest".to_owned(),
        }
    }

    /// True if the rule is about losses of the network.
    #[must_use]
    pub const fn is_on_losses(self) -> bool {
        matches!(self, Self::ReliableChannels | Self::NoLoss)
    }

    /// True if the rule is about traitors. A protocol without such a rule relies on
    /// [`NoTraitors`](Self::NoTraitors).
    #[must_use]
    pub const fn is_on_traitors(self) -> bool {
        matches!(self, Self::NoTraitors | Self::AtMostTraitors(_) | Self::TraitorsBelowThird)
    }
}

impl ParameterName {
    /// Returns the rule that the parameter has this value: its other values are deliberate mistakes.
    ///
    /// # Panics
    /// While compiling, if the parameter takes no such value.
    #[must_use]
    pub const fn is(self, value: &'static str) -> Rule {
        assert!(self.takes(value), "the parameter takes no such value");
        Rule::ParameterIs(self, value)
    }
}

impl Assumption {
    /// Returns the same assumption, on which only liveness properties rely.
    #[must_use]
    pub const fn for_liveness(self) -> Self {
        Self { kind: Some(Kind::Liveness), ..self }
    }

    /// Returns the same assumption, on which only safety properties rely.
    #[must_use]
    pub const fn for_safety(self) -> Self {
        Self { kind: Some(Kind::Safety), ..self }
    }

    /// Returns the same assumption, relied on only where the parameter has this value as well.
    ///
    /// # Panics
    /// While compiling, if the parameter takes no such value, or if there are more than two conditions.
    #[must_use]
    pub const fn where_(mut self, parameter: ParameterName, value: &'static str) -> Self {
        assert!(parameter.takes(value), "the parameter takes no such value");
        let place = if self.only[0].is_none() { 0 } else { 1 };
        assert!(self.only[place].is_none(), "there are two conditions already");
        self.only[place] = Some((parameter, value));
        self
    }

    /// Returns the values that parameters must have for the protocol to rely on it.
    pub fn conditions(&self) -> impl Iterator<Item = Choice> + use<> {
        self.only.into_iter().flatten()
    }

    /// True if a scenario with these parameters relies on it.
    #[must_use]
    pub fn applies(&self, values: &ParameterValues) -> bool {
        self.conditions().all(|(parameter, value)| value_of(values, parameter) == value)
    }

    /// Returns the assumption in words, with its conditions.
    #[must_use]
    pub fn statement(&self) -> String {
        let values = self.conditions().map(|(parameter, value)| format!("{parameter} is {value}"));
        let only = values.reduce(|one, other| format!("{one} and {other}"));
        let only = only.map(|values| format!("where {values}"));
        let kind = self.kind.map(|kind| format!("for {kind}"));
        let conditions: Vec<_> = only.into_iter().chain(kind).collect();
        match conditions.as_slice() {
            [] => self.rule.statement(),
            conditions => format!("{} ({})", self.rule.statement(), conditions.join(", ")),
        }
    }
}

/// Returns the value of a parameter in words.
pub(crate) fn value_of(values: &ParameterValues, parameter: ParameterName) -> String {
    let value = values.get(parameter.name()).cloned();
    value.unwrap_or_else(|| parameter.parameter().default()).to_string()
}
