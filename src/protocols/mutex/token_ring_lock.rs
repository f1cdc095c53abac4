//! Token ring lock.
//!
//! Implements: mutual exclusion. Uses: nothing.
//! Model: nobody crashes; asynchronous; reliable channels, in any order.
//! Source: Le Lann 1977, "Distributed Systems: Towards a Formal Approach"; Coulouris et al. 2012, section 15.2; note 003.
//!
//! The processes form a ring, each knowing its successor only, and one token goes round. Who has it may enter the critical
//! section; who leaves, or does not want in, passes it on. That is all: nobody is asked, and nobody answers.
//!
//! Why it works: there is one token, so at most one process is inside. It visits everybody, and a process enters
//! at most once per visit, so who wants in waits for at most one entry of each of the others.
//!
//! What it costs: one message per entry when everybody wants in. When nobody does, the token goes round for
//! nothing, n messages a turn, for ever; and who wants in just after passing it on waits for a whole turn, though
//! nobody is in the way. The pause trades the one for the other: fewer idle passes, or shorter waits.
//!
//! What breaks it: the token is in one place only. When its holder crashes, or the one to whom it is sent, or when
//! a channel loses it, nobody ever enters again. A second token, made by a channel that duplicates, lets two in.
//! And the order of entry is the ring's, not that of the requests: who asks again while inside is overtaken by who
//! asks later, which is free of starvation, but not fair in the sense of happened-before.
//!
//! Where it departs from the paper: there the ring is mended when a process fails, and a lost token is replaced;
//! here neither is done, which shows what they are for. The token carries the number of entries so far, which is
//! the fencing token. It rests at a process for a moment, so that an idle ring is no storm of messages.

use std::collections::VecDeque;

use serde::Serialize;

use crate::abstractions::mutex::{
    Access, Acquire, DEFAULT_HOLD, HAPPENED_BEFORE_FAIRNESS, MUTUAL_EXCLUSION, STARVATION_FREEDOM,
};
use crate::kernel::{
    Break, Context, Drawn, Group, Metric, NodeId, Process, Protocol, Rule, Scenario, Time,
    TimeToServe,
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "token-ring-lock",
    name: "Token ring lock",
    summary: "A token goes round a ring, and who has it may enter.",
    source: "Le Lann 1977, Distributed Systems: Towards a Formal Approach",
    model: &[Rule::ReliableChannels.always(), Rule::NobodyCrashes.always().for_liveness()],
    promises: &[MUTUAL_EXCLUSION, STARVATION_FREEDOM],
    beyond: &[HAPPENED_BEFORE_FAIRNESS],
    breaks: &[
        Break {
            when: "the holder crashes",
            scenario: "holder-crashes",
            violates: &[STARVATION_FREEDOM],
            broken: &[Rule::NobodyCrashes],
        },
        Break {
            when: "the token is duplicated",
            scenario: "two-tokens",
            violates: &[MUTUAL_EXCLUSION],
            broken: &[Rule::ReliableChannels],
        },
        Break {
            when: "who is inside asks again, and the next on the ring asks later",
            scenario: "asked-first-served-last",
            violates: &[HAPPENED_BEFORE_FAIRNESS],
            broken: &[],
        },
    ],
    costs: &[
        crate::cost!("one entry of each, all asked for at once", n >= 2 => n, everybody_enters),
        crate::cost!("one entry, just after passing the token on", n >= 2 => n, just_missed),
    ],
    metrics: &[
        Metric {
            name: "idle passes",
            unit: "messages",
            help: "How often the token was passed on by one that did not want in.",
            drawn: Drawn::Curve,
            value: |node| node.process::<TokenRingLock>().idle_passes.into(),
        },
        Metric {
            name: "wait",
            unit: "ms",
            help: "How long the next entry has been waited for.",
            drawn: Drawn::Curve,
            value: |node| node.process::<TokenRingLock>().wait(node.clock) as i64,
        },
    ],
    perpetual: Some(TimeToServe {
        statement: "for each request of one node, a turn of the ring: n times the longest delay and the longer \
                    of the pause and the longest hold",
        bound: |serving| {
            let [requests, hold] = wanted(serving.scenario());
            // The token of the turn before is all that a link may still be busy with.
            let step = serving
                .delay_behind(1)
                .saturating_add(hold.max(serving.integer(Parameters::pause)));
            // The first turn may be over for the node when it asks.
            step.saturating_mul((requests + 1) * serving.nodes())
        },
    }),
    ..Protocol::of::<TokenRingLock>()
};

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// How long the token rests at a process that does not want in: longer means fewer idle passes, and longer waits.
        pause: u32 = PAUSE, in 1..=10_000 "ms";
    }
}

/// A process of the ring.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TokenRingLock {
    successor: NodeId,
    pause: Time,
    token: Token,
    wishes: VecDeque<Wish>,
    idle_passes: u32,
}

/// Where the token is, as far as a process knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
enum Token {
    /// With somebody else, or on its way.
    Elsewhere,
    /// Here, and not needed.
    Idle { entries: u32 },
    /// Here, and this process is inside the critical section.
    InUse { entries: u32 },
}

/// To enter, once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Wish {
    since: Time,
    hold: Time,
}

/// The token, with the number of entries so far.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("TOKEN {entries}")]
pub struct Message {
    entries: u32,
}

/// What a process that has the token waits for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
pub enum Timer {
    /// The end of the pause.
    #[display("pass on")]
    PassOn,
    /// The end of the critical section.
    #[display("leave")]
    Leave,
}

impl Process for TokenRingLock {
    type Parameters = Parameters;
    type Request = Acquire;
    type Indication = Access;
    type Message = Message;
    type Timer = Timer;

