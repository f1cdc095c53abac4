//! What the monitors share.
//!
//! A safety monitor says which event completes the first violation; a liveness monitor says what is still
//! owed. The rest, that nothing mends the one and that the other is only due in the end, is said here once.

use std::hash::Hash;

use serde_json::{Map, Value as Json};

use super::{
    Value,
    naming::{Mention, Sentence, spoken},
};
use crate::kernel::{EventId, Monitor, Needs, NodeId, NodeSet, Observation, Verdict, sort};

/// What went wrong, and the events that prove it, in the order in which they happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Violation {
    pub(super) why: Sentence,
    pub(super) witness: Vec<EventId>,
}

impl Violation {
    pub(super) fn new(why: impl Into<Sentence>, witness: impl Into<Vec<EventId>>) -> Self {
        Self { why: why.into(), witness: witness.into() }
    }

    /// The verdict, with a name for each message.
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

/// Watches over a safety property.
pub(super) trait Watch: Clone + Hash + 'static {
    /// What it goes by, beside what happens at each node.
    const NEEDS: Needs = Needs::ORDER;

    /// Sees the next event, and says what it violates. It is asked no more after the first violation.
    fn watch(&mut self, seen: &Observation) -> Option<Violation>;

    /// Sees an event after the first violation: the names of messages depend on later ones.
    fn go_on(&mut self, _seen: &Observation) {}

    /// The name of a message in a sentence.
    fn name(&self, message: &Mention) -> String {
        spoken(&message.payload)
    }
}

/// The monitor of a safety property: the first violation stands, whatever comes later.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Safety<W> {
    watch: W,
    violated: Option<Violation>,
}

/// Watches over a safety property.
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

/// A safety property that speaks of correct processes only: a violation is dropped when one that it binds
/// fails later.
pub(super) trait WatchCorrect: Clone + Hash + 'static {
    /// What it goes by, beside what happens at each node.
    const NEEDS: Needs = Needs::SEQUENCE;

    /// Sees the next event.
    fn observe(&mut self, seen: &Observation);

    /// What is violated, going by who is correct so far.
    fn violated(&self) -> Option<Violation>;
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct SafetyOfCorrect<W>(W);

/// Watches over a safety property of correct processes.
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

/// Something good that has not happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Owed {
    /// The event that it is owed for.
    pub(super) since: EventId,
    /// What is said of it in the end.
    pub(super) never: String,
    /// What is said of it till then.
    pub(super) not_yet: String,
}

/// Watches over a liveness property.
pub(super) trait Await: Clone + Hash + 'static {
    /// What it goes by, beside what happens at each node.
    const NEEDS: Needs = Needs::SEQUENCE;

    /// Sees the next event.
    fn observe(&mut self, seen: &Observation);

    /// What is owed, by what has happened so far: where there are several, what was owed first.
    fn owed(&self) -> Option<Owed>;
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Liveness<A>(A);

/// Watches over a liveness property.
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

/// An optional value, as an answer is spoken of.
pub(super) fn answer(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), spoken)
}

/// The fields of a request's value, if it is an object with exactly these.
pub(super) fn fields<'a>(with: Option<&'a Json>, names: &[&str]) -> Option<&'a Map<String, Json>> {
    let object = with?.as_object()?;
    let exact = object.len() == names.len() && names.iter().all(|name| object.contains_key(*name));
    exact.then_some(object)
}

/// The node that a scenario names.
pub(super) fn named(name: &Json, nodes: &[String]) -> Option<NodeId> {
    let name = name.as_str()?;
    nodes.iter().position(|node| node == name).map(NodeId::new)
}
