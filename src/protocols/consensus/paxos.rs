//! Paxos, for a single decision.
//!
//! Implements: UniformConsensus. Uses: nothing.
//! Model: crash-recovery with stable storage, asynchronous. Safe whatever is lost, late or down; live if nothing
//! is lost that finds its receiver up, a majority of the nodes stays up, no crash parts a write from what
//! is asked or told, and the back-off is random.
//! Source: Lamport 1998, "The Part-Time Parliament"; Lamport 2001, "Paxos Made Simple"; note 003.
//!
//! Every node is proposer, acceptor and learner. A **proposal** is a value with a number, its ballot; no
//! two proposers use the same one. It takes two phases:
//!
//! - The proposer sends PREPARE. An acceptor that has heard of no higher ballot answers with a PROMISE:
//!   it will accept nothing lower any more; and it names the highest proposal that it has accepted.
//! - With promises of a majority the proposer sends ACCEPT: the value of the highest proposal that was
//!   named, or its own value if none was. An acceptor accepts unless it has promised more since.
//!
//! A value is **chosen** once a majority has accepted one proposal of it. Why nothing else can be chosen
//! later: the majority that promises a higher ballot shares a member with the one that accepted. If that
//! one had accepted by then, it names the proposal, and the higher ballot carries the same value on; if
//! not, it has promised, and accepts no more. Hence the majority: one that asks fewer may learn nothing of
//! what was chosen (`quorum` *one*), and **uniform agreement** breaks. Hence stable storage too: an acceptor
//! that comes back must know what it has promised and accepted.
//!
//! Nothing of this depends on time, and nothing guarantees that a ballot ever gets through: two proposers
//! can overtake each other for ever, and **termination** breaks. No protocol escapes that (Fischer, Lynch
//! and Paterson 1985); a random back-off, twice as long after each try, makes it improbable.
//!
//! *A node that comes back* may have missed the decision. If it has proposed, it begins a new ballot, which finds
//! what was chosen. Any other asks everybody (ASK): a node that has decided answers, and one that has not answers
//! once it has. A node that had decided before it crashed tells everybody again, since it may have crashed before
//! it had done so, or was asked while it was down.
//!
//! Where it departs from the papers: acceptors answer to their proposer only, which tells everybody the
//! decision (the distinguished learner of 2001); a proposer that has learnt the decision from another
//! tells everybody as well, since that one may have crashed half-way. The papers leave open how a learner that
//! was down learns: in 2001 it may have a proposer issue a proposal, here ASK is cheaper.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        consensus::{
            AGREEMENT, Decide, INTEGRITY, Propose, TERMINATION, UNIFORM_AGREEMENT, VALIDITY,
            one_proposal,
        },
        quorum::Quorum,
    },
    kernel::{
        Break, Context, Drawn, Failures, Group, Keys, Metric, NodeId, NodeSet, Payload, Process,
        Protocol, Rule,
    },
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "paxos",
    name: "Paxos",
    summary: "A proposer asks a majority what may have been chosen, and carries that on.",
    source: "Lamport 1998, The Part-Time Parliament; Lamport 2001, Paxos Made Simple",
    failures: Failures::CrashRecovery,
    model: &[
        Parameters::quorum.is("majority").always().for_safety(),
        Parameters::back_off.is("random").always().for_liveness(),
        Rule::MajorityStaysUp.always().for_liveness(),
        Rule::NothingIsLost.always().for_liveness(),
        Rule::NoCutAtWrites.always().for_liveness(),
    ],
    promises: &[VALIDITY, INTEGRITY, AGREEMENT, UNIFORM_AGREEMENT, TERMINATION],
    breaks: &[
        Break {
            when: "two proposers overtake each other for ever",
            scenario: "duelling-proposers",
            violates: &[TERMINATION],
            broken: &[Parameters::back_off.is("random"), Rule::RunsToRest],
        },
        Break {
            when: "a value is put forward before a majority has promised",
            scenario: "accept-before-a-majority-promised",
            violates: &[AGREEMENT, UNIFORM_AGREEMENT],
            broken: &[Parameters::quorum.is("majority")],
        },
    ],
    unbreakable: &[
        (
            VALIDITY,
            "what an ACCEPT carries was proposed, and who lies can only hide what was accepted",
        ),
        (INTEGRITY, "a decision is in stable storage before it is told"),
    ],
    costs: &[crate::cost!("one proposal", n >= 2 => 5 * (n - 1), one_proposal)],
    metrics: &[Metric {
        name: "ballot",
        unit: "round",
        help: "The round of the highest ballot that the node has promised.",
        drawn: Drawn::Band,
        value: |node| {
            node.process::<Paxos<Value>>().promised.map_or(0, |ballot| ballot.round.into())
        },
    }],
    ..Protocol::of::<Paxos<Value>>()
};

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// How many promises it takes before a value is put forward.
        quorum: Quorum = Majority;
        /// How long a proposer waits for answers before it tries again; twice as long each time.
        timeout: u32 = 200, in 1..=10_000 "ms";
        /// How long an overtaken proposer waits before it tries again.
        back_off: BackOff = Random;
        /// What the back-off is measured by.
        back_off_time: u32 = 50, in 1..=10_000 "ms";
    }
    /// How long an overtaken proposer waits before it tries again.
    pub enum BackOff {
        /// A time drawn by lot: up to `back-off-time` at the first try, up to twice as long at each later one.
        Random = "random",
        /// Just `back-off-time`.
        Fixed = "fixed",
    }
}

