//! Maekawa's voting.
//!
//! Implements: MutualExclusion. Uses: Lamport's clocks; voting sets.
//! Model: crash-stop, asynchronous, reliable channels, FIFO or not; nobody crashes.
//! Source: Maekawa 1985, "A √N Algorithm for Mutual Exclusion in Decentralized Systems"; Sanders 1987, "The
//! Information Structure of Distributed Mutual Exclusion Algorithms"; note 003.
//!
//! Every process has a voting set, and has one vote. Who wants to enter asks its voting set (REQUEST), enters
//! once all of them have given it their vote (LOCKED), and gives the votes back when it leaves (RELEASE). Any
//! two voting sets share a member, and that one votes for one at a time: **mutual exclusion**.
//!
//! The sets are rows and columns: the nodes fill a grid of ⌈√n⌉ columns row by row, and a node's set is its row
//! with its column. That is right for any n: of the two places where one's row crosses the other's column, one
//! at least is taken. K, the size of a set, is about 2√n, so an entry takes only 3(K − 1) messages.
//!
//! But votes that are given one by one can be given to different ones: two processes each hold a vote that the
//! other needs, and wait for ever (`inquire` off). So a voter that has voted and then gets an earlier request
//! asks its vote back (INQUIRE). Who has been told by another voter that it must wait (FAILED) gives it back
//! (RELINQUISH); who has not may still get all votes, and keeps it until it knows. A request that waits at a
//! voter behind an earlier one is told FAILED, so the earliest of all is kept waiting by none but who is inside:
//! **no starvation**.
//!
//! *Sanders' correction.* In the paper FAILED is told to a request when it arrives behind an earlier one. But a
//! still earlier one may arrive while the vote is being asked back: then the request that was to have it has
//! to be told FAILED as well, or it goes on believing that it may succeed, keeps its other votes, and the
//! deadlock is back.
//!
//! *Under contention* the paper says at most 5(K − 1) messages an entry: with each voter REQUEST, LOCKED and
//! RELEASE, and either FAILED, or INQUIRE and RELINQUISH. A vote that was given back is given once more, another
//! LOCKED that this does not count, so 6 with one voter are possible. Still, measured over thousands of contended
//! runs with n = 4, 9 and 16 it is 4(K − 1) on average and never more than 4.4(K − 1), even where delays were
//! searched for the worst: most requests come in the order of their timestamps and are told FAILED once; a
//! voter's first request costs 3; and many INQUIREs find their vote in use and are never answered.
//!
//! *If a voter crashes*, whoever has it in its set waits for ever: **starvation freedom** breaks, at first for
//! these only. But while they wait they keep the votes that they have, and so they keep out the others too. And
//! if a voter comes back without its memory, it votes a second time: **mutual exclusion** breaks.
//!
//! Fairness is not promised: who asks first may still be behind, if its REQUEST is slow on the way to the one
//! voter that it shares with who asks later.
//!
//! Where it departs from the paper: the grid, where the paper has finite projective planes, with K about √n,
//! which exist for some n only; and Sanders' FAILED. Every message names the request that it is about, so that
//! nothing that is late is taken for an answer to a later request, and channels need not be FIFO: a FAILED that
//! comes after LOCKED is old, and an INQUIRE that comes before its LOCKED waits for it.

