//! The playground without a screen: what a reader does, and what the page shows then.

use worldlines::{
    app::{Action, Edit, OPENING, Selection, State, reduce},
    formats::{bundled, scenario},
    kernel::{
        Class, Delay, Fate, Fault, MessageName, NetworkSpec, NodeId, ParameterValue, RequestSpec,
    },
    protocols,
};

fn node(index: usize) -> NodeId {
    NodeId::new(index)
}

fn message(from: usize, to: usize, number: u32) -> MessageName {
    MessageName { from: node(from), to: node(to), number }
}

fn after(state: &State, actions: impl IntoIterator<Item = Action>) -> State {
    actions.into_iter().fold(state.clone(), |state, action| reduce(&state, action))
}

fn apply(edit: Edit) -> Action {
    Action::Apply(edit)
}

fn status(state: &State, property: &str) -> &'static str {
    let mut judgements = state.run.report.judgements.iter();
    let found = judgements.find(|judgement| judgement.property.name == property);
    found.expect("the protocol is judged by it").verdict.status()
}

fn drop_of(from: usize, to: usize) -> Action {
    apply(Edit::AddFault(Fault::Drop { message: message(from, to, 1) }))
}

fn delay_of(from: usize, to: usize, by: u64) -> Edit {
    Edit::AddFault(Fault::Delay { message: message(from, to, 1), by })
}

#[test]
fn the_page_opens_on_the_example_of_note_001_playing() {
    let state = State::opening();
    assert!(bundled::find(OPENING).is_some());
    assert_eq!(state.scenario().nodes, ["Alice", "Bob", "Carol"]);
    assert!(state.playing && !state.is_edited() && state.playhead.cursor == 0);
    assert_eq!(state.bundled_path().as_deref(), Some(OPENING));
    assert_eq!(
        (status(&state, "agreement"), state.run.report.class),
        ("violated", Some(Class::FailSafe))
    );
}

#[test]
fn every_bundled_scenario_opens_and_is_known_by_its_path() {
    let state = State::opening();
    for each in bundled::bundled() {
        let opened = reduce(&state, Action::Open(each));
        assert_eq!(opened.bundled_path(), Some(each.path()));
        let other = opened.scenario() != state.scenario();
        assert_eq!(opened.undo.len(), usize::from(other), "what was there can be had back");
        assert_eq!(reduce(&opened, Action::Undo).scenario(), state.scenario());
    }
}

#[test]
fn time_runs_to_the_end_of_what_happens_and_stops() {
    let mut state = State::opening();
    let mut frames = 0;
    while state.playing {
        state = reduce(&state, Action::Tick(16.0));
        frames += 1;
        assert!(frames < 2_000, "a run is told in half a minute at the most");
    }
    assert!(state.playhead.is_at_end(&state.run));
    assert!((200..1_500).contains(&frames), "{frames} frames");
    let again = reduce(&state, Action::Toggle);
    assert!(again.playing && again.playhead.cursor == 0);
    let asleep = reduce(&again, Action::Tick(3_600_000.0));
    assert!(asleep.playing, "a tab that comes back from the background does not leap to the end");
}

#[test]
fn steps_go_event_by_event_both_ways_and_stop_at_the_ends() {
    let state = reduce(&State::opening(), Action::Jump(0));
    assert!(!state.playing);
    let events = state.run.trace.events.len();
    let mut there = state.clone();
    for cursor in 1..=events {
        there = reduce(&there, Action::Step(1));
        assert_eq!(there.playhead.cursor, cursor);
        assert_eq!(there.playhead.time, there.run.trace.events[cursor - 1].time as f64);
    }
    assert_eq!(reduce(&there, Action::Step(1)).playhead, there.playhead);
    let back = after(&there, (0..events + 3).map(|_| Action::Step(-1)));
    assert_eq!(back.playhead, state.playhead);
}

#[test]
fn a_change_is_undone_and_made_again_and_leaves_the_rest_where_it_was() {
    let first = after(&State::opening(), [apply(Edit::RemoveFault(0)), Action::Jump(usize::MAX)]);
    assert_eq!(status(&first, "agreement"), "holds");
    let dropped = reduce(&first, drop_of(0, 2));
    assert_eq!(status(&dropped, "agreement"), "violated");
    assert!(dropped.announcement.contains("agreement: violated"), "{}", dropped.announcement);
    let received = |state: &State| {
        let trace = &state.run.trace;
        let received = trace.messages.iter().map(|message| match message.fate {
            Fate::Received(event) => (message.name, Some(trace.events[event].time)),
            _ => (message.name, None),
        });
        received.collect::<Vec<_>>()
    };
    for (before, now) in received(&first).into_iter().zip(received(&dropped)) {
        assert_eq!(before == now, now.0 != message(0, 2, 1), "{before:?} {now:?}");
    }
    let undone = reduce(&dropped, Action::Undo);
    assert_eq!(undone.scenario(), first.scenario());
    assert_eq!(reduce(&undone, Action::Redo).scenario(), dropped.scenario());
    let other = reduce(&undone, drop_of(0, 1));
    assert!(other.redo.is_empty(), "a new change forgets what was undone");
    let all = after(&other, [Action::Undo, Action::Undo, Action::Undo, Action::Undo]);
    assert_eq!(all.scenario(), State::opening().scenario());
    assert!(!all.is_edited());
}

