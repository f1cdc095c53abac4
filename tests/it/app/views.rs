//! Other views of a run: the list of events with its filters, the deliveries node by node.

use worldlines::{
    analysis::{cause, effects},
    app::{Action, Edit, Filter, Playhead, State, Story, StoryEntry, Table, Tables, reduce, told},
    diagram::{
        Against, Deliveries, LaneState, Point, Queue, Queued, Queues, Scenery, Traffic, cell_text,
        roomy_graph, waits,
    },
    formats::{bundled, scenario},
    kernel::{EventKind, Fault, MessageName, NodeId, NodeSet, Time},
    runs::Outcome,
};

fn node(index: usize) -> NodeId {
    NodeId::new(index)
}

fn opened(path: &str) -> Outcome {
    let bundled = bundled::find(path).expect("it is bundled");
    bundled.outcome().expect("it runs")
}

const CRASH: &str = "reliable/best-effort-broadcast/sender-crashes-half-way";
const ORDERS: &str = "ordering/fifo-multicast/three-orders";

fn sentences(run: &Outcome, filter: &Filter) -> Vec<String> {
    let entries = filter.of(run, &Story::of(run));
    entries.iter().map(|entry| format!("{} {}", entry.time(run), entry.sentence(run))).collect()
}

#[test]
fn story_has_every_event_in_order_with_captions_before_their_moment() {
    for bundled in bundled::bundled() {
        let run = bundled.outcome().expect("it runs");
        let story = Story::of(&run);
        let events = story.entries.iter().filter_map(|entry| match entry {
            StoryEntry::Event(event) => Some(*event),
            _ => None,
        });
        assert!(events.eq(0..run.trace.events.len()));
        let captions =
            story.entries.iter().filter(|it| matches!(it, StoryEntry::Caption(_))).count();
        assert_eq!(captions, run.scenario.captions.len());
        assert!(story.entries.windows(2).all(|two| two[0].time(&run) <= two[1].time(&run)));
        for entry in &story.entries {
            assert!(story.kinds.contains(&entry.kind(&run)));
        }
    }
    let run = opened(CRASH);
    assert_eq!(
        sentences(&run, &Filter::default())[..3],
        [
            "30 Alice crashes between her two sends.",
            "30 Alice: broadcast m1",
            "30 Alice sends m1 to Bob"
        ]
    );
}

#[test]
fn story_tells_begin_and_end_of_faults_without_an_event() {
    let mut run = opened(ORDERS);
    assert!(
        sentences(&run, &Filter::default())
            .contains(&"10 message 1 from Alice to Carol is delayed by 40 ms".into())
    );
    let groups = vec![NodeSet::from(node(0))];
    run.scenario.faults = vec![Fault::Partition { groups, at: 20, until: 60 }];
    let run = Outcome::of(run.scenario).expect("it runs");
    let filter = Filter { kind: Some("fault"), ..Filter::default() };
    assert_eq!(
        sentences(&run, &filter),
        ["20 the network is partitioned: Alice | Bob | Carol", "60 the network heals"]
    );
}

#[test]
fn filter_of_several_conditions_keeps_events_that_meet_all() {
    let run = opened(ORDERS);
    let of = |filter: &Filter| sentences(&run, filter);
    let everything = of(&Filter::default()).len();
    assert!(everything > run.trace.events.len());
    let carols = Filter { node: Some(node(2)), ..Filter::default() };
    assert!(of(&carols).len() < everything);
    let told = Filter { kind: Some("deliver"), ..carols.clone() };
    assert_eq!(
        of(&told),
        ["80 Carol delivers yes", "125 Carol delivers tea?", "145 Carol delivers cake?"]
    );
    let message = Filter { message: "alice>carol#1".to_owned(), ..Filter::default() };
    assert_eq!(of(&message).len(), 3, "its fault, its sending and its receipt: {:?}", of(&message));
    let text = Filter { text: "TEA?".to_owned(), kind: Some("deliver"), ..Filter::default() };
    assert_eq!(of(&text).len(), 3);
    let none = Filter { text: "nobody says this".to_owned(), ..Filter::default() };
    assert!(of(&none).is_empty());
}

#[test]
fn list_at_the_playhead_is_a_prefix_of_the_whole_list() {
    let run = opened(CRASH);
    let story = Story::of(&run);
    let told_at = |playhead| told(&run, &story.entries, playhead);
    assert_eq!(told_at(Playhead::start()), 0);
    assert_eq!(told_at(Playhead::at(&run, 29.0)), 0);
    assert_eq!(told_at(Playhead::after(&run, 1)), 2, "the caption and the request");
    assert_eq!(told_at(Playhead::at(&run, 69.0)), story.entries.len() - 1);
    assert_eq!(told_at(Playhead::at(&run, 70.0)), story.entries.len());
}

