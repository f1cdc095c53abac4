//! Results computed from the run that is shown, for the workbench: each on first use, and stored until another run is
//! shown.

use super::{Chart, Numbers, Past, charts};
use crate::app::Run;

/// The results computed so far.
#[derive(Debug, Default)]
pub struct Workings {
    past: Option<Past>,
    numbers: Option<Numbers>,
    charts: Option<(Run, Vec<Chart>)>,
}

impl Workings {
    /// Returns the past of this run.
    pub fn past(&mut self, run: &Run) -> &mut Past {
        self.past.take_if(|past| !past.is_of(run));
        self.past.get_or_insert_with(|| Past::of(run))
    }

    /// Returns this run in numbers.
    pub fn numbers(&mut self, run: &Run) -> &mut Numbers {
        self.numbers.take_if(|numbers| !numbers.is_of(run));
        self.numbers.get_or_insert_with(|| Numbers::of(run))
    }

    /// Returns the charts of this run.
    pub fn charts(&mut self, run: &Run) -> &[Chart] {
        self.charts.take_if(|(of, _)| of != run);
        &self.charts.get_or_insert_with(|| (run.clone(), charts(run))).1
    }
}
