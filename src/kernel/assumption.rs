//! Assumptions that protocols rely on. What a run breaks of them is judged in `analysis`.

use super::{Kind, ParameterName, ParameterValues};

/// Something that a protocol relies on, perhaps only for one value of a parameter, or only for promises of one
/// kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// What.
    pub rule: Rule,
    /// The parameter and the value that make it rely on it; none if it always does.
    pub only: Option<(ParameterName, &'static str)>,
    /// The kind of promises that rely on it; none if all do. Much is safe whatever happens, and live only if
    /// most of it goes well.
    pub kind: Option<Kind>,
}

/// The things that protocols rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Perfect (quasi-reliable) links: what a correct node sends to a correct node arrives, once.
    ReliableChannels,
    /// Fair-loss links: between correct nodes none loses all that is sent from some moment on.
    FairLossChannels,
    /// What is sent to a node that is up arrives, once, whoever crashes later: what protocols rely on that take
    /// silence for a crash, or in which nodes come back.
    NothingIsLost,
    /// Messages of one link arrive in the order in which they were sent, none without those before it.
    FifoChannels,
    /// A message takes at most the bound of `network.timing`, and nobody stands still.
    Synchrony,
    /// The first parameter, a timeout, is at least the second, a period, and the bound of `network.timing`
    /// together: who sends once in a period is then always heard in time.
    TimeoutCovers(ParameterName, ParameterName),
    /// Every clock goes at the rate of time.
    ClocksRunTrue,
    /// Every clock shows the right time when the run begins.
    ClocksSetRight,
    /// No clock gains or loses more than the parameter of this name says, in millionths of the time that
    /// passes.
    DriftAtMost(ParameterName),
    /// The parameter has this value: with others the protocol is taught to fail.
    ParameterIs(ParameterName, &'static str),
    /// Who has been asked for something does not crash.
    RequestersStayUp,
    /// Who has been asked for this may crash, but is up again in the end.
    RequestersComeBack(&'static str),
    /// A process does not crash within a step between a request and the write that stores it, or between a write
    /// and what it tells its application next.
    NoCutAtWrites,
    /// Nobody crashes.
    NobodyCrashes,
    /// Those who only pass things on do not crash.
    RoutersStayUp,
    /// Any two who do more than pass things on are linked, if not directly then by routers, which are one
    /// network.
    HostsAreLinked,
    /// No more nodes fail by crashing than the parameter of this name says.
    AtMostCrashes(ParameterName),
    /// More than half of the nodes are correct: they never crash, or where nodes recover, they are up for good from
    /// some moment on.
    MajorityStaysUp,
    /// Every crash is reported to everyone.
    CrashesAreDetected,
    /// Crash-stop: who has crashed does not come back.
    NobodyRecovers,
    /// Everybody is loyal: nobody sends what its code does not say. A protocol that has no rule on traitors
    /// relies on it without saying so.
    NobodyLies,
    /// No more nodes are faulty than the parameter of this name says: traitors, or crashed, which is the mildest
    /// treason.
    AtMostTraitors(ParameterName),
    /// More than two thirds of the nodes are neither traitors nor crash (n ≥ 3m + 1: Lamport, Shostak and
    /// Pease 1982).
    TraitorsBelowThird,
    /// There are more than so many times as many nodes as the parameter of this name says.
    MoreNodesThan(u32, ParameterName),
    /// Who is asked for something is asked before so many ms have passed as the parameter of this name says.
    RequestsBefore(ParameterName),
    /// The run goes on until it is at rest. Every liveness property relies on it.
    RunsToRest,
}

impl Rule {
    /// Relied on whatever the parameters are.
    #[must_use]
    pub const fn always(self) -> Assumption {
        Assumption { rule: self, only: None, kind: None }
    }

    /// Relied on only where the parameter has this value.
    ///
    /// # Panics
    /// While compiling, if the parameter takes no such value.
    #[must_use]
    pub const fn where_(self, parameter: ParameterName, value: &'static str) -> Assumption {
        assert!(parameter.takes(value), "the parameter takes no such value");
        Assumption { rule: self, only: Some((parameter, value)), kind: None }
    }

    /// The assumption in words.
    #[must_use]
    pub fn statement(self) -> String {
        match self {
            Self::ReliableChannels => {
                "a message between correct nodes arrives exactly once (reliable channels)".to_owned()
            }
            Self::FairLossChannels => {
                "of messages that a correct node sends to a correct node again and again, some arrive \
                 (fair-loss channels)"
                    .to_owned()
            }
            Self::NothingIsLost => {
                "a message to a node that is up arrives exactly once (nothing is lost)".to_owned()
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
            Self::ClocksRunTrue => "every clock runs at the rate of time".to_owned(),
            Self::ClocksSetRight => "every clock is right when the run begins".to_owned(),
            Self::DriftAtMost(parameter) => {
                format!("no clock drifts by more than {parameter}")
            }
            Self::ParameterIs(parameter, value) => format!("{parameter} is {value}"),
            Self::RequestersStayUp => "a process that receives a request does not crash".to_owned(),
            Self::RequestersComeBack(request) => {
                format!("a process that is asked to {request} is up again eventually")
            }
            Self::NoCutAtWrites => {
                "no crash separates a write to stable storage from the request before or the indication after it".to_owned()
            }
            Self::NobodyCrashes => "no node crashes".to_owned(),
            Self::RoutersStayUp => "no router crashes".to_owned(),
            Self::HostsAreLinked => "routers link all hosts that are not neighbours".to_owned(),
            Self::AtMostCrashes(parameter) => format!("the number of nodes that crash is at most {parameter}"),
            Self::MajorityStaysUp => "a majority of the nodes is correct".to_owned(),
            Self::CrashesAreDetected => "every crash is detected".to_owned(),
            Self::NobodyRecovers => "no node recovers (crash-stop)".to_owned(),
            Self::NobodyLies => "no node is a traitor".to_owned(),
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
            Self::RunsToRest => "the run goes on until it is at rest".to_owned(),
        }
    }

    /// Whether it is about what the network may lose.
    #[must_use]
    pub const fn is_on_losses(self) -> bool {
        matches!(self, Self::ReliableChannels | Self::NothingIsLost)
    }

    /// Whether it is about traitors. A protocol without such a rule relies on [`NobodyLies`](Self::NobodyLies).
    #[must_use]
    pub const fn is_on_traitors(self) -> bool {
        matches!(self, Self::NobodyLies | Self::AtMostTraitors(_) | Self::TraitorsBelowThird)
    }
}

impl ParameterName {
    /// The rule that the parameter has this value: with others the protocol is taught to fail.
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
    /// The same, but only promises of liveness rely on it.
    #[must_use]
    pub const fn for_liveness(self) -> Self {
        Self { kind: Some(Kind::Liveness), ..self }
    }

    /// The same, but only promises of safety rely on it.
    #[must_use]
    pub const fn for_safety(self) -> Self {
        Self { kind: Some(Kind::Safety), ..self }
    }

    /// Whether a scenario with these parameters relies on it.
    #[must_use]
    pub fn applies(&self, values: &ParameterValues) -> bool {
        self.only.is_none_or(|(parameter, value)| value_of(values, parameter) == value)
    }

    /// The assumption in words, with its conditions.
    #[must_use]
    pub fn statement(&self) -> String {
        let only = self.only.map(|(parameter, value)| format!("where {parameter} is {value}"));
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
