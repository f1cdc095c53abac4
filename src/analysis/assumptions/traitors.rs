//! Assumptions on traitors.

use super::{Breach, Examined, crashes::by};
use crate::kernel::{EventKind, NodeSet, ParameterName, Rule};

/// No process is a traitor.
pub(super) fn no_traitors(run: Examined) -> Vec<Breach> {
    betrayals(run, 0)
}

/// At most as many processes are faulty as the parameter says.
pub(super) fn at_most_traitors(run: Examined, parameter: ParameterName) -> Vec<Breach> {
    betrayals(run, run.integer(parameter) as usize)
}

/// More than two thirds of the processes are loyal and stay up.
pub(super) fn traitors_below_third(run: Examined) -> Vec<Breach> {
    betrayals(run, (run.scenario.nodes.len() - 1) / 3)
}

/// Breaches by faulty nodes if they are too many, the last first: traitors and, for protocols that tolerate traitors,
/// crashed nodes.
fn betrayals(run: Examined, limit: usize) -> Vec<Breach> {
    let Examined { rule, scenario, trace, most, .. } = run;
    let only_lies = rule == Rule::NoTraitors;
    let (mut traitors, mut crashed) = (NodeSet::EMPTY, NodeSet::EMPTY);
    let mut counted = Vec::new();
    for (id, event) in trace.events.iter().enumerate() {
        let counts = match event.kind {
            EventKind::Traitor(_) => traitors.insert(event.node),
            EventKind::Crash if !only_lies && !traitors.contains(event.node) => {
                crashed.insert(event.node)
            }
            _ => false,
        };
        if counts {
            counted.push(id);
        }
        if counted.len() > limit {
            break;
        }
    }
    let Some(&last) = counted.get(limit) else { return Vec::new() };
    let turned = match traitors.len() {
        0 => None,
        1 => Some(format!("{traitors} is a traitor")),
        _ => Some(format!("{traitors} are traitors")),
    };
    let fell = (!crashed.is_empty()).then(|| format!("{crashed} crashed"));
    let bound = || format!("at most {limit} of {} may be faulty", scenario.nodes.len());
    let said = turned.into_iter().chain(fell).chain((!only_lies).then(bound));
    let why = said.collect::<Vec<_>>().join(", ");
    let all = counted.into_iter().rev().take(most);
    all.map(|event| Breach { from: last, ..by(run, event, why.clone()) }).collect()
}
