//! What nodes may still come to send, before something that is put off: looked ahead node by node.
//!
//! What a node may do depends on its state and on what may come to it, and the same two are met in many states of the
//! system: so it is worked out once for them. Each envelope comes as often as it is on its way, or as often as the
//! node likes where that is not known. What the nodes may send each other in transition is added until nothing is new.
//! That is more than can happen, never less.

use std::{hash::Hash, rc::Rc};

use super::{
    interner::{Interner, Memo},
    system::System,
    transitions::{Effect, Stimulus},
};
use crate::kernel::{Fingerprinter, NodeId};

/// How many answers are looked at for one node, before it may do anything.
const MOST_EFFECTS: usize = 1200;
/// How many states a node may come to, and as many kinds of envelopes it may send and be sent.
const MOST_STATES: usize = 192;
const MOST_SENT: usize = 128;
/// How many of its spots in one state are told apart.
const MOST_ALIKE: usize = 6;
const MOST_ENVELOPES: usize = 64;

/// What may come to a node: the envelopes in order, each with a last bit that is set if it may come more than once.
pub(super) type Inbox = Vec<u32>;

/// What may come of a node.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary {
    /// What it may send, as mail.
    sent: Inbox,
    /// To whom, by bits.
    pub(super) to: u128,
    /// Whether it may tell something that an objective takes notice of.
    pub(super) visible: bool,
    /// Whether it may do anything: it was not looked at to the end.
    pub(super) unbounded: bool,
    /// Of a transition that is put off: whether it makes no difference to anything that comes before it, and whether it
    /// tells something that an objective takes notice of.
    pub(super) commutes: bool,
    pub(super) deferred_visible: bool,
}

impl Summary {
    fn anything() -> Self {
        Self { to: u128::MAX, visible: true, unbounded: true, ..Self::default() }
    }
}

/// A transition that is put off: at which node, by its effect; and whether the node may crash before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deferred {
    pub(super) node: NodeId,
    pub(super) effect: u32,
    pub(super) crashes: bool,
}

/// What was found out so far.
#[derive(Clone)]
pub(super) struct Lookahead {
    inboxes: Interner<()>,
    /// By a node's state and its mail; and by a transition that is put off and the node's mail.
    summaries_by_state: Memo,
    summaries_by_deferred: Memo,
    summaries: Vec<Rc<Summary>>,
    /// Of two answers of a node in one state, whether it makes no difference which comes first; and the same where
    /// the node may crash.
    commuting: [Memo; 2],
    /// How many answers were looked at.
    pub(super) work: u64,
}

/// A state that a node may come to, and what of its mail it has used up then.
#[derive(Clone, Copy, Debug)]
struct LookaheadState {
    local: u32,
    used: u64,
    /// What it may have sent by then, by bits, and what more than once.
    sent: [u128; 2],
}

/// A look ahead at one node.
struct NodeLookahead<'a> {
    node: NodeId,
    inbox: &'a [u32],
    deferred: Option<(Deferred, Stimulus)>,
    states: Vec<LookaheadState>,
    /// From which spot to which, and what is sent on the way.
    edges: Vec<(usize, usize, [u128; 2])>,
    sent: Vec<u32>,
    visible: bool,
    deferred_visible: bool,
    work: usize,
    commuting: &'a mut [Memo; 2],
}

/// It would take too much to find out, or something makes a difference.
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

    /// What may come of a node in this state with this mail; with something put off, until that.
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
        let mut compute = NodeLookahead {
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
        let done = compute.explore(system);
        let work = compute.work as u64;
        let summary =
            done.map_or_else(|Inconclusive| Summary::anything(), |()| compute.summary(system));
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
        while let Some(&state_index) = self.states.get(place) {
            let deferred = self.check_deferred(system, state_index.local)?;
            for stimulus in system.own_stimuli(self.node, state_index.local) {
                if self.deferred.is_none_or(|(_, it)| it != stimulus) {
                    self.step(system, place, (stimulus, 0), deferred)?;
                }
            }
            for (number, code) in self.inbox.iter().enumerate() {
                let bit = 1 << number;
                if state_index.used & bit == 0 {
                    let bit = if code & 1 == 0 { bit } else { 0 };
                    self.step(system, place, (Stimulus::Delivery(code >> 1), bit), deferred)?;
                }
            }
            place += 1;
        }
        Ok(())
    }

    /// What comes of what is put off in this state, if it may be put off up to there.
    fn check_deferred(
        &mut self,
        system: &mut System,
        here: u32,
    ) -> Result<Option<u32>, Inconclusive> {
        let Some((deferred, stimulus)) = self.deferred else { return Ok(None) };
        let effect = system.cache.effect_of(&system.plan, self.node, here, stimulus);
        self.deferred_visible |= system.is_noticed(effect);
        self.work += 1;
        // If it crashes before it, nothing may be missed.
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
        if !system.can_come(local, stimulus) {
            return Ok(());
        }
        let effect = system.cache.effect_of(&system.plan, self.node, local, stimulus);
        if deferred.is_some_and(|deferred| !self.commuting(system, deferred, effect)) {
            return Err(Inconclusive);
        }
        let effect = Rc::clone(&system.cache.effects[effect as usize]);
        self.visible |= system.noticed(&effect.observed).next().is_some();
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

    /// Whether it makes no difference which of two answers comes first, of which the first may be put off.
    fn commuting(&mut self, system: &mut System, one: u32, other: u32) -> bool {
        let crashes = self.deferred.is_some_and(|(deferred, _)| deferred.crashes);
        let known = &mut self.commuting[usize::from(crashes)];
        if let Some(known) = known.get(one, other) {
            return known == 1;
        }
        self.work += 3;
        let Effect { local, stimulus, .. } = *system.cache.effects[one as usize];
        let both = [stimulus, system.cache.effects[other as usize].stimulus];
        let commuting = commuting(system, (self.node, local), both, crashes);
        known.insert(one, other, u32::from(commuting));
        commuting
    }

    /// The place of a spot. One that has used up less will do, if nothing is sent on the way: all the same may come of
    /// it. Nor are many told apart that differ in nothing else: what all of them have used up has to do for the others.
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
                let [once, often] = union(self.states[from].sent, sent);
                let met = &mut self.states[to].sent;
                grows |= (once & !met[0]) | (often & !met[1]) != 0;
                *met = [met[0] | once, met[1] | often];
            }
        }
        let explore = self.states.iter().fold([0; 2], |[once, often], state_index| {
            [once | state_index.sent[0], often | state_index.sent[1]]
        });
        let code =
            |(place, envelope): (usize, &u32)| envelope << 1 | (explore[1] >> place & 1) as u32;
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

