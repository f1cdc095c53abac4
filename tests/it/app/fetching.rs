//! A page that has not fetched all protocols: what waits, and what goes on.
//!
//! Packs are here or not for each thread, and each test is a thread of its own.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use worldlines::{
    app::{
        Action, Against, Edit, FetchAction, Hand, OPENING, Panel, ProgramPart, State, TOUR, Toward,
        edits, missing_for_errand, missing_to_begin, offers, reduce,
    },
    formats::{
        bundled,
        link::{self, links},
        scenario,
    },
    protocols,
    split::NotFetched,
};

/// Waits for what is there at once: natively all parts are compiled in.
fn now(fetch: impl Future<Output = Result<(), NotFetched>>) {
    let ready = pin!(fetch).as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(ready, Poll::Ready(Ok(())));
}

fn fetch(id: &str) {
    now(protocols::fetch(id));
}

/// Leaves only the packs with which the page opens.
fn opening() -> State {
    let opening = State::opening();
    protocols::leave_out(|protocol| {
        !["best-effort-broadcast", "reliable-broadcast", "uniform-broadcast"].contains(&protocol.id)
    });
    opening
}

/// Fetches what the page wants, as long as it wants something.
fn fetch_all(mut state: State) -> State {
    for _ in 0..10 {
        let parts = state.parts_to_fetch();
        parts.iter().for_each(|part| now(part.fetch()));
        let wanted = [state.to_fetch(), state.to_fetch_beside()].concat();
        if wanted.is_empty() && parts.is_empty() {
            return state;
        }
        wanted.iter().for_each(|id| fetch(id));
        state = reduce(&state, Action::Fetch(FetchAction::Arrived));
    }
    panic!("it still wants {:?}", state.to_fetch());
}

fn link_to(path: &str) -> String {
    let scenario = bundled::find(path).and_then(|it| it.scenario().ok()).expect("it is bundled");
    link::fragment(&scenario, None)
}

#[test]
fn each_action_that_needs_another_protocol_waits_for_it_and_is_then_done() {
    let paxos = link_to("consensus/paxos/duelling-proposers");
    let json = bundled::find(TOUR[1]).map(|it| it.text).expect("it is bundled");
    let all_here = State::opening();
    let actions = [
        Action::Protocol("maekawa"),
        Action::Example(TOUR[1].into()),
        Action::Apply(Edit::Protocol("nack-multicast")),
        Action::Load(paxos),
        Action::File("{}".to_owned(), Some(json.to_owned())),
        Action::Compare(Some(Against::Protocol("nack-multicast"))),
    ];
    let done = actions.clone().map(|action| reduce(&all_here, action));
    for (action, done) in actions.into_iter().zip(done) {
        let before = opening();
        let waits = reduce(&before, action);
        assert!(waits.awaited.is_some() && waits.run == before.run);
        let then = fetch_all(waits);
        assert_eq!(then.awaited, None);
        assert_eq!(then.run.scenario, done.run.scenario);
        assert_eq!(then.compare.map(|it| it.names), done.compare.map(|it| it.names));
    }
}

#[test]
fn protocol_is_found_whatever_the_lists_of_a_scenario_hold() {
    let _opening = opening();
    let text = r#"{ "nodes": ["a]", "b\"[", "c"], "requests": [{ "with": ["x", {"protocol": "paxos"}] }],
        "title": "[ \" ]", "protocol": "maekawa", "faults": [[]] }"#;
    assert_eq!(missing_to_begin(text, None), ["maekawa"]);
}

#[test]
fn undo_waits_for_the_protocol_that_it_leads_back_to() {
    let elsewhere = reduce(&State::opening(), Action::Protocol("maekawa"));
    let back = reduce(&elsewhere, Action::Protocol("best-effort-broadcast"));
    protocols::leave_out(|protocol| protocol.id == "maekawa");
    let waits = reduce(&back, Action::Undo);
    assert_eq!(waits.to_fetch(), ["maekawa"]);
    assert_eq!(fetch_all(waits).run.protocol.id, "maekawa");
}

