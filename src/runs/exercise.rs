//! Exercises: whether what a reader made reaches the goal, by what the goal allows.

use crate::{
    analysis::report,
    kernel::{Goal, Property, Protocol, Scenario, Verdict, Want, run},
    search::{IndicationPattern, Objective, Target},
};

/// What is to be said of a try at an exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExerciseVerdict {
    /// It reaches the goal.
    Reached,
    /// It does not, or not yet.
    NotYet,
    /// More goes wrong than may.
    TooMuch,
    /// Something else was changed than may be.
    Changed,
}

/// What an exercise looks for, if it is one that looks for something: by its protocol's property of that name.
#[must_use]
pub fn objective_of(protocol: &'static Protocol, scenario: &Scenario) -> Option<Objective> {
    let target = match &scenario.goal.as_ref()?.want {
        Want::Violate(name) => Target::Violation(named(protocol, name)?),
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

fn named(protocol: &Protocol, name: &str) -> Option<&'static Property> {
    protocol.properties().map(|(property, _)| property).find(|property| property.name == name)
}

/// Judges a try at an exercise; none if that is none. The protocol is the try's.
///
/// Where something is to be violated or told, only faults may be added, and no more than the goal allows. Where
/// something is to be kept, only the protocol and its parameters may be others.
#[must_use]
pub fn judge_exercise(
    exercise: &Scenario,
    tried: &Scenario,
    protocol: &'static Protocol,
) -> Option<ExerciseVerdict> {
    let goal = exercise.goal.as_ref()?;
    if !is_allowed(goal, exercise, tried) {
        return Some(ExerciseVerdict::Changed);
    }
    if let Want::Keep(name) = &goal.want {
        return Some(if holds_by(protocol, name, tried) {
            ExerciseVerdict::Reached
        } else {
            ExerciseVerdict::NotYet
        });
    }
    if !goal.within.covers(&tried.faults) {
        return Some(ExerciseVerdict::TooMuch);
    }
    let reached = objective_of(protocol, exercise)
        .is_some_and(|objective| objective.is_reached(protocol, tried));
    Some(if reached { ExerciseVerdict::Reached } else { ExerciseVerdict::NotYet })
}

/// Whether nothing else was changed than may be. Words are not looked at.
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

/// Whether the property holds in the end, and nothing that the protocol promises is violated.
fn holds_by(protocol: &'static Protocol, name: &str, tried: &Scenario) -> bool {
    let Ok(trace) = run(protocol, tried) else { return false };
    let report = report(protocol, tried, &trace);
    let holds = report
        .judgements
        .iter()
        .any(|judgement| judgement.property.name == name && judgement.verdict == Verdict::Holds);
    let broken = report.judgements.iter().any(|it| it.promised && it.verdict.is_violated());
    holds && !broken
}
