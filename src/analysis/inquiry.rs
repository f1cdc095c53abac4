//! The search for causes of violations, by repairing one thing at a time (after Lewis 1973, "Causation": no effect
//! without its cause).
//!
//! A broken assumption is the cause of a violation if the property holds in the same run, up to the same horizon,
//! once nothing but that is undone. Often an assumption is broken and has nothing to do with the violation.

use super::{Breach, Cause, Judging, Repair, Repaired, Report, assumptions::relied_on, chain};
use crate::kernel::{
    EventId, Kind, MAX_TIME, Plan, Property, Protocol, Scenario, Simulation, SortedSet, Trace,
    Verdict,
};

/// Largest number of repairs that are tried one at a time.
pub(super) const MOST_REPAIRS: usize = 64;
/// Largest number of events of a run whose causes are tested without being asked for.
pub const MOST_TESTED: usize = 20_000;
/// Largest number of steps that the repaired runs take together.
const MOST_STEPS: usize = 2 * MOST_REPAIRS * MOST_TESTED;

/// A violated property whose cause is sought.
#[derive(Clone, Debug)]
struct Sought {
    /// Its place in the report.
    place: usize,
    property: &'static Property,
    /// The event that completed the violation; none for liveness, which is violated at the end.
    completed: Option<EventId>,
    /// The events that led to a violation of safety.
    led_to_it: SortedSet<EventId>,
}

impl Sought {
    /// True if a breach can have to do with the violation.
    fn may_be_due_to(&self, breach: &Breach) -> bool {
        breach.kind.is_none_or(|kind| kind == self.property.kind)
            && self.completed.is_none_or(|event| breach.is_present_at(event))
    }
}

/// Extent of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// One thing.
    Alone,
    /// One thing, in a longer run.
    Longer,
    /// All breaches of an assumption.
    Whole,
}

/// Repairs that are made together, and their effect.
#[derive(Clone, Debug)]
struct Trial {
    repairs: Vec<Repair>,
    scope: Scope,
    /// For each property sought: true if it holds; nothing before the run is over, or if it was too long.
    holds: Option<Vec<bool>>,
}

impl Trial {
    const fn new(repairs: Vec<Repair>, scope: Scope) -> Self {
        Self { repairs, scope, holds: None }
    }

    fn helps(&self, sought: usize) -> bool {
        self.holds.as_ref().is_some_and(|holds| holds[sought])
    }
}

/// A repaired run in the making.
#[derive(Clone)]
struct Retry {
    plan: Plan<'static>,
    simulation: Simulation,
    trace: Trace,
    judging: Option<Judging>,
    steps: usize,
}

/// A search for the causes of all violations of a run. It is done in parts, since it can take a second.
#[derive(Clone)]
pub struct Inquiry {
    protocol: &'static Protocol,
    scenario: Scenario,
    sought: Vec<Sought>,
    /// Number of properties of the report.
    properties: usize,
    /// By assumption, in the order of the model: its breaches, each with the trial of its repair.
    breaches: Vec<Vec<(Breach, Option<usize>)>>,
    trials: Vec<Trial>,
    /// By their places: the faults that struck nothing.
    unused: Vec<usize>,
    /// Number of single repairs that are not tried.
    left_out: usize,
    /// By place: true for a fault whose removal was considered.
    considered: Vec<bool>,
    /// Number of steps that one repaired run may take.
    patience: usize,
    steps: usize,
    done: usize,
    retry: Option<Box<Retry>>,
}

impl std::fmt::Debug for Inquiry {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Inquiry({} of {})", self.done, self.trials.len())
    }
}

/// Finds the causes of a run's violations, unless the run is so long that this is done on request only.
pub fn find_causes(
    protocol: &'static Protocol,
    scenario: &Scenario,
    trace: &Trace,
    report: &Report,
) {
    if trace.events.len() <= MOST_TESTED {
        let inquire = || Inquiry::new(protocol, scenario, trace, report).finish();
        report.causes.get_or_init(inquire);
    }
}

