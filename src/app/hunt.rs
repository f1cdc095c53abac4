//! What a reader sees of a search for violations, of a scenario that is made small, and of an explanation.

use super::errand::{Errand, Said};
use crate::{formats::search::counted, kernel::Scenario};

/// An errand that was sent, and what has come of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hunt {
    /// Whether something is still to come.
    pub running: bool,
    /// What it is about: `search`, `shrink`, `explain`; empty before the first.
    pub what: &'static str,
    /// How far it is, in words; empty where there is nothing to say.
    pub progress: String,
    /// How many runs and states there were so far.
    pub explored: u64,
    /// What was found: the property, the scenario, and why.
    pub found: Vec<(String, Box<Scenario>, String)>,
    /// What is known of the properties of which no violation was found.
    pub covered: Vec<(String, String)>,
    /// The smallest scenario.
    pub small: Option<Box<Scenario>>,
    /// The property and the paragraph that explains its violation.
    pub explained: Option<(String, String)>,
    /// What did not work.
    pub failed: Option<String>,
    /// Whether it was called off.
    pub cancelled: bool,
    /// The scenario that it is about.
    pub of: Option<Box<Scenario>>,
}

impl Hunt {
    /// After an errand was sent.
    #[must_use]
    pub fn sent(errand: &Errand) -> Self {
        let (what, scenario) = match errand {
            Errand::Search(asked) => ("search", asked.scenario.clone()),
            Errand::Shrink(scenario, _) => ("shrink", (**scenario).clone()),
            Errand::Explain(scenario, _) => ("explain", (**scenario).clone()),
        };
        Self { running: true, what, of: Some(Box::new(scenario)), ..Self::default() }
    }

    /// After something was heard of it.
    #[must_use]
    pub fn after(&self, said: Said) -> Self {
        let mut next = self.clone();
        match said {
            Said::Progress { stage, property, explored, queue, depth } => {
                next.explored = explored;
                next.progress = progress(&stage, property.as_deref(), explored, queue, depth);
            }
            Said::Found(property, scenario, why) => next.found.push((property, scenario, why)),
            Said::Covered(property, sentence) => next.covered.push((property, sentence)),
            Said::Small(scenario) => next.small = Some(scenario),
            Said::Explained(property, text) => next.explained = Some((property, text)),
            Said::Failed(why) => next.failed = Some(why),
            Said::Done => next.running = false,
        }
        next
    }

    /// After it was called off: what was found stays.
    #[must_use]
    pub fn cancelled(&self) -> Self {
        Self { running: false, cancelled: self.running, ..self.clone() }
    }
}

fn progress(stage: &str, property: Option<&str>, explored: u64, queue: u64, depth: u64) -> String {
    let (explored, queue) = (counted(explored), counted(queue));
    let of = property.map(|name| format!(" for {name}")).unwrap_or_default();
    let (doing, depth) = match stage {
        "runs" => ("Runs with faults", format!("{depth} at a time")),
        "orders" => ("Orders of events", format!("{depth} steps deep")),
        "walks" => ("Random orders of events", format!("up to {depth} steps")),
        _ => ("Runs with faults drawn by lot", format!("up to {depth} at a time")),
    };
    format!("{doing}{of}: {explored} explored, {queue} waiting, {depth}")
}

#[cfg(test)]
mod tests {
    use super::{
        super::errand::{heard, run_errand},
        *,
    };
    use crate::formats::{scenario, search::Asked};

    const PLAIN: &str = r#"{"version": 1, "protocol": "best-effort-broadcast", "nodes": ["Alice", "Bob", "Carol"],
        "requests": [{"at": 10, "node": "Alice", "do": "broadcast", "with": "m1"}]}"#;

    /// What comes of an errand in the end.
    fn end_of(errand: &Errand) -> Hunt {
        let mut hunt = Hunt::sent(errand);
        assert!(hunt.running);
        run_errand(&errand.write(), &mut |text| {
            hunt = hunt.after(heard(&text).expect("a worker says what is known"));
        });
        assert!(!hunt.running, "it says that it is done");
        hunt
    }

    fn asked(faults: &str) -> Asked {
        let scenario = scenario::read(PLAIN).expect("it is a scenario");
        let asked = Asked::of(scenario).expect("its protocol is known");
        Asked { budget: crate::search::Budget::read(faults).expect("a budget"), ..asked }
    }

    #[test]
    fn a_search_tells_what_it_finds_and_what_it_covered() {
        let hunt = end_of(&Errand::Search(Box::new(asked("crash=1"))));
        let found: Vec<&str> = hunt.found.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(found, ["agreement"]);
        assert!(hunt.found[0].2.contains("would hold"), "{}", hunt.found[0].2);
        assert_eq!(hunt.covered.len() + hunt.found.len(), asked("").properties.len());
        assert!(hunt.explored > 0 && hunt.progress.contains("explored"));
        assert_eq!(hunt.failed, None);
    }

    #[test]
    fn what_was_found_is_made_small_and_explained() {
        let found = end_of(&Errand::Search(Box::new(asked("crash=1")))).found.remove(0).1;
        let property = asked("").properties.into_iter().find(|it| it.name == "agreement");
        let property = property.expect("it is promised");
        let explained = end_of(&Errand::Explain(found.clone(), property)).explained;
        assert!(explained.is_some_and(|(name, text)| name == "agreement" && text.contains("Bob")));
        let small = end_of(&Errand::Shrink(found.clone(), property)).small;
        assert_eq!(small, Some(found), "it was small already");
    }

    #[test]
    fn what_does_not_work_is_told() {
        let scenario = scenario::read(PLAIN).expect("it is a scenario");
        let property = asked("").properties[0];
        let hunt = end_of(&Errand::Shrink(Box::new(scenario), property));
        assert!(hunt.failed.is_some() && hunt.small.is_none());
        let mut said = Vec::new();
        run_errand("{}", &mut |text| said.push(heard(&text)));
        assert!(matches!(said.as_slice(), [Some(Said::Failed(_)), Some(Said::Done)]));
    }

    #[test]
    fn what_is_called_off_keeps_what_was_found() {
        let hunt = Hunt::sent(&Errand::Search(Box::new(asked("crash=1"))));
        let scenario = Box::new(scenario::read(PLAIN).expect("it is a scenario"));
        let hunt = hunt.after(Said::Found("agreement".to_owned(), scenario, String::new()));
        let hunt = hunt.cancelled();
        assert!(hunt.cancelled && !hunt.running && hunt.found.len() == 1);
    }
}
