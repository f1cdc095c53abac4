//! All orders of a scenario's events, for one objective; random ones, where there are too many.

use super::{
    Budget, Exhaustive, KINDS, Method, Shard, Unfit, coverage::InterleavingCoverage,
    livelock::livelocks, minimise::with_few_faults, objective::longer, pct::Pct, states::Path,
    system::MAX_PER_KIND, timing::timed_scenario, trial::Setup,
};
use crate::kernel::Scenario;

/// To so many states of a system it gets for one run of a scenario.
pub const STATES_PER_RUN: u64 = 4;

/// How many states are gone through, and how many walks taken, between two looks at what came of them.
const BLOCK: usize = 2000;
const WALK_BATCH: u64 = 100;
/// How many bytes the states may take.
const MOST_BYTES: u64 = 200_000_000;
/// For how many runs of a scenario there is one walk.
const RUNS_PER_WALK: u64 = 20;
/// How many states that reach the objective are given times, in vain, before it is left alone.
const MOST_TRIALS: u32 = 20;
/// How many transitions are taken for each state that may be gone through: what a state is left by may come to the same.
const TRANSITIONS_PER_STATE: u64 = 16;
/// How many answers of nodes are looked at for each of them, to see which orders can be left out: about two seconds' worth
/// in all by default.
const WORK_PER_STATE: u64 = 32;

/// What goes through the orders for one objective.
#[derive(Clone)]
pub(super) struct Interleavings {
    objective: usize,
    limit: u64,
    phase: Phase,
    coverage: InterleavingCoverage,
    pct: Pct,
    /// How many states were met beside those that are covered: of all orders, or of fewer.
    before: u64,
    /// Up to which walk there are any here.
    last_walk: u64,
    trials: u32,
}

#[derive(Clone)]
enum Phase {
    /// Through all states.
    Exhaustive(Box<Exhaustive>),
    /// The same, where there are too many, with orders left out that come to the same.
    Reduced(Box<Exhaustive>),
    /// At random, through the same system.
    Pct(Box<Exhaustive>),
    Over,
}

impl Interleavings {
    pub(super) fn new(
        setup: &Setup,
        objective: usize,
        limit: u64,
        seed: u64,
        shard: Shard,
    ) -> Self {
        // What is in one piece is gone through by the first part; of the walks each has its own.
        let is_pct = (limit / RUNS_PER_WALK / u64::from(shard.of)).max(1);
        let first_walk = u64::from(shard.number - 1) * is_pct;
        let mut coverage = InterleavingCoverage::default();
        let phase = match exhaustive_search(setup, objective, false) {
            Ok(exhaustive) if shard.is_first() => Phase::Exhaustive(exhaustive),
            Ok(exhaustive) => Phase::Pct(exhaustive),
            Err(unfit) => {
                coverage.unfit = Some(unfit);
                Phase::Over
            }
        };
        let pct = Pct::new(seed, first_walk);
        let last_walk = first_walk + is_pct;
        Self { objective, limit, phase, coverage, pct, before: 0, last_walk, trials: 0 }
    }

    pub(super) const fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    /// Whether walks are taken now.
    pub(super) const fn is_pct(&self) -> bool {
        matches!(self.phase, Phase::Pct(_))
    }

    /// How many states and walks there were.
    pub(super) fn explored(&self) -> u64 {
        let now = match &self.phase {
            Phase::Exhaustive(exhaustive) | Phase::Reduced(exhaustive) => exhaustive.states(),
            Phase::Pct(_) | Phase::Over => self.coverage.states,
        };
        self.before + now + self.coverage.walks
    }

    /// How many states or walks wait for their transition, and how many steps from the start they are.
    pub(super) fn frontier(&self) -> (u64, u32) {
        match &self.phase {
            Phase::Exhaustive(exhaustive) | Phase::Reduced(exhaustive) => {
                (exhaustive.queue(), exhaustive.depth())
            }
            Phase::Pct(_) => (self.last_walk - self.pct.runs(), self.pct.length()),
            Phase::Over => (0, self.coverage.depth),
        }
    }

    pub(super) fn coverage(&self) -> InterleavingCoverage {
        let mut coverage = self.coverage.clone();
        if let Phase::Exhaustive(exhaustive) = &self.phase {
            (coverage.states, coverage.depth) = (exhaustive.states(), exhaustive.depth());
        }
        coverage
    }

    /// Whether it is now certain that nothing within the budget reaches the objective.
    pub(super) fn is_conclusive(&self, budget: &Budget) -> bool {
        let InterleavingCoverage { complete, untimed, .. } = self.coverage;
        self.is_over() && complete && !untimed && interleavings_cover(budget)
    }

