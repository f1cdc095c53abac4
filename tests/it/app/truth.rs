//! The page shows the current state: steps beside a second run, renamed nodes, traitors among deliveries, links that
//! were cancelled.

use serde_json::{Value as Json, json};
use worldlines::{
    app::{Action, Against, Edit, Playhead, Run, Since, State, Stride, fetched_text, reduce},
    diagram::Deliveries,
    formats::{bundled, link, scenario},
    kernel::{EventKind, Fault, MessageName, NodeId, Scenario, Strategy},
    protocols,
    runs::Outcome,
};

use crate::common::{chance::Chance, random_scenario::random_value};

fn node(index: usize) -> NodeId {
    NodeId::new(index)
}

fn opened(path: &str) -> State {
    let bundled = bundled::find(path).expect("it is bundled");
    reduce(&State::opening(), Action::Open(bundled))
}

/// Two runs side by side, at their beginning.
fn beside(path: &str, against: Against) -> State {
    let state = opened(path);
    let state = match against {
        Against::Earlier(_) => {
            let message = state.run.trace.messages[0].name;
            reduce(&state, Action::Apply(Edit::AddFault(Fault::Drop { message })))
        }
        Against::Protocol(_) | Against::Linked(_) | Against::With(_) | Against::Own(_) => state,
    };
    let state = reduce(&state, Action::Compare(Some(against)));
    assert!(state.compare.is_some(), "{path}");
    reduce(&state, Action::Jump(0))
}

/// Visible part of the two runs.
fn seen(state: &State) -> [usize; 2] {
    let compare = state.compare.as_ref().expect("there are two runs");
    [state.playhead.cursor, Playhead::at(&compare.run, state.playhead.time).cursor]
}

fn runs(state: &State) -> [Run; 2] {
    [state.run.clone(), state.compare.as_ref().expect("there are two runs").run.clone()]
}

const BESIDE: [(&str, Against); 4] = [
    ("ordering/fifo-multicast/three-orders", Against::Protocol("causal-multicast")),
    ("ordering/fifo-multicast/three-orders", Against::Protocol("abcast")),
    (
        "reliable/reliable-broadcast/delivered-but-not-relayed",
        Against::Protocol("uniform-broadcast"),
    ),
    ("consensus/paxos/acceptor-restarts", Against::Earlier(Since::Opening)),
];

#[test]
fn steps_over_two_runs_stop_at_every_event_in_both_directions() {
    for (path, against) in BESIDE {
        let mut state = beside(path, against);
        let mut stops = vec![seen(&state)];
        while !state.is_over() {
            let next = reduce(&state, Action::Step(1));
            let (before, now) = (seen(&state), seen(&next));
            assert!(now[0] >= before[0] && now[1] >= before[1] && now != before, "{path}: {now:?}");
            assert!(now[0] <= before[0] + 1 || now[1] > before[1], "{path}: none is passed over");
            let moment = next.playhead.time as u64;
            for (which, run) in runs(&next).iter().enumerate() {
                let passed = &run.trace.events[before[which]..now[which]];
                assert!(passed.iter().all(|event| event.time == moment), "{path}: one at a time");
            }
            stops.push(now);
            state = next;
        }
        let all = runs(&state).map(|run| run.trace.events.len());
        assert_eq!(stops.last(), Some(&all), "{path}: to the end of both");
        assert_eq!(reduce(&state, Action::Step(1)), state);
        for stop in stops.iter().rev().skip(1) {
            state = reduce(&state, Action::Step(-1));
            assert_eq!(seen(&state), *stop, "{path}");
        }
        assert_eq!(reduce(&state, Action::Step(-1)).playhead, Playhead::start());
    }
}

#[test]
fn strides_over_two_runs_stop_at_their_goals_in_either() {
    for (path, against) in BESIDE {
        let start = beside(path, against);
        let is_told = |kind: &EventKind| matches!(kind, EventKind::Indicate { .. });
        let mut moments: Vec<u64> = runs(&start)
            .iter()
            .flat_map(|run| run.trace.events.clone())
            .filter(|event| is_told(&event.kind))
            .map(|event| event.time)
            .collect();
        moments.sort_unstable();
        moments.dedup();
        let mut state = start;
        let mut visited = Vec::new();
        while !state.is_over() {
            state = reduce(&state, Action::Stride(Stride::Delivery, true));
            visited.push(state.playhead.time as u64);
        }
        visited.dedup();
        for moment in &moments {
            assert!(visited.contains(moment), "{path}: {moment} of {moments:?}, not {visited:?}");
        }
        let beyond = reduce(&state, Action::Stride(Stride::Delivery, true));
        assert_eq!(beyond.playhead, state.playhead);
    }
}