/// How often times are doubled at most.
const MAX_DOUBLINGS: u32 = 10;

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Paxos<V> {
    quorum: usize,
    majority: usize,
    timeout: u32,
    back_off: BackOff,
    back_off_time: u32,
    /// The acceptor's: the highest ballot that it has promised; stable.
    promised: Option<Ballot>,
    /// The acceptor's: the highest proposal that it has accepted; stable.
    accepted: Option<Proposal<V>>,
    /// The proposer's: what it was asked to propose; stable.
    own: Option<V>,
    /// The proposer's: the highest round that it has heard of; stable, so that no ballot is used twice.
    round: u32,
    /// The proposer's: how often it has tried.
    tries: u32,
    attempt: Option<Attempt<V>>,
    /// The learner's; stable.
    decision: Option<V>,
    /// The learner's: the nodes that have asked it for the decision, and have no answer.
    asked: NodeSet,
}

/// The number of a proposal. Ballots of different nodes differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Display)]
#[display("{round}.{proposer}")]
pub struct Ballot {
    round: u32,
    proposer: NodeId,
}

/// A value with a number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{ballot} {value}")]
pub struct Proposal<V> {
    ballot: Ballot,
    value: V,
}

/// How far a proposer has come with its ballot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Attempt<V> {
    ballot: Ballot,
    /// Who has promised.
    promises: NodeSet,
    /// The highest proposal that they have named.
    highest: Option<Proposal<V>>,
    /// What it has put forward; none in the first phase.
    value: Option<V>,
    /// Who has accepted that.
    acceptances: NodeSet,
    /// Whether it has heard of a higher ballot.
    overtaken: bool,
}

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message<V> {
    /// Phase 1a, NextBallot in 1998.
    #[display("PREPARE {_0}")]
    Prepare(Ballot),
    /// Phase 1b, LastVote in 1998: nothing lower any more; and what was accepted before.
    #[display("PROMISE {ballot}{}", accepted.as_ref().map(|it| format!(" ({} of {})", it.value, it.ballot)).unwrap_or_default())]
    #[display(bound(V: std::fmt::Display))]
    Promise {
        /// What is promised.
        ballot: Ballot,
        /// The highest proposal accepted so far.
        accepted: Option<Proposal<V>>,
    },
    /// Phase 2a, BeginBallot in 1998.
    #[display("ACCEPT {_0}")]
    Accept(Proposal<V>),
    /// Phase 2b, Voted in 1998.
    #[display("ACCEPTED {_0}")]
    Accepted(Ballot),
    /// Neither promised nor accepted: this ballot was promised before.
    #[display("NACK {_0}")]
    Nack(Ballot),
    /// What was chosen; Success in 1998.
    #[display("DECIDED {_0}")]
    Decided(V),
    /// What was chosen? Of a node that comes back.
    #[display("ASK")]
    Ask,
}

/// The only timer: a proposer tries again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("retry")]
pub struct Retry;

