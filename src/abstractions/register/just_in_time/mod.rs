//! Linearizability of one register, decided while its history grows.
//!
//! Lowe 2017, *Testing for linearizability*: a write takes effect **just in time**, when an answer forces it,
//! and configurations that were reached before are not explored again. For a register three more facts keep
//! the configurations few, where operations overlap in every order:
//!
//! - **A read takes effect as soon as the register holds its answer.** It changes nothing, so an earlier
//!   moment is never worse than a later one. For this the answer must be known: a read has no part in the
//!   search until it is answered. Then the search is repeated from the read's beginning on, so that it costs
//!   the length of that read.
//! - **A write may be hidden behind another one.** Whenever a write takes effect, every write that has begun
//!   may have taken effect immediately before, unseen. Such a write is *covered*: it may end, and it may
//!   take effect visibly later. So only values that some read has answered are ever made visible early.
//! - **Of two writes of one value the one that ends first is used first**, by exchange.
//!
//! A configuration replaces another one in which every operation is at most as free. In this order, a covered
//! write is freer than one that has not taken effect and than one that is used up.
//!
//! The search remembers nothing from before the oldest operation that has no answer, except the configurations
//! of that moment. It is compared with the search through all orders in `tests/it/properties/register.rs`.

mod configurations;

pub use configurations::MOST_CONFIGURATIONS;

use std::{
    hash::{Hash, Hasher},
    rc::Rc,
};

use self::configurations::{
    Access, Configuration, End, Operation, Slots, TooMany, begun, bit, ended,
};
use super::linearization::{Answered, Limit, RegisterOperation};
use crate::{
    abstractions::Value,
    kernel::{EventId, SortedMap, sort},
};

/// Number of configurations that every answer may cost without counting towards the limit.
pub const EACH: usize = 100;
/// Number of operations on one register that may be without an answer at the same time.
pub const MOST_OPEN: usize = 128;

/// The history of one register, as far as later answers depend on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RegisterHistory {
    /// By the event of its request: every operation of which a later answer may depend.
    operations: SortedMap<EventId, Operation>,
    /// The configurations before the first step.
    before: Rc<[Configuration]>,
    /// Beginnings and ends, from the beginning of the oldest operation that has no answer.
    steps: Vec<Step>,
    /// Number of configurations that count towards the limit.
    spent: usize,
    explored: Explored,
    gave_up: Option<Limit>,
}

/// Number of configurations reached so far. No verdict depends on it, so histories that differ in it alone have the
/// same fingerprint.
#[derive(Clone, Copy, Debug, Default)]
struct Explored(usize);

impl PartialEq for Explored {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}
impl Eq for Explored {}

impl Hash for Explored {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Step {
    operation: EventId,
    ends: bool,
    /// The configurations after it.
    after: Rc<[Configuration]>,
}

const TOO_MANY: Limit = Limit::Configurations(MOST_CONFIGURATIONS);

impl Default for RegisterHistory {
    fn default() -> Self {
        let initial = Configuration { value: None, used: 0, covered: 0, read: 0 };
        Self {
            operations: SortedMap::new(),
            before: [initial].into(),
            steps: Vec::new(),
            spent: 0,
            explored: Explored(0),
            gave_up: None,
        }
    }
}

impl RegisterHistory {
    /// Begins an operation. From now on it may take effect.
    pub fn invoke(&mut self, request: EventId, operation: RegisterOperation) {
        if self.gave_up.is_some() {
            return;
        }
        let taken = self.operations.values().filter(|it| !matches!(it.end, End::At(_)));
        let taken = taken.fold(0, |taken: Slots, it| taken | bit(it.slot));
        let slot = taken.trailing_ones();
        if slot as usize >= MOST_OPEN {
            return self.give_up(Limit::Open(MOST_OPEN));
        }
        let does = match operation {
            RegisterOperation::Read => Access::Read(None),
            RegisterOperation::Write(value) => Access::Write(value),
        };
        let operation = Operation { slot: slot as u8, does, end: End::Open, began_before: false };
        self.operations.insert(request, operation);
        let after = self.steps.last().map_or(&self.before, |step| &step.after).clone();
        self.steps.push(Step { operation: request, ends: false, after });
    }

    /// Marks an operation that will have no answer. It may take effect at any time, or never.
    pub fn abandon(&mut self, request: EventId) {
        let Some(operation) = self.operations.get_mut(&request) else { return };
        operation.end = End::Never;
        let write = bit(operation.slot);
        let begun = self.begun(request);
        match self.operations[&request].does {
            Access::Read(_) => {
                self.operations.remove(&request);
                self.steps.remove(begun);
                self.ends_earlier(1, begun);
            }
            Access::Write(_) => {
                // It has become the last one to be used.
                if self.rivals(request).any(|rival| rival > write) && self.redo(begun).is_err() {
                    return self.give_up(TOO_MANY);
                }
                self.change(|it| it.covered &= !write);
            }
        }
        self.forget();
    }

