//! Assumptions that a scenario breaks, and the sentences about them.

use worldlines::{
    analysis::report,
    kernel::{
        Assumption, Delay, Detector, Fault, Kind, Medium, MessageName, NodeId, ParameterName,
        ParameterValue, PerMillion, Protocol, Rule, Scenario, Strategy, Timing, Topology, run,
        spell,
    },
    protocols::{membership::heartbeat_detector, reliable::reliable_broadcast},
};

use crate::common::{self, broadcast, crash, node, protocol, rumour::RUMOUR, run_valid};

const MAX_CRASHES: ParameterName = reliable_broadcast::Parameters::max_crashes;

/// Three nodes on a network in which every message takes 10 ms; the first broadcasts at 0.
fn scenario() -> Scenario {
    let mut scenario = common::scenario("reliable-broadcast", 3, 10);
    scenario.nodes = ["Alice", "Bob", "Carol"].map(str::to_owned).into();
    scenario.requests = vec![broadcast(0, 0, "m1")];
    scenario
}

const ALICE_TO_BOB: MessageName =
    MessageName { from: NodeId::new(0), to: NodeId::new(1), number: 1 };

/// Asserts the breach of a rule: none, or its sentence and its path in the scenario.
#[track_caller]
fn says(rule: Rule, scenario: &Scenario, expected: Option<(&str, &str)>) {
    let trace = run_valid(scenario);
    let breach = rule.breach(protocol(&scenario.protocol), scenario, &trace);
    let said = breach.map(|it| (spell(&it.why, &scenario.nodes), it.culprit));
    let said = said.as_ref().map(|(why, culprit)| (why.as_str(), culprit.as_str()));
    assert_eq!(said, expected);
}

#[test]
fn assumptions_hold_in_an_empty_run() {
    let mut scenario = scenario();
    scenario.network.timing = Timing::Synchronous(10);
    for rule in [
        Rule::ReliableChannels,
        Rule::FairLossChannels,
        Rule::LossesBelow(MAX_CRASHES),
        Rule::NoLoss,
        Rule::NoDuplicates,
        Rule::FlipsAtMost(0),
        Rule::FifoChannels,
        Rule::Synchrony,
        Rule::RequestersStayUp,
        Rule::RequestersRecover("broadcast"),
        Rule::NoCrashAtWrites,
        Rule::AtMostCrashes(MAX_CRASHES),
        Rule::MajorityCorrect,
        Rule::CrashesAreDetected,
        Rule::NoRecoveries,
        Rule::NoTraitors,
        Rule::AtMostTraitors(MAX_CRASHES),
        Rule::TraitorsBelowThird,
        Rule::RunsToQuiescence,
        Rule::NoCrashes,
        Rule::NoRouterCrashes,
        Rule::HostsAreLinked,
        Rule::NoDrift,
        Rule::ClocksStartCorrect,
        Rule::DriftAtMost(MAX_CRASHES),
        MAX_CRASHES.is("127"),
    ] {
        says(rule, &scenario, None);
    }
}

#[test]
fn reliable_channels_break_with_a_lost_or_duplicated_message_between_correct_nodes() {
    let mut dropped = scenario();
    dropped.faults = vec![Fault::Drop { message: ALICE_TO_BOB }];
    let lost = Some(("m1 from Alice to Bob was lost (drop)", "faults[0]"));
    says(Rule::ReliableChannels, &dropped, lost);
    // A crash excuses a loss only if it comes before the message was due.
    dropped.faults.push(crash(200, 1, None));
    says(Rule::ReliableChannels, &dropped, lost);
    dropped.faults[1] = crash(11, 1, None);
    says(Rule::ReliableChannels, &dropped, lost);
    dropped.faults[1] = crash(9, 1, None);
    says(Rule::ReliableChannels, &dropped, None);
    dropped.faults[1] = crash(9, 0, None);
    says(Rule::ReliableChannels, &dropped, None);
    dropped.faults[1] = crash(9, 2, None);
    says(Rule::ReliableChannels, &dropped, lost);

    let mut doubled = scenario();
    doubled.faults = vec![Fault::Duplicate { message: ALICE_TO_BOB, after: 5 }];
    says(
        Rule::ReliableChannels,
        &doubled,
        Some(("m1 from Alice to Bob arrived twice", "faults[0]")),
    );

    let mut unlucky = scenario();
    unlucky.network.loss = PerMillion::ONE;
    says(
        Rule::ReliableChannels,
        &unlucky,
        Some(("m1 from Alice to Bob was lost (loss)", "network.loss")),
    );
    let mut lucky = scenario();
    lucky.network.duplicate = PerMillion::ONE;
    let twice = Some(("m1 from Alice to Bob arrived twice", "network.duplicate"));
    says(Rule::ReliableChannels, &lucky, twice);
}

