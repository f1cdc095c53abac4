//! Title, captions and headings are true for the shown run through every kind of change.

use serde_json::{Value as Json, json};
use worldlines::{
    app::{Action, Draft, Edit, Hand, State, reduce},
    formats::{
        bundled, link,
        scenario::{self, goal_json},
    },
    kernel::{Caption, Fault, MessageName, NodeId, Scenario},
    runs::{Goal, Want},
    search::Budget,
};

fn node(index: usize) -> NodeId {
    NodeId::new(index)
}

fn apply(edit: Edit) -> Action {
    Action::Apply(edit)
}

fn drop_of(from: usize, to: usize) -> Action {
    let message = MessageName { from: node(from), to: node(to), number: 1 };
    apply(Edit::AddFault(Fault::Drop { message }))
}

fn after(state: &State, actions: impl IntoIterator<Item = Action>) -> State {
    actions.into_iter().fold(state.clone(), |state, action| reduce(&state, action))
}

/// The state after the reader has changed the scenario's text in this way.
fn written(state: &State, change: impl FnOnce(&mut Json)) -> State {
    let mut text = serde_json::from_str(&scenario::write(state.scenario())).expect("it is JSON");
    change(&mut text);
    after(state, [Action::Hand(Hand::Type(text.to_string())), Action::Hand(Hand::Take)])
}

fn has_no_words(state: &State) -> bool {
    let Scenario { title, captions, .. } = state.scenario();
    title.is_empty() && captions.is_empty()
}

/// The state that a reader sees who opens the link.
fn opened_elsewhere(state: &State) -> State {
    State::begin(state.fragment().trim_start_matches('#'), None)
}

#[test]
fn words_of_an_example_are_dropped_by_the_first_change() {
    let state = State::opening();
    let mut slower = state.scenario().network.clone();
    slower.loss.0 = 10_000;
    let changes = [
        drop_of(0, 1),
        apply(Edit::RemoveFault(0)),
        apply(Edit::RemoveRequest(0)),
        apply(Edit::Nodes(5)),
        apply(Edit::Rename(node(1), "Zürich".to_owned())),
        apply(Edit::Network(slower)),
        apply(Edit::Seed(99)),
        apply(Edit::Until(777)),
        apply(Edit::Protocol("reliable-broadcast")),
        Action::Adjust(Edit::Until(777)),
    ];
    for change in changes {
        let next = reduce(&state, change.clone());
        assert!(next.is_edited(), "{change:?}");
        assert!(has_no_words(&next), "{change:?}: {:?}", next.scenario().title);
        assert_eq!(next.heading(), format!("Your run of {}", next.run.protocol.name));
        assert!(!next.has_old_words());
        let there = opened_elsewhere(&next);
        assert_eq!(there.scenario(), next.scenario(), "the author sees what readers see");
        assert_eq!(there.heading(), format!("A run of {}", next.run.protocol.name));
        let back = reduce(&next, Action::Undo);
        if !next.adjusting {
            assert_eq!(back.scenario(), state.scenario(), "{change:?}: undo brings the words back");
            let again = reduce(&back, Action::Redo);
            assert_eq!(again.scenario(), next.scenario());
            let fresh = reduce(&next, Action::Reset);
            assert_eq!(fresh.scenario(), fresh.origin.as_ref());
            assert!(!fresh.scenario().title.is_empty());
        }
    }
}

#[test]
fn words_of_a_bundled_scenario_are_dropped_and_the_title_of_an_exercise_stays() {
    for bundled in bundled::bundled() {
        let state = reduce(&State::opening(), Action::Open(bundled));
        let next = reduce(&state, apply(Edit::Seed(state.scenario().seed + 1)));
        assert!(next.scenario().captions.is_empty(), "{}", bundled.path());
        if state.scenario().goal.is_some() {
            assert_eq!(next.scenario().title, state.scenario().title, "{}", bundled.path());
            assert_eq!(next.scenario().goal, state.scenario().goal, "{}", bundled.path());
        } else {
            assert_eq!(next.scenario().title, "", "{}", bundled.path());
        }
    }
}

#[test]
fn words_of_an_example_return_when_its_change_is_taken_back() {
    let state = State::opening();
    let changed = reduce(&state, drop_of(0, 1));
    let place = changed.scenario().faults.len() - 1;
    let back = reduce(&changed, apply(Edit::RemoveFault(place)));
    assert_eq!(back.scenario(), state.scenario());
    assert!(!back.is_edited());
}

#[test]
fn words_stay_after_a_drag_that_returns() {
    let state = State::opening();
    let there = reduce(&state, Action::Adjust(Edit::Until(777)));
    let until = state.scenario().until;
    let back = after(&there, [Action::Adjust(Edit::Until(until)), Action::Settle]);
    assert_eq!(back.scenario(), state.scenario());
    assert_eq!(back.undo, state.undo, "it was no change");
}

