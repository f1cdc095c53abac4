//! What a protocol relies on, and how a scenario breaks it.

use super::{
    Detector, Event, EventId, EventKind, Fault, Kind, NodeId, NodeSet, ParameterValue,
    ParameterValues, PerMillion, Protocol, Scenario, SortedMap, Time, Timing, Trace,
    channels::{late, overtaking, unfair, unlinked, unreliable},
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
    /// Messages of one link do not overtake each other.
    FifoChannels,
    /// A message takes at most the bound of `network.timing`, and nobody stands still.
    Synchrony,
    /// The first parameter, a timeout, is at least the second, a period, and the bound of `network.timing`
    /// together: who sends once in a period is then always heard in time.
    TimeoutCovers(&'static str, &'static str),
    /// The run goes on for as long as the parameter of this name says after who has crashed was last heard.
    TimeToNotice(&'static str),
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
    /// Nobody crashes.
    NobodyCrashes,
    /// Those who only pass things on do not crash.
    RoutersStayUp,
    /// Any two who do more than pass things on are linked, if not directly then by routers, which are one
    /// network.
    HostsAreLinked,
    /// No more nodes crash than the parameter of this name says.
    AtMostCrashes(&'static str),
    /// More than half of the nodes never crash.
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
    /// Where in the scenario: `faults[2]`, `network.loss`.
    pub culprit: String,
    /// From which event on it is broken.
    pub event: Option<EventId>,
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
                "messages of one link do not overtake each other (FIFO channels)".to_owned()
            }
            Self::Synchrony => {
                "no message takes longer than the bound, and nobody stands still (synchrony)"
                    .to_owned()
            }
            Self::TimeoutCovers(timeout, period) => {
                format!("{timeout} is at least {period} and the delay bound together")
            }
            Self::TimeToNotice(timeout) => {
                format!("the run goes on for {timeout} after the crashed were last heard")
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
            Self::NobodyCrashes => "nobody crashes".to_owned(),
            Self::RoutersStayUp => "routers stay up".to_owned(),
            Self::HostsAreLinked => "routers link all hosts that are not neighbours".to_owned(),
            Self::AtMostCrashes(parameter) => format!("no more nodes crash than {parameter} says"),
            Self::MajorityStaysUp => "a majority of the nodes stays up".to_owned(),
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

    /// How a run broke it, if it did.
    #[must_use]
    pub fn breach(self, protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
        let breach =
            |event, culprit, why| Some(Breach { rule: self, kind: None, why, culprit, event });
        match self {
            Self::ReliableChannels | Self::NothingIsLost => unreliable(self, scenario, trace),
            Self::FairLossChannels => unfair(self, scenario, trace),
            Self::FifoChannels => overtaking(self, scenario, trace),
            Self::Synchrony => late(self, scenario, trace),
            Self::HostsAreLinked => {
                let why = unlinked(scenario)?;
                breach(None, "network.topology".to_owned(), why)
            }
            Self::TimeoutCovers(timeout, period) => {
                let why = too_short(protocol, scenario, timeout, period)?;
                breach(None, format!("params.{timeout}"), why)
            }
            Self::TimeToNotice(timeout) => unnoticed(self, protocol, scenario, trace, timeout),
            Self::ClocksRunTrue => drift(self, scenario, trace, 0),
            Self::ClocksSetRight => ahead(self, scenario, trace),
            Self::DriftAtMost(parameter) => {
                drift(self, scenario, trace, integer(protocol, &scenario.params, parameter))
            }
            Self::ParameterIs(parameter, value) => {
                let found = value_of(protocol, &scenario.params, parameter);
                (found != value).then_some(())?;
                breach(None, format!("params.{parameter}"), format!("{parameter} is {found}"))
            }
            Self::NobodyRecovers => comeback(self, scenario, trace),
            Self::RequestersStayUp
            | Self::RequestersComeBack(_)
            | Self::NobodyCrashes
            | Self::RoutersStayUp
            | Self::AtMostCrashes(_)
            | Self::MajorityStaysUp
            | Self::CrashesAreDetected => {
                let (event, why) = self.crash_too_many(protocol, scenario, trace)?;
                let culprit = match self {
                    Self::CrashesAreDetected => "network.detector".to_owned(),
                    _ => crash_fault(scenario, trace, event),
                };
                breach(Some(event), culprit, why)
            }
            Self::NobodyLies => betrayal(self, scenario, trace, 0),
            Self::AtMostTraitors(parameter) => {
                let limit = integer(protocol, &scenario.params, parameter);
                betrayal(self, scenario, trace, limit as usize)
            }
            Self::TraitorsBelowThird => {
                betrayal(self, scenario, trace, (scenario.nodes.len() - 1) / 3)
            }
            Self::MoreNodesThan(times, parameter) => {
                let count = integer(protocol, &scenario.params, parameter);
                let why = too_few(scenario.nodes.len(), times, count)?;
                breach(None, "nodes".to_owned(), why)
            }
            Self::RequestsBefore(parameter) => {
                let deadline = integer(protocol, &scenario.params, parameter);
                let (event, index, why) = late_request(trace, deadline.into())?;
                breach(Some(event), format!("requests[{index}]"), why)
            }
            Self::RunsToRest => {
                (!trace.quiescent).then_some(())?;
                let why = format!("the run ends at {} ms, before it is at rest", trace.end);
                breach(None, "until".to_owned(), why)
            }
        }
    }

    /// The crash that breaks a rule on crashes, and how that is said.
    fn crash_too_many(
        self,
        protocol: &Protocol,
        scenario: &Scenario,
        trace: &Trace,
    ) -> Option<(EventId, String)> {
        let said = |event: EventId, who: &str| {
            let Event { node, time, .. } = &trace.events[event];
            (event, format!("{node}{who} crashed at {time} ms"))
        };
        match self {
            Self::RequestersStayUp => {
                let mut asked = NodeSet::EMPTY;
                let crash = trace.events.iter().position(|event| match event.kind {
                    EventKind::Request { .. } => {
                        asked.insert(event.node);
                        false
                    }
                    EventKind::Crash => asked.contains(event.node),
                    _ => false,
                })?;
                Some(said(crash, ""))
            }
            Self::RequestersComeBack(request) => {
                let (crash, why) = said(stays_down(scenario, trace, request)?, "");
                Some((crash, format!("{why}, and never came back")))
            }
            Self::RoutersStayUp => {
                let routers = scenario.network.topology.routers();
                let crash = trace.events.iter().position(|event| {
                    event.kind == EventKind::Crash && routers.contains(event.node)
                })?;
                Some(said(crash, ", a router,"))
            }
            Self::AtMostCrashes(parameter) => {
                let limit = integer(protocol, &scenario.params, parameter);
                let (crashed, last) = crash_number(trace, limit as usize + 1)?;
                Some((last, format!("{crashed} crashed, at most {limit} may")))
            }
            Self::MajorityStaysUp => {
                let size = scenario.nodes.len();
                let (crashed, last) = crash_number(trace, size.div_ceil(2))?;
                Some((last, format!("{crashed} crashed, {} of {size}", crashed.len())))
            }
            Self::CrashesAreDetected if scenario.network.detector != Detector::None => None,
            Self::CrashesAreDetected => {
                let (crashed, first) = crash_number(trace, 1)?;
                Some((first, format!("{crashed} crashed, and no failure detector tells")))
            }
            _ => Some(said(crash_number(trace, 1)?.1, "")),
        }
    }
}

/// The last crash of a node that was asked for this and is down in the end; the first of several.
fn stays_down(scenario: &Scenario, trace: &Trace, request: &str) -> Option<EventId> {
    let mut asked = NodeSet::EMPTY;
    let mut down = SortedMap::new();
    for (id, event) in trace.events.iter().enumerate() {
        match event.kind {
            EventKind::Request { index, .. } if scenario.requests[index].name == request => {
                asked.insert(event.node);
            }
            EventKind::Crash => {
                down.insert(event.node, id);
            }
            EventKind::Recover => {
                down.remove(&event.node);
            }
            _ => {}
        }
    }
    down.into_iter().filter(|(node, _)| asked.contains(*node)).map(|(_, crash)| crash).min()
}

/// The first node that comes back.
fn comeback(rule: Rule, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
    let back = trace.events.iter().position(|event| event.kind == EventKind::Recover)?;
    let event = &trace.events[back];
    let fault = scenario.faults.iter().position(|fault| {
        matches!(*fault, Fault::Recover { node, at } if (node, at) == (event.node, event.time))
    });
    let why = format!("{} came back at {} ms without its memory", event.node, event.time);
    Some(Breach { rule, kind: None, why, culprit: fault_path(fault), event: Some(back) })
}

/// How a timeout is shorter than a period and the delay bound together, if it is.
fn too_short(
    protocol: &Protocol,
    scenario: &Scenario,
    timeout: &str,
    period: &str,
) -> Option<String> {
    // Without a bound it is synchrony that is missing.
    let Timing::Synchronous(bound) = scenario.network.timing else { return None };
    let value = |name| u64::from(integer(protocol, &scenario.params, name));
    let (found, least) = (value(timeout), value(period));
    (found < least + bound).then(|| {
        format!(
            "{timeout} is {found} ms, less than {period} ({least}) and the delay bound ({bound}) \
             together"
        )
    })
}

/// The crash of a node that was heard less than a timeout before the end.
fn unnoticed(
    rule: Rule,
    protocol: &Protocol,
    scenario: &Scenario,
    trace: &Trace,
    timeout: &str,
) -> Option<Breach> {
    let timeout = u64::from(integer(protocol, &scenario.params, timeout));
    let mut crashes = trace.events.iter().enumerate().rev();
    crashes.find_map(|(id, crash)| {
        (crash.kind == EventKind::Crash).then_some(())?;
        let heard = trace.events[id..].iter().rev().find(|event| match event.kind {
            EventKind::Receive(message) => trace.messages[message].name.from == crash.node,
            _ => false,
        });
        let last = heard.map_or(crash.time, |event| event.time);
        (last + timeout > trace.end).then_some(())?;
        let why =
            format!("{} was last heard at {last} ms, the run ends at {} ms", crash.node, trace.end);
        Some(Breach { rule, kind: None, why, culprit: "until".to_owned(), event: Some(id) })
    })
}

/// The clock that goes wrong by more than so many millionths, and was looked at.
fn drift(rule: Rule, scenario: &Scenario, trace: &Trace, limit: u32) -> Option<Breach> {
    let wrong = |rate: PerMillion| rate.0.abs_diff(PerMillion::ONE.0) > limit;
    let is_wrong = |fault: &Fault| matches!(*fault, Fault::Drift { rate, .. } if wrong(rate));
    let (fault, node) = wrong_clock(scenario, trace, is_wrong)?;
    let Fault::Drift { rate, .. } = scenario.faults[fault] else { return None };
    let why = format!("{node}'s clock runs at {rate} times time");
    Some(Breach { rule, kind: None, why, culprit: fault_path(Some(fault)), event: None })
}

/// The clock that was set wrongly, and was looked at.
fn ahead(rule: Rule, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
    let is_wrong = |fault: &Fault| matches!(*fault, Fault::Drift { offset: 1.., .. });
    let (fault, node) = wrong_clock(scenario, trace, is_wrong)?;
    let Fault::Drift { offset, .. } = scenario.faults[fault] else { return None };
    let why = format!("{node}'s clock is {offset} ms ahead when the run begins");
    Some(Breach { rule, kind: None, why, culprit: fault_path(Some(fault)), event: None })
}

/// The first fault of this kind that is a wrong clock's, and met something: the clock was looked at.
fn wrong_clock(
    scenario: &Scenario,
    trace: &Trace,
    is_wrong: impl Fn(&Fault) -> bool,
) -> Option<(usize, NodeId)> {
    scenario.faults.iter().enumerate().find_map(|(index, fault)| match fault {
        Fault::Drift { node, .. } if is_wrong(fault) => {
            (!trace.unused_faults.contains(&index)).then_some((index, *node))
        }
        _ => None,
    })
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

    /// How a run broke it, if it did.
    #[must_use]
    pub fn breach(
        &self,
        protocol: &Protocol,
        scenario: &Scenario,
        trace: &Trace,
    ) -> Option<Breach> {
        let breach = self.rule.breach(protocol, scenario, trace)?;
        Some(Breach { kind: self.kind, ..breach })
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

fn integer(protocol: &Protocol, values: &ParameterValues, name: &str) -> u32 {
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

/// The fault behind a crash, as a path.
fn crash_fault(scenario: &Scenario, trace: &Trace, crash: EventId) -> String {
    let event = &trace.events[crash];
    fault_path(scenario.faults.iter().position(|fault| {
        matches!(*fault, Fault::Crash { node, at, .. } if (node, at) == (event.node, event.time))
    }))
}

/// Who has crashed when the `nth` different node does, and the event.
fn crash_number(trace: &Trace, nth: usize) -> Option<(NodeSet, EventId)> {
    let mut crashed = NodeSet::EMPTY;
    let event = trace.events.iter().position(|event| {
        event.kind == EventKind::Crash && crashed.insert(event.node) && crashed.len() == nth
    })?;
    Some((crashed, event))
}

fn too_few(size: usize, times: u32, count: u32) -> Option<String> {
    let needed = u64::from(times) * u64::from(count);
    (size as u64 <= needed).then(|| format!("{size} nodes are not more than {times} × {count}"))
}

/// The first request that comes at this time or later, its place in the scenario, and how that is said.
fn late_request(trace: &Trace, deadline: Time) -> Option<(EventId, usize, String)> {
    trace.events.iter().enumerate().find_map(|(id, event)| match event.kind {
        EventKind::Request { index, .. } if event.time >= deadline => {
            let Event { node, time, .. } = event;
            Some((id, index, format!("{node} was asked at {time} ms, not before {deadline}")))
        }
        _ => None,
    })
}

/// The faulty node that is one too many: the traitor, or, for those who stand traitors, also who crashed.
fn betrayal(rule: Rule, scenario: &Scenario, trace: &Trace, limit: usize) -> Option<Breach> {
    let only_lies = rule == Rule::NobodyLies;
    let (mut traitors, mut crashed) = (NodeSet::EMPTY, NodeSet::EMPTY);
    let event = trace.events.iter().position(|event| {
        let counts = match event.kind {
            EventKind::Traitor(_) => traitors.insert(event.node),
            EventKind::Crash if !only_lies && !traitors.contains(event.node) => {
                crashed.insert(event.node)
            }
            _ => false,
        };
        counts && traitors.or(crashed).len() > limit
    })?;
    let last = trace.events[event].node;
    let culprit = match trace.events[event].kind {
        EventKind::Crash => crash_fault(scenario, trace, event),
        _ => fault_path(
            scenario
                .faults
                .iter()
                .position(|fault| matches!(*fault, Fault::Traitor { node, .. } if node == last)),
        ),
    };
    let turned = match traitors.len() {
        0 => None,
        1 => Some(format!("{traitors} is a traitor")),
        _ => Some(format!("{traitors} are traitors")),
    };
    let fell = (!crashed.is_empty()).then(|| format!("{crashed} crashed"));
    let bound = || format!("at most {limit} of {} may be faulty", scenario.nodes.len());
    let said = turned.into_iter().chain(fell).chain((!only_lies).then(bound));
    let why = said.collect::<Vec<_>>().join(", ");
    Some(Breach { rule, kind: None, why, culprit, event: Some(event) })
}
