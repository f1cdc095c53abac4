//! Ricart and Agrawala's mutual exclusion.
//!
//! A process that wants to enter sends a REQUEST with its timestamp to all others, and enters once it has a REPLY
//! from each of them: 2(n − 1) messages. A process that is inside, or whose own request is earlier, **defers** its
//! REPLY until it has left; others reply at once. So a REPLY grants and releases at the same time.
//!
//! Of two processes that want to enter, each needs the other's REPLY. Timestamps are totally ordered, so only one of
//! them gets it before the other has been inside: **mutual exclusion**. The request with the smallest timestamp is
//! deferred only by a process that is inside: **no starvation**. And a request that happened before another has the
//! smaller timestamp: **happened-before fairness**.
//!
//! *Why does the smaller id not simply go first* (`priority` is `id`)? Because a REPLY cannot be taken back. P2 asks,
//! and P1, which wants nothing yet, replies. Then P1 asks too, and P2, which still waits for P3, replies to the
//! smaller id. Both may enter: **mutual exclusion** breaks. By timestamps P1's request is later than P2's.
//!
//! *A process that has crashed* never replies, and **starvation freedom** breaks, unless a perfect failure detector
//! reports it. A crashed process is not inside, so the report is as good as a REPLY. A `timeout` is not: a silent
//! process may be slow, and inside. Then **mutual exclusion** breaks.
//!
//! Where it departs from the paper: every message carries its sender's clock. In the paper only REQUESTs do, and a
//! process that has learnt of a request through REPLYs alone may still ask with a smaller number. A REPLY names its
//! request, so that a late one grants no later request. A process that is asked to enter again before it has left
//! gives the new request its timestamp at once, and sends it later.

use std::mem::take;

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        clock::{LamportClock, Timestamp},
        mutex::{
            Client, HAPPENED_BEFORE_FAIRNESS, Lock, MUTUAL_EXCLUSION, STARVATION_FREEDOM, one_entry,
        },
    },
    cost,
    kernel::{Break, Context, Detection, Group, NodeId, NodeSet, Protocol, Rule, SortedMap},
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "ricart-agrawala",
    name: "Ricart and Agrawala's algorithm",
    summary: "A process asks all others before it enters; a process that is inside, or asked earlier, replies later.",
    source: "Ricart and Agrawala 1981, An Optimal Algorithm for Mutual Exclusion in Computer Networks; note 003",
    example: "later-request-waits",
    model: &[
        Rule::ReliableChannels.always().for_liveness(),
        Rule::CrashesAreDetected.where_(Parameters::timeout, "0").for_liveness(),
        Rule::NoRecoveries.always(),
        Parameters::priority.is("timestamp").always().for_safety(),
        Parameters::timeout.is("0").always().for_safety(),
    ],
    promises: &[MUTUAL_EXCLUSION, STARVATION_FREEDOM, HAPPENED_BEFORE_FAIRNESS],
    breaks: &[
        Break {
            when: "the smaller id has priority",
            scenario: "smaller-id-goes-first",
            violates: &[MUTUAL_EXCLUSION, HAPPENED_BEFORE_FAIRNESS],
            broken: &[Parameters::priority.is("timestamp")],
        },
        Break {
            when: "a timeout counts as a grant, and the process inside stays for long",
            scenario: "silence-is-no-grant",
            violates: &[MUTUAL_EXCLUSION],
            broken: &[Parameters::timeout.is("0")],
        },
        Break {
            when: "a process crashes, and its crash is not detected",
            scenario: "crash-goes-unnoticed",
            violates: &[STARVATION_FREEDOM],
            broken: &[Rule::CrashesAreDetected],
        },
    ],
    costs: &[cost!("one entry", n >= 2 => 2 * (n - 1), one_entry)],
    ..Protocol::of::<Client<RicartAgrawala>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Rule by which one of two requests has priority.
        priority: Priority = Timestamp;
        /// Time after which silence counts as a grant; 0 for never.
        timeout: u32 = 0, in 0..=10_000 "ms";
    }
    /// Rule by which one of two requests has priority.
    pub enum Priority {
        /// The request with the smaller timestamp has priority; if the times are equal, that of the smaller id.
        Timestamp = "timestamp",
        /// The request of the process with the smaller id has priority: the mistake that the notes describe.
        Id = "id",
    }
}

/// A process that wants to enter, or answers those that do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct RicartAgrawala {
    clock: LamportClock,
    /// The request of this process, until it has left.
    own: Option<Timestamp>,
    /// Processes whose REPLY is missing; none while this process is inside.
    awaited: NodeSet,
    /// Requests whose REPLY is deferred.
    deferred: SortedMap<NodeId, Timestamp>,
    /// Processes that the failure detector has reported.
    crashed: NodeSet,
}

/// A message with its sender's clock.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// The sender asks to enter.
    #[display("REQUEST({})", request.time)]
    Request {
        /// Timestamp of the request.
        request: Timestamp,
        /// The sender's clock.
        clock: LamportClock,
    },
    /// The sender has no objection.
    #[display("REPLY")]
    Reply {
        /// Timestamp of the request that is answered.
        request: Timestamp,
        /// The sender's clock.
        clock: LamportClock,
    },
}

/// The end of the time after which silence is a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("silence")]
pub struct Silence;

