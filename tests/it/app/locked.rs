//! A run in an embed that is for looking: nothing that a reader does changes it.

use worldlines::{
    app::{Action, Edit, Hand, OPENING, Selection, State, reduce},
    formats::{bundled, link},
    kernel::{Fault, MessageName, NodeId},
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
            Action::Example("reliable/best-effort-broadcast/receiver-crashes"),
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
    assert!(loaded.locked);
}
