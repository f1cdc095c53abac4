//! Each fault and each kind of network: its effect, and its limits.

use serde_json::{Value as Json, json};
use worldlines::{
    analysis::difference,
    kernel::{
        Delay, EventKind, Fault, Medium, MessageName, NodeId, NodeSet, Observation, PerMillion,
        Plan, RequestSpec, Roster, Scenario, Side, Simulation, Strategy, Topology, Trace, run,
        spell,
    },
};

use crate::common::{self, chance::Chance, crash, node, rumour::RUMOUR};

/// This many nodes on a network in which every message takes 10 ms; P1 broadcasts `yes` at 0.
fn scenario(size: usize) -> Scenario {
    let mut scenario = common::scenario("rumour", size, 10);
    scenario.requests = vec![ask(0, 0, "broadcast", "yes")];
    scenario
}

fn ask(at: u64, index: usize, name: &str, with: &str) -> RequestSpec {
    RequestSpec { at, node: node(index), name: name.to_owned(), with: Some(with.into()) }
}

fn name(from: usize, to: usize, number: u32) -> MessageName {
    MessageName { from: node(from), to: node(to), number }
}

fn traitor(index: usize, strategy: Strategy) -> Fault {
    Fault::Traitor { node: node(index), strategy }
}

fn forge(message: MessageName, with: impl Into<Json>) -> Fault {
    Fault::Forge { message, with: with.into() }
}

fn play(scenario: &Scenario) -> Trace {
    run(&RUMOUR, scenario).expect("rumours understand")
}

/// Messages that nodes receive directly from their author, `10 P2 yes of P1`; damaged texts as `, broken,`.
fn heard(scenario: &Scenario) -> Vec<String> {
    let trace = play(scenario);
    let hears = trace.events.iter().filter_map(|event| match &event.kind {
        EventKind::Indicate { packet, .. } => {
            let said = spell(&packet.to_string(), &scenario.nodes);
            let (said, from) = said.split_once(" from ")?;
            let author = said.split(" of ").nth(1)?.split(',').next()?;
            let direct = from.split(' ').next() == Some(author);
            let node = scenario.name(event.node);
            direct.then(|| format!("{} {node} {said}", event.time))
        }
        _ => None,
    });
    hears.collect()
}

/// The losses: `10 P1>P2#1 why`.
fn lost(scenario: &Scenario) -> Vec<String> {
    let trace = play(scenario);
    let losses = trace.events.iter().filter_map(|event| match event.kind {
        EventKind::Lose(message, loss) => {
            let name = scenario.message_name(trace.messages[message].name);
            Some(format!("{} {name} {}", event.time, loss.why()))
        }
        _ => None,
    });
    losses.collect()
}

/// Receipts of the first message only.
fn first_heard(scenario: &Scenario) -> Vec<String> {
    heard(scenario).into_iter().filter(|it| it.starts_with("10 ")).collect()
}

#[test]
fn run_without_faults_has_none() {
    let scenario = scenario(3);
    let expected = ["10 P2 yes of P1", "10 P3 yes of P1", "50 P2 yes of P1", "50 P3 yes of P1"];
    assert_eq!(heard(&scenario), expected);
    assert_eq!(lost(&scenario), [""; 0]);
}

#[test]
fn corrupt_fault_flips_the_bits_of_one_message() {
    let mut scenario = scenario(3);
    scenario.faults = vec![
        // 'y' with its lowest bit flipped is 'x'; bit 21 is the first again, since three letters have 21.
        Fault::Corrupt { message: name(0, 1, 1), bits: vec![0] },
        Fault::Corrupt { message: name(0, 2, 2), bits: vec![21, 14] },
        Fault::Corrupt { message: name(0, 2, 3), bits: vec![0] },
        Fault::Corrupt { message: name(0, 1, 1), bits: vec![5] },
    ];
    let expected = [
        "10 P2 xes of P1, broken,",
        "10 P3 yes of P1",
        "50 P2 yes of P1",
        "50 P3 xer of P1, broken,",
    ];
    assert_eq!(heard(&scenario), expected);
    let trace = play(&scenario);
    assert_eq!(trace.unused_faults, [2, 3], "never sent, and corrupted already");
    let damaged = trace.messages.iter().filter_map(|message| message.damaged());
    assert_eq!(damaged.map(ToString::to_string).collect::<Vec<_>>(), ["xes", "xer"]);
}

