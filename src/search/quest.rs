//! A whole search: one way after the other, from what is surest to what reaches farthest.
//!
//! First the runs with no fault or one, for what is easy to break. Then, property by property, every order of events
//! of the asynchronous system, or random ones where there are too many. Then the runs with more faults, one more at a
//! time, and in the end random sets of faults.

use super::{
    Aim, Budget, Crew,
    ground::Ground,
    orders::{Ordered, Orders},
    roam::Roam,
    shrink::{shrink, shrink_livelock},
    sweep::Sweep,
};
use crate::kernel::{Fault, Protocol, Scenario};

/// What is searched, for what, and how far.
#[derive(Clone)]
pub struct Task {
    /// The protocol.
    pub protocol: &'static Protocol,
    /// Where the search begins: its own faults stay.
    pub scenario: Scenario,
    /// What is looked for.
    pub aims: Vec<Aim>,
    /// What may go wrong.
    pub budget: Budget,
    /// What chance depends on.
    pub seed: u64,
    /// How many runs are tried at most, systematically and again at random; and [`STATES`] times as many states.
    pub limit: u64,
    /// Which part of the search it is.
    pub shard: Shard,
}

/// The default of [`Task::limit`].
pub const LIMIT: u64 = 60_000;

/// To so many states of a system it gets for one run of a scenario.
pub const STATES: u64 = 4;

/// Number of tries of the random search for each of its runs, at most.
const TRIES: u64 = 8;

/// Up to so many faults are tried before all orders are.
const EASY: u32 = 1;

/// A part of a search that is divided among machines. All parts together try what the whole search tries, and no two
/// of them count the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

impl Shard {
    /// The whole search.
    pub const WHOLE: Self = Self { number: 1, of: 1 };
    /// Into so many parts a search can be divided.
    pub const MOST: u32 = 10_000;

    /// Reads `3/16`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (number, of) = text.split_once('/')?;
        let (number, of) = (number.trim().parse().ok()?, of.trim().parse().ok()?);
        (1 <= number && number <= of && of <= Self::MOST).then_some(Self { number, of })
    }

    /// Whether something is in this part, by its fingerprint.
    pub(super) const fn owns(self, print: u64) -> bool {
        print % self.of as u64 == self.number as u64 - 1
    }

    /// Whether what cannot be divided is done here.
    pub(super) const fn is_first(self) -> bool {
        self.number == 1
    }
}

/// Something that was found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which of the aims, by its place.
    pub aim: usize,
    /// The smallest scenario that shows it.
    pub scenario: Scenario,
    /// As it was before it was made small: what was given, with the faults that it takes.
    pub before: Scenario,
    /// How it was found.
    pub by: Way,
}

/// A way to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// All runs with so many faults.
    Runs,
    /// All orders of events: by the fewest steps that show it, if no order was left out.
    Orders {
        /// How many steps from the start it is.
        steps: u32,
        /// Whether nothing that shows it is nearer.
        shortest: bool,
    },
    /// All orders of events: a circle of states on which what has to come never comes.
    Livelock {
        /// How many steps from the start it is.
        stem: u32,
        /// How many steps it takes to go round once.
        cycle: u32,
    },
    /// Orders by random priorities.
    Walks,
    /// Random sets of faults.
    Chance,
}

/// How far a search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What it does now.
    pub stage: Stage,
    /// How many runs, states and walks there were.
    pub explored: u64,
    /// How many wait for their turn.
    pub queue: u64,
    /// How many faults the runs have, or how many steps from the start the states are.
    pub depth: u32,
}

/// What a search does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Tries all runs.
    Runs,
    /// Goes through all orders of the events, for this aim.
    Orders(usize),
    /// Tries random orders, for this aim.
    Walks(usize),
    /// Tries random faults.
    Chance,
    /// Has done all there was to do.
    Over,
}

/// What a search covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// How many runs with faults at the moments that matter were tried, and how many of them differ.
    pub runs: u64,
    /// How many of them differ in what happens, or in which order.
    pub distinct: u64,
    /// Up to how many faults all such runs were tried; none before the first.
    pub complete: Option<u32>,
    /// Whether there are no others within the budget.
    pub exhausted: bool,
    /// How many runs with random faults there were.
    pub random: u64,
    /// By aim: what came of the orders of events.
    pub orders: Vec<Ordered>,
}

/// A search under way.
#[derive(Clone)]
pub struct Quest {
    ground: Ground,
    limit: u64,
    shard: Shard,
    sweep: Sweep,
    orders: Vec<Orders>,
    roam: Roam,
}