#[test]
fn filter_outlives_an_edit_and_ends_with_its_run() {
    let state = State::opening();
    let filter = Filter { text: "m1".to_owned(), ..Filter::default() };
    let state = reduce(&state, Action::Filter(filter.clone()));
    let drop = Fault::Drop { message: MessageName { from: node(0), to: node(1), number: 1 } };
    let edited = reduce(&state, Action::Apply(Edit::AddFault(drop)));
    assert_eq!(edited.filter, filter);
    let other = bundled::find(ORDERS).expect("it is bundled");
    assert!(reduce(&edited, Action::Open(other)).filter.is_open());
}

#[test]
fn cause_and_effect_of_an_event_are_inverse() {
    for bundled in bundled::bundled() {
        let run = bundled.outcome().expect("it runs");
        let trace = &run.trace;
        for event in 0..trace.events.len() {
            for effect in effects(trace, event) {
                assert_eq!(cause(trace, effect), Some(event), "{}", bundled.path());
            }
            if let Some(cause) = cause(trace, event) {
                assert!(effects(trace, cause).contains(&event), "{}", bundled.path());
            }
        }
    }
}

fn table(run: &Outcome, kind: Option<&str>) -> Vec<Vec<String>> {
    let told = Deliveries::of(run.protocol, &run.scenario, &run.trace, kind);
    let columns = told.columns.iter().map(|column| {
        let cells = column.cells.iter().map(|cell| {
            let sign = match cell.against {
                Some((_, Against::Order)) => "order ",
                Some((_, Against::Value)) => "value ",
                None => "",
            };
            let text = cell_text(run.protocol, &run.scenario, &run.trace, cell.event, true);
            format!("{sign}{text}")
        });
        cells.collect()
    });
    columns.collect()
}

#[test]
fn delivery_table_marks_orders_that_differ_between_nodes() {
    let table = table(&opened(ORDERS), Some("deliver"));
    let tea = "order tea? (Alice)";
    let (cake, yes) = ("order cake? (Alice)", "order yes (Bob)");
    assert_eq!(table, [[tea, cake, yes], [tea, yes, cake], [yes, tea, cake]]);
}

#[test]
fn delivery_table_does_not_count_a_missing_delivery_as_another_order() {
    let run = opened(ORDERS);
    let mut scenario = run.scenario;
    // Carol never receives the first message, and no other message of Alice takes its place.
    scenario.faults = vec![Fault::Crash { node: node(2), at: 75 as Time, after_sends: None }];
    let run = Outcome::of(scenario).expect("it runs");
    let table = table(&run, Some("deliver"));
    assert!(table[2].len() < table[0].len());
    assert!(table[2].iter().all(|cell| !cell.starts_with("order")), "{table:?}");
}

/// Number of marked cells of a run: for another order, for another value.
fn marked(path: &str) -> (usize, usize) {
    let run = opened(path);
    let told = Deliveries::of(run.protocol, &run.scenario, &run.trace, None);
    let cells = told.columns.iter().flat_map(|column| &column.cells);
    let signs: Vec<_> = cells.filter_map(|cell| cell.against).map(|(_, against)| against).collect();
    let order = signs.iter().filter(|sign| **sign == Against::Order).count();
    (order, signs.len() - order)
}

#[test]
fn delivery_table_marks_differences_only() {
    assert_eq!(marked("consensus/paxos/acceptor-restarts"), (0, 0));
    let (order, value) = marked("consensus/paxos/accept-before-a-majority-promised");
    assert!(order == 0 && value > 1, "two values are decided");
    assert_eq!(marked("ordering/abcast/three-orders"), (0, 0));
    assert_eq!(marked("link/retransmit-until-ack/messages-lost"), (0, 0));
    assert_eq!(marked("membership/virtual-synchrony/forgetful"), (0, 0));
    assert_eq!(marked("mutex/token-ring-lock/everyone-in-turn"), (0, 0));
}

#[test]
fn delivery_table_has_every_indication_of_a_host() {
    for bundled in bundled::bundled() {
        let run = bundled.outcome().expect("it runs");
        let told = Deliveries::of(run.protocol, &run.scenario, &run.trace, None);
        let routers = run.scenario.network.topology.routers();
        let is_told = |event: &&worldlines::kernel::Event| {
            matches!(event.kind, EventKind::Indicate { .. }) && !routers.contains(event.node)
        };
        let cells: usize = told.columns.iter().map(|column| column.cells.len()).sum();
        assert_eq!(cells, run.trace.events.iter().filter(is_told).count(), "{}", bundled.path());
        assert_eq!(told.rows, told.columns.iter().map(|it| it.cells.len()).max().unwrap_or(0));
    }
}

