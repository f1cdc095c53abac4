//! Paxos, for a single decision.
//!
//! Every node is proposer, acceptor and learner. A **proposal** is a value with a number, its ballot; no two
//! proposers use the same ballot. It takes two phases:
//!
//! - The proposer sends PREPARE. An acceptor that has heard of no higher ballot answers with a PROMISE: it will
//!   accept no lower proposal from now on, and it names the highest proposal that it has accepted.
//! - With promises of a majority the proposer sends ACCEPT: the value of the highest proposal that was named, or its
//!   own value if none was. An acceptor accepts it unless it has promised a higher ballot since.
//!
//! A value is **chosen** once a majority has accepted one proposal of it. Why no other value can be chosen later: the
//! majority that promises a higher ballot shares a member with the majority that accepted. If that member had
//! accepted by then, it names the proposal, and the higher ballot carries the same value. If not, it has promised,
//! and no longer accepts. Hence the majority: a proposer that asks fewer may not learn of a chosen value (`quorum`
//! *one*), and **uniform agreement** breaks. Hence stable storage too: a recovered acceptor must know what it has
//! promised and accepted.
//!
//! Safety does not depend on time. But nothing guarantees that a ballot ever succeeds: two proposers can overtake
//! each other for ever, and **termination** breaks. No protocol escapes this (Fischer, Lynch and Paterson 1985); a
//! random back-off, twice as long after each try, makes it improbable.
//!
//! *A recovered node* may have missed the decision. If it has proposed, it begins a new ballot, which finds the
//! chosen value. Otherwise it asks all others (ASK): a node that has decided answers at once, any other when it
//! decides. A node that had decided before it crashed sends the decision to all again: it may have crashed before it
//! had done so, or may have been asked while it was down.
//!
//! Where it departs from the papers: acceptors answer their proposer only, which sends the decision to all (the
//! distinguished learner of 2001). A proposer that has learnt the decision from another sends it to all as well, since
//! the other may have crashed half-way. The papers leave open how a learner that was down learns: in 2001 a proposer
//! may issue a proposal for it; here ASK is cheaper.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        ballot::{Ballot, Proposal},
        consensus::{
            AGREEMENT, Decide, INTEGRITY, Propose, TERMINATION, UNIFORM_AGREEMENT, VALIDITY,
            one_proposal,
        },
        quorum::Quorum,
    },
    cost,
    kernel::{
        Break, Context, Drawn, Failures, Group, Keys, Metric, NodeId, NodeSet, Payload, Process,
        Protocol, Rule,
    },
};

#[cfg(test)]
mod tests;

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "paxos",
    name: "Paxos",
    summary: "A proposer asks a majority which value may have been chosen, and proposes that one.",
    source: "Lamport 1998, The Part-Time Parliament; Lamport 2001, Paxos Made Simple; note 003",
    example: "next-proposer-carries-on",
    failures: Failures::CrashRecovery,
    model: &[
        Parameters::quorum.is("majority").always().for_safety(),
        Parameters::back_off.is("random").always().for_liveness(),
        Rule::MajorityCorrect.always().for_liveness(),
        Rule::NoLoss.always().for_liveness(),
        Rule::NoCrashAtWrites.always().for_liveness(),
    ],
    promises: &[VALIDITY, INTEGRITY, AGREEMENT, UNIFORM_AGREEMENT, TERMINATION],
    breaks: &[
        Break {
            when: "two proposers interrupt each other for ever",
            scenario: "duelling-proposers",
            violates: &[TERMINATION],
            broken: &[Parameters::back_off.is("random"), Rule::RunsToQuiescence],
        },
        Break {
            when: "a value is proposed before a majority has promised",
            scenario: "accept-before-a-majority-promised",
            violates: &[AGREEMENT, UNIFORM_AGREEMENT],
            broken: &[Parameters::quorum.is("majority")],
        },
    ],
    unbreakable: &[
        (
            VALIDITY,
            "the value of an ACCEPT was proposed, and a traitor can only hide what it accepted",
        ),
        (INTEGRITY, "a decision is in stable storage before it is sent"),
    ],
    costs: &[cost!("one proposal", n >= 2 => 5 * (n - 1), one_proposal)],
    metrics: &[Metric {
        name: "ballot",
        unit: "round",
        help: "Round of the highest ballot that the node has promised.",
        drawn: Drawn::Band,
        value: |node| {
            node.process::<Paxos<Value>>().promised.map_or(0, |ballot| ballot.round.into())
        },
    }],
    ..Protocol::of::<Paxos<Value>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Number of promises that a proposer needs before it proposes a value.
        quorum: Quorum = Majority;
        /// Time that a proposer waits for answers before it tries again; doubled with each try.
        timeout: u32 = 200, in 1..=10_000 "ms";
        /// Time that an interrupted proposer waits before it tries again.
        back_off: BackOff = Random;
        /// Base of the back-off.
        back_off_time: u32 = 50, in 1..=10_000 "ms";
    }
    /// Time that an interrupted proposer waits before it tries again.
    pub enum BackOff {
        /// A random time: up to `back-off-time` at the first try, up to twice as long at each later one.
        Random = "random",
        /// Exactly `back-off-time`.
        Fixed = "fixed",
    }
}

