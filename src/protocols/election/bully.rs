//! The bully algorithm.
//!
//! Implements: LeaderElection. Uses: a perfect failure detector.
//! Model: crash-recovery without stable storage, synchronous, reliable channels, true clocks; every crash is
//! detected.
//! Source: Garcia-Molina 1982, "Elections in a Distributed Computing System", as Coulouris, Dollimore, Kindberg
//! and Blair (2012) present it in section 15.3; note 003.
//!
//! The live process with the highest id is to lead. Who starts an election asks everybody above it
//! (ELECTION). Who is asked answers (ANSWER), which takes the election off the asker's hands, and starts one of
//! its own. Who gets no ANSWER within two message delays is the highest that is up, and says so (COORDINATOR).
//! Who got one waits for that; if it does not come, since who answered has crashed meanwhile, it starts again.
//!
//! Synchrony is what makes silence mean something: who is up has received ELECTION after one delay, and its
//! ANSWER is back after another. If an ANSWER is late, somebody wrongly takes itself for the highest, and until
//! COORDINATOR comes there are two leaders: **unique leader** breaks.
//!
//! Nobody waits for its turn: all elections run at the same time, so that the outcome is there after a few
//! delays. But they are many: if the lowest starts and all are up, everybody asks everybody above it and is
//! answered, which is n(n − 1) messages, and n − 1 are told of the outcome: n² − 1.
//!
//! Where messages do not all take equally long, an ELECTION may come after the COORDINATOR that settled it; its
//! receiver then starts once more, and it can be a few messages more.
//!
//! A process that comes back starts an election. If it is the highest, there is nobody to ask: it says COORDINATOR
//! at once, and bullies whoever leads. It takes itself for the leader one delay later: by then everybody has heard
//! of it, the one that it deposes too. Coulouris et al. note that their version, in which it leads at once, lets
//! two lead while COORDINATOR is on its way.
//!
//! *A COORDINATOR may be stale*: its sender has crashed since, or a higher process has come back since. So it ends
//! an election only if no higher process has answered in this election, and, below the highest id of all, not
//! before all answers are there. One that leads gives way to it at once all the same: two leaders are worse than
//! none. A process that hears it outside an election, from below its leader, asks before it believes.
//!
//! *A crash may be stale news, too*: when it is reported, COORDINATOR and ANSWER of the crashed process may still be
//! on their way. One delay later they have come. A process that goes by them then, as a follower or in an election,
//! asks again.
//!
//! Where it departs from Coulouris et al.: the delay before it leads, and the doubts about COORDINATOR. Where it
//! departs from Garcia-Molina: there the candidate halts all others, collects their answers, and is believed only
//! by those that it has halted last, which keeps out what is stale. That takes one more round of messages in each
//! election; here only a doubt costs another election.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::election::{
        Elect, HIGHEST_LIVE_PROCESS_LEADS, Leader, TERMINATION, UNIQUE_LEADER,
    },
    kernel::{
        Break, Context, Detection, Failures, Group, NodeId, NodeSet, Process, Protocol, Rule, Time,
    },
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "bully",
    name: "The bully algorithm",
    summary: "Who hears of nobody above it that is up tells everybody that it leads.",
    source: "Garcia-Molina 1982, Elections in a Distributed Computing System",
    failures: Failures::CrashRecovery,
    model: &[
        Rule::NothingIsLost.always(),
        Rule::Synchrony.always(),
        Rule::ClocksRunTrue.always(),
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
            when: "the leader crashes and nobody is told",
            scenario: "crash-goes-unnoticed",
            violates: &[HIGHEST_LIVE_PROCESS_LEADS],
            broken: &[Rule::CrashesAreDetected],
        },
    ],
    costs: &[
        crate::cost!("one election, at worst: the lowest starts it and all are up", n >= 2 => n.pow(2) - 1, |scenario| scenario.ask(0, NodeId::new(0), "elect", None)),
    ],
    ..Protocol::of::<Bully>()
};

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// How long a message is taken to travel at most, where the network promises no bound.
        assumed_delay: u32 = 30, in 1..=10_000 "ms";
    }
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Bully {
    /// How long a message travels at most, in ms.
    delay: Time,
    phase: Phase,
    /// The process that it takes for the leader.
    leader: Option<NodeId>,
    /// The processes that have answered in this election.
    answered: NodeSet,
    /// The highest process that has said COORDINATOR in this election, and is in doubt.
    claimed: Option<NodeId>,
}

