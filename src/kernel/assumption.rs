//! What a protocol relies on, and how a scenario breaks it.

use super::{
    Detector, EventId, EventKind, Fate, Fault, Loss, NodeSet, ParameterValue, ParameterValues,
    Protocol, Scenario, Timing, Trace,
};

/// Something that a protocol relies on, perhaps only for one value of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// What.
    pub rule: Rule,
    /// The parameter and the value that make it rely on it; none if it always does.
    pub only: Option<(&'static str, &'static str)>,
}

/// The things that protocols rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Perfect (quasi-reliable) links: what a correct node sends to a correct node arrives, once.
    ReliableChannels,
    /// Messages of one link do not overtake each other.
    FifoChannels,
    /// A message takes at most the bound of `network.timing`.
    Synchrony,
    /// Who has been asked for something does not crash.
    RequestersStayUp,
    /// No more nodes crash than the parameter of this name says.
    AtMostCrashes(&'static str),
    /// More than half of the nodes never crash.
    MajorityStaysUp,
    /// Every crash is reported to everyone.
    CrashesAreDetected,
    /// Crash-stop: who has crashed does not come back.
    NobodyRecovers,
    /// The run goes on until it is at rest. Every liveness property relies on it.
    RunsToRest,
}

/// An assumption that a run broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which.
    pub rule: Rule,
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
        Assumption { rule: self, only: None }
    }

    /// Relied on only where the parameter has this value.
    #[must_use]
    pub const fn where_(self, parameter: &'static str, value: &'static str) -> Assumption {
        Assumption { rule: self, only: Some((parameter, value)) }
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
            Self::FifoChannels => {
                "messages of one link do not overtake each other (FIFO channels)".to_owned()
            }
            Self::Synchrony => "no message takes longer than the bound (synchrony)".to_owned(),
            Self::RequestersStayUp => "who broadcasts stays up".to_owned(),
            Self::AtMostCrashes(parameter) => format!("no more nodes crash than {parameter} says"),
            Self::MajorityStaysUp => "a majority of the nodes stays up".to_owned(),
            Self::CrashesAreDetected => "every crash is detected".to_owned(),
            Self::NobodyRecovers => "who has crashed does not come back (crash-stop)".to_owned(),
            Self::RunsToRest => "the run goes on until it is at rest".to_owned(),
        }
    }

    /// How a run broke it, if it did.
    #[must_use]
    pub fn breach(self, protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
        let breach = |event, culprit, why| Some(Breach { rule: self, why, culprit, event });
        match self {
            Self::ReliableChannels => unreliable(self, scenario, trace),
            Self::FifoChannels => overtaking(self, scenario, trace),
            Self::Synchrony => late(self, scenario, trace),
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
                let event = &trace.events[crash];
                let why = format!("{} crashed at {} ms", event.node, event.time);
                breach(Some(crash), crash_fault(scenario, trace, crash), why)
            }
            Self::AtMostCrashes(parameter) => {
                let limit = integer(protocol, &scenario.params, parameter);
                let (crashed, last) = crash_number(trace, limit as usize + 1)?;
                let why = format!("{crashed} crashed, at most {limit} may");
                breach(Some(last), crash_fault(scenario, trace, last), why)
            }
            Self::MajorityStaysUp => {
                let size = scenario.nodes.len();
                let (crashed, last) = crash_number(trace, size.div_ceil(2))?;
                let why = format!("{crashed} crashed, {} of {size}", crashed.len());
                breach(Some(last), crash_fault(scenario, trace, last), why)
            }
            Self::CrashesAreDetected => {
                let (crashed, first) = crash_number(trace, 1)?;
                (scenario.network.detector == Detector::None).then_some(())?;
                let why = format!("{crashed} crashed, and no failure detector tells");
                breach(Some(first), "network.detector".to_owned(), why)
            }
            Self::NobodyRecovers => {
                let back = trace.events.iter().position(|e| e.kind == EventKind::Recover)?;
                let event = &trace.events[back];
                let fault = scenario.faults.iter().position(|fault| {
                    matches!(*fault, Fault::Recover { node, at } if (node, at) == (event.node, event.time))
                });
                let why =
                    format!("{} came back at {} ms without its memory", event.node, event.time);
                breach(Some(back), fault_path(fault), why)
            }
            Self::RunsToRest => {
                (!trace.quiescent).then_some(())?;
                let why = format!("the run ends at {} ms, before it is at rest", trace.end);
                breach(None, "until".to_owned(), why)
            }
        }
    }
}