/// Number of times that a waiting time is doubled at most.
const MAX_DOUBLINGS: u32 = 10;

/// A proposer, acceptor and learner.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Paxos<V> {
    /// Of the acceptor: the highest ballot that it has promised; stable.
    promised: Option<Ballot>,
    /// Of the acceptor: the highest proposal that it has accepted; stable.
    accepted: Option<Proposal<V>>,
    /// Of the proposer: the value that it was asked to propose; stable.
    own: Option<V>,
    /// Of the proposer: the highest ballot that it has heard of; stable, so that it uses no ballot twice.
    heard: Option<Ballot>,
    /// Of the proposer: the number of its tries.
    tries: u32,
    /// Of the proposer: its current try.
    attempt: Option<Attempt<V>>,
    /// Of the learner; stable.
    decision: Option<V>,
    /// Of the learner: nodes that have asked it for the decision, and have no answer.
    asked: NodeSet,
}

/// A proposer's try to have a value chosen.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Attempt<V> {
    ballot: Ballot,
    promised_by: NodeSet,
    /// The highest proposal that the promises have named, and then its own.
    proposal: Option<Proposal<V>>,
    accepted_by: NodeSet,
}

/// Messages between proposers, acceptors and learners.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message<V> {
    /// Phase 1a, NextBallot in 1998.
    #[display("PREPARE {_0}")]
    Prepare(Ballot),
    /// Phase 1b, LastVote in 1998: the acceptor will accept no lower proposal.
    #[display("PROMISE {ballot}{}", accepted.as_ref().map(|it| format!(" ({} of {})", it.value, it.ballot)).unwrap_or_default())]
    #[display(bound(V: std::fmt::Display))]
    Promise {
        /// Ballot that is promised.
        ballot: Ballot,
        /// The highest proposal that the acceptor has accepted.
        accepted: Option<Proposal<V>>,
    },
    /// Phase 2a, BeginBallot in 1998.
    #[display("ACCEPT {_0}")]
    Accept(Proposal<V>),
    /// Phase 2b, Voted in 1998.
    #[display("ACCEPTED {_0}")]
    Accepted(Ballot),
    /// Neither promised nor accepted: the acceptor has promised this higher ballot.
    #[display("NACK {_0}")]
    Nack(Ballot),
    /// The chosen value; Success in 1998.
    #[display("DECIDED {_0}")]
    Decided(V),
    /// A recovered node asks for the chosen value.
    #[display("ASK")]
    Ask,
}

/// The proposer's timer for its next try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("retry")]
pub struct Retry;

