use super::*;
use crate::{
    abstractions::mutex::Acquire,
    analysis::report,
    kernel::{Delay, Did, Input, MAX_NODES, Packet, Plan, Scenario, Solo, run, spell},
    protocols::testing::{acquire, group, indications, node, sends, slow},
};

#[test]
fn voting_sets_of_any_two_nodes_share_a_member() {
    for size in 1..=MAX_NODES {
        let nodes = (0..size).map(NodeId::new);
        let sets: Vec<_> = nodes.clone().map(|node| voting_set(node, size)).collect();
        assert!(sets.iter().zip(nodes).all(|(set, node)| set.contains(node)));
        for one in &sets {
            assert!(sets.iter().all(|other| !one.and(*other).is_empty()), "{one:?} of {size}");
        }
    }
}

#[test]
fn voting_set_is_a_row_and_a_column() {
    let set = |index, size| voting_set(NodeId::new(index), size).to_string();
    let named = |indices: &[usize]| -> String {
        indices.iter().copied().map(NodeId::new).collect::<NodeSet>().to_string()
    };
    assert_eq!(set(4, 9), named(&[1, 3, 4, 5, 7]));
    assert_eq!(set(2, 5), named(&[0, 1, 2]), "the last row is not full");
    for root in 1..=11 {
        assert_eq!(voting_set(NodeId::new(0), root * root).len(), 2 * root - 1);
    }
}

/// Three processes ask at the same time; P4's REQUEST reaches the voter P1 first, and P2's last.
fn ever_earlier() -> Scenario {
    let mut scenario = group(&PROTOCOL, 9);
    scenario.network.links = vec![slow(3, 1, 20), slow(2, 1, 30)];
    scenario.requests = vec![acquire(0, 2, 20), acquire(0, 3, 20), acquire(0, 4, 20)];
    scenario
}

#[test]
fn request_next_in_line_is_told_failed_when_an_earlier_one_arrives() {
    let scenario = ever_earlier();
    let mut by_p1 = sends(&PROTOCOL, &scenario);
    by_p1.retain(|it| it.contains(" P1>"));
    let expected = ["10 P1>P4 LOCKED", "20 P1>P4 INQUIRE", "30 P1>P3 FAILED"];
    assert_eq!(by_p1[..3], expected);
    let entered = indications(&PROTOCOL, &scenario);
    assert_eq!(entered.iter().filter(|it| it.ends_with("enter")).count(), 3);
}

#[test]
fn voter_without_inquire_answers_only_locked() {
    let mut scenario = ever_earlier();
    scenario.set(Parameters::inquire, false);
    let said = sends(&PROTOCOL, &scenario);
    let plain = ["REQUEST(1)", "LOCKED", "RELEASE"];
    assert!(said.iter().all(|it| plain.iter().any(|word| it.ends_with(word))), "{said:?}");
}

#[test]
fn process_inside_keeps_its_votes() {
    let mut scenario = group(&PROTOCOL, 3);
    scenario.network.links = vec![slow(2, 1, 30)];
    scenario.requests = vec![acquire(0, 3, 50), acquire(0, 2, 20)];
    let expected = ["20 P3 enter", "70 P3 exit", "90 P2 enter", "110 P2 exit"];
    assert_eq!(indications(&PROTOCOL, &scenario), expected);
    let said = sends(&PROTOCOL, &scenario);
    assert!(said.contains(&"30 P1>P3 INQUIRE".to_owned()), "{said:?}");
    assert!(!said.iter().any(|it| it.ends_with("RELINQUISH")), "{said:?}");
}

/// One node, without a network: the test makes up the messages that it receives.
struct Alone<'a> {
    scenario: &'a Scenario,
    plan: Plan<'a>,
    solo: Solo,
    me: NodeId,
}

impl<'a> Alone<'a> {
    fn new(scenario: &'a Scenario, number: usize) -> Self {
        let me = node(number);
        let plan = Plan::new(&PROTOCOL, scenario).expect("the scenario is valid");
        let solo = Solo::new(&plan, me);
        Self { scenario, plan, solo, me }
    }

