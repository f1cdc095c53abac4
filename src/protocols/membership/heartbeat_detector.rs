//! Heartbeats.
//!
//! Implements: PerfectFailureDetector, as long as the network is synchronous. Uses: links.
//! Model: crash-stop; for accuracy synchronous, nothing is lost, clocks run true, and the timeout covers a
//! period and the delay bound.
//! Source: Cachin, Guerraoui and Rodrigues 2011, Algorithm 2.5 "Exclude on Timeout"; note 003.
//!
//! Everybody tells everybody "I am up" once in every period, unasked. Whoever has not been heard for as long as
//! the timeout is suspected, and restored when it is heard again.
//!
//! Who has crashed sends nothing, so sooner or later it is suspected by all who stay up, for good: **strong
//! completeness**. That takes no synchrony, but to suspect everybody would do as well. What is hard is to
//! suspect *only* those who have crashed: **strong accuracy**. Two heartbeats in a row are sent a period apart,
//! and arrive at most a period and the delay bound apart, if there is a bound. A timeout of that length never
//! strikes who is up, and a shorter one may. In an asynchronous network there is no right length: a slow link,
//! a lost heartbeat or a process that stands still for a while looks from afar like a crash.
//!
//! The price of a longer timeout is a later notice: a crash is told at most a timeout and a delay after it.
//! Nothing here learns from its mistakes. Where delays vary by more than the timeout leaves room for, it is
//! wrong again and again, and not even **eventual strong accuracy** holds.
//!
//! Where it departs from the book: heartbeats are pushed, where the book asks for each of them, which saves
//! half of the messages; who is suspected is not so for ever, since a suspicion that turns out to be wrong is
//! taken back.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::detection::{
        EVENTUAL_STRONG_ACCURACY, Notice, STRONG_ACCURACY, STRONG_COMPLETENESS,
    },
    kernel::{
        Break, Context, Drawn, Group, Metric, Never, NodeId, NodeSet, ParameterName, Process,
        Protocol, Rule, Serving, Time, TimeToServe,
    },
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "heartbeat-detector",
    name: "Heartbeats",
    summary: "Everybody says again and again that it is up; who falls silent is suspected.",
    source: "Cachin, Guerraoui and Rodrigues 2011, Introduction to Reliable and Secure Distributed \
             Programming, Algorithm 2.5",
    model: &[
        Rule::NothingIsLost.always().for_safety(),
        Rule::Synchrony.always().for_safety(),
        Rule::TimeoutCovers(Parameters::timeout, Parameters::period).always().for_safety(),
        Rule::ClocksRunTrue.always(),
        Rule::NobodyRecovers.always().for_safety(),
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
            when: "a process stands still for a while",
            scenario: "long-pause",
            violates: &[STRONG_ACCURACY],
            broken: &[Rule::Synchrony],
        },
        Break {
            when: "a heartbeat is lost",
            scenario: "lost-heartbeat",
            violates: &[STRONG_ACCURACY],
            broken: &[Rule::NothingIsLost],
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
        "a node that is down sends no heartbeat, and those on their way run out",
    )],
    costs: &[
        // The first heartbeats are sent at 0, the second ones after the default period of 100 ms.
        crate::cost!("one period", n >= 2 => n * (n - 1), |scenario| scenario.until = 99),
    ],
    metrics: &[Metric {
        name: "longest silence",
        unit: "ms",
        help: "How long the one of the others has been silent who is nearest to being suspected.",
        drawn: Drawn::Curve,
        value: |node| node.process::<HeartbeatDetector>().longest_silence(node.clock) as i64,
    }],
    perpetual: Some(TimeToServe {
        statement: "a timeout, a period and twice the longest delay",
        bound: time_to_suspect,
    }),
    ..Protocol::of::<HeartbeatDetector>()
};

/// The time in which every process suspects a crashed one, and trusts one again that it suspects wrongly.
fn time_to_suspect(serving: &Serving) -> Time {
    serving.integer(Parameters::timeout) + serving.integer(Parameters::period) + 2 * serving.delay()
}

/// The same where a parameter says whether there are heartbeats below or the scenario's detector tells.
pub(super) fn time_to_detect(serving: &Serving, detector: ParameterName) -> Time {
    match serving.is(detector, "heartbeats") {
        true => time_to_suspect(serving),
        false => serving.detection(),
    }
}

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// How often everybody sends a heartbeat.
        period: u32 = 100, in 10..=10_000 "ms";
        /// How long a silence is borne before the silent one is suspected.
        timeout: u32 = 180, in 10..=20_000 "ms";
    }
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct HeartbeatDetector {
    period: u32,
    timeout: u32,
    /// Everybody else.
    others: NodeSet,
    suspected: NodeSet,
    /// By node, when it was last heard, by one's own clock.
    heard: Vec<Time>,
}

