//! Multicast by multiple unicasts.
//!
//! The sender has a list of the members, and sends one unicast message to each of them, one after the other. The
//! network knows nothing of the group: a router forwards each copy by its unicast route. So the sender's own link
//! carries n − 1 copies of the same message, and so does every link that all routes share. The metric *link stress*
//! counts them. A multicast tree (`source-tree`) carries one copy on each link.
//!
//! *Why it works*: unicast routes are shortest paths, so each copy comes one hop nearer to its member at each router,
//! and no link loses it. A member delivers the copy that names it, and no other copy does.
//!
//! If the sender crashes between two sends, the first members of its list deliver the message, and the others never
//! receive it: **agreement** breaks. A router that crashes cuts off the members behind it in the same way.
//!
//! Where it departs from the note: the list of members is the list of all hosts, and does not change. Routes are those of
//! [`Routing`]; copies that a router receives before it knows its routes wait there.

use std::{fmt, mem::take};

use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, Broadcast, BroadcastId, NO_CREATION, NO_DUPLICATION, Sent, VALIDITY,
            one_broadcast,
        },
        membership::GroupIndication,
        routing::{LinkState, Routing},
    },
    cost,
    kernel::{
        Break, Carried, Context, Drawn, Group, Metric, Never, NodeId, Process, Protocol, Rule,
        SortedMap, Topology,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "multiple-unicasts",
    name: "Multiple unicasts",
    summary: "The sender sends one unicast message to each member, and routers forward each copy \
              by itself.",
    source: "note 002, Software: multiple unicasts; note 001",
    example: "copies-on-one-link",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::HostsAreLinked.always().for_liveness(),
        Rule::NoRouterCrashes.always().for_liveness(),
        Rule::RequestersStayUp.always().for_liveness(),
        Rule::NoRecoveries.always(),
    ],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION, AGREEMENT],
    breaks: &[
        Break {
            when: "the sender crashes between two sends",
            scenario: "sender-crashes-between-sends",
            violates: &[AGREEMENT],
            broken: &[Rule::RequestersStayUp],
        },
        Break {
            when: "a router crashes",
            scenario: "router-crashes",
            violates: &[AGREEMENT],
            broken: &[Rule::NoRouterCrashes],
        },
    ],
    unbreakable: &[(VALIDITY, "a member that broadcasts delivers its own message at once")],
    costs: &[
        cost!("one broadcast, without routers", n >= 2 => n - 1, one_broadcast),
        cost!("one broadcast, with one router between all hosts", n >= 3 => 2 * (n - 2), |scenario| {
            let router = NodeId::new(scenario.nodes.len() - 1);
            let links = (0..router.index()).map(|host| [NodeId::new(host), router]).collect();
            scenario.network.topology = Topology::Links { links, routers: router.into() };
            one_broadcast(scenario);
        }),
    ],
    metrics: &[Metric {
        name: "link stress",
        unit: "copies",
        help: "Largest number of copies of one broadcast that the node has sent by one link.",
        drawn: Drawn::Curve,
        value: |node| node.process::<MultipleUnicasts>().stress().into(),
    }],
    ..Protocol::of::<MultipleUnicasts>()
};

/// A host that broadcasts and delivers, or a router that forwards.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct MultipleUnicasts {
    routing: Routing,
    sent: Sent,
    /// Copies received before the routes were known.
    early: Vec<Unicast>,
    /// By broadcast and neighbour: number of copies sent.
    copies: SortedMap<(BroadcastId, NodeId), u32>,
}

/// A copy of a broadcast for one member.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Unicast {
    id: BroadcastId,
    /// The member.
    to: NodeId,
    payload: Value,
}

/// A message between neighbours.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display, derive_more::From)]
pub enum Message {
    /// A router's links.
    #[display("{_0}")]
    LinkState(LinkState),
    /// A copy for one member.
    #[display("{_0}")]
    Unicast(Unicast),
}

impl fmt::Display for Unicast {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} to {}", self.payload, self.to)
    }
}

impl Process for MultipleUnicasts {
    type Parameters = ();
    type Request = Broadcast<Value>;
    type Indication = GroupIndication;
    type Message = Message;
    type Timer = Never;

    fn new(group: Group, (): &()) -> Self {
        let routing = Routing::new(group);
        Self { routing, sent: Sent::default(), early: Vec::new(), copies: SortedMap::new() }
    }

