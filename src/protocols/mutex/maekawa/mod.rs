//! Maekawa's voting.
//!
//! Every process has a voting set and one vote. A process that wants to enter asks its voting set (REQUEST), enters
//! once all of its members have given it their votes (LOCKED), and gives the votes back when it leaves (RELEASE). Any
//! two voting sets share a member, and that member votes for one process at a time: **mutual exclusion**.
//!
//! The sets are rows and columns: the nodes fill a grid of ⌈√n⌉ columns row by row, and the set of a node is its row
//! with its column. This is right for any n: the row of one node crosses the column of the other in two places, at
//! least one of which is taken. The size K of a set is about 2√n, so an entry takes only 3(K − 1) messages.
//!
//! Votes are given one by one, so two processes may each hold a vote that the other needs, and wait for ever
//! (`inquire` off). So a voter that has voted and then receives an earlier request asks its vote back (INQUIRE). A
//! process that has been told by another voter to wait (FAILED) gives the vote back (RELINQUISH). A process that has
//! not may still get all votes, and keeps the vote until it knows. A voter tells FAILED to a request that waits
//! behind an earlier one, so the earliest request of all waits only for the process that is inside:
//! **no starvation**.
//!
//! *Sanders' correction.* In the paper a request is told FAILED when it arrives behind an earlier one. But a still
//! earlier one may arrive while the vote is being asked back. Then the request that was next in line must be told
//! FAILED as well. Otherwise it still expects to succeed, keeps its other votes, and the deadlock is back.
//!
//! *Under contention* the paper states at most 5(K − 1) messages an entry: with each voter REQUEST, LOCKED and
//! RELEASE, and either FAILED, or INQUIRE and RELINQUISH. It does not count that a vote which was given back is given
//! once more, by another LOCKED; so 6 with one voter are possible. Measured over thousands of contended runs with
//! n = 4, 9 and 16 it is 4(K − 1) on average and never more than 4.4(K − 1), even with delays searched for the
//! worst case.
//!
//! *If a voter crashes*, the processes with it in their sets wait for ever: **starvation freedom** breaks. While they
//! wait they keep the votes that they have, so they block the others too. And if a voter recovers without its memory,
//! it votes a second time: **mutual exclusion** breaks.
//!
//! Fairness is not promised: an earlier request may be slow to reach the voter that it shares with a later one.
//!
//! Where it departs from the paper: it uses the grid. The paper uses finite projective planes, with K about √n, which
//! exist for some n only. It has Sanders' FAILED. Every message names its request, so that a late answer is not taken
//! for one to a later request, and channels need not be FIFO: a FAILED that arrives after LOCKED is old, and an
//! INQUIRE that arrives before its LOCKED waits for it.

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
    kernel::{Break, Context, Group, Never, NodeId, NodeSet, Protocol, Rule, SortedSet},
};

#[cfg(test)]
mod tests;

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "maekawa",
    name: "Maekawa's algorithm",
    summary: "A process enters with the votes of all members of its voting set; any two sets overlap.",
    source: "Maekawa 1985, A √N Algorithm for Mutual Exclusion in Decentralized Systems; Sanders 1987, The \
             Information Structure of Distributed Mutual Exclusion Algorithms; note 003",
    example: "vote-is-asked-back",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::NoCrashes.always().for_liveness(),
        Rule::NoRecoveries.always(),
        Parameters::inquire.is("true").always().for_liveness(),
    ],
    promises: &[MUTUAL_EXCLUSION, STARVATION_FREEDOM],
    beyond: &[HAPPENED_BEFORE_FAIRNESS],
    breaks: &[
        Break {
            when: "votes are never asked back",
            scenario: "deadlock",
            violates: &[STARVATION_FREEDOM],
            broken: &[Parameters::inquire.is("true")],
        },
        Break {
            when: "a voter crashes",
            scenario: "voter-crashes",
            violates: &[STARVATION_FREEDOM],
            broken: &[Rule::NoCrashes],
        },
        Break {
            when: "a voter recovers and has forgotten its vote",
            scenario: "voter-forgets",
            violates: &[MUTUAL_EXCLUSION],
            broken: &[Rule::NoCrashes, Rule::NoRecoveries],
        },
        Break {
            when: "the earlier request reaches the shared voter later",
            scenario: "first-request-is-late",
            violates: &[HAPPENED_BEFORE_FAIRNESS],
            broken: &[],
        },
    ],
    costs: &[cost!(
        "one entry without contention",
        n >= 2 => 3 * (K - 1),
        one_entry,
        K = voting_set(NodeId::new(0), n).len() => "members of the voting set, the process itself included"
    )],
    ..Protocol::of::<Client<Maekawa>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// True if a voter asks its vote back for an earlier request (INQUIRE, RELINQUISH, FAILED).
        inquire: bool = true;
    }
}

/// A process that asks for votes, and votes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Maekawa {
    clock: LamportClock,
    /// The request of this process, until it has left.
    own: Option<Timestamp>,
    /// Voters whose vote it has.
    locked: NodeSet,
    /// Voters that will let another request go first.
    failed: NodeSet,
    /// Voters that have asked their vote back.
    inquired: NodeSet,
    /// As a voter: the request that has its vote.
    locked_for: Option<Timestamp>,
    /// As a voter: the requests that wait for its vote. If the first is earlier than the one that has it, the vote
    /// has been asked back.
    queue: SortedSet<Timestamp>,
}