use std::collections::VecDeque;

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        clock::Timestamp,
        mutex::{Access, Acquire, HAPPENED_BEFORE_FAIRNESS, MUTUAL_EXCLUSION, STARVATION_FREEDOM},
    },
    kernel::{Break, Context, Group, NodeId, NodeSet, Process, Protocol, Rule, SortedSet, Time},
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "maekawa",
    name: "Maekawa's algorithm",
    summary: "Who wants to enter needs the vote of everybody in its voting set; any two sets overlap.",
    source: "Maekawa 1985, A √N Algorithm for Mutual Exclusion in Decentralized Systems",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::NobodyCrashes.always().for_liveness(),
        Rule::NobodyRecovers.always(),
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
            broken: &[Rule::NobodyCrashes],
        },
        Break {
            when: "a voter comes back and has forgotten its vote",
            scenario: "voter-forgets",
            violates: &[MUTUAL_EXCLUSION],
            broken: &[Rule::NobodyCrashes, Rule::NobodyRecovers],
        },
        Break {
            when: "the first request is late at the voter that the two share",
            scenario: "first-request-is-late",
            violates: &[HAPPENED_BEFORE_FAIRNESS],
            broken: &[],
        },
    ],
    costs: &[
        crate::cost!("one entry that nobody contends for", n >= 2 => 3 * (K - 1), |scenario| scenario.ask(0, NodeId::new(0), "acquire", None), K = voting_set(NodeId::new(0), n).len() => "members of the voting set, oneself included"),
    ],
    ..Protocol::of::<Maekawa>()
};

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// Whether a voter asks its vote back for an earlier request: INQUIRE, RELINQUISH, FAILED.
        inquire: bool = true;
    }
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Maekawa {
    inquire: bool,
    voting_set: NodeSet,
    /// The greatest time of any request that this node knows of.
    clock: u32,
    /// How long to stay inside, in ms, for each entry that this node has been asked for and that is not over.
    wanted: VecDeque<Time>,
    /// Its own request, for the first of them.
    attempt: Option<OwnRequest>,
    /// As a voter: the request that has its vote.
    locked_for: Option<Timestamp>,
    /// As a voter: the requests that wait for its vote. If the first is earlier than the one that has it, the
    /// vote has been asked back.
    queue: SortedSet<Timestamp>,
}

/// A request of this node's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct OwnRequest {
    request: Timestamp,
    /// Who has voted for it.
    locked: NodeSet,
    /// Who will let another one go first.
    failed: NodeSet,
    /// Who has asked its vote back.
    inquired: NodeSet,
    inside: bool,
}

/// What travels, each about one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// To a voter: may I enter?
    #[display("REQUEST({})", _0.time)]
    Request(Timestamp),
    /// From a voter: this has my vote.
    #[display("LOCKED")]
    Locked(Timestamp),
    /// From a voter: this will have to wait for another one.
    #[display("FAILED")]
    Failed(Timestamp),
    /// From a voter: may I have my vote back?
    #[display("INQUIRE")]
    Inquire(Timestamp),
    /// To a voter: you may.
    #[display("RELINQUISH")]
    Relinquish(Timestamp),
    /// To a voter: I have left.
    #[display("RELEASE")]
    Release(Timestamp),
}

/// It is time to leave the critical section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("leave")]
pub struct Leave;

impl Process for Maekawa {
    type Parameters = Parameters;
    type Request = Acquire;
    type Indication = Access;
    type Message = Message;
    type Timer = Leave;