#[test]
fn no_duplicates_break_with_a_second_copy_that_arrives_and_with_no_loss() {
    let mut scenario = scenario();
    scenario.faults = vec![Fault::Drop { message: ALICE_TO_BOB }];
    says(Rule::NoDuplicates, &scenario, None);
    let message = MessageName { from: node(0), to: node(2), number: 1 };
    scenario.faults.push(Fault::Duplicate { message, after: 5 });
    let twice = Some(("m1 from Alice to Carol arrived twice", "faults[1]"));
    says(Rule::NoDuplicates, &scenario, twice);
    scenario.faults.push(crash(12, 2, None));
    says(Rule::NoDuplicates, &scenario, None);
    scenario.faults.clear();
    scenario.network.duplicate = PerMillion::ONE;
    let twice = Some(("m1 from Alice to Bob arrived twice", "network.duplicate"));
    says(Rule::NoDuplicates, &scenario, twice);
}

#[test]
fn no_loss_breaks_with_a_loss_to_a_node_that_is_up() {
    let mut scenario = scenario();
    scenario.faults = vec![crash(5, 1, None), Fault::Recover { node: node(1), at: 50 }];
    says(Rule::NoLoss, &scenario, None);
    let message = MessageName { from: node(0), to: node(2), number: 1 };
    scenario.faults.extend([Fault::Drop { message }, crash(9, 0, None), crash(200, 2, None)]);
    says(Rule::ReliableChannels, &scenario, None);
    let lost = Some(("m1 from Alice to Carol was lost (drop)", "faults[2]"));
    says(Rule::NoLoss, &scenario, lost);
    scenario.faults[2] = Fault::Duplicate { message, after: 5 };
    says(Rule::NoLoss, &scenario, Some(("m1 from Alice to Carol arrived twice", "faults[2]")));
}

#[test]
fn reliable_channels_break_with_corruption_or_a_missing_link() {
    let mut damaged = scenario();
    damaged.faults = vec![Fault::Corrupt { message: ALICE_TO_BOB, bits: vec![3] }];
    let by_hand = Some(("m1 from Alice to Bob was lost (corrupt)", "faults[0]"));
    says(Rule::ReliableChannels, &damaged, by_hand);
    let mut noisy = scenario();
    noisy.network.corrupt = PerMillion::ONE;
    let by_luck = Some(("m1 from Alice to Bob was lost (corrupt)", "network.corrupt"));
    says(Rule::ReliableChannels, &noisy, by_luck);
    let mut line = scenario();
    line.network.topology = Topology::Line;
    let unlinked = Some(("m1 from Alice to Carol was lost (unlinked)", "network.topology"));
    says(Rule::ReliableChannels, &line, unlinked);
    // Messages from or to a traitor do not concern channels between correct nodes.
    damaged.faults.push(Fault::Traitor { node: node(1), strategy: Strategy::Scripted });
    says(Rule::ReliableChannels, &damaged, None);
}

#[test]
fn fair_loss_breaks_with_a_link_that_never_works_again() {
    let mut unfair = scenario();
    unfair.faults = vec![Fault::Drop { message: ALICE_TO_BOB }];
    says(Rule::FairLossChannels, &unfair, None);
    let (from, to) = (node(0), node(1));
    let cut = |until| Fault::Cut { from, to, at: 0, until };
    unfair.faults = vec![cut(unfair.until - 1)];
    says(Rule::FairLossChannels, &unfair, None);
    unfair.faults = vec![cut(unfair.until)];
    let cut = "m1 from Alice to Bob was lost (cut), like every later message of its link";
    says(Rule::FairLossChannels, &unfair, Some((cut, "faults[0]")));
    // The fate of a faulty node's messages does not concern channels between correct nodes.
    unfair.faults.push(crash(500, 1, None));
    says(Rule::FairLossChannels, &unfair, None);

    let mut lossy = scenario();
    lossy.network.loss = PerMillion(999_999);
    says(Rule::FairLossChannels, &lossy, None);
    lossy.network.loss = PerMillion::ONE;
    let lost = "m1 from Alice to Bob was lost (loss), like every later message of its link";
    says(Rule::FairLossChannels, &lossy, Some((lost, "network.loss")));
    let mut line = scenario();
    line.network.topology = Topology::Line;
    let unlinked =
        "m1 from Alice to Carol was lost (unlinked), like every later message of its link";
    says(Rule::FairLossChannels, &line, Some((unlinked, "network.topology")));
}

