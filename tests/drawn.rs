//! The page, drawn without a browser in every state that a walk comes to: nothing that is picked outlives its run,
//! and no state draws more elements than a browser can keep up with.

#[path = "it/common/mod.rs"]
mod common;

use common::{chance::Chance, node};
use serde_json::Value as Json;
use worldlines::{
    app::{
        Action, Against, Allowed, Area, Ask, Edit, Filter, Hand, Move, Panel, Run, Selection,
        Showing, Since, State, Stride, Table, Tables, Toward, reduce,
    },
    diagram::{Clocks, Only},
    export::{SvgOptions, svg},
    formats::{bundled, link, scenario},
    kernel::{Fault, MessageName, NodeId, NodeSet, Verdict, is_unseen, spell},
    runs::Outcome,
    ui::drawn,
};

/// Width of the diagram on a desktop and on a phone, in CSS pixels.
const WIDTHS: [f64; 2] = [1_014.0, 368.0];

/// Something that a reader may do, drawn by lot. What it names need not be there: an answer to what was on the
/// screen a moment ago is late.
fn anything(state: &State, chance: &mut Chance) -> Action {
    let run = &state.run;
    let anyone = |chance: &mut Chance| node(chance.below(9));
    let nodes = chance.between(1, 9) as usize;
    match chance.below(28) {
        27 => Action::Study(Ask::Only(Only { node: Some(anyone(chance)), kind: None })),
        26 => {
            let shown = Some(Table::ALL[chance.below(3)]);
            Action::Tabulate(Tables { shown, about: Some(anyone(chance)) })
        }
        0..=3 => Action::Apply(Edit::Nodes(nodes)),
        4 => Action::Inspect(Some(anyone(chance))),
        5 => Action::Filter(Filter { node: Some(anyone(chance)), ..Filter::default() }),
        6 => Action::Study(Ask::Stride(Stride::Node(anyone(chance)))),
        7 => Action::Study(Ask::Cut(Move::Toggle)),
        8 => Action::Study(Ask::Cut(Move::Step(anyone(chance), 3))),
        9 => Action::Study(Ask::Clocks(Some(Clocks::Vector))),
        10 => {
            let nodes = NodeSet::from(anyone(chance)).or(anyone(chance).into());
            Action::Hand(Hand::Lasso(Some(Area { nodes, at: 10, until: 60 })))
        }
        11 => Action::Hand(Hand::Split),
        12 => {
            let event = chance.below(run.trace.events.len() * 2 + 1);
            Action::Select(Some(Selection::Event(event)))
        }
        13 => {
            let (from, to) = (anyone(chance), anyone(chance));
            Action::Select(Some(Selection::Message(MessageName { from, to, number: 1 })))
        }
        14 => Action::Select(Some(Selection::Moment { node: anyone(chance), at: 30 })),
        15 => Action::Hand(Hand::Walk(Toward::Below)),
        16 => Action::Hand(Hand::Follow),
        17 => Action::Undo,
        18 => Action::Redo,
        19 => Action::Compare(Some(Against::Earlier(Since::Opening))),
        20 => Action::Differ(Showing::Pinned),
        21 => Action::Jump(chance.below(run.trace.events.len() * 2 + 1)),
        22 => {
            let groups = vec![NodeSet::from(anyone(chance)), anyone(chance).into()];
            let fault = match chance.below(3) {
                0 => Fault::Crash { node: anyone(chance), at: 20, after_sends: None },
                1 => Fault::Partition { groups, at: 10, until: 80 },
                _ => Fault::Cut { from: anyone(chance), to: anyone(chance), at: 5, until: 90 },
            };
            Action::Apply(Edit::AddFault(fault))
        }
        23 => {
            let fault = Fault::Crash { node: anyone(chance), at: 25, after_sends: Some(1) };
            Action::Apply(Edit::ChangeFault(chance.below(4), fault))
        }
        24 => Action::Apply(Edit::Rename(anyone(chance), "Zoë".to_owned())),
        _ => Action::Stride(state.study.stride, chance.percent(50)),
    }
}

