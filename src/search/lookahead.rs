//! Lookahead of the reduction: an over-approximation of what nodes may do and send before a deferred transition.
//!
//! The behaviour of a node depends on its local state and on its inbox, and the same pair occurs in many states of
//! the system. So a summary is computed once for each pair. An envelope may be delivered as often as it is in
//! transit, or any number of times where that number is unknown. Messages that the nodes may send each other are
//! added until a fixed point is reached. The result includes everything that can happen, and perhaps more.

use std::{hash::Hash, rc::Rc};

use super::{
    interner::{Interner, Memo},
    system::System,
    transitions::{Effect, Stimulus},
};
use crate::kernel::{Fingerprinter, NodeId};

/// Largest number of effects computed for one node; beyond it the node may do anything.
const MOST_EFFECTS: usize = 1200;
/// Largest number of lookahead states of a node, and of distinct envelopes that it may send.
const MOST_STATES: usize = 192;
const MOST_SENT: usize = 128;
/// Number of lookahead states that are distinguished for one local state.
const MOST_ALIKE: usize = 6;
const MOST_ENVELOPES: usize = 64;

/// Envelopes that may be delivered to a node, sorted; the last bit of each is set if it may be delivered more than
/// once.
pub(super) type Inbox = Vec<u32>;

/// Summary of what a node may do.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary {
    /// Envelopes that the node may send.
    sent: Inbox,
    /// Receivers of these envelopes, as a bit set.
    pub(super) to: u128,
    /// True if the node may take a visible step: one that an objective's monitor observes.
    pub(super) visible: bool,
    /// True if the node may do anything, since the lookahead reached a limit.
    pub(super) unbounded: bool,
    /// For a deferred transition: true if it commutes with everything that may come before it, and true if it may be
    /// visible.
    pub(super) commutes: bool,
    pub(super) deferred_visible: bool,
}

impl Summary {
    fn anything() -> Self {
        Self { to: u128::MAX, visible: true, unbounded: true, ..Self::default() }
    }
}

/// A deferred transition: its node and effect, and whether the node may crash before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deferred {
    pub(super) node: NodeId,
    pub(super) effect: u32,
    pub(super) crashes: bool,
}

/// Summaries computed so far.
#[derive(Clone)]
pub(super) struct Lookahead {
    inboxes: Interner<()>,
    /// Summaries by local state and inbox; and by deferred effect and inbox.
    summaries_by_state: Memo,
    summaries_by_deferred: Memo,
    summaries: Vec<Rc<Summary>>,
    /// Commutativity of two effects of a node in one state; the second table is for a node that may crash.
    commuting: [Memo; 2],
    /// Number of effects computed.
    pub(super) work: u64,
}

/// A local state that a node may reach, with the envelopes of its inbox used up by then.
#[derive(Clone, Copy, Debug)]
struct LookaheadState {
    local: u32,
    used: u64,
    /// Envelopes sent by then, as a bit set; then those sent more than once.
    sent: [u128; 2],
}

/// Lookahead at one node.
struct NodeLookahead<'a> {
    node: NodeId,
    inbox: &'a [u32],
    deferred: Option<(Deferred, Stimulus)>,
    states: Vec<LookaheadState>,
    /// Edges between lookahead states, with the envelopes sent on them.
    edges: Vec<(usize, usize, [u128; 2])>,
    sent: Vec<u32>,
    visible: bool,
    deferred_visible: bool,
    work: usize,
    commuting: &'a mut [Memo; 2],
}

/// The lookahead reached a limit, or two effects do not commute.
struct Inconclusive;

impl Lookahead {
    pub(super) const fn new() -> Self {
        Self {
            inboxes: Interner::new(),
            summaries_by_state: Memo::new(),
            summaries_by_deferred: Memo::new(),
            summaries: Vec::new(),
            commuting: [Memo::new(), Memo::new()],
            work: 0,
        }
    }