    fn new(group: Group, parameters: &Parameters) -> Self {
        Self {
            inquire: parameters.inquire,
            voting_set: voting_set(group.me, group.size),
            clock: 0,
            wanted: VecDeque::new(),
            attempt: None,
            locked_for: None,
            queue: SortedSet::new(),
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Acquire { hold }: Acquire) {
        self.wanted.push_back(hold);
        if self.attempt.is_none() {
            self.ask(ctx);
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
            Message::Locked(request) | Message::Failed(request) | Message::Inquire(request) => {
                self.on_answer(ctx, from, request, message);
            }
            Message::Relinquish(_) | Message::Release(_) => {}
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, Leave: Leave) {
        let Some(OwnRequest { request, .. }) = self.attempt.take() else { return };
        self.wanted.pop_front();
        ctx.indicate(Access::Exit {});
        ctx.multicast(self.voting_set, Message::Release(request));
        self.ask(ctx);
    }

    /// It waits for votes; and those who wait for its own wait for whom it has given it to.
    fn waits_for(&self, _group: Group) -> NodeSet {
        let holder = self.locked_for.filter(|_| !self.queue.is_empty()).map(|lock| lock.node);
        let mut waits_for: NodeSet = holder.into_iter().collect();
        if let Some(OwnRequest { request, locked, .. }) = self.attempt {
            waits_for = waits_for.or(self.voting_set.without(locked));
            waits_for.remove(request.node);
        }
        waits_for
    }
}

/// As one that wants to enter.
impl Maekawa {
    /// Sends a request for the next entry, if there is one.
    fn ask(&mut self, ctx: &mut Context<Self>) {
        if self.wanted.is_empty() {
            return;
        }
        self.clock += 1;
        let request = Timestamp { time: self.clock, node: ctx.me() };
        self.attempt = Some(OwnRequest::new(request));
        ctx.multicast(self.voting_set, Message::Request(request));
    }

    fn on_answer(
        &mut self,
        ctx: &mut Context<Self>,
        voter: NodeId,
        request: Timestamp,
        answer: Message,
    ) {
        let Some(attempt) = self.attempt.as_mut().filter(|it| it.request == request) else {
            return;
        };
        match answer {
            Message::Locked(_) => {
                attempt.locked.insert(voter);
                attempt.failed.remove(voter);
            }
            Message::Failed(_) if !attempt.locked.contains(voter) => {
                attempt.failed.insert(voter);
            }
            Message::Inquire(_) => {
                attempt.inquired.insert(voter);
            }
            _ => {}
        }
        self.enter_or_relinquish(ctx);
    }

    fn enter_or_relinquish(&mut self, ctx: &mut Context<Self>) {
        let Some(attempt) = self.attempt.as_mut().filter(|attempt| !attempt.inside) else { return };
        if attempt.locked == self.voting_set {
            attempt.inside = true;
            ctx.indicate(Access::Enter { token: None });
            ctx.set_timer(Leave, self.wanted.front().copied().unwrap_or_default());
        } else if !attempt.failed.is_empty() {
            let returned = attempt.inquired.and(attempt.locked);
            attempt.locked = attempt.locked.without(returned);
            attempt.inquired = attempt.inquired.without(returned);
            attempt.failed = attempt.failed.or(returned);
            ctx.multicast(returned, Message::Relinquish(attempt.request));
        }
    }
}

/// As a voter.
impl Maekawa {
    fn on_lock_request(&mut self, ctx: &mut Context<Self>, request: Timestamp) {
        self.clock = self.clock.max(request.time);
        let next = self.queue.first().copied();
        self.queue.insert(request);
        let Some(current) = self.locked_for else { return self.vote(ctx) };
        if !self.inquire {
            return;
        }
        // The one for which the vote is being asked back, if it is.
        let heir = next.filter(|next| *next < current);
        if request > heir.unwrap_or(current) {
            ctx.send(request.node, Message::Failed(request));
        } else if let Some(heir) = heir {
            ctx.send(heir.node, Message::Failed(heir));
        } else {
            ctx.send(current.node, Message::Inquire(current));
        }
    }

    /// Gives its vote, which is free now, to the earliest that waits for it.
    fn vote(&mut self, ctx: &mut Context<Self>) {
        self.locked_for = self.queue.pop_first();
        if let Some(request) = self.locked_for {
            ctx.send(request.node, Message::Locked(request));
        }
    }
}

impl OwnRequest {
    const fn new(request: Timestamp) -> Self {
        let nobody = NodeSet::EMPTY;
        Self { request, locked: nobody, failed: nobody, inquired: nobody, inside: false }
    }
}

/// Those whose votes a node of a group of so many needs: its row and its column in a grid.
fn voting_set(me: NodeId, size: usize) -> NodeSet {
    let columns = (1..).find(|columns| columns * columns >= size).unwrap_or(size);
    let (row, column) = (me.index() / columns, me.index() % columns);
    let crosses = |place: &usize| place / columns == row || place % columns == column;
    (0..size).filter(crosses).map(NodeId::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        analysis::report,
        kernel::{
            Delay, Did, Input, MAX_NODES, Packet, ParameterValue, Plan, Scenario, Solo, run, spell,
        },
        protocols::testing::{acquire, group, indications, node, sends, slow},
    };

    #[test]
    fn any_two_voting_sets_share_a_member() {
        for size in 1..=MAX_NODES {
            let nodes = (0..size).map(NodeId::new);
            let sets: Vec<_> = nodes.clone().map(|node| voting_set(node, size)).collect();
            assert!(sets.iter().zip(nodes).all(|(set, node)| set.contains(node)));
            for one in &sets {
                assert!(sets.iter().all(|other| !one.and(*other).is_empty()), "{one:?} of {size}");
            }
        }
    }

    #[test]
    fn a_voting_set_is_a_row_and_a_column() {
        let set = |index, size| voting_set(NodeId::new(index), size).to_string();
        let named = |indices: &[usize]| -> String {
            indices.iter().copied().map(NodeId::new).collect::<NodeSet>().to_string()
        };
        assert_eq!(set(4, 9), named(&[1, 3, 4, 5, 7]));
        assert_eq!(set(2, 5), named(&[0, 1, 2]), "the last row is not full");
        for root in 1..=11 {
            assert_eq!(voting_set(NodeId::new(0), root * root).len(), 2 * root - 1);
        }
    }

    /// Everybody asks at the same time, P4's REQUEST reaches the voter P1 first, and P2's last.
    fn ever_earlier() -> Scenario {
        let mut scenario = group(&PROTOCOL, 9);
        scenario.network.links = vec![slow(3, 1, 20), slow(2, 1, 30)];
        scenario.requests = vec![acquire(0, 2, 20), acquire(0, 3, 20), acquire(0, 4, 20)];
        scenario
    }

    #[test]
    fn who_was_to_have_a_vote_is_told_of_an_even_earlier_request() {
        let scenario = ever_earlier();
        let mut by_p1 = sends(&PROTOCOL, &scenario);
        by_p1.retain(|it| it.contains(" P1>"));
        let expected = ["10 P1>P4 LOCKED", "20 P1>P4 INQUIRE", "30 P1>P3 FAILED"];
        assert_eq!(by_p1[..3], expected);
        let entered = indications(&PROTOCOL, &scenario);
        assert_eq!(entered.iter().filter(|it| it.ends_with("enter")).count(), 3);
    }

    #[test]
    fn without_inquire_a_voter_says_nothing_but_locked() {
        let mut scenario = ever_earlier();
        scenario.params.insert("inquire".to_owned(), ParameterValue::Flag(false));
        let said = sends(&PROTOCOL, &scenario);
        let plain = ["REQUEST(1)", "LOCKED", "RELEASE"];
        assert!(said.iter().all(|it| plain.iter().any(|word| it.ends_with(word))), "{said:?}");
    }

    #[test]
    fn who_is_inside_keeps_its_votes() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.network.links = vec![slow(2, 1, 30)];
        scenario.requests = vec![acquire(0, 3, 50), acquire(0, 2, 20)];
        let expected = ["20 P3 enter", "70 P3 exit", "90 P2 enter", "110 P2 exit"];
        assert_eq!(indications(&PROTOCOL, &scenario), expected);
        let said = sends(&PROTOCOL, &scenario);
        assert!(said.contains(&"30 P1>P3 INQUIRE".to_owned()), "{said:?}");
        assert!(!said.iter().any(|it| it.ends_with("RELINQUISH")), "{said:?}");
    }

    /// A node of four, in a group without a network: a test says what it hears.
    struct Alone<'a> {
        scenario: &'a Scenario,
        plan: Plan<'a>,
        solo: Solo,
        me: NodeId,
    }