#[test]
fn hosts_are_linked_holds_with_one_network_of_routers() {
    let linked = |links: &[[usize; 2]], routers: &[usize]| {
        let mut scenario = scenario();
        scenario.nodes = ["Alice", "Bob", "Carol", "R1", "R2"].map(str::to_owned).into();
        let links = links.iter().map(|link| link.map(node)).collect();
        let routers = routers.iter().copied().map(node).collect();
        scenario.network.topology = Topology::Links { links, routers };
        scenario
    };
    let says = |scenario: &Scenario, why| says(Rule::HostsAreLinked, scenario, why);
    says(&linked(&[[0, 3], [1, 3], [2, 4], [3, 4]], &[3, 4]), None);
    let apart = linked(&[[0, 3], [1, 3], [2, 4]], &[3, 4]);
    says(&apart, Some(("R1 and R2 are not linked", "network.topology")));
    let alone = linked(&[[0, 3], [1, 3], [3, 4]], &[3, 4]);
    says(&alone, Some(("Alice and Carol are not linked", "network.topology")));
    // A host forwards nothing, so it must link only its neighbours.
    let behind = linked(&[[0, 3], [1, 3], [1, 2], [3, 4]], &[3, 4]);
    says(&behind, Some(("Alice and Carol are not linked", "network.topology")));
    says(&linked(&[[0, 1], [0, 2], [1, 2]], &[3, 4]), None);
}

#[test]
fn shared_medium_reaches_all_nodes() {
    let mut scenario = scenario();
    let links = Some(("the nodes share no medium", "network.medium"));
    says(Rule::SharedMedium, &scenario, links);
    scenario.network.medium = Medium::Shared;
    says(Rule::SharedMedium, &scenario, None);
    scenario.network.topology = Topology::Line;
    let far = Some(("Alice and Carol are not linked", "network.topology"));
    says(Rule::SharedMedium, &scenario, far);
}

#[test]
fn at_most_traitors_counts_traitors_and_crashed_nodes() {
    let mut scenario = scenario();
    scenario.nodes.push("Dave".to_owned());
    scenario.params.insert("max-crashes".to_owned(), ParameterValue::Integer(1));
    let traitor = |index| Fault::Traitor { node: node(index), strategy: Strategy::Flip };
    scenario.faults = vec![traitor(1), traitor(1)];
    says(Rule::NoTraitors, &scenario, Some(("Bob is a traitor", "faults[0]")));
    says(Rule::AtMostTraitors(MAX_CRASHES), &scenario, None);
    says(Rule::TraitorsBelowThird, &scenario, None);
    scenario.faults.push(traitor(2));
    let two = Some(("Bob and Carol are traitors, at most 1 of 4 may be faulty", "faults[2]"));
    says(Rule::AtMostTraitors(MAX_CRASHES), &scenario, two);
    says(Rule::TraitorsBelowThird, &scenario, two);
    // A crash is the mildest treason.
    scenario.faults = vec![traitor(1), crash(1, 1, None), crash(7, 3, None)];
    says(Rule::NoTraitors, &scenario, Some(("Bob is a traitor", "faults[0]")));
    let fell = Some(("Bob is a traitor, Dave crashed, at most 1 of 4 may be faulty", "faults[2]"));
    says(Rule::AtMostTraitors(MAX_CRASHES), &scenario, fell);
    says(Rule::TraitorsBelowThird, &scenario, fell);
}

#[test]
fn losses_below_counts_lost_messages_between_correct_nodes() {
    let mut scenario = scenario();
    let to_carol = MessageName { to: node(2), ..ALICE_TO_BOB };
    scenario.faults = [ALICE_TO_BOB, to_carol].map(|message| Fault::Drop { message }).into();
    scenario.params.insert("max-crashes".to_owned(), ParameterValue::Integer(3));
    says(Rule::LossesBelow(MAX_CRASHES), &scenario, None);
    scenario.params.insert("max-crashes".to_owned(), ParameterValue::Integer(2));
    let lost = "m1 from Alice to Carol was lost (drop); fewer than 2 may be";
    says(Rule::LossesBelow(MAX_CRASHES), &scenario, Some((lost, "faults[1]")));
    // The losses of a faulty node's messages do not count.
    scenario.faults.push(crash(500, 2, None));
    says(Rule::LossesBelow(MAX_CRASHES), &scenario, None);
}