    /// Returns the summary of a node with this local state and inbox, until a deferred transition if there is one.
    pub(super) fn summary(
        &mut self,
        system: &mut System,
        (node, local): (NodeId, u32),
        inbox: &[u32],
        deferred: Option<Deferred>,
    ) -> Rc<Summary> {
        self.work += 1;
        let mut taken = Fingerprinter::new();
        inbox.hash(&mut taken);
        let number = self.inboxes.intern(taken.fingerprint(), || ());
        let (memo, one, two) = match deferred {
            None => (&self.summaries_by_state, local, number),
            Some(it) => {
                (&self.summaries_by_deferred, it.effect, number << 1 | u32::from(it.crashes))
            }
        };
        if let Some(known) = memo.get(one, two) {
            return Rc::clone(&self.summaries[known as usize]);
        }
        let summary = Rc::new(self.compute(system, (node, local), inbox, deferred));
        let memo = if deferred.is_none() {
            &mut self.summaries_by_state
        } else {
            &mut self.summaries_by_deferred
        };
        memo.insert(one, two, self.summaries.len() as u32);
        self.summaries.push(Rc::clone(&summary));
        summary
    }

    fn compute(
        &mut self,
        system: &mut System,
        (node, local): (NodeId, u32),
        inbox: &[u32],
        deferred: Option<Deferred>,
    ) -> Summary {
        let deferred = deferred.map(|it| (it, system.cache.effects[it.effect as usize].stimulus));
        let states = vec![LookaheadState { local, used: 0, sent: [0; 2] }];
        let (edges, sent) = (Vec::new(), Vec::new());
        let (visible, deferred_visible, work) = (false, false, 0);
        let commuting = &mut self.commuting;
        let mut node_lookahead = NodeLookahead {
            node,
            inbox,
            deferred,
            states,
            edges,
            sent,
            visible,
            deferred_visible,
            work,
            commuting,
        };
        let done = node_lookahead.explore(system);
        let work = node_lookahead.work as u64;
        let summary = done
            .map_or_else(|Inconclusive| Summary::anything(), |()| node_lookahead.summary(system));
        self.work += work;
        summary
    }
}