/// A message about one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// To a voter: the sender asks to enter.
    #[display("REQUEST({})", _0.time)]
    Request(Timestamp),
    /// From a voter: the request has its vote.
    #[display("LOCKED")]
    Locked(Timestamp),
    /// From a voter: the request has to wait for another one.
    #[display("FAILED")]
    Failed(Timestamp),
    /// From a voter: it asks its vote back.
    #[display("INQUIRE")]
    Inquire(Timestamp),
    /// To a voter: the sender gives the vote back, and still waits for it.
    #[display("RELINQUISH")]
    Relinquish(Timestamp),
    /// To a voter: the sender has left.
    #[display("RELEASE")]
    Release(Timestamp),
}

impl Lock for Maekawa {
    type Parameters = Parameters;
    type Message = Message;
    type Timer = Never;
    type Ticket = ();

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        Self::default()
    }

    fn ticket(&mut self, _ctx: &mut Context<Self>) {}

    fn request(&mut self, ctx: &mut Context<Self>, (): ()) {
        let request = self.clock.stamp(ctx.me());
        self.own = Some(request);
        (self.locked, self.failed, self.inquired) = Default::default();
        ctx.multicast(own_set(ctx.group()), Message::Request(request));
    }

    fn release(&mut self, ctx: &mut Context<Self>, _next: Option<&()>) {
        if let Some(request) = self.own.take() {
            ctx.multicast(own_set(ctx.group()), Message::Release(request));
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        match message {
            Message::Request(request) => self.on_lock_request(ctx, request),
            Message::Relinquish(request) if self.locked_for == Some(request) => {
                self.queue.insert(request);
                self.vote(ctx);
            }
            Message::Release(request) if self.locked_for == Some(request) => self.vote(ctx),
            Message::Locked(request) if self.awaits(ctx, request) => {
                self.locked.insert(from);
                self.failed.remove(from);
                self.enter_or_relinquish(ctx);
            }
            Message::Failed(request) if self.awaits(ctx, request) => {
                if !self.locked.contains(from) {
                    self.failed.insert(from);
                }
                self.enter_or_relinquish(ctx);
            }
            Message::Inquire(request) if self.awaits(ctx, request) => {
                self.inquired.insert(from);
                self.enter_or_relinquish(ctx);
            }
            _ => {}
        }
    }

    /// It waits for votes. And the requests in its queue wait for the one that has its vote.
    fn waits_for(&self, group: Group) -> NodeSet {
        let holder = self.locked_for.filter(|_| !self.queue.is_empty()).map(|lock| lock.node);
        let missing = self.own.map_or(NodeSet::EMPTY, |_| own_set(group).without(self.locked));
        missing.or(holder.into_iter().collect()).without(group.me.into())
    }
}

/// As a process that wants to enter.
impl Maekawa {
    /// True if this request is its own, and still lacks a vote.
    fn awaits(&self, ctx: &Context<Self>, request: Timestamp) -> bool {
        self.own == Some(request) && self.locked != own_set(ctx.group())
    }

    fn enter_or_relinquish(&mut self, ctx: &mut Context<Self>) {
        let Some(request) = self.own else { return };
        if self.locked == own_set(ctx.group()) {
            ctx.enter();
        } else if !self.failed.is_empty() {
            let returned = self.inquired.and(self.locked);
            self.locked = self.locked.without(returned);
            self.inquired = self.inquired.without(returned);
            self.failed = self.failed.or(returned);
            ctx.multicast(returned, Message::Relinquish(request));
        }
    }
}

/// As a voter.
impl Maekawa {
    fn on_lock_request(&mut self, ctx: &mut Context<Self>, request: Timestamp) {
        self.clock.hear(request.time);
        let first = self.queue.first().copied();
        self.queue.insert(request);
        let Some(current) = self.locked_for else { return self.vote(ctx) };
        if !ctx.parameters().inquire {
            return;
        }
        // The request for which the vote is being asked back.
        match first.filter(|first| *first < current) {
            next if request > next.unwrap_or(current) => {
                ctx.send(request.node, Message::Failed(request));
            }
            // Sanders' correction.
            Some(next) => ctx.send(next.node, Message::Failed(next)),
            None => ctx.send(current.node, Message::Inquire(current)),
        }
    }

    /// Gives its free vote to the earliest request in the queue.
    fn vote(&mut self, ctx: &mut Context<Self>) {
        self.locked_for = self.queue.pop_first();
        if let Some(request) = self.locked_for {
            ctx.send(request.node, Message::Locked(request));
        }
    }
}

/// The voting set of the process that looks at this group.
fn own_set(group: Group) -> NodeSet {
    voting_set(group.me, group.size)
}

/// The row and the column of a node in a grid of so many nodes.
fn voting_set(me: NodeId, size: usize) -> NodeSet {
    let columns = (1..).find(|columns| columns * columns >= size).unwrap_or(size);
    let (row, column) = (me.index() / columns, me.index() % columns);
    let crosses = |place: &usize| place / columns == row || place % columns == column;
    (0..size).filter(crosses).map(NodeId::new).collect()
}