impl Lock for RicartAgrawala {
    type Parameters = Parameters;
    type Message = Message;
    type Timer = Silence;
    type Ticket = Timestamp;

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        Self::default()
    }

    fn ticket(&mut self, ctx: &mut Context<Self>) -> Timestamp {
        self.clock.stamp(ctx.me())
    }

    fn request(&mut self, ctx: &mut Context<Self>, request: Timestamp) {
        self.own = Some(request);
        self.awaited = ctx.group().everyone();
        let asked = ctx.others().without(self.crashed);
        ctx.multicast(asked, Message::Request { request, clock: self.clock });
        if ctx.parameters().timeout > 0 {
            ctx.set_timer(Silence, ctx.parameters().timeout.into());
        }
        self.grant(ctx, self.awaited.without(asked));
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        let (Message::Request { clock, .. } | Message::Reply { clock, .. }) = message;
        self.clock.hear(clock);
        match message {
            Message::Request { request, .. } => self.answer(ctx, request),
            Message::Reply { request, .. } if self.own != Some(request) => {} // A late one.
            Message::Reply { .. } => self.grant(ctx, from.into()),
        }
    }

    fn release(&mut self, ctx: &mut Context<Self>, next: Option<&Timestamp>) {
        self.own = next.copied();
        self.awaited = next.map_or(NodeSet::EMPTY, |_| ctx.group().everyone());
        for (_, request) in take(&mut self.deferred) {
            self.answer(ctx, request);
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, Silence: Silence) {
        ctx.note(format!("mistakes the silence of {} for a grant", self.awaited));
        self.grant(ctx, self.awaited);
    }

    /// A crashed process is not inside. The report holds for good: in this model no process recovers.
    fn on_detection(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        if let Detection::Suspect(node) = detection {
            self.crashed.insert(node);
            self.grant(ctx, node.into());
        }
    }

    fn waits_for(&self, _group: Group) -> NodeSet {
        self.awaited
    }
}

impl RicartAgrawala {
    /// Defers its REPLY if it is inside, or if its own request goes first.
    fn answer(&mut self, ctx: &mut Context<Self>, request: Timestamp) {
        let goes_first = |own: Timestamp| match ctx.parameters().priority {
            Priority::Timestamp => own < request,
            Priority::Id => own.node < request.node,
        };
        if self.own.is_some_and(|own| self.awaited.is_empty() || goes_first(own)) {
            self.deferred.insert(request.node, request);
        } else {
            ctx.send(request.node, Message::Reply { request, clock: self.clock });
        }
    }

    /// Enters with the last permission that was missing.
    fn grant(&mut self, ctx: &mut Context<Self>, by: NodeSet) {
        let missing = self.awaited.without(by);
        if missing.is_empty() && !self.awaited.is_empty() {
            ctx.cancel_timer(Silence);
            ctx.enter();
        }
        self.awaited = missing;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Detector, Scenario},
        protocols::testing::{acquire, crash, group, indications, late, sends},
    };

    fn entries(scenario: &Scenario) -> Vec<String> {
        let told = indications(&PROTOCOL, scenario);
        told.iter().filter_map(|it| it.strip_suffix(" enter")).map(str::to_owned).collect()
    }

    #[test]
    fn earlier_request_defers_the_reply_until_its_process_has_left() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests = vec![acquire(0, 2, 50), acquire(15, 1, 5)];
        let expected = ["10 P1>P2 REPLY", "15 P1>P2 REQUEST(2)", "70 P2>P1 REPLY"];
        assert_eq!(sends(&PROTOCOL, &scenario)[1..], expected);
        assert_eq!(entries(&scenario), ["20 P2", "80 P1"]);
    }

    #[test]
    fn requests_with_equal_times_enter_in_the_order_of_ids() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.requests = vec![acquire(0, 3, 20), acquire(5, 2, 20), acquire(9, 1, 20)];
        assert_eq!(entries(&scenario), ["29 P1", "59 P2", "89 P3"]);
    }

    /// P1 learns of P2's request through P3's REPLY alone. In the paper P1 would ask with 3, as P2 did, and win.
    #[test]
    fn reply_advances_the_clock_of_its_receiver() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.faults = vec![late(2, 1, 2, 190)];
        scenario.requests =
            vec![acquire(0, 3, 60), acquire(25, 1, 20), acquire(40, 2, 20), acquire(115, 1, 20)];
        let sent = sends(&PROTOCOL, &scenario);
        assert!(sent.contains(&"40 P2>P1 REQUEST(3)".to_owned()), "{sent:?}");
        assert!(sent.contains(&"115 P1>P2 REQUEST(4)".to_owned()), "{sent:?}");
        assert_eq!(entries(&scenario), ["20 P3", "90 P1", "250 P2", "280 P1"]);
    }

    #[test]
    fn request_made_inside_keeps_its_timestamp() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests = vec![acquire(0, 1, 50), acquire(25, 1, 20), acquire(30, 2, 20)];
        assert_eq!(entries(&scenario), ["20 P1", "90 P1", "120 P2"]);
    }

    #[test]
    fn late_reply_grants_no_later_request() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.set(Parameters::timeout, 30);
        scenario.requests = vec![acquire(0, 2, 60), acquire(25, 1, 5), acquire(75, 1, 5)];
        assert_eq!(entries(&scenario), ["20 P2", "55 P1", "95 P1"]);
    }

    #[test]
    fn report_of_a_crash_counts_as_a_reply() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.requests = vec![acquire(0, 1, 20), acquire(100, 1, 20)];
        scenario.faults = vec![crash(5, 3, 0)];
        assert_eq!(entries(&scenario), [""; 0]);
        scenario.network.detector = Detector::Perfect(50);
        assert_eq!(entries(&scenario), ["55 P1", "120 P1"]);
        assert!(!sends(&PROTOCOL, &scenario).contains(&"100 P1>P3 REQUEST(2)".to_owned()));
    }
}