impl NodeLookahead<'_> {
    fn explore(&mut self, system: &mut System) -> Result<(), Inconclusive> {
        if self.inbox.len() > MOST_ENVELOPES {
            return Err(Inconclusive);
        }
        let mut place = 0;
        while let Some(&state) = self.states.get(place) {
            let deferred = self.check_deferred(system, state.local)?;
            for stimulus in system.own_stimuli(self.node, state.local) {
                if self.deferred.is_none_or(|(_, it)| it != stimulus) {
                    self.step(system, place, (stimulus, 0), deferred)?;
                }
            }
            for (number, code) in self.inbox.iter().enumerate() {
                let bit = 1 << number;
                if state.used & bit == 0 {
                    let bit = if code & 1 == 0 { bit } else { 0 };
                    self.step(system, place, (Stimulus::Delivery(code >> 1), bit), deferred)?;
                }
            }
            place += 1;
        }
        Ok(())
    }

    /// Returns the effect of the deferred transition in this local state.
    fn check_deferred(
        &mut self,
        system: &mut System,
        here: u32,
    ) -> Result<Option<u32>, Inconclusive> {
        let Some((deferred, stimulus)) = self.deferred else { return Ok(None) };
        let effect = system.cache.effect_of(&system.plan, self.node, here, stimulus);
        self.deferred_visible |= system.is_visible(effect);
        self.work += 1;
        // If the node crashes before the deferred transition, the crash must erase every trace of it.
        if deferred.crashes
            && (self.deferred_visible || !crash_erases(system, self.node, here, stimulus))
        {
            return Err(Inconclusive);
        }
        Ok(Some(effect))
    }

    fn step(
        &mut self,
        system: &mut System,
        from: usize,
        (stimulus, bit): (Stimulus, u64),
        deferred: Option<u32>,
    ) -> Result<(), Inconclusive> {
        let LookaheadState { local, used, .. } = self.states[from];
        self.work += 1;
        if self.work > MOST_EFFECTS {
            return Err(Inconclusive);
        }
        if !system.is_possible(local, stimulus) {
            return Ok(());
        }
        let effect = system.cache.effect_of(&system.plan, self.node, local, stimulus);
        if deferred.is_some_and(|deferred| !self.commutes(system, deferred, effect)) {
            return Err(Inconclusive);
        }
        let effect = Rc::clone(&system.cache.effects[effect as usize]);
        self.visible |= system.observable(&effect.observed).next().is_some();
        let mut sent = [0; 2];
        for envelope in &effect.sent {
            let place = self.sent.iter().position(|it| it == envelope).unwrap_or_else(|| {
                self.sent.push(*envelope);
                self.sent.len() - 1
            });
            if place >= MOST_SENT {
                return Err(Inconclusive);
            }
            sent = union(sent, [1 << place, 0]);
        }
        let to = self.state_index(effect.next, used | bit, effect.sent.is_empty())?;
        self.edges.push((from, to, sent));
        Ok(())
    }

    /// True if two effects commute; the first one is the deferred transition's.
    fn commutes(&mut self, system: &mut System, one: u32, other: u32) -> bool {
        let crashes = self.deferred.is_some_and(|(deferred, _)| deferred.crashes);
        let known = &mut self.commuting[usize::from(crashes)];
        if let Some(known) = known.get(one, other) {
            return known == 1;
        }
        self.work += 3;
        let Effect { local, stimulus, .. } = *system.cache.effects[one as usize];
        let both = [stimulus, system.cache.effects[other as usize].stimulus];
        let commuting = commute(system, (self.node, local), both, crashes);
        known.insert(one, other, u32::from(commuting));
        commuting
    }

    /// Returns the index of a lookahead state. A state that has used up fewer envelopes includes this one, if nothing
    /// was sent in between. Beyond a limit, states with the same local state are merged into one that has used up
    /// only what all of them have.
    fn state_index(&mut self, local: u32, used: u64, silent: bool) -> Result<usize, Inconclusive> {
        let is_it = |it: &LookaheadState| {
            it.local == local && (it.used == used || silent && it.used & used == it.used)
        };
        if let Some(place) = self.states.iter().position(is_it) {
            return Ok(place);
        }
        let alike = self.states.iter().filter(|it| it.local == local);
        let (count, common) = alike.fold((0, used), |(n, common), it| (n + 1, common & it.used));
        let used = if count < MOST_ALIKE { used } else { common };
        let known = |it: &LookaheadState| it.local == local && it.used == used;
        if count >= MOST_ALIKE
            && let Some(place) = self.states.iter().position(known)
        {
            return Ok(place);
        }
        if self.states.len() >= MOST_STATES {
            return Err(Inconclusive);
        }
        self.states.push(LookaheadState { local, used, sent: [0; 2] });
        Ok(self.states.len() - 1)
    }

    fn summary(mut self, system: &System) -> Summary {
        let mut grows = !self.sent.is_empty();
        while grows {
            grows = false;
            for &(from, to, sent) in &self.edges {
                let [once, repeated] = union(self.states[from].sent, sent);
                let met = &mut self.states[to].sent;
                grows |= (once & !met[0]) | (repeated & !met[1]) != 0;
                *met = [met[0] | once, met[1] | repeated];
            }
        }
        let all = self
            .states
            .iter()
            .fold([0; 2], |[once, repeated], it| [once | it.sent[0], repeated | it.sent[1]]);
        let code = |(place, envelope): (usize, &u32)| envelope << 1 | (all[1] >> place & 1) as u32;
        let mut sent: Inbox = self.sent.iter().enumerate().map(code).collect();
        sent.sort_unstable();
        let to = |code: &u32| 1 << system.cache.envelopes.get(code >> 1).to.index();
        Summary {
            to: sent.iter().map(to).fold(0, |to, one: u128| to | one),
            sent,
            visible: self.visible,
            unbounded: false,
            commutes: self.deferred.is_some(),
            deferred_visible: self.deferred_visible,
        }
    }
}

/// Returns the union of two multisets that count once and more than once.
const fn union([once, repeated]: [u128; 2], [once_more, repeated_more]: [u128; 2]) -> [u128; 2] {
    [once | once_more, repeated | repeated_more | once & once_more]
}

/// Adds an envelope to an inbox.
pub(super) fn add(inbox: &mut Inbox, code: u32) {
    let place = inbox.partition_point(|it| it >> 1 < code >> 1);
    match inbox.get_mut(place) {
        Some(it) if *it >> 1 == code >> 1 => *it |= 1,
        _ => inbox.insert(place, code),
    }
}

