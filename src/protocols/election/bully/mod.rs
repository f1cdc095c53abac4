//! The bully algorithm.
//!
//! The live process with the highest id must lead. A process that starts an election asks all higher ones (ELECTION).
//! A process that is asked answers (ANSWER), which takes the election over, and starts one of its own. A process that
//! receives no ANSWER within two message delays is the highest that is up, and says so (COORDINATOR). A process that
//! receives one waits for the COORDINATOR. If it does not come, because the higher process has crashed meanwhile, it
//! starts again.
//!
//! Synchrony gives silence a meaning: a process that is up has received ELECTION after one delay, and its ANSWER is
//! back after another. If an ANSWER is late, a lower process wrongly considers itself the highest, and until the next
//! COORDINATOR there are two leaders: **unique leader** breaks.
//!
//! All elections run at the same time, so the outcome is known after a few delays. But they cost messages: if the
//! lowest process starts and all are up, each asks all higher ones and is answered, which is n(n − 1) messages, and
//! n − 1 processes receive the outcome: n² − 1. Where delays differ, an ELECTION may arrive after the COORDINATOR
//! that settled it. Its receiver then starts once more, which costs a few messages more.
//!
//! A process that recovers starts an election. If it is the highest, it says COORDINATOR at once, and bullies the
//! current leader. It takes itself for the leader one delay later: by then all have heard of it, also the process that
//! it deposes. Coulouris et al. note that in their version, where it leads at once, two processes lead while
//! COORDINATOR is in transit.
//!
//! *A COORDINATOR may be stale*: since then its sender has crashed, or a higher process has recovered. So it ends an
//! election only if no higher process has answered in this election, and, below the highest id of all, not before all
//! answers have arrived. A leader nevertheless gives way to it at once: two leaders are worse than none. A
//! process that hears it outside an election, from below its leader, asks before it believes.
//!
//! *A report of a crash may be early*: COORDINATOR and ANSWER of the crashed process may still be in transit. One
//! delay later they have arrived. A process that then relies on them, as a follower or in an election, asks again.
//!
//! Where it departs from Coulouris et al.: the delay before it leads, and the doubts about COORDINATOR. Where it
//! departs from Garcia-Molina: there the candidate halts all others, collects their answers, and is believed only by
//! those that it halted last, which excludes stale messages. This takes one more round of messages in each election;
//! here only a doubt costs another election.

use std::cmp::Ordering;

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::election::{
        Elect, HIGHEST_LIVE_PROCESS_LEADS, Leader, TERMINATION, UNIQUE_LEADER,
    },
    cost,
    kernel::{
        Break, Context, Detection, Failures, Group, NodeId, NodeSet, Process, Protocol, Rule, Time,
    },
};

#[cfg(test)]
mod tests;

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "bully",
    name: "The bully algorithm",
    summary: "A process that finds no higher process up tells all others that it leads.",
    source: "Garcia-Molina 1982, Elections in a Distributed Computing System, as presented in Coulouris, Dollimore, \
             Kindberg and Blair 2012, Distributed Systems: Concepts and Design, section 15.3; note 003",
    example: "leader-crashes",
    failures: Failures::CrashRecovery,
    model: &[
        Rule::NoLoss.always(),
        Rule::Synchrony.always(),
        Rule::NoDrift.always(),
        Rule::CrashesAreDetected.always().for_liveness(),
    ],
    promises: &[UNIQUE_LEADER, HIGHEST_LIVE_PROCESS_LEADS, TERMINATION],
    breaks: &[
        Break {
            when: "an answer is late",
            scenario: "late-answer",
            violates: &[UNIQUE_LEADER],
            broken: &[Rule::Synchrony],
        },
        Break {
            when: "the leader crashes, and its crash is not detected",
            scenario: "crash-goes-unnoticed",
            violates: &[HIGHEST_LIVE_PROCESS_LEADS],
            broken: &[Rule::CrashesAreDetected],
        },
    ],
    costs: &[cost!(
        "one election, at worst: the lowest process starts it and all are up",
        n >= 2 => n.pow(2) - 1,
        |scenario| scenario.ask(0, NodeId::new(0), "elect", None)
    )],
    ..Protocol::of::<Bully>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Longest delay that the process assumes if the network promises no bound.
        assumed_delay: u32 = 30, in 1..=10_000 "ms";
    }
}

/// A process that elects, follows or leads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Bully {
    phase: Phase,
    /// The process that it takes for the leader.
    leader: Option<NodeId>,
    /// Processes that have answered in this election.
    answered: NodeSet,
    /// The highest process that has said COORDINATOR in this election, and is in doubt.
    claimed: Option<NodeId>,
}

/// Phase of its election.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub enum Phase {
    /// No election.
    #[default]
    Idle,
    /// It has asked the higher processes, and answers may still arrive.
    AwaitingAnswer,
    /// All answers have arrived, and the highest process that has answered has to say COORDINATOR.
    AwaitingCoordinator,
    /// It has said COORDINATOR, which has not reached all processes yet.
    Announced,
}

