//! Two-phase commit.
//!
//! Implements: AtomicCommit. Uses: nothing.
//! Model: crash-recovery with stable logs, asynchronous. Safe whatever is lost, late or down; live if
//! nothing is lost that finds its receiver up, and the coordinator, should it crash, comes back.
//! Source: Gray 1978, "Notes on Data Base Operating Systems"; Bernstein, Hadzilacos and Goodman 1987,
//! Concurrency Control and Recovery in Database Systems, section 7.4; notes 001 and 004.
//!
//! Whoever is asked to begin coordinates. It asks everybody for a vote (VOTE-REQ), and decides: COMMIT if
//! all vote YES, ABORT if one votes NO or no vote comes in time. Then it tells everybody: 3(n − 1)
//! messages. A participant that votes NO aborts at once. One that votes YES has given up its right to
//! abort: until it hears the decision it is **in doubt**.
//!
//! A participant that crashes and comes back reads its log. If it has not voted YES, it aborts alone: nobody can
//! have committed without its vote, and what it had done for the transaction is gone. It knows no coordinator to
//! send its NO to, so it tells everybody. If it has voted YES, it is in doubt and asks the others; if its question
//! or the answer finds nobody up, once more after the timeout. Whoever has decided needs nothing.
//!
//! A participant that aborts alone may crash again before it has told everybody. So a process that is asked to begin
//! after such a decision tells it to everybody.
//!
//! Why nobody decides differently: there is one decision, the coordinator's. A participant decides by itself
//! only to abort, and only before it has voted YES; and without its YES nobody can commit. All that one
//! has said is in its log before it is sent, so a crash makes nobody take back a word.
//!
//! A participant that is in doubt for too long asks the others (**cooperative termination**, DECISION-REQ). One that has
//! heard the decision passes it on; one that has not voted yet aborts now, so that it can say so; one
//! that is in doubt as well answers once it knows. If everybody is in doubt and the coordinator is down,
//! nobody may go on: it may have decided either way before it crashed. They are **blocked** until it comes
//! back and reads its log, and if it never does, **termination** breaks.
//!
//! Where it departs from the book: the decision goes to everybody, also to those who voted NO, and so does the
//! ABORT of a participant that comes back; one in doubt asks a limited number of times, where the book lets it ask
//! until it is answered, so that a run in which all are blocked comes to rest. And two may
//! be asked to begin the one transaction: a participant votes YES to the first that asks it and NO to
//! others, and who has begun votes YES to nobody else; so if two begin, each is refused by the other, and
//! all abort.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::commit::{
        COMMIT_AGREEMENT, COMMIT_VALIDITY, CommitIndication, Outcome, STABILITY, TERMINATION,
        Transaction, Vote, one_transaction,
    },
    kernel::{Break, Context, Failures, Group, Keys, NodeId, NodeSet, Process, Protocol, Rule},
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "two-phase-commit",
    name: "Two-phase commit",
    summary: "A coordinator asks everybody for a vote, and tells everybody what follows.",
    source: "Gray 1978, Notes on Data Base Operating Systems; Bernstein, Hadzilacos and Goodman 1987, \
             Concurrency Control and Recovery in Database Systems, section 7.4",
    failures: Failures::CrashRecovery,
    model: &[
        Rule::RequestersComeBack("begin").always().for_liveness(),
        Rule::NothingIsLost.always().for_liveness(),
        Rule::NoCutAtWrites.always().for_liveness(),
    ],
    promises: &[COMMIT_AGREEMENT, COMMIT_VALIDITY, STABILITY, TERMINATION],
    breaks: &[Break {
        when: "the coordinator crashes after the votes",
        scenario: "coordinator-crashes-after-the-votes",
        violates: &[TERMINATION],
        broken: &[Rule::RequestersComeBack("begin")],
    }],
    unbreakable: &[(STABILITY, "a decision is in stable storage before it is told")],
    costs: &[crate::cost!("one transaction", n >= 2 => 3 * (n - 1), one_transaction)],
    ..Protocol::of::<TwoPhaseCommit>()
};

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// How long the coordinator waits for votes, and a participant for the decision.
        timeout: u32 = 200, in 1..=10_000 "ms";
    }
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TwoPhaseCommit {
    timeout: u32,
    me: NodeId,
    /// How it votes when it is asked; stable.
    vote: Vote,
    /// Who coordinates: itself if it has begun, or else whom it has voted yes to; stable.
    coordinator: Option<NodeId>,
    /// What was decided; stable.
    outcome: Option<Outcome>,
    /// At the coordinator: whose vote is still missing.
    missing: NodeSet,
    /// Who is in doubt and has asked.
    asked: NodeSet,
}

