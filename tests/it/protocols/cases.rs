//! Inputs on which a protocol was wrong or its model incomplete, each with the correct result. The files are in
//! `tests/cases/`.

use std::fs;

use worldlines::{
    analysis::{Report, report},
    formats::scenario,
    kernel::{EventKind, Rule, Scenario, Trace, spell},
};

use crate::common::{folder, protocol, run_valid};

/// A case, as it was run and judged.
struct Case {
    scenario: Scenario,
    trace: Trace,
    report: Report,
}

impl Case {
    fn of(name: &str) -> Self {
        let path = folder("tests/cases").join(format!("{name}.json"));
        let text = fs::read_to_string(&path).expect("the case is there");
        let scenario = scenario::read(&text).expect("the case is a scenario");
        let trace = run_valid(&scenario);
        let report = report(protocol(&scenario.protocol), &scenario, &trace);
        Self { scenario, trace, report }
    }

    /// Status of the property of this name: `holds`.
    fn status(&self, property: &str) -> &'static str {
        let mut judgements = self.report.judgements.iter();
        let found = judgements.find(|it| it.property.name == property);
        found.expect("the protocol has that property").verdict.status()
    }

    /// The properties that are violated or undecided.
    fn not_holding(&self) -> Vec<&str> {
        let judgements = self.report.judgements.iter();
        let wrong = judgements.filter(|it| it.verdict.status() != "holds");
        wrong.map(|it| it.property.name).collect()
    }

    /// The last indication at this node: `leader P1`.
    fn last_told(&self, node: &str) -> String {
        let place = self.scenario.nodes.iter().position(|it| it == node).expect("a node's name");
        let told = self.trace.events.iter().rev().find_map(|event| match &event.kind {
            EventKind::Indicate { packet, .. } if event.node.index() == place => Some(packet),
            _ => None,
        });
        spell(&told.expect("it is told something").to_string(), &self.scenario.nodes)
    }

    /// The path of the fault that broke a rule.
    fn culprit(&self, rule: Rule) -> Option<&str> {
        let mut breaches = self.report.breaches.iter();
        breaches.find(|it| it.rule == rule).map(|it| it.culprit.as_str())
    }
}

const TRAITORS: worldlines::kernel::ParameterName =
    worldlines::protocols::byzantine::interactive_consistency::Parameters::traitors;

#[test]
fn bully_stale_coordinator_is_not_believed() {
    let case = Case::of("bully-stale-coordinator");
    for node in ["P1", "P2", "P3"] {
        assert_eq!(case.last_told(node), "leader P3");
    }
    assert_eq!(case.not_holding(), [""; 0]);
    assert_eq!(case.report.breaches, []);
}

#[test]
fn interactive_consistency_counts_a_general_s_own_receipt() {
    let case = Case::of("interactive-consistency-own-receipt");
    assert_eq!(case.last_told("G2"), "decide (ATTACK, ⊥, ⊥, ⊥, ⊥, ⊥, ⊥)");
    for loyal in ["G1", "G3"] {
        assert!(case.last_told(loyal).starts_with("decide (ATTACK, "), "{loyal}");
    }
    // Three traitors are one too many, but without effect in this run.
    assert_eq!(case.not_holding(), [""; 0]);
    assert!(case.report.breaches.iter().any(|it| it.rule == Rule::AtMostTraitors(TRAITORS)));
}

#[test]
fn two_phase_commit_participant_in_doubt_asks_again_after_its_recovery() {
    let case = Case::of("recovered-in-doubt");
    for node in ["coord", "c1", "c2"] {
        assert_eq!(case.last_told(node), "commit");
    }
    assert_eq!(case.not_holding(), [""; 0]);
}

#[test]
fn two_phase_commit_participant_that_recovers_before_voting_aborts() {
    let case = Case::of("recovered-never-voted");
    for node in ["coord", "c1", "c2"] {
        assert_eq!(case.last_told(node), "abort");
    }
    assert_eq!(case.not_holding(), [""; 0]);
}

#[test]
fn paxos_node_that_recovers_learns_the_decision() {
    let case = Case::of("recovered-never-learns");
    for node in ["A", "B", "C"] {
        assert_eq!(case.last_told(node), "decide v");
    }
    assert_eq!(case.not_holding(), [""; 0]);
}

#[test]
fn source_tree_router_that_no_header_lists_is_refused() {
    let case = Case::of("router-joins-unlisted");
    assert_eq!(case.last_told("R"), "refuse (a router: headers list hosts only)");
    assert_eq!(case.last_told("Bob"), "deliver m");
    assert_eq!(case.not_holding(), [""; 0]);
    assert_eq!(case.report.breaches, []);
}

#[test]
fn exactly_once_effect_is_violated_where_a_repetition_undoes_a_later_set() {
    let case = Case::of("set-twice-around-another");
    assert_eq!(case.status("exactly-once effect"), "violated");
    assert_eq!(case.not_holding(), ["exactly-once effect", "no duplication"]);
}

#[test]
fn retransmission_relies_on_fair_loss() {
    let case = Case::of("fair-loss-not-stated");
    assert_eq!(case.not_holding(), ["reliable delivery", "exactly-once effect"]);
    assert_eq!(case.culprit(Rule::FairLossChannels), Some("faults[0]"));
}

/// A message that a correct member misses for ever is a gap on its link as soon as a later message of that link arrives,
/// whatever happens to the sender.
#[test]
fn virtual_synchrony_relies_on_links_without_gaps() {
    for name in ["gap-on-a-fifo-link", "lost-by-one-that-crashes-later"] {
        let case = Case::of(name);
        assert_eq!(case.not_holding(), ["virtual synchrony"], "{name}");
        assert_eq!(case.culprit(Rule::FifoChannels), Some("faults[0]"), "{name}");
        let mut judgements = case.report.judgements.iter();
        let violated = judgements.find(|it| it.verdict.is_violated()).expect("it is violated");
        let broke = case.report.broke(violated, &case.trace).map(|it| it.culprit.as_str());
        assert_eq!(broke, Some("faults[0]"), "{name}");
    }
}

#[test]
fn bully_leader_that_crashed_while_its_follower_was_down_is_deposed() {
    let case = Case::of("bully-dead-leader-followed");
    assert_eq!(case.last_told("P1"), "leader P1");
    assert_eq!(case.not_holding(), [""; 0]);
    assert_eq!(case.report.breaches, []);
}