#[test]
fn a_drag_is_one_change_however_many_steps_it_has() {
    let start = reduce(&State::opening(), Action::Jump(usize::MAX));
    let dragged = after(
        &start,
        (1..=30).map(|by| Action::Adjust(delay_of(0, 1, by))).chain([Action::Settle]),
    );
    let delays = |state: &State| {
        let faults = state.scenario().faults.iter();
        faults
            .filter_map(|f| if let Fault::Delay { by, .. } = f { Some(*by) } else { None })
            .collect::<Vec<_>>()
    };
    assert_eq!(delays(&dragged), [30]);
    assert_eq!(dragged.undo.len(), start.undo.len() + 1);
    assert_eq!(reduce(&dragged, Action::Undo).scenario(), start.scenario());
    let back = after(&dragged, [apply(delay_of(0, 1, 0))]);
    assert_eq!(delays(&back), [0_u64; 0], "a message that is on time has no delay");
}

#[test]
fn the_axis_stays_while_a_message_is_dragged_and_the_run_gets_the_time_it_needs_afterwards() {
    let start = reduce(&State::opening(), Action::Jump(usize::MAX));
    let dragging = reduce(&start, Action::Adjust(delay_of(0, 1, 400)));
    assert_eq!(dragging.shown_until, start.shown_until);
    let settled = reduce(&dragging, Action::Settle);
    assert!(settled.run.trace.quiescent, "the message comes before the run ends");
    assert!(settled.shown_until > 430);
    assert!(settled.scenario().until >= settled.shown_until);
}

#[test]
fn a_drag_that_is_called_off_or_comes_back_changes_nothing() {
    let start = reduce(&State::opening(), Action::Jump(usize::MAX));
    let dragging = after(&start, (1..=9).map(|by| Action::Adjust(delay_of(0, 1, by))));
    let abandoned = reduce(&dragging, Action::Abandon);
    assert_eq!(abandoned.scenario(), start.scenario());
    let back = after(&dragging, [Action::Adjust(delay_of(0, 1, 0)), Action::Settle]);
    assert_eq!(back.scenario(), start.scenario());
    for state in [abandoned, back] {
        assert_eq!((state.undo.len(), state.redo.len()), (start.undo.len(), start.redo.len()));
    }
}

#[test]
fn a_damaged_link_keeps_its_text_whatever_is_done_next() {
    let damaged = State::from_link("s=deflate.@@@");
    let edited = reduce(&damaged, apply(Edit::Seed(5)));
    assert_eq!(edited.refused.map(|refused| refused.text).as_deref(), Some("s=deflate.@@@"));
    let home = reduce(&damaged, Action::Load("#".to_owned()));
    assert_eq!((home.bundled_path().as_deref(), home.refused), (Some(OPENING), None));
}

#[test]
fn undo_goes_back_to_another_example_as_it_was_opened() {
    let state = State::opening();
    let other = bundled::of_protocol("causal-multicast").next().expect("it has examples");
    let opened = reduce(&state, Action::Open(other));
    let back = reduce(&opened, Action::Undo);
    assert!(!back.is_edited());
    assert_eq!(back.bundled_path().as_deref(), Some(OPENING));
    assert!(!reduce(&back, Action::Redo).is_edited());
}

#[test]
fn nothing_moves_by_itself_for_who_prefers_so() {
    let calm = State::opening().calmed();
    let other = bundled::of_protocol("causal-multicast").next().expect("it has examples");
    for state in [calm.clone(), reduce(&calm, Action::Open(other))] {
        assert!(!state.playing && state.playhead.is_at_end(&state.run));
    }
}

#[test]
fn a_change_that_a_link_could_not_hold_is_refused_and_changes_nothing() {
    let state = State::opening();
    let network = NetworkSpec { delay: Delay { min: 9, max: 3 }, ..NetworkSpec::default() };
    let refused = reduce(&state, apply(Edit::Network(network)));
    assert_eq!(refused.scenario(), state.scenario());
    assert!(refused.refused.as_ref().is_some_and(|refused| refused.why.contains("delay")));
    let twice = reduce(&state, apply(Edit::Rename(node(0), "Bob".to_owned())));
    assert_eq!(twice.scenario(), state.scenario());
    assert!(twice.refused.is_some_and(|refused| refused.why.contains("Bob")));
    assert_eq!(reduce(&refused, Action::Dismiss).refused, None);
}