fn assert_picks_are_there(state: &State, done: &Action) {
    let run = &state.run;
    let size = run.scenario.nodes.len();
    let is_there = |node: NodeId| node.index() < size;
    let there = match state.selection {
        None => true,
        Some(Selection::Event(event)) => event < run.trace.events.len(),
        Some(Selection::Message(name)) => run.trace.messages.iter().any(|it| it.name == name),
        Some(Selection::Moment { node, .. }) => is_there(node),
    };
    assert!(there, "{:?} after {done:?}", state.selection);
    assert!(state.selection.is_some() || !state.menu, "a menu of nothing after {done:?}");
    assert!(state.inspected.is_none_or(is_there), "{:?} after {done:?}", state.inspected);
    assert!(state.filter.node.is_none_or(is_there), "{:?} after {done:?}", state.filter);
    let lasso = state.lasso.map_or(NodeSet::EMPTY, |area| area.nodes);
    assert!(lasso.without(NodeSet::first(size)).is_empty(), "{lasso:?} after {done:?}");
    if let Stride::Node(node) = state.study.stride {
        assert!(is_there(node), "{node:?} after {done:?}");
    }
    let posts = state.study.cut.as_ref().map(|cut| cut.posts.len());
    assert!(posts.is_none_or(|posts| posts == size), "{posts:?} after {done:?}");
    assert!(state.playhead.cursor <= run.trace.events.len(), "after {done:?}");
}

#[test]
fn picks_of_a_walk_that_shrinks_groups_never_outlive_their_run() {
    let bundled = bundled::bundled();
    let mut chance = Chance::new(11);
    for walk in 0..if cfg!(debug_assertions) { 24 } else { 200 } {
        let opened = Action::Open(bundled[chance.below(bundled.len())]);
        let panel = Panel::ALL[walk % Panel::ALL.len()];
        let mut state = reduce(&State::opening(), opened);
        state = reduce(&state, Action::Show(Some(panel)));
        for step in 0..24 {
            let action = anything(&state, &mut chance);
            state = reduce(&state, action.clone());
            assert_picks_are_there(&state, &action);
            if step % 4 == 3 {
                let page = drawn(&state, WIDTHS[walk % 2]);
                assert!(page.contains("role=\"tabpanel\""), "after {action:?}");
            }
        }
    }
}

#[test]
fn state_tab_that_looks_at_a_node_survives_a_smaller_group() {
    let mut state = reduce(&State::opening(), Action::Apply(Edit::Nodes(4)));
    state = reduce(&state, Action::Show(Some(Panel::State)));
    state = reduce(&state, Action::Inspect(Some(node(3))));
    assert!(drawn(&state, WIDTHS[0]).contains("node-state"));
    state = reduce(&state, Action::Apply(Edit::Nodes(2)));
    assert_eq!(state.inspected, None);
    assert!(drawn(&state, WIDTHS[0]).contains("node-state"));
}