#[test]
fn words_of_a_link_are_dropped_by_the_first_change() {
    // Another author's run with the title of an example.
    let mut theirs = State::opening().scenario().clone();
    theirs.nodes = vec!["Genève".to_owned(), "Zürich".to_owned(), "Bern".to_owned()];
    let state = State::begin(&link::encode(&theirs), None);
    assert_eq!(state.heading(), theirs.title);
    let next = reduce(&state, drop_of(0, 1));
    assert!(has_no_words(&next));
    assert_eq!(reduce(&next, Action::Undo).heading(), theirs.title);
}

#[test]
fn title_of_the_reader_stays_and_is_marked_as_older_than_the_run() {
    let state = reduce(&State::opening(), drop_of(0, 1));
    let titled = written(&state, |text| text["title"] = "Lost on the way".into());
    assert_eq!(titled.heading(), "Lost on the way");
    assert!(!titled.has_old_words());
    assert_eq!(opened_elsewhere(&titled).heading(), "Lost on the way");
    let changed = reduce(&titled, apply(Edit::Nodes(4)));
    assert_eq!(changed.heading(), "Lost on the way");
    assert!(changed.has_old_words());
    assert_eq!(opened_elsewhere(&changed).heading(), "Lost on the way");
    let back = reduce(&changed, Action::Undo);
    assert!(!back.has_old_words(), "it was written for this run");
    let rewritten = written(&changed, |text| text["title"] = "Among four".into());
    assert!(!rewritten.has_old_words());
    let none = after(&changed, [Action::Undo, Action::Undo, Action::Undo]);
    assert_eq!(none.scenario(), State::opening().scenario());
    assert_eq!(none.written, None);
}

#[test]
fn title_of_the_reader_equal_to_an_examples_stays_the_readers() {
    let state = reduce(&State::opening(), drop_of(0, 1));
    let title = State::opening().scenario().title.clone();
    let titled = written(&state, |text| text["title"] = title.clone().into());
    let changed = reduce(&titled, apply(Edit::Seed(9)));
    assert_eq!(changed.heading(), title);
    assert!(changed.has_old_words());
}

#[test]
fn words_of_an_example_are_dropped_by_a_change_in_the_text() {
    let state = State::opening();
    let next = written(&state, |text| text["seed"] = json!(99));
    assert!(has_no_words(&next), "{:?}", next.scenario());
    let both = written(&state, |text| {
        text["seed"] = json!(99);
        text["title"] = "Another seed".into();
    });
    assert_eq!(both.heading(), "Another seed");
    assert!(both.scenario().captions.is_empty(), "those came with the example");
    assert!(!both.has_old_words());
    let words = written(&state, |text| text["title"] = "My name for it".into());
    assert_eq!(words.scenario().captions, state.scenario().captions, "it is still that run");
    let changed = reduce(&words, apply(Edit::Seed(99)));
    assert_eq!(changed.heading(), "My name for it");
    assert!(changed.scenario().captions.is_empty());
}

#[test]
fn caption_of_the_reader_stays_as_long_as_its_node() {
    let state = reduce(&State::opening(), drop_of(0, 1));
    let caption = json!([{"at": 10, "node": "Carol", "text": "Carol waits in vain."}]);
    let told = written(&state, |text| text["captions"] = caption);
    assert_eq!(told.scenario().captions.len(), 1);
    let renamed = reduce(&told, apply(Edit::Rename(node(2), "Chloé".to_owned())));
    assert_eq!(renamed.scenario().captions, told.scenario().captions);
    assert!(renamed.has_old_words());
    let fewer = reduce(&told, apply(Edit::Nodes(2)));
    assert!(fewer.scenario().captions.is_empty() && !fewer.has_old_words());
}

#[test]
fn draft_keeps_the_author_of_words() {
    let state = reduce(&State::opening(), drop_of(0, 1));
    let titled = written(&state, |text| text["title"] = "Lost on the way".into());
    let changed = reduce(&titled, apply(Edit::Nodes(4)));
    let restored = changed.draft().and_then(|draft| State::restored(&draft)).expect("a draft");
    assert_eq!(restored.written, changed.written);
    assert!(restored.has_old_words());
    let seeded = reduce(&restored, apply(Edit::Seed(5)));
    assert_eq!(seeded.heading(), "Lost on the way", "still the reader's own");
    let back = after(&restored, [Action::Undo, Action::Undo, Action::Undo]);
    assert_eq!(back.heading(), State::opening().heading());
}

#[test]
fn offered_draft_has_the_heading_of_its_page() {
    for state in [
        reduce(&State::opening(), drop_of(0, 1)),
        written(&State::opening(), |text| {
            text["seed"] = json!(3);
            text["title"] = "Mine".into();
        }),
    ] {
        let text = state.draft().expect("there is something to lose");
        let draft = Draft { tab: "a".to_owned(), written: 1, text };
        let offer = Draft::to_offer(&[draft], &[]).expect("it is worth going on with");
        assert_eq!(offer.title, state.heading());
        assert!(!offer.title.is_empty());
    }
}

