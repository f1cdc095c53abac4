//! Configurations of the search: the explanations of the answers so far.

use std::{hash::Hash, rc::Rc};

use crate::{abstractions::Value, kernel::sort};

/// Number of configurations that the search through the history of one register may reach, beside
/// [`EACH`](super::EACH) for every answer. This suffices for some twenty operations that all overlap, and for any number of
/// operations of few clients.
pub const MOST_CONFIGURATIONS: usize = 200_000;

/// Number of values, answered by reads that overlap, of which all subsets are tried.
const MOST_WANTED: usize = 20;
/// Number of configurations up to which each is compared with each.
const MOST_COMPARED: usize = 1024;

/// A set of operations that are open at one moment, by their slots.
pub(super) type Slots = u128;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Operation {
    /// Its bit in a configuration. No other operation has it as long as this one is open.
    pub(super) slot: u8,
    pub(super) does: Access,
    pub(super) end: End,
    /// True if its beginning is no longer among the steps.
    pub(super) began_before: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Access {
    Write(Value),
    /// A read, with its answer once that is known.
    Read(Option<Option<Value>>),
}

/// The moment at which an operation ends, the earliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum End {
    /// At this step.
    At(usize),
    /// Later than all steps so far.
    Open,
    /// Never: its client crashed.
    Never,
}

/// One explanation of the answers so far.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Configuration {
    pub(super) value: Option<Value>,
    /// The open writes that have taken effect visibly.
    pub(super) used: Slots,
    /// The open writes that may have taken effect unseen, and may still take effect visibly.
    pub(super) covered: Slots,
    /// The open reads that have taken effect.
    pub(super) read: Slots,
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
    /// Its reads with known answers.
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

pub(super) const fn bit(slot: u8) -> Slots {
    1 << slot
}

/// The search would reach too many configurations.
pub(super) struct TooMany;

/// The configurations after the beginning of an operation.
pub(super) fn begun(operation: &Operation, before: Rc<[Configuration]>) -> Rc<[Configuration]> {
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
pub(super) fn ended(
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