/// How far its election is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Phase {
    /// There is none.
    Idle,
    /// It has asked those above it, and answers may still come.
    AwaitingAnswer,
    /// All answers are there, and the highest process that has answered will see to it.
    AwaitingCoordinator,
    /// It has told everybody that it leads, and not all of them have heard it yet.
    Announced,
}

/// What travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// To those above: are you up?
    #[display("ELECTION")]
    Election,
    /// I am, and I take over.
    #[display("ANSWER")]
    Answer,
    /// I lead.
    #[display("COORDINATOR")]
    Coordinator,
}

/// Its alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Timer {
    /// The phase is over.
    #[display("timeout")]
    Timeout,
    /// Whatever this node sent before it crashed has come.
    #[display("{_0} is silent")]
    Silent(NodeId),
}

impl Process for Bully {
    type Parameters = Parameters;
    type Request = Elect;
    type Indication = Leader;
    type Message = Message;
    type Timer = Timer;

    fn new(group: Group, parameters: &Parameters) -> Self {
        Self {
            // Silence takes some time to be told from an answer.
            delay: group.delay_bound.unwrap_or(parameters.assumed_delay.into()).max(1),
            phase: Phase::Idle,
            leader: None,
            answered: NodeSet::EMPTY,
            claimed: None,
        }
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
            (Timer::Timeout, Phase::Announced) => self.end_election(ctx, ctx.me()),
            (Timer::Timeout, Phase::AwaitingCoordinator) => self.start_election(ctx),
            (Timer::Silent(node), Phase::Idle) if self.leader == Some(node) => {
                self.start_election(ctx);
            }
            (Timer::Silent(node), Phase::AwaitingAnswer | Phase::AwaitingCoordinator)
                if self.claimed == Some(node) || self.answered.contains(node) =>
            {
                self.start_election(ctx);
            }
            _ => {}
        }
    }

    fn on_detection(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        if let Detection::Suspect(node) = detection {
            ctx.set_timer(Timer::Silent(node), self.delay);
        }
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        self.start_election(ctx);
    }
}

impl Bully {
    fn start_election(&mut self, ctx: &mut Context<Self>) {
        (self.answered, self.claimed) = (NodeSet::EMPTY, None);
        let above: NodeSet = ctx.group().others().into_iter().filter(|it| *it > ctx.me()).collect();
        if above.is_empty() {
            return self.announce(ctx);
        }
        ctx.multicast(above, Message::Election);
        self.phase = Phase::AwaitingAnswer;
        ctx.set_timer(Timer::Timeout, 2 * self.delay);
    }

    /// Two delays after its ELECTION it has heard from every process above that was up.
    fn count_answers(&mut self, ctx: &mut Context<Self>) {
        let highest = self.answered.into_iter().last();
        match (self.claimed, highest) {
            (None, None) => self.announce(ctx),
            (Some(claimed), Some(highest)) if claimed == highest => self.end_election(ctx, claimed),
            // It has crashed since it said so, or has come back since it was asked.
            (Some(claimed), highest) if Some(claimed) > highest => self.start_election(ctx),
            _ => {
                self.phase = Phase::AwaitingCoordinator;
                // The highest has been asked at the same time: it waits for two delays itself.
                ctx.set_timer(Timer::Timeout, 4 * self.delay);
            }
        }
    }

    fn on_coordinator(&mut self, ctx: &mut Context<Self>, from: NodeId) {
        let all_answers = self.phase != Phase::AwaitingAnswer;
        let is_highest_of_all = from.index() + 1 == ctx.group().size;
        let in_doubt = match self.phase {
            // It may have come back while another's COORDINATOR was on its way.
            Phase::Idle if self.leader > Some(from) => return self.start_election(ctx),
            Phase::Idle | Phase::Announced => false,
            _ => {
                let higher = self.answered.into_iter().any(|it| it > from);
                higher || !all_answers && !is_highest_of_all
            }
        };
        if !in_doubt {
            return self.end_election(ctx, from);
        }
        self.claimed = self.claimed.max(Some(from));
        if self.leader <= Some(from) {
            self.follow(ctx, from);
        }
    }

