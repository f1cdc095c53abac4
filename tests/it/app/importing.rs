//! Recorded runs in the page: they are shown in the place of another run, until the reader leaves them.

use std::fs;

use worldlines::{
    app::{
        Action, Allowed, Edit, Hand, ImportAction, LongImport, SearchAction, SearchTask, Selection,
        Shared, Source, State, edits, import_texts, offers, reduce,
    },
    formats::link,
    import::{NOT_FETCHED, Options, run_errand},
    kernel::{Fault, MessageName, NodeId},
};

use crate::common::folder;

fn source(name: &str, text: &str) -> Shared<Source> {
    let (name, options) = (name.to_owned(), Options::default());
    Shared::new(Source { name, text: text.into(), options })
}

fn sample(name: &str) -> Shared<Source> {
    let text = fs::read_to_string(folder("tests/corpus/import").join(name)).expect("it is there");
    source(name, &text)
}

fn act(state: &State, action: ImportAction) -> State {
    reduce(state, Action::Import(action))
}

/// Reads a text as the page does it.
fn read(state: &State, source: &Shared<Source>) -> State {
    let state = act(state, ImportAction::Read(source.clone()));
    let import = import_texts::here().expect("all parts are here");
    act(&state, (import.read)(source))
}

fn edited() -> State {
    reduce(&State::opening(), Action::Apply(Edit::Seed(77)))
}

#[test]
fn recorded_run_is_shown_whole_and_left_for_the_run_before_it() {
    let before = edited();
    let state = read(&before, &sample("jepsen-register.edn"));
    assert!(state.run.is_recorded());
    assert_eq!(state.heading(), "jepsen-register.edn");
    assert_eq!(state.playhead.cursor, state.run.trace.events.len());
    assert!(!state.playing && state.undo.is_empty() && state.refused.is_none());
    let other = read(&state, &sample("govector.log"));
    assert_eq!(other.heading(), "govector.log");
    let left = act(&other, ImportAction::Leave);
    assert_eq!(left.scenario(), before.scenario());
    assert_eq!(left.undo, before.undo);
    assert_eq!(left.origin, before.origin);
    assert!(left.imports.shown.is_none());
}

#[test]
fn recorded_run_is_not_changed_searched_or_linked() {
    let state = read(&edited(), &sample("jepsen-register.edn"));
    let message = MessageName { from: NodeId::new(0), to: NodeId::new(1), number: 1 };
    let drop = Edit::AddFault(Fault::Drop { message });
    let actions = [
        Action::Apply(drop.clone()),
        Action::Adjust(drop.clone()),
        Action::Apply(Edit::Until(3)),
        Action::Apply(Edit::Nodes(5)),
        Action::Hand(Hand::Make(drop)),
        Action::Hand(Hand::Type("{}".to_owned())),
        Action::Hand(Hand::Take),
        Action::Hand(Hand::Arm(true)),
        Action::Undo,
        Action::Redo,
        Action::Reset,
        Action::SeekCauses,
        Action::Search(SearchAction::Start(SearchTask::Search, 0.0)),
    ];
    for action in actions {
        let after = reduce(&state, action.clone());
        assert_eq!(after.run, state.run, "{action:?}");
        assert!(after.writing.is_none() && !after.armed, "{action:?}");
        assert!(after.searching.errand.is_none(), "{action:?}");
    }
    assert!(offers(&state.run, &state.origin).is_empty(), "no protocol can run it");
    let origin = edited().origin;
    assert!(!offers(&edited().run, &origin).is_empty());
    assert!(offers(&state.run, &origin).is_empty(), "whatever was opened before");
    assert_eq!(state.changeable(), Allowed::NONE);
    // It is still looked at.
    let picked = reduce(&state, Action::Select(Some(Selection::Event(0))));
    assert!(picked.menu);
    assert_eq!(reduce(&state, Action::Seek(0.0)).playhead.time, 0.0);
}

#[test]
fn draft_and_link_are_those_of_the_run_before_it() {
    let before = edited();
    let state = read(&before, &sample("govector.log"));
    assert!(edits::here().is_some());
    assert_eq!(state.draft(), before.draft());
    assert_eq!(state.own().scenario(), before.scenario());
}

#[test]
fn opened_run_replaces_a_recorded_one_and_undo_leads_before_it() {
    let before = edited();
    let state = read(&before, &sample("govector.log"));
    let path = "reliable/best-effort-broadcast/receiver-crashes";
    let opened = reduce(&state, Action::Example(path.into()));
    assert!(opened.imports.shown.is_none());
    assert_eq!(reduce(&opened, Action::Undo).scenario(), before.scenario());
    // A link that cannot be opened changes nothing.
    let refused = reduce(&state, Action::Load("#s=deflate.xyz".to_owned()));
    assert_eq!(refused.run, state.run);
    assert!(refused.refused.is_some());
    // Links and scenarios are opened by their content.
    let fragment = link::fragment(before.scenario(), None);
    assert_eq!(read(&state, &source("", &fragment)).scenario(), before.scenario());
    let opened = read(&state, &sample("worldlines-scenario.json"));
    assert!(!opened.run.is_recorded() && opened.refused.is_none());
}