#[test]
fn more_nodes_than_compares_nodes_with_the_parameter() {
    let mut scenario = scenario();
    scenario.params.insert("max-crashes".to_owned(), ParameterValue::Integer(1));
    says(Rule::MoreNodesThan(2, MAX_CRASHES), &scenario, None);
    let few = Some(("3 nodes are not more than 3 × 1", "nodes"));
    says(Rule::MoreNodesThan(3, MAX_CRASHES), &scenario, few);
}

#[test]
fn requests_before_breaks_with_a_late_request() {
    let mut scenario = scenario();
    scenario.requests.push(broadcast(20, 2, "m2"));
    scenario.params.insert("max-crashes".to_owned(), ParameterValue::Integer(21));
    says(Rule::RequestsBefore(MAX_CRASHES), &scenario, None);
    scenario.params.insert("max-crashes".to_owned(), ParameterValue::Integer(20));
    let late = Some(("Carol received a request at 20 ms, not before 20", "requests[1]"));
    says(Rule::RequestsBefore(MAX_CRASHES), &scenario, late);
}

#[test]
fn no_traitors_is_assumed_without_a_rule_on_traitors() {
    let mut scenario = scenario();
    scenario.faults = vec![Fault::Traitor { node: node(0), strategy: Strategy::Silent }];
    let trace = run_valid(&scenario);
    let protocol = protocol(&scenario.protocol);
    assert!(protocol.assumptions().all(|assumption| !assumption.rule.is_on_traitors()));
    let broken = report(protocol, &scenario, &trace).breaches;
    assert_eq!(broken.iter().map(|it| it.rule).collect::<Vec<_>>(), [Rule::NoTraitors]);
}

#[test]
fn fifo_channels_break_with_an_overtaken_message() {
    let mut scenario = scenario();
    scenario.requests.push(broadcast(1, 0, "m2"));
    says(Rule::FifoChannels, &scenario, None);
    scenario.faults = vec![Fault::Delay { message: ALICE_TO_BOB, by: 5 }];
    says(Rule::FifoChannels, &scenario, Some(("m1 from Alice to Bob was overtaken", "faults[0]")));
    // It is broken from the arrival of the later message, not from that of the earlier one.
    let trace = run_valid(&scenario);
    let breach = Rule::FifoChannels.breach(protocol(&scenario.protocol), &scenario, &trace);
    let event = breach.and_then(|breach| breach.event).expect("a receipt shows it");
    assert_eq!((trace.events[event].time, trace.events[event].node), (11, node(1)));
    scenario.faults = vec![Fault::Duplicate { message: ALICE_TO_BOB, after: 5 }];
    says(Rule::FifoChannels, &scenario, None);
}

#[test]
fn synchrony_breaks_without_a_bound_and_with_a_late_message() {
    let mut scenario = scenario();
    let asynchronous = "the network is asynchronous: it has no delay bound";
    says(Rule::Synchrony, &scenario, Some((asynchronous, "network.timing")));
    scenario.network.timing = Timing::Synchronous(9);
    let late = Some(("m1 from Alice to Bob took 10 ms, more than 9", "network.delay"));
    says(Rule::Synchrony, &scenario, late);
    scenario.network.timing = Timing::Synchronous(10);
    scenario.faults = vec![Fault::Delay { message: ALICE_TO_BOB, by: 1 }];
    let delayed = Some(("m1 from Alice to Bob took 11 ms, more than 10", "faults[0]"));
    says(Rule::Synchrony, &scenario, delayed);
}

#[test]
fn synchrony_breaks_at_the_moment_a_late_message_was_due() {
    let mut scenario = scenario();
    scenario.network.timing = Timing::Synchronous(10);
    scenario.faults = vec![Fault::Delay { message: ALICE_TO_BOB, by: 100 }];
    let trace = run_valid(&scenario);
    let breach = Rule::Synchrony.breach(protocol("reliable-broadcast"), &scenario, &trace);
    let since = breach.and_then(|breach| breach.event).expect("one message is late");
    assert_eq!(trace.events[since].time, 10);
    assert!(trace.events[since - 1].time < 10);
}