impl Inquiry {
    /// Prepares the repairs of a run.
    #[must_use]
    pub fn new(
        protocol: &'static Protocol,
        scenario: &Scenario,
        trace: &Trace,
        report: &Report,
    ) -> Self {
        let sought = report.judgements.iter().enumerate().filter_map(|(place, judgement)| {
            let Verdict::Violated { witness, .. } = &judgement.verdict else { return None };
            let completed = match judgement.property.kind {
                Kind::Safety => witness.iter().max().copied(),
                Kind::Liveness => None,
            };
            let led_to_it = completed.map(|_| chain(trace, witness).events.into_iter().collect());
            let led_to_it = led_to_it.unwrap_or_default();
            Some(Sought { place, property: judgement.property, completed, led_to_it })
        });
        let sought: Vec<Sought> = sought.collect();
        let mut inquiry = Self {
            protocol,
            scenario: scenario.clone(),
            properties: report.judgements.len(),
            breaches: Vec::new(),
            trials: Vec::new(),
            unused: trace.unused_faults.clone(),
            left_out: 0,
            considered: vec![false; scenario.faults.len()],
            patience: (2 * trace.events.len()).max(2 * MOST_TESTED),
            steps: 0,
            done: 0,
            retry: None,
            sought,
        };
        if !inquiry.sought.is_empty() {
            inquiry.prepare(trace);
        }
        inquiry
    }

    fn prepare(&mut self, trace: &Trace) {
        for assumption in relied_on(self.protocol, &self.scenario) {
            let found = assumption.breaches(self.protocol, &self.scenario, trace, usize::MAX);
            if !found.is_empty() {
                self.breaches.push(found.into_iter().map(|breach| (breach, None)).collect());
            }
        }
        // The first breach of each assumption, then the second of each, and so on.
        let longest = self.breaches.iter().map(Vec::len).max().unwrap_or(0);
        for round in 0..longest {
            for assumption in 0..self.breaches.len() {
                let breach = self.breaches[assumption].get(round).map(|(breach, _)| breach);
                let matters =
                    |breach: &&Breach| self.sought.iter().any(|it| it.may_be_due_to(breach));
                if let Some(repair) = breach.filter(matters).and_then(|it| it.repair.clone()) {
                    self.breaches[assumption][round].1 = self.try_alone(repair);
                }
            }
        }
        for fault in 0..self.scenario.faults.len() {
            if trace.unused_faults.binary_search(&fault).is_err() {
                self.try_alone(Repair::Without(fault));
            }
        }
        // A fault that struck nothing may strike once another is gone: two crashes of a node at one moment.
        let unused = trace.unused_faults.iter().map(|fault| Repair::Without(*fault));
        let repairs_of = |breaches: &Vec<(Breach, Option<usize>)>| -> Vec<Repair> {
            let all = breaches.iter().filter_map(|(breach, _)| breach.repair.clone());
            all.chain(unused.clone()).collect()
        };
        let longer = self.scenario.until.saturating_mul(2).saturating_add(1000).min(MAX_TIME);
        let longer = self.trials.iter().map(|alone| {
            let repairs = alone.repairs.iter().cloned().chain([Repair::Until(longer)]);
            Trial::new(repairs.collect(), Scope::Longer)
        });
        let wholes = self.breaches.iter().map(|it| Trial::new(repairs_of(it), Scope::Whole));
        let more: Vec<Trial> = longer.chain(wholes).collect();
        self.trials.extend(more);
    }

    /// Prepares the trial of a repair, and returns its place; none where there are too many already.
    fn try_alone(&mut self, repair: Repair) -> Option<usize> {
        let same = |trial: &Trial| trial.repairs.first() == Some(&repair);
        if let Some(known) = self.trials.iter().position(same) {
            return Some(known);
        }
        let again = match repair {
            Repair::Without(fault) => std::mem::replace(&mut self.considered[fault], true),
            _ => false,
        };
        if self.trials.len() == MOST_REPAIRS {
            self.left_out += usize::from(!again);
            return None;
        }
        self.trials.push(Trial::new(vec![repair], Scope::Alone));
        Some(self.trials.len() - 1)
    }

    /// An estimate of the number of steps that all of it takes.
    #[must_use]
    pub fn estimate(&self, trace: &Trace) -> usize {
        self.trials.len() * trace.events.len()
    }

