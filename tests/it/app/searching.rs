//! The state of a search and of an exercise changes by actions only.

use worldlines::{
    app::{
        Action, Assigned, Edit, Errand, ImportAction, Said, SearchAction, SearchOptions,
        SearchTask, Shared, Source, State, reduce,
    },
    formats::{
        bundled::{self, Bundled},
        exercise::attempt_json,
        link, scenario,
    },
    import::Options,
    kernel::Scenario,
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
    let budget = Some(Budget::read("crash=2").expect("it is a budget"));
    let options = SearchOptions { property: Some(promised), budget, ..SearchOptions::default() };
    let chosen = act(&opened, SearchAction::Choose(options.clone()));
    let (state, errand) = start(&chosen, SearchTask::Search);
    let Errand::Break(asked) = &*errand else { panic!("it is a search in two parts") };
    assert_eq!(Some(&asked.budget), options.budget.as_ref());
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

#[test]
fn assigned_exercise_is_the_first_that_a_link_or_a_file_opened() {
    let exercise =
        |path: &str| bundled::find(path).and_then(|it| it.scenario().ok()).expect("it is bundled");
    let own = exercise("ordering/fifo-multicast/exercise-reply-first");
    let other = exercise("reliable/best-effort-broadcast/exercise-keep-agreement");
    let load = |scenario: &Scenario| Action::Load(link::fragment(scenario, None));
    assert_eq!(State::opening().assigned, Assigned::Undecided);
    // An exercise that the reader picks in the page, or gives to it, is none of the page around, now or later.
    let bundled = bundled::find("mutex/maekawa/exercise-deadlock").expect("it is bundled");
    let picked = reduce(&State::opening(), Action::Open(bundled));
    assert!(picked.exercise.is_some());
    let text = scenario::write(&own);
    let source = |text: &str| {
        let (name, text, options) = (String::new(), text.into(), Options::default());
        Shared::new(Source { name, text, options })
    };
    let pasted = source(&link::fragment(&own, None));
    let given = reduce(&State::opening(), Action::Import(ImportAction::Read(pasted)));
    assert_eq!(*given.origin, own);
    let file = source(&text);
    let reading = reduce(&State::opening(), Action::Import(ImportAction::Read(file.clone())));
    let dropped = reduce(&reading, Action::Import(ImportAction::Open(file)));
    assert_eq!(*dropped.origin, own);
    for chosen in [&picked, &given, &dropped, &reduce(&picked, load(&own))] {
        assert_eq!(chosen.assigned, Assigned::Nothing);
        assert!(chosen.assigned_exercise().is_none());
    }
    let file = Action::File(r#"{"address":"exercise.json"}"#.to_owned(), Some(text));
    for opened in [
        reduce(&State::opening(), load(&own)),
        reduce(&State::awaiting_file(), file),
        State::begin(&link::fragment(&own, None), None),
        // Damaged links open nothing.
        reduce(&reduce(&State::opening(), Action::Load("#s=deflate.AA".to_owned())), load(&own)),
    ] {
        assert_eq!(opened.assigned_exercise().as_deref(), Some(&own));
        let elsewhere = reduce(&reduce(&opened, Action::Open(bundled)), load(&other));
        assert_eq!((elsewhere.assigned_exercise(), &*elsewhere.origin), (None, &other));
        let back = reduce(&reduce(&elsewhere, Action::Undo), Action::Undo);
        assert_eq!(back.assigned_exercise().as_deref(), Some(&own));
    }
    // The work of this tab goes on.
    let opened = reduce(&State::opening(), load(&own));
    let tried = reduce(&opened, Action::Apply(Edit::Seed(own.seed + 1)));
    let draft = tried.draft();
    let again = State::begin(&tried.fragment(), draft.as_deref());
    assert_eq!(again.assigned_exercise().as_deref(), Some(&own));
    // The draft of an earlier page of this tab is another exercise.
    let next = State::begin(&link::fragment(&other, None), draft.as_deref());
    assert_eq!(next.assigned_exercise().as_deref(), Some(&other));
}

#[test]
fn attempt_of_a_result_code_is_read_without_its_run() {
    let bundled = bundled::find("ordering/fifo-multicast/exercise-reply-first").expect("bundled");
    let opened = reduce(&State::opening(), Action::Open(bundled));
    let code =
        "w1.ATQAy_97ImZhdWx0cyI6W3siZGVsYXkiOnsiYnkiOjUwLCJtZXNzYWdlIjoiUDE-UDIjMSJ9fV19.5b27c5bb";
    let (attempt, digest) = attempt_json(&opened.origin, code).expect("it is a code");
    assert_eq!(digest, "5b27c5bb");
    let attempt = scenario::from_json(&attempt).expect("it is a scenario");
    let restored = reduce(&opened, Action::Apply(Edit::Replace(Box::new(attempt))));
    let exercise = restored.exercise.as_ref().expect("it is the exercise");
    assert_eq!(exercise.code.as_deref(), Some(code));
    assert_eq!((&restored.origin, restored.undo.len()), (&opened.origin, 2));
    let broken = attempt_json(&opened.origin, "w1.AAAA.5b27c5bb").expect_err("it is damaged");
    assert!(broken.to_string().starts_with("code: found"), "{broken}");
}
