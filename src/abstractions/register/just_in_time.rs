//! Linearizability of one register, decided while its history goes on.
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

use std::{
    hash::{Hash, Hasher},
    rc::Rc,
};

use super::linearization::{Answered, Limit, RegisterOperation};
use crate::{
    abstractions::Value,
    kernel::{EventId, SortedMap, sort},
};

/// Number of configurations that the search through the history of one register may reach, beside
/// [`EACH`] for every answer. This suffices for some twenty operations that all overlap, and for any number of
/// operations of few clients.
pub const MOST_CONFIGURATIONS: usize = 200_000;
/// Number of configurations that every answer may cost without counting towards the limit.
pub const EACH: usize = 100;
/// Number of operations on one register that may be without an answer at the same time.
pub const MOST_OPEN: usize = 128;
/// Number of values, answered by reads that overlap, of which all subsets are tried.
const MOST_WANTED: usize = 20;
/// Number of configurations up to which each is compared with each.
const MOST_COMPARED: usize = 1024;

/// A set of operations that are open at one moment, by their slots.
type Slots = u128;

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
struct Operation {
    /// Its bit in a configuration. No other operation has it as long as this one is open.
    slot: u8,
    does: Access,
    end: End,
    /// True if its beginning is no longer among the steps.
    began_before: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Access {
    Write(Value),
    /// A read, with its answer once that is known.
    Read(Option<Option<Value>>),
}

/// The moment at which an operation ends, the earliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum End {
    /// At this step.
    At(usize),
    /// Later than all steps so far.
    Open,
    /// Never: its client crashed.
    Never,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Step {
    operation: EventId,
    ends: bool,
    /// The configurations after it.
    after: Rc<[Configuration]>,
}

/// One explanation of the answers so far.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Configuration {
    value: Option<Value>,
    /// The open writes that have taken effect visibly.
    used: Slots,
    /// The open writes that may have taken effect unseen, and may still take effect visibly.
    covered: Slots,
    /// The open reads that have taken effect.
    read: Slots,
}

impl Configuration {
    /// True if every continuation of the other configuration, of the same value, is one of this configuration as well.
    /// `closing` are the open writes that will end.
    const fn is_as_free(&self, other: &Self, closing: Slots) -> bool {
        let fresh = closing & !self.used & !self.covered;
        let their_fresh = closing & !other.used & !other.covered;
        self.used & !other.used == 0 && fresh & !their_fresh == 0 && other.read & !self.read == 0
    }
}

/// The open operations on one value.
#[derive(Default)]
struct About {
    /// The slots of its writes, the one that ends first in front.
    writes: Vec<u8>,
    /// Its reads, whose answers are known.
    reads: Slots,
}

impl About {
    fn of(value: &Value, open: &[&Operation]) -> Self {
        let (mut writes, mut reads) = (Vec::new(), 0);
        for it in open {
            match &it.does {
                Access::Write(written) if written == value => writes.push((it.end, it.slot)),
                Access::Read(Some(Some(answer))) if answer == value => reads |= bit(it.slot),
                _ => {}
            }
        }
        sort(&mut writes);
        Self { writes: writes.into_iter().map(|(_, slot)| slot).collect(), reads }
    }

    /// The write to make visible now.
    fn write(&self, used: Slots) -> Option<Slots> {
        self.writes.iter().map(|slot| bit(*slot)).find(|write| used & write == 0)
    }
}

const fn bit(slot: u8) -> Slots {
    1 << slot
}

/// The search would reach too many configurations.
struct TooMany;

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

/// The configurations after the beginning of an operation.
fn begun(operation: &Operation, before: Rc<[Configuration]>) -> Rc<[Configuration]> {
    let Access::Read(Some(answer)) = &operation.does else { return before };
    let mut after: Vec<_> = before.to_vec();
    for configuration in &mut after {
        if configuration.value == *answer {
            configuration.read |= bit(operation.slot);
        }
    }
    after.into()
}

/// The configurations after the end of an operation, from those before it and from the operations that are open.
fn ended(
    operation: &Operation,
    open: &[&Operation],
    before: &[Configuration],
    spent: &mut usize,
) -> Result<Vec<Configuration>, TooMany> {
    let ending = Ending::new(operation, open);
    let mut after = Vec::new();
    for configuration in before {
        ending.follow(configuration, &mut after, spent)?;
    }
    freest(&mut after, ending.closing);
    Ok(after)
}

