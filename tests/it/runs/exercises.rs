//! Exercises: every bundled goal can be reached and its bound is tight, by the search itself; a result code contains
//! the changes and nothing else.

use worldlines::{
    formats::{
        bundled, catalogue, exercise, scenario,
        search::{Asked, counted},
    },
    kernel::{Fault, MessageName, NodeId, Protocol, Scenario, Verdict},
    protocols,
    runs::{ExerciseVerdict, Goal, Outcome, Want},
    search::{Budget, Coverage, Finding, Search, Workers, interleavings_cover},
};

/// The bundled exercises, by their paths.
fn exercises() -> Vec<(String, Scenario, Goal)> {
    let all =
        bundled::bundled().into_iter().map(|it| (it.path(), it.scenario().expect("it is valid")));
    let goal = |(path, scenario): (String, Scenario)| {
        let goal = scenario::goal_of(&scenario)?;
        Some((path, scenario, goal))
    };
    all.filter_map(goal).collect()
}

fn exercise_of(name: &str) -> (Scenario, Goal) {
    let found = exercises().into_iter().find(|(path, ..)| path.ends_with(name));
    let (_, scenario, goal) = found.expect("it is bundled");
    (scenario, goal)
}

/// Findings of a search of an exercise within a budget, and its coverage.
fn search(exercise: &Scenario, budget: Budget) -> (Option<Finding>, Coverage) {
    let asked = Asked::of(exercise.clone()).expect("its protocol is known");
    let mut search = Search::new(Asked { budget, ..asked }.task()).expect("its requests are read");
    let mut found = None;
    while !search.is_over() {
        found = found.or(search.advance(Workers::all_cores()).into_iter().next());
    }
    (found, search.coverage())
}

#[test]
fn exercise_to_break_is_solved_within_its_bound_and_not_below() {
    let mut count = 0;
    for (path, scenario, goal) in exercises() {
        if matches!(goal.want, Want::Keep(_)) {
            continue;
        }
        count += 1;
        let (found, _) = search(&scenario, goal.within.clone());
        let found = found.unwrap_or_else(|| panic!("{path} cannot be reached"));
        let made = Scenario { until: scenario.until, ..found.before };
        assert_eq!(exercise::tried(&scenario, &made), Some(ExerciseVerdict::Reached), "{path}");
        assert!(scenario.faults.is_empty(), "{path} begins with nothing wrong");
        let smaller = goal.within.smaller();
        assert!(!smaller.is_empty(), "{path} takes something");
        for budget in smaller {
            let text = budget.to_string();
            let (found, coverage) = search(&scenario, budget.clone());
            assert!(found.is_none(), "{path} is reached with {text} already");
            let runs = counted(coverage.runs);
            let orders = coverage.orders[0].complete && interleavings_cover(&budget);
            assert!(coverage.exhausted || orders, "{path}: {runs} runs with {text} are not all");
        }
    }
    assert!(count >= 4);
}

/// Every protocol with its default parameters.
fn others(exercise: &Scenario) -> impl Iterator<Item = Scenario> {
    let exercise = exercise.clone();
    let change = move |protocol: &Protocol| {
        let protocol = protocol.id.to_owned();
        Scenario { protocol, params: Default::default(), ..exercise.clone() }
    };
    protocols::catalogue().map(move |(_, protocol)| change(protocol))
}

#[test]
fn exercise_to_keep_fails_at_first_and_is_solved_by_another_protocol() {
    let mut count = 0;
    for (path, scenario, goal) in exercises() {
        let Want::Keep(name) = &goal.want else { continue };
        count += 1;
        let before = Outcome::of(scenario.clone()).expect("it can be run");
        let broken = before.report.judgements.iter().any(|judgement| {
            judgement.property.name == name && matches!(judgement.verdict, Verdict::Violated { .. })
        });
        assert!(broken, "{path}: {name} is broken at first");
        assert_eq!(exercise::tried(&scenario, &scenario), Some(ExerciseVerdict::NotYet), "{path}");
        let reached =
            |other: &Scenario| exercise::tried(&scenario, other) == Some(ExerciseVerdict::Reached);
        assert!(others(&scenario).any(|other| reached(&other)), "{path} can be reached");
        assert!(!others(&scenario).all(|other| reached(&other)), "{path} is no matter of luck");
    }
    assert!(count >= 1);
}