impl<V: Payload> Process for Paxos<V> {
    type Parameters = Parameters;
    type Request = Propose<V>;
    type Indication = Decide<V>;
    type Message = Message<V>;
    type Timer = Retry;

    fn new(group: Group, parameters: &Parameters) -> Self {
        let quorum = parameters.quorum.size(group);
        Self {
            quorum,
            majority: group.majority(),
            timeout: parameters.timeout,
            back_off: parameters.back_off,
            back_off_time: parameters.back_off_time,
            promised: None,
            accepted: None,
            own: None,
            round: 0,
            tries: 0,
            attempt: None,
            decision: None,
            asked: NodeSet::EMPTY,
        }
    }

    /// A node proposes once: what it is asked for later changes nothing.
    fn on_request(&mut self, ctx: &mut Context<Self>, Propose(value): Propose<V>) {
        if let Some(decision) = &self.decision {
            // Whoever decided before may have crashed before it told the others.
            ctx.send_others(Message::Decided(decision.clone()));
        } else if self.own.is_none() {
            self.own = Some(value);
            self.begin_ballot(ctx);
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message<V>) {
        match message {
            Message::Prepare(ballot) => self.on_prepare(ctx, from, ballot),
            Message::Promise { ballot, accepted } => self.on_promise(ctx, from, ballot, accepted),
            Message::Accept(proposal) => self.on_accept(ctx, from, proposal),
            Message::Accepted(ballot) => self.on_accepted(ctx, from, ballot),
            Message::Nack(promised) => self.on_nack(ctx, promised),
            Message::Decided(value) => self.decide(ctx, value),
            Message::Ask => self.on_ask(ctx, from),
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, Retry: Retry) {
        self.begin_ballot(ctx);
    }

    fn recover(stored: &Self, fresh: Self) -> Self {
        let Self { promised, accepted, own, round, decision, .. } = stored.clone();
        Self { promised, accepted, own, round, decision, ..fresh }
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        match &self.decision {
            Some(decision) => ctx.send_others(Message::Decided(decision.clone())),
            None if self.own.is_some() => self.begin_ballot(ctx),
            None => ctx.send_others(Message::Ask),
        }
    }

    /// The acceptor denies what it has accepted.
    fn forge(message: &Message<V>, _to: NodeId, _keys: Keys) -> Option<Message<V>> {
        match message {
            Message::Promise { ballot, accepted: Some(_) } => {
                Some(Message::Promise { ballot: *ballot, accepted: None })
            }
            _ => None,
        }
    }
}

impl<V: Payload> Paxos<V> {
    /// Phase 1a. The ballot's number, and at first the value, are in stable storage before anybody hears of them.
    fn begin_ballot(&mut self, ctx: &mut Context<Self>) {
        self.round += 1;
        let ballot = Ballot { round: self.round, proposer: ctx.me() };
        self.attempt = Some(Attempt {
            ballot,
            promises: NodeSet::EMPTY,
            highest: None,
            value: None,
            acceptances: NodeSet::EMPTY,
            overtaken: false,
        });
        self.tries += 1;
        ctx.set_timer(Retry, self.doubled(self.timeout).into());
        ctx.store();
        ctx.send_all(Message::Prepare(ballot));
    }

    /// Phase 1b.
    fn on_prepare(&mut self, ctx: &mut Context<Self>, from: NodeId, ballot: Ballot) {
        if let Some(higher) = self.promised_higher_than(ballot) {
            return ctx.send(from, Message::Nack(higher));
        }
        self.promised = Some(ballot);
        self.on_hearing_of(ctx, ballot);
        ctx.store();
        ctx.send(from, Message::Promise { ballot, accepted: self.accepted.clone() });
    }

    /// Phase 2a.
    fn on_promise(
        &mut self,
        ctx: &mut Context<Self>,
        from: NodeId,
        ballot: Ballot,
        accepted: Option<Proposal<V>>,
    ) {
        let number = |proposal: &Option<Proposal<V>>| proposal.as_ref().map(|it| it.ballot);
        let Some(attempt) = self.attempt.as_mut().filter(|it| it.ballot == ballot) else { return };
        if attempt.value.is_some() || attempt.overtaken {
            return;
        }
        attempt.promises.insert(from);
        if number(&accepted) > number(&attempt.highest) {
            attempt.highest = accepted;
        }
        if attempt.promises.len() >= self.quorum {
            let carried_on = attempt.highest.take().map(|proposal| proposal.value);
            attempt.value = carried_on.or_else(|| self.own.clone());
            let value = attempt.value.clone().expect("who begins a ballot has a value of its own");
            ctx.send_all(Message::Accept(Proposal { ballot, value }));
        }
    }

    /// Phase 2b.
    fn on_accept(&mut self, ctx: &mut Context<Self>, from: NodeId, proposal: Proposal<V>) {
        let ballot = proposal.ballot;
        if let Some(higher) = self.promised_higher_than(ballot) {
            return ctx.send(from, Message::Nack(higher));
        }
        self.promised = Some(ballot);
        self.accepted = Some(proposal);
        self.on_hearing_of(ctx, ballot);
        ctx.store();
        ctx.send(from, Message::Accepted(ballot));
    }

    /// The proposer learns that its value is chosen.
    fn on_accepted(&mut self, ctx: &mut Context<Self>, from: NodeId, ballot: Ballot) {
        let Some(attempt) = self.attempt.as_mut().filter(|it| it.ballot == ballot) else { return };
        attempt.acceptances.insert(from);
        if attempt.acceptances.len() >= self.majority
            && let Some(value) = attempt.value.take()
        {
            self.decide(ctx, value);
        }
    }

    /// Whatever the ballots of others are, this node's next one is to be higher, also after a crash.
    fn on_nack(&mut self, ctx: &mut Context<Self>, promised: Ballot) {
        if promised.round > self.round {
            ctx.store();
        }
        self.on_hearing_of(ctx, promised);
    }

    fn on_ask(&mut self, ctx: &mut Context<Self>, from: NodeId) {
        match &self.decision {
            Some(decision) => ctx.send(from, Message::Decided(decision.clone())),
            None => drop(self.asked.insert(from)),
        }
    }

    fn decide(&mut self, ctx: &mut Context<Self>, value: V) {
        if self.decision.is_some() {
            return;
        }
        self.decision = Some(value.clone());
        self.attempt = None;
        ctx.cancel_timer(Retry);
        ctx.store();
        ctx.indicate(Decide { value: value.clone() });
        let whom = if self.own.is_some() { ctx.group().others() } else { self.asked };
        ctx.multicast(whom, Message::Decided(value));
    }

    /// A proposer that is overtaken tries a higher ballot after a while. What it has put forward may be
    /// accepted all the same.
    fn on_hearing_of(&mut self, ctx: &mut Context<Self>, ballot: Ballot) {
        self.round = self.round.max(ballot.round);
        let doubled = self.doubled(self.back_off_time);
        let Some(attempt) = self.attempt.as_mut().filter(|it| it.ballot < ballot) else { return };
        if !std::mem::replace(&mut attempt.overtaken, true) {
            let wait = match self.back_off {
                BackOff::Random => 1 + ctx.choose(doubled),
                BackOff::Fixed => self.back_off_time,
            };
            ctx.set_timer(Retry, wait.into());
        }
    }

    fn promised_higher_than(&self, ballot: Ballot) -> Option<Ballot> {
        self.promised.filter(|promised| *promised > ballot)
    }

    /// This time at the first try, and twice as long at each later one.
    fn doubled(&self, time: u32) -> u32 {
        time << self.tries.saturating_sub(1).min(MAX_DOUBLINGS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Fault, MessageName, ParameterValue, Scenario, Time, run, spell},
        protocols::testing::{crash, deliveries, group, node, slow},
    };

    fn propose(scenario: &mut Scenario, at: Time, number: usize, value: &str) {
        scenario.ask(at, node(number), "propose", Some(value.into()));
    }

    /// Three nodes; who is overtaken waits for so long.
    fn waiting_for(back_off_time: u32) -> Scenario {
        let mut scenario = group(&PROTOCOL, 3);
        let fixed = ParameterValue::Choice("fixed".to_owned());
        let time = ParameterValue::Integer(back_off_time);
        scenario.params.insert("back-off".to_owned(), fixed);
        scenario.params.insert("back-off-time".to_owned(), time);
        scenario
    }

    /// What one node sends another, and when: `20 ACCEPT 1.P1 red`.
    fn sent(scenario: &Scenario, from: usize, to: usize) -> Vec<String> {
        let trace = run(&PROTOCOL, scenario).expect("proposals are valid requests");
        let messages = trace.messages.iter();
        let between = messages.filter(|it| (it.name.from, it.name.to) == (node(from), node(to)));
        let say = |at: Time, what: &str| spell(&format!("{at} {what}"), &scenario.nodes);
        between.map(|it| say(trace.events[it.sent].time, &it.packet.to_string())).collect()
    }

    #[test]
    fn a_proposer_alone_takes_two_phases() {
        let mut scenario = group(&PROTOCOL, 3);
        propose(&mut scenario, 0, 1, "red");
        let phases = ["0 PREPARE 1.P1", "20 ACCEPT 1.P1 red", "40 DECIDED red"];
        assert_eq!(sent(&scenario, 1, 2), phases);
        assert_eq!(sent(&scenario, 2, 1), ["10 PROMISE 1.P1", "30 ACCEPTED 1.P1"]);
        let decisions = ["40 P1 decide red", "50 P2 decide red", "50 P3 decide red"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), decisions);
    }

    /// P2c of 2001: two proposals have been accepted here and there, neither by a majority.
    #[test]
    fn of_the_values_that_were_accepted_the_one_of_the_highest_ballot_is_carried_on() {
        let mut scenario = group(&PROTOCOL, 5);
        scenario.network.links = vec![slow(5, 2, 500)];
        propose(&mut scenario, 0, 1, "red");
        propose(&mut scenario, 40, 5, "green");
        propose(&mut scenario, 80, 4, "blue");
        // Red gets to P2 and green to P3.
        scenario.faults = vec![crash(20, 1, 1), crash(60, 5, 3)];
        assert_eq!(sent(&scenario, 2, 4), ["90 PROMISE 3.P4 (red of 1.P1)", "110 ACCEPTED 3.P4"]);
        let from_p3 = ["90 PROMISE 3.P4 (green of 2.P5)", "110 ACCEPTED 3.P4"];
        assert_eq!(sent(&scenario, 3, 4)[..], from_p3);
        let decisions = ["120 P4 decide green", "130 P2 decide green", "130 P3 decide green"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), decisions);
    }

