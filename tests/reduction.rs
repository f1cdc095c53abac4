//! What the partial-order reduction leaves out comes to the same: with it and without it, a search through all states
//! finds the same.

mod common;

use std::{
    hash::{Hash, Hasher},
    ops::Range,
};

use common::{chance::Chance, random_scenario::ask_all};
use serde_json::json;
use worldlines::{
    formats::bundled,
    kernel::{
        Delay, Detector, Fingerprinter, Kind, Monitor, Needs, Observation, Order, Property,
        Protocol, Scenario, Seen, Topology, Verdict,
    },
    protocols,
    search::{Aim, Budget, Explore, Target},
};

const BUDGETS: [&str; 7] =
    ["", "crash=1", "drop=1", "duplicate=1", "crash=1,drop=1", "crash=1,recover=1", "crash=2"];

/// How far a search goes before it is given up.
#[derive(Clone, Copy, Debug)]
struct Limits {
    states: u64,
    turns: u64,
}

/// What came of a search that went through everything.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Outcome {
    states: u64,
    /// By aim: whether it was reached.
    found: Vec<bool>,
}

/// A system, and what is looked for in it.
struct Case<'a> {
    protocol: &'static Protocol,
    scenario: &'a Scenario,
    aims: &'a [Aim],
    budget: &'a str,
}

impl Case<'_> {
    /// Goes through all states; none if there are too many, or if it cannot be searched this way.
    fn explore(&self, limits: Limits, reduced: bool) -> Option<Outcome> {
        let budget = Budget::read(self.budget).expect("it is a budget");
        let scenario = self.scenario.clone();
        let mut explore =
            Explore::new(self.protocol, scenario, self.aims, &budget, reduced).ok()?;
        let open = vec![true; self.aims.len()];
        let mut found = vec![false; self.aims.len()];
        while !explore.is_over() {
            if explore.states() > limits.states || explore.turns() > limits.turns {
                return None;
            }
            for sighting in explore.advance(20, &open) {
                found[sighting.aim] = true;
            }
        }
        explore.is_complete().then(|| Outcome { states: explore.states(), found })
    }

    /// What is wrong with the reduction, if anything is.
    fn compare(&self, limits: Limits, tally: &mut Tally) -> Result<(), String> {
        let Some(full) = self.explore(limits, false) else {
            tally.skipped += 1;
            return Ok(());
        };
        // On a circle of states many turns are taken at once, and thrown away in the end.
        let Some(less) = self.explore(Limits { turns: limits.turns * 20, ..limits }, true) else {
            return Err(format!("{} is not gone through with less", self.spelt()));
        };
        tally.systems += 1;
        tally.full += full.states;
        tally.less += less.states;
        tally.found += full.found.iter().filter(|found| **found).count() as u64;
        tally.aims += full.found.len() as u64;
        if full.found != less.found || less.states > full.states {
            return Err(format!("{}: {full:?} {less:?}", self.spelt()));
        }
        Ok(())
    }

    fn spelt(&self) -> String {
        let aims: Vec<String> = self.aims.iter().map(|aim| aim.target.to_string()).collect();
        format!(
            "BAD {} [{}] {} of {}",
            self.protocol.id,
            self.budget,
            aims.join(", "),
            worldlines::formats::scenario::write(self.scenario)
        )
    }
}

/// What was compared.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    systems: u64,
    skipped: u64,
    full: u64,
    less: u64,
    aims: u64,
    found: u64,
}

fn violations(protocol: &'static Protocol) -> Vec<Aim> {
    protocol.properties().map(|(property, _)| Aim::at(Target::Violation(property))).collect()
}

/// How many diaries there are of each kind.
const BUCKETS: usize = 8;

/// Remembers all that it has seen, as far as it goes by that, and says *violated* in the end if that comes to its
/// number: with enough of them, one that is left out is missed.
#[derive(Clone, Debug, Hash)]
struct Diary<const LEVEL: u8, const BUCKET: u64> {
    /// By node; the last is of all of them.
    seen: Vec<u64>,
}

const SET: u8 = 0;
const SEQUENCE: u8 = 1;
const ORDER: u8 = 2;
const TOLD: u8 = 3;

fn print_of(seen: &Observation) -> u64 {
    let mut taken = Fingerprinter::new();
    seen.node.hash(&mut taken);
    match seen.what {
        Seen::Request(packet) => packet.to_string().hash(&mut taken),
        Seen::Indication(packet) => (1, packet.to_string()).hash(&mut taken),
        other => format!("{other:?}").hash(&mut taken),
    }
    taken.finish()
}

