//! Movement in time: steps, speeds, shortcuts, and a hidden future.

use worldlines::{
    analysis::judge,
    app::{
        Action, Ask, Colours, Edit, FITTING, Hand, IN_DIAGRAM, SHORTCUTS, SPEEDS, Selection,
        Sharing, State, Stride, Toward, emphasis, in_diagram, reduce, shortcut, speed_name,
        violations,
    },
    diagram::{Asked, Only, Role, kind_of, kinds},
    formats::bundled,
    kernel::{EventKind, Fault, Kind, MessageName, NodeId, Verdict},
};

fn node(index: usize) -> NodeId {
    NodeId::new(index)
}

#[test]
fn step_back_undoes_a_step_forward() {
    for bundled in bundled::bundled().into_iter().step_by(5) {
        let start = reduce(&State::opening(), Action::Open(bundled));
        let start = reduce(&start, Action::Jump(0));
        for stride in Stride::all(start.scenario().nodes.len()) {
            let mut stops = vec![start.playhead];
            let mut there = start.clone();
            while !there.playhead.is_at_end(&there.run) {
                there = reduce(&there, Action::Stride(stride, true));
                let before = stops[stops.len() - 1];
                assert!(there.playhead.cursor > before.cursor, "{stride:?} goes on");
                stops.push(there.playhead);
            }
            assert_eq!(reduce(&there, Action::Stride(stride, true)), there, "nothing is left");
            for stop in stops.iter().rev().skip(1) {
                there = reduce(&there, Action::Stride(stride, false));
                assert_eq!(there.playhead.cursor, stop.cursor, "{stride:?} in {}", bundled.path());
            }
            assert_eq!(there.playhead, start.playhead);
        }
    }
}

#[test]
fn step_of_a_kind_stops_at_every_event_of_that_kind() {
    let start = reduce(&State::opening(), Action::Jump(0));
    let events = &start.run.trace.events;
    let stops = |stride: Stride| {
        let mut there = start.clone();
        let mut stops = Vec::new();
        while !there.playhead.is_at_end(&there.run) {
            there = reduce(&there, Action::Stride(stride, true));
            stops.push(there.playhead.cursor);
        }
        stops
    };
    let after = |wanted: &dyn Fn(usize) -> bool| {
        let ids = (0..events.len()).filter(|&id| wanted(id));
        let mut stops: Vec<_> = ids.map(|id| id + 1).collect();
        if stops.last() != Some(&events.len()) {
            stops.push(events.len());
        }
        stops
    };
    assert_eq!(stops(Stride::Event), after(&|_| true));
    let told = |id: usize| matches!(events[id].kind, EventKind::Indicate { .. });
    assert_eq!(stops(Stride::Delivery), after(&told));
    let of_bob =
        |id: usize| events[id].node == node(1) && !matches!(events[id].kind, EventKind::Lose(..));
    assert_eq!(stops(Stride::Node(node(1))), after(&of_bob));
}

#[test]
fn step_to_a_violation_stops_at_the_first_moment_of_it() {
    let mut safety = 0;
    for bundled in bundled::bundled().into_iter() {
        let state = reduce(&State::opening(), Action::Open(bundled));
        let (run, stops) = (&state.run, violations(&state.run));
        let at = |events: usize| judge(run.protocol, &run.scenario, &run.trace, events);
        for (place, end) in run.report.judgements.iter().enumerate() {
            let Verdict::Violated { witness, .. } = &end.verdict else { continue };
            if end.property.kind == Kind::Liveness {
                assert!(stops.contains(&run.trace.events.len()));
                continue;
            }
            let stop = witness.iter().max().expect("it is proven by something") + 1;
            assert!(stops.contains(&stop));
            safety += 1;
            // Judging is a pass over the run, so not all runs are judged.
            if safety % 4 == 0 {
                assert!(at(stop)[place].verdict.is_violated(), "{}", bundled.path());
                assert!(!at(stop - 1)[place].verdict.is_violated(), "{}", bundled.path());
            }
        }
    }
    assert!(safety > 20);
}

#[test]
fn step_without_a_goal_is_answered_with_a_notice() {
    let start = reduce(&State::opening(), Action::Jump(0));
    let kept = reduce(&start, Action::Apply(Edit::RemoveFault(0)));
    let kept = reduce(&kept, Action::Jump(0));
    let there = reduce(&kept, Action::Stride(Stride::Violation, true));
    assert!(there.playhead.is_at_end(&there.run));
    assert_eq!(there.announcement, "No later violation: this is the end.");
    let broken = reduce(&start, Action::Stride(Stride::Violation, true));
    assert!(broken.playhead.is_at_end(&broken.run), "agreement is owed till the end");
    assert!(!broken.announcement.contains("No later"));
}

