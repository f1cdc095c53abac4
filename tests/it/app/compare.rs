//! Changes by an edit, and two runs side by side.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use worldlines::{
    app::{
        Action, Against, Edit, KeptRun, OwnRun, Selection, Showing, Since, State, offers, reduce,
        shortcut,
    },
    diagram::{
        Change, Difference, Features, Frame, Ghosts, How, Layout, Orientation, Seen, Side, Window,
        parting,
    },
    formats::{bundled, link},
    kernel::{
        EventKind, Fault, MessageName, NodeId, ParameterValue, RequestSpec, Scenario, Time, Trace,
    },
    runs::Outcome,
};

const CRASH: &str = "reliable/best-effort-broadcast/sender-crashes-half-way";
const ORDERS: &str = "ordering/fifo-multicast/three-orders";

fn node(index: usize) -> NodeId {
    NodeId::new(index)
}

fn message(from: usize, to: usize) -> MessageName {
    MessageName { from: node(from), to: node(to), number: 1 }
}

fn opened(path: &str) -> State {
    let bundled = bundled::find(path).expect("it is bundled");
    let state = reduce(&State::opening(), Action::Open(bundled));
    reduce(&state, Action::Jump(usize::MAX))
}

fn drop_of(from: usize, to: usize) -> Action {
    Action::Apply(Edit::AddFault(Fault::Drop { message: message(from, to) }))
}

fn delay_of(from: usize, to: usize, by: Time) -> Edit {
    Edit::AddFault(Fault::Delay { message: message(from, to), by })
}

/// Texts of the changes.
fn said(state: &State) -> String {
    state.changes.found.as_ref().map_or_else(String::new, |found| found.sentence.to_string())
}

fn hows(state: &State) -> (Vec<How>, Vec<How>) {
    let found = state.changes.found.as_ref().expect("something changed");
    let of = |changes: &[worldlines::diagram::Change]| changes.iter().map(|it| it.how).collect();
    (of(&found.difference.messages), of(&found.difference.events))
}

#[test]
fn comparison_of_a_run_with_itself_finds_no_difference() {
    for bundled in bundled::bundled() {
        let run = bundled.outcome().expect("it runs");
        assert!(Difference::between(&run.trace, &run.trace).is_empty());
        assert_eq!(parting([&run.trace, &run.trace], Seen::Messages), None);
    }
}

/// The changes of events as their definition says: events of weight are matched by node, kind and text, and by number
/// among equals.
fn matched_by_key(before: &Trace, after: &Trace) -> BTreeSet<(Option<usize>, Option<usize>)> {
    let keyed = |trace: &Trace| {
        let mut keyed = BTreeMap::new();
        let mut seen = BTreeMap::<_, usize>::new();
        for (id, event) in trace.events.iter().enumerate() {
            let text = match &event.kind {
                EventKind::Request { packet, .. } | EventKind::Indicate { packet, .. } => {
                    packet.to_string()
                }
                EventKind::Detect(detection) => detection.to_string(),
                EventKind::Send(_) | EventKind::Receive(_) | EventKind::Lose(..) => continue,
                EventKind::Timer(_) | EventKind::Note(_) | EventKind::Persist => continue,
                _ => String::new(),
            };
            let key = (event.node, event.kind.name(), text);
            let number = seen.entry(key.clone()).or_default();
            *number += 1;
            keyed.insert((key, *number), (id, event.time));
        }
        keyed
    };
    let (old, new) = (keyed(before), keyed(after));
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let pairs = keys.into_iter().map(|key| (old.get(key), new.get(key)));
    let changed = pairs.filter(|(then, now)| then.map(|it| it.1) != now.map(|it| it.1));
    changed.map(|(then, now)| (then.map(|it| it.0), now.map(|it| it.0))).collect()
}

