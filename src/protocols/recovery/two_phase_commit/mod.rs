//! Two-phase commit.
//!
//! The process that is asked to begin is the coordinator. It asks all others for their votes (VOTE-REQ), and decides:
//! COMMIT if all vote YES, ABORT if one votes NO or a vote is missing at the timeout. Then it sends the decision to
//! all: 3(n − 1) messages. A participant that votes NO aborts at once. A participant that votes YES has given up its
//! right to abort: until it receives the decision it is **in doubt**.
//!
//! A participant that recovers reads its log. If it has not voted YES, it aborts alone: no process can have committed
//! without its vote, and its work for the transaction is lost. It knows no coordinator to which to send its NO, so it
//! tells all others. If it has voted YES, it is in doubt and asks the others; if no answer comes, once more after the
//! timeout. A participant that has decided does nothing.
//!
//! A participant that aborts alone may crash again before it has told all others. So a process that is asked to begin
//! after such a decision passes the decision on.
//!
//! Why no two processes decide differently: there is one decision, the coordinator's. A participant decides by itself
//! only to abort, and only before it has voted YES; and without its YES no process can commit. A process logs its vote
//! or decision before it sends it, so no crash takes it back.
//!
//! A participant that is in doubt for too long asks the others (**cooperative termination**, DECISION-REQ). One that
//! knows the decision passes it on. One that has not voted yet aborts now, so that it can answer. One that is in doubt
//! as well answers once it knows. If all are in doubt and the coordinator is down, none may proceed: the coordinator
//! may have decided either way before it crashed. They are **blocked** until it recovers and reads its log, and if it
//! never does, **termination** breaks.
//!
//! Where it departs from the book: the decision goes to all, also to those that voted NO, and so does the ABORT of a
//! recovered participant. A participant in doubt asks a limited number of times, where the book lets it ask until it
//! is answered, so that a run in which all are blocked ends at rest. And two processes may be asked to begin the one
//! transaction: a participant votes YES to the first that asks it and NO to others, and a coordinator votes YES to no
//! other. So if two begin, each is refused by the other, and all abort.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::commit::{
        COMMIT_AGREEMENT, COMMIT_VALIDITY, CommitIndication, Outcome, STABILITY, TERMINATION,
        Transaction, Vote, one_transaction,
    },
    cost,
    kernel::{Break, Context, Failures, Group, Keys, NodeId, NodeSet, Process, Protocol, Rule},
};

#[cfg(test)]
mod tests;

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "two-phase-commit",
    name: "Two-phase commit",
    summary: "A coordinator asks all participants for their votes, and tells them the decision.",
    source: "Gray 1978, Notes on Data Base Operating Systems; Bernstein, Hadzilacos and Goodman 1987, \
             Concurrency Control and Recovery in Database Systems, section 7.4; notes 001 and 004",
    example: "coordinator-comes-back",
    failures: Failures::CrashRecovery,
    model: &[
        Rule::RequestersRecover("begin").always().for_liveness(),
        Rule::NoLoss.always().for_liveness(),
        Rule::NoCrashAtWrites.always().for_liveness(),
    ],
    promises: &[COMMIT_AGREEMENT, COMMIT_VALIDITY, STABILITY, TERMINATION],
    breaks: &[Break {
        when: "the coordinator crashes after the votes",
        scenario: "coordinator-crashes-after-the-votes",
        violates: &[TERMINATION],
        broken: &[Rule::RequestersRecover("begin")],
    }],
    unbreakable: &[(STABILITY, "a decision is in stable storage before it is sent")],
    costs: &[cost!("one transaction", n >= 2 => 3 * (n - 1), one_transaction)],
    ..Protocol::of::<TwoPhaseCommit>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Time that the coordinator waits for votes, and a participant for the decision.
        timeout: u32 = 200, in 1..=10_000 "ms";
    }
}

/// A participant, which may be the coordinator.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TwoPhaseCommit {
    /// Its vote, to be given when it is asked; stable.
    vote: Vote,
    /// The coordinator to which it has voted yes, or itself once it has begun; stable.
    coordinator: Option<NodeId>,
    /// The decision; stable.
    outcome: Option<Outcome>,
    /// At the coordinator: the other participants that have voted yes.
    yes: NodeSet,
    /// Participants in doubt that have asked for the decision.
    asked: NodeSet,
}

/// Messages between the coordinator and the participants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// The coordinator asks for a vote.
    #[display("VOTE-REQ")]
    VoteReq,
    /// The participant can commit, and will do so if the decision is COMMIT.
    #[display("YES")]
    Yes,
    /// The participant cannot commit.
    #[display("NO")]
    No,
    /// Decision: the transaction takes effect.
    #[display("COMMIT")]
    Commit,
    /// Decision: the transaction has no effect.
    #[display("ABORT")]
    Abort,
    /// A participant in doubt asks for the decision.
    #[display("DECISION-REQ")]
    DecisionReq,
}

impl From<Outcome> for Message {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            COMMIT => Self::Commit,
            ABORT => Self::Abort,
        }
    }
}

const COMMIT: Outcome = Outcome::Commit {};
const ABORT: Outcome = Outcome::Abort {};

/// The end of the time to wait for votes, or for the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("timeout")]
pub struct Timeout;