#[test]
fn finding_opens_without_words_and_an_exercise_stays_one() {
    let state = State::opening();
    let mut found = state.scenario().clone();
    found.faults.clear();
    found.captions.clear();
    let next = reduce(&state, apply(Edit::Replace(Box::new(found))));
    assert!(has_no_words(&next));
    assert!(next.loads > state.loads, "the reader is led to it");

    let exercise = bundled::find("mutex/maekawa/exercise-deadlock").expect("it is bundled");
    let state = reduce(&State::opening(), Action::Open(exercise));
    let mut found = state.scenario().clone();
    (found.goal, found.title) = (None, String::new());
    found.seed += 1;
    let next = reduce(&state, apply(Edit::Replace(Box::new(found))));
    assert_eq!(next.scenario().goal, state.scenario().goal);
    assert_eq!(next.scenario().title, state.scenario().title);
}

#[test]
fn node_named_by_an_exercise_cannot_be_removed() {
    let path = "ordering/fifo-multicast/exercise-reply-first";
    let exercise = bundled::find(path).expect("it is bundled");
    let state = reduce(&State::opening(), Action::Open(exercise));
    let next = reduce(&state, apply(Edit::Nodes(1)));
    assert_eq!(next.scenario(), state.scenario());
    let why = next.refused.expect("it is refused").why;
    assert!(why.contains("the exercise is about"), "{why}");
}

#[test]
fn variant_of_a_changed_run_has_no_words_of_the_example() {
    let bundled = bundled::find("ordering/fifo-multicast/three-orders").expect("it is bundled");
    let state = reduce(&State::opening(), Action::Open(bundled));
    let causal = reduce(&state, apply(Edit::Protocol("causal-multicast")));
    assert_eq!(causal.scenario(), causal.origin.as_ref(), "the variant itself");
    let changed = after(&state, [apply(Edit::Nodes(4)), apply(Edit::Protocol("causal-multicast"))]);
    assert!(has_no_words(&changed));
    let same = after(&changed, [apply(Edit::Nodes(3))]);
    assert_eq!(same.scenario(), causal.scenario(), "what was changed is taken back");
}

#[test]
fn words_written_in_place_are_the_readers_and_each_can_be_undone() {
    let start = reduce(&reduce(&State::opening(), drop_of(0, 1)), Action::Author(true));
    let write = |state: &State, change: fn(&mut Scenario)| {
        let mut next = state.scenario().clone();
        change(&mut next);
        reduce(state, Action::Write(Box::new(next)))
    };
    let titled = write(&start, |it| it.title = "My lecture".to_owned());
    let caption = Caption { at: 20, node: node(1), text: "Bob hears nothing.".to_owned() };
    let mut next = titled.scenario().clone();
    next.captions.push(caption.clone());
    let both = reduce(&titled, Action::Write(Box::new(next)));
    assert!(both.authoring, "the fields stay open");
    assert_eq!((&*both.heading(), &both.scenario().captions[..]), ("My lecture", &[caption][..]));
    let there = opened_elsewhere(&both);
    assert_eq!((there.scenario(), there.heading()), (both.scenario(), both.heading()));
    // They stay with the next change of the run, and are marked.
    let changed = reduce(&both, drop_of(0, 2));
    assert_eq!((&*changed.heading(), changed.has_old_words()), ("My lecture", true));
    let back = after(&both, [Action::Undo, Action::Undo]);
    assert_eq!(back.scenario(), start.scenario());
    let long = write(&start, |it| it.title = "x".repeat(1000));
    assert_eq!(long.scenario(), start.scenario());
    let why = long.refused.expect("it is refused").why;
    assert!(why.starts_with("Title") && why.contains("200"), "{why}");
}

#[test]
fn goal_written_in_place_makes_an_exercise_that_begins_with_the_run() {
    let start = after(&State::opening(), [apply(Edit::RemoveFault(0)), Action::Author(true)]);
    let mut next = start.scenario().clone();
    let within = Budget::NONE.with("crash", 1);
    let want = Want::Violate("agreement".to_owned());
    next.goal = Some(goal_json(&Goal { want, within, variants: None }));
    let exercise = reduce(&start, Action::Write(Box::new(next)));
    let shown = exercise.exercise.as_ref().expect("it is an exercise");
    assert_eq!(shown.task, "Violate agreement with at most 1 crash.");
    assert_eq!((&shown.judgement, &shown.code), (&None, &None));
    assert!(!exercise.is_edited(), "it begins here");
    let crash = Fault::Crash { node: node(0), at: 30, after_sends: Some(1) };
    let solved = reduce(&exercise, apply(Edit::AddFault(crash)));
    assert!(solved.exercise.as_ref().is_some_and(|it| it.code.is_some()), "it can be solved");
    let back = after(&exercise, [Action::Undo]);
    assert_eq!((back.scenario(), back.exercise.is_some()), (start.scenario(), false));
    let mut none = exercise.scenario().clone();
    none.goal = None;
    assert!(reduce(&exercise, Action::Write(Box::new(none))).exercise.is_none());
}
