//! Comparison of a search with and without reduction: both must find the same, for monitors that remember all
//! that they may depend on.

use std::hash::{Hash, Hasher};

use worldlines::{
    kernel::{
        Fingerprinter, Kind, Monitor, Needs, Observation, Property, Protocol, Scenario, Seen,
        Verdict,
    },
    search::{Budget, Exhaustive, Objective, Target},
};

pub(crate) const BUDGETS: [&str; 7] =
    ["", "crash=1", "drop=1", "duplicate=1", "crash=1,drop=1", "crash=1,recover=1", "crash=2"];

/// Limit of a search before it is abandoned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) states: u64,
    pub(crate) turns: u64,
}

/// Result of an exhaustive search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) states: u64,
    /// By aim: true if it was reached.
    pub(crate) found: Vec<bool>,
}

/// A system, and the aims of the search in it.
pub(crate) struct Case<'a> {
    pub(crate) protocol: &'static Protocol,
    pub(crate) scenario: &'a Scenario,
    pub(crate) objectives: &'a [Objective],
    pub(crate) budget: &'a str,
}

impl Case<'_> {
    /// Explores all states; none if there are too many, or if the search is not possible.
    pub(crate) fn explore(&self, limits: Limits, reduced: bool) -> Option<Outcome> {
        let budget = Budget::read(self.budget).expect("it is a budget");
        let scenario = self.scenario.clone();
        let mut explore =
            Exhaustive::new(self.protocol, scenario, self.objectives, &budget, reduced).ok()?;
        let open = vec![true; self.objectives.len()];
        let mut found = vec![false; self.objectives.len()];
        while !explore.is_over() {
            if explore.states() > limits.states || explore.transitions() > limits.turns {
                return None;
            }
            for reached in explore.advance(20, &open) {
                found[reached.objective] = true;
            }
        }
        explore.is_complete().then(|| Outcome { states: explore.states(), found })
    }

    /// First error of the reduction, if there is one.
    pub(crate) fn compare(&self, limits: Limits, tally: &mut Tally) -> Result<(), String> {
        let Some(full) = self.explore(limits, false) else {
            tally.skipped += 1;
            return Ok(());
        };
        // On a cycle of states many turns are taken at once, and discarded at the end.
        let Some(less) = self.explore(Limits { turns: limits.turns * 20, ..limits }, true) else {
            return Err(format!("{} is not gone through with less", self.spelt()));
        };
        tally.systems += 1;
        tally.full += full.states;
        tally.less += less.states;
        tally.found += full.found.iter().filter(|found| **found).count() as u64;
        tally.objectives += full.found.len() as u64;
        if full.found != less.found || less.states > full.states {
            return Err(format!("{}: {full:?} {less:?}", self.spelt()));
        }
        Ok(())
    }

    pub(crate) fn spelt(&self) -> String {
        let objectives: Vec<String> =
            self.objectives.iter().map(|objective| objective.target.to_string()).collect();
        format!(
            "BAD {} [{}] {} of {}",
            self.protocol.id,
            self.budget,
            objectives.join(", "),
            worldlines::formats::scenario::write(self.scenario)
        )
    }
}

/// Numbers of comparisons.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) systems: u64,
    pub(crate) skipped: u64,
    pub(crate) full: u64,
    pub(crate) less: u64,
    pub(crate) objectives: u64,
    pub(crate) found: u64,
}

/// Number of diaries of each kind.
const BUCKETS: usize = 8;

/// Remembers all observations on which it depends, and is violated at the end if their hash equals its
/// number: with enough of them, one that is left out is missed.
#[derive(Clone, Debug, Hash)]
struct Diary<const LEVEL: u8, const BUCKET: u64> {
    /// By node; the last is of all of them.
    seen: Vec<u64>,
    /// True if it reached its number, where once is enough.
    hit: bool,
}

pub(crate) const SET: u8 = 0;
pub(crate) const SEQUENCE: u8 = 1;
pub(crate) const ORDER: u8 = 2;
/// Ignores requests.
pub(crate) const UNASKED: u8 = 4;
/// Violated for good as soon as it reaches its number.
pub(crate) const EVER: u8 = 8;
pub(crate) const TOLD: u8 = ORDER | UNASKED;

fn print_of(seen: &Observation) -> u64 {
    match seen.what {
        Seen::Request(packet) => mixed((seen.node, packet.to_string())),
        Seen::Indication(packet) => mixed((seen.node, 1, packet.to_string())),
        other => mixed((seen.node, format!("{other:?}"))),
    }
}