impl Quest {
    /// Before the first run. None if the protocol cannot read one of the scenario's requests.
    #[must_use]
    pub fn new(task: Task) -> Option<Self> {
        let Task { protocol, scenario, aims, budget, seed, limit, shard } = task;
        let ground = Ground::new(protocol, scenario, aims, budget)?;
        let orders =
            (0..ground.aims.len()).map(|aim| Orders::new(&ground, aim, limit, seed, shard));
        let orders = orders.collect();
        Some(Self { ground, limit, shard, sweep: Sweep::new(shard), orders, roam: Roam::new(seed) })
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stage() == Stage::Over
    }

    /// What it does next.
    fn stage(&self) -> Stage {
        if !self.ground.open.contains(&true) {
            return Stage::Over;
        }
        let sweeps = self.sweep.runs() < self.limit && !self.sweep.is_over();
        if sweeps && self.sweep.level() <= EASY {
            return Stage::Runs;
        }
        let unfinished = |(aim, orders): (usize, &Orders)| {
            (self.ground.open[aim] && !orders.is_over()).then_some((aim, orders.walks()))
        };
        match self.orders.iter().enumerate().find_map(unfinished) {
            Some((aim, false)) => Stage::Orders(aim),
            Some((aim, true)) => Stage::Walks(aim),
            None if sweeps => Stage::Runs,
            None if self.sweep.is_over() || self.has_roamed() => Stage::Over,
            None => Stage::Chance,
        }
    }

    /// True if the random search has done its part. About every second try has a run; where hardly one has, the number of
    /// tries is bounded too.
    const fn has_roamed(&self) -> bool {
        self.roam.runs() > self.limit || self.roam.tries() / TRIES > self.limit
    }

    /// Goes on a little, and returns what was found.
    pub fn advance(&mut self, crew: Crew) -> Vec<Finding> {
        match self.stage() {
            Stage::Runs => {
                let finds = self.sweep.advance(&self.ground, crew);
                self.settle_all(finds, Way::Runs)
            }
            Stage::Orders(aim) | Stage::Walks(aim) => {
                let found = self.orders[aim].advance(&self.ground);
                if self.orders[aim].settles(&self.ground.budget) {
                    self.ground.open[aim] = false;
                }
                let found = found.map(|(scenario, by)| self.settle(aim, scenario, by));
                found.into_iter().collect()
            }
            Stage::Chance => {
                let stride = (self.shard.number as u64 - 1, self.shard.of as u64);
                let finds = self.roam.advance(&self.ground, crew, stride);
                self.settle_all(finds, Way::Chance)
            }
            Stage::Over => Vec::new(),
        }
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let stage = self.stage();
        let states: u64 = self.orders.iter().map(Orders::explored).sum();
        let explored = self.sweep.runs() + self.roam.runs() + states;
        let (queue, depth) = match stage {
            Stage::Runs => (self.sweep.queue(), self.sweep.level()),
            Stage::Orders(aim) | Stage::Walks(aim) => self.orders[aim].frontier(),
            Stage::Chance => {
                (self.limit.saturating_sub(self.roam.runs()), self.ground.budget.all())
            }
            Stage::Over => (0, self.sweep.complete().unwrap_or_default()),
        };
        Progress { stage, explored, queue, depth }
    }

    /// What was covered so far.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        Coverage {
            runs: self.sweep.runs(),
            distinct: self.sweep.distinct(),
            complete: self.sweep.complete(),
            exhausted: self.sweep.is_over(),
            random: self.roam.runs(),
            orders: self.orders.iter().map(Orders::covered).collect(),
        }
    }

    fn settle_all(&mut self, finds: Vec<(usize, Vec<Fault>)>, by: Way) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (aim, added) in finds {
            if self.ground.open[aim] {
                let scenario = self.ground.with(&added);
                findings.push(self.settle(aim, scenario, by));
            }
        }
        findings
    }

    /// Makes what was found small; its aim is no longer looked for.
    fn settle(&mut self, aim: usize, scenario: Scenario, by: Way) -> Finding {
        self.ground.open[aim] = false;
        let Ground { protocol, aims, given, .. } = &self.ground;
        let smaller = if matches!(by, Way::Livelock { .. }) { shrink_livelock } else { shrink };
        let shrunk = smaller(protocol, &aims[aim], &scenario, given.until);
        let small = shrunk.map_or_else(|| scenario.clone(), |shrunk| shrunk.scenario);
        Finding { aim, scenario: small, before: scenario, by }
    }
}