#[test]
fn failed_fetch_is_reported_and_tried_again_on_request() {
    let waits = reduce(&opening(), Action::Protocol("paxos"));
    let failed = reduce(&waits, Action::Fetch(FetchAction::Failed(Some("paxos"))));
    assert!(failed.fetch_failed && failed.to_fetch().is_empty());
    let again = reduce(&failed, Action::Fetch(FetchAction::Again));
    assert_eq!((again.fetch_failed, again.to_fetch()), (false, vec!["paxos"]));
    assert_eq!(fetch_all(again).run.protocol.id, "paxos");
    let cancelled = reduce(&failed, Action::Cancel);
    assert_eq!((cancelled.awaited, cancelled.run), (None, waits.run));
}

#[test]
fn settings_wait_for_the_run_that_was_chosen_and_not_for_others() {
    let opening = opening();
    assert!(!opening.fetches_run());
    let chosen = reduce(&opening, Action::Protocol("paxos"));
    assert!(chosen.fetches_run());
    let failed = reduce(&chosen, Action::Fetch(FetchAction::Failed(Some("paxos"))));
    assert!(!failed.fetches_run(), "the run on the page can be changed");
    assert!(!fetch_all(chosen).fetches_run());
    let compared = reduce(&opening, Action::Compare(Some(Against::Protocol("nack-multicast"))));
    assert!(compared.awaited.is_some() && !compared.fetches_run(), "the run stays");
}

#[test]
fn change_meanwhile_ends_the_wait() {
    let waits = reduce(&opening(), Action::Protocol("paxos"));
    let changed = reduce(&waits, Action::Apply(Edit::Seed(7)));
    assert_eq!((changed.awaited.is_none(), changed.to_fetch()), (true, Vec::new()));
}

#[test]
fn variants_appear_when_their_protocols_have_arrived() {
    let orders = Action::Load(link_to(TOUR[1]));
    let whole = reduce(&State::opening(), orders.clone());
    let opening = opening();
    fetch("fifo-multicast");
    let alone = reduce(&opening, orders);
    assert!(alone.ways.variants.is_empty());
    assert_eq!(alone.to_fetch_beside(), ["abcast", "causal-multicast"]);
    assert!(alone.to_fetch().is_empty(), "no action waits");
    // A failure in the background is no message, not even while an action waits for another protocol.
    let failed = Action::Fetch(FetchAction::Failed(Some("abcast")));
    assert!(!reduce(&alone, failed.clone()).fetch_failed);
    let waits = reduce(&alone, Action::Protocol("paxos"));
    assert!(!reduce(&waits, failed.clone()).fetch_failed);
    // If the reader then asks for it, it is fetched once more.
    let asked = reduce(&reduce(&alone, failed), Action::Protocol("abcast"));
    assert_eq!((asked.to_fetch(), asked.fetch_failed), (vec!["abcast"], false));
    let names =
        |state: &State| state.ways.variants.iter().map(|it| it.protocol.id).collect::<Vec<_>>();
    assert_eq!(names(&fetch_all(alone)), names(&whole));
    assert_eq!(names(&whole).len(), 3);
}

#[test]
fn written_text_stays_until_its_protocol_can_read_it() {
    let text = bundled::find(TOUR[1]).map(|it| it.text.to_owned()).expect("it is bundled");
    let written = reduce(&opening(), Action::Hand(Hand::Type(text.clone())));
    assert_eq!(written.writing.as_ref().map(|it| &*it.text), Some(text.as_str()));
    let waits = reduce(&written, Action::Hand(Hand::Take));
    assert_eq!(waits.writing, written.writing);
    let taken = fetch_all(waits);
    assert_eq!(taken.run.protocol.id, "fifo-multicast");
}

#[test]
fn page_begins_with_what_its_address_and_its_draft_need() {
    let maekawa = link_to("mutex/maekawa/exercise-deadlock");
    let edited = reduce(&State::opening(), Action::Protocol("abcast"));
    let draft = reduce(&edited, Action::Apply(Edit::Seed(3))).draft().expect("it is edited");
    protocols::leave_out(|_| true);
    assert_eq!(missing_to_begin("", None), ["best-effort-broadcast"]);
    assert_eq!(missing_to_begin(&maekawa, None), ["best-effort-broadcast", "maekawa"]);
    assert_eq!(missing_to_begin("#s=deflate.?", None), ["best-effort-broadcast"]);
    let with_draft = missing_to_begin(&maekawa, Some(&draft));
    assert_eq!(with_draft, ["best-effort-broadcast", "maekawa", "abcast"]);
    with_draft.iter().for_each(|id| fetch(id));
    let begun = State::begin(&maekawa, Some(&draft));
    assert_eq!(begun.run.protocol.id, "maekawa");
    assert_eq!(reduce(&begun, Action::Undo).run.protocol.id, "abcast");
}