#[test]
fn received_by_round_tells_what_p3_receives_in_exercise_7_3() {
    let exercise = bundled::find("byzantine/interactive-consistency/exercise-7-3");
    let state = reduce(&State::opening(), Action::Open(exercise.expect("it is bundled")));
    let state = reduce(&state, Action::Jump(usize::MAX));
    // The workbench, the tab, the node.
    let state = reduce(&state, Action::Show(Some(Panel::Tables)));
    assert_eq!(state.table(), Table::Rounds, "the table that suits the protocol");
    let state = reduce(&state, Action::Inspect(Some(node(2))));
    let page = drawn(&state, WIDTHS[0]);
    for said in [
        "What P3 received, by round",
        "1: each node",
        "2: P4",
        "3: P1, heard from P2",
        "P1 (traitor)",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(page.contains("(⊥, ⊥, c, d, e, f, g)"), "the result");
}

/// More elements than this slow a page down, on a phone first.
const MOST_ELEMENTS: usize = 3_000;

/// The page in all its tabs and overlays.
fn looks(state: &State) -> Vec<(String, State)> {
    let overlaid = [
        Action::Jump(state.run.trace.events.len() / 2),
        Action::Study(Ask::Clocks(Some(Clocks::Vector))),
        Action::Study(Ask::Cut(Move::Toggle)),
        Action::Differ(Showing::Pinned),
        Action::Hand(Hand::Walk(Toward::Later)),
    ];
    let overlaid = overlaid.into_iter().fold(state.clone(), |state, it| reduce(&state, it));
    let node = Selection::Moment { node: node(0), at: 1 };
    let mut looks = vec![
        ("no tab".to_owned(), state.clone()),
        ("overlays".to_owned(), overlaid.clone()),
        ("menu".to_owned(), reduce(state, Action::Select(Some(node)))),
    ];
    for panel in Panel::ALL {
        looks.push((panel.name().to_owned(), reduce(state, Action::Show(Some(panel)))));
        let name = format!("{} with overlays", panel.name());
        looks.push((name, reduce(&overlaid, Action::Show(Some(panel)))));
    }
    for table in Table::ALL {
        let chosen = Action::Tabulate(Tables { shown: Some(table), about: None });
        let tables = reduce(&overlaid, Action::Show(Some(Panel::Tables)));
        looks.push((table.name().to_owned(), reduce(&tables, chosen)));
    }
    looks
}

fn elements(page: &str) -> usize {
    page.as_bytes().windows(2).filter(|it| it[0] == b'<' && it[1].is_ascii_alphabetic()).count()
}

/// Opens a scenario as its link does, however long its run is.
fn opened(scenario: &str) -> State {
    let scenario = scenario::read(scenario).expect("it is a scenario");
    let link = Action::Load(link::encode(&scenario));
    let mut state = reduce(&State::opening(), link);
    while let Some(pending) = state.pending.clone() {
        let run = Outcome::of(pending.scenario.clone()).expect("it runs");
        state = reduce(&state, Action::Computed(pending, Run::of(run)));
    }
    assert!(state.refused.is_none(), "{:?}", state.refused);
    state
}

/// As many faults of a kind as a scenario may have, many in each millisecond of the short runs.
fn faults(fault: impl Fn(usize) -> String) -> String {
    (0..if cfg!(debug_assertions) { 2_000 } else { 10_000 })
        .map(fault)
        .collect::<Vec<_>>()
        .join(",")
}

/// The largest scenarios that there may be, each by its name. Tests without optimisation have shorter runs.
fn largest() -> Vec<(&'static str, String)> {
    let until = if cfg!(debug_assertions) { 60 } else { 1_000_000_000 };
    let big = |protocol: &str, rest: &str| {
        format!(r#"{{"version":1,"protocol":"{protocol}","nodes":128,"until":{until}{rest}}}"#)
    };
    let broadcasts = (0..if cfg!(debug_assertions) { 2 } else { 60 })
        .map(|at| format!(r#"{{"at":{at},"node":"P{}","do":"broadcast","with":"m"}}"#, at + 1));
    let broadcasts = format!(r#","requests":[{}]"#, broadcasts.collect::<Vec<_>>().join(","));
    let node = |at: usize| at % 127 + 1;
    let time = |at: usize| if cfg!(debug_assertions) { at / 40 } else { at };
    let crashes = faults(|at| {
        let kind = if at % 254 < 127 { "crash" } else { "recover" };
        format!(r#"{{"{kind}":{{"node":"P{}","at":{}}}}}"#, node(at), time(at))
    });
    let cuts = faults(|at| {
        let (node, at) = (node(at), time(at));
        let until = at + 30;
        format!(r#"{{"cut":{{"from":"P{node}","to":"P{}","at":{at},"until":{until}}}}}"#, node + 1)
    });
    let partitions = faults(|at| {
        let (node, at) = (node(at), time(at));
        let until = at + 9;
        format!(r#"{{"partition":{{"groups":[["P{node}"]],"at":{at},"until":{until}}}}}"#)
    });
    let delays = faults(|at| {
        let (to, number) = (at % 127 + 2, at / 127 + 1);
        format!(r#"{{"delay":{{"message":"P1>P{to}#{number}","by":1000000000}}}}"#)
    });
    let with = |faults: &str| format!(r#","faults":[{faults}]"#);
    vec![
        ("heartbeats", big("heartbeat-detector", "")),
        ("reliable broadcasts", big("reliable-broadcast", &broadcasts)),
        ("virtual synchrony", big("virtual-synchrony", &broadcasts)),
        ("crashes", big("reliable-broadcast", &(broadcasts.clone() + &with(&crashes)))),
        ("cuts", big("best-effort-broadcast", &(broadcasts.clone() + &with(&cuts)))),
        ("partitions", big("best-effort-broadcast", &(broadcasts.clone() + &with(&partitions)))),
        ("delays", big("best-effort-broadcast", &(broadcasts.clone() + &with(&delays)))),
    ]
}

#[test]
fn largest_runs_draw_few_elements_in_every_tab_and_overlay() {
    let mut too_many = Vec::new();
    for (name, scenario) in largest() {
        let state = opened(&scenario);
        for (place, (look, state)) in looks(&state).into_iter().enumerate() {
            // Without optimisation each is drawn for one screen.
            let widths = if cfg!(debug_assertions) { &WIDTHS[place % 2..][..1] } else { &WIDTHS };
            for &width in widths {
                let count = elements(&drawn(&state, width));
                if count > MOST_ELEMENTS {
                    too_many.push(format!("{name}, {look}, at {width}: {count}"));
                }
            }
        }
    }
    assert!(too_many.is_empty(), "{}", too_many.join("\n"));
}

#[test]
fn messages_due_long_after_the_end_cost_no_more_than_others_in_any_overlay() {
    let late = |by: u64| {
        format!(
            r#"{{"version":1,"protocol":"best-effort-broadcast","nodes":3,
            "requests":[{{"at":10,"node":"P1","do":"broadcast","with":"m"}}],
            "faults":[{{"delay":{{"message":"P1>P2#1","by":{by}}}}}],"until":100}}"#
        )
    };
    let [near, far] = [200, 1_000_000_000].map(|by| opened(&late(by)));
    for ((look, near), (_, far)) in looks(&near).into_iter().zip(looks(&far)) {
        let [near, far] = [near, far].map(|state| drawn(&state, WIDTHS[0]));
        assert_eq!(elements(&near), elements(&far), "{look}");
        // A place far outside the picture is a number of many digits.
        let far_off = far
            .split('"')
            .filter(|it| it.starts_with(['M', '0']))
            .any(|path| path.split(|it: char| !it.is_ascii_digit()).any(|number| number.len() > 5));
        assert!(!far_off, "{look}");
        assert!(far.len() < near.len() + 2_000, "{look}: {} and {}", far.len(), near.len());
    }
}

/// A scenario in which names, payloads, title and captions hold characters that hide or turn the words around.
fn hostile(text: &str) -> Option<String> {
    let mut scenario = scenario::read(text).expect("it is a scenario");
    let before = scenario.nodes.clone();
    for (number, name) in scenario.nodes.iter_mut().enumerate() {
        *name = format!("\u{202e}N{number}\u{200b}\u{2066} ");
    }
    for request in &mut scenario.requests {
        if let Some(Json::String(text)) = &mut request.with
            && !before.contains(text)
            && !["yes", "no"].contains(&text.as_str())
        {
            text.push_str("\n 9 ms \u{202e}\u{1b}[31m\u{7}\u{e0041}");
        }
    }
    scenario.title = "Title\u{202e}\u{2028}".to_owned();
    scenario.captions.iter_mut().for_each(|it| it.text.push('\u{2067}'));
    let written = scenario::write(&scenario);
    scenario::read(&written).is_ok().then_some(written)
}

/// The page without the values of its fields, which are the reader's texts as they are.
fn without_values(page: &str) -> String {
    let mut parts = page.split(" value=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |page, part| page + part.split_once('"').map_or("", |(_, rest)| rest))
}

#[test]
fn drawn_texts_contain_no_raw_invisible_character() {
    let mut drawings = 0;
    for (name, text) in common::bundled().into_iter().step_by(3) {
        let Some(scenario) = hostile(&text) else { continue };
        let state = opened(&scenario);
        let mut looks = looks(&state);
        for message in state.run.trace.messages.iter().take(1) {
            let picked = Action::Select(Some(Selection::Message(message.name)));
            looks.push(("menu of a message".to_owned(), reduce(&state, picked)));
        }
        looks.push(("end".to_owned(), reduce(&state, Action::Jump(usize::MAX))));
        for (look, state) in looks {
            let page = without_values(&drawn(&state, WIDTHS[0]));
            let found = page.char_indices().find(|(_, c)| is_unseen(*c) && *c != '\n');
            if let Some((at, c)) = found {
                let from = page.floor_char_boundary(at.saturating_sub(200));
                panic!("{name}, {look}: {c:?} after {}", &page[from..at]);
            }
            drawings += 1;
        }
    }
    assert!(drawings > 200, "only {drawings} were drawn");
}

/// The language of each text of a page: that of the innermost element around it that has one.
fn texts_and_languages(page: &str) -> Vec<(&str, Option<&str>)> {
    const EMPTY: [&str; 3] = ["input", "br", "img"];
    let (mut texts, mut open) = (Vec::new(), vec![None]);
    for piece in page.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        if tag.starts_with('/') {
            open.pop();
        } else if !EMPTY.contains(&tag.split(' ').next().unwrap_or_default()) {
            let own = tag.split_once(" lang=\"").and_then(|(_, rest)| rest.split('"').next());
            open.push(own.or(open.last().copied().flatten()));
        }
        texts.push((text, open.last().copied().flatten()));
    }
    texts
}

#[test]
fn verdicts_protocols_and_scenarios_are_marked_as_english() {
    let bundled = bundled::find("ordering/fifo-multicast/three-orders").expect("it is bundled");
    let state = reduce(&State::opening(), Action::Open(bundled));
    let state = reduce(&state, Action::Jump(usize::MAX));
    let (run, scenario) = (&state.run, state.scenario());
    let whys = run.report.judgements.iter().filter_map(|judgement| match &judgement.verdict {
        Verdict::Violated { why, .. } => Some(spell(why, &scenario.nodes)),
        _ => None,
    });
    let of_protocol = [run.protocol.summary, run.protocol.source, run.protocol.name];
    let assumptions = run.protocol.assumptions().map(|it| it.statement());
    let statements = run.report.judgements.iter().map(|it| it.property.statement);
    let caption =
        scenario.captions.iter().filter(|it| it.at <= run.trace.end).max_by_key(|it| it.at);
    let english: Vec<String> = (of_protocol.into_iter().map(str::to_owned))
        .chain(assumptions.map(|it| it.to_string()))
        .chain(statements.map(str::to_owned))
        .chain(whys)
        .chain([scenario.title.clone()])
        .chain(caption.map(|it| it.text.clone()))
        .collect();
    assert!(english.len() > 8, "{english:?}");
    let of = |panel| drawn(&reduce(&state, Action::Show(Some(panel))), WIDTHS[0]);
    let pages = [Panel::Verdicts, Panel::Events].map(of);
    let texts: Vec<_> = pages.iter().flat_map(|page| texts_and_languages(page)).collect();
    for expected in english {
        // Without what HTML escapes.
        let part = expected.split(['&', '<', '>', '"', '\'']).max_by_key(|part| part.len());
        let part = part.unwrap_or_default();
        let found: Vec<_> = texts.iter().filter(|(text, _)| text.contains(part)).collect();
        assert!(!found.is_empty(), "{expected} is drawn");
        let marked = found.iter().all(|(_, language)| *language == Some("en"));
        assert!(marked, "{expected}: {found:?}");
    }
    let own = texts.iter().find(|(text, _)| text.contains("Break it"));
    assert!(own.is_some_and(|(_, language)| language.is_none()), "{own:?}");
}

/// Elements of a picture that belong to events and messages, each with its class: `mark delivery 12`. What depends on
/// the reader is left out.
fn drawn_elements(picture: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in picture.split('<').filter_map(|rest| rest.split('>').next()) {
        let value = |name: &str| {
            let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
            rest.split('"').next()
        };
        let Some(of) = value("data-event").or_else(|| value("data-message")) else { continue };
        let class = value("class").unwrap_or_default();
        let own = class.split(' ').filter(|name| !["movable", "to-come"].contains(name));
        found.push(format!("{} {of}", own.collect::<Vec<_>>().join(" ")));
    }
    found.sort();
    found
}

#[test]
fn exported_picture_has_the_elements_of_the_page() {
    for bundled in bundled::bundled().into_iter().step_by(7) {
        let path = bundled.path().to_string();
        let state = reduce(&State::opening(), Action::Open(bundled));
        let state = reduce(&state, Action::Jump(usize::MAX));
        let page = drawn(&state, WIDTHS[0]);
        let (_, page) = page.split_once("class=\"sheet\"").expect("it has a diagram");
        let (page, _) = page.split_once("</svg>").expect("it ends");
        let file = svg(&state.run, &SvgOptions::default());
        let (of_page, of_file) = (drawn_elements(page), drawn_elements(&file));
        assert!(!of_page.is_empty(), "{path}");
        assert_eq!(of_page, of_file, "{path}");
    }
}

/// The page with each of its tabs, one after the other.
fn of_all_tabs(state: &State) -> String {
    let of = |panel| drawn(&reduce(state, Action::Show(Some(panel))), WIDTHS[0]);
    Panel::ALL.into_iter().map(of).collect()
}

#[test]
fn page_of_an_embed_names_no_change_that_is_not_allowed() {
    let opened = reduce(&State::opening(), Action::Jump(usize::MAX));
    let page = |names: &str| of_all_tabs(&reduce(&opened, Action::Allow(Allowed::of(names))));
    let (drop, crash, none) = (page("drop"), page("crash"), page(""));
    let all = of_all_tabs(&opened);
    let said = [
        "Click a message to drop",
        "Click a node",
        "Drag across lines",
        "Drag it along",
        "Remove:",
    ];
    for words in said {
        assert!(all.contains(words) && !none.contains(words), "{words}");
    }
    assert!(drop.contains("Click a message to drop it.") && !drop.contains("Click a node"));
    // The author's crash can be moved and removed where crashes are allowed.
    assert!(crash.contains("Drag it along") && !drop.contains("Drag it along"));
    assert!(crash.matches("Remove:").count() < all.matches("Remove:").count());
    assert!(!drop.contains("Remove:"));
    assert!(!none.contains("id=\"lasso\"") && all.contains("id=\"lasso\""));
}