    /// Its effects: `P2 LOCKED` is a message to P2, `enter` an indication.
    fn does(&mut self, input: Input) -> Vec<String> {
        let step = self.solo.handle(&self.plan, self.me, input, None);
        let said = step.did.into_iter().filter_map(|did| match did {
            Did::Sent { to, packet } => Some(format!("{to} {packet}")),
            Did::Told(packet) => Some(packet.to_string()),
            Did::Set { .. } => None,
        });
        said.map(|it| spell(&it, &self.scenario.nodes)).collect()
    }

    fn is_asked(&mut self) -> Vec<String> {
        self.does(Input::Request(Packet::new(Acquire { hold: 20 })))
    }

    fn hears(&mut self, number: usize, message: Message) -> Vec<String> {
        let packet = Packet::new(message);
        self.does(Input::Message { from: node(number), packet })
    }

    fn waits_for(&self) -> String {
        spell(&self.solo.machine().waits_for().to_string(), &self.scenario.nodes)
    }
}

/// The request of a node with this time.
fn of(number: usize, time: u32) -> Timestamp {
    Timestamp { time, node: node(number) }
}

const NOTHING: [&str; 0] = [];

/// A voter that obeys a RELEASE twice gives away a vote that another process has, and two are inside.
#[test]
fn voter_ignores_a_release_of_a_request_that_has_not_its_vote() {
    let scenario = group(&PROTOCOL, 4);
    let mut voter = Alone::new(&scenario, 4);
    assert_eq!(voter.hears(2, Message::Request(of(2, 1))), ["P2 LOCKED"]);
    assert_eq!(voter.hears(3, Message::Request(of(3, 2))), ["P3 FAILED"]);
    assert_eq!(voter.hears(2, Message::Release(of(2, 1))), ["P3 LOCKED"]);
    assert_eq!(voter.hears(2, Message::Request(of(2, 3))), ["P2 FAILED"]);
    assert_eq!(voter.hears(2, Message::Release(of(2, 1))), NOTHING, "P3 has the vote");
    assert_eq!(voter.hears(3, Message::Release(of(3, 2))), ["P2 LOCKED"]);
}

/// A vote that was given back has been given to another request since. A second RELINQUISH must neither take it from
/// that request nor put its own into the queue twice.
#[test]
fn voter_ignores_a_relinquish_of_a_request_that_has_not_its_vote() {
    let scenario = group(&PROTOCOL, 4);
    let mut voter = Alone::new(&scenario, 4);
    assert_eq!(voter.hears(3, Message::Request(of(3, 2))), ["P3 LOCKED"]);
    assert_eq!(voter.hears(2, Message::Request(of(2, 1))), ["P3 INQUIRE"]);
    assert_eq!(voter.hears(3, Message::Relinquish(of(3, 2))), ["P2 LOCKED"]);
    assert_eq!(voter.hears(3, Message::Relinquish(of(3, 2))), NOTHING, "P2 has the vote");
    assert_eq!(voter.hears(2, Message::Release(of(2, 1))), ["P3 LOCKED"]);
    assert_eq!(voter.hears(3, Message::Release(of(3, 2))), NOTHING, "the queue is empty");
}

/// P1, which has asked P2 and P3 and has its own vote.
fn wants_two_votes(scenario: &Scenario) -> Alone<'_> {
    let mut wants = Alone::new(scenario, 1);
    assert_eq!(wants.is_asked(), ["P2 REQUEST(1)", "P3 REQUEST(1)"]);
    wants
}

/// As long as no voter has said FAILED, all votes may still come. Processes that give votes back without need may
/// do so for ever.
#[test]
fn keeps_a_vote_until_another_voter_says_failed() {
    let scenario = group(&PROTOCOL, 4);
    let mut wants = wants_two_votes(&scenario);
    assert_eq!(wants.hears(2, Message::Locked(of(1, 1))), NOTHING);
    assert_eq!(wants.hears(2, Message::Inquire(of(1, 1))), NOTHING);
    assert_eq!(wants.hears(3, Message::Locked(of(1, 1))), ["enter"]);
    // With a FAILED the vote goes back at once.
    let mut wants = wants_two_votes(&scenario);
    wants.hears(2, Message::Locked(of(1, 1)));
    wants.hears(2, Message::Inquire(of(1, 1)));
    assert_eq!(wants.hears(3, Message::Failed(of(1, 1))), ["P2 RELINQUISH"]);
}