/// Lookahead at all nodes of a state.
#[derive(Clone, Debug, Default)]
pub(super) struct SystemLookahead {
    /// Envelopes in transit, by receiver; and true if they may be duplicated.
    in_transit: Vec<Inbox>,
    duplicates: bool,
    /// Inbox of the deferred transition's node without the envelope that the transition delivers.
    own_inbox: Inbox,
    /// Inboxes with what the nodes may send each other.
    inboxes: Vec<Inbox>,
    next: Vec<Inbox>,
    /// Summaries by the envelopes in transit alone; and by the full inboxes.
    initial: Vec<Rc<Summary>>,
    summaries: Vec<Rc<Summary>>,
}

impl SystemLookahead {
    /// Computes the summary of each node for the envelopes in transit.
    pub(super) fn start(
        &mut self,
        lookahead: &mut Lookahead,
        system: &mut System,
        state: &[u32],
        duplicates: bool,
    ) {
        self.duplicates = duplicates;
        self.in_transit.resize(system.nodes, Inbox::new());
        self.in_transit.iter_mut().for_each(Vec::clear);
        for envelope in &state[system.head()..] {
            let to = system.cache.envelopes.get(*envelope).to.index();
            add(&mut self.in_transit[to], envelope << 1 | u32::from(duplicates));
        }
        self.initial.clear();
        for (node, inbox) in self.in_transit.iter().enumerate() {
            self.initial.push(lookahead.summary(
                system,
                (NodeId::new(node), state[node]),
                inbox,
                None,
            ));
        }
    }

    /// Receivers of what a node may send on its own, as a bit set.
    pub(super) fn sends_to(&self, node: usize) -> u128 {
        self.initial[node].to
    }

    /// True if the other nodes may take a visible step before one of the excluded nodes moves. The error is the bit
    /// of a node that may send one of them something.
    pub(super) fn without_nodes(
        &mut self,
        lookahead: &mut Lookahead,
        system: &mut System,
        state: &[u32],
        excluded: u128,
    ) -> Result<bool, u128> {
        self.inboxes.clone_from(&self.in_transit);
        self.summaries.clone_from(&self.initial);
        self.reach_fixed_point(lookahead, system, state, excluded, None)?;
        Ok((0..system.nodes).any(|node| excluded >> node & 1 == 0 && self.summaries[node].visible))
    }

    /// Checks that a transition commutes with everything that may come before it. Returns, if so, whether another
    /// node may take a visible step before it, and whether it is visible itself.
    pub(super) fn commutes_before(
        &mut self,
        lookahead: &mut Lookahead,
        system: &mut System,
        state: &[u32],
        (deferred, place): (Deferred, Option<usize>),
    ) -> Option<[bool; 2]> {
        let node = deferred.node.index();
        let delivered = place.map(|place| state[place]);
        self.own_inbox.clear();
        for (at, envelope) in state.iter().enumerate().skip(system.head()) {
            let to = system.cache.envelopes.get(*envelope).to;
            if to == deferred.node && Some(at) != place && !is_behind(system, delivered, *envelope)
            {
                add(&mut self.own_inbox, envelope << 1 | u32::from(self.duplicates));
            }
        }
        let summary = lookahead.summary(
            system,
            (deferred.node, state[node]),
            &self.own_inbox,
            Some(deferred),
        );
        if !summary.commutes {
            return None;
        }
        self.inboxes.clone_from(&self.in_transit);
        self.inboxes[node].clone_from(&self.own_inbox);
        self.summaries.clone_from(&self.initial);
        self.summaries[node] = summary;
        self.reach_fixed_point(lookahead, system, state, 0, Some((deferred, delivered))).ok()?;
        let others = (0..system.nodes).filter(|other| *other != node);
        let visible = others.into_iter().any(|other| self.summaries[other].visible);
        Some([visible, self.summaries[node].deferred_visible])
    }