/// The scenario with a renamed node.
fn renamed(scenario: &Scenario, index: usize, name: &str) -> Scenario {
    let edit = Edit::Rename(node(index), name.to_owned());
    edit.apply(scenario).unwrap_or_else(|problem| panic!("{name}: {problem}"))
}

#[test]
fn renaming_a_node_of_a_bundled_run_changes_only_the_name() {
    for bundled in bundled::bundled() {
        let scenario = bundled.scenario().expect("it is sound");
        let before = Outcome::of(scenario.clone()).expect("it runs");
        for index in 0..scenario.nodes.len() {
            for name in ["Zürich", "m1", "yes", "0"] {
                if scenario.nodes.iter().any(|other| other == name) {
                    continue;
                }
                let next = renamed(&scenario, index, name);
                let after = Outcome::of(next.clone()).expect("it runs");
                let what = format!("{}, {} is {name}", bundled.path(), scenario.nodes[index]);
                assert_eq!(after.trace.events, before.trace.events, "{what}");
                assert_eq!(after.trace.messages, before.trace.messages, "{what}");
                assert_eq!(after.trace.unused_faults, before.trace.unused_faults, "{what}");
                let judged = |run: &Outcome| {
                    let all = run.report.judgements.iter();
                    all.map(|it| (it.property.name, it.verdict.status())).collect::<Vec<_>>()
                };
                assert_eq!(judged(&after), judged(&before), "{what}");
                // Renamed back, it is unchanged.
                let back = renamed(&next, index, &scenario.nodes[index]);
                let same = Outcome::of(back.clone()).expect("it runs").trace == before.trace;
                assert!(same && back.nodes == scenario.nodes, "{what}");
                assert_eq!(back.requests, scenario.requests, "{what}");
            }
        }
    }
}

/// A run that is far from rest when it ends.
fn cut_short(until: u64) -> State {
    let text = format!(
        r#"{{"version":1,"protocol":"reliable-broadcast","nodes":3,"network":{{"delay":[20,20]}},
            "requests":[{{"at":10,"node":"P1","do":"broadcast","with":"m"}}],"until":{until}}}"#
    );
    let state = reduce(&State::opening(), Action::Load(text));
    assert!(!state.run.trace.quiescent && state.scenario().until == until);
    state
}

#[test]
fn renaming_a_node_of_an_unfinished_run_keeps_its_horizon() {
    for until in [11, 29, 35] {
        let state = cut_short(until);
        let after = reduce(&state, Action::Apply(Edit::Rename(node(1), "Zoë".to_owned())));
        assert_eq!(*after.scenario(), renamed(state.scenario(), 1, "Zoë"));
        assert_eq!(after.run.digest(), state.run.digest());
    }
}

#[test]
fn run_with_a_horizon_of_the_reader_ends_there() {
    let state = cut_short(35);
    for until in [1, 15, 36, 50, 1000] {
        let ended = reduce(&state, Action::Apply(Edit::Until(until)));
        assert_eq!(ended.scenario().until, until);
        assert_eq!(ended.run.trace.end, until);
    }
}

#[test]
fn renaming_a_node_changes_requests_and_forged_messages_that_name_it() {
    let mut chance = Chance::new(11);
    for (_, protocol) in protocols::catalogue() {
        let mut scenario = Scenario::new(protocol.id, Scenario::numbered(4));
        for kind in protocol.behaviour.requests {
            for number in 1..=10 {
                let with = random_value(kind.with, &scenario.nodes, &mut chance, number);
                scenario.ask(number, node(number as usize % 2), kind.name, with);
            }
        }
        let Ok(before) = Outcome::of(scenario.clone()) else { continue };
        // A traitor that sends the messages of the correct code.
        let traitor = Fault::Traitor { node: node(0), strategy: Strategy::Scripted };
        scenario.faults.push(traitor);
        for message in before.trace.messages.iter().filter(|it| it.name.from == node(0)).take(20) {
            let text = worldlines::formats::trace::data(&message.packet, &before.scenario.nodes);
            let with = serde_json::from_str(&text).expect("it is JSON");
            let lie = Edit::AddFault(Fault::Forge { message: message.name, with });
            if let Ok(next) = lie.apply(&scenario) {
                scenario = next;
            }
        }
        let before = Outcome::of(scenario.clone()).expect("it runs");
        for index in 0..4 {
            let after = Outcome::of(renamed(&scenario, index, "Zürich")).expect("it runs");
            assert_eq!(after.trace.events, before.trace.events, "{}", protocol.id);
            assert_eq!(after.trace.messages, before.trace.messages, "{}", protocol.id);
        }
    }
}

