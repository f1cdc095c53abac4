//! A run in an embed that is for looking: nothing that a reader does changes it.

use worldlines::{
    app::{
        Action, Allowed, Edit, Hand, ImportAction, Menu, MenuEntry, OPENING, Selection, Shared,
        Source, State, first_step, hints, reduce,
    },
    formats::{bundled, link},
    import::Options,
    kernel::{Fault, MessageName, NodeId, ParameterValue, RequestSpec, Scenario},
};

fn locked() -> State {
    let state = reduce(&State::opening(), Action::Jump(usize::MAX));
    state.locked(true)
}

fn message() -> MessageName {
    MessageName { from: NodeId::new(0), to: NodeId::new(1), number: 1 }
}

#[test]
fn locked_run_is_not_changed() {
    let state = locked();
    let edits = [
        Edit::AddFault(Fault::Drop { message: message() }),
        Edit::RemoveFault(0),
        Edit::Seed(77),
        Edit::Nodes(5),
        Edit::Until(3),
        Edit::Protocol("reliable-broadcast"),
    ];
    let other = bundled::find("reliable/best-effort-broadcast/receiver-crashes").expect("bundled");
    let actions = edits
        .iter()
        .flat_map(|edit| [Action::Apply(edit.clone()), Action::Adjust(edit.clone())])
        .chain(edits.iter().map(|edit| Action::Hand(Hand::Make(edit.clone()))))
        .chain([
            Action::Hand(Hand::Type("{}".to_owned())),
            Action::Hand(Hand::Take),
            Action::Hand(Hand::Split),
            Action::Undo,
            Action::Redo,
            Action::Reset,
            Action::Protocol("reliable-broadcast"),
            Action::Example("reliable/best-effort-broadcast/receiver-crashes".into()),
            Action::Open(other),
        ]);
    let unlocked = reduce(&State::opening(), Action::Jump(usize::MAX));
    let mut changes = 0;
    for action in actions {
        let after = reduce(&state, action.clone());
        assert_eq!(after.scenario(), state.scenario(), "{action:?}");
        assert_eq!(after.undo.len(), 0, "{action:?}");
        assert!(after.writing.is_none(), "{action:?}");
        changes += usize::from(reduce(&unlocked, action).scenario() != unlocked.scenario());
    }
    // The same change an unlocked run.
    assert!(changes >= 15, "{changes}");
}

#[test]
fn locked_run_is_looked_at_and_another_one_can_be_loaded() {
    let state = locked();
    let picked = reduce(&state, Action::Select(Some(Selection::Message(message()))));
    assert_eq!(picked.selection, Some(Selection::Message(message())));
    assert!(!picked.menu, "a menu offers changes");
    for open in [Hand::Enter, Hand::Menu(true)] {
        assert!(!reduce(&picked, Action::Hand(open)).menu, "nor by a key");
    }
    let sought = reduce(&state, Action::Seek(15.0));
    assert_eq!(sought.playhead.time, 15.0);
    let scenario = bundled::find(OPENING).expect("bundled").scenario().expect("it is read");
    let other = worldlines::kernel::Scenario { seed: scenario.seed + 1, ..scenario };
    let loaded = reduce(&state, Action::Load(link::fragment(&other, None)));
    assert_eq!(*loaded.scenario(), other);
    assert_eq!(loaded.allowed, Allowed::NONE);
}

#[test]
fn partly_locked_run_takes_only_the_changes_that_are_allowed() {
    let state = reduce(&State::opening(), Action::Jump(usize::MAX));
    let state = reduce(&state, Action::Allow(Allowed::of("drop request unknown")));
    let message = state.run.trace.messages[0].name;
    let crash = Fault::Crash { node: NodeId::new(1), at: 5, after_sends: None };
    let request = state.scenario().requests[0].clone();
    for refused in [
        Edit::AddFault(crash),
        Edit::AddFault(Fault::Delay { message, by: 20 }),
        // The author's own crash stays.
        Edit::RemoveFault(0),
        Edit::Seed(9),
        Edit::Nodes(5),
        Edit::Parameter("unknown", ParameterValue::Integer(1)),
    ] {
        for action in [Action::Apply(refused.clone()), Action::Adjust(refused.clone())] {
            let next = reduce(&state, action);
            assert_eq!(next.scenario(), state.scenario(), "{refused:?}");
            assert!(next.undo.is_empty(), "{refused:?}");
        }
    }
    let dropped = reduce(&state, Action::Apply(Edit::AddFault(Fault::Drop { message })));
    assert_eq!(dropped.scenario().faults.len(), state.scenario().faults.len() + 1);
    let asked =
        reduce(&dropped, Action::Apply(Edit::AddRequest(RequestSpec { at: 60, ..request })));
    assert_eq!(asked.scenario().requests.len(), 2);
    // All the way back, in one step too.
    let back = reduce(&asked, Action::Undo);
    assert_eq!(back.scenario(), dropped.scenario());
    assert_eq!(reduce(&back, Action::Reset).scenario(), state.scenario());
    // A refusal is said; a drag has many steps and just goes nowhere.
    let seed = reduce(&state, Action::Apply(Edit::Seed(9)));
    assert!(seed.refused.is_some_and(|it| it.why.contains("does not allow")));
    assert_eq!(reduce(&state, Action::Adjust(Edit::Seed(9))).refused, None);
    // Another run is none of the changes, in whatever way it comes.
    let other = reduce(&state, Action::Protocol("paxos"));
    assert_eq!(other.scenario(), state.scenario());
    let text = r#"{"version":1,"protocol":"paxos","nodes":3}"#;
    let source = Source { name: String::new(), text: text.into(), options: Options::default() };
    let source = Shared::new(source);
    let read = reduce(&state, Action::Import(ImportAction::Read(source.clone())));
    let pasted = reduce(&read, Action::Import(ImportAction::Open(source)));
    assert_eq!(pasted.scenario(), state.scenario());
    // A copy of the author's crash is another crash.
    let crash = state.scenario().faults[0].clone();
    let faults = vec![crash.clone(), crash];
    let twice = Scenario { faults, ..state.scenario().clone() };
    let twice = reduce(&state, Action::Apply(Edit::Replace(Box::new(twice))));
    assert_eq!(twice.scenario(), state.scenario());
}

