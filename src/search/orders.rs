//! All orders of a scenario's events, for one aim; random ones, where there are too many.

use super::{
    Budget, Explore, KINDS, Shard, Unfit, Way,
    aim::longer,
    ground::Ground,
    livelock::livelocks,
    quest::STATES,
    realise::{Path, realise},
    shrink::with_few_faults,
    stroll::Stroll,
    world::MOST_OF_KIND,
};
use crate::kernel::Scenario;

/// How many states are gone through, and how many walks taken, between two looks at what came of them.
const BLOCK: usize = 2000;
const WALKS: u64 = 100;
/// How many bytes the states may take.
const ROOM: u64 = 200_000_000;
/// For how many runs of a scenario there is one walk.
const RUNS: u64 = 20;
/// How many states that reach the aim are given times, in vain, before it is left alone.
const TRIALS: u32 = 20;
/// How many turns are taken for each state that may be gone through: what a state is left by may come to the same.
const TURNS: u64 = 16;
/// How many answers of nodes are looked at for each of them, to see which orders can be left out: about two seconds' worth
/// in all by default.
const WORK: u64 = 32;

/// What was covered of the orders of events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ordered {
    /// Why they could not be gone through, if they could not.
    pub unfit: Option<Unfit>,
    /// How many states were met.
    pub states: u64,
    /// How many steps from the start they are at most.
    pub depth: u32,
    /// Whether these are all.
    pub complete: bool,
    /// Whether orders that come to the same were left out.
    pub reduced: bool,
    /// How many random walks there were besides.
    pub walks: u64,
    /// Whether the aim was reached, though no times were found that let a run reach it within the budget.
    pub untimed: bool,
}

/// What goes through the orders for one aim.
#[derive(Clone)]
pub(super) struct Orders {
    aim: usize,
    limit: u64,
    stage: Stage,
    covered: Ordered,
    stroll: Stroll,
    /// How many states were met beside those that are covered: of all orders, or of fewer.
    before: u64,
    /// Up to which walk there are any here.
    last_walk: u64,
    trials: u32,
}

#[derive(Clone)]
enum Stage {
    /// Through all states.
    All(Box<Explore>),
    /// The same, where there are too many, with orders left out that come to the same.
    Fewer(Box<Explore>),
    /// At random, through the same system.
    Walks(Box<Explore>),
    Over,
}

impl Orders {
    pub(super) fn new(ground: &Ground, aim: usize, limit: u64, seed: u64, shard: Shard) -> Self {
        // What is in one piece is gone through by the first part; of the walks each has its own.
        let walks = (limit / RUNS / u64::from(shard.of)).max(1);
        let first_walk = u64::from(shard.number - 1) * walks;
        let mut covered = Ordered::default();
        let stage = match system(ground, aim, false) {
            Ok(explore) if shard.is_first() => Stage::All(explore),
            Ok(explore) => Stage::Walks(explore),
            Err(unfit) => {
                covered.unfit = Some(unfit);
                Stage::Over
            }
        };
        let stroll = Stroll::new(seed, first_walk);
        let last_walk = first_walk + walks;
        Self { aim, limit, stage, covered, stroll, before: 0, last_walk, trials: 0 }
    }

    pub(super) const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    /// Whether walks are taken now.
    pub(super) const fn walks(&self) -> bool {
        matches!(self.stage, Stage::Walks(_))
    }

    /// How many states and walks there were.
    pub(super) fn explored(&self) -> u64 {
        let now = match &self.stage {
            Stage::All(explore) | Stage::Fewer(explore) => explore.states(),
            Stage::Walks(_) | Stage::Over => self.covered.states,
        };
        self.before + now + self.covered.walks
    }

    /// How many states or walks wait for their turn, and how many steps from the start they are.
    pub(super) fn frontier(&self) -> (u64, u32) {
        match &self.stage {
            Stage::All(explore) | Stage::Fewer(explore) => (explore.queue(), explore.depth()),
            Stage::Walks(_) => (self.last_walk - self.stroll.walks(), self.stroll.length()),
            Stage::Over => (0, self.covered.depth),
        }
    }

    pub(super) fn covered(&self) -> Ordered {
        let mut covered = self.covered.clone();
        if let Stage::All(explore) = &self.stage {
            (covered.states, covered.depth) = (explore.states(), explore.depth());
        }
        covered
    }

    /// Whether it is now certain that nothing within the budget reaches the aim.
    pub(super) fn settles(&self, budget: &Budget) -> bool {
        let Ordered { complete, untimed, .. } = self.covered;
        self.is_over() && complete && !untimed && is_all_orders(budget)
    }

