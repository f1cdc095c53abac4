//! Leaves orders out that come to the same: partial-order reduction by stubborn turns.
//!
//! Some turns make no difference to anything that may come before them: the node's state, what it sends and what it
//! tells are the same, whichever comes first. Such a turn stays possible until it is taken, and a run in which it comes
//! later comes to the same as one in which it is the next: so it is all that has to be tried (Valmari 1991, "Stubborn
//! sets for reduced state space generation"; Godefroid 1996). What comes to other nodes makes none; what else may come
//! to the same node before is looked ahead at (`outlook.rs`).
//!
//! Where there is no such turn, all turns at some nodes will do to which the others send nothing before one of these has
//! moved.
//!
//! Where an aim minds who tells something first, only one side may tell anything: such a turn, or what may come before
//! it. And somewhere on each circle of states everything is tried, or something would be put off for ever: a turn that
//! leads to a state that was gone through already is not enough (Bošnački, Leue and Lluch Lafuente 2006, "Partial-order
//! reduction for general state exploring algorithms").

use super::{
    outlook::{Later, Outlook, View},
    world::{Kind, Turn, World},
};
use crate::kernel::NodeId;

/// How many answers are looked at in any case; how many for each state that was met; and how many for each turn that was
/// left out, if nearly all of them are.
const FREE: u64 = 600_000;
const BY_STATE: u64 = 2;
const BY_TURN: u64 = 256;

/// In how many states turns are tried to be left out before it is given up, unless what is free is used up before; and how
/// many of a hundred are to be left out then.
const HOPE: u64 = 4000;
const FEW: u64 = 10;

/// What is known for the reduction.
#[derive(Clone)]
pub(super) struct Reduction {
    outlook: Outlook,
    /// In how many states it was tried, how many turns there were in them, and how many of those were left out.
    states: u64,
    turns: u64,
    left_out: u64,
    /// Kept only to save allocations.
    view: View,
}

impl Reduction {
    pub(super) fn new() -> Self {
        let (states, turns, left_out) = (0, 0, 0);
        Self { outlook: Outlook::new(), states, turns, left_out, view: View::default() }
    }

    /// Takes note of how many of the turns in a state were taken.
    pub(super) const fn note(&mut self, turns: usize, taken: usize) {
        // Where there is no choice, nothing can be left out.
        if turns > 1 {
            self.states += 1;
            self.turns += turns as u64;
            self.left_out += (turns - taken) as u64;
        }
    }

    /// Whether it is to be tried in one state more, after so many states were met: the more is left out, the more it
    /// may cost.
    pub(super) fn pays(&self, met: u64) -> bool {
        let turns = u128::from(self.turns.max(1));
        let left_out = u128::from(self.left_out);
        let earned = left_out * u128::from(BY_TURN) * left_out / turns * left_out / turns;
        u128::from(self.work()) < u128::from(FREE + met * BY_STATE) + earned
    }

    /// Whether little was left out in the first states in which that was tried: nor will much be later.
    pub(super) const fn is_vain(&self) -> bool {
        let is_early = self.states < HOPE && self.work() < FREE;
        !is_early && self.left_out * 100 < self.turns * FEW
    }

    /// How many answers of nodes were looked at.
    pub(super) const fn work(&self) -> u64 {
        self.outlook.work
    }

    /// The turns that suffice in a state, if not all of them have to be tried. The first of them is none of the faults.
    pub(super) fn stubborn(
        &mut self,
        world: &mut World,
        state: &[u32],
        turns: &[Turn],
    ) -> Option<Vec<usize>> {
        let crashes = world.left(state, Kind::Crash) > 0;
        if world.left(state, Kind::Recover) > 0 || crashes && world.tells_of_crashes() {
            return None;
        }
        let doubles = world.left(state, Kind::Duplicate) > 0;
        self.view.open(&mut self.outlook, world, state, doubles);
        let minds = world.minds_order();
        (0..turns.len())
            .find_map(|number| self.one_of(world, state, turns, (number, crashes, minds)))
            .or_else(|| self.some_of(world, state, turns, (crashes, minds)))
    }

    /// A turn that makes no difference to what else may come before it, with the faults that may befall what it is
    /// about.
    fn one_of(
        &mut self,
        world: &mut World,
        state: &[u32],
        turns: &[Turn],
        (number, crashes, minds): (usize, bool, bool),
    ) -> Option<Vec<usize>> {
        let Turn::Happens { node, effect, place, fault: None } = turns[number] else { return None };
        let it = &world.locals.effects[effect as usize];
        // Where the node may still crash, nothing may be left of the turn but its memory.
        if crashes && (!it.sent.is_empty() || world.is_noticed(effect)) {
            return None;
        }
        let later = Later { node, effect, crashes };
        let [tells, says] = self.view.before(&mut self.outlook, world, state, (later, place))?;
        // Only one of them may tell anything, the turn or the others.
        if minds && says && (tells || crashes) {
            return None;
        }
        let befalls = |turn: &Turn| match *turn {
            Turn::Lost { place: hit } | Turn::Doubled { place: hit } => Some(hit) == place,
            Turn::Happens { .. } => false,
        };
        let faults = turns.iter().enumerate().filter(|(_, turn)| befalls(turn));
        let faults = faults.map(|(number, _)| number);
        Some(std::iter::once(number).chain(faults).collect())
    }

    /// All turns at some nodes to which nobody else will send anything before one of them has moved: as few as there
    /// are.
    fn some_of(
        &mut self,
        world: &mut World,
        state: &[u32],
        turns: &[Turn],
        (crashes, minds): (bool, bool),
    ) -> Option<Vec<usize>> {
        let at = |turn: Turn| match turn {
            Turn::Happens { node, .. } => node,
            Turn::Lost { place } | Turn::Doubled { place } => {
                world.locals.envelopes.get(state[place]).to
            }
        };
        let at: Vec<NodeId> = turns.iter().map(|turn| at(*turn)).collect();
        let mut least: Option<Vec<usize>> = None;
        for node in 0..world.nodes {
            let begins =
                |number: usize| at[number].index() == node && !World::is_fault(turns[number]);
            let Some(first) = (0..turns.len()).find(|number| begins(*number)) else { continue };
            let Some((still, tells)) = self.still(world, state, node) else { continue };
            let is_own = |number: &usize| still >> at[*number].index() & 1 == 1;
            let mut own: Vec<usize> = (0..turns.len()).filter(is_own).collect();
            if own.len() >= least.as_ref().map_or(turns.len(), Vec::len) {
                continue;
            }
            let told = own.iter().any(|number| match turns[*number] {
                Turn::Happens { effect, .. } => world.is_noticed(effect),
                _ => false,
            });
            // Only one side may tell anything, they or the others.
            if minds && told && (tells || crashes) {
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
    fn still(&mut self, world: &mut World, state: &[u32], node: usize) -> Option<(u128, bool)> {
        let all = u128::MAX >> (u128::BITS as usize - world.nodes);
        let mut still = 1_u128 << node;
        loop {
            for other in (0..world.nodes).rev() {
                if self.view.sends_to(other) & still > 0 {
                    still |= 1 << other;
                }
            }
            if still == all {
                return None;
            }
            match self.view.without(&mut self.outlook, world, state, still) {
                Ok(tells) => return Some((still, tells)),
                Err(more) => still |= more,
            }
        }
    }
}