#[test]
fn comparison_matches_messages_by_name_and_events_by_what_they_say() {
    let edits = |scenario: &Scenario, at: Time| {
        let last = node(scenario.nodes.len() - 1);
        [
            Edit::AddFault(Fault::Drop { message: message(0, 1) }),
            Edit::AddFault(Fault::Delay { message: message(0, 1), by: 17 }),
            Edit::AddFault(Fault::Crash { node: last, at, after_sends: None }),
            Edit::Seed(scenario.seed + 1),
            Edit::RemoveRequest(0),
        ]
    };
    let mut compared = 0;
    for bundled in bundled::bundled() {
        let before = bundled.outcome().expect("it runs");
        for edit in edits(&before.scenario, before.trace.end / 3) {
            // Not every change is possible in every scenario.
            let Ok(changed) = edit.apply(&before.scenario) else { continue };
            let after = Outcome::of(changed).expect("it runs");
            let (old, new) = (&before.trace, &after.trace);
            let Difference { messages, events } = Difference::between(old, new);
            let places = |changes: &[Change]| -> BTreeSet<_> {
                changes.iter().map(|it| (it.before, it.after)).collect()
            };
            assert_eq!(places(&events), matched_by_key(old, new), "{}", bundled.path());
            assert_eq!(places(&events).len(), events.len(), "each once");
            for change in &messages {
                let name = |trace: &Trace, id: Option<usize>| id.map(|id| trace.messages[id].name);
                let [then, now] = [name(old, change.before), name(new, change.after)];
                let is_in = |trace: &Trace, name| trace.messages.iter().any(|it| it.name == name);
                match (then, now) {
                    (Some(then), Some(now)) => assert_eq!(then, now),
                    (Some(gone), None) => assert!(!is_in(new, gone)),
                    (None, now) => assert!(!is_in(old, now.expect("it is in one run"))),
                }
            }
            let gone = messages.iter().filter(|it| it.after.is_none()).count();
            let come = messages.iter().filter(|it| it.before.is_none()).count();
            assert_eq!(old.messages.len() - gone, new.messages.len() - come);
            compared += 1;
        }
    }
    assert!(compared > 300, "{compared} pairs of runs");
}

#[test]
fn comparison_after_an_edit_names_the_lost_message_and_its_consequences() {
    let state = opened(ORDERS);
    assert_eq!((state.changes.showing, &state.changes.found), (Showing::Hidden, &None));
    let state = reduce(&state, drop_of(0, 2));
    assert_eq!(state.changes.showing, Showing::Briefly);
    assert_eq!(hows(&state), (vec![How::Lost], vec![How::Gone, How::Gone]));
    assert_eq!(
        said(&state),
        "1 message lost now; Carol no longer delivers tea?; Carol no longer delivers cake?"
    );
    assert!(state.announcement.ends_with(&said(&state)), "{}", state.announcement);
    let back = reduce(&state, Action::Undo);
    assert_eq!(hows(&back), (vec![How::Arrives], vec![How::New, How::New]));
}

#[test]
fn comparison_during_a_drag_is_with_its_start() {
    let state = opened(ORDERS);
    let start = state.run.clone();
    let state = reduce(&state, Action::Adjust(delay_of(1, 2, 20)));
    let state = reduce(&state, Action::Adjust(delay_of(1, 2, 40)));
    let found = state.changes.found.as_ref().expect("it moves");
    assert_eq!((&found.before, state.changes.showing), (&start, Showing::Briefly));
    assert_eq!(said(&state), "1 message later; Carol delivers yes 40 ms later.");
    assert_eq!(hows(&state).0, [How::Later]);
    let settled = reduce(&state, Action::Settle);
    assert_eq!(settled.changes.found.as_ref().map(|found| &found.before), Some(&start));
    let next = reduce(&settled, Action::Adjust(delay_of(1, 2, 30)));
    assert_eq!(next.changes.found.as_ref().map(|found| &found.before), Some(&settled.run));
    assert_eq!(said(&next), "1 message earlier; Carol delivers yes 10 ms earlier.");
    let off = reduce(&next, Action::Abandon);
    assert!(off.changes.found.as_ref().is_some_and(|found| found.difference.is_empty()));
}

#[test]
fn comparison_with_the_opened_run_covers_all_changes() {
    let state = reduce(&opened(CRASH), drop_of(0, 1));
    let request = RequestSpec {
        at: 60,
        node: node(1),
        name: "broadcast".to_owned(),
        with: Some("m2".into()),
    };
    let state = reduce(&state, Action::Apply(Edit::AddRequest(request)));
    let last = said(&state);
    assert!(last.contains("new") && !last.contains("lost now"), "{last}");
    let all = reduce(&state, Action::Since(Since::Opening));
    assert!(said(&all).contains("lost now") && said(&all).contains("new"), "{}", said(&all));
    assert_eq!(said(&reduce(&all, Action::Since(Since::Change))), last);
    let reset = reduce(&all, Action::Reset);
    assert_eq!(reset.changes.found, None, "it is as it was opened");
}