    fn new(group: Group, parameters: &Parameters) -> Self {
        Self {
            successor: NodeId::new((group.me.index() + 1) % group.size),
            pause: parameters.pause.into(),
            token: Token::Elsewhere,
            wishes: VecDeque::new(),
            idle_passes: 0,
        }
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        // Somebody has to have the token at first.
        if ctx.me() == NodeId::new(0) {
            self.use_or_keep(ctx, 0);
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, request: Acquire) {
        self.wishes.push_back(Wish { since: ctx.clock(), hold: request.hold });
        if let Token::Idle { entries } = self.token {
            ctx.cancel_timer(Timer::PassOn);
            self.use_or_keep(ctx, entries);
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, _from: NodeId, token: Message) {
        // Who is inside has a token already: a second one ends here.
        if !matches!(self.token, Token::InUse { .. }) {
            self.use_or_keep(ctx, token.entries);
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: Timer) {
        match (timer, &self.token) {
            (Timer::PassOn, &Token::Idle { entries }) => {
                self.idle_passes += 1;
                self.pass_on(ctx, entries);
            }
            (Timer::Leave, &Token::InUse { entries }) => {
                ctx.indicate(Access::Exit {});
                // Even to one that wants in again: else the others might starve.
                self.pass_on(ctx, entries);
            }
            _ => {}
        }
    }

    fn on_recovery(&mut self, _ctx: &mut Context<Self>) {
        // Not as at the start: that would make a second token.
    }
}

impl TokenRingLock {
    /// Time that the next entry has been waited for, in ms, when the clock shows this.
    fn wait(&self, clock: Time) -> Time {
        self.wishes.front().map_or(0, |wish| clock.saturating_sub(wish.since))
    }

    /// Enters if it wants to; otherwise lets the token rest for a moment.
    fn use_or_keep(&mut self, ctx: &mut Context<Self>, entries: u32) {
        if let Some(wish) = self.wishes.pop_front() {
            let entries = entries + 1;
            self.token = Token::InUse { entries };
            ctx.indicate(Access::Enter { token: Some(entries) });
            ctx.set_timer(Timer::Leave, wish.hold);
        } else {
            self.token = Token::Idle { entries };
            ctx.set_timer(Timer::PassOn, self.pause);
        }
    }

    fn pass_on(&mut self, ctx: &mut Context<Self>, entries: u32) {
        self.token = Token::Elsewhere;
        ctx.send(self.successor, Message { entries });
    }
}

/// The pause, where a scenario does not say.
const PAUSE: u32 = 10;
/// How long a message takes where costs are counted.
const DELAY: Time = 10;
const HOLD: Time = 20;

/// The most requests that one node gets, and the longest hold that is asked for.
fn wanted(scenario: &Scenario) -> [Time; 2] {
    let holds = scenario.requests.iter().map(|request| match &request.with {
        Some(hold) => hold.as_u64().unwrap_or_default(),
        None => DEFAULT_HOLD,
    });
    let of_node = |node| scenario.requests.iter().filter(|it| it.node == node).count() as Time;
    let requests = scenario.requests.iter().map(|request| of_node(request.node)).max();
    [requests.unwrap_or(0), holds.max().unwrap_or(0)]
}

/// All ask at once, and the run ends when the token is back.
fn everybody_enters(scenario: &mut Scenario) {
    let size = scenario.nodes.len();
    for index in 0..size {
        scenario.ask(0, NodeId::new(index), "acquire", Some(HOLD.into()));
    }
    scenario.until = size as Time * (HOLD + DELAY);
}

/// The first asks just after passing the token on, and the run ends while it is inside.
fn just_missed(scenario: &mut Scenario) {
    let (size, pause) = (scenario.nodes.len() as Time, Time::from(PAUSE));
    scenario.ask(pause + 1, NodeId::new(0), "acquire", Some(HOLD.into()));
    scenario.until = size * (pause + DELAY) + HOLD / 2;
}

#[cfg(test)]
mod tests {
    use super::PROTOCOL;
    use crate::kernel::Fault;
    use crate::protocols::testing::{acquire, crash, group, indications, node};

    #[test]
    fn each_enters_in_its_turn_not_in_the_order_of_asking() {
        let mut scenario = group(&PROTOCOL, 4);
        scenario.requests = vec![acquire(1, 4, 20), acquire(2, 2, 20), acquire(3, 3, 20)];
        assert_eq!(
            indications(&PROTOCOL, &scenario),
            [
                "20 P2 enter",
                "40 P2 exit",
                "50 P3 enter",
                "70 P3 exit",
                "80 P4 enter",
                "100 P4 exit"
            ]
        );
    }

    #[test]
    fn who_just_missed_the_token_waits_for_a_full_turn_though_nobody_is_inside() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.requests = vec![acquire(11, 1, 20)];
        assert_eq!(indications(&PROTOCOL, &scenario), ["60 P1 enter", "80 P1 exit"]);
    }

    #[test]
    fn who_wants_in_again_lets_the_others_go_first() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests = vec![acquire(0, 1, 20), acquire(0, 1, 20), acquire(15, 2, 20)];
        let entered = ["0 P1 enter", "20 P1 exit", "30 P2 enter", "50 P2 exit", "60 P1 enter"];
        assert_eq!(indications(&PROTOCOL, &scenario)[..5], entered);
    }

    #[test]
    fn the_token_dies_with_its_holder_and_a_restart_makes_no_second_one() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.requests = vec![acquire(0, 1, 20), acquire(5, 2, 20)];
        scenario.faults = vec![crash(10, 1, 0), Fault::Recover { node: node(1), at: 40 }];
        assert_eq!(indications(&PROTOCOL, &scenario), ["0 P1 enter"]);
    }
}