    /// Adds what the nodes may send each other until a fixed point is reached.
    fn reach_fixed_point(
        &mut self,
        lookahead: &mut Lookahead,
        system: &mut System,
        state: &[u32],
        excluded: u128,
        deferred: Option<(Deferred, Option<u32>)>,
    ) -> Result<(), u128> {
        let is_active = |node: &usize| excluded >> node & 1 == 0;
        loop {
            self.next.clone_from(&self.in_transit);
            if let Some((deferred, _)) = deferred {
                self.next[deferred.node.index()].clone_from(&self.own_inbox);
            }
            for node in (0..system.nodes).filter(is_active) {
                let summary = &self.summaries[node];
                if summary.unbounded || summary.to & excluded > 0 {
                    return Err(1 << node);
                }
                for &code in &summary.sent {
                    let to = system.cache.envelopes.get(code >> 1).to;
                    let behind = deferred.is_some_and(|(deferred, delivered)| {
                        deferred.node == to && is_behind(system, delivered, code >> 1)
                    });
                    if !behind {
                        add(&mut self.next[to.index()], code | u32::from(self.duplicates));
                    }
                }
            }
            let mut grows = false;
            for node in (0..system.nodes).filter(is_active) {
                if self.next[node] == self.inboxes[node] {
                    continue;
                }
                grows = true;
                let it = deferred.map(|(it, _)| it).filter(|it| it.node.index() == node);
                let at = (NodeId::new(node), state[node]);
                self.summaries[node] = lookahead.summary(system, at, &self.next[node], it);
            }
            if !grows {
                return Ok(());
            }
            std::mem::swap(&mut self.inboxes, &mut self.next);
        }
    }
}

/// True if an envelope is behind the delivered one on a FIFO link, so that it cannot come first.
fn is_behind(system: &System, delivered: Option<u32>, envelope: u32) -> bool {
    system.keeps_order() && delivered.is_some_and(|it| system.is_same_link(it, envelope))
}

/// True if a crash erases every trace of a step.
fn crash_erases(system: &mut System, node: NodeId, here: u32, stimulus: Stimulus) -> bool {
    let mut next = |local, stimulus| {
        let number = system.cache.effect_of(&system.plan, node, local, stimulus);
        system.cache.effects[number as usize].next
    };
    let there = next(here, stimulus);
    next(here, Stimulus::Crash) == next(there, Stimulus::Crash)
}

/// True if two stimuli commute in this local state: the same state, sends and observations in both orders.
fn commute(
    system: &mut System,
    (node, here): (NodeId, u32),
    [one, other]: [Stimulus; 2],
    crashes: bool,
) -> bool {
    let mut effect_of = |local, stimulus| {
        let number = system.cache.effect_of(&system.plan, node, local, stimulus);
        (number, Rc::clone(&system.cache.effects[number as usize]))
    };
    let ((_, one_first), (other_number, other_first)) =
        (effect_of(here, one), effect_of(here, other));
    let (_, one_second) = effect_of(other_first.next, one);
    let (other_later, other_second) = effect_of(one_first.next, other);
    let fits =
        system.is_possible(other_first.next, one) && system.is_possible(one_first.next, other);
    if !fits || one_second.next != other_second.next {
        return false;
    }
    if other_first.sent != other_second.sent || one_first.sent != one_second.sent {
        return false;
    }
    if system.keeps_order() && share_a_link(system, &one_first.sent, &other_first.sent) {
        return false;
    }
    let observed = |first: &Effect, second: &Effect| {
        let mut observed: Vec<u32> =
            system.observable(&first.observed).chain(system.observable(&second.observed)).collect();
        if !system.observes_sequence() {
            observed.sort_unstable();
        }
        observed
    };
    if observed(&one_first, &other_second) != observed(&other_first, &one_second) {
        return false;
    }
    if !crashes {
        return true;
    }
    // If the node crashes within the second step, the crash must erase the first one.
    if other_first.sends + other_second.sends > 0 {
        return false;
    }
    let first = system.cache.cut(&system.plan, node, other_number, 0);
    let second = system.cache.cut(&system.plan, node, other_later, 0);
    let [first, second] = [first, second].map(|it| &system.cache.effects[it as usize]);
    (first.next, &first.observed) == (second.next, &second.observed)
}

/// True if some of these envelopes use the same link as some of those.
fn share_a_link(system: &System, these: &[u32], those: &[u32]) -> bool {
    these.iter().any(|one| those.iter().any(|other| system.is_same_link(*one, *other)))
}