    impl<'a> Alone<'a> {
        fn new(scenario: &'a Scenario, number: usize) -> Self {
            let me = node(number);
            let plan = Plan::new(&PROTOCOL, scenario).expect("the scenario is valid");
            let solo = Solo::new(&plan, me);
            Self { scenario, plan, solo, me }
        }

        /// What it does then: `P2 LOCKED` is sent, `enter` told.
        fn does(&mut self, input: Input) -> Vec<String> {
            let step = self.solo.handle(&self.plan, self.me, input, None);
            let said = step.did.into_iter().filter_map(|did| match did {
                Did::Sent { to, packet } => Some(format!("{to} {packet}")),
                Did::Told(packet) => Some(packet.to_string()),
                Did::Set { .. } => None,
            });
            said.map(|it| spell(&it, &self.scenario.nodes)).collect()
        }

        fn is_asked(&mut self) -> Vec<String> {
            self.does(Input::Request(Packet::new(Acquire { hold: 20 })))
        }

        fn hears(&mut self, number: usize, message: Message) -> Vec<String> {
            let packet = Packet::new(message);
            self.does(Input::Message { from: node(number), packet })
        }

        fn waits_for(&self) -> String {
            spell(&self.solo.machine().waits_for().to_string(), &self.scenario.nodes)
        }
    }