#[test]
fn network_view_shows_messages_that_were_sent_and_have_not_ended() {
    for bundled in bundled::bundled() {
        let run = bundled.outcome().expect("it runs");
        let trace = &run.trace;
        let traffic = Traffic::new(trace, run.scenario.nodes.len());
        for cursor in 0..=trace.events.len() {
            let messages = trace.messages.iter().enumerate();
            let plain: Vec<_> = messages
                .filter(|(_, message)| message.sent < cursor)
                .flat_map(|(id, message)| {
                    let fates = std::iter::once(message.fate).chain(message.copies.iter().copied());
                    fates.enumerate().map(move |(copy, fate)| (id, copy, fate))
                })
                .filter(|(_, _, fate)| fate.event().is_none_or(|event| event >= cursor))
                .map(|(id, copy, _)| (id, copy))
                .collect();
            let shown = traffic.under_way(trace, cursor);
            let counted = (shown.count, shown.some);
            assert_eq!(counted, (plain.len(), plain), "{} {cursor}", bundled.path());
        }
    }
}

#[test]
fn queues_hold_each_message_that_is_in_transit_or_held_back() {
    let (mut held, mut lost) = (0, 0);
    for bundled in bundled::bundled() {
        let run = bundled.outcome().expect("it runs");
        let (trace, nodes) = (&run.trace, run.scenario.nodes.len());
        let traffic = Traffic::new(trace, nodes);
        let waits = waits(run.protocol, &run.scenario, trace);
        for cursor in 0..=trace.events.len() {
            let whole = Queues::at(trace, &waits, &traffic, cursor, trace.events.len());
            assert_eq!(whole.in_transit, traffic.under_way(trace, cursor).count);
            assert_eq!(whole.messages.len(), whole.in_transit + whole.held, "{}", bundled.path());
            assert!(whole.messages.is_sorted_by_key(|it| (it.to, it.status != Queue::Held)));
            let arrival = |it: &Queued| match it.status {
                Queue::Arrives(at) | Queue::IsLost(at) => Some(at),
                Queue::Held | Queue::InTransit => None,
            };
            let arrivals = whole.messages.chunk_by(|one, other| one.to == other.to);
            for group in arrivals {
                let times: Vec<_> = group.iter().filter_map(arrival).collect();
                assert!(times.is_sorted(), "{} {cursor}", bundled.path());
            }
            held += whole.held;
            lost +=
                whole.messages.iter().filter(|it| matches!(it.status, Queue::IsLost(_))).count();
            // A hidden future says neither when they arrive nor that one is lost.
            let hidden = Queues::at(trace, &waits, &traffic, cursor, cursor);
            assert_eq!((hidden.held, hidden.in_transit), (whole.held, whole.in_transit));
            if cursor < trace.events.len() {
                assert!(hidden.messages.iter().all(|it| arrival(it).is_none()));
            }
        }
    }
    assert!(held > 0 && lost > 0);
}

#[test]
fn table_is_that_of_the_protocol_until_the_reader_chooses_another() {
    let open = |state: &State, path| {
        reduce(state, Action::Open(bundled::find(path).expect("it is bundled")))
    };
    let generals = "byzantine/interactive-consistency/exercise-7-3";
    let state = State::opening();
    assert_eq!(state.table(), Table::Deliveries);
    assert_eq!(open(&state, generals).table(), Table::Rounds);
    let chosen = Tables { shown: Some(Table::Queues), about: Some(node(6)) };
    let state = reduce(&open(&state, generals), Action::Tabulate(chosen));
    assert_eq!(state.tables, chosen);
    let smaller = reduce(&state, Action::Apply(Edit::Nodes(4)));
    assert_eq!((smaller.table(), smaller.tables.about), (Table::Queues, None));
}