    /// Goes on a little. What was found is an ordinary scenario, whose run reaches the aim.
    pub(super) fn advance(&mut self, ground: &Ground) -> Option<(Scenario, Way)> {
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::All(explore) => self.go_through(ground, explore, false),
            Stage::Fewer(explore) => self.go_through(ground, explore, true),
            Stage::Walks(explore) => self.walk(ground, explore),
            Stage::Over => None,
        }
    }

    fn go_through(
        &mut self,
        ground: &Ground,
        mut explore: Box<Explore>,
        reduced: bool,
    ) -> Option<(Scenario, Way)> {
        let open = [self.trials < TRIALS];
        for sighting in explore.advance(BLOCK, &open) {
            if self.trials >= TRIALS {
                break;
            }
            self.trials += 1;
            self.covered.untimed = true;
            let path = explore.path(sighting);
            if let Some(scenario) = self.timed(ground, &explore, &path) {
                let shortest = !reduced && self.trials == 1;
                let steps = path.len() as u32;
                self.note(&explore, reduced);
                self.covered.untimed = false;
                return Some((scenario, Way::Orders { steps, shortest }));
            }
        }
        if explore.trouble().is_some() {
            self.note(&explore, reduced);
            self.covered.unfit = explore.trouble();
        } else if explore.is_over() {
            self.note(&explore, reduced);
            if self.covered.complete {
                return self.go_round(ground, *explore);
            }
            self.stage = Stage::Walks(explore);
        } else if explore.states() < self.limit * STATES
            && explore.turns() < self.limit * STATES * TURNS
            && explore.weight() < ROOM
            && explore.work() < self.limit * STATES * WORK
            && !explore.is_vain()
        {
            self.stage = if reduced { Stage::Fewer(explore) } else { Stage::All(explore) };
        } else {
            self.note(&explore, reduced);
            self.stage = self.after_all(ground, explore, reduced);
        }
        None
    }

    /// A livelock, once all states were gone through: nothing comes to rest there, and nothing gets on.
    fn go_round(&mut self, ground: &Ground, mut explore: Explore) -> Option<(Scenario, Way)> {
        let aim = &ground.aims[self.aim];
        // Where orders were left out, something may be put off on a circle that is fair.
        if !aim.is_liveness() || self.covered.reduced {
            return None;
        }
        let until = ground.given.until;
        let Some(lassos) = livelocks(&mut explore.world) else {
            // What comes to rest was seen, and what goes on was not.
            self.covered.complete = false;
            return None;
        };
        for lasso in lassos {
            self.covered.untimed = true;
            let order = aim.needs().order;
            let Some(scenario) = lasso.realise(&explore.world, order, longer(until)) else {
                continue;
            };
            let scenario = Scenario { until, ..scenario };
            if aim.is_reached(ground.protocol, &scenario) {
                self.covered.untimed = false;
                let (stem, cycle) = (lasso.stem.len() as u32, lasso.cycle.len() as u32);
                return Some((scenario, Way::Livelock { stem, cycle }));
            }
        }
        None
    }

    /// What follows where there are too many states: the same with fewer orders, then walks.
    fn after_all(&mut self, ground: &Ground, explore: Box<Explore>, reduced: bool) -> Stage {
        match system(ground, self.aim, true) {
            Ok(fewer) if !reduced => {
                self.before = explore.states();
                Stage::Fewer(fewer)
            }
            _ => Stage::Walks(explore),
        }
    }

    /// Takes note of what was met. What was left out counts only where nothing else is missing: all that is left is
    /// another thing than a part of all.
    fn note(&mut self, explore: &Explore, reduced: bool) {
        let complete = explore.is_complete();
        if reduced && !complete {
            self.before = explore.states();
            return;
        }
        let (states, depth) = (explore.states(), explore.depth());
        self.covered = Ordered { states, depth, complete, reduced, ..self.covered.clone() };
    }

    fn walk(&mut self, ground: &Ground, mut explore: Box<Explore>) -> Option<(Scenario, Way)> {
        for _ in 0..WALKS {
            let far = self.stroll.turns() > self.limit * STATES;
            if self.stroll.walks() >= self.last_walk || far || explore.weight() > ROOM {
                return None;
            }
            self.covered.walks += 1;
            let path = self.stroll.walk(&mut explore.world);
            let Some(path) = path.filter(|_| self.trials < 2 * TRIALS) else { continue };
            self.trials += 1;
            if let Some(scenario) = self.timed(ground, &explore, &path) {
                self.covered.untimed = false;
                return Some((scenario, Way::Walks));
            }
            self.covered.untimed = true;
        }
        self.stage = Stage::Walks(explore);
        None
    }

    /// A scenario that goes a way, if its run reaches the aim and takes no more faults than there may be: delays are
    /// faults, too.
    fn timed(&self, ground: &Ground, explore: &Explore, path: &Path) -> Option<Scenario> {
        let aim = &ground.aims[self.aim];
        let scenario = realise(&explore.world, path, aim.needs().order)?;
        let few = with_few_faults(ground.protocol, aim, &scenario)?;
        ground.budget.covers(&few.faults).then_some(few)
    }
}

fn system(ground: &Ground, aim: usize, reduced: bool) -> Result<Box<Explore>, Unfit> {
    let aims = &ground.aims[aim..=aim];
    let scenario = ground.patient.clone();
    Explore::new(ground.protocol, scenario, aims, &ground.budget, reduced).map(Box::new)
}

/// Whether the orders of events show all that a budget allows: a search through all of them is one through everything.
#[must_use]
pub fn is_all_orders(budget: &Budget) -> bool {
    const SHOWN: [&str; 6] = ["crash", "recover", "drop", "duplicate", "delay", "pause"];
    let is_shown = |kind: &&str| SHOWN.contains(kind) && budget.allows(kind) <= MOST_OF_KIND;
    KINDS.iter().all(|kind| budget.allows(kind) == 0 || is_shown(kind))
}
