//! Hardware multicast on a shared medium.
//!
//! All nodes are attached to one medium, such as an Ethernet segment. The sender transmits the message once, and the hardware
//! of every node hears it: one transmission, however large the group.
//!
//! *Why it works*: a transmission happens or it does not. A sender that crashes has either transmitted to all nodes or
//! to none, and it delivers its own message only after the transmission. So even **uniform agreement** holds, which no
//! loop over the members gives, as long as no receiver misses the transmission.
//!
//! Each receiver may miss it independently of the others: its buffer is full, or it hears only noise. The sender does not
//! learn this, so **agreement** breaks by one receive omission. It also breaks if the network has no shared medium: then
//! the one transmission becomes a loop of sends, which a crash of the sender cuts.
//!
//! Where it departs from the standard: nodes do not compete for the medium, so there are no collisions and no backoff. All
//! nodes are members, and no interface filters by the group's address.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, Broadcast, BroadcastId, Deliver, NO_CREATION, NO_DUPLICATION, Sent,
            UNIFORM_AGREEMENT, VALIDITY, one_broadcast,
        },
    },
    cost,
    kernel::{Break, Carried, Context, Group, Medium, Never, NodeId, Process, Protocol, Rule},
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "hardware-multicast",
    name: "Hardware multicast",
    summary: "One transmission on a shared medium reaches all members, and each may miss it \
              independently.",
    source: "Metcalfe and Boggs 1976, Ethernet: Distributed Packet Switching for Local Computer \
             Networks; note 002, Hardware Multicast and Broadcast",
    example: "one-transmission",
    model: &[
        Rule::NoLoss.always(),
        Rule::SharedMedium.always().for_liveness(),
        Rule::NoRecoveries.always(),
    ],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION, AGREEMENT, UNIFORM_AGREEMENT],
    breaks: &[
        Break {
            when: "one member misses the transmission",
            scenario: "one-member-misses-it",
            violates: &[AGREEMENT, UNIFORM_AGREEMENT],
            broken: &[Rule::NoLoss],
        },
        Break {
            when: "there is no shared medium, and the sender crashes half-way",
            scenario: "no-shared-medium",
            violates: &[AGREEMENT, UNIFORM_AGREEMENT],
            broken: &[Rule::SharedMedium],
        },
    ],
    unbreakable: &[(VALIDITY, "a correct sender delivers its own message at once")],
    costs: &[cost!("one broadcast, in transmissions", n >= 2 => 1, |scenario| {
        scenario.network.medium = Medium::Shared;
        one_broadcast(scenario);
    })],
    ..Protocol::of::<HardwareMulticast>()
};

/// A node that transmits and listens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct HardwareMulticast {
    sent: Sent,
}

/// A frame.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{payload}")]
pub struct Frame {
    /// Sequence number at the sender, from 1.
    seq: u32,
    payload: Value,
}

impl Process for HardwareMulticast {
    type Parameters = ();
    type Request = Broadcast<Value>;
    type Indication = Deliver<Value>;
    type Message = Frame;
    type Timer = Never;

    fn new(_group: Group, (): &()) -> Self {
        Self { sent: Sent::default() }
    }

    /// The transmission comes first: a crash between the two effects leaves no delivery that binds others.
    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(payload): Broadcast<Value>) {
        let id = self.sent.next(ctx.me());
        ctx.transmit(Frame { seq: id.seq, payload: payload.clone() });
        ctx.indicate(id.deliver(payload));
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, frame: Frame) {
        ctx.indicate(BroadcastId { from, seq: frame.seq }.deliver(frame.payload));
    }

    fn carries(from: NodeId, frame: &Frame) -> Option<Carried> {
        Some((from, frame.seq))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Fault, Scenario, Side, run},
        protocols::testing::{broadcast, crash, deliveries, group, node},
    };

    /// P1 broadcasts m at 10.
    fn segment(medium: Medium) -> Scenario {
        let mut scenario = group(&PROTOCOL, 4);
        scenario.network.medium = medium;
        scenario.requests = vec![broadcast(10, 1, "m")];
        scenario
    }

    #[test]
    fn hardware_multicast_is_one_transmission_to_all() {
        let scenario = segment(Medium::Shared);
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["10 P1 m", "20 P2 m", "20 P3 m", "20 P4 m"]);
        let sends = |medium| run(&PROTOCOL, &segment(medium)).expect("it is valid").sends();
        assert_eq!([Medium::Shared, Medium::Links].map(sends), [1, 3]);
    }

    #[test]
    fn hardware_multicast_sender_that_crashes_reaches_all_or_none() {
        let cut = |medium, sends| {
            let mut scenario = segment(medium);
            scenario.faults = vec![crash(10, 1, sends)];
            deliveries(&PROTOCOL, &scenario)
        };
        let all = ["20 P2 m", "20 P3 m", "20 P4 m"];
        assert_eq!([0, 1].map(|sends| cut(Medium::Shared, sends).len()), [0, 3]);
        assert_eq!(cut(Medium::Shared, 1), all);
        assert_eq!(cut(Medium::Links, 1), all[..1]);
    }

    #[test]
    fn hardware_multicast_member_misses_a_frame_independently() {
        let mut scenario = segment(Medium::Shared);
        scenario.requests.push(broadcast(50, 1, "n"));
        scenario.faults =
            vec![Fault::Omit { node: node(3), side: Side::Receive, at: 15, until: 30 }];
        let told = deliveries(&PROTOCOL, &scenario);
        let expected =
            ["10 P1 m", "20 P2 m", "20 P4 m", "50 P1 n", "60 P2 n", "60 P3 n", "60 P4 n"];
        assert_eq!(told, expected);
    }
}
