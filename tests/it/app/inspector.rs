//! Contents of the workbench: the nodes' states at any moment, and the code that ran.

use std::{collections::BTreeMap, path::Path};

use worldlines::{
    analysis::is_effect,
    app::{
        Action, Branch, BranchStatus, Listing, NodeState, Numbers, OfNode, Past, Payload, Place,
        Run, Selection, State, Status, Subject, charts, facts, last_ran, ran, reduce,
    },
    diagram::event_sentence,
    formats::bundled,
    kernel::{EventId, EventKind, Fate, Kind, MessageName, NodeId, Verdict},
    protocols,
};

/// The whole run is visible.
const ALL: usize = usize::MAX;

fn run_of(path: &str) -> Run {
    let found = bundled::find(path).expect("it is bundled");
    Run::of(found.outcome().expect("it runs"))
}

fn node(index: usize) -> NodeId {
    NodeId::new(index)
}

/// All nodes, after an event that the reader has picked.
fn after(run: &Run, event: EventId) -> Vec<NodeState> {
    let subject = Subject::of(run, Some(Selection::Event(event)), 0, ALL);
    let nodes: Vec<_> = (0..run.scenario.nodes.len()).map(node).collect();
    past(run).states(&subject, &nodes, ALL)
}

fn past(run: &Run) -> Past {
    let mut past = Past::of(run);
    while past.go_on() {}
    past
}

fn find(run: &Run, is: impl Fn(&EventKind, NodeId) -> bool) -> EventId {
    let mut events = run.trace.events.iter();
    events.position(|event| is(&event.kind, event.node)).expect("there is such an event")
}

fn entry<'a>(entries: &'a [Branch], label: &str) -> &'a Branch {
    entries.iter().find(|entry| entry.label == label).expect("there is such an entry")
}

#[test]
fn state_shows_a_message_that_waits_by_its_name() {
    let run = run_of("ordering/causal-multicast/three-orders");
    let reply = find(&run, |kind, at| matches!(kind, EventKind::Receive(_)) && at == node(2));
    let carol = &after(&run, reply)[2];
    let queue = entry(&carol.state, "held back");
    assert_eq!((queue.change, queue.was.as_deref()), (BranchStatus::Changed, Some("empty")));
    assert!(queue.text.contains("Bob"), "nodes have their names: {}", queue.text);
    let waits = carol.held_back.as_ref().expect("messages wait in this run");
    assert_eq!(waits.len(), 1);
    assert!(waits[0].contains("here since") && waits[0].contains("delivered at"), "{waits:?}");

    let delivered = find(&run, |kind, at| kind.name() == "deliver" && at == node(2));
    let carol = &after(&run, delivered)[2];
    assert_eq!(entry(&carol.state, "delivered").change, BranchStatus::Changed);
    let cause = Subject::of(&run, Some(Selection::Event(delivered)), 0, ALL).before;
    assert!(matches!(run.trace.events[cause].kind, EventKind::Receive(_)), "just before the step");
}

#[test]
fn state_after_a_crash_keeps_storage_and_loses_timers() {
    let run = run_of("consensus/paxos/acceptor-restarts");
    let crash = find(&run, |kind, _| matches!(kind, EventKind::Crash));
    let who = run.trace.events[crash].node;
    let state = &after(&run, crash)[who.index()];
    assert_eq!(state.status, Status::Crashed);
    assert!(state.timers.iter().all(|timer| timer.change == BranchStatus::Gone));
    assert!(!state.stored.is_empty(), "an acceptor writes down what it promises");
    let armed = find(&run, |kind, _| matches!(kind, EventKind::Request { .. }));
    let state = &after(&run, armed)[run.trace.events[armed].node.index()];
    let timer = entry(&state.timers, "retry");
    assert!(timer.change == BranchStatus::New && timer.text.starts_with("expires at"), "{timer:?}");
}

/// A step belongs to one node: the states of the others are unchanged.
#[test]
fn state_of_other_nodes_stays_the_same_in_a_step() {
    for each in bundled::bundled() {
        let run = Run::of(each.outcome().expect("it runs"));
        let events = &run.trace.events;
        let (mut past, count) = (past(&run), run.scenario.nodes.len());
        let nodes: Vec<_> = (0..count).map(node).collect();
        let every = (events.len() / 25).max(1);
        for event in (0..events.len()).step_by(every).filter(|&event| events[event].time > 0) {
            let subject = Subject::of(&run, None, event + 1, ALL);
            let touched = past.states(&subject, &nodes, ALL);
            let touched = touched.iter().filter(|state| state.is_touched());
            let others: Vec<_> =
                touched.map(|state| state.node).filter(|it| *it != events[event].node).collect();
            assert_eq!(others, [], "{}: {}", each.path(), subject.heading(&run));
        }
    }
}