#[test]
fn exercise_counts_only_allowed_changes() {
    let (scenario, goal) = exercise_of("exercise-reply-first");
    let p = NodeId::new;
    let message = MessageName { from: p(0), to: p(1), number: 1 };
    let with = |faults: &[Fault]| Scenario { faults: faults.to_vec(), ..scenario.clone() };
    let delay = |by| Fault::Delay { message, by };
    let tried = |other: &Scenario| exercise::tried(&scenario, other).expect("it is an exercise");
    assert_eq!(tried(&scenario), ExerciseVerdict::NotYet);
    assert_eq!(tried(&with(&[delay(10)])), ExerciseVerdict::NotYet, "not late enough");
    assert_eq!(tried(&with(&[delay(60)])), ExerciseVerdict::Reached);
    let crash = Fault::Crash { node: p(0), at: 190, after_sends: None };
    assert_eq!(tried(&with(&[delay(60), crash])), ExerciseVerdict::TooMuch);
    let other = Scenario { seed: 7, ..with(&[delay(60)]) };
    assert_eq!(tried(&other), ExerciseVerdict::Changed);
    let words = Scenario { title: "Mine".to_owned(), captions: vec![], ..with(&[delay(60)]) };
    assert_eq!(tried(&words), ExerciseVerdict::Reached, "words are no matter");
    assert_eq!(
        exercise::sentence(&scenario, &goal),
        "Make P2 indicate: deliver m2, and only later deliver m1, with at most 1 delay."
    );
}

#[test]
fn exercise_code_belongs_to_one_solution() {
    let (scenario, goal) = exercise_of("exercise-delivered-by-the-dead");
    let found = search(&scenario, goal.within.clone()).0.expect("it can be reached").before;
    let tried = Outcome::of(Scenario { until: scenario.until, ..found });
    let tried = tried.expect("it can be run");
    let code = exercise::code(&goal, &tried);
    assert!(code.starts_with("w1.") && code.len() < 200, "{code}");
    let (opened, same) = exercise::open(&scenario, &format!(" {code}\n")).expect("it is a code");
    assert!(same, "it runs as it ran");
    assert_eq!(opened.scenario, tried.scenario);
    assert_eq!(exercise::tried(&scenario, &opened.scenario), Some(ExerciseVerdict::Reached));
    // For another exercise it is the code of another run.
    let (other, _) = exercise_of("exercise-blocked");
    assert!(exercise::open(&other, &code).is_ok_and(|(_, same)| !same));
    // A text that only resembles a code is refused, and so is a code that changes fixed parts.
    let (keep, keeps) = exercise_of("exercise-keep-agreement");
    let foreign = exercise::code(&keeps, &Outcome::of(keep).expect("it can be run"));
    for bad in ["", "w1.", "w1.abc", "w2.abc.01234567", &foreign] {
        assert!(exercise::open(&scenario, bad).is_err(), "{bad}");
    }
    let damaged = code.replace("w1.", "w1.A");
    assert!(exercise::open(&scenario, &damaged).is_err());
    assert!(catalogue::find("protocol", &scenario.protocol).is_ok());
}

#[test]
fn exercise_goal_with_a_mistake_is_refused_with_its_place() {
    let refusal = |goal: &str| {
        let text = format!(
            r#"{{"version": 1, "protocol": "fifo-multicast", "nodes": 3, "goal": {goal}}}"#
        );
        scenario::read(&text).expect_err(goal).to_string()
    };
    for (goal, begins, says) in [
        (r#"{"violate": "FIFO ordr"}"#, "goal.violate: ", "did you mean \"FIFO order\"?"),
        (r#"{"violat": "FIFO order"}"#, "goal.violat: ", "did you mean \"violate\"?"),
        (r#"{"within": "crash=1"}"#, "goal: ", "\"violate\", \"tell\" and \"keep\""),
        (r#"{"keep": "agreement", "violate": "validity"}"#, "goal: ", "one of"),
        (r#"{"keep": "agreement", "within": "crash=1"}"#, "goal.within: ", "nothing"),
        (r#"{"violate": "validity", "within": "crush=1"}"#, "goal.within: ", "\"crash\"?"),
        (r#"{"tell": {"node": "P9", "first": "deliver m"}}"#, "goal.tell.node: ", "\"P9\""),
        (r#"{"tell": {"node": "P1"}}"#, "goal.tell.first: ", "expected"),
    ] {
        let said = refusal(goal);
        assert!(said.starts_with(begins) && said.contains(says), "{said}");
    }
}

#[test]
fn exercise_sentence_says_all_only_of_all() {
    // A state counts no more than 63 faults of a kind.
    let budget = |text| Budget::read(text).expect("it is a budget");
    assert!(interleavings_cover(&budget("crash=1,delay=3,drop=63")));
    assert!(!interleavings_cover(&budget("drop=64")));
    assert!(!interleavings_cover(&budget("crash=1,partition=1")));
}
