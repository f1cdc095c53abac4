//! Measures of a series of runs: over the number of nodes, the values of a parameter, or seeds.

use super::{Outcome, Unrunnable, cost};
use crate::kernel::{Cost, Delay, EventKind, ParameterValue, Protocol, Scenario, Time, Trace};

/// The dimension in which the rows of a series differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Over {
    /// Number of nodes.
    Nodes(Vec<usize>),
    /// A parameter of this name.
    Parameter(&'static str, Vec<ParameterValue>),
    /// The seed.
    Seed(Vec<u64>),
}

/// The scenario that is varied.
#[derive(Clone, Debug)]
pub enum Base {
    /// One operation of the protocol without failures; every message takes 10 virtual ms.
    Operation {
        /// The operation.
        cost: &'static Cost,
        /// Number of nodes, where it does not vary.
        nodes: usize,
    },
    /// A scenario of the reader's.
    Scenario(Box<Scenario>),
}

/// A series of runs, measured one run at a time: a page can go on between two of them.
#[derive(Clone, Debug)]
pub struct Series {
    protocol: &'static Protocol,
    base: Base,
    over: Over,
    /// Number of runs of each row, with one seed each.
    seeds: u64,
    done: u64,
    rows: Vec<Measures>,
    /// The first run.
    first: Option<Trace>,
}

/// Measures of the runs with one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measures {
    /// The value, as a scenario spells it.
    pub value: String,
    /// Number of messages sent. A transmission on a shared medium counts once.
    pub messages: Spread,
    /// Time from the first request to the last indication, in virtual ms; runs without either are left out.
    pub latency: Spread,
    /// Delay of every message, in virtual ms, where it is the same for all: a message delay.
    pub delay: Option<Time>,
    /// Largest value of each of the protocol's metrics at any node and time, in their order.
    pub metrics: Vec<Spread>,
    /// Number of runs that violate a promised property.
    pub violating: u64,
    /// For each property that runs violate: its name, and their number.
    pub violated: Vec<(&'static str, u64)>,
    /// Number of runs that are equal to the first run of the series.
    pub alike: u64,
    /// Number of runs.
    pub runs: u64,
}

/// Least, greatest and sum of a measure over the runs of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// Number of runs that have the measure.
    pub runs: u64,
    /// The least value.
    pub least: i64,
    /// The greatest value.
    pub most: i64,
    /// Sum of the values.
    pub total: i64,
}

impl Spread {
    /// Adds the measure of a run.
    fn add(&mut self, value: i64) {
        self.least = if self.runs == 0 { value } else { self.least.min(value) };
        self.most = if self.runs == 0 { value } else { self.most.max(value) };
        self.total = self.total.saturating_add(value);
        self.runs += 1;
    }

    /// The mean in tenths of a unit, rounded to the nearest; none without runs or for a unit of 0.
    #[must_use]
    pub fn mean_in_tenths(&self, unit: Time) -> Option<i64> {
        let units = i64::try_from(self.runs.checked_mul(unit)?).ok().filter(|units| *units > 0)?;
        let twice = self.total.checked_mul(20)?;
        Some((twice + units.saturating_mul(twice.signum())) / (2 * units))
    }
}

impl Over {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Nodes(sizes) => sizes.len(),
            Self::Parameter(_, values) => values.len(),
            Self::Seed(seeds) => seeds.len(),
        }
    }

    /// True if there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a row, as a scenario spells it.
    fn value(&self, row: usize) -> String {
        match self {
            Self::Nodes(sizes) => sizes[row].to_string(),
            Self::Parameter(_, values) => values[row].to_string(),
            Self::Seed(seeds) => seeds[row].to_string(),
        }
    }
}

impl Series {
    /// Returns a series with no run done yet: `seeds` runs for each value, with the seeds from the base's own on. A series
    /// over seeds has one run for each.
    #[must_use]
    pub const fn new(protocol: &'static Protocol, base: Base, over: Over, seeds: u64) -> Self {
        let seeds = if matches!(over, Over::Seed(_)) || seeds == 0 { 1 } else { seeds };
        Self { protocol, base, over, seeds, done: 0, rows: Vec::new(), first: None }
    }

