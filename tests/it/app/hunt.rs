//! Questions to a worker, its answers, and their display.

use worldlines::{
    app::{Errand, Hunt, Said, heard, run_errand},
    formats::{scenario, search::Asked},
    search::Budget,
};

const PLAIN: &str = r#"{"version": 1, "protocol": "best-effort-broadcast", "nodes": ["Alice", "Bob", "Carol"],
    "requests": [{"at": 10, "node": "Alice", "do": "broadcast", "with": "m1"}]}"#;

/// Final result of an errand.
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
    Asked { budget: Budget::read(faults).expect("a budget"), ..asked }
}

#[test]
fn worker_reports_findings_and_coverage_of_a_search() {
    let hunt = end_of(&Errand::Search(Box::new(asked("crash=1"))));
    let found: Vec<&str> = hunt.found.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(found, ["agreement"]);
    assert!(hunt.found[0].2.contains("would hold"), "{}", hunt.found[0].2);
    assert_eq!(hunt.covered.len() + hunt.found.len(), asked("").targets.len());
    assert!(hunt.explored > 0 && hunt.progress.contains("explored"));
    assert_eq!(hunt.failed, None);
}

#[test]
fn worker_minimises_and_explains_a_finding() {
    let found = end_of(&Errand::Search(Box::new(asked("crash=1")))).found.remove(0).1;
    let property = asked("").protocol.promises.iter().find(|it| it.name == "agreement");
    let property = property.expect("it is promised");
    let explained = end_of(&Errand::Explain(found.clone(), property)).explained;
    assert!(explained.is_some_and(|(name, text)| name == "agreement" && text.contains("Bob")));
    let small = end_of(&Errand::Shrink(found.clone(), property)).small;
    assert_eq!(small, Some(found), "it was small already");
}

#[test]
fn worker_reports_why_a_search_fails() {
    let scenario = scenario::read(PLAIN).expect("it is a scenario");
    let property = &asked("").protocol.promises[0];
    let hunt = end_of(&Errand::Shrink(Box::new(scenario), property));
    assert!(hunt.failed.is_some() && hunt.small.is_none());
    let mut said = Vec::new();
    run_errand("{}", &mut |text| said.push(heard(&text)));
    assert!(matches!(said.as_slice(), [Some(Said::Failed(_)), Some(Said::Done)]));
}

#[test]
fn search_that_is_cancelled_keeps_its_findings() {
    let hunt = Hunt::sent(&Errand::Search(Box::new(asked("crash=1"))));
    let scenario = Box::new(scenario::read(PLAIN).expect("it is a scenario"));
    let hunt = hunt.after(Said::Found("agreement".to_owned(), scenario, String::new()));
    let hunt = hunt.cancelled();
    assert!(hunt.cancelled && !hunt.running && hunt.found.len() == 1);
}