    /// A router floods its links. A host is a member.
    fn on_init(&mut self, ctx: &mut Context<Self>) {
        if ctx.is_router(ctx.me()) {
            self.routing.flood(ctx);
        } else {
            ctx.indicate(GroupIndication::Joined { member: ctx.me() });
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(payload): Broadcast<Value>) {
        let id = self.sent.next(ctx.me());
        for to in ctx.group().everyone().without(ctx.group().routers) {
            self.on_unicast(ctx, Unicast { id, to, payload: payload.clone() });
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        match message {
            Message::Unicast(unicast) => self.on_unicast(ctx, unicast),
            Message::LinkState(state) => {
                if self.routing.on_link_state(ctx, from, state) {
                    for unicast in take(&mut self.early) {
                        self.on_unicast(ctx, unicast);
                    }
                }
            }
        }
    }

    fn carries(_from: NodeId, message: &Message) -> Option<Carried> {
        match message {
            Message::Unicast(unicast) => Some(unicast.id.carried()),
            Message::LinkState(_) => None,
        }
    }
}

impl MultipleUnicasts {
    /// Delivers a copy at its member; other nodes send it to the next hop.
    fn on_unicast(&mut self, ctx: &mut Context<Self>, unicast: Unicast) {
        if unicast.to == ctx.me() {
            let deliver = unicast.id.deliver(unicast.payload);
            return ctx.indicate(GroupIndication::Deliver(deliver));
        }
        if !self.routing.is_known() {
            return self.early.push(unicast);
        }
        match self.routing.next_hop(unicast.to) {
            Some(hop) => {
                *self.copies.entry((unicast.id, hop)).or_default() += 1;
                ctx.send(hop, unicast.into());
            }
            None => ctx.note(format!("discarded: no route to {}", unicast.to)),
        }
    }

    /// Largest number of copies of one broadcast on one link.
    fn stress(&self) -> u32 {
        self.copies.values().copied().max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Scenario, run},
        protocols::testing::{broadcast, crash, group, indications, node, sends},
    };

    /// Hosts P1 and P2 at router P3, hosts P5 and P6 at router P4. P1 broadcasts m.
    fn two_routers() -> Scenario {
        let mut scenario = group(&PROTOCOL, 6);
        let links = [[1, 3], [2, 3], [3, 4], [4, 5], [4, 6]].map(|link| link.map(node));
        let routers = [3, 4].into_iter().map(node).collect();
        scenario.network.topology = Topology::Links { links: links.into(), routers };
        scenario.requests = vec![broadcast(50, 1, "m")];
        scenario
    }

    /// The deliveries.
    fn delivered(scenario: &Scenario) -> Vec<String> {
        let told = indications(&PROTOCOL, scenario).into_iter();
        told.filter(|line| line.contains("deliver")).collect()
    }

    #[test]
    fn multiple_unicasts_shared_links_carry_one_copy_for_each_member_behind_them() {
        let mut sent = sends(&PROTOCOL, &two_routers());
        sent.retain(|line| !line.contains("LSA"));
        let expected = [
            "50 P1>P3 m to P2",
            "50 P1>P3 m to P5",
            "50 P1>P3 m to P6",
            "60 P3>P2 m to P2",
            "60 P3>P4 m to P5",
            "60 P3>P4 m to P6",
            "70 P4>P5 m to P5",
            "70 P4>P6 m to P6",
        ];
        assert_eq!(sent, expected);
        let trace = run(&PROTOCOL, &two_routers()).expect("the requests are broadcasts");
        let last = |node| trace.samples.iter().rfind(|it| it.node == node).map(|it| it.values[0]);
        assert_eq!([1, 3, 4].map(|number| last(node(number))), [3, 2, 1].map(Some));
    }

    #[test]
    fn multiple_unicasts_sender_that_crashes_reaches_the_first_of_its_list() {
        let all = ["70 P2", "80 P5", "80 P6"].map(|it| format!("{it} deliver m"));
        for sends in 0..=3 {
            let mut scenario = two_routers();
            scenario.faults = vec![crash(50, 1, sends)];
            assert_eq!(delivered(&scenario)[1..], all[..sends as usize]);
        }
    }

    #[test]
    fn multiple_unicasts_copies_wait_until_the_routes_are_known() {
        let mut scenario = two_routers();
        scenario.requests = vec![broadcast(0, 2, "m")];
        // P3 knows the links of P4 at 10, when the copies arrive after them.
        let all = ["0 P2", "20 P1", "30 P5", "30 P6"].map(|it| format!("{it} deliver m"));
        assert_eq!(delivered(&scenario), all);
    }
}