/// The voter that said FAILED has given its vote since, so its FAILED no longer counts.
#[test]
fn forgets_a_failed_when_the_vote_comes_after_all() {
    let scenario = group(&PROTOCOL, 4);
    let mut wants = wants_two_votes(&scenario);
    assert_eq!(wants.hears(2, Message::Failed(of(1, 1))), NOTHING);
    assert_eq!(wants.hears(2, Message::Locked(of(1, 1))), NOTHING);
    assert_eq!(wants.hears(2, Message::Inquire(of(1, 1))), NOTHING);
    assert_eq!(wants.hears(3, Message::Locked(of(1, 1))), ["enter"]);
}

/// Channels need not be FIFO: a FAILED that arrives after its voter's LOCKED is older.
#[test]
fn ignores_a_failed_that_the_vote_has_overtaken() {
    let scenario = group(&PROTOCOL, 4);
    let mut wants = wants_two_votes(&scenario);
    assert_eq!(wants.hears(2, Message::Locked(of(1, 1))), NOTHING);
    assert_eq!(wants.hears(2, Message::Failed(of(1, 1))), NOTHING);
    assert_eq!(wants.hears(2, Message::Inquire(of(1, 1))), NOTHING);
    assert_eq!(wants.hears(3, Message::Locked(of(1, 1))), ["enter"]);
}

/// A cycle of processes that wait for each other leads through voters: a voter waits, for the requests in its queue,
/// for the process that has its vote.
#[test]
fn voter_with_a_queue_waits_for_the_holder_of_its_vote() {
    let scenario = group(&PROTOCOL, 4);
    let mut voter = Alone::new(&scenario, 4);
    voter.hears(2, Message::Request(of(2, 1)));
    assert_eq!(voter.waits_for(), "");
    voter.hears(3, Message::Request(of(3, 2)));
    assert_eq!(voter.waits_for(), "P2");
    voter.hears(2, Message::Release(of(2, 1)));
    assert_eq!(voter.waits_for(), "");
    // It waits for votes as well, for its own request.
    voter.is_asked();
    assert_eq!(voter.waits_for(), "P2 and P3");
}

/// All processes ask, some several times, on a network that reorders messages. An entry costs about 4(K − 1), and
/// never more than the paper's 5(K − 1).
#[test]
fn contention_starves_no_process_and_costs_at_most_five_messages_a_voter() {
    // In thousandths of a message, for each voter and entry.
    let (mut worst, mut sum, mut runs) = (0, 0, 0);
    for (size, others) in [(4, 2), (9, 4)] {
        for seed in 0..150 {
            let mut scenario = group(&PROTOCOL, size);
            scenario.seed = seed;
            scenario.network.delay = Delay { min: seed % 20, max: seed % 20 + seed % 41 };
            let asked = |it: usize| acquire((it as u64 * 7919 + seed * 31) % 60, it % size + 1, 5);
            scenario.requests = (0..size * (1 + seed as usize % 3)).map(asked).collect();
            scenario.until = 100_000;
            let trace = run(&PROTOCOL, &scenario).expect("the requests are valid");
            let said = report(&PROTOCOL, &scenario, &trace);
            assert_eq!(said.breaches, [], "seed {seed}");
            for judgement in said.judgements.iter().filter(|it| it.promised) {
                assert_eq!(judgement.verdict.status(), "holds", "seed {seed}: {judgement:?}");
            }
            let cost = 1000 * trace.sends() / (scenario.requests.len() * others);
            (worst, sum, runs) = (worst.max(cost), sum + cost, runs + 1);
        }
    }
    let mean = sum / runs;
    assert!((3500..4100).contains(&mean), "{mean}");
    assert!((4001..=5000).contains(&worst), "{worst}");
}