#[test]
fn speed_is_named_relative_to_the_speed_that_fits() {
    let names: Vec<_> = SPEEDS.into_iter().map(speed_name).collect();
    assert_eq!((&*names[0], &*names[6], &*names[12]), ("×1/100", "×1", "×100"));
    assert!(names.contains(&"×1/2".to_owned()));
    let played = |speed: u32| {
        let state = reduce(&State::opening(), Action::Speed(speed));
        reduce(&state, Action::Tick(10.0)).playhead.time
    };
    let fitting = played(FITTING);
    assert!((fitting * 700.0 - State::opening().shown_until as f64).abs() < 1e-6, "seven seconds");
    assert!((played(1) * 100.0 - fitting).abs() < 1e-9);
    assert!((played(10_000) - fitting * 100.0).abs() < 1e-9);
    assert_eq!(reduce(&State::opening(), Action::Speed(0)).speed, 1);
    assert_eq!(reduce(&State::opening(), Action::Speed(1_000_000)).speed, 10_000);
}

#[test]
fn speed_and_steps_stay_when_another_run_is_opened() {
    let state = reduce(&State::opening(), Action::Study(Ask::Future));
    let state = reduce(&state, Action::Study(Ask::Stride(Stride::Node(node(2)))));
    let state = reduce(&state, Action::Speed(20));
    let other = bundled::bundled()
        .into_iter()
        .find(|bundled| bundled.scenario().is_ok_and(|scenario| scenario.nodes.len() == 2));
    let next = reduce(&state, Action::Open(other.expect("there is one")));
    assert!(next.study.future_hidden && next.speed == 20);
    assert_eq!(next.study.stride, Stride::Event, "there is no third node");
}

#[test]
fn hidden_future_is_not_told_by_steps() {
    let state = reduce(&State::opening(), Action::Jump(3));
    assert_eq!(state.told(), state.run.trace.events.len());
    let hidden = reduce(&state, Action::Study(Ask::Future));
    assert_eq!(hidden.told(), 3);
    let shown = reduce(&hidden, Action::Study(Ask::Future));
    assert_eq!(shown.told(), state.told());
    // Nor is the changed run.
    let without_crash = Action::Apply(Edit::RemoveFault(0));
    assert!(reduce(&shown, without_crash.clone()).announcement.contains("agreement: holds"));
    let changed = reduce(&hidden, without_crash);
    assert_eq!(changed.announcement, "The run was recomputed; the future stays hidden.");
}

/// Every chord of the table has the effect of its own line: no earlier line hides it.
#[test]
fn shortcut_has_the_effect_on_its_sheet() {
    let state = State::opening();
    let mut seen = Vec::new();
    for shortcut_of in SHORTCUTS.iter().flat_map(|group| group.shortcuts) {
        assert!(!shortcut_of.does.is_empty());
        for chord in shortcut_of.chords {
            for shift in [false, true] {
                if chord.shift.is_some_and(|wanted| wanted != shift) {
                    continue;
                }
                let key = (chord.key, chord.command, shift);
                assert!(!seen.contains(&key), "{key:?} has two meanings");
                seen.push(key);
                let action = shortcut(&state, chord.key, chord.command, shift);
                assert!(action.is_some(), "{key:?} does nothing");
                assert!(!chord.caps().is_empty());
            }
        }
    }
    for line in IN_DIAGRAM {
        for chord in line.chords {
            let shift = chord.shift == Some(true);
            assert!(in_diagram(chord.key, shift, true).is_some() && !chord.caps().is_empty());
        }
    }
    let later = Some(Hand::Walk(Toward::Later));
    assert_eq!(in_diagram("ArrowRight", false, true), later);
    assert_eq!(in_diagram("ArrowDown", false, false), later, "time runs down");
    assert_eq!(shortcut(&state, "ArrowRight", false, false), Some(Action::Step(1)));
    assert_eq!(shortcut(&state, "Z", true, true), Some(Action::Redo));
    assert_eq!(shortcut(&state, "z", true, false), Some(Action::Undo));
    assert_eq!(shortcut(&state, "D", false, true), Some(Action::Stride(Stride::Delivery, false)));
    assert_eq!(shortcut(&state, "q", false, false), None);
}

