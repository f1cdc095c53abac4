//! The search for an order of operations that explains their answers.
//!
//! Wing and Gong 1993, *Testing and Verifying Concurrent Objects*: operations that overlap are tried in every
//! order on a sequential specification. Two prunings of Lowe 2017, *Testing for linearizability*, make it
//! fast: a **configuration** (which operations have taken effect, and the state that they led to) that was
//! reached before is not explored again; and an operation takes effect **just in time**, when an answer
//! forces it.
//!
//! The second makes the search incremental as well. All that the next answer needs to know of the past is
//! the set of configurations that explain it so far, and of those only the operations that have no answer
//! yet. So a run costs as much as its operations overlap, however long it is; and the search through the
//! prefix is never done again.

use std::{
    collections::{BTreeSet, VecDeque},
    fmt::Debug,
    hash::Hash,
};

use crate::{
    abstractions::Value,
    kernel::{EventId, SortedMap},
};

/// How many configurations one answer may lead to before the search gives up: enough for 12 operations that
/// overlap in every order.
pub const LIMIT: usize = 20_000;

/// A sequential object: its states, and what an operation does to one. The default is the first state.
pub trait Specification: Clone + Debug + Default + Ord + Hash + 'static {
    /// What can be done with it.
    type Operation: Clone + Debug + Eq + Hash + 'static;

    /// Does it, and answers.
    fn apply(&mut self, operation: &Self::Operation) -> Option<Value>;

    /// Whether it never changes the state, so that without an answer it does not matter.
    fn only_reads(operation: &Self::Operation) -> bool;
}

/// One value, none at first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Register(Option<Value>);

/// What can be done with a [`Register`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RegisterOperation {
    /// Answers the value.
    Read,
    /// Replaces the value. Answers nothing.
    Write(Value),
}

impl Specification for Register {
    type Operation = RegisterOperation;

    fn apply(&mut self, operation: &RegisterOperation) -> Option<Value> {
        match operation {
            RegisterOperation::Read => self.0.clone(),
            RegisterOperation::Write(value) => {
                self.0 = Some(value.clone());
                None
            }
        }
    }

    fn only_reads(operation: &RegisterOperation) -> bool {
        *operation == RegisterOperation::Read
    }
}

/// A FIFO queue, empty at first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Queue(VecDeque<Value>);

/// What can be done with a [`Queue`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum QueueOperation {
    /// Puts a value at the end. Answers nothing.
    Enqueue(Value),
    /// Takes the first value out and answers it; nothing if the queue is empty.
    Dequeue,
}

impl Specification for Queue {
    type Operation = QueueOperation;

    fn apply(&mut self, operation: &QueueOperation) -> Option<Value> {
        match operation {
            QueueOperation::Enqueue(value) => {
                self.0.push_back(value.clone());
                None
            }
            QueueOperation::Dequeue => self.0.pop_front(),
        }
    }

    fn only_reads(_operation: &QueueOperation) -> bool {
        false
    }
}

/// Registers by key, as one object. Judging every key by itself is the same, and faster.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyValueMap(SortedMap<Value, Register>);

impl Specification for KeyValueMap {
    type Operation = (Value, RegisterOperation);

    fn apply(&mut self, (key, operation): &(Value, RegisterOperation)) -> Option<Value> {
        match operation {
            RegisterOperation::Read => self.0.get(key).and_then(|register| register.0.clone()),
            RegisterOperation::Write(_) => self.0.entry(key.clone()).or_default().apply(operation),
        }
    }

    fn only_reads((_, operation): &(Value, RegisterOperation)) -> bool {
        Register::only_reads(operation)
    }
}

/// What is said of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answered {
    /// Some order of the operations explains all answers so far.
    Possible,
    /// None does.
    Impossible,
    /// Too many operations overlap to say.
    GaveUp(Limit),
}

/// The limit that a search gave up at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// The search reached more configurations than this.
    Configurations(usize),
    /// More operations than this have no answer at one moment.
    Open(usize),
}

/// All that explains the answers of one object so far.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Linearization<S: Specification> {
    /// What has no answer yet, by the event of its request.
    pending: SortedMap<EventId, S::Operation>,
    configurations: BTreeSet<Configuration<S>>,
    /// How many configurations were explored so far: what the search has cost.
    explored: usize,
}

/// One way in which it may have come about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Configuration<S> {
    state: S,
    /// What has taken effect and has no answer yet, with the answer that it must get.
    effective: SortedMap<EventId, Option<Value>>,
}

impl<S: Specification> Default for Linearization<S> {
    fn default() -> Self {
        let initial = Configuration { state: S::default(), effective: SortedMap::new() };
        let mut configurations = BTreeSet::new();
        configurations.insert(initial);
        Self { pending: SortedMap::new(), configurations, explored: 0 }
    }
}

impl<S: Specification> Linearization<S> {
    /// An operation begins. From now on it may take effect.
    pub fn invoke(&mut self, request: EventId, operation: S::Operation) {
        self.pending.insert(request, operation);
    }

    /// An operation that will have no answer. It may take effect at any time, or never.
    pub fn abandon(&mut self, request: EventId) {
        if self.pending.get(&request).is_some_and(S::only_reads) {
            self.pending.remove(&request);
            for mut configuration in std::mem::take(&mut self.configurations) {
                configuration.effective.remove(&request);
                self.configurations.insert(configuration);
            }
        }
    }

    /// An operation ends with this answer, so it must have taken effect: at last now, after whichever of
    /// the others, in whichever order.
    pub fn answer(&mut self, request: EventId, answer: Option<&Value>) -> Answered {
        let mut explained = BTreeSet::new();
        let mut reached = BTreeSet::new();
        let mut open: Vec<_> = std::mem::take(&mut self.configurations).into_iter().collect();
        while let Some(mut configuration) = open.pop() {
            if let Some(answer_here) = configuration.effective.get(&request) {
                if answer_here.as_ref() == answer {
                    configuration.effective.remove(&request);
                    explained.insert(configuration);
                }
                continue;
            }
            for (other, operation) in &self.pending {
                if configuration.effective.contains_key(other) {
                    continue;
                }
                let mut next = configuration.clone();
                let answer_there = next.state.apply(operation);
                next.effective.insert(*other, answer_there);
                if reached.insert(next.clone()) {
                    open.push(next);
                }
            }
            if reached.len() > LIMIT {
                return Answered::GaveUp(Limit::Configurations(LIMIT));
            }
        }
        self.explored += reached.len();
        self.pending.remove(&request);
        self.configurations = explained;
        if self.configurations.is_empty() { Answered::Impossible } else { Answered::Possible }
    }

    /// How many configurations have been explored so far: what the search has cost.
    #[must_use]
    pub const fn explored(&self) -> usize {
        self.explored
    }
}