#[test]
fn goal_of_another_protocol_waits_for_all() {
    let mut exercise = bundled::find(OPENING).and_then(|it| it.scenario().ok()).expect("bundled");
    exercise.goal = serde_json::from_str(r#"{"violate":"mutual exclusion"}"#).ok();
    let link = link::fragment(&exercise, None);
    let waits = reduce(&opening(), Action::Load(link));
    assert!(waits.to_fetch().len() > 10, "{:?}", waits.to_fetch());
    assert!(fetch_all(waits).exercise.is_some());
}

#[test]
fn worker_begins_with_the_protocol_of_its_errand() {
    let scenario = bundled::find(TOUR[1]).and_then(|it| it.scenario().ok()).expect("bundled");
    let errand = worldlines::app::Errand::Measure(Box::new(scenario), "seed=1..3".to_owned());
    let search = format!(r#"{{"do":"search","with":{{"scenario":{}}}}}"#, {
        scenario::write(&bundled::find(OPENING).and_then(|it| it.scenario().ok()).expect("bundled"))
    });
    protocols::leave_out(|_| true);
    assert_eq!(missing_for_errand(&errand.write()), ["fifo-multicast"]);
    assert_eq!(missing_for_errand(&search), ["best-effort-broadcast"]);
}

#[test]
fn comparisons_are_offered_by_the_names_of_requests() {
    let whole = State::opening();
    let all = offers(&whole.run, &whole.origin);
    let few = opening();
    let known = offers(&few.run, &few.origin);
    assert!(all.iter().all(|offer| known.contains(offer)), "{all:?} in {known:?}");
    assert!(!known.iter().any(|(id, _)| *id == "paxos"), "it takes no broadcasts");
}

#[test]
fn drag_before_changes_are_fetched_is_one_change_like_any_other() {
    let moved = |at| Action::Adjust(Edit::Until(at));
    let drag = [moved(210), moved(230), moved(250), Action::Settle];
    let play =
        |state: &State| drag.iter().fold(state.clone(), |it, step| reduce(&it, step.clone()));
    let opening = State::opening();
    let whole = play(&opening);
    assert_eq!(whole.undo.len(), 1);
    edits::leave_out();
    let waits = play(&opening);
    assert_eq!((&waits.run, waits.undo.len()), (&opening.run, 0));
    let then = fetch_all(waits);
    assert_eq!(then.run.scenario, whole.run.scenario);
    assert_eq!((then.undo, then.adjusting), (whole.undo, false));
}

#[test]
fn link_waits_for_what_reads_it_and_then_for_its_protocol() {
    let link = link_to("mutex/maekawa/exercise-deadlock");
    let before = opening();
    edits::leave_out();
    links::leave_out();
    assert!(before.draft().is_none() && link::encode(before.scenario()).is_empty());
    let waits = reduce(&before, Action::Load(link));
    assert_eq!(waits.parts_to_fetch(), ProgramPart::ALL);
    let then = fetch_all(waits);
    assert_eq!(then.run.protocol.id, "maekawa");
    assert!(then.exercise.is_some() && then.refused.is_none());
}

#[test]
fn views_and_time_need_no_other_part() {
    let opening = State::opening();
    edits::leave_out();
    links::leave_out();
    let actions = [
        Action::Toggle,
        Action::Tick(40.0),
        Action::Seek(30.0),
        Action::Jump(usize::MAX),
        Action::Show(Some(Panel::Events)),
        Action::Hand(Hand::Walk(Toward::Later)),
        Action::Hand(Hand::Escape),
    ];
    let after = actions.into_iter().fold(opening, |state, action| reduce(&state, action));
    assert!(after.awaited.is_none());
    assert_eq!(after.panel, Some(Panel::Events));
}
