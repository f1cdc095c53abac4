//! State of the measurement over many runs: the dimension that varies, the worker's errand, and its rows so far.

use super::{Errand, Run, Said, Shared, State, text};
use crate::{
    formats::MAX_WHOLE,
    kernel::{Domain, Parameter, ParameterValue, Scenario},
    runs::measure::decimal,
};

/// The dimension of the seeds, beside the parameters.
pub const SEED: &str = "seed";

/// Number of seeds under which a run is repeated.
pub const SEEDS_TRIED: u64 = 200;

/// Measures of the runs with one value: means, in tenths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeasuredRow {
    /// The value, as a scenario spells it.
    pub value: String,
    /// Number of messages.
    pub messages: Option<i64>,
    /// Time from the first request to the last indication, in tenths of a virtual ms.
    pub time: Option<i64>,
    /// Number of runs that violate a promised property.
    pub violating: u64,
    /// For each property that runs violate: its name, and their number.
    pub violated: Vec<(String, u64)>,
    /// Number of runs that are equal to the first run of the series.
    pub alike: u64,
    /// Number of runs.
    pub runs: u64,
}

impl MeasuredRow {
    /// Returns the mean number of messages and the mean time, as decimal numbers.
    #[must_use]
    pub fn means(&self) -> [String; 2] {
        [decimal(self.messages), decimal(self.time)]
    }
}

/// Action on the measurement, by the reader or by the worker.
#[derive(Clone, Debug, PartialEq)]
pub enum MeasureAction {
    /// Chooses what varies: [`SEED`], or a parameter of this name.
    Vary(String),
    /// Starts the runs with these values.
    Start(String),
    /// Starts a run for each of [`SEEDS_TRIED`] seeds, from the scenario's own on.
    Seeds,
    /// Delivers a message of the worker on this errand.
    Hear(Shared<Errand>, Said),
    /// Cancels the errand; its rows so far stay.
    Cancel,
}

/// State of the measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Measuring {
    name: String,
    values: Option<String>,
    errand: Option<Shared<Errand>>,
    /// The scenario that the rows are about.
    of: Option<Box<Scenario>>,
    rows: Shared<Vec<MeasuredRow>>,
    running: bool,
    failed: Option<String>,
}

impl Default for Measuring {
    fn default() -> Self {
        Self {
            name: SEED.to_owned(),
            values: None,
            errand: None,
            of: None,
            rows: Shared::new(Vec::new()),
            running: false,
            failed: None,
        }
    }
}

/// Measurement of a run, as the panel shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Dimension that varies.
    pub name: String,
    /// Its values, as the reader wrote them or as they are proposed.
    pub values: String,
    /// Rows so far.
    pub rows: Shared<Vec<MeasuredRow>>,
    /// True while the worker is running.
    pub running: bool,
    /// Reason for a failure.
    pub failed: Option<String>,
}

/// Runs with other seeds that violate a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations {
    /// Name of the property.
    pub property: &'static str,
    /// Number of seeds with which it is violated.
    pub seeds: usize,
    /// The first of them.
    pub first: Option<u64>,
}

impl Measured {
    /// True if the rows are runs with different seeds.
    #[must_use]
    pub fn is_over_seeds(&self) -> bool {
        self.name == SEED
    }

    /// True if all rows are of one run, since nothing in it depends on the seed.
    #[must_use]
    pub fn is_same_run(&self) -> bool {
        self.rows.iter().all(|row| row.alike == row.runs)
    }

    /// Returns the violations among runs with different seeds: of the property of this name, or of each promised one.
    #[must_use]
    pub fn violations(&self, run: &Run, property: Option<&str>) -> Vec<Violations> {
        let wanted = |name: &str, promised| property.map_or(promised, |property| property == name);
        let properties = run.protocol.properties();
        let wanted = properties.filter(|(property, promised)| wanted(property.name, *promised));
        let count = |property: &'static str| {
            let violates =
                |row: &&MeasuredRow| row.violated.iter().any(|(name, _)| name == property);
            let mut rows = self.rows.iter().filter(violates);
            let (seeds, first) = (rows.clone().count(), rows.next());
            Violations { property, seeds, first: first.and_then(|row| row.value.parse().ok()) }
        };
        wanted.map(|(property, _)| count(property.name)).collect()
    }
}

impl Measuring {
    /// Returns the worker's errand. It is about the run that is shown: a change of the run ends it.
    #[must_use]
    pub const fn errand(&self) -> Option<&Shared<Errand>> {
        self.errand.as_ref()
    }

