//! Leaves orders out that come to the same: partial-order reduction by stubborn transitions.
//!
//! Some transitions make no difference to anything that may come before them: the node's state, what it sends and what it
//! tells are the same, whichever comes first. Such a transition stays possible until it is taken, and a run in which it comes
//! later comes to the same as one in which it is the next: so it is all that has to be tried (Valmari 1991, "Stubborn
//! sets for reduced state space generation"; Godefroid 1996). What comes to other nodes makes none; what else may come
//! to the same node before is looked ahead at (`lookahead.rs`).
//!
//! Where there is no such transition, all transitions at some nodes will do to which the others send nothing before one of these has
//! moved.
//!
//! Where an objective minds who tells something first, only one side may tell anything: such a transition, or what may come before
//! it. And somewhere on each circle of states everything is tried, or something would be put off for ever: a transition that
//! leads to a state that was gone through already is not enough (Bošnački, Leue and Lluch Lafuente 2006, "Partial-order
//! reduction for general state exploring algorithms").

use super::{
    lookahead::{Deferred, Lookahead, SystemLookahead},
    system::{FaultKind, System, Transition},
};
use crate::kernel::NodeId;

/// How many answers are looked at in any case; how many for each state that was met; and how many for each transition that was
/// left out, if nearly all of them are.
const FREE_WORK: u64 = 600_000;
const WORK_BY_STATE: u64 = 2;
const BY_TRANSITION: u64 = 256;

/// In how many states transitions are tried to be left out before it is given up, unless what is free is used up before; and how
/// many of a hundred are to be left out then.
const TRIED_STATES: u64 = 4000;
const LEAST_PERCENT: u64 = 10;

/// What is known for the reduction.
#[derive(Clone)]
pub(super) struct Reduction {
    lookahead: Lookahead,
    /// In how many states it was tried, how many transitions there were in them, and how many of those were left out.
    states: u64,
    transitions: u64,
    left_out: u64,
    /// Kept only to save allocations.
    view: SystemLookahead,
}

impl Reduction {
    pub(super) fn new() -> Self {
        let (states, transitions, left_out) = (0, 0, 0);
        Self {
            lookahead: Lookahead::new(),
            states,
            transitions,
            left_out,
            view: SystemLookahead::default(),
        }
    }

    /// Takes note of how many of the transitions in a state were taken.
    pub(super) const fn note(&mut self, transitions: usize, taken: usize) {
        // Where there is no choice, nothing can be left out.
        if transitions > 1 {
            self.states += 1;
            self.transitions += transitions as u64;
            self.left_out += (transitions - taken) as u64;
        }
    }

    /// Whether it is to be tried in one state more, after so many states were met: the more is left out, the more it
    /// may cost.
    pub(super) fn is_affordable(&self, met: u64) -> bool {
        let transitions = u128::from(self.transitions.max(1));
        let left_out = u128::from(self.left_out);
        let earned =
            left_out * u128::from(BY_TRANSITION) * left_out / transitions * left_out / transitions;
        u128::from(self.work()) < u128::from(FREE_WORK + met * WORK_BY_STATE) + earned
    }

    /// Whether little was left out in the first states in which that was tried: nor will much be later.
    pub(super) const fn is_futile(&self) -> bool {
        let is_early = self.states < TRIED_STATES && self.work() < FREE_WORK;
        !is_early && self.left_out * 100 < self.transitions * LEAST_PERCENT
    }

    /// How many answers of nodes were looked at.
    pub(super) const fn work(&self) -> u64 {
        self.lookahead.work
    }

    /// The transitions that suffice in a state, if not all of them have to be tried. The first of them is none of the faults.
    pub(super) fn stubborn_set(
        &mut self,
        system: &mut System,
        state: &[u32],
        transitions: &[Transition],
    ) -> Option<Vec<usize>> {
        let crashes = system.left(state, FaultKind::Crash) > 0;
        if system.left(state, FaultKind::Recover) > 0 || crashes && system.reports_crashes() {
            return None;
        }
        let doubles = system.left(state, FaultKind::Duplicate) > 0;
        self.view.open(&mut self.lookahead, system, state, doubles);
        let ordered = system.observes_order();
        (0..transitions.len())
            .find_map(|number| {
                self.singleton(system, state, transitions, (number, crashes, ordered))
            })
            .or_else(|| self.node_set(system, state, transitions, (crashes, ordered)))
    }

