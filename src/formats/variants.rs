//! Makes variants of an exercise, and checks that each is the same task (docs/exercises.md).
//!
//! A variant has the same goal and needs the same least number of faults: the search finds a solution with that many,
//! and none with fewer. Its run differs from those of all others, so the code of one does not count for another.

use super::{
    Problem, catalogue, exercise,
    problem::shown,
    scenario::{Variant, goal_of, hashed, with_variants, without_variants},
    search::Asked,
};
use crate::{
    kernel::{Delay, Scenario, count_of},
    protocols,
    runs::{ExerciseVerdict, Goal, Outcome, Want},
    search::{Budget, Search, Workers, interleavings_cover},
};

/// Largest number of candidates that are tried for each variant.
const TRIES: usize = 20;
/// Largest number of candidates that are refused, for each variant, because one solution solves both.
const CHOOSY: usize = 4;
/// Longest time by which a variant is later, in virtual ms.
const LATER: u64 = 50;

/// Variants that are wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Number of variants.
    pub count: usize,
    /// Seed of the choices.
    pub seed: u64,
    /// Largest number of runs of each search: see [`Asked::limit`].
    pub limit: u64,
    /// Threads of the searches.
    pub workers: Workers,
}

/// An exercise with variants.
#[derive(Clone, Debug)]
pub struct Made {
    /// The exercise.
    pub exercise: Scenario,
    /// Least number of faults that each of the variants needs; none where the goal is to keep a property.
    pub least: Option<u32>,
    /// Number of pairs of variants in which the changes that solve one solve the other.
    pub shared: usize,
    /// True if the searches covered everything with fewer faults.
    pub proved: bool,
}

/// Means that solve an exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Need {
    /// This number of faults.
    Faults(u32),
    /// One of these protocols.
    Protocols(Vec<&'static str>),
}

/// An exercise with its solution.
struct Solved {
    need: Need,
    /// Code of a solution.
    code: String,
    proved: bool,
}

/// A variant that was accepted.
struct Accepted {
    variant: Variant,
    scenario: Scenario,
    digest: String,
    code: String,
}

/// Makes variants of an exercise.
///
/// # Errors
/// If it is no exercise, if it has no solution, or if there are not as many variants.
pub fn make(exercise: &Scenario, wanted: &Wanted) -> Result<Made, Problem> {
    let goal = goal_of(exercise);
    let goal = goal.ok_or_else(|| Problem::new("goal", "nothing", "an exercise's goal"))?;
    let base = without_variants(exercise.clone());
    let model = solve(&base, &goal, wanted, None)?.ok_or_else(|| unsolved(&goal))?;
    if model.need == Need::Faults(0) {
        return Err(Problem::new(
            "goal",
            "a goal that is reached without a fault",
            "one that needs some",
        ));
    }
    let (mut accepted, mut shared, mut refusals): (Vec<Accepted>, usize, usize) =
        (Vec::new(), 0, 0);
    let mut proved = model.proved;
    for index in 0..wanted.count.saturating_mul(TRIES) {
        if accepted.len() == wanted.count {
            break;
        }
        let variant = candidate(&base, wanted.seed, index as u64);
        let Ok(scenario) = variant.of(&base) else { continue };
        let digest = Outcome::of(scenario.clone())?.digest();
        if accepted.iter().any(|other| other.digest == digest) {
            continue;
        }
        let is_choosy = refusals < wanted.count * CHOOSY && matches!(model.need, Need::Faults(_));
        let theirs: Vec<_> = accepted.iter().map(|other| tries(&scenario, &other.code)).collect();
        if theirs.iter().any(|tried| tried.same)
            || (is_choosy && theirs.iter().any(|it| it.reached))
        {
            refusals += 1;
            continue;
        }
        let Some(solved) = solve(&scenario, &goal, wanted, Some(&model.need))? else { continue };
        let ours: Vec<_> =
            accepted.iter().map(|other| tries(&other.scenario, &solved.code)).collect();
        if ours.iter().any(|tried| tried.same) || (is_choosy && ours.iter().any(|it| it.reached)) {
            refusals += 1;
            continue;
        }
        shared +=
            theirs.iter().zip(&ours).filter(|(one, other)| one.reached || other.reached).count();
        proved &= solved.proved;
        accepted.push(Accepted { variant, scenario, digest, code: solved.code });
    }
    if accepted.len() < wanted.count {
        let found = format!("{} wanted", count_of(wanted.count, "variant"));
        return Err(Problem::new(
            "count",
            found,
            format!("at most {}, as many as are the same task", accepted.len()),
        ));
    }
    let variants: Vec<Variant> = accepted.into_iter().map(|it| it.variant).collect();
    let least = match model.need {
        Need::Faults(least) => Some(least),
        Need::Protocols(_) => None,
    };
    Ok(Made { exercise: with_variants(&base, &variants), least, shared, proved })
}

