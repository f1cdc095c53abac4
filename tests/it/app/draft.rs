//! The reader's work outlives the tab: as a draft, which may be damaged, old, or another tab's.

use worldlines::{
    app::{Action, Draft, Edit, Panel, State, TOUR, reduce},
    formats::{bundled, link},
    kernel::{Fault, MessageName, NodeId},
};

fn after(state: &State, actions: impl IntoIterator<Item = Action>) -> State {
    actions.into_iter().fold(state.clone(), |state, action| reduce(&state, action))
}

fn drop_of(from: usize, to: usize) -> Action {
    let message = MessageName { from: NodeId::new(from), to: NodeId::new(to), number: 1 };
    Action::Apply(Edit::AddFault(Fault::Drop { message }))
}

/// Two changes, one of them undone, in the middle of the run, with a panel open.
fn work() -> State {
    let changes = [drop_of(0, 1), drop_of(0, 2), drop_of(1, 2), Action::Undo, Action::Jump(3)];
    reduce(&after(&State::opening(), changes), Action::Show(Some(Panel::ALL[0])))
}

fn scenarios(state: &State) -> Vec<String> {
    let mut all = vec![state.fragment()];
    let mut back = state.clone();
    while !back.undo.is_empty() {
        back = reduce(&back, Action::Undo);
        all.push(back.fragment());
    }
    let mut forth = state.clone();
    while !forth.redo.is_empty() {
        forth = reduce(&forth, Action::Redo);
        all.push(forth.fragment());
    }
    all
}

#[test]
fn draft_after_a_reload_restores_run_histories_and_playhead() {
    let work = work();
    let back = State::begin(&work.fragment(), work.draft().as_deref());
    assert_eq!(scenarios(&back), scenarios(&work));
    assert_eq!((back.undo.len(), back.redo.len()), (2, 1));
    assert_eq!((back.playhead, back.panel), (work.playhead, work.panel));
    assert!(back.is_edited() && !back.playing);
    assert_eq!(*back.origin, *work.origin);
    assert_eq!(reduce(&back, Action::Reset).bundled_path().as_deref(), Some(TOUR[0]));
    // Again: the result is the same.
    assert_eq!(back.draft(), work.draft());
}

#[test]
fn draft_of_an_unchanged_run_is_not_kept() {
    let opening = State::opening();
    assert_eq!(opening.draft(), None);
    assert_eq!(after(&opening, [Action::Jump(4)]).draft(), None);
    assert!(after(&opening, [drop_of(0, 1), Action::Undo]).draft().is_some(), "redo is work too");
}

#[test]
fn draft_yields_to_the_address_and_undo_restores_it() {
    let work = work();
    let other = bundled::find(TOUR[1]).and_then(|it| it.scenario().ok()).expect("is bundled");
    let opened = State::begin(&link::fragment(&other, None), work.draft().as_deref());
    assert_eq!(*opened.scenario(), other);
    assert_eq!(reduce(&opened, Action::Undo).fragment(), work.fragment());
    let anew = State::begin("", work.draft().as_deref());
    assert_eq!(anew.fragment(), State::opening().fragment());
    assert!(anew.undo.is_empty());
    let damaged = State::begin("#s=deflate.AAAA", work.draft().as_deref());
    assert!(damaged.refused.is_some());
    assert_eq!(damaged.fragment(), work.fragment());
}

#[test]
fn draft_that_is_damaged_is_ignored() {
    let work = work();
    let draft = work.draft().expect("there is work");
    let fragment = work.fragment();
    for length in 0..draft.len() {
        let opened = State::begin(&fragment, Some(&draft[..length]));
        assert_eq!(opened.fragment(), fragment);
    }
    let texts = [
        "",
        "1",
        "2\n0 0 \n0.0\n\n\n{}",
        "1\n0 0 \n0.0\n\n\n{}",
        "1\n0 0 \n7.7\n\n\n",
        "1\n-1 x\n\n\n\n",
    ];
    for text in texts {
        assert_eq!(State::restored(&link::pack(text, 1)), None, "{text:?}");
        assert_eq!(State::restored(text), None);
    }
    // States that undo cannot reach are left out; the shown run is kept.
    let scenario = worldlines::formats::scenario::write(work.scenario());
    let partly = format!("1\n5 99999 Nonsense\n0.0\n0.1 9.9 zz 0.0\n1.0\n{scenario}\n{{}}");
    let back = State::restored(&link::pack(&partly, 1)).expect("its scenario is whole");
    assert_eq!((back.undo.len(), back.redo.len(), back.panel), (1, 0, None));
}