#[test]
fn at_most_crashes_counts_crashed_nodes() {
    let mut scenario = scenario();
    scenario.params.insert("max-crashes".to_owned(), ParameterValue::Integer(1));
    scenario.faults = vec![crash(5, 1, None)];
    says(Rule::RequestersStayUp, &scenario, None);
    says(Rule::AtMostCrashes(MAX_CRASHES), &scenario, None);
    says(Rule::MajorityCorrect, &scenario, None);
    scenario.faults.push(crash(7, 0, None));
    let requester = Some(("Alice crashed at 7 ms", "faults[1]"));
    says(Rule::RequestersStayUp, &scenario, requester);
    let two = Some(("Alice and Bob crashed, at most 1 may", "faults[1]"));
    says(Rule::AtMostCrashes(MAX_CRASHES), &scenario, two);
    let half = Some(("Alice and Bob crashed, 2 of 3", "faults[1]"));
    says(Rule::MajorityCorrect, &scenario, half);
}

#[test]
fn crashes_are_detected_holds_with_a_detector_only() {
    let mut scenario = scenario();
    scenario.faults = vec![crash(5, 1, None)];
    let silent = Some(("Bob crashed, and no failure detector reports it", "network.detector"));
    says(Rule::CrashesAreDetected, &scenario, silent);
    scenario.network.detector = Detector::Perfect(50);
    says(Rule::CrashesAreDetected, &scenario, None);
}

#[test]
fn requesters_come_back_breaks_with_a_crash_for_good() {
    let comes_back = Rule::RequestersRecover("broadcast");
    let mut scenario = scenario();
    scenario.faults = vec![crash(5, 0, None), crash(6, 1, None)];
    let gone = Some(("Alice crashed at 5 ms, and never recovered", "faults[0]"));
    says(comes_back, &scenario, gone);
    says(Rule::RequestersRecover("begin"), &scenario, None);
    scenario.faults.push(Fault::Recover { node: node(0), at: 30 });
    says(comes_back, &scenario, None);
    scenario.faults.push(crash(40, 0, None));
    let again = Some(("Alice crashed at 40 ms, and never recovered", "faults[3]"));
    says(comes_back, &scenario, again);
}

#[test]
fn no_recoveries_breaks_with_a_recovery() {
    let mut scenario = scenario();
    scenario.faults = vec![crash(5, 1, None), Fault::Recover { node: node(1), at: 30 }];
    let back = Some(("Bob recovered at 30 ms", "faults[1]"));
    says(Rule::NoRecoveries, &scenario, back);
}

#[test]
fn runs_to_rest_breaks_with_a_run_cut_short() {
    let mut scenario = scenario();
    scenario.network.delay = Delay { min: 50, max: 50 };
    scenario.until = 49;
    let short = Some(("the run ends at 49 ms, before it is at rest", "until"));
    says(Rule::RunsToQuiescence, &scenario, short);
    scenario.until = 100;
    says(Rule::RunsToQuiescence, &scenario, None);
}

#[test]
fn crash_breaks_the_rule_on_the_node_it_strikes() {
    let mut crashed = scenario();
    crashed.faults = vec![crash(200, 1, None)];
    let said = Some(("Bob crashed at 200 ms", "faults[0]"));
    says(Rule::NoCrashes, &crashed, said);
    says(Rule::NoRouterCrashes, &crashed, None);
    let links = vec![[node(0), node(1)], [node(1), node(2)]];
    crashed.network.topology = Topology::Links { links, routers: node(1).into() };
    let said = Some(("Bob, a router, crashed at 200 ms", "faults[0]"));
    says(Rule::NoRouterCrashes, &crashed, said);
}

#[test]
fn synchrony_breaks_with_a_pause() {
    let mut paused = scenario();
    paused.network.timing = Timing::Synchronous(10);
    paused.faults = vec![Fault::Pause { node: node(2), at: 300, until: 310 }];
    says(Rule::Synchrony, &paused, Some(("Carol paused at 300 ms", "faults[0]")));
}

#[test]
fn parameter_is_breaks_with_another_value_and_names_it() {
    let mut tuned = scenario();
    tuned.params.insert("max-crashes".to_owned(), ParameterValue::Integer(1));
    let said = Some(("max-crashes is 1", "params.max-crashes"));
    says(MAX_CRASHES.is("127"), &tuned, said);
}

