//! What a scenario breaks of what a protocol relies on, and how it is said.

mod common;

use common::{broadcast, crash, node, protocol, run_valid};
use worldlines::kernel::{
    Delay, Detector, Fault, MessageName, NodeId, ParameterValue, PerMillion, Rule, Scenario,
    Strategy, Timing, Topology, report, spell,
};

/// Three nodes on a network where everything takes 10 ms; the first broadcasts at 0.
fn scenario() -> Scenario {
    let mut scenario = common::scenario("reliable-broadcast", 3, 10);
    scenario.nodes = ["Alice", "Bob", "Carol"].map(str::to_owned).into();
    scenario.requests = vec![broadcast(0, 0, "m1")];
    scenario
}

const ALICE_TO_BOB: MessageName =
    MessageName { from: NodeId::new(0), to: NodeId::new(1), number: 1 };

/// Asserts what is said of a rule: nothing, or how it is broken and where in the scenario.
#[track_caller]
fn says(rule: Rule, scenario: &Scenario, expected: Option<(&str, &str)>) {
    let trace = run_valid(scenario);
    let breach = rule.breach(protocol(&scenario.protocol), scenario, &trace);
    let said = breach.map(|it| (spell(&it.why, &scenario.nodes), it.culprit));
    let said = said.as_ref().map(|(why, culprit)| (why.as_str(), culprit.as_str()));
    assert_eq!(said, expected);
}

#[test]
fn nothing_is_broken_when_nothing_happens() {
    let mut scenario = scenario();
    scenario.network.timing = Timing::Synchronous(10);
    for rule in [
        Rule::ReliableChannels,
        Rule::FifoChannels,
        Rule::Synchrony,
        Rule::RequestersStayUp,
        Rule::RequestersComeBack("broadcast"),
        Rule::AtMostCrashes("max-crashes"),
        Rule::MajorityStaysUp,
        Rule::CrashesAreDetected,
        Rule::NobodyRecovers,
        Rule::NobodyLies,
        Rule::AtMostTraitors("max-crashes"),
        Rule::TraitorsBelowThird,
        Rule::RunsToRest,
    ] {
        says(rule, &scenario, None);
    }
}

#[test]
fn channels_are_unreliable_when_a_message_between_the_correct_is_lost_or_doubled() {
    let mut dropped = scenario();
    dropped.faults = vec![Fault::Drop { message: ALICE_TO_BOB }];
    let lost = Some(("Alice>Bob#1 was lost (drop)", "faults[0]"));
    says(Rule::ReliableChannels, &dropped, lost);
    dropped.faults.push(crash(200, 1, None));
    says(Rule::ReliableChannels, &dropped, None);

    let mut doubled = scenario();
    doubled.faults = vec![Fault::Duplicate { message: ALICE_TO_BOB, after: 5 }];
    says(Rule::ReliableChannels, &doubled, Some(("Alice>Bob#1 arrived twice", "faults[0]")));

    let mut unlucky = scenario();
    unlucky.network.loss = PerMillion::ONE;
    says(Rule::ReliableChannels, &unlucky, Some(("Alice>Bob#1 was lost (loss)", "network.loss")));
    let mut lucky = scenario();
    lucky.network.duplicate = PerMillion::ONE;
    let twice = Some(("Alice>Bob#1 arrived twice", "network.duplicate"));
    says(Rule::ReliableChannels, &lucky, twice);
}

#[test]
fn channels_are_unreliable_when_bits_flip_or_links_are_missing() {
    let mut damaged = scenario();
    damaged.faults = vec![Fault::Corrupt { message: ALICE_TO_BOB, bits: vec![3] }];
    let by_hand = Some(("Alice>Bob#1 was lost (corrupt)", "faults[0]"));
    says(Rule::ReliableChannels, &damaged, by_hand);
    let mut noisy = scenario();
    noisy.network.corrupt = PerMillion::ONE;
    let by_luck = Some(("Alice>Bob#1 was lost (corrupt)", "network.corrupt"));
    says(Rule::ReliableChannels, &noisy, by_luck);
    let mut line = scenario();
    line.network.topology = Topology::Line;
    let unlinked = Some(("Alice>Carol#1 was lost (unlinked)", "network.topology"));
    says(Rule::ReliableChannels, &line, unlinked);
    // What a traitor sends or receives is no concern of channels between the correct.
    damaged.faults.push(Fault::Traitor { node: node(1), strategy: Strategy::Scripted });
    says(Rule::ReliableChannels, &damaged, None);
}

#[test]
fn traitors_are_counted_by_whom_they_are() {
    let mut scenario = scenario();
    scenario.nodes.push("Dave".to_owned());
    scenario.params.insert("max-crashes".to_owned(), ParameterValue::Integer(1));
    let traitor = |index| Fault::Traitor { node: node(index), strategy: Strategy::Flip };
    scenario.faults = vec![traitor(1), traitor(1)];
    says(Rule::NobodyLies, &scenario, Some(("Bob is a traitor", "faults[0]")));
    says(Rule::AtMostTraitors("max-crashes"), &scenario, None);
    says(Rule::TraitorsBelowThird, &scenario, None);
    scenario.faults.push(traitor(2));
    let two = Some(("Bob and Carol are traitors, at most 1 of 4 may be", "faults[2]"));
    says(Rule::AtMostTraitors("max-crashes"), &scenario, two);
    says(Rule::TraitorsBelowThird, &scenario, two);
}