fn mixed(numbers: impl Hash) -> u64 {
    let mut taken = Fingerprinter::new();
    numbers.hash(&mut taken);
    taken.finish()
}

impl<const LEVEL: u8, const BUCKET: u64> Monitor for Diary<LEVEL, BUCKET> {
    fn observe(&mut self, seen: &Observation) {
        let news = print_of(seen);
        let place = match LEVEL {
            TOLD if matches!(seen.what, Seen::Request(_)) => return,
            ORDER | TOLD => 0,
            _ => seen.node.index() + 1,
        };
        let page = &mut self.seen[place];
        *page = if LEVEL == SET { page.wrapping_add(news) } else { mixed((*page, news)) };
    }

    fn needs(&self) -> Needs {
        match LEVEL {
            SET => Needs::NOTHING,
            SEQUENCE => Needs::SEQUENCE,
            ORDER => Needs::ORDER,
            _ => Needs::TOLD_ORDER,
        }
    }

    fn verdict(&self, over: bool) -> Verdict {
        if over && mixed(&self.seen) % BUCKETS as u64 == BUCKET {
            return Verdict::Violated { why: "so it came".to_owned(), witness: Vec::new() };
        }
        Verdict::Holds
    }
}

struct Diaries<const LEVEL: u8>;

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
            monitor: |nodes| Box::new(Diary::<LEVEL, BUCKET> { seen: vec![0; nodes + 1] }),
        }
    }

    fn aims() -> Vec<Aim> {
        let all: &'static [Property; BUCKETS] = &Self::ALL;
        all.iter().map(|property| Aim::at(Target::Violation(property))).collect()
    }
}

/// The scenario without anything that happens by luck or by fault.
fn plain(scenario: &Scenario) -> Scenario {
    let mut plain = scenario.clone();
    plain.faults.clear();
    plain.captions.clear();
    plain.network.loss = Default::default();
    plain.network.duplicate = Default::default();
    plain.network.corrupt = Default::default();
    plain
}

/// A few nodes that are asked for something.
fn small(protocol: &'static Protocol, chance: &mut Chance) -> Scenario {
    let size = chance.between(2, 4) as usize;
    let mut scenario = Scenario::new(protocol.id, Scenario::numbered(size));
    scenario.network.delay = Delay { min: 10, max: 10 };
    if chance.percent(40) {
        scenario.network.order = Order::Fifo;
    }
    if chance.percent(40) {
        scenario.network.detector = Detector::Perfect(20);
    }
    if chance.percent(20) {
        scenario.network.topology = [Topology::Ring, Topology::Line][chance.below(2)].clone();
    }
    let asked: Vec<(u64, usize)> =
        (0..chance.between(1, 3)).map(|at| (at, chance.below(size))).collect();
    ask_all(protocol, chance, &mut scenario, &asked);
    scenario
}

fn report(bad: &[String]) {
    for it in bad {
        println!("{it}\n");
    }
    assert!(bad.is_empty(), "{} are told apart by the reduction", bad.len());
}

/// What is wrong with the reduction where one of these groups of aims is looked for.
fn compare_all(
    protocol: &'static Protocol,
    scenario: &Scenario,
    budget: &str,
    groups: &[Vec<Aim>],
    limits: Limits,
    tally: &mut Tally,
) -> Vec<String> {
    let case = |aims| Case { protocol, scenario, aims, budget };
    // Nobody who looks on makes it smaller, nor does anything that may go wrong.
    let smaller = [Case { budget: "", ..case(&[]) }, case(&[])];
    if smaller.iter().any(|it| it.explore(limits, false).is_none()) {
        tally.skipped += groups.len() as u64;
        return Vec::new();
    }
    groups.iter().filter_map(|aims| case(aims).compare(limits, tally).err()).collect()
}

/// Every bundled scenario with every budget: with one property after the other, or with all of them.
fn try_bundled(all: bool, limits: Limits, tally: &mut Tally) -> Vec<String> {
    let mut bad = Vec::new();
    let mut turn = 0;
    for (_, protocol) in protocols::catalogue() {
        for file in bundled::of_protocol(protocol.id) {
            let scenario = plain(&file.scenario().expect("a test reads them all"));
            for budget in BUDGETS {
                let mut aims = violations(protocol);
                turn += 1;
                if !all {
                    aims = vec![aims.swap_remove(turn % aims.len())];
                }
                let groups: Vec<_> = aims.into_iter().map(|aim| vec![aim]).collect();
                bad.extend(compare_all(protocol, &scenario, budget, &groups, limits, tally));
            }
        }
    }
    bad
}