/// "I am up."
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("HEARTBEAT")]
pub struct Heartbeat {}

/// Its alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Timer {
    /// It is time for the next heartbeat.
    #[display("heartbeat")]
    Beat,
    /// Nothing has been heard of the node for too long.
    #[display("{_0} is silent")]
    Silence(NodeId),
}

impl Process for HeartbeatDetector {
    type Parameters = Parameters;
    type Request = Never;
    type Indication = Notice;
    type Message = Heartbeat;
    type Timer = Timer;

    fn new(group: Group, parameters: &Parameters) -> Self {
        Self {
            period: parameters.period,
            timeout: parameters.timeout,
            others: group.others(),
            suspected: NodeSet::EMPTY,
            heard: vec![0; group.size],
        }
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        self.beat(ctx);
        for node in self.others {
            self.hear(ctx, node);
        }
    }

    fn on_request(&mut self, _ctx: &mut Context<Self>, request: Never) {
        match request {}
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, Heartbeat {}: Heartbeat) {
        if self.suspected.contains(from) {
            self.suspected.remove(from);
            ctx.indicate(Notice::Restore { node: from });
        }
        self.hear(ctx, from);
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: Timer) {
        match timer {
            Timer::Beat => self.beat(ctx),
            Timer::Silence(node) => {
                self.suspected.insert(node);
                ctx.indicate(Notice::Suspect { node });
            }
        }
    }
}

impl HeartbeatDetector {
    /// The longest silence of a trusted node, in ms, when the clock shows this.
    fn longest_silence(&self, clock: Time) -> Time {
        let trusted = self.others.without(self.suspected).into_iter();
        trusted.map(|node| clock.saturating_sub(self.heard[node.index()])).max().unwrap_or(0)
    }

    fn beat(&self, ctx: &mut Context<Self>) {
        ctx.send_others(Heartbeat {});
        ctx.set_timer(Timer::Beat, self.period.into());
    }

    /// The node is up, as far as can be known: its timeout begins anew.
    fn hear(&mut self, ctx: &mut Context<Self>, node: NodeId) {
        self.heard[node.index()] = ctx.clock();
        ctx.set_timer(Timer::Silence(node), self.timeout.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{EventKind, Fault, MessageName, ParameterValue, Scenario, run, spell},
        protocols::testing::{crash, group, node, slow},
    };

    /// What everybody is told in a group of so many, with heartbeats every 50 ms: `80 P1 suspect P2`.
    fn notices(timeout: u32, until: Time, with: impl FnOnce(&mut Scenario)) -> Vec<String> {
        let mut scenario = group(&PROTOCOL, 2);
        for (name, value) in [("period", 50), ("timeout", timeout)] {
            scenario.params.insert(name.to_owned(), ParameterValue::Integer(value));
        }
        scenario.until = until;
        with(&mut scenario);
        let trace = run(&PROTOCOL, &scenario).expect("nothing is asked");
        let told = trace.events.iter().filter_map(|event| match &event.kind {
            EventKind::Indicate { packet, .. } => {
                let text = format!("{} {} {packet}", event.time, event.node);
                Some(spell(&text, &scenario.nodes))
            }
            _ => None,
        });
        told.collect()
    }

    #[test]
    fn a_period_and_a_delay_is_just_long_enough() {
        // P2 is first heard without any delay, and then as late as can be.
        let late = |scenario: &mut Scenario| {
            scenario.network.links = vec![slow(2, 1, 0)];
            let second = MessageName { from: node(2), to: node(1), number: 2 };
            scenario.faults = vec![Fault::Delay { message: second, by: 30 }];
        };
        assert_eq!(notices(80, 190, late), [""; 0]);
        assert_eq!(notices(79, 190, late), ["79 P1 suspect P2", "80 P1 restore P2"]);
    }

    #[test]
    fn a_crash_is_told_once_and_for_good() {
        let told = notices(120, 1000, |scenario| scenario.faults = vec![crash(70, 2, 0)]);
        // Its last heartbeat was sent at 50, and came at 60.
        assert_eq!(told, ["180 P1 suspect P2"]);
    }

    #[test]
    fn silence_grows_until_it_is_broken() {
        let mut detector = HeartbeatDetector {
            period: 50,
            timeout: 120,
            others: [node(2), node(3)].into_iter().collect(),
            suspected: NodeSet::EMPTY,
            heard: vec![0, 40, 25],
        };
        assert_eq!(detector.longest_silence(60), 35, "P3 was heard 35 ms ago");
        detector.suspected.insert(node(3));
        assert_eq!(detector.longest_silence(60), 20, "who is suspected is not waited for");
    }
}