#[test]
fn menu_within_what_is_allowed_has_no_other_item() {
    let run = State::opening().run;
    let message = Selection::Message(run.trace.messages[0].name);
    let moment = Selection::Moment { node: NodeId::new(1), at: 5 };
    let ids = |selection, names: &str| -> Vec<_> {
        let menu = Menu::of(&run, selection).within(&run, Allowed::of(names));
        menu.items().iter().map(|item| item.id).collect()
    };
    assert_eq!(ids(message, "drop"), ["drop"]);
    assert_eq!(ids(message, "drop delay"), ["drop", "delay"]);
    assert!(ids(moment, "drop").is_empty());
    assert!(ids(moment, "crash").iter().all(|id| id.starts_with("crash")));
    assert_eq!(ids(moment, "request"), ["broadcast"]);
    let all = Menu::of(&run, moment);
    assert_eq!(all.clone().within(&run, Allowed::ALL), all);
    for name in Allowed::names() {
        assert!(Allowed::of(name).has(name) && Allowed::ALL.has(name) && !Allowed::NONE.has(name));
    }
}

#[test]
fn hints_name_a_change_exactly_where_a_menu_offers_it() {
    let run = State::opening().run;
    let message = Selection::Message(run.trace.messages[0].name);
    let moment = Selection::Moment { node: NodeId::new(1), at: 5 };
    let offers = |selection, names: &str| {
        let menu = Menu::of(&run, selection).within(&run, Allowed::of(names));
        menu.entries.iter().any(|entry| !matches!(entry, MenuEntry::Note(_)))
    };
    let kinds: Vec<_> = Allowed::names().filter(|name| *name != Allowed::SETTINGS).collect();
    // A menu has these only where something is there to be changed: a node that is down, a pair that is cut.
    let seldom = ["recover", "forge", "traitor"];
    for kind in &kinds {
        let (hint, first) = (hints(Allowed::of(kind)), first_step(Allowed::of(kind)));
        assert!(!hint.is_empty(), "{kind}");
        let of_message = ["drop", "delay", "duplicate", "corrupt", "forge"].contains(kind);
        assert_eq!(hint.contains("Click a message"), of_message, "{kind}: {hint}");
        assert_eq!(first.contains("Click a message"), of_message, "{kind}: {first}");
        if !seldom.contains(kind) {
            let on_line = !of_message && *kind != "partition";
            assert_eq!(hint.contains("Click a node"), on_line, "{kind}: {hint}");
            assert_eq!(offers(moment, kind), on_line || *kind == "partition", "{kind}");
            assert!(!of_message || offers(message, kind), "{kind}");
        }
        assert_eq!(hint.contains("partition"), *kind == "partition", "{hint}");
        assert_eq!(hint.contains("crash"), *kind == "crash", "{hint}");
        assert_eq!(hint.contains("drag its head"), *kind == "delay", "{hint}");
    }
    for none in [Allowed::NONE, Allowed::of(Allowed::SETTINGS)] {
        assert_eq!((hints(none), first_step(none)), (String::new(), String::new()));
    }
    let all = hints(Allowed::ALL);
    for words in ["to drop, delay, duplicate, damage or forge it", "partition", "Drag marks"] {
        assert!(all.contains(words), "{all}");
    }
    assert_eq!(
        first_step(Allowed::ALL),
        "Click a message to drop or delay it. Click a line to crash its node."
    );
}