#[test]
fn who_says_nothing_of_traitors_relies_on_there_being_none() {
    let mut scenario = scenario();
    scenario.faults = vec![Fault::Traitor { node: node(0), strategy: Strategy::Silent }];
    let trace = run_valid(&scenario);
    let protocol = protocol(&scenario.protocol);
    assert!(protocol.model.iter().all(|assumption| !assumption.rule.is_on_traitors()));
    let broken = report(protocol, &scenario, &trace).breaches;
    assert_eq!(broken.iter().map(|it| it.rule).collect::<Vec<_>>(), [Rule::NobodyLies]);
}

#[test]
fn channels_are_not_fifo_when_a_message_is_overtaken() {
    let mut scenario = scenario();
    scenario.requests.push(broadcast(1, 0, "m2"));
    says(Rule::FifoChannels, &scenario, None);
    scenario.faults = vec![Fault::Delay { message: ALICE_TO_BOB, by: 5 }];
    says(Rule::FifoChannels, &scenario, Some(("Alice>Bob#1 was overtaken", "faults[0]")));
    scenario.faults = vec![Fault::Duplicate { message: ALICE_TO_BOB, after: 5 }];
    says(Rule::FifoChannels, &scenario, None);
}

#[test]
fn synchrony_is_a_bound_that_the_network_states_and_a_message_can_miss() {
    let mut scenario = scenario();
    let asynchronous = "the network is asynchronous: it promises no bound";
    says(Rule::Synchrony, &scenario, Some((asynchronous, "network.timing")));
    scenario.network.timing = Timing::Synchronous(9);
    let late = Some(("Alice>Bob#1 took 10 ms, more than 9", "network.delay"));
    says(Rule::Synchrony, &scenario, late);
    scenario.network.timing = Timing::Synchronous(10);
    scenario.faults = vec![Fault::Delay { message: ALICE_TO_BOB, by: 1 }];
    let delayed = Some(("Alice>Bob#1 took 11 ms, more than 10", "faults[0]"));
    says(Rule::Synchrony, &scenario, delayed);
}

#[test]
fn crashes_are_counted_by_whom_they_hit() {
    let mut scenario = scenario();
    scenario.params.insert("max-crashes".to_owned(), ParameterValue::Integer(1));
    scenario.faults = vec![crash(5, 1, None)];
    says(Rule::RequestersStayUp, &scenario, None);
    says(Rule::AtMostCrashes("max-crashes"), &scenario, None);
    says(Rule::MajorityStaysUp, &scenario, None);
    scenario.faults.push(crash(7, 0, None));
    let requester = Some(("Alice crashed at 7 ms", "faults[1]"));
    says(Rule::RequestersStayUp, &scenario, requester);
    let two = Some(("Alice and Bob crashed, at most 1 may", "faults[1]"));
    says(Rule::AtMostCrashes("max-crashes"), &scenario, two);
    let half = Some(("Alice and Bob crashed, 2 of 3", "faults[1]"));
    says(Rule::MajorityStaysUp, &scenario, half);
}

#[test]
fn crashes_are_detected_where_there_is_a_detector() {
    let mut scenario = scenario();
    scenario.faults = vec![crash(5, 1, None)];
    let silent = Some(("Bob crashed, and no failure detector tells", "network.detector"));
    says(Rule::CrashesAreDetected, &scenario, silent);
    scenario.network.detector = Detector::Perfect(50);
    says(Rule::CrashesAreDetected, &scenario, None);
}

#[test]
fn who_is_asked_may_be_expected_back() {
    let comes_back = Rule::RequestersComeBack("broadcast");
    let mut scenario = scenario();
    scenario.faults = vec![crash(5, 0, None), crash(6, 1, None)];
    let gone = Some(("Alice crashed at 5 ms, and never came back", "faults[0]"));
    says(comes_back, &scenario, gone);
    says(Rule::RequestersComeBack("begin"), &scenario, None);
    scenario.faults.push(Fault::Recover { node: node(0), at: 30 });
    says(comes_back, &scenario, None);
    scenario.faults.push(crash(40, 0, None));
    let again = Some(("Alice crashed at 40 ms, and never came back", "faults[3]"));
    says(comes_back, &scenario, again);
}

#[test]
fn who_comes_back_breaks_crash_stop() {
    let mut scenario = scenario();
    scenario.faults = vec![crash(5, 1, None), Fault::Recover { node: node(1), at: 30 }];
    let back = Some(("Bob came back at 30 ms without its memory", "faults[1]"));
    says(Rule::NobodyRecovers, &scenario, back);
}

#[test]
fn a_run_that_is_cut_short_is_not_at_rest() {
    let mut scenario = scenario();
    scenario.network.delay = Delay { min: 50, max: 50 };
    scenario.until = 49;
    let short = Some(("the run ends at 49 ms, before it is at rest", "until"));
    says(Rule::RunsToRest, &scenario, short);
    scenario.until = 100;
    says(Rule::RunsToRest, &scenario, None);
}