    /// Nobody above is up: tells those below.
    fn announce(&mut self, ctx: &mut Context<Self>) {
        let below: NodeSet = ctx.group().others().into_iter().filter(|it| *it < ctx.me()).collect();
        ctx.multicast(below, Message::Coordinator);
        self.phase = Phase::Announced;
        ctx.set_timer(Timer::Timeout, self.delay);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Detector, Fault, Scenario, Timing},
        protocols::testing::{crash, group, indications, node, sends, slow},
    };

    /// A group in which node number `starter` starts an election at 0, and every message takes its 10 ms.
    fn election(size: usize, starter: usize) -> Scenario {
        let mut scenario = group(&PROTOCOL, size);
        scenario.network.timing = Timing::Synchronous(10);
        scenario.network.detector = Detector::Perfect(20);
        scenario.ask(0, node(starter), "elect", None);
        scenario
    }

    #[test]
    fn the_highest_says_so_at_once_and_leads_when_all_have_heard() {
        let scenario = election(3, 3);
        assert_eq!(sends(&PROTOCOL, &scenario), ["0 P3>P1 COORDINATOR", "0 P3>P2 COORDINATOR"]);
        let expected = ["10 P1 leader P3", "10 P2 leader P3", "10 P3 leader P3"];
        assert_eq!(indications(&PROTOCOL, &scenario), expected);
    }

    #[test]
    fn two_delays_of_silence_mean_that_nobody_above_is_up() {
        let mut scenario = election(3, 2);
        scenario.faults = vec![crash(0, 3, 0)];
        let expected = ["0 P2>P3 ELECTION", "20 P2>P1 COORDINATOR"];
        assert_eq!(sends(&PROTOCOL, &scenario), expected);
    }

    #[test]
    fn who_answers_and_crashes_is_not_waited_for_for_ever() {
        let mut scenario = election(3, 1);
        // P3 answers P1, and crashes before it says COORDINATOR; P2 never hears of the election.
        scenario.faults = vec![crash(10, 3, 1), crash(0, 2, 0)];
        scenario.network.detector = Detector::None;
        let expected = [
            "0 P1>P2 ELECTION",
            "0 P1>P3 ELECTION",
            "10 P3>P1 ANSWER",
            "60 P1>P2 ELECTION",
            "60 P1>P3 ELECTION",
        ];
        assert_eq!(sends(&PROTOCOL, &scenario), expected);
        assert_eq!(indications(&PROTOCOL, &scenario), ["90 P1 leader P1"]);
        // Where the crash is reported, at 30, it waits for one delay only.
        scenario.network.detector = Detector::Perfect(20);
        assert_eq!(indications(&PROTOCOL, &scenario), ["70 P1 leader P1"]);
    }

    #[test]
    fn who_comes_back_and_is_not_the_highest_asks() {
        let mut scenario = election(3, 3);
        scenario.faults = vec![crash(20, 2, 0), Fault::Recover { node: node(2), at: 100 }];
        let told = indications(&PROTOCOL, &scenario);
        let back = ["120 P1 leader P3", "120 P2 leader P3", "120 P3 leader P3"];
        assert_eq!(told[3..], back);
    }

    #[test]
    fn a_boast_that_is_overtaken_is_not_believed() {
        let mut scenario = election(3, 2);
        // P2 leads in P3's absence, and tells P1 so by a link that takes the whole of the bound.
        scenario.network.timing = Timing::Synchronous(30);
        scenario.network.links = vec![slow(2, 1, 30)];
        scenario.faults = vec![crash(0, 3, 0), Fault::Recover { node: node(3), at: 65 }];
        let told = indications(&PROTOCOL, &scenario);
        // P2 says COORDINATOR at 60, which P1 hears at 90, when it has heard P3's of 65.
        assert_eq!(told[0], "75 P1 leader P3");
        let in_the_end = |who: &str| told.iter().rfind(|it| it.contains(who)).cloned();
        assert!(in_the_end(" P1 ").is_some_and(|it| it.ends_with("leader P3")), "{told:?}");
        assert!(!told.contains(&"90 P1 leader P2".to_owned()), "{told:?}");
    }
}
