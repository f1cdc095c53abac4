//! The state of a search and of an exercise changes by actions only.

use worldlines::{
    app::{Action, Errand, Said, SearchAction, SearchOptions, SearchTask, Shared, State, reduce},
    formats::bundled::{self, Bundled},
    search::Budget,
};

use crate::common::protocol;

fn act(state: &State, action: SearchAction) -> State {
    reduce(state, Action::Search(action))
}

fn start(state: &State, task: SearchTask) -> (State, Shared<Errand>) {
    let state = act(state, SearchAction::Start(task, 7.0));
    let errand = state.searching.errand.clone().expect("a worker is sent");
    (state, errand)
}

fn found(name: &str) -> Said {
    Said::Covered(name.to_owned(), "No violation was found.".to_owned())
}

#[test]
fn search_begins_with_the_options_of_the_reader() {
    let opened = State::opening();
    let promised = opened.run.protocol.promises[0].name;
    let budget = Budget::read("crash=2").expect("it is a budget");
    let options = SearchOptions { property: Some(promised), budget, ..SearchOptions::default() };
    let chosen = act(&opened, SearchAction::Choose(options.clone()));
    let (state, errand) = start(&chosen, SearchTask::Search);
    let Errand::Search(asked) = &*errand else { panic!("it is a search") };
    assert_eq!(asked.budget, options.budget);
    assert_eq!(asked.targets.iter().map(|it| it.name()).collect::<Vec<_>>(), [promised]);
    assert!(asked.scenario.faults.is_empty(), "the search begins without faults");
    assert!(state.searching.results(&state.run).running);
    assert_eq!((state.searching.since, state.run == opened.run), (7.0, true));
}

#[test]
fn search_hears_only_the_worker_of_its_errand() {
    let (first, old) = start(&State::opening(), SearchTask::Search);
    let (second, new) = start(&first, SearchTask::Search);
    let stale = act(&second, SearchAction::Hear(old, found("agreement")));
    assert!(stale.searching.results(&stale.run).covered.is_empty());
    let heard = act(&stale, SearchAction::Hear(new.clone(), found("agreement")));
    assert_eq!(heard.searching.results(&heard.run).covered.len(), 1);
    let cancelled = act(&heard, SearchAction::Cancel);
    let results = cancelled.searching.results(&cancelled.run);
    assert!(cancelled.searching.errand.is_none() && results.cancelled && !results.running);
    assert_eq!(results.covered.len(), 1, "results so far stay");
    let late = act(&cancelled, SearchAction::Hear(new, Said::Done));
    assert_eq!(late, cancelled);
}

#[test]
fn search_outlives_another_example_and_hides_results_of_another_protocol() {
    let (state, errand) = start(&State::opening(), SearchTask::Search);
    let heard = act(&state, SearchAction::Hear(errand.clone(), found("agreement")));
    let other = bundled::best_of(protocol("paxos")).expect("it is bundled");
    let elsewhere = reduce(&heard, Action::Open(other));
    assert_eq!(elsewhere.searching.errand.as_ref(), Some(&errand), "the worker goes on");
    let over = act(&elsewhere, SearchAction::Hear(errand, Said::Done));
    assert!(over.searching.results(&over.run).covered.is_empty());
    let back = reduce(&over, Action::Undo);
    assert_eq!(back.searching.results(&back.run).covered.len(), 1);
}

#[test]
fn task_that_the_protocol_does_not_have_starts_nothing() {
    let opened = State::opening();
    let none = act(&opened, SearchAction::Start(SearchTask::Explain("no such property"), 0.0));
    assert!(none.searching.errand.is_none());
}

#[test]
fn exercise_is_judged_with_each_change() {
    let is_exercise =
        |it: &&Bundled| it.scenario().is_ok_and(|it| it.goal.is_some() && it.faults.is_empty());
    let exercise = bundled::bundled().into_iter().find(is_exercise).expect("one is bundled");
    assert!(State::opening().exercise.is_none());
    let opened = reduce(&State::opening(), Action::Open(exercise));
    let shown = opened.exercise.as_ref().expect("it is an exercise");
    assert!(shown.judgement.is_none() && shown.code.is_none(), "nothing was tried");
    let tried =
        reduce(&opened, Action::Apply(worldlines::app::Edit::Seed(opened.scenario().seed + 1)));
    let shown = tried.exercise.as_ref().expect("it is an exercise");
    assert!(shown.judgement.is_some() && shown.code.is_none(), "only faults may be added");
    assert!(
        reduce(&tried, Action::Open(bundled::best_of(protocol("paxos")).expect("bundled")))
            .exercise
            .is_none()
    );
}