    /// Takes about so many steps. True once there is nothing left to do.
    pub fn advance(&mut self, steps: usize) -> bool {
        let end = self.steps.saturating_add(steps);
        while self.steps < end {
            let Some(mut retry) = self.retry.take().or_else(|| self.next_run()) else {
                return true;
            };
            let too_long = retry.steps >= self.patience || self.steps >= MOST_STEPS;
            if too_long {
                self.done += 1;
                continue;
            }
            let before = retry.steps;
            let over = retry.advance(end - self.steps, self.protocol);
            self.steps += (retry.steps - before).max(1);
            if over {
                self.trials[self.done].holds = Some(retry.verdicts(&self.sought));
                self.done += 1;
            } else {
                self.retry = Some(retry);
            }
        }
        self.retry.is_none() && self.is_over()
    }

    fn is_over(&self) -> bool {
        (self.done..self.trials.len()).all(|trial| !self.is_needed(trial))
    }

    /// True if a trial can still tell something: longer runs and whole assumptions only where no single repair
    /// helped.
    fn is_needed(&self, trial: usize) -> bool {
        let Trial { repairs, scope, .. } = &self.trials[trial];
        let helpless = |scope| {
            let sought = self.sought.iter().enumerate();
            let owed =
                sought.filter(move |(_, it)| scope == Scope::Whole || it.completed.is_none());
            let mut owed = owed.map(|(sought, _)| sought);
            owed.any(|sought| self.breaches_that_help(sought, Scope::Alone).next().is_none())
        };
        match scope {
            Scope::Alone => true,
            Scope::Longer => helpless(Scope::Longer),
            Scope::Whole => repairs.len() > 1 && helpless(Scope::Whole),
        }
    }

    /// Number of repairs that are tried alone.
    fn alone(&self) -> usize {
        self.trials.iter().filter(|trial| trial.scope == Scope::Alone).count()
    }

    fn next_run(&mut self) -> Option<Box<Retry>> {
        loop {
            while self.done < self.trials.len() && !self.is_needed(self.done) {
                self.done += 1;
            }
            let Trial { repairs, scope, .. } = self.trials.get(self.done)?;
            let plan = if *scope == Scope::Whole {
                let scenario = Repaired::network_at_its_best(&self.scenario, repairs);
                Plan::owned(self.protocol, scenario)
            } else {
                Repaired::of(&self.scenario, repairs).plan(self.protocol)
            };
            // Its requests were read before.
            if let Ok(plan) = plan {
                let (simulation, trace) = (Simulation::new(&plan), Trace::default());
                return Some(Box::new(Retry { plan, simulation, trace, judging: None, steps: 0 }));
            }
            self.done += 1;
        }
    }

    /// The breaches that a violation may be due to and whose repairs help: alone, or in a longer run.
    fn breaches_that_help(&self, sought: usize, scope: Scope) -> impl Iterator<Item = &Breach> {
        let further = if scope == Scope::Longer { self.alone() } else { 0 };
        let all = self.breaches.iter().flatten();
        all.filter(move |(breach, trial)| {
            self.sought[sought].may_be_due_to(breach)
                && trial.is_some_and(|trial| self.trials[trial + further].helps(sought))
        })
        .map(|(breach, _)| breach)
    }

    /// Does the rest at once and returns the causes, by the places of the properties in the report.
    #[must_use]
    pub fn finish(mut self) -> Vec<Option<Cause>> {
        while !self.advance(usize::MAX) {}
        let mut causes = vec![None; self.properties];
        for (sought, of) in self.sought.iter().enumerate() {
            causes[of.place] = Some(self.cause(sought));
        }
        causes
    }