#[test]
fn corruption_of_a_message_without_encoding_is_found_by_the_checksum() {
    let mut scenario = common::scenario("best-effort-broadcast", 3, 10);
    scenario.requests = vec![common::broadcast(0, 0, "yes")];
    scenario.faults = vec![Fault::Corrupt { message: name(0, 1, 1), bits: vec![0] }];
    let trace = common::run_valid(&scenario);
    let fates: Vec<_> = trace.messages.iter().map(|message| message.fate).collect();
    let worldlines::kernel::Fate::Lost(event, loss) = fates[0] else { panic!("{fates:?}") };
    assert_eq!((loss.why(), loss.fault(), trace.events[event].time), ("corrupt", Some(0), 10));
    assert!(matches!(fates[1], worldlines::kernel::Fate::Received(_)));
}

#[test]
fn lost_message_is_not_corrupted() {
    let mut scenario = scenario(2);
    let message = name(0, 1, 1);
    scenario.faults = vec![Fault::Corrupt { message, bits: vec![0] }, Fault::Drop { message }];
    assert_eq!(lost(&scenario), ["5 P1>P2#1 drop"]);
    assert_eq!(play(&scenario).unused_faults, [0]);
}

#[test]
fn corrupt_fault_damages_the_first_copy_only() {
    let mut scenario = scenario(2);
    let message = name(0, 1, 1);
    scenario.faults =
        vec![Fault::Corrupt { message, bits: vec![0] }, Fault::Duplicate { message, after: 1 }];
    assert_eq!(heard(&scenario)[..2], ["10 P2 xes of P1, broken,", "11 P2 yes of P1"]);
}

#[test]
fn network_corrupts_with_the_given_probability() {
    let mut scenario = scenario(2);
    let text = |at: u64| format!("a longer text, number {at}");
    scenario.requests = (0..1000).map(|at| ask(at, 0, "broadcast", &text(at))).collect();
    scenario.until = 5000;
    let calm = play(&scenario);
    scenario.network.corrupt = PerMillion(200_000);
    let foul = play(&scenario);
    let damaged = |trace: &Trace| trace.messages.iter().filter(|it| it.damaged().is_some()).count();
    let lost = lost(&scenario).len();
    assert_eq!(damaged(&calm), 0);
    assert!((300..500).contains(&(damaged(&foul) + lost)), "{} of 2000", damaged(&foul) + lost);
    // P1's messages and their delays do not change.
    let sent = |trace: &Trace| -> Vec<_> {
        let of_p1 = trace.messages.iter().filter(|it| it.name.from == node(0));
        let ends = of_p1.map(|it| {
            let end = it.fate.event().map(|event| trace.events[event].time);
            (it.name, it.packet.clone(), end)
        });
        ends.collect()
    };
    assert_eq!(sent(&calm), sent(&foul));
    let texts: std::collections::BTreeSet<_> =
        foul.messages.iter().filter_map(|it| Some(it.damaged()?.to_string())).collect();
    assert!(texts.len() > 20, "not always the same bit flips: {texts:?}");
}

#[test]
fn silent_traitor_sends_nothing_and_receives_everything() {
    let mut scenario = scenario(3);
    scenario.requests.push(ask(0, 1, "broadcast", "me too"));
    scenario.faults = vec![traitor(0, Strategy::Silent)];
    let trace = play(&scenario);
    assert!(trace.messages.iter().all(|message| message.name.from != node(0)));
    assert_eq!(first_heard(&scenario), ["10 P1 me too of P2", "10 P3 me too of P2"]);
    assert_eq!(trace.events[0].kind, EventKind::Traitor(Strategy::Silent));
    assert_eq!(trace.unused_faults, [0; 0]);
}

