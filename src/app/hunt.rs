//! Results of a worker's task: a search for violations, a minimisation, or an explanation.

use super::errand::{Errand, FoundRun, Said, SearchPart};
use super::text;
use crate::{
    formats::search::counted,
    kernel::{Scenario, count_of},
};

/// A task that was sent to a worker, and its results so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hunt {
    /// True while the worker is running.
    pub running: bool,
    /// Kind of task: `search`, `break`, `shrink`, `explain`, `adversary`; empty before the first.
    pub what: &'static str,
    /// Progress, in words; empty if there is nothing to report.
    pub progress: String,
    /// Number of runs and states so far, in all parts.
    pub explored: u64,
    /// The same when the part began.
    before: u64,
    /// The part of the search that has begun last, if it has parts.
    pub part: Option<SearchPart>,
    /// Violations found, each in this part of the search.
    pub found: Vec<(Option<SearchPart>, FoundRun)>,
    /// Coverage of the properties of which a part found no violation: the part, the property, the sentence.
    pub covered: Vec<(Option<SearchPart>, String, String)>,
    /// The minimised scenario.
    pub small: Option<Box<Scenario>>,
    /// The property and the paragraph that explains its violation.
    pub explained: Option<(String, String)>,
    /// Reason for a failure.
    pub failed: Option<String>,
    /// True if the task was cancelled.
    pub cancelled: bool,
    /// The scenario that the task is about.
    pub of: Option<Box<Scenario>>,
}

impl Hunt {
    /// Returns the state after a task was sent.
    #[must_use]
    pub fn sent(errand: &Errand) -> Self {
        let (what, scenario) = match errand {
            Errand::Search(asked) => ("search", asked.scenario.clone()),
            Errand::Break(asked) => ("break", asked.scenario.clone()),
            Errand::Shrink(scenario, _) => ("shrink", (**scenario).clone()),
            Errand::Explain(scenario, _) => ("explain", (**scenario).clone()),
            Errand::Adversary(scenario, _) => ("adversary", (**scenario).clone()),
            Errand::Measure(scenario, _) => ("measure", (**scenario).clone()),
        };
        let part = match errand {
            Errand::Search(asked) => asked.inside_model.then_some(SearchPart::Inside),
            _ => None,
        };
        Self { running: true, what, part, of: Some(Box::new(scenario)), ..Self::default() }
    }

    /// Returns the state after a message from the worker.
    #[must_use]
    pub fn after(&self, said: Said) -> Self {
        let mut next = self.clone();
        match said {
            Said::Progress { stage, property, explored, queue, depth } => {
                next.explored = self.before + explored;
                next.progress = progress(&stage, property.as_deref(), explored, queue, depth);
            }
            // A part counts anew.
            Said::Part(part) => {
                next.part = Some(part);
                next.before = self.explored;
                next.progress.clear();
            }
            Said::Found(finding) => next.found.push((self.part, finding)),
            Said::Covered(property, sentence) => next.covered.push((self.part, property, sentence)),
            Said::Small(scenario) => next.small = Some(scenario),
            Said::Explained(property, text) => next.explained = Some((property, text)),
            Said::Measured(_) => {} // Of a measurement, which has a state of its own.
            Said::Failed(why) => next.failed = Some(why),
            Said::Done => next.running = false,
        }
        next
    }

    /// Returns the note beside a minimised scenario: the parts of the original that could be left out.
    #[must_use]
    pub fn made_smaller(small: &Scenario, before: &Scenario) -> String {
        let sizes = |it: &Scenario| [it.nodes.len(), it.requests.len(), it.faults.len()];
        let (now, then) = (sizes(small), sizes(before));
        let nouns = ["node", "request", "fault"];
        let all = [0, 1, 2].map(|at| count_of(now[at], nouns[at]));
        let all = text::hunt::sizes(&all);
        let fewer = [0, 1, 2].into_iter().filter(|at| now[*at] != then[*at]);
        let fewer: Vec<_> =
            fewer.map(|at| text::hunt::instead(&count_of(now[at], nouns[at]), then[at])).collect();
        match fewer.is_empty() {
            true if small.same_run(before) => text::hunt::minimal(&all),
            true => text::hunt::simpler(&all),
            false => format!("{}.", fewer.join(", ")),
        }
    }

    /// Returns what a part of the search covered: a sentence for each property without a violation.
    pub fn coverage(&self, part: Option<SearchPart>) -> impl Iterator<Item = &str> {
        let of_part = self.covered.iter().filter(move |(of, ..)| *of == part);
        of_part.map(|(_, _, sentence)| sentence.as_str())
    }

    /// Returns the note on a cancelled search.
    #[must_use]
    pub fn called_off(&self) -> String {
        match self.explored {
            0 => text::hunt::CANCELLED_AT_ONCE.to_owned(),
            1 => text::hunt::CANCELLED_AFTER_ONE.to_owned(),
            many => text::hunt::cancelled_after(&counted(many)),
        }
    }

    /// Returns the state after the task was cancelled; its results so far stay.
    #[must_use]
    pub fn cancelled(&self) -> Self {
        Self { running: false, cancelled: self.running, ..self.clone() }
    }
}

fn progress(stage: &str, property: Option<&str>, explored: u64, queue: u64, depth: u64) -> String {
    let (explored, queue) = (counted(explored), counted(queue));
    let of = property.map(text::hunt::target).unwrap_or_default();
    let (doing, depth) = match stage {
        "runs" => (text::hunt::RUNS, text::hunt::at_a_time(depth)),
        "orders" => (text::hunt::ORDERS, text::hunt::deep(depth as usize)),
        "walks" => (text::hunt::WALKS, text::hunt::up_to_steps(depth as usize)),
        _ => (text::hunt::SWARM, text::hunt::up_to_faults(depth)),
    };
    text::hunt::progress(&format!("{doing}{of}"), &explored, &queue, &depth)
}