fn mixed(numbers: impl Hash) -> u64 {
    let mut taken = Fingerprinter::new();
    numbers.hash(&mut taken);
    taken.finish()
}

impl<const LEVEL: u8, const BUCKET: u64> Diary<LEVEL, BUCKET> {
    const EVER: bool = LEVEL & EVER > 0;

    /// One sight is enough for two of a kind, so the set of all sights only grows.
    fn add(&mut self, news: u64) {
        if let Err(place) = self.seen.binary_search(&news) {
            self.seen.insert(place, news);
        }
        let pair = |one: &u64| Self::is_it(mixed((news.min(*one), news.max(*one))));
        self.hit |= self.seen.iter().any(pair);
    }

    fn is_it(number: u64) -> bool {
        number % BUCKETS as u64 == BUCKET
    }
}

impl<const LEVEL: u8, const BUCKET: u64> Monitor for Diary<LEVEL, BUCKET> {
    fn observe(&mut self, seen: &Observation) {
        if self.hit || LEVEL & UNASKED > 0 && matches!(seen.what, Seen::Request(_)) {
            return;
        }
        let news = print_of(seen);
        let place = if LEVEL & ORDER > 0 { 0 } else { seen.node.index() + 1 };
        match (LEVEL & (SEQUENCE | ORDER), Self::EVER) {
            (SET, true) => self.add(news),
            (SET, false) => self.seen[place] = self.seen[place].wrapping_add(news),
            _ => {
                self.seen[place] = mixed((self.seen[place], news));
                self.hit = Self::EVER && Self::is_it(self.seen[place]);
            }
        }
        if self.hit {
            self.seen.clear();
        }
    }

    fn needs(&self) -> Needs {
        let needs = match LEVEL & (SEQUENCE | ORDER) {
            SET => Needs::NOTHING,
            SEQUENCE => Needs::SEQUENCE,
            _ => Needs::ORDER,
        };
        Needs { requests: LEVEL & UNASKED == 0, ..needs }
    }

    fn verdict(&self, over: bool) -> Verdict {
        if self.hit || over && !Self::EVER && Self::is_it(mixed(&self.seen)) {
            return Verdict::Violated { why: "so it came".to_owned(), witness: Vec::new() };
        }
        Verdict::Holds
    }
}

pub(crate) struct Diaries<const LEVEL: u8>;

impl<const LEVEL: u8> Diaries<LEVEL> {
    const ALL: [Property; BUCKETS] = [
        Self::of::<0>(),
        Self::of::<1>(),
        Self::of::<2>(),
        Self::of::<3>(),
        Self::of::<4>(),
        Self::of::<5>(),
        Self::of::<6>(),
        Self::of::<7>(),
    ];

    const fn of<const BUCKET: u64>() -> Property {
        Property {
            name: "diary",
            kind: Kind::Liveness,
            statement: "It does not come like this.",
            monitor: |setting| {
                let pages = if LEVEL == SET | EVER { 0 } else { setting.nodes + 1 };
                Box::new(Diary::<LEVEL, BUCKET> { seen: vec![0; pages], hit: false })
            },
        }
    }

    pub(crate) fn objectives() -> Vec<Objective> {
        let all: &'static [Property; BUCKETS] = &Self::ALL;
        all.iter().map(|property| Objective::at(Target::Violation(property))).collect()
    }
}

pub(crate) fn report(bad: &[String]) {
    for it in bad {
        println!("{it}\n");
    }
    assert!(bad.is_empty(), "{} are told apart by the reduction", bad.len());
}

/// First error of the reduction if the search looks for one of these groups of aims.
pub(crate) fn compare_all(
    protocol: &'static Protocol,
    scenario: &Scenario,
    budget: &str,
    groups: &[Vec<Objective>],
    limits: Limits,
    tally: &mut Tally,
) -> Vec<String> {
    let case = |objectives| Case { protocol, scenario, objectives, budget };
    // Neither an observer nor a possible fault makes it smaller.
    let smaller = [Case { budget: "", ..case(&[]) }, case(&[])];
    if smaller.iter().any(|it| it.explore(limits, false).is_none()) {
        tally.skipped += groups.len() as u64;
        return Vec::new();
    }
    groups.iter().filter_map(|objectives| case(objectives).compare(limits, tally).err()).collect()
}
