//! The playground without a screen: what a reader does, and what the page shows then.

use serde_json::{Value as Json, json};
use worldlines::{
    analysis::Class,
    app::{
        Action, Edit, Input, Menu, OPENING, Selection, State, TOUR, Ways, fields, reduce, request,
        shapes, text,
    },
    formats::{bundled, scenario},
    kernel::{
        Delay, EventKind, Fate, Fault, MessageName, NetworkSpec, NodeId, ParameterValue,
        RequestSpec, Scenario, With,
    },
    protocols,
    runs::Outcome,
};

use crate::common::{chance::Chance, random_scenario::random_value};

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
fn page_opens_on_its_first_example_and_plays_it() {
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
fn bundled_scenario_opens_and_is_known_by_its_path() {
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
fn playback_stops_at_the_last_event() {
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
fn steps_go_event_by_event_and_stop_at_the_ends() {
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
fn undo_and_redo_of_a_change_leave_the_rest_of_the_state() {
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
fn drag_of_many_steps_is_one_change() {
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
fn axis_stays_during_a_drag_and_fits_the_run_afterwards() {
    let start = reduce(&State::opening(), Action::Jump(usize::MAX));
    let dragging = reduce(&start, Action::Adjust(delay_of(0, 1, 400)));
    assert_eq!(dragging.shown_until, start.shown_until);
    let settled = reduce(&dragging, Action::Settle);
    assert!(settled.run.trace.quiescent, "the message comes before the run ends");
    assert!(settled.shown_until > 430);
    assert!(settled.scenario().until >= settled.shown_until);
}

#[test]
fn drag_that_is_cancelled_or_returns_changes_nothing() {
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
fn damaged_link_keeps_its_text_until_another_is_opened() {
    let damaged = State::begin("s=deflate.@@@", None);
    let edited = reduce(&damaged, apply(Edit::Seed(5)));
    assert_eq!(edited.refused.map(|refused| refused.text).as_deref(), Some("s=deflate.@@@"));
    let home = reduce(&damaged, Action::Load("#".to_owned()));
    assert_eq!((home.bundled_path().as_deref(), home.refused), (Some(OPENING), None));
}

#[test]
fn undo_restores_another_example_as_it_was_opened() {
    let state = State::opening();
    let other = bundled::of_protocol("causal-multicast").next().expect("it has examples");
    let opened = reduce(&state, Action::Open(other));
    let back = reduce(&opened, Action::Undo);
    assert!(!back.is_edited());
    assert_eq!(back.bundled_path().as_deref(), Some(OPENING));
    assert!(!reduce(&back, Action::Redo).is_edited());
}

#[test]
fn playback_with_reduced_motion_does_not_start_by_itself() {
    let calm = State::opening().calmed();
    let other = bundled::of_protocol("causal-multicast").next().expect("it has examples");
    for state in [calm.clone(), reduce(&calm, Action::Open(other))] {
        assert!(!state.playing && state.playhead.is_at_end(&state.run));
    }
}

#[test]
fn change_that_no_link_can_hold_is_refused() {
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
fn link_after_any_action_opens_the_same_run() {
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
        let opened = State::begin(&next.fragment(), None);
        assert_eq!(opened.refused, None);
        assert_eq!(opened.scenario(), next.scenario());
        assert_eq!(opened.run.trace, next.run.trace);
        state = next;
    }
}

#[test]
fn link_is_opened_or_refused_with_its_text_and_its_version() {
    let state = State::opening();
    let damaged = State::begin("s=deflate.@@@", None);
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
    let elsewhere = State::begin(&format!("{link}&d={other}"), None);
    assert_eq!(elsewhere.scenario(), state.scenario());
    assert!(elsewhere.refused.is_some_and(|refused| refused.why.contains("another version")));
}

#[test]
fn number_of_nodes_changed_drops_entries_of_removed_nodes_and_names_new_ones() {
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
fn protocol_changed_keeps_requests_and_faults() {
    let state = reduce(&State::opening(), drop_of(0, 2));
    let mut takers = 0;
    for (_, protocol) in protocols::catalogue() {
        let next = reduce(&state, apply(Edit::Protocol(protocol.id)));
        assert_eq!(next.scenario().protocol, protocol.id);
        assert_eq!(next.scenario().nodes, state.scenario().nodes);
        assert_eq!(next.scenario().network, state.scenario().network);
        assert_eq!(next.scenario().faults, state.scenario().faults);
        let asked = &state.scenario().requests;
        let takes = (protocol.behaviour.read_request)("broadcast", Some(&json!("m1")), &[]).is_ok()
            && protocol.behaviour.requests.iter().any(|kind| kind.name == "broadcast");
        assert_eq!(next.scenario().requests, if takes { asked.as_slice() } else { &[] });
        assert_eq!(next.refused.is_some(), !takes, "{}: what is left out is said", protocol.id);
        assert_eq!(scenario::read(&scenario::write(next.scenario())).as_ref(), Ok(next.scenario()));
        takers += usize::from(takes);
    }
    assert!(takers >= 5, "only {takers} protocols can be asked for a broadcast");
}

/// A broadcast with a label, which `fifo-multicast` does not support, in the first of the three orders.
fn labelled(state: &State) -> State {
    let state = reduce(state, apply(Edit::Protocol("abcast")));
    let with = Some(json!({"payload": "bill", "label": "x"}));
    let request = RequestSpec { at: 90, node: node(1), name: "broadcast".to_owned(), with };
    reduce(&state, apply(Edit::AddRequest(request)))
}

#[test]
fn protocol_changed_names_what_it_drops_and_undo_restores_it() {
    let state = labelled(&three_orders());
    assert_eq!(state.scenario().requests.len(), 4);
    let fifo = reduce(&state, apply(Edit::Protocol("fifo-multicast")));
    assert_eq!(fifo.scenario().requests, three_orders().scenario().requests);
    let why = fifo.refused.as_ref().map(|refused| refused.why.as_str());
    let expected = "FIFO multicast does not support this, so it was left out: \
                    Bob: broadcast label x, payload bill. Undo restores it.";
    assert_eq!(why, Some(expected));
    let back = reduce(&fifo, Action::Undo);
    assert_eq!((back.scenario(), &back.refused), (state.scenario(), &None));
}

fn three_orders() -> State {
    let stop = bundled::find(TOUR[1]).expect("it is bundled");
    reduce(&State::opening(), Action::Open(stop))
}

#[test]
fn tour_leads_from_every_stop_to_the_next() {
    let mut state = State::opening();
    for (place, path) in TOUR.into_iter().enumerate() {
        state = reduce(&state, Action::Example(path.into()));
        assert_eq!(state.bundled_path().as_deref(), Some(path));
        assert_eq!(Ways::from(&state.run, &state.origin).stop, Some(place));
        let stop = bundled::find(path).expect("it is bundled");
        let (title, act) = text::tour::STOPS[place];
        assert_eq!(stop.title(), title, "a button shows it before the protocol is here");
        // The act that a reader is told to try can be done there.
        let run = &state.run;
        let offers = |id: &str, node: usize, at: u64| {
            let moment = Selection::Moment { node: NodeId::new(node), at };
            Menu::of(run, moment).items().iter().any(|it| it.id == id)
        };
        let is_there = match place {
            0 => run.trace.events.iter().any(|it| {
                it.kind == EventKind::Crash && offers("uncrash", it.node.index(), it.time)
            }),
            1 => !Ways::from(run, &state.origin).variants.is_empty(),
            2 => run.report.judgements.iter().any(|it| it.verdict.is_violated()),
            3 => !run.trace.messages.is_empty(),
            4 => offers("traitor", 1, 0) || offers("traitor", 2, 0),
            _ => true,
        };
        assert!(is_there, "{act}");
    }
    let edited = reduce(&State::opening(), drop_of(0, 1));
    assert_eq!(Ways::from(&edited.run, &edited.origin).stop, Some(0));
    let aside = bundled::bundled().into_iter().find(|it| it.path().ends_with("lost-copies"));
    let aside = reduce(&state, Action::Open(aside.expect("it is bundled")));
    assert_eq!(Ways::from(&aside.run, &aside.origin).stop, None);
}

/// By protocol: the captions of the three orders.
fn orders(state: &State) -> Vec<(&'static str, [&'static str; 3])> {
    let variants = Ways::from(&state.run, &state.origin).variants;
    let orders = ["FIFO order", "causal order", "total order"];
    let of = |variant: &worldlines::app::Variant| {
        let names: Vec<_> = variant.verdicts.iter().map(|it| it.property.name).collect();
        assert_eq!(names, orders);
        [0, 1, 2].map(|place| variant.verdicts[place].verdict.status())
    };
    variants.iter().map(|variant| (variant.protocol.id, of(variant))).collect()
}

#[test]
fn variants_of_three_orders_differ_on_the_same_sends() {
    let (kept, broken) = ("holds", "violated");
    let expected = [
        ("fifo-multicast", [kept, broken, broken]),
        ("causal-multicast", [kept, kept, broken]),
        ("abcast", [kept, kept, kept]),
    ];
    for (id, _) in expected {
        let state = reduce(&three_orders(), apply(Edit::Protocol(id)));
        assert_eq!(orders(&state), expected);
        assert!(!state.is_edited() && !state.scenario().captions.is_empty());
        let path = format!("ordering/{id}/three-orders");
        assert_eq!(state.bundled_path(), Some(path));
    }
}

#[test]
fn variant_keeps_the_readers_changes_and_compares_the_others() {
    let state = three_orders();
    // Without the delay the question arrives in time, and FIFO order is enough for the answer.
    let edited = after(&state, [apply(Edit::RemoveFault(0)), apply(Edit::Nodes(4))]);
    let judged = orders(&edited);
    for (id, expected) in judged {
        let there = reduce(&edited, apply(Edit::Protocol(id)));
        let now = ["FIFO order", "causal order", "total order"].map(|name| status(&there, name));
        assert_eq!(now, expected, "{id}");
        assert!(there.is_edited(), "{id}");
        assert_eq!(there.scenario().nodes.len(), 4);
        assert!(there.scenario().faults.is_empty());
        let fresh = reduce(&there, Action::Reset);
        assert!(!fresh.is_edited());
        assert_eq!(fresh.bundled_path(), Some(format!("ordering/{id}/three-orders")));
        assert_eq!(reduce(&there, Action::Undo).scenario().faults, edited.scenario().faults);
    }
    let causal = reduce(&edited, apply(Edit::Protocol("causal-multicast")));
    let back = reduce(&causal, apply(Edit::Protocol("fifo-multicast")));
    assert_eq!(back.scenario(), edited.scenario(), "there and back again nothing is lost");
}

#[test]
fn scenarios_of_one_name_are_variants_only_with_the_same_sends() {
    for each in bundled::bundled() {
        let variants = each.variants();
        assert!(variants.contains(&each), "{}", each.path());
        for other in variants {
            assert!(other.variants().contains(&each), "{} {}", each.path(), other.path());
            let (one, two) = (each.scenario(), other.scenario());
            let (one, two) = (one.expect("it is read"), two.expect("it is read"));
            assert_eq!((&one.nodes, &one.network), (&two.nodes, &two.network));
            assert_eq!((&one.requests, &one.faults), (&two.requests, &two.faults));
            assert_eq!((one.seed, one.until), (two.seed, two.until));
        }
    }
    let half_way = bundled::find(OPENING).expect("it is bundled");
    let namesakes = bundled::bundled().into_iter().filter(|it| it.name == half_way.name).count();
    assert!(namesakes > 1 && half_way.variants().len() == 1, "other nodes are other sends");
}

#[test]
fn example_is_known_by_its_title() {
    let mut titles: Vec<_> =
        bundled::bundled().into_iter().map(|each| (each.protocol, each.title())).collect();
    let count = titles.len();
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), count, "within a protocol no two examples have one title");
}

#[test]
fn protocol_menu_opens_the_best_example_and_says_what_it_drops() {
    let edited = reduce(&State::opening(), drop_of(0, 1));
    for state in [State::opening(), edited] {
        for (_, protocol) in protocols::catalogue() {
            let next = reduce(&state, Action::Protocol(protocol.id));
            assert_eq!(next.run.protocol.id, protocol.id);
            if protocol.id == state.run.protocol.id {
                assert_eq!(next, state, "it runs already");
                continue;
            }
            assert!(next.bundled_path().is_some() && !next.is_edited(), "{}", protocol.id);
            assert!(next.scenario().goal.is_none(), "{}: no exercise", protocol.id);
            assert!(!next.scenario().title.is_empty() && !next.scenario().captions.is_empty());
            assert!(next.loads > state.loads, "{}: the reader is led to it", protocol.id);
            assert_eq!(next.refused, None, "{}", protocol.id);
            assert_eq!(reduce(&next, Action::Undo).scenario(), state.scenario());
        }
    }
    let causal = reduce(&three_orders(), Action::Protocol("causal-multicast"));
    let path = "ordering/causal-multicast/three-orders";
    assert_eq!(causal.bundled_path().as_deref(), Some(path), "the same story, where it is told");
}

#[test]
fn exercise_by_another_protocol_stays_the_exercise() {
    let path = "reliable/best-effort-broadcast/exercise-keep-agreement";
    let exercise = bundled::find(path).expect("it is bundled");
    let state = reduce(&State::opening(), Action::Open(exercise));
    let next = reduce(&state, Action::Protocol("reliable-broadcast"));
    assert_eq!(next.run.protocol.id, "reliable-broadcast");
    assert_eq!(next.origin, state.origin);
    assert_eq!(next.scenario().goal, state.scenario().goal);
    assert_eq!(next.scenario().title, state.scenario().title);
    assert_eq!(next.scenario().requests, state.scenario().requests);
}

/// Text that a reader would type for a value.
fn typed(with: With, value: Option<&Json>) -> Vec<String> {
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match with {
        With::Nothing => Vec::new(),
        With::Record(parts) => {
            let part = |part: &With| typed(*part, value.and_then(|value| value.get(part.label())));
            parts.iter().flat_map(part).collect()
        }
        With::Either(_) => panic!("each shape has its own form"),
        _ => vec![value.map_or_else(String::new, text)],
    }
}

#[test]
fn request_of_every_protocol_can_be_made_by_its_form() {
    let mut chance = Chance::new(3);
    for (_, protocol) in protocols::catalogue() {
        let scenario = Scenario::new(protocol.id, Scenario::numbered(3));
        let ask = |kind: &str, with, typed: &[String]| {
            request(protocol, &scenario, (node(0), 10), (kind, with), typed)
        };
        for kind in protocol.behaviour.requests {
            for with in shapes(kind).iter().copied() {
                let form = fields(with, &scenario, node(0));
                let offered: Vec<_> = form.iter().map(|field| field.offered.clone()).collect();
                for field in &form {
                    let Input::Choice(choices) = &field.input else { continue };
                    let is_offered = choices.iter().any(|choice| choice.value == field.offered);
                    assert!(is_offered, "{kind:?}: {field:?}");
                }
                let made = ask(kind.name, with, &offered).expect("what is offered can be asked");
                let asked = Scenario { requests: vec![made], ..scenario.clone() };
                assert!(Outcome::of(asked).is_ok(), "{}: {kind:?}", protocol.id);
                for number in 1..=40 {
                    let value = random_value(with, &scenario.nodes, &mut chance, number);
                    let typed = typed(with, value.as_ref());
                    assert_eq!(typed.len(), form.len(), "{kind:?}: a field for each part");
                    let made = ask(kind.name, with, &typed);
                    assert_eq!(made.map(|made| made.with), Ok(value), "{kind:?}");
                }
                let lie = vec!["\u{E000}".to_owned(); form.len()];
                let refused = ask(kind.name, with, &lie);
                assert_eq!(refused.is_err(), !form.is_empty(), "{}: {kind:?}", protocol.id);
            }
        }
    }
}

#[test]
fn requests_stay_valid_when_nodes_are_renamed_or_removed() {
    let mut chance = Chance::new(4);
    for (_, protocol) in protocols::catalogue() {
        let mut scenario = Scenario::new(protocol.id, Scenario::numbered(4));
        for kind in protocol.behaviour.requests {
            for number in 1..=10 {
                let with = random_value(kind.with, &scenario.nodes, &mut chance, number);
                scenario.ask(number, node(number as usize % 2), kind.name, with);
            }
        }
        let renamed = (0..4).fold(scenario.clone(), |scenario, index| {
            let name = format!("Q{}", index + 1);
            Edit::Rename(node(index), name).apply(&scenario).expect("a name that is free")
        });
        assert_eq!(renamed.requests.len(), scenario.requests.len(), "{}", protocol.id);
        assert!(Outcome::of(renamed).is_ok(), "{}", protocol.id);
        let fewer = Edit::Nodes(2).apply(&scenario).expect("what names the others goes too");
        assert!(Outcome::of(fewer).is_ok(), "{}", protocol.id);
    }
}

#[test]
fn form_of_a_request_offers_new_texts_and_known_names() {
    let protocol = protocols::find("abcast").expect("it is registered");
    let [_, with] = shapes(&protocol.behaviour.requests[0]) else { panic!("with and without") };
    let mut scenario = Scenario::new("abcast", Scenario::numbered(3));
    let offered = |scenario: &Scenario| {
        let fields = fields(*with, scenario, node(0));
        fields.into_iter().map(|field| field.offered).collect::<Vec<_>>()
    };
    assert_eq!(offered(&scenario), ["m1", "x"]);
    scenario.ask(0, node(0), "broadcast", Some(json!({"payload": "m1", "label": "stock"})));
    scenario.ask(0, node(0), "broadcast", Some("m2".into()));
    assert_eq!(offered(&scenario), ["m3", "stock"]);
}

#[test]
fn pick_stays_as_long_as_its_target_exists() {
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
