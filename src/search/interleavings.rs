//! Search of the interleavings (orders of events) for one objective, in phases: exhaustive; exhaustive with
//! partial-order reduction, where there are too many states; random by PCT, where there are still too many.

use super::{
    Budget, Exhaustive, KINDS, Method, Shard, Unfit, coverage::InterleavingCoverage,
    livelock::livelocks, minimise::with_few_faults, objective::longer, pct::Pct, states::Path,
    system::MAX_PER_KIND, timing::timed_scenario, trial::Setup,
};
use crate::kernel::Scenario;

/// Number of states searched for each run of the systematic search.
pub(super) const STATES_PER_RUN: u64 = 4;

/// Number of states, and number of random interleavings, of one call of `advance`.
const STATE_BATCH: usize = 2000;
const WALK_BATCH: u64 = 100;
/// Largest memory of the states, in bytes.
const MOST_BYTES: u64 = 200_000_000;
/// Number of runs of the systematic search for each random interleaving.
const RUNS_PER_WALK: u64 = 20;
/// Number of reached states that are timed without success before the search gives up.
const MOST_TRIALS: u32 = 20;
/// Number of transitions for each state of the limit: several transitions may lead to the same state.
const TRANSITIONS_PER_STATE: u64 = 16;
/// Number of effects computed by the lookahead for each state of the limit: about two seconds' worth in all by
/// default.
const WORK_PER_STATE: u64 = 32;

/// A search of the interleavings for one objective.
#[derive(Clone)]
pub(super) struct Interleavings {
    objective: usize,
    limit: u64,
    phase: Phase,
    coverage: InterleavingCoverage,
    pct: Pct,
    /// Number of states beside those that the coverage counts: of the other exhaustive phase.
    other_states: u64,
    /// Number after the last random interleaving of this shard.
    last_walk: u64,
    trials: u32,
}

#[derive(Clone)]
enum Phase {
    /// Exhaustive.
    Exhaustive(Box<Exhaustive>),
    /// Exhaustive, with partial-order reduction.
    Reduced(Box<Exhaustive>),
    /// Random, through the same system.
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
        // The exhaustive phases cannot be divided and belong to the first shard; each shard has its own random
        // interleavings.
        let count = (limit / RUNS_PER_WALK / u64::from(shard.of)).max(1);
        let first_walk = u64::from(shard.number - 1) * count;
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
        let last_walk = first_walk + count;
        Self { objective, limit, phase, coverage, pct, other_states: 0, last_walk, trials: 0 }
    }

    pub(super) const fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    /// True in the random phase.
    pub(super) const fn is_pct(&self) -> bool {
        matches!(self.phase, Phase::Pct(_))
    }

    /// Number of states and random interleavings so far.
    pub(super) fn explored(&self) -> u64 {
        let now = match &self.phase {
            Phase::Exhaustive(exhaustive) | Phase::Reduced(exhaustive) => exhaustive.states(),
            Phase::Pct(_) | Phase::Over => self.coverage.states,
        };
        self.other_states + now + self.coverage.walks
    }

    /// Returns the number of states or random interleavings in the queue, and their depth.
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

    /// True if no scenario within the budget reaches the objective, for certain.
    pub(super) fn is_conclusive(&self, budget: &Budget) -> bool {
        let InterleavingCoverage { complete, untimed, .. } = self.coverage;
        self.is_over() && complete && !untimed && interleavings_cover(budget)
    }

    /// Continues the search for a short time; a scenario found reaches the objective in its own run.
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
        for reached in exhaustive.advance(STATE_BATCH, &open) {
            if self.trials >= MOST_TRIALS {
                break;
            }
            self.trials += 1;
            self.coverage.untimed = true;
            let path = exhaustive.path(reached);
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

    /// Returns a livelock, after all states were searched: a liveness violation without a terminal state.
    fn find_livelock(
        &mut self,
        setup: &Setup,
        mut exhaustive: Exhaustive,
    ) -> Option<(Scenario, Method)> {
        let objective = &setup.objectives[self.objective];
        // With reduction, a fair cycle may leave an action out.
        if !objective.is_liveness() || self.coverage.reduced {
            return None;
        }
        let until = setup.given.until;
        let Some(lassos) = livelocks(&mut exhaustive.system) else {
            // Terminal states were checked, cycles were not.
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

    /// Returns the phase after one that met too many states.
    fn next_phase(&mut self, setup: &Setup, exhaustive: Box<Exhaustive>, reduced: bool) -> Phase {
        match exhaustive_search(setup, self.objective, true) {
            Ok(fewer) if !reduced => {
                self.other_states = exhaustive.states();
                Phase::Reduced(fewer)
            }
            _ => Phase::Pct(exhaustive),
        }
    }

    /// Records the coverage. The states of an incomplete reduced search do not count: they are no part of the full
    /// state space's coverage.
    fn note(&mut self, exhaustive: &Exhaustive, reduced: bool) {
        let complete = exhaustive.is_complete();
        if reduced && !complete {
            self.other_states = exhaustive.states();
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
            let is_exhausted = self.pct.transitions() > self.limit * STATES_PER_RUN;
            if self.pct.runs() >= self.last_walk || is_exhausted || exhaustive.bytes() > MOST_BYTES
            {
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

    /// Returns the scenario of a path, if its run reaches the objective within the budget. Delays count as faults.
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

/// True if the interleavings include every run that a budget allows, so that an exhaustive search is conclusive.
#[must_use]
pub fn interleavings_cover(budget: &Budget) -> bool {
    const EXPRESSIBLE: [&str; 6] = ["crash", "recover", "drop", "duplicate", "delay", "pause"];
    let is_expressible =
        |kind: &&str| EXPRESSIBLE.contains(kind) && budget.allows(kind) <= MAX_PER_KIND;
    KINDS.iter().all(|kind| budget.allows(kind) == 0 || is_expressible(kind))
}