#[test]
fn comparison_is_kept_by_the_key_and_empty_for_another_scenario() {
    let state = reduce(&opened(ORDERS), drop_of(0, 2));
    let key = |state: &State| shortcut(state, "c", false, false).expect("it is a shortcut");
    let pinned = reduce(&state, key(&state));
    assert_eq!(pinned.changes.showing, Showing::Pinned);
    let more = reduce(&pinned, drop_of(0, 1));
    assert_eq!(more.changes.showing, Showing::Pinned);
    assert_eq!(reduce(&more, key(&more)).changes.showing, Showing::Hidden);
    let other = bundled::find(CRASH).expect("it is bundled");
    assert_eq!(reduce(&more, Action::Open(other)).changes.found, None);
}

#[test]
fn comparison_with_reduced_motion_stays_until_the_next_action() {
    let state = reduce(&opened(ORDERS).calmed(), drop_of(0, 2));
    let state = reduce(&state, Action::Select(None));
    assert_eq!(state.changes.showing, Showing::Briefly);
    let moment = Selection::Moment { node: node(0), at: 5 };
    let state = reduce(&state, Action::Select(Some(moment)));
    assert_eq!(state.changes.showing, Showing::Hidden);
}

#[test]
fn ghosts_stand_where_the_earlier_marks_were() {
    let state = reduce(&opened(ORDERS), drop_of(0, 2));
    let found = state.changes.found.as_ref().expect("something changed");
    for orientation in [Orientation::Horizontal, Orientation::Vertical] {
        let frame =
            Frame { orientation, length: 900.0, gap: 100.0, end: state.shown_until, apart: 1.0 };
        let of = |run: &Outcome| {
            let layout = Layout::new(&run.trace, 3, frame);
            (Features::new(run.protocol, &run.scenario, &run.trace), layout)
        };
        let (was, is) = (of(&found.before), of(&state.run));
        let side = |run, (features, layout)| {
            let run: &Outcome = run;
            Side { features, scenario: &run.scenario, trace: &run.trace, layout }
        };
        let before = side(&found.before, (&was.0, &was.1));
        let after = side(&state.run, (&is.0, &is.1));
        let ghosts = Ghosts::of(&found.difference, before, after, Window::WHOLE);
        assert_eq!((ghosts.was.0.len(), ghosts.was.1.len()), (2, 1));
        assert_eq!((ghosts.is.0.len(), ghosts.is.1.len()), (0, 1));
        assert!(ghosts.moves.is_empty());
        for mark in &ghosts.was.0 {
            assert_eq!(mark.at, was.1.event_point(&found.before.trace, mark.event));
        }
        let elsewhere = Window { from: 1.0e6, to: 2.0e6 };
        let nothing = Ghosts::of(&found.difference, before, after, elsewhere);
        assert_eq!(nothing, Ghosts::default());
    }
}

#[test]
fn comparison_of_two_protocols_parts_at_the_first_different_indication() {
    let state =
        reduce(&opened(ORDERS), Action::Compare(Some(Against::Protocol("causal-multicast"))));
    let compare = state.compare.as_ref().expect("it runs under that");
    assert_eq!(compare.run.scenario.requests, state.run.scenario.requests);
    assert_eq!(
        *compare.sentence,
        "Until 80 ms both runs are the same; then, under FIFO multicast, Carol delivers yes; under \
         Causal multicast it waits until 125 ms."
    );
    assert_eq!(compare.parting.map(|it| (it.at, it.run)), Some((80, 0)));
    let differ: Vec<_> = compare
        .verdicts(&state.run)
        .into_iter()
        .filter(|[one, other]| {
            let status =
                |it: &Option<&worldlines::analysis::Judgement>| it.map(|j| j.verdict.status());
            status(one) != status(other)
        })
        .flat_map(|pair| pair.into_iter().flatten().next())
        .map(|judgement| judgement.property.name)
        .collect();
    assert_eq!(differ, ["causal order"]);

    let edited = reduce(&state, drop_of(0, 2));
    let second = edited.compare.as_ref().expect("it follows");
    assert_eq!(second.run.scenario.faults, edited.run.scenario.faults);
    assert!(edited.shown_until >= state.shown_until.min(edited.shown_until));
    assert_eq!(reduce(&edited, Action::Compare(None)).compare, None);
    let switched = reduce(&state, Action::Apply(Edit::Protocol("causal-multicast")));
    assert_eq!(switched.compare, None, "a run is not compared with itself");
}