    /// The request of a node of this time.
    fn of(number: usize, time: u32) -> Timestamp {
        Timestamp { time, node: node(number) }
    }

    const NOTHING: [&str; 0] = [];

    /// Whoever obeys a RELEASE twice gives away a vote that another has: two are inside.
    #[test]
    fn maekawa_voter_ignores_a_release_of_a_request_that_has_not_its_vote() {
        let scenario = group(&PROTOCOL, 4);
        let mut voter = Alone::new(&scenario, 4);
        assert_eq!(voter.hears(2, Message::Request(of(2, 1))), ["P2 LOCKED"]);
        assert_eq!(voter.hears(3, Message::Request(of(3, 2))), ["P3 FAILED"]);
        assert_eq!(voter.hears(2, Message::Release(of(2, 1))), ["P3 LOCKED"]);
        assert_eq!(voter.hears(2, Message::Request(of(2, 3))), ["P2 FAILED"]);
        assert_eq!(voter.hears(2, Message::Release(of(2, 1))), NOTHING, "P3 has the vote");
        assert_eq!(voter.hears(3, Message::Release(of(3, 2))), ["P2 LOCKED"]);
    }

    /// A vote that was given back once has been given to another since: a second RELINQUISH must not take it from
    /// that one, nor put the request into the queue twice.
    #[test]
    fn maekawa_voter_ignores_a_relinquish_of_a_request_that_has_not_its_vote() {
        let scenario = group(&PROTOCOL, 4);
        let mut voter = Alone::new(&scenario, 4);
        assert_eq!(voter.hears(3, Message::Request(of(3, 2))), ["P3 LOCKED"]);
        assert_eq!(voter.hears(2, Message::Request(of(2, 1))), ["P3 INQUIRE"]);
        assert_eq!(voter.hears(3, Message::Relinquish(of(3, 2))), ["P2 LOCKED"]);
        assert_eq!(voter.hears(3, Message::Relinquish(of(3, 2))), NOTHING, "P2 has the vote");
        assert_eq!(voter.hears(2, Message::Release(of(2, 1))), ["P3 LOCKED"]);
        assert_eq!(voter.hears(3, Message::Release(of(3, 2))), NOTHING, "nobody waits");
    }

