//! What has been worked out of the run that is shown, for the workbench: each part when it is first asked for,
//! kept until there is another run.

use super::{Chart, Numbers, Past, charts};
use crate::app::Run;

/// What has been worked out.
#[derive(Debug, Default)]
pub struct Workings {
    past: Option<Past>,
    numbers: Option<Numbers>,
    charts: Option<(Run, Vec<Chart>)>,
}

impl Workings {
    /// The past of this run.
    pub fn past(&mut self, run: &Run) -> &mut Past {
        self.past.take_if(|past| !past.is_of(run));
        self.past.get_or_insert_with(|| Past::of(run))
    }

    /// This run in numbers.
    pub fn numbers(&mut self, run: &Run) -> &mut Numbers {
        self.numbers.take_if(|numbers| !numbers.is_of(run));
        self.numbers.get_or_insert_with(|| Numbers::of(run))
    }

    /// What was measured in this run.
    pub fn charts(&mut self, run: &Run) -> &[Chart] {
        self.charts.take_if(|(of, _)| of != run);
        &self.charts.get_or_insert_with(|| (run.clone(), charts(run))).1
    }
}