impl Assumption {
    /// Whether a scenario with these parameters relies on it.
    #[must_use]
    pub fn applies(&self, protocol: &Protocol, values: &ParameterValues) -> bool {
        self.only.is_none_or(|(parameter, value)| value_of(protocol, values, parameter) == value)
    }

    /// The assumption in words, with its condition.
    #[must_use]
    pub fn statement(&self) -> String {
        match self.only {
            Some((parameter, value)) => {
                format!("{} (where {parameter} is {value})", self.rule.statement())
            }
            None => self.rule.statement(),
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

fn fault_path(fault: Option<usize>) -> String {
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

fn unreliable(rule: Rule, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
    let crashed: NodeSet =
        trace.events.iter().filter(|e| e.kind == EventKind::Crash).map(|e| e.node).collect();
    let between_correct = trace.messages.iter().filter(|message| {
        !crashed.contains(message.name.from) && !crashed.contains(message.name.to)
    });
    between_correct
        .filter_map(|message| {
            let name = scenario.message_name(message.name);
            let second = message.copies.iter().find(|copy| matches!(copy, Fate::Received(_)));
            let (event, culprit, why) = match (message.fate, second) {
                (Fate::Lost(event, loss), _) => {
                    let culprit = match loss {
                        Loss::Luck => "network.loss".to_owned(),
                        _ => fault_path(loss.fault()),
                    };
                    (event, culprit, format!("{name} was lost ({})", loss.why()))
                }
                (_, Some(Fate::Received(event))) => {
                    let by_hand = scenario.faults.iter().position(|fault| {
                        matches!(*fault, Fault::Duplicate { message: hit, .. } if hit == message.name)
                    });
                    let by_luck = || "network.duplicate".to_owned();
                    let culprit = by_hand.map_or_else(by_luck, |fault| fault_path(Some(fault)));
                    (*event, culprit, format!("{name} arrived twice"))
                }
                _ => return None,
            };
            Some(Breach { rule, why, culprit, event: Some(event) })
        })
        .min_by_key(|breach| breach.event)
}

fn overtaking(rule: Rule, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
    let size = scenario.nodes.len();
    let mut last = vec![0; size * size];
    trace.events.iter().enumerate().find_map(|(id, event)| {
        let EventKind::Receive(message) = event.kind else { return None };
        let message = &trace.messages[message];
        // A second copy of what has come already overtakes nothing.
        (message.fate == Fate::Received(id)).then_some(())?;
        let name = message.name;
        let last = &mut last[name.from.index() * size + name.to.index()];
        if name.number >= *last {
            *last = name.number;
            return None;
        }
        let delayed = scenario
            .faults
            .iter()
            .position(|fault| matches!(*fault, Fault::Delay { message, .. } if message == name));
        let by_network = || "network.order".to_owned();
        let culprit = delayed.map_or_else(by_network, |fault| fault_path(Some(fault)));
        let why = format!("{} was overtaken", scenario.message_name(name));
        Some(Breach { rule, why, culprit, event: Some(id) })
    })
}

fn late(rule: Rule, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
    let Timing::Synchronous(bound) = scenario.network.timing else {
        let why = "the network is asynchronous: it promises no bound".to_owned();
        return Some(Breach { rule, why, culprit: "network.timing".to_owned(), event: None });
    };
    trace.events.iter().enumerate().find_map(|(id, event)| {
        let EventKind::Receive(message) = event.kind else { return None };
        let message = &trace.messages[message];
        let took = event.time - trace.events[message.sent].time;
        (took > bound).then_some(())?;
        let delayed = scenario.faults.iter().position(
            |fault| matches!(*fault, Fault::Delay { message: hit, .. } if hit == message.name),
        );
        let by_network = || "network.delay".to_owned();
        let culprit = delayed.map_or_else(by_network, |fault| fault_path(Some(fault)));
        let why =
            format!("{} took {took} ms, more than {bound}", scenario.message_name(message.name));
        Some(Breach { rule, why, culprit, event: Some(id) })
    })
}
