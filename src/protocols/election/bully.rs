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
//! ANSWER is back after another. So **two** never take themselves for the highest at a time. If an ANSWER is late,
//! somebody does so wrongly, and there are two leaders: **unique leader** breaks.
//!
//! Nobody waits for its turn: all elections run at the same time, so that the outcome is there after a few
//! delays. But they are many: if the lowest starts and all are up, everybody asks everybody above it and is
//! answered, which is n(n − 1) messages, and n − 1 are told of the outcome: n² − 1.
//!
//! Who comes back starts an election. If it is the highest, there is nobody to ask: it says COORDINATOR at once,
//! and bullies whoever leads. It leads when one delay has passed: by then everybody has heard of it, the one whom
//! it deposes too. If it led at once there would be two leaders while COORDINATOR is on its way; Coulouris et al.
//! note that their version does not exclude that.
//!
//! Where it departs from Coulouris et al.: that delay, in which Garcia-Molina's version halts everybody and
//! collects their answers; and COORDINATOR goes to those above as well, who are believed to have crashed: one
//! who has just come back and hears a lower one boast starts an election, and so does whoever hears it from one
//! that was reported as crashed.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::election::{
        Elect, HIGHEST_LIVE_PROCESS_LEADS, Leader, TERMINATION, UNIQUE_LEADER,
    },
    kernel::{
        Behaviour, Break, Context, Cost, Detection, Group, NodeId, NodeSet, Process, Protocol,
        Rule, Time,
    },
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "bully",
    name: "The bully algorithm",
    summary: "Who hears of nobody above it that is up tells everybody that it leads.",
    source: "Garcia-Molina 1982, Elections in a Distributed Computing System",
    model: &[
        Rule::NothingIsLost.always(),
        Rule::Synchrony.always(),
        Rule::ClocksRunTrue.always(),
        Rule::CrashesAreDetected.always().for_liveness(),
    ],
    promises: &[UNIQUE_LEADER, HIGHEST_LIVE_PROCESS_LEADS, TERMINATION],
    beyond: &[],
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
    unbreakable: &[],
    costs: &[Cost {
        operation: "one election, at worst: the lowest starts it and all are up",
        formula: "n² − 1",
        terms: &[],
        least: 2,
        perform: |scenario| scenario.ask(0, NodeId::new(0), "elect", None),
    }],
    metrics: &[],
    perpetual: false,
    behaviour: Behaviour::of::<Bully>(),
};

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// How long a message is taken to travel at most, where the network promises no bound.
        assumed_delay: u32 = 30, in 1..=10_000 "ms", name "assumed-delay";
    }
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Bully {
    /// How long a message travels at most, in ms.
    delay: Time,
    phase: Phase,
    leader: Option<NodeId>,
}

/// How far its election is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Phase {
    /// There is none.
    Idle,
    /// It has asked those above it.
    AwaitingAnswer,
    /// One of them has answered, and will see to it.
    AwaitingCoordinator,
    /// It has told everybody that it leads, and not all of them have heard it yet.
    Announced,
    /// One below it has told everybody that it leads, and not all of them have heard it yet.
    Challenged,
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
            delay: group.delay_bound.unwrap_or(parameters.assumed_delay.into()),
            phase: Phase::Idle,
            leader: None,
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
                if self.phase == Phase::AwaitingAnswer {
                    self.phase = Phase::AwaitingCoordinator;
                    // The highest has been asked at the same time: it waits for two delays itself.
                    ctx.set_timer(Timer::Timeout, 4 * self.delay);
                }
            }
            Message::Coordinator if from > ctx.me() => {
                ctx.cancel_timer(Timer::Timeout);
                self.follow(ctx, from);
            }
            Message::Coordinator => {
                self.phase = Phase::Challenged;
                ctx.set_timer(Timer::Timeout, self.delay);
            }
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: Timer) {
        match (timer, self.phase) {
            (Timer::Timeout, Phase::AwaitingAnswer) => self.announce(ctx),
            (Timer::Timeout, Phase::Announced) => self.follow(ctx, ctx.me()),
            (Timer::Timeout, _) => self.start_election(ctx),
            (Timer::Silent(node), Phase::Idle) if self.leader == Some(node) => {
                self.start_election(ctx);
            }
            (Timer::Silent(_), _) => {}
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
        let above: NodeSet = ctx.group().others().into_iter().filter(|it| *it > ctx.me()).collect();
        if above.is_empty() {
            return self.announce(ctx);
        }
        ctx.multicast(above, Message::Election);
        self.phase = Phase::AwaitingAnswer;
        ctx.set_timer(Timer::Timeout, 2 * self.delay);
    }

    /// Nobody above is up.
    fn announce(&mut self, ctx: &mut Context<Self>) {
        ctx.send_others(Message::Coordinator);
        self.phase = Phase::Announced;
        ctx.set_timer(Timer::Timeout, self.delay);
    }

    /// The election is over.
    fn follow(&mut self, ctx: &mut Context<Self>, leader: NodeId) {
        self.phase = Phase::Idle;
        self.leader = Some(leader);
        ctx.indicate(Leader { leader, term: None });
    }
}
