//! Judgement of exercises: checks that the reader's scenario reaches the goal within the goal's limits.

use super::{Goal, Want};
use crate::{
    analysis::report,
    kernel::{Property, Protocol, Scenario, Verdict, run},
    search::{IndicationPattern, Objective, Target},
};

/// Verdict on an attempt at an exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExerciseVerdict {
    /// The scenario reaches the goal.
    Reached,
    /// The scenario does not reach the goal yet.
    NotYet,
    /// More faults were added than the goal allows.
    TooMuch,
    /// Something was changed that the goal does not allow to change.
    Changed,
}

/// Returns the objective of a search that solves an exercise; none where the goal is to keep a property, or where the
/// protocol lacks the property.
#[must_use]
pub fn objective_of(
    protocol: &'static Protocol,
    scenario: &Scenario,
    goal: &Goal,
) -> Option<Objective> {
    let target = match &goal.want {
        Want::Violate(name) => Target::Violation(property_named(protocol, name)?),
        Want::Tell { node, first, then } => Target::Indicated(IndicationPattern {
            node: *node,
            first: first.clone(),
            then: then.clone(),
            nodes: scenario.nodes.clone(),
        }),
        Want::Keep(_) => return None,
    };
    Some(Objective::at(target))
}

fn property_named(protocol: &Protocol, name: &str) -> Option<&'static Property> {
    protocol.properties().map(|(property, _)| property).find(|property| property.name == name)
}

/// Judges an attempt at an exercise. The protocol is the attempt's.
///
/// Where the goal is a violation or an indication, only faults may be added, no more than the goal allows. Where the
/// goal is to keep a property, only the protocol and its parameters may change.
#[must_use]
pub fn judge_exercise(
    exercise: &Scenario,
    goal: &Goal,
    tried: &Scenario,
    protocol: &'static Protocol,
) -> ExerciseVerdict {
    if !is_allowed(goal, exercise, tried) {
        return ExerciseVerdict::Changed;
    }
    let reached = match &goal.want {
        Want::Keep(name) => keeps_property(protocol, name, tried),
        _ if !goal.within.covers(&tried.faults) => return ExerciseVerdict::TooMuch,
        _ => objective_of(protocol, exercise, goal)
            .is_some_and(|objective| objective.is_reached(protocol, tried)),
    };
    if reached { ExerciseVerdict::Reached } else { ExerciseVerdict::NotYet }
}

/// True if nothing was changed except what the goal allows. Title and captions do not count.
fn is_allowed(goal: &Goal, exercise: &Scenario, tried: &Scenario) -> bool {
    let mut same = exercise.clone();
    same.title.clone_from(&tried.title);
    same.captions.clone_from(&tried.captions);
    same.goal.clone_from(&tried.goal);
    if matches!(goal.want, Want::Keep(_)) {
        same.protocol.clone_from(&tried.protocol);
        same.params.clone_from(&tried.params);
    } else {
        same.faults.clone_from(&tried.faults);
    }
    same == *tried
}

/// True if the property holds at the end and no promised property is violated.
fn keeps_property(protocol: &'static Protocol, name: &str, tried: &Scenario) -> bool {
    let Ok(trace) = run(protocol, tried) else { return false };
    let report = report(protocol, tried, &trace);
    let holds = report
        .judgements
        .iter()
        .any(|judgement| judgement.property.name == name && judgement.verdict == Verdict::Holds);
    let broken = report.judgements.iter().any(|it| it.promised && it.verdict.is_violated());
    holds && !broken
}