#[test]
fn comparison_of_before_and_after_parts_at_the_edit() {
    let state = reduce(&opened(ORDERS), Action::Apply(delay_of(1, 2, 40)));
    let state = reduce(&state, Action::Compare(Some(Against::Earlier(Since::Opening))));
    let compare = state.compare.as_ref().expect("it was changed");
    assert_eq!(
        *compare.sentence,
        "Until 80 ms both runs are the same; then, in the run as it was opened, Carol delivers yes; \
         in this run this happens only at 120 ms."
    );
    assert!(state.announcement.contains("Until 80 ms"));
}

#[test]
fn comparison_offers_protocols_that_take_all_requests() {
    let offered = |path: &str| {
        let state = opened(path);
        offers(&state.run, &state.origin).into_iter().map(|(id, _)| id).collect::<Vec<_>>()
    };
    assert_eq!(offered(ORDERS)[..2], ["causal-multicast", "abcast"], "variants come first");
    assert!(offered(CRASH).contains(&"uniform-broadcast"));
    assert!(!offered(CRASH).contains(&"paxos"));
    for bundled in bundled::bundled() {
        let state = opened(&bundled.path());
        for (id, _) in offers(&state.run, &state.origin).into_iter().take(3) {
            let compared = reduce(&state, Action::Compare(Some(Against::Protocol(id))));
            let compare = compared.compare.as_ref().expect("it runs under that");
            assert_eq!(compare.run.protocol.id, id, "{}", bundled.path());
            assert!(compared.shown_until >= state.shown_until);
        }
    }
}

#[test]
fn comparison_with_a_run_in_which_nodes_join_says_so_in_a_sentence() {
    let state = opened("reliable/reliable-broadcast/delivered-but-not-relayed");
    let state = reduce(&state, Action::Compare(Some(Against::Protocol("source-tree"))));
    let compare = state.compare.as_ref().expect("it runs under that");
    assert_eq!(
        *compare.sentence,
        "Until 0 ms both runs are the same; then, under Source-based tree, Alice has joined; under \
         Reliable broadcast this never happens."
    );
}

/// The link of a page: its fragment, with the second run.
fn link_of(state: &State) -> String {
    let compare = state.compare.as_ref().expect("a second run is shown");
    compare.in_link(&state.fragment(), state.scenario())
}

fn loaded(link: &str) -> State {
    reduce(&State::opening(), Action::Load(link.to_owned()))
}

/// Both scenarios, the sentence and the first difference of a comparison.
fn seen(state: &State) -> (Scenario, Scenario, String, Option<(Time, usize)>) {
    let compare = state.compare.as_ref().expect("a second run is shown");
    let parting = compare.parting.map(|it| (it.at, it.run));
    (state.scenario().clone(), compare.run.scenario.clone(), compare.sentence.to_string(), parting)
}

#[test]
fn link_of_two_protocols_opens_the_same_comparison_which_follows_changes() {
    for edit in [None, Some(delay_of(1, 2, 40))] {
        let state = edit
            .into_iter()
            .fold(opened(ORDERS), |state, edit| reduce(&state, Action::Apply(edit)));
        let against = Against::Protocol("causal-multicast");
        let state = reduce(&state, Action::Compare(Some(against.clone())));
        let link = link_of(&state);
        assert!(link.len() < 800, "{}", link.len());
        let there = loaded(&link);
        assert_eq!(there.refused, None);
        assert_eq!(seen(&there), seen(&state));
        assert_eq!(there.compare.as_ref().map(|it| it.against.clone()), Some(against));
        assert_eq!(link_of(&there), link, "what is copied there is the same link");
        assert!(there.shown_until >= worldlines::app::interesting_end(&there.run));
        let edited = reduce(&there, drop_of(0, 2));
        let second = edited.compare.as_ref().expect("it follows");
        assert_eq!(second.run.scenario.faults, edited.run.scenario.faults);
    }
}

