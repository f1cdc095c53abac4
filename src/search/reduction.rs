//! Partial-order reduction with stubborn sets: equivalent interleavings are left out.
//!
//! A transition that commutes with everything that may come before it stays enabled until it is taken. A run in which
//! it comes later is equivalent to one in which it comes next. So a singleton of it is a stubborn set, and no other
//! transition need be tried (Valmari 1991, "Stubborn sets for reduced state space generation"; Godefroid 1996).
//! Transitions at other nodes commute with it; those that may precede it at the same node are checked by lookahead
//! (`lookahead/`).
//!
//! Where there is no such transition, all transitions at a set of nodes are a stubborn set, if the other nodes send
//! them nothing before one of them moves.
//!
//! Where an objective depends on the order of visible events at different nodes, either the stubborn set or what may
//! precede it must be invisible. And on each cycle of states at least one state is fully expanded, or a transition
//! could be ignored for ever. So a transition to an expanded state is no sufficient stubborn set (cycle proviso:
//! Bošnački, Leue and Lluch Lafuente 2006, "Partial-order reduction for general state exploring algorithms").

use super::{
    lookahead::{Deferred, Lookahead, SystemLookahead},
    system::{FaultKind, System, Transition},
};
use crate::kernel::NodeId;

/// Number of effects that the lookahead may compute in any case; for each visited state; and for each transition left
/// out, if nearly all of them are.
const FREE_WORK: u64 = 600_000;
const WORK_PER_STATE: u64 = 2;
const WORK_PER_TRANSITION: u64 = 256;

/// Number of states after which the reduction is abandoned, unless it left out this percentage of transitions. It is
/// abandoned earlier if the free work is used up.
const TRIAL_STATES: u64 = 4000;
const LEAST_PERCENT: u64 = 10;

/// State and statistics of the reduction.
#[derive(Clone)]
pub(super) struct Reduction {
    lookahead: Lookahead,
    /// Number of states reduced, number of transitions enabled in them, and number of transitions left out.
    states: u64,
    transitions: u64,
    left_out: u64,
    /// A buffer that saves allocations.
    system_lookahead: SystemLookahead,
}

impl Reduction {
    pub(super) fn new() -> Self {
        let (states, transitions, left_out) = (0, 0, 0);
        Self {
            lookahead: Lookahead::new(),
            states,
            transitions,
            left_out,
            system_lookahead: SystemLookahead::default(),
        }
    }

    /// Records the number of transitions enabled in a state and the number of those taken.
    pub(super) const fn note(&mut self, transitions: usize, taken: usize) {
        assert!(1 <= taken && taken <= transitions || transitions == 0, "what is taken is enabled");
        // A single transition cannot be left out.
        if transitions > 1 {
            self.states += 1;
            self.transitions += transitions as u64;
            self.left_out += (transitions - taken) as u64;
        }
    }

    /// True if one more state may be reduced, after this number of visited states. The more transitions are left out,
    /// the more the lookahead may cost.
    pub(super) fn is_affordable(&self, met: u64) -> bool {
        let transitions = u128::from(self.transitions.max(1));
        let left_out = u128::from(self.left_out);
        let earned = left_out * u128::from(WORK_PER_TRANSITION) * left_out / transitions * left_out
            / transitions;
        u128::from(self.work()) < u128::from(FREE_WORK + met * WORK_PER_STATE) + earned
    }

    /// True if the reduction left out few transitions in the first states, and will hardly do better later.
    pub(super) const fn is_futile(&self) -> bool {
        let is_early = self.states < TRIAL_STATES && self.work() < FREE_WORK;
        !is_early && self.left_out * 100 < self.transitions * LEAST_PERCENT
    }

    /// Number of effects computed by the lookahead.
    pub(super) const fn work(&self) -> u64 {
        self.lookahead.work
    }