#[test]
fn shortcuts_of_letters_can_be_turned_off() {
    let state = reduce(&State::opening(), Action::Study(Ask::Letters(false)));
    for letter in ["k", "d", "v", "f", "?", "<"] {
        assert_eq!(shortcut(&state, letter, false, letter == "?"), None);
    }
    assert_eq!(shortcut(&state, " ", false, false), Some(Action::Toggle));
    assert_eq!(shortcut(&state, "z", true, false), Some(Action::Undo));
}

#[test]
fn step_of_a_node_follows_the_picked_node() {
    let state = reduce(&State::opening(), Action::Jump(1));
    assert_eq!(state.subject(), state.run.trace.events[0].node);
    let picked = reduce(&state, Action::Select(Some(Selection::Moment { node: node(1), at: 5 })));
    assert_eq!(picked.subject(), node(1));
    let keyed = shortcut(&picked, "ArrowRight", false, true).expect("it is a shortcut");
    assert_eq!(keyed, Action::Stride(Stride::Node(node(1)), true));
    let there = reduce(&picked, keyed);
    assert_eq!(there.run.trace.events[there.playhead.cursor - 1].node, node(1));
}

#[test]
fn past_and_future_of_the_picked_event_stand_out() {
    let state = reduce(&State::opening(), Action::Jump(usize::MAX));
    let trace = &state.run.trace;
    let told = trace.events.iter().position(|it| matches!(it.kind, EventKind::Indicate { .. }));
    let told = told.expect("Bob delivers m1");
    let picked = reduce(&state, Action::Select(Some(Selection::Event(told))));
    let shown = emphasis(&picked.run, None, picked.asked_about(), &Only::default())
        .expect("something is picked");
    // Alice receives a request and sends; Bob receives; her crash does not count as an event.
    assert_eq!((shown.asked, shown.counts), (Asked::Event(told), [3, 0, 0]));
    assert_eq!(shown.of_event(0), Role::Past);
    assert_eq!(shown.of_event(told), Role::Itself);
    let crash = trace.events.iter().position(|it| matches!(it.kind, EventKind::Crash));
    assert_eq!(shown.of_event(crash.expect("Alice crashes")), Role::Aside);
    assert_eq!(shown.of_message(trace, 0), Role::Past);
    assert_eq!(shown.reaches[1], (Some(told), Some(told)));
    assert_eq!(shown.reaches[2], (None, None));

    let name = trace.messages[0].name;
    let message = reduce(&state, Action::Select(Some(Selection::Message(name))));
    let shown = emphasis(&message.run, None, message.asked_about(), &Only::default())
        .expect("a message is picked");
    assert_eq!((shown.asked, shown.counts), (Asked::Message(0), [1, 2, 0]));
    assert_eq!((shown.of_message(trace, 0), shown.of_event(told)), (Role::Itself, Role::Future));

    let witness =
        emphasis(&message.run, Some("agreement"), message.asked_about(), &Only::default());
    assert_eq!(witness.map(|it| it.asked), Some(Asked::Violation), "a question asked goes first");
    let off = reduce(&picked, Action::Study(Ask::Causality));
    assert_eq!(off.asked_about(), None);
    let by = MessageName { from: node(0), to: node(1), number: 1 };
    let delay = Edit::AddFault(Fault::Delay { message: by, by: 7 });
    let dragged = reduce(&message, Action::Adjust(delay));
    assert_eq!(dragged.asked_about(), None, "while an arrow is dragged nothing recedes");
    assert!(reduce(&dragged, Action::Settle).asked_about().is_some());
}