    /// P1, which has asked P2 and P3 and has its own vote.
    fn wants_two_votes(scenario: &Scenario) -> Alone<'_> {
        let mut wants = Alone::new(scenario, 1);
        assert_eq!(wants.is_asked(), ["P2 REQUEST(1)", "P3 REQUEST(1)"]);
        wants
    }

    /// As long as nobody has said FAILED all votes may still come. Whoever gives them back without need may go on
    /// doing so for ever, while others do the same.
    #[test]
    fn maekawa_keeps_a_vote_until_another_voter_says_failed() {
        let scenario = group(&PROTOCOL, 4);
        let mut wants = wants_two_votes(&scenario);
        assert_eq!(wants.hears(2, Message::Locked(of(1, 1))), NOTHING);
        assert_eq!(wants.hears(2, Message::Inquire(of(1, 1))), NOTHING);
        assert_eq!(wants.hears(3, Message::Locked(of(1, 1))), ["enter"]);
        // If one says so, the vote goes back at once.
        let mut wants = wants_two_votes(&scenario);
        wants.hears(2, Message::Locked(of(1, 1)));
        wants.hears(2, Message::Inquire(of(1, 1)));
        assert_eq!(wants.hears(3, Message::Failed(of(1, 1))), ["P2 RELINQUISH"]);
    }

    /// The voter that said FAILED has given its vote since: nothing stands in the way any more.
    #[test]
    fn maekawa_forgets_a_failed_when_the_vote_comes_after_all() {
        let scenario = group(&PROTOCOL, 4);
        let mut wants = wants_two_votes(&scenario);
        assert_eq!(wants.hears(2, Message::Failed(of(1, 1))), NOTHING);
        assert_eq!(wants.hears(2, Message::Locked(of(1, 1))), NOTHING);
        assert_eq!(wants.hears(2, Message::Inquire(of(1, 1))), NOTHING);
        assert_eq!(wants.hears(3, Message::Locked(of(1, 1))), ["enter"]);
    }

    /// Channels need not be FIFO: a FAILED that its voter's LOCKED has overtaken is older than that.
    #[test]
    fn maekawa_ignores_a_failed_that_the_vote_has_overtaken() {
        let scenario = group(&PROTOCOL, 4);
        let mut wants = wants_two_votes(&scenario);
        assert_eq!(wants.hears(2, Message::Locked(of(1, 1))), NOTHING);
        assert_eq!(wants.hears(2, Message::Failed(of(1, 1))), NOTHING);
        assert_eq!(wants.hears(2, Message::Inquire(of(1, 1))), NOTHING);
        assert_eq!(wants.hears(3, Message::Locked(of(1, 1))), ["enter"]);
    }

    /// A circle of those who wait for each other goes through the voters: each of them waits, for the sake of
    /// those in its queue, for the one that has its vote.
    #[test]
    fn maekawa_voter_with_a_queue_waits_for_the_holder_of_its_vote() {
        let scenario = group(&PROTOCOL, 4);
        let mut voter = Alone::new(&scenario, 4);
        voter.hears(2, Message::Request(of(2, 1)));
        assert_eq!(voter.waits_for(), "");
        voter.hears(3, Message::Request(of(3, 2)));
        assert_eq!(voter.waits_for(), "P2");
        voter.hears(2, Message::Release(of(2, 1)));
        assert_eq!(voter.waits_for(), "");
        // It waits for votes as well, for its own request.
        voter.is_asked();
        assert_eq!(voter.waits_for(), "P2 and P3");
    }

    /// Everybody asks, each several times, on a network where messages overtake each other. Whatever happens
    /// nobody starves; and it costs about 4(K − 1) an entry, never more than the paper's 5(K − 1).
    #[test]
    fn under_contention_nobody_starves_and_five_messages_a_voter_are_enough() {
        // In thousandths of a message, by voter and entry.
        let (mut worst, mut sum, mut runs) = (0, 0, 0);
        for (size, others) in [(4, 2), (9, 4)] {
            for seed in 0..150 {
                let mut scenario = group(&PROTOCOL, size);
                scenario.seed = seed;
                scenario.network.delay = Delay { min: seed % 20, max: seed % 20 + seed % 41 };
                let asked =
                    |it: usize| acquire((it as u64 * 7919 + seed * 31) % 60, it % size + 1, 5);
                scenario.requests = (0..size * (1 + seed as usize % 3)).map(asked).collect();
                scenario.until = 100_000;
                let trace = run(&PROTOCOL, &scenario).expect("the requests are valid");
                let said = report(&PROTOCOL, &scenario, &trace);
                assert_eq!(said.breaches, [], "seed {seed}");
                for judgement in said.judgements.iter().filter(|it| it.promised) {
                    assert_eq!(judgement.verdict.status(), "holds", "seed {seed}: {judgement:?}");
                }
                let cost = 1000 * trace.sends() / (scenario.requests.len() * others);
                (worst, sum, runs) = (worst.max(cost), sum + cost, runs + 1);
            }
        }
        let mean = sum / runs;
        assert!((3500..4100).contains(&mean), "{mean}");
        assert!((4001..=5000).contains(&worst), "{worst}");
    }
}