    /// A transition that makes no difference to what else may come before it, with the faults that may befall what it is
    /// about.
    fn singleton(
        &mut self,
        system: &mut System,
        state: &[u32],
        transitions: &[Transition],
        (number, crashes, ordered): (usize, bool, bool),
    ) -> Option<Vec<usize>> {
        let Transition::Step { node, effect, place, fault: None } = transitions[number] else {
            return None;
        };
        let it = &system.cache.effects[effect as usize];
        // Where the node may still crash, nothing may be left of the transition but its memory.
        if crashes && (!it.sent.is_empty() || system.is_noticed(effect)) {
            return None;
        }
        let deferred = Deferred { node, effect, crashes };
        let [others_visible, deferred_visible] =
            self.view.before(&mut self.lookahead, system, state, (deferred, place))?;
        // Only one of them may tell anything, the transition or the others.
        if ordered && deferred_visible && (others_visible || crashes) {
            return None;
        }
        let concerns = |transition: &Transition| match *transition {
            Transition::Drop { place: hit } | Transition::Duplicate { place: hit } => {
                Some(hit) == place
            }
            Transition::Step { .. } => false,
        };
        let faults = transitions.iter().enumerate().filter(|(_, transition)| concerns(transition));
        let faults = faults.map(|(number, _)| number);
        Some(std::iter::once(number).chain(faults).collect())
    }

    /// All transitions at some nodes to which nobody else will send anything before one of them has moved: as few as there
    /// are.
    fn node_set(
        &mut self,
        system: &mut System,
        state: &[u32],
        transitions: &[Transition],
        (crashes, ordered): (bool, bool),
    ) -> Option<Vec<usize>> {
        let at = |transition: Transition| match transition {
            Transition::Step { node, .. } => node,
            Transition::Drop { place } | Transition::Duplicate { place } => {
                system.cache.envelopes.get(state[place]).to
            }
        };
        let at: Vec<NodeId> = transitions.iter().map(|transition| at(*transition)).collect();
        let mut least: Option<Vec<usize>> = None;
        for node in 0..system.nodes {
            let begins = |number: usize| {
                at[number].index() == node && !System::is_fault(transitions[number])
            };
            let Some(first) = (0..transitions.len()).find(|number| begins(*number)) else {
                continue;
            };
            let Some((closure, others_visible)) = self.closure(system, state, node) else {
                continue;
            };
            let is_own = |number: &usize| closure >> at[*number].index() & 1 == 1;
            let mut own: Vec<usize> = (0..transitions.len()).filter(is_own).collect();
            if own.len() >= least.as_ref().map_or(transitions.len(), Vec::len) {
                continue;
            }
            let visible = own.iter().any(|number| match transitions[*number] {
                Transition::Step { effect, .. } => system.is_noticed(effect),
                _ => false,
            });
            // Only one side may tell anything, they or the others.
            if ordered && visible && (others_visible || crashes) {
                continue;
            }
            let place = own.iter().position(|number| *number == first);
            own.swap(0, place.unwrap_or_default());
            least = Some(own);
        }
        least
    }

    /// A node with those that may send it anything before it moves, and those that may send those anything; and
    /// whether the others may tell anything. None if these are all.
    fn closure(&mut self, system: &mut System, state: &[u32], node: usize) -> Option<(u128, bool)> {
        let all = u128::MAX >> (u128::BITS as usize - system.nodes);
        let mut closure = 1_u128 << node;
        loop {
            for other in (0..system.nodes).rev() {
                if self.view.sends_to(other) & closure > 0 {
                    closure |= 1 << other;
                }
            }
            if closure == all {
                return None;
            }
            match self.view.without_nodes(&mut self.lookahead, system, state, closure) {
                Ok(others_visible) => return Some((closure, others_visible)),
                Err(more) => closure |= more,
            }
        }
    }
}