#[test]
fn wrong_clock_breaks_its_rule_once_it_is_read() {
    let wrong = |rate, offset| {
        let mut scenario = Scenario::new(RUMOUR.id, Scenario::numbered(2));
        let rate = PerMillion(rate);
        scenario.faults = vec![Fault::Drift { node: node(0), rate, offset }];
        scenario.ask(10, node(0), "look", None);
        scenario
    };
    let drifting = |rate| wrong(rate, 0);
    let breach = |rule: Rule, scenario: &Scenario| {
        let trace = run(&RUMOUR, scenario).expect("the rumour's requests");
        rule.breach(&RUMOUR, scenario, &trace)
            .map(|it| (spell(&it.why, &scenario.nodes), it.culprit))
    };
    let said =
        ("P1's clock runs at 1.01 times the correct rate".to_owned(), "faults[0]".to_owned());
    assert_eq!(breach(Rule::NoDrift, &drifting(1_010_000)), Some(said));
    assert_eq!(breach(Rule::NoDrift, &drifting(1_000_000)), None);
    let said = ("P1's clock is 5 ms ahead when the run begins".to_owned(), "faults[0]".to_owned());
    assert_eq!(breach(Rule::ClocksStartCorrect, &wrong(1_000_000, 5)), Some(said));
    assert_eq!(breach(Rule::ClocksStartCorrect, &drifting(1_010_000)), None);
    let mut unseen = wrong(1_010_000, 5);
    unseen.requests.clear();
    assert_eq!(breach(Rule::NoDrift, &unseen), None);
    assert_eq!(breach(Rule::ClocksStartCorrect, &unseen), None);
}

#[test]
fn liveness_assumption_that_is_broken_does_not_excuse_safety() {
    let assumption = Rule::NoCrashes.always().for_liveness();
    assert_eq!(assumption.statement(), "no node crashes (for liveness)");
    let model: &'static [Assumption] = Box::leak(Box::new([assumption]));
    let fragile = Protocol { model, ..*protocol("reliable-broadcast") };
    let mut scenario = scenario();
    scenario.faults = vec![crash(0, 0, Some(1))];
    let trace = run(&fragile, &scenario).expect("a broadcast is a request");
    let report = report(&fragile, &scenario, &trace);
    let rules =
        |kind| -> Vec<Rule> { report.breaches_of(kind).map(|breach| breach.rule).collect() };
    assert_eq!(rules(Kind::Liveness), [Rule::NoCrashes]);
    assert_eq!(rules(Kind::Safety), []);
}

#[test]
fn timeout_covers_breaks_with_a_timeout_below_period_and_bound() {
    let rule = Rule::TimeoutCovers(
        heartbeat_detector::Parameters::timeout,
        heartbeat_detector::Parameters::period,
    );
    assert_eq!(rule.statement(), "timeout is at least period plus the delay bound");
    let mut scenario = common::scenario("heartbeat-detector", 2, 10);
    scenario.until = 100;
    for (name, value) in [("timeout", 90), ("period", 60)] {
        scenario.params.insert(name.to_owned(), ParameterValue::Integer(value));
    }
    scenario.network.timing = Timing::Synchronous(30);
    says(rule, &scenario, None);
    scenario.network.timing = Timing::Synchronous(31);
    let why = "timeout is 90 ms, less than period (60) and the delay bound (31) together";
    says(rule, &scenario, Some((why, "params.timeout")));
    scenario.network.timing = Timing::Asynchronous;
    says(rule, &scenario, None);
}

#[test]
fn flips_at_most_breaks_with_one_flip_more_in_a_message_that_arrives() {
    let mut scenario = common::scenario("checksummed-link", 2, 10);
    let with = serde_json::json!({"to": scenario.nodes[1], "payload": 100});
    scenario.ask(0, node(0), "send", Some(with));
    let message = MessageName { from: node(0), to: node(1), number: 1 };
    scenario.faults = vec![Fault::Corrupt { message, bits: vec![0, 1] }];
    says(Rule::FlipsAtMost(2), &scenario, None);
    let flipped = Some(("bits of 100 from P1 to P2 flipped in transit", "faults[0]"));
    says(Rule::FlipsAtMost(1), &scenario, flipped);
    scenario.faults.clear();
    says(Rule::FairLossChannels, &scenario, None);
    scenario.network.corrupt = PerMillion::ONE;
    scenario.until = 200;
    says(Rule::FlipsAtMost(1), &scenario, None);
    let flipped = "bits of 100 from P1 to P2 flipped in transit";
    says(Rule::FlipsAtMost(0), &scenario, Some((flipped, "network.corrupt")));
    let always =
        "bits of 100 from P1 to P2 flipped in transit, like every later message of its link";
    says(Rule::FairLossChannels, &scenario, Some((always, "network.corrupt")));
}