/// The end of an operation, and what may have happened just before it.
struct Ending<'a> {
    operation: &'a Operation,
    /// The value that the register holds if a write takes effect now.
    value: Option<&'a Value>,
    of_value: About,
    /// The values that other open reads have answered.
    wanted: Vec<About>,
    /// The other open writes that will end.
    closing: Slots,
}

impl<'a> Ending<'a> {
    fn new(operation: &'a Operation, open: &[&'a Operation]) -> Self {
        let value = match &operation.does {
            Access::Write(value) | Access::Read(Some(Some(value))) => Some(value),
            Access::Read(_) => None,
        };
        let answers = open.iter().filter_map(|it| match &it.does {
            Access::Read(Some(answer)) => answer.as_ref(),
            _ => None,
        });
        let mut wanted: Vec<&Value> = answers.filter(|answer| Some(*answer) != value).collect();
        sort(&mut wanted);
        wanted.dedup();
        let closing = open.iter().filter(|it| {
            it.end != End::Never && it.slot != operation.slot && matches!(it.does, Access::Write(_))
        });
        Self {
            operation,
            value,
            of_value: value.map(|value| About::of(value, open)).unwrap_or_default(),
            wanted: wanted.into_iter().map(|value| About::of(value, open)).collect(),
            closing: closing.fold(0, |closing: Slots, it| closing | bit(it.slot)),
        }
    }

    /// Adds the configurations that one may lead to.
    fn follow(
        &self,
        before: &Configuration,
        after: &mut Vec<Configuration>,
        spent: &mut usize,
    ) -> Result<(), TooMany> {
        let mine = bit(self.operation.slot);
        let (done, write) = match self.operation.does {
            Access::Read(_) if before.read & mine != 0 => (true, None),
            Access::Read(_) => (false, self.of_value.write(before.used)),
            Access::Write(_) if before.used & mine != 0 => (true, None),
            Access::Write(_) => (before.covered & mine != 0, Some(mine)),
        };
        if done {
            *spent += 1;
            after.push(Configuration {
                value: before.value.clone(),
                used: before.used & !mine,
                covered: before.covered & !mine,
                read: before.read & !mine,
            });
        }
        let Some(write) = write else { return Ok(()) };
        // The register may just have held values that open reads still need.
        let early = self.wanted.iter().filter(|it| it.reads & !before.read != 0);
        let early = early.filter_map(|it| Some((it.write(before.used)?, it.reads)));
        let early: Vec<(Slots, Slots)> = early.collect();
        *spent += 1 << early.len().min(MOST_WANTED + 1);
        if early.len() > MOST_WANTED || *spent > MOST_CONFIGURATIONS {
            return Err(TooMany);
        }
        for subset in 0..1_usize << early.len() {
            let chosen = early.iter().enumerate().filter(|(place, _)| subset >> place & 1 == 1);
            let start = (before.used | write, before.read | self.of_value.reads);
            let (used, read) = chosen
                .fold(start, |(used, read), (_, (write, reads))| (used | write, read | reads));
            after.push(Configuration {
                value: self.value.cloned(),
                used: used & !mine,
                covered: self.closing & !used,
                read: read & !mine,
            });
        }
        Ok(())
    }
}

/// Removes the configurations that others replace.
fn freest(all: &mut Vec<Configuration>, closing: Slots) {
    sort(all);
    all.dedup();
    if all.len() > MOST_COMPARED {
        return;
    }
    let mut kept: Vec<Configuration> = Vec::new();
    let mut first = 0;
    for configuration in all.drain(..) {
        if kept.get(first).is_some_and(|it| it.value != configuration.value) {
            first = kept.len();
        }
        if kept[first..].iter().any(|it| it.is_as_free(&configuration, closing)) {
            continue;
        }
        let mut place = 0;
        kept.retain(|it| {
            place += 1;
            place <= first || !configuration.is_as_free(it, closing)
        });
        kept.push(configuration);
    }
    *all = kept;
}
