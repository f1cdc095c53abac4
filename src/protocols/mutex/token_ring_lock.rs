//! Token ring lock.
//!
//! The processes form a ring, of which each knows its successor only, and one token goes round. The process that has
//! it may enter the critical section. When it leaves, or if it does not want to enter, it passes the token on. No
//! process asks another, and none answers.
//!
//! Why it works: there is one token, so at most one process is inside. The token visits all processes, and a process
//! enters at most once a visit. So a process that wants to enter waits for at most one entry of each of the others.
//!
//! Its cost: one message an entry when all processes want to enter. When none does, the token still goes round,
//! n messages a turn, for ever. And a process that asks just after it passed the token on waits for a whole turn,
//! though no other process is in the way. The pause trades one for the other: fewer idle passes, or shorter waits.
//!
//! It breaks when the token is lost or duplicated. If its holder or its next receiver crashes, or if a channel loses
//! it, no process enters again. A second token, from a channel that duplicates, lets two processes in.
//! And the order of entry is the ring's, not that of the requests: a process that asks again while it is inside is
//! overtaken by one that asks later. This is free of starvation, but not fair in the sense of happened-before.
//!
//! Where it departs from the paper: there the ring is repaired when a process fails, and a lost token is replaced.
//! Here neither is done, which shows their purpose. The token carries the number of entries so far, which is the
//! fencing token. It rests at a process for a moment, so that an idle ring does not flood the network.

use serde::Serialize;

use crate::{
    abstractions::mutex::{
        Client, DEFAULT_HOLD, HAPPENED_BEFORE_FAIRNESS, Lock, MUTUAL_EXCLUSION, STARVATION_FREEDOM,
    },
    cost,
    kernel::{
        Break, Context, Drawn, Group, Measured, Metric, NodeId, Protocol, Rule, Scenario, Time,
        TimeToServe,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "token-ring-lock",
    name: "Token ring lock",
    summary: "A token goes round a ring, and the process that has it may enter.",
    source: "Le Lann 1977, Distributed Systems: Towards a Formal Approach; Coulouris, Dollimore, Kindberg and Blair \
             2012, Distributed Systems: Concepts and Design, section 15.2; note 003",
    example: "everyone-in-turn",
    model: &[Rule::ReliableChannels.always(), Rule::NoCrashes.always().for_liveness()],
    promises: &[MUTUAL_EXCLUSION, STARVATION_FREEDOM],
    beyond: &[HAPPENED_BEFORE_FAIRNESS],
    breaks: &[
        Break {
            when: "the holder crashes",
            scenario: "holder-crashes",
            violates: &[STARVATION_FREEDOM],
            broken: &[Rule::NoCrashes],
        },
        Break {
            when: "the token is duplicated",
            scenario: "two-tokens",
            violates: &[MUTUAL_EXCLUSION],
            broken: &[Rule::ReliableChannels],
        },
        Break {
            when: "the process inside asks again, and the next on the ring asks later",
            scenario: "asked-first-served-last",
            violates: &[HAPPENED_BEFORE_FAIRNESS],
            broken: &[],
        },
    ],
    costs: &[
        cost!("one entry of each, all requested at once", n >= 2 => n, all_enter),
        cost!("one entry, requested just after passing the token on", n >= 2 => n, just_missed),
    ],
    metrics: &[
        Metric {
            name: "idle passes",
            unit: "messages",
            help: "Number of times that the node passed the token on without having entered.",
            drawn: Drawn::Curve,
            value: |node| node.process::<Client<TokenRingLock>>().lock().idle_passes.into(),
        },
        Metric {
            name: "wait",
            unit: "ms",
            help: "Time since the request of the next entry.",
            drawn: Drawn::Curve,
            value: wait,
        },
    ],
    perpetual: Some(TimeToServe {
        only: None,
        statement: "for each request of one node, a turn of the ring: n times the sum of the longest delay and \
                    the longer of the pause and the longest hold",
        bound: |serving| {
            let [requests, hold] = wanted(serving.scenario());
            // A link may still be busy with the token of the turn before.
            let step = serving
                .delay_behind(1)
                .saturating_add(hold.max(serving.integer(Parameters::pause)));
            // The token may just have passed the node when it asks.
            step.saturating_mul((requests + 1) * serving.nodes())
        },
    }),
    ..Protocol::of::<Client<TokenRingLock>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Time that the token rests at a process without a request: a longer one means fewer idle passes and longer waits.
        pause: u32 = PAUSE, in 1..=10_000 "ms";
    }
}

/// A process of the ring.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TokenRingLock {
    token: Token,
    /// True if this process waits for the token.
    wants: bool,
    idle_passes: u32,
}

/// Place of the token, as far as the process knows, with the number of entries so far.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
enum Token {
    /// At another process, or in transit.
    Elsewhere,
    /// Here, while this process is outside.
    Idle { entries: u32 },
    /// Here, while this process is inside the critical section.
    InUse { entries: u32 },
}

/// The token, with the number of entries so far.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("TOKEN {entries}")]
pub struct Message {
    entries: u32,
}

/// The end of the pause.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("pass on")]
pub struct PassOn;