/// Random small systems: with every property, and with diaries.
fn try_small(seeds: Range<u64>, limits: Limits, tally: &mut Tally) -> Vec<String> {
    let mut bad = Vec::new();
    for (_, protocol) in protocols::catalogue() {
        for seed in seeds.clone() {
            let mut chance = Chance::new(seed);
            let scenario = small(protocol, &mut chance);
            let budget = BUDGETS[chance.below(BUDGETS.len())];
            let groups = violations(protocol).into_iter().map(|aim| vec![aim]).chain([
                Diaries::<SET>::aims(),
                Diaries::<SEQUENCE>::aims(),
                Diaries::<ORDER>::aims(),
                Diaries::<TOLD>::aims(),
            ]);
            let groups: Vec<_> = groups.collect();
            bad.extend(compare_all(protocol, &scenario, budget, &groups, limits, tally));
        }
    }
    bad
}

/// Says *violated* once the last node was asked for something.
#[derive(Clone, Debug, Hash)]
struct Asked {
    last: usize,
    asked: bool,
}

impl Monitor for Asked {
    fn observe(&mut self, seen: &Observation) {
        self.asked |= matches!(seen.what, Seen::Request(_)) && seen.node.index() == self.last;
    }

    fn needs(&self) -> Needs {
        Needs::SEQUENCE
    }

    fn verdict(&self, _over: bool) -> Verdict {
        if self.asked {
            return Verdict::Violated { why: "it was asked".to_owned(), witness: Vec::new() };
        }
        Verdict::Holds
    }
}

const ASKED: &Property = &Property {
    name: "asked",
    kind: Kind::Safety,
    statement: "The last node is asked for nothing.",
    monitor: |nodes| Box::new(Asked { last: nodes - 1, asked: false }),
};

/// Who never gets an answer goes round in a circle, from the start on or later: nobody else waits for that.
#[test]
fn nothing_is_put_off_on_a_circle() {
    let protocol = common::protocol("retransmit-until-ack");
    for first in [0, 3] {
        let mut scenario = common::scenario(protocol.id, 4, 10);
        scenario.network.topology = Topology::Line;
        for (from, to) in [(first, (first + 2) % 4), (3 - first, (5 - first) % 4)] {
            let with = json!({"to": scenario.nodes[to], "payload": "m"});
            scenario.ask(0, common::node(from), "send", Some(with));
        }
        let aims = [Aim::at(Target::Violation(ASKED))];
        let case = Case { protocol, scenario: &scenario, aims: &aims, budget: "" };
        let limits = Limits { states: 100, turns: 10_000 };
        let [full, less] = [false, true].map(|reduced| case.explore(limits, reduced));
        assert_eq!(full.map(|it| it.found), Some(vec![true]));
        assert_eq!(less.map(|it| it.found), Some(vec![true]));
    }
}

/// A report of a crash comes to those as well whom nobody sends anything.
#[test]
fn reports_of_crashes_come_at_any_time() {
    let protocol = common::protocol("best-effort-broadcast");
    let mut tally = Tally::default();
    for size in 2..=3 {
        let mut scenario = common::scenario(protocol.id, size, 10);
        scenario.network.detector = Detector::Perfect(20);
        scenario.requests.push(common::broadcast(0, 0, "m"));
        for budget in ["crash=1", "crash=1,recover=1"] {
            let groups = [Diaries::<SET>::aims(), Diaries::<SEQUENCE>::aims()];
            let limits = Limits { states: 2000, turns: 20_000 };
            let bad = compare_all(protocol, &scenario, budget, &groups, limits, &mut tally);
            report(&bad);
        }
    }
    println!("{tally:?}");
    assert_eq!(tally.skipped, 0);
}

#[test]
fn bundled_systems() {
    let mut tally = Tally::default();
    let bad = try_bundled(false, Limits { states: 100, turns: 400 }, &mut tally);
    println!("{tally:?}");
    report(&bad);
}

#[test]
fn small_systems() {
    let mut tally = Tally::default();
    let bad = try_small(0..24, Limits { states: 250, turns: 2000 }, &mut tally);
    println!("{tally:?}");
    report(&bad);
}

#[test]
#[ignore = "it takes minutes"]
fn more_systems() {
    let mut tally = Tally::default();
    let limits = Limits { states: 4_000, turns: 60_000 };
    let bad = try_small(1000..1300, limits, &mut tally);
    println!("{tally:?}");
    report(&bad);
}

#[test]
#[ignore = "it takes minutes"]
fn all_bundled_systems() {
    let mut tally = Tally::default();
    let limits = Limits { states: 4_000, turns: 60_000 };
    let bad = try_bundled(true, limits, &mut tally);
    println!("{tally:?}");
    report(&bad);
}
