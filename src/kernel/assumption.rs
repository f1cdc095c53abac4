//! What a protocol relies on, and how a scenario breaks it.

use super::{
    Domain, EventId, EventKind, Fault, Kind, MAX_TIME, ParameterValue, ParameterValues, PerMillion,
    Protocol, Repair, Scenario, Time, Trace,
    channels::{late, overtaking, unfair, unlinked, unreliable},
    count_of,
    failures::{betrayals, comebacks, crashes},
};

/// Something that a protocol relies on, perhaps only for one value of a parameter, or only for promises of one
/// kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// What.
    pub rule: Rule,
    /// The parameter and the value that make it rely on it; none if it always does.
    pub only: Option<(&'static str, &'static str)>,
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
    TimeoutCovers(&'static str, &'static str),
    /// Every clock goes at the rate of time.
    ClocksRunTrue,
    /// Every clock shows the right time when the run begins.
    ClocksSetRight,
    /// No clock gains or loses more than the parameter of this name says, in millionths of the time that
    /// passes.
    DriftAtMost(&'static str),
    /// The parameter has this value: with others the protocol is taught to fail.
    ParameterIs(&'static str, &'static str),
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
    AtMostCrashes(&'static str),
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
    AtMostTraitors(&'static str),
    /// More than two thirds of the nodes are neither traitors nor crash (n ≥ 3m + 1: Lamport, Shostak and
    /// Pease 1982).
    TraitorsBelowThird,
    /// There are more than so many times as many nodes as the parameter of this name says.
    MoreNodesThan(u32, &'static str),
    /// Who is asked for something is asked before so many ms have passed as the parameter of this name says.
    RequestsBefore(&'static str),
    /// The run goes on until it is at rest. Every liveness property relies on it.
    RunsToRest,
}

/// An assumption that a run broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which.
    pub rule: Rule,
    /// The kind of promises that rely on it; none if all do.
    pub kind: Option<Kind>,
    /// How, in one sentence; nodes as their characters.
    pub why: String,
    /// Path in the scenario: `faults[2]`, `network.loss`.
    pub culprit: String,
    /// Number of events before the assumption is broken: 0 if it is from the start.
    pub from: EventId,
    /// Event that breaks it; none where no event does.
    pub event: Option<EventId>,
    /// When it was broken, in virtual ms, where that was before the event: a message is late before anything happens.
    pub due: Option<Time>,
    /// Change that undoes this breach alone; none where there is none.
    pub repair: Option<Repair>,
}

impl Breach {
    /// A breach by an event, without a repair.
    pub(super) const fn at(rule: Rule, event: EventId, culprit: String, why: String) -> Self {
        let (kind, from, event, due, repair) = (None, event, Some(event), None, None);
        Self { rule, kind, why, culprit, from, event, due, repair }
    }

    /// A breach by the scenario itself, without a repair.
    pub(super) const fn from_the_start(rule: Rule, culprit: String, why: String) -> Self {
        let (kind, event, due, repair) = (None, None, None, None);
        Self { rule, kind, why, culprit, from: 0, event, due, repair }
    }

    /// When the assumption was broken, in virtual ms.
    #[must_use]
    pub fn since(&self, trace: &Trace) -> Time {
        let by_event = || self.event.map(|_| trace.events[self.from].time);
        self.due.or_else(by_event).unwrap_or_default()
    }

    /// True if it stands by the time of this event.
    #[must_use]
    pub const fn stands_at(&self, event: EventId) -> bool {
        self.from <= event
    }
}

impl Rule {
    /// Relied on whatever the parameters are.
    #[must_use]
    pub const fn always(self) -> Assumption {
        Assumption { rule: self, only: None, kind: None }
    }

    /// Relied on only where the parameter has this value.
    #[must_use]
    pub const fn where_(self, parameter: &'static str, value: &'static str) -> Assumption {
        Assumption { rule: self, only: Some((parameter, value)), kind: None }
    }

    /// The assumption in words.
    #[must_use]
    pub fn statement(self) -> String {
        match self {
            Self::ReliableChannels => {
                "what a correct node sends to a correct node arrives, exactly once \
                 (reliable channels)"
                    .to_owned()
            }
            Self::FairLossChannels => {
                "what a correct node sends a correct node again and again arrives in the end \
                 (fair-loss channels)"
                    .to_owned()
            }
            Self::NothingIsLost => {
                "what is sent to a node that is up arrives, exactly once (nothing is lost)"
                    .to_owned()
            }
            Self::FifoChannels => {
                "messages of one link arrive in order, none without those before it (FIFO channels)"
                    .to_owned()
            }
            Self::Synchrony => {
                "no message takes longer than the bound, and nobody stands still (synchrony)"
                    .to_owned()
            }
            Self::TimeoutCovers(timeout, period) => {
                format!("{timeout} is at least {period} and the delay bound together")
            }
            Self::ClocksRunTrue => "every clock goes at the rate of time".to_owned(),
            Self::ClocksSetRight => "every clock is right when the run begins".to_owned(),
            Self::DriftAtMost(parameter) => {
                format!("no clock gains or loses more than {parameter} says")
            }
            Self::ParameterIs(parameter, value) => format!("{parameter} is {value}"),
            Self::RequestersStayUp => "who is asked for something stays up".to_owned(),
            Self::RequestersComeBack(request) => {
                format!("who is asked to {request} is up in the end")
            }
            Self::NoCutAtWrites => {
                "no crash parts what a process stores from what it is asked or tells".to_owned()
            }
            Self::NobodyCrashes => "nobody crashes".to_owned(),
            Self::RoutersStayUp => "routers stay up".to_owned(),
            Self::HostsAreLinked => "routers link all hosts that are not neighbours".to_owned(),
            Self::AtMostCrashes(parameter) => format!("no more nodes crash than {parameter} says"),
            Self::MajorityStaysUp => "a majority of the nodes is correct".to_owned(),
            Self::CrashesAreDetected => "every crash is detected".to_owned(),
            Self::NobodyRecovers => "who has crashed does not come back (crash-stop)".to_owned(),
            Self::NobodyLies => "nobody lies".to_owned(),
            Self::AtMostTraitors(parameter) => {
                format!("no more nodes are traitors or crash than {parameter} says")
            }
            Self::TraitorsBelowThird => {
                "more than two thirds of the nodes are loyal and stay up".to_owned()
            }
            Self::MoreNodesThan(times, parameter) => {
                format!("there are more than {times} times as many nodes as {parameter} says")
            }
            Self::RequestsBefore(parameter) => {
                format!("whatever is asked is asked before {parameter} has passed")
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

    /// Returns the first way in which a run breaks it.
    #[must_use]
    pub fn breach(self, protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
        self.breaches(protocol, scenario, trace, 1).into_iter().next()
    }

    /// Returns the ways in which a run breaks it, in the order of events: at most so many, and no two that the same
    /// repair undoes.
    #[must_use]
    pub fn breaches(
        self,
        protocol: &Protocol,
        scenario: &Scenario,
        trace: &Trace,
        most: usize,
    ) -> Vec<Breach> {
        let limit = |parameter| integer(protocol, &scenario.params, parameter);
        match self {
            Self::ReliableChannels | Self::NothingIsLost => unreliable(self, scenario, trace, most),
            Self::FairLossChannels => unfair(self, scenario, trace, most),
            Self::FifoChannels => overtaking(self, scenario, trace, most),
            Self::Synchrony => late(self, scenario, trace, most),
            Self::ClocksRunTrue => drift(self, scenario, trace, 0, most),
            Self::ClocksSetRight => ahead(self, scenario, trace, most),
            Self::DriftAtMost(parameter) => drift(self, scenario, trace, limit(parameter), most),
            Self::NobodyRecovers => comebacks(self, scenario, trace, most),
            Self::RequestersStayUp
            | Self::RequestersComeBack(_)
            | Self::NoCutAtWrites
            | Self::NobodyCrashes
            | Self::RoutersStayUp
            | Self::AtMostCrashes(_)
            | Self::MajorityStaysUp
            | Self::CrashesAreDetected => crashes(self, protocol, scenario, trace, most),
            Self::NobodyLies => betrayals(self, scenario, trace, 0, most),
            Self::AtMostTraitors(parameter) => {
                betrayals(self, scenario, trace, limit(parameter) as usize, most)
            }
            Self::TraitorsBelowThird => {
                betrayals(self, scenario, trace, (scenario.nodes.len() - 1) / 3, most)
            }
            Self::RequestsBefore(parameter) => {
                late_requests(self, trace, limit(parameter).into(), most)
            }
            Self::HostsAreLinked
            | Self::TimeoutCovers(..)
            | Self::ParameterIs(..)
            | Self::MoreNodesThan(..)
            | Self::RunsToRest => self.misfit(protocol, scenario, trace).into_iter().collect(),
        }
    }

    /// How parameters, nodes, links or the horizon do not fit the rule.
    fn misfit(self, protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
        let breach = |culprit: String, why, repair| Breach {
            repair,
            ..Breach::from_the_start(self, culprit, why)
        };
        match self {
            Self::HostsAreLinked => {
                Some(breach("network.topology".to_owned(), unlinked(scenario)?, None))
            }
            Self::TimeoutCovers(timeout, period) => {
                let (why, least) = too_short(protocol, scenario, timeout, period)?;
                let repair = admitted(protocol, timeout, least);
                Some(breach(format!("params.{timeout}"), why, repair))
            }
            Self::ParameterIs(parameter, value) => {
                let found = value_of(protocol, &scenario.params, parameter);
                (found != value).then_some(())?;
                let repair = parsed(protocol, parameter, value);
                let why = format!("{parameter} is {found}");
                Some(breach(format!("params.{parameter}"), why, repair))
            }
            Self::MoreNodesThan(times, parameter) => {
                let count = integer(protocol, &scenario.params, parameter);
                let size = scenario.nodes.len();
                let why = too_few(size, times, count)?;
                let most = (size as u64).saturating_sub(1) / u64::from(times.max(1));
                let repair = admitted(protocol, parameter, most);
                Some(breach("nodes".to_owned(), why, repair))
            }
            Self::RunsToRest => {
                (!trace.quiescent).then_some(())?;
                let why = format!("the run ends at {} ms, before it is at rest", trace.end);
                let longer = scenario.until.saturating_mul(2).saturating_add(1000).min(MAX_TIME);
                let repair = (longer > scenario.until).then_some(Repair::Until(longer));
                Some(breach("until".to_owned(), why, repair))
            }
            _ => None,
        }
    }
}

/// How a timeout is shorter than a period and the delay bound together, if it is, and the two together.
fn too_short(
    protocol: &Protocol,
    scenario: &Scenario,
    timeout: &str,
    period: &str,
) -> Option<(String, Time)> {
    // Without a bound it is synchrony that is missing.
    let bound = scenario.network.timing.bound()?;
    let value = |name| u64::from(integer(protocol, &scenario.params, name));
    let (found, least) = (value(timeout), value(period));
    (found < least + bound).then(|| {
        let why = format!(
            "{timeout} is {found} ms, less than {period} ({least}) and the delay bound ({bound}) \
             together"
        );
        (why, least + bound)
    })
}

/// The clocks that go wrong by more than so many millionths, and were looked at.
fn drift(rule: Rule, scenario: &Scenario, trace: &Trace, limit: u32, most: usize) -> Vec<Breach> {
    let wrong = |rate: PerMillion| rate.0.abs_diff(PerMillion::ONE.0) > limit;
    wrong_clocks(rule, scenario, trace, most, |fault| match *fault {
        Fault::Drift { node, rate, .. } if wrong(rate) => {
            Some(format!("{node}'s clock runs at {rate} times time"))
        }
        _ => None,
    })
}

/// The clocks that were set wrongly, and were looked at.
fn ahead(rule: Rule, scenario: &Scenario, trace: &Trace, most: usize) -> Vec<Breach> {
    wrong_clocks(rule, scenario, trace, most, |fault| match *fault {
        Fault::Drift { node, offset: offset @ 1.., .. } => {
            Some(format!("{node}'s clock is {offset} ms ahead when the run begins"))
        }
        _ => None,
    })
}

/// The faults that are a wrong clock's, as `said` puts it, and met something: the clock was looked at.
fn wrong_clocks(
    rule: Rule,
    scenario: &Scenario,
    trace: &Trace,
    most: usize,
    said: impl Fn(&Fault) -> Option<String>,
) -> Vec<Breach> {
    let met = |fault: &usize| trace.unused_faults.binary_search(fault).is_err();
    let breaches = (0..scenario.faults.len()).filter(met).filter_map(|fault| {
        let why = said(&scenario.faults[fault])?;
        let culprit = fault_path(Some(fault));
        let repair = Some(Repair::Without(fault));
        Some(Breach { repair, ..Breach::from_the_start(rule, culprit, why) })
    });
    breaches.take(most).collect()
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

    /// Returns the first way in which a run breaks it.
    #[must_use]
    pub fn breach(
        &self,
        protocol: &Protocol,
        scenario: &Scenario,
        trace: &Trace,
    ) -> Option<Breach> {
        self.breaches(protocol, scenario, trace, 1).into_iter().next()
    }

    /// Returns the ways in which a run breaks it: see [`Rule::breaches`].
    #[must_use]
    pub fn breaches(
        &self,
        protocol: &Protocol,
        scenario: &Scenario,
        trace: &Trace,
        most: usize,
    ) -> Vec<Breach> {
        let mut breaches = self.rule.breaches(protocol, scenario, trace, most);
        breaches.iter_mut().for_each(|breach| breach.kind = self.kind);
        breaches
    }

    /// Whether a scenario with these parameters relies on it.
    #[must_use]
    pub fn applies(&self, protocol: &Protocol, values: &ParameterValues) -> bool {
        self.only.is_none_or(|(parameter, value)| value_of(protocol, values, parameter) == value)
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

fn value_of(protocol: &Protocol, values: &ParameterValues, name: &str) -> String {
    let parameters = protocol.behaviour.parameters;
    let parameter = parameters.iter().find(|parameter| parameter.name == name);
    let default = || parameter.map(super::Parameter::default);
    values.get(name).cloned().or_else(default).map(|value| value.to_string()).unwrap_or_default()
}

pub(super) fn integer(protocol: &Protocol, values: &ParameterValues, name: &str) -> u32 {
    let parameters = protocol.behaviour.parameters;
    let default = parameters.iter().find(|p| p.name == name).map(super::Parameter::default);
    match values.get(name).cloned().or(default) {
        Some(ParameterValue::Integer(value)) => value,
        _ => u32::MAX - 1,
    }
}

/// A fault as a path.
pub(super) fn fault_path(fault: Option<usize>) -> String {
    fault.map(|index| format!("faults[{index}]")).unwrap_or_default()
}

/// Sets a parameter to a value that a model names, if it is one of its values.
fn parsed(protocol: &Protocol, name: &'static str, value: &str) -> Option<Repair> {
    let mut parameters = protocol.behaviour.parameters.iter();
    let parameter = parameters.find(|parameter| parameter.name == name)?;
    let value = match parameter.domain {
        Domain::Flag { .. } => ParameterValue::Flag(value.parse().ok()?),
        Domain::Integer { .. } => ParameterValue::Integer(value.parse().ok()?),
        Domain::Choice { .. } => ParameterValue::Choice(value.to_owned()),
    };
    parameter.admits(&value).then_some(Repair::Parameter(name, value))
}

/// Sets a parameter to a number, if it is one of its values.
fn admitted(protocol: &Protocol, name: &'static str, value: u64) -> Option<Repair> {
    parsed(protocol, name, &value.to_string())
}

fn too_few(size: usize, times: u32, count: u32) -> Option<String> {
    let needed = u64::from(times) * u64::from(count);
    let are = if size == 1 { "is" } else { "are" };
    (size as u64 <= needed)
        .then(|| format!("{} {are} not more than {times} × {count}", count_of(size, "node")))
}

/// The requests that come at this time or later.
fn late_requests(rule: Rule, trace: &Trace, deadline: Time, most: usize) -> Vec<Breach> {
    let late = trace.events.iter().enumerate().filter_map(|(id, event)| match event.kind {
        EventKind::Request { index, .. } if event.time >= deadline => {
            let why =
                format!("{} was asked at {} ms, not before {deadline}", event.node, event.time);
            let repair = deadline.checked_sub(1).map(|before| Repair::Ask(index, before));
            Some(Breach { repair, ..Breach::at(rule, id, format!("requests[{index}]"), why) })
        }
        _ => None,
    });
    late.take(most).collect()
}