#[test]
fn network_view_of_many_messages_counts_all_and_lists_some_hundreds() {
    // The first messages stay in transit for ever, so that the messages in transit are no contiguous part of the run.
    let requests = (0..40).map(|at| {
        format!(r#"{{"at":{at},"node":"P{}","do":"broadcast","with":"m{at}"}}"#, at % 40 + 1)
    });
    let requests: Vec<_> = requests.collect();
    let late = (2..30).map(|to| format!(r#"{{"delay":{{"message":"P1>P{to}#1","by":100000}}}}"#));
    let late: Vec<_> = late.collect();
    let scenario = format!(
        r#"{{"version":1,"protocol":"reliable-broadcast","nodes":40,"requests":[{}],
        "faults":[{}],"network":{{"duplicate":0.1,"loss":0.1}},"until":60}}"#,
        requests.join(","),
        late.join(",")
    );
    let scenario = scenario::read(&scenario).expect("it is a scenario");
    let run = Outcome::of(scenario).expect("it runs");
    let trace = &run.trace;
    assert!(trace.events.len() > 20_000, "{}", trace.events.len());
    let traffic = Traffic::new(trace, 40);
    let mut most = 0;
    for cursor in (0..=trace.events.len()).step_by(997) {
        let is_under_way = |&(message, copy): &(usize, usize)| {
            let message = &trace.messages[message];
            let fate = if copy == 0 { message.fate } else { message.copies[copy - 1] };
            message.sent < cursor && fate.event().is_none_or(|event| event >= cursor)
        };
        let copies = trace.messages.iter().enumerate();
        let copies = copies.flat_map(|(id, it)| (0..=it.copies.len()).map(move |copy| (id, copy)));
        let shown = traffic.under_way(trace, cursor);
        assert_eq!(shown.count, copies.filter(is_under_way).count(), "{cursor}");
        assert!(shown.some.iter().all(is_under_way), "{cursor}");
        assert!(shown.some.is_sorted() && shown.some.len() <= 512, "{cursor}");
        assert!(shown.some.is_empty() == (shown.count == 0), "{cursor}: {}", shown.count);
        most = most.max(shown.count);
    }
    assert!(most > 2_000, "the test needs more than are told: {most}");
}

#[test]
fn network_view_shows_nodes_messages_and_partitions_of_a_moment() {
    let mut scenario = opened(ORDERS).scenario;
    let groups = vec![NodeSet::from(node(0)), NodeSet::from(node(1)).or(node(2).into())];
    scenario.faults = vec![
        Fault::Partition { groups: groups.clone(), at: 60, until: 75 },
        Fault::Crash { node: node(2), at: 65, after_sends: None },
    ];
    let run = Outcome::of(scenario).expect("it runs");
    let (graph, traffic) = (roomy_graph(&run.scenario), Traffic::new(&run.trace, 3));
    assert_eq!((graph.places.len(), graph.links.len()), (3, 3));
    let at = |time: f64| {
        let cursor = Playhead::at(&run, time).cursor;
        Scenery::at((&run.scenario, &run.trace), &graph, &traffic, (cursor, time))
    };
    let early = at(25.0);
    assert!(early.sides.is_empty() && early.cut.is_empty());
    assert_eq!(early.flights.len(), 2, "Alice's first message to both");
    let [before, after] = [12.0, 38.0].map(|time| at(time).flights[0].at);
    let way = |point: Point| (point.x - graph.places[0].at.x).hypot(point.y - graph.places[0].at.y);
    assert!(way(before) < way(after));
    let split = at(70.0);
    assert_eq!((split.sides, split.cut.len()), (groups, 2));
    assert_eq!(split.nodes[2].state, LaneState::Down);
    assert!(split.nodes[0].said.is_some());
    assert!(at(76.0).cut.is_empty());
}

#[test]
fn network_view_has_room_for_twenty_nodes() {
    let mut scenario = opened(ORDERS).scenario;
    scenario.nodes = (1..=20).map(|number| format!("P{number}")).collect();
    let run = Outcome::of(scenario).expect("it runs");
    let graph = roomy_graph(&run.scenario);
    assert_eq!((graph.places.len(), graph.links.len()), (20, 0));
    assert!(graph.places.iter().all(|place| place.label.is_some()));
    for (place, one) in graph.places.iter().enumerate() {
        for other in &graph.places[..place] {
            assert!((one.at.x - other.at.x).hypot(one.at.y - other.at.y) > 40.0);
        }
    }
    let traffic = Traffic::new(&run.trace, 20);
    let cursor = Playhead::at(&run, 30.0).cursor;
    let told = (&run.scenario, &run.trace);
    assert_eq!(Scenery::at(told, &graph, &traffic, (cursor, 30.0)).flights.len(), 19);
}

#[test]
fn causes_are_sought_on_request_for_one_run() {
    let asked = reduce(&State::opening(), Action::SeekCauses);
    assert!(asked.causes_wanted);
    let changed = reduce(&asked, Action::Apply(Edit::RemoveFault(0)));
    assert!(!changed.causes_wanted, "another run, another question");
}

#[test]
fn kind_of_indications_stays_with_another_run() {
    let state = State::opening();
    assert_eq!(state.indications, Some("deliver"));
    let all = reduce(&state, Action::Indications(None));
    assert_eq!(reduce(&all, Action::Apply(Edit::RemoveFault(0))).indications, None);
}
