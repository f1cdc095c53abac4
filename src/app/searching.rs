//! State of the search panel: the reader's options, the worker's errand, and its results so far.

use super::{Errand, Hunt, Run, Said, Shared, State};
use crate::{
    formats::search::Asked,
    kernel::{Kind, Property, Protocol, Scenario},
    search::{Budget, Target},
};

/// Options of the next search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchOptions {
    /// Name of the property to violate; none for every promised one.
    pub property: Option<&'static str>,
    /// Largest numbers of faults; none for the usual ones of the protocol.
    pub budget: Option<Budget>,
    /// True if no assumption of the protocol may be broken: the search has its first part only, which then takes longer.
    pub inside_model: bool,
    /// True if the search begins with the faults of the run that is shown.
    pub with_faults: bool,
}

impl SearchOptions {
    /// Returns the largest numbers of faults of a search of this protocol.
    #[must_use]
    pub fn budget(&self, protocol: &Protocol) -> Budget {
        self.budget.clone().unwrap_or_else(|| Budget::usual(protocol))
    }
}

/// Task of a worker, about the run that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchTask {
    /// Searches for a violation, inside the protocol's model and then beyond it.
    Search,
    /// Explains the violation of the property of this name.
    Explain(&'static str),
    /// Minimises a run that violates the property of this name.
    Minimise(&'static str),
    /// Delays messages so that nothing is decided.
    KeepUndecided,
}

/// Action on the search panel, by the reader or by the worker.
#[derive(Clone, Debug, PartialEq)]
pub enum SearchAction {
    /// Sets the options of the next search.
    Choose(SearchOptions),
    /// Starts a task, at this real time in ms since the page was opened. The previous one ends.
    Start(SearchTask, f64),
    /// Delivers a message of the worker on this errand.
    Hear(Shared<Errand>, Said),
    /// Cancels the errand; its results so far stay.
    Cancel,
}

/// State of the search panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Searching {
    /// Options of the next search.
    pub options: SearchOptions,
    /// Errand of the worker; none before the first one and after it was cancelled.
    pub errand: Option<Shared<Errand>>,
    /// Real time at which the errand began, in ms since the page was opened.
    pub since: f64,
    hunt: Shared<Hunt>,
}

impl Default for Searching {
    fn default() -> Self {
        let (options, hunt) = (SearchOptions::default(), Shared::new(Hunt::default()));
        Self { options, errand: None, since: 0.0, hunt }
    }
}

impl Searching {
    /// Returns the results of the last errand. Those of another protocol say nothing of this run: they are left out.
    #[must_use]
    pub fn results(&self, run: &Run) -> Shared<Hunt> {
        let of = self.hunt.of.as_ref();
        let is_other = of.is_some_and(|of| of.protocol != run.scenario.protocol);
        if is_other && !self.hunt.running {
            return Shared::new(Hunt::default());
        }
        self.hunt.clone()
    }

    /// Returns the name of the chosen property, if the protocol has it.
    #[must_use]
    pub fn property(&self, run: &Run) -> Option<&'static str> {
        self.options.property.filter(|name| named(run, name).is_some())
    }
}

/// Property on whose violation the adversary works, if the protocol has it.
#[must_use]
pub fn termination(run: &Run) -> Option<&'static Property> {
    named(run, "termination").filter(|property| property.kind == Kind::Liveness)
}

fn named(run: &Run, name: &str) -> Option<&'static Property> {
    run.protocol.properties().map(|(property, _)| property).find(|it| it.name == name)
}

/// Changes the state of the search panel.
pub(super) fn reduce(state: State, action: SearchAction) -> State {
    let now = &state.searching;
    let searching = match action {
        SearchAction::Choose(options) => Searching { options, ..now.clone() },
        SearchAction::Start(task, since) => {
            let Some(errand) = errand(&state, task) else { return state };
            let hunt = Shared::new(Hunt::sent(&errand));
            Searching { errand: Some(Shared::new(errand)), since, hunt, ..now.clone() }
        }
        // A cancelled worker may have sent a message before it ended.
        SearchAction::Hear(errand, _) if now.errand.as_ref() != Some(&errand) => return state,
        SearchAction::Hear(_, said) => {
            Searching { hunt: Shared::new(now.hunt.after(said)), ..now.clone() }
        }
        SearchAction::Cancel => {
            Searching { errand: None, hunt: Shared::new(now.hunt.cancelled()), ..now.clone() }
        }
    };
    State { searching, ..state }
}

fn errand(state: &State, task: SearchTask) -> Option<Errand> {
    let run = &state.run;
    let scenario = || Box::new(run.scenario.clone());
    Some(match task {
        SearchTask::Search => {
            let asked = Box::new(search(state)?);
            if asked.inside_model { Errand::Search(asked) } else { Errand::Break(asked) }
        }
        SearchTask::Explain(name) => Errand::Explain(scenario(), named(run, name)?),
        SearchTask::Minimise(name) => Errand::Shrink(scenario(), named(run, name)?),
        SearchTask::KeepUndecided => {
            let scenario = Scenario { captions: Vec::new(), ..run.scenario.clone() };
            Errand::Adversary(Box::new(scenario), termination(run)?)
        }
    })
}

fn search(state: &State) -> Option<Asked> {
    let Searching { options, .. } = &state.searching;
    let run = &state.run;
    let mut scenario = run.scenario.clone();
    if !options.with_faults {
        scenario.faults.clear();
    }
    scenario.captions.clear();
    scenario.goal = None;
    let mut asked = Asked::of(scenario).ok()?;
    if let Some(name) = state.searching.property(run) {
        asked.targets = named(run, name).map(Target::Violation).into_iter().collect();
    }
    asked.budget = options.budget(run.protocol);
    asked.inside_model = options.inside_model;
    Some(asked)
}
