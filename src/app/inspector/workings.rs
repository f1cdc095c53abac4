//! Results computed from the run that is shown, for the workbench: each on first use, and stored until another run is
//! shown.

use super::{Chart, Numbers, Past, charts};
use crate::{app::Run, diagram::Traffic};

/// The results computed so far.
#[derive(Debug, Default)]
pub struct Workings {
    past: Option<Past>,
    numbers: Option<Numbers>,
    charts: Option<(Run, Vec<Chart>)>,
    traffic: Option<(Run, Traffic)>,
}

/// Number of events of which the messages in transit are indexed at once.
const PIECE: usize = 20_000;

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

    /// Indexes further messages in transit of this run. True once all are indexed.
    pub fn index_traffic(&mut self, run: &Run) -> bool {
        self.traffic.take_if(|(of, _)| of != run);
        let begin = || (run.clone(), Traffic::begin(run.scenario.nodes.len()));
        let (_, traffic) = self.traffic.get_or_insert_with(begin);
        traffic.advance(&run.trace, PIECE)
    }

    /// Returns the messages in transit of this run; none while they are not indexed.
    #[must_use]
    pub fn traffic(&self, run: &Run) -> Option<&Traffic> {
        let (of, traffic) = self.traffic.as_ref()?;
        (of == run && traffic.is_whole(&run.trace)).then_some(traffic)
    }

    /// Returns the charts of this run.
    pub fn charts(&mut self, run: &Run) -> &[Chart] {
        self.charts.take_if(|(of, _)| of != run);
        &self.charts.get_or_insert_with(|| (run.clone(), charts(run))).1
    }
}
