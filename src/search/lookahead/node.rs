//! Lookahead at one node: the states that it may reach on its own.

use std::rc::Rc;

use super::{
    commuting::{commute, crash_erases},
    summary::{Deferred, Inbox, Summary},
};
use crate::{
    kernel::NodeId,
    search::{
        interner::Memo,
        system::System,
        transitions::{Effect, Stimulus},
    },
};

/// Largest number of effects computed for one node; beyond it the node may do anything.
const MOST_EFFECTS: usize = 1200;
/// Largest number of lookahead states of a node, and of distinct envelopes that it may send.
const MOST_STATES: usize = 192;
const MOST_SENT: usize = 128;
/// Number of lookahead states that are distinguished for one local state.
const MOST_ALIKE: usize = 6;
const MOST_ENVELOPES: usize = 64;

/// A local state that a node may reach, with the envelopes of its inbox used up by then.
#[derive(Clone, Copy, Debug)]
pub(super) struct LookaheadState {
    pub(super) local: u32,
    pub(super) used: u64,
    /// Envelopes sent by then, as a bit set; then those sent more than once.
    pub(super) sent: [u128; 2],
}

/// Lookahead at one node.
pub(super) struct NodeLookahead<'a> {
    pub(super) node: NodeId,
    pub(super) inbox: &'a [u32],
    pub(super) deferred: Option<(Deferred, Stimulus)>,
    pub(super) states: Vec<LookaheadState>,
    /// Edges between lookahead states, with the envelopes sent on them.
    pub(super) edges: Vec<(usize, usize, [u128; 2])>,
    pub(super) sent: Vec<u32>,
    pub(super) visible: bool,
    pub(super) deferred_visible: bool,
    pub(super) work: usize,
    pub(super) commuting: &'a mut [Memo; 2],
}

/// The lookahead reached a limit, or two effects do not commute.
pub(super) struct Inconclusive;

impl NodeLookahead<'_> {
    pub(super) fn explore(&mut self, system: &mut System) -> Result<(), Inconclusive> {
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

    pub(super) fn summary(mut self, system: &System) -> Summary {
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
