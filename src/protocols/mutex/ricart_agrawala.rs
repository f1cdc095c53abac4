//! Ricart and Agrawala's mutual exclusion.
//!
//! Implements: MutualExclusion. Uses: Lamport's clocks; a perfect failure detector, where there is one.
//! Model: crash-stop, asynchronous, reliable channels, FIFO or not; every crash is detected.
//! Source: Ricart and Agrawala 1981, "An Optimal Algorithm for Mutual Exclusion in Computer Networks"; note 003.
//!
//! Who wants to enter sends a REQUEST with its timestamp to everybody else, and enters once it has a REPLY
//! from each of them. Who does not want to enter replies at once. Who is inside, or wants to enter and asked
//! earlier, **defers** its REPLY until it has left: so a REPLY says "after you" and RELEASE at the same time,
//! and n − 1 REQUESTs with n − 1 REPLYs are enough, 2(n − 1) messages.
//!
//! Of two that want to enter each needs the other's REPLY. Timestamps are in one order for all, so just one of
//! them gets it before the other has been inside: **mutual exclusion**. The request with the smallest
//! timestamp is deferred by nobody but who is inside: **no starvation**. And a request that happened before
//! another has the smaller timestamp: **happened-before fairness**.
//!
//! *Why not simply let the smaller id go first?* (`priority` is `id`; note 003 asks it.) Since a REPLY cannot be
//! taken back. P2 asks, and P1, which wants nothing yet, replies. Now P1 wants to enter after all. P2, still
//! waiting for a third one's REPLY, sees that P1 has the smaller id, and replies. Each has the other's
//! permission: **mutual exclusion** breaks. By timestamps this cannot happen: P1 had seen P2's REQUEST when it
//! asked, so its own is later.
//!
//! *What if a process has crashed?* It never replies, and **starvation freedom** breaks, unless a failure
//! detector that makes no mistakes reports it: whoever has crashed is not inside, so the report is as good as a
//! REPLY. A `timeout` is not: silence may as well mean that somebody is inside, slowly, and then **mutual
//! exclusion** breaks.
//!
//! Where it departs from the paper: every message carries its sender's clock, the REPLY too. In the paper only
//! REQUESTs do, and then a process may learn of a request through REPLYs alone and still ask with a smaller
//! number. A REPLY says to which request it is, so that one that comes after a `timeout` grants no later
//! request. Crashes are left to a failure detector. A process that is asked to enter again before it has left
//! gives the request its timestamp at once, and sends it later.

use std::mem::take;

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        clock::Timestamp,
        mutex::{
            Client, HAPPENED_BEFORE_FAIRNESS, Lock, MUTUAL_EXCLUSION, STARVATION_FREEDOM, one_entry,
        },
    },
    cost,
    kernel::{Break, Context, Detection, Group, NodeId, NodeSet, Protocol, Rule, SortedMap},
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "ricart-agrawala",
    name: "Ricart and Agrawala's algorithm",
    summary: "Who wants to enter asks everybody; who is inside, or asked earlier, replies later.",
    source: "Ricart and Agrawala 1981, An Optimal Algorithm for Mutual Exclusion in Computer Networks",
    model: &[
        Rule::ReliableChannels.always().for_liveness(),
        Rule::CrashesAreDetected.where_(Parameters::timeout, "0").for_liveness(),
        Rule::NobodyRecovers.always(),
        Parameters::priority.is("timestamp").always().for_safety(),
        Parameters::timeout.is("0").always().for_safety(),
    ],
    promises: &[MUTUAL_EXCLUSION, STARVATION_FREEDOM, HAPPENED_BEFORE_FAIRNESS],
    breaks: &[
        Break {
            when: "the smaller id goes first",
            scenario: "smaller-id-goes-first",
            violates: &[MUTUAL_EXCLUSION, HAPPENED_BEFORE_FAIRNESS],
            broken: &[Parameters::priority.is("timestamp")],
        },
        Break {
            when: "a timeout counts as a grant, and who is inside takes its time",
            scenario: "silence-is-no-grant",
            violates: &[MUTUAL_EXCLUSION],
            broken: &[Parameters::timeout.is("0")],
        },
        Break {
            when: "somebody crashes and nobody is told",
            scenario: "crash-goes-unnoticed",
            violates: &[STARVATION_FREEDOM],
            broken: &[Rule::CrashesAreDetected],
        },
    ],
    costs: &[cost!("one entry", n >= 2 => 2 * (n - 1), one_entry)],
    ..Protocol::of::<Client<RicartAgrawala>>()
};

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// Whose request goes first.
        priority: Priority = Timestamp;
        /// After how long silence counts as a grant; 0 for never.
        timeout: u32 = 0, in 0..=10_000 "ms";
    }
    /// Whose request goes first.
    pub enum Priority {
        /// The earlier by Lamport's clocks; of two with the same time, the one with the smaller id.
        Timestamp = "timestamp",
        /// The one with the smaller id: the trap that the notes describe.
        Id = "id",
    }
}