impl<V: Payload> Process for Paxos<V> {
    type Parameters = Parameters;
    type Request = Propose<V>;
    type Indication = Decide<V>;
    type Message = Message<V>;
    type Timer = Retry;

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        Self {
            promised: None,
            accepted: None,
            own: None,
            heard: None,
            tries: 0,
            attempt: None,
            decision: None,
            asked: NodeSet::EMPTY,
        }
    }

    /// A node proposes once. Later requests change nothing.
    fn on_request(&mut self, ctx: &mut Context<Self>, Propose(value): Propose<V>) {
        if let Some(decision) = self.decision.clone() {
            // The node that decided first may have crashed before it told the others.
            ctx.send_others(Message::Decided(decision));
        } else if self.own.is_none() {
            self.own = Some(value);
            self.prepare(ctx);
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message<V>) {
        match message {
            Message::Prepare(ballot) => {
                if self.heeds(ctx, from, ballot) {
                    ctx.send(from, Message::Promise { ballot, accepted: self.accepted.clone() });
                }
            }
            Message::Promise { ballot, accepted } if self.heard == Some(ballot) => {
                self.on_promise(ctx, from, accepted);
            }
            Message::Promise { .. } => {} // It has been overtaken.
            Message::Accept(proposal) => {
                if self.heeds(ctx, from, proposal.ballot) {
                    ctx.send(from, Message::Accepted(proposal.ballot));
                    self.accepted = Some(proposal);
                }
            }
            Message::Accepted(ballot) => self.on_accepted(ctx, from, ballot),
            Message::Nack(promised) => {
                // The next ballot has to be higher, also after a crash.
                if self.heard.is_none_or(|heard| promised.round > heard.round) {
                    ctx.store();
                }
                self.hear_of(ctx, promised);
            }
            Message::Decided(value) => self.decide(ctx, value),
            Message::Ask => match self.decision.clone() {
                Some(decision) => ctx.send(from, Message::Decided(decision)),
                None => drop(self.asked.insert(from)),
            },
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, Retry: Retry) {
        self.prepare(ctx);
    }

    fn recover(stored: &Self, _fresh: Self) -> Self {
        Self { tries: 0, attempt: None, asked: NodeSet::EMPTY, ..stored.clone() }
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        match self.decision.clone() {
            Some(decision) => ctx.send_others(Message::Decided(decision)),
            None if self.own.is_some() => self.prepare(ctx),
            None => ctx.send_others(Message::Ask),
        }
    }

    /// The acceptor hides the proposal that it has accepted.
    fn forge(message: &Message<V>, _to: NodeId, _keys: Keys) -> Option<Message<V>> {
        let Message::Promise { ballot, accepted: Some(_) } = *message else { return None };
        Some(Message::Promise { ballot, accepted: None })
    }
}

/// The proposer.
impl<V: Payload> Paxos<V> {
    /// Phase 1a. The ballot, and at first the value, are in stable storage before another node hears of them.
    fn prepare(&mut self, ctx: &mut Context<Self>) {
        let ballot = Ballot::above(self.heard, ctx.me());
        let (promised_by, accepted_by) = Default::default();
        self.attempt = Some(Attempt { ballot, promised_by, proposal: None, accepted_by });
        self.heard = Some(ballot);
        self.tries += 1;
        ctx.set_timer(Retry, self.doubled(ctx.parameters().timeout).into());
        ctx.store();
        ctx.send_all(Message::Prepare(ballot));
    }

    /// Phase 2a: with the promises of a quorum it puts the highest accepted value forward, or its own if there is none.
    fn on_promise(&mut self, ctx: &mut Context<Self>, from: NodeId, named: Option<Proposal<V>>) {
        let (quorum, group) = (ctx.parameters().quorum, ctx.group());
        let waits = |it: &&mut Attempt<V>| !quorum.is_in(it.promised_by, group);
        let Some(attempt) = self.attempt.as_mut().filter(waits) else { return };
        attempt.promised_by.insert(from);
        attempt.proposal = Proposal::higher(attempt.proposal.take(), named);
        if !quorum.is_in(attempt.promised_by, group) {
            return;
        }
        let highest = attempt.proposal.take().map(|proposal| proposal.value);
        if let Some(value) = highest.or_else(|| self.own.clone()) {
            let proposal = Proposal { ballot: attempt.ballot, value };
            attempt.proposal = Some(proposal.clone());
            ctx.send_all(Message::Accept(proposal));
        }
    }

    /// A value is chosen once a majority has accepted it.
    fn on_accepted(&mut self, ctx: &mut Context<Self>, from: NodeId, ballot: Ballot) {
        let Some(attempt) = self.attempt.as_mut().filter(|it| it.ballot == ballot) else { return };
        attempt.accepted_by.insert(from);
        if Quorum::Majority.is_in(attempt.accepted_by, ctx.group())
            && let Some(chosen) = attempt.proposal.take()
        {
            self.decide(ctx, chosen.value);
        }
    }

    /// An overtaken proposer tries a higher ballot after a while. Its proposal may be accepted all the same.
    fn hear_of(&mut self, ctx: &mut Context<Self>, ballot: Ballot) {
        if self.heard >= Some(ballot) {
            return;
        }
        let overtaken = self.attempt.as_ref().is_some_and(|it| self.heard == Some(it.ballot));
        self.heard = Some(ballot);
        if overtaken {
            let time = ctx.parameters().back_off_time;
            let wait = match ctx.parameters().back_off {
                BackOff::Random => 1 + ctx.choose(self.doubled(time)),
                BackOff::Fixed => time,
            };
            ctx.set_timer(Retry, wait.into());
        }
    }

    /// This time at the first try, and twice as long at each later one.
    fn doubled(&self, time: u32) -> u32 {
        time << self.tries.saturating_sub(1).min(MAX_DOUBLINGS)
    }
}

/// The acceptor and the learner.
impl<V: Payload> Paxos<V> {
    /// Phases 1b and 2b: true if the acceptor has promised no higher ballot, and so promises this one.
    fn heeds(&mut self, ctx: &mut Context<Self>, from: NodeId, ballot: Ballot) -> bool {
        if let Some(higher) = self.promised.filter(|promised| *promised > ballot) {
            ctx.send(from, Message::Nack(higher));
            return false;
        }
        self.promised = Some(ballot);
        self.hear_of(ctx, ballot);
        ctx.store();
        true
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
        let to = if self.own.is_some() { ctx.others() } else { self.asked };
        ctx.multicast(to, Message::Decided(value));
    }
}