fn unsolved(goal: &Goal) -> Problem {
    let expected = match goal.want {
        Want::Keep(_) => "one that some protocol reaches, and not all",
        _ => "one that the search reaches within the goal's faults",
    };
    let goal = super::scenario::goal_json(goal);
    Problem::new("goal", shown(&goal), expected)
}

/// Result of a code on another variant.
struct Tried {
    /// True if its changes reach the goal.
    reached: bool,
    /// True if it is a code of this variant.
    same: bool,
}

fn tries(scenario: &Scenario, code: &str) -> Tried {
    let Ok((outcome, same)) = exercise::open(scenario, code) else {
        return Tried { reached: false, same: false };
    };
    let reached = exercise::tried(scenario, &outcome.scenario) == Some(ExerciseVerdict::Reached);
    Tried { reached, same }
}

/// Solves an exercise; none if it cannot be solved, or not with this need.
fn solve(
    exercise: &Scenario,
    goal: &Goal,
    wanted: &Wanted,
    need: Option<&Need>,
) -> Result<Option<Solved>, Problem> {
    if matches!(goal.want, Want::Keep(_)) {
        return Ok(
            choose_protocol(exercise, goal).filter(|it| need.is_none_or(|need| it.need == *need))
        );
    }
    let most = match need {
        Some(Need::Faults(least)) => *least,
        _ => goal.within.all(),
    };
    let mut proved = true;
    for faults in 0..=most {
        let budget = goal.within.with_all(faults);
        let (found, complete) = search(exercise, &budget, wanted)?;
        let Some(found) = found else {
            proved &= complete;
            continue;
        };
        let solved =
            Solved { need: Need::Faults(faults), code: exercise::code(goal, &found), proved };
        return Ok(Some(solved).filter(|it| need.is_none_or(|need| it.need == *need)));
    }
    Ok(None)
}

/// Searches for a solution within a budget. Returns it, and whether nothing was left out if there is none.
fn search(
    exercise: &Scenario,
    budget: &Budget,
    wanted: &Wanted,
) -> Result<(Option<Outcome>, bool), Problem> {
    let asked = Asked::of(exercise.clone())?;
    let asked = Asked { budget: budget.clone(), limit: wanted.limit, seed: wanted.seed, ..asked };
    let Some(mut search) = Search::new(asked.task()) else { return Ok((None, true)) };
    while !search.is_over() {
        for finding in search.advance(wanted.workers) {
            let found =
                Scenario { until: exercise.until, goal: exercise.goal.clone(), ..finding.before };
            if exercise::tried(exercise, &found) == Some(ExerciseVerdict::Reached) {
                return Ok((Some(Outcome::of(found)?), true));
            }
        }
    }
    let coverage = search.coverage();
    let orders =
        coverage.orders.iter().all(|orders| orders.complete) && !coverage.orders.is_empty();
    Ok((None, coverage.exhausted || (orders && interleavings_cover(budget))))
}

/// Returns the protocols that keep the property with their default parameters; none if none does, or all do.
fn choose_protocol(exercise: &Scenario, goal: &Goal) -> Option<Solved> {
    let (mut reaching, mut code) = (Vec::new(), None);
    for (_, protocol) in protocols::catalogue() {
        let params = crate::kernel::ParameterValues::new();
        let other = Scenario { protocol: protocol.id.to_owned(), params, ..exercise.clone() };
        if exercise::tried(exercise, &other) != Some(ExerciseVerdict::Reached) {
            continue;
        }
        reaching.push(protocol.id);
        if code.is_none() {
            code = Outcome::of(other).ok().map(|outcome| exercise::code(goal, &outcome));
        }
    }
    let own = catalogue::find("protocol", &exercise.protocol).ok()?.id;
    let is_task = !reaching.contains(&own);
    Some(Solved { need: Need::Protocols(reaching), code: code.filter(|_| is_task)?, proved: true })
}

/// Returns the candidate of this number: the nodes' names in another order, another seed, another beginning, and less
/// delay. A bound on delays stays true.
fn candidate(exercise: &Scenario, seed: u64, index: u64) -> Variant {
    let mut draws = 0_u64;
    let mut below = |most: u64| {
        draws += 1;
        hashed(&format!("variant {seed} {index} {draws}")) % most.max(1)
    };
    let mut nodes = exercise.nodes.clone();
    for place in (1..nodes.len()).rev() {
        nodes.swap(place, below(place as u64 + 1) as usize);
    }
    let Delay { min, max } = exercise.network.delay;
    let less = below(min / 5 + 1);
    Variant {
        nodes: Some(nodes).filter(|nodes| *nodes != exercise.nodes),
        seed: Some(below(1_000_000)),
        later: below(LATER + 1),
        delay: Some(Delay { min: min - less, max: max - less }).filter(|_| less > 0),
    }
}
