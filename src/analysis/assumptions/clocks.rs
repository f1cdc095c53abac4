//! Assumptions on clocks, and how a run breaks them.

use super::{Breach, fault_path};
use crate::{
    analysis::Repair,
    kernel::{Fault, PerMillion, Rule, Scenario, Trace},
};

/// The clocks that go wrong by more than so many millionths, and were looked at.
pub(super) fn drift(
    rule: Rule,
    scenario: &Scenario,
    trace: &Trace,
    limit: u32,
    most: usize,
) -> Vec<Breach> {
    let wrong = |rate: PerMillion| rate.0.abs_diff(PerMillion::ONE.0) > limit;
    wrong_clocks(rule, scenario, trace, most, |fault| match *fault {
        Fault::Drift { node, rate, .. } if wrong(rate) => {
            Some(format!("{node}'s clock runs at {rate} times time"))
        }
        _ => None,
    })
}

/// The clocks that were set wrongly, and were looked at.
pub(super) fn ahead(rule: Rule, scenario: &Scenario, trace: &Trace, most: usize) -> Vec<Breach> {
    wrong_clocks(rule, scenario, trace, most, |fault| match *fault {
        Fault::Drift { node, offset: offset @ 1.., .. } => {
            Some(format!("{node}'s clock is {offset} ms ahead when the run begins"))
        }
        _ => None,
    })
}

/// The faults that are a wrong clock's, as `said` puts it, and met something: the clock was looked at.
fn wrong_clocks(
    rule: Rule,
    scenario: &Scenario,
    trace: &Trace,
    most: usize,
    said: impl Fn(&Fault) -> Option<String>,
) -> Vec<Breach> {
    let met = |fault: &usize| trace.unused_faults.binary_search(fault).is_err();
    let breaches = (0..scenario.faults.len()).filter(met).filter_map(|fault| {
        let why = said(&scenario.faults[fault])?;
        let culprit = fault_path(Some(fault));
        let repair = Some(Repair::Without(fault));
        Some(Breach { repair, ..Breach::from_the_start(rule, culprit, why) })
    });
    breaches.take(most).collect()
}