    /// Returns a stubborn set, if there is one smaller than the enabled transitions. Its first transition is no
    /// fault.
    pub(super) fn stubborn_set(
        &mut self,
        system: &mut System,
        state: &[u32],
        transitions: &[Transition],
    ) -> Option<Vec<usize>> {
        let crashes = system.faults_remaining(state, FaultKind::Crash) > 0;
        if system.faults_remaining(state, FaultKind::Recover) > 0
            || crashes && system.reports_crashes()
        {
            return None;
        }
        let duplicates = system.faults_remaining(state, FaultKind::Duplicate) > 0;
        self.system_lookahead.start(&mut self.lookahead, system, state, duplicates);
        let ordered = system.observes_order();
        let chosen = (0..transitions.len())
            .find_map(|number| {
                self.singleton(system, state, transitions, (number, crashes, ordered))
            })
            .or_else(|| self.node_set(system, state, transitions, (crashes, ordered)));
        debug_assert!(
            chosen.as_ref().is_none_or(|chosen| is_stubborn_form(chosen, transitions)),
            "a stubborn set consists of enabled transitions, one of them without a fault"
        );
        chosen
    }

    /// Returns a stubborn set of one transition that commutes with everything that may come before it, with the
    /// faults that may hit its envelope.
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
        // If the node may still crash, a crash must erase every effect of the transition.
        if crashes && (!it.sent.is_empty() || system.is_visible(effect)) {
            return None;
        }
        let deferred = Deferred { node, effect, crashes };
        let [others_visible, deferred_visible] = self.system_lookahead.commutes_before(
            &mut self.lookahead,
            system,
            state,
            (deferred, place),
        )?;
        // Either the transition or what may precede it must be invisible.
        if ordered && deferred_visible && (others_visible || crashes) {
            return None;
        }
        let hits_envelope = |transition: &Transition| match *transition {
            Transition::Drop { place: hit } | Transition::Duplicate { place: hit } => {
                Some(hit) == place
            }
            Transition::Step { .. } => false,
        };
        let faults =
            transitions.iter().enumerate().filter(|(_, transition)| hits_envelope(transition));
        let faults = faults.map(|(number, _)| number);
        Some(std::iter::once(number).chain(faults).collect())
    }

    /// Returns a stubborn set of all transitions at some nodes to which no other node sends anything before one of
    /// them moves; the smallest one.
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
        let mut smallest: Option<Vec<usize>> = None;
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
            if own.len() >= smallest.as_ref().map_or(transitions.len(), Vec::len) {
                continue;
            }
            let visible = own.iter().any(|number| match transitions[*number] {
                Transition::Step { effect, .. } => system.is_visible(effect),
                _ => false,
            });
            // Either the set or what may precede it must be invisible.
            if ordered && visible && (others_visible || crashes) {
                continue;
            }
            let place = own.iter().position(|number| *number == first);
            own.swap(0, place.unwrap_or_default());
            smallest = Some(own);
        }
        smallest
    }

    /// Returns the smallest set of nodes that includes this node and every node that may send one of the set
    /// something before it moves; and whether the others may take a visible step. None if the set includes all nodes.
    fn closure(&mut self, system: &mut System, state: &[u32], node: usize) -> Option<(u128, bool)> {
        let all = u128::MAX >> (u128::BITS as usize - system.nodes);
        let mut closure = 1_u128 << node;
        loop {
            for other in (0..system.nodes).rev() {
                if self.system_lookahead.sends_to(other) & closure > 0 {
                    closure |= 1 << other;
                }
            }
            if closure == all {
                return None;
            }
            match self.system_lookahead.without_nodes(&mut self.lookahead, system, state, closure) {
                Ok(others_visible) => return Some((closure, others_visible)),
                Err(more) => closure |= more,
            }
        }
    }
}

/// True if a set has distinct enabled transitions, the first of them no fault.
fn is_stubborn_form(chosen: &[usize], transitions: &[Transition]) -> bool {
    let mut sorted = chosen.to_vec();
    sorted.sort_unstable();
    let is_distinct = sorted.windows(2).all(|pair| pair[0] < pair[1]);
    let is_enabled = sorted.last().is_some_and(|last| *last < transitions.len());
    is_distinct && is_enabled && !System::is_fault(transitions[chosen[0]])
}