#[test]
fn traitor_lies_by_its_strategy_and_only_as_itself() {
    let told = |faults: Vec<Fault>| {
        let mut scenario = scenario(5);
        scenario.requests.push(ask(0, 4, "broadcast", "hi"));
        scenario.faults = faults;
        let heard = first_heard(&scenario);
        let of_p5 = heard.iter().filter(|it| it.ends_with(" hi of P5")).count();
        assert_eq!(of_p5, 4, "the loyal are believed: {heard:?}");
        let texts = heard.iter().filter_map(|it| it.strip_suffix(" of P1"));
        texts.map(|it| it[3..].to_owned()).collect::<Vec<_>>()
    };
    let all = |text: [&str; 4]| {
        let by_node = text.iter().enumerate();
        by_node.map(|(index, text)| format!("P{} {text}", index + 2)).collect::<Vec<_>>()
    };
    assert_eq!(told(vec![]), all(["yes"; 4]));
    assert_eq!(told(vec![traitor(0, Strategy::Scripted)]), all(["yes"; 4]));
    assert_eq!(told(vec![traitor(0, Strategy::Flip)]), all(["not yes"; 4]));
    let every_second = all(["yes", "not yes", "yes", "not yes"]);
    assert_eq!(told(vec![traitor(0, Strategy::Equivocate)]), every_second);
    // Of the loyal P2, P3, P4 and P5, the latter two are deceived.
    let one_half = all(["yes", "yes", "not yes", "not yes"]);
    assert_eq!(told(vec![traitor(0, Strategy::Collude)]), one_half);
    let two = vec![traitor(0, Strategy::Flip), traitor(0, Strategy::Silent)];
    assert_eq!(told(two), all(["not yes"; 4]), "the first strategy of a node counts");
}