#[test]
fn filter_on_messages_fades_the_others_and_changes_nothing_else() {
    let generals = bundled::find("byzantine/interactive-consistency/note-004-table");
    let open = |state: &State, bundled| reduce(state, Action::Open(bundled));
    let state = open(&State::opening(), generals.expect("it is bundled"));
    let of_p3 = Only { node: Some(node(2)), kind: None };
    let only = reduce(&state, Action::Study(Ask::Only(of_p3.clone())));
    assert_eq!((&only.run, only.playhead), (&state.run, state.playhead));
    assert_eq!(only.fragment(), state.fragment(), "no link holds it");
    let roles = |state: &State| {
        let shown = emphasis(&state.run, None, state.asked_about(), &state.study.only);
        let shown = shown.expect("messages are filtered");
        let messages = state.run.trace.messages.iter().enumerate();
        messages
            .map(|(id, it)| (it.name, shown.of_message(&state.run.trace, id)))
            .collect::<Vec<_>>()
    };
    for (name, role) in roles(&only) {
        let passes = [name.from, name.to].contains(&node(2));
        assert_eq!(role, if passes { Role::Plain } else { Role::Aside }, "{name:?}");
    }
    let shown = emphasis(&only.run, None, None, &of_p3).expect("messages are filtered");
    assert!((0..only.run.trace.events.len()).all(|event| shown.of_event(event) == Role::Plain));
    // A selection stands out among the messages that pass; those that do not pass stay faint.
    let mine = only.run.trace.messages.iter().find(|it| it.name.to == node(2)).expect("P3 hears");
    let picked = reduce(&only, Action::Select(Some(Selection::Message(mine.name))));
    for (name, role) in roles(&picked) {
        let passes = [name.from, name.to].contains(&node(2));
        assert!(passes || role == Role::Aside, "{name:?}: {role:?}");
        assert!(name != mine.name || role == Role::Itself);
    }
    // It outlives edits and undo, and ends with its node.
    let edited = reduce(&only, Action::Apply(Edit::Seed(7)));
    assert_eq!(edited.study.only, of_p3);
    assert_eq!(reduce(&edited, Action::Undo).study.only, of_p3);
    assert!(reduce(&only, Action::Apply(Edit::Nodes(2))).study.only.is_open());
    let other = bundled::find("ordering/fifo-multicast/three-orders").expect("it is bundled");
    assert_eq!(open(&only, other).study.only, of_p3, "it has a third node");
}

#[test]
fn filter_on_a_kind_of_message_ends_with_a_run_without_that_kind() {
    let paxos = bundled::of_protocol("paxos").next().expect("it is bundled");
    let state = reduce(&State::opening(), Action::Open(paxos));
    let found = kinds(&state.run.trace);
    assert_eq!(found[..3], ["PREPARE", "ACCEPT", "PROMISE"], "{found:?}");
    let only = Only { node: None, kind: Some("PROMISE".into()) };
    let filtered = reduce(&state, Action::Study(Ask::Only(only.clone())));
    for message in &filtered.run.trace.messages {
        let is_promise = message.packet.to_string().starts_with("PROMISE");
        assert_eq!(only.lets(message), is_promise);
    }
    let other = reduce(&filtered, Action::Open(bundled::find(OTHER).expect("it is bundled")));
    assert!(other.study.only.is_open(), "a run without promises");
}

const OTHER: &str = "ordering/fifo-multicast/three-orders";

#[test]
fn kind_of_a_message_is_no_text_of_its_application() {
    let mut state =
        reduce(&State::opening(), Action::Open(bundled::find(OTHER).expect("it is bundled")));
    let mut scenario = state.run.scenario.clone();
    for request in &mut scenario.requests {
        request.with = Some("STOP".into());
    }
    state = reduce(&state, Action::Apply(Edit::Replace(Box::new(scenario))));
    assert!(state.run.trace.messages.iter().any(|it| it.packet.to_string().contains("STOP")));
    assert_eq!(kinds(&state.run.trace), Vec::<String>::new());
    assert!(state.run.trace.messages.iter().all(|it| kind_of(&it.packet).is_none()));
}

#[test]
fn menu_of_a_node_shows_only_its_messages() {
    let state = State::opening();
    let opened = reduce(&state, Action::Select(Some(Selection::Moment { node: node(1), at: 5 })));
    let shown = reduce(&opened, Action::Hand(Hand::Only(node(1))));
    assert_eq!(shown.study.only, Only { node: Some(node(1)), kind: None });
    assert_eq!((shown.menu, shown.selection), (false, None));
    assert_eq!(shown.run, state.run);
}

#[test]
fn share_dialog_pauses_a_run_that_is_played_and_keeps_its_choices() {
    let state = State::opening();
    assert!(state.playing);
    let open = Sharing { open: true, picture: Colours::Dark, ..state.sharing };
    let opened = reduce(&state, Action::Share(open));
    assert!(!opened.playing && opened.sharing == open);
    let closed = reduce(&opened, Action::Share(Sharing { open: false, ..open }));
    assert!(!closed.sharing.open);
    assert_eq!(closed.sharing.picture, Colours::Dark);
    assert_eq!(closed.playhead, state.playhead);
}