/// A process that wants to enter, or answers those that do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct RicartAgrawala {
    /// Lamport's clock.
    clock: u32,
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
        clock: u32,
    },
    /// The sender has no objection.
    #[display("REPLY")]
    Reply {
        /// Timestamp of the request that is answered.
        request: Timestamp,
        /// The sender's clock.
        clock: u32,
    },
}

/// The timeout after which silence counts as a REPLY.
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
        self.clock += 1;
        Timestamp { time: self.clock, node: ctx.me() }
    }

    fn request(&mut self, ctx: &mut Context<Self>, request: Timestamp) {
        self.own = Some(request);
        self.awaited = ctx.others().without(self.crashed);
        ctx.multicast(self.awaited, Message::Request { request, clock: self.clock });
        if ctx.parameters().timeout > 0 {
            ctx.set_timer(Silence, ctx.parameters().timeout.into());
        }
        self.enter_if_granted(ctx);
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        let (Message::Request { clock, .. } | Message::Reply { clock, .. }) = message;
        self.clock = self.clock.max(clock);
        match message {
            Message::Request { request, .. } if self.defers(ctx, request) => {
                self.deferred.insert(from, request);
            }
            Message::Request { request, .. } => self.reply(ctx, request),
            Message::Reply { request, .. } if self.own == Some(request) => self.grant(ctx, from),
            Message::Reply { .. } => {}
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, Silence: Silence) {
        ctx.note(format!("takes the silence of {} for a grant", self.awaited));
        self.awaited = NodeSet::EMPTY;
        self.enter_if_granted(ctx);
    }

    /// A crashed process is not inside. A report is believed for good: in this model no process recovers.
    fn on_detection(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        if let Detection::Suspect(node) = detection {
            self.crashed.insert(node);
            self.grant(ctx, node);
        }
    }

    fn release(&mut self, ctx: &mut Context<Self>, next: Option<&Timestamp>) {
        self.own = None;
        for (node, request) in take(&mut self.deferred) {
            if next.is_some_and(|next| goes_first(ctx, *next, request)) {
                self.deferred.insert(node, request);
            } else {
                self.reply(ctx, request);
            }
        }
    }

    fn waits_for(&self, _group: Group) -> NodeSet {
        self.awaited
    }
}

impl RicartAgrawala {
    /// True if another's request has to wait: this process is inside, or asked first.
    fn defers(&self, ctx: &Context<Self>, theirs: Timestamp) -> bool {
        self.own.is_some_and(|own| self.awaited.is_empty() || goes_first(ctx, own, theirs))
    }

    fn reply(&self, ctx: &mut Context<Self>, request: Timestamp) {
        ctx.send(request.node, Message::Reply { request, clock: self.clock });
    }

    fn grant(&mut self, ctx: &mut Context<Self>, by: NodeId) {
        if self.awaited.remove(by) {
            self.enter_if_granted(ctx);
        }
    }

    fn enter_if_granted(&self, ctx: &mut Context<Self>) {
        if self.awaited.is_empty() {
            ctx.cancel_timer(Silence);
            ctx.enter();
        }
    }
}