#[test]
fn colluding_traitors_lie_to_the_same_nodes() {
    let mut scenario = scenario(6);
    scenario.requests.push(ask(0, 3, "broadcast", "yes"));
    scenario.faults = vec![traitor(0, Strategy::Collude), traitor(3, Strategy::Collude)];
    let heard = first_heard(&scenario);
    let lied_to = |liar: &str| {
        let lies = heard.iter().filter(|it| it.ends_with(&format!("not yes of {liar}")));
        lies.map(|it| it[3..5].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(lied_to("P1"), ["P5", "P6"], "of the loyal P2, P3, P5 and P6 the latter half");
    assert_eq!(lied_to("P4"), lied_to("P1"));
}

#[test]
fn random_traitor_lies_omits_and_tells_the_truth_the_same_way_in_every_run() {
    let mut scenario = scenario(2);
    scenario.requests = (0..90).map(|at| ask(at, 0, "broadcast", &format!("yes {at}"))).collect();
    scenario.faults = vec![traitor(0, Strategy::Random)];
    let heard = heard(&scenario);
    let lies = heard.iter().filter(|it| it.contains("not yes")).count();
    // Each text is sent twice: 180 messages, a third each true, false and never sent.
    assert!((35..85).contains(&lies), "{lies} lies");
    assert!((35..85).contains(&(heard.len() - lies)), "{} truths", heard.len() - lies);
    assert_eq!(play(&scenario), play(&scenario.clone()));
    // One more message changes nothing about the others.
    scenario.requests.push(ask(200, 0, "broadcast", "one more"));
    assert_eq!(self::heard(&scenario)[..heard.len()], heard);
}

#[test]
fn message_withheld_by_a_traitor_keeps_its_number() {
    let mut scenario = scenario(2);
    scenario.faults =
        vec![traitor(0, Strategy::Silent), forge(name(0, 1, 2), "the second telling")];
    assert_eq!(heard(&scenario), ["50 P2 the second telling of P1"]);
    let trace = play(&scenario);
    assert_eq!(trace.messages.iter().map(|it| it.name).next(), Some(name(0, 1, 2)));
    assert_eq!(trace.messages[0].truth().map(ToString::to_string), Some("yes".to_owned()));
}

#[test]
fn forge_fault_changes_messages_of_traitors_only() {
    let mut scenario = scenario(3);
    scenario.faults = vec![forge(name(0, 1, 1), "no")];
    assert_eq!(first_heard(&scenario), ["10 P2 yes of P1", "10 P3 yes of P1"]);
    assert_eq!(play(&scenario).unused_faults, [0], "P1 is loyal");
    scenario.faults.push(traitor(0, Strategy::Scripted));
    scenario.faults.push(forge(name(0, 2, 9), "no"));
    assert_eq!(first_heard(&scenario), ["10 P2 no of P1", "10 P3 yes of P1"]);
    assert_eq!(play(&scenario).unused_faults, [2], "there is no such message");
}

#[test]
fn traitor_cannot_forge_the_signature_of_a_loyal_node() {
    let said_by = |signer: &str, traitors: &[usize]| {
        let mut scenario = scenario(3);
        scenario.faults = traitors.iter().map(|it| traitor(*it, Strategy::Scripted)).collect();
        scenario.faults.push(forge(name(0, 1, 1), json!({ "signer": signer, "text": "no" })));
        let unused = play(&scenario).unused_faults.len();
        let trace = play(&scenario);
        let first = trace.messages.iter().find(|it| it.name == name(0, 1, 1));
        (first.map(|it| it.packet.to_string()), unused)
    };
    let (yes, no) = (Some("yes".to_owned()), Some("no".to_owned()));
    assert_eq!(said_by("P3", &[0]), (yes, 1), "P3 is loyal and keeps its key");
    assert_eq!(said_by("P3", &[0, 2]), (no.clone(), 0), "traitors lend each other their keys");
    assert_eq!(said_by("P1", &[0]), (no, 0));
}

#[test]
fn traitor_is_not_correct_and_the_others_are() {
    let mut scenario = scenario(4);
    scenario.faults = vec![traitor(2, Strategy::Scripted), crash(20, 1, None)];
    let trace = play(&scenario);
    let mut roster = Roster::new(&common::crash_stop(4));
    for (id, event) in trace.events.iter().enumerate() {
        Observation::of(id, event).iter().for_each(|seen| roster.observe(seen));
    }
    assert_eq!(roster.correct(), [node(0), node(3)].into_iter().collect());
}

#[test]
fn clock_that_drifts_shows_another_time_and_rings_at_another_time() {
    let seen = |faults: Vec<Fault>| {
        let mut scenario = scenario(3);
        scenario.requests.push(ask(100, 0, "look", ""));
        scenario.requests.push(ask(100, 1, "look", ""));
        scenario.faults = faults;
        let trace = play(&scenario);
        let told = trace.events.iter().filter_map(|event| match &event.kind {
            EventKind::Indicate { packet, .. } if packet.to_string().starts_with("tick") => {
                Some(packet.to_string())
            }
            EventKind::Timer(_) => Some(format!("rings at {}", event.time)),
            _ => None,
        });
        (told.collect::<Vec<_>>().join(", "), trace.unused_faults)
    };
    let drift =
        |index, rate, offset| Fault::Drift { node: node(index), rate: PerMillion(rate), offset };
    let right = "rings at 40, tick at 100, tick at 100".to_owned();
    assert_eq!(seen(vec![]), (right.clone(), vec![]));
    // The alarm of 40 ms comes at 20 on a clock that is twice as fast; only P1's own time changes.
    let fast = "rings at 20, tick at 205, tick at 100".to_owned();
    assert_eq!(seen(vec![drift(0, 2_000_000, 5), drift(0, 500_000, 0)]), (fast, vec![1]));
    let slow = "rings at 80, tick at 50, tick at 100".to_owned();
    assert_eq!(seen(vec![drift(0, 500_000, 0)]).0, slow);
    let mut unseen = scenario(3);
    unseen.requests.clear();
    unseen.faults = vec![drift(2, 500_000, 0)];
    assert_eq!(play(&unseen).unused_faults, [0], "no node reads it");
}

#[test]
fn topology_lets_messages_reach_neighbours_only() {
    let lost_first = |size, topology: Topology| {
        let mut scenario = scenario(size);
        scenario.network.topology = topology;
        let lost = lost(&scenario);
        lost.into_iter().filter(|it| it.starts_with("0 ")).collect::<Vec<_>>()
    };
    assert_eq!(lost_first(4, Topology::Full), [""; 0]);
    assert_eq!(lost_first(4, Topology::Ring), ["0 P1>P3#1 unlinked"]);
    assert_eq!(lost_first(4, Topology::Line), ["0 P1>P3#1 unlinked", "0 P1>P4#1 unlinked"]);
    assert_eq!(lost_first(4, Topology::Tree), ["0 P1>P4#1 unlinked"]);
    let links = vec![[node(0), node(3)]];
    let drawn = Topology::Links { links, routers: node(3).into() };
    assert_eq!(lost_first(4, drawn), ["0 P1>P2#1 unlinked", "0 P1>P3#1 unlinked"]);
}

#[test]
fn topology_of_every_name_has_the_links_of_its_name() {
    let neighbours = |topology: Topology, size| -> Vec<String> {
        let names = Scenario::numbered(size);
        topology.neighbours(size).iter().map(|set| spell(&set.to_string(), &names)).collect()
    };
    assert_eq!(neighbours(Topology::Full, 3), ["P2 and P3", "P1 and P3", "P1 and P2"]);
    assert_eq!(neighbours(Topology::Ring, 3), ["P2 and P3", "P1 and P3", "P1 and P2"]);
    assert_eq!(neighbours(Topology::Ring, 2), ["P2", "P1"]);
    assert_eq!(neighbours(Topology::Ring, 1), [""]);
    assert_eq!(neighbours(Topology::Line, 3), ["P2", "P1 and P3", "P2"]);
    let tree = neighbours(Topology::Tree, 6);
    assert_eq!(tree, ["P2 and P3", "P1, P4 and P5", "P1 and P6", "P2", "P2", "P3"]);
}

#[test]
fn message_without_a_link_is_lost_and_meets_no_fault() {
    let mut scenario = scenario(3);
    scenario.network.topology = Topology::Line;
    scenario.faults = vec![Fault::Drop { message: name(0, 2, 1) }];
    assert_eq!(play(&scenario).unused_faults, [0]);
}

fn shared(size: usize, medium: Medium) -> Scenario {
    let mut scenario = scenario(size);
    scenario.network.medium = medium;
    scenario.requests = vec![ask(0, 0, "transmit", "yes")];
    scenario
}

#[test]
fn transmission_on_a_shared_medium_is_heard_by_all_at_one_cost() {
    let sends = |scenario: &Scenario| {
        let trace = play(scenario);
        let first = trace.messages.iter().filter(|it| it.name.from == node(0));
        let marks: Vec<_> = first.map(|it| it.transmission).collect();
        let at_0 = Trace { messages: trace.messages[..marks.len()].to_vec(), ..trace };
        (marks, at_0.sends())
    };
    assert_eq!(sends(&shared(4, Medium::Links)), (vec![None; 3], 3));
    assert_eq!(sends(&shared(4, Medium::Shared)), (vec![Some(1); 3], 1));
    let all = ["10 P2 yes of P1", "10 P3 yes of P1", "10 P4 yes of P1"];
    assert_eq!(first_heard(&shared(4, Medium::Shared)), all);
    assert_eq!(first_heard(&shared(4, Medium::Links)), all);
    // A message that is not transmitted goes to one node, on any medium.
    let mut told = shared(3, Medium::Shared);
    told.requests = vec![ask(0, 0, "broadcast", "yes")];
    assert!(play(&told).messages.iter().all(|message| message.transmission.is_none()));
}

#[test]
fn transmission_on_a_shared_medium_is_lost_for_each_receiver_alone() {
    let mut scenario = shared(4, Medium::Shared);
    let (at, until) = (0, 100);
    scenario.faults = vec![
        Fault::Omit { node: node(1), side: Side::Receive, at, until },
        Fault::Drop { message: name(0, 2, 1) },
    ];
    assert_eq!(first_heard(&scenario), ["10 P4 yes of P1"]);
    let mut ranged = shared(4, Medium::Shared);
    ranged.network.topology = Topology::Line;
    assert_eq!(first_heard(&ranged), ["10 P2 yes of P1"], "only neighbours hear it");
    assert_eq!(lost(&ranged), [""; 0], "it is not for the others");
}

#[test]
fn transmission_counts_as_one_send_for_a_crash() {
    let cut = |medium, sends| {
        let mut scenario = shared(4, medium);
        scenario.faults = vec![crash(0, 0, Some(sends))];
        first_heard(&scenario).len()
    };
    assert_eq!([0, 1].map(|sends| cut(Medium::Shared, sends)), [0, 3]);
    assert_eq!([0, 1, 2].map(|sends| cut(Medium::Links, sends)), [0, 1, 2]);
}

#[test]
fn traitor_cannot_equivocate_in_one_transmission() {
    let mut scenario = shared(4, Medium::Shared);
    scenario.faults = vec![traitor(0, Strategy::Equivocate)];
    assert_eq!(first_heard(&scenario).iter().filter(|it| it.contains("not yes")).count(), 0);
    scenario.faults = vec![traitor(0, Strategy::Flip)];
    assert_eq!(first_heard(&scenario).iter().filter(|it| it.contains("not yes")).count(), 3);
}

#[test]
fn message_is_stopped_by_the_first_obstacle_and_the_others_strike_nothing() {
    let mut scenario = scenario(3);
    let alone = || vec![NodeSet::from(node(0))];
    scenario.faults = vec![
        Fault::Partition { groups: alone(), at: 7, until: 9 },
        Fault::Cut { from: node(0), to: node(1), at: 5, until: 6 },
        Fault::Cut { from: node(0), to: node(1), at: 0, until: 1 },
        Fault::Omit { node: node(2), side: Side::Receive, at: 10, until: 11 },
    ];
    assert_eq!(lost(&scenario)[..2], ["0 P1>P2#1 cut", "7 P1>P3#1 partition"]);
    assert_eq!(play(&scenario).unused_faults, [1, 3]);
}

#[test]
fn message_that_waits_for_a_paused_node_is_lost_when_it_crashes() {
    let mut scenario = scenario(2);
    scenario.faults = vec![
        Fault::Pause { node: node(1), at: 5, until: 30 },
        crash(20, 1, None),
        Fault::Recover { node: node(1), at: 25 },
    ];
    assert_eq!(lost(&scenario), ["20 P1>P2#1 crashed"]);
    assert_eq!(heard(&scenario), ["50 P2 yes of P1"]);
}

#[test]
fn inspection_of_a_node_shows_state_storage_and_timers() {
    let mut scenario = scenario(2);
    scenario.faults = vec![
        Fault::Drift { node: node(0), rate: PerMillion(2_000_000), offset: 5 },
        Fault::Pause { node: node(1), at: 12, until: 15 },
    ];
    let plan = Plan::new(&RUMOUR, &scenario).expect("rumours understand");
    let (mut simulation, mut trace) = (Simulation::new(&plan), Trace::default());
    let empty = simulation.inspect(node(1));
    let nothing = json!({ "heard": [], "life": 0 });
    let picture = json!({
        "up": true, "paused": null, "state": nothing, "timers": [], "stored": null
    });
    assert_eq!(empty, picture);
    while simulation.inspect(node(1))["paused"].is_null() {
        assert!(simulation.step(&plan, &mut trace));
    }
    let timers = &simulation.inspect(node(0))["timers"];
    assert_eq!(timers[0]["name"], "yes");
    assert_eq!((&timers[0]["due"], &timers[0]["clock"]), (&json!(20), &json!(45)));
    let changes = difference(&empty, &simulation.inspect(node(1)));
    let paths: Vec<_> = changes.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["paused", "state.heard[0]", "stored"]);
    assert_eq!(changes[0].after, Some(json!(15)));
    let stored = &changes[2].after.as_ref().expect("something was stored")["heard"];
    assert_eq!(Some(&stored[0]), changes[1].after.as_ref(), "what it heard is what it stored");
}

#[test]
fn message_with_ten_thousand_faults_costs_as_much_as_with_few() {
    let mut scenario = common::scenario("best-effort-broadcast", 128, 10);
    scenario.requests = (0..20).map(|it| common::broadcast(it * 50, it as usize, "m")).collect();
    let mut chance = Chance::new(1);
    scenario.faults = (0..10_000)
        .map(|fault| {
            let (at, from) = (chance.between(0, 990), chance.below(128));
            let (to, until) = ((from + 1 + chance.below(127)) % 128, at + chance.between(1, 900));
            let half = (0..128).filter(|_| chance.percent(99)).map(NodeId::new).collect();
            match fault % 3 {
                0 => Fault::Partition { groups: vec![half], at, until },
                1 => Fault::Cut { from: node(from), to: node(to), at, until },
                _ => Fault::Delay { message: name(from, to, 1), by: at },
            }
        })
        .collect();
    let trace = common::run_valid(&scenario);
    assert_eq!(trace.messages.len(), 20 * 127);
    assert!(trace.unused_faults.len() < 10_000);
    scenario.network.delay = Delay { min: 0, max: 0 };
    assert_eq!(common::run_valid(&scenario).messages.len(), 20 * 127);
}