#[test]
fn link_of_another_seed_or_parameter_opens_the_same_comparison_which_follows_changes() {
    let generals = "byzantine/interactive-consistency/note-004-table";
    let number = |number: u32| ParameterValue::Integer(number);
    let changes = [
        (Edit::Seed(77), "with seed = 77"),
        (Edit::Parameter("round", number(90)), "with round = 90"),
        (Edit::Parameter("traitors", number(0)), "with traitors = 0"),
    ];
    for (edit, name) in changes {
        let against = Against::With(Box::new(edit.clone()));
        let state = reduce(&opened(generals), Action::Compare(Some(against.clone())));
        let compare = state.compare.as_ref().expect("it is there");
        assert_eq!(compare.names, ["in this run", name]);
        assert_eq!(
            compare.run.scenario,
            edit.clone().apply(state.scenario()).expect("it is valid")
        );
        let there = loaded(&link_of(&state));
        assert_eq!((&there.refused, seen(&there)), (&None, seen(&state)));
        assert_eq!(there.compare.as_ref().map(|it| it.against.clone()), Some(against));
        assert_eq!(link_of(&there), link_of(&state));
        let edited = reduce(&there, drop_of(0, 2));
        let second = &edited.compare.as_ref().expect("it follows").run.scenario;
        assert_eq!(*second, edit.apply(edited.scenario()).expect("it is valid"));
        assert_eq!(seen(&reduce(&edited, Action::Undo)), seen(&there));
    }
    // A value that the parameter does not take puts nothing beside the run.
    let too_much = Edit::Parameter("round", number(20_000));
    let state = reduce(&opened(generals), Action::Compare(Some(Against::With(Box::new(too_much)))));
    assert_eq!(state.compare, None);
    // Another scenario is opened alone.
    let beside = Action::Compare(Some(Against::With(Box::new(Edit::Seed(77)))));
    let other = Action::Open(bundled::find(ORDERS).expect("it is bundled"));
    assert!(reduce(&reduce(&opened(generals), beside), other).compare.is_none());
}

#[test]
fn own_run_is_compared_and_held_by_a_link() {
    let own = reduce(&opened(ORDERS), drop_of(0, 2));
    let draft = own.draft().expect("it was changed");
    let fragment = own.fragment().trim_start_matches('#').to_owned();
    let run = |kept| OwnRun { id: "7".to_owned(), name: "Mine".to_owned(), kept };
    for kept in [KeptRun::Draft(draft), KeptRun::Link(fragment)] {
        let against = Against::Own(Rc::new(run(kept)));
        let state = reduce(&opened(ORDERS), Action::Compare(Some(against)));
        let compare = state.compare.as_ref().expect("it is there");
        assert_eq!(compare.run.scenario, *own.scenario());
        assert_eq!(compare.names, ["in this run", "in “Mine”"]);
        assert!(compare.parting.is_some(), "a message is lost");
        assert_eq!(seen(&loaded(&link_of(&state))).1, *own.scenario());
        // It does not follow the run that is shown.
        let edited = reduce(&state, drop_of(1, 2));
        assert_eq!(edited.compare.as_ref().map(|it| &it.run.scenario), Some(own.scenario()));
    }
    for kept in [KeptRun::Draft("x".to_owned()), KeptRun::Link("s=deflate.x".to_owned())] {
        let against = Against::Own(Rc::new(run(kept)));
        let state = reduce(&opened(ORDERS), Action::Compare(Some(against)));
        assert!(state.compare.is_none());
        let why = state.refused.expect("it is said").why;
        assert!(why.starts_with("The run “Mine” cannot be read"), "{why}");
    }
}

#[test]
fn link_of_a_changed_run_beside_the_opened_one_opens_both() {
    let state = reduce(&opened(ORDERS), Action::Apply(delay_of(1, 2, 40)));
    let state = reduce(&state, Action::Compare(Some(Against::Earlier(Since::Opening))));
    let there = loaded(&link_of(&state));
    let (first, second, sentence, parting) = seen(&state);
    let (first_there, second_there, said, parting_there) = seen(&there);
    assert_eq!((first, second, parting), (first_there, second_there, parting_there));
    // There it is no run of before, but one of the link.
    let title = "in “Three orders on one set of sends”";
    assert_eq!(said, sentence.replace("in the run as it was opened", title));
    assert_eq!(there.compare.as_ref().map(|it| it.against.clone()), Some(Against::Linked(0)));
    assert!(!there.is_edited() && there.undo.last().is_some());
    // It stays the run of the link whatever is changed, and until another scenario is opened.
    let edited = reduce(&there, drop_of(0, 2));
    assert_eq!(seen(&edited).1, seen(&there).1);
    let other = bundled::find(CRASH).expect("it is bundled");
    let other = reduce(&edited, Action::Open(other));
    assert!(other.compare.is_none() && other.linked_runs().is_none());
    let stays = reduce(&other, Action::Compare(Some(Against::Linked(0))));
    assert_eq!(stays.compare, None);
}