#[test]
fn deliveries_of_a_traitor_are_not_compared() {
    let mut compared = 0;
    for bundled in bundled::bundled() {
        let scenario = bundled.scenario().expect("it is sound");
        // Every node in turn is a traitor, whatever it says: no other node is judged by it.
        for index in 0..scenario.nodes.len() {
            let mut scenario = scenario.clone();
            scenario.goal = None;
            let traitor = node(index);
            scenario
                .faults
                .retain(|fault| !matches!(*fault, Fault::Traitor { node, .. } if node == traitor));
            let strategy = Strategy::Random;
            scenario.faults.push(Fault::Traitor { node: traitor, strategy });
            let Ok(run) = Outcome::of(scenario) else { continue };
            let told = Deliveries::of(run.protocol, &run.scenario, &run.trace, None);
            for column in &told.columns {
                let is_traitor = run.trace.events.iter().any(|event| {
                    event.node == column.node && matches!(event.kind, EventKind::Traitor(_))
                });
                assert_eq!(column.is_traitor, is_traitor, "{}", bundled.path());
                for (other, _) in column.cells.iter().filter_map(|cell| cell.against) {
                    let other = told.columns.iter().find(|it| it.node == other);
                    let other = other.expect("it is a column");
                    assert!(!column.is_traitor && !other.is_traitor, "{}", bundled.path());
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 20, "only {compared} entries differ");
}

/// A link to a run that takes long.
fn long_link() -> String {
    let mut scenario = State::opening().scenario().clone();
    scenario.faults.clear();
    scenario.captions.clear();
    for at in 0..5_000 {
        let mut request = scenario.requests[0].clone();
        request.at = at;
        scenario.requests.push(request);
    }
    scenario.until = 6_000;
    link::encode(&scenario)
}

#[test]
fn link_that_is_cancelled_changes_nothing() {
    let message = MessageName { from: node(0), to: node(1), number: 1 };
    let state = reduce(&State::opening(), Action::Apply(Edit::AddFault(Fault::Drop { message })));
    let waits = reduce(&state, Action::Load(long_link()));
    assert!(waits.pending.is_some());
    assert_eq!(waits.fragment(), state.fragment());
    let cancelled = reduce(&waits, Action::Cancel);
    assert_eq!(cancelled.pending, None);
    assert_eq!((cancelled.fragment(), cancelled.loads), (state.fragment(), state.loads));
}

#[test]
fn damaged_link_after_another_is_the_one_that_is_offered() {
    let first = reduce(&State::opening(), Action::Load("s=deflate.first".to_owned()));
    let second = reduce(&first, Action::Load("s=deflate.second".to_owned()));
    let text = |state: &State| state.refused.as_ref().map(|refused| refused.text.clone());
    assert_eq!(text(&first).as_deref(), Some("s=deflate.first"));
    assert_eq!(text(&second).as_deref(), Some("s=deflate.second"));
    // The reader's input is not lost by another refusal.
    let edit = Action::Apply(Edit::Nodes(0));
    let refused = reduce(&second, edit);
    assert_eq!(text(&refused).as_deref(), Some("s=deflate.second"));
    let whys =
        [&second, &refused].map(|state| state.refused.as_ref().expect("it stands").why.clone());
    assert_ne!(whys[0], whys[1]);
}

#[test]
fn example_opened_again_counts_as_unchanged() {
    let state = opened("ordering/fifo-multicast/three-orders");
    let again = bundled::find("ordering/fifo-multicast/three-orders").expect("it is bundled");
    let again = reduce(&state, Action::Open(again));
    assert_eq!(again.changes.found, None);
    assert_eq!(again.undo, state.undo);
}

/// An action of the script that fetched the file `a.json`, with these other fields.
fn file(mut told: Json, text: Option<&str>) -> Action {
    told["address"] = "a.json".into();
    Action::File(told.to_string(), text.map(str::to_owned))
}

#[test]
fn file_named_by_the_address_is_opened_as_a_scenario() {
    let waiting = State::awaiting_file();
    assert!(waiting.stands_in && !waiting.playing);
    let bundled = bundled::find("election/bully/leader-crashes").expect("it is bundled");
    let text = scenario::write(&bundled.scenario().expect("it is sound"));
    for text in [text.clone(), format!("\n {text}"), format!("\u{FEFF}{text}"), link_of(&text)] {
        let opened = reduce(&waiting, file(json!({}), Some(&text)));
        assert_eq!(opened.run.protocol.id, "bully");
        // The placeholder was never shown: there is nothing to return to.
        assert!(opened.undo.is_empty() && !opened.is_edited() && opened.refused.is_none());
    }
}

fn link_of(text: &str) -> String {
    link::fragment(&scenario::read(text).expect("it is a scenario"), None)
}

#[test]
fn file_that_cannot_be_opened_is_named_with_the_reason_and_kept() {
    let json = "expected the JSON of a scenario";
    let page = ": the address may lead to a page about the file, or to a sign-in";
    let faulty = r#"{"version":1,"protocol":"best-effort-broadcast","nodes":0}"#;
    let missing = json!({"found": "no file", "expected": "\u{202e}one"});
    for (told, text, why) in [
        (missing, None, r"a.json: found no file, expected \u202eone"),
        (
            json!({}),
            Some("<!doctype html>"),
            &format!(r#"a.json: found an HTML page: "<!doctype html>", {json}{page}"#),
        ),
        (json!({}), Some(""), &format!(r#"a.json: found "", {json}"#)),
        (json!({}), Some("[]"), &format!(r#"a.json: found "[]", {json}"#)),
        (json!({}), Some("\0"), &format!(r#"a.json: found "\u0000", {json}"#)),
        (
            json!({}),
            Some("{"),
            "a.json: found a syntax error (EOF while parsing an object) at line 1, column 1, expected JSON",
        ),
        (
            json!({}),
            Some(faulty),
            "a.json: nodes: found 0, expected a list of 1 to 128 names, or a number from 1 to 128",
        ),
    ] {
        let state = reduce(&State::awaiting_file(), file(told, text));
        let refused = state.refused.expect("it is refused");
        assert_eq!(refused.why, why);
        assert_eq!((&*refused.text, refused.is_file), (text.unwrap_or_default(), true));
        assert!(!state.stands_in && state.undo.is_empty());
    }
    assert!(!reduce(&State::opening(), Action::File("[".to_owned(), None)).stands_in);
}

#[test]
fn file_with_another_checksum_is_refused_and_its_text_is_kept() {
    let bundled = bundled::find("election/bully/leader-crashes").expect("it is bundled");
    let text = scenario::write(&bundled.scenario().expect("it is sound"));
    let checksum = link::checksum(&text);
    let other = link::checksum("");
    // As the field's tools print it: `openssl dgst -sha256 -binary | openssl base64`.
    assert_eq!(other, "sha256-47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    let standard =
        format!("{}=", checksum.replace('-', "+").replace('_', "/")).replace("256+", "256-");
    let opened = |integrity: &str| {
        let told = json!({"integrity": integrity});
        reduce(&State::awaiting_file(), file(told, Some(&text)))
    };
    for good in [&checksum, &standard, &format!("sha384-x {other}  {checksum}?a=b")] {
        let state = opened(good);
        assert_eq!((state.run.protocol.id, &state.refused), ("bully", &None), "{good}");
    }
    let refused = |integrity: &str| opened(integrity).refused.expect("it is refused");
    assert_eq!(
        refused(&other).why,
        format!(
            "a.json: found another file: its checksum is {checksum}, expected the file with \"{other}\", as the address has it"
        )
    );
    assert_eq!((refused(&other).text, refused(&other).is_file), (text.clone(), true));
    for bad in ["", "sha256-", "sha384-x", &checksum[..40], &format!("{checksum}A"), "\u{1F600}"] {
        let why = refused(bad).why;
        let expected = "expected sha256- and a SHA-256 in base64, as in the attribute of HTML";
        assert!(why.starts_with("a.json: found integrity=") && why.ends_with(expected), "{why}");
    }
    let told = |text: &str| format!("{}\n{text}", json!({"address": "a", "integrity": checksum}));
    assert_eq!(fetched_text(&told(&text)), Ok(text.clone()));
    assert!(fetched_text(&told(&text[1..])).is_err());
    // The reader's own text is opened without a checksum.
    let edited = reduce(&opened(&other), Action::Load(text.clone()));
    assert_eq!((edited.run.protocol.id, &edited.refused), ("bully", &None));
}