#[test]
fn inspector_looks_at_the_picked_event_or_at_the_playhead() {
    let run = run_of("ordering/causal-multicast/three-orders");
    let of = |selection, cursor| Subject::of(&run, selection, cursor, ALL);
    assert_eq!(of(None, 0).heading(&run), "Before the first event");
    assert_eq!(of(None, 3).event, Some(2));
    let name = MessageName { from: node(0), to: node(2), number: 1 };
    let message = of(Some(Selection::Message(name)), 0);
    assert_eq!(message.node, node(2), "it is looked at where it was received");
    let payload = Payload::of(&run, message.message.expect("it is about one"), ALL);
    assert!(payload.sentence.contains("from Alice to Carol"), "{}", payload.sentence);
    assert_eq!(entry(&payload.fields, "seq").text, "1");
    let moment = of(Some(Selection::Moment { node: node(1), at: 80 }), 0);
    assert_eq!((moment.node, moment.before), (node(1), moment.events));
    // A moment of a node changes no state.
    let states = past(&run).states(&moment, &[node(1)], ALL);
    assert!(!states[0].is_touched());
}

/// Listings as the page fetches them, by their paths.
fn listings() -> BTreeMap<String, Listing> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let indexes = source_index::all(&source).expect("the sources are Rust");
    let read = |(path, index)| {
        let text = serde_json::to_string(&index).expect("an index is JSON");
        (path, Listing::read(&text).expect("the page reads what the build writes"))
    };
    indexes.into_iter().map(read).collect()
}

#[test]
fn source_of_every_protocol_has_a_description_and_the_modules_it_uses() {
    let listings = listings();
    for (_, protocol) in protocols::catalogue() {
        let listing = &listings[protocol.id];
        assert!(listing.description.matches("<p>").count() > 2, "{}", protocol.id);
        assert!(!listing.uses.is_empty(), "{}", protocol.id);
        assert!(listing.uses.iter().all(|used| listings.contains_key(used)), "{}", protocol.id);
        let code: String = listing.files.iter().flat_map(|file| file.lines.clone()).collect();
        assert!(code.contains("PROTOCOL: Protocol"), "{}", protocol.id);
        assert!(!code.contains("#[test]"), "{}", protocol.id);
    }
    assert_eq!(listings["reliable-broadcast"].uses[0], "best-effort-broadcast");
}

/// The layers that the code imports are those that the registration names.
#[test]
fn registered_layers_are_the_protocols_that_the_source_uses() {
    let listings = listings();
    for (_, protocol) in protocols::catalogue() {
        let imported = |id: &str| {
            let uses = &listings[id].uses;
            uses.iter().filter(|used| protocols::find(used).is_some()).cloned().collect()
        };
        let mut used: Vec<String> = imported(protocol.id);
        if listings[protocol.id].uses.iter().any(|used| used == "detected") {
            used.extend::<Vec<String>>(imported("detected"));
        }
        used.sort();
        assert_eq!(used, protocol.uses, "{}", protocol.id);
    }
}

/// Only a default handler, which does nothing, has no lines.
#[test]
fn source_of_every_event_is_the_handler_that_ran() {
    let listings = listings();
    let mut arms = 0;
    for each in bundled::bundled() {
        let run = Run::of(each.outcome().expect("it runs"));
        let listing = &listings[run.protocol.id];
        for (id, event) in run.trace.events.iter().enumerate().take(3_000) {
            let Some(ran) = ran(&run, id) else {
                let codeless = matches!(
                    event.kind,
                    EventKind::Crash
                        | EventKind::Pause
                        | EventKind::Resume
                        | EventKind::Lose(..)
                        | EventKind::Traitor(_)
                );
                assert!(codeless, "{}: {id}", each.path());
                continue;
            };
            let Some(marks) = listing.marks(&ran) else {
                assert!(!is_effect(&event.kind), "{}: {id} has a cause", each.path());
                continue;
            };
            let Place { file, lines } = &marks.handler;
            assert!(listing.files[*file].lines.get(lines.clone()).is_some(), "{}", each.path());
            if let Some(arm) = marks.arm {
                let within = lines.start < arm.start && arm.end < lines.end;
                assert!(within, "{}: {lines:?} {arm:?}", each.path());
                arms += 1;
            }
        }
    }
    assert!(arms > 1_000, "{arms}");
}

#[test]
fn source_without_a_pick_is_the_last_handler_that_ran() {
    let run = run_of("reliable/reliable-broadcast/sender-crashes-half-way");
    let crash = find(&run, |kind, _| matches!(kind, EventKind::Crash));
    assert!(ran(&run, crash).is_none(), "no code runs in a crash");
    let last = last_ran(&run, crash + 1).expect("something ran before");
    assert!(last < crash);
    assert_eq!(last_ran(&run, 0), None);
}

