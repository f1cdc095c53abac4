//! Shared parts of the monitors.
//!
//! A safety monitor returns the event that completes the first violation; a liveness monitor returns the open obligation.
//! This module does the rest: a violation of safety is final, and a liveness property is due at the end.

use std::hash::Hash;

use serde_json::{Map, Value as Json};

use super::{
    Value,
    naming::{Mention, Sentence, spoken},
};
use crate::kernel::{EventId, Monitor, Needs, NodeId, NodeSet, Observation, Verdict, sort};

/// A violation, and the events that prove it, in the order in which they happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Violation {
    pub(super) why: Sentence,
    pub(super) witness: Vec<EventId>,
}

impl Violation {
    pub(super) fn new(why: impl Into<Sentence>, witness: impl Into<Vec<EventId>>) -> Self {
        Self { why: why.into(), witness: witness.into() }
    }

    /// Returns the verdict, with a name for each message.
    pub(super) fn verdict(&self, name: impl Fn(&Mention) -> String) -> Verdict {
        let mut witness = self.witness.clone();
        sort(&mut witness);
        witness.dedup();
        Verdict::Violated { why: self.why.say(name), witness }
    }
}

/// A violation whose sentence mentions no message.
impl From<Violation> for Verdict {
    fn from(violation: Violation) -> Self {
        violation.verdict(|message| spoken(&message.payload))
    }
}

/// The monitor of a safety property.
pub(super) trait Watch: Clone + Hash + 'static {
    /// The parts of a run that it depends on, beside the events at each node.
    const NEEDS: Needs = Needs::ORDER;

    /// Observes the next event and returns its violation. It is not called after the first violation.
    fn watch(&mut self, seen: &Observation) -> Option<Violation>;

    /// Observes an event after the first violation: the names of messages depend on later events.
    fn go_on(&mut self, _seen: &Observation) {}

    /// Returns the name of a message in a sentence.
    fn name(&self, message: &Mention) -> String {
        spoken(&message.payload)
    }
}

/// The monitor of a safety property: the first violation is final.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Safety<W> {
    watch: W,
    violated: Option<Violation>,
}

/// Returns the monitor of a safety property.
pub(super) fn safety(watch: impl Watch) -> Box<dyn Monitor> {
    Box::new(Safety { watch, violated: None })
}

impl<W: Watch> Monitor for Safety<W> {
    fn observe(&mut self, seen: &Observation) {
        if self.violated.is_none() {
            self.violated = self.watch.watch(seen);
        } else {
            self.watch.go_on(seen);
        }
    }

    fn needs(&self) -> Needs {
        W::NEEDS
    }

    fn verdict(&self, _over: bool) -> Verdict {
        let violated = self.violated.as_ref();
        violated.map_or(Verdict::Holds, |it| it.verdict(|message| self.watch.name(message)))
    }
}

/// The monitor of a safety property of correct processes only: a violation is dropped when a process of it fails later.
pub(super) trait WatchCorrect: Clone + Hash + 'static {
    /// The parts of a run that it depends on, beside the events at each node.
    const NEEDS: Needs = Needs::SEQUENCE;

    /// Observes the next event.
    fn observe(&mut self, seen: &Observation);

    /// Returns the violation, with the processes that are correct so far.
    fn violated(&self) -> Option<Violation>;
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct SafetyOfCorrect<W>(W);

/// Returns the monitor of a safety property of correct processes.
pub(super) fn safety_of_correct(watch: impl WatchCorrect) -> Box<dyn Monitor> {
    Box::new(SafetyOfCorrect(watch))
}

impl<W: WatchCorrect> Monitor for SafetyOfCorrect<W> {
    fn observe(&mut self, seen: &Observation) {
        self.0.observe(seen);
    }

    fn needs(&self) -> Needs {
        W::NEEDS
    }

    fn verdict(&self, _over: bool) -> Verdict {
        self.0.violated().map_or(Verdict::Holds, Verdict::from)
    }
}

/// An obligation that is not met yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Owed {
    /// The event that it is owed for.
    pub(super) since: EventId,
    /// Sentence at the end of the run.
    pub(super) never: String,
    /// Sentence before the end of the run.
    pub(super) not_yet: String,
}

/// The monitor of a liveness property.
pub(super) trait Await: Clone + Hash + 'static {
    /// The parts of a run that it depends on, beside the events at each node.
    const NEEDS: Needs = Needs::SEQUENCE;

    /// Observes the next event.
    fn observe(&mut self, seen: &Observation);

    /// Returns the oldest obligation that is not met.
    fn owed(&self) -> Option<Owed>;
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Liveness<A>(A);

/// Returns the monitor of a liveness property.
pub(super) fn liveness(awaits: impl Await) -> Box<dyn Monitor> {
    Box::new(Liveness(awaits))
}

impl<A: Await> Monitor for Liveness<A> {
    fn observe(&mut self, seen: &Observation) {
        self.0.observe(seen);
    }

    fn needs(&self) -> Needs {
        A::NEEDS
    }

    fn verdict(&self, over: bool) -> Verdict {
        match self.0.owed() {
            None => Verdict::Holds,
            Some(owed) if over => Verdict::Violated { why: owed.never, witness: vec![owed.since] },
            Some(owed) => Verdict::Undecided(owed.not_yet),
        }
    }
}

/// `has` or `have`.
pub(super) const fn have(who: NodeSet) -> &'static str {
    if who.len() == 1 { "has" } else { "have" }
}

/// Returns an optional value as an answer in a sentence.
pub(super) fn answer(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), spoken)
}

/// Returns the fields of a request's value, if it is an object with exactly these.
pub(super) fn fields<'a>(with: Option<&'a Json>, names: &[&str]) -> Option<&'a Map<String, Json>> {
    let object = with?.as_object()?;
    let exact = object.len() == names.len() && names.iter().all(|name| object.contains_key(*name));
    exact.then_some(object)
}

/// Returns the node that a scenario names.
pub(super) fn named(name: &Json, nodes: &[String]) -> Option<NodeId> {
    let name = name.as_str()?;
    nodes.iter().position(|node| node == name).map(NodeId::new)
}
