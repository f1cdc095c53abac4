//! The search for an order of operations that explains their answers.
//!
//! Wing and Gong 1993, *Testing and Verifying Concurrent Objects*: operations that overlap are tried in every
//! order on a sequential specification. Two prunings of Lowe 2017, *Testing for linearizability*, make it
//! fast: a **configuration** (which operations have taken effect, and the state that they led to) that was
//! reached before is not explored again; and an operation takes effect **just in time**, when an answer
//! forces it.
//!
//! The second pruning makes the search incremental as well. The next answer depends on the past only through the
//! set of configurations that explain it so far, and of those only the operations that have no answer yet. So the cost
//! grows with the overlap of operations, not with the length of the run; and the search through the prefix is never
//! repeated.

use std::{
    collections::{BTreeSet, VecDeque},
    fmt::Debug,
    hash::Hash,
};

use crate::{
    abstractions::Value,
    kernel::{EventId, SortedMap},
};

/// Number of configurations to which one answer may lead before the search gives up: enough for 12 operations that all
/// overlap.
pub const LIMIT: usize = 20_000;

/// A sequential object: its states, and the effect of each operation. The default is the initial state.
pub trait Specification: Clone + Debug + Default + Ord + Hash + 'static {
    /// Operations of the object.
    type Operation: Clone + Debug + Eq + Hash + 'static;

    /// Applies an operation, and returns its answer.
    fn apply(&mut self, operation: &Self::Operation) -> Option<Value>;

    /// True if the operation never changes the state, so that it can be ignored without an answer.
    fn only_reads(operation: &Self::Operation) -> bool;
}

/// A single value; initially none.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Register(Option<Value>);

/// Operations of a [`Register`].
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

/// A FIFO queue, initially empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Queue(VecDeque<Value>);

/// Operations of a [`Queue`].
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

/// Registers by key, as one object. To judge every key by itself is equivalent, and faster.
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

/// Verdict on an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answered {
    /// Some order of the operations explains all answers so far.
    Possible,
    /// No order does.
    Impossible,
    /// Too many operations overlap to decide.
    GaveUp(Limit),
}

/// Limit at which a search gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// The search reached more configurations than this.
    Configurations(usize),
    /// More operations than this have no answer at one moment.
    Open(usize),
}

/// All explanations of the answers of one object so far.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Linearization<S: Specification> {
    /// Operations without an answer, by the events of their requests.
    pending: SortedMap<EventId, S::Operation>,
    configurations: BTreeSet<Configuration<S>>,
    /// Number of configurations explored so far: the cost of the search.
    explored: usize,
}

/// One explanation of the answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Configuration<S> {
    state: S,
    /// Operations that have taken effect without an answer yet, each with the answer that it must get.
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
    /// Begins an operation. From now on it may take effect.
    pub fn invoke(&mut self, request: EventId, operation: S::Operation) {
        self.pending.insert(request, operation);
    }

    /// Marks an operation that will have no answer. It may take effect at any time, or never.
    pub fn abandon(&mut self, request: EventId) {
        if self.pending.get(&request).is_some_and(S::only_reads) {
            self.pending.remove(&request);
            for mut configuration in std::mem::take(&mut self.configurations) {
                configuration.effective.remove(&request);
                self.configurations.insert(configuration);
            }
        }
    }

    /// Ends an operation with this answer. It must have taken effect: now at the latest, after any of the other open
    /// operations in any order.
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

    /// Number of configurations explored so far: the cost of the search.
    #[must_use]
    pub const fn explored(&self) -> usize {
        self.explored
    }
}