fn state_of(path: &str) -> State {
    let bundled = bundled::find(path).expect("it is bundled");
    reduce(&State::opening(), Action::Open(bundled))
}

#[test]
fn jump_to_a_violation_selects_its_event_and_witness() {
    let state = state_of("reliable/uniform-broadcast/nobody-delivers-too-early");
    let unbroken = reduce(&state, Action::Break("validity"));
    assert_eq!((unbroken.explained, unbroken.playhead), (None, state.playhead));

    let mut jumps = 0;
    for each in bundled::bundled() {
        let state = state_of(&each.path());
        for judgement in &state.run.report.judgements {
            let Verdict::Violated { witness, .. } = &judgement.verdict else { continue };
            let name = judgement.property.name;
            let there = reduce(&state, Action::Break(name));
            assert_eq!((there.explained, there.playing), (Some(name), false));
            assert!(!there.announcement.is_empty());
            match judgement.property.kind {
                Kind::Liveness => {
                    assert!(there.playhead.is_at_end(&there.run) && there.selection.is_none());
                }
                Kind::Safety => {
                    let last = *witness.last().expect("it is proven");
                    assert_eq!(there.selection, Some(Selection::Event(last)));
                    assert_eq!(there.playhead.cursor, last + 1);
                }
            }
            let breach = state.run.report.broke(judgement, &state.run.trace);
            if let Some(event) = breach.and_then(|breach| breach.event) {
                let there = reduce(&state, Action::Breach(name));
                assert_eq!(there.selection, Some(Selection::Event(event)));
                jumps += 1;
            }
        }
    }
    assert!(jumps > 10, "{jumps}");
}

/// The proof of a violation is more than the event that completes it.
#[test]
fn witness_of_an_unexplained_answer_is_the_history_before_it() {
    let mut seen = Vec::new();
    for each in bundled::bundled() {
        let run = run_of(&each.path());
        for judgement in &run.report.judgements {
            let Verdict::Violated { why, witness } = &judgement.verdict else { continue };
            let name = judgement.property.name;
            if name == "linearizability" {
                assert!(why.contains("before") && witness.len() >= 4, "{}: {why}", each.path());
                seen.push(name);
            } else if ["consistent cut", "recorded state complete"].contains(&name) {
                let records =
                    witness.iter().filter(|it| run.trace.events[**it].kind.name() == "record");
                assert_eq!(records.count(), 2, "{}", each.path());
                let receipts =
                    witness.iter().filter(|it| run.trace.events[**it].kind.name() == "deliver");
                assert_eq!(receipts.count(), 1, "{}: a transfer proves it too", each.path());
                seen.push(name);
            }
        }
    }
    for name in ["linearizability", "consistent cut", "recorded state complete"] {
        assert!(seen.contains(&name), "{name}: {seen:?}");
    }
}

#[test]
fn answer_without_a_value_names_its_request() {
    let mut words = Vec::new();
    for each in bundled::bundled().into_iter().filter(|it| it.path().starts_with("replication")) {
        let run = run_of(&each.path());
        let kinds = run.trace.events.iter().enumerate();
        let answers = kinds.filter(|(_, event)| event.kind.name() == "respond");
        words.extend(answers.map(|(id, _)| event_sentence(&run.scenario, &run.trace, id)));
    }
    assert!(words.iter().any(|it| it.contains("answers done to write")), "{words:?}");
    assert!(words.iter().any(|it| it.contains(" to read ")), "{words:?}");
    assert!(!words.iter().any(|it| it.contains('–')), "{words:?}");
}

/// The inspector does not reveal what a teacher hides.
#[test]
fn inspector_with_a_hidden_future_tells_nothing_of_it() {
    let run = run_of("ordering/causal-multicast/three-orders");
    let reply = find(&run, |kind, at| matches!(kind, EventKind::Receive(_)) && at == node(2));
    let told = reply + 1;
    let subject = Subject::of(&run, None, told, told);
    let states = past(&run).states(&subject, &[node(2)], told);
    let waits = states[0].held_back.as_ref().expect("messages wait in this run");
    assert!(!waits[0].contains("delivered"), "{waits:?}");
    let late = run.trace.messages.iter().position(|message| {
        message.sent < told && message.fate.event().is_some_and(|event| event >= told)
    });
    let late = late.expect("one is on its way");
    assert!(Payload::of(&run, late, told).sentence.ends_with("still in transit"));
    let name = run.trace.messages[late].name;
    let picked = Subject::of(&run, Some(Selection::Message(name)), told, told);
    assert_eq!(picked.event, Some(run.trace.messages[late].sent));
    assert_eq!(Subject::of(&run, Some(Selection::Event(told)), told, told).event, Some(reply));
}