    fn cause(&self, sought: usize) -> Cause {
        let alone = self.breaches_that_help(sought, Scope::Alone).next().is_some();
        let later = !alone && self.breaches_that_help(sought, Scope::Longer).next().is_some();
        let scope = if later { Scope::Longer } else { Scope::Alone };
        let breaches = self.to_blame(sought, scope);
        let undone = |fault: &usize| {
            breaches.iter().any(|breach| breach.repair == Some(Repair::Without(*fault)))
        };
        let helpful = self.trials.iter().filter(|it| it.scope == scope && it.helps(sought));
        let faults = helpful.filter_map(|trial| match trial.repairs.first() {
            Some(Repair::Without(fault)) => Some(*fault),
            _ => None,
        });
        let mut faults: Vec<usize> = faults.filter(|fault| !undone(fault)).collect();
        faults.sort_unstable();
        let together = if breaches.is_empty() { self.together(sought) } else { Vec::new() };
        let unused = if together.len() == 1 { self.unused.clone() } else { Vec::new() };
        let longer = self.trials.iter().find(|trial| trial.scope == Scope::Longer);
        let until = longer.and_then(|trial| match trial.repairs.last() {
            Some(Repair::Until(until)) if later => Some(*until),
            _ => None,
        });
        let due = |(breach, _): &(Breach, Option<usize>)| self.sought[sought].may_be_due_to(breach);
        let broken = self.breaches.iter().filter(|of| of.iter().any(due)).count();
        let single = || self.trials.iter().filter(|trial| trial.scope == Scope::Alone);
        let tried = single().filter(|trial| trial.holds.is_some()).count();
        let left_out = self.left_out + single().count() - tried;
        Cause { breaches, faults, together, unused, until, broken, tried, left_out }
    }

    /// The breaches whose repairs help, the one to blame first: one that led to the violation, then the order of the
    /// model. Where events broke several assumptions before something bad happened, the last of them made it happen.
    fn to_blame(&self, sought: usize, scope: Scope) -> Vec<Breach> {
        let Sought { completed, led_to_it, .. } = &self.sought[sought];
        let mut breaches: Vec<Breach> = self.breaches_that_help(sought, scope).cloned().collect();
        let leads = |it: &Breach| it.event.is_some_and(|event| led_to_it.contains(&event));
        let first = breaches.iter().position(leads).or_else(|| {
            completed.and(breaches.first()?.event)?;
            let by_event = breaches.iter().enumerate().filter(|(_, it)| it.event.is_some());
            by_event.rev().max_by_key(|(_, breach)| breach.from).map(|(place, _)| place)
        });
        if let Some(first) = first {
            breaches[..=first].rotate_right(1);
        }
        breaches
    }

    /// The breaches of the first assumption that helps if all of them are undone: those that a violation may be due to
    /// first.
    fn together(&self, sought: usize) -> Vec<Breach> {
        let wholes = self.trials.iter().filter(|trial| trial.scope == Scope::Whole);
        let due =
            |(breach, _): &&(Breach, Option<usize>)| self.sought[sought].may_be_due_to(breach);
        let mut helpful = wholes
            .zip(&self.breaches)
            .filter(|(trial, of)| trial.helps(sought) && of.iter().any(|it| due(&it)));
        let Some((_, of)) = helpful.next() else { return Vec::new() };
        let (before, after): (Vec<_>, Vec<_>) = of.iter().partition(due);
        before.into_iter().chain(after).map(|(breach, _)| breach.clone()).collect()
    }
}

impl Retry {
    /// Takes at most so many steps. True once the run is over and judged.
    fn advance(&mut self, steps: usize, protocol: &'static Protocol) -> bool {
        let Self { plan, simulation, trace, judging, .. } = self;
        let Some(judging) = judging else {
            for _ in 0..steps.min(PART) {
                self.steps += 1;
                if !simulation.step(plan, trace) {
                    *judging = Some(Judging::new(protocol, plan.scenario()));
                    break;
                }
            }
            return false;
        };
        // An event is judged in less time than it takes to happen.
        let until = judging.seen() + steps.min(PART) * 4;
        judging.advance(trace, until);
        self.steps += steps.min(PART);
        judging.seen() == trace.events.len()
    }

    fn verdicts(&self, sought: &[Sought]) -> Vec<bool> {
        let judgements = self.judging.as_ref().map(|judging| judging.say(&self.trace));
        let judgements = judgements.unwrap_or_default();
        let holds = |it: &Sought| judgements[it.place].verdict == Verdict::Holds;
        sought.iter().map(holds).collect()
    }
}

/// The number of steps between two looks at how many were taken.
const PART: usize = 1_000;