#[test]
fn whatever_is_done_the_link_opens_the_same_run() {
    let at = 12;
    let edits = [
        apply(Edit::RemoveFault(0)),
        drop_of(0, 1),
        apply(delay_of(0, 2, 17)),
        apply(Edit::AddFault(Fault::Crash { node: node(1), at, after_sends: Some(1) })),
        apply(Edit::AddFault(Fault::Recover { node: node(1), at: 60 })),
        apply(Edit::AddRequest(RequestSpec {
            at,
            node: node(2),
            name: "broadcast".to_owned(),
            with: Some("hello".into()),
        })),
        apply(Edit::Nodes(5)),
        apply(Edit::Seed(99)),
        apply(Edit::Protocol("uniform-broadcast")),
        apply(Edit::Parameter("quorum", ParameterValue::Choice("majority".to_owned()))),
    ];
    let mut state = State::opening();
    for edit in edits {
        let next = reduce(&state, edit);
        assert_ne!(next.scenario(), state.scenario());
        let opened = State::from_link(&next.fragment());
        assert_eq!(opened.refused, None);
        assert_eq!(opened.scenario(), next.scenario());
        assert_eq!(opened.run.trace, next.run.trace);
        state = next;
    }
}

#[test]
fn a_link_is_opened_or_refused_with_its_text_and_one_of_another_version_says_so() {
    let state = State::opening();
    let damaged = State::from_link("s=deflate.@@@");
    let refused = damaged.refused.expect("it is damaged");
    assert_eq!(refused.text, "s=deflate.@@@");
    assert!(!refused.why.is_empty());
    assert_eq!(damaged.run.scenario, *state.scenario());

    let loaded = reduce(&state, Action::Load("nonsense".to_owned()));
    assert_eq!(loaded.scenario(), state.scenario());
    assert_eq!(loaded.refused.map(|refused| refused.text).as_deref(), Some("nonsense"));

    let fragment = state.fragment();
    let (link, digest) = fragment.split_once("&d=").expect("it holds a digest");
    let other = if digest == "00000000" { "11111111" } else { "00000000" };
    let elsewhere = State::from_link(&format!("{link}&d={other}"));
    assert_eq!(elsewhere.scenario(), state.scenario());
    assert!(elsewhere.refused.is_some_and(|refused| refused.why.contains("another version")));
}

#[test]
fn fewer_nodes_take_all_that_names_them_along_and_more_get_customary_names() {
    let state = State::opening();
    let more = reduce(&state, apply(Edit::Nodes(5)));
    assert_eq!(more.scenario().nodes, ["Alice", "Bob", "Carol", "Dave", "Erin"]);
    let named = after(
        &more,
        [
            apply(delay_of(0, 4, 5)),
            apply(Edit::AddFault(Fault::Partition {
                groups: vec![node(4).into(), [node(0), node(1)].into_iter().collect()],
                at: 5,
                until: 9,
            })),
            apply(Edit::AddFault(Fault::Cut { from: node(3), to: node(0), at: 1, until: 2 })),
        ],
    );
    assert_eq!(named.scenario().faults.len(), 4);
    let fewer = reduce(&named, apply(Edit::Nodes(3)));
    assert_eq!(fewer.refused, None);
    assert_eq!(fewer.scenario().nodes.len(), 3);
    assert_eq!(fewer.scenario().faults.len(), 2, "the crash and what is left of the partition");
}

#[test]
fn another_protocol_runs_with_the_same_requests_and_faults() {
    let state = State::opening();
    for (_, protocol) in protocols::catalogue() {
        let next = reduce(&state, apply(Edit::Protocol(protocol.id)));
        assert_eq!(next.scenario().protocol, protocol.id);
        assert_eq!(next.scenario().requests, state.scenario().requests);
        assert_eq!(next.scenario().faults, state.scenario().faults);
        assert_eq!(scenario::read(&scenario::write(next.scenario())).as_ref(), Ok(next.scenario()));
    }
}

#[test]
fn what_is_picked_stays_picked_as_long_as_it_is_there() {
    let state = State::opening();
    let picked = |name| Action::Select(Some(Selection::Message(name)));
    let kept = after(&state, [picked(message(0, 1, 1)), drop_of(0, 1)]);
    assert_eq!(kept.selection, Some(Selection::Message(message(0, 1, 1))));
    let gone = after(&kept, [apply(Edit::RemoveRequest(0))]);
    assert_eq!(gone.selection, None);
    let explained =
        after(&state, [Action::Explain(Some("agreement")), apply(Edit::RemoveFault(0))]);
    assert_eq!(explained.explained, None, "what holds has no witness");
}