#[test]
fn link_of_several_runs_offers_each_of_them() {
    let first = opened(CRASH).scenario().clone();
    let run = |seed: u64, title: &str| {
        let scenario = Scenario { seed, title: title.to_owned(), ..first.clone() };
        let digest = Outcome::of(scenario.clone()).expect("it runs").digest();
        link::Compared { scenario, digest: Some(digest) }
    };
    let runs = [run(7, ""), run(8, "An\u{202e}other"), run(9, &first.title)];
    let fragment = link::fragment(&first, None);
    let link = link::with_comparison(&fragment, &first, &runs).expect("it fits");
    let state = loaded(&link);
    let linked = state.linked_runs().expect("they are here");
    assert_eq!(linked.names(), ["run 2", "An\\u202eother", &first.title]);
    for (place, name) in
        ["in run 2 of the link", "in “An\\u202eother”", "with seed = 9"].iter().enumerate()
    {
        let state = reduce(&state, Action::Compare(Some(Against::Linked(place))));
        let compare = state.compare.as_ref().expect("it is there");
        assert_eq!((&compare.names[1], &state.refused), (&(*name).to_owned(), &None));
        assert_eq!(compare.run.scenario, runs[place].scenario);
        let again = link::decode(&link_of(&state)).expect("it opens").compared;
        assert_eq!(again.len(), 3, "none is lost");
        assert_eq!(again[0].scenario, runs[place].scenario, "the one that is shown comes first");
    }
    let nothing = reduce(&state, Action::Compare(Some(Against::Linked(3))));
    assert_eq!(nothing.compare, None);
}

#[test]
fn link_of_several_protocols_keeps_all_of_them_until_the_run_is_changed() {
    let state = opened(ORDERS);
    let protocols = ["causal-multicast", "abcast"];
    let runs = protocols.map(|id| {
        let compared = reduce(&state, Action::Compare(Some(Against::Protocol(id))));
        let scenario = seen(&compared).1;
        let digest = Outcome::of(scenario.clone()).expect("it runs").digest();
        link::Compared { scenario, digest: Some(digest) }
    });
    let link = link::with_comparison(&state.fragment(), state.scenario(), &runs).expect("it fits");
    let there = loaded(&link);
    let against = there.compare.as_ref().map(|it| it.against.clone());
    assert_eq!(against, Some(Against::Protocol("causal-multicast")));
    assert_eq!(link_of(&there), link);
    let edited = reduce(&there, drop_of(0, 2));
    let again = link::decode(&link_of(&edited)).expect("it opens").compared;
    assert_eq!(again.len(), 1, "the other runs are of the run as it was");
}

#[test]
fn link_of_a_comparison_announces_nothing_of_a_hidden_future() {
    let state = reduce(&opened(ORDERS), Action::Apply(delay_of(1, 2, 40)));
    let state = reduce(&state, Action::Compare(Some(Against::Earlier(Since::Opening))));
    let link = link_of(&state);
    let hidden = State::opening().with_future_hidden(true);
    let there = reduce(&hidden, Action::Load(link.clone()));
    assert!(there.compare.is_some());
    assert_eq!(there.announcement, hidden.announcement);
    assert_ne!(loaded(&link).announcement, hidden.announcement);
}

#[test]
fn link_of_a_comparison_with_another_digest_says_so() {
    let state = opened(ORDERS);
    let state = reduce(&state, Action::Compare(Some(Against::Protocol("abcast"))));
    let link = link_of(&state);
    let (rest, _) = link.split_once("&e=").expect("it has a digest");
    let there = loaded(&format!("{rest}&e=00000000"));
    // The run follows from the protocol, so that nothing of the link is shown as another.
    assert_eq!(seen(&there), seen(&state));
    assert!(there.refused.is_some_and(|refused| refused.why.contains("another version")));
    assert_eq!(loaded(&link).refused, None);
}

#[test]
fn draft_of_a_changed_comparison_opens_with_both_runs() {
    let state = reduce(&opened(ORDERS), Action::Compare(Some(Against::Protocol("abcast"))));
    let state = reduce(&state, drop_of(0, 2));
    let (fragment, draft) = (link_of(&state), state.draft().expect("it was changed"));
    let fragment = fragment.trim_start_matches('#');
    let begun = State::begin(fragment, Some(&draft));
    assert_eq!(begun.undo.len(), state.undo.len(), "it is the reader's work");
    assert_eq!(seen(&begun), seen(&state));
    let alone = State::begin(fragment.split("&c=").next().unwrap_or_default(), Some(&draft));
    assert_eq!(alone.compare, None);
}
