//! Questions to a worker, its answers, and their display.

use worldlines::{
    app::{Errand, FoundRun, Hunt, Said, SearchPart, heard, run_errand},
    formats::{scenario, search::Asked},
    search::{Budget, Target},
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
    let found: Vec<&str> = hunt.found.iter().map(|(_, it)| it.property.as_str()).collect();
    assert_eq!(found, ["agreement"]);
    let explanation = &hunt.found[0].1.explanation;
    assert!(explanation.contains("would hold"), "{explanation}");
    assert_eq!(hunt.covered.len() + hunt.found.len(), asked("").targets.len());
    assert!(hunt.explored > 0 && hunt.progress.contains("explored"));
    assert_eq!(hunt.failed, None);
}

#[test]
fn search_in_two_parts_says_what_holds_inside_the_model_and_which_assumption_a_violation_breaks() {
    let hunt = end_of(&Errand::Break(Box::new(asked("crash=1,drop=1"))));
    let [(part, found)] = hunt.found.as_slice() else { panic!("{:?}", hunt.found) };
    assert_eq!((*part, found.property.as_str()), (Some(SearchPart::Beyond), "agreement"));
    let broke = found.broke.as_deref().expect("it breaks an assumption");
    assert!(found.explanation.contains(broke), "{broke}: {}", found.explanation);
    let covered = |part| hunt.covered.iter().filter(move |(of, ..)| *of == Some(part)).count();
    let promised = asked("").targets.len();
    assert_eq!(covered(SearchPart::Inside), promised);
    assert_eq!(covered(SearchPart::Beyond), promised - 1);
    let mut said = hunt.coverage(Some(SearchPart::Inside));
    assert!(said.all(|it| it.contains("inside the protocol's model")));
}

#[test]
fn second_part_of_a_search_leaves_out_what_was_violated_inside_the_model() {
    let scenario = scenario::read(&PLAIN.replace("best-effort", "reliable")).expect("it is read");
    let asked = Asked::of(scenario).expect("its protocol is known");
    let uniform = asked.protocol.properties().map(|(property, _)| property);
    let uniform = uniform.filter(|it| it.name == "uniform agreement").map(Target::Violation);
    let asked = Asked { targets: uniform.collect(), ..asked };
    let hunt = end_of(&Errand::Break(Box::new(asked)));
    let found: Vec<_> = hunt.found.iter().map(|(part, it)| (*part, &it.broke)).collect();
    assert_eq!(found, [(Some(SearchPart::Inside), &None)]);
    assert!(hunt.covered.is_empty() && hunt.part == Some(SearchPart::Inside));
}

#[test]
fn search_that_is_cancelled_in_its_second_part_keeps_the_results_of_the_first() {
    let mut hunt = Hunt::sent(&Errand::Break(Box::new(asked("crash=1"))));
    let covered = Said::Covered("agreement".to_owned(), "No violation of agreement.".to_owned());
    for said in [Said::Part(SearchPart::Inside), covered, Said::Part(SearchPart::Beyond)] {
        hunt = hunt.after(said);
    }
    let hunt = hunt.cancelled();
    let inside: Vec<_> = hunt.coverage(Some(SearchPart::Inside)).collect();
    assert_eq!(inside, ["No violation of agreement."]);
    assert_eq!(hunt.coverage(Some(SearchPart::Beyond)).count(), 0);
}

#[test]
fn worker_minimises_and_explains_a_finding() {
    let found = end_of(&Errand::Search(Box::new(asked("crash=1")))).found.remove(0).1.scenario;
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
    let (property, explanation) = ("agreement".to_owned(), String::new());
    let hunt = hunt.after(Said::Found(FoundRun { property, scenario, explanation, broke: None }));
    let hunt = hunt.cancelled();
    assert!(hunt.cancelled && !hunt.running && hunt.found.len() == 1);
}