#[test]
fn draft_with_a_long_history_drops_the_oldest_steps() {
    let mut state = State::opening();
    for seed in 0..450 {
        let mut next = state.scenario().clone();
        next.requests[0].with = Some(format!("{seed} {}", "long ".repeat(20)).into());
        next.seed = seed;
        state = reduce(&state, Action::Apply(Edit::Replace(Box::new(next))));
    }
    let draft = state.draft().expect("there is work");
    assert!(draft.len() < 30_000, "{} characters", draft.len());
    let back = State::restored(&draft).expect("is whole");
    assert!((100..450).contains(&back.undo.len()), "{} changes", back.undo.len());
    assert_eq!(back.undo.last(), state.undo.last());
    let short = state.short_draft().and_then(|draft| State::restored(&draft)).expect("is whole");
    assert_eq!((short.undo.len(), short.fragment()), (0, state.fragment()));
}

fn draft(tab: &str, written: u64, state: &State) -> Draft {
    Draft { tab: tab.to_owned(), written, text: state.draft().unwrap_or_default() }
}

#[test]
fn draft_offered_is_the_latest_of_a_closed_tab() {
    let work = work();
    let browsed = reduce(&State::opening(), Action::Open(bundled::find(TOUR[1]).expect("bundled")));
    let drafts =
        [draft("old", 10, &work), draft("open", 40, &work), draft("read only", 50, &browsed)];
    let damaged = Draft { text: "???".to_owned(), ..drafts[1].clone() };
    let drafts =
        [drafts.to_vec(), vec![Draft { tab: "bad".into(), written: 60, ..damaged }]].concat();
    let offer = Draft::to_offer(&drafts, &["open".to_owned()]).expect("one is worth going on with");
    assert_eq!((offer.tab.as_str(), offer.changes), ("old", 2));
    assert_eq!(offer.title, work.heading());
    assert_eq!(Draft::to_offer(&drafts, &["open".to_owned(), "old".to_owned()]), None);

    let restored = reduce(&State::opening(), Action::Restore(offer.text));
    assert_eq!(scenarios(&restored), scenarios(&work));
    let mine = reduce(&State::opening(), drop_of(1, 2));
    let after_mine = reduce(&mine, Action::Restore(drafts[0].text.clone()));
    assert_eq!(after_mine.fragment(), work.fragment());
    let back = after(&after_mine, vec![Action::Undo; 3]);
    assert_eq!(back.fragment(), mine.fragment(), "my own change can be had back");
    assert_eq!(reduce(&mine, Action::Restore("???".to_owned())), mine);
}

#[test]
fn draft_of_an_open_tab_outlives_old_and_surplus_drafts() {
    let day = 24 * 3600 * 1000;
    let now = 100 * day;
    let work = work();
    let mut drafts: Vec<_> =
        (0..25).map(|age| draft(&format!("{age} days"), now - age * day, &work)).collect();
    drafts.push(draft("open", now - 60 * day, &work));
    let gone = Draft::outdated(&drafts, &["open".to_owned()], now);
    assert_eq!(gone, ["20 days", "21 days", "22 days", "23 days", "24 days"]);
    let few = [draft("old", now - 31 * day, &work), draft("new", now - 29 * day, &work)];
    assert_eq!(Draft::outdated(&few, &[], now), ["old"]);
}

#[test]
fn draft_in_storage_is_read_as_it_was_written() {
    let draft = draft("tab", 1_700_000_000_000, &work());
    assert_eq!(Draft::read("tab", &draft.stored()), Some(draft));
    for strange in ["", "x", "x y", "-1 y", "1"] {
        assert_eq!(Draft::read("tab", strange), None, "{strange:?}");
    }
}