#[test]
fn refused_text_leaves_the_run_and_names_the_line() {
    let before = edited();
    for (text, why, is_unknown) in [
        ("hello", "line 1: found hello, expected a log with vector clocks", true),
        ("a {\"a\":1}\nx\nb\ny\n", "line 3: found b, expected a host and its vector clock", false),
        (
            "{\"states\": [\n {\"x\": 1},\n 7\n]}",
            "line 3: states[1]: found 7, expected a state: an object of variables",
            false,
        ),
        ("{\"a\": 1", "found a syntax error", false),
    ] {
        let state = read(&before, &source("a.log", text));
        assert_eq!(state.run, before.run, "{text}");
        assert!(state.imports.reading.is_none());
        let refused = state.refused.expect("it is refused");
        assert!(refused.why.starts_with(why), "{}", refused.why);
        let unread = refused.unread.expect("it is kept");
        assert_eq!(unread.is_unknown, is_unknown, "{text}");
        assert_eq!(&*unread.source.text, text);
    }
}

#[test]
fn cancelled_reading_shows_nothing_when_it_ends() {
    let before = edited();
    let source = sample("govector.log");
    let reading = act(&before, ImportAction::Read(source.clone()));
    assert!(reading.imports.reading.is_some());
    let cancelled = act(&reading, ImportAction::Cancel);
    let late = act(&cancelled, ImportAction::Refuse(source, "late".to_owned(), false));
    assert!(late.refused.is_none());
    assert_eq!(late.run, before.run);
}

#[test]
fn other_mapping_judges_the_same_run_anew() {
    let state = read(&edited(), &sample("jepsen-lock.json"));
    let shown = state.imports.shown.as_ref().expect("it is shown");
    let record = &shown.record;
    assert!(record.choices.len() > 1);
    let properties = |state: &State| -> Vec<_> {
        state.run.report.judgements.iter().map(|it| it.property.name).collect()
    };
    assert_eq!(properties(&state), ["mutual exclusion", "starvation freedom"]);
    let at = reduce(&state, Action::Jump(2));
    for choice in record.choices {
        let options = Options { judged_as: Some(*choice), ..Options::default() };
        let source = Source { options, ..Source::clone(&record.source) };
        let judged = read(&at, &Shared::new(source));
        assert_eq!(judged.playhead.time, at.playhead.time, "the reader's place in time stays");
        assert_eq!(judged.loads, at.loads);
        assert!(!judged.is_edited(), "nothing of the run has changed");
        assert_eq!((&judged.changes, &judged.announcement), (&at.changes, &at.announcement));
        let left = act(&judged, ImportAction::Leave);
        assert_eq!(left.scenario(), edited().scenario());
    }
}

#[test]
fn long_text_that_a_worker_reads_gives_the_same_run() {
    let import = import_texts::here().expect("all parts are here");
    let corpus = fs::read_dir(folder("tests/corpus/import")).expect("it is there");
    let mut compared = 0;
    for entry in corpus {
        let name = entry.expect("it is listed").file_name().to_string_lossy().into_owned();
        let source = sample(&name);
        let Some(errand) = (import.errand)(&source) else {
            assert_eq!(name, "worldlines-scenario.json");
            continue;
        };
        let mut long = LongImport::new(source.clone());
        run_errand(&errand, &mut |text| long.hear(text));
        let action = loop {
            assert!(!long.is_waiting(), "{name}");
            if let Some(action) = (import.advance)(&mut long) {
                break action;
            }
        };
        match (action, (import.read)(&source)) {
            (ImportAction::Show(one, run), ImportAction::Show(other, same)) => {
                assert_eq!(run.json(), same.json(), "{name}");
                assert_eq!(run.scenario, same.scenario, "{name}");
                assert_eq!(run.trace, same.trace, "{name}");
                assert_eq!(run.report, same.report, "{name}");
                assert_eq!((&one.format, &one.notes), (&other.format, &other.notes), "{name}");
                assert_eq!(one.choices, other.choices, "{name}");
                compared += 1;
            }
            (one, other) => assert_eq!(one, other, "{name}"),
        }
    }
    assert!(compared >= 19, "{compared}");
    // A refusal is the same, too.
    let source = source("a.log", "a {\"a\":1}\nx\nb\ny\n");
    let errand = (import.errand)(&source).expect("it is no scenario");
    let mut long = LongImport::new(source.clone());
    run_errand(&errand, &mut |text| long.hear(text));
    let ends = |long: &mut LongImport| loop {
        assert!(!long.is_waiting(), "all has come");
        if let Some(action) = (import.advance)(long) {
            return action;
        }
    };
    assert_eq!(ends(&mut long), (import.read)(&source));
    // So is one of a worker that cannot fetch what it needs.
    let mut long = LongImport::new(source.clone());
    long.hear(NOT_FETCHED.to_owned());
    assert!(matches!(ends(&mut long), ImportAction::Refuse(of, ..) if of == source));
    // The mark at the beginning of a file is no part of a scenario.
    let marked = format!("\u{FEFF}{}", sample("worldlines-scenario.json").text);
    let marked = self::source("marked.json", &marked);
    assert!((import.errand)(&marked).is_none());
    assert_eq!((import.read)(&marked), ImportAction::Open(marked.clone()));
}

#[test]
fn log_with_the_signs_of_a_link_is_a_log() {
    let log = "a {\"a\":1}\nGET /find?q=x&s=10#s=\na {\"a\":2}\ndone\n";
    let state = read(&State::opening(), &source("a.log", log));
    assert_eq!(state.refused, None);
    assert!(state.imports.shown.is_some());
}