/// What is there once at least, and more than once, with more.
const fn union([once, often]: [u128; 2], [once_more, often_more]: [u128; 2]) -> [u128; 2] {
    [once | once_more, often | often_more | once & once_more]
}

/// Adds an envelope to mail.
pub(super) fn add(inbox: &mut Inbox, code: u32) {
    let place = inbox.partition_point(|it| it >> 1 < code >> 1);
    match inbox.get_mut(place) {
        Some(it) if *it >> 1 == code >> 1 => *it |= 1,
        _ => inbox.insert(place, code),
    }
}

/// What may come to the nodes of a state, and of them.
#[derive(Clone, Debug, Default)]
pub(super) struct SystemLookahead {
    /// What is on its way, by node; and whether anything of it may be doubled.
    in_transit: Vec<Inbox>,
    duplicates: bool,
    /// The same without what is put off.
    own_inbox: Inbox,
    /// With what the nodes may send each other.
    inboxes: Vec<Inbox>,
    next: Vec<Inbox>,
    /// What may come of each node of what is on its way; and of all of that.
    initial: Vec<Rc<Summary>>,
    summaries: Vec<Rc<Summary>>,
}

impl SystemLookahead {
    /// Looks at each node with just what is on its way.
    pub(super) fn open(
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

    /// To whom a node may send something of itself, by bits.
    pub(super) fn sends_to(&self, node: usize) -> u128 {
        self.initial[node].to
    }

    /// Whether anything may be told by the other nodes before any of those moves that are `still`; or who may send
    /// those anything, by its bit.
    pub(super) fn without_nodes(
        &mut self,
        lookahead: &mut Lookahead,
        system: &mut System,
        state: &[u32],
        excluded: u128,
    ) -> Result<bool, u128> {
        self.inboxes.clone_from(&self.in_transit);
        self.summaries.clone_from(&self.initial);
        self.close(lookahead, system, state, excluded, None)?;
        Ok((0..system.nodes).any(|node| excluded >> node & 1 == 0 && self.summaries[node].visible))
    }

    /// Whether a transition makes no difference to anything that may come before it, by what it brings and at which place
    /// that is. With whether anything of that is told at other nodes, and whether the transition tells anything itself.
    pub(super) fn before(
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
        self.close(lookahead, system, state, 0, Some((deferred, delivered))).ok()?;
        let others = (0..system.nodes).filter(|other| *other != node);
        let visible = others.into_iter().any(|other| self.summaries[other].visible);
        Some([visible, self.summaries[node].deferred_visible])
    }

    /// Adds what the nodes may send each other until nothing is new.
    fn close(
        &mut self,
        lookahead: &mut Lookahead,
        system: &mut System,
        state: &[u32],
        excluded: u128,
        deferred: Option<(Deferred, Option<u32>)>,
    ) -> Result<(), u128> {
        let moves = |node: &usize| excluded >> node & 1 == 0;
        loop {
            self.next.clone_from(&self.in_transit);
            if let Some((deferred, _)) = deferred {
                self.next[deferred.node.index()].clone_from(&self.own_inbox);
            }
            for node in (0..system.nodes).filter(moves) {
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
            for node in (0..system.nodes).filter(moves) {
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

/// Whether something does not come before what a transition brings: it is behind it on its link.
fn is_behind(system: &System, delivered: Option<u32>, envelope: u32) -> bool {
    system.keeps_order() && delivered.is_some_and(|it| system.is_same_link(it, envelope))
}

/// Whether a crash leaves nothing of a transition.
fn crash_erases(system: &mut System, node: NodeId, here: u32, stimulus: Stimulus) -> bool {
    let mut next = |local, stimulus| {
        let number = system.cache.effect_of(&system.plan, node, local, stimulus);
        system.cache.effects[number as usize].next
    };
    let there = next(here, stimulus);
    next(here, Stimulus::Crash) == next(there, Stimulus::Crash)
}

/// Whether, in this state of a node, it is all the same which of two things comes first.
fn commuting(
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
    let fits = system.can_come(other_first.next, one) && system.can_come(one_first.next, other);
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
            system.noticed(&first.observed).chain(system.noticed(&second.observed)).collect();
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
    // If it crashes in the middle of the other one, nothing may be left of this one.
    if other_first.sends + other_second.sends > 0 {
        return false;
    }
    let first = system.cache.cut(&system.plan, node, other_number, 0);
    let second = system.cache.cut(&system.plan, node, other_later, 0);
    let [first, second] = [first, second].map(|it| &system.cache.effects[it as usize]);
    (first.next, &first.observed) == (second.next, &second.observed)
}

/// Whether some of these envelopes go the same link as some of those.
fn share_a_link(system: &System, these: &[u32], those: &[u32]) -> bool {
    these.iter().any(|one| those.iter().any(|other| system.is_same_link(*one, *other)))
}