/// What travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// The coordinator asks for a vote.
    #[display("VOTE-REQ")]
    VoteReq,
    /// A participant can commit, and will if it is told to.
    #[display("YES")]
    Yes,
    /// A participant cannot commit.
    #[display("NO")]
    No,
    /// It is decided: the transaction takes effect.
    #[display("COMMIT")]
    Commit,
    /// It is decided: the transaction never was.
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

/// The only timer: what one waits for has not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("timeout")]
pub struct Timeout;

impl Process for TwoPhaseCommit {
    type Parameters = Parameters;
    type Request = Transaction;
    type Indication = CommitIndication;
    type Message = Message;
    type Timer = Timeout;

    fn new(group: Group, parameters: &Parameters) -> Self {
        Self {
            timeout: parameters.timeout,
            me: group.me,
            vote: Vote::Yes,
            coordinator: None,
            outcome: None,
            missing: group.others(),
            asked: NodeSet::EMPTY,
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, request: Transaction) {
        match request {
            Transaction::Vote(Vote::Yes) => {}
            Transaction::Vote(Vote::No) => {
                self.vote = Vote::No;
                ctx.store();
            }
            Transaction::Begin if self.coordinator.is_some() => {
                ctx.note("the transaction is under way already");
            }
            Transaction::Begin => match self.outcome {
                None => self.begin(ctx),
                Some(outcome) => self.pass_on(ctx, outcome),
            },
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        match message {
            Message::VoteReq => self.on_vote_req(ctx, from),
            Message::Yes => self.on_yes(ctx, from),
            Message::No => self.on_no(ctx),
            Message::Commit => self.decide(ctx, COMMIT),
            Message::Abort => self.decide(ctx, ABORT),
            Message::DecisionReq => self.on_decision_req(ctx, from),
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, Timeout: Timeout) {
        if self.coordinates() {
            self.decide(ctx, ABORT);
        } else {
            ctx.send_others(Message::DecisionReq);
        }
    }

    fn recover(stored: &Self, fresh: Self) -> Self {
        let Self { vote, coordinator, outcome, .. } = *stored;
        Self { vote, coordinator, outcome, ..fresh }
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        match self.outcome {
            // It may have crashed before it had told everybody.
            Some(outcome) if self.coordinates() => ctx.send_others(outcome.into()),
            Some(_) => {}
            None if self.coordinates() => self.decide(ctx, ABORT),
            None if self.coordinator.is_some() => {
                ctx.send_others(Message::DecisionReq);
                ctx.set_timer(Timeout, self.timeout.into());
            }
            None => {
                self.decide(ctx, ABORT);
                ctx.send_others(Message::Abort);
            }
        }
    }

    /// Who is in doubt waits for the coordinator: others may help, but need not be able to.
    fn waits_for(&self, _group: Group) -> NodeSet {
        match self.coordinator {
            Some(coordinator) if self.outcome.is_none() && !self.coordinates() => {
                coordinator.into()
            }
            _ => NodeSet::EMPTY,
        }
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
    fn coordinates(&self) -> bool {
        self.coordinator == Some(self.me)
    }

    /// Whether it has neither begun nor voted nor decided, and so may still do as it likes.
    const fn is_untouched(&self) -> bool {
        self.coordinator.is_none() && self.outcome.is_none()
    }

    fn begin(&mut self, ctx: &mut Context<Self>) {
        self.coordinator = Some(self.me);
        ctx.store();
        ctx.indicate(CommitIndication::Vote { vote: self.vote });
        if self.vote == Vote::No {
            return self.decide(ctx, ABORT);
        }
        ctx.send_others(Message::VoteReq);
        ctx.set_timer(Timeout, self.timeout.into());
        self.commit_if_all_voted(ctx);
    }

    /// Tells everybody a decision that was made without a coordinator: the process that aborted alone may have crashed
    /// before it had told all. From now on this process answers for the decision, also after a crash.
    fn pass_on(&mut self, ctx: &mut Context<Self>, outcome: Outcome) {
        self.coordinator = Some(self.me);
        ctx.store();
        ctx.send_others(outcome.into());
    }

    fn on_vote_req(&mut self, ctx: &mut Context<Self>, from: NodeId) {
        if self.coordinator == Some(from) {
            return; // A second copy of the question.
        }
        if self.is_untouched() && self.vote == Vote::Yes {
            self.coordinator = Some(from);
            ctx.store();
            ctx.indicate(CommitIndication::Vote { vote: Vote::Yes });
            ctx.send(from, Message::Yes);
            ctx.set_timer(Timeout, self.timeout.into());
            return;
        }
        if self.is_untouched() {
            ctx.indicate(CommitIndication::Vote { vote: Vote::No });
            self.decide(ctx, ABORT);
        }
        ctx.send(from, Message::No);
    }

    fn on_yes(&mut self, ctx: &mut Context<Self>, from: NodeId) {
        self.missing.remove(from);
        self.commit_if_all_voted(ctx);
    }

    fn commit_if_all_voted(&mut self, ctx: &mut Context<Self>) {
        if self.missing.is_empty() {
            self.decide(ctx, COMMIT);
        }
    }

    fn on_no(&mut self, ctx: &mut Context<Self>) {
        self.decide(ctx, ABORT);
    }

    fn on_decision_req(&mut self, ctx: &mut Context<Self>, from: NodeId) {
        self.asked.insert(from);
        match self.outcome {
            Some(outcome) => ctx.send(from, outcome.into()),
            None if self.is_untouched() => self.decide(ctx, ABORT),
            None => {}
        }
    }

    /// Decides, once, and tells whoever has to know.
    fn decide(&mut self, ctx: &mut Context<Self>, outcome: Outcome) {
        if self.outcome.is_some() {
            return;
        }
        self.outcome = Some(outcome);
        ctx.cancel_timer(Timeout);
        ctx.store();
        ctx.indicate(CommitIndication::Decided(outcome));
        let whom = if self.coordinates() { ctx.group().others() } else { self.asked };
        ctx.multicast(whom, outcome.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Fault, MessageName, Scenario, Time},
        protocols::testing::{crash, deliveries, group, node},
    };

    /// So many nodes; the first is asked to begin.
    fn begun(size: usize) -> Scenario {
        let mut scenario = group(&PROTOCOL, size);
        scenario.ask(0, node(1), "begin", None);
        scenario
    }

    fn recover(at: Time, number: usize) -> Fault {
        Fault::Recover { node: node(number), at }
    }

    fn outcomes(scenario: &Scenario) -> Vec<String> {
        let mut told = deliveries(&PROTOCOL, scenario);
        told.retain(|it| !it.contains(" vote "));
        told
    }

    #[test]
    fn a_vote_is_told_when_it_is_sent() {
        let mut scenario = begun(3);
        scenario.ask(5, node(3), "vote", Some("no".into()));
        // It has voted already.
        scenario.ask(15, node(2), "vote", Some("no".into()));
        let mut votes = deliveries(&PROTOCOL, &scenario);
        votes.retain(|it| it.contains(" vote "));
        assert_eq!(votes, ["0 P1 vote yes", "10 P2 vote yes", "10 P3 vote no"]);
    }

    #[test]
    fn all_commit_if_all_vote_yes() {
        assert_eq!(outcomes(&begun(3)), ["20 P1 commit", "30 P2 commit", "30 P3 commit"]);
        assert_eq!(outcomes(&begun(1)), ["0 P1 commit"]);
    }

    #[test]
    fn all_abort_if_one_votes_no() {
        let mut scenario = begun(3);
        scenario.ask(5, node(3), "vote", Some("no".into()));
        scenario.ask(6, node(3), "vote", Some("yes".into()));
        assert_eq!(outcomes(&scenario), ["10 P3 abort", "20 P1 abort", "30 P2 abort"]);
        let mut scenario = group(&PROTOCOL, 3);
        scenario.ask(0, node(1), "vote", Some("no".into()));
        scenario.ask(5, node(1), "begin", None);
        assert_eq!(outcomes(&scenario), ["5 P1 abort", "15 P2 abort", "15 P3 abort"]);
    }

    #[test]
    fn a_no_outlives_a_crash() {
        let mut scenario = begun(2);
        scenario.requests[0].at = 30;
        scenario.ask(0, node(2), "vote", Some("no".into()));
        scenario.faults = vec![crash(5, 2, 0), recover(10, 2)];
        scenario.faults[0] = Fault::Crash { node: node(2), at: 5, after_sends: None };
        assert_eq!(outcomes(&scenario), ["10 P2 abort", "20 P1 abort"]);
    }

    #[test]
    fn a_vote_that_does_not_come_in_time_is_a_no() {
        let mut scenario = begun(3);
        scenario.faults = vec![Fault::Crash { node: node(3), at: 5, after_sends: None }];
        assert_eq!(outcomes(&scenario), ["200 P1 abort", "210 P2 abort"]);
    }

    /// Cooperative termination: who has not voted yet may abort, and does.
    #[test]
    fn one_in_doubt_asks_one_that_has_not_voted() {
        let mut scenario = begun(3);
        scenario.faults = vec![crash(0, 1, 1)];
        assert_eq!(outcomes(&scenario), ["220 P3 abort", "230 P2 abort"]);
    }

    #[test]
    fn one_in_doubt_answers_once_it_knows() {
        let mut scenario = begun(3);
        // The commit is long on its way to P2, and never leaves for P3.
        let commit = MessageName { from: node(1), to: node(2), number: 2 };
        scenario.faults = vec![Fault::Delay { message: commit, by: 300 }, crash(20, 1, 1)];
        assert_eq!(outcomes(&scenario), ["20 P1 commit", "330 P2 commit", "340 P3 commit"]);
    }

    /// P2 aborts alone when it comes back, and crashes again before it has told P3.
    #[test]
    fn an_abort_that_not_all_have_heard_of_is_passed_on_by_whoever_is_asked_to_begin() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.ask(30, node(1), "begin", None);
        let down = Fault::Crash { node: node(2), at: 5, after_sends: None };
        scenario.faults = vec![down, recover(10, 2), crash(10, 2, 1)];
        assert_eq!(outcomes(&scenario), ["10 P2 abort", "20 P1 abort", "40 P3 abort"]);
        // P2 itself is asked, and crashes in the middle once more.
        scenario.requests[0].node = node(2);
        scenario.faults.extend([recover(20, 2), crash(30, 2, 0), recover(50, 2)]);
        assert_eq!(outcomes(&scenario), ["10 P2 abort", "20 P1 abort", "60 P3 abort"]);
    }

    #[test]
    fn a_coordinator_that_comes_back_goes_by_its_log() {
        let mut scenario = begun(3);
        scenario.faults = vec![crash(20, 1, 0), recover(50, 1)];
        assert_eq!(outcomes(&scenario), ["20 P1 commit", "60 P2 commit", "60 P3 commit"]);
        // It had decided nothing yet.
        scenario.faults[0] = Fault::Crash { node: node(1), at: 15, after_sends: None };
        assert_eq!(outcomes(&scenario), ["50 P1 abort", "60 P2 abort", "60 P3 abort"]);
    }

    #[test]
    fn a_participant_that_comes_back_in_doubt_asks() {
        let mut scenario = begun(3);
        let crash = Fault::Crash { node: node(3), at: 15, after_sends: None };
        scenario.faults = vec![crash, recover(50, 3)];
        assert_eq!(outcomes(&scenario), ["20 P1 commit", "30 P2 commit", "70 P3 commit"]);
    }

    #[test]
    fn a_participant_that_comes_back_in_doubt_asks_once_more_after_the_timeout() {
        let mut scenario = begun(3);
        scenario.faults = vec![
            Fault::Crash { node: node(3), at: 15, after_sends: None },
            recover(50, 3),
            Fault::Drop { message: MessageName { from: node(3), to: node(1), number: 2 } },
            Fault::Drop { message: MessageName { from: node(3), to: node(2), number: 1 } },
        ];
        assert_eq!(outcomes(&scenario), ["20 P1 commit", "30 P2 commit", "270 P3 commit"]);
    }

    #[test]
    fn a_participant_that_comes_back_without_having_voted_aborts_alone() {
        let mut scenario = begun(3);
        // The others learn of it before the coordinator gives it up.
        scenario.faults = vec![crash(0, 3, 0), recover(50, 3)];
        assert_eq!(outcomes(&scenario), ["50 P3 abort", "60 P1 abort", "60 P2 abort"]);
        scenario.faults = vec![crash(0, 3, 0), recover(500, 3)];
        assert_eq!(outcomes(&scenario), ["200 P1 abort", "210 P2 abort", "500 P3 abort"]);
        // Also if it is then asked to begin.
        scenario.requests[0] = scenario.requests[0].clone();
        scenario.requests[0].at = 40;
        scenario.requests[0].node = node(3);
        scenario.faults = vec![crash(10, 3, 0), recover(20, 3)];
        scenario.faults[0] = Fault::Crash { node: node(3), at: 10, after_sends: None };
        assert_eq!(outcomes(&scenario), ["20 P3 abort", "30 P1 abort", "30 P2 abort"]);
    }

    #[test]
    fn two_that_begin_refuse_each_other() {
        let mut scenario = begun(4);
        scenario.ask(5, node(4), "begin", None);
        let aborts = ["15 P4 abort", "25 P1 abort", "25 P2 abort", "25 P3 abort"];
        let mut outcomes_of_two = outcomes(&scenario);
        outcomes_of_two.sort();
        assert_eq!(outcomes_of_two.len(), aborts.len(), "{outcomes_of_two:?}");
        assert!(outcomes_of_two.iter().all(|it| it.ends_with("abort")), "{outcomes_of_two:?}");
        // Who has voted already has nothing to begin.
        scenario.requests[1].at = 15;
        assert_eq!(outcomes(&scenario).iter().filter(|it| it.ends_with("commit")).count(), 4);
    }
}