impl Process for TwoPhaseCommit {
    type Parameters = Parameters;
    type Request = Transaction;
    type Indication = CommitIndication;
    type Message = Message;
    type Timer = Timeout;

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        let (yes, asked) = Default::default();
        Self { vote: Vote::Yes, coordinator: None, outcome: None, yes, asked }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, request: Transaction) {
        match request {
            Transaction::Vote(Vote::Yes) => {}
            Transaction::Vote(Vote::No) => {
                self.vote = Vote::No;
                ctx.store();
            }
            Transaction::Begin if self.coordinator.is_some() => {
                ctx.note("the transaction has already begun");
            }
            Transaction::Begin => self.begin(ctx),
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        match message {
            Message::VoteReq if self.coordinator == Some(from) => {} // A duplicate.
            Message::VoteReq => self.on_vote_req(ctx, from),
            Message::Yes => {
                self.yes.insert(from);
                self.commit_if_unanimous(ctx);
            }
            Message::No | Message::Abort => self.decide(ctx, ABORT),
            Message::Commit => self.decide(ctx, COMMIT),
            Message::DecisionReq => {
                self.asked.insert(from);
                match self.outcome {
                    Some(outcome) => ctx.send(from, outcome.into()),
                    None if self.coordinator.is_none() => self.decide(ctx, ABORT),
                    None => {}
                }
            }
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, Timeout: Timeout) {
        if self.coordinator == Some(ctx.me()) {
            self.decide(ctx, ABORT);
        } else {
            ctx.send_others(Message::DecisionReq);
        }
    }

    fn recover(stored: &Self, fresh: Self) -> Self {
        Self { yes: fresh.yes, asked: fresh.asked, ..*stored }
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        let coordinates = self.coordinator == Some(ctx.me());
        match (self.outcome, self.coordinator) {
            // It may have crashed before it had told all others.
            (Some(outcome), _) if coordinates => ctx.send_others(outcome.into()),
            (Some(_), _) => {}
            (None, Some(_)) if coordinates => self.decide(ctx, ABORT),
            (None, Some(_)) => {
                ctx.send_others(Message::DecisionReq);
                ctx.set_timer(Timeout, ctx.parameters().timeout.into());
            }
            (None, None) => {
                self.decide(ctx, ABORT);
                ctx.send_others(Message::Abort);
            }
        }
    }

    /// A participant in doubt waits for the coordinator. Others may be able to help, or not.
    fn waits_for(&self, group: Group) -> NodeSet {
        let coordinator = self.coordinator.filter(|it| self.outcome.is_none() && *it != group.me);
        coordinator.into_iter().collect()
    }

    /// The opposite.
    fn forge(message: &Message, _to: NodeId, _keys: Keys) -> Option<Message> {
        match message {
            Message::Yes => Some(Message::No),
            Message::No => Some(Message::Yes),
            Message::Commit => Some(Message::Abort),
            Message::Abort => Some(Message::Commit),
            Message::VoteReq | Message::DecisionReq => None,
        }
    }
}

impl TwoPhaseCommit {
    /// Coordinates. A decision that was made without a coordinator is passed on: the process that aborted alone may
    /// have crashed before it had told all others.
    fn begin(&mut self, ctx: &mut Context<Self>) {
        self.coordinator = Some(ctx.me());
        ctx.store();
        if let Some(outcome) = self.outcome {
            return ctx.send_others(outcome.into());
        }
        ctx.indicate(CommitIndication::Vote { vote: self.vote });
        if self.vote == Vote::No {
            return self.decide(ctx, ABORT);
        }
        ctx.send_others(Message::VoteReq);
        ctx.set_timer(Timeout, ctx.parameters().timeout.into());
        self.commit_if_unanimous(ctx);
    }

    /// Votes, unless it has voted or decided before.
    fn on_vote_req(&mut self, ctx: &mut Context<Self>, from: NodeId) {
        if self.coordinator.is_some() || self.outcome.is_some() {
            return ctx.send(from, Message::No);
        }
        if self.vote == Vote::Yes {
            self.coordinator = Some(from);
            ctx.store();
        }
        ctx.indicate(CommitIndication::Vote { vote: self.vote });
        match self.vote {
            Vote::Yes => {
                ctx.send(from, Message::Yes);
                ctx.set_timer(Timeout, ctx.parameters().timeout.into());
            }
            Vote::No => {
                self.decide(ctx, ABORT);
                ctx.send(from, Message::No);
            }
        }
    }

    fn commit_if_unanimous(&mut self, ctx: &mut Context<Self>) {
        if self.yes == ctx.others() {
            self.decide(ctx, COMMIT);
        }
    }

    /// Decides, once. The coordinator tells all others; a participant tells those that have asked.
    fn decide(&mut self, ctx: &mut Context<Self>, outcome: Outcome) {
        if self.outcome.is_some() {
            return;
        }
        self.outcome = Some(outcome);
        ctx.cancel_timer(Timeout);
        ctx.store();
        ctx.indicate(CommitIndication::Decided(outcome));
        let coordinates = self.coordinator == Some(ctx.me());
        let to = if coordinates { ctx.others() } else { self.asked };
        ctx.multicast(to, outcome.into());
    }
}