    /// Ends an operation with this answer, so it must have taken effect.
    pub fn answer(&mut self, request: EventId, answer: Option<&Value>) -> Answered {
        if let Some(limit) = self.gave_up {
            return Answered::GaveUp(limit);
        }
        let end = self.steps.len();
        let after = self.before.clone();
        self.steps.push(Step { operation: request, ends: true, after });
        let begun = self.begun(request);
        let Some(operation) = self.operations.get_mut(&request) else { return Answered::Possible };
        operation.end = End::At(end);
        let write = bit(operation.slot);
        let is_read = if let Access::Read(known) = &mut operation.does {
            *known = Some(answer.cloned());
            true
        } else {
            false
        };
        // A write that ends has become the first one of its value to be used.
        let matters_before = is_read || self.rivals(request).any(|rival| rival < write);
        let from = if matters_before { begun } else { end };
        if self.redo(from).is_err() {
            self.give_up(TOO_MANY);
            return Answered::GaveUp(TOO_MANY);
        }
        if self.steps[end].after.is_empty() {
            return Answered::Impossible;
        }
        self.spent = self.spent.saturating_sub(EACH);
        self.forget();
        Answered::Possible
    }

    /// Number of configurations that have been reached so far: the cost of the search.
    #[must_use]
    pub const fn explored(&self) -> usize {
        self.explored.0
    }

    fn give_up(&mut self, limit: Limit) {
        *self = Self { gave_up: Some(limit), explored: self.explored, ..Self::default() };
    }

    /// The place of the step at which an operation begins.
    fn begun(&self, request: EventId) -> usize {
        let begins = |step: &Step| step.operation == request && !step.ends;
        self.steps.iter().position(begins).unwrap_or(0)
    }

    /// The other open writes of the same value.
    fn rivals(&self, request: EventId) -> impl Iterator<Item = Slots> {
        let does = &self.operations[&request].does;
        let others = self.operations.iter().filter(move |(other, it)| {
            **other != request && it.end == End::Open && it.does == *does
        });
        others.map(|(_, it)| bit(it.slot))
    }

    /// Removes this number of steps, from this one on.
    fn ends_earlier(&mut self, steps: usize, from: usize) {
        for operation in self.operations.values_mut() {
            if let End::At(place) = &mut operation.end
                && *place >= from
            {
                *place = place.saturating_sub(steps);
            }
        }
    }

    /// Applies a change to all configurations.
    fn change(&mut self, change: impl Fn(&mut Configuration)) {
        let changed = |all: &Rc<[Configuration]>| {
            let mut all: Vec<_> = all.to_vec();
            all.iter_mut().for_each(&change);
            sort(&mut all);
            all.dedup();
            all.into()
        };
        self.before = changed(&self.before);
        for step in &mut self.steps {
            step.after = changed(&step.after);
        }
    }

    /// Repeats the search from a step on.
    fn redo(&mut self, first: usize) -> Result<(), TooMany> {
        let mut open: Vec<&Operation> =
            self.operations.values().filter(|it| it.began_before).collect();
        let mut now = self.before.clone();
        let mut changed = Vec::new();
        let mut spent = self.spent;
        for (place, step) in self.steps.iter().enumerate() {
            let operation = &self.operations[&step.operation];
            if place >= first {
                now = if step.ends {
                    ended(operation, &open, &now, &mut spent)?.into()
                } else {
                    begun(operation, now)
                };
                changed.push(now.clone());
            } else {
                now = step.after.clone();
            }
            if step.ends {
                open.retain(|it| it.slot != operation.slot);
            } else {
                open.push(operation);
            }
        }
        for (step, after) in self.steps[first..].iter_mut().zip(changed) {
            step.after = after;
        }
        self.explored.0 += spent - self.spent;
        self.spent = spent;
        Ok(())
    }

    /// Removes the steps on which no later answer depends.
    fn forget(&mut self) {
        let is_open = |step: &Step| {
            !step.ends && self.operations.get(&step.operation).is_some_and(|it| it.end == End::Open)
        };
        let kept_from = self.steps.iter().position(is_open).unwrap_or(self.steps.len());
        if kept_from > 0 {
            self.before = self.steps[kept_from - 1].after.clone();
            for step in self.steps.drain(..kept_from) {
                if step.ends {
                    self.operations.remove(&step.operation);
                } else if let Some(operation) = self.operations.get_mut(&step.operation) {
                    operation.began_before = true;
                }
            }
            self.ends_earlier(kept_from, 0);
        }
        // Abandoned writes that have been used in every configuration.
        let used = self.before.iter().fold(Slots::MAX, |used, it| used & it.used);
        let done =
            |it: &Operation| it.end == End::Never && it.began_before && used & bit(it.slot) != 0;
        let slots = self.operations.values().filter(|it| done(it));
        let slots = slots.fold(0, |slots: Slots, it| slots | bit(it.slot));
        if slots != 0 {
            self.operations.retain(|_, it| !done(it));
            self.change(|it| it.used &= !slots);
        }
    }
}
