//! Heartbeats.
//!
//! Every process sends a heartbeat, "I am up", to all others once in every period. A process that has not been heard
//! for the length of the timeout is suspected. It is restored when it is heard again.
//!
//! A crashed process sends nothing. So sooner or later every process that stays up suspects it, for good: **strong
//! completeness**. That takes no synchrony, but to suspect every process would satisfy it too. The hard part is to
//! suspect *only* crashed processes: **strong accuracy**. Two successive heartbeats are sent a period apart. If the
//! network has a delay bound, they arrive at most a period and that bound apart. A timeout of that length never
//! suspects a process that is up, and a shorter one may. In an asynchronous network no length is right: a slow link,
//! a lost heartbeat or a paused process looks from afar like a crash.
//!
//! The price of a longer timeout is a later notice: a crash is reported at most a timeout and a delay after it. The
//! timeout is fixed, so the detector does not learn from its mistakes. Where delays vary by more than the timeout
//! allows, it is wrong again and again, and not even **eventual strong accuracy** holds.
//!
//! Where it departs from the book: heartbeats are pushed, where the book requests each of them, which halves the
//! number of messages; and a suspicion that turns out to be wrong is taken back.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::detection::{
        EVENTUAL_STRONG_ACCURACY, Notice, STRONG_ACCURACY, STRONG_COMPLETENESS,
    },
    cost,
    kernel::{
        Break, Context, Drawn, Group, Layer, Metric, Never, NodeId, NodeSet, Process, Protocol,
        Rule, Serving, Time, TimeToServe,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "heartbeat-detector",
    name: "Heartbeats",
    summary: "Every process sends heartbeats; a process that is silent for too long is suspected.",
    source: "Cachin, Guerraoui and Rodrigues 2011, Introduction to Reliable and Secure Distributed \
             Programming, Algorithm 2.5 \"Exclude on Timeout\"; note 003",
    example: "crash-is-suspected",
    model: &[
        Rule::NoLoss.always().for_safety(),
        Rule::Synchrony.always().for_safety(),
        Rule::TimeoutCovers(Parameters::timeout, Parameters::period).always().for_safety(),
        Rule::NoDrift.always(),
        Rule::NoRecoveries.always().for_safety(),
    ],
    promises: &[STRONG_COMPLETENESS, STRONG_ACCURACY],
    beyond: &[EVENTUAL_STRONG_ACCURACY],
    breaks: &[
        Break {
            when: "a link is slow",
            scenario: "slow-link",
            violates: &[STRONG_ACCURACY],
            broken: &[Rule::Synchrony],
        },
        Break {
            when: "a process is paused for a while",
            scenario: "long-pause",
            violates: &[STRONG_ACCURACY],
            broken: &[Rule::Synchrony],
        },
        Break {
            when: "a heartbeat is lost",
            scenario: "lost-heartbeat",
            violates: &[STRONG_ACCURACY],
            broken: &[Rule::NoLoss],
        },
        Break {
            when: "the timeout is too short",
            scenario: "timeout-too-short",
            violates: &[STRONG_ACCURACY, EVENTUAL_STRONG_ACCURACY],
            broken: &[Rule::TimeoutCovers(Parameters::timeout, Parameters::period)],
        },
    ],
    unbreakable: &[(
        STRONG_COMPLETENESS,
        "a node that is down sends no heartbeat, and soon none of its heartbeats is in transit",
    )],
    costs: &[
        // The first heartbeats are sent at 0, the second ones after the default period of 100 ms.
        cost!("one period", n >= 2 => n * (n - 1), |scenario| scenario.until = 99),
    ],
    metrics: &[Metric {
        name: "longest silence",
        unit: "ms",
        help: "Time since the last heartbeat of the process that is nearest to being suspected.",
        drawn: Drawn::Curve,
        value: |node| {
            let detector = node.process::<HeartbeatDetector>();
            detector.longest_silence(node.group, node.clock) as i64
        },
    }],
    perpetual: Some(TimeToServe {
        only: None,
        statement: "a timeout, a period and twice the longest delay",
        bound: time_to_suspect,
    }),
    ..Protocol::of::<HeartbeatDetector>()
};

/// Returns the time after which every process suspects a crashed one, and no longer suspects one that is up.
pub fn time_to_suspect(serving: &Serving) -> Time {
    serving.integer(Parameters::timeout) + serving.integer(Parameters::period) + 2 * serving.delay()
}

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Time between two heartbeats of a process.
        period: u32 = 100, in 10..=10_000 "ms";
        /// Time without a heartbeat after which a process is suspected.
        timeout: u32 = 180, in 10..=20_000 "ms";
    }
}

