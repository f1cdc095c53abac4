//! Effects of pointer and keys on the diagram and on the scenario's text.

use worldlines::{
    app::{
        Action, Area, Edit, End, Hand, Handle, Panel, Selection, State, Toward, Writing, handle_of,
        reduce, written,
    },
    formats::{bundled, lines, scenario},
    kernel::{EventKind, Fault, MessageName, NodeId, NodeSet},
};

fn node(index: usize) -> NodeId {
    NodeId::new(index)
}

fn message(from: usize, to: usize) -> MessageName {
    MessageName { from: node(from), to: node(to), number: 1 }
}

fn after(state: &State, actions: impl IntoIterator<Item = Action>) -> State {
    actions.into_iter().fold(state.clone(), |state, action| reduce(&state, action))
}

fn hand(state: &State, hand: Hand) -> State {
    reduce(state, Action::Hand(hand))
}

/// The example in which a receiver crashes, at its end.
fn start() -> State {
    let path = "reliable/best-effort-broadcast/receiver-crashes";
    let opened = Action::Open(bundled::find(path).expect("it is bundled"));
    after(&State::opening(), [opened, Action::Jump(usize::MAX)])
}

fn picked(state: &State) -> String {
    let Some(Selection::Event(event)) = state.selection else {
        return format!("{:?}", state.selection);
    };
    let event = &state.run.trace.events[event];
    format!("{} {} {}", event.time, state.scenario().name(event.node), event.kind.name())
}

#[test]
fn arrow_keys_go_along_lanes_and_between_them() {
    let mut state = hand(&start(), Hand::Walk(Toward::Later));
    for line in 0..state.scenario().nodes.len() {
        while state.run.trace.events[event(&state)].node.index() > line {
            state = hand(&state, Hand::Walk(Toward::Above));
        }
        let mut before = None;
        while before != state.selection {
            before = state.selection;
            state = hand(&state, Hand::Walk(Toward::Earlier));
        }
        let mut seen = vec![event(&state)];
        loop {
            state = hand(&state, Hand::Walk(Toward::Later));
            if seen.last() == Some(&event(&state)) {
                break;
            }
            seen.push(event(&state));
        }
        let events = state.run.trace.events.iter().enumerate();
        let on_line = events.filter(|(_, it)| {
            it.node == node(line)
                && !matches!(it.kind, EventKind::Lose(..))
                && it.time <= state.shown_until
        });
        assert_eq!(seen, on_line.map(|(id, _)| id).collect::<Vec<_>>(), "every event, in order");
        state = hand(&state, Hand::Walk(Toward::Below));
    }
    assert!(!state.menu, "keys only pick");
    assert!(state.announcement.contains(" ms: "), "{}", state.announcement);
}

fn event(state: &State) -> usize {
    match state.selection {
        Some(Selection::Event(event)) => event,
        other => panic!("an event is picked, not {other:?}"),
    }
}

#[test]
fn key_on_a_send_goes_to_its_message_and_its_receipt() {
    let state = start();
    let messages = &state.run.trace.messages;
    let sent = messages.iter().find(|it| it.name == message(3, 0)).expect("it is sent").sent;
    let state = hand(&state, Hand::Visit(Selection::Event(sent)));
    let on = hand(&state, Hand::Enter);
    assert_eq!(on.selection, Some(Selection::Message(message(3, 0))));
    assert!(!on.menu && on.announcement.contains(" from "), "{}", on.announcement);
    let there = hand(&on, Hand::Follow);
    assert!(picked(&there).ends_with("receive"), "{}", picked(&there));
    let menu = hand(&on, Hand::Enter);
    assert!(menu.menu, "Enter on a message opens its menu");
    let dropped =
        reduce(&menu, Action::Apply(Edit::AddFault(Fault::Drop { message: message(3, 0) })));
    let closed = hand(&dropped, Hand::Escape);
    assert!(!closed.menu && closed.selection.is_some(), "the menu goes first");
    assert_eq!(hand(&closed, Hand::Escape).selection, None, "then what is picked");
}

#[test]
fn menu_opens_by_a_click_and_closes_when_its_target_is_gone() {
    let state = start();
    let open = reduce(&state, Action::Select(Some(Selection::Message(message(3, 0)))));
    assert!(open.menu);
    assert!(!reduce(&open, Action::Select(None)).menu);
    let crash = Fault::Crash { node: node(3), at: 0, after_sends: None };
    let gone = reduce(&open, Action::Apply(Edit::AddFault(crash)));
    assert_eq!((gone.selection, gone.menu), (None, false), "it is not sent any more");
    let on = hand(&gone, Hand::Walk(Toward::Later));
    assert!(picked(&on).contains("Dave"), "one goes on where one was: {}", picked(&on));
}