fn counted(path: &str) -> (Run, Numbers) {
    let run = run_of(path);
    let mut numbers = Numbers::of(&run);
    while numbers.go_on() {}
    (run, numbers)
}

#[test]
fn numbers_of_a_run_are_counted() {
    let (run, numbers) = counted("ordering/causal-multicast/three-orders");
    assert_eq!(numbers.messages, run.trace.sends());
    let sum = |of: fn(&OfNode) -> usize| numbers.nodes.iter().map(of).sum::<usize>();
    assert_eq!((sum(|it| it.sent), sum(|it| it.bytes)), (numbers.messages, numbers.bytes));
    assert_eq!(sum(|it| it.received) + sum(|it| it.lost), numbers.messages);
    // The data of the trace are measured.
    let trace: serde_json::Value = serde_json::from_str(&run.json()).expect("it is JSON");
    let events = trace["events"].as_array().expect("a list").iter();
    let sends = events.filter(|event| event["kind"] == "send");
    let bytes: usize = sends.map(|event| event["data"].to_string().len()).sum();
    assert_eq!(numbers.bytes, bytes);
    let delivery = numbers.delivery.expect("there are deliveries");
    assert_eq!(delivery.count, run.scenario.requests.len());
    assert!(delivery.least <= delivery.median && delivery.median <= delivery.most);
    assert!(numbers.latency.is_some_and(|it| it.count == numbers.messages));
    assert_eq!((numbers.again, numbers.undelivered), (0, 0));
}

#[test]
fn numbers_count_retransmissions_and_undelivered_messages() {
    let (run, numbers) = counted("link/retransmit-until-ack/messages-lost");
    let lost = run.trace.messages.iter().filter(|it| matches!(it.fate, Fate::Lost(..))).count();
    assert!(lost > 0 && numbers.again >= lost, "{} of {lost}", numbers.again);
    assert_eq!(numbers.nodes.iter().map(|it| it.lost).sum::<usize>(), lost);
    assert!(numbers.delivery.is_some_and(|it| it.most > it.least), "a lost one takes longer");
}

#[test]
fn chart_of_a_metric_shows_its_values() {
    for each in bundled::bundled() {
        let run = run_of(&each.path());
        let charts = charts(&run);
        let last = run.trace.events.last().map_or(0, |event| event.time);
        let sent = charts[0].curves[0].at(last.max(1)).expect("it is counted from the start");
        assert_eq!(sent as usize, run.trace.messages.len(), "{}", each.path());
        for (place, metric) in run.protocol.metrics.iter().enumerate() {
            let Some(chart) = charts.iter().find(|chart| chart.name == metric.name) else {
                assert!(run.trace.samples.is_empty(), "{}", each.path());
                continue;
            };
            for line in &chart.curves {
                let node = line.node.expect("a metric is a node's");
                let mut samples = run.trace.samples.iter().filter(|it| it.node == node);
                let last = samples.next_back().expect("it was measured");
                assert_eq!(line.at(last.time), Some(last.values[place]), "{}", each.path());
                assert!(chart.path(line).starts_with('M'));
            }
        }
    }
}

#[test]
fn facts_tell_a_messages_way_and_an_events_timestamps_as_far_as_they_may_be_shown() {
    let run = run_of("reliable/best-effort-broadcast/sender-crashes-half-way");
    let message = &run.trace.messages[0];
    let facts_of = |selection, told| {
        let subject = Subject::of(&run, Some(selection), 0, told);
        let all = facts(&run, &subject, told);
        all.into_iter().map(|it| (it.name, it.value, it.event)).collect::<Vec<_>>()
    };
    let picked = Selection::Message(message.name);
    let Fate::Received(receipt) = message.fate else { panic!("it is received") };
    let time = |event: EventId| run.trace.events[event].time;
    let (sent, took) = (time(message.sent), time(receipt) - time(message.sent));
    assert_eq!(
        facts_of(picked, ALL),
        [
            ("Sent", format!("by Alice at {sent} ms"), Some(message.sent)),
            ("Received", format!("by Bob at {} ms, after {took} ms", time(receipt)), None),
            ("Lamport time", "3".to_owned(), None),
            ("Vector time", "[2,1,0]".to_owned(), None),
        ]
    );
    let early = facts_of(picked, receipt);
    assert_eq!(early[1], ("In transit", "so far".to_owned(), None), "the receipt is hidden");
    let lost = run_of("reliable/reliable-broadcast/lost-copies");
    let dropped = lost.trace.messages.iter().find(|it| matches!(it.fate, Fate::Lost(..)));
    let picked = Selection::Message(dropped.expect("one is lost").name);
    let subject = Subject::of(&lost, Some(picked), 0, ALL);
    let facts = facts(&lost, &subject, ALL);
    assert!(facts.iter().any(|it| it.name == "Lost" && it.value.ends_with("(drop)")), "{facts:?}");
}
