//! Assumptions on clocks.

use super::{Breach, Examined, fault_path};
use crate::{
    analysis::Repair,
    kernel::{Fault, ParameterName, PerMillion},
};

/// Every clock runs at the rate of time.
pub(super) fn no_drift(run: Examined) -> Vec<Breach> {
    drift(run, 0)
}

/// No clock drifts by more than the parameter says.
pub(super) fn drift_at_most(run: Examined, parameter: ParameterName) -> Vec<Breach> {
    drift(run, run.integer(parameter))
}

/// Every clock is right when the run begins.
pub(super) fn clocks_start_correct(run: Examined) -> Vec<Breach> {
    wrong_clocks(run, |fault| match *fault {
        Fault::Drift { node, offset: offset @ 1.., .. } => {
            Some(format!("{node}'s clock is {offset} ms ahead when the run begins"))
        }
        _ => None,
    })
}

/// The clocks that drift by more than so many millionths.
fn drift(run: Examined, limit: u32) -> Vec<Breach> {
    let wrong = |rate: PerMillion| rate.0.abs_diff(PerMillion::ONE.0) > limit;
    wrong_clocks(run, |fault| match *fault {
        Fault::Drift { node, rate, .. } if wrong(rate) => {
            Some(format!("{node}'s clock runs at {rate} times the correct rate"))
        }
        _ => None,
    })
}

/// The faults of clocks, as `said` describes them, that had an effect: the clock was read.
fn wrong_clocks(run: Examined, said: impl Fn(&Fault) -> Option<String>) -> Vec<Breach> {
    let met = |fault: &usize| run.trace.unused_faults.binary_search(fault).is_err();
    let breaches = (0..run.scenario.faults.len()).filter(met).filter_map(|fault| {
        let why = said(&run.scenario.faults[fault])?;
        let culprit = fault_path(Some(fault));
        let repair = Some(Repair::Without(fault));
        Some(Breach { repair, ..Breach::from_the_start(run.rule, culprit, why) })
    });
    breaches.take(run.most).collect()
}