#[test]
fn lasso_makes_a_partition_of_the_nodes_in_it() {
    let state = start();
    let area = Area::between((40.4, 1.3), (9.6, -0.4), 4);
    assert_eq!((area.at, area.until), (10, 40));
    assert_eq!(area.nodes, NodeSet::first(2));
    assert_eq!(area.words(state.scenario()), "Alice, Bob | Carol, Dave, 10–40 ms");
    let drawing = hand(&hand(&state, Hand::Arm(true)), Hand::Lasso(Some(area)));
    assert_eq!(drawing.scenario(), state.scenario(), "nothing happens before it is closed");
    let off = hand(&drawing, Hand::Escape);
    assert_eq!((off.lasso, off.armed, off.called_off), (None, false, 1));
    assert_eq!(hand(&off, Hand::Split).scenario(), state.scenario());
    let split = hand(&drawing, Hand::Split);
    let expected = Fault::Partition {
        groups: vec![NodeSet::first(2), NodeSet::first(4).without(NodeSet::first(2))],
        at: 10,
        until: 40,
    };
    assert_eq!(split.scenario().faults.last(), Some(&expected));
    assert!(!split.armed && split.lasso.is_none());
    assert_eq!(reduce(&split, Action::Undo).scenario(), state.scenario());
    for corners in [((1.0, 0.3), (9.0, 0.7)), ((1.0, -0.5), (9.0, 3.5))] {
        let area = Area::between(corners.0, corners.1, 4);
        assert!(area.partition(state.scenario()).is_err());
        let tried = after(&state, [Hand::Lasso(Some(area)), Hand::Split].map(Action::Hand));
        assert_eq!(tried.scenario(), state.scenario());
        assert!(tried.announcement.starts_with("No partition"));
    }
}

#[test]
fn marks_and_walls_are_dragged_along_the_time_axis() {
    let state = start();
    let crash = state.run.trace.events.iter().position(|it| it.kind == EventKind::Crash);
    let handle = handle_of(&state.run, crash.expect("a receiver crashes")).expect("by a fault");
    let Handle::Fault(place, Fault::Crash { at, .. }, End::Start) = handle else {
        panic!("{handle:?} is no crash");
    };
    let dragging = after(&state, (1..=5).map(|by| Action::Adjust(handle.moved(by))));
    let moved = reduce(&dragging, Action::Settle);
    assert!(
        matches!(moved.scenario().faults[place], Fault::Crash { at: now, .. } if now == at + 5)
    );
    assert_eq!(moved.undo.len(), state.undo.len() + 1);
    assert_eq!(reduce(&moved, Action::Undo).scenario(), state.scenario());
    let off = hand(&dragging, Hand::Escape);
    assert_eq!((off.scenario(), off.called_off), (state.scenario(), 1));
    assert_eq!(off.undo.len(), state.undo.len());

    let wall = Fault::Cut { from: node(0), to: node(1), at: 20, until: 30 };
    let ends = [
        (End::Start, 100, (29, 30)),
        (End::Start, -100, (0, 30)),
        (End::Until, -100, (20, 21)),
        (End::Whole, 7, (27, 37)),
        (End::Whole, -100, (0, 10)),
    ];
    for (end, by, expected) in ends {
        let moved = Handle::Fault(0, wall.clone(), end).moved(by);
        let Edit::ChangeFault(0, Fault::Cut { at, until, .. }) = moved else { panic!("{moved:?}") };
        assert_eq!((at, until), expected, "{end:?} by {by}");
    }
    let request = state.run.trace.events.iter().position(|it| it.kind.name() == "request");
    let handle = handle_of(&state.run, request.expect("a node asks")).expect("it can be moved");
    let sooner = reduce(&state, Action::Apply(handle.moved(-5)));
    assert_eq!(sooner.scenario().requests[0].at, state.scenario().requests[0].at - 5);
}

#[test]
fn cancelled_drag_keeps_the_steps_that_can_be_redone() {
    let drop = Action::Apply(Edit::AddFault(Fault::Drop { message: message(3, 0) }));
    let delay = |by| Action::Adjust(Edit::AddFault(Fault::Delay { message: message(3, 1), by }));
    let undone = after(&start(), [drop, Action::Undo]);
    let off = after(&undone, [delay(3), delay(9), Action::Hand(Hand::Escape)]);
    assert_eq!((off.redo.len(), off.undo.len()), (1, undone.undo.len()));
    let undo_key = after(&undone, [delay(3), Action::Undo]);
    assert_eq!((undo_key.scenario(), undo_key.redo.len()), (undone.scenario(), 1));
    let made = after(&undone, [delay(3), Action::Settle]);
    assert!(made.redo.is_empty());
}

fn text(state: &State) -> String {
    written(state.writing.as_ref(), state.scenario()).to_string()
}

fn typed(state: &State, text: &str) -> State {
    hand(state, Hand::Type(text.to_owned()))
}