    /// Ends the errand if the run that the page shows has `changed`.
    pub(super) fn hold(&mut self, changed: bool) {
        if changed {
            self.end();
        }
    }

    /// Ends the errand: the page shows another run now. Its rows are shown again when its own run is.
    fn end(&mut self) {
        self.errand = None;
        if std::mem::take(&mut self.running) {
            self.failed = Some(text::series::CANCELLED.to_owned());
        }
    }

    /// Returns what the panel shows for this run. Rows of another run say nothing of it: they are left out.
    #[must_use]
    pub fn shown(&self, run: &Run) -> Measured {
        let parameter = parameter(run, &self.name);
        let known = self.name == SEED || parameter.is_some();
        let name = if known { self.name.clone() } else { SEED.to_owned() };
        let values = self.values.clone().filter(|_| known);
        let values = values.unwrap_or_else(|| proposed(parameter, &run.scenario));
        let mine = self.of.as_deref().is_some_and(|of| self.is_about(of, &run.scenario));
        Measured {
            name,
            values,
            rows: if mine { self.rows.clone() } else { Shared::new(Vec::new()) },
            running: mine && self.running,
            failed: self.failed.clone().filter(|_| mine),
        }
    }
}

impl Measuring {
    /// True if the measurement of one scenario says something of the other. That over seeds has no seed of its own.
    fn is_about(&self, of: &Scenario, shown: &Scenario) -> bool {
        match self.name.as_str() {
            SEED => Scenario { seed: shown.seed, ..of.clone() }.same_run(shown),
            _ => of == shown,
        }
    }

    /// Returns the measurement of a run, started.
    fn started(name: String, values: String, run: &Run) -> Self {
        let scenario = Scenario { captions: Vec::new(), goal: None, ..run.scenario.clone() };
        let over = format!("{name}={values}");
        Self {
            name,
            values: Some(values),
            errand: Some(Shared::new(Errand::Measure(Box::new(scenario), over))),
            of: Some(Box::new(run.scenario.clone())),
            running: true,
            ..Self::default()
        }
    }
}

fn parameter(run: &Run, name: &str) -> Option<&'static Parameter> {
    run.protocol.behaviour.parameters.iter().find(|it| it.name == name)
}

/// Values that are proposed for a dimension: all words of a choice; a half, one and two times the scenario's number; some
/// seeds.
fn proposed(parameter: Option<&Parameter>, scenario: &Scenario) -> String {
    let Some(parameter) = parameter else {
        let first = scenario.seed;
        return format!("{first}..{}", first.saturating_add(19));
    };
    match parameter.domain {
        Domain::Flag { .. } => "true,false".to_owned(),
        Domain::Choice { choices, .. } => {
            choices.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(",")
        }
        Domain::Integer { default, min, max, .. } => {
            let own = match scenario.params.get(parameter.name) {
                Some(ParameterValue::Integer(own)) => *own,
                _ => default,
            };
            let mut values = [own / 2, own, own.saturating_mul(2)].to_vec();
            values.iter_mut().for_each(|it| *it = (*it).clamp(min, max));
            values.dedup();
            values.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
        }
    }
}

/// Changes the state of the measurement.
pub(super) fn reduce(state: State, action: MeasureAction) -> State {
    let now = &state.measuring;
    let measuring = match action {
        MeasureAction::Vary(name) => Measuring { name, values: None, ..now.clone() },
        MeasureAction::Start(values) => {
            Measuring::started(now.shown(&state.run).name, values, &state.run)
        }
        MeasureAction::Seeds => {
            let first = state.run.scenario.seed.min(MAX_WHOLE - SEEDS_TRIED);
            let values = format!("{first}..{}", first + SEEDS_TRIED - 1);
            Measuring::started(SEED.to_owned(), values, &state.run)
        }
        // A cancelled worker may have sent a message before it ended.
        MeasureAction::Hear(errand, _) if now.errand.as_ref() != Some(&errand) => return state,
        MeasureAction::Hear(_, Said::Measured(row)) => {
            let rows = now.rows.iter().cloned().chain([row]).collect();
            Measuring { rows: Shared::new(rows), ..now.clone() }
        }
        MeasureAction::Hear(_, Said::Failed(why)) => {
            Measuring { failed: Some(why), running: false, ..now.clone() }
        }
        MeasureAction::Hear(_, Said::Done) => {
            Measuring { errand: None, running: false, ..now.clone() }
        }
        MeasureAction::Hear(..) => return state,
        MeasureAction::Cancel => {
            let mut ended = now.clone();
            ended.end();
            ended
        }
    };
    State { measuring, ..state }
}