    /// The protocol.
    #[must_use]
    pub const fn protocol(&self) -> &'static Protocol {
        self.protocol
    }

    /// The dimension that varies.
    #[must_use]
    pub const fn over(&self) -> &Over {
        &self.over
    }

    /// The scenario that is varied.
    #[must_use]
    pub const fn base(&self) -> &Base {
        &self.base
    }

    /// The rows whose runs have begun.
    #[must_use]
    pub fn rows(&self) -> &[Measures] {
        &self.rows
    }

    /// Number of runs altogether.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.over.len() as u64 * self.seeds
    }

    /// Does the next run; false if there is none.
    ///
    /// # Errors
    /// If the scenario of the run cannot be run.
    pub fn step(&mut self) -> Result<bool, Unrunnable> {
        let row = usize::try_from(self.done / self.seeds).unwrap_or(usize::MAX);
        if row >= self.over.len() {
            return Ok(false);
        }
        let outcome = Outcome::of(self.scenario(row, self.done % self.seeds))?;
        if self.rows.len() == row {
            self.rows.push(Measures {
                value: self.over.value(row),
                messages: Spread::default(),
                latency: Spread::default(),
                delay: delay(&outcome.scenario),
                metrics: vec![Spread::default(); self.protocol.metrics.len()],
                violating: 0,
                violated: Vec::new(),
                alike: 0,
                runs: 0,
            });
        }
        self.rows[row].add(&outcome);
        self.done += 1;
        let first = self.first.get_or_insert_with(|| outcome.trace.clone());
        self.rows[row].alike += u64::from(*first == outcome.trace);
        Ok(true)
    }

    /// Does all runs.
    ///
    /// # Errors
    /// If the scenario of a run cannot be run.
    pub fn finish(mut self) -> Result<Self, Unrunnable> {
        while self.step()? {}
        Ok(self)
    }

    /// The scenario of a run.
    fn scenario(&self, row: usize, seed: u64) -> Scenario {
        let mut scenario = match (&self.base, &self.over) {
            (Base::Operation { cost, .. }, Over::Nodes(sizes)) => {
                cost::scenario(self.protocol, cost, sizes[row])
            }
            (Base::Operation { cost, nodes }, _) => cost::scenario(self.protocol, cost, *nodes),
            (Base::Scenario(scenario), _) => (**scenario).clone(),
        };
        scenario.seed = scenario.seed.wrapping_add(seed);
        match &self.over {
            Over::Nodes(_) => {}
            Over::Parameter(name, values) => {
                scenario.params.insert((*name).to_owned(), values[row].clone());
            }
            Over::Seed(seeds) => scenario.seed = seeds[row],
        }
        scenario
    }
}

impl Measures {
    fn add(&mut self, outcome: &Outcome) {
        let trace = &outcome.trace;
        self.runs += 1;
        self.messages.add(trace.sends() as i64);
        if let Some(latency) = latency(outcome) {
            self.latency.add(latency as i64);
        }
        for (metric, spread) in self.metrics.iter_mut().enumerate() {
            let values = trace.samples.iter().filter_map(|sample| sample.values.get(metric));
            if let Some(most) = values.max() {
                spread.add(*most);
            }
        }
        let judgements = outcome.report.judgements.iter();
        let mut violated = judgements.filter(|it| it.verdict.is_violated());
        for name in violated.clone().map(|judgement| judgement.property.name) {
            match self.violated.iter_mut().find(|(known, _)| *known == name) {
                Some((_, count)) => *count += 1,
                None => self.violated.push((name, 1)),
            }
        }
        self.violating += u64::from(violated.any(|judgement| judgement.promised));
    }
}

/// Tenths as a decimal: `12.5`, and `12` without a fraction; a dash for none.
#[must_use]
pub fn decimal(tenths: Option<i64>) -> String {
    match tenths {
        None => "–".to_owned(),
        Some(tenths) if tenths % 10 == 0 => (tenths / 10).to_string(),
        Some(tenths) => {
            let sign = if tenths < 0 { "-" } else { "" };
            format!("{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10)
        }
    }
}

/// Time from the first request to the last indication, in virtual ms.
fn latency(outcome: &Outcome) -> Option<Time> {
    let events = &outcome.trace.events;
    let first = events.iter().find(|it| matches!(it.kind, EventKind::Request { .. }))?;
    let last = events.iter().rev().find(|it| matches!(it.kind, EventKind::Indicate { .. }))?;
    last.time.checked_sub(first.time)
}

/// Delay of every message, in virtual ms, if it is one for all and not 0.
fn delay(scenario: &Scenario) -> Option<Time> {
    let Delay { min, max } = scenario.network.delay;
    (min == max && min > 0 && scenario.network.links.is_empty()).then_some(min)
}