    #[test]
    fn a_promise_outlives_a_crash() {
        let mut scenario = waiting_for(500);
        propose(&mut scenario, 0, 1, "red");
        propose(&mut scenario, 25, 3, "blue");
        let first_accept = MessageName { from: node(1), to: node(2), number: 2 };
        scenario.faults = vec![
            Fault::Delay { message: first_accept, by: 60 },
            Fault::Crash { node: node(2), at: 50, after_sends: None },
            Fault::Recover { node: node(2), at: 60 },
        ];
        assert!(sent(&scenario, 2, 1).contains(&"90 NACK 2.P3".to_owned()));
    }

    #[test]
    fn a_proposer_that_comes_back_uses_no_ballot_twice() {
        let mut scenario = group(&PROTOCOL, 3);
        propose(&mut scenario, 0, 1, "red");
        scenario.faults = vec![
            Fault::Crash { node: node(1), at: 5, after_sends: None },
            Fault::Recover { node: node(1), at: 15 },
        ];
        assert_eq!(sent(&scenario, 1, 2)[..2], ["0 PREPARE 1.P1", "15 PREPARE 2.P1"]);
        assert_eq!(deliveries(&PROTOCOL, &scenario).len(), 3);
    }

    fn down(number: usize, at: Time, until: Time) -> [Fault; 2] {
        let node = node(number);
        [Fault::Crash { node, at, after_sends: None }, Fault::Recover { node, at: until }]
    }