/// True if the first request has priority over the second.
fn goes_first(ctx: &Context<RicartAgrawala>, one: Timestamp, other: Timestamp) -> bool {
    match ctx.parameters().priority {
        Priority::Timestamp => one < other,
        Priority::Id => one.node < other.node,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Detector, Scenario},
        protocols::testing::{acquire, crash, group, indications, late, sends},
    };

    /// Who enters, and when: `20 P2`.
    fn entries(scenario: &Scenario) -> Vec<String> {
        let told = indications(&PROTOCOL, scenario);
        told.iter().filter_map(|it| it.strip_suffix(" enter")).map(str::to_owned).collect()
    }

    #[test]
    fn a_reply_is_deferred_until_who_asked_earlier_has_left() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests = vec![acquire(0, 2, 50), acquire(15, 1, 5)];
        let expected =
            ["0 P2>P1 REQUEST(1)", "10 P1>P2 REPLY", "15 P1>P2 REQUEST(2)", "70 P2>P1 REPLY"];
        assert_eq!(sends(&PROTOCOL, &scenario), expected);
        assert_eq!(entries(&scenario), ["20 P2", "80 P1"]);
    }

    #[test]
    fn of_two_with_the_same_time_the_smaller_id_goes_first() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.requests = vec![acquire(0, 3, 20), acquire(5, 2, 20), acquire(9, 1, 20)];
        assert_eq!(entries(&scenario), ["29 P1", "59 P2", "89 P3"]);
    }

    /// P2's request is known to P1 through P3's REPLY alone: P2's REQUEST to P1 is slow. By the paper's
    /// numbering, which goes by REQUESTs, P1 would ask with the number 3 that P2 has already, and win.
    #[test]
    fn a_reply_tells_the_time_as_well() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.faults = vec![late(2, 1, 2, 190)];
        scenario.requests =
            vec![acquire(0, 3, 60), acquire(25, 1, 20), acquire(40, 2, 20), acquire(115, 1, 20)];
        let asked = sends(&PROTOCOL, &scenario);
        let asked: Vec<_> = asked.iter().filter(|it| it.ends_with(')')).collect();
        assert!(asked.contains(&&"40 P2>P1 REQUEST(3)".to_owned()), "{asked:?}");
        assert!(asked.contains(&&"115 P1>P2 REQUEST(4)".to_owned()), "{asked:?}");
        assert_eq!(entries(&scenario), ["20 P3", "90 P1", "250 P2", "280 P1"]);
    }

    #[test]
    fn who_asks_again_before_it_has_left_keeps_its_place() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests = vec![acquire(0, 1, 50), acquire(25, 1, 20), acquire(30, 2, 20)];
        // P1's second request has time 2, P2's too, and P1 goes first: P2's is deferred at once.
        assert_eq!(entries(&scenario), ["20 P1", "90 P1", "120 P2"]);
    }

    #[test]
    fn a_reply_that_is_too_late_grants_no_later_request() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.set(Parameters::timeout, 30);
        scenario.requests = vec![acquire(0, 2, 60), acquire(25, 1, 5), acquire(75, 1, 5)];
        // P2 leaves at 80, and its REPLY to the request of 25 is there at 90.
        assert_eq!(entries(&scenario), ["20 P2", "55 P1", "95 P1"]);
    }

    #[test]
    fn a_report_is_as_good_as_a_reply() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.requests = vec![acquire(0, 1, 20), acquire(100, 1, 20)];
        scenario.faults = vec![crash(5, 3, 0)];
        assert_eq!(entries(&scenario), [""; 0], "nothing tells P1 to go on");
        scenario.network.detector = Detector::Perfect(50);
        assert_eq!(entries(&scenario), ["55 P1", "120 P1"]);
        let asked = sends(&PROTOCOL, &scenario);
        assert!(!asked.contains(&"100 P1>P3 REQUEST(2)".to_owned()), "P3 is asked no more");
    }
}