#[test]
fn scenario_laid_out_in_lines_is_the_same_scenario() {
    for each in bundled::bundled() {
        let scenario = each.scenario().expect("it is sound");
        let laid = lines::laid_out(&scenario::write(&scenario));
        let wide = laid.lines().filter(|line| line.len() > 100 && !line.contains("text")).count();
        assert_eq!((scenario::read(&laid), wide), (Ok(scenario), 0), "{}", each.path());
    }
}

#[test]
fn scenario_text_is_run_as_one_change_when_the_reader_pauses() {
    let state = after(&start(), [Action::Show(Some(Panel::Text))]);
    // The first change drops the words that came with the example, in the text too.
    let first =
        hand(&typed(&state, &text(&state).replace("\"seed\": 3", "\"seed\": 4")), Hand::Take);
    assert!(!text(&first).contains("title"), "{}", text(&first));
    let state = first;
    let begun = typed(&state, &text(&state).replace("\"seed\": 4", "\"seed\": 2"));
    let begun = typed(&begun, &text(&begun).replace("\"version\": 1,", "\"version\":1,  "));
    assert_eq!(begun.scenario(), state.scenario(), "not at every key");
    let run = hand(&begun, Hand::Take);
    assert_eq!((run.scenario().seed, run.undo.len()), (2, state.undo.len() + 1));
    assert_eq!(text(&run), text(&begun), "the text stays as it is written");
    assert_eq!(hand(&run, Hand::Take), run, "a further pause changes nothing");
    let undone = reduce(&run, Action::Undo);
    assert_eq!(text(&undone), text(&state), "undo takes the text along");
    assert_eq!(text(&reduce(&undone, Action::Redo)).matches("\"seed\": 2").count(), 1);
    let other = reduce(&run, Action::Apply(Edit::Seed(7)));
    assert!(text(&other).contains("\"seed\": 7"));
}

#[test]
fn scenario_text_with_an_error_is_kept_and_its_place_named() {
    let state = start();
    let good = text(&state);
    let cases = [
        (good.replacen("\"Dave\", \"do\"", "\"Dvae\", \"do\"", 1), "requests[1].node", "\"do\""),
        (good.replacen("\"version\": 1", "\"version\": 1x", 1), "a syntax error", "1x"),
        (good.replacen("\"version\": 1", "\"version\": 1, \"sede\": 4", 1), "sede", "sede"),
        (good.replacen("\"version\": 1", "\"version\": 1, \"version\": 1", 1), "again", "1, \"ver"),
    ];
    for (wrong, why, line) in cases {
        let writing = hand(&typed(&state, &wrong), Hand::Take);
        let said = writing.writing.as_ref().and_then(Writing::wrong).expect("it is wrong");
        assert!(said.why.contains(why), "{}", said.why);
        assert!(wrong.lines().nth(said.line - 1).expect("a line").contains(line), "{said:?}");
        assert_eq!(writing.scenario(), state.scenario());
        let drop = Action::Apply(Edit::AddFault(Fault::Drop { message: message(3, 0) }));
        let elsewhere = [
            Action::Show(None),
            drop,
            Action::Undo,
            Action::Redo,
            Action::Open(bundled::bundled()[0]),
        ];
        let kept = after(&writing, elsewhere);
        assert_eq!(text(&kept), wrong, "what is typed is kept");
        let shown = kept.scenario();
        assert!(kept.writing.as_ref().is_some_and(|writing| writing.is_behind(shown)));
        let mended = hand(&typed(&kept, &good), Hand::Take);
        assert_eq!(mended.scenario(), state.scenario());
        let back = hand(&writing, Hand::Discard);
        assert_eq!((text(&back), back.writing), (good.clone(), None));
    }
}

#[test]
fn scenario_text_that_is_long_is_read_only_after_a_pause() {
    let state = start();
    let long = text(&state) + &" ".repeat(30_000) + "x";
    let typing = typed(&state, &long);
    assert!(typing.writing.as_ref().is_some_and(|writing| writing.wrong().is_none()));
    assert!(hand(&typing, Hand::Take).writing.is_some_and(|writing| writing.wrong().is_some()));
}

#[test]
fn scenario_text_keeps_parameters_that_have_their_defaults() {
    let path = bundled::of_protocol("heartbeat-detector").next().expect("it has examples").path();
    let opened = Action::Open(bundled::find(&path).expect("it is bundled"));
    let state = after(&start(), [opened]);
    let parameter = &state.run.protocol.behaviour.parameters[0];
    let default = serde_json::to_string(&parameter.default()).unwrap_or_default();
    let protocol = "\"protocol\": \"heartbeat-detector\",";
    let with = format!("{protocol} \"params\": {{\"{}\": {default}}},", parameter.name);
    let mut clean = state.scenario().clone();
    clean.params = Default::default();
    let state = reduce(&state, Action::Apply(Edit::Replace(Box::new(clean))));
    let wrote = hand(&typed(&state, &text(&state).replace(protocol, &with)), Hand::Take);
    assert!(text(&wrote).contains("\"params\""), "{}", text(&wrote));
    assert_eq!(wrote.scenario(), state.scenario());
}