/// A process that sends heartbeats and suspects silent processes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct HeartbeatDetector {
    suspected: NodeSet,
    /// By node: the time of its last heartbeat, by the clock of this node.
    heard: Vec<Time>,
}

/// "I am up."
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("HEARTBEAT")]
pub struct Heartbeat {}

/// A timer of the detector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Timer {
    /// The next heartbeat is due.
    #[display("heartbeat")]
    Beat,
    /// The timeout of a node has passed without a heartbeat.
    #[display("{_0} is silent")]
    Silence(NodeId),
}

impl Layer for HeartbeatDetector {
    const ID: &'static str = PROTOCOL.id;
}

impl Process for HeartbeatDetector {
    type Parameters = Parameters;
    type Request = Never;
    type Indication = Notice;
    type Message = Heartbeat;
    type Timer = Timer;

    fn new(group: Group, _parameters: &Parameters) -> Self {
        Self { suspected: NodeSet::EMPTY, heard: vec![0; group.size] }
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        self.on_timer(ctx, Timer::Beat);
        for node in ctx.others() {
            self.restart_timeout(ctx, node);
        }
    }

    fn on_request(&mut self, _ctx: &mut Context<Self>, request: Never) {
        match request {}
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, Heartbeat {}: Heartbeat) {
        if self.suspected.remove(from) {
            ctx.indicate(Notice::Restore { node: from });
        }
        self.restart_timeout(ctx, from);
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: Timer) {
        match timer {
            Timer::Beat => {
                ctx.send_others(Heartbeat {});
                ctx.set_timer(Timer::Beat, ctx.parameters().period.into());
            }
            Timer::Silence(node) => {
                self.suspected.insert(node);
                ctx.indicate(Notice::Suspect { node });
            }
        }
    }
}

impl HeartbeatDetector {
    /// True if it has received no heartbeat and suspects no process.
    pub(in crate::protocols) fn has_heard_nothing(&self) -> bool {
        self.suspected.is_empty() && self.heard.iter().all(|time| *time == 0)
    }

    fn restart_timeout(&mut self, ctx: &mut Context<Self>, node: NodeId) {
        self.heard[node.index()] = ctx.clock();
        ctx.set_timer(Timer::Silence(node), ctx.parameters().timeout.into());
    }

    /// Returns the longest time since the last heartbeat of a process that is not suspected, when the clock shows this.
    fn longest_silence(&self, group: Group, clock: Time) -> Time {
        let trusted = group.others().without(self.suspected).into_iter();
        trusted.map(|node| clock.saturating_sub(self.heard[node.index()])).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::Scenario,
        protocols::testing::{crash, group, indications, late, node, slow},
    };

    /// Returns the notices in a group of two with heartbeats every 50 ms: `80 P1 suspect P2`.
    fn notices(timeout: u32, until: Time, with: impl FnOnce(&mut Scenario)) -> Vec<String> {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.set(Parameters::period, 50);
        scenario.set(Parameters::timeout, timeout);
        scenario.until = until;
        with(&mut scenario);
        indications(&PROTOCOL, &scenario)
    }

    #[test]
    fn heartbeats_timeout_of_a_period_and_a_delay_suspects_no_process_that_is_up() {
        // The first heartbeat of P2 takes no time, the second as long as possible.
        let apart = |scenario: &mut Scenario| {
            scenario.network.links = vec![slow(2, 1, 0)];
            scenario.faults = vec![late(2, 1, 2, 30)];
        };
        assert_eq!(notices(80, 190, apart), [""; 0]);
        assert_eq!(notices(79, 190, apart), ["79 P1 suspect P2", "80 P1 restore P2"]);
    }

    #[test]
    fn heartbeats_crashed_process_is_suspected_once_and_for_good() {
        let told = notices(120, 1000, |scenario| scenario.faults = vec![crash(70, 2, 0)]);
        // The last heartbeat of P2 was sent at 50 and arrived at 60.
        assert_eq!(told, ["180 P1 suspect P2"]);
    }

    #[test]
    fn longest_silence_is_of_processes_that_are_not_suspected() {
        let (me, routers, delay_bound) = (node(1), NodeSet::EMPTY, None);
        let group = Group { me, size: 3, neighbours: NodeSet::first(3), routers, delay_bound };
        let mut detector = HeartbeatDetector { suspected: NodeSet::EMPTY, heard: vec![0, 40, 25] };
        assert_eq!(detector.longest_silence(group, 60), 35, "P3 was heard 35 ms ago");
        detector.suspected.insert(node(3));
        assert_eq!(detector.longest_silence(group, 60), 20);
    }
}