    #[test]
    fn a_node_that_comes_back_asks_what_was_decided() {
        let mut scenario = group(&PROTOCOL, 3);
        propose(&mut scenario, 0, 1, "red");
        scenario.faults = down(3, 5, 500).into();
        let decisions = ["40 P1 decide red", "50 P2 decide red", "520 P3 decide red"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), decisions);
        // Nobody has decided yet when it asks; P1's DECIDED finds it down once more, the answer of P2 does not.
        scenario.faults = [down(3, 5, 8), down(3, 45, 55)].concat();
        let decisions = ["40 P1 decide red", "50 P2 decide red", "60 P3 decide red"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), decisions);
    }

    #[test]
    fn a_node_that_was_asked_answers_once_it_has_decided() {
        let mut scenario = group(&PROTOCOL, 5);
        propose(&mut scenario, 0, 1, "red");
        // P1 tells P2 alone, by a slow link, and is gone; P3 asks P2 before it has heard.
        scenario.network.links = vec![slow(1, 2, 60)];
        scenario.faults = down(3, 5, 80).into();
        scenario.faults.push(crash(40, 1, 1));
        let decisions = ["40 P1 decide red", "100 P2 decide red", "110 P3 decide red"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), decisions);
    }

    #[test]
    fn a_proposer_that_decides_and_crashes_tells_everybody_when_it_comes_back() {
        let mut scenario = group(&PROTOCOL, 3);
        propose(&mut scenario, 0, 1, "red");
        scenario.faults = vec![crash(40, 1, 0), Fault::Recover { node: node(1), at: 100 }];
        let decisions = ["40 P1 decide red", "110 P2 decide red", "110 P3 decide red"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), decisions);
    }

    #[test]
    fn what_is_proposed_outlives_a_crash_in_the_middle_of_the_first_prepare() {
        let mut scenario = group(&PROTOCOL, 3);
        propose(&mut scenario, 0, 3, "red");
        scenario.faults = vec![crash(0, 3, 1), Fault::Recover { node: node(3), at: 30 }];
        assert_eq!(sent(&scenario, 3, 1)[..2], ["0 PREPARE 1.P3", "30 PREPARE 2.P3"]);
        assert_eq!(deliveries(&PROTOCOL, &scenario).len(), 3);
    }

    #[test]
    fn a_ballot_that_a_nack_has_named_is_outbid_after_a_crash() {
        let mut scenario = waiting_for(500);
        // P2 comes back and tries again; P1 hears of its second round by a NACK of P3 alone, and crashes.
        propose(&mut scenario, 0, 2, "blue");
        propose(&mut scenario, 25, 1, "red");
        scenario.network.links = vec![slow(2, 1, 1000), slow(1, 2, 1000)];
        scenario.faults = [down(2, 10, 20), down(1, 50, 60)].concat();
        let prepares: Vec<_> =
            sent(&scenario, 1, 3).into_iter().filter(|it| it.contains("PREPARE")).collect();
        assert_eq!(prepares[..2], ["25 PREPARE 1.P1", "60 PREPARE 3.P1"]);
    }

    #[test]
    fn the_first_back_off_is_at_most_the_back_off_time() {
        let mut scenario = waiting_for(50);
        scenario.params.remove("back-off");
        propose(&mut scenario, 0, 1, "red");
        propose(&mut scenario, 5, 2, "blue");
        // P1 hears of P2's ballot at 15 and tries again after 1 to 50 ms; P2 is gone.
        scenario.faults = vec![Fault::Crash { node: node(2), at: 6, after_sends: None }];
        let second = |seed| {
            let scenario = Scenario { seed, ..scenario.clone() };
            let sent = sent(&scenario, 1, 3);
            let prepare = sent.iter().find(|it| it.contains("PREPARE 2.P1")).expect("it retries");
            prepare.split(' ').next().and_then(|at| at.parse::<Time>().ok()).expect("a time")
        };
        let times: Vec<_> = (0..200).map(second).collect();
        let (first, last) = (times.iter().min(), times.iter().max());
        assert!(first >= Some(&16) && last <= Some(&65) && last > Some(&55), "{first:?} {last:?}");
    }

    #[test]
    fn a_duel_ends_if_somebody_waits_for_longer_than_a_message_takes() {
        let decisions = |back_off_time| {
            let mut scenario = waiting_for(back_off_time);
            scenario.until = 5000;
            propose(&mut scenario, 0, 2, "red");
            propose(&mut scenario, 15, 3, "blue");
            deliveries(&PROTOCOL, &scenario).len()
        };
        assert_eq!([1, 5, 9, 11, 20].map(decisions), [0, 0, 0, 3, 3]);
    }
}