impl Lock for TokenRingLock {
    type Parameters = Parameters;
    type Message = Message;
    type Timer = PassOn;
    /// Time of the request by the local clock, for the metric.
    type Ticket = Time;

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        Self { token: Token::Elsewhere, wants: false, idle_passes: 0 }
    }

    /// The first process makes the token.
    fn on_init(&mut self, ctx: &mut Context<Self>) {
        if ctx.me() == NodeId::new(0) {
            self.use_or_keep(ctx, 0);
        }
    }

    fn ticket(&mut self, ctx: &mut Context<Self>) -> Time {
        ctx.clock()
    }

    fn request(&mut self, ctx: &mut Context<Self>, _ticket: Time) {
        self.wants = true;
        if let Token::Idle { entries } = self.token {
            ctx.cancel_timer(PassOn);
            self.use_or_keep(ctx, entries);
        }
    }

    /// A process that is inside has a token already. A second one ends here.
    fn on_message(&mut self, ctx: &mut Context<Self>, _from: NodeId, token: Message) {
        if !matches!(self.token, Token::InUse { .. }) {
            self.use_or_keep(ctx, token.entries);
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, PassOn: PassOn) {
        if let Token::Idle { entries } = self.token {
            self.idle_passes += 1;
            self.pass_on(ctx, entries);
        }
    }

    /// Passes the token on even if this process wants to enter again. Otherwise the others could starve.
    fn release(&mut self, ctx: &mut Context<Self>, _next: Option<&Time>) {
        if let Token::InUse { entries } = self.token {
            self.pass_on(ctx, entries);
        }
    }

    /// Not as at the start, which would make a second token.
    fn on_recovery(&mut self, _ctx: &mut Context<Self>) {}
}

impl TokenRingLock {
    /// Enters if this process wants to; otherwise lets the token rest for a moment.
    fn use_or_keep(&mut self, ctx: &mut Context<Self>, entries: u32) {
        if std::mem::take(&mut self.wants) {
            self.token = Token::InUse { entries: entries + 1 };
            ctx.enter_under(entries + 1);
        } else {
            self.token = Token::Idle { entries };
            ctx.set_timer(PassOn, ctx.parameters().pause.into());
        }
    }

    fn pass_on(&mut self, ctx: &mut Context<Self>, entries: u32) {
        self.token = Token::Elsewhere;
        let successor = NodeId::new((ctx.me().index() + 1) % ctx.group().size);
        ctx.send(successor, Message { entries });
    }
}

/// Time since the request of the next entry, in ms; 0 if the process does not wait.
fn wait(node: &Measured) -> i64 {
    let process = node.process::<Client<TokenRingLock>>();
    let entered = matches!(process.lock().token, Token::InUse { .. });
    let next = process.tickets().nth(usize::from(entered));
    next.map_or(0, |since| node.clock.saturating_sub(*since) as i64)
}

/// Default of the pause, in ms.
const PAUSE: u32 = 10;
/// Delay of a message where costs are counted.
const DELAY: Time = 10;
const HOLD: Time = 20;

/// Largest number of requests of one node, and the longest hold that is requested.
fn wanted(scenario: &Scenario) -> [Time; 2] {
    let holds = scenario.requests.iter().map(|request| match &request.with {
        Some(hold) => hold.as_u64().unwrap_or_default(),
        None => DEFAULT_HOLD,
    });
    let of_node = |node| scenario.requests.iter().filter(|it| it.node == node).count() as Time;
    let requests = scenario.requests.iter().map(|request| of_node(request.node)).max();
    [requests.unwrap_or(0), holds.max().unwrap_or(0)]
}

/// All processes ask at once, and the run ends when the token is back.
fn all_enter(scenario: &mut Scenario) {
    let size = scenario.nodes.len();
    for index in 0..size {
        scenario.ask(0, NodeId::new(index), "acquire", Some(HOLD.into()));
    }
    scenario.until = size as Time * (HOLD + DELAY);
}

/// The first process asks just after it passed the token on, and the run ends while it is inside.
fn just_missed(scenario: &mut Scenario) {
    let (size, pause) = (scenario.nodes.len() as Time, Time::from(PAUSE));
    scenario.ask(pause + 1, NodeId::new(0), "acquire", Some(HOLD.into()));
    scenario.until = size * (pause + DELAY) + HOLD / 2;
}

#[cfg(test)]
mod tests {
    use super::PROTOCOL;
    use crate::{
        kernel::Fault,
        protocols::testing::{acquire, crash, group, indications, node},
    };

    #[test]
    fn processes_enter_in_the_order_of_the_ring() {
        let mut scenario = group(&PROTOCOL, 4);
        scenario.requests = vec![acquire(1, 4, 20), acquire(2, 2, 20), acquire(3, 3, 20)];
        let mut entries = indications(&PROTOCOL, &scenario);
        entries.retain(|it| it.ends_with("enter"));
        assert_eq!(entries, ["20 P2 enter", "50 P3 enter", "80 P4 enter"]);
    }

    #[test]
    fn request_just_after_the_token_left_waits_for_a_full_turn() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.requests = vec![acquire(11, 1, 20)];
        assert_eq!(indications(&PROTOCOL, &scenario), ["60 P1 enter", "80 P1 exit"]);
    }

    #[test]
    fn second_request_waits_for_the_others() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests = vec![acquire(0, 1, 20), acquire(0, 1, 20), acquire(15, 2, 20)];
        let entered = ["0 P1 enter", "20 P1 exit", "30 P2 enter", "50 P2 exit", "60 P1 enter"];
        assert_eq!(indications(&PROTOCOL, &scenario)[..5], entered);
    }

    #[test]
    fn recovered_holder_makes_no_second_token() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.requests = vec![acquire(0, 1, 20), acquire(5, 2, 20)];
        scenario.faults = vec![crash(10, 1, 0), Fault::Recover { node: node(1), at: 40 }];
        assert_eq!(indications(&PROTOCOL, &scenario), ["0 P1 enter"]);
    }
}