    /// Goes on a little. What was found is an ordinary scenario, whose run reaches the objective.
    pub(super) fn advance(&mut self, setup: &Setup) -> Option<(Scenario, Method)> {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Exhaustive(exhaustive) => self.step_exhaustive(setup, exhaustive, false),
            Phase::Reduced(exhaustive) => self.step_exhaustive(setup, exhaustive, true),
            Phase::Pct(exhaustive) => self.step_pct(setup, exhaustive),
            Phase::Over => None,
        }
    }

    fn step_exhaustive(
        &mut self,
        setup: &Setup,
        mut exhaustive: Box<Exhaustive>,
        reduced: bool,
    ) -> Option<(Scenario, Method)> {
        let open = [self.trials < MOST_TRIALS];
        for sighting in exhaustive.advance(BLOCK, &open) {
            if self.trials >= MOST_TRIALS {
                break;
            }
            self.trials += 1;
            self.coverage.untimed = true;
            let path = exhaustive.path(sighting);
            if let Some(scenario) = self.timed(setup, &exhaustive, &path) {
                let shortest = !reduced && self.trials == 1;
                let steps = path.len() as u32;
                self.note(&exhaustive, reduced);
                self.coverage.untimed = false;
                return Some((scenario, Method::Exhaustive { steps, shortest }));
            }
        }
        if exhaustive.unfit().is_some() {
            self.note(&exhaustive, reduced);
            self.coverage.unfit = exhaustive.unfit();
        } else if exhaustive.is_over() {
            self.note(&exhaustive, reduced);
            if self.coverage.complete {
                return self.find_livelock(setup, *exhaustive);
            }
            self.phase = Phase::Pct(exhaustive);
        } else if exhaustive.states() < self.limit * STATES_PER_RUN
            && exhaustive.transitions() < self.limit * STATES_PER_RUN * TRANSITIONS_PER_STATE
            && exhaustive.bytes() < MOST_BYTES
            && exhaustive.lookahead_work() < self.limit * STATES_PER_RUN * WORK_PER_STATE
            && !exhaustive.is_futile()
        {
            self.phase =
                if reduced { Phase::Reduced(exhaustive) } else { Phase::Exhaustive(exhaustive) };
        } else {
            self.note(&exhaustive, reduced);
            self.phase = self.next_phase(setup, exhaustive, reduced);
        }
        None
    }

    /// A livelock, once all states were gone through: nothing comes to rest there, and nothing gets on.
    fn find_livelock(
        &mut self,
        setup: &Setup,
        mut exhaustive: Exhaustive,
    ) -> Option<(Scenario, Method)> {
        let objective = &setup.objectives[self.objective];
        // Where orders were left out, something may be put off on a circle that is fair.
        if !objective.is_liveness() || self.coverage.reduced {
            return None;
        }
        let until = setup.given.until;
        let Some(lassos) = livelocks(&mut exhaustive.system) else {
            // What comes to rest was seen, and what goes on was not.
            self.coverage.complete = false;
            return None;
        };
        for lasso in lassos {
            self.coverage.untimed = true;
            let order = objective.needs().order;
            let Some(scenario) = lasso.timed(&exhaustive.system, order, longer(until)) else {
                continue;
            };
            let scenario = Scenario { until, ..scenario };
            if objective.is_reached(setup.protocol, &scenario) {
                self.coverage.untimed = false;
                let (stem, cycle) = (lasso.stem.len() as u32, lasso.cycle.len() as u32);
                return Some((scenario, Method::Livelock { stem, cycle }));
            }
        }
        None
    }

    /// What follows where there are too many states: the same with fewer orders, then walks.
    fn next_phase(&mut self, setup: &Setup, exhaustive: Box<Exhaustive>, reduced: bool) -> Phase {
        match exhaustive_search(setup, self.objective, true) {
            Ok(fewer) if !reduced => {
                self.before = exhaustive.states();
                Phase::Reduced(fewer)
            }
            _ => Phase::Pct(exhaustive),
        }
    }

    /// Takes note of what was met. What was left out counts only where nothing else is missing: all that is left is
    /// another thing than a part of all.
    fn note(&mut self, exhaustive: &Exhaustive, reduced: bool) {
        let complete = exhaustive.is_complete();
        if reduced && !complete {
            self.before = exhaustive.states();
            return;
        }
        let (states, depth) = (exhaustive.states(), exhaustive.depth());
        self.coverage =
            InterleavingCoverage { states, depth, complete, reduced, ..self.coverage.clone() };
    }

    fn step_pct(
        &mut self,
        setup: &Setup,
        mut exhaustive: Box<Exhaustive>,
    ) -> Option<(Scenario, Method)> {
        for _ in 0..WALK_BATCH {
            let far = self.pct.transitions() > self.limit * STATES_PER_RUN;
            if self.pct.runs() >= self.last_walk || far || exhaustive.bytes() > MOST_BYTES {
                return None;
            }
            self.coverage.walks += 1;
            let path = self.pct.run(&mut exhaustive.system);
            let Some(path) = path.filter(|_| self.trials < 2 * MOST_TRIALS) else { continue };
            self.trials += 1;
            if let Some(scenario) = self.timed(setup, &exhaustive, &path) {
                self.coverage.untimed = false;
                return Some((scenario, Method::Pct));
            }
            self.coverage.untimed = true;
        }
        self.phase = Phase::Pct(exhaustive);
        None
    }

    /// A scenario that goes a way, if its run reaches the objective and takes no more faults than there may be: delays are
    /// faults, too.
    fn timed(&self, setup: &Setup, exhaustive: &Exhaustive, path: &Path) -> Option<Scenario> {
        let objective = &setup.objectives[self.objective];
        let scenario = timed_scenario(&exhaustive.system, path, objective.needs().order)?;
        let few = with_few_faults(setup.protocol, objective, &scenario)?;
        setup.budget.covers(&few.faults).then_some(few)
    }
}

fn exhaustive_search(
    setup: &Setup,
    objective: usize,
    reduced: bool,
) -> Result<Box<Exhaustive>, Unfit> {
    let objectives = &setup.objectives[objective..=objective];
    let scenario = setup.extended.clone();
    Exhaustive::new(setup.protocol, scenario, objectives, &setup.budget, reduced).map(Box::new)
}

/// Whether the orders of events show all that a budget allows: a search through all of them is one through everything.
#[must_use]
pub fn interleavings_cover(budget: &Budget) -> bool {
    const SHOWN: [&str; 6] = ["crash", "recover", "drop", "duplicate", "delay", "pause"];
    let is_shown = |kind: &&str| SHOWN.contains(kind) && budget.allows(kind) <= MAX_PER_KIND;
    KINDS.iter().all(|kind| budget.allows(kind) == 0 || is_shown(kind))
}