/// Messages of an election.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// To the higher processes: are they up?
    #[display("ELECTION")]
    Election,
    /// The sender is up, and takes the election over.
    #[display("ANSWER")]
    Answer,
    /// The sender leads.
    #[display("COORDINATOR")]
    Coordinator,
}

/// Timers of an election.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Timer {
    /// The end of the phase.
    #[display("timeout")]
    Timeout,
    /// All messages that this node sent before it crashed have arrived.
    #[display("{_0} is silent")]
    Silent(NodeId),
}

impl Process for Bully {
    type Parameters = Parameters;
    type Request = Elect;
    type Indication = Leader;
    type Message = Message;
    type Timer = Timer;

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        Self::default()
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Elect: Elect) {
        if self.phase == Phase::Idle {
            self.start_election(ctx);
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        match message {
            Message::Election => {
                ctx.send(from, Message::Answer);
                if self.phase == Phase::Idle {
                    self.start_election(ctx);
                }
            }
            Message::Answer => {
                if matches!(self.phase, Phase::AwaitingAnswer | Phase::AwaitingCoordinator) {
                    self.answered.insert(from);
                }
            }
            Message::Coordinator => self.on_coordinator(ctx, from),
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: Timer) {
        match (timer, self.phase) {
            (Timer::Timeout, Phase::AwaitingAnswer) => self.count_answers(ctx),
            (Timer::Timeout, Phase::AwaitingCoordinator) => self.start_election(ctx),
            (Timer::Timeout, Phase::Announced) => self.end_election(ctx, ctx.me()),
            (Timer::Timeout, Phase::Idle) => {}
            (Timer::Silent(node), phase) => {
                let follows = phase == Phase::Idle && self.leader == Some(node);
                if follows || self.claimed == Some(node) || self.answered.contains(node) {
                    self.start_election(ctx);
                }
            }
        }
    }

    fn on_detection(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        if let Detection::Suspect(node) = detection {
            ctx.set_timer(Timer::Silent(node), delay(ctx));
        }
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        self.start_election(ctx);
    }
}

impl Bully {
    fn start_election(&mut self, ctx: &mut Context<Self>) {
        (self.answered, self.claimed) = (NodeSet::EMPTY, None);
        let higher = ctx.others().after(ctx.me());
        if higher.is_empty() {
            return self.announce(ctx);
        }
        ctx.multicast(higher, Message::Election);
        self.phase = Phase::AwaitingAnswer;
        ctx.set_timer(Timer::Timeout, 2 * delay(ctx));
    }

    /// Two delays after ELECTION, all higher processes that were up have answered.
    fn count_answers(&mut self, ctx: &mut Context<Self>) {
        let highest = self.answered.highest();
        match (self.claimed.cmp(&highest), self.claimed) {
            (Ordering::Equal, None) => self.announce(ctx),
            (Ordering::Equal, Some(leader)) => self.end_election(ctx, leader),
            // Its sender has crashed since it said COORDINATOR, or has recovered since it was asked.
            (Ordering::Greater, _) => self.start_election(ctx),
            (Ordering::Less, _) => {
                self.phase = Phase::AwaitingCoordinator;
                // The highest was asked at the same time, and waits for two delays itself.
                ctx.set_timer(Timer::Timeout, 4 * delay(ctx));
            }
        }
    }

    fn on_coordinator(&mut self, ctx: &mut Context<Self>, from: NodeId) {
        let higher_answered = self.answered.highest() > Some(from);
        let highest_of_all = ctx.group().everyone().highest() == Some(from);
        let in_doubt = match self.phase {
            // It may have recovered while another COORDINATOR was in transit.
            Phase::Idle if self.leader > Some(from) => return self.start_election(ctx),
            Phase::Idle | Phase::Announced => false,
            Phase::AwaitingAnswer => higher_answered || !highest_of_all,
            Phase::AwaitingCoordinator => higher_answered,
        };
        if !in_doubt {
            return self.end_election(ctx, from);
        }
        self.claimed = self.claimed.max(Some(from));
        if self.leader <= Some(from) {
            self.follow(ctx, from);
        }
    }

    /// No higher process is up.
    fn announce(&mut self, ctx: &mut Context<Self>) {
        ctx.multicast(ctx.others().before(ctx.me()), Message::Coordinator);
        self.phase = Phase::Announced;
        ctx.set_timer(Timer::Timeout, delay(ctx));
    }

    fn end_election(&mut self, ctx: &mut Context<Self>, leader: NodeId) {
        ctx.cancel_timer(Timer::Timeout);
        self.phase = Phase::Idle;
        (self.answered, self.claimed) = (NodeSet::EMPTY, None);
        self.follow(ctx, leader);
    }

    fn follow(&mut self, ctx: &mut Context<Self>, leader: NodeId) {
        self.leader = Some(leader);
        ctx.indicate(Leader { leader, term: None });
    }
}

/// Longest time that a message travels, in ms; at least 1, by which silence differs from an answer.
fn delay(ctx: &Context<Bully>) -> Time {
    ctx.group().delay_bound.unwrap_or(ctx.parameters().assumed_delay.into()).max(1)
}
